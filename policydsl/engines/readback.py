"""A solver's formula over the state, read back into the core: what Spacer found becomes candidates for lemmas.

Nothing rests on it: what was misread fails the induction in which it is to be used, or the re-check after it.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Literal, TypeAlias

import z3

from policydsl.base.records import dataclass
from policydsl.core.expr import (
    FALSE,
    INT,
    RAT,
    TRUE,
    Add,
    AddDays,
    And,
    DateLit,
    DateSort,
    DaysBetween,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    Quotient,
    RatLit,
    RatSort,
    Remainder,
    Scale,
    Sort,
    ToRat,
)

Names: TypeAlias = Mapping[str, tuple[Expr, Sort]]
"""What a solver's constant stands for, by its name."""

Relation: TypeAlias = Literal["=", "<", "<="]

_FIRST = DateLit(1)


class ForeignError(Exception):
    """The formula says something that the core has no words for."""


def read(term: z3.ExprRef, names: Names) -> Expr:
    """Return what `term`, a truth value over constants called as in `names`, says.

    Raises `ForeignError` where the core cannot say it.
    """
    if not z3.is_app(term):
        raise ForeignError(str(term))
    kind, parts = term.decl().kind(), term.children()
    match kind:
        case z3.Z3_OP_TRUE:
            return TRUE
        case z3.Z3_OP_FALSE:
            return FALSE
        case z3.Z3_OP_UNINTERPRETED if not parts:
            return _name(term, names)[0]
        case z3.Z3_OP_NOT:
            return _not(read(parts[0], names))
        case z3.Z3_OP_AND:
            return And(tuple(read(p, names) for p in parts))
        case z3.Z3_OP_OR:
            return Or(tuple(read(p, names) for p in parts))
        case z3.Z3_OP_IMPLIES:
            return Or((_not(read(parts[0], names)), read(parts[1], names)))
        case z3.Z3_OP_ITE:
            cond, then, otherwise = (read(p, names) for p in parts)
            return Ite(cond, then, otherwise)
        case z3.Z3_OP_EQ if z3.is_bool(parts[0]):
            return Equal(read(parts[0], names), read(parts[1], names))
        case z3.Z3_OP_EQ | z3.Z3_OP_LE | z3.Z3_OP_LT | z3.Z3_OP_GE | z3.Z3_OP_GT:
            left, right = (_sum(p, names) for p in parts)
            return _compare(kind, left, right, whole=z3.is_int(parts[0]))
        case _:
            raise ForeignError(str(term.decl()))


def _not(e: Expr) -> Expr:
    return e.arg if isinstance(e, Not) else Not(e)


def _name(term: z3.ExprRef, names: Names) -> tuple[Expr, Sort]:
    found = names.get(term.decl().name())
    if found is None:
        raise ForeignError(str(term))
    return found


# --- numbers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sum:
    """`constant` and so much of each of `parts`: numbers, dates (as day numbers) or enumerations (as places)."""

    parts: Mapping[Expr, tuple[Fraction, Sort]]
    constant: Fraction

    def plus(self, other: "_Sum") -> "_Sum":
        parts = dict(self.parts)
        for e, (n, sort) in other.parts.items():
            parts[e] = (parts.get(e, (Fraction(0), sort))[0] + n, sort)
        return _Sum({e: part for e, part in parts.items() if part[0]}, self.constant + other.constant)

    def times(self, factor: Fraction) -> "_Sum":
        return _Sum({e: (factor * n, sort) for e, (n, sort) in self.parts.items()}, factor * self.constant)


def _sum(term: z3.ExprRef, names: Names) -> _Sum:
    kind, parts = term.decl().kind(), term.children()
    match kind:
        case z3.Z3_OP_ANUM:
            return _Sum({}, term.as_fraction() if z3.is_real(term) else Fraction(term.as_long()))
        case z3.Z3_OP_UNINTERPRETED if not parts:
            e, sort = _name(term, names)
            return _Sum({e: (Fraction(1), sort)}, Fraction(0))
        case z3.Z3_OP_TO_REAL:
            return _sum(parts[0], names)
        case z3.Z3_OP_UMINUS:
            return _sum(parts[0], names).times(Fraction(-1))
        case z3.Z3_OP_ADD:
            return reduce(_Sum.plus, (_sum(p, names) for p in parts))
        case z3.Z3_OP_SUB:
            first, *rest = (_sum(p, names) for p in parts)
            return reduce(_Sum.plus, (p.times(Fraction(-1)) for p in rest), first)
        case z3.Z3_OP_MUL:
            return reduce(_product, (_sum(p, names) for p in parts))
        case z3.Z3_OP_ITE:
            then, otherwise = (_number(_sum(p, names), whole=z3.is_int(term)) for p in parts[1:])
            chosen = Ite(read(parts[0], names), then, otherwise)
            return _Sum({chosen: (Fraction(1), INT if z3.is_int(term) else RAT)}, Fraction(0))
        case z3.Z3_OP_MOD | z3.Z3_OP_IDIV:
            divided, divisor = (_sum(p, names) for p in parts)
            if divisor.parts or divisor.constant <= 0:
                raise ForeignError("a division")
            operation = Remainder if kind == z3.Z3_OP_MOD else Quotient
            result = operation(_number(divided, whole=True), int(divisor.constant))
            return _Sum({result: (Fraction(1), INT)}, Fraction(0))
        case _:
            raise ForeignError(str(term.decl()))


