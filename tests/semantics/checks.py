"""The comparisons of the twins, as functions that raise `AssertionError` where they disagree.

They take the modules they compare, so that planted bugs (`test_planted_bugs.py`) go through the same checks.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import ModuleType
from typing import Any

import z3

from policydsl.base import calendar
from policydsl.base.calendar import BusinessCalendar, Rounding, from_civil
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    DATE,
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
    DayInMonth,
    DaysBetween,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
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
    Update,
    Variable,
)
from policydsl.core.walk import names
from policydsl.semantics import compile as compile_module
from policydsl.semantics import (
    compile_expr,
    encode,
    encode_business,
    encode_calendar,
    encode_expr,
    encode_months,
    encode_sorts,
    evaluate,
    interpret,
    terms,
)


@dataclass(frozen=True, slots=True)
class Twins:
    """The readings that are compared."""

    evaluate: ModuleType
    interpret: ModuleType
    encode: ModuleType
    encode_expr: ModuleType
    encode_months: ModuleType
    encode_calendar: ModuleType
    encode_business: ModuleType
    compile_expr: ModuleType
    compile: ModuleType


REAL = Twins(
    evaluate,
    interpret,
    encode,
    encode_expr,
    encode_months,
    encode_calendar,
    encode_business,
    compile_expr,
    compile_module,
)


class DisagreementError(AssertionError):
    """Two readings of the core differ."""


def agree(condition: bool, message: str) -> None:  # noqa: FBT001  as in `assert`
    """Raise `DisagreementError` unless `condition`."""
    if not condition:
        raise DisagreementError(message)


EMPTY = System("empty", (), (), (), (), (), (), (), (), ())
COLOUR = EnumSort("Colour", ("red", "green", "blue"))


# --- operators: every value of a small world ---------------------------------------------------------

x, y = Var("x", INT), Var("y", INT)
p, q = Var("p", BOOL), Var("q", BOOL)
r, s = Var("r", RAT), Var("s", RAT)
c, d = Var("c", COLOUR), Var("d", COLOUR)
a, b = Var("a", DATE), Var("b", DATE)

OPERATORS: tuple[Expr, ...] = (
    Not(p),
    And(()),
    Or(()),
    And((p, q)),
    Or((p, q)),
    Ite(p, x, y),
    Ite(p, c, d),
    Equal(x, y),
    Equal(p, q),
    Equal(r, s),
    Equal(c, d),
    Equal(a, b),
    Equal(c, EnumLit(COLOUR, "green")),
    Less(x, y, strict=True),
    Less(x, y, strict=False),
    Less(r, s, strict=True),
    Less(r, s, strict=False),
    Less(a, b, strict=True),
    Less(a, b, strict=False),
    Add((x,)),
    Add((x, y, IntLit(2))),
    Add((r, s)),
    Scale(-2, x),
    Scale(Fraction(-2, 3), r),
    Quotient(x, 1),
    Quotient(x, 2),
    Quotient(x, 3),
    Remainder(x, 1),
    Remainder(x, 2),
    Remainder(x, 3),
    ToRat(x),
    AddDays(a, x),
    DaysBetween(a, b),
)

HOLIDAYS = BusinessCalendar(
    "test",
    off=tuple(from_civil(*day) for day in ((2023, 2, 28), (2023, 3, 1), (2024, 1, 1), (2024, 2, 29), (2024, 3, 1))),
    worked=tuple(from_civil(*day) for day in ((2023, 1, 28), (2023, 12, 31), (2024, 3, 2), (2024, 3, 3))),
)

AROUND_HOLIDAYS = tuple(
    from_civil(*day)
    for day in ((2023, 2, 25), (2023, 2, 27), (2023, 12, 29), (2024, 1, 1), (2024, 2, 28), (2024, 3, 2))
)

WEEK_OPERATORS: tuple[Expr, ...] = (
    Weekday(a),
    AddBusinessDays(a, Scale(2, x)),
    AddBusinessDays(a, x),
    AddBusinessDays(a, x, HOLIDAYS),
    AddBusinessDays(a, Scale(2, x), HOLIDAYS),
    AddBusinessDays(a, IntLit(0), HOLIDAYS),
    AddBusinessDays(AddBusinessDays(a, IntLit(3), HOLIDAYS), IntLit(1), HOLIDAYS),
)

MONTH_OPERATORS: tuple[Expr, ...] = (
    MonthOf(a),
    DayInMonth(a),
    MonthStart(MonthOf(a)),
    MonthStart(Add((MonthOf(a), x))),
    MonthsExact(a, x),
    *(AddMonths(a, x, rounding) for rounding in Rounding),
    MonthOf(AddMonths(a, x, Rounding.LAST_DAY)),
    DayInMonth(AddMonths(a, x, Rounding.REFUSE)),
    DayInMonth(AddMonths(a, x, Rounding.OVERFLOW)),
    MonthOf(AddMonths(a, IntLit(1), Rounding.FIRST_OF_NEXT_MONTH)),
    DayInMonth(MonthStart(MonthOf(a))),
)

SMALL = tuple(range(-3, 4))
EDGES = tuple(
    from_civil(year, month, day)
    for year, month, day in (
        (2023, 1, 1),
        (2023, 1, 29),
        (2023, 1, 31),
        (2023, 2, 28),
        (2023, 3, 1),
        (2023, 12, 31),
        (2024, 1, 1),
        (2024, 1, 30),
        (2024, 2, 28),
        (2024, 2, 29),
        (2024, 3, 1),
        (2024, 3, 31),
        (2024, 4, 30),
        (2024, 8, 31),
    )
)
EXACT_SINCE, EXACT_MONTHS = calendar.month_of(from_civil(2022, 6, 1)), 36


def world(sort: Sort) -> tuple[Value, ...]:
    """Return the values of `sort` that the tables run over."""
    match sort:
        case EnumSort(values=listed):
            return listed
        case _:
            rationals = tuple(Fraction(n, 2) for n in SMALL)
            tables: dict[Sort, tuple[Value, ...]] = {BOOL: (False, True), INT: SMALL, RAT: rationals, DATE: EDGES}
            return tables[sort]


def variables_of(e: Expr) -> list[Var]:
    """Return the variables of `e`, by name."""
    found = {v.name: v for v in (x, y, p, q, r, s, c, d, a, b)}
    return [found[name] for name in sorted(names(e, {}))]


def exact(twins: Twins) -> encode_calendar.ExactCalendar:
    """Return the exact calendar around the dates of the tables."""
    made: encode_calendar.ExactCalendar = twins.encode_calendar.ExactCalendar(EXACT_SINCE, EXACT_MONTHS)
    return made


def check_operator(twins: Twins, e: Expr) -> None:
    """Compare the value of `e` with its term on every row of its table: one query for all rows.

    Under the exact calendar each row must be possible, and the true value the only one.
    """
    ctx = terms.new_context()
    listed = variables_of(e)
    variables = tuple(Variable(v.name, v.sort, None, "") for v in listed)
    encoding = twins.encode.Encoding(replace(EMPTY, variables=variables), ctx, exact(twins))
    frame = encoding.frame(0)
    term = encoding.state_value(e, 0)
    solver = z3.Solver(ctx=ctx)
    solver.add(*encoding.domain(0), *encoding.calendar_facts())
    differs = []
    for row in itertools.product(*(world(v.sort) for v in listed)):
        state = {v.name: value for v, value in zip(listed, row, strict=True)}
        env = twins.evaluate.alone(EMPTY, {}, {TODAY: 1, **state})
        value = twins.evaluate.evaluate(e, env)
        here = [frame[v.name] == constant_of(state[v.name], v.sort, ctx) for v in listed]
        result = constant_of(value, result_sort(e), ctx)
        differs.append(z3.And(*here, term != result) if here else term != result)
        agree(not listed or possible(solver, here), f"{e} has no value on {state}")
    agree(solver.check(z3.Or(*differs)) == z3.unsat, f"{e} differs")


def possible(solver: z3.Solver, parts: list[z3.BoolRef]) -> bool:
    """Return whether `parts` agree with what `solver` holds."""
    return bool(solver.check(*parts) == z3.sat)


def constant_of(value: Value, sort: Sort, ctx: z3.Context) -> z3.ExprRef:
    """Return the solver's literal for `value`: always the real module's, never a mutated one's."""
    return encode_sorts.term_of(value, sort, ctx)


