"""Shortest counterexamples, by bounded model checking on the exact calendar."""

from collections.abc import Sequence

import z3

from policydsl.base.records import dataclass
from policydsl.core.system import Property
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling

_SPENT = "the budget ran out"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A violation in the step (or the state after it) number `depth`, and none earlier: in `model`."""

    depth: int
    model: z3.ModelRef


@dataclass(frozen=True, slots=True)
class Clear:
    """No violation within `depth` steps; `stopped` says why the search went no deeper, None if it did all."""

    depth: int
    stopped: str | None


def search(  # noqa: PLR0913  a range of depths, and what to look for in it
    unrolling: Unrolling, claim: Property, fixed: Sequence[z3.BoolRef], *, done: int, depth: int, meter: Meter
) -> Found | Clear:
    """Look for the shortest history of at most `depth` steps that violates `claim`; up to `done` all is clear.

    Gives:    `Found` with the least depth, else how far it is clear.
    Sound:    depth by depth, from the shortest; of the initial state and the first step, asked about at once, the
              initial state again after a hit.
    Complete: within the depth, the months of the unrolling's calendar and the budget.
    """
    if done < 1:
        hit = _least(unrolling, claim, fixed, range(done + 1, min(depth, 1) + 1), meter)
        if not isinstance(hit, Clear):
            return hit or Clear(done, _SPENT)
    for i in range(max(done, 1) + 1, depth + 1):
        hit = _least(unrolling, claim, fixed, range(i, i + 1), meter)
        if not isinstance(hit, Clear):
            return hit or Clear(i - 1, _SPENT)
    return Clear(depth, None)


def _least(
    unrolling: Unrolling, claim: Property, fixed: Sequence[z3.BoolRef], depths: range, meter: Meter
) -> Found | Clear | None:
    """Return the least of `depths` with a violation; None if the budget ran out first.

    That all is clear before is assumed: it follows, but the solver would not know where one violation leads to another.
    """
    found: Found | None = None
    clear = [unrolling.satisfied(claim, i) for i in range(depths.start)]
    while len(depths):
        violated = {i: unrolling.violated(claim, i) for i in depths}
        answer = unrolling.ask([unrolling.starting, *fixed, *clear, unrolling.any_of(violated.values())], meter)
        if answer == "unknown":
            return None
        if answer == "unsat":
            break
        model = unrolling.solver.model()
        found = Found(next(i for i, literal in violated.items() if unrolling.true_in(model, literal)), model)
        depths = range(depths.start, found.depth)
    return Clear(depths.stop - 1, None) if found is None else found
