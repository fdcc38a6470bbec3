"""Induction over windows by itself: each state that a history begins with counts, and so does every window after."""

import pytest

from policydsl.core.expr import TRUE, Add, Equal, Not
from policydsl.core.system import Case, Property, System, Update
from policydsl.engines.houdini import Pool
from policydsl.engines.kinduction import prove
from policydsl.engines.obligation import Proof
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget
from policydsl.semantics.encode_calendar import AbstractCalendar
from tests.engines.systems import integer, le, num, system, var


def counting() -> System:
    """Return: every step counts one further, from 0; nothing leads to 0, since negative numbers stay as they are."""
    step = Case(None, le(num(0), var("n")), Add((var("n"), num(1))), "1")
    return system("counting", (integer("n", 0),), (), (Update("n", (step,)),))


def attempt(claim: Property, k: int, *lemmas: Property) -> Proof | None:
    unrolling = Unrolling(counting(), AbstractCalendar(0))
    pool = Pool(unrolling, [lemma.state for lemma in lemmas], ()) if lemmas else None
    with Meter(Budget(), 30.0) as meter:
        return prove(unrolling, claim, (), pool, k=k, meter=meter)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_what_fails_in_an_early_state_is_not_proved(wrong: int, k: int) -> None:
    """No window of more than `wrong` states leads to it: only the beginnings of histories do."""
    assert attempt(Property(Not(Equal(var("n"), num(wrong))), TRUE), k) is None


@pytest.mark.parametrize(("missed", "k"), [(-1, 1), (-2, 2)])
def test_what_no_history_comes_to_is_proved(missed: int, k: int) -> None:
    assert attempt(Property(Not(Equal(var("n"), num(missed))), TRUE), k) is not None


def test_a_lemma_that_fails_later_helps_nothing() -> None:
    """`n <= 2` would make `n <= 3` inductive, and holds in the first states; `n < 0` holds in none."""
    claim = Property(le(var("n"), num(3)), TRUE)
    for lemma in (le(var("n"), num(2)), le(var("n"), num(-1))):
        assert attempt(claim, 1, Property(lemma, TRUE)) is None
