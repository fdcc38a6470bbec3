"""Months that the encoding knows by their number: what it says of them beside others is true of the real calendar."""

import pytest
import z3

from policydsl.base.calendar import from_civil, month_length, month_of, month_start
from policydsl.semantics import terms
from policydsl.semantics.encode_calendar import AbstractCalendar, CalendarTerms

YEARS = (1900, 2000, 2023, 2024, 2028)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("year", YEARS)
def test_a_known_month_goes_with_the_months_of_its_own_and_other_years(year: int, level: int) -> None:
    """Nothing that is so is excluded; a leap year taken for another would make every proof true that looks at it."""
    known = month_of(from_civil(year, 2, 1))
    for month in (known - 1, known, known + 1, known + 10, known + 12, known + 48):
        ctx = terms.new_context()
        calendar, free = CalendarTerms(AbstractCalendar(level), ctx), z3.Int("month", ctx)
        start, length = calendar.month_start(free), calendar.month_length(free)
        solver = z3.Solver(ctx=ctx)
        solver.add(calendar.month_start(z3.IntVal(known, ctx)) == month_start(known))
        solver.add(calendar.month_length(z3.IntVal(known, ctx)) == month_length(known))
        solver.add(free == month, start == month_start(month), length == month_length(month))
        solver.add(calendar.take_facts())
        assert solver.check() == z3.sat, (known, month)
