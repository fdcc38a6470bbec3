"""Systems built by hand, with questions whose answers are known."""

from policydsl.base.calendar import Rounding, from_civil
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    DATE,
    INT,
    TODAY,
    TRUE,
    Add,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    DateLit,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    MonthOf,
    MonthStart,
    Not,
    Or,
    Quotient,
    Scale,
    Value,
    Var,
    View,
)
from policydsl.core.system import (
    Case,
    Event,
    Input,
    Parameter,
    Property,
    Question,
    Schedule,
    System,
    Update,
    Variable,
)

TODAY_VAR, CLOCK_VAR = Var(TODAY, DATE), Var(CLOCK, DATE)
CONDUCT = EnumSort("Conduct", ("general", "specific"))


def num(value: int) -> Expr:
    return IntLit(value)


def var(name: str) -> Expr:
    return Var(name, INT)


def le(a: Expr, b: Expr) -> Expr:
    return Less(a, b, strict=False)


def lt(a: Expr, b: Expr) -> Expr:
    return Less(a, b, strict=True)


def old(e: Expr) -> Expr:
    return At(View.BEFORE, e)


def implies(a: Expr, b: Expr) -> Expr:
    return Or((Not(a), b))


def on(step: str, guard: Expr, value: Expr) -> Case:
    return Case(frozenset({step}), guard, value, "1")


def occurrence(name: str, *inputs: Input, guard: Expr = TRUE) -> Event:
    return Event(name, "occurrence", None, inputs, guard, "1")


def integer(name: str, initial: int | None, *, hidden: bool = False) -> Variable:
    return Variable(name, INT, None if initial is None else IntLit(initial), "1", hidden)


def choice(name: str, sort: EnumSort, default: Value | None = None) -> Input:
    return Input(name, sort, default, "Platform", "1")


def system(
    name: str,
    variables: tuple[Variable, ...],
    events: tuple[Event, ...],
    updates: tuple[Update, ...],
    *,
    parameters: tuple[Parameter, ...] = (),
    assumptions: tuple[Expr, ...] = (),
    starts: tuple[Expr, ...] = (),
    schedules: tuple[Schedule, ...] = (),
) -> System:
    return System(name, parameters, assumptions, variables, starts, (), events, schedules, updates, ())


def always(of: System, key: str, state: Expr) -> Question:
    return Question(key, of, Property(state, TRUE), None)


def after(of: System, key: str, trigger: Expr, then: Expr) -> Question:
    return Question(key, of, Property(TRUE, implies(trigger, then)), trigger)


def year(date: Expr) -> Expr:
    return Quotient(MonthOf(date), 12)


# --- a score with a yearly reset -----------------------------------------------------------------


def _first_of_next_year(date: Expr) -> Expr:
    return MonthStart(Add((Scale(12, year(date)), num(12))))


def score() -> System:
    """Return: 5 points for the first two violations of a year each, then 10; specific ones from a threshold on."""
    specific = Equal(Var("violation.conduct", CONDUCT), EnumLit(CONDUCT, "specific"))
    new_year, new_month = (Not(Equal(unit(CLOCK_VAR), unit(TODAY_VAR))) for unit in (year, MonthOf))
    happens = Happens("violation")
    count_new, specific_new = At(View.AFTER, var("violations")), At(View.AFTER, var("specific"))
    spared = And((specific, lt(specific_new, var("threshold"))))
    deduction = Ite(le(count_new, num(2)), num(-5), num(-10))
    first = from_civil(2022, 1, 11)
    return system(
        "score",
        (
            integer("violations", 0, hidden=True),
            integer("specific", 0, hidden=True),
            integer("score", 100),
            Variable("reset", DATE, _first_of_next_year(TODAY_VAR), "1", hidden=True),
        ),
        (occurrence("violation", choice("violation.conduct", CONDUCT, "general")),),
        (
            Update(
                "violations",
                (
                    Case(None, new_year, Ite(happens, num(1), num(0)), "1"),
                    on("violation", TRUE, Add((var("violations"), num(1)))),
                ),
            ),
            Update(
                "specific",
                (
                    Case(None, new_month, Ite(And((happens, specific)), num(1), num(0)), "1"),
                    on("violation", specific, Add((var("specific"), num(1)))),
                ),
            ),
            Update(
                "score",
                (
                    on("new year", TRUE, num(100)),
                    on("violation", Not(spared), Add((var("score"), deduction))),
                ),
            ),
            Update("reset", (on("new year", TRUE, AddMonths(Var("reset", DATE), num(12), Rounding.LAST_DAY)),)),
        ),
        parameters=(Parameter("threshold", INT, None, is_reading=False, clause="1"),),
        assumptions=(le(num(1), var("threshold")),),
        starts=(le(DateLit(first), TODAY_VAR),),
        schedules=(Schedule("new year", TRUE, Var("reset", DATE), "1"),),
    )


