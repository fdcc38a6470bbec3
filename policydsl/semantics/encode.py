"""What a policy means, said to a solver: the symbolic twin of `interpret`, case for case in the same order.

Truth values are `Bool`, integers and day numbers `Int`, rationals `Real`; a value of an enumeration is
its place in the list. Every term lives in the context that the caller hands over, never in the global one.

z3's `div` and `mod` by a positive constant round down, as Python's do; the core has no other division.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial

from policydsl.base.calendar import Month, month_of
from policydsl.core.expr import DATE, TODAY, DateLit, Expr, Sort, View
from policydsl.core.fold import demanded_put_in
from policydsl.core.system import PASSAGE, Case, Event, Input, Schedule, System, Update, Variable
from policydsl.core.walk import definition_table, expressions, names, nodes
from policydsl.semantics import terms as z3
from policydsl.semantics.encode_calendar import Calendar, CalendarTerms, ExactCalendar
from policydsl.semantics.encode_expr import Expressions, SymEnv
from policydsl.semantics.encode_sorts import all_of, any_of, constant, domain, number, truth

_OTHERS = """
    bad kept reached
    abs and array as assert concat const declare define distinct div divisible echo exists exit extract false forall
    iand if iff implies int2bv is ite lambda let map match mod not or par pi pop push rem repeat reset select seq set
    store to_int to_real true xor
    Array BINARY Bag Bool DECIMAL Float HEXADECIMAL Int List NUMERAL Real RegLan Relation Seq Set STRING String Table
    Tuple
"""
_TAKEN = frozenset(_OTHERS.split())
"""What solvers, and problems written for them, call something else: no parameter's name there. Others wear an `@`."""


class _Constants(Mapping[str, z3.ExprRef]):
    """The constants of one frame, each made when it is first asked for: a proof speaks of few."""

    def __init__(self, sorts: Mapping[str, Sort], frame: int, ctx: z3.Context) -> None:
        self._sorts, self._frame, self._ctx = sorts, frame, ctx
        self._made: dict[str, z3.ExprRef] = {}

    def __getitem__(self, name: str) -> z3.ExprRef:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = constant(f"{name}@{self._frame}", self._sorts[name], self._ctx)
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._sorts

    def __iter__(self) -> Iterator[str]:
        return iter(self._sorts)

    def __len__(self) -> int:
        return len(self._sorts)


