"""Histories of one small policy by hand: order of schedules, rejections, changes, obligations, violations."""

from dataclasses import replace
from fractions import Fraction

import pytest

from policydsl.base.calendar import from_civil
from policydsl.core.expr import DATE, INT, TODAY, TRUE, Equal, IntLit, Less, Value, Var
from policydsl.core.system import PASSAGE, Property, Schedule, Step, Trace
from policydsl.semantics.compile import compile_system
from policydsl.semantics.interpret import (
    MAX_FIRINGS,
    Change,
    Rejected,
    State,
    Stepped,
    broken,
    due,
    initial_state,
    replay,
    settle,
    step,
    violation,
)
from tests.semantics.checks import RICH

DAY = from_civil(2024, 1, 30)
PARAMETERS: dict[str, Value] = {"limit": 2}
CHOSEN: dict[str, Value] = {"flag": True, "colour": "blue", "share": Fraction(0)}


def start(**chosen: Value) -> State:
    state = initial_state(RICH, PARAMETERS, DAY, CHOSEN | chosen)
    assert not isinstance(state, Rejected)
    return state


def after(state: State, name: str, day: int, **inputs: Value) -> Stepped:
    result = step(RICH, PARAMETERS, state, Step(name, day, {f"hit.{key}": value for key, value in inputs.items()}))
    assert isinstance(result, Stepped), result
    return result


def refusal(state: State, name: str, day: int, **inputs: Value) -> Rejected:
    result = step(RICH, PARAMETERS, state, Step(name, day, {f"hit.{key}": value for key, value in inputs.items()}))
    assert isinstance(result, Rejected), result
    return result


def test_initial_values_are_computed_from_the_first_day() -> None:
    state = start()
    assert state == {
        TODAY: DAY, "n": 0, "until": DAY + 1, "flag": True, "colour": "blue", "share": Fraction(0), "seen": DAY,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "chosen", "reason", "about"),
    [
        ({}, CHOSEN, "input", "limit"),
        ({"limit": True}, CHOSEN, "input", "limit"),
        ({"limit": 0}, CHOSEN, "assumption", "assumption 0"),
        ({"limit": 2, "k": 1}, CHOSEN, "unknown", "k"),
        ({"limit": 2}, {"flag": True, "colour": "red"}, "input", "share"),
        ({"limit": 2}, CHOSEN | {"colour": "mauve"}, "input", "colour"),
        ({"limit": 2}, CHOSEN | {"share": 1}, "input", "share"),
        ({"limit": 2}, CHOSEN | {"n": 1}, "unknown", "n"),
        ({"limit": 2}, CHOSEN | {"flag": False}, "start", "start 0"),
    ],
)
def test_start_is_refused(parameters: dict[str, Value], chosen: dict[str, Value], reason: str, about: str) -> None:
    result = initial_state(RICH, parameters, DAY, chosen)
    assert isinstance(result, Rejected)
    assert (result.reason, result.about) == (reason, about)


def test_earliest_schedule_goes_first_and_order_breaks_ties() -> None:
    assert due(RICH, PARAMETERS, start()) == (RICH.schedules[2], DAY)
    assert due(RICH, PARAMETERS, start(colour="red")) == (RICH.schedules[0], DAY + 1)
    tied = {**start(colour="red"), "until": DAY + 2}
    assert due(RICH, PARAMETERS, tied) == (RICH.schedules[0], from_civil(2024, 2, 1))
    overdue = {**start(colour="red"), "until": DAY - 9}
    assert due(RICH, PARAMETERS, overdue) == (RICH.schedules[0], DAY)
    assert due(replace(RICH, schedules=()), PARAMETERS, start()) is None


def test_steps_are_refused_with_their_reason_and_clause() -> None:
    calm = {**start(), "flag": False}
    assert refusal(calm, "nobody", DAY) == Rejected("unknown", "nobody")
    assert refusal(calm, "touch", DAY - 1) == Rejected("past", "touch")
    assert refusal(calm, PASSAGE, DAY) == Rejected("past", PASSAGE)
    assert refusal(calm, "hit", DAY, amount=1) == Rejected("input", "hit.paint", "3")
    assert refusal(calm, "hit", DAY, amount=True, paint="red") == Rejected("input", "hit.amount", "3")
    assert refusal(calm, "hit", DAY, amount=1, paint="mauve") == Rejected("input", "hit.paint", "3")
    assert refusal(calm, "hit", DAY, amount=1, paint="red", k=1) == Rejected("unknown", "hit.k")
    assert refusal(calm, "hit", DAY, amount=0, paint="red") == Rejected("guard", "hit", "3")
    assert refusal(calm, "touch", from_civil(2024, 2, 1)) == Rejected("due", "monthly", "6")
    assert refusal(calm, PASSAGE, from_civil(2024, 3, 1)) == Rejected("due", "monthly", "6")
    assert refusal(calm, "monthly", DAY) == Rejected("due", "monthly", "6")
    assert refusal(calm, "alarm", DAY) == Rejected("due", "alarm", "5")
    assert isinstance(step(RICH, PARAMETERS, calm, Step(PASSAGE, DAY + 1, {})), Stepped)


