"""Random well-formed systems and histories, for everything that compares two readings of the core."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from policydsl.base.calendar import MONDAY_TO_FRIDAY, BusinessCalendar, Day, Rounding, from_civil
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    DATE,
    FALSE,
    INT,
    RAT,
    TODAY,
    TRUE,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    BoolSort,
    DateSort,
    DayInMonth,
    DaysBetween,
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
    literal,
)
from policydsl.core.system import (
    PASSAGE,
    Case,
    Definition,
    Event,
    Input,
    Obligation,
    Parameter,
    Property,
    Schedule,
    Step,
    System,
    Trace,
    Update,
    Variable,
)
from policydsl.core.walk import reads
from policydsl.semantics.interpret import Rejected, State, due, initial_state, step

COLOUR = EnumSort("Colour", ("red", "green", "blue"))
SORTS: tuple[Sort, ...] = (BOOL, INT, RAT, DATE, COLOUR)
FIRST_DAY, LAST_DAY = from_civil(2023, 12, 20), from_civil(2024, 3, 10)
HOLIDAYS = BusinessCalendar(
    "random",
    off=tuple(from_civil(*day) for day in ((2023, 12, 25), (2024, 1, 1), (2024, 2, 29))),
    worked=tuple(from_civil(*day) for day in ((2023, 12, 31), (2024, 3, 2))),
)
STEPS = ("hit", "touch", "alarm", "monthly", PASSAGE)


def values(sort: Sort) -> st.SearchStrategy[Value]:
    """Return small values of `sort`; dates around a turn of the year and a leap day."""
    match sort:
        case BoolSort():
            return st.booleans()
        case IntSort():
            return st.integers(-3, 3)
        case RatSort():
            return st.builds(Fraction, st.integers(-6, 6), st.sampled_from((1, 2, 3)))
        case DateSort():
            return st.integers(FIRST_DAY, LAST_DAY)
        case EnumSort(values=names):
            return st.sampled_from(names)


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may read: names in the view at hand, names and definitions in AFTER, and steps."""

    here: Mapping[str, Sort]
    after: Mapping[str, Sort]
    definitions: tuple[Definition, ...]
    after_definitions: tuple[Definition, ...]
    steps: tuple[str, ...]

    def seen_after(self) -> "Scope":
        """Return what may be read inside `At(AFTER, ...)`."""
        return Scope(self.after, self.after, self.after_definitions, self.after_definitions, self.steps)


