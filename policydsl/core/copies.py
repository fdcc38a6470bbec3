"""Each of two systems whose histories go together: what its names and expressions are in their product."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import TypeVar, cast

from policydsl.core.expr import (
    CLOCK,
    DATE,
    INT,
    TODAY,
    AddDays,
    And,
    At,
    EnumLit,
    EnumSort,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    Or,
    Scale,
    Sort,
    Use,
    Value,
    Var,
    View,
    literal,
)
from policydsl.core.idle import begun_afresh
from policydsl.core.moves import Move, Pair, Side, ends_of, fired_in, input_name
from policydsl.core.system import (
    PASSAGE,
    Case,
    Definition,
    Event,
    Input,
    Parameter,
    Schedule,
    System,
    Update,
    Variable,
)
from policydsl.core.walk import (
    Rewritten,
    awaited,
    default_value,
    definition_table,
    expressions,
    mentioned,
    names,
    rewrite,
    uses,
    written,
)

T = TypeVar("T")


def copy_of(pair: Pair, side: Side) -> "Copy":
    """Return a side of `pair`, made once: claims and stories ask for it again and again."""
    if side not in pair.copies:
        pair.copies[side] = Copy(pair, side)
    return pair.copies[side]


class Copy:
    """One side of a pair: what its names and expressions are in the product."""

    def __init__(self, pair: Pair, side: Side) -> None:
        self.pair, self.side, self.system = pair, side, pair.copy(side)
        self._other = pair.copy(side.other)
        self._table = definition_table(self.system)
        self._moves = {e.name: [m for m in pair.moves if m.event(side) == e.name] for e in self.system.events}
        self._events = {e.name: e for e in self.system.events}
        alike = side is Side.FIRST or pair.first is pair.second
        self._sorts = {} if alike else {s.name: s for s in _sorts(pair.first)}
        ends = {name: end[side] for name, end in ends_of(pair).items()}
        self._idle = frozenset(name for name, own in ends.items() if own is None)
        self._steps: dict[str, list[str]] = {PASSAGE: [PASSAGE]}
        for name, own in ends.items():
            if own is not None:
                self._steps.setdefault(own, []).append(name)
        self._called: dict[str, dict[str, str]] = {}
        self._shared = self._shared_parameters()
        self._leaves: dict[str, Expr] = self._make_leaves()
        self._afresh = {} if pair.first is pair.second else begun_afresh(self.system)
        self._kept = pair.kept if pair.first is pair.second else None
        self._known: Rewritten = {}
        self._plain = self._make_plain() if self._kept is not None else frozenset()

    # --- names -----------------------------------------------------------------------------------

    def own(self, name: str) -> str:
        """Return what a variable or definition of this copy is called in the product."""
        return f"{self.side.value}/{name}"

    def rigid(self, p: Parameter) -> str:
        """Return what a parameter of this copy is called in the product."""
        return p.name if p.name in self._shared else self.own(p.name)

    def inputs(self, move: Move) -> Mapping[str, str]:
        """Return what the inputs of this copy's event in `move` are called in the product."""
        called = self._called.get(move.name)
        if called is None:
            event = move.event(self.side)
            given = () if event is None else self._events[event].inputs
            shared = _shared_inputs(self.pair, move) if given else frozenset()
            called = {i.name: input_name(move, i.name, None if i.name in shared else self.side) for i in given}
            self._called[move.name] = called
        return called

    def facts(self, move: Move, inputs: Mapping[str, Value], later: int) -> dict[str, Value]:
        """Return the inputs of this copy's event, given those of `move`; dates are `later` here."""
        sorts = {i.name: i.sort for i in self._events[move.event(self.side) or ""].inputs}
        given = {own: inputs[name] for own, name in self.inputs(move).items()}
        return {own: int(value) + later if sorts[own] == DATE else value for own, value in given.items()}

    def sort(self, sort: Sort) -> Sort:
        """Return `sort`; under another name if the first copy has another enumeration of that name."""
        if not isinstance(sort, EnumSort) or self.side is Side.FIRST or self._sorts.get(sort.name, sort) == sort:
            return sort
        return replace(sort, name=self.own(sort.name))

    def _shared_parameters(self) -> frozenset[str]:
        mine, theirs = ({p.name: p.sort for p in s.parameters} for s in (self.system, self._other))
        return frozenset(n for n, sort in mine.items() if theirs.get(n) == sort) - self.pair.apart

    # --- expressions -----------------------------------------------------------------------------

    def seen(self, e: Expr) -> Expr:
        """Return `e` as an expression of the product.

        What no move changes is the very same expression in all products that share `kept`, also where it is a part.
        """
        return rewrite(e, self._own, self._known)

    def _own(self, node: Expr) -> Expr | None:
        """Return what `node` is in the product; None if that is to be seen of its parts."""
        if self._kept is not None and not awaited(node) and mentioned(node)[0] <= self._plain:
            return rewrite(node, self._changed, self._kept.exprs[self.side])
        return self._changed(node)

    def guard(self, move: Move) -> Expr:
        """Return the guard of this copy's event in `move`.

        Where it reads nothing but facts of the event, and what is plain, it is the same whatever other moves there are.
        """
        event = move.event(self.side)
        if event is None:
            return And(())
        guard, made = self._events[event].guard, partial(self.seen_in, move, self._events[event].guard)
        said = [guard, *(self._table[name].body for name in sorted(uses((guard,), self._table)))]
        read = names(guard, self._table) - {i.name for i in self._events[event].inputs}
        if not read <= self._plain or any(map(awaited, said)):
            return made()
        return self._once(said, (move, self.pair.later, len(self._moves[event]) > 1), made)

    def seen_in(self, move: Move, e: Expr) -> Expr:
        """Return what `e` is in `move`: of the inputs of this copy's event it reads those of `move`, and no others."""
        event = move.event(self.side)
        if event is None:
            return self.seen(e)
        own = {i.name: self._fact(move, i) for i in self._events[event].inputs}
        moved = self._reading(own.keys()) if len(self._moves[event]) > 1 else frozenset[str]()
        bodies: dict[str, Expr] = {}  # of definitions that read those inputs: each is made once

        def change(node: Expr) -> Expr | None:
            variables, definitions = mentioned(node)
            if variables.isdisjoint(own) and definitions.isdisjoint(moved):
                return self.seen(node)
            match node:
                case Var(name=name):
                    return own[name]
                case Use(name=name):
                    if name not in bodies:
                        bodies[name] = rewrite(self._table[name].body, change)
                    return bodies[name]
                case _:
                    return None

        return rewrite(e, change)

    def _reading(self, inputs: AbstractSet[str]) -> frozenset[str]:
        """Return the definitions that read one of `inputs`."""
        return frozenset(name for name, d in self._table.items() if not names(d.body, self._table).isdisjoint(inputs))

    def _changed(self, node: Expr) -> Expr | None:
        match node:
            case Var(name=name):
                return self._leaves[name]
            case Use(name=name, sort=sort):
                return Use(self.own(name), self.sort(sort))
            case EnumLit(sort=sort, value=value):
                made = self.sort(sort)
                assert isinstance(made, EnumSort)
                return EnumLit(made, value)
            case Happens(step=step):
                return self._happens(step)
            case _:
                return None

    def _happens(self, step: str) -> Expr:
        steps: list[Expr] = [Happens(name) for name in self._steps.get(step, ())]
        if step == PASSAGE and self._idle:
            steps.append(And((_any(self._idle), At(View.BEFORE, _PASSES))))
        return steps[0] if len(steps) == 1 else Or(tuple(steps))

    def _make_leaves(self) -> dict[str, Expr]:
        today: Expr = Var(TODAY, DATE)
        leaves = {TODAY: self.later(today), CLOCK: self.later(Var(CLOCK, DATE))}
        leaves |= {p.name: Var(self.rigid(p), self.sort(p.sort)) for p in self.system.parameters}
        leaves |= {v.name: Var(self.own(v.name), self.sort(v.sort)) for v in self.system.variables}
        for event in self.system.events:
            leaves |= {i.name: self._input(event, i) for i in event.inputs}
        return leaves

    def _make_plain(self) -> frozenset[str]:
        """Return the names that are what they are in every product: no move, nothing apart, no days between."""
        plain = {v.name for v in self.system.variables} | self._shared
        plain |= {TODAY, CLOCK} if self._days() is None else set()
        inputs = {i.name: Var(i.name, i.sort) for event in self.system.events for i in event.inputs}
        return frozenset(plain | {name for name, leaf in inputs.items() if self._leaves[name] == leaf})

    def _input(self, event: Event, each: Input) -> Expr:
        """Return the value of an input in the step at hand, whichever move it is; elsewhere the plainest value."""
        moves = self._moves[event.name]
        if not moves:
            value = default_value(each.sort, 0)
            absent = Var(TODAY, DATE) if each.sort == DATE or value is None else literal(value, self.sort(each.sort))
            return self.later(absent) if each.sort == DATE else absent
        result = self._fact(moves[-1], each)
        for move in reversed(moves[:-1]):
            result = Ite(Happens(move.name), self._fact(move, each), result)
        return result

    def _fact(self, move: Move, each: Input) -> Expr:
        """Return an input of this copy's event in `move`. Dates are given as days of the product."""
        made = Var(self.inputs(move)[each.name], self.sort(each.sort))
        return self.later(made) if each.sort == DATE else made

    def later(self, date: Expr) -> Expr:
        """Return a day of the product as a day of this copy."""
        days = self._days()
        return date if days is None else AddDays(date, days)

    def sooner(self, date: Expr) -> Expr:
        """Return a day of this copy as a day of the product."""
        days = self._days()
        return date if days is None else AddDays(date, Scale(-1, days))

    def _days(self) -> Expr | None:
        if self.side is Side.FIRST or self.pair.later == 0:
            return None
        later = self.pair.later
        return Var(later, INT) if isinstance(later, str) else IntLit(later)

    # --- parts of the system ---------------------------------------------------------------------

    def parameters(self) -> Iterator[Parameter]:
        """Yield the parameters of this copy."""
        for p in self.system.parameters:
            mine = self.side is Side.FIRST or p.name not in self._shared
            if mine:
                yield replace(p, name=self.rigid(p), sort=self.sort(p.sort))

    def variables(self) -> Iterator[Variable]:
        """Yield the variables of this copy."""
        for v in self.system.variables:
            initial = None if v.initial is None else self.seen(v.initial)
            made = partial(Variable, self.own(v.name), self.sort(v.sort), initial, v.clause, v.hidden)
            yield self._once((v,), (id(initial),), made)

    def definitions(self) -> Iterator[Definition]:
        """Yield the definitions of this copy."""
        for d in self.system.definitions:
            body = self.seen(d.body)
            yield self._once(
                (d,), (id(body),), partial(Definition, self.own(d.name), self.sort(d.sort), body, d.clause)
            )

    def schedules(self) -> Iterator[Schedule]:
        """Yield the schedules that fire in this copy alone."""
        for s in self.system.schedules:
            yield Schedule(self._alone(s), self.seen(s.armed), self.sooner(self.seen(s.due)), s.clause)

    def _alone(self, schedule: Schedule) -> str:
        return fired_in(schedule, None) if self.side is Side.FIRST else fired_in(None, schedule)

    def updates(self) -> Iterator[Update]:
        """Yield the updates of this copy: it changes where it takes part, and where the time passes."""
        for u in self.system.updates:
            cases = tuple([c for case in u.cases for c in self._cases(u.variable, case)])
            yield self._once((u,), tuple(map(id, cases)), partial(Update, self.own(u.variable), cases))

    def _cases(self, variable: str, case: Case) -> Iterator[Case]:
        """Yield `case`, and once more for the steps in which only the time passes here.

        Of a copy that stands still nothing is changed by a count that starts afresh with a month or year; nor, where
        passages are unseen, by anything else.
        """
        guard, value = self.seen(case.guard), self.seen(case.value)
        everywhere = case.steps is None
        afresh = isinstance(case.value, Use) and self._afresh.get(variable) == case.value.name
        if everywhere and (afresh or self.pair.alike is not None):
            yield replace(case, guard=guard, value=value)
            return
        own = self._steps if everywhere else (case.steps or frozenset())
        moving = frozenset(name for step in own for name in self._steps.get(step, ()))
        if moving:
            steps = None if everywhere and not self._idle else moving
            yield self._once((case,), (steps, id(guard), id(value)), partial(Case, steps, guard, value, case.clause))
        if self._idle and PASSAGE in own:
            yield Case(self._idle, And((_PASSES, guard)), value, case.clause)

    def _once(self, parts: Sequence[object], of: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what `parts` become, made once for all products in which it is made `of` the same things."""
        if self._kept is None:
            return make()
        key = (self.side, *map(id, parts), *of)
        known = self._kept.parts.get(key)
        if known is None:
            known = self._kept.parts[key] = (parts, make())
        return cast("T", known[1])


_PASSES = Less(Var(CLOCK, DATE), Var(TODAY, DATE), strict=True)
"""Read in BEFORE: the step comes on a later day than the one before."""


def _any(steps: Iterable[str]) -> Expr:
    return Or(tuple(Happens(name) for name in sorted(steps)))


def _shared_inputs(pair: Pair, move: Move) -> frozenset[str]:
    """Return the inputs that are one fact for both histories."""
    if move.first is None or move.second is None:
        return frozenset()
    ends = ((pair.first, move.first), (pair.second, move.second))
    one, other = ({i.name: i.sort for e in s.events if e.name == name for i in e.inputs} for s, name in ends)
    return frozenset(n for n, sort in one.items() if other.get(n) == sort) - move.apart


def _sorts(system: System) -> Iterator[EnumSort]:
    """Yield the enumerations of `system`."""
    inputs = (i.sort for e in system.events for i in e.inputs)
    given: list[Parameter | Variable | Definition] = [*system.parameters, *system.variables, *system.definitions]
    parts = (each.sort for each in given)
    used = (sort for _, e in expressions(system) for sort in written(e))
    yield from (s for s in (*inputs, *parts, *used) if isinstance(s, EnumSort))
