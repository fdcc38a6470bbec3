"""Dates for a solver: the symbolic twin of `policydsl.base.calendar`.

A date is its day number. Its month index, the month's first day and the month's length are extra integer
constants, made where a policy looks at months and nowhere else, and tied to the day number by *facts*.
There are no functions and no quantifiers: what `S(m)` would say as a function, facts say of every two
month terms that occur (so Spacer takes them as well).

`AbstractCalendar`  every fact is true of the real calendar, so "unsat" is a proof. A model may use a calendar
                    that never was: then raise `level`, or ask again under an `ExactCalendar`.
`ExactCalendar`     month starts and lengths are the real ones for a finite list of months, and every month that
                    is looked at is among them: a model is a real history, but "unsat" proves nothing.

Weekdays are closed forms over `div` and `mod`, exact under both; business days have a file of their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias, assert_never

from policydsl.base.calendar import (
    BusinessCalendar,
    Day,
    Month,
    Rounding,
    day_in_month,
    month_length,
    month_of,
    month_start,
)
from policydsl.semantics import terms as z3

CYCLE = 4800
"""Months after which the calendar repeats: 400 years."""

SHORT_MONTHS = (3, 5, 8, 10)
"""April, June, September, November: months of 30 days, counted from 0."""

DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
"""Days of a common year before each month."""


@dataclass(frozen=True, slots=True)
class AbstractCalendar:
    """For proofs. `level` 0: lengths and order of months; 1: months of the year too; 2: the leap rule too (exact)."""

    level: int = 0


@dataclass(frozen=True, slots=True)
class ExactCalendar:
    """For counterexamples: the `months` months from `first_month` on, and those in `also`."""

    first_month: Month
    months: int
    also: frozenset[Month] = frozenset()


Calendar: TypeAlias = AbstractCalendar | ExactCalendar


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


@dataclass(frozen=True, slots=True)
class BusinessSum:
    """A sum that occurs: `result` is the `n`-th business day of `days` after `date`."""

    date: z3.ArithRef
    n: z3.ArithRef
    days: BusinessCalendar
    result: z3.ArithRef


Digits: TypeAlias = tuple[z3.ArithRef, z3.ArithRef, z3.ArithRef, z3.ArithRef]
"""A year as 400s, centuries of these, fours of a century, and the year of the four."""


class CalendarTerms:
    """The calendar terms of one encoding, and the facts that give them their meaning. Grows; never forgets."""

    def __init__(self, calendar: Calendar, ctx: z3.Context) -> None:
        self.calendar = calendar
        self.ctx = ctx
        self._months_of: dict[int, tuple[z3.ArithRef, z3.ArithRef]] = {}
        self._terms: dict[int, MonthTerm] = {}
        self._facts: list[z3.BoolRef] = []
        self._tables: dict[Table, tuple[tuple[z3.ArithRef, ...], z3.BoolRef]] = {}
        self.constants: list[z3.ExprRef] = []
        self.sums: dict[tuple[int, int, BusinessCalendar], BusinessSum] = {}

    def tell(self, facts: Iterable[z3.BoolRef]) -> None:
        """Add facts about terms that others have made."""
        self._facts += facts

    def take_facts(self) -> list[z3.BoolRef]:
        """Return the facts that are new since the last call."""
        facts, self._facts = self._facts, []
        return facts

    def month_of(self, date: z3.ArithRef) -> z3.ArithRef:
        """Return a term equal to `calendar.month_of(date)` under the facts."""
        key = simplified(date)
        if key.get_id() not in self._months_of:
            self._months_of[key.get_id()] = (key, self._decompose(key))
        return self._months_of[key.get_id()][1]

    def day_in_month(self, date: z3.ArithRef) -> z3.ArithRef:
        """Return a term equal to `calendar.day_in_month(date)`."""
        key = simplified(date)
        if isinstance(key, z3.IntNumRef):
            return self._int(day_in_month(key.as_long()))
        return date - self.month_start(self.month_of(date)) + 1

    def month_start(self, month: z3.ArithRef) -> z3.ArithRef:
        """Return a term equal to `calendar.month_start(month)`."""
        return self._term(month).start

    def month_length(self, month: z3.ArithRef) -> z3.ArithRef:
        """Return a term equal to `calendar.month_length(month)`."""
        return self._term(month).length

    def name_month(self, date: z3.ArithRef, month: z3.ArithRef) -> None:
        """Record that `date` lies in `month`, which must be so by the meaning of the two terms."""
        key = simplified(date)
        self._months_of.setdefault(key.get_id(), (key, month))

    def _decompose(self, date: z3.ArithRef) -> z3.ArithRef:
        """Return the month index of the simplified `date`, as a number if it is one."""
        if isinstance(date, z3.IntNumRef):
            return self._int(month_of(date.as_long()))
        month = self.fresh("month")
        match self.calendar:
            case AbstractCalendar():
                term = self._term(month)
                self._facts += [term.start <= date, date < term.start + term.length]
            case ExactCalendar():
                self._facts.append(self._tabled(date_table, self.calendar, date, month))
            case _:
                assert_never(self.calendar)
        return month

    def _term(self, month: z3.ArithRef) -> MonthTerm:
        """Return start and length of `month`, making them and their facts when it is new."""
        key = simplified(month)
        known = self._terms.get(key.get_id())
        if known is not None:
            return known
        term = self._known_month(key) if isinstance(key, z3.IntNumRef) else self._unknown_month(key)
        if isinstance(self.calendar, AbstractCalendar):
            for other in self._terms.values():
                self._facts += pair_facts(other, term)
        self._terms[key.get_id()] = term
        return term

    def _known_month(self, month: z3.IntNumRef) -> MonthTerm:
        """Return the term of a month given as a number: all of it is numbers."""
        m = month.as_long()
        start, length = self._int(month_start(m)), self._int(month_length(m))
        year = None
        if isinstance(self.calendar, AbstractCalendar) and self.calendar.level > 0:
            leap = z3.BoolVal(month_length(m - m % 12 + 1) > 28, self.ctx)  # noqa: PLR2004
            first = self._int(month_start(m - m % 12))
            year = YearTerm(self._int(m // 12), self._int(m % 12), first, leap)
        return MonthTerm(month, start, length, year)

    def _unknown_month(self, month: z3.ArithRef) -> MonthTerm:
        """Return the term of a month that the solver chooses, and state what is known of it alone."""
        start, length = self.fresh("month_start"), self.fresh("month_length")
        match self.calendar:
            case AbstractCalendar(level=level):
                year = self._year(level)
                term = MonthTerm(month, start, length, year)
                self._facts += month_facts(term)
                if level > 1 and year is not None:
                    g, c, f, u = (self.fresh("year_digit") for _ in range(4))
                    self._facts += leap_facts(year, (g, c, f, u))
                return term
            case ExactCalendar():
                self._facts.append(self._tabled(month_table, self.calendar, month, start, length))
                return MonthTerm(month, start, length, None)
            case _:
                assert_never(self.calendar)

    def _tabled(self, table: "Table", calendar: ExactCalendar, *about: z3.ArithRef) -> z3.BoolRef:
        """Return what `table` says of the terms `about`. It is long: written once, then said of other terms."""
        if table not in self._tables:
            names = tuple(z3.FreshInt("table", self.ctx) for _ in about)
            self._tables[table] = (names, all_of(*table(listed_months(calendar), *names)))
        names, said = self._tables[table]
        return z3.substitute(said, names, about)

    def _year(self, level: int) -> YearTerm | None:
        """Return the constants of a month's year, if `level` has years."""
        if level < 1:
            return None
        leap = z3.FreshBool("leap", self.ctx)
        self.constants.append(leap)
        return YearTerm(self.fresh("year"), self.fresh("place"), self.fresh("year_start"), leap)

    def fresh(self, prefix: str) -> z3.ArithRef:
        """Return a new integer constant, whose name no other term of the context has."""
        constant = z3.FreshInt(prefix, self.ctx)
        self.constants.append(constant)
        return constant

    def _int(self, value: int) -> z3.ArithRef:
        return z3.IntVal(value, self.ctx)


