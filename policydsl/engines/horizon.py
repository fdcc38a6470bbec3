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
from policydsl.core.walk import children, expressions, nodes
from policydsl.semantics.encode_calendar import ExactCalendar

_ERA = calendar.from_civil(2024, 1, 1)
"""Where stories start in a policy that does not say since when it is in force."""

_SHORTEST_MONTH = 28
_FEWEST_BUSINESS_DAYS = 10
"""A month has more of them, holidays or not."""
_FARTHEST = 120
_FARTHEST_ASKED = 1200
"""So many months are room for a human life; to write down a claim's millions would take all time, and be of no use."""
_ROOM = 6
"""So many months a story has before its longest period begins, and after it."""


def first_day(system: System) -> Day:
    """Return the day on which the earliest history that `system.starts` speaks of can begin."""
    return max((day for e in system.starts for day in _earliest(e)), default=_ERA)


def exact_calendar(system: System, months: int, asked: Iterable[Expr] = ()) -> ExactCalendar:
    """Return the calendar of `months` months from the policy's first day on, and of all days that the policy names.

    So are days that what is `asked` names, with the month after: far from the policy's era it asks what happens there.

    It goes on as far as sums of dates may reach beyond, and where durations are subtracted it begins as much earlier.
    What is `asked` may add to those of the system: without room for that, it would have fewer dates than there are.
    """
    asked = tuple(asked)
    first = calendar.month_of(first_day(system))
    found = nodes(*(e for _, e in expressions(system)))
    named = {calendar.month_of(n.value) for n in found if isinstance(n, DateLit)}
    added, (ahead, back) = [_chained(e) for e in asked], _reach(system)
    ahead += min(max((far for far, _ in added), default=0), _FARTHEST_ASKED)
    back += min(max((far for _, far in added), default=0), _FARTHEST_ASKED)
    inquired = {calendar.month_of(n.value) for n in nodes(*asked) if isinstance(n, DateLit)}
    named |= {month + i for month in inquired for i in (0, 1) if not first - back <= month < first + months + ahead}
    return ExactCalendar(first - back, back + months + ahead, frozenset(named))


def far_enough(system: System, horizons: Sequence[int]) -> tuple[int, ...]:
    """Return those of `horizons`, in months, in which the system's longest period can end; at least the last."""
    ahead, _ = _reach(system)
    return tuple(months for months in horizons if months >= ahead + _ROOM) or tuple(horizons[-1:])


def _reach(system: System) -> tuple[int, int]:
    """Return how many months ahead and back a single sum in `system` may lead from a date, as far as constants say."""
    found = [_leap(n) for n in nodes(*(e for _, e in expressions(system)))]
    ahead, back = (min(max(far, default=0), _FARTHEST) for far in zip(*found, (0, 0), strict=True))
    return max(1, ahead), back and max(ahead, back)


def _chained(e: Expr) -> tuple[int, int]:
    """Return how many months ahead and back the sums in `e` may lead, one after another."""
    parts, (ahead, back) = [_chained(part) for part in children(e)], _leap(e)
    return ahead + max((far for far, _ in parts), default=0), back + max((far for _, far in parts), default=0)


def _leap(e: Expr) -> tuple[int, int]:
    """Return how many months ahead and back the sum `e` may lead from a date, as far as constants say."""
    match e:
        case AddMonths(months=n) | MonthStart(month=n):
            unit = 1
        case AddDays(days=n):
            unit = _SHORTEST_MONTH
        case AddBusinessDays(days=n):
            unit = _FEWEST_BUSINESS_DAYS
        case _:
            return 0, 0
    ahead, back = 0, 0
    for part in nodes(n):
        match part:
            case IntLit(value=value):
                most = -(-abs(value) // unit)
                ahead, back = (max(ahead, most), back) if value >= 0 else (ahead, max(back, most))
            case Scale(factor=factor) if factor < 0:
                back = max(back, 1)
            case _:
                pass
    return ahead, back


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
