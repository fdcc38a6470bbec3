"""Random policies, edited at random: what is said of the two wordings, against all short histories of both."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.analyses import diff_outcomes, diff_product, diff_reworded, diff_shared
from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_replay import retell_both
from policydsl.analyses.diff_reworded import reworded
from policydsl.base.calendar import from_civil
from policydsl.core.expr import Less
from policydsl.core.system import PASSAGE, Step, System
from policydsl.engines.verdict import Proved, Refuted
from policydsl.front.loaded import LoadedPolicy
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State
from tests.analyses.comparing import Here, wordings

TEXT = """policy "Random"
    histories from 2024-01-30

role A
role B

better for A
    higher score
    no flag

clause 1 "a score and a flag"
    state score: points = {start}
    state flag: boolean = no
    occurrence e by A
        field k: count in 0 .. {most}
{calendar}
clause 2 "rules"
    count many: e when k >= {counted}, this one included, in each calendar month
    on e when {guard}
        set score = score - {price}
    act f by B permitted when score {order} {low}
    on f
        set flag = yes
{more}"""
DEADLINES = """    state due: date or none
    on e
        set due = today + {days} days
    schedule late: the day after due while score >= {late}
        set flag = yes
    schedule fined: the day after due while not flag or score >= 2
        set score = score - {dearer}
