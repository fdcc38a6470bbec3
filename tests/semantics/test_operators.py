"""Operators: hand-written truth tables of the definition, and exhaustive comparison with the encoding."""

from fractions import Fraction

import pytest

from policydsl.base.calendar import Rounding, parse_day
from policydsl.core.expr import (
    CLOCK,
    DATE,
    FALSE,
    INT,
    TODAY,
    TRUE,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    DateLit,
    DayInMonth,
    DaysBetween,
    EnumLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
    RatLit,
    Remainder,
    Scale,
    ToRat,
    Use,
    Value,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import Definition, Step, System
from policydsl.semantics.evaluate import Env, alone, between, evaluate
from tests.semantics.checks import (
    COLOUR,
    EMPTY,
    MONTH_OPERATORS,
    OPERATORS,
    REAL,
    WEEK_OPERATORS,
    check_admissible,
    check_operator,
)


def day(text: str) -> int:
    found = parse_day(text)
    assert found is not None
    return found


def date(text: str) -> Expr:
    return DateLit(day(text))


def i(value: int) -> Expr:
    return IntLit(value)


def f(numerator: int, denominator: int = 1) -> Expr:
    return RatLit(Fraction(numerator, denominator))


RED, BLUE = EnumLit(COLOUR, "red"), EnumLit(COLOUR, "blue")

TABLE: tuple[tuple[Expr, Value], ...] = (
    (TRUE, True),
    (FALSE, False),
    (i(-7), -7),
    (f(1, 3), Fraction(1, 3)),
    (date("0001-01-01"), 1),
    (RED, "red"),
    (Not(TRUE), False),
    (Not(FALSE), True),
    (And(()), True),
    (And((TRUE, TRUE)), True),
    (And((TRUE, FALSE)), False),
    (Or(()), False),
    (Or((FALSE, TRUE)), True),
    (Or((FALSE, FALSE)), False),
    (Ite(TRUE, i(1), i(2)), 1),
    (Ite(FALSE, i(1), i(2)), 2),
    (Ite(FALSE, i(1), Ite(TRUE, i(2), i(3))), 2),
    (Equal(RED, RED), True),
    (Equal(RED, BLUE), False),
    (Equal(f(1, 2), f(2, 4)), True),
    (Less(i(1), i(1), strict=True), False),
    (Less(i(1), i(1), strict=False), True),
    (Less(i(-1), i(1), strict=True), True),
    (Less(f(1, 3), f(1, 2), strict=True), True),
    (Less(date("2024-02-29"), date("2024-03-01"), strict=True), True),
    (Add((i(1), i(2), i(-5))), -2),
    (Add((f(1, 2), f(1, 3))), Fraction(5, 6)),
    (Scale(-3, i(2)), -6),
    (Scale(Fraction(1, 2), f(1, 2)), Fraction(1, 4)),
    (Quotient(i(7), 2), 3),
    (Quotient(i(-7), 2), -4),
    (Quotient(i(-6), 2), -3),
    (Remainder(i(7), 2), 1),
    (Remainder(i(-7), 2), 1),
    (Remainder(i(-7), 3), 2),
    (Remainder(i(-6), 3), 0),
    (ToRat(i(3)), Fraction(3)),
    (AddDays(date("2024-02-28"), i(2)), day("2024-03-01")),
    (AddDays(date("2024-01-01"), i(-1)), day("2023-12-31")),
    (DaysBetween(date("2024-02-28"), date("2024-03-01")), 2),
    (DaysBetween(date("2024-03-01"), date("2024-02-28")), -2),
    (MonthOf(date("2022-02-28")), 24265),
    (MonthOf(date("0001-12-31")), 23),
    (DayInMonth(date("2024-02-29")), 29),
    (DayInMonth(date("2024-03-01")), 1),
    (MonthStart(i(24265)), day("2022-02-01")),
    (AddMonths(date("2024-01-31"), i(1), Rounding.LAST_DAY), day("2024-02-29")),
    (AddMonths(date("2024-01-31"), i(1), Rounding.REFUSE), day("2024-02-29")),
    (AddMonths(date("2024-01-31"), i(1), Rounding.FIRST_OF_NEXT_MONTH), day("2024-03-01")),
    (AddMonths(date("2024-01-31"), i(1), Rounding.OVERFLOW), day("2024-03-02")),
    (AddMonths(date("2024-02-29"), i(-12), Rounding.LAST_DAY), day("2023-02-28")),
    (MonthsExact(date("2024-01-30"), i(1)), False),
    (MonthsExact(date("2024-01-29"), i(1)), True),
    (Weekday(date("2022-01-11")), 1),
    (AddBusinessDays(date("2022-01-07"), i(1)), day("2022-01-10")),
    (AddBusinessDays(date("2022-01-08"), i(0)), day("2022-01-10")),
    (AddBusinessDays(date("2022-01-07"), i(-4)), day("2022-01-07")),
)


@pytest.mark.parametrize(("e", "value"), TABLE, ids=[f"{k}-{type(e).__name__}" for k, (e, _) in enumerate(TABLE)])
def test_value_by_hand(e: Expr, value: Value) -> None:
    found = evaluate(e, alone(EMPTY, {}, {TODAY: 1}))
    assert found == value
    assert type(found) is type(value)


def test_every_operator_has_a_row_by_hand() -> None:
    seen_elsewhere = {Var, Use, At, Happens}
    covered = {type(e) for e, _ in TABLE} | seen_elsewhere
    assert covered == set(Expr.__args__)


def step_env(view: View) -> Env:
    """Return a step "hit" on day 12 from day 10, in which `n` goes from 1 to 2."""
    system = System("s", (), (), (), (), (Definition("twice", INT, Scale(2, Var("n", INT)), ""),), (), (), (), ())
    env = between(system, {"k": 7}, {TODAY: 10, "n": 1}, Step("hit", 12, {"hit.x": 5}), {TODAY: 12, "n": 2})
    return Env(env.definitions, env.parameters, env.before, env.after, env.step, view, env.memo)


N, NOW, LAST = Var("n", INT), Var(TODAY, DATE), Var(CLOCK, DATE)

VIEWS: tuple[tuple[Expr, Value, Value], ...] = (
    (N, 1, 2),
    (NOW, 12, 12),
    (LAST, 10, 12),
    (Var("k", INT), 7, 7),
    (Var("hit.x", INT), 5, 5),
    (Var("other.x", INT), 0, 0),
    (Var("other.when", DATE), 12, 12),
    (Var("other.paint", COLOUR), "red", "red"),
    (Use("twice", INT), 2, 4),
    (At(View.BEFORE, Use("twice", INT)), 2, 2),
    (At(View.AFTER, Use("twice", INT)), 4, 4),
    (At(View.AFTER, At(View.BEFORE, N)), 1, 1),
    (At(View.BEFORE, LAST), 10, 10),
    (At(View.AFTER, LAST), 12, 12),
    (Happens("hit"), True, True),
    (Happens("touch"), False, False),
)


@pytest.mark.parametrize(("e", "before", "after"), VIEWS)
def test_views_by_hand(e: Expr, before: Value, after: Value) -> None:
    assert evaluate(e, step_env(View.BEFORE)) == before
    assert evaluate(e, step_env(View.AFTER)) == after


def test_a_state_on_its_own_has_one_view() -> None:
    env = alone(EMPTY, {}, {TODAY: 10, "n": 1})
    for view in View:
        assert evaluate(At(view, N), env) == 1
        assert evaluate(At(view, LAST), env) == 10
        assert evaluate(At(view, NOW), env) == 10
    assert evaluate(Happens("hit"), env) is False
    assert evaluate(Var("hit.x", DATE), env) == 10


def test_a_long_table_does_not_nest() -> None:
    e: Expr = IntLit(0)
    for k in range(5000):
        e = Ite(Equal(N, IntLit(k)), IntLit(k + 1), e)
    assert evaluate(e, alone(EMPTY, {}, {TODAY: 1, "n": 0})) == 1


@pytest.mark.parametrize("e", [*OPERATORS, *WEEK_OPERATORS, *MONTH_OPERATORS], ids=lambda e: type(e).__name__)
def test_encoding_agrees_on_every_row(e: Expr) -> None:
    check_operator(REAL, e)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("e", MONTH_OPERATORS, ids=lambda e: type(e).__name__)
def test_abstract_calendar_admits_the_truth(e: Expr, level: int) -> None:
    check_admissible(REAL, e, level)
