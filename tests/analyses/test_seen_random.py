"""What an edit cannot touch: random policies edited at random, equal hashes against all short histories of both."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.analyses.diff_claims import Judging, same_question
from policydsl.base.calendar import from_civil
from policydsl.core.expr import Value
from policydsl.core.system import PASSAGE, Question, Step
from policydsl.engines.verdict import Budget
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State, Stepped
from tests.analyses.comparing import wordings

TEXT = """policy "Random"
    histories from 2024-01-30

role A

clause 1 "how it is read"
    reading first "does the first one count?"
        yes_it_does "yes" default
        no_it_does_not "no"
    parameter limit: points in 1 .. 2 default 1
{assumed}
clause 2 "three things"
    state s: points = 0
    state u: points = {start}
    state w: boolean = no
    occurrence e by A
        field k: count in 0 .. {most}
        where {possible}
    occurrence g
    act f by A permitted when {permitted}
    define high: boolean = u >= limit
    define odd on e: boolean = {odd}

clause 3 "what happens"
    on e when {guard}
        set s = min(3, s + {points})
    on g
        set u = {becomes}
    on f
        set w = yes
    schedule reset: {when}
        set {reset}
"""
PARTS = {
    "assumed": ["", "    assume limit = 1\n", "    assume first is yes_it_does\n"],
    "start": ["0", "1"],
    "most": ["1", "2"],
    "possible": ["yes", "not w", "u <= 1"],
    "permitted": ["yes", "s >= 1", "high"],
    "odd": ["k = 1", "k >= 1", "k >= 9"],
    "guard": ["odd", "first is yes_it_does", "w or odd", "k = 2"],
    "points": ["1", "2"],
    "becomes": ["min(2, u + 1)", "0", "2"],
    "when": ["each month on day 1", "each month on the last day"],
    "reset": ["u = 0", "s = 0", "w = no"],
}
CLAIMS = """claims about "Random"

guarantee few "few"
    cites 2
    always s <= 1
guarantee low "low"
    cites 2
    always not high
guarantee never_set "never"
    cites 2
    always not w
guarantee both "both"
    cites 2
    always w implies s >= 1
guarantee once "once"
    cites 2
    after e: s <= 1
guarantee kept "kept"
    cites 2
    after g: u >= 1
guarantee early "early"
    cites 2
    always s >= 1 implies today <= 2024-01-31
guarantee until "until"
    cites 2
    always u >= 1 or today >= 2024-02-01
