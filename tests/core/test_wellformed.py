"""Each invariant of a system: one system that breaks it, and what is said about that."""

from dataclasses import replace
from fractions import Fraction

import pytest

from policydsl.core.expr import (
    BOOL,
    INT,
    RAT,
    TRUE,
    Add,
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
    Not,
    Quotient,
    RatLit,
    Scale,
    Use,
    Var,
    View,
)
from policydsl.core.system import Case, Definition, Event, Input, Parameter, Schedule, System, Update, Variable
from policydsl.core.wellformed import MAX_DEPTH, complaints

N, B, X = Var("n", INT), Var("b", BOOL), Var("hit.x", INT)
HIT = Event("hit", "occurrence", None, (Input("hit.x", INT, None, None, "1"),), TRUE, "1")
TOUCH = Event("touch", "act", None, (), TRUE, "1")
GOOD = System(
    "good",
    (Parameter("limit", INT, None, is_reading=False, clause="1"),),
    (),
    (Variable("n", INT, IntLit(0), "1"), Variable("b", BOOL, BoolLit(value=False), "1")),
    (),
    (Definition("one", INT, IntLit(1), "1"),),
    (HIT, TOUCH),
    (Schedule("alarm", B, DateLit(1), "1"),),
    (Update("n", (Case(None, TRUE, X, "1"),)), Update("b", (Case(None, TRUE, At(View.AFTER, Equal(N, N)), "1"),))),
    (),
)


def started(e: Expr) -> System:
    return replace(GOOD, starts=(e,))


def set_to(e: Expr) -> System:
    return replace(GOOD, updates=(Update("n", (Case(frozenset({"hit"}), TRUE, e, "1"),)),))


def deep(levels: int) -> Expr:
    e: Expr = TRUE
    for _ in range(levels):
        e = Not(e)
    return e


CARD = EnumSort("Card", ("red", "yellow"))

BAD: tuple[tuple[str, System, str], ...] = (
    (
        "name twice",
        replace(GOOD, parameters=(Parameter("n", INT, None, is_reading=False, clause=""),)),
        "`n` is given twice",
    ),
    ("step twice", replace(GOOD, events=(HIT, TOUCH, TOUCH)), "the step `touch` is given twice"),
    ("passage", replace(GOOD, events=(HIT, replace(TOUCH, name="passage"))), "the step `passage` is given twice"),
    ("unknown name", started(Var("m", BOOL)), "start 0: there is no `m`"),
    ("unknown step", set_to(Ite(Happens("miss"), N, N)), "there is no step `miss`"),
    (
        "case of no step",
        replace(GOOD, updates=(Update("n", (Case(frozenset({"miss"}), TRUE, N, ""),)),)),
        "`miss`, which there is not",
    ),
    ("update twice", replace(GOOD, updates=GOOD.updates[:1] * 2), "`n` has two updates"),
    ("update of nothing", replace(GOOD, updates=(Update("m", ()),)), "the update of `m` has no variable"),
    (
        "later definition",
        replace(GOOD, definitions=(Definition("zero", INT, Use("one", INT), ""), *GOOD.definitions)),
        "uses `one`, which comes later",
    ),
    ("too deep", started(deep(MAX_DEPTH + 1)), "start 0: nests too deep"),
    ("wrong sort of a name", started(Var("n", BOOL)), "Var does not fit"),
    ("sum of truth values", set_to(Add((B, B))), "Add does not fit"),
    ("empty sum", set_to(Add(())), "Add does not fit"),
    ("mixed sum", set_to(Add((N, RatLit(Fraction(1))))), "Add does not fit"),
    ("mixed equality", started(Equal(N, B)), "Equal does not fit"),
    ("order of truth values", started(Less(B, B, strict=True)), "Less does not fit"),
    ("rational factor of an integer", set_to(Scale(Fraction(1, 2), N)), "Scale does not fit"),
    ("division by zero", set_to(Quotient(N, 0)), "Quotient does not fit"),
    ("division by a negative number", set_to(Quotient(N, -2)), "Quotient does not fit"),
    ("month of a number", set_to(MonthOf(N)), "MonthOf does not fit"),
    ("conjunction of numbers", started(And((N,))), "And does not fit"),
    ("branches", set_to(Ite(TRUE, N, B)), "the branches have different sorts"),
    ("condition", set_to(Ite(N, N, N)), "a condition is no truth value"),
    ("value of another sort", set_to(B), "value of case 0 of n: has the sort"),
    ("start that is a number", started(N), "start 0: has the sort"),
    ("due day", replace(GOOD, schedules=(Schedule("alarm", B, N, ""),)), "due day of schedule alarm: has the sort"),
    (
        "literal outside its enumeration",
        started(Equal(EnumLit(CARD, "blue"), EnumLit(CARD, "red"))),
        "EnumLit does not fit",
    ),
    (
        "two enumerations of one name",
        started(Equal(EnumLit(CARD, "red"), EnumLit(EnumSort("Card", ("red",)), "red"))),
        "two enumerations are called `Card`",
    ),
    (
        "empty enumeration",
        replace(GOOD, parameters=(Parameter("p", EnumSort("None", ()), None, is_reading=False, clause=""),)),
        "has no values",
    ),
    ("default", replace(GOOD, parameters=(Parameter("p", RAT, 1, is_reading=False, clause=""),)), "the default of `p`"),
    (
        "initial value from later",
        replace(GOOD, variables=(Variable("n", INT, Ite(B, N, N), ""), GOOD.variables[1])),
        "initial value of n: reads `b`",
    ),
    ("update order", replace(GOOD, updates=GOOD.updates[::-1]), "update of b: reads the new value of `n`"),
    ("update reads itself", set_to(At(View.AFTER, N)), "update of n: reads the new value of `n`"),
    ("assumption about the state", replace(GOOD, assumptions=(B,)), "assumption 0: reads `b`"),
    ("start about an input", started(Equal(X, X)), "start 0: reads `hit.x`"),
    (
        "schedule reads an input",
        replace(GOOD, schedules=(Schedule("alarm", Equal(X, N), DateLit(1), ""),)),
        "condition of schedule alarm: reads `hit.x`",
    ),
    (
        "schedule looks at a step",
        replace(GOOD, schedules=(Schedule("alarm", Happens("hit"), DateLit(1), ""),)),
        "looks at a step",
    ),
    (
        "guard reads another event",
        replace(GOOD, events=(HIT, replace(TOUCH, guard=Equal(X, X)))),
        "guard of touch: reads `hit.x` of another event",
    ),
)


def test_good_system_has_no_complaints() -> None:
    assert complaints(GOOD) == ()


@pytest.mark.parametrize(("system", "text"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_broken_invariant_is_named(system: System, text: str) -> None:
    found = complaints(system)
    assert any(text in each for each in found), found


def test_chains_of_branches_may_be_long() -> None:
    e: Expr = N
    for k in range(2000):
        e = Ite(Equal(N, IntLit(k)), IntLit(k), e)
    assert complaints(set_to(e)) == ()
    assert complaints(started(deep(MAX_DEPTH - 1))) == ()
