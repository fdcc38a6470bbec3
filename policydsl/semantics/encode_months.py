"""What is so of months and years, as facts for a solver: about terms, each true of `policydsl.base.calendar`."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeAlias

from policydsl.base.calendar import Day, Month, month_length, month_start
from policydsl.base.records import dataclass
from policydsl.semantics import terms as z3
from policydsl.semantics.encode_sorts import all_of, any_of, simplified

CYCLE = 4800
"""Months after which the calendar repeats: 400 years."""

SHORT_MONTHS = (3, 5, 8, 10)
"""April, June, September, November: months of 30 days, counted from 0."""

DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
"""Days of a common year before each month."""


@dataclass(frozen=True, slots=True)
class MonthTerm:
    """A month that occurs: its index, first day and length; at level 1 and above its year too."""

    month: z3.ArithRef
    start: z3.ArithRef
    length: z3.ArithRef
    year: "YearTerm | None"


@dataclass(frozen=True, slots=True)
class YearTerm:
    """The year of a month: its number, the month's place in it, its first day, and whether it is a leap year."""

    year: z3.ArithRef
    place: z3.ArithRef
    start: z3.ArithRef
    leap: z3.BoolRef


Digits: TypeAlias = tuple[z3.ArithRef, z3.ArithRef, z3.ArithRef, z3.ArithRef]
"""A year as 400s, centuries of these, fours of a century, and the year of the four."""


# --- of every calendar -------------------------------------------------------------------------------


def month_facts(term: MonthTerm) -> list[z3.BoolRef]:
    """Return what holds of every month by itself."""
    facts = [term.length >= 28, term.length <= 31]  # noqa: PLR2004
    if term.year is None:
        return facts
    y = term.year
    leap_day = z3.If(y.leap, 1, z3.IntVal(0, term.month.ctx))
    facts += [term.month == 12 * y.year + y.place, y.place >= 0, y.place <= 11]  # noqa: PLR2004
    least, most = drift()
    facts += [400 * y.start - 146097 * y.year >= least, 400 * y.start - 146097 * y.year <= most]
    for place, before in enumerate(DAYS_BEFORE):
        days = 30 if place in SHORT_MONTHS else 31
        length = 28 + leap_day if place == 1 else z3.IntVal(days, term.month.ctx)
        start = y.start + before + leap_day if place > 1 else y.start + before
        facts.append(z3.Implies(y.place == place, all_of(term.length == length, term.start == start)))
    return facts


