"""Claims about two histories against all pairs of short histories, made without the product: each lived by itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, product
from pathlib import Path

import pytest

from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.pairs import check_halves
from policydsl.analyses.subjects import lemmas_of, subjects_of
from policydsl.base.calendar import from_civil
from policydsl.core.expr import TODAY, Value
from policydsl.core.moves import Side
from policydsl.core.product import project
from policydsl.core.system import PASSAGE, Step, System, Trace
from policydsl.engines.verdict import Budget, Proved, Refuted, SemanticsDisagreeError, Verdict
from policydsl.front.load import Loaded, load
from policydsl.semantics import interpret

POLICY = """policy "Points"
    histories from 2025-01-01

role Host
enum Kind: light, grave

clause 1 "a breach costs points, a grave one twice as many; praise gives them back once"
    state score: points = 10
    state praised: boolean = no
    occurrence breach by Host
        field kind: Kind
    occurrence praise
        possible when score < 10
    on breach when kind is light
        set score = score - 1
    on breach when kind is grave
        set score = score - penalty
    on praise when not praised
        set score = 10
        set praised = yes

clause 2 "the second grave breach costs more; praise is forgotten after a day"
    parameter dear: points in 2 .. 3 default 2
    count grave_ones: breach when kind is grave, this one included, in all
    define penalty on breach: points = if grave_ones > 1 then dear else 2
    state noted: date or none
    on praise
        set noted = today + 1 day
    schedule forget: the day after noted while noted is not none
        set noted = none
        set praised = no
