"""Where counterexamples are looked for: a policy's own era."""

from collections.abc import Iterable, Iterator, Sequence

from policydsl.base import calendar
from policydsl.base.calendar import Day
from policydsl.core.expr import (
    TODAY,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    DateLit,
    Equal,
    Expr,
    IntLit,
    Less,
    MonthStart,
    Scale,
    Var,
)
from policydsl.core.system import System
from policydsl.core.walk import expressions, nodes
from policydsl.semantics.encode_calendar import ExactCalendar

_ERA = calendar.from_civil(2024, 1, 1)
"""Where stories start in a policy that does not say since when it is in force."""

_SHORTEST_MONTH = 28
_FEWEST_BUSINESS_DAYS = 10
"""A month has more of them, holidays or not."""
_FARTHEST = 120
_ROOM = 6
"""So many months a story has before its longest period begins, and after it."""


def first_day(system: System) -> Day:
    """Return the day on which the earliest history that `system.starts` speaks of can begin."""
    return max((day for e in system.starts for day in _earliest(e)), default=_ERA)


def exact_calendar(system: System, months: int, asked: Iterable[Expr] = ()) -> ExactCalendar:
    """Return the calendar of `months` months from the policy's first day on, and of all days that the policy names.

    So are days that what is `asked` names, with the month after: far from the policy's era it asks what happens there.

    It goes on as far as sums of dates may reach beyond, and where durations are subtracted it begins as much earlier.
    """
    first = calendar.month_of(first_day(system))
    found = nodes(*(e for _, e in expressions(system)))
    named = {calendar.month_of(n.value) for n in found if isinstance(n, DateLit)}
    ahead, back = _reach(system)
    inquired = {calendar.month_of(n.value) for n in nodes(*asked) if isinstance(n, DateLit)}
    named |= {month + i for month in inquired for i in (0, 1) if not first - back <= month < first + months + ahead}
    return ExactCalendar(first - back, back + months + ahead, frozenset(named))


def far_enough(system: System, horizons: Sequence[int]) -> tuple[int, ...]:
    """Return those of `horizons`, in months, in which the system's longest period can end; at least the last."""
    ahead, _ = _reach(system)
    return tuple(months for months in horizons if months >= ahead + _ROOM) or tuple(horizons[-1:])


def _reach(system: System) -> tuple[int, int]:
    """Return how many months ahead and back a single sum in `system` may lead from a date, as far as constants say."""
    ahead, back = 1, 0
    for node in nodes(*(e for _, e in expressions(system))):
        match node:
            case AddMonths(months=n) | MonthStart(month=n):
                unit = 1
            case AddDays(days=n):
                unit = _SHORTEST_MONTH
            case AddBusinessDays(days=n):
                unit = _FEWEST_BUSINESS_DAYS
            case _:
                continue
        for part in nodes(n):
            match part:
                case IntLit(value=value):
                    most = min(-(-abs(value) // unit), _FARTHEST)
                    ahead, back = (max(ahead, most), back) if value >= 0 else (ahead, max(back, most))
                case Scale(factor=factor) if factor < 0:
                    back = max(back, 1)
                case _:
                    pass
    return ahead, back and max(ahead, back)


def show_horizon(system: System, months: int) -> str:
    """Return the dates of `exact_calendar` in words."""
    first = calendar.month_of(first_day(system))
    last = calendar.month_start(first + months) - 1
    earliest = calendar.show_day(calendar.month_start(first))
    return f"dates (resets and deadlines included) from {earliest} to {calendar.show_day(last)}"


def _earliest(e: Expr) -> Iterator[Day]:
    """Yield days that `e` puts before `today`, or makes it."""
    match e:
        case And(args=args):
            for part in args:
                yield from _earliest(part)
        case Less(left=DateLit(value=day), right=Var(name=name), strict=strict) if name == TODAY:
            yield day + strict
        case Equal(left=DateLit(value=day), right=Var(name=name)) if name == TODAY:
            yield day
        case Equal(left=Var(name=name), right=DateLit(value=day)) if name == TODAY:
            yield day
        case _:
            return
