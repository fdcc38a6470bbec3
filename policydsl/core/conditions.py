"""Conditions: joined by `and` and taken apart again, asked in the steps and in the states in which they count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policydsl.core.expr import CLOCK, TODAY, TRUE, And, At, Expr, Happens, Not, Or, View
from policydsl.core.system import Definition, Schedule
from policydsl.core.walk import names


def conjunction(args: Sequence[Expr]) -> Expr:
    """Return the conjunction of `args`, plainly where there is only one."""
    flat: list[Expr] = []
    for arg in args:
        flat.extend(arg.args if isinstance(arg, And) else (arg,))
    kept = [a for a in flat if a != TRUE]
    return kept[0] if len(kept) == 1 else And(tuple(kept)) if kept else TRUE


def conjuncts(e: Expr) -> Iterator[Expr]:
    """Yield what `e` joins by `and`, however nested."""
    if isinstance(e, And):
        for arg in e.args:
            yield from conjuncts(arg)
    else:
        yield e


def defined_or(partial: Sequence[Expr], made: Expr) -> Expr:
    """Return the condition `made`, true as well where its `partial` operations are undefined.

    What a condition of this kind rules out never happens: so that it is undefined is seen where that is owed.
    """
    return Or((*map(Not, partial), made)) if partial else made


def happens(steps: Iterable[str]) -> Expr:
    """Return the condition that the step at hand is one of `steps`."""
    return Or(tuple(Happens(s) for s in steps))


def in_steps(steps: Iterable[str], needed: Expr) -> Expr:
    """Return that `needed` (read before the step) holds in every step that is one of `steps`."""
    return Or((Not(happens(steps)), At(View.BEFORE, needed)))


def where_schedules_look(state: Expr, schedules: Sequence[Schedule], definitions: Mapping[str, Definition]) -> Expr:
    """Return that `state`, which looks at today, holds on each schedule's day before it fires; else TRUE.

    No history stops there: time cannot reach that day without the schedule, whose rules read the state before.
    """
    looks = names(state, definitions) & {TODAY, CLOCK}
    return in_steps((s.name for s in schedules), state) if schedules and looks else TRUE
