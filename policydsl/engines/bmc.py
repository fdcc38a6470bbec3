"""Shortest counterexamples, by bounded model checking on the exact calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import z3

from policydsl.core.system import Property
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling


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
    Sound:    each batch of depths is one disjunction; after a hit, the shorter depths of the batch are asked
              again until none is left.
    Complete: within the depth, the months of the unrolling's calendar and the budget.
    """
    for low, high in _batches(done, depth):
        hit = _least(unrolling, claim, fixed, range(low, high + 1), meter)
        if isinstance(hit, Found):
            return hit
        if hit is None:
            return Clear(low - 1, "the budget ran out")
    return Clear(depth, None)


def _batches(done: int, depth: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges to ask about at once: up to 1, 2, 4, 8, ... steps."""
    low, high = done + 1, 1
    while low <= depth:
        while high < low:
            high *= 2
        yield low, min(high, depth)
        low = high + 1


def _least(
    unrolling: Unrolling, claim: Property, fixed: Sequence[z3.BoolRef], depths: range, meter: Meter
) -> Found | Clear | None:
    """Return the least of `depths` with a violation; None if the budget ran out first."""
    found: Found | None = None
    while len(depths):
        violated = {i: unrolling.violated(claim, i) for i in depths}
        answer = unrolling.ask([unrolling.starting, *fixed, unrolling.any_of(violated.values())], meter)
        if answer == "unknown":
            return None
        if answer == "unsat":
            break
        model = unrolling.solver.model()
        found = Found(next(i for i, literal in violated.items() if unrolling.true_in(model, literal)), model)
        depths = range(depths.start, found.depth)
    return Clear(depths.stop - 1, None) if found is None else found
