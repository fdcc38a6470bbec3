"""What a policy means, said to a solver: the symbolic twin of `interpret`, case for case in the same order.

Truth values are `Bool`, integers and day numbers `Int`, rationals `Real`; a value of an enumeration is
its place in the list. Every term lives in the context that the caller hands over, never in the global one.

z3's `div` and `mod` by a positive constant round down, as Python's do; the core has no other division.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import assert_never

from policydsl.base.calendar import Month, month_of
from policydsl.core.expr import (
    CLOCK,
    DATE,
    TODAY,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    BoolSort,
    DateLit,
    DateSort,
    DayInMonth,
    DaysBetween,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    IntSort,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
    RatLit,
    RatSort,
    Remainder,
    Scale,
    Sort,
    ToRat,
    Use,
    Value,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import PASSAGE, Case, Event, Input, Schedule, System, Update, Variable
from policydsl.core.walk import default_value, definition_table, expressions, names, nodes
from policydsl.semantics import terms as z3
from policydsl.semantics.encode_business import add_business_days
from policydsl.semantics.encode_calendar import (
    Calendar,
    CalendarTerms,
    ExactCalendar,
    add_months,
    all_of,
    any_of,
    months_exact,
    truth,
    weekday,
)


@dataclass(slots=True)
class SymEnv:
    """Where an expression is read: the twin of `evaluate.Env`.

    `selector` is None on a state on its own; then `before` and `after` are the same frame. `place` tells
    this environment from the others of one encoding: the number of the first frame, and whether it is alone. `made` are
    the terms that were built in it, in this view.
    """

    before: Mapping[str, z3.ExprRef]
    after: Mapping[str, z3.ExprRef]
    inputs: Mapping[str, z3.ExprRef]
    selector: z3.ArithRef | None
    view: View
    place: tuple[int, bool]
    made: dict[Expr, z3.ExprRef]

    @property
    def day(self) -> z3.ArithRef:
        """The date of the step, or of the state on its own."""
        return number(self.after[TODAY])


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
        self.parameters: dict[str, z3.ExprRef] = {p.name: constant(p.name, p.sort, ctx) for p in system.parameters}
        self._definitions = definition_table(system)
        self._places = {name: i for i, name in enumerate(self.step_names)}
        self._step = _unlike("step", {v.name for v in system.variables})
        self._variables: dict[str, Sort] = {**{v.name: v.sort for v in system.variables}, TODAY: DATE}
        self._given: dict[str, Sort] = {each.name: each.sort for event in system.events for each in event.inputs}
        self._frames: dict[int, _Constants] = {}
        self._inputs: dict[int, _Constants] = {}
        self._made: dict[tuple[View, tuple[int, bool]], dict[Expr, z3.ExprRef]] = {}

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
        nowhere = SymEnv({TODAY: self._int(1)}, {TODAY: self._int(1)}, {}, None, View.AFTER, (-1, True), {})
        chosen = [
            e
            for e in self.system.assumptions
            if about is None or any(name in about for name in names(e, self._definitions))
        ]
        return [d for d in domains if d is not None] + [self._holds(e, nowhere) for e in chosen]

    def domain(self, i: int, about: Container[str] | None = None) -> list[z3.BoolRef]:
        """Return that the values of frame `i` are of their sorts."""
        frame = self.frame(i)
        domains = [domain(frame[v.name], v.sort) for v in self.system.variables if _among(v.name, about)]
        return [d for d in domains if d is not None]

    def initial(self, about: Container[str] | None = None) -> list[z3.BoolRef]:
        """Return that frame 0 is an initial state. With `rigid`, its models are those of `interpret.initial_state`."""
        env, frame = self._alone(0), self.frame(0)
        values = [
            truth(frame[v.name] == self._encode(v.initial, env))
            for v in self.system.variables
            if v.initial is not None and _among(v.name, about)
        ]
        return [*self.domain(0, about), *values, *(self._holds(e, env) for e in self.system.starts)]

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
        return self._encode(e, self._alone(i))

    def step_value(self, e: Expr, i: int) -> z3.ExprRef:
        """Return the value of `e`, read in AFTER, in the step from frame `i` to `i + 1`."""
        return self._encode(e, self._seen_from(View.AFTER, self._between(i)))

    def calendar_facts(self) -> list[z3.BoolRef]:
        """Return what the calendar says of all terms built so far, without what earlier calls returned."""
        return self.calendar.take_facts()

    # --- environments ------------------------------------------------------------------------------

    def _alone(self, i: int) -> SymEnv:
        frame = self.frame(i)
        return SymEnv(frame, frame, {}, None, View.AFTER, (i, True), self._made_in(View.AFTER, (i, True)))

    def _between(self, i: int) -> SymEnv:
        frames = (self.frame(i), self.frame(i + 1))
        made = self._made_in(View.BEFORE, (i, False))
        return SymEnv(*frames, self.inputs(i), self.selector(i), View.BEFORE, (i, False), made)

    def _made_in(self, view: View, place: tuple[int, bool]) -> dict[Expr, z3.ExprRef]:
        return self._made.setdefault((view, place), {})

    # --- parts of a step ---------------------------------------------------------------------------

    def _is(self, i: int, name: str) -> z3.BoolRef:
        return truth(self.selector(i) == self._places[name])

    def _input(self, i: int, event: Event, each: Input) -> list[z3.BoolRef]:
        """Return that an input has a value of its sort in its event, and the plainest one in other steps."""
        term, happens = self.inputs(i)[each.name], self._is(i, event.name)
        allowed, absent = domain(term, each.sort), self._absent(each.sort, number(self.frame(i + 1)[TODAY]))
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
        armed, due = self._holds(schedule.armed, env), number(self._encode(schedule.due, env))
        own = self._is(i, schedule.name)
        first = len(self.system.events)
        earlier = truth(z3.And(self.selector(i) >= first, self.selector(i) < first + k))
        latest = truth(day <= z3.If(due < reached, reached, due))
        return [
            truth(z3.Implies(own, all_of(armed, day == z3.If(due < reached, reached, due)))),
            truth(z3.Implies(all_of(armed, truth(z3.Not(own))), z3.If(earlier, latest, due > day))),
        ]

    def _guard(self, i: int, event: Event) -> list[z3.BoolRef]:
        """Return that `event` takes place only where its guard holds."""
        return [truth(z3.Implies(self._is(i, event.name), self._holds(event.guard, self._between(i))))]

    def _update(self, i: int, update: Update) -> list[z3.BoolRef]:
        """Return that the variable has the value of the first case that applies, else the old one."""
        env = self._between(i)
        value = env.before[update.variable]
        for case in reversed(update.cases):
            value = z3.If(self._applies(i, case, env), self._encode(case.value, env), value)
        return [truth(env.after[update.variable] == value)]

    def _applies(self, i: int, case: Case, env: SymEnv) -> z3.BoolRef:
        """Return that the step is one of the case's, and that its guard holds."""
        guard = self._holds(case.guard, env)
        if case.steps is None:
            return guard
        happens = [self._is(i, name) for name in self.step_names if name in case.steps]
        return all_of(any_of(happens, self.ctx), guard)

    def _rest(self, i: int, variable: Variable) -> list[z3.BoolRef]:
        """Return that a variable without an update keeps its value."""
        return [truth(self.frame(i + 1)[variable.name] == self.frame(i)[variable.name])]

    # --- expressions -------------------------------------------------------------------------------

    def _holds(self, e: Expr, env: SymEnv) -> z3.BoolRef:
        return truth(self._encode(e, env))

    def _number(self, e: Expr, env: SymEnv) -> z3.ArithRef:
        return number(self._encode(e, env))

    def _encode(self, e: Expr, env: SymEnv) -> z3.ExprRef:
        """Return a term equal to `evaluate(e, env)` in every model of `env` and the calendar facts. Built once."""
        made = env.made.get(e)
        if made is None:
            made = env.made[e] = self._build(e, env)
        return made

    def _build(self, e: Expr, env: SymEnv) -> z3.ExprRef:
        match e:
            case BoolLit(value=value):
                return z3.BoolVal(value, self.ctx)
            case IntLit(value=value) | DateLit(value=value):
                return self._int(value)
            case RatLit(value=value):
                return z3.RealVal(str(value), self.ctx)
            case EnumLit(sort=sort, value=name):
                return self._int(sort.values.index(name))
            case Var():
                return self._look_up(e, env)
            case Use(name=name):
                return self._encode(self._definitions[name].body, env)
            case At(view=view, body=body):
                return self._encode(body, self._seen_from(view, env))
            case Happens(step=name):
                if env.selector is None:
                    return z3.BoolVal(False, self.ctx)  # noqa: FBT003
                return truth(env.selector == self._places[name])
            case Not(arg=a):
                return truth(z3.Not(self._holds(a, env)))
            case And(args=args):
                return conjunction([self._holds(a, env) for a in args], self.ctx)
            case Or(args=args):
                return any_of([self._holds(a, env) for a in args], self.ctx)
            case Ite():
                return self._branches(e, env)
            case Equal(left=a, right=b):
                return truth(self._encode(a, env) == self._encode(b, env))
            case Less(left=a, right=b, strict=strict):
                x, y = self._number(a, env), self._number(b, env)
                return truth(x < y if strict else x <= y)
            case Add(args=args):
                first, *rest = [self._number(a, env) for a in args]
                return number(z3.Sum(first, *rest)) if rest else first
            case Scale(factor=factor, arg=a):
                return self._factor(factor) * self._number(a, env)
            case Quotient(arg=a, divisor=divisor):
                return self._number(a, env) / divisor
            case Remainder(arg=a, divisor=divisor):
                return self._number(a, env) % divisor
            case ToRat(arg=a):
                return z3.ToReal(self._number(a, env))
            case AddDays(date=z, days=n):
                return self._number(z, env) + self._number(n, env)
            case DaysBetween(start=a, end=b):
                return self._number(b, env) - self._number(a, env)
            case MonthOf(date=z):
                return self.calendar.month_of(self._number(z, env))
            case DayInMonth(date=z):
                return self.calendar.day_in_month(self._number(z, env))
            case MonthStart(month=m):
                return self._month_start(self._number(m, env))
            case AddMonths(date=z, months=n, rounding=rounding):
                date, months = self._number(z, env), self._number(n, env)
                return add_months(self.calendar, date, months, rounding)
            case MonthsExact(date=z, months=n):
                return months_exact(self.calendar, self._number(z, env), self._number(n, env))
            case Weekday(date=z):
                return weekday(self._number(z, env))
            case AddBusinessDays(date=z, days=n, calendar=days):
                return add_business_days(self.calendar, self._number(z, env), self._number(n, env), days)
            case _:
                assert_never(e)

    def _seen_from(self, view: View, env: SymEnv) -> SymEnv:
        """Return `env` in `view`; a state on its own has only one."""
        if env.selector is None or view is env.view:
            return env
        return replace(env, view=view, made=self._made_in(view, env.place))

    def _look_up(self, e: Var, env: SymEnv) -> z3.ExprRef:
        """Return the term of a name: the date, a variable, a parameter, an input, or an absent input's."""
        if e.name == TODAY:
            return env.day
        if e.name == CLOCK:
            return env.day if env.view is View.AFTER else env.before[TODAY]
        if e.name in env.before:
            return env.after[e.name] if env.view is View.AFTER else env.before[e.name]
        if e.name in self.parameters:
            return self.parameters[e.name]
        if e.name in env.inputs:
            return env.inputs[e.name]
        absent = self._absent(e.sort, env.day)
        assert absent is not None
        return absent

    def _branches(self, e: Expr, env: SymEnv) -> z3.ExprRef:
        """Return a chain of conditions, built from its end. A long table nests only here, so this loops."""
        chain: list[tuple[z3.BoolRef, z3.ExprRef]] = []
        while isinstance(e, Ite):
            chain.append((self._holds(e.cond, env), self._encode(e.then, env)))
            e = e.otherwise
        value = self._encode(e, env)
        for cond, then in reversed(chain):
            value = z3.If(cond, then, value)
        return value

    def _month_start(self, month: z3.ArithRef) -> z3.ArithRef:
        """Return the first day of `month`, and remember in which month that day lies."""
        start = self.calendar.month_start(month)
        self.calendar.name_month(start, month)
        return start

    def _factor(self, factor: int | Fraction) -> z3.ArithRef:
        return self._int(factor) if isinstance(factor, int) else z3.RealVal(str(factor), self.ctx)

    def _absent(self, sort: Sort, day: z3.ArithRef) -> z3.ExprRef | None:
        """Return the term of `walk.default_value` on `day`, None if the sort is empty."""
        match sort:
            case DateSort():
                return day
            case BoolSort() | IntSort() | RatSort() | EnumSort():
                value = default_value(sort, 0)
                return None if value is None else term_of(value, sort, self.ctx)
            case _:
                assert_never(sort)

    def _int(self, value: int) -> z3.ArithRef:
        return z3.IntVal(value, self.ctx)


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


