"""Putting values in and folding changes nothing: every history goes as it went; planted mistakes are noticed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.core import fold
from policydsl.core.expr import BOOL, FALSE, INT, TRUE, And, Equal, Expr, IntLit, Ite, Less, Not, Or, Use, Var, literal
from policydsl.core.fold import demanded_put_in, put_in
from policydsl.core.system import Definition
from policydsl.core.wellformed import complaints
from policydsl.semantics import evaluate
from policydsl.semantics.interpret import replay
from tests.engines.systems import integer, system
from tests.semantics import strategies


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_history_goes_as_it_went(data: st.DataObject) -> None:
    made = data.draw(strategies.systems())
    trace = data.draw(strategies.histories(made))
    if trace is None:
        return
    sorts = {p.name: p.sort for p in made.parameters}
    put = put_in(made, {name: literal(value, sorts[name]) for name, value in trace.parameters.items()})
    assert complaints(put) == ()
    assert replay(put, trace) == replay(made, trace)


X, N, FIXED = Var("x", INT), Var("n", INT), {"x": IntLit(2)}


TOLD: tuple[tuple[Expr, Expr], ...] = (
    (Less(X, IntLit(2), strict=False), TRUE),
    (Less(X, IntLit(2), strict=True), FALSE),
    (Equal(X, IntLit(3)), FALSE),
    (And((Less(N, X, strict=True), Not(Equal(X, IntLit(2))))), FALSE),
    (And((Equal(X, IntLit(2)), Equal(N, X))), Equal(N, IntLit(2))),
    (Or((Equal(N, X), Equal(X, IntLit(3)))), Equal(N, IntLit(2))),
    (Ite(Equal(X, IntLit(2)), N, IntLit(0)), N),
    (Ite(Equal(X, IntLit(3)), N, IntLit(0)), IntLit(0)),
    (Ite(Equal(N, IntLit(1)), IntLit(2), X), IntLit(2)),
    (Not(Not(Equal(N, X))), Equal(N, IntLit(2))),
)


def looked_at() -> None:
    """Compare what folding gives with what is expected, and both with the definition, for a few values."""
    for e, said in TOLD:
        made = replace(system("asked", (integer("n", None),), (), ()), starts=(e,))
        assert put_in(made, FIXED).starts == (said,)
        for n in range(4):
            env = evaluate.alone(made, {"x": 2}, {"n": n})
            assert evaluate.evaluate(said, env) == evaluate.evaluate(e, env)


def test_what_literals_tell_is_put_in_their_place() -> None:
    looked_at()


BUGS: tuple[tuple[str, Callable[..., Expr]], ...] = (
    ("_if", lambda _row, cond, then, otherwise: then if cond != TRUE else otherwise),
    ("_joined", lambda _e, args, make, _idle, deciding: deciding if deciding in args else make(args[1:])),
    ("_told", lambda e: TRUE if isinstance(e, Equal) and e.left != e.right else e),
    ("_told", lambda e: e.arg if isinstance(e, Not) else e),
)


@pytest.mark.parametrize(("name", "wrong"), BUGS)
def test_a_planted_mistake_is_noticed(name: str, wrong: Callable[..., Expr], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, name, wrong)
    with pytest.raises(AssertionError):
        looked_at()


def test_a_definition_that_is_a_literal_is_one_everywhere() -> None:
    asked, two = Equal(Use("two", INT), IntLit(3)), Definition("two", INT, X, "1")
    made = replace(system("asked", (integer("n", None),), (), ()), starts=(asked,), definitions=(two,))
    assert put_in(made, FIXED).starts == (FALSE,)


B, LOW = Var("b", BOOL), Less(N, X, strict=True)

DEMANDED: tuple[tuple[Expr, Expr], ...] = (
    (And((Equal(X, IntLit(2)), Less(X, N, strict=True))), And((Equal(X, IntLit(2)), Less(IntLit(2), N, strict=True)))),
    (And((Or((Not(B), LOW)), And((Equal(B, FALSE), LOW)))), And((TRUE, Equal(B, FALSE), LOW))),
    (And((Or((B, LOW)), Not(B))), And((LOW, Not(B)))),
    (And((B, Ite(B, LOW, TRUE))), And((B, LOW))),
    (And((Equal(X, IntLit(2)), Equal(X, IntLit(3)))), And((Equal(X, IntLit(2)), FALSE))),
    (And((Equal(N, IntLit(2)), LOW)), And((Equal(N, IntLit(2)), LOW))),  # N may be something else in another view
    (And((Or((Equal(X, IntLit(2)), B)), LOW)), And((Or((Equal(X, IntLit(2)), B)), LOW))),
)


def demands_looked_at() -> None:
    """Compare what comes of demands with what is expected, and both with the definition, for a few values."""
    for e, said in DEMANDED:
        put = demanded_put_in(e, {"x", "b"})
        assert put == said
        made = replace(system("asked", (integer("n", None),), (), ()), starts=(e,))
        for n, x, b in product(range(4), range(4), (False, True)):
            env = evaluate.alone(made, {"x": x, "b": b}, {"n": n})
            assert evaluate.evaluate(put, env) == evaluate.evaluate(e, env)


def test_what_a_guard_demands_is_put_in_where_else_it_speaks_of_it() -> None:
    demands_looked_at()


def _of_any_part(e: Expr) -> Iterator[Expr]:
    yield from e.args if isinstance(e, And | Or) else (e,)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("conjuncts", _of_any_part),
        ("_demanded", lambda e: (e.arg.name, TRUE) if isinstance(e, Not) and isinstance(e.arg, Var) else ("", None)),
    ],
)
def test_a_wrong_demand_is_noticed(name: str, wrong: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, name, wrong)
    with pytest.raises(AssertionError):
        demands_looked_at()
