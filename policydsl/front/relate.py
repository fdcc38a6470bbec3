"""What may relate the two copies of a product: guesses that help proofs. Engines keep those that are inductive."""

from collections.abc import Iterator, Sequence

from policydsl.core import expr as core
from policydsl.core.copies import copy_of
from policydsl.core.expr import BOOL, DATE, INT, RAT, Expr
from policydsl.core.moves import Pair, Side
from policydsl.front.loaded import Phases, last_firing, set_name


def likely(pair: Pair, phases: Phases | None) -> Iterator[Expr]:
    """Yield what may be true of the two copies: that what both have is equal, always or in some phase, or its order."""
    if phases is not None and phases.since is not None:
        yield core.Less(core.Var(phases.since, DATE), core.Var(core.TODAY, DATE), strict=False)
        yield from _nothing_due(pair, phases.variable, phases.since)
    first, second = copy_of(pair, Side.FIRST), copy_of(pair, Side.SECOND)
    yield from _fired_by_now(pair)
    known = {v.name: v for v in pair.second.variables}
    for v in pair.first.variables:
        if v.name not in known or known[v.name].sort != v.sort:
            continue
        one, other = core.Var(first.own(v.name), v.sort), core.Var(second.own(v.name), v.sort)
        here = second.sooner(other) if v.sort == DATE else other
        given: list[Expr] = []
        flag = set_name(v.name)
        if v.sort == DATE and flag in known:
            flags = (core.Var(side.own(flag), BOOL) for side in (first, second))
            given = [core.Not(f) for f in flags]
        facts = [core.Equal(one, here), *_orders(one, here)]
        if phases is None or not phases.apart:
            yield from facts
            if given:
                yield from (core.Or((*given, fact)) for fact in facts)
        if phases is not None:
            yield from _in_phases(facts, phases)
            yield from _meanwhile(one, here, given, phases)


def _nothing_due(pair: Pair, variable: str, since: str) -> Iterator[Expr]:
    """Yield: on the day on which the difference begins, the calendar causes nothing more; an event waits for that."""
    today = core.Var(core.TODAY, DATE)
    begun = (core.Equal(core.Var(variable, INT), core.IntLit(1)), core.Equal(core.Var(since, DATE), today))
    for side in (Side.FIRST, Side.SECOND):
        for s in copy_of(pair, side).schedules():
            yield core.Not(core.And((*begun, s.armed, core.Less(s.due, today, strict=False))))


def _fired_by_now(pair: Pair) -> Iterator[Expr]:
    """Yield: no schedule that waits for a date has fired for a day to come."""
    for side in (Side.FIRST, Side.SECOND):
        copy = copy_of(pair, side)
        known = {v.name for v in copy.system.variables}
        for s in copy.system.schedules:
            if last_firing(s.name) in known:
                last = core.Var(copy.own(last_firing(s.name)), DATE)
                yield core.Less(copy.sooner(last), core.Var(core.TODAY, DATE), strict=False)


def _in_phases(facts: Sequence[Expr], phases: Phases) -> Iterator[Expr]:
    equal, last = facts[0], phases.last
    if phases.same_first:
        yield phases.at(0, equal)
    if phases.apart:
        yield from (phases.at(last, fact) for fact in facts)
    elif last > 1:
        yield core.Or((core.Equal(core.Var(phases.variable, INT), core.IntLit(1)), equal))
        yield phases.at(last, equal)


def _meanwhile(one: Expr, other: Expr, given: Sequence[Expr], phases: Phases) -> Iterator[Expr]:
    """Yield, of what comes later in the second history: till then it has one less; after that its dates are later."""
    assert isinstance(one, core.Var)
    if phases.apart or phases.last == 1:
        return
    if one.sort == INT:
        yield phases.at(1, core.Equal(one, core.Add((other, core.IntLit(1)))))
    if one.sort == DATE:
        yield phases.at(phases.last, core.Or((*given, core.Less(one, other, strict=False))))


def alike(pair: Pair) -> Expr:
    """Return that both copies are in one state, the bookkeeping of the language included.

    Dates are days of each copy's own; where one is none, it has none to compare.
    """
    first, second = copy_of(pair, Side.FIRST), copy_of(pair, Side.SECOND)
    said: list[Expr] = []
    for v in pair.first.variables:
        one, other = core.Var(first.own(v.name), v.sort), core.Var(second.own(v.name), v.sort)
        same = core.Equal(one, second.sooner(other) if v.sort == DATE else other)
        flag = set_name(v.name)
        unset = v.sort == DATE and any(f.name == flag for f in pair.first.variables)
        said.append(core.Or((core.Not(core.Var(first.own(flag), BOOL)), same)) if unset else same)
    return core.And(tuple(said))


def _orders(one: Expr, other: Expr) -> Iterator[Expr]:
    assert isinstance(one, core.Var)
    if one.sort in {INT, RAT, DATE}:
        yield core.Less(one, other, strict=False)
        yield core.Less(other, one, strict=False)
    if one.sort == INT:
        yield core.Less(other, core.Add((one, core.IntLit(1))), strict=False)
    if one.sort == BOOL:
        yield core.Or((core.Not(one), other))
        yield core.Or((core.Not(other), one))
