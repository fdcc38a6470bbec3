"""The cone of influence: the part of a system that a question can see."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from policydsl.core.expr import EnumSort, Expr, Happens
from policydsl.core.system import Definition, Event, Input, System
from policydsl.core.walk import definition_table, names, nodes, uses


def slice_system(system: System, exprs: Iterable[Expr]) -> System:
    """Return the part of `system` that `exprs` can see.

    Histories of `system`, cut down to the kept names, are histories of the slice; and each history of the
    slice extends to one of `system` (see `semantics.decode.complete`). So `exprs` take the same values in
    both. Guards, schedules, starts and assumptions are kept whole, with all that they read: they say which
    histories exist. Events stay, as steps that change nothing kept. Parameters stay all; inputs that
    nothing kept mentions go, unless their sort has no value; what the system owes goes.
    """
    definitions = definition_table(system)
    roots = [*exprs, *system.assumptions, *system.starts]
    roots += [e.guard for e in system.events]
    roots += [part for s in system.schedules for part in (s.armed, s.due)]
    kept = _grow(system, roots, definitions)
    updates = tuple(u for u in system.updates if u.variable in kept)
    variables = tuple(v for v in system.variables if v.name in kept)
    roots += [part for u in updates for case in u.cases for part in (case.guard, case.value)]
    roots += [v.initial for v in variables if v.initial is not None]
    used = uses(roots, definitions)
    return replace(
        system,
        variables=variables,
        definitions=tuple(d for d in system.definitions if d.name in used),
        events=tuple(_slice_event(e, kept) for e in system.events),
        updates=updates,
        obligations=(),
    )


def _grow(system: System, roots: Iterable[Expr], definitions: Mapping[str, Definition]) -> frozenset[str]:
    """Return the least set of names closed under "what gives a kept variable its value"."""
    sources: dict[str, list[Expr]] = {v.name: [] for v in system.variables}
    for v in system.variables:
        if v.initial is not None:
            sources[v.name].append(v.initial)
    for u in system.updates:
        sources[u.variable] += [part for case in u.cases for part in (case.guard, case.value)]
    kept: set[str] = set()
    stack = list(roots)
    while stack:
        fresh = names(stack.pop(), definitions) - kept
        kept |= fresh
        for name in sorted(fresh):
            stack.extend(sources.get(name, ()))
    return frozenset(kept)


def bearing(system: System, exprs: Iterable[Expr]) -> frozenset[str]:
    """Return the names of all that bears on the values of `exprs`: state, parameters, definitions, events, schedules.

    What may happen and changes none of it does not, nor does what that asks; a slice keeps it, as a step.
    """
    table = definition_table(system)
    guards = {e.name: (e.guard,) for e in system.events} | {s.name: (s.armed, s.due) for s in system.schedules}
    steps: set[str] = set()
    roots = list(exprs)
    while True:
        kept = _grow(system, roots, table)
        changed = [u for u in system.updates if u.variable in kept]
        roots += [v.initial for v in system.variables if v.name in kept and v.initial is not None]
        roots += [e for u in changed for c in u.cases for e in (c.guard, c.value)]
        used = uses(roots, table)
        read = [*roots, *(table[name].body for name in used)]
        now = {n.step for e in read for n in nodes(e) if isinstance(n, Happens)}
        fresh = (now | {s for u in changed for c in u.cases for s in c.steps or ()}) & guards.keys() - steps
        if not fresh:
            return kept | used | steps
        steps |= fresh
        roots += [e for name in sorted(fresh) for e in guards[name]]


def _slice_event(event: Event, kept: frozenset[str]) -> Event:
    """Return `event` with the inputs that are kept; an input without any possible value stays too."""
    return replace(event, inputs=tuple(i for i in event.inputs if i.name in kept or _barren(i)))


def _barren(item: Input) -> bool:
    """Return whether no value of the input's sort exists."""
    return isinstance(item.sort, EnumSort) and not item.sort.values
