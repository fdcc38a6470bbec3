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

from collections.abc import Iterable
from functools import cache
from typing import TypeAlias, assert_never

from policydsl.base.calendar import BusinessCalendar, Month, Rounding, day_in_month, month_length, month_of, month_start
from policydsl.base.records import dataclass
from policydsl.semantics import terms as z3
from policydsl.semantics.encode_months import (
    MonthTerm,
    Table,
    YearTerm,
    date_table,
    leap_facts,
    month_facts,
    month_table,
    pair_facts,
)
from policydsl.semantics.encode_sorts import all_of, simplified, truth


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
class BusinessSum:
    """A sum that occurs: `result` is the `n`-th business day of `days` after `date`."""

    date: z3.ArithRef
    n: z3.ArithRef
    days: BusinessCalendar
    result: z3.ArithRef


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


@cache
def listed_months(calendar: ExactCalendar) -> tuple[Month, ...]:
    """Return the months of `calendar` in order."""
    months = set(range(calendar.first_month, calendar.first_month + calendar.months))
    return tuple(sorted(months | calendar.also))


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
