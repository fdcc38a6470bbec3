"""Hashes of expressions: equal exactly where the texts are; and what stands in them."""

from copy import deepcopy
from fractions import Fraction

from hypothesis import HealthCheck, given, settings

from policydsl.core.digest import Digests
from policydsl.core.expr import DATE, INT, And, Equal, Expr, Happens, IntLit, Or, RatLit, Scale, ToRat, Var
from policydsl.core.show import show_expr
from policydsl.core.system import System
from policydsl.core.walk import awaited, expressions, mentioned, nodes
from tests.core.neighbours import neighbours
from tests.semantics import strategies
from tests.semantics.checks import OPERATORS, RICH

N, M = Var("n", INT), Var("m", INT)


def test_different_operators_have_different_hashes() -> None:
    assert len({Digests().text(e) for e in OPERATORS}) == len(OPERATORS)


def test_what_is_put_together_otherwise_has_another_hash() -> None:
    one, other, third = Equal(N, M), Equal(M, N), Equal(N, N)
    several: list[Expr] = [
        And((one, other)), And((other, one)), Or((one, other)), And((one, And((other, third)))),
        And((And((one, other)), third)), And((one, other, third)), And((one,)), And(()), Or(()), one, other,
        Scale(2, N), Scale(Fraction(2), ToRat(N)), Scale(2, Scale(2, N)), Scale(4, N), IntLit(2), RatLit(Fraction(2)),
        Var("happens n", DATE), Happens("n"), N,
    ]  # fmt: skip
    digests = Digests()
    assert len({digests.text(e) for e in several}) == len(several)


@given(strategies.systems(), strategies.systems())
@settings(deadline=None, derandomize=True, max_examples=24, suppress_health_check=list(HealthCheck))
def test_hashes_are_equal_iff_texts_are_and_what_stands_in_an_expression_is_known(one: System, other: System) -> None:
    whole = [e for system in (one, other) for _, e in expressions(system)]
    every = [part for e in whole for part in nodes(e)]
    mine, theirs = Digests(), Digests()
    by_hash = {mine.text(e): show_expr(e) for e in every}
    assert len(by_hash) == len(set(by_hash.values()))
    assert all(by_hash[theirs.text(e)] == show_expr(e) for e in reversed(every))
    for e in whole:
        variables, definitions = mentioned(e)
        assert set(mine.called(mine.names([e]))) == variables | definitions
        assert mine.steps([e]) == sum(mine.step(name) for name in awaited(e))
    both = mine.names(whole[:2])
    assert both == mine.names(whole[:1]) | mine.names(whole[1:2])


def test_what_differs_in_one_place_has_another_hash() -> None:
    own = Digests().system(RICH)
    assert Digests().system(deepcopy(RICH)) == own
    for other in neighbours(RICH):
        assert Digests().system(other) != own, other
    for e in OPERATORS:
        assert Digests().text(e) not in {Digests().text(other) for other in neighbours(e)}