def test_changes_name_the_clause_that_applied() -> None:
    calm = {**start(), "flag": False}
    result = after(calm, "hit", DAY + 1, amount=3, paint="red")
    assert result.changes == (
        Change("n", 0, 3, "7.1"),
        Change("flag", False, True, "8.2"),  # noqa: FBT003
        Change("until", DAY + 1, from_civil(2024, 2, 5), "9.3"),
        Change("colour", "blue", "red", "10"),
        Change("share", Fraction(0), Fraction(3), "11"),
    )
    assert result.state[TODAY] == DAY + 1
    assert after(result.state, "touch", DAY + 1).state["n"] == 2


def test_what_a_policy_owes_is_looked_at_in_each_step() -> None:
    touch = Step("touch", DAY, {})
    for n, owed in ((3, ()), (4, ()), (-3, RICH.obligations)):  # 4 is too large, 3 is not; -3 div 2 is -2: no smaller
        before = {**start(), "flag": False, "n": n}
        assert broken(RICH, PARAMETERS, before, touch, after(before, "touch", DAY).state) == owed


def test_settle_yields_what_falls_due() -> None:
    fired = list(settle(RICH, PARAMETERS, start(), from_civil(2024, 3, 1)))
    assert [(each[0].name, each[0].day) for each in fired if not isinstance(each, Rejected)] == [
        ("late", DAY),
        ("monthly", from_civil(2024, 2, 1)),
        ("monthly", from_civil(2024, 3, 1)),
    ]


def test_schedules_that_never_rest_are_refused() -> None:
    restless = replace(RICH, schedules=(Schedule("monthly", TRUE, Var(TODAY, DATE), "6"),), updates=())
    state = {**start(), "flag": False}
    fired = list(settle(restless, PARAMETERS, state, DAY))
    assert len(fired) == MAX_FIRINGS + 1
    assert fired[-1] == Rejected("rest", "monthly", "6")
    folded = compile_system(restless).fold(PARAMETERS, state, [("touch", DAY, {})])
    assert folded == Rejected("rest", "monthly", "6", 1)


def test_replay_and_violation_count_from_the_initial_state() -> None:
    calm = {**start(), "flag": False}
    plain = replace(RICH, starts=(), schedules=())
    hit: dict[str, Value] = {"hit.amount": 1, "hit.paint": "red"}
    trace = Trace(PARAMETERS, calm, (Step("hit", DAY, hit), Step("touch", DAY, {}), Step("hit", DAY + 1, hit)))
    states = replay(plain, trace)
    assert not isinstance(states, Rejected)
    assert [s["n"] for s in states] == [0, 1, 0, 1]
    n = Var("n", INT)
    assert violation(plain, trace, Property(Equal(n, IntLit(1)), TRUE)) == 0
    assert violation(plain, trace, Property(Less(n, IntLit(1), strict=True), TRUE)) == 1
    assert violation(plain, trace, Property(TRUE, Equal(Var("clock", DATE), Var(TODAY, DATE)))) is None
    assert violation(plain, trace, Property(Less(n, IntLit(2), strict=True), TRUE)) is None
    bad = replace(trace, steps=(*trace.steps, Step("touch", DAY, {})))
    assert replay(plain, bad) == Rejected("past", "touch", index=4)
    assert violation(plain, bad, Property(Equal(n, IntLit(1)), TRUE)) is None
    wrong = replace(trace, initial={**calm, "n": 5})
    assert replay(plain, wrong) == Rejected("start", "n")


def test_fold_settles_up_to_a_day() -> None:
    reached = compile_system(RICH).fold(PARAMETERS, start(), [], until=from_civil(2024, 2, 15))
    assert not isinstance(reached, Rejected)
    assert reached[TODAY] == from_civil(2024, 2, 1)
