"""A system and a property as formulas over one state before a step and one after it: Horn clauses are made of them.

Months are constants of one formula. What a state's dates have to do with the calendar is handed on from one step to the
next by further parts of the state: the month of each date, and that month's first day.
"""

from collections.abc import Iterable

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
from policydsl.core.walk import expressions, nodes
from policydsl.engines.solve import conj
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_calendar import AbstractCalendar
from policydsl.semantics.encode_sorts import number

_LOOKS = MonthOf | DayInMonth | MonthStart | AddMonths | MonthsExact


class Formulas:
    """What there is to say of states 0 and 1 and of the step between them, at `level` of the calendar abstraction.

    `initial` says that state 0 is an initial one, `step` that state 1 comes after state 0; `holds` and `kept` say that
    the property is true of state 0, and of the step. They are complete only with the `facts` about state 0 and, where
    state 1 is spoken of, with the `step_facts`, which are true of every calendar that the level knows.
    """

    def __init__(self, system: System, claim: Property, level: int) -> None:
        self.ctx = terms.new_context()
        self.encoding = enc = Encoding(system, self.ctx, AbstractCalendar(level))
        self.dates = dates_with_months(system, claim)
        self.state(0)
        frame = [*enc.rigid(), *enc.domain(0)]
        self.initial = [*frame, *enc.initial()]
        self.holds = None if claim.state == TRUE else enc.state_holds(claim.state, 0)
        self.facts = enc.calendar_facts()
        self.state(1)
        self.step = [*frame, *enc.domain(1), *enc.transition(0)]
        self.kept = None if claim.step == TRUE else enc.step_holds(claim.step, 0)
        self.step_facts = [*self.facts, *enc.calendar_facts()]

    @property
    def parameters(self) -> list[z3.ExprRef]:
        """The constants that are the same in every state."""
        return list(self.encoding.parameters.values())

    def state(self, i: int) -> list[z3.ExprRef]:
        """Return all that changes of state `i`: its variables, its day, and the months of its dates."""
        calendar, frame = self.encoding.calendar, self.encoding.frame(i)
        months = [calendar.month_of(number(frame[name])) for name in self.dates]
        return [*frame.values(), *months, *(calendar.month_start(m) for m in months)]

    def names(self) -> dict[str, tuple[Expr, Sort]]:
        """Return what parameters and the parts of state 0 are called in the core, by their names here."""
        system = self.encoding.system
        own: list[tuple[Expr, Sort]] = [(Var(p.name, p.sort), p.sort) for p in system.parameters]
        own += [(Var(v.name, v.sort), v.sort) for v in system.variables]
        months = [MonthOf(Var(name, DATE)) for name in self.dates]
        own += [(Var(TODAY, DATE), DATE), *((m, INT) for m in months), *((MonthStart(m), DATE) for m in months)]
        constants = [*self.parameters, *self.state(0)]
        return {c.decl().name(): meant for c, meant in zip(constants, own, strict=True)}


class Clauses:
    """Horn clauses over `reached(state)` and `bad`: `bad` follows from them iff some history violates the property."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas, self.ctx = formulas, formulas.ctx
        self.bad = z3.Function("bad", z3.BoolSort(self.ctx))
        arguments = [*formulas.parameters, *formulas.state(0)]
        self.reached = z3.Function("reached", *(a.sort() for a in arguments), z3.BoolSort(self.ctx))

    def state(self, i: int) -> z3.BoolRef:
        """Return that state `i` is reached."""
        return self.reached(*self.formulas.parameters, *self.formulas.state(i))

    def rules(self) -> list[z3.BoolRef]:
        """Return the clauses, each closed: how histories start, how they go on, and what must not be."""
        f, here = self.formulas, self.state(0)
        known, step = [*f.initial, *f.facts], [here, *f.step, *f.step_facts]
        rules = [(known, here), (step, self.state(1))]
        if f.holds is not None:
            rules.append(([here, *f.facts, terms.Not(f.holds)], self.bad()))
        if f.kept is not None:
            rules.append(([*step, terms.Not(f.kept)], self.bad()))
        return [self._close(body, head) for body, head in rules]

    def _close(self, body: list[z3.BoolRef], head: z3.BoolRef) -> z3.BoolRef:
        rule = terms.Implies(conj(body, self.ctx), head)
        free = [c for c in constants_in([rule]) if not c.decl().eq(self.bad)]
        return z3.ForAll(free, rule) if free else rule


def dates_with_months(system: System, claim: Property) -> tuple[str, ...]:
    """Return the dates of a state, `today` included, if anything in `system` or `claim` looks at months.

    All of them: where a date gets its value from one whose month matters, its own matters too.
    """
    said = [claim.state, claim.step, *(e for _, e in expressions(system))]
    if not any(isinstance(node, _LOOKS) for e in said for node in nodes(e)):
        return ()
    return (TODAY, *(v.name for v in system.variables if isinstance(v.sort, DateSort)))


def constants_in(roots: Iterable[z3.ExprRef]) -> list[z3.ExprRef]:
    """Return the constants in `roots`, each once, in an order that depends on the terms alone."""
    found: dict[str, z3.ExprRef] = {}
    seen: set[int] = set()
    stack = list(reversed(list(roots)))
    while stack:
        term = stack.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[term.decl().name()] = term
        stack.extend(reversed(term.children()))
    return list(found.values())
