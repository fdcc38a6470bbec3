"""Sorts and values of the core for a solver, and truth values in an explicit context."""

from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from policydsl.core.expr import BoolSort, DateSort, EnumSort, IntSort, RatSort, Sort, Value
from policydsl.semantics import terms as z3


def constant(name: str, sort: Sort, ctx: z3.Context) -> z3.ExprRef:
    """Return the constant `name` of the solver's sort for `sort`."""
    match sort:
        case BoolSort():
            return z3.Bool(name, ctx)
        case IntSort() | DateSort() | EnumSort():
            return z3.Int(name, ctx)
        case RatSort():
            return z3.Real(name, ctx)
        case _:
            assert_never(sort)


def term_of(value: Value, sort: Sort, ctx: z3.Context) -> z3.ExprRef:
    """Return the term that stands for `value` of `sort`."""
    match sort:
        case BoolSort():
            return z3.BoolVal(bool(value), ctx)
        case IntSort() | DateSort():
            return z3.IntVal(int(value), ctx)
        case RatSort():
            return z3.RealVal(str(Fraction(value)), ctx)
        case EnumSort(values=values):
            return z3.IntVal(values.index(str(value)), ctx)
        case _:
            assert_never(sort)


def domain(term: z3.ExprRef, sort: Sort) -> z3.BoolRef | None:
    """Return that `term` stands for a value of `sort`; None if every term does."""
    match sort:
        case BoolSort() | IntSort() | RatSort() | DateSort():
            return None
        case EnumSort(values=values):
            place = number(term)
            return all_of(place >= 0, place < len(values))
        case _:
            assert_never(sort)


def number(term: z3.ExprRef) -> z3.ArithRef:
    """Return `term`, known to be an integer or a rational."""
    assert isinstance(term, z3.ArithRef)
    return term


def conjunction(parts: Iterable[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    """Return the conjunction of `parts`, true if there are none."""
    listed = list(parts)
    return all_of(*listed) if listed else z3.BoolVal(True, ctx)  # noqa: FBT003


def simplified(term: z3.ArithRef) -> z3.ArithRef:
    """Return the normal form under which terms are remembered."""
    result = z3.simplify(term)
    assert isinstance(result, z3.ArithRef)
    return result


def truth(term: object) -> z3.BoolRef:
    """Return `term`, known to be a truth value of the solver."""
    assert isinstance(term, z3.BoolRef)
    return term


def all_of(*parts: z3.BoolRef) -> z3.BoolRef:
    """Return the conjunction of at least one part, without touching the global context."""
    return parts[0] if len(parts) == 1 else truth(z3.And(*parts))


def any_of(parts: list[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    """Return the disjunction of `parts`, false if there are none."""
    if len(parts) < 2:  # noqa: PLR2004
        return parts[0] if parts else z3.BoolVal(False, ctx)  # noqa: FBT003
    return truth(z3.Or(*parts))
