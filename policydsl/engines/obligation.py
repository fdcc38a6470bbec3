"""Writes certificates, and shows stored ones again: what is to be shown of an invariant, straight from the system.

No term of an engine enters here, only what it claims (lemmas, a window, a level of the calendar), so that an engine
that asked the wrong question, skipped a case or assumed too much hands in a certificate that does not stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

import z3

from policydsl.base.records import dataclass
from policydsl.core.cone import slice_system
from policydsl.core.expr import TODAY, TRUE, And, Expr
from policydsl.core.show import Binder, text_of
from policydsl.core.system import Property, Question, System
from policydsl.core.walk import definition_table, names
from policydsl.engines import certify
from policydsl.engines.solve import conj, disj
from policydsl.engines.verdict import Certificate, Query
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_calendar import AbstractCalendar


@dataclass(frozen=True, slots=True)
class Proof:
    """What an engine claims: the property with `lemmas` (about states) is inductive over windows of `k` steps.

    `parts` are those of a step that show it, as `Encoding.parts` names them: steps that do no more than these say are
    more than there are, so what holds after all of them holds. None: it takes all parts.
    """

    k: int
    lemmas: tuple[Expr, ...]
    level: int
    parts: tuple[str, ...] | None = None


def issue(question: Question, proof: Proof, binder: Binder | None = None) -> Certificate:
    """Return the certificate of `proof`, not yet checked: the same texts for the same arguments, always."""
    ctx = terms.new_context()  # its own: how z3 writes a term depends on what the context has seen before
    shown = _queries(question, proof, ctx)
    queries = tuple(Query(name, _script(shown[name], ctx)) for name in certify.NAMES)
    certificate = replace(outline(question, proof, binder), queries=queries)
    return replace(certificate, seal=certify.seal(certificate))


def outline(question: Question, proof: Proof, binder: Binder | None = None) -> Certificate:
    """Return the certificate of `proof` without the texts, which follow from the rest."""
    p = question.property
    certificate = Certificate(
        binding=(binder or Binder()).bind(question),
        method=_method(proof),
        k=proof.k,
        invariant=tuple(text_of(e) for e in (p.state, p.step, *proof.lemmas) if e != TRUE),
        lemmas=proof.lemmas,
        level=proof.level,
        parts=proof.parts,
        queries=(),
        seal="",
    )
    return replace(certificate, seal=certify.seal(certificate))


def written_again(question: Question, certificate: Certificate, binder: Binder | None = None) -> Certificate:
    """Return what `certificate` claims of `question`, with all its texts, whether or not it still has them."""
    return issue(question, Proof(certificate.k, certificate.lemmas, certificate.level, certificate.parts), binder)


@dataclass(slots=True)
class Seen:
    """Queries that fresh solvers have found unsatisfiable, all in one context, by the identities of their assertions.

    A query that says all that one of them does, and perhaps more, is so too: no solver needs to be asked again. The
    assertions are kept, so that no other term gets their identity.
    """

    known: list[tuple[frozenset[int], Sequence[z3.BoolRef]]] = field(default_factory=list)

    def add(self, assertions: Sequence[z3.BoolRef]) -> None:
        """Take in a query that was found unsatisfiable."""
        self.known.append((_identities(assertions), assertions))

    def covers(self, assertions: Sequence[z3.BoolRef]) -> bool:
        """Return whether what these say contains all of a query that was taken in."""
        said = _identities(assertions)
        return any(known <= said for known, _ in self.known)


def _identities(assertions: Iterable[z3.BoolRef]) -> frozenset[int]:
    return frozenset(e.get_id() for e in assertions)


_QUICK = 10_000_000
"""Units for the quick solver: twice what any proof of the corpus takes. What takes more is for the patient one."""


def together(claimed: Sequence[tuple[Question, Proof]]) -> tuple[Question, Proof]:
    """Return a question and a proof that say at once what all of `claimed` do, which share a window and a level.

    Their questions are about one system, assumptions included. If that proof stands, every history has all of their
    properties: what they claim is inductive together.
    """
    (question, proof), stated = claimed[0], [q.property for q, _ in claimed]
    states, steps = (
        tuple(dict.fromkeys(e for e in each if e != TRUE))
        for each in ([p.state for p in stated], [p.step for p in stated])
    )
    lemmas = tuple(dict.fromkeys(e for _, each in claimed for e in each.lemmas))
    parts = None
    if all(each.parts is not None for _, each in claimed):
        parts = tuple(dict.fromkeys(name for _, each in claimed for name in each.parts or ()))
    whole = replace(question, property=Property(And(states), And(steps)), trigger=None)
    return whole, Proof(proof.k, lemmas, proof.level, parts)


def confirm(
    question: Question, proof: Proof, ctx: z3.Context, *, rlimit: int = 50_000_000, seen: Seen | None = None
) -> certify.Recheck:
    """Return whether `proof` stands: the queries of `issue`, each put to a fresh solver as they are.

    That leaves out the way through text, which is half of the work, and the goal: as it is written here, the invariant
    has the property among its parts, whatever `proof` says. `policydsl certify` goes the whole way. `ctx` serves
    nothing but this; `rlimit` bounds each query, in Z3 resource units. A solver that is quicker, and less patient, is
    asked first; none where what was `seen` in `ctx` covers the query.
    """
    for name, assertions in _queries(question, proof, ctx).items():
        if name == "goal" or (seen is not None and seen.covers(assertions)):
            continue
        answer = _put(terms.settled_solver(ctx), assertions, min(rlimit, _QUICK))
        if answer not in {"sat", "unsat"}:
            answer = _put(z3.SimpleSolver(ctx=ctx), assertions, rlimit)
        if answer == "sat":
            return certify.Fails(f"query `{name}` can be satisfied")
        if answer != "unsat":
            return certify.Undecided(f"query `{name}`: {answer}")
        if seen is not None:
            seen.add(assertions)
    return certify.Stands()


def _put(solver: z3.Solver, assertions: list[z3.BoolRef], rlimit: int) -> str:
    """Return what `solver` says of `assertions`: "sat", "unsat" or why it does not know."""
    solver.set("rlimit", rlimit)
    terms.add(solver, assertions)
    answer = solver.check()
    if answer != z3.unknown:
        return "sat" if answer == z3.sat else "unsat"
    reason = solver.reason_unknown()
    if "interrupted" in reason:
        raise KeyboardInterrupt
    return str(reason)


def _method(proof: Proof) -> str:
    name = "induction" if proof.k == 1 else f"induction over windows of {proof.k} steps"
    count = len(proof.lemmas)
    return name if not count else f"{name} with {count} lemma{'s' if count > 1 else ''}"


def _queries(question: Question, proof: Proof, ctx: z3.Context) -> dict[str, list[z3.BoolRef]]:
    """Return the three queries of `proof`, as assertions; `certify` says what each must mean."""
    p, k = question.property, proof.k
    system = slice_system(question.system, (p.state, p.step, *proof.lemmas)) if proof.parts is None else question.system
    enc = Encoding(system, ctx, AbstractCalendar(proof.level))
    about = None if proof.parts is None else _about(question, proof)
    states = [conj((enc.state_holds(e, i) for e in (p.state, *proof.lemmas)), ctx) for i in range(k)]
    steps = [enc.step_holds(p.step, i) for i in range(k - 1)]
    always = [*enc.rigid(about), *(said for i in range(k) for said in enc.domain(i, about))]
    always += [said for i in range(k - 1) for said in _step(enc, i, proof)]
    held, initial = [*states, *steps], enc.initial(about)
    always += enc.calendar_facts()
    states += [conj((enc.state_holds(e, k) for e in (p.state, *proof.lemmas)), ctx)]
    steps += [enc.step_holds(p.step, k - 1)]
    last = [*enc.domain(k, about), *_step(enc, k - 1, proof)]
    goal = [states[0], steps[0], _not_all([enc.state_holds(p.state, 0), enc.step_holds(p.step, 0)], ctx)]
    last += enc.calendar_facts()
    return {
        "initiation": [*always, *initial, _not_all(held, ctx)],
        "consecution": [*always, *last, *held, _not_all([states[k], steps[k - 1]], ctx)],
        "goal": goal,
    }


def _step(enc: Encoding, i: int, proof: Proof) -> list[z3.BoolRef]:
    """Return the parts of the step from frame `i` on which `proof` rests."""
    return [said for _, part in enc.parts(i, proof.parts) for said in part]


def _about(question: Question, proof: Proof) -> frozenset[str]:
    """Return the names that matter where a step is no more than the parts of `proof`: of all others nothing is said."""
    system, p = question.system, question.property
    table = definition_table(system)
    exprs = [p.state, p.step, *proof.lemmas, *system.starts]
    exprs += [e for name, said in _said(system) if name in (proof.parts or ()) for e in said]
    found = {TODAY}.union(*(names(e, table) for e in exprs), (n.partition(" ")[2] for n in proof.parts or ()))
    first = {v.name: names(v.initial, table) for v in system.variables if v.initial is not None}
    assumed = [names(e, table) for e in system.assumptions]
    size = 0
    while len(found) > size:
        size = len(found)
        found = found.union(*(first[n] for n in found & first.keys()), *(read for read in assumed if read & found))
    return frozenset(found)


def _said(system: System) -> Iterator[tuple[str, list[Expr]]]:
    """Yield what the parts of a step are made of."""
    yield from ((f"event {e.name}", [e.guard]) for e in system.events)
    yield from ((f"schedule {s.name}", [s.armed, s.due]) for s in system.schedules)
    yield from ((f"value {u.variable}", [e for c in u.cases for e in (c.guard, c.value)]) for u in system.updates)


def _not_all(parts: list[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    return disj((terms.Not(part) for part in parts), ctx)


def _script(assertions: list[z3.BoolRef], ctx: z3.Context) -> str:
    """Return `assertions` as a plain SMT-LIB 2 script."""
    solver = z3.Solver(ctx=ctx)
    terms.add(solver, assertions)
    body = solver.to_smt2()
    lines = [line for line in body.splitlines() if not line.startswith((";", "(set-info"))]
    return "\n".join(("(set-logic ALL)", *lines, ""))