"""
DEADLINED = tuple(
    DEADLINES.format(days=days, late=late, dearer=dearer) for days, late, dearer in ((1, 1, 1), (2, 1, 1), (1, 1, 2))
)
PARTS = {
    "start": ["3", "2"],
    "most": ["2", "1"],
    "calendar": [
        "    schedule reset: each month on day 1\n        set score = 3\n",
        "    schedule reset: each month on the last day\n        set score = 3\n",
        "    schedule reset: each Monday\n        set score = 3\n",
    ],
    "counted": ["0", "1"],
    "guard": ["k >= 1", "many >= 2", "k = 2 or many = 1", "k > 0", "not flag"],
    "price": ["1", "2"],
    "order": ["<=", "<"],
    "low": ["1", "2"],
    "more": ["", "    occurrence g by B\n    on g\n        set flag = no\n", "    occurrence g by B\n"],
}
FIRST = from_civil(2024, 1, 30)
DEPTH = 3


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    old = {name: draw(st.sampled_from(options)) for name, options in PARTS.items()}
    changed = draw(st.sets(st.sampled_from(sorted(PARTS)), min_size=1, max_size=2))
    new = {**old, **{name: draw(st.sampled_from(PARTS[name])) for name in sorted(changed)}}
    return TEXT.format(**old), TEXT.format(**new)


# --- all short histories -------------------------------------------------------------------------


@dataclass(frozen=True)
class Both:
    """Where the two wordings are after the same `steps` steps."""

    steps: int
    old: State
    new: State


def histories(old: System, new: System) -> Iterator[Both]:
    """Yield every pair of states that both wordings reach by the same events, on few days and with all facts."""
    starts = [interpret.initial_state(s, {}, FIRST, {}) for s in (old, new)]
    assert not any(isinstance(s, Rejected) for s in starts)
    todo = [Both(0, *starts)]  # type: ignore[arg-type]  # none is refused
    while todo:
        at = todo.pop()
        yield at
        if at.steps < DEPTH:
            todo.extend(following(old, new, at))


def following(old: System, new: System, at: Both) -> Iterator[Both]:
    today = int(at.old["today"])
    for day in (today, today + 2):
        steps = [Step("e", day, {"e.k": k}) for k in range(3)] + [Step("f", day, {}), Step("g", day, {})]
        steps += [Step(PASSAGE, day, {})] if day > today else []
        for step in steps:
            both = [lived(s, state, step) for s, state in ((old, at.old), (new, at.new))]
            if both[0] is not None and both[1] is not None:
                yield Both(at.steps + 1, both[0], both[1])


def lived(system: System, state: State, step: Step) -> State | None:
    """Return the state after `step`, what the calendar causes before it included; None if it is refused.

    To a wording that does not know the event, time passes.
    """
    if step.name == "g" and all(e.name != "g" for e in system.events):
        step = Step(PASSAGE, step.day, {})
    for caused in interpret.settle(system, {}, state, step.day):
        assert not isinstance(caused, Rejected)
        state = caused[1].state
    if step.name == PASSAGE and state["today"] == step.day:
        return state
    result = interpret.step(system, {}, state, step)
    return None if isinstance(result, Rejected) else result.state


def observed(policy: LoadedPolicy, state: State) -> Mapping[str, object]:
    env = evaluate.alone(policy.system, {}, state)
    table = {d.name: d.body for d in policy.system.definitions}
    return {
        "score": state["score"],
        "flag": state["flag"],
        "permission f": evaluate.holds(table["f.permitted"], env),
        "many": evaluate.evaluate(table["many.so_far"], env),
    }


# --- what is said --------------------------------------------------------------------------------


def check(old: str, new: str) -> Comparison:
    """Compare the texts; nothing proved may be false of a short history, nothing shown longer than the shortest."""
    both = wordings(old, new)
    asker = Here()
    made = compare(reworded(both, asker), {}, asker, readings=False)
    shortest: dict[tuple[str, str], int] = {}
    for at in histories(both.old.system, both.new.system):
        mine, theirs = observed(both.old, at.old), observed(both.new, at.new)
        for name in mine:
            for word in differences(name, mine[name], theirs[name]):
                shortest[name, word] = min(at.steps, shortest.get((name, word), at.steps))
        if at.steps < DEPTH and one_admits(both.old.system, both.new.system, at):
            shortest["choices e", "differs"] = min(at.steps + 1, shortest.get(("choices e", "differs"), DEPTH))
    for j in made.judged:
        named = j.outcome.kind in {"permission", "choices"}
        name = f"{j.outcome.kind} {j.outcome.name}" if named else j.outcome.name
        verdicts = {"differs": j.same}
        for order, worse, better in j.roles:
            if order.role == "A":
                verdicts |= {"worse": worse, "better": better}
        for word, verdict in verdicts.items():
            seen = shortest.get((name, word))
            if verdict is None or isinstance(verdict, Proved):
                assert seen is None, (name, word, seen)
            if isinstance(verdict, Refuted) and seen is not None:
                events = [s for s in verdict.trace.steps if "|" not in s.name and not s.name.endswith(".")]
                assert len(events) <= seen, (name, word)
    for distinction in made.distinctions:
        told = retell_both(made, distinction)
        assert len(told.old.results) == len(told.new.results)
    return made


def one_admits(old: System, new: System, at: Both) -> bool:
    """Return whether there is a fact with which one wording alone admits `e` next."""
    today = int(at.old["today"])
    tried = [Step("e", day, {"e.k": k}) for day in (today, today + 2) for k in range(3)]
    return any((lived(old, at.old, s) is None) != (lived(new, at.new, s) is None) for s in tried)


def differences(name: str, mine: object, theirs: object) -> Iterator[str]:
    if mine == theirs:
        return
    yield "differs"
    if name == "score":
        yield "worse" if theirs < mine else "better"  # type: ignore[operator]  # two numbers
    if name == "flag":
        yield "worse" if theirs else "better"


@given(edits())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_random_edits(texts: tuple[str, str]) -> None:
    check(*texts)


PLAIN = {name: options[0] for name, options in PARTS.items()}


def test_names_shared_without_reason_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = diff_shared.shared_names
    monkeypatch.setattr(diff_product, "shared_names", lambda system: right(system) | {"score"})
    with pytest.raises(AssertionError):
        check(TEXT.format(**PLAIN), TEXT.format(**{**PLAIN, "price": "2"}))


def test_schedules_taken_for_the_same_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_product, "_same_schedule", lambda *_: True)
    with pytest.raises(Exception):  # noqa: B017, PT011  a false proof, or a history that does not replay
        check(TEXT.format(**PLAIN), TEXT.format(**{**PLAIN, "calendar": PARTS["calendar"][2]}))


@pytest.mark.parametrize("new", DEADLINED[1:3])
def test_deadlines(new: str) -> None:
    check(TEXT.format(**{**PLAIN, "calendar": DEADLINED[0]}), TEXT.format(**{**PLAIN, "calendar": new}))


def test_directions_turned_round_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = diff_outcomes.at_least
    monkeypatch.setattr(diff_outcomes, "at_least", lambda good, bad, order: right(bad, good, order))
    with pytest.raises(AssertionError):
        check(TEXT.format(**PLAIN), TEXT.format(**{**PLAIN, "price": "2"}))


def test_equal_taken_for_better_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_outcomes, "_equal", lambda one, other: Less(one.value, other.value, strict=False))
    with pytest.raises(AssertionError):
        check(TEXT.format(**{**PLAIN, "price": "2"}), TEXT.format(**PLAIN))


def test_an_event_of_one_wording_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_product, "_only_in_one", lambda *_: iter(()))
    near = {**PLAIN, "start": "2", "low": "2"}
    with pytest.raises(AssertionError):
        check(TEXT.format(**near), TEXT.format(**{**near, "more": PARTS["more"][1]}))


def test_choices_not_compared_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_outcomes, "_guards_alike", lambda *_: iter(()))
    with pytest.raises(AssertionError):
        check(TEXT.format(**PLAIN), TEXT.format(**{**PLAIN, "most": "1"}))


@pytest.mark.parametrize("part", ["price", "guard", "order"])
def test_changes_taken_for_other_words_are_noticed(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_reworded, "_may_be_equal", lambda *_: True)
    monkeypatch.setattr(diff_reworded, "_proved", lambda questions, _: {id(q) for q in questions})
    with pytest.raises(AssertionError):
        check(TEXT.format(**PLAIN), TEXT.format(**{**PLAIN, part: PARTS[part][1]}))