class Encoding:
    """`system` as constraints over numbered frames; frame `i` is the state after `i` steps.

    The only objects with a memory here: terms, once built, are shared, and `calendar_facts` knows what
    it has handed out. Constraints are complete only together with the calendar facts of their terms.
    """

    def __init__(self, system: System, ctx: z3.Context, calendar: Calendar) -> None:
        self.system = system
        self.ctx = ctx
        self.calendar = CalendarTerms(calendar, ctx)
        self.step_names: tuple[str, ...] = (
            *(e.name for e in system.events),
            *(s.name for s in system.schedules),
            PASSAGE,
        )
        self.parameters: dict[str, z3.ExprRef] = {
            p.name: constant(_unlike(p.name, _TAKEN), p.sort, ctx) for p in system.parameters
        }
        self._places = {name: i for i, name in enumerate(self.step_names)}
        self._step = _unlike("step", {v.name for v in system.variables})
        self._variables: dict[str, Sort] = {**{v.name: v.sort for v in system.variables}, TODAY: DATE}
        self._given: dict[str, Sort] = {each.name: each.sort for event in system.events for each in event.inputs}
        self._frames: dict[int, _Constants] = {}
        self._inputs: dict[int, _Constants] = {}
        self._guards: dict[str, Expr] = {}
        self._said = Expressions(definition_table(system), self.parameters, self._given, self._places, self.calendar)

    # --- constants ---------------------------------------------------------------------------------

    def frame(self, i: int) -> Mapping[str, z3.ExprRef]:
        """Return the constants of state `i`: every variable, and `today`."""
        if i not in self._frames:
            self._frames[i] = _Constants(self._variables, i, self.ctx)
        return self._frames[i]

    def inputs(self, i: int) -> Mapping[str, z3.ExprRef]:
        """Return the constants of the inputs, of all events, in the step from frame `i` to `i + 1`."""
        if i not in self._inputs:
            self._inputs[i] = _Constants(self._given, i, self.ctx)
        return self._inputs[i]

    def selector(self, i: int) -> z3.ArithRef:
        """Return which of `step_names` the step from frame `i` to `i + 1` is."""
        return z3.Int(f"{self._step}@{i}", self.ctx)

    # --- constraints -------------------------------------------------------------------------------

    def rigid(self, about: Container[str] | None = None) -> list[z3.BoolRef]:
        """Return that the parameters are admissible: each of its sort, and the assumptions hold.

        With `about`, here and below: only what is said of these names, which is less than all there is to say.
        """
        domains = [domain(self.parameters[p.name], p.sort) for p in self.system.parameters if _among(p.name, about)]
        nowhere = SymEnv(
            {TODAY: z3.IntVal(1, self.ctx)}, {TODAY: z3.IntVal(1, self.ctx)}, {}, None, View.AFTER, (-1, True), {}
        )
        definitions = definition_table(self.system)
        chosen = [
            e for e in self.system.assumptions if about is None or any(name in about for name in names(e, definitions))
        ]
        return [d for d in domains if d is not None] + [self._said.holds(e, nowhere) for e in chosen]

    def domain(self, i: int, about: Container[str] | None = None) -> list[z3.BoolRef]:
        """Return that the values of frame `i` are of their sorts."""
        frame = self.frame(i)
        domains = [domain(frame[v.name], v.sort) for v in self.system.variables if _among(v.name, about)]
        return [d for d in domains if d is not None]

    def initial(self, about: Container[str] | None = None) -> list[z3.BoolRef]:
        """Return that frame 0 is an initial state. With `rigid`, its models are those of `interpret.initial_state`."""
        env, frame = self._alone(0), self.frame(0)
        values = [
            truth(frame[v.name] == self._said.encode(v.initial, env))
            for v in self.system.variables
            if v.initial is not None and _among(v.name, about)
        ]
        return [*self.domain(0, about), *values, *(self._said.holds(e, env) for e in self.system.starts)]

    def transition(self, i: int) -> list[z3.BoolRef]:
        """Return that one step leads from frame `i` to `i + 1`: the twin of `interpret.step`."""
        return [c for _, constraints in self.parts(i) for c in constraints]

    def parts(self, i: int, wanted: Container[str] | None = None) -> Iterator[tuple[str, list[z3.BoolRef]]]:
        """Yield the parts of the step from frame `i` to `i + 1` by name, those `wanted` alone; together they are all.

        They are named after what of the system they say: `input violation.conduct`, `schedule new_year`, `event
        violation` (when it can take place), `value score` (its new value), and `step` and `dates` for every system.
        """
        made: list[tuple[str, Callable[[], list[z3.BoolRef]]]] = [("step", partial(self._known, i))]
        made += [(f"input {x.name}", partial(self._input, i, e, x)) for e in self.system.events for x in e.inputs]
        made += [("dates", partial(self._dates, i))]
        made += [(f"schedule {s.name}", partial(self._urgency, i, k, s)) for k, s in enumerate(self.system.schedules)]
        made += [(f"event {e.name}", partial(self._guard, i, e)) for e in self.system.events]
        made += [(f"value {u.variable}", partial(self._update, i, u)) for u in self.system.updates]
        updated = {u.variable for u in self.system.updates}
        made += [(f"value {v.name}", partial(self._rest, i, v)) for v in self.system.variables if v.name not in updated]
        return ((name, make()) for name, make in made if _among(name, wanted))

    def state_holds(self, e: Expr, i: int) -> z3.BoolRef:
        """Return that `e` holds of frame `i` on its own."""
        return truth(self.state_value(e, i))

    def step_holds(self, e: Expr, i: int) -> z3.BoolRef:
        """Return that `e`, read in AFTER, holds of the step from frame `i` to `i + 1`."""
        return truth(self.step_value(e, i))

    def state_value(self, e: Expr, i: int) -> z3.ExprRef:
        """Return the value of `e` in frame `i` on its own."""
        return self._said.encode(e, self._alone(i))

    def step_value(self, e: Expr, i: int) -> z3.ExprRef:
        """Return the value of `e`, read in AFTER, in the step from frame `i` to `i + 1`."""
        return self._said.encode(e, self._said.seen_from(View.AFTER, self._between(i)))

    def calendar_facts(self) -> list[z3.BoolRef]:
        """Return what the calendar says of all terms built so far, without what earlier calls returned."""
        return self.calendar.take_facts()

    # --- environments ------------------------------------------------------------------------------

    def _alone(self, i: int) -> SymEnv:
        frame = self.frame(i)
        return SymEnv(frame, frame, {}, None, View.AFTER, (i, True), self._said.made_in(View.AFTER, (i, True)))

    def _between(self, i: int) -> SymEnv:
        frames = (self.frame(i), self.frame(i + 1))
        made = self._said.made_in(View.BEFORE, (i, False))
        return SymEnv(*frames, self.inputs(i), self.selector(i), View.BEFORE, (i, False), made)

    # --- parts of a step ---------------------------------------------------------------------------

    def _is(self, i: int, name: str) -> z3.BoolRef:
        return truth(self.selector(i) == self._places[name])

    def _input(self, i: int, event: Event, each: Input) -> list[z3.BoolRef]:
        """Return that an input has a value of its sort in its event, and the plainest one in other steps."""
        term, happens = self.inputs(i)[each.name], self._is(i, event.name)
        allowed, absent = domain(term, each.sort), self._said.absent(each.sort, number(self.frame(i + 1)[TODAY]))
        constraints = [] if allowed is None else [truth(z3.Implies(happens, allowed))]
        if absent is not None:
            constraints.append(truth(z3.Or(happens, term == absent)))
        return constraints

    def _known(self, i: int) -> list[z3.BoolRef]:
        """Return that the step is one of those that there are."""
        selector = self.selector(i)
        return [selector >= 0, selector < len(self.step_names)]

    def _dates(self, i: int) -> list[z3.BoolRef]:
        """Return that dates do not go back, and that a passage goes on."""
        before, after = number(self.frame(i)[TODAY]), number(self.frame(i + 1)[TODAY])
        return [before <= after, truth(z3.Implies(self._is(i, PASSAGE), before < after))]

    def _urgency(self, i: int, k: int, schedule: Schedule) -> list[z3.BoolRef]:
        """Return the twin of `interpret.due`: what schedule `k` says about which step comes next, and when.

        With `today` the day reached and `day` the step's, `due' = max(due, today)`. If armed: an event, a
        passage or a schedule later in order needs `due' > day`; one earlier in order `due' >= day`; for the
        schedule's own step `due' = day`. As `day >= today`, `due' > day` iff `due > day`.
        """
        env = self._alone(i)
        reached, day = env.day, number(self.frame(i + 1)[TODAY])
        armed, due = self._said.holds(schedule.armed, env), number(self._said.encode(schedule.due, env))
        own = self._is(i, schedule.name)
        first = len(self.system.events)
        earlier = truth(z3.And(self.selector(i) >= first, self.selector(i) < first + k))
        latest = truth(day <= z3.If(due < reached, reached, due))
        return [
            truth(z3.Implies(own, all_of(armed, day == z3.If(due < reached, reached, due)))),
            truth(z3.Implies(all_of(armed, truth(z3.Not(own))), z3.If(earlier, latest, due > day))),
        ]

    def _guard(self, i: int, event: Event) -> list[z3.BoolRef]:
        """Return that `event` takes place only where its guard holds.

        What the guard demands of a fact is put in elsewhere in it: what then comes to nothing may speak of months, each
        of which brings facts that relate it to all others.
        """
        guard = self._guards.get(event.name)
        if guard is None:
            guard = self._guards[event.name] = demanded_put_in(event.guard, {each.name for each in event.inputs})
        return [truth(z3.Implies(self._is(i, event.name), self._said.holds(guard, self._between(i))))]

    def _update(self, i: int, update: Update) -> list[z3.BoolRef]:
        """Return that the variable has the value of the first case that applies, else the old one."""
        env = self._between(i)
        value = env.before[update.variable]
        for case in reversed(update.cases):
            value = z3.If(self._applies(i, case, env), self._said.encode(case.value, env), value)
        return [truth(env.after[update.variable] == value)]

    def _applies(self, i: int, case: Case, env: SymEnv) -> z3.BoolRef:
        """Return that the step is one of the case's, and that its guard holds."""
        guard = self._said.holds(case.guard, env)
        if case.steps is None:
            return guard
        happens = [self._is(i, name) for name in self.step_names if name in case.steps]
        return all_of(any_of(happens, self.ctx), guard)

    def _rest(self, i: int, variable: Variable) -> list[z3.BoolRef]:
        """Return that a variable without an update keeps its value."""
        return [truth(self.frame(i + 1)[variable.name] == self.frame(i)[variable.name])]


def _among(name: str, wanted: Container[str] | None) -> bool:
    """Return whether `name` is wanted; without a choice, all are."""
    return wanted is None or name in wanted


def exact_calendar(system: System, first_month: Month, months: int) -> ExactCalendar:
    """Return the exact calendar of the months from `first_month` on, and of all dates that `system` writes.

    A date written as "never" or "long ago" thus keeps its month, however far it lies from the others.
    """
    written = (node for _, e in expressions(system) for node in nodes(e))
    also = frozenset(month_of(node.value) for node in written if isinstance(node, DateLit))
    return ExactCalendar(first_month, months, also)


def _unlike(name: str, others: Container[str]) -> str:
    """Return `name`, made longer until it is none of `others`: one name for two things would make wrong proofs."""
    return name if name not in others else _unlike(f"{name}!", others)