@cache
def drift() -> tuple[int, int]:
    """Return the bounds of `400 * start - 146097 * year`: how far years stray from their mean length, in 1/400 days."""
    strays = [400 * month_start(12 * y) - 146097 * y for y in range(CYCLE // 12)]
    return min(strays), max(strays)


def leap_facts(year: YearTerm, digits: Digits) -> list[z3.BoolRef]:
    """Return the Gregorian leap rule and the first day of the year: together they fix the calendar.

    `div` and `mod` by 4, 100 and 400 are slow; the digits of the year say the same. Of the years before it in
    its 400 years, as many are leap years as are multiples of 4, without the centuries 1 to 3.
    """
    g, c, f, u = digits
    ctx = year.year.ctx
    first = all_of(f == 0, u == 0)
    multiples = 25 * c + f + z3.If(u > 0, 1, z3.IntVal(0, ctx))
    centuries = z3.If(first, z3.If(c > 0, c - 1, z3.IntVal(0, ctx)), c)
    return [
        year.year == 400 * g + 100 * c + 4 * f + u,
        all_of(c >= 0, c <= 3, f >= 0, f <= 24, u >= 0, u <= 3),  # noqa: PLR2004
        year.leap == z3.And(u == 0, z3.Or(f != 0, c == 0)),
        year.start == month_start(0) + 365 * year.year + 97 * g + multiples - centuries,
    ]


def pair_facts(a: MonthTerm, b: MonthTerm) -> list[z3.BoolRef]:
    """Return what holds of every two months."""
    apart = simplified(b.month - a.month)
    if isinstance(a.start, z3.IntNumRef) and isinstance(b.start, z3.IntNumRef):
        return []
    years = year_facts(a.year, b.year) if a.year is not None and b.year is not None else []
    if not isinstance(apart, z3.IntNumRef):
        return [same_month(a, b), *order_facts(a, b), *order_facts(b, a), *years]
    n = apart.as_long()
    first, second = (a, b) if n >= 0 else (b, a)
    return [*(distance_facts(first, second, abs(n)) if n else [same_month(a, b)]), *years]


def same_month(a: MonthTerm, b: MonthTerm) -> z3.BoolRef:
    """One month has one start and one length."""
    return z3.Implies(a.month == b.month, all_of(a.start == b.start, a.length == b.length))


def order_facts(a: MonthTerm, b: MonthTerm) -> list[z3.BoolRef]:
    """Return what holds if `b` is the later month: it starts after `a` ends, and so many days after."""
    n, days = b.month - a.month, b.start - a.start
    bounds = all_of(a.length <= days, 30 * n - 2 <= days, days <= 31 * n)
    return [
        z3.Implies(n > 0, bounds),
        z3.Implies(n == 1, days == a.length),
        z3.Implies(n == 12, all_of(*distance_facts(a, b, 12))),  # noqa: PLR2004
    ]


def distance_facts(a: MonthTerm, b: MonthTerm, n: int) -> list[z3.BoolRef]:
    """Return what holds if `b` is `n > 0` months after `a`."""
    days = b.start - a.start
    if n == 1:
        return [days == a.length]
    least, most = span_of_months(n)
    facts = [least <= days, days <= most, a.length <= days]
    if n % 12 == 0:
        facts += [a.length - b.length <= 1, b.length - a.length <= 1]
    return facts


@cache
def span_of_months(n: int) -> tuple[int, int]:
    """Return the least and the greatest number of days that `n` months in a row have."""
    spans = [month_start(m + n) - month_start(m) for m in range(CYCLE)]
    return min(spans), max(spans)


def year_facts(a: YearTerm, b: YearTerm) -> list[z3.BoolRef]:
    """Return what holds of every two years."""
    both = z3.And(a.leap, b.leap)
    same = z3.And(a.start == b.start, a.leap == b.leap)
    return [
        z3.Implies(a.year == b.year, same),
        z3.Implies(all_of(a.year - b.year < 4, b.year - a.year < 4, both), a.year == b.year),  # noqa: PLR2004
        *year_order_facts(a, b),
        *year_order_facts(b, a),
    ]


def year_order_facts(a: YearTerm, b: YearTerm) -> list[z3.BoolRef]:
    """Return what holds if `b` is the later year."""
    n, days = b.year - a.year, b.start - a.start
    length = z3.If(a.leap, 366, z3.IntVal(365, days.ctx))
    return [
        z3.Implies(n > 0, all_of(365 * n <= days, days <= 366 * n)),
        z3.Implies(n == 1, days == length),
    ]


# --- of those months alone that are listed -----------------------------------------------------------


def runs(months: Iterable[Month]) -> list[tuple[Month, Month]]:
    """Return the first and last month of each stretch without a gap."""
    found: list[tuple[Month, Month]] = []
    for m in months:
        if found and found[-1][1] == m - 1:
            found[-1] = (found[-1][0], m)
        else:
            found.append((m, m))
    return found


def within(term: z3.ArithRef, months: tuple[Month, ...], end: Callable[[Month], int]) -> z3.BoolRef:
    """Return that `term` lies between the start and the `end` of one of the stretches of `months`."""
    start = month_start if end is last_day else _same
    parts = [z3.And(term >= start(a), term <= end(b)) for a, b in runs(months)]
    return any_of(parts, term.ctx)


def _same(month: Month) -> Month:
    return month


def last_day(month: Month) -> Day:
    """Return the last day of `month`."""
    return month_start(month) + month_length(month) - 1


Table: TypeAlias = Callable[..., list[z3.BoolRef]]
"""What holds of some terms, given the months that there are."""


def date_table(months: tuple[Month, ...], date: z3.ArithRef, month: z3.ArithRef) -> list[z3.BoolRef]:
    """Return that `date` lies in `month`, one of `months`."""
    facts = [within(month, months, _same), within(date, months, last_day)]
    facts += [(month <= m) == (date <= last_day(m)) for m in months[:-1]]
    return facts


def month_table(
    months: tuple[Month, ...], month: z3.ArithRef, start: z3.ArithRef, length: z3.ArithRef
) -> list[z3.BoolRef]:
    """Return that `start` and `length` are those of `month`, one of `months`."""
    facts = [within(month, months, _same)]
    for m in months:
        exact = z3.And(start == month_start(m), length == month_length(m))
        facts.append(z3.Implies(month == m, exact))
    return facts
