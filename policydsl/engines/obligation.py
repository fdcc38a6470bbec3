"""Writes certificates: what is to be shown of an invariant, straight from the system.

No term of an engine enters here, only what it claims (lemmas, a window, a level of the calendar), so that an engine
that asked the wrong question, skipped a case or assumed too much hands in a certificate that does not stand.
"""

import hashlib
from dataclasses import dataclass, replace

import z3

from policydsl.core.expr import TRUE, Expr
from policydsl.core.show import show_expr, system_hash
from policydsl.core.system import Question
from policydsl.core.walk import slice_system
from policydsl.engines import certify
from policydsl.engines.solve import conj, disj
from policydsl.engines.verdict import Certificate, Query
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_calendar import AbstractCalendar


@dataclass(frozen=True, slots=True)
class Proof:
    """What an engine claims: the property with `lemmas` (about states) is inductive over windows of `k` steps."""

    k: int
    lemmas: tuple[Expr, ...]
    level: int


def bind(question: Question) -> str:
    """Return the hash of what `question` asks: its system and its property."""
    p = question.property
    text = "\0".join((system_hash(question.system), show_expr(p.state), show_expr(p.step)))
    return hashlib.sha256(text.encode()).hexdigest()


def issue(question: Question, proof: Proof) -> Certificate:
    """Return the certificate of `proof`, not yet checked: the same texts for the same arguments, always."""
    p = question.property
    certificate = Certificate(
        binding=bind(question),
        method=_method(proof),
        k=proof.k,
        invariant=tuple(show_expr(e) for e in (p.state, p.step, *proof.lemmas) if e != TRUE),
        lemmas=proof.lemmas,
        level=proof.level,
        queries=_write(question, proof),
        seal="",
    )
    return replace(certificate, seal=certify.seal(certificate))


def matches(question: Question, certificate: Certificate) -> bool:
    """Return whether `certificate` is about `question`, text by text."""
    proof = Proof(certificate.k, certificate.lemmas, certificate.level)
    return issue(question, proof) == certificate


def _method(proof: Proof) -> str:
    name = "induction" if proof.k == 1 else f"induction over windows of {proof.k} steps"
    count = len(proof.lemmas)
    return name if not count else f"{name} with {count} lemma{'s' if count > 1 else ''}"


def _write(question: Question, proof: Proof) -> tuple[Query, ...]:
    """Return the three queries of `proof`; `certify` says what each must mean."""
    p, k = question.property, proof.k
    system = slice_system(question.system, (p.state, p.step, *proof.lemmas))
    ctx = z3.Context()
    enc = Encoding(system, ctx, AbstractCalendar(proof.level))
    states = [conj((enc.state_holds(e, i) for e in (p.state, *proof.lemmas)), ctx) for i in range(k)]
    steps = [enc.step_holds(p.step, i) for i in range(k - 1)]
    always = [*enc.rigid(), *(part for i in range(k) for part in enc.domain(i))]
    always += [part for i in range(k - 1) for part in enc.transition(i)]
    held, initial = [*states, *steps], enc.initial()
    always += enc.calendar_facts()
    states += [conj((enc.state_holds(e, k) for e in (p.state, *proof.lemmas)), ctx)]
    steps += [enc.step_holds(p.step, k - 1)]
    last = [*enc.domain(k), *enc.transition(k - 1)]
    goal = [states[0], steps[0], _not_all([enc.state_holds(p.state, 0), enc.step_holds(p.step, 0)], ctx)]
    last += enc.calendar_facts()
    queries = {
        "initiation": [*always, *initial, _not_all(held, ctx)],
        "consecution": [*always, *last, *held, _not_all([states[k], steps[k - 1]], ctx)],
        "goal": goal,
    }
    return tuple(Query(name, _script(queries[name], ctx)) for name in certify.NAMES)


def _not_all(parts: list[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    return disj((terms.Not(part) for part in parts), ctx)


def _script(assertions: list[z3.BoolRef], ctx: z3.Context) -> str:
    """Return `assertions` as a plain SMT-LIB 2 script."""
    solver = z3.Solver(ctx=ctx)
    terms.add(solver, assertions)
    body = solver.to_smt2()
    lines = [line for line in body.splitlines() if not line.startswith((";", "(set-info"))]
    return "\n".join(("(set-logic ALL)", *lines, ""))
