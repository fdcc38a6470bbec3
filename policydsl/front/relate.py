"""What may relate the two copies of a product: guesses that help proofs. Engines keep those that are inductive."""

from collections.abc import Iterator

from policydsl.core import expr as core
from policydsl.core.copies import Copy, Pair, Side
from policydsl.core.expr import BOOL, DATE, INT, RAT, Expr
from policydsl.front.loaded import set_name


def likely(pair: Pair, phase: str | None, last: int) -> Iterator[Expr]:
    """Yield, for what both copies have: that it is equal, before or after the histories differ, or in what order it is.

    `phase` is the variable that says how far the difference has come, `last` its last value; None where there is none.
    """
    first, second = Copy(pair, Side.FIRST), Copy(pair, Side.SECOND)
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
        yield from facts
        if given:
            yield from (core.Or((*given, fact)) for fact in facts)
        if phase is not None:
            at = core.Var(phase, INT)
            before: Expr = core.Equal(at, core.IntLit(0))
            yield core.Or((core.Not(before), facts[0]))
            if last > 1:
                yield core.Or((core.Equal(at, core.IntLit(1)), facts[0]))
                yield core.Or((core.Not(core.Equal(at, core.IntLit(last))), facts[0]))


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
