"""Violations too deep for the solver are met by random histories, shortened, and never taken for the shortest."""

from dataclasses import replace
from fractions import Fraction

import pytest

from policydsl.base.calendar import from_civil
from policydsl.core.expr import (
    DATE,
    INT,
    RAT,
    TODAY,
    TRUE,
    Add,
    AddDays,
    And,
    BoolLit,
    BoolSort,
    Equal,
    Ite,
    Less,
    RatLit,
    Var,
)
from policydsl.core.system import Input, Question, Schedule, Step, Trace, Update, Variable
from policydsl.engines import chance, portfolio, proving, simulate
from policydsl.engines.bench import Bench, Inquiry
from policydsl.engines.dice import Repetition
from policydsl.engines.solve import Meter
from policydsl.engines.verdict import Bounded, Budget, Manner, Refuted, Unknown, Verdict
from policydsl.semantics.interpret import violation
from tests.engines.asking import BUDGET, answer
from tests.engines.systems import always, integer, le, num, occurrence, on, system, var

START = from_civil(2026, 1, 1)
DAYS = 40


def daily() -> Question:
    """Return whether a counter stays below 40: opening starts it, then the calendar alone moves it."""
    rung, last = Var("rung", BoolSort()), Var("last", DATE)
    variables = (
        Variable("rung", BoolSort(), BoolLit(value=False), "1"),
        Variable("last", DATE, Var(TODAY, DATE), "1"),
        integer("days", 0),
        integer("noise", 0),
    )
    bell = Schedule("bell", rung, AddDays(last, num(1)), "2")
    opening = occurrence("open")
    shout = occurrence("shout", Input("shout.volume", INT, 3, None, "1"))
    updates = (
        Update("rung", (on("open", TRUE, TRUE),)),
        Update("last", (on("open", TRUE, Var(TODAY, DATE)), on("bell", TRUE, Var(TODAY, DATE)))),
        Update("days", (on("bell", TRUE, Add((var("days"), num(1)))),)),
        Update("noise", (on("shout", TRUE, Add((var("noise"), var("shout.volume")))),)),
    )
    starts = (Equal(Var(TODAY, DATE), Var(TODAY, DATE)),)
    made = system("daily", variables, (opening, shout), updates, schedules=(bell,), starts=starts)
    return always(made, "forty", le(var("days"), num(DAYS - 1)))


def start_of(question: Question) -> Trace:
    assert question.system.parameters == ()
    initial = {TODAY: START, "rung": False, "last": START, "days": 0, "noise": 0}
    return Trace({}, initial, ())


def met(question: Question) -> Trace | None:
    meter = Meter(Budget(seconds=60), 60)
    with meter:
        return simulate.find(question.system, question.property, start_of(question), meter)


def test_a_deep_violation_is_met_and_not_called_shortest() -> None:
    question = daily()
    verdict = answer(question)
    assert isinstance(verdict, Refuted)
    assert (verdict.at, verdict.shortest) == (DAYS + 1, False)
    assert violation(question.system, verdict.trace, question.property) == verdict.at
    assert 0 < verdict.clear < DAYS


def test_only_what_matters_stays() -> None:
    trace = met(daily())
    assert trace is not None
    assert [s.name for s in trace.steps] == ["open"] + ["bell"] * DAYS
    assert trace.steps[0].day == START, "nothing is gained by waiting"


def test_the_same_history_every_time() -> None:
    assert met(daily()) == met(daily())


def test_inputs_become_their_defaults() -> None:
    question = daily()
    loud = replace(question, property=replace(question.property, state=le(var("noise"), num(11))))
    trace = met(loud)
    assert trace is not None
    assert trace.steps == tuple(Step("shout", START, {"shout.volume": 3}) for _ in range(4))


def test_what_never_fails_is_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    question = daily()
    fine = replace(question, property=replace(question.property, state=le(num(0), var("days"))))
    assert met(fine) is None
    watched = simulate._watched
    monkeypatch.setattr(simulate, "_watched", lambda made, _: watched(made, question.property))
    assert met(fine) is None, "compiled code that cries wolf is not believed"


