"""More counterexamples, different in what happens and not in numbers only.

A history *contains* another if the other's events, acts and schedules occur in it in the same order, the same rules
applying in each, as far as the property can see. One that contains a counterexample at hand
is nothing new: the same story with other numbers, or with something added. So each further one contains none of those
before it.
"""

from collections.abc import Sequence
from typing import TypeAlias

import z3

from policydsl.core.cone import slice_system
from policydsl.core.expr import And, At, Expr, Happens, Not, View
from policydsl.core.system import PASSAGE, Question, System, Trace, Update
from policydsl.engines import minimise
from policydsl.engines.bmc import Found
from policydsl.engines.horizon import exact_calendar, far_enough
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget, Refuted
from policydsl.semantics import terms
from policydsl.semantics.evaluate import Env, between, holds
from policydsl.semantics.interpret import Rejected, replay

_FURTHER = 4
"""So many steps more than the first story another one may take."""


Sketch: TypeAlias = tuple[Expr, ...]
"""What happens in a story: for each of its steps, what a step must be to be the same thing happening."""


def others(question: Question, first: Refuted, most: int, budget: Budget) -> tuple[Refuted, ...]:
    """Return up to `most` counterexamples besides `first`, shortest first, each unlike those before it.

    Gives:    what is found within the budget, a few steps beyond `first`, and the first of the budget's horizons.
    Sound:    each is replayed like any other.
    Raises:   `SemanticsDisagreeError` for a bug in policydsl.
    """
    p = question.property
    system = slice_system(question.system, (p.state, p.step))
    calendar = exact_calendar(system, far_enough(system, budget.horizons)[0], (p.state, p.step))
    unrolling = Unrolling(system, calendar)
    found, known = [first], [_sketch(question.system, system, first.trace)]
    depths = range(first.clear + 1, min(len(first.trace.steps) + _FURTHER, budget.max_depth) + 1)
    with Meter(budget, budget.seconds) as meter:
        for depth in depths:
            while len(found) <= most:
                fresh = _another(unrolling, question, known, depth, meter)
                if fresh is None:
                    break
                found.append(Refuted(fresh, depth, first.clear))
                known.append(_sketch(question.system, system, fresh))
    return tuple(found[1:])


def _another(
    unrolling: Unrolling, question: Question, known: Sequence[Sketch], depth: int, meter: Meter
) -> Trace | None:
    """Return a story of `depth` steps that contains none of `known`; None if there is none, or the budget ran out."""
    claim = question.property
    fixed = [unrolling.satisfied(claim, i) for i in range(depth)]
    fixed += [unrolling.literal(terms.Not(_contains(unrolling, sketch, depth))) for sketch in known]
    if unrolling.ask([unrolling.starting, unrolling.violated(claim, depth), *fixed], meter) != "sat":
        return None
    model = unrolling.solver.model()
    return minimise.tell(unrolling, question, fixed, Found(depth, model), polish=True, meter=meter)


def _contains(unrolling: Unrolling, known: Sketch, depth: int) -> z3.BoolRef:
    """Return that the history of `depth` steps contains `known`."""
    ctx, moves = unrolling.ctx, known
    matched = [terms.BoolVal(True, ctx), *(terms.BoolVal(False, ctx) for _ in moves)]  # noqa: FBT003  the literals
    for i in range(depth):
        like = [unrolling.encoding.step_holds(move, i) for move in moves]
        longer = [terms.Or(matched[k + 1], terms.And(matched[k], like[k])) for k in range(len(moves))]
        matched = [matched[0], *longer]
    return matched[-1]


# --- what happens in a story ---------------------------------------------------------------------


def _sketch(whole: System, part: System, trace: Trace) -> Sketch:
    """Return what happens in `trace`, a history of `whole`, as far as `part` of it can see."""
    states = replay(whole, trace)
    assert not isinstance(states, Rejected)
    moves: list[Expr] = []
    for step, before, after in zip(trace.steps, states, states[1:], strict=False):
        if step.name != PASSAGE:
            env = between(whole, trace.parameters, before, step, after)
            moves.append(And((Happens(step.name), *(_applied(u, step.name, env) for u in part.updates))))
    return tuple(moves)


def _applied(update: Update, step: str, env: Env) -> Expr:
    """Return that in a step called `step` the same case of `update` applies as in `env`."""
    said: list[Expr] = []
    for case in update.cases:
        if case.steps is None or step in case.steps:
            guard = At(View.BEFORE, case.guard)
            if holds(guard, env):
                return And((*said, guard))
            said.append(Not(guard))
    return And(tuple(said))
