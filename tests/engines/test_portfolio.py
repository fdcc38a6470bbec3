"""Known questions get their known answers, with evidence that stands by itself."""

import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import replace
from threading import Timer

import pytest
import z3

from policydsl.base.calendar import Rounding, from_civil
from policydsl.core.expr import (
    CLOCK,
    DATE,
    INT,
    TODAY,
    TRUE,
    Add,
    AddMonths,
    And,
    DateLit,
    DaysBetween,
    Equal,
    Happens,
    Less,
    Var,
)
from policydsl.core.show import bind
from policydsl.core.system import Input, Property, Question, Update
from policydsl.engines import answers as answering
from policydsl.engines import certify, explore, portfolio, proving, spacer
from policydsl.engines.bench import Bench, Inquiry
from policydsl.engines.horizon import first_day
from policydsl.engines.portfolio import judge
from policydsl.engines.solve import Meter, ask
from policydsl.engines.store import Desk, whole_proof
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Bounded, Budget, Manner, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.semantics.interpret import violation
from tests.engines.asking import BUDGET, answer, answers
from tests.engines.systems import (
    TODAY_VAR,
    after,
    always,
    duty_questions,
    integer,
    le,
    num,
    observation_questions,
    occurrence,
    old,
    on,
    puzzle_questions,
    score,
    score_questions,
    system,
    var,
)

HOLDS: dict[str, int | str] = {
    "ceiling": "proved",
    "overdraw": 12,
    "third": 4,
    "threshold": "proved",
    "never": "vacuous",
    "counted": "proved",
    "positive": "proved",
    "ahead": "proved",
    "latest": "proved",
    "shorter": 2,
    "capped": "proved",
    "unset": "proved",
    "three": "proved",
    "not four": "proved",
    "four": 3,
    "four litres": 6,
    "big fits": "proved",
    "six litres": "proved",
    "all set": 7,
    "in time": "proved",
    "within 31 days": "proved",
    "at least 30 days": 1,
    "never offline": 2,
    "one or the other": "proved",
    "warned first": "proved",
    "closed twice": "vacuous",
}

MAKERS = (score_questions, observation_questions, puzzle_questions, duty_questions)


def says(verdict: Verdict) -> int | str:
    return verdict.at if isinstance(verdict, Refuted) else type(verdict).__name__.lower()


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_known_answers(make: Callable[[], dict[str, Question]]) -> None:
    questions = make()
    found = answers(list(questions.values()))
    assert {key: says(verdict) for key, verdict in found.items()} == {key: HOLDS[key] for key in questions}
    for key, verdict in found.items():
        check_evidence(questions[key], verdict)
        assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301  our own bytes


def check_evidence(question: Question, verdict: Verdict) -> None:
    match verdict:
        case Proved(certificate=certificate, witness=witness):
            assert isinstance(certify.recheck(whole_proof(question, verdict, Desk())), certify.Stands)
            assert certificate.binding == bind(question)
            assert (witness is None) == (question.trigger is None)
        case Refuted(trace=trace, at=at):
            assert violation(question.system, trace, question.property) == at == len(trace.steps)
        case Vacuous():
            assert isinstance(certify.recheck(whole_proof(question, verdict, Desk())), certify.Stands)
        case Bounded() | Unknown():
            pytest.fail(f"{question.key} is undecided")


def test_asked_alone_or_together_makes_no_difference() -> None:
    questions = duty_questions()
    together = answers(list(questions.values()))
    for key, question in questions.items():
        assert says(answer(question)) == says(together[key])


def test_months_of_another_question_make_no_proof() -> None:
    """What is known of every two months helps the search, and is not in the certificate: so it is no proof yet."""
    of = system("days", (integer("n", 0),), (occurrence("go"),), ())
    questions = []
    for months, least in ((12, 365), (48, 1460)):
        later = DaysBetween(TODAY_VAR, AddMonths(TODAY_VAR, num(months), Rounding.LAST_DAY))
        questions.append(
            after(of, f"{months} months", Happens("go"), And((le(num(least), later), le(later, num(least + 1)))))
        )
    assert {says(verdict) for verdict in answers(questions).values()} == {"proved"}


def test_dates_of_another_question_leave_no_shorter_story_out() -> None:
    """A date that one question looks at far ahead must lie in the months searched: not so the story of another."""
    of = system("days", (integer("n", 0),), (occurrence("go"),), ())
    far = AddMonths(TODAY_VAR, num(24), Rounding.LAST_DAY)
    questions = [
        after(of, "far", Happens("go"), Less(TODAY_VAR, far, strict=True)),
        after(of, "late", Happens("go"), Less(TODAY_VAR, DateLit(from_civil(2025, 7, 1)), strict=True)),
    ]
    suspect = [Manner(suspect=True)] * 2
    found = {q.key: says(v) for q, v in judge(of, questions, BUDGET, lambda *_: None, suspect)}
    assert found == {"far": "proved", "late": 1}


