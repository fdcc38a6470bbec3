"""What a proof rests on: the clauses without which it falls, and those it can do without.

"Without" is what `core.relax` says: nothing is known of what the clause says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policydsl.analyses.subjects import Subject
from policydsl.core.cone import slice_system
from policydsl.core.expr import TRUE, And, Expr
from policydsl.core.relax import clauses_of, relax, relax_property
from policydsl.core.system import Question
from policydsl.engines.verdict import Budget, Certificate, Manner, Proved, Refuted, Vacuous, Verdict


@dataclass(frozen=True, slots=True)
class Blame:
    """What the proof of `subject` rests on; all in the order of the document.

    `always`      clauses that every proof needs: without one of them the claim fails, in a history that was replayed.
    `here`        clauses that this proof needs; for each of them the claim has another proof, without it.
    `perhaps`     clauses that this proof needs; whether another one does without them was not decided.
    `irrelevant`  the other clauses that say anything of what the claim can see: without all of them at once, the same
                  lemmas still prove it, and `certificate` is that proof, re-checked.
    """

    subject: Subject
    always: tuple[str, ...]
    here: tuple[str, ...]
    perhaps: tuple[str, ...]
    irrelevant: tuple[str, ...]
    certificate: Certificate


def blame(subject: Subject, certificate: Certificate, budget: Budget) -> Blame:
    """Return what the proof `certificate` of `subject` rests on.

    `budget` is for each question whether the claim falls without a clause.
    """
    seen = _in_order(subject, _visible(subject.question))
    needed, smallest = _shrink(subject, certificate, seen)
    without = {clause: _falls(subject, clause, budget) for clause in needed}
    always = tuple(c for c in needed if isinstance(without[c], Refuted))
    here = tuple(c for c in needed if isinstance(without[c], Proved | Vacuous))
    rest = tuple(c for c in needed if c not in {*always, *here})
    return Blame(subject, always, here, rest, tuple(c for c in seen if c not in needed), smallest)


def falls(blames: Sequence[Blame]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each clause that some claim needs (policy, clause), in document order, and the claims that fall without."""
    for policy in {b.subject.policy.path: b.subject.policy for b in blames}.values():
        own = [b for b in blames if b.subject.policy.path == policy.path]
        for clause in policy.clauses:
            found = tuple(b.subject.question.key for b in own if clause.number in b.always)
            if found:
                yield policy.path, clause.number, found


# --- the smallest set ----------------------------------------------------------------------------


def _visible(question: Question) -> frozenset[str]:
    p = question.property
    return frozenset(clauses_of(slice_system(replace(question.system, obligations=()), (p.state, p.step))))


def _in_order(subject: Subject, clauses: frozenset[str]) -> tuple[str, ...]:
    listed = dict.fromkeys(c.number for c in subject.policy.clauses)
    return tuple(c for c in listed if c in clauses)


def _relaxed(subject: Subject, without: Sequence[str]) -> Question:
    """Return the question of `subject` of the system without some clauses. What the claim itself assumes stays."""
    question, text = subject.question, subject.policy.system
    assumed = tuple(e for e in question.system.assumptions if e not in text.assumptions)
    guards = {e.name: e.guard for e in text.events}
    added = {e.name: _beyond(guards[e.name], e.guard) for e in question.system.events if e.name in guards}
    base = relax(replace(question.system, assumptions=text.assumptions), without)
    events = tuple(
        replace(e, guard=And((e.guard, *added[e.name]))) if e.guard == TRUE and added.get(e.name) else e
        for e in base.events
    )
    loose = replace(base, assumptions=(*base.assumptions, *assumed), events=events)
    return Question(question.key, loose, relax_property(question.property), None)


def _beyond(text: Expr, asked: Expr) -> tuple[Expr, ...]:
    """Return what `asked` says beyond `text`, conjunct by conjunct."""
    known = text.args if isinstance(text, And) else (text,)
    return tuple(e for e in (asked.args if isinstance(asked, And) else (asked,)) if e not in known)


def _shrink(subject: Subject, certificate: Certificate, seen: tuple[str, ...]) -> tuple[tuple[str, ...], Certificate]:
    """Return a smallest set of clauses with which the lemmas of `certificate` are a proof, and that proof."""
    best = _reprove(subject, certificate, ())
    assert best is not None
    out: tuple[str, ...] = ()
    waiting = [seen]
    while waiting:
        group = waiting.pop()
        tried = _reprove(subject, certificate, (*out, *group)) if group else None
        if tried is not None:
            out, best = (*out, *group), tried
        elif len(group) > 1:
            middle = len(group) // 2
            waiting += [group[middle:], group[:middle]]
    return tuple(c for c in seen if c not in out), best


def _reprove(subject: Subject, certificate: Certificate, without: tuple[str, ...]) -> Certificate | None:
    """Return the same proof of the system without some clauses, re-checked; None if it does not stand."""
    from policydsl.engines.certify import Stands, recheck  # noqa: PLC0415  loads the solver
    from policydsl.engines.obligation import Proof, issue  # noqa: PLC0415  same

    proof = Proof(certificate.k, certificate.lemmas, certificate.level, certificate.parts)
    written = issue(_relaxed(subject, without), proof)
    return written if isinstance(recheck(written, rlimit=_RLIMIT), Stands) else None


_RLIMIT = 5_000_000
"""Z3 resource units for each query of a proof that is tried without some clauses."""


# --- every proof, or this one --------------------------------------------------------------------


def _falls(subject: Subject, clause: str, budget: Budget) -> Verdict:
    """Return what becomes of the claim without `clause`."""
    from policydsl.engines.portfolio import judge  # noqa: PLC0415  loads the solver

    question = _relaxed(subject, (clause,))
    manner = Manner("verdict", suspect=True)
    return next(verdict for _, verdict in judge(question.system, [question], budget, lambda *_: None, [manner]))
