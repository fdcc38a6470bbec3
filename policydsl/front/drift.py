"""How what is said of a state changes while time passes and nothing happens."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from policydsl.base.calendar import Rounding
from policydsl.core import expr as core
from policydsl.core.expr import Expr
from policydsl.core.system import Definition
from policydsl.core.walk import names

Drift: TypeAlias = frozenset[Literal["+", "-"]]
"""Which ways a value may go as the days pass; truth is above falsity. Empty: it stays."""

_STAYS: Drift = frozenset()
_RISES: Drift = frozenset(("+",))
_BOTH: Drift = frozenset(("+", "-"))


def seen_from_both_ends(e: Expr, table: Mapping[str, Definition]) -> bool:
    """Return whether `e`, false on two days between which nothing happens, is certainly false on all days between."""
    if len(drift(e, table)) < len(_BOTH):
        return True
    match e:
        case core.Use(name=name):
            return seen_from_both_ends(table[name].body, table)
        case core.Or(args=args):
            return all(seen_from_both_ends(a, table) for a in args)
        case core.And(args=args):
            moving = [a for a in args if drift(a, table)]
            return len(moving) == 1 and seen_from_both_ends(moving[0], table)
        case core.Not(arg=core.And(args=args)):
            return all(seen_from_both_ends(core.Not(a), table) for a in args)
        case core.Not(arg=core.Or(args=args)):
            return seen_from_both_ends(core.And(tuple(core.Not(a) for a in args)), table)
        case core.Not(arg=core.Not(arg=arg)):
            return seen_from_both_ends(arg, table)
        case core.Not(arg=core.Use(name=name)):
            return seen_from_both_ends(core.Not(table[name].body), table)
        case _:
            return False


def drift(e: Expr, table: Mapping[str, Definition]) -> Drift:
    """Return which ways `e`, read on a state on its own, may go; more than it does where that is not seen at once."""
    if not names(e, table) & {core.TODAY, core.CLOCK}:
        return _STAYS
    match e:
        case core.Var():
            return _RISES
        case core.Use(name=name):
            return drift(table[name].body, table)
        case core.Not(arg=arg):
            return _turned(drift(arg, table))
        case core.And(args=args) | core.Or(args=args) | core.Add(args=args):
            return _STAYS.union(*(drift(a, table) for a in args))
        case core.Less(left=low, right=high) | core.DaysBetween(start=low, end=high):
            return _turned(drift(low, table)) | drift(high, table)
        case core.Equal(left=left, right=core.IntLit(value=value)) if value == _least(left, table):
            return _turned(drift(left, table))
        case core.Ite():
            return _of_choice(e, table)
        case core.Scale(factor=factor, arg=arg):
            return drift(arg, table) if factor > 0 else _turned(drift(arg, table))
        case core.Quotient(arg=arg) | core.ToRat(arg=arg) | core.MonthOf(date=arg) | core.MonthStart(month=arg):
            return drift(arg, table)
        case core.AddDays(date=date, days=more) | core.AddBusinessDays(date=date, days=more):
            return drift(date, table) | drift(more, table)
        case core.AddMonths(date=date, months=more, rounding=rounding) if rounding is not Rounding.OVERFLOW:
            return drift(date, table) | drift(more, table)
        case _:
            return _BOTH


def _turned(ways: Drift) -> Drift:
    return frozenset("-" if way == "+" else "+" for way in ways)


def _of_choice(e: core.Ite, table: Mapping[str, Definition]) -> Drift:
    """Return the drift of a choice: one between constants goes as its condition does."""
    cond = drift(e.cond, table)
    if not cond:
        return drift(e.then, table) | drift(e.otherwise, table)
    match e.then, e.otherwise:
        case core.IntLit(value=one), core.IntLit(value=other):
            return cond if one >= other else _turned(cond)
        case _:
            return _BOTH


def _least(e: Expr, table: Mapping[str, Definition]) -> int | None:
    """Return the least number that `e` can plainly be; None where that is not seen at once."""
    match e:
        case core.IntLit(value=value):
            return value
        case core.Use(name=name):
            return _least(table[name].body, table)
        case core.Ite(then=then, otherwise=otherwise):
            found = [_least(then, table), _least(otherwise, table)]
            return None if None in found else min(x for x in found if x is not None)
        case core.Add(args=args):
            parts = [_least(a, table) for a in args]
            return None if None in parts else sum(x for x in parts if x is not None)
        case _:
            return None
