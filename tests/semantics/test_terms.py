"""The quick terms are z3's own terms."""

# ruff: noqa: ARG005  all operations take the same arguments

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import z3

from policydsl.semantics import terms

OPERATIONS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "less": lambda _, x, y, p: x < y,
    "at most": lambda _, x, y, p: x <= y,
    "greater": lambda _, x, y, p: x > 3,
    "at least": lambda _, x, y, p: x >= -3,
    "equal": lambda _, x, y, p: x == y,
    "equal number": lambda _, x, y, p: x == 10**30,
    "plus": lambda _, x, y, p: x + y,
    "plus number": lambda _, x, y, p: x + 1,
    "number plus": lambda _, x, y, p: 28 + x,
    "minus": lambda _, x, y, p: x - y,
    "number minus": lambda _, x, y, p: 5 - x,
    "times": lambda _, x, y, p: 12 * x,
    "times number": lambda _, x, y, p: x * 7,
    "div": lambda _, x, y, p: x / 5,
    "mod": lambda _, x, y, p: (x - 1) % 7,
    "if": lambda m, x, y, p: m.If(p, x, y),
    "if number": lambda m, x, y, p: m.If(p, 1, m.IntVal(0, x.ctx)),
    "if truth": lambda m, x, y, p: m.If(p, x < y, p),
    "not": lambda m, x, y, p: m.Not(p),
    "and": lambda m, x, y, p: m.And(p, x < y, y < x),
    "or": lambda m, x, y, p: m.Or(p, x < y),
    "implies": lambda m, x, y, p: m.Implies(p, x < y),
    "same truth": lambda m, x, y, p: p == m.Not(p),
    "to real": lambda m, x, y, p: m.ToReal(x),
    "rational": lambda m, x, y, p: m.RealVal("1/3", x.ctx),
    "sum": lambda m, x, y, p: m.Sum(x, y, x),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_is_z3s_own(name: str) -> None:
    ctx = terms.new_context()
    make = OPERATIONS[name]
    quick = make(terms, terms.Int("x", ctx), terms.Int("y", ctx), terms.Bool("p", ctx))
    slow = make(z3, z3.Int("x", ctx), z3.Int("y", ctx), z3.Bool("p", ctx))
    assert quick.eq(slow), f"{quick} is not {slow}"
    assert hash(quick) == hash(slow)


def test_constants() -> None:
    ctx = terms.new_context()
    assert terms.Real("r", ctx).eq(z3.Real("r", ctx))
    assert terms.BoolVal(True, ctx).eq(z3.BoolVal(True, ctx))  # noqa: FBT003
    assert terms.BoolVal(False, ctx).eq(z3.BoolVal(False, ctx))  # noqa: FBT003
    assert terms.IntVal(-5, ctx).eq(z3.IntVal(-5, ctx))
    assert not terms.FreshInt("x", ctx).eq(terms.FreshInt("x", ctx))
    assert not terms.FreshBool("x", ctx).eq(terms.FreshBool("x", ctx))


def test_simplified_numbers_are_numbers() -> None:
    ctx = terms.new_context()
    x = terms.Int("x", ctx)
    found = terms.simplify(x + 5 - x)
    assert isinstance(found, z3.IntNumRef)
    assert found.as_long() == 5
    assert not isinstance(terms.simplify(x + x), z3.IntNumRef)


def test_models_are_read() -> None:
    ctx = terms.new_context()
    x, r, p = terms.Int("x", ctx), terms.Real("r", ctx), terms.Bool("p", ctx)
    solver = z3.Solver(ctx=ctx)
    terms.add(solver, [x == -3, terms.ToReal(x) == r * terms.RealVal("2", ctx), p])
    assert terms.check(solver, [p]) == "sat"
    model = solver.model()
    assert (terms.number_in(model, x), terms.number_in(model, r)) == ("-3", "-3/2")
    assert terms.is_true_in(model, p)
    assert not terms.is_true_in(model, terms.Bool("unheard of", ctx))
    assert terms.check(solver, []) == "sat"
    terms.add(solver, [x > 0])
    assert terms.check(solver, []) == "unsat"


def test_wrong_terms_raise() -> None:
    ctx = terms.new_context()
    with pytest.raises(z3.Z3Exception):
        terms.And(terms.Bool("p", ctx), terms.Int("x", ctx))


def test_terms_are_made_only_where_they_last() -> None:
    makers: tuple[Callable[[Any], Any], ...] = (lambda ctx: terms.Int("x", ctx), lambda ctx: terms.IntVal(1, ctx))
    for make in makers:
        with pytest.raises((AssertionError, AttributeError)):
            make(z3.Context())


def test_a_context_goes_with_the_last_that_holds_it() -> None:
    """Python looks for circles seldom, and does not see how much memory is z3's: there must be none."""
    gc.disable()
    try:
        ctx = terms.new_context()
        x = terms.Int("x", ctx)
        solver = terms.settled_solver(ctx)
        terms.add(solver, [x > 1, terms.Bool("b", ctx)])
        assert terms.check(solver, []) == "sat"
        gone = weakref.ref(ctx)
        del ctx, x, solver
        assert gone() is None
    finally:
        gc.enable()
