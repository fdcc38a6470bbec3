"""Do two wordings mean the same? Wherever they differ, the difference is shown never to matter in any history."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from policydsl.core.conditions import conjunction, conjuncts
from policydsl.core.expr import TRUE, And, At, Equal, Expr, Happens, Not, Or, Use, View
from policydsl.core.system import Case, Event, Property, Question, Schedule, System, Update
from policydsl.core.walk import Rewritten, definition_table, mentions_step, reads, rewrite, uses


class _TooDifferentError(Exception):
    """The systems do not have the same parts."""


def same_histories(old: System, new: System, key: str) -> Question | None:
    """Return a question that, if proved, shows that `old` and `new` have the same histories; None if none can be asked.

    The question's system takes every step that either wording allows. Its property says that each expression in
    which the two differ has the same value wherever it is read. If that holds in every state and step, then, step by
    step, neither wording can do what the other does not. Definitions are compared in dependency order: inside the
    new one, names stand for the old values, which are the same by then. Not so in guards: what may happen is
    looked at before anything is known to be the same, so there all that differs is written out, and what looks ahead
    at new values, which are not the same yet either, keeps nothing from happening (`unforeseeing`).
    """
    try:
        _same_shape(old, new)
        guards = tuple(_written_out(old, new))
        state, step = list(_in_states(old, new)), list(_in_steps(old, new, guards))
    except _TooDifferentError:
        return None
    both = tuple(
        a if a.guard == guard else replace(a, guard=Or((a.guard, guard)))
        for a, guard in zip(unforeseeing(old).events, map(partial(_unforeseeing, old), guards), strict=True)
    )
    asked = Property(And(tuple(state)) if state else TRUE, And(tuple(step)) if step else TRUE)
    return Question(key, replace(old, events=both, obligations=()), asked, None)


def unforeseeing(system: System) -> System:
    """Return `system` with no event refused for what it would change: it takes every step that it takes now, and more.

    A rule said otherwise may set another value in a step that is refused only because of the value set now.
    """
    return replace(system, events=tuple(replace(e, guard=_unforeseeing(system, e.guard)) for e in system.events))


def _unforeseeing(system: System, guard: Expr) -> Expr:
    table, variables = definition_table(system), {u.variable for u in system.updates}
    ahead = {(name, View.AFTER) for name in variables}
    parts = list(conjuncts(guard))
    kept = [p for p in parts if not reads(p, View.BEFORE, table) & ahead]
    return guard if len(kept) == len(parts) else conjunction(kept)


def _same_shape(old: System, new: System) -> None:
    """Refuse systems that differ in more than expressions that are read in a history."""
    fixed = (old.parameters, old.assumptions, old.variables, old.starts)
    if fixed != (new.parameters, new.assumptions, new.variables, new.starts):
        raise _TooDifferentError
    shapes = [
        (
            [(d.name, d.sort) for d in s.definitions],
            [replace(e, guard=TRUE) for e in s.events],
            [s_.name for s_ in s.schedules],
            [(u.variable, [c.steps for c in u.cases]) for u in s.updates],
        )
        for s in (old, new)
    ]
    if shapes[0] != shapes[1]:
        raise _TooDifferentError


def _written_out(old: System, new: System) -> Iterator[Expr]:
    """Yield the guards of `new`, in terms of `old`: definitions that differ, or rest on such, by what they say."""
    table = definition_table(new)
    differ = {a.name for a, b in zip(old.definitions, new.definitions, strict=True) if a.body != b.body}
    affected = {d.name for d in new.definitions if d.name in differ or differ & uses((d.body,), table)}
    begins = [*new.assumptions, *new.starts, *(v.initial for v in new.variables if v.initial is not None)]
    if affected & uses(begins, table):
        raise _TooDifferentError
    made: Rewritten = {}

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Use) and node.name in affected:
            return rewrite(table[node.name].body, change, made)
        return None

    yield from (rewrite(e.guard, change, made) for e in new.events)


def _in_states(old: System, new: System) -> Iterator[Expr]:
    table = definition_table(old)
    for a, b in zip(old.definitions, new.definitions, strict=True):
        if a.body != b.body and not mentions_step(a.body, table) and not mentions_step(b.body, table):
            yield Equal(a.body, b.body)
    for one, other in _pairs(old.schedules, new.schedules):
        yield Equal(one.armed, other.armed)
        yield Or((Not(one.armed), Equal(one.due, other.due)))


def _pairs(old: tuple[Schedule, ...], new: tuple[Schedule, ...]) -> Iterator[tuple[Schedule, Schedule]]:
    for a, b in zip(old, new, strict=True):
        if (a.armed, a.due) != (b.armed, b.due):
            yield a, b


def _in_steps(old: System, new: System, guards: Iterable[Expr]) -> Iterator[Expr]:
    for a, b in zip(old.definitions, new.definitions, strict=True):
        if a.body != b.body:
            alike = Equal(a.body, b.body)
            yield At(View.BEFORE, alike)
            yield alike
    for event, guard in zip(old.events, guards, strict=True):
        if event.guard != guard:
            yield _on(event, Equal(event.guard, guard))
    for update, changed in zip(old.updates, new.updates, strict=True):
        yield from _cases(update, changed)


def _on(event: Event, needed: Expr) -> Expr:
    return Or((Not(Happens(event.name)), At(View.BEFORE, needed)))


def _cases(update: Update, changed: Update) -> Iterator[Expr]:
    for a, b in zip(update.cases, changed.cases, strict=True):
        if a.guard != b.guard:
            yield _where(a, Equal(a.guard, b.guard))
        if a.value != b.value:
            yield _where(a, Or((Not(a.guard), Equal(a.value, b.value))))


def _where(case: Case, needed: Expr) -> Expr:
    """Return that `needed` holds before the steps of `case`."""
    inside = At(View.BEFORE, needed)
    if case.steps is None:
        return inside
    return (
        Or((*(Not(Happens(s)) for s in sorted(case.steps)), inside))
        if len(case.steps) == 1
        else Or((Not(Or(tuple(Happens(s) for s in sorted(case.steps)))), inside))
    )