def simplified(term: z3.ArithRef) -> z3.ArithRef:
    """Return the normal form under which terms are remembered."""
    result = z3.simplify(term)
    assert isinstance(result, z3.ArithRef)
    return result


# --- facts of the abstract calendar: each is true of `policydsl.base.calendar` -----------------------


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


# --- facts of the exact calendar ------------------------------------------------------------------


@cache
def listed_months(calendar: ExactCalendar) -> tuple[Month, ...]:
    """Return the months of `calendar` in order."""
    months = set(range(calendar.first_month, calendar.first_month + calendar.months))
    return tuple(sorted(months | calendar.also))


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


# --- operations, in terms of months -----------------------------------------------------------------


def add_months(terms: CalendarTerms, date: z3.ArithRef, n: z3.ArithRef, rounding: Rounding) -> z3.ArithRef:
    """Return a term equal to `calendar.add_months(date, n, rounding)`."""
    target = simplified(terms.month_of(date) + n)
    start, length = terms.month_start(target), terms.month_length(target)
    before = terms.day_in_month(date) - 1
    match rounding:
        case Rounding.LAST_DAY | Rounding.REFUSE:
            result = start + z3.If(before < length, before, length - 1)
            terms.name_month(result, target)
        case Rounding.FIRST_OF_NEXT_MONTH:
            result = start + z3.If(before < length, before, length)
        case Rounding.OVERFLOW:
            result = start + before
        case _:
            assert_never(rounding)
    return result


def months_exact(terms: CalendarTerms, date: z3.ArithRef, n: z3.ArithRef) -> z3.BoolRef:
    """Return a term equal to `calendar.month_addition_exact(date, n)`."""
    target = simplified(terms.month_of(date) + n)
    return truth(terms.day_in_month(date) <= terms.month_length(target))


def weekday(date: z3.ArithRef) -> z3.ArithRef:
    """Return a term equal to `calendar.weekday(date)`."""
    return (date - 1) % 7


# --- truth values in an explicit context ------------------------------------------------------------


def truth(term: object) -> z3.BoolRef:
    """Return `term`, known to be a truth value of the solver."""
    assert isinstance(term, z3.BoolRef)
    return term


def all_of(*parts: z3.BoolRef) -> z3.BoolRef:
    """Return the conjunction of at least one part, without touching the global context."""
    return parts[0] if len(parts) == 1 else truth(z3.And(*parts))


def any_of(parts: list[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    """Return the disjunction of `parts`, false if there are none."""
    if len(parts) < 2:  # noqa: PLR2004
        return parts[0] if parts else z3.BoolVal(False, ctx)  # noqa: FBT003
    return truth(z3.Or(*parts))
