"""Unbounded proofs by induction over windows of k steps, on the abstract calendar."""

from collections.abc import Sequence

import z3

from policydsl.core.expr import Expr
from policydsl.core.system import Property
from policydsl.engines.houdini import Pool
from policydsl.engines.obligation import Proof
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.semantics.encode_calendar import AbstractCalendar


def prove(  # noqa: PLR0913  what is to be shown, from what, how
    unrolling: Unrolling, claim: Property, fixed: Sequence[z3.BoolRef], pool: Pool | None, *, k: int, meter: Meter
) -> Proof | None:
    """Prove `claim` by induction over windows of exactly `k` steps.

    Gives:    a `Proof` with those lemmas of `pool` that it rests on, or None.
    Sound:    the base case starts from the initial states, the step case from any k states in a row that satisfy
              `claim`, and the lemmas, which are shown to be inductive; both under facts that are true of the real
              calendar. Nothing leaves before `certify` has checked what `obligation` writes of it.
    Complete: no. Some true claims are k-inductive for no k.
    """
    base = [unrolling.violated(claim, i) for i in range(k)]
    if unrolling.ask([unrolling.starting, *fixed, unrolling.any_of(base)], meter) != "unsat":
        return None
    if pool is not None and not pool.begin(meter):
        return None
    window = [*fixed, *(unrolling.satisfied(claim, i) for i in range(k)), unrolling.violated(claim, k)]
    needed: frozenset[Expr] | None = None
    while True:
        if needed is None or (pool is not None and not needed.issubset(pool.kept)):
            assumed = {} if pool is None else pool.assumed(range(k + 1))
            if unrolling.ask([*window, *(literal for literal, _ in assumed.values())], meter) != "unsat":
                return None
            core = (literal.get_id() for literal in unrolling.solver.unsat_core())
            needed = frozenset(assumed[i][1] for i in core if i in assumed)
        support = () if pool is None else pool.close(needed, meter)
        if support is not None:
            lemmas, level = tuple(e for e in support if e != claim.state), _level(unrolling)
            return Proof(k, lemmas, level, _parts(unrolling, claim, fixed, lemmas, k=k, meter=meter))
        if meter.spent:
            return None


def _parts(  # noqa: PLR0913  what is shown, from what, how
    unrolling: Unrolling,
    claim: Property,
    fixed: Sequence[z3.BoolRef],
    lemmas: tuple[Expr, ...],
    *,
    k: int,
    meter: Meter,
) -> tuple[str, ...] | None:
    """Return the parts of steps that the induction rests on, in the order of the system; None if that is not known.

    The questions are those of the certificate, with each part of each step assumed by itself.
    """
    named = [each for i in range(1, k + 1) for each in unrolling.parts(i)]
    names = {literal.get_id(): name for name, literal in named}
    wrong = [
        unrolling.any_of((unrolling.broken(claim, i), *(unrolling.fails(e, i) for e in lemmas))) for i in range(k + 1)
    ]
    right = [unrolling.satisfied(claim, i) for i in range(k)]
    right += [unrolling.holds(e, i) for i in range(k) for e in lemmas]
    consecution = [*right, wrong[k], *(literal for _, literal in named)]
    initiation = [unrolling.starting, unrolling.any_of(wrong[:k])]
    initiation += [literal for i in range(1, k) for _, literal in unrolling.parts(i)]
    used: set[str] = set()
    for query in (consecution, initiation) if k > 1 else (consecution,):
        if unrolling.ask([*query, *fixed], meter) != "unsat":
            return None
        used |= {names[i] for i in (each.get_id() for each in unrolling.solver.unsat_core()) if i in names}
    return tuple(dict.fromkeys(name for name, _ in named if name in used))


def _level(unrolling: Unrolling) -> int:
    calendar = unrolling.encoding.calendar.calendar
    return calendar.level if isinstance(calendar, AbstractCalendar) else 0
