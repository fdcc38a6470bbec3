"""Dates and periods with answers written by others (CatalaLang/dates-calc), in both readings and all roundings."""

import csv
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import z3

from policydsl.base.calendar import Day, Rounding, month_of
from policydsl.core.expr import DATE, TODAY, AddDays, AddMonths, IntLit, MonthsExact, Var
from policydsl.core.system import Variable
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_calendar import AbstractCalendar, Calendar, ExactCalendar
from policydsl.semantics.evaluate import alone, evaluate
from tests.semantics.checks import EMPTY

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
START = Var("start", DATE)


def rows(name: str) -> list[tuple[date, int, int, list[date]]]:
    """Return `(date, months, days, answers)` for each row, or skip the test."""
    path = SHARED / name
    if not path.is_file():  # outside data, which is not ours to carry
        pytest.skip(f"{name} is not beside this checkout (../shared/data)")
    with path.open(encoding="utf-8", newline="") as file:
        _, *table = csv.reader(file, delimiter=";")
    return [row(*cells) for cells in table]


def row(start: str, period: str, *answers: str) -> tuple[date, int, int, list[date]]:
    found = re.fullmatch(r"\[(-?\d+) years, (-?\d+) months, (-?\d+) days\]", period.strip())
    assert found is not None, period
    years, months, days = map(int, found.groups())
    return date.fromisoformat(start), 12 * years + months, days, [date.fromisoformat(a.strip()) for a in answers]


def check(start: date, months: int, days: int, answers: dict[Rounding, date], *, exact: bool) -> None:
    """Check that every reading gives these answers, and no other."""
    for rounding, answer in answers.items():
        total = AddDays(AddMonths(START, IntLit(months), rounding), IntLit(days))
        env = alone(EMPTY, {}, {TODAY: 1, START.name: start.toordinal()})
        assert evaluate(total, env) == answer.toordinal(), (start, months, days, rounding)
        assert evaluate(MonthsExact(START, IntLit(months)), env) == exact
        first = month_of(start.toordinal())
        reached = frozenset({first + months, first + months + 1})
        for calendar in (ExactCalendar(first, 1, reached), AbstractCalendar(2)):
            assert encoded(total, start.toordinal(), calendar) == answer.toordinal(), (start, months, rounding)


def encoded(total: AddDays, start: Day, calendar: Calendar) -> Day:
    """Return the only value that the encoding of `total` can have."""
    ctx = terms.new_context()
    encoding = Encoding(replace(EMPTY, variables=(Variable(START.name, DATE, None, ""),)), ctx, calendar)
    term = encoding.state_value(total, 0)
    solver = z3.Solver(ctx=ctx)
    solver.add(encoding.frame(0)[START.name] == start, *encoding.calendar_facts())
    assert solver.check() == z3.sat
    value = solver.model().eval(term, model_completion=True)
    assert isinstance(value, z3.IntNumRef)
    assert solver.check(term != value) == z3.unsat
    return int(value.as_long())


def test_exact_answers() -> None:
    table = rows("dates_calc_exact_computations.csv")
    assert table
    for start, months, days, [answer] in table:
        check(start, months, days, dict.fromkeys(Rounding, answer), exact=True)


def test_ambiguous_answers() -> None:
    table = rows("dates_calc_ambiguous_computations.csv")
    assert table
    for start, months, days, [up, down] in table:
        carried = down + timedelta(days=start.day - down.day)
        answers = {
            Rounding.FIRST_OF_NEXT_MONTH: up,
            Rounding.LAST_DAY: down,
            Rounding.OVERFLOW: carried,
            Rounding.REFUSE: down,
        }
        check(start, months, days, answers, exact=False)


def test_a_wrong_answer_is_noticed() -> None:
    start = date(2012, 3, 31)
    with pytest.raises(AssertionError):
        check(start, 1, 0, {Rounding.LAST_DAY: date(2012, 5, 1)}, exact=False)
    with pytest.raises(AssertionError):
        check(start, 1, 0, {Rounding.LAST_DAY: date(2012, 4, 30)}, exact=True)