def test_same_input_same_bytes() -> None:
    first, second = (answers(list(score_questions().values())) for _ in range(2))
    assert first == second


def test_stories_are_believable() -> None:
    verdict = answer(score_questions()["overdraw"])
    assert isinstance(verdict, Refuted)
    trace = verdict.trace
    assert trace.parameters == {"threshold": 1}
    assert trace.initial[TODAY] == from_civil(2022, 1, 11)
    assert {(s.name, s.day) for s in trace.steps} == {("violation", from_civil(2022, 1, 11))}
    assert all(s.inputs == {"violation.conduct": "general"} for s in trace.steps)


def test_stories_keep_defaults_where_they_can() -> None:
    verdict = answer(observation_questions()["shorter"])
    assert isinstance(verdict, Refuted)
    assert [s.inputs["breach.length"] for s in verdict.trace.steps] == [31, 30]


def test_rigid_assumptions_count() -> None:
    """A larger threshold spares the network longer, but general violations cost the same."""
    fixed = replace(score(), assumptions=(*score().assumptions, Equal(var("threshold"), num(7))))
    questions = [always(fixed, "fixed", le(num(0), var("score"))), score_questions()["overdraw"]]
    found = answers(questions)
    verdict = found["fixed"]
    assert isinstance(verdict, Refuted)
    assert (verdict.at, verdict.trace.parameters) == (12, {"threshold": 7})
    assert isinstance(found["overdraw"], Refuted)


def test_false_in_the_beginning() -> None:
    s = system("empty", (integer("n", 3),), (occurrence("e"),), ())
    verdict = answer(always(s, "n", le(var("n"), num(2))))
    assert isinstance(verdict, Refuted)
    assert verdict.at == 0
    assert verdict.trace.steps == ()


def test_free_initial_values_are_small() -> None:
    s = system("free", (integer("n", None),), (occurrence("e"),), ())
    verdict = answer(always(s, "n", le(var("n"), num(41))))
    assert isinstance(verdict, Refuted)
    assert verdict.trace.initial["n"] == 42


@pytest.mark.parametrize(("default", "least", "told"), [(0, 15, 15), (20, 15, 20), (31, 40, 40), (99, -7, 99)])
def test_numbers_that_cannot_be_what_is_declared_are_near_it(default: int, least: int, told: int) -> None:
    """The number that comes with the event must be at least `least`; where its default will do, it stays."""
    comes = replace(occurrence("e"), inputs=(Input("e.n", INT, default, None, "1"),))
    s = system("near", (integer("n", -100),), (comes,), (Update("n", (on("e", TRUE, var("e.n")),)),))
    verdict = answer(always(s, "n", le(var("n"), num(least - 1))))
    assert isinstance(verdict, Refuted)
    assert verdict.trace.steps[-1].inputs["e.n"] == told


def test_a_number_below_what_is_declared_is_near_it() -> None:
    comes = replace(occurrence("e"), inputs=(Input("e.n", INT, 31, None, "1"),))
    s = system("near", (integer("n", 50),), (comes,), (Update("n", (on("e", TRUE, var("e.n")),)),))
    verdict = answer(always(s, "n", le(num(28), var("n"))))
    assert isinstance(verdict, Refuted)
    assert verdict.trace.steps[-1].inputs["e.n"] == 27


# --- budgets -------------------------------------------------------------------------------------


def slow_count() -> Question:
    """Ask what is false, but only far beyond any depth."""
    s = system("slow", (integer("n", 0),), (occurrence("e"),), (_count_to(1000),))
    return always(s, "n", le(var("n"), num(500)))


def _count_to(limit: int) -> Update:
    return Update("n", (on("e", le(var("n"), num(limit)), Add((var("n"), num(1)))),))


def test_depth_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for engine, search in ((explore, "explore"), (spacer, "search")):
        monkeypatch.setattr(engine, search, lambda *_: None)
    verdict = answer(slow_count(), Budget(max_depth=9))
    assert isinstance(verdict, Bounded)
    assert verdict.depth == 9
    assert "any dates" in verdict.reason


@pytest.mark.parametrize("budget", [Budget(seconds=0), Budget(rlimit=1), Budget(seconds=0.001, rlimit=50)])
def test_nothing_is_decided_without_a_budget(budget: Budget) -> None:
    """Random histories take no solver: what they meet is true, but nobody says that it is the shortest."""
    for questions in (score_questions(), duty_questions()):
        for key, verdict in answers(list(questions.values()), budget).items():
            met = budget.seconds > 1 and isinstance(verdict, Refuted) and not verdict.shortest
            assert met or isinstance(verdict, Unknown | Bounded), key


def test_a_short_search_is_never_a_proof() -> None:
    counting = (Update("n", (on("tick", le(DateLit(1), TODAY_VAR), Add((var("n"), num(1)))),)),)
    s = system("far", (integer("n", 0),), (occurrence("tick"),), counting)
    found = answer(always(s, "thousand", le(var("n"), num(999))), Budget(seconds=60, max_depth=5))
    assert isinstance(found, Bounded)
    assert found.depth == 5