"""
FIRST, DEPTH = from_civil(2024, 1, 30), 3
READINGS: tuple[Mapping[str, Value], ...] = tuple(
    {"first": option, "limit": limit} for option in ("yes_it_does", "no_it_does_not") for limit in (1, 2)
)


def text(parts: Mapping[str, str]) -> str:
    return TEXT.format(**{**{name: options[0] for name, options in PARTS.items()}, **parts})


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    old = {name: draw(st.sampled_from(options)) for name, options in PARTS.items()}
    changed = draw(st.sets(st.sampled_from(sorted(PARTS)), min_size=1, max_size=2))
    return text(old), text({**old, **{name: draw(st.sampled_from(PARTS[name])) for name in sorted(changed)}})


# --- all short histories -------------------------------------------------------------------------


def least(question: Question) -> frozenset[int | None]:
    """Return after how many steps the claim fails first, under any reading and parameter; None if not so soon."""
    return frozenset(_least(question, p) for p in READINGS if _admissible(question, p))


def _admissible(question: Question, parameters: Mapping[str, Value]) -> bool:
    return interpret.check_parameters(question.system, parameters) is None


def _least(question: Question, parameters: Mapping[str, Value]) -> int | None:
    system, claim = question.system, question.property
    start = interpret.initial_state(system, parameters, FIRST, {})
    assert not isinstance(start, Rejected)
    if not evaluate.holds(claim.state, evaluate.alone(system, parameters, start)):
        return 0
    states: list[State] = [start]
    for depth in range(1, DEPTH + 1):
        following: dict[tuple[tuple[str, Value], ...], State] = {}
        for state in states:
            for step, result in steps(question, parameters, state):
                env = evaluate.between(system, parameters, state, step, result.state)
                if not interpret.kept(system, parameters, claim, env, result.state):
                    return depth
                following[tuple(sorted(result.state.items()))] = result.state
        states = list(following.values())
    return None


def steps(question: Question, parameters: Mapping[str, Value], state: State) -> Iterator[tuple[Step, Stepped]]:
    """Yield every step from `state`, on that day or two days later, with all facts; what the calendar causes alone."""
    system, today = question.system, int(state["today"])
    for day in (today, today + 2):
        caused = next(iter(interpret.settle(system, parameters, state, day)), None)
        if caused is not None:
            assert not isinstance(caused, Rejected)
            yield caused
            continue
        tried = [Step("e", day, {"e.k": k}) for k in range(3)] + [Step("g", day, {}), Step("f", day, {})]
        tried += [Step(PASSAGE, day, {})] if day > today else []
        for step in tried:
            result = interpret.step(system, parameters, state, step)
            if not isinstance(result, Rejected):
                yield step, result


def check(old: str, new: str) -> tuple[int, int]:
    """Hold every claim that is called untouched to all short histories; return how many are, and how many there are."""
    both = wordings(old, new, CLAIMS)
    judging = Judging(Budget(), 1, [])
    untouched = 0
    for claim in both.claims:
        assert claim.new is not None
        if same_question(claim.old.question, claim.new.question, judging):
            untouched += 1
            assert least(claim.old.question) == least(claim.new.question), claim.old.name
    return untouched, len(both.claims)


@given(edits())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_what_is_called_untouched_is_so(texts: tuple[str, str]) -> None:
    check(*texts)


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        pytest.param({}, {"points": "2"}, {"few", "both", "once", "early"}, id="points"),
        pytest.param({}, {"permitted": "high"}, {"never_set", "both"}, id="permission"),
        pytest.param({}, {"start": "1"}, {"low", "kept", "until"}, id="start"),
        pytest.param({}, {}, set(), id="nothing"),
    ],
)
def test_some_claims_are_untouched_and_some_are_not(
    old: Mapping[str, str], new: Mapping[str, str], touched: set[str]
) -> None:
    both = wordings(text(old), text(new), CLAIMS)
    judging = Judging(Budget(), 1, [])
    again = ((c.old, c.new) for c in both.claims)
    assert {o.name for o, n in again if n and not same_question(o.question, n.question, judging)} == touched


@pytest.mark.parametrize(
    ("name", "bug", "old", "new"),
    [
        pytest.param("_schedule", lambda s, _: s.name, {"start": "1"}, {"start": "1", "when": PARTS["when"][1]},
                     id="due"),
        pytest.param("_update", lambda u, _: u.variable, {}, {"points": "2"}, id="updates"),
        pytest.param("_variable", lambda v, _: v.name, {}, {"start": "1"}, id="first values"),
        pytest.param("_definition", lambda d, _: d.name, {}, {"odd": "k >= 9"}, id="definitions"),
        pytest.param("Sight._seen_events", lambda *_: (), {"guard": "k = 2"},
                     {"guard": "k = 2", "most": "2"}, id="event"),
    ],
)  # fmt: skip
def test_whatever_is_overlooked_is_noticed(
    monkeypatch: pytest.MonkeyPatch, name: str, bug: object, old: Mapping[str, str], new: Mapping[str, str]
) -> None:
    """Plant a bug: something that the answer depends on is left out of the hash."""
    check(text(old), text(new))
    monkeypatch.setattr(f"policydsl.analyses.seen.{name}", bug)
    with pytest.raises(AssertionError):
        check(text(old), text(new))
