"""What a proof rests on: the clauses without which it falls, and those it can do without.

"Without" is what `core.relax` says: nothing is known of what the clause says.
"""

from collections.abc import Iterator, Sequence

from policydsl.analyses.subjects import Subject
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjuncts
from policydsl.core.cone import slice_system
from policydsl.core.copies import copy_of
from policydsl.core.moves import BOTH
from policydsl.core.relax import Text, clauses_of, relax, relax_property, said_by
from policydsl.core.system import Question
from policydsl.core.walk import definition_table, uses
from policydsl.engines.verdict import Budget, Certificate, Manner, Proved, Refuted, Vacuous, Verdict


@dataclass(frozen=True, slots=True)
class Blame:
    """What the proof of `subject` rests on; all in the order of the document.

    `always`      clauses that every proof needs: without one of them the claim fails, in a history that was replayed.
    `here`        clauses that this proof needs; for each of them the claim has another proof, without it.
    `perhaps`     clauses that this proof needs; whether another one does without them was not decided.
    `meant`       the other clauses that define what the claim names, which keeps its meaning: else it is another claim.
    `irrelevant`  the other clauses that say anything of what the claim can see: without all of them at once, the same
                  lemmas still prove it, and `certificate` is that proof, re-checked.
    """

    subject: Subject
    always: tuple[str, ...]
    here: tuple[str, ...]
    perhaps: tuple[str, ...]
    meant: tuple[str, ...]
    irrelevant: tuple[str, ...]
    certificate: Certificate


def blame(subject: Subject, certificate: Certificate, budget: Budget) -> Blame:
    """Return what the proof `certificate` of `subject` rests on.

    `budget` is for each question whether the claim falls without a clause.
    """
    text = text_of(subject)
    seen = _in_order(subject, _visible(subject.question, text))
    needed, smallest = _shrink(subject.question, certificate, seen, text)
    without = {clause: _falls(subject.question, clause, budget, text) for clause in needed}
    always = tuple(c for c in needed if isinstance(without[c], Refuted))
    here = tuple(c for c in needed if isinstance(without[c], Proved | Vacuous))
    rest = tuple(c for c in needed if c not in {*always, *here})
    about = _meant(subject.question, text)
    meant, other = (tuple(c for c in seen if c not in needed and (c in about) is so) for so in (True, False))
    return Blame(subject, always, here, rest, meant, other, smallest)


def falls(blames: Sequence[Blame]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each clause that some claim needs (policy, clause), in document order, and the claims that fall without."""
    for policy in {b.subject.policy.path: b.subject.policy for b in blames}.values():
        own = [b for b in blames if b.subject.policy.path == policy.path]
        for clause in policy.clauses:
            found = tuple(b.subject.question.key for b in own if clause.number in b.always)
            if found:
                yield policy.path, clause.number, found


# --- the smallest set ----------------------------------------------------------------------------


def _visible(question: Question, text: Text) -> frozenset[str]:
    p = question.property
    return frozenset(clauses_of(slice_system(question.system, (p.state, p.step)), text))


def _meant(question: Question, text: Text) -> frozenset[str]:
    """Return the clauses that define what `question` names, by way of other definitions, too."""
    table, p = definition_table(question.system), question.property
    return frozenset(c for n in uses((p.state, p.step), table) for c in text.definitions.get(n, (table[n].clause,)))


def text_of(subject: Subject) -> Text:
    """Return which clauses say what of the system of `subject`; what the claim itself assumes is said by none."""
    policy, pair = subject.policy, None if subject.claim is None else subject.claim.pair
    own = {e.name: [(c, frozenset({e.clause})) for c in conjuncts(e.guard)] for e in policy.system.events}
    if pair is None:
        guards = {name: said_by(parts) for name, parts in own.items()}
        return Text(said_by(policy.conditions), guards, dict(policy.exceptions))
    copies = [copy_of(pair, side) for side in BOTH]
    seen = [(copy.seen(e), clauses) for copy in copies for e, clauses in policy.conditions]
    moves = {
        move.name: said_by(
            (each, clauses)
            for copy in copies
            for c, clauses in own.get(move.event(copy.side) or "", ())
            for each in conjuncts(copy.seen_in(move, c))
        )
        for move in pair.moves
    }
    exceptions = {copy.own(name): clauses for copy in copies for name, clauses in policy.exceptions}
    return Text(said_by(seen), moves, exceptions)


def _in_order(subject: Subject, clauses: frozenset[str]) -> tuple[str, ...]:
    listed = dict.fromkeys(c.number for c in subject.policy.clauses)
    return tuple(c for c in listed if c in clauses)


def _relaxed(question: Question, without: Sequence[str], text: Text) -> Question:
    """Return `question` of the system without some clauses. What the claim itself assumes stays."""
    loose = relax(question.system, without, text)
    return Question(question.key, loose, relax_property(question.property), None)


def _shrink(
    question: Question, certificate: Certificate, seen: tuple[str, ...], text: Text
) -> tuple[tuple[str, ...], Certificate]:
    """Return a smallest set of clauses with which the lemmas of `certificate` are a proof, and that proof."""
    best = _reprove(question, certificate, (), text)
    assert best is not None
    out: tuple[str, ...] = ()
    waiting = [seen]
    while waiting:
        group = waiting.pop()
        tried = _reprove(question, certificate, (*out, *group), text) if group else None
        if tried is not None:
            out, best = (*out, *group), tried
        elif len(group) > 1:
            middle = len(group) // 2
            waiting += [group[middle:], group[:middle]]
    return tuple(c for c in seen if c not in out), best


def _reprove(question: Question, certificate: Certificate, without: tuple[str, ...], text: Text) -> Certificate | None:
    """Return the same proof of the system without some clauses, re-checked; None if it does not stand."""
    from policydsl.engines.certify import Stands, recheck  # noqa: PLC0415  loads the solver
    from policydsl.engines.obligation import Proof, issue  # noqa: PLC0415  same

    proof = Proof(certificate.k, certificate.lemmas, certificate.level, certificate.parts)
    written = issue(_relaxed(question, without, text), proof)
    return written if isinstance(recheck(written, rlimit=_RLIMIT), Stands) else None


_RLIMIT = 5_000_000
"""Z3 resource units for each query of a proof that is tried without some clauses."""


# --- every proof, or this one --------------------------------------------------------------------


def _falls(question: Question, clause: str, budget: Budget, text: Text) -> Verdict:
    """Return what becomes of the claim without `clause`."""
    from policydsl.engines.portfolio import judge  # noqa: PLC0415  loads the solver

    loose = _relaxed(question, (clause,), text)
    manner = Manner("verdict", suspect=True)
    return next(verdict for _, verdict in judge(loose.system, [loose], budget, lambda *_: None, [manner]))
