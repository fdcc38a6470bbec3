"""Business days for a solver: the symbolic twin of `policydsl.base.calendar.add_business_days`.

Monday to Friday alone are a closed form over `div` and `mod`, exact under both calendars. With days listed (holidays,
weekends worked) the sum is a constant of its own, tied to date and number by facts:

`AbstractCalendar`  how many days such a sum takes at least and at most, and that later dates and larger numbers never
                    give an earlier sum: true of the real calendar. At level 2 also which days are listed.
`ExactCalendar`     the sum is the business day with just so many business days more behind it; the days listed are
                    those of the months looked at, among which date and sum must lie.
"""

from bisect import bisect_left, bisect_right
from functools import cache
from typing import assert_never

from policydsl.base import calendar
from policydsl.base.calendar import BusinessCalendar, Day, month_start
from policydsl.semantics import terms as z3
from policydsl.semantics.encode_calendar import (
    AbstractCalendar,
    BusinessSum,
    CalendarTerms,
    ExactCalendar,
    listed_months,
    weekday,
)
from policydsl.semantics.encode_months import last_day, within
from policydsl.semantics.encode_sorts import all_of, any_of, simplified, truth

_FARTHEST = 400
"""Up to so many business days, how long a sum takes at least and at most is counted out."""


def add_business_days(terms: CalendarTerms, date: z3.ArithRef, n: z3.ArithRef, days: BusinessCalendar) -> z3.ArithRef:
    """Return a term equal to `calendar.add_business_days(date, n, days)` under the facts."""
    if days.plain:
        return plain_sum(date, n)
    date, n = simplified(date), simplified(n)
    if isinstance(date, z3.IntNumRef) and isinstance(n, z3.IntNumRef):
        return z3.IntVal(calendar.add_business_days(date.as_long(), n.as_long(), days), terms.ctx)
    key = (date.get_id(), n.get_id(), days)
    if key not in terms.sums:
        made = BusinessSum(date, n, days, terms.fresh("business_day"))
        match terms.calendar:
            case AbstractCalendar(level=level):
                facts = sum_facts(made)
                facts += sum_table(terms, made, days) if level > 1 else []
                for other in terms.sums.values():
                    facts += pair_facts(other, made) if other.days == days else []
            case ExactCalendar():
                months = listed_months(terms.calendar)
                facts = [within(date, months, last_day), within(made.result, months, last_day)]
                facts += sum_table(terms, made, _among(days, month_start(months[0]), last_day(months[-1])))
            case _:
                assert_never(terms.calendar)
        terms.tell(facts)
        terms.sums[key] = made
    return terms.sums[key].result


def plain_sum(date: z3.ArithRef, n: z3.ArithRef) -> z3.ArithRef:
    """Return the sum where Monday to Friday are the business days; a negative `n` is taken for 0."""
    ctx = date.ctx
    today = weekday(date)
    friday = z3.If(today < 4, today, z3.IntVal(4, ctx))  # noqa: PLR2004
    monday = z3.If(today < 5, today, z3.IntVal(5, ctx))  # noqa: PLR2004
    place = z3.If(n > 0, friday, monday) + z3.If(n > 0, n, z3.IntVal(0, ctx))
    return date - today + 7 * (place / 5) + place % 5


# --- facts of the abstract calendar ---------------------------------------------------------------


def sum_facts(s: BusinessSum) -> list[z3.BoolRef]:
    """Return what holds of every sum by itself."""
    took = s.result - s.date
    facts = [] if s.days.worked else [weekday(s.result) < 5]  # noqa: PLR2004
    if isinstance(s.n, z3.IntNumRef) and s.n.as_long() <= _FARTHEST:
        least, most = span_of_business_days(max(s.n.as_long(), 0), s.days)
        return [*facts, least <= took, took <= most]
    _, to_next = span_of_business_days(0, s.days)
    _, longest = span_of_business_days(1, s.days)
    counted = z3.Implies(s.n > 0, all_of(s.n <= took, took <= longest * s.n))
    return [*facts, took >= 0, z3.Implies(s.n <= 0, took <= to_next), counted]


def pair_facts(a: BusinessSum, b: BusinessSum) -> list[z3.BoolRef]:
    """Return what holds of every two sums over the same days: they keep the order of dates and numbers."""
    return [
        z3.Implies(all_of(one.date <= two.date, one.n <= two.n), one.result <= two.result)
        for one, two in ((a, b), (b, a))
    ]


@cache
def span_of_business_days(n: int, days: BusinessCalendar) -> tuple[int, int]:
    """Return the least and the greatest number of days that `n` business days take, from whatever day."""
    listed = (*days.off, *days.worked)
    around = 7 * (n // 5 + 3)  # further off, a week is like the next one
    first, last = min(listed) - 2 * around, max(listed) + around
    rows = range(first, calendar.add_business_days(last, n + 1, days) + 1)
    business = [day for day in rows if calendar.is_business_day(day, days)]
    took = [
        business[bisect_right(business, day) + n - 1 if n > 0 else bisect_left(business, day)] - day
        for day in range(first, last + 1)
    ]
    return min(took), max(took)


# --- what fixes a sum ------------------------------------------------------------------------------


def sum_table(terms: CalendarTerms, s: BusinessSum, days: BusinessCalendar) -> list[z3.BoolRef]:
    """Return that `s.result` is the sum, where `days` lists all days that matter: those between it and the date."""
    before, before_facts = _rank(terms, s.date, days)
    after, after_facts = _rank(terms, s.result, days)
    already = z3.If(_is_business_day(s.date, days), before, before + 1)
    return [
        *before_facts,
        *after_facts,
        _is_business_day(s.result, days),
        after == z3.If(s.n > 0, before + s.n, already),
    ]


def _among(days: BusinessCalendar, first: Day, last: Day) -> BusinessCalendar:
    """Return `days` with those listed that lie between `first` and `last`."""
    off, worked = (
        tuple(listed[bisect_left(listed, first) : bisect_right(listed, last)]) for listed in (days.off, days.worked)
    )
    return BusinessCalendar(days.name, off, worked)


def _rank(terms: CalendarTerms, date: z3.ArithRef, days: BusinessCalendar) -> tuple[z3.ArithRef, list[z3.BoolRef]]:
    """Return the term for `calendar.business_rank(date, days)`, and the facts that give it its meaning."""
    place = weekday(date) + 1
    rank = 5 * ((date - 1) / 7) + z3.If(place < 5, place, z3.IntVal(5, terms.ctx))  # noqa: PLR2004
    facts: list[z3.BoolRef] = []
    for sign, listed in ((-1, days.off), (1, days.worked)):
        if listed:
            count = terms.fresh("listed_days")
            facts += [count >= 0, count <= len(listed)]
            facts += [(count > i) == (date >= day) for i, day in enumerate(listed)]
            rank += sign * count
    return rank, facts


def _is_business_day(date: z3.ArithRef, days: BusinessCalendar) -> z3.BoolRef:
    """Return a term equal to `calendar.is_business_day(date, days)`."""
    off = any_of([date == day for day in days.off], date.ctx)
    worked = any_of([date == day for day in days.worked], date.ctx)
    return truth(z3.Or(worked, z3.And(weekday(date) < 5, z3.Not(off))))  # noqa: PLR2004
