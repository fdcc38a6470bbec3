"""What a search leaves out makes no difference to what it looks for: histories with and without idle steps."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from policydsl.base import calendar
from policydsl.core import idle
from policydsl.core.expr import (
    BOOL,
    FALSE,
    TODAY,
    TRUE,
    Add,
    At,
    DateLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Less,
    MonthOf,
    MonthStart,
    Not,
    Or,
    Value,
    Var,
    View,
)
from policydsl.core.idle import without_idle
from policydsl.core.system import (
    PASSAGE,
    Case,
    Event,
    Property,
    Question,
    Schedule,
    Step,
    System,
    Trace,
    Update,
    Variable,
)
from policydsl.engines.dice import Habits, Pool, begin
from policydsl.engines.horizon import first_day
from policydsl.engines.verdict import Refuted
from policydsl.front.load import load_files
from policydsl.semantics.interpret import Rejected, State, admit, due, initial_state, replay, settle, step, violation
from tests.engines.asking import answer
from tests.engines.systems import CLOCK_VAR, TODAY_VAR, integer, num, occurrence, on, system, var

Move = Callable[[int], Step]

ROOT = Path(__file__).parent.parent.parent

MEMBERSHIP = """policy "Membership"
    histories from 2026-01-01
    month ends last day

role Member

clause 1 "joining starts a term of a year, which goes on month by month"
    enum Standing: outside, inside
    state standing: Standing = outside
    state term_end: date or none = none
    state late: boolean = no
    act join by Member permitted when standing is outside
    on join
        set standing = inside
        set term_end = today + 12 months
    schedule renewal: the day after term_end while standing is inside
        set term_end = term_end + 1 month when term_end is not none

clause 2 "cancelling within a month of the end comes too late"
    count tries: cancel, this one included, in each calendar year
    act cancel by Member permitted when standing is inside
    on cancel
        set late = term_end is not none and today + 1 month > term_end
        set standing = outside when term_end is not none and today + 1 month <= term_end

clause 3 "a fee a month"
    state owed: money EUR = 0 EUR
    schedule fee: each month on day 1 while standing is inside
        set owed = owed + 40 EUR
    act pay by Member
        choose amount: money EUR >= 0 EUR default 40 EUR by Member
        where amount <= owed
    on pay
        set owed = owed - amount
"""

CLAIMS = """claims about "Membership"

finding too_late "A cancellation may come too late"
    cites 2
    never late

finding thrice "Cancelling is tried three times in a year"
    cites 2
    after cancel: tries < 3

guarantee ahead "A term that runs does not lie in the past"
    cites 1
    always standing is inside and term_end is not none implies today <= term_end

guarantee raised "What is owed rises by a fee at most"
    cites 3
    after any step: owed <= old owed + 40 EUR

finding first_day "On the first day of all, every step changes the standing"
    cites 1
    after any step when today = 2026-01-01: standing is not old standing
"""


def load(policy: str, claims: str) -> dict[str, Question]:
    texts = {"a.policy": policy, "a.claims": claims}
    loaded = load_files(tuple(texts), lambda name: (texts[name], ()))
    assert not loaded.diagnostics, loaded.diagnostics
    return {c.name: c.question for file in loaded.claims for c in file.claims}


def steps_of(system: System) -> set[str]:
    return {e.name for e in system.events} | {s.name for s in system.schedules}


def corpus() -> dict[str, Question]:
    files = sorted(map(str, [*(ROOT / "specs").glob("*.policy"), *(ROOT / "proofs").glob("*.claims")]))
    loaded = load_files(files, lambda name: (Path(name).read_text(encoding="utf-8"), ()))
    return {c.name: c.question for file in loaded.claims for c in file.claims}


def lived(system: System, parameters: Mapping[str, Value], first: State, moves: Iterable[Move]) -> Trace:
    """Return the history that `moves` make, each told the day reached; the calendar's own steps put in."""
    taken, now = list[Step](), first
    for move in moves:
        own = move(int(now[TODAY]))
        for fired in settle(system, parameters, now, own.day):
            assert not isinstance(fired, Rejected)
            taken.append(fired[0])
            now = fired[1].state
        result = step(system, parameters, now, own)
        if not isinstance(result, Rejected):
            taken.append(own)
            now = result.state
    return Trace(parameters, first, tuple(taken))


