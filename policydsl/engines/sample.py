"""Random histories, run by compiled code: what is false in one of them need not be put to a solver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import assert_never

from policydsl.core.expr import (
    TODAY,
    TRUE,
    At,
    BoolSort,
    DateLit,
    DateSort,
    EnumSort,
    Expr,
    IntLit,
    IntSort,
    RatLit,
    RatSort,
    Sort,
    Value,
    View,
)
from policydsl.core.system import PASSAGE, Case, Event, Input, System, Trace, Update, Variable
from policydsl.core.walk import definition_table, expressions, names, nodes
from policydsl.semantics.compile import Happening, compile_system
from policydsl.semantics.interpret import Rejected, alone, check_parameters, evaluate, initial_state

_HISTORIES = 60
_STEPS = 24
_MOST_ROWS = 700
_TRIES = 3
_GAPS = (0, 0, 0, 0, 0, 1, 1, 2, 7, 30, 31, 200)
_FAR = 800


@dataclass(frozen=True, slots=True)
class Sample:
    """States that histories reach, one a row: a column of values for each name (`today` too) and for each probe."""

    columns: Mapping[str, tuple[Value, ...]]
    probes: tuple[tuple[Value, ...], ...]
    rows: int


def draw(system: System, start: Trace, probes: Sequence[tuple[Expr, Sort]]) -> Sample:
    """Return states that random histories of `system` reach, each once; the same for the same arguments, always.

    `start` is a history without steps, the first guess for parameters and initial values. `probes` are expressions
    about a state on its own, whose values are wanted too.
    """
    dice = Random(0)  # noqa: S311  any sequence serves; always the same one
    folder, pool = compile_system(_with_probes(system, probes)), _Pool(system)
    rows: dict[tuple[Value, ...], None] = {}
    for n in range(_HISTORIES):
        parameters, state = (
            (dict(start.parameters), dict(start.initial)) if n == 0 else _begin(system, start, pool, dice)
        )
        habits = _Habits(system, pool, dice)
        given = tuple(parameters[p.name] for p in system.parameters)
        first = alone(system, parameters, state)
        values = (state[TODAY], *(state[v.name] for v in system.variables), *(evaluate(e, first) for e, _ in probes))
        rows[(*given, *values)] = None
        for _ in range(_STEPS):
            for _ in range(_TRIES):
                _, refused, values = folder.run(given, values, iter((habits.happening(int(values[0])),)))
                rows[(*given, *values)] = None
                if refused is None:
                    break
        if len(rows) >= _MOST_ROWS:
            break
    names = [*(p.name for p in system.parameters), TODAY, *(v.name for v in system.variables)]
    columns = list(zip(*rows, strict=True))
    return Sample(dict(zip(names, columns, strict=False)), tuple(columns[len(names) :]), len(rows))


def _with_probes(system: System, probes: Sequence[tuple[Expr, Sort]]) -> System:
    """Return `system` with a variable for each probe, which has its value after every step."""
    variables = tuple(Variable(f"probe!{i}", sort, None, "", hidden=True) for i, (_, sort) in enumerate(probes))
    updates = tuple(Update(f"probe!{i}", (Case(None, TRUE, At(View.AFTER, e), ""),)) for i, (e, _) in enumerate(probes))
    return replace(
        system, variables=(*system.variables, *variables), updates=(*system.updates, *updates), obligations=()
    )


# --- dice ----------------------------------------------------------------------------------------


class _Pool:
    """The values that a policy is likely to care about: those that it mentions, and their neighbours."""

    def __init__(self, system: System) -> None:
        found = [n for _, e in expressions(system) for n in nodes(e)]
        integers = {n.value for n in found if isinstance(n, IntLit)}
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


def _begin(system: System, start: Trace, pool: _Pool, dice: Random) -> tuple[dict[str, Value], dict[str, Value]]:
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
    for v in free:
        other = {**chosen, v.name: pool.value(v.sort, None, day, dice)}
        found = initial_state(system, parameters, day, other)
        state, chosen = (state, chosen) if isinstance(found, Rejected) else (found, other)
    later = initial_state(system, parameters, day + dice.choice((0, dice.randrange(_FAR))), chosen)
    return parameters, dict(state if isinstance(later, Rejected) else later)


class _Habits:
    """What one history is like: some events more than others, some inputs again and again, dense or sparse."""

    def __init__(self, system: System, pool: _Pool, dice: Random) -> None:
        self._pool, self._dice = pool, dice
        events: list[Event | None] = [e for e in system.events if dice.random() < 0.7]  # noqa: PLR2004
        favourites = [dice.choice(system.events)] * len(events) if system.events else []
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

    def _input(self, each: Input, day: int) -> Value:
        if each.name in self._inputs and self._dice.random() < 0.6:  # noqa: PLR2004
            return self._inputs[each.name]
        return self._pool.value(each.sort, each.default, day, self._dice)
