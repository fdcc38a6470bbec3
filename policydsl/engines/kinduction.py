"""Unbounded proofs by induction over windows of k steps, on the abstract calendar."""

from collections.abc import Sequence

import z3

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
    while True:
        known = {} if pool is None else pool.literals(range(k + 1))
        assumed = [] if pool is None else [unrolling.holds(e, i) for i in range(k + 1) for e in pool.kept]
        if unrolling.ask([*window, *assumed], meter) != "unsat":
            return None
        level = _level(unrolling)
        if pool is None:
            return Proof(k, (), level)
        core = (literal.get_id() for literal in unrolling.solver.unsat_core())
        support = pool.close({known[i] for i in core if i in known}, meter)
        if support is not None:
            return Proof(k, tuple(e for e in support if e != claim.state), level)
        if meter.spent:
            return None


def _level(unrolling: Unrolling) -> int:
    calendar = unrolling.encoding.calendar.calendar
    return calendar.level if isinstance(calendar, AbstractCalendar) else 0