def wandering(system: System, number: int) -> Iterator[Trace]:
    """Yield histories: each event on the last of a month with a long wait, then random ones."""
    dice, pool = Random(number), Pool(system)  # noqa: S311  always the same sequence
    defaults = {p.name: p.default for p in system.parameters if p.default is not None}
    first = initial_state(system, defaults, first_day(system), {})
    if isinstance(first, Rejected):
        return
    for event in system.events:
        yield lived(system, defaults, first, [partial(occurring, event), waiting])
    for _ in range(number):
        parameters, state = begin(system, Trace(defaults, first, ()), pool, dice)
        yield lived(system, parameters, state, [partial(drawn, Habits(system, pool, dice))] * 25)


def waiting(day: int) -> Step:
    return Step(PASSAGE, day + 500, {})


def drawn(habits: Habits, day: int) -> Step:
    return Step(*habits.happening(day))


def occurring(event: Event, day: int) -> Step:
    """Return `event` as it usually is, on the last day of the month."""
    ends = calendar.month_start(calendar.month_of(day) + 1) - 1
    return Step(event.name, ends, {i.name: i.default for i in event.inputs if i.default is not None})


def cut(part: System, trace: Trace) -> Trace:
    """Return `trace` without the steps that `part` does not have, as the module says."""
    names = {v.name for v in part.variables} | {TODAY}
    state: State = {n: v for n, v in trace.initial.items() if n in names}
    initial, taken = state, list[Step]()
    inputs = {e.name: {i.name for i in e.inputs} for e in part.events}
    for each in trace.steps:
        kept = each.name in steps_of(part)
        pending = due(part, trace.parameters, state)
        if not kept and (each.day == state[TODAY] or (pending is not None and pending[1] <= each.day)):
            continue
        given = {n: v for n, v in each.inputs.items() if n in inputs.get(each.name, ())}
        made = Step(each.name, each.day, given) if kept else Step(PASSAGE, each.day, {})
        assert admit(part, trace.parameters, state, made) is None, (made, state)
        result = step(part, trace.parameters, state, made)
        assert not isinstance(result, Rejected)
        taken.append(made)
        state = result.state
    return Trace(trace.parameters, initial, tuple(taken))


def check(question: Question, number: int) -> int:
    """Compare histories of the whole system with what is left of them; return how many violate the property."""
    system, claim = replace(question.system, obligations=()), question.property
    part = without_idle(system, claim)
    if steps_of(part) == steps_of(system):
        return 0
    found = 0
    for trace in wandering(system, number):
        less = cut(part, trace)
        assert isinstance(replay(part, less), tuple)
        assert len(less.steps) <= len(trace.steps)
        assert (violation(system, trace, claim) is None) == (violation(part, less, claim) is None)
        found += violation(system, trace, claim) is not None
    return found


MEMBERS = load(MEMBERSHIP, CLAIMS)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("too_late", {"join", "renewal", "cancel"}),
        ("thrice", {"join", "renewal", "cancel"}),
        ("ahead", {"join", "renewal", "cancel"}),
        ("raised", {"join", "renewal", "cancel", "fee", "pay"}),
        ("first_day", {"join", "renewal", "cancel", "fee", "pay"}),
    ],
)
def test_what_is_left_out(name: str, kept: set[str]) -> None:
    question = MEMBERS[name]
    assert steps_of(without_idle(question.system, question.property)) == kept


@pytest.mark.parametrize("name", MEMBERS)
def test_a_membership_with_and_without(name: str) -> None:
    check(MEMBERS[name], 60)


def test_the_corpus_with_and_without() -> None:
    violated = [check(question, 3) for question in corpus().values()]
    assert sum(violated) > 10, "otherwise little was compared"


def test_a_year_of_fees_is_no_obstacle() -> None:
    question = MEMBERS["too_late"]
    verdict = answer(question)
    assert isinstance(verdict, Refuted)
    assert [s.name for s in verdict.trace.steps if s.name != "fee"] == ["join", "cancel"]
    assert verdict.clear == 1, "two steps that matter, so one is known not to do"
    assert violation(question.system, verdict.trace, question.property) == verdict.at


