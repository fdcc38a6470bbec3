"""Stories made plain without a solver still tell the same, and are lived as the interpreter says."""

from dataclasses import replace
from fractions import Fraction

from policydsl.base.calendar import from_civil
from policydsl.core.expr import DATE, INT, RAT, TODAY, TRUE, DateLit, Or, RatLit, Var
from policydsl.core.system import PASSAGE, Input, Parameter, Property, Question, Step, Trace, Update, Variable
from policydsl.engines.horizon import first_day
from policydsl.engines.plain import plainer, quieter
from policydsl.semantics.interpret import Rejected, replay, violation
from tests.engines.systems import CLOCK_VAR, always, implies, integer, le, lt, num, occurrence, on, system, var

FIRST = first_day(system("none", (), (), ()))


def fines() -> Question:
    """Return whether fines stay below 10: each is as high as its event says, 3 by default."""
    variables = (integer("fines", 0), Variable("since", DATE, Var(TODAY, DATE), "1"))
    fine = occurrence("fine", Input("fine.amount", INT, 3, None, "1"), Input("fine.page", INT, None, None, "1"))
    updates = (Update("fines", (on("fine", TRUE, var("fine.amount")),)),)
    parameters = (Parameter("copies", INT, 2, is_reading=False, clause="1"),)
    made = system("fines", variables, (fine,), updates, parameters=parameters)
    return always(made, "below_ten", le(var("fines"), num(9)))


def told(question: Question, *steps: Step) -> Trace:
    late = from_civil(2044, 7, 11)
    trace = Trace({"copies": 77}, {TODAY: late, "fines": 0, "since": late}, steps)
    assert violation(question.system, trace, question.property) == len(steps)
    return trace


def fine(year: int, amount: int, page: int) -> Step:
    return Step("fine", from_civil(year, 12, 5), {"fine.amount": amount, "fine.page": page})


def test_what_the_story_can_do_without_is_as_declared() -> None:
    question = fines()
    made = plainer(question, told(question, fine(2044, 8, 512), fine(2051, 4223, 9)))
    assert [step.inputs for step in made.steps] == [
        {"fine.amount": 3, "fine.page": 0},
        {"fine.amount": 10, "fine.page": 0},
    ]
    assert made.parameters == {"copies": 2}
    assert [made.initial[TODAY], made.initial["since"]] == [FIRST, FIRST]
    assert [step.day for step in made.steps] == [FIRST, FIRST]
    assert not isinstance(replay(question.system, made), Rejected)
    assert violation(question.system, made, question.property) == 2


def test_a_story_that_was_over_earlier_with_a_change_is_left_as_it_is() -> None:
    question = fines()
    never: Property = always(question.system, "never", le(var("fines"), num(2))).property
    strict = Question("never", question.system, never, None)
    trace = told(question, fine(2044, 1, 0), fine(2051, 10, 0))
    made = plainer(strict, trace)
    assert made.steps[0].inputs["fine.amount"] == 2  # 3, the default, would end the story there
    assert made.steps[1].inputs["fine.amount"] == 3


def test_parameters_stay_admissible_though_nothing_else_looks_at_them() -> None:
    open_ = fines()
    question = replace(open_, system=replace(open_.system, assumptions=(le(num(50), var("copies")),)))
    made = plainer(question, told(question, fine(2044, 12, 0)))
    assert made.parameters == {"copies": 50}  # as near to 2, the default, as it may be
    assert violation(question.system, made, question.property) == 1


def test_what_stood_in_the_way_of_a_default_becomes_plain_first() -> None:
    """Two copies take a page: what was found has none, and many copies."""
    open_ = fines()
    (event,) = open_.system.events
    guarded = replace(event, guard=implies(le(var("copies"), num(2)), le(num(1), var("fine.page"))), inputs=(
        event.inputs[0], replace(event.inputs[1], default=1)))  # fmt: skip
    question = replace(open_, system=replace(open_.system, events=(guarded,)))
    made = plainer(question, told(question, fine(2044, 12, 0)))
    assert (made.parameters, made.steps[0].inputs["fine.page"]) == ({"copies": 2}, 1)


def test_what_only_lets_a_day_come_does_not_happen() -> None:
    """The first fine is needed; the second one changes nothing that the story is about but the day."""
    question = fines()
    in_time = lt(CLOCK_VAR, DateLit(from_civil(2052, 1, 1)))
    claim = always(question.system, "in_time", implies(le(num(10), var("fines")), in_time))
    trace = told(claim, fine(2051, 10, 0), fine(2052, 10, 0))
    made = quieter(claim, trace)
    assert [step.name for step in made.steps] == ["fine", PASSAGE]
    assert [step.day for step in made.steps] == [step.day for step in trace.steps]
    assert made.parameters == trace.parameters
    assert not isinstance(replay(claim.system, made), Rejected)


def test_amounts_come_near_by_whole_steps() -> None:
    amount, limit = Var("pay.amount", RAT), Var("limit", RAT)
    pay = occurrence("pay", Input("pay.amount", RAT, Fraction(1), None, "1"))
    updates = (Update("paid", (on("pay", TRUE, amount),)),)
    parameters = (Parameter("limit", RAT, Fraction(20), is_reading=False, clause="1"),)
    made = system("sums", (Variable("paid", RAT, RatLit(Fraction(0)), "1"),), (pay,), updates, parameters=parameters)
    question = always(made, "below", Or((le(Var("paid", RAT), limit), le(limit, RatLit(Fraction(20))))))
    step = Step("pay", FIRST, {"pay.amount": Fraction(999, 10)})
    told_ = Trace({"limit": Fraction(48)}, {TODAY: FIRST, "paid": Fraction(0)}, (step,))
    assert violation(made, told_, question.property) == 1
    near = plainer(question, told_)
    assert (near.parameters["limit"], near.steps[0].inputs["pay.amount"]) == (21, 22)


def test_numbers_that_a_solver_had_far_away_come_near() -> None:
    question = fines()
    (event,) = question.system.events
    dear = replace(question.system, events=(replace(event, guard=lt(num(5), var("fine.amount"))),))
    question = replace(question, system=dear, property=Property(TRUE, le(var("fine.page"), num(4))))
    steps = [fine(2044, 10**12 + i, 0) for i in range(8)]
    made = plainer(question, told(question, *steps, fine(2044, 10**12, 9)))
    assert [step.inputs["fine.amount"] for step in made.steps] == [6] * 9
    assert made.steps[-1].inputs["fine.page"] == 5
