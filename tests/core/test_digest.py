"""Hashes of expressions: equal exactly where the texts are; and what stands in them."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings

from policydsl.core.digest import Digests
from policydsl.core.expr import DATE, INT, And, Equal, Expr, Happens, IntLit, Or, RatLit, Scale, ToRat, Var
from policydsl.core.show import show_expr, show_system
from policydsl.core.system import System
from policydsl.core.walk import awaited, expressions, mentioned, nodes
from tests.semantics import strategies
from tests.semantics.checks import OPERATORS

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
@settings(deadline=None, derandomize=True, max_examples=50, suppress_health_check=list(HealthCheck))
def test_hashes_are_equal_iff_texts_are(one: System, other: System) -> None:
    every = [part for system in (one, other) for _, e in expressions(system) for part in nodes(e)]
    mine, theirs = Digests(), Digests()
    by_hash = {mine.text(e): show_expr(e) for e in every}
    assert len(by_hash) == len(set(by_hash.values()))
    assert all(by_hash[theirs.text(e)] == show_expr(e) for e in reversed(every))


@given(strategies.systems(), strategies.systems())
@settings(deadline=None, derandomize=True, max_examples=50, suppress_health_check=list(HealthCheck))
def test_hashes_of_systems_are_equal_iff_their_texts_are(one: System, other: System) -> None:
    digests = Digests()
    some = [one, other, deepcopy(one), replace(one, name=f"{one.name}'"), *_without_something(one)]
    by_hash = {digests.system(s): show_system(s) for s in some}
    assert len(by_hash) == len(set(by_hash.values())) == len({show_system(s) for s in some})
    assert all(by_hash[Digests().system(s)] == show_system(s) for s in some)


def _without_something(system: System) -> Iterator[System]:
    for f in fields(system):
        if f.name != "name" and (parts := getattr(system, f.name)):
            changed: dict[str, Any] = {f.name: parts[1:]}
            yield replace(system, **changed)
            if hasattr(parts[0], "clause"):
                yield replace(system, **{**changed, f.name: (replace(parts[0], clause="another"), *parts[1:])})


@given(strategies.systems())
@settings(deadline=None, derandomize=True, max_examples=50, suppress_health_check=list(HealthCheck))
def test_what_stands_in_an_expression_is_known(system: System) -> None:
    digests = Digests()
    every = [e for _, e in expressions(system)]
    for e in every:
        variables, definitions = mentioned(e)
        assert set(digests.called(digests.names([e]))) == variables | definitions
        assert digests.steps([e]) == sum(digests.step(name) for name in awaited(e))
    both = digests.names(every[:2])
    assert both == digests.names(every[:1]) | digests.names(every[1:2])