def _product(a: _Sum, b: _Sum) -> _Sum:
    if a.parts and b.parts:
        raise ForeignError("a product")
    return b.times(a.constant) if not a.parts else a.times(b.constant)


def _number(total: _Sum, *, whole: bool) -> Expr:
    """Return `total` as an integer, or else a rational; a date counts as its day number."""
    constant = total.constant
    found: list[Expr] = []
    for e, (factor, sort) in total.parts.items():
        counted = e
        match sort:
            case DateSort():
                counted, constant = DaysBetween(_FIRST, e), constant + factor
            case EnumSort():
                counted = _place(e, sort)
            case _:
                pass
        if not whole and not isinstance(sort, RatSort):
            counted = ToRat(counted)
        found.append(counted if factor == 1 else Scale(int(factor) if whole else factor, counted))
    if constant or not found:
        found.append(IntLit(int(constant)) if whole else RatLit(constant))
    return found[0] if len(found) == 1 else Add(tuple(found))


def _place(e: Expr, sort: EnumSort) -> Expr:
    """Return the place of the value of `e` in its enumeration."""
    found: Expr = IntLit(len(sort.values) - 1)
    for i, value in reversed(list(enumerate(sort.values[:-1]))):
        found = Ite(Equal(e, EnumLit(sort, value)), IntLit(i), found)
    return found


# --- comparisons ---------------------------------------------------------------------------------


def _compare(kind: int, left: _Sum, right: _Sum, *, whole: bool) -> Expr:
    """Return how `left` compares with `right`, in the plainest words."""
    if kind in {z3.Z3_OP_GE, z3.Z3_OP_GT}:
        left, right = right, left
    gap = left.plus(right.times(Fraction(-1)))  # compared with 0
    relation: Relation = "=" if kind == z3.Z3_OP_EQ else "<" if kind in {z3.Z3_OP_LT, z3.Z3_OP_GT} else "<="
    if len(gap.parts) == 1:
        ((e, (factor, sort)),) = gap.parts.items()
        if isinstance(sort, EnumSort):
            fit = [v for i, v in enumerate(sort.values) if _HOLDS[relation](factor * i + gap.constant)]
            return Or(tuple(Equal(e, EnumLit(sort, v)) for v in fit))
    dates = _of_dates(gap, relation)
    if dates is not None:
        return dates
    scale = lcm(*(n.denominator for n, _ in gap.parts.values()), gap.constant.denominator)
    gap = gap.times(Fraction(scale)) if whole else gap
    zero = Fraction(0)
    above = _Sum({e: part for e, part in gap.parts.items() if part[0] > 0}, max(gap.constant, zero))
    below = _Sum({e: part for e, part in gap.parts.items() if part[0] < 0}, min(gap.constant, zero))
    low, high = _number(above, whole=whole), _number(below.times(Fraction(-1)), whole=whole)
    return Equal(low, high) if relation == "=" else Less(low, high, strict=relation == "<")


def _of_dates(gap: _Sum, relation: Relation) -> Expr | None:
    """Return the comparison of a date with another or with a day, if `gap` is one."""
    parts = sorted(((n, e) for e, (n, sort) in gap.parts.items() if isinstance(sort, DateSort)), key=lambda p: p[0])
    if len(parts) != len(gap.parts) or gap.constant.denominator != 1:
        return None
    days = int(gap.constant)
    match [n for n, _ in parts]:
        case [-1, 1]:
            low, high = parts[1][1], parts[0][1]
            low, high = (low, AddDays(high, IntLit(-days))) if days < 0 else (_later(low, days), high)
        case [1] if days < 0:
            low, high = parts[0][1], DateLit(-days)
        case [-1] if days > 0:
            low, high = DateLit(days), parts[0][1]
        case _:
            return None
    return Equal(low, high) if relation == "=" else Less(low, high, strict=relation == "<")


def _later(date: Expr, days: int) -> Expr:
    return AddDays(date, IntLit(days)) if days else date


_HOLDS: Mapping[Relation, Callable[[Fraction], bool]] = {
    "=": lambda n: n == 0,
    "<": lambda n: n < 0,
    "<=": lambda n: n <= 0,
}
