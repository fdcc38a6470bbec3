"""Ranges of types, and the constants that must lie in them."""

from policydsl.core import expr as core
from policydsl.core.conditions import conjunction
from policydsl.core.expr import TRUE, Expr
from policydsl.core.system import Property
from policydsl.front.elaborate import check
from policydsl.front.scope import wrong
from policydsl.front.typed import Env, constant
from policydsl.front.types import BooleanType, EnumType, MoneyType, PercentType, Type
from policydsl.syntax import ast


def constant_value(e: ast.Expr, type_: Type, env: Env) -> core.Value:
    """Return the constant `e` of `type_`. Raises WrongError if it is none."""
    made = check(e, env, type_).expr
    match made:
        case core.BoolLit(value=truth):
            return truth
        case core.EnumLit(value=name):
            return name
        case _:
            value = constant(made)
            if value is None:
                wrong("E0301", e.span, "a constant is needed here")
            return value if isinstance(type_, PercentType | MoneyType) else int(value)


def range_of(node: ast.Type, made: Expr, type_: Type, env: Env) -> Expr:
    """Return that `made` lies in the range of its type; TRUE where the type has none."""
    limits = node.range
    if limits is None:
        return TRUE
    if isinstance(type_, BooleanType | EnumType):
        wrong("E0301", limits.span, "only numbers and dates have a range")
    low = None if limits.low is None else check(limits.low, env, type_).expr
    high = None if limits.high is None else check(limits.high, env, type_).expr
    first, last = (None if b is None else constant(b) for b in (low, high))
    if first is not None and last is not None and first > last:
        wrong("E0304", limits.span, "this range is upside down", hint="write the lower bound first")
    parts: list[Expr] = []
    if low is not None:
        parts.append(core.Less(low, made, strict=limits.low_strict))
    if high is not None:
        parts.append(core.Less(made, high, strict=limits.high_strict))
    return conjunction(parts)


def in_range(value: core.Value, node: ast.Type, type_: Type, e: ast.Expr, env: Env) -> None:
    """Raise WrongError if the constant `value` lies outside the range of its type."""
    limits = node.range
    if limits is None or isinstance(value, str | bool):
        return
    for bound, below, strict in ((limits.low, True, limits.low_strict), (limits.high, False, limits.high_strict)):
        if bound is None:
            continue
        edge = constant_value(bound, type_, env)
        assert not isinstance(edge, str)
        outside = value < edge if below else value > edge
        if outside or (strict and value == edge):
            wrong("E0306", e.span, "this value is outside the range of its type")


def in_every_state(needed: Expr) -> Property:
    """Return that `needed` holds in every state."""
    return Property(needed, TRUE)
