"""Two histories as one: the product of two systems, itself an ordinary system (self-composition).

Both copies live on the same days. A step of the product is a *move* (an event in one copy, or one in each), the
passage of time in both, or what the calendar causes: schedules due in both on one day fire together, else alone.
A copy that takes no part in a step lets the time pass up to the step's day, or, on that same day, stands still. So a
history of the product is one of each copy (`project`), and `today` is the same for both: see `proofs/meaning.md`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from policydsl.core.copies import Copy, copy_of
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
from policydsl.core.moves import BOTH, Kept, Move, Pair, Side, ends_of, fired_in, firings
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
    alike: Mapping[str, str] | None = None,
) -> Pair:
    """Return the product of two systems under `moves`; its obligations are nobody's: they are asked of each system.

    `alike` is for systems that are `unmoved_by_passages` alone.
    """
    sketch = Pair(first, second, tuple(moves), apart, later, first, kept, alike)
    copies = [copy_of(sketch, side) for side in BOTH]
    assumptions = tuple(dict.fromkeys(c.seen(e) for c in copies for e in c.system.assumptions))
    return replace(sketch, system=replace(_once(sketch, copies), assumptions=assumptions))


def _once(sketch: Pair, copies: Sequence[Copy]) -> System:
    """Return the product, assumptions aside; of a system with itself, it is made once for all that go together so."""
    s, kept = sketch.first, sketch.kept
    if kept is None or s is not sketch.second or sketch.alike is not None:
        return _product(sketch, copies)
    parts = (s.variables, s.starts, s.definitions, s.schedules, s.updates)
    own = (s.name, s.parameters, s.events)  # a claim may have some of its own: equal ones, then, made several times
    key = (*own, *(tuple(map(id, each)) for each in parts), sketch.moves, sketch.apart, sketch.later)
    if key not in kept.products:
        kept.products[key] = s, _product(sketch, copies)
    return kept.products[key][1]


def _product(sketch: Pair, copies: Sequence[Copy]) -> System:
    return System(
        name=sketch.first.name,
        parameters=tuple(p for c in copies for p in c.parameters()),
        assumptions=(),
        variables=tuple(v for c in copies for v in c.variables()),
        starts=(*(c.seen(e) for c in copies for e in c.system.starts), *_alike(*copies)),
        definitions=tuple(d for c in copies for d in c.definitions()),
        events=tuple(_event(move, copies) for move in sketch.moves),
        schedules=tuple(_schedules(sketch, *copies)),
        updates=tuple(u for c in copies for u in c.updates()),
        obligations=(),
    )


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
    own = [PASSAGE if s.name == PASSAGE else ends[s.name][side] for s in trace.steps]
    reached, made = int(trace.initial[TODAY]), list[Step | None]()
    for i, step in enumerate(trace.steps):
        name = own[i]
        if name is None and step.day > reached:
            name = None if pair.alike is not None and _waits(trace.steps[i:], own[i:], copy) else PASSAGE
        inputs: dict[str, Value] = {}
        if step.name in moves and name not in {None, PASSAGE}:
            inputs = copy.facts(moves[step.name], step.inputs, later)
        made.append(None if name is None else Step(name, step.day + later, inputs))
        reached = reached if name is None else step.day
    return tuple(made)


def _waits(steps: Sequence[Step], own: Sequence[str | None], copy: Copy) -> bool:
    """Return whether a schedule of `copy` is still to fire on the day of the first of `steps`."""
    after = next(((s.day, name) for s, name in zip(steps, own, strict=True) if name is not None), None)
    return after is not None and after[0] == steps[0].day and any(s.name == after[1] for s in copy.system.schedules)


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


def _schedules(sketch: Pair, first: Copy, second: Copy) -> Iterator[Schedule]:
    """Yield the schedules of both copies, each with each of those that it fires together with, and alone.

    The order is such that whatever is next on a day is next in its own history, too (`moves.firings`): a pair comes
    before its parts, and each history's own order is kept.
    """
    mine, theirs = (
        {s.name: alone for s, alone in zip(c.system.schedules, c.schedules(), strict=True)} for c in (first, second)
    )
    for s, t in firings(sketch):
        if s is not None and t is not None:
            one, other = mine[s.name], theirs[t.name]
            same = Equal(_at_least_today(one.due), _at_least_today(other.due))
            armed = (one.armed, other.armed) if one.due == other.due else (one.armed, other.armed, same)
            yield Schedule(fired_in(s, t), And(tuple(dict.fromkeys(armed))), one.due, s.clause)
        elif s is not None:
            yield mine[s.name]
        elif t is not None:
            yield theirs[t.name]


def _at_least_today(day: Expr) -> Expr:
    today = Var(TODAY, DATE)
    return Ite(Less(day, today, strict=True), today, day)
