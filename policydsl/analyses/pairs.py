"""Claims about two histories: guesses that help to prove them, and the check of both halves of a story."""

from collections.abc import Iterable
from dataclasses import replace

from policydsl.core.copies import copy_of
from policydsl.core.expr import TODAY, TRUE, And, Expr
from policydsl.core.moves import BOTH, Pair
from policydsl.core.product import days_later, project
from policydsl.core.system import Property, Question, Trace
from policydsl.engines.verdict import Proved, Refuted, SemanticsDisagreeError, Verdict
from policydsl.front.loaded import LoadedClaim
from policydsl.front.relate import likely
from policydsl.semantics import interpret


def helpers(claim: LoadedClaim, lemmas: Iterable[Question]) -> tuple[Question, ...]:
    """Return guesses about the product that `claim` is about; none if it is about one history."""
    if claim.pair is None:
        return ()
    system = replace(claim.question.system, assumptions=())  # they serve other claims about the pair as well
    return guess(replace(claim.pair, system=system), (*likely(claim.pair, claim.phases), *claim.begun), lemmas)


def guess(pair: Pair, guesses: Iterable[Expr], lemmas: Iterable[Question]) -> tuple[Question, ...]:
    """Return `guesses` at the product, and what lemmas say of one history, said of both."""
    known = {v.name for v in pair.first.variables} | {p.name for p in pair.first.parameters}
    single = (q.property.state for q in lemmas if q.property.state != TRUE and _names(q) <= known)
    copies = [copy_of(pair, side) for side in BOTH]
    said = [*guesses, *(And(tuple(c.seen(e) for c in copies)) for e in single)]
    return tuple(Question(f"guess {i}", pair.system, Property(e, TRUE), None) for i, e in enumerate(said))


def _names(question: Question) -> set[str]:
    return {v.name for v in question.system.variables} | {p.name for p in question.system.parameters}


def check_stories(claim: LoadedClaim | None, question: Question, verdict: Verdict) -> None:
    """Check the stories of `verdict`, if `claim` is about two histories. Raises as `check_halves` does."""
    if claim is None or claim.pair is None:
        return
    if isinstance(verdict, Refuted):
        check_halves(claim.pair, question, verdict.trace)
    elif isinstance(verdict, Proved) and verdict.witness is not None:
        check_halves(claim.pair, question, verdict.witness)


def check_halves(pair: Pair, question: Question, trace: Trace) -> None:
    """Replay both histories of `trace`, each in its own system, which knows nothing of the product.

    Raises:   `SemanticsDisagreeError` where one is no history, or comes to other states than the product says.
    """
    states = interpret.replay(question.system, trace)
    for side in BOTH:
        copy, own = copy_of(pair, side), interpret.replay(pair.copy(side), project(pair, trace, side))
        if isinstance(states, interpret.Rejected) or isinstance(own, interpret.Rejected):
            raise SemanticsDisagreeError(trace)
        last = {v.name: states[-1][copy.own(v.name)] for v in copy.system.variables}
        last[TODAY] = int(states[-1][TODAY]) + days_later(pair, side, trace.parameters)
        if last != dict(own[-1]):
            raise SemanticsDisagreeError(trace)
