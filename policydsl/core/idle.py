"""Steps that a property cannot see: what the search for a story may leave out.

A step is *idle* if it changes nothing that the property, or any step that is not idle, looks at. Take the idle steps
out of a history, with a passage in the place of those that come on a later day, where one is possible: what is left is
a history of the system without them, no longer than before, in which the property fails if it failed before. The
conditions below make this so; where one cannot be read off the text, nothing is idle.

* The property holds in a step that changes nothing and has no name (`_at_rest`); nothing speaks of passages.
* Nothing kept looks at `clock`, the day of the step before, or changes in every step. Counts that start afresh with
  a month or year may: looked at on the way or not, they come to the same.
* No condition on states looks at `today` while another schedule of the same day may still be due, and no schedule's own
  condition does: on the day reached before it says something else than on its day, once another schedule has fired.
"""

from collections.abc import Mapping
from dataclasses import replace

from policydsl.core.cone import slice_system
from policydsl.core.expr import (
    CLOCK,
    DATE,
    TODAY,
    And,
    At,
    BoolLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    MonthOf,
    Not,
    Or,
    Quotient,
    RatLit,
    Use,
    Var,
)
from policydsl.core.system import PASSAGE, Definition, Property, System
from policydsl.core.walk import definition_table, expressions, names, nodes, uses

_MONTHS = MonthOf(Var(TODAY, DATE)), MonthOf(Var(CLOCK, DATE))
_SAME_PERIOD = (Equal(*_MONTHS), Equal(*(Quotient(m, 12) for m in _MONTHS)))
"""How a count asks whether a step is still in the month, or year, of the step before."""

Table = Mapping[str, Definition]


def without_idle(system: System, claim: Property) -> System:
    """Return the part of `system` that `claim` can see, without idle events and schedules."""
    table, afresh = _definitions(system)
    system = system.bare()
    all_steps = {e.name for e in system.events} | {s.name for s in system.schedules}
    kept: set[str] = set()
    while True:
        part = slice_system(_only(system, kept), (claim.state, claim.step))
        busy = _busy(part, claim, table, afresh) & (all_steps | {PASSAGE}) - kept
        if not busy and TODAY in names(claim.state, table):
            busy = _before(system, kept) - kept
        if PASSAGE in busy or _at_rest(claim.step, table) is not True:
            return slice_system(system, (claim.state, claim.step))
        if not busy:
            return part
        kept |= busy


def unmoved_by_passages(system: System) -> bool:
    """Return whether it never matters if a day is reached by a passage first: as far as the text shows it.

    Then a history in which several schedules are still to fire on a day may wait on that day for its turn.
    """
    afresh = _definitions(system)[1]
    rolled = set(afresh.values())
    system = replace(system, obligations=(), starts=())
    looks = [e for owner, e in expressions(system) if owner.partition(" ")[2] not in afresh]
    timing = [e for s in system.schedules for e in (s.armed, s.due)]
    every = [(u.variable, c) for u in system.updates for c in u.cases if c.steps is None or PASSAGE in c.steps]
    return not (
        any(n.name == CLOCK or n.name in rolled for e in looks for n in nodes(e) if isinstance(n, Var))
        or any(isinstance(n, Happens) and n.step == PASSAGE for e in looks for n in nodes(e))
        or TODAY in {name for e in timing for name in names(e, definition_table(system))}
        or any(
            c.steps is not None or not isinstance(c.value, Use) or afresh.get(c.value.name) != variable
            for variable, c in every
        )
    )


def begun_afresh(system: System) -> Mapping[str, str]:
    """Return the counts that start afresh with a month or year, variable to definition: within a day, none does."""
    return {variable: name for name, variable in _definitions(system)[1].items()}


def _only(system: System, kept: set[str]) -> System:
    events = tuple(e for e in system.events if e.name in kept)
    schedules = tuple(s for s in system.schedules if s.name in kept)
    return replace(system, events=events, schedules=schedules)


def _definitions(system: System) -> tuple[Table, Mapping[str, str]]:
    """Return the definitions but for those of counts that start afresh, and those counts: definition to variable."""
    table, afresh = definition_table(system), dict[str, str]()
    rolled = {u.variable: u.cases[-1].value for u in system.updates if u.cases and u.cases[-1].steps is None}
    for d in system.definitions:
        match d.body:
            case Ite(cond=cond, then=Var(name=name), otherwise=IntLit() | RatLit()) if cond in _SAME_PERIOD:
                if rolled.get(name) == Use(d.name, d.sort):
                    afresh[d.name] = name
            case _:
                pass
    return {name: d for name, d in table.items() if name not in afresh}, afresh


def _busy(part: System, claim: Property, table: Table, afresh: Mapping[str, str]) -> set[str]:
    """Return the steps that change something in `part`, or that it names; with the passage, if all steps may do so."""
    looks = [claim.state, claim.step, *(e.guard for e in part.events)]
    looks += [e for s in part.schedules for e in (s.armed, s.due)]
    busy: set[str] = set()
    for update in part.updates:
        for case in update.cases:
            value = case.value
            if case.steps is None and isinstance(value, Use) and afresh.get(value.name) == update.variable:
                continue
            looks += [case.guard, value]
            busy |= {PASSAGE} if case.steps is None else case.steps
    busy |= {PASSAGE for s in part.schedules if TODAY in names(s.armed, table)}
    bodies = [*looks, *(table[name].body for name in uses(looks, table))]
    busy |= {node.step for e in bodies for node in nodes(e) if isinstance(node, Happens)}
    return busy | {PASSAGE for e in bodies for node in nodes(e) if isinstance(node, Var) and node.name == CLOCK}


def _before(system: System, kept: set[str]) -> set[str]:
    """Return the schedules that come before one of `kept` in the order of a day."""
    order = [s.name for s in system.schedules]
    last = max((i for i, name in enumerate(order) if name in kept), default=0)
    return set(order[:last])


def _at_rest(e: Expr, table: Table) -> bool | None:
    """Return the value of `e` in a step without a name, whatever the state; None if that does not show."""
    match e:
        case BoolLit(value=value):
            return value
        case Happens():
            return False
        case At(body=body):
            return _at_rest(body, table)
        case Use(name=name) if name in table:
            return _at_rest(table[name].body, table)
        case Not(arg=a):
            rested = _at_rest(a, table)
            return None if rested is None else not rested
        case And(args=args) | Or(args=args):
            strong = isinstance(e, Or)
            values = {_at_rest(a, table) for a in args}
            if strong in values:
                return strong
            return None if None in values else not strong
        case _:
            return None