def order(system: System, names: list[str]) -> System:
    by_name = {s.name: s for s in system.schedules}
    return replace(system, schedules=tuple(by_name[n] for n in names))


def test_a_schedule_before_a_kept_one_stays_where_days_are_judged() -> None:
    question = MEMBERS["ahead"]
    turned = order(question.system, ["fee", "renewal"])
    assert "fee" in steps_of(without_idle(turned, question.property))


# --- what keeps every step, one reason at a time ---------------------------------------------------

LATER = Less(CLOCK_VAR, TODAY_VAR, strict=True)
SEEN, KEPT, NEVER = Var("seen", BOOL), on("kept", TRUE, TRUE), Property(Not(Var("seen", BOOL)), TRUE)
EVENTS = (occurrence("kept"), occurrence("idle"))
NEXT_MONTH = MonthStart(Add((MonthOf(TODAY_VAR), IntLit(1))))


def made(case: Case = KEPT, *, armed: Expr | None = None, claim: Property = NEVER) -> tuple[System, Property]:
    """Return a system in which `idle` changes nothing, and `kept` what `claim` is about, but for what is given."""
    schedules = (Schedule("kept_too", armed or TRUE, NEXT_MONTH, "1"), Schedule("off", TRUE, NEXT_MONTH, "1"))
    cases = (case,) if armed is None else (case, on("kept_too", TRUE, TRUE))
    variables = (Variable("seen", BOOL, FALSE, "1"), integer("n", 0))
    updates = (Update("seen", cases), Update("n", (on("third", TRUE, num(1)),)))
    events = (*EVENTS, occurrence("third"))
    whole = system("made", variables, events, updates)
    return whole if armed is None else replace(whole, schedules=schedules), claim


def left_out(given: tuple[System, Property]) -> set[str]:
    return steps_of(given[0]) - steps_of(without_idle(*given))


def test_nothing_but_what_matters_is_left() -> None:
    assert left_out(made()) == {"idle", "third"}
    assert left_out(made(on("kept", Equal(var("n"), num(0)), TRUE))) == {"idle"}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(made(on("kept", LATER, TRUE)), id="a value looks at the day of the step before"),
        pytest.param(made(Case(None, Equal(var("n"), num(1)), TRUE, "1")), id="a value changes in every step"),
        pytest.param(made(on("kept", Happens(PASSAGE), TRUE)), id="a value looks for a passage"),
        pytest.param(made(armed=Less(TODAY_VAR, DateLit(738_000), strict=True)), id="a schedule looks at today"),
        pytest.param(made(claim=Property(TRUE, SEEN)), id="the claim is about every step"),
        pytest.param(made(claim=Property(TRUE, Not(Happens(PASSAGE)))), id="the claim is about passages"),
        pytest.param(
            made(claim=Property(TRUE, Or((Not(Happens("kept")), At(View.BEFORE, LATER))))), id="the claim too"
        ),
    ],
)
def test_where_a_step_may_be_seen_all_stay(given: tuple[System, Property]) -> None:
    assert left_out(given) == set()


def test_what_a_guard_reads_is_not_idle() -> None:
    """`third` changes what the guard of `kept` looks at."""
    of, claim = made()
    guarded = replace(of, events=(occurrence("kept", guard=Equal(var("n"), num(1))), *of.events[1:]))
    assert left_out((guarded, claim)) == {"idle"}


PLANTED: Mapping[str, tuple[str, object]] = {
    "what is judged in every step is taken for granted": ("_at_rest", lambda _e, _table: True),
    "order within a day is forgotten": ("_before", lambda _system, _kept: set()),
    "what a step changes is forgotten": ("_busy", lambda *_: set()),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_planted_bugs_are_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, wrong = PLANTED[bug]
    monkeypatch.setattr(idle, name, wrong)
    ahead = MEMBERS["ahead"]
    turned = replace(ahead, system=order(ahead.system, ["fee", "renewal"]))
    with pytest.raises(AssertionError):
        check_all((turned, *(q for q in MEMBERS.values() if q is not ahead)))


def check_all(questions: Iterable[Question]) -> None:
    for question in questions:
        check(question, 60)
