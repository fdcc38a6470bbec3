"""Invariants by property-directed reachability: z3's Spacer on the system as Horn clauses, on the abstract calendar.

Source: A. Komuravelli, A. Gurfinkel, S. Chaki, "SMT-based model checking for recursive programs", CAV 2014.
"""

from collections.abc import Iterator
from typing import TypeAlias

import z3

from policydsl.base.records import dataclass
from policydsl.core.cone import slice_system
from policydsl.core.expr import Expr
from policydsl.core.system import Property, System
from policydsl.engines.horn import Clauses, Formulas
from policydsl.engines.readback import ForeignError, read
from policydsl.engines.solve import PATIENCE, Meter

_OPTIONS = {
    "engine": "spacer",
    "xform.slice": False,  # arguments are to stay where they are
    "xform.inline_linear": False,
    "xform.inline_eager": False,
    "ctrl_c": True,
}


_PART = 0.5
"""So much of the time left it may take: where numbers are divided it counts next to nothing of what it does."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """What Spacer says holds in every state and entails the property, conjunct by conjunct. Not checked yet."""

    conjuncts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Reachable:
    """Spacer found a violation, perhaps by a calendar that never was."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """The budget ran out, or Spacer gave up."""


Answer: TypeAlias = Invariant | Reachable | Unsure


def search(system: System, claim: Property, level: int, meter: Meter) -> Answer:
    """Look for an inductive invariant of `system` that entails `claim`, within the budget of `meter`.

    Gives:    candidates for lemmas; the caller proves by induction that they are any, as with all candidates.
    Complete: no; and a violation that it finds is no more than a hint, since the calendar is an abstraction.
    """
    if meter.spent:
        return Unsure()
    clauses = Clauses(Formulas(slice_system(system, (claim.state, claim.step)), claim, level))
    fixedpoint = z3.Fixedpoint(ctx=clauses.ctx)
    fixedpoint.set(**_OPTIONS, rlimit=meter.rlimit, timeout=max(1, int(meter.left * 1000 * PATIENCE)))
    fixedpoint.register_relation(clauses.reached, clauses.bad)
    for rule in clauses.rules():
        fixedpoint.add_rule(rule)
    with meter.stopping(clauses.ctx, _PART) as stopped:
        try:
            with meter.counting(fixedpoint.statistics):
                answer = fixedpoint.query(clauses.bad())
            reason = fixedpoint.reason_unknown()
        except z3.Z3Exception as error:  # so it says that a limit was hit
            answer, reason = z3.unknown, str(error)
    if stopped.is_set():
        return Unsure()
    if "interrupted" in reason:
        raise KeyboardInterrupt
    if answer == z3.sat:
        return Reachable()
    return Unsure() if answer == z3.unknown else Invariant(tuple(_conjuncts(clauses, fixedpoint.get_answer())))


def _conjuncts(clauses: Clauses, answer: z3.ExprRef) -> Iterator[Expr]:
    """Yield what `answer` says of `reached`, conjunct by conjunct, where the core has words for it."""
    formulas = clauses.formulas
    names, own = formulas.names(), [*formulas.parameters, *formulas.state(0)]
    for said in answer.children() if z3.is_and(answer) else [answer]:
        body = said.body() if z3.is_quantifier(said) else said
        if not (z3.is_eq(body) and body.arg(0).decl().eq(clauses.reached)):
            continue
        places = {z3.get_var_index(v): own[i] for i, v in enumerate(body.arg(0).children())}
        found = z3.substitute_vars(body.arg(1), *(places[i] for i in range(len(places))))
        for part in found.children() if z3.is_and(found) else [found]:
            try:
                yield read(part, names)
            except ForeignError:
                continue
