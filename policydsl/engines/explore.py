"""All states of a small system, counted out by compiled code: where dates do not matter and values are few.

Breadth first, so what is found first is a shortest history; and if all states are seen, they are an invariant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, product
from math import prod
from typing import assert_never

from policydsl.base.records import dataclass
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import (
    CLOCK,
    DATE,
    TODAY,
    TRUE,
    At,
    BoolLit,
    BoolSort,
    DateLit,
    DateSort,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    IntLit,
    IntSort,
    Less,
    Not,
    RatSort,
    Sort,
    Value,
    Var,
    View,
)
from policydsl.core.system import PASSAGE, Case, Property, Step, System, Trace, Update, Variable
from policydsl.core.walk import definition_table, expressions, names
from policydsl.engines import diagram
from policydsl.engines.diagram import Row
from policydsl.engines.horizon import first_day
from policydsl.semantics.compile import Happening, compile_system
from policydsl.semantics.evaluate import alone, holds
from policydsl.semantics.interpret import Rejected, State, check_parameters, initial_state

_MOST_CHOICES = 1000
"""Of values for a parameter or an input, and of ways in which an event can take place, or a history begin."""

_TODAY = Var(TODAY, DATE)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many states are counted, and how many steps tried: of all parameters together."""

    states: int
    steps: int


NEAR = Reach(states=1000, steps=60_000)
FAR = Reach(states=5000, steps=400_000)
"""Where nothing plainer has served: a third of a second to count, and some seconds to show that these are all."""


@dataclass(frozen=True, slots=True)
class Everything:
    """No state violates the property, and `invariant` says which states there are: it is inductive."""

    invariant: Expr


@dataclass(frozen=True, slots=True)
class Violation:
    """A history of the system whose last step, or the state after it, violates the property; no shorter one does."""

    trace: Trace


def explore(system: System, claim: Property, reach: Reach = NEAR) -> Everything | Violation | None:
    """Count out the states of `system`, step by step, as far as `reach` says.

    Gives:    the shortest violation, or all states; None where dates matter, values are many, or states too many.
    Sound:    a violation is to be replayed, and the invariant to be proved inductive, by the caller.
    Complete: for small systems. The shortest violation is so among all histories, whatever their dates.
    """
    table = definition_table(system)
    said = [claim.state, claim.step, *(e for place, e in expressions(system) if not _is_first_day(place, e))]
    timed = any(names(e, table) & {TODAY, CLOCK} for e in said)
    timed = timed or any(isinstance(v.sort, DateSort) for v in system.variables)
    happenings = _happenings(system)
    assignments = _assignments(system)
    if timed or system.schedules or happenings is None or assignments is None:
        return None
    search = _Search(system, claim, happenings, reach)
    for parameters in assignments:
        if not search.run(parameters):
            return None
    if search.least is not None:
        return Violation(search.least)
    columns = [Var(p.name, p.sort) for p in system.parameters] + [Var(v.name, v.sort) for v in system.variables]
    return Everything(diagram.one_of(search.states, columns))


def barely(system: System, claim: Property) -> System:
    """Return `system` without the parameters on which nothing depends, `claim` included.

    What is assumed of those alone says no more than that there are such values.
    """
    table = definition_table(system)
    looked_at = (names(e, table) for place, e in expressions(system) if not place.startswith(_ASSUMED))
    read = names(claim.state, table).union(names(claim.step, table), *looked_at)
    assumed = [(e, names(e, table)) for e in system.assumptions]
    size = -1
    while len(read) > size:
        size = len(read)
        read = read.union(*(about for _, about in assumed if about & read))
    parameters = tuple(p for p in system.parameters if p.name in read)
    return replace(system, parameters=parameters, assumptions=tuple(e for e, about in assumed if about & read))


_ASSUMED = "assumption "