def score_questions() -> dict[str, Question]:
    s = score()
    specific = Equal(Var("violation.conduct", CONDUCT), EnumLit(CONDUCT, "specific"))
    below = And((Happens("violation"), specific, lt(var("specific"), var("threshold"))))
    twice = And((Happens("violation"), lt(At(View.AFTER, var("violations")), num(0))))
    return {
        "ceiling": always(s, "ceiling", le(var("score"), num(100))),
        "overdraw": always(s, "overdraw", le(num(0), var("score"))),
        "third": always(s, "third", le(num(80), var("score"))),
        "threshold": after(s, "threshold", below, Equal(var("score"), old(var("score")))),
        "never": after(s, "never", twice, le(num(0), var("score"))),
        "counted": always(s, "counted", le(num(0), var("violations"))),
        "positive": after(s, "positive", Happens("violation"), le(num(1), var("violations"))),
        "ahead": always(s, "ahead", lt(TODAY_VAR, Var("reset", DATE))),
    }


# --- an observation period with an optional date --------------------------------------------------


def observation() -> System:
    """Return: a breach puts the creator under observation for a number of days that the platform chooses."""
    length = Var("breach.length", INT)
    bounds = And((le(num(1), length), le(length, num(365))))
    return system(
        "observation",
        (
            Variable("observed_until", DATE, DateLit(1), "3.2"),
            Variable("observed_until.set", BOOL, BoolLit(value=False), "3.2", hidden=True),
            integer("orders", 0),
        ),
        (
            occurrence("breach", Input("breach.length", INT, 31, "Platform", "3.2"), guard=bounds),
            occurrence("order"),
        ),
        (
            Update("observed_until", (on("breach", TRUE, AddDays(TODAY_VAR, length)),)),
            Update("observed_until.set", (on("breach", TRUE, BoolLit(value=True)),)),
            Update("orders", (on("order", lt(var("orders"), num(3)), Add((var("orders"), num(1)))),)),
        ),
        starts=(Equal(TODAY_VAR, DateLit(from_civil(2022, 1, 11))),),
    )


def observation_questions() -> dict[str, Question]:
    s = observation()
    until, is_set = Var("observed_until", DATE), Var("observed_until.set", BOOL)
    breach = Happens("breach")
    under = And((breach, old(is_set), lt(TODAY_VAR, old(until))))
    latest = Equal(until, AddDays(TODAY_VAR, Var("breach.length", INT)))
    return {
        "latest": after(s, "latest", breach, latest),
        "shorter": after(s, "shorter", under, le(old(until), until)),
        "capped": always(s, "capped", le(until, AddDays(TODAY_VAR, num(365)))),
        "unset": always(s, "unset", Or((is_set, lt(until, TODAY_VAR)))),
        "three": always(s, "three", le(var("orders"), num(3))),
        "not four": always(s, "not four", Not(Equal(var("orders"), num(7)))),
        "four": always(s, "four", lt(var("orders"), num(3))),
    }


# --- puzzles with a known shortest solution -------------------------------------------------------


