"""Which clauses an answer rests on: those its proof speaks of, or, where that is not known, all that can bear on it."""

from collections.abc import Iterator

from policydsl.core.expr import Expr
from policydsl.core.system import Question
from policydsl.core.walk import definition_table, names, uses
from policydsl.engines.verdict import Certificate
from policydsl.front.loaded import LoadedPolicy


def bearing(policy: LoadedPolicy, question: Question) -> tuple[str, ...]:
    """Return the clauses whose names or rules can bear on the answer, in document order."""
    seen = policy.influence.seen(question)
    found = {s.clause for s in policy.symbols.values() if s.name in seen}
    found |= {c.clause for u in policy.system.updates if u.variable in seen for c in u.cases}
    return _in_order(policy, found)


def spoken_of(policy: LoadedPolicy, question: Question, certificate: Certificate) -> tuple[str, ...] | None:
    """Return the clauses that the queries of a proof speak of, in document order; None if it takes in all of a step.

    Nothing is said there of other clauses: whatever they say, the proof stands. A smaller set may do; see
    `analyses.blame`.
    """
    if certificate.parts is None:
        return None
    system, parts = question.system, frozenset(certificate.parts)
    exprs: list[Expr] = [question.property.state, question.property.step, *certificate.lemmas]
    found: set[str] = set()
    for clause, said in _said(question, parts):
        found.add(clause)
        exprs += said
    table = definition_table(system)
    seen = frozenset[str]().union(*(names(e, table) for e in exprs))
    found |= {table[name].clause for name in uses(exprs, table)}
    found |= {v.clause for v in system.variables if v.name in seen and v.initial is not None}
    found |= {p.clause for p in system.parameters if p.name in seen}
    return _in_order(policy, found)


def _said(question: Question, parts: frozenset[str]) -> Iterator[tuple[str, list[Expr]]]:
    """Yield the clauses behind the `parts` of a step, as `Encoding.parts` names them, with what they say there."""
    system = question.system
    for event in system.events:
        if f"event {event.name}" in parts:
            yield event.clause, [event.guard]
        if any(f"input {i.name}" in parts for i in event.inputs):
            yield event.clause, []
    for schedule in system.schedules:
        if f"schedule {schedule.name}" in parts:
            yield schedule.clause, [schedule.armed, schedule.due]
    for update in system.updates:
        if f"value {update.variable}" in parts:
            yield from ((case.clause, [case.guard, case.value]) for case in update.cases)


def _in_order(policy: LoadedPolicy, found: set[str]) -> tuple[str, ...]:
    return tuple(c.number for c in policy.clauses if c.because is None and c.number in found)