"""
FIRST_DAY = from_civil(2025, 1, 1)
DAYS = range(FIRST_DAY, FIRST_DAY + 3)


@dataclass(frozen=True)
class Entry:
    """An event on a day."""

    day: int
    name: str
    kind: str | None = None

    @property
    def inputs(self) -> dict[str, Value]:
        """What comes with it."""
        return {} if self.kind is None else {"breach.kind": self.kind}


EVENTS = (("breach", "light"), ("breach", "grave"), ("praise", None))
History = tuple[Entry, ...]
Both = tuple[History, History]


def histories(most: int) -> Iterator[History]:
    for length in range(most + 1):
        for days in combinations_with_replacement(DAYS, length):
            for events in product(EVENTS, repeat=length):
                yield tuple(Entry(day, *event) for day, event in zip(days, events, strict=True))


def put(history: History, place: int, entry: Entry) -> History | None:
    """Return `history` with `entry` at `place`; None if the days do not fit."""
    made = (*history[:place], entry, *history[place:])
    return made if [e.day for e in made] == sorted(e.day for e in made) else None


def one_more(history: History) -> Iterator[Both]:
    for place, day, event in product(range(len(history) + 1), DAYS, EVENTS[:2]):
        longer = put(history, place, Entry(day, *event))
        if longer is not None:
            yield history, longer


def one_more_then_praise(history: History) -> Iterator[Both]:
    for first, second in one_more(history):
        yield first, second
        own = next(i for i in range(len(second)) if (*second[:i], *second[i + 1 :]) == first)
        for place, day in product(range(own + 1, len(second) + 1), DAYS):
            longer = put(second, place, Entry(day, "praise"))
            if longer is not None:
                yield first, longer


def swapped(history: History) -> Iterator[Both]:
    for i in range(len(history) - 1):
        a, b = history[i : i + 2]
        if {a.name, b.name} == {"breach", "praise"} and a.name == "breach":
            turned = (replace(b, day=a.day), replace(a, day=b.day))
            yield history, (*history[:i], *turned, *history[i + 2 :])


def changed(history: History) -> Iterator[Both]:
    for i, entry in enumerate(history):
        if entry.kind == "light":
            yield history, (*history[:i], replace(entry, kind="grave"), *history[i + 1 :])


def moved(history: History) -> Iterator[Both]:
    for i, entry in enumerate(history):
        if entry.name != "breach":
            continue
        rest = (*history[:i], *history[i + 1 :])
        for day, place in product(DAYS, range(i, len(rest) + 1)):
            later = put(rest, place, replace(entry, day=day))
            if day > entry.day and later is not None:
                yield history, later


def shifted(history: History) -> Iterator[Both]:
    yield history, tuple(replace(e, day=e.day + 1) for e in history)


def pairs(relation: Callable[[History], Iterator[Both]], most: int) -> Iterator[Both]:
    for history in histories(most):
        yield from relation(history)


def live(system: System, dear: int, history: Sequence[Entry], stops: Sequence[int]) -> interpret.State | None:
    """Return where `history` ends if it also stops on the days `stops`; None if something in it cannot happen."""
    parameters: dict[str, Value] = {"dear": dear}
    start = interpret.initial_state(system, parameters, stops[0], {})
    assert not isinstance(start, interpret.Rejected)
    state = start
    plan = sorted([*((e.day, 0, e) for e in history), *((day, 1, None) for day in stops)], key=lambda x: x[:2])
    for day, _, entry in plan:
        for caused in interpret.settle(system, parameters, state, day):
            assert not isinstance(caused, interpret.Rejected)
            state = caused[1].state
        if entry is None and day <= int(state[TODAY]):
            continue
        step = Step(PASSAGE, day, {}) if entry is None else Step(entry.name, day, entry.inputs)
        result = interpret.step(system, parameters, state, step)
        if isinstance(result, interpret.Rejected):
            return None
        state = result.state
        for caused in interpret.settle(system, parameters, state, day):
            assert not isinstance(caused, interpret.Rejected)
            state = caused[1].state
    return state


def refuted_by_hand(system: System, found: Iterator[Both], holds: Callable[[int, int], bool], later: int = 0) -> bool:
    """Return whether some pair of histories, both lived to the same days, ends with scores that `holds` denies."""
    for (first, second), dear in product(found, (2, 3)):
        days = sorted({FIRST_DAY, *(e.day for e in first), *(e.day - later for e in second), DAYS[-1]})
        end = max([FIRST_DAY, *(e.day for e in first), *(e.day - later for e in second)])
        for last in [d for d in days if d >= end]:
            stops = [d for d in days if d <= last]
            one, other = live(system, dear, first, stops), live(system, dear, second, [d + later for d in stops])
            if one is not None and other is not None and not holds(int(one["score"]), int(other["score"])):
                return True
    return False


LATER_WORSE = "score in the second history <= score in the first history"
LATER_BETTER = "score in the second history >= score in the first history"
SAME = "score in the second history = score in the first history"
SENTENCES: dict[str, Callable[[int, int], bool]] = {
    LATER_WORSE: lambda one, other: other <= one,
    LATER_BETTER: lambda one, other: other >= one,
    SAME: lambda one, other: one == other,
}
RELATIONS: dict[str, tuple[Callable[[History], Iterator[Both]], int]] = {
    "a history and the same history with one more breach": (one_more, 2),
    "a history and the same history with one more breach then any praise": (one_more_then_praise, 1),
    "a history and the same history with breach and praise swapped": (swapped, 3),
    "a history and the same history with other kind of one breach when kind in the first history is light": (
        changed,
        2,
    ),
    "a history and the same history with one breach later": (moved, 2),
    "a history and the same history later by 1 day": (shifted, 2),
}


def loaded(folder: Path, claims: str) -> Loaded:
    (folder / "p.policy").write_text(POLICY, encoding="utf-8")
    (folder / "p.claims").write_text('claims about "Points"\n' + claims, encoding="utf-8")
    made = load([folder / "p.policy", folder / "p.claims"])
    assert not [d for d in made.diagnostics if d.is_error], made.diagnostics
    return made


def answers(made: Loaded) -> dict[str, Verdict]:
    subjects = tuple(s for s in subjects_of(made.policies, made.claims) if s.claim is not None)
    judgement = Judgement(subjects, lemmas_of(made.claims))
    decide(judgement, Budget(max_depth=5, horizons=(24,)), 1, lambda _: None)
    assert not judgement.bugs
    return {d.subject.question.key: d.verdict for d in judgement.decisions() if d.verdict is not None}


def test_verdicts_are_those_of_all_short_histories(tmp_path: Path) -> None:
    asked = list(product(RELATIONS, SENTENCES))
    text = "".join(
        f'\nfinding c{i} "x"\n    between {relation}: {sentence}\n' for i, (relation, sentence) in enumerate(asked)
    )
    made = loaded(tmp_path, text)
    found = answers(made)
    system = made.policies[0].system
    agreed: set[tuple[bool, type]] = set()
    for i, (relation, sentence) in enumerate(asked):
        make, most = RELATIONS[relation]
        later = 1 if make is shifted else 0
        by_hand = refuted_by_hand(system, pairs(make, most), SENTENCES[sentence], later)
        verdict = found[f"c{i}"]
        agreed.add((by_hand, type(verdict)))
        if by_hand:
            assert isinstance(verdict, Refuted), (relation, sentence)
        elif isinstance(verdict, Refuted):
            assert not within_reach(made, f"c{i}", verdict.trace, most), (relation, sentence)
    assert {(True, Refuted), (False, Proved)} <= agreed


MEMORY = ("score", "praised", "noted", "grave_ones")


@pytest.mark.parametrize("known", [("score",), ("score", "praised"), ("score", "grave_ones"), MEMORY])
def test_histories_that_go_on_alike(known: tuple[str, ...], tmp_path: Path) -> None:
    """Two histories are lived by hand up to a day; from where what is `known` is equal, both live the same event."""
    once = " and ".join(f"{name} is the same in both histories" for name in known)
    made = loaded(
        tmp_path,
        f"""