def jugs() -> System:
    """Return: two jugs, of 3 and 5; 4 litres take six steps."""
    small, big = var("small"), var("big")
    total = Add((small, big))
    into_big = Ite(le(total, num(5)), total, num(5))
    into_small = Ite(le(total, num(3)), total, num(3))
    rest_of = {
        "small": Ite(le(total, num(5)), num(0), Add((total, num(-5)))),
        "big": Ite(le(total, num(3)), num(0), Add((total, num(-3)))),
    }
    names = ("fill small", "fill big", "empty small", "empty big", "to big", "to small")
    return system(
        "jugs",
        (integer("small", 0), integer("big", 0)),
        tuple(occurrence(name) for name in names),
        (
            Update(
                "small",
                (
                    on("fill small", TRUE, num(3)),
                    on("empty small", TRUE, num(0)),
                    on("to big", TRUE, rest_of["small"]),
                    on("to small", TRUE, into_small),
                ),
            ),
            Update(
                "big",
                (
                    on("fill big", TRUE, num(5)),
                    on("empty big", TRUE, num(0)),
                    on("to small", TRUE, old(rest_of["big"])),
                    on("to big", TRUE, At(View.BEFORE, into_big)),
                ),
            ),
        ),
    )


def counter() -> System:
    """Return: three bits that count; all set after seven steps."""
    bits = [Var(f"bit{i}", BOOL) for i in range(3)]
    flips: list[Expr] = [TRUE, bits[0], And((bits[0], bits[1]))]
    return system(
        "counter",
        tuple(Variable(bit.name, BOOL, BoolLit(value=False), "1") for bit in bits),
        (occurrence("tick"),),
        tuple(Update(bit.name, (on("tick", flip, Not(bit)),)) for bit, flip in zip(bits, flips, strict=True)),
    )


def puzzle_questions() -> dict[str, Question]:
    j, c = jugs(), counter()
    bits = tuple(Var(f"bit{i}", BOOL) for i in range(3))
    return {
        "four litres": always(j, "four litres", Not(Equal(var("big"), num(4)))),
        "big fits": always(j, "big fits", le(var("big"), num(5))),
        "six litres": always(j, "six litres", Not(Equal(var("big"), num(6)))),
        "all set": always(c, "all set", Not(And(bits))),
    }


# --- a duty with a deadline -----------------------------------------------------------------------


def duty() -> System:
    """Return: a warning opens a duty: fixed within a month, or the calendar takes the app offline the day after."""
    is_open, offline = Var("open", BOOL), Var("offline", BOOL)
    deadline = Var("deadline", DATE)
    no, yes = BoolLit(value=False), BoolLit(value=True)
    return system(
        "duty",
        (
            Variable("open", BOOL, no, "2"),
            Variable("offline", BOOL, no, "2"),
            Variable("deadline", DATE, DateLit(1), "2", hidden=True),
            integer("warnings", 0),
        ),
        (
            occurrence("warning", guard=And((Not(is_open), Not(offline)))),
            occurrence("fix", guard=is_open),
        ),
        (
            Update("open", (on("warning", TRUE, yes), on("fix", TRUE, no), on("expiry", TRUE, no))),
            Update("offline", (on("expiry", TRUE, yes),)),
            Update(
                "deadline",
                (on("warning", TRUE, AddMonths(TODAY_VAR, num(1), Rounding.LAST_DAY)),),
            ),
            Update("warnings", (on("warning", TRUE, Add((var("warnings"), num(1)))),)),
        ),
        starts=(le(DateLit(from_civil(2023, 1, 1)), TODAY_VAR),),
        schedules=(Schedule("expiry", is_open, AddDays(deadline, num(1)), "2"),),
    )


def duty_questions() -> dict[str, Question]:
    s = duty()
    is_open, offline = Var("open", BOOL), Var("offline", BOOL)
    deadline = Var("deadline", DATE)
    return {
        "in time": always(s, "in time", implies(is_open, le(TODAY_VAR, deadline))),
        "within 31 days": after(s, "within 31 days", Happens("warning"), le(deadline, AddDays(TODAY_VAR, num(31)))),
        "at least 30 days": after(s, "at least 30 days", Happens("warning"), le(AddDays(TODAY_VAR, num(30)), deadline)),
        "never offline": always(s, "never offline", Not(offline)),
        "one or the other": always(s, "one or the other", Not(And((is_open, offline)))),
        "warned first": always(s, "warned first", implies(Or((is_open, offline)), le(num(1), var("warnings")))),
        "closed twice": after(
            s, "closed twice", And((Happens("expiry"), old(offline))), Equal(var("warnings"), old(var("warnings")))
        ),
    }
