"""On what a story turns: the change that is named avoids what failed, and nothing is named where nothing does."""

from dataclasses import replace

import pytest

from policydsl.analyses.turning import Turn, turning_point
from policydsl.core.expr import INT, TODAY, TRUE, Add, IntLit, Less, Var
from policydsl.core.system import Case, Event, Input, Parameter, Property, Step, System, Trace, Update, Variable

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
        (trace(5, 5), Turn("value", 2, "hit.cost", 5, 1)),
        (trace(9, 1), Turn("value", 2, "hit.cost", 1, 0)),
        (trace(1, limit=0), Turn("setting", None, "limit", 0, 10)),
    ],
)
def test_the_plainest_change_is_named(story: Trace, turn: Turn) -> None:
    assert turning_point(SYSTEM, FAR, story) == turn


def test_a_parameter_where_no_choice_helps() -> None:
    fixed = replace(SYSTEM, events=(replace(SYSTEM.events[0], inputs=()),))
    always = replace(fixed, updates=(Update("score", (Case(frozenset({"hit"}), TRUE, Add((SCORE, IntLit(3))), "1"),)),))
    story = Trace({"limit": 2}, {"score": 0, TODAY: 100}, (Step("hit", 100, {}),))
    assert turning_point(always, FAR, story) == Turn("setting", None, "limit", 2, 10)


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
