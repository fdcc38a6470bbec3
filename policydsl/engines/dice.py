"""What random histories are like: values that the policy cares about, events in favour, dense or sparse days."""

from fractions import Fraction
from random import Random
from typing import TypeAlias, assert_never

from policydsl.core.conditions import conjuncts
from policydsl.core.expr import (
    TODAY,
    BoolSort,
    DateLit,
    DateSort,
    EnumSort,
    IntLit,
    IntSort,
    Less,
    Quotient,
    RatLit,
    RatSort,
    Remainder,
    Sort,
    Value,
    Var,
)
from policydsl.core.system import PASSAGE, Event, Input, Step, System, Trace
from policydsl.core.walk import default_value, definition_table, expressions, names, nodes
from policydsl.semantics.compile import Happening
from policydsl.semantics.interpret import Rejected, check_parameters, initial_state

_GAPS = (0, 0, 0, 0, 0, 1, 1, 2, 7, 30, 31, 200)
_FAR = 800


class Pool:
    """The values that a policy is likely to care about: those that it mentions, and their neighbours."""

    def __init__(self, system: System) -> None:
        found = list(nodes(*(e for _, e in expressions(system))))
        integers = {n.value for n in found if isinstance(n, IntLit)}
        integers |= {n.divisor for n in found if isinstance(n, Quotient | Remainder)}
        days = {n.value for n in found if isinstance(n, DateLit)}
        rationals = {n.value for n in found if isinstance(n, RatLit)}
        self.integers = sorted({0, 1, 2, *(n + d for n in integers for d in (-1, 0, 1))})
        self.days = sorted({n + d for n in days for d in (-1, 0, 1)})
        self.rationals = sorted({Fraction(0), Fraction(1), *rationals})
        table = definition_table(system)
        self.assumed = frozenset(name for e in system.assumptions for name in names(e, table))
        self.gaps = [*_GAPS, *(n for n in self.integers if 0 < n <= _FAR)]

    def value(self, sort: Sort, default: Value | None, day: int, dice: Random) -> Value:
        """Return some value of `sort`, often `default`."""
        if default is not None and dice.random() < 0.4:  # noqa: PLR2004
            return default
        match sort:
            case BoolSort():
                return dice.random() < 0.5  # noqa: PLR2004
            case IntSort():
                return dice.choice(self.integers)
            case RatSort():
                return dice.choice(self.rationals)
            case DateSort():
                return dice.choice([*self.days, day, day + dice.choice(self.gaps)])
            case EnumSort(values=values):
                return dice.choice(values)
            case _:
                assert_never(sort)


def begin(system: System, start: Trace, pool: Pool, dice: Random) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return admissible parameters and an initial state: those of `start`, changed where that is admissible."""
    day = int(start.initial[TODAY])
    parameters = dict(start.parameters)
    for p in system.parameters:
        other = {**parameters, p.name: pool.value(p.sort, p.default, day, dice)}
        if p.name not in pool.assumed or check_parameters(system, other) is None:
            parameters = other
    free = [v for v in system.variables if v.initial is None]
    chosen: dict[str, Value] = {v.name: start.initial[v.name] for v in free}
    state = initial_state(system, parameters, day, chosen)
    if isinstance(state, Rejected):
        return dict(start.parameters), dict(start.initial)
    whole = [v.name for v in free if isinstance(v.sort, IntSort)]
    for v in free:
        other = {**chosen, v.name: pool.value(v.sort, None, day, dice)}
        found = initial_state(system, parameters, day, other)
        if isinstance(found, Rejected) and v.name in whole:  # the start may tie it to others: they go along
            by = int(other[v.name]) - int(chosen[v.name])
            other = {**chosen, **{name: int(chosen[name]) + by for name in whole}}
            found = initial_state(system, parameters, day, other)
        state, chosen = (state, chosen) if isinstance(found, Rejected) else (found, other)
    days = dice.choice((0, dice.randrange(_FAR)))
    later = initial_state(system, parameters, day + days, chosen) if days else state
    return parameters, dict(state if isinstance(later, Rejected) else later)


class Repetition:
    """What a history is like in which one event takes place over and over, every so many days: with its defaults.

    A number without one is the least from 0 on that the guard plainly admits.
    """

    def __init__(self, event: Event, gap: int) -> None:
        self._event, self._gap, self._begun = event, gap, False

    def happening(self, today: int) -> Happening:
        """Return what is to happen next."""
        day, self._begun = today + self._gap * self._begun, True
        inputs = {each.name: self._plainest(each, day) for each in self._event.inputs}
        return self._event.name, day, {name: value for name, value in inputs.items() if value is not None}

    def _plainest(self, each: Input, day: int) -> Value | None:
        found = default_value(each.sort, day) if each.default is None else each.default
        for limit in conjuncts(self._event.guard) if each.default is None else ():
            match limit:
                case Less(left=IntLit(value=low) | RatLit(value=low), right=Var(name=each.name), strict=strict):
                    found = max(found, low + strict) if isinstance(found, int | Fraction) else found
                case _:
                    pass
        return found


class Habits:
    """What one history is like: some events more than others, some inputs again and again, dense or sparse.

    If `steady`, no event is left out, and none preferred.
    """

    def __init__(self, system: System, pool: Pool, dice: Random, *, steady: bool = False) -> None:
        self._pool, self._dice = pool, dice
        self._known = {e.name: e for e in system.events}
        events: list[Event | None] = [e for e in system.events if steady or dice.random() < 0.7]  # noqa: PLR2004
        favourites = [dice.choice(system.events)] * len(events) if system.events and not steady else []
        self._events = [*events, *favourites, None]
        self._inputs = {
            each.name: pool.value(each.sort, each.default, 0, dice)
            for event in system.events
            for each in event.inputs
            if not isinstance(each.sort, DateSort)
        }
        self._dense = dice.random()

    def happening(self, today: int) -> Happening:
        """Return something that may happen next, or not."""
        dice = self._dice
        day = today if dice.random() < self._dense else today + dice.choice(self._pool.gaps)
        event = dice.choice(self._events)
        if event is None:
            return PASSAGE, max(day, today + 1), {}
        return event.name, day, {each.name: self._input(each, day) for each in event.inputs}

    def like(self, step: Step) -> Happening:
        """Return a happening like `step`, with some other inputs; a passage where it is one, or a schedule."""
        event = self._known.get(step.name)
        if event is None:
            return PASSAGE, step.day, {}
        other = {each.name: self._input(each, step.day) for each in event.inputs if self._dice.random() < 0.5}  # noqa: PLR2004
        return event.name, step.day, {**step.inputs, **other}

    def _input(self, each: Input, day: int) -> Value:
        if each.name in self._inputs and self._dice.random() < 0.6:  # noqa: PLR2004
            return self._inputs[each.name]
        return self._pool.value(each.sort, each.default, day, self._dice)


Custom: TypeAlias = Habits | Repetition
"""What decides what happens next in a history."""
