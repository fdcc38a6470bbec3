"""The bounded search asks about one depth after another, and takes for granted what is clear before."""

import pytest

from policydsl.core.expr import TRUE, Add
from policydsl.core.system import Case, Update
from policydsl.engines import bmc, horizon
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget
from tests.engines.systems import always, integer, le, num, occurrence, system, var

BUDGET = Budget(seconds=20)


def look(done: int) -> bmc.Found | bmc.Clear:
    """Look for what violates that a number, which grows by 1 in every step from 0 on, is 1 at most."""
    grown = Update("n", (Case(None, TRUE, Add((var("n"), num(1))), "1"),))
    question = always(system("growing", (integer("n", 0),), (occurrence("go"),), (grown,)), "few", le(var("n"), num(1)))
    unrolling = Unrolling(question.system, horizon.exact_calendar(question.system, 24))
    return bmc.search(unrolling, question.property, (), done=done, depth=5, meter=Meter(BUDGET, BUDGET.seconds))


@pytest.mark.parametrize("done", [-1, 0, 1])
def test_the_first_violation_is_found_from_wherever_it_is_clear(done: int) -> None:
    found = look(done)
    assert isinstance(found, bmc.Found)
    assert found.depth == 2


def test_a_violation_after_another_is_not_looked_for() -> None:
    assert look(2) == bmc.Clear(5, None)