finding alike "x"
    between two histories that go on alike once {once}: score is the same in both histories
""",
    )
    system = made.policies[0].system
    met: dict[tuple[int, tuple[Value, ...]], set[Value]] = {}
    for dear, beginning in product((2, 3), histories(3)):
        here = live(system, dear, beginning, sorted({FIRST_DAY, *(e.day for e in beginning), DAYS[-1]}))
        if here is None:
            continue
        shown = tuple(here[v.name] for v in system.variables if v.name.split(".")[0] in known)
        for event in EVENTS:
            entry = Entry(DAYS[-1], *event)
            days = sorted({FIRST_DAY, *(e.day for e in beginning), DAYS[-1]})
            after = live(system, dear, (*beginning, entry), days)
            if after is not None:
                met.setdefault((dear, (*shown, *event)), set()).add(after["score"])
    by_hand = any(len(scores) > 1 for scores in met.values())
    verdict = answers(made)["alike"]
    assert isinstance(verdict, Refuted if by_hand else Proved)
    assert by_hand == (known != MEMORY)


def within_reach(made: Loaded, name: str, trace: Trace, most: int) -> bool:
    """Return whether `trace` is among the pairs of histories made by hand."""
    pair = next(c.pair for c in made.claims[0].claims if c.name == name)
    assert pair is not None
    first = project(pair, trace, Side.FIRST)
    events = [s for s in first.steps if s.name in {"breach", "praise"}]
    days = [int(first.initial[TODAY]), *(s.day for s in first.steps)]
    return len(events) <= most and days[-1] - days[0] < len(DAYS) and days[0] == FIRST_DAY


def test_both_halves_of_a_story_are_replayed(tmp_path: Path) -> None:
    made = loaded(tmp_path, f'\nfinding c "x"\n    between {next(iter(RELATIONS))}: {SAME}\n')
    claim = made.claims[0].claims[0]
    verdict = answers(made)["c"]
    assert isinstance(verdict, Refuted)
    assert claim.pair is not None
    check_halves(claim.pair, claim.question, verdict.trace)
    first, second = (project(claim.pair, verdict.trace, side) for side in Side)
    assert len(first.steps) < len(second.steps) == 1
    other = made.policies[0].system
    frozen = replace(other, updates=tuple(u for u in other.updates if u.variable != "score"))
    wrong = replace(claim.pair, second=frozen)
    with pytest.raises(SemanticsDisagreeError):
        check_halves(wrong, claim.question, verdict.trace)


def test_forms_that_bind_more_than_one_thing(tmp_path: Path) -> None:
    made = loaded(
        tmp_path,
        f"""
guarantee order "Two breaches may change places on one day"
    under breach.kind is light
    between a history and the same history with breach and breach swapped on one day: {SAME}

finding dearer "A dearer penalty costs more"
    between two histories that differ only in dear when dear in the first history < dear in the second history,
        after breach: {LATER_BETTER}

guarantee kinds "Graver breaches never end better"
    between two histories that differ only in breach.kind when kind in the first history is light: {LATER_WORSE}

finding any "Scores do not say whether there was praise"
    between any two histories: {SAME} implies (praised in the first history) = (praised in the second history)

guarantee many "Any number of breaches more only cost points"
    between a history and the same history with one or more further breach, after breach: {LATER_WORSE}

guarantee week "A few days later all comes out the same"
    for every k: days in 1 .. 7
    between a history and the same history later by k: {SAME}
""".replace(",\n        after", ", after"),
    )
    found = answers(made)
    assert {name: type(verdict) for name, verdict in found.items()} == {
        "order": Proved,
        "dearer": Refuted,
        "kinds": Proved,
        "any": Refuted,
        "many": Proved,
        "week": Proved,
    }
    dearer = found["dearer"]
    assert isinstance(dearer, Refuted)
    pair = next(c.pair for c in made.claims[0].claims if c.name == "dearer")
    assert pair is not None
    told: list[Trace] = [project(pair, dearer.trace, side) for side in Side]
    assert [t.parameters["dear"] for t in told] == [2, 3]
    assert told[0].steps == told[1].steps