def result_sort(e: Expr) -> Sort:
    """Return the sort of `e`."""
    match e:
        case Ite(then=then):
            return result_sort(then)
        case Var(sort=sort):
            return sort
        case Add(args=args):
            return result_sort(args[0])
        case Scale(arg=arg):
            return result_sort(arg)
        case ToRat():
            return RAT
        case Quotient() | Remainder() | DaysBetween() | MonthOf() | DayInMonth() | Weekday():
            return INT
        case AddDays() | AddMonths() | MonthStart() | AddBusinessDays():
            return DATE
        case _:
            return BOOL


def check_operators(twins: Twins) -> None:
    """Compare every operator on its whole table, under the exact calendar."""
    for e in (*OPERATORS, *WEEK_OPERATORS, *MONTH_OPERATORS):
        check_operator(twins, e)


def check_admissible(twins: Twins, e: Expr, level: int) -> None:
    """Check that the abstract calendar allows the true value of `e` on every row."""
    ctx = terms.new_context()
    listed = variables_of(e)
    variables = tuple(Variable(v.name, v.sort, None, "") for v in listed)
    level_calendar = twins.encode_calendar.AbstractCalendar(level)
    encoding = twins.encode.Encoding(replace(EMPTY, variables=variables), ctx, level_calendar)
    term, frame = encoding.state_value(e, 0), encoding.frame(0)
    solver = z3.Solver(ctx=ctx)
    solver.add(*encoding.calendar_facts())
    for row in itertools.product(*(world(v.sort) for v in listed)):
        state = {v.name: value for v, value in zip(listed, row, strict=True)}
        value = evaluate.evaluate(e, evaluate.alone(EMPTY, {}, {TODAY: 1, **state}))
        here = [frame[v.name] == constant_of(state[v.name], v.sort, ctx) for v in listed]
        here.append(term == constant_of(value, result_sort(e), ctx))
        agree(possible(solver, here), f"level {level} forbids {e} on {state}")