def _is_first_day(place: str, e: Expr) -> bool:
    """Return whether `e` says no more than from which day on histories may start."""
    return place.startswith("start ") and isinstance(e, Less) and isinstance(e.left, DateLit) and e.right == _TODAY


class _Search:
    """The states under one assignment of the parameters after another."""

    def __init__(self, system: System, claim: Property, happenings: Sequence[Happening], reach: Reach) -> None:
        self.system, self.claim, self.happenings, self.reach = system, claim, happenings, reach
        self.folder = compile_system(_watched(system, claim))
        self.least: Trace | None = None
        self.states: list[Row] = []
        self.steps = 0

    def run(self, parameters: Mapping[str, Value]) -> bool:
        """Look at all states under `parameters`, or at those nearer than the violation at hand; False if too many."""
        starts = _starts(self.system, parameters)
        if starts is None:
            return False
        given = tuple(parameters[p.name] for p in self.system.parameters)
        came: dict[Row, tuple[Row, Happening] | None] = {}
        for state in starts:
            row = tuple(state[v.name] for v in self.system.variables)
            came[row] = None
            if not holds(self.claim.state, alone(self.system, parameters, state)):
                self._record(parameters, (), row)
                return True
        layer, depth = list(came), 0
        while layer:
            depth += 1
            if self.least is not None and depth >= len(self.least.steps):
                return True
            after: list[Row] = []
            for row in layer:
                for happening, reached, kept in self._steps_from(given, row):
                    if not kept:
                        self._record(parameters, (*_path(came, row), happening), _origin(came, row))
                        return True
                    if reached not in came:
                        came[reached] = (row, happening)
                        after.append(reached)
                if len(self.states) + len(came) > self.reach.states or self.steps > self.reach.steps:
                    return False
            layer = after
        self.states += [(*given, *row) for row in came]
        return True

    def _steps_from(self, given: Row, row: Row) -> Iterator[tuple[Happening, Row, bool]]:
        """Yield what can happen in a state, the state it leads to, and whether the property is kept."""
        day = first_day(self.system)
        for happening in self.happenings:
            self.steps += 1
            _, refused, values = self.folder.run(given, (day, *row, True, True), iter((happening,)))
            if refused is None:
                *reached, in_state, in_step = values[1:]
                yield happening, tuple(reached), bool(in_state and in_step)

    def _record(self, parameters: Mapping[str, Value], happenings: Iterable[Happening], start: Row) -> None:
        """Keep a violation if it is the shortest so far; passages make later days of those after them."""
        day = first_day(self.system)
        first = dict(zip((v.name for v in self.system.variables), start, strict=True))
        steps: list[Step] = []
        today = day
        for name, _, inputs in happenings:
            today += name == PASSAGE
            steps.append(Step(name, today, inputs))
        if self.least is None or len(steps) < len(self.least.steps):
            self.least = Trace(parameters, {**first, TODAY: day}, tuple(steps))


def _path(came: Mapping[Row, tuple[Row, Happening] | None], row: Row) -> tuple[Happening, ...]:
    found: list[Happening] = []
    while (step := came[row]) is not None:
        row, happening = step
        found.append(happening)
    return tuple(reversed(found))


def _origin(came: Mapping[Row, tuple[Row, Happening] | None], row: Row) -> Row:
    while (step := came[row]) is not None:
        row = step[0]
    return row


def _watched(system: System, claim: Property) -> System:
    """Return `system` with two variables that say after every step whether the property was kept."""
    watches = {"kept!state": claim.state, "kept!step": claim.step}
    variables = tuple(Variable(name, BoolSort(), None, "", hidden=True) for name in watches)
    updates = tuple(Update(name, (Case(None, TRUE, At(View.AFTER, e), ""),)) for name, e in watches.items())
    return replace(
        system, variables=(*system.variables, *variables), updates=(*system.updates, *updates), obligations=()
    )


# --- few values ----------------------------------------------------------------------------------


