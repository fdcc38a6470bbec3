"""Which clauses an answer rests on: those its proof speaks of, or, where that is not known, all that can bear on it."""

from collections.abc import Iterable, Iterator

from policydsl.core.expr import Expr
from policydsl.core.moves import single
from policydsl.core.system import Question
from policydsl.core.walk import definition_table, names, uses
from policydsl.engines.verdict import Certificate
from policydsl.front.loaded import LoadedPolicy


def bearing(policy: LoadedPolicy, question: Question) -> tuple[str, ...]:
    """Return the clauses whose names or rules can bear on the answer, in document order."""
    seen = policy.influence.seen(question)
    found = {s.clause for s in policy.symbols.values() if s.name in seen}
    found |= {c.clause for u in policy.system.updates if u.variable in seen for c in u.cases}
    return _in_order(policy, found | _of_conditions(policy, seen) | _of_exceptions(policy, seen))


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
    used = uses(exprs, table)
    found |= {table[name].clause for name in used} | _of_exceptions(policy, map(single, used))
    found |= {v.clause for v in system.variables if v.name in seen and v.initial is not None}
    found |= {p.clause for p in system.parameters if p.name in seen}
    return _in_order(policy, found | _of_conditions(policy, map(single, seen)))


def _of_conditions(policy: LoadedPolicy, seen: Iterable[str]) -> set[str]:
    """Return the clauses that say how what is `seen` starts, or what is assumed of it: directly, or through others."""
    table = definition_table(policy.system)
    read = [(names(e, table), clauses) for e, clauses in policy.conditions]
    read += [
        (names(v.initial, table) | {v.name}, frozenset()) for v in policy.system.variables if v.initial is not None
    ]
    known, found, size = set(seen), set[str](), -1
    while len(known) > size:
        size = len(known)
        for about, clauses in read:
            if about & known:
                known |= about
                found |= clauses
    return found


def _of_exceptions(policy: LoadedPolicy, seen: Iterable[str]) -> set[str]:
    """Return the clauses that define in some cases what is `seen`."""
    known = frozenset(seen)
    return {clause for name, clauses in policy.exceptions if name in known for clause in clauses}


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
