"""Invariants by property-directed reachability: z3's Spacer on the system as Horn clauses, on the abstract calendar.

The clauses speak of one state before a step and one after it. Months are constants of one clause: what a state's dates
have to do with the calendar is handed on by further arguments, the month of each date that is looked at and its first
day.

Source: A. Komuravelli, A. Gurfinkel, S. Chaki, "SMT-based model checking for recursive programs", CAV 2014.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import z3

from policydsl.core.expr import (
    DATE,
    INT,
    TODAY,
    TRUE,
    AddMonths,
    DateSort,
    DayInMonth,
    Expr,
    MonthOf,
    MonthsExact,
    MonthStart,
    Sort,
    Var,
)
from policydsl.core.system import Property, System
from policydsl.core.walk import expressions, nodes, slice_system
from policydsl.engines.readback import ForeignError, read
from policydsl.engines.solve import Meter, conj
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding, number
from policydsl.semantics.encode_calendar import AbstractCalendar

_OPTIONS = {
    "engine": "spacer",
    "xform.slice": False,  # arguments are to stay where they are
    "xform.inline_linear": False,
    "xform.inline_eager": False,
    "ctrl_c": True,
}


@dataclass(frozen=True, slots=True)
class Invariant:
    """What Spacer says holds in every state and entails the property, conjunct by conjunct. Not checked yet."""

    conjuncts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Reachable:
    """Spacer found a violation, perhaps by a calendar that never was."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """The budget ran out, or Spacer gave up."""


Answer: TypeAlias = Invariant | Reachable | Unsure


def search(system: System, claim: Property, level: int, rlimit: int, meter: Meter) -> Answer:
    """Look for an inductive invariant of `system` that entails `claim`, within `rlimit` resource units.

    Gives:    candidates for lemmas; the caller proves by induction that they are any, as with all candidates.
    Complete: no; and a violation that it finds is no more than a hint, since the calendar is an abstraction.
    """
    if meter.spent:
        return Unsure()
    clauses = Clauses(slice_system(system, (claim.state, claim.step)), claim, level)
    fixedpoint = z3.Fixedpoint(ctx=clauses.ctx)
    fixedpoint.set(**_OPTIONS, rlimit=rlimit, timeout=max(1, int(meter.left * 1000)))
    fixedpoint.register_relation(clauses.reached, clauses.bad)
    for rule in clauses.rules():
        fixedpoint.add_rule(rule)
    try:
        answer = fixedpoint.query(clauses.bad())
        reason = fixedpoint.reason_unknown()
    except z3.Z3Exception as error:  # so it says that a limit was hit
        answer, reason = z3.unknown, str(error)
    if "interrupted" in reason:
        raise KeyboardInterrupt
    if answer == z3.sat:
        return Reachable()
    return Unsure() if answer == z3.unknown else Invariant(tuple(clauses.read(fixedpoint.get_answer())))


class Clauses:
    """`system` and the violation of `claim` as Horn clauses over `reached(state)` and `bad`."""

    def __init__(self, system: System, claim: Property, level: int) -> None:
        self.ctx = z3.Context()
        self.claim = claim
        self.encoding = Encoding(system, self.ctx, AbstractCalendar(level))
        self._dates = dates_with_months(system, claim)
        arguments = self._state(0)
        self.bad = z3.Function("bad", z3.BoolSort(self.ctx))
        self.reached = z3.Function("reached", *(a.sort() for a in arguments), z3.BoolSort(self.ctx))

    def rules(self) -> list[z3.BoolRef]:
        """Return the clauses, each closed: how histories start, how they go on, and what must not be."""
        enc, claim = self.encoding, self.claim
        here, frame = self.reached(*self._state(0)), [*enc.rigid(), *enc.domain(0)]
        rules = [([*frame, *enc.initial()], here)]
        if claim.state != TRUE:
            rules.append(([here, *frame, terms.Not(enc.state_holds(claim.state, 0))], self.bad()))
        facts = enc.calendar_facts()
        rules = [([*body, *facts], head) for body, head in rules]
        there, step = self.reached(*self._state(1)), [here, *frame, *enc.domain(1), *enc.transition(0)]
        steps = [(step, there)]
        if claim.step != TRUE:
            steps.append(([*step, terms.Not(enc.step_holds(claim.step, 0))], self.bad()))
        facts += enc.calendar_facts()
        return [self._close(body, head) for body, head in (*rules, *(([*body, *facts], head) for body, head in steps))]

    def read(self, answer: z3.ExprRef) -> Iterator[Expr]:
        """Yield what `answer` says of `reached`, conjunct by conjunct, where the core has words for it."""
        for said in answer.children() if z3.is_and(answer) else [answer]:
            body = said.body() if z3.is_quantifier(said) else said
            if not (z3.is_eq(body) and body.arg(0).decl().eq(self.reached)):
                continue
            own = self._state(0)
            places = {z3.get_var_index(v): own[i] for i, v in enumerate(body.arg(0).children())}
            found = z3.substitute_vars(body.arg(1), *(places[i] for i in range(len(places))))
            for part in found.children() if z3.is_and(found) else [found]:
                try:
                    yield read(part, self._names())
                except ForeignError:
                    continue

    def _state(self, i: int) -> list[z3.ExprRef]:
        """Return what `reached` says of state `i`: parameters, variables, the day, and the months of dates."""
        enc, calendar = self.encoding, self.encoding.calendar
        frame = enc.frame(i)
        months = [calendar.month_of(number(frame[name])) for name in self._dates]
        return [*enc.parameters.values(), *frame.values(), *months, *(calendar.month_start(m) for m in months)]

    def _names(self) -> dict[str, tuple[Expr, Sort]]:
        """Return what the arguments of `reached` are called in the core."""
        system = self.encoding.system
        own: list[tuple[Expr, Sort]] = [(Var(p.name, p.sort), p.sort) for p in system.parameters]
        own += [(Var(v.name, v.sort), v.sort) for v in system.variables]
        months = [MonthOf(Var(name, DATE)) for name in self._dates]
        own += [(Var(TODAY, DATE), DATE), *((m, INT) for m in months), *((MonthStart(m), DATE) for m in months)]
        return {a.decl().name(): meant for a, meant in zip(self._state(0), own, strict=True)}

    def _close(self, body: list[z3.BoolRef], head: z3.BoolRef) -> z3.BoolRef:
        rule = terms.Implies(conj(body, self.ctx), head)
        free = [c for c in _constants([rule]).values() if not c.decl().eq(self.bad)]
        return z3.ForAll(free, rule) if free else rule


def dates_with_months(system: System, claim: Property) -> tuple[str, ...]:
    """Return the dates of a state, `today` included, if anything in `system` or `claim` looks at months.

    All of them: where a date gets its value from one whose month matters, its own matters too.
    """
    said = [claim.state, claim.step, *(e for _, e in expressions(system))]
    looks = MonthOf | DayInMonth | MonthStart | AddMonths | MonthsExact
    if not any(isinstance(node, looks) for e in said for node in nodes(e)):
        return ()
    return (TODAY, *(v.name for v in system.variables if isinstance(v.sort, DateSort)))


def _constants(roots: Iterable[z3.ExprRef]) -> dict[str, z3.ExprRef]:
    """Return the constants in `roots` by name."""
    found: dict[str, z3.ExprRef] = {}
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        term = stack.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[term.decl().name()] = term
        stack.extend(term.children())
    return found
