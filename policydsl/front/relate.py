"""What may relate the two copies of a product: guesses that help proofs. Engines keep those that are inductive."""

from collections.abc import Iterator, Sequence

from policydsl.core import expr as core
from policydsl.core.copies import copy_of
from policydsl.core.expr import BOOL, DATE, INT, RAT, Expr
from policydsl.core.moves import Pair, Side
from policydsl.core.walk import names
from policydsl.front.loaded import DAY_DONE, Phases, last_firing, set_name, window_end


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
    """Return that both copies are in one state, the bookkeeping of the language included as far as it still tells.

    Dates are days of each copy's own; where one is none, it has none to compare. What has left a window tells nothing
    any more, nor does which schedule has fired last on a day on which no other can follow.
    """
    first, second = copy_of(pair, Side.FIRST), copy_of(pair, Side.SECOND)
    today = core.Var(core.TODAY, DATE)
    sorts = {v.name: v.sort for v in pair.first.variables}

    def both(name: str) -> tuple[Expr, Expr]:
        one, other = core.Var(first.own(name), sorts[name]), core.Var(second.own(name), sorts[name])
        return one, second.sooner(other) if sorts[name] == DATE else other

    said: list[Expr] = []
    for name, sort in sorts.items():
        if name == DAY_DONE:
            follow = [s.due.cond for s in pair.first.schedules if isinstance(s.due, core.Ite)]
            said += (core.Equal(first.seen(e), second.seen(e)) for e in follow if DAY_DONE in names(e, {}))
            continue
        same: Expr = core.Equal(*both(name))
        if sort == DATE and set_name(name) in sorts:
            same = core.Or((core.Not(core.Var(first.own(set_name(name)), BOOL)), same))
        if (slot := window_end(name)) in sorts:
            same = core.Or((core.And(tuple(core.Less(end, today, strict=False) for end in both(slot))), same))
        said.append(same)
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
