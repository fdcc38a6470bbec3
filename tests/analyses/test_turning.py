"""On what a story turns: the change that is named avoids what failed, and nothing is named where nothing does."""

from dataclasses import replace

import pytest

from policydsl.analyses.turning import Turn, turning_point
from policydsl.core.expr import DATE, INT, TODAY, TRUE, Add, AddDays, DateLit, Equal, IntLit, Less, Not, Var
from policydsl.core.system import (
    Case,
    Event,
    Input,
    Parameter,
    Property,
    Schedule,
    Step,
    System,
    Trace,
    Update,
    Variable,
)

SCORE, COST, LIMIT = Var("score", INT), Var("hit.cost", INT), Var("limit", INT)
SYSTEM = System(
    name="scores",
    parameters=(Parameter("limit", INT, 10, is_reading=False, clause="1"),),
    assumptions=(),
    variables=(Variable("score", INT, IntLit(0), "1"),),
    starts=(),
    definitions=(),
    events=(Event("hit", "occurrence", None, (Input("hit.cost", INT, 1, "Platform", "1"),), TRUE, "1"),),
    schedules=(),
    updates=(Update("score", (Case(frozenset({"hit"}), TRUE, Add((SCORE, COST)), "1"),)),),
    obligations=(),
)
FAR = Property(Less(SCORE, LIMIT, strict=True), TRUE)


def trace(*costs: int, limit: int = 10) -> Trace:
    steps = tuple(Step("hit", 100 + i, {"hit.cost": cost}) for i, cost in enumerate(costs))
    return Trace({"limit": limit}, {"score": 0, TODAY: 100}, steps)


@pytest.mark.parametrize(
    ("story", "turn"),
    [
        (trace(5, 5), Turn("value", 2, "hit.cost", 5, 4)),
        (trace(9, 1), Turn("value", 2, "hit.cost", 1, 0)),
        (trace(1, limit=0), Turn("setting", None, "limit", 0, 2)),
    ],
)
def test_the_plainest_change_is_named(story: Trace, turn: Turn) -> None:
    assert turning_point(SYSTEM, FAR, story) == turn


def test_a_parameter_where_no_choice_helps() -> None:
    fixed = replace(SYSTEM, events=(replace(SYSTEM.events[0], inputs=()),))
    always = replace(fixed, updates=(Update("score", (Case(frozenset({"hit"}), TRUE, Add((SCORE, IntLit(3))), "1"),)),))
    story = Trace({"limit": 2}, {"score": 0, TODAY: 100}, (Step("hit", 100, {}),))
    assert turning_point(always, FAR, story) == Turn("setting", None, "limit", 2, 4)


def test_a_step_left_out() -> None:
    fixed = replace(SYSTEM, events=(replace(SYSTEM.events[0], inputs=()),), parameters=())
    three = Update("score", (Case(frozenset({"hit"}), TRUE, Add((SCORE, IntLit(3))), "1"),))
    always = replace(fixed, updates=(three,))
    story = Trace({}, {"score": 0, TODAY: 100}, (Step("hit", 100, {}), Step("hit", 100, {})))
    five = Property(Less(SCORE, IntLit(5), strict=True), TRUE)
    assert turning_point(always, five, story) == Turn("step", 1, "hit", None, None)


def test_nothing_where_nothing_avoids_it() -> None:
    never = Property(Less(SCORE, IntLit(-1000), strict=True), TRUE)
    assert turning_point(SYSTEM, never, trace(1)) is None
    assert turning_point(SYSTEM, FAR, trace()) is None