def test_what_takes_one_event_over_and_over_is_met_at_once() -> None:
    """Any other event, and any day that passes, begins the count anew: no dice fall so thirty times."""
    question = daily()
    on_a_day = Add((Ite(Equal(Var("last", DATE), Var(TODAY, DATE)), var("days"), num(0)), num(1)))
    updates = (
        Update("last", (on("open", TRUE, Var(TODAY, DATE)),)),
        Update("days", (on("open", TRUE, on_a_day), on("shout", TRUE, num(0)))),
    )
    made = replace(question.system, schedules=(), updates=updates)
    never = replace(question, system=made, property=replace(question.property, state=le(var("days"), num(29))))
    meter = Meter(Budget(seconds=60), 60)
    with meter:
        assert simulate.find(made, never.property, start_of(never), meter) is None
        trace = simulate.find_repeated(made, never.property, start_of(never), meter)
    assert trace is not None
    assert trace.steps == (Step("open", START, {}),) * 30
    shallow = Budget(seconds=60, max_depth=2)
    verdict = answer(never, shallow)
    assert isinstance(verdict, Refuted)
    assert (verdict.at, verdict.shortest) == (30, False)


def test_random_histories_have_their_turn_when_the_budget_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    def spend(_: Bench, inquiry: Inquiry) -> None:
        inquiry.meter.seconds = -1.0

    question = daily()
    start, *_ = portfolio._ATTEMPTS
    attempts = (start, spend, *portfolio._ATTEMPTS[1:])
    monkeypatch.setattr(portfolio, "_ATTEMPTS", attempts)
    verdict = answer(question)
    assert isinstance(verdict, Refuted)
    assert not verdict.shortest
    monkeypatch.setattr(portfolio, "_ATTEMPTS", tuple(a for a in attempts if a is not chance.after_all))
    assert isinstance(answer(question), Unknown)


def test_under_an_option_random_histories_come_before_dear_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    question = daily()
    dear = portfolio._ATTEMPTS.index(proving.shortly_helped_induction)
    cheap = tuple(a for a in portfolio._ATTEMPTS[:dear] if a is not chance.repeat)
    monkeypatch.setattr(portfolio, "_ATTEMPTS", (*cheap, portfolio._give_up))

    def verdict(manner: Manner) -> Verdict:
        ((_, found),) = portfolio.judge(question.system, [question], BUDGET, lambda _question, _attempt: None, [manner])
        return found

    assert isinstance(verdict(Manner("retelling")), Refuted)
    assert isinstance(verdict(Manner("story")), Bounded)


def test_random_histories_are_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    played = 0

    def find(*_: object) -> None:
        nonlocal played
        played += 1

    monkeypatch.setattr(simulate, "find", find)
    monkeypatch.setattr(
        portfolio, "_ATTEMPTS", (portfolio._existence, portfolio._early_at_random, chance.at_random, portfolio._give_up)
    )
    question = daily()
    list(portfolio.judge(question.system, [question], BUDGET, lambda _question, _attempt: None, [Manner("retelling")]))
    assert played == 1


def test_one_event_may_need_some_days_in_between() -> None:
    question = daily()
    apart = AddDays(Var("last", DATE), num(30))
    more = Ite(Less(apart, Var(TODAY, DATE), strict=True), Add((var("days"), num(1))), num(0))
    updates = (
        Update("last", (on("open", TRUE, Var(TODAY, DATE)),)),
        Update("days", (on("open", TRUE, more), on("shout", TRUE, num(0)))),
    )
    made = replace(question.system, schedules=(), updates=updates)
    meter = Meter(Budget(seconds=60), 60)
    with meter:
        claim = replace(question.property, state=le(var("days"), num(19)))
        trace = simulate.find_repeated(made, claim, start_of(question), meter)
    assert trace is not None
    assert [s.day - START for s in trace.steps] == [31 * n for n in range(1, 21)]


def test_a_number_without_a_default_is_the_least_that_the_guard_admits() -> None:
    amount, price = Var("pay.amount", INT), Var("pay.price", RAT)
    limits = (
        Less(num(2), amount, strict=False),
        Less(amount, num(9), strict=False),
        Less(RatLit(Fraction(1, 2)), price, strict=True),
    )
    inputs = (Input(amount.name, INT, None, None, "1"), Input(price.name, RAT, None, None, "1"))
    event = replace(occurrence("pay", *inputs), guard=And(limits))
    assert Repetition(event, 1).happening(START) == ("pay", START, {amount.name: 2, price.name: Fraction(3, 2)})
    default = replace(event, inputs=(replace(inputs[0], default=7), inputs[1]))
    assert Repetition(default, 0).happening(START)[2] == {amount.name: 7, price.name: Fraction(3, 2)}
