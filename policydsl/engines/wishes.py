"""What a person would wish of a story: what is declared by default, small numbers, plain dates."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from policydsl.base import calendar
from policydsl.base.records import dataclass
from policydsl.core.expr import (
    CLOCK,
    DATE,
    TODAY,
    Add,
    And,
    At,
    BoolSort,
    DateLit,
    DateSort,
    DaysBetween,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    IntSort,
    Less,
    Not,
    Or,
    RatLit,
    RatSort,
    Scale,
    Sort,
    Value,
    Var,
    View,
    literal,
)
from policydsl.core.system import Event, Input, System, Trace
from policydsl.core.walk import default_value
from policydsl.engines.horizon import first_day


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a nicer story has: `expr` of state `index` on its own, or of the step to it."""

    expr: Expr
    index: int
    of_step: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A number of days or of anything else, `expr`, that a nicer story has small."""

    expr: Expr
    index: int
    of_step: bool = False

    def between(self, low: int, high: int) -> Wish:
        """Return the wish that it lies between `low` and `high`, both included."""
        if low == high:
            return Wish(Equal(self.expr, IntLit(low)), self.index, self.of_step)
        low_enough = Less(self.expr, IntLit(high), strict=False)
        return Wish(And((Less(IntLit(low), self.expr, strict=False), low_enough)), self.index, self.of_step)


# --- wishes, in the order of their weight --------------------------------------------------------


def defaults(system: System, depth: int) -> Iterator[Wish]:
    """Yield: every parameter and input is what the policy declares by default."""
    for p in system.parameters:
        if p.default is not None:
            yield Wish(_equals(p.name, p.sort, p.default), 0)
    for i in range(1, depth + 1):
        for event in system.events:
            for each in event.inputs:
                if each.default is not None:
                    same = _equals(each.name, each.sort, each.default)
                    yield Wish(Or((Not(Happens(event.name)), same)), i, of_step=True)


def plain_choices(system: System, inputs: list[tuple[int, Input]]) -> Iterator[Wish]:
    """Yield: where nothing is declared, truth values are false and enumerations at their first value."""
    for name, sort in _free(system):
        if isinstance(sort, BoolSort | EnumSort):
            yield Wish(_equals(name, sort, default_value(sort, 0)), 0)
        if isinstance(sort, RatSort):
            yield Wish(_small_rational(name), 0)
    for i, each in inputs:
        if each.default is None and isinstance(each.sort, BoolSort | EnumSort):
            yield Wish(_equals(each.name, each.sort, default_value(each.sort, 0)), i, of_step=True)
        if each.default is None and isinstance(each.sort, RatSort):
            yield Wish(_small_rational(each.name), i, of_step=True)


def numbers(system: System, inputs: list[tuple[int, Input]]) -> Iterator[Target]:
    """Yield the integers for which the policy declares no default."""
    for name, sort in _free(system):
        if isinstance(sort, IntSort):
            yield Target(Var(name, sort), 0)
    for i, each in inputs:
        if isinstance(each.sort, IntSort) and each.default is None:
            yield Target(Var(each.name, each.sort), i, of_step=True)


def departures(system: System, trace: Trace) -> Iterator[Target]:
    """Yield how far the integers that cannot be what is declared by default in `trace` are from it."""
    for p in system.parameters:
        if isinstance(p.sort, IntSort) and p.default is not None:
            yield from _departure(Target(Var(p.name, p.sort), 0), int(p.default), int(trace.parameters[p.name]))
    for i, step in enumerate(trace.steps, 1):
        for each in inputs(system, step.name):
            if isinstance(each.sort, IntSort) and each.default is not None:
                number = Target(Var(each.name, each.sort), i, of_step=True)
                yield from _departure(number, int(each.default), int(step.inputs[each.name]))


def _departure(number: Target, default: int, value: int) -> Iterator[Target]:
    if value != default:
        sign = 1 if value > default else -1
        yield replace(number, expr=Add((Scale(sign, number.expr), IntLit(-sign * default))))


def since_first_day(system: System) -> Target:
    """Return how late after the policy's first day the history begins."""
    return Target(DaysBetween(DateLit(first_day(system)), Var(TODAY, DATE)), 0)


def dates(inputs: list[tuple[int, Input]]) -> Iterator[Target]:
    """Yield how far the dates that come with events lie after them."""
    for i, each in inputs:
        if isinstance(each.sort, DateSort) and each.default is None:
            ahead = DaysBetween(Var(TODAY, DATE), Var(each.name, DATE))
            yield Target(ahead, i, of_step=True)


def gaps(depth: int) -> Iterator[Target]:
    """Yield the days that pass before each step."""
    waited = DaysBetween(At(View.BEFORE, Var(CLOCK, DATE)), Var(TODAY, DATE))
    return (Target(waited, i, of_step=True) for i in range(1, depth + 1))


# --- parts ---------------------------------------------------------------------------------------


def _free(system: System) -> Iterator[tuple[str, Sort]]:
    """Yield parameters without a default and variables without an initial value."""
    yield from ((p.name, p.sort) for p in system.parameters if p.default is None)
    yield from ((v.name, v.sort) for v in system.variables if v.initial is None)


def inputs(system: System, step: str) -> tuple[Input, ...]:
    """Return what comes with the steps called `step`."""
    events: dict[str, Event] = {e.name: e for e in system.events}
    return events[step].inputs if step in events else ()


def _equals(name: str, sort: Sort, value: Value | None) -> Expr:
    return Equal(Var(name, sort), literal(value if value is not None else 0, sort))


def _small_rational(name: str) -> Expr:
    """Return that `name` is one of a few plain numbers."""
    numbers = (literal(Fraction(n), RatSort()) for n in (0, 1, 10, 50, 100))
    return Or(tuple(Equal(Var(name, RatSort()), n) for n in numbers if isinstance(n, RatLit)))


def no_leap_day(system: System, trace: Trace) -> Expr:
    """Return that the day is no 29 February of the years that `trace` touches or a plain story would."""
    days = [first_day(system), int(trace.initial[TODAY]), *(step.day for step in trace.steps)]
    first, last = (calendar.to_civil(day)[0] for day in (min(days), max(days)))
    leap_days = (calendar.from_civil(year, 2, 29) for year in range(first - 1, last + 2) if calendar.is_leap(year))
    return And(tuple(Not(Equal(Var(TODAY, DATE), DateLit(day))) for day in leap_days))