@st.composite
def expressions(draw: st.DrawFn, sort: Sort, scope: Scope, depth: int = 3) -> Expr:
    """Draw an expression of `sort` over `scope`."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(_leaves(sort, scope))
    if scope.after and draw(st.integers(0, 5)) == 0:
        return At(View.AFTER, draw(expressions(sort, scope.seen_after(), depth - 1)))

    def sub(wanted: Sort) -> Expr:
        return draw(expressions(wanted, scope, depth - 1))

    makers = _makers(sort, sub, draw)
    if draw(st.integers(0, 4)) == 0:
        return Ite(sub(BOOL), sub(sort), sub(sort))
    return draw(st.sampled_from(makers))() if makers else draw(_leaves(sort, scope))


def _leaves(sort: Sort, scope: Scope) -> st.SearchStrategy[Expr]:
    names: list[Expr] = [Var(name, sort) for name, own in scope.here.items() if own == sort]
    names += [Use(d.name, sort) for d in scope.definitions if d.sort == sort]
    if sort == BOOL:
        names += [Happens(name) for name in scope.steps]
    literals = values(sort).map(lambda value: literal(value, sort))
    return st.one_of(st.sampled_from(names), literals) if names else literals


def _makers(sort: Sort, sub: Callable[[Sort], Expr], draw: st.DrawFn) -> list[Callable[[], Expr]]:
    """Return one maker for each operator whose result is of `sort`."""
    small, roundings = st.integers(1, 4), st.sampled_from(tuple(Rounding))
    calendars = st.sampled_from((MONDAY_TO_FRIDAY, HOLIDAYS))
    match sort:
        case BoolSort():
            numbers: tuple[Sort, ...] = (INT, RAT, DATE)
            ordered = draw(st.sampled_from(numbers))
            any_sort = draw(st.sampled_from(SORTS))
            return [
                lambda: Not(sub(BOOL)),
                lambda: And((sub(BOOL), sub(BOOL))),
                lambda: Or((sub(BOOL), sub(BOOL))),
                lambda: Equal(sub(any_sort), sub(any_sort)),
                lambda: Less(sub(ordered), sub(ordered), draw(st.booleans())),
                lambda: MonthsExact(sub(DATE), literal(draw(values(INT)), INT)),
            ]
        case IntSort():
            return [
                lambda: Add((sub(INT), sub(INT))),
                lambda: Scale(draw(st.integers(-2, 2)), sub(INT)),
                lambda: Quotient(sub(INT), draw(small)),
                lambda: Remainder(sub(INT), draw(small)),
                lambda: DaysBetween(sub(DATE), sub(DATE)),
                lambda: MonthOf(sub(DATE)),
                lambda: DayInMonth(sub(DATE)),
                lambda: Weekday(sub(DATE)),
            ]
        case RatSort():
            return [
                lambda: Add((sub(RAT), sub(RAT))),
                lambda: Scale(Fraction(draw(st.integers(-2, 2)), draw(small)), sub(RAT)),
                lambda: ToRat(sub(INT)),
            ]
        case DateSort():
            return [
                lambda: AddDays(sub(DATE), literal(draw(values(INT)), INT)),
                lambda: AddMonths(sub(DATE), literal(draw(values(INT)), INT), draw(roundings)),
                lambda: MonthStart(MonthOf(sub(DATE))),
                lambda: AddBusinessDays(sub(DATE), literal(draw(values(INT)), INT), draw(calendars)),
            ]
        case EnumSort():
            return []


@st.composite
def systems(draw: st.DrawFn) -> System:
    """Draw a well-formed system: five variables, two events with inputs, two schedules, definitions, obligations."""
    variables = draw(_variables())
    parameters = (
        Parameter("limit", INT, 1, is_reading=False, clause="1"),
        Parameter("mode", COLOUR, "red", is_reading=True, clause="1"),
    )
    names: dict[str, Sort] = {v.name: v.sort for v in variables} | {"limit": INT, "mode": COLOUR}
    dated: dict[str, Sort] = names | {TODAY: DATE, CLOCK: DATE}
    inputs: dict[str, Sort] = {"hit.n": INT, "hit.colour": COLOUR, "hit.day": DATE, "hit.share": RAT}
    alone = Scope(dated, {}, (), (), ())
    definitions = draw(_definitions(dated | inputs))
    wide = Scope(dated | inputs, dated | inputs, definitions, definitions, STEPS)
    limit = Less(IntLit(-2), Var("limit", INT), strict=False)
    start = draw(st.sampled_from((TRUE, draw(expressions(BOOL, alone, 1)))))
    guarded = draw(st.sampled_from((TRUE, draw(expressions(BOOL, wide, 2)))))
    return System(
        name="random",
        parameters=parameters,
        assumptions=(limit,),
        variables=variables,
        starts=(start,),
        definitions=definitions,
        events=(
            Event("hit", "occurrence", "someone", _inputs(inputs), guarded, "2"),
            Event("touch", "act", None, (), TRUE, "3"),
        ),
        schedules=draw(_schedules(alone)),
        updates=draw(_updates(variables, definitions, dated | inputs)),
        obligations=draw(_obligations(dated | inputs, definitions)),
    )


def _inputs(sorts: Mapping[str, Sort]) -> tuple[Input, ...]:
    return tuple(Input(name, sort, None, None, "2") for name, sort in sorts.items())


@st.composite
def _variables(draw: st.DrawFn) -> tuple[Variable, ...]:
    found: list[Variable] = []
    sorts: dict[str, Sort] = {"n": INT, "flag": BOOL, "share": RAT, "until": DATE, "colour": COLOUR}
    for name, sort in sorts.items():
        given: Expr | None = literal(draw(values(sort)), sort)
        if name == "until":
            given = draw(st.sampled_from([given, Var(TODAY, DATE)]))
        found.append(Variable(name, sort, draw(st.sampled_from((given, None))), "4"))
    return tuple(found)


@st.composite
def _definitions(draw: st.DrawFn, names: Mapping[str, Sort]) -> tuple[Definition, ...]:
    found: tuple[Definition, ...] = ()
    for i in range(draw(st.integers(0, 3))):
        sort = draw(st.sampled_from(SORTS))
        body = draw(expressions(sort, Scope(names, {}, found, (), STEPS), 2))
        found = (*found, Definition(f"def{i}", sort, body, "5"))
    return found


@st.composite
def _schedules(draw: st.DrawFn, alone: Scope) -> tuple[Schedule, ...]:
    today = Var(TODAY, DATE)
    next_month = MonthStart(Add((MonthOf(today), IntLit(1))))
    alarm = Schedule("alarm", Var("flag", BOOL), Var("until", DATE), "6")
    conditions: tuple[Expr, ...] = (TRUE, FALSE, Not(Var("flag", BOOL)))
    monthly = Schedule("monthly", draw(st.sampled_from(conditions)), next_month, "7")
    other = Schedule("monthly", draw(expressions(BOOL, alone, 1)), draw(expressions(DATE, alone, 2)), "7")
    return draw(st.sampled_from(((alarm, monthly), (monthly, alarm), (alarm, other), (other, alarm))))


@st.composite
def _updates(
    draw: st.DrawFn,
    variables: tuple[Variable, ...],
    definitions: tuple[Definition, ...],
    names: Mapping[str, Sort],
) -> tuple[Update, ...]:
    order = draw(st.permutations(variables))[: draw(st.integers(2, 5))]
    pending = {v.name for v in order}
    table = {d.name: d for d in definitions}
    found: list[Update] = []
    for v in order:
        after = {name: sort for name, sort in names.items() if name not in pending}
        usable = tuple(d for d in definitions if _names_of(d, table) <= set(after))
        scope = Scope(names, after, definitions, usable, STEPS)
        found.append(Update(v.name, draw(st.lists(_cases(v.sort, scope), min_size=1, max_size=3).map(tuple))))
        pending.discard(v.name)
    return tuple(found)


def _names_of(d: Definition, table: Mapping[str, Definition]) -> set[str]:
    return {name for name, _ in reads(d.body, View.AFTER, table)}


@st.composite
def _cases(draw: st.DrawFn, sort: Sort, scope: Scope) -> Case:
    steps = draw(st.one_of(st.none(), st.frozensets(st.sampled_from(STEPS), min_size=1, max_size=2)))
    guard = draw(st.sampled_from((TRUE, draw(expressions(BOOL, scope, 2)))))
    return Case(steps, guard, draw(expressions(sort, scope, 3)), f"8.{draw(st.integers(1, 9))}")


@st.composite
def _obligations(
    draw: st.DrawFn, names: Mapping[str, Sort], definitions: tuple[Definition, ...]
) -> tuple[Obligation, ...]:
    scope = Scope(names, names, definitions, definitions, STEPS)
    claim = Property(draw(expressions(BOOL, scope, 2)), draw(expressions(BOOL, scope, 2)))
    return (Obligation("o1", "definedness", claim, ("5",), "something is so"),)


# --- histories -----------------------------------------------------------------------------------


@st.composite
def starts(draw: st.DrawFn, system: System) -> tuple[Mapping[str, Value], Day, Mapping[str, Value]]:
    """Draw parameters, a first day and values for the variables without an initial one; maybe not admissible."""
    parameters = {p.name: draw(values(p.sort)) for p in system.parameters}
    chosen = {v.name: draw(values(v.sort)) for v in system.variables if v.initial is None}
    return parameters, int(draw(values(DATE))), chosen


@st.composite
def steps(draw: st.DrawFn, system: System, parameters: Mapping[str, Value], state: State) -> Step:
    """Draw a step that may or may not be the next one from `state`; schedules mostly when they are due."""
    name = draw(st.sampled_from([e.name for e in system.events] + [s.name for s in system.schedules] + [PASSAGE]))
    day = int(state[TODAY]) + draw(st.sampled_from((-1, 0, 0, 1, 1, 2, 29, 31)))
    pending = due(system, parameters, state)
    if pending is not None and pending[1] <= day and draw(st.integers(0, 4)):
        name, day = pending[0].name, pending[1]
    event = next((e for e in system.events if e.name == name), None)
    inputs = {} if event is None else {i.name: draw(values(i.sort)) for i in event.inputs}
    return Step(name, day, inputs)


@st.composite
def histories(draw: st.DrawFn, system: System, length: int = 4) -> Trace | None:
    """Draw a history of at most `length` steps; None if the drawn start is not admissible."""
    parameters, today, chosen = draw(starts(system))
    state = initial_state(system, parameters, today, chosen)
    if isinstance(state, Rejected):
        return None
    initial, done = state, []
    for _ in range(length):
        each = draw(steps(system, parameters, state))
        result = step(system, parameters, state, each)
        if not isinstance(result, Rejected):
            done.append(each)
            state = result.state
    return Trace(parameters, initial, tuple(done))
