"""What an answer rests on, once it is found: a proof that was re-checked, or a story that was replayed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias, assert_never

import z3

from policydsl.core.cone import slice_system
from policydsl.core.expr import TRUE, Expr, Not
from policydsl.core.idle import without_idle
from policydsl.core.system import Property, Question, Trace
from policydsl.engines import bmc, certify, explore, familiar, kinduction, minimise, simulate
from policydsl.engines.bench import Bench, Help, Inquiry, find_pool, fix
from policydsl.engines.houdini import Pool
from policydsl.engines.obligation import Proof, confirm, outline
from policydsl.engines.plain import plainer, quieter
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import (
    Certificate,
    Manner,
    Proved,
    Refuted,
    SolverDisagreeError,
    Unknown,
    Vacuous,
    Verdict,
)
from policydsl.semantics.encode_calendar import AbstractCalendar

Way: TypeAlias = tuple[int, int, Help]
"""How to try a proof: the level of the calendar, the window in steps, the help."""

_SHORTLY = 2_000_000
"""So many units a query without help may take where many questions share a solver. What was asked before may lead it
astray for seconds, where one that knows nothing yet takes hundredths of one: so that is asked next."""

_DEPTHS = 2, 4, 12
"""How deep a trigger is looked for, between one attempt to show that it never comes and the next."""


# --- proofs --------------------------------------------------------------------------------------


def prove(bench: Bench, inquiry: Inquiry, ways: Iterable[Way]) -> Verdict | None:
    """Try each of `ways`."""
    for way in ways:
        proof = find_proof(bench, inquiry, inquiry.question.property, (way,))
        verdict = None if proof is None else accept(bench, inquiry, proof)
        if verdict is not None:
            return verdict
    return None


def accept(bench: Bench, inquiry: Inquiry, proof: Proof) -> Verdict | None:
    """Return the verdict that follows from `proof`, once it is re-checked; None where it leans on other questions."""
    question = inquiry.question
    certificate = certified(bench, question, proof)
    if certificate is None or isinstance(certificate, Unknown):
        return certificate
    verdict: Verdict = Proved(certificate)
    if question.trigger is not None:
        verdict = _judge_trigger(bench, inquiry, certificate, question.trigger)
    if isinstance(verdict, Proved) and verdict.witness is None and bench.starts.get(inquiry.fixed) is None:
        return Unknown("it is not known whether there is any history", (*inquiry.tried, certificate.method))
    return verdict


def find_proof(bench: Bench, inquiry: Inquiry, claim: Property, ways: Iterable[Way]) -> Proof | None:
    """Return the first proof of `claim` that one of `ways` finds, not yet re-checked."""
    for level, k, wanted in ways:
        if inquiry.meter.spent or inquiry.met is not None:
            return None
        if k > bench.budget.max_k or (level > 0 and not bench.abstract(0).dated):
            continue
        if wanted == "part":
            seen = slice_system(bench.under(inquiry.fixed), (claim.state, claim.step))
            unrolling, fixed = Unrolling(seen, AbstractCalendar(level)), list[z3.BoolRef]()
        else:
            unrolling = bench.abstract(level)
            fixed = fix(unrolling, inquiry)
        note(bench, inquiry, f"induction over {k} steps, calendar {level}, {wanted}")
        pool = find_pool(bench, inquiry, level, wanted)
        with inquiry.meter.at_most(_SHORTLY if wanted in {"alone", "part"} else None):
            proof = kinduction.prove(unrolling, claim, fixed, pool, k=k, meter=inquiry.meter)
        if proof is None and wanted == "alone" and unrolling.answer == "unknown":
            unrolling = Unrolling(bench.system, AbstractCalendar(level))
            proof = kinduction.prove(unrolling, claim, fix(unrolling, inquiry), None, k=k, meter=inquiry.meter)
        if proof is not None:
            return proof
    return None


def certified(bench: Bench, question: Question, proof: Proof) -> Certificate | Unknown | None:
    """Return the certificate of `proof` once it is re-checked. This is the only way out for a proof.

    None if it does not stand by itself: what is known of every two months makes those of which other questions speak
    help this one, and the search has them all.
    """
    answer = confirm(question, proof, bench.checks)
    if proof.parts is not None and not isinstance(answer, certify.Stands):
        # the search may have known more than the parts say
        return certified(bench, question, replace(proof, parts=None))
    match answer:
        case certify.Stands():
            return outline(question, proof, bench.binder)
        case certify.Undecided(reason=reason):
            tried = outline(question, proof, bench.binder).method
            return Unknown(f"a proof was found, but its re-check gave up: {reason}", (tried,))
        case certify.Fails(reason=reason):
            if _leans_on_others(bench, question, proof):
                return None
            raise SolverDisagreeError(f"{question.key}: {reason}")
        case _:
            assert_never(answer)


def _leans_on_others(bench: Bench, question: Question, proof: Proof) -> bool:
    """Return whether months matter to `proof`, and the same search does not find it where nothing else is asked."""
    p = question.property
    own = Unrolling(slice_system(question.system, (p.state, p.step, *proof.lemmas)), AbstractCalendar(proof.level))
    meter = Meter(bench.budget, bench.budget.seconds)
    return kinduction.prove(own, p, (), Pool(own, proof.lemmas, ()), k=proof.k, meter=meter) is None and own.dated


def _judge_trigger(bench: Bench, inquiry: Inquiry, certificate: Certificate, trigger: Expr) -> Verdict:
    """Return whether the proved question is about anything: whether its trigger can ever come.

    Where neither is found out, nothing is: a claim about what may never be is not called proved.
    """
    inquiry.meter.extend()
    never = Property(TRUE, Not(trigger))
    about = replace(inquiry.question, property=never, trigger=None)
    read = inquiry.manner.wanted == "story"
    asked = Inquiry(about, Manner("retelling" if read else "verdict"), inquiry.fixed, inquiry.meter)
    if inquiry.manner.wanted == "retelling":  # nobody reads the witness: any will do
        stories = [each for p in (inquiry.question.property, never) for each in bench.told.get(p, ())]
        known = familiar.shortest_known(about, stories, 0)
        if known is not None:
            return Proved(certificate, known)
    nearest = bench.budget.horizons[0]
    ways: tuple[tuple[Way, ...], ...] = (
        ((0, 1, "alone"),),
        ((0, 1, "lemmas"),),
        ((0, 1, "facts"), (0, 2, "lemmas"), (1, 1, "lemmas"), (0, 1, "all lemmas")),
    )
    for depth, next_ways in zip(_DEPTHS, ways, strict=True):
        witness = _met(bench, asked) if depth == _DEPTHS[-1] else None
        if witness is None and (found := refute(bench, asked, depth, nearest, shallow=True)) is not None:
            witness = found.trace
        if witness is not None:
            bench.told.setdefault(never, []).append(witness)
            return Proved(certificate, witness)
        proof = find_proof(bench, asked, never, next_ways)
        impossible = None if proof is None else certified(bench, about, proof)
        if isinstance(impossible, Certificate):
            return Vacuous(impossible, "trigger")
    for months in bench.budget.horizons:
        if (found := refute(bench, asked, bench.budget.max_depth, months)) is not None:
            return Proved(certificate, found.trace)
    reason = "it holds, but it is not known whether what it is about can ever happen"
    return Unknown(reason, (*inquiry.tried, certificate.method))


def _met(bench: Bench, inquiry: Inquiry) -> Trace | None:
    """Return a violation, however deep: one that random histories meet, or one among few states."""
    question, start = inquiry.question, bench.starts.get(inquiry.fixed)
    p = question.property
    if start is None or inquiry.meter.spent:
        return None
    note(bench, inquiry, "random histories")
    trace = simulate.find(bench.under(inquiry.fixed), p, start, inquiry.meter)
    if trace is None and not inquiry.meter.spent:
        note(bench, inquiry, "all states, one by one")
        counted = explore.explore(slice_system(question.system, (p.state, p.step)), p, explore.FAR)
        trace = counted.trace if isinstance(counted, explore.Violation) else None
    return None if trace is None else told(inquiry, minimise.whole(question, trace))


def count_out(bench: Bench, inquiry: Inquiry, reach: explore.Reach) -> Verdict | None:
    """Count out all states, if they are few: also those of the part that the question can see at all."""
    if inquiry.meter.spent:
        return None
    question = inquiry.question
    p = question.property
    note(bench, inquiry, f"all states, one by one, up to {reach.states}")
    part = slice_system(question.system, (p.state, p.step))
    found = explore.explore(part, p, reach)
    if found is None:
        calm = explore.barely(without_idle(question.system, p), p)
        if (calm.schedules, calm.parameters) != (part.schedules, part.parameters):
            met = explore.explore(calm, p, reach)
            found = met if isinstance(met, explore.Everything) else None  # a story would lack what was left out
    match found:
        case explore.Everything(invariant=invariant):
            shown = accept(bench, inquiry, Proof(1, (invariant,), 0))
            return None if isinstance(shown, Unknown) else shown
        case explore.Violation(trace=trace):
            return Refuted(minimise.whole(question, trace), len(trace.steps), len(trace.steps) - 1)
        case None:
            return None
        case _:
            assert_never(found)


# --- counterexamples -----------------------------------------------------------------------------


def refute(bench: Bench, inquiry: Inquiry, depth: int, months: int, *, shallow: bool = False) -> Refuted | None:
    """Look for a counterexample of at most `depth` steps within `months` months."""
    done, meter, depth = inquiry.clear.get(months, -1), inquiry.meter, min(depth, bench.budget.max_depth)
    met = inquiry.met if inquiry.manner.wanted != "story" else None  # a story to be read is made by the solver
    deepest = depth if met is None else min(depth, len(met.steps) - 1)
    if done >= depth or meter.spent:
        return None
    claim = inquiry.question.property
    unrolling = bench.exact(months, claim, shallow=shallow)
    note(bench, inquiry, f"histories of up to {depth} steps within {months} months")
    fixed = fix(unrolling, inquiry)
    found = bmc.search(unrolling, claim, fixed, done=done, depth=deepest, meter=meter)
    match found:
        case bmc.Clear(depth=clear, stopped=stopped):
            inquiry.clear[months] = clear
            inquiry.stopped = inquiry.stopped or stopped is not None
            if met is None or stopped is not None or depth < len(met.steps):
                return None
            return Refuted(met, len(met.steps), clear)
        case bmc.Found():
            polish = inquiry.manner.wanted == "story"
            trace = minimise.tell(unrolling, inquiry.question, fixed, found, polish=polish, meter=meter)
            if len(trace.steps) != found.depth:  # with idle steps put back: another one may be shorter
                bench.parts[claim] = bench.system
                return refute(bench, inquiry, depth, months, shallow=shallow)
            return Refuted(told(inquiry, trace), found.depth, found.depth - 1)
        case _:
            assert_never(found)


def told(inquiry: Inquiry, trace: Trace, *, polished: bool = True) -> Trace:
    """Return `trace` made plain without a solver, if somebody is to read it and there was no time to do better."""
    match inquiry.manner.wanted:
        case "story":
            hasty = not polished or inquiry.meter.spent
            return quieter(inquiry.question, plainer(inquiry.question, trace) if hasty else trace)
        case "retelling":
            return plainer(inquiry.question, trace)
        case "verdict":
            return trace


# --- parts ---------------------------------------------------------------------------------------


def note(bench: Bench, inquiry: Inquiry, attempt: str) -> None:
    """Say that `attempt` is made now."""
    inquiry.tried.append(attempt)
    bench.on_progress(inquiry.question, attempt)
