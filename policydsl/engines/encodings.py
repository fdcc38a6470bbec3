"""A question for other tools: as a bounded SMT-LIB 2 query, as constrained Horn clauses, as a VMT-LIB system.

Values of enumerations are their places in their lists, from 0; dates are day numbers, 1 for the first day of year 1.

Sources: SMT-LIB 2.6; the rules of CHC-COMP; A. Cimatti, A. Griggio, S. Tonetta, "The VMT-LIB language and tools",
SMT 2022.
"""

from collections.abc import Iterable, Iterator, Sequence

import z3

from policydsl.core.cone import slice_system
from policydsl.core.expr import EnumSort
from policydsl.core.system import Question, System
from policydsl.engines.horizon import exact_calendar, show_horizon
from policydsl.engines.horn import Clauses, Formulas, constants_in
from policydsl.engines.solve import conj, disj
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding


def as_smt2(question: Question, *, steps: int, months: int) -> str:
    """Return a query that can be satisfied iff a history of at most `steps` steps violates the property.

    Its dates lie in the first `months` months of the policy's era, with the true calendar of these months.
    """
    p, system = question.property, _part(question)
    ctx = terms.new_context()
    enc = Encoding(system, ctx, exact_calendar(system, months, (p.state, p.step)))
    query = [*enc.rigid(), *enc.domain(0), *enc.initial()]
    wrong = [terms.Not(enc.state_holds(p.state, 0))]
    for i in range(1, steps + 1):
        taken = terms.Bool(f"taken!{i}", ctx)  # the history has at least so many steps
        query += [terms.Implies(taken, c) for c in (*enc.domain(i), *enc.transition(i - 1))]
        query += [terms.Implies(taken, terms.Bool(f"taken!{i - 1}", ctx))] if i > 1 else []
        kept = terms.And(enc.state_holds(p.state, i), enc.step_holds(p.step, i - 1))
        wrong.append(terms.And(taken, terms.Not(kept)))
    query += [disj(wrong, ctx), *enc.calendar_facts()]
    dated = f", with {show_horizon(system, months)}" if enc.calendar.constants else ""
    said = [
        f"sat: a history of at most {steps} steps violates it{dated}; name@i is a value after i steps.",
        "unsat: none does; nothing is said of longer ones" + (" and of other dates." if dated else "."),
    ]
    return _text([*_head(question), *said, *_legend(enc)], ["(set-logic ALL)", *_assertions(query, ctx)])


def as_chc(question: Question, *, level: int) -> str:
    """Return Horn clauses that can be satisfied iff the property holds, on the calendar of `level`."""
    formulas = Formulas(_part(question), question.property, level)
    clauses = Clauses(formulas)
    query = terms.Implies(clauses.bad(), terms.BoolVal(False, clauses.ctx))  # noqa: FBT003  the literal itself
    said = [
        "sat: the property holds in every history; `reached` is then an inductive invariant.",
        "unsat: some history violates it" + _doubt(formulas, level),
    ]
    lines = ["(set-logic HORN)", *_assertions([*clauses.rules(), query], clauses.ctx)]
    return _text([*_head(question), *said, *_legend(formulas.encoding)], lines)


def as_vmt(question: Question, *, level: int) -> str:
    """Return a symbolic transition system with one invariant property, on the calendar of `level`."""
    f = Formulas(_part(question), question.property, level)
    kept, still = terms.Bool("kept", f.ctx), terms.Bool("kept.next", f.ctx)
    holds = [terms.Implies(conj(f.facts, f.ctx), f.holds) if f.facts else f.holds] if f.holds is not None else []
    initial, good = conj([kept, *f.initial, *f.facts], f.ctx), conj([kept, *holds], f.ctx)
    rigid = [(c, _next(c)) for c in f.parameters]
    pairs = [(kept, still), *zip(f.state(0), f.state(1), strict=True), *rigid]
    # An initial state and a property may speak of states only: what else they need is state too, of any value.
    known = {c.decl().name() for pair in pairs for c in pair}
    pairs += [(c, _next(c)) for c in constants_in([initial, good]) if c.decl().name() not in known]
    watched = [still == f.kept] if f.kept is not None else [still]
    step = conj([*f.step, *f.step_facts, *(new == old for old, new in rigid), *watched], f.ctx)
    lines = list(_declarations([*(c for pair in pairs for c in pair), *constants_in([step])]))
    lines += [f"(define-fun .sv{i} () {a.sort()} (! {a.sexpr()} :next {b.sexpr()}))" for i, (a, b) in enumerate(pairs)]
    lines += [
        f"(define-fun .init () Bool (! {initial.sexpr()} :init true))",
        f"(define-fun .trans () Bool (! {step.sexpr()} :trans true))",
        f"(define-fun .property () Bool (! {good.sexpr()} :invar-property 0))",
    ]
    said = [
        "name@0 is a value now, name@1 the next one; `kept` is whether the last step was as the property asks.",
        "Invariant: the property holds in every history. Violated: it fails" + _doubt(f, level),
    ]
    return _text([*_head(question), *said, *_legend(f.encoding)], lines)


# --- parts ---------------------------------------------------------------------------------------


def _part(question: Question) -> System:
    return slice_system(question.system, (question.property.state, question.property.step))


def _head(question: Question) -> list[str]:
    return [f"{question.key}, of {question.system.name}"]


def _doubt(formulas: Formulas, level: int) -> str:
    """Return what may be wrong with a violation on the calendar of `level`."""
    if not formulas.encoding.calendar.constants or level > 1:
        return "."
    return ", perhaps by a calendar that never was: months are abstract here."


def _legend(enc: Encoding) -> Iterator[str]:
    """Yield what numbers stand for."""
    system = enc.system
    yield f"{enc.selector(0).decl().name().removesuffix('@0')}@i: {_numbered(enc.step_names)}"
    things = [(enc.parameters[p.name].decl().name(), p.sort) for p in system.parameters]
    things += [(v.name, v.sort) for v in system.variables]
    things += [(i.name, i.sort) for e in system.events for i in e.inputs]
    listed: dict[EnumSort, list[str]] = {}
    for name, sort in things:
        if isinstance(sort, EnumSort):
            listed.setdefault(sort, []).append(name)
    for sort, of in listed.items():
        yield f"{', '.join(of)}: {_numbered(sort.values)}"


def _numbered(names: Sequence[str]) -> str:
    return ", ".join(f"{i} {name}" for i, name in enumerate(names))


def _next(constant: z3.ExprRef) -> z3.ExprRef:
    """Return the constant for the next value of `constant`."""
    return z3.Const(f"{constant.decl().name()}.next", constant.sort())


def _declarations(constants: Iterable[z3.ExprRef]) -> Iterator[str]:
    for c in {c.decl().name(): c for c in constants}.values():
        yield f"(declare-fun {c.sexpr()} () {c.sort()})"


def _assertions(parts: Iterable[z3.BoolRef], ctx: z3.Context) -> list[str]:
    """Return declarations, assertions and the question whether they can be satisfied."""
    solver = z3.Solver(ctx=ctx)
    terms.add(solver, parts)
    return [line for line in solver.to_smt2().splitlines() if not line.startswith((";", "(set-info"))]


def _text(comments: Iterable[str], lines: Iterable[str]) -> str:
    return "\n".join((*(f"; {' '.join(c.split())}" for c in comments), *lines, ""))
