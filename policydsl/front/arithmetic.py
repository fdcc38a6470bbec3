"""Arithmetic on typed expressions: units never mix, dates take durations, products stay linear."""

from dataclasses import replace
from fractions import Fraction

from policydsl.base.calendar import Rounding
from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.expr import Expr
from policydsl.front.scope import WEEKDAY, wrong
from policydsl.front.typed import COUNT, DATE_TYPE, DAYS, INTEGER, MONTHS, Env, Typed, constant, mismatch
from policydsl.front.types import (
    BooleanType,
    DateType,
    EnumType,
    MoneyType,
    NumberType,
    PercentType,
    show_type,
)
from policydsl.syntax import ast


def add_to_date(total: Typed, sign: str, typed: Typed, at: tuple[ast.Sum, Span], env: Env) -> Typed:
    """Return the date `total` with the duration `typed` added; `at` is the sum, and the place of the duration."""
    e, span = at
    if isinstance(typed.type, DateType) and sign == "-":
        hint = "write `days from ... to ...`"
        wrong("E0301", span, "a date is not subtracted from a date", hint=hint)
    if not isinstance(typed.type, NumberType) or typed.bare:
        wrong("E0301", span, "only a duration can be added to a date", hint="write for example `30 days`")
    amount = typed.expr if sign == "+" else core.Scale(-1, typed.expr)
    match typed.type.unit:
        case "days":
            return Typed(core.AddDays(total.expr, amount), DATE_TYPE)
        case "months":
            mode = e.rounding or env.scope.month_ends
            if mode is None:
                wrong("E0310", span, "adding months needs a rule for the ends of months",
                      hint="write `month ends last day` in the header, or `rounding last day` here")  # fmt: skip
            if mode is Rounding.REFUSE:
                env.partial.append(core.Or((*map(core.Not, env.path), core.MonthsExact(total.expr, amount))))
            return Typed(core.AddMonths(total.expr, amount, mode), DATE_TYPE)
        case "business days":
            if sign == "-":
                wrong("E0301", span, "business days can only be counted forward")
            if not isinstance(amount, core.IntLit) or amount.value < 0:
                forward = core.Less(core.IntLit(0), amount, strict=False)
                env.partial.append(core.Or((*map(core.Not, env.path), forward)))
            return Typed(core.AddBusinessDays(total.expr, amount, env.scope.business_days), DATE_TYPE)
        case "points" | "count" | "integer":
            wrong("E0301", span, f"{show_type(typed.type)} cannot be added to a date", hint="write a duration")


def add_numbers(total: Typed, sign: str, typed: Typed, span: Span) -> Typed:
    """Return the sum (or difference) of two numbers of one unit; a bare one takes the unit of the other."""
    if isinstance(typed.type, DateType):
        wrong("E0301", span, "a date cannot be added to a number", hint="write the date first")
    if total.bare and isinstance(typed.type, NumberType):
        total = replace(total, type=typed.type, bare=typed.bare)
    if typed.type != total.type:
        mismatch(span, typed.type, total.type)
    if isinstance(typed.type, EnumType | BooleanType):
        wrong("E0301", span, f"values of type {show_type(typed.type)} cannot be added")
    other = typed.expr if sign == "+" else negative(span, typed).expr
    before = total.expr.args if isinstance(total.expr, core.Add) else (total.expr,)
    return Typed(core.Add((*before, other)), total.type, bare=total.bare and typed.bare)


def negative(span: Span, typed: Typed) -> Typed:
    """Return minus a number or amount."""
    match typed.type:
        case NumberType():
            if isinstance(typed.expr, core.IntLit):
                return replace(typed, expr=core.IntLit(-typed.expr.value))
            return replace(typed, expr=core.Scale(-1, typed.expr))
        case PercentType() | MoneyType():
            if isinstance(typed.expr, core.RatLit):
                return replace(typed, expr=core.RatLit(-typed.expr.value))
            return replace(typed, expr=core.Scale(Fraction(-1), typed.expr))
        case _:
            wrong("E0301", span, f"values of type {show_type(typed.type)} have no negative")


