"""Comparisons of what has been elaborated: equality, order, intervals."""

from collections.abc import Sequence

from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.expr import Expr
from policydsl.front.scope import wrong
from policydsl.front.typed import Env, Typed, constant
from policydsl.front.types import BooleanType, EnumType, show_type
from policydsl.syntax import ast

TURNED: dict[ast.CompareOp, ast.CompareOp] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def within_cap(op: ast.CompareOp, e: ast.Expr, other: ast.Expr, typed: Typed, env: Env) -> None:
    """Raise where a rolling count is asked for more than it tells apart: the answer would always be no."""
    count = env.scope.counts.get(e.text) if isinstance(e, ast.Name) else None
    if count is None or count.adding is not None or not isinstance(count.window, ast.RollingWindow):
        return
    value, cap = constant(typed.expr), count.window.cap
    if value is not None and (value > cap or (value == cap and op == ">")):
        wrong("E0321", other.span, f"`{count.name.text}` counts no further than {cap}",
              hint=f"write `up to {value + (op == '>')}` where it is declared")  # fmt: skip


def compared(op: ast.CompareOp, left: tuple[Span, Typed], right: tuple[Span, Typed]) -> Expr:
    """Return the comparison of two expressions of one type. Raises WrongError where they have no order."""
    a, b = left[1], right[1]
    if op in {"=", "!="}:
        same: Expr = core.Equal(a.expr, b.expr)
        if a.present is not None or b.present is not None:
            same = core.And((core.Equal(a.there, b.there), core.Or((core.Not(a.there), same))))
        return same if op == "=" else core.Not(same)
    for span, typed in (left, right):
        if typed.present is not None:
            wrong("E0302", span, "this date may be none here, and none is neither early nor late",
                  hint="say what none means: write `... is not none and ...`")  # fmt: skip
        if isinstance(typed.type, EnumType | BooleanType):
            wrong("E0301", span, f"values of type {show_type(typed.type)} have no order",
                  hint="use `is`, or list the values: `in {a, b}`")  # fmt: skip
    match op:
        case "<":
            return core.Less(a.expr, b.expr, strict=True)
        case "<=":
            return core.Less(a.expr, b.expr, strict=False)
        case ">":
            return core.Less(b.expr, a.expr, strict=True)
        case _:
            return core.Less(b.expr, a.expr, strict=False)


def ordered(typed: Typed, span: Span) -> None:
    """Raise WrongError unless the values of `typed` have an order."""
    if isinstance(typed.type, EnumType | BooleanType):
        wrong("E0301", span, f"values of type {show_type(typed.type)} have no order")
    if typed.present is not None:
        wrong("E0302", span, "this date may be none here", hint="write `... is not none and ...`")


def inside(
    what: tuple[ast.Expr, Typed], interval: ast.Interval, low: Typed | None, high: Typed | None, env: Env
) -> Expr:
    """Return the condition that `what` lies between the bounds of `interval`. Raises WrongError if nothing does."""
    _not_empty(interval, low, high)
    e, typed = what
    parts: list[Expr] = []
    if low is not None and interval.low is not None:
        within_cap(">=" if interval.low_closed else ">", e, interval.low, low, env)
        parts.append(core.Less(low.expr, typed.expr, strict=not interval.low_closed))
    if high is not None and interval.high is not None:
        within_cap("<=", e, interval.high, high, env)
        parts.append(core.Less(typed.expr, high.expr, strict=not interval.high_closed))
    return core.And(tuple(parts))


def one_of(what: tuple[ast.Expr, Typed], items: Sequence[tuple[ast.Expr, Typed]], env: Env) -> Expr:
    """Return the condition that `what` is one of `items`."""
    e, typed = what
    for i, item in items:
        within_cap("=", e, i, item, env)
    return core.Or(tuple(compared("=", (e.span, typed), (i.span, item)) for i, item in items))


def _not_empty(interval: ast.Interval, low: Typed | None, high: Typed | None) -> None:
    if low is None or high is None:
        return
    first, last = constant(low.expr), constant(high.expr)
    if first is None or last is None:
        return
    if first > last:
        wrong("E0304", interval.span, "this interval is upside down", hint="write the lower bound first")
    if first == last and not (interval.low_closed and interval.high_closed):
        wrong("E0304", interval.span, "this interval is empty", hint="close both ends with `[` and `]`")