def _happenings(system: System) -> tuple[Happening, ...] | None:
    """Return all that can happen, plain choices first; None if that is too much."""
    day = first_day(system)
    found: list[Happening] = []
    for event in system.events:
        ways = _ways([_values(each.sort, each.name, (event.guard,), each.default) for each in event.inputs])
        if ways is None:
            return None
        names_of = [each.name for each in event.inputs]
        found += [(event.name, day, dict(zip(names_of, values, strict=True))) for values in ways]
    return (*found, (PASSAGE, day + 1, {}))


def _assignments(system: System) -> Iterator[dict[str, Value]] | None:
    """Return all admissible parameters; None if there are too many."""
    ways = _ways([_values(p.sort, p.name, system.assumptions, p.default) for p in system.parameters])
    if ways is None:
        return None
    named = [p.name for p in system.parameters]
    assignments = (dict(zip(named, values, strict=True)) for values in ways)
    return (a for a in assignments if check_parameters(system, a) is None)


def _starts(system: System, parameters: Mapping[str, Value]) -> list[State] | None:
    """Return all states in which a history may start on the first day; None if there are too many."""
    free = [v for v in system.variables if v.initial is None]
    ways = _ways([_values(v.sort, v.name, system.starts, None) for v in free])
    if ways is None:
        return None
    named = [v.name for v in free]
    chosen = (dict(zip(named, values, strict=True)) for values in ways)
    found = (initial_state(system, parameters, first_day(system), each) for each in chosen)
    return [state for state in found if not isinstance(state, Rejected)]


def _ways(choices: Sequence[tuple[Value, ...] | None]) -> list[tuple[Value, ...]] | None:
    """Return every combination of one value of each of `choices`; None if there are too many."""
    known = [values for values in choices if values is not None]
    if len(known) < len(choices) or prod(len(values) for values in known) > _MOST_CHOICES:
        return None
    return list(product(*known))


def _values(sort: Sort, name: str, limits: Iterable[Expr], default: Value | None) -> tuple[Value, ...] | None:
    """Return the values of `sort` that `limits` leave to `name`, the default first; None if they are not few."""
    values: Sequence[Value]
    match sort:
        case BoolSort():
            values = _among((False, True), name, limits)
        case EnumSort(values=listed):
            values = _among(listed, name, limits)
        case IntSort():
            least, most = _between(name, limits)
            if least is None or most is None or most - least > _MOST_CHOICES:
                return None
            values = range(least, most + 1)
        case RatSort() | DateSort():
            return None
        case _:
            assert_never(sort)
    return tuple(sorted(values, key=lambda value: value != default)) if default is not None else tuple(values)


def _among(values: Sequence[Value], name: str, limits: Iterable[Expr]) -> Sequence[Value]:
    """Return the one of `values` that `limits` say `name` has, or all."""
    for limit in chain.from_iterable(map(conjuncts, limits)):
        match limit:
            case Equal(left=Var(name=other), right=BoolLit(value=value) | EnumLit(value=value)) if other == name:
                return (value,)
            case Var(name=other) | Not(arg=Var(name=other)) if other == name:
                return (isinstance(limit, Var),)
            case _:
                pass
    return values


def _between(name: str, limits: Iterable[Expr]) -> tuple[int | None, int | None]:
    """Return the least and the greatest value that `limits` say `name` may have."""
    low: list[int] = []
    high: list[int] = []
    for limit in chain.from_iterable(map(conjuncts, limits)):
        match limit:
            case Less(left=IntLit(value=value), right=Var(name=other), strict=strict) if other == name:
                low.append(value + strict)
            case Less(left=Var(name=other), right=IntLit(value=value), strict=strict) if other == name:
                high.append(value - strict)
            case Equal(left=Var(name=other), right=IntLit(value=value)) if other == name:
                low.append(value)
                high.append(value)
            case _:
                pass
    return max(low, default=None), min(high, default=None)
