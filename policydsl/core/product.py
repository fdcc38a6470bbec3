"""Two histories as one: the product of two systems, itself an ordinary system (self-composition).

Both copies live on the same days. A step of the product is a *move* (an event in one copy, or one in each), the
passage of time in both, or what the calendar causes: schedules due in both on one day fire together, else alone.
A copy that takes no part in a step lets the time pass up to the step's day, or, on that same day, stands still. So a
history of the product is one of each copy (`project`), and `today` is the same for both: see `proofs/meaning.md`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from policydsl.core.copies import BOTH, Copy, Kept, Move, Pair, Side, copy_of, ends_of, fire_together
from policydsl.core.expr import (
    DATE,
    TODAY,
    And,
    Equal,
    Expr,
    Ite,
    Less,
    Not,
    Value,
    Var,
)
from policydsl.core.system import (
    PASSAGE,
    Event,
    Input,
    Schedule,
    Step,
    System,
    Trace,
)


def same_events(first: System, second: System) -> tuple[Move, ...]:
    """Return the moves of two histories that live the same events, as far as both systems have them."""
    known = {e.name for e in second.events}
    return tuple(Move(e.name, e.name, e.name) for e in first.events if e.name in known)


def lone_events(system: System, side: Side) -> tuple[Move, ...]:
    """Return the moves in which an event of `system` happens on `side` alone."""
    ends = [(e.name, None) if side is Side.FIRST else (None, e.name) for e in system.events]
    return tuple(Move(f"{side.value}/{one or other}", one, other) for one, other in ends)


def pair(  # noqa: PLR0913  all that a pair is made of
    first: System,
    second: System,
    moves: Iterable[Move],
    apart: frozenset[str] = frozenset(),
    later: int | str = 0,
    *,
    kept: Kept | None = None,
) -> Pair:
    """Return the product of two systems under `moves`; its obligations are nobody's: they are asked of each system."""
    sketch = Pair(first, second, tuple(moves), apart, later, first, kept)
    copies = [copy_of(sketch, side) for side in BOTH]
    system = System(
        name=first.name,
        parameters=tuple(p for c in copies for p in c.parameters()),
        assumptions=tuple(dict.fromkeys(c.seen(e) for c in copies for e in c.system.assumptions)),
        variables=tuple(v for c in copies for v in c.variables()),
        starts=(*(c.seen(e) for c in copies for e in c.system.starts), *_alike(*copies)),
        definitions=tuple(d for c in copies for d in c.definitions()),
        events=tuple(_event(move, copies) for move in sketch.moves),
        schedules=(*_together(*copies), *(s for c in copies for s in c.schedules())),
        updates=tuple(u for c in copies for u in c.updates()),
        obligations=(),
    )
    return replace(sketch, system=system)


def settled(pair: Pair) -> Expr:
    """Return that nothing the calendar causes is still to come on the day at hand, in either history.

    Read on a state. Where it is false the two may differ merely because one is a step ahead of the other.
    """
    today = Var(TODAY, DATE)
    singles = [s for side in BOTH for s in copy_of(pair, side).schedules()]
    return And(tuple(Not(And((s.armed, Less(s.due, today, strict=False)))) for s in singles))


# --- back to each history ------------------------------------------------------------------------


def aligned(pair: Pair, trace: Trace, side: Side) -> tuple[Step | None, ...]:
    """Return for each step of `trace`, a history of the product, what it is on `side`; None where nothing is."""
    copy, ends = copy_of(pair, side), ends_of(pair)
    moves = {m.name: m for m in pair.moves}
    later = days_later(pair, side, trace.parameters)
    reached, made = int(trace.initial[TODAY]), list[Step | None]()
    for step in trace.steps:
        name = PASSAGE if step.name == PASSAGE else ends[step.name][side]
        if name is None and step.day > reached:
            name = PASSAGE
        inputs: dict[str, Value] = {}
        if step.name in moves and name not in {None, PASSAGE}:
            inputs = copy.facts(moves[step.name], step.inputs, later)
        made.append(None if name is None else Step(name, step.day + later, inputs))
        reached = step.day
    return tuple(made)


def project(pair: Pair, trace: Trace, side: Side) -> Trace:
    """Return the history that `trace`, one of the product, is on `side`. Nothing is checked: replay it."""
    copy = copy_of(pair, side)
    parameters = {p.name: trace.parameters[copy.rigid(p)] for p in copy.system.parameters}
    initial: dict[str, Value] = {v.name: trace.initial[copy.own(v.name)] for v in copy.system.variables}
    initial[TODAY] = int(trace.initial[TODAY]) + days_later(pair, side, trace.parameters)
    return Trace(parameters, initial, tuple(s for s in aligned(pair, trace, side) if s is not None))


def days_later(pair: Pair, side: Side, parameters: Mapping[str, Value]) -> int:
    """Return by how many days the history on `side` comes after the product's days."""
    if side is Side.FIRST:
        return 0
    return int(parameters[pair.later]) if isinstance(pair.later, str) else pair.later


# --- both ----------------------------------------------------------------------------------------


def _alike(first: Copy, second: Copy) -> Iterator[Expr]:
    """Yield that what is open at the start is the same in both, unless it is kept apart."""
    theirs = {v.name: v for v in second.system.variables}
    for v in first.system.variables:
        other = theirs.get(v.name)
        if v.initial is not None or other is None or other.initial is not None or other.sort != v.sort:
            continue
        if v.name not in first.pair.apart:
            mine, its = Var(first.own(v.name), v.sort), Var(second.own(v.name), v.sort)
            yield Equal(mine, second.sooner(its) if v.sort == DATE else its)


def _event(move: Move, copies: Iterable[Copy]) -> Event:
    """Return `move` as an event of the product."""
    inputs: dict[str, Input] = {}
    guards: list[Expr] = []
    heads: list[Event] = []
    for c in copies:
        name = move.event(c.side)
        if name is None:
            continue
        head = next(e for e in c.system.events if e.name == name)
        called = c.inputs(move)
        for each in head.inputs:
            made = called[each.name]
            inputs.setdefault(made, replace(each, name=made, sort=c.sort(each.sort)))
        heads.append(head)
        guards += [c.guard(move)] if c.side in move.binding else []
    nothing = Event(move.name, "occurrence", None, (), And(()), "")
    whole = guards[0] if len(guards) == 1 else And(tuple(dict.fromkeys(guards)))
    return replace(heads[0] if heads else nothing, name=move.name, inputs=tuple(inputs.values()), guard=whole)


def _together(first: Copy, second: Copy) -> Iterator[Schedule]:
    """Yield the schedules of both copies that fire on one day, each with each.

    They come before those that fire alone, ordered by the first's place, then the second's: so whenever something is
    due in both on the day that is next, that pair goes whose parts are next in their own histories.
    """
    theirs = list(zip(second.system.schedules, second.schedules(), strict=True))
    for s, one in zip(first.system.schedules, first.schedules(), strict=True):
        for t, other in theirs:
            same = Equal(_at_least_today(one.due), _at_least_today(other.due))
            armed = (one.armed, other.armed) if one.due == other.due else (one.armed, other.armed, same)
            yield Schedule(fire_together(s, t), And(tuple(dict.fromkeys(armed))), one.due, s.clause)


def _at_least_today(day: Expr) -> Expr:
    today = Var(TODAY, DATE)
    return Ite(Less(day, today, strict=True), today, day)
