"""Counterexamples are looked for in the policy's own years."""

from policydsl.base.calendar import Rounding, from_civil, month_of
from policydsl.core.expr import DATE, TODAY, AddDays, AddMonths, And, DateLit, Equal, Expr, IntLit, Less, Var
from policydsl.core.system import System
from policydsl.engines.horizon import exact_calendar, first_day, show_horizon
from tests.engines.systems import duty, occurrence, system

TODAY_VAR, DAY = Var(TODAY, DATE), from_civil(2021, 5, 6)


def starting(*starts: Expr) -> System:
    return system("s", (), (occurrence("e"),), (), starts=starts)


def test_first_day() -> None:
    assert first_day(starting(Less(DateLit(DAY), TODAY_VAR, strict=False))) == DAY
    assert first_day(starting(And((Less(DateLit(DAY), TODAY_VAR, strict=True),)))) == DAY + 1
    assert first_day(starting(Equal(TODAY_VAR, DateLit(DAY)))) == DAY
    assert first_day(starting(Less(TODAY_VAR, DateLit(DAY), strict=False))) == from_civil(2024, 1, 1)


def test_days_that_the_policy_names_are_in_the_calendar() -> None:
    calendar = exact_calendar(duty(), 60)
    assert calendar.first_month == month_of(from_civil(2023, 1, 1))
    assert month_of(1) in calendar.also
    assert show_horizon(duty(), 60) == "dates (resets and deadlines included) from 2023-01-01 to 2027-12-31"


def test_far_days_that_are_asked_about_are_in_the_calendar() -> None:
    far, near = from_civil(2085, 12, 23), from_civil(2024, 2, 3)
    asked: list[Expr] = [Equal(TODAY_VAR, DateLit(far)), Less(TODAY_VAR, DateLit(near), strict=True)]
    calendar = exact_calendar(duty(), 60, asked)
    assert calendar.also - exact_calendar(duty(), 60).also == {month_of(far), month_of(far) + 1}


def test_there_is_room_for_sums_that_are_asked_about() -> None:
    """One after another, beyond those of the system; backwards, too."""
    later = AddMonths(AddMonths(TODAY_VAR, IntLit(12), Rounding.LAST_DAY), IntLit(2), Rounding.LAST_DAY)
    earlier = AddDays(TODAY_VAR, IntLit(-40))
    plain, roomy = exact_calendar(duty(), 60), exact_calendar(duty(), 60, [Less(earlier, later, strict=True)])
    assert roomy.first_month == plain.first_month - 2
    assert roomy.months == plain.months + 2 + 14


def test_there_is_no_room_for_millions_of_months_that_are_asked_about() -> None:
    """To write down what holds of each would take all time; the question stays undecided, and leaves others theirs."""
    later = AddDays(TODAY_VAR, IntLit(100_000_000))
    assert exact_calendar(duty(), 60, [Less(TODAY_VAR, later, strict=True)]).months < 1500
