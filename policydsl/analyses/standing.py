"""Does the evidence for an answer show the same of a changed wording? Found out without a search, or left open."""

from collections.abc import Iterator
from dataclasses import replace

from policydsl.analyses.retelling import tell_anew
from policydsl.core.expr import FALSE, TRUE, Not
from policydsl.core.system import Property, Question, Trace
from policydsl.core.wellformed import complaints_about
from policydsl.engines import certify
from policydsl.engines.obligation import Proof, issue
from policydsl.engines.store import Desk
from policydsl.engines.verdict import Certificate, Proved, Refuted, Vacuous, Verdict
from policydsl.semantics import interpret


def stands(question: Question, before: Question, verdict: Verdict, desk: Desk) -> bool:
    """Return whether the evidence in `verdict`, which was made for `before`, shows the same of `question`.

    Sound: a story is told anew and must show a violation; a proof's queries are written anew, from `question`, and must
    be unsatisfiable in a fresh solver; what it is about must happen again. False says nothing.
    """
    match verdict:
        case Refuted(trace=trace):
            return _shows(question, question.property, trace)
        case Proved(certificate=certificate, witness=witness):
            return _about_something(question, before, witness) and _certified(question, certificate, desk)
        case Vacuous(certificate=certificate):
            return any(_certified(narrowed, certificate, desk) for narrowed in _narrowed(question))
        case _:
            return False


def _narrowed(question: Question) -> Iterator[Question]:
    if question.trigger is not None:
        yield replace(question, property=Property(TRUE, Not(question.trigger)), trigger=None)
    yield replace(question, property=Property(FALSE, TRUE), trigger=None)


def _shows(question: Question, asked: Property, trace: Trace) -> bool:
    told = tell_anew(question.system, trace.parameters, trace)
    return told is not None and interpret.violation(question.system, told, asked) is not None


def _about_something(question: Question, before: Question, witness: Trace | None) -> bool:
    """Return whether the question's trigger can happen; if it has none, whether histories begin as they did."""
    if question.trigger is None:
        old, new = before.system, question.system
        return (old.parameters, old.assumptions, old.variables, old.starts) == (
            new.parameters, new.assumptions, new.variables, new.starts,
        )  # fmt: skip
    return witness is not None and _shows(question, Property(TRUE, Not(question.trigger)), witness)


def _certified(question: Question, certificate: Certificate, desk: Desk) -> bool:
    """Return whether the lemmas and parts of `certificate` prove `question`."""
    if any(complaints_about(e, question.system) for e in certificate.lemmas):
        return False
    desk.binder.learn(question.system, "a changed wording")  # nobody gets this certificate: its hash is of no use
    proof = Proof(certificate.k, certificate.lemmas, certificate.level, certificate.parts)
    return isinstance(certify.recheck(issue(question, proof, desk.binder), desk.ctx), certify.Stands)