def test_other_parameters_are_lived_from_the_start() -> None:
    heavy = replace(SYSTEM, events=(replace(SYSTEM.events[0], inputs=()),))
    each = Update("score", (Case(frozenset({"hit"}), TRUE, Add((SCORE, LIMIT)), "1"),))
    system = replace(heavy, updates=(each,), parameters=(Parameter("limit", INT, 1, is_reading=False, clause="1"),))
    story = Trace({"limit": 3}, {"score": 0, TODAY: 100}, (Step("hit", 100, {}), Step("hit", 101, {})))
    four = Property(Less(SCORE, IntLit(4), strict=True), TRUE)
    assert turning_point(system, four, story) == Turn("setting", None, "limit", 3, 1)
    lighter = replace(system, parameters=(replace(system.parameters[0], default=2),))
    assert turning_point(lighter, four, story) == Turn("setting", None, "limit", 3, 1)  # 2 would do but for the first


def test_what_the_calendar_did_before_a_step_is_undone_where_the_step_comes_earlier() -> None:
    hit = replace(SYSTEM.events[0], inputs=())
    more = Update("score", (Case(None, TRUE, Add((SCORE, IntLit(1))), "1"),))
    fine = Schedule("fine", Less(SCORE, IntLit(1), strict=True), DateLit(105), "1")
    system = replace(SYSTEM, events=(hit,), parameters=(), updates=(more,), schedules=(fine,))
    story = Trace({}, {"score": 0, TODAY: 100}, (Step("fine", 105, {}), Step("hit", 105, {})))
    two = Property(Less(SCORE, IntLit(2), strict=True), TRUE)
    turn = turning_point(system, two, story)
    assert turn is not None
    assert (turn.kind, turn.name, turn.old, turn.new) == ("date", "hit", 105, 104)


def test_the_nearest_value_is_named_between_those_tried_first() -> None:
    assert turning_point(SYSTEM, FAR, trace(5, 8)) == Turn("value", 2, "hit.cost", 8, 4)
    assert turning_point(SYSTEM, FAR, trace(13)) == Turn("value", 1, "hit.cost", 13, 9)


def test_what_the_claim_makes_its_condition_is_not_named() -> None:
    cost, after = frozenset({"hit.cost"}), Property(TRUE, FAR.state)
    assert turning_point(SYSTEM, after, trace(5, 5), cost) == Turn("value", 1, "hit.cost", 5, 4)
    assert turning_point(SYSTEM, after, trace(1, limit=0), cost | {"limit"}) is None
    assert turning_point(SYSTEM, FAR, trace(5, 5), cost) == Turn("setting", None, "limit", 10, 11)


def test_a_nearer_value_that_was_not_tried_is_owned_up_to() -> None:
    late = Property(Less(SCORE, LIMIT, strict=True), TRUE)
    turn = turning_point(SYSTEM, late, trace(*[0] * 15, 330))
    assert turn == Turn("value", 16, "hit.cost", 330, 1, nearest=False)


def test_what_the_calendar_does_all_the_same_later_is_not_avoided() -> None:
    day = Var("day", DATE)
    armed = Not(Equal(day, DateLit(0)))
    wait = Event("wait", "occurrence", None, (Input("wait.days", INT, 3, None, "1"),), TRUE, "1")
    late = replace(
        SYSTEM,
        parameters=(),
        variables=(*SYSTEM.variables, Variable("day", DATE, DateLit(0), "1")),
        events=(wait,),
        schedules=(Schedule("ring", armed, day, "1"),),
        updates=(
            Update("score", (Case(frozenset({"ring"}), TRUE, IntLit(99), "1"),)),
            Update(
                "day",
                (
                    Case(frozenset({"wait"}), TRUE, AddDays(Var(TODAY, DATE), Var("wait.days", INT)), "1"),
                    Case(frozenset({"ring"}), TRUE, DateLit(0), "1"),
                ),
            ),
        ),
    )
    calm = Property(Less(SCORE, IntLit(50), strict=True), TRUE)
    story = Trace({}, {"score": 0, "day": 0, TODAY: 100}, (Step("wait", 100, {"wait.days": 3}), Step("ring", 103, {})))
    assert turning_point(late, calm, story) == Turn("step", 1, "wait", None, None)
