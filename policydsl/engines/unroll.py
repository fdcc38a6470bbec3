"""One system, unrolled step by step in one solver that all questions about it share.

Nothing about a question is ever asserted: each term gets a literal that implies it, and a query assumes the literals
it needs. So nothing is taken back, nothing is built twice, and what the solver learns for one question serves the next.
"""

from collections.abc import Iterable

import z3

from policydsl.core.expr import TRUE, Expr
from policydsl.core.system import Property, System
from policydsl.engines.solve import Answer, Meter, ask, conj, disj, new_solver
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_calendar import Calendar, ExactCalendar
from policydsl.semantics.encode_sorts import truth


class Unrolling:
    """States 0, 1, 2, ... of `system` and the steps between them, as far as asked for; step i leads to state i.

    On an exact calendar state 0 is an initial one, which spares the solver much; on an abstract one, only where
    `starting` is assumed.
    """

    def __init__(self, system: System, calendar: Calendar, ctx: z3.Context | None = None) -> None:
        self.system = system
        self.ctx = ctx or terms.new_context()
        self.encoding = Encoding(system, self.ctx, calendar)
        self.solver = new_solver(self.ctx, bounded=isinstance(calendar, ExactCalendar))
        self._literals: dict[int, tuple[z3.BoolRef, z3.BoolRef]] = {}  # by id; keeps the term, or its id is reused
        self._terms: dict[tuple[int, int], tuple[Expr, z3.BoolRef]] = {}  # by id: hashing takes longer than building
        self._violated: dict[tuple[Property, int], z3.BoolRef] = {}
        self._steps: list[z3.BoolRef] = []
        self._parts: list[list[tuple[str, z3.BoolRef]]] = []
        self.answer: Answer = "unknown"  # of the latest query
        terms.add(self.solver, [*self.encoding.rigid(), *self.encoding.domain(0)])
        if isinstance(calendar, ExactCalendar):  # for stories, which all begin at the beginning
            terms.add(self.solver, self.encoding.initial())
            self.starting = conj((), self.ctx)
        else:
            self.starting = self.literal(conj(self.encoding.initial(), self.ctx))

    @property
    def dated(self) -> bool:
        """Whether the terms built so far look at months, so that it matters which calendar it is."""
        return bool(self.encoding.calendar.constants)

    @property
    def depth(self) -> int:
        """How many steps are built."""
        return len(self._steps)

    def literal(self, term: z3.BoolRef) -> z3.BoolRef:
        """Return a literal that implies `term`."""
        known = self._literals.get(term.get_id())
        if known is not None:
            return known[1]
        found = truth(terms.Bool(f"lit!{len(self._literals)}", self.ctx))
        self._literals[term.get_id()] = (term, found)
        terms.add(self.solver, (terms.Implies(found, term),))
        return found

    def reach(self, depth: int) -> z3.BoolRef:
        """Return a literal that implies that steps 1 to `depth` are taken."""
        if depth == 0:
            return conj((), self.ctx)
        while len(self._steps) < depth:
            i = len(self._steps) + 1
            named = [(name, conj(said, self.ctx)) for name, said in self.encoding.parts(i - 1) if said]
            parts = [*self.encoding.domain(i), *(part for _, part in named)]
            taken = terms.Bool(f"step!{i}", self.ctx)
            terms.add(self.solver, [terms.Implies(taken, conj([*self._steps[-1:], *parts], self.ctx))])
            self._parts.append(named)
            self._steps.append(taken)
        return self._steps[depth - 1]

    def parts(self, i: int) -> list[tuple[str, z3.BoolRef]]:
        """Return the parts of step `i`, as `Encoding.parts` names them, each a literal of its own; not the domains."""
        self.reach(i)
        return [(name, self.literal(part)) for name, part in self._parts[i - 1]]

    def term(self, e: Expr, i: int) -> z3.BoolRef:
        """Return `e` of state `i` on its own; built once."""
        key = (id(e), i)
        if key not in self._terms:
            self._terms[key] = (e, self.encoding.state_holds(e, i))
        return self._terms[key][1]

    def holds(self, e: Expr, i: int) -> z3.BoolRef:
        """Return a literal that implies `e` in state `i` on its own."""
        return self.literal(self.term(e, i))

    def fails(self, e: Expr, i: int) -> z3.BoolRef:
        """Return a literal that implies that `e` fails in state `i` on its own."""
        return self.literal(terms.Not(self.term(e, i)))

    def satisfied(self, claim: Property, i: int) -> z3.BoolRef:
        """Return a literal that implies `claim` of state `i` and of the step to it, if there is one."""
        parts = [self.term(claim.state, i)]
        if i > 0 and claim.step != TRUE:
            parts.append(self.encoding.step_holds(claim.step, i - 1))
        return self.literal(conj(parts, self.ctx))

    def violated(self, claim: Property, i: int) -> z3.BoolRef:
        """Return a literal that implies that the history has `i` steps and `claim` fails in the last or its state."""
        found = self._violated.get((claim, i))
        if found is None:
            found = self.literal(terms.And(self.reach(i), self._breach(claim, i)))
            self._violated[claim, i] = found
        return found

    def broken(self, claim: Property, i: int) -> z3.BoolRef:
        """Return a literal that implies that `claim` fails in state `i` or in the step to it, whatever that step is."""
        return self.literal(self._breach(claim, i))

    def _breach(self, claim: Property, i: int) -> z3.BoolRef:
        parts = [terms.Not(self.term(claim.state, i))] if claim.state != TRUE else []
        if i > 0 and claim.step != TRUE:
            parts.append(terms.Not(self.encoding.step_holds(claim.step, i - 1)))
        return disj(parts, self.ctx)

    def any_of(self, parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
        """Return a literal that implies one of `parts`."""
        return self.literal(disj(parts, self.ctx))

    def ask(self, assumptions: Iterable[z3.BoolRef], meter: Meter) -> Answer:
        """Return whether the history can be as `assumptions` say."""
        terms.add(self.solver, self.encoding.calendar_facts())
        self.answer = ask(self.solver, assumptions, meter)
        return self.answer

    def true_in(self, model: z3.ModelRef, term: z3.BoolRef) -> bool:
        """Return whether `term` holds in `model`, completed."""
        return terms.is_true_in(model, term)