_FOR_EACH = (COUNT, DAYS, NumberType("business days"), MONTHS)
"""What an amount may be due for each of."""


def times(e: ast.Product, left: Typed, right: Typed, span: Span) -> Typed:
    """Multiply; one side must be a constant without unit, or a percentage of something."""
    for a, b in ((left, right), (right, left)):
        scale = constant(a.expr)
        if scale is not None and isinstance(a.type, NumberType) and not a.bare and b.type == COUNT:
            return Typed(core.Scale(int(scale), b.expr), a.type)  # `5 points * violations`: so much for each
        if scale is not None and isinstance(a.type, MoneyType) and b.type in _FOR_EACH and not b.bare:
            return Typed(core.Scale(Fraction(scale), core.ToRat(b.expr)), a.type)  # `0.50 EUR * days late`
        if scale is None or not (a.bare or isinstance(a.type, PercentType)):
            continue
        if isinstance(b.type, MoneyType | PercentType):
            return Typed(core.Scale(scale, b.expr), b.type)
        if a.bare and isinstance(b.type, NumberType):
            return Typed(core.Scale(int(scale), b.expr), b.type, bare=b.bare)
    for a, b in ((left, right), (right, left)):
        if isinstance(a.type, PercentType) and isinstance(b.type, NumberType):
            wrong("E0301", span, f"a share of {show_type(b.type)} is not a whole number",
                  hint="multiply and divide by whole numbers: `... / 2` rounds down")  # fmt: skip
    if constant(left.expr) is None and constant(right.expr) is None:
        wrong("E0303", e.span, "one of two factors must be a constant", hint="proofs need sums of multiples")
    wrong("E0301", e.span, f"{show_type(left.type)} cannot be multiplied by {show_type(right.type)}")


def quotient(span: Span, typed: Typed, divisor: int) -> Typed:
    """Return a number divided by a whole one, rounded down; amounts and shares are divided exactly."""
    if divisor == 0:
        wrong("E0306", span, "division by zero")
    if isinstance(typed.type, MoneyType | PercentType):
        return replace(typed, expr=core.Scale(Fraction(1, divisor), typed.expr))
    if isinstance(typed.type, NumberType):
        return replace(typed, expr=core.Quotient(typed.expr, divisor))
    wrong("E0301", span, f"values of type {show_type(typed.type)} cannot be divided")


def part(which: ast.DatePart, date: Expr) -> Typed:
    """Return the year, month (1 to 12), day of the month or weekday of `date`."""
    match which:
        case "year":
            return Typed(core.Quotient(core.MonthOf(date), 12), INTEGER)
        case "month":
            return Typed(core.Add((core.Remainder(core.MonthOf(date), 12), core.IntLit(1))), INTEGER)
        case "day":
            return Typed(core.DayInMonth(date), INTEGER)
        case "weekday":
            number_, made = core.Weekday(date), core.EnumLit(WEEKDAY, WEEKDAY.values[-1])
            chosen: Expr = made
            for i in reversed(range(len(WEEKDAY.values) - 1)):
                this = core.EnumLit(WEEKDAY, WEEKDAY.values[i])
                chosen = core.Ite(core.Equal(number_, core.IntLit(i)), this, chosen)
            return Typed(chosen, EnumType(WEEKDAY))


def boundary(e: ast.Boundary, date: Expr) -> Typed:
    """Return the first or last day of the month or year of `date`."""
    month: Expr = core.MonthOf(date)
    if e.period == "year":
        month = core.Scale(12, core.Quotient(month, 12))
    if e.side == "start":
        return Typed(core.MonthStart(month), DATE_TYPE)
    following = core.Add((month, core.IntLit(12 if e.period == "year" else 1)))
    return Typed(core.AddDays(core.MonthStart(following), core.IntLit(-1)), DATE_TYPE)
