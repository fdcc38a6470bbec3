"""Equal expressions and parts become one object, and nothing becomes anything else."""

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings

from policydsl.core.expr import INT, RAT, IntLit, Scale, ToRat, Var
from policydsl.core.share import Sharing
from policydsl.core.show import show_system
from policydsl.core.system import Definition, System
from tests.core.neighbours import neighbours
from tests.semantics import strategies
from tests.semantics.checks import RICH


@given(strategies.systems())
@settings(deadline=None, derandomize=True, max_examples=12, suppress_health_check=list(HealthCheck))
def test_beside_an_equal_system_every_part_is_one_of_its_parts(system: System) -> None:
    shared = Sharing().system(system)
    assert show_system(shared) == show_system(system)
    again = Sharing(shared).system(deepcopy(system))
    assert show_system(again) == show_system(system)
    for name in ("parameters", "variables", "starts", "definitions", "events", "schedules", "updates"):
        mine, theirs = getattr(again, name), getattr(shared, name)
        assert all(one is other for one, other in zip(mine, theirs, strict=True))


def test_beside_a_system_that_differs_in_one_place_it_stays_what_it_is() -> None:
    for other in neighbours(RICH):
        assert show_system(Sharing(RICH).system(other)) == show_system(other)


def test_parts_that_differ_in_anything_stay_apart() -> None:
    n = Var("n", INT)
    parts = [
        Definition("d", RAT, Scale(Fraction(2), ToRat(n)), "1"),
        Definition("d", RAT, Scale(Fraction(2), ToRat(n)), "2"),
        Definition("d", RAT, ToRat(Scale(2, n)), "1"),
        Definition("d", RAT, Scale(2, ToRat(n)), "1"),
        Definition("d", INT, IntLit(2), "1"),
    ]
    none = System("s", (), (), (), (), (), (), (), (), ())
    for one in parts:
        for other in parts:
            first = replace(none, definitions=(one,))
            made = Sharing(first).system(replace(none, definitions=(deepcopy(other),)))
            assert show_system(made) == show_system(replace(none, definitions=(other,)))