# --- facts of the calendar ---------------------------------------------------------------------------


def month_term(month: int, ctx: z3.Context) -> encode_months.MonthTerm:
    """Return the true month term of `month`: all of it numbers."""
    leap = calendar.is_leap(month // 12)
    year = encode_months.YearTerm(
        z3.IntVal(month // 12, ctx),
        z3.IntVal(month % 12, ctx),
        z3.IntVal(calendar.month_start(month - month % 12), ctx),
        z3.BoolVal(leap, ctx),
    )
    start, length = calendar.month_start(month), calendar.month_length(month)
    return encode_months.MonthTerm(z3.IntVal(month, ctx), z3.IntVal(start, ctx), z3.IntVal(length, ctx), year)


def digits(year: int, ctx: z3.Context) -> encode_months.Digits:
    """Return the digits of `year`, as numbers."""
    g, rest = divmod(year, 400)
    c, rest = divmod(rest, 100)
    return z3.IntVal(g, ctx), z3.IntVal(c, ctx), z3.IntVal(rest // 4, ctx), z3.IntVal(rest % 4, ctx)


def check_month_facts(twins: Twins, month: int, apart: int) -> None:
    """Check that every fact about `month` and the one `apart` months later is true of the real calendar."""
    ctx = terms.new_context()
    facts_of = twins.encode_months
    one, two = month_term(month, ctx), month_term(month + apart, ctx)
    facts = [
        *facts_of.month_facts(one),
        *facts_of.leap_facts(one.year, digits(month // 12, ctx)),
        facts_of.same_month(one, two),
    ]
    facts += [*facts_of.order_facts(one, two), *facts_of.order_facts(two, one)]
    facts += facts_of.year_facts(one.year, two.year)
    if apart > 0:
        facts += facts_of.distance_facts(one, two, apart)
    for fact in facts:
        agree(z3.is_true(z3.simplify(fact)), f"months {month}, {month + apart}: {fact}")


def check_sum_facts(twins: Twins) -> None:
    """Check that every fact about sums of business days is true of the real calendar."""
    ctx, of = terms.new_context(), twins.encode_business
    date, n, result = (z3.Int(name, ctx) for name in ("date", "n", "result"))
    date2, n2, result2 = (z3.Int(name, ctx) for name in ("date2", "n2", "result2"))
    alone = of.sum_facts(encode_calendar.BusinessSum(date, n, HOLIDAYS, result))
    both = of.pair_facts(
        encode_calendar.BusinessSum(date, n, HOLIDAYS, result),
        encode_calendar.BusinessSum(date2, n2, HOLIDAYS, result2),
    )
    rows = [(day, k, calendar.add_business_days(day, k, HOLIDAYS)) for day in AROUND_HOLIDAYS for k in (-1, 0, 1, 3)]
    for row in rows:
        facts = of.sum_facts(encode_calendar.BusinessSum(date, z3.IntVal(row[1], ctx), HOLIDAYS, result))
        for fact in [*alone, *facts]:
            agree(true_of(fact, (date, n, result), row), f"{row}: {fact}")
        for other in rows[::3]:
            for fact in both:
                agree(true_of(fact, (date, n, result, date2, n2, result2), (*row, *other)), f"{row}, {other}: {fact}")


def true_of(fact: z3.BoolRef, constants: tuple[z3.ArithRef, ...], values: tuple[int, ...]) -> bool:
    """Return whether `fact` is true where the constants have these values."""
    pairs = [(c, z3.IntVal(value, fact.ctx)) for c, value in zip(constants, values, strict=True)]
    return bool(z3.is_true(z3.simplify(z3.substitute(fact, *pairs))))


def check_facts(twins: Twins) -> None:
    """Check the facts on months around turns of years, leap years and centuries, and those on business days."""
    check_sum_facts(twins)
    for month in (23 * 12 + 1, 1899 * 12 + 11, 1999 * 12 + 11, 2000 * 12 + 1, 2022 * 12, 2024 * 12 + 1, -5):
        for apart in (-12, -3, -1, 0, 1, 2, 11, 12, 13, 24, 48, 1200):
            check_month_facts(twins, month, apart)


# --- whole steps -------------------------------------------------------------------------------------

n, until, flag, colour, share, seen = (
    Var("n", INT),
    Var("until", DATE),
    Var("flag", BOOL),
    Var("colour", COLOUR),
    Var("share", RAT),
    Var("seen", DATE),
)
today, clock = Var(TODAY, DATE), Var(CLOCK, DATE)
amount, paint, limit = Var("hit.amount", INT), Var("hit.paint", COLOUR), Var("limit", INT)

RICH = System(
    name="rich",
    parameters=(Parameter("limit", INT, 2, is_reading=False, clause="0"),),
    assumptions=(Less(IntLit(0), limit, strict=True),),
    variables=(
        Variable("n", INT, IntLit(0), "1"),
        Variable("until", DATE, AddDays(today, IntLit(1)), "1"),
        Variable("flag", BOOL, None, "1"),
        Variable("colour", COLOUR, None, "1"),
        Variable("share", RAT, None, "1"),
        Variable("seen", DATE, today, "1"),
    ),
    starts=(Or((flag, Equal(colour, EnumLit(COLOUR, "red")))),),
    definitions=(
        Definition("same_month", BOOL, Equal(MonthOf(today), MonthOf(clock)), "2"),
        Definition("many", BOOL, Less(limit, n, strict=False), "2"),
        Definition("waiting", BOOL, And((Use("same_month", BOOL), Less(today, until, strict=False))), "2"),
    ),
    events=(
        Event(
            "hit",
            "occurrence",
            "someone",
            (Input("hit.amount", INT, 1, None, "3"), Input("hit.paint", COLOUR, None, "someone", "3")),
            And((Less(n, IntLit(3), strict=True), Less(IntLit(0), amount, strict=True))),
            "3",
        ),
        Event("touch", "act", None, (), TRUE, "4"),
    ),
    schedules=(
        Schedule("alarm", flag, until, "5"),
        Schedule("monthly", TRUE, MonthStart(Add((MonthOf(today), IntLit(1)))), "6"),
        Schedule("late", And((flag, Equal(colour, EnumLit(COLOUR, "blue")))), AddDays(until, IntLit(-1)), "6"),
    ),
    updates=(
        Update(
            "n",
            (
                Case(frozenset({"hit"}), TRUE, Add((Ite(Use("same_month", BOOL), n, IntLit(0)), amount)), "7.1"),
                Case(None, Not(Use("same_month", BOOL)), IntLit(0), "7.2"),
                Case(frozenset({"touch"}), Less(n, IntLit(0), strict=True), Quotient(n, 2), "7.3"),
                Case(frozenset({"touch"}), TRUE, Add((n, IntLit(-1))), "7.4"),
            ),
        ),
        Update(
            "flag",
            (
                Case(frozenset({"alarm", "late"}), TRUE, Not(TRUE), "8.1"),
                Case(None, At(View.AFTER, Use("many", BOOL)), TRUE, "8.2"),
            ),
        ),
        Update(
            "until",
            (
                Case(frozenset({"touch"}), Use("many", BOOL), AddMonths(today, IntLit(1), Rounding.LAST_DAY), "9.1"),
                Case(frozenset({"touch"}), TRUE, AddMonths(clock, IntLit(1), Rounding.OVERFLOW), "9.2"),
                Case(frozenset({"hit"}), At(View.AFTER, flag), AddBusinessDays(today, amount), "9.3"),
            ),
        ),
        Update("colour", (Case(frozenset({"hit"}), TRUE, paint, "10"),)),
        Update(
            "share",
            (
                Case(
                    None,
                    Or((Happens(PASSAGE), Use("waiting", BOOL))),
                    Add((Scale(Fraction(1, 2), share), ToRat(At(View.AFTER, n)))),
                    "11",
                ),
            ),
        ),
    ),
    obligations=(
        Obligation(
            "o",
            "definedness",
            Property(
                Less(n, IntLit(4), strict=True),
                Or((Not(Happens("touch")), Less(n, At(View.BEFORE, n), strict=True))),
            ),
            ("7.3",),
            "n is small, and a touch makes it smaller",
        ),
    ),
)


def rich_states() -> list[dict[str, Value]]:
    """Return states of `RICH` at which something changes: turns of months, due dates on either side."""
    days = (from_civil(2024, 1, 31), from_civil(2024, 2, 28), from_civil(2023, 2, 28), from_civil(2023, 12, 30))
    found: list[dict[str, Value]] = []
    for day, ahead, size, up in itertools.product(days, (-1, 0, 1, 2), (-3, 2), (False, True)):
        paint_now = COLOUR.values[(day + ahead + size) % 3]
        found.append(
            {
                TODAY: day,
                "n": size,
                "until": day + ahead,
                "flag": up,
                "colour": paint_now,
                "share": Fraction(3, 2),
                "seen": day,
            }
        )
    return found


def rich_steps(day: int) -> list[Step]:
    """Return steps from a state on `day`, most of them impossible."""
    found: list[Step] = []
    for name, later in itertools.product(("hit", "touch", "alarm", "monthly", "late", PASSAGE), (-1, 0, 1, 2)):
        rows: Iterable[Mapping[str, Value]] = ({},)
        if name == "hit":
            amounts = (0, 1) if later == 1 else (2,)
            rows = ({"hit.amount": k, "hit.paint": COLOUR.values[k]} for k in amounts)
        found += [Step(name, day + later, row) for row in rows]
    return found


def equals(system: System, frame: Mapping[str, z3.ExprRef], state: Mapping[str, Value]) -> list[Any]:
    """Return that `frame` is `state`."""
    sorts: dict[str, Sort] = {v.name: v.sort for v in system.variables} | {TODAY: DATE}
    ctx = frame[TODAY].ctx
    return [frame[name] == constant_of(value, sorts[name], ctx) for name, value in state.items()]


def given(encoding: Any, system: System, step: Step) -> list[Any]:
    """Return that the step from frame 0 is `step`."""
    sorts = {each.name: each.sort for event in system.events for each in event.inputs}
    inputs, ctx = encoding.inputs(0), encoding.ctx
    parts = [
        encoding.selector(0) == encoding.step_names.index(step.name),
        encoding.frame(1)[TODAY] == step.day,
    ]
    return parts + [inputs[name] == constant_of(value, sorts[name], ctx) for name, value in step.inputs.items()]


@dataclass(frozen=True, slots=True)
class Stage:
    """A system's first step in a solver, ready to be asked about states and steps."""

    system: System
    encoding: Any
    solver: z3.Solver
    state_claim: z3.BoolRef
    step_claim: z3.BoolRef


def staged(twins: Twins, system: System, cal: Any, claim: Property) -> Stage:
    """Return `system` under calendar `cal`, with `claim` about the state after the first step and that step."""
    ctx = terms.new_context()
    encoding = twins.encode.Encoding(system, ctx, cal)
    constraints = [*encoding.rigid(), *encoding.domain(0), *encoding.domain(1), *encoding.transition(0)]
    state_claim, step_claim = encoding.state_holds(claim.state, 1), encoding.step_holds(claim.step, 0)
    solver = z3.Solver(ctx=ctx)
    solver.add(*constraints, *encoding.calendar_facts())
    return Stage(system, encoding, solver, state_claim, step_claim)


def check_step(
    twins: Twins, stage: Stage, parameters: Mapping[str, Value], state: Mapping[str, Value], step: Step
) -> bool:
    """Compare a whole step, frame and claims included; return whether it was possible.

    Rejected by the interpreter iff impossible for the solver; else the interpreter's state is the only solution.
    """
    encoding, solver, system = stage.encoding, stage.solver, stage.system
    ctx = encoding.ctx
    sorts = {each.name: each.sort for each in system.parameters}
    fixed = [encoding.parameters[k] == constant_of(v, sorts[k], ctx) for k, v in parameters.items()]
    here = [*fixed, *equals(system, encoding.frame(0), state), *given(encoding, system, step)]
    result = twins.interpret.step(system, parameters, state, step)
    if isinstance(result, twins.interpret.Rejected):
        agree(not possible(solver, here), f"{result} but possible: {step} from {state}")
        return False
    reached = equals(system, encoding.frame(1), result.state)
    agree(possible(solver, [*here, *reached]), f"impossible: {step} from {state} to {result.state}")
    claim = system.obligations[0].property
    env = twins.evaluate.between(system, parameters, state, step, result.state)
    env = replace(env, view=View.AFTER)
    in_state = twins.evaluate.evaluate(claim.state, twins.evaluate.alone(system, parameters, result.state))
    in_step = twins.evaluate.evaluate(claim.step, env)
    broken = twins.interpret.broken(system, parameters, state, step, result.state)
    agree(bool(broken) == (not (in_state and in_step)), f"obligation: {step} from {state}")
    judged = [stage.state_claim == z3.BoolVal(in_state, ctx), stage.step_claim == z3.BoolVal(in_step, ctx)]
    differs = z3.Not(z3.And(*reached, *judged))
    agree(not possible(solver, [*here, differs]), f"another outcome of {step} from {state}")
    return True


def check_steps(twins: Twins, every: int = 1) -> int:
    """Compare `RICH` on all listed states and steps (or each `every`-th); return how many were possible."""
    stage = staged(twins, RICH, exact(twins), RICH.obligations[0].property)
    pairs = [(state, step) for state in rich_states() for step in rich_steps(int(state[TODAY]))]
    return sum(check_step(twins, stage, {"limit": 2}, state, step) for state, step in pairs[::every])


# --- histories that fold ------------------------------------------------------------------------------


def check_folding(twins: Twins, system: System, parameters: Mapping[str, Value], state: Any, stream: Any) -> None:
    """Compare compiled code with the interpreter, which settles and steps, on a stream of events."""
    folded = twins.compile.compile_system(system).fold(parameters, state, stream)
    expected = walked(system, parameters, state, stream)
    if isinstance(expected, interpret.Rejected):
        agree(isinstance(folded, twins.compile.Rejected), f"{expected} but {folded}")
        said, wanted = ((each.reason, each.about, each.index) for each in (folded, expected))
        agree(said == wanted, f"{expected} but {folded}")
    else:
        agree(not isinstance(folded, twins.compile.Rejected), f"{folded} but {expected}")
        agree(dict(folded) == dict(expected), f"{folded} differs from {expected}")
        check_look(twins, system, parameters, folded)


def check_look(twins: Twins, system: System, parameters: Mapping[str, Value], state: Any) -> None:
    """Compare compiled code with the interpreter on what definitions and obligations say of a state on its own."""
    exprs = [*(d.body for d in system.definitions), *(o.property.state for o in system.obligations)]
    given = tuple(parameters[p.name] for p in system.parameters)
    values = (state[TODAY], *(state[v.name] for v in system.variables))
    env = evaluate.alone(system, parameters, state)
    expected = tuple(evaluate.evaluate(e, env) for e in exprs)
    found = twins.compile.compile_look(system, exprs)(given, values)
    agree(found == expected, f"{found} differs from {expected}")


def walked(system: System, parameters: Mapping[str, Value], state: Any, stream: Any) -> Any:
    """Return the state after `stream` by the interpreter alone."""
    for index, (name, day, inputs) in enumerate(stream, start=1):
        for each in interpret.settle(system, parameters, state, day):
            if isinstance(each, interpret.Rejected):
                return replace(each, index=index)
            state = each[1].state
        result = interpret.step(system, parameters, state, Step(name, day, inputs))
        if isinstance(result, interpret.Rejected):
            return replace(result, index=index)
        state = result.state
    return state


def rich_streams() -> list[list[tuple[str, int, dict[str, Value]]]]:
    """Return streams of events of `RICH`, some of them impossible at the end."""
    day = from_civil(2023, 12, 30)
    hit: dict[str, Value] = {"hit.amount": 1, "hit.paint": "blue"}
    return [
        [
            ("touch", day, {}),
            ("hit", day + 1, hit),
            ("hit", day + 1, hit),
            ("touch", day + 20, {}),
            (PASSAGE, day + 70, {}),
        ],
        [("hit", day, hit), ("hit", day, hit), ("touch", day, {}), ("touch", day + 40, {}), ("touch", day + 100, {})],
        [("hit", day, hit), (PASSAGE, day, {})],
        [("hit", day, hit), ("hit", day, hit), ("hit", day, hit), ("hit", day, hit)],
        [("hit", day, {"hit.amount": 1, "hit.paint": "mauve"})],
        [("hit", day, {"hit.amount": True, "hit.paint": "red"})],
        [("touch", day, {"hit.amount": 1})],
        [("touch", day + 2, {}), ("touch", day + 1, {})],
        [("monthly", day, {})],
        [("nobody", day, {})],
    ]


def check_folds(twins: Twins) -> None:
    """Compare compiled code with the interpreter on all listed streams from all listed states."""
    for state in rich_states():
        if state[TODAY] == from_civil(2023, 12, 30):
            for stream in rich_streams():
                check_folding(twins, RICH, {"limit": 2}, state, stream)