def test_what_may_be_about_nothing_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds, but its trigger lies beyond any search, and that it lies somewhere is not known."""
    monkeypatch.setattr(explore, "explore", lambda *_: None)
    s = slow_count().system
    far, near = (after(s, f"at {n}", Equal(var("n"), num(n)), le(num(0), var("n"))) for n in (800, 40))
    found = answer(far, Budget(max_depth=5))
    assert isinstance(found, Unknown)
    assert "can ever happen" in found.reason
    deep = answer(near, Budget(max_depth=5))
    assert isinstance(deep, Proved)
    assert deep.witness is not None
    assert len(deep.witness.steps) == 40


@pytest.mark.parametrize("times", [1, 5])
def test_an_example_of_what_is_proved_is_plain(times: int) -> None:
    """It is read, too: the first day, no more days between than it takes, numbers next to their default."""
    paying = occurrence("pay", Input("pay.sum", INT, 7, None, "1"), Input("pay.note", INT, None, None, "1"))
    counts = And((Less(num(8), var("pay.sum"), strict=True), le(num(3), DaysBetween(old(Var(CLOCK, DATE)), TODAY_VAR))))
    s = system("payments", (integer("n", 0),), (paying,), (Update("n", (on("pay", counts, Add((var("n"), num(1)))),)),))
    # the solver finds the trigger of the first, random histories that of the second
    found = answer(after(s, "paid", le(num(times), var("n")), le(num(0), var("n"))), Budget(max_depth=4))
    assert isinstance(found, Proved)
    assert found.witness is not None
    assert found.witness.initial[TODAY] == first_day(s)
    assert [step.day for step in found.witness.steps] == [first_day(s) + 3 * i for i in range(1, times + 1)]
    assert {tuple(step.inputs.values()) for step in found.witness.steps} == {(9, 0)}


def test_a_story_beyond_a_short_search_is_not_called_shortest() -> None:
    overdraw = answers(list(score_questions().values()), Budget(seconds=60, max_depth=5))["overdraw"]
    assert isinstance(overdraw, Refuted)
    assert (overdraw.clear, overdraw.shortest) == (5, False)


def test_progress_is_told() -> None:
    told: list[tuple[str, str]] = []
    question = puzzle_questions()["all set"]
    list(judge(question.system, [question], Budget(), lambda q, attempt: told.append((q.key, attempt))))
    assert told
    assert {key for key, _ in told} == {"all set"}


def test_property_of_both_parts() -> None:
    s = score()
    question = Question("both", s, Property(le(var("score"), num(100)), le(num(0), num(0))), None)
    assert isinstance(answer(question), Proved)


def test_interruptions_get_through() -> None:
    """Z3 catches the signal and answers "unknown"; that must not become a verdict."""
    ctx = z3.Context()
    holes = [z3.Int(f"hole{i}", ctx) for i in range(40)]
    solver = z3.Solver(ctx=ctx)
    solver.add(z3.Distinct(holes), *(z3.And(hole >= 0, hole < 39) for hole in holes))
    alarm = Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    alarm.start()
    meter = Meter(Budget(rlimit=2_000_000_000), 60)
    with meter, pytest.raises(KeyboardInterrupt):
        ask(solver, [], meter)
    alarm.join()


@pytest.mark.parametrize(("manner", "deepest"), [(Manner(), 4), (Manner(suspect=True), 8)])
def test_no_search_before_proofs_takes_what_they_need(
    manner: Manner, deepest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One query of the first search that goes deep took all that a question may cost; what follows is as patient."""
    put: list[tuple[bool, int, int]] = []

    def refute(bench: Bench, inquiry: Inquiry, depth: int, months: int) -> None:
        put.append((months == bench.budget.horizons[0], depth, inquiry.meter.rlimit))

    monkeypatch.setattr(portfolio, "refute", refute)
    monkeypatch.setattr(Unrolling, "dated", True)
    for room, each in ((proving, "prove"), (proving, "accept"), (answering, "accept")):
        monkeypatch.setattr(room, each, lambda *_: None)
    budget = Budget(seconds=4)
    assert budget.quarter() == 7_000_000 < budget.rlimit
    assert Budget(seconds=3600, effort=8_000_000).quarter() == 2_000_000
    question = always(system("s", (integer("x", 0),), (occurrence("e"),), ()), "q", le(num(0), var("x")))
    list(judge(question.system, [question], budget, lambda *_: None, [manner]))
    capped = {(near, depth) for near, depth, units in put if units == budget.quarter()}
    assert capped == {(True, deepest), (False, 4)}
    assert {units for near, depth, units in put if (near, depth) not in capped} == {budget.rlimit}
    assert (False, 12) in {(near, depth) for near, depth, _ in put}