# --- sorts ---------------------------------------------------------------------------------------


def _unlike(name: str, others: Container[str]) -> str:
    """Return `name`, made longer until it is none of `others`: one name for two things would make wrong proofs."""
    return name if name not in others else _unlike(f"{name}!", others)


def constant(name: str, sort: Sort, ctx: z3.Context) -> z3.ExprRef:
    """Return the constant `name` of the solver's sort for `sort`."""
    match sort:
        case BoolSort():
            return z3.Bool(name, ctx)
        case IntSort() | DateSort() | EnumSort():
            return z3.Int(name, ctx)
        case RatSort():
            return z3.Real(name, ctx)
        case _:
            assert_never(sort)


def term_of(value: Value, sort: Sort, ctx: z3.Context) -> z3.ExprRef:
    """Return the term that stands for `value` of `sort`."""
    match sort:
        case BoolSort():
            return z3.BoolVal(bool(value), ctx)
        case IntSort() | DateSort():
            return z3.IntVal(int(value), ctx)
        case RatSort():
            return z3.RealVal(str(Fraction(value)), ctx)
        case EnumSort(values=values):
            return z3.IntVal(values.index(str(value)), ctx)
        case _:
            assert_never(sort)


def domain(term: z3.ExprRef, sort: Sort) -> z3.BoolRef | None:
    """Return that `term` stands for a value of `sort`; None if every term does."""
    match sort:
        case BoolSort() | IntSort() | RatSort() | DateSort():
            return None
        case EnumSort(values=values):
            place = number(term)
            return all_of(place >= 0, place < len(values))
        case _:
            assert_never(sort)


def number(term: z3.ExprRef) -> z3.ArithRef:
    """Return `term`, known to be an integer or a rational."""
    assert isinstance(term, z3.ArithRef)
    return term


def conjunction(parts: Iterable[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    """Return the conjunction of `parts`, true if there are none."""
    listed = list(parts)
    return all_of(*listed) if listed else z3.BoolVal(True, ctx)  # noqa: FBT003
