"""Stored answers: what a file says of a question, believed only as far as it is shown again.

A stored proof is a hint, the lemmas and what else the proof rests on: the queries are written anew from the question
at hand and must be unsatisfiable in a fresh solver. A stored story is replayed by the interpreter on the question at
hand. So whatever a file says, no answer comes out of it that does not hold. Only how far it is known that no story is
shorter is taken from the file: that rests on its seal and on the binding to the question.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

import z3

from policydsl.base.records import dataclass
from policydsl.core.expr import (
    FALSE,
    TODAY,
    TRUE,
    EnumLit,
    Equal,
    Expr,
    Not,
    Value,
    Var,
)
from policydsl.core.read import Names, ReadError, names_of, read_expr
from policydsl.core.show import Binder, show_expr
from policydsl.core.system import Property, Question, System, Trace
from policydsl.core.wellformed import complaints_about
from policydsl.engines.certify import Recheck, Stands, without_texts
from policydsl.engines.obligation import Proof, Seen, confirm, outline, together, written_again
from policydsl.engines.records import NEAR, StoreError
from policydsl.engines.revise import find_story, revise
from policydsl.engines.stories import read_story, write_story
from policydsl.engines.verdict import (
    LACKS,
    Certificate,
    Json,
    Lacks,
    Proved,
    Record,
    Refuted,
    SolverDisagreeError,
    Vacuous,
    Verdict,
)
from policydsl.semantics.interpret import Rejected, initial_state, replay, violation
from policydsl.semantics.terms import new_context

_SAME, _NEARLY = 50_000_000, 2_000_000
"""What showing a proof again may take for each of its queries, in Z3 resource units: a proof of something else may not
be one here, and a solver may take long to see that."""

_LONGEST_WINDOW = 8
_RENEWED = 64
"""After so many proofs they get another context: terms are kept as long as theirs is."""


@dataclass(slots=True)
class Desk:
    """What checks share: a context for their solvers, hashes of systems, names in them, and lemmas by their texts.

    `stood` are proofs that have stood together with others, by the reason that was stored for them. `seen` are queries
    that need not be put again, none unless a round of checks was begun: what was checked in others bears on no answer.
    """

    ctx: z3.Context = field(default_factory=new_context)
    checked: int = 0
    binder: Binder = field(default_factory=Binder)
    names: dict[tuple[int, ...], tuple[System, Names, dict[str, Expr]]] = field(default_factory=dict)
    stood: dict[int, tuple[Json, str, Proof]] = field(default_factory=dict)
    seen: Seen | None = None

    def names_of(self, s: System) -> tuple[Names, dict[str, Expr]]:
        """Return the names in `s`, and the lemmas that were read with them."""
        key = tuple(map(id, (s.parameters, s.variables, s.starts, s.definitions, s.events, s.schedules, s.updates)))
        if key not in self.names:
            self.names[key] = (s, names_of(s), {})
        return self.names[key][1:]


# --- from a verdict to a record ------------------------------------------------------------------


def record_of(question: Question, verdict: Verdict, traces: Sequence[Trace], desk: Desk) -> Record | None:
    """Return the record of `verdict`; None if it is open, or cannot be shown again by what a record holds.

    `traces` are histories of the policy: one of them must show that `question` has histories at all.
    """
    binding = desk.binder.bind(question)
    match verdict:
        case Refuted(trace=trace, clear=clear):
            return Record(binding, {"fails": write_story(question.system, trace), "clear": clear})
        case Proved(certificate=certificate, witness=witness):
            if question.trigger is not None:
                start = witness
            else:
                start = next((t for t in _beginnings(question.system, traces) if _possible(question.system, t)), None)
            if start is None:
                return None
            return Record(binding, {"holds": _reason(certificate), "witness": write_story(question.system, start)})
        case Vacuous(certificate=certificate, lacks=lacks):
            other = _narrowed(question, lacks)
            if other is None or desk.binder.bind(other) != certificate.binding:
                return None
            return Record(binding, {"empty": lacks, "because": _reason(certificate)})
        case _:
            return None


def _beginnings(system: System, traces: Sequence[Trace]) -> Iterator[Trace]:
    """Yield histories without steps: those that begin `traces`, as they are and with readings that `system` fixes."""
    fixed: dict[str, Value] = {}
    for e in system.assumptions:
        match e:
            case Equal(left=Var(name=name), right=EnumLit(value=value)):
                fixed[name] = value
            case _:
                pass
    for trace in traces:
        yield replace(trace, steps=())
        parameters = {**trace.parameters, **fixed}
        state = initial_state(system, parameters, int(trace.initial[TODAY]), trace.chosen(system))
        if not isinstance(state, Rejected):
            yield Trace(parameters, state, ())


def _possible(system: System, trace: Trace) -> bool:
    return not isinstance(replay(system, trace), Rejected)


def _reason(certificate: Certificate) -> Json:
    parts: Json = None if certificate.parts is None else list(certificate.parts)
    lemmas: list[Json] = [show_expr(e) for e in certificate.lemmas]
    return {"steps": certificate.k, "calendar": certificate.level, "lemmas": lemmas, "parts": parts}


# --- from a record to a verdict ------------------------------------------------------------------


def show_again(question: Question, record: Record, desk: Desk) -> Verdict:
    """Return the verdict on `question` that `record` holds, shown again. Raises `StoreError` if it cannot be.

    Sound: fresh solvers have refuted the queries of a proof, written from `question` (`obligation.confirm`), and its
    witness, like every story, has passed `interpret.replay`: as if an engine had found them.
    """
    if record.binding != desk.binder.bind(question):
        raise StoreError("is about another version of the policy or the claim")
    said, near = record.said, record.said.get(NEAR) is True
    if "fails" in said:
        trace, clear = read_story(question.system, said["fails"]), said.get("clear")
        at = violation(question.system, trace, question.property)
        if at is None or at != len(trace.steps) or not isinstance(clear, int) or clear >= at:
            raise StoreError("tells a story that does not show what it should")
        return Refuted(trace, at, clear)
    if "holds" in said:
        witness = read_story(question.system, said.get("witness"))
        if question.trigger is None:
            if witness.steps or not _possible(question.system, witness):
                raise StoreError("does not show that there is any history")
            return Proved(_certificate(question, said["holds"], desk, near=near))
        shows = _shows_trigger(question, witness)
        if not shows and not near:
            raise StoreError("does not show that the condition can come true")
        certificate = _certificate(question, said["holds"], desk, near=near)
        return Proved(certificate, witness if shows else _witness(question))
    for lacks in LACKS:
        if said.get("empty") == lacks and (other := _narrowed(question, lacks)) is not None:
            return Vacuous(_certificate(other, said.get("because"), desk, near=near), lacks)
    raise StoreError("holds no answer")


def _shows_trigger(question: Question, trace: Trace) -> bool:
    """Return whether the trigger of `question` comes in the last step of `trace`, a history of it, and not before."""
    never = _narrowed(question, "trigger")
    return never is not None and violation(never.system, trace, never.property) == len(trace.steps) > 0


def _witness(question: Question) -> Trace:
    """Return a history that shows what that of a near question does not any more. Raises `StoreError` for none."""
    never = _narrowed(question, "trigger")
    found = None if never is None else find_story(never)
    if found is None or not _shows_trigger(question, found):
        raise StoreError("does not show that the condition can come true")
    return found


def show_together(asked: Iterable[tuple[Question, Sequence[Record]]], desk: Desk) -> None:
    """Put the proofs that are stored for questions about one system to a solver together: half of the work of each.

    Those that stand are noted for `show_again`. Whatever cannot be read, or does not stand, is left for it to tell.
    """
    alike: dict[object, list[tuple[Json, str, Question, Proof]]] = {}
    for question, records in asked:
        binding = desk.binder.bind(question)
        said = next((r.said for r in records if r.binding == binding), {})
        reason = said.get("holds")
        if reason is None or said.get(NEAR) is True:  # what may be no proof is not to hold up the others
            continue
        try:
            proof = _proof(question, reason, desk)
        except StoreError:
            continue
        system = question.system
        shared = (desk.binder.bind_system(system), system.assumptions, proof.k, proof.level, proof.parts is None)
        alike.setdefault(shared, []).append((reason, binding, question, proof))
    for group in alike.values():
        if len(group) < 2:  # noqa: PLR2004  there is nothing to put together
            continue
        whole, proof = together([(question, proof) for _, _, question, proof in group])
        if isinstance(_put(whole, proof, desk, _SAME), Stands):
            desk.stood |= {id(reason): (reason, binding, proof) for reason, binding, _, proof in group}


def whole_proof(question: Question, verdict: Proved | Vacuous, desk: Desk) -> Certificate:
    """Return the certificate behind `verdict` on `question` with all its texts, which a verdict need not carry.

    They are written anew. Raises `SolverDisagreeError` if they are not those that were re-checked.
    """
    made = verdict.certificate
    about = [question, *(q for r in LACKS if (q := _narrowed(question, r)) is not None)]
    for each in about:
        if desk.binder.bind(each) == made.binding:
            again = written_again(each, made, desk.binder)
            if without_texts(again) == without_texts(made):
                return again
    raise SolverDisagreeError(f"{question.key}: its proof is not the one that was re-checked")


def _narrowed(question: Question, lacks: Lacks) -> Question | None:
    """Return the question whose proof makes `question` an empty one."""
    if lacks == "existence":
        return replace(question, property=Property(FALSE, TRUE), trigger=None)
    if question.trigger is None:
        return None
    return replace(question, property=Property(TRUE, Not(question.trigger)), trigger=None)


def _certificate(question: Question, said: Json, desk: Desk, *, near: bool) -> Certificate:
    """Return the certificate, re-checked, without texts; less patiently where the proof was made for one `near` by."""
    _, binding, proof = desk.stood.pop(id(said), (None, "", None))
    if proof is None or binding != desk.binder.bind(question):
        proof = _proof(question, said, desk)
        answer = _put(question, proof, desk, _NEARLY if near else _SAME)
        if near and not isinstance(answer, Stands) and (revised := revise(question, proof)) is not None:
            proof, answer = revised, _put(question, revised, desk, _SAME)
        if not isinstance(answer, Stands):
            raise StoreError(f"is no proof: {answer.reason}")
    return outline(question, proof, desk.binder)


def _put(question: Question, proof: Proof, desk: Desk, rlimit: int) -> Recheck:
    """Return whether `proof` stands."""
    desk.checked += 1
    if desk.checked % _RENEWED == 0:
        desk.ctx = new_context()
        desk.seen = None if desk.seen is None else Seen()
    return confirm(question, proof, desk.ctx, rlimit=rlimit, seen=desk.seen)


def _proof(question: Question, said: Json, desk: Desk) -> Proof:
    match said:
        case {"steps": int(k), "calendar": int(level), "lemmas": list(lemmas), "parts": None | list() as parts} if (
            1 <= k <= _LONGEST_WINDOW and 0 <= level <= 2  # noqa: PLR2004  as the calendar says
        ):
            read = tuple(_lemma(str(text), question.system, desk) for text in lemmas)
            return Proof(k, read, level, None if parts is None else tuple(map(str, parts)))
        case _:
            raise StoreError("has no proof where one should be")


def _lemma(text: str, system: System, desk: Desk) -> Expr:
    names, known = desk.names_of(system)
    if text in known:
        return known[text]
    try:
        found = read_expr(text, names)
    except ReadError as error:
        raise StoreError(f"has a lemma that cannot be read: {error}") from error
    wrong = complaints_about(found, system)
    if wrong:
        raise StoreError(f"has a lemma that makes no sense: {wrong[0]}")
    known[text] = found
    return found
