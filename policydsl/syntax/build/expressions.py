# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: expressions."""

from typing import Any

from lark.tree import Meta

from policydsl.base.calendar import Rounding
from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder


class Expressions(Builder):
    """A method per rule of the grammar about expressions."""

    def implies(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Implies(self._span(meta), c[0], c[1])

    def conditional(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Conditional(self._span(meta), c[0], c[1], c[2])

    def or_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Or(self._span(meta), tuple(c))

    def and_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.And(self._span(meta), tuple(c))

    def not_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Not(self._span(meta), c[0])

    def compare(self, meta: Meta, c: list[Any]) -> ast.Expr:
        rest = tuple((c[i].value, c[i + 1]) for i in range(1, len(c), 2))
        return ast.Compare(self._span(meta), c[0], rest)

    def is_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        if isinstance(c[1], ast.NoneLiteral):
            return ast.IsNone(self._span(meta), c[0], negated=False)
        return ast.Compare(self._span(meta), c[0], (("=", c[1]),))

    def same(self, meta: Meta, c: list[Any]) -> ast.Expr:
        span, said = self._span(meta), c[0]
        first, second = ast.InHistory(said.span, said, "first"), ast.InHistory(said.span, said, "second")
        return ast.Compare(span, first, (("=", second),))

    def everything_same(self, meta: Meta, _c: list[Any]) -> ast.Expr:
        return ast.EverythingSame(self._span(meta))

    def is_not(self, meta: Meta, c: list[Any]) -> ast.Expr:
        if isinstance(c[1], ast.NoneLiteral):
            return ast.IsNone(self._span(meta), c[0], negated=True)
        return ast.Compare(self._span(meta), c[0], (("!=", c[1]),))

    def in_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.In(self._span(meta), c[0], c[1], negated=False)

    def not_in(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.In(self._span(meta), c[0], c[1], negated=True)

    def includes(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Includes(self._span(meta), c[0], c[1])

    def set_of(self, meta: Meta, c: list[Any]) -> ast.SetOf:
        return ast.SetOf(self._span(meta), tuple(c))

    def subset_name(self, _meta: Meta, c: list[Any]) -> ast.Name:
        return self._name(c[0])

    def sum_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        *terms, rounding = c
        rest = tuple((terms[i].value, terms[i + 1]) for i in range(1, len(terms), 2))
        return ast.Sum(self._span(meta), terms[0], rest, rounding)

    def rounding(self, _meta: Meta, c: list[Any]) -> Rounding:
        return c[0]  # type: ignore[no-any-return]  # untyped children

    def last_day(self, _meta: Meta, _c: list[Any]) -> Rounding:
        return Rounding.LAST_DAY

    def first_of_next_month(self, _meta: Meta, _c: list[Any]) -> Rounding:
        return Rounding.FIRST_OF_NEXT_MONTH

    def overflow(self, _meta: Meta, _c: list[Any]) -> Rounding:
        return Rounding.OVERFLOW

    def refuse(self, _meta: Meta, _c: list[Any]) -> Rounding:
        return Rounding.REFUSE

    def product(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Product(self._span(meta), tuple(c))

    def quotient(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Quotient(self._span(meta), c[0], self._int(c[1]))

    def negative(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Negative(self._span(meta), c[1]) if c[0] == "-" else c[1]

    def part(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Part(self._span(meta), c[0].value, c[1])

    def start_of(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Boundary(self._span(meta), "start", c[0].value, c[1])

    def end_of(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Boundary(self._span(meta), "end", c[0].value, c[1])

    def days_from(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Distance(self._span(meta), "days", c[1], c[2])

    def months_from(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Distance(self._span(meta), "months", c[0], c[1])

    def old(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Old(self._span(meta), c[0])

    def new(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.New(self._span(meta), c[0])

    def permitted(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Permitted(self._span(meta), self._name(c[0]))

    def in_history(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.InHistory(self._span(meta), c[0], "first" if "first" in c[1] else "second")

    def rows_of(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.RowsOf(self._span(meta), self._name(c[0]))

    def min_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Extreme(self._span(meta), "min", tuple(c))

    def max_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Extreme(self._span(meta), "max", tuple(c))

    def name(self, _meta: Meta, c: list[Any]) -> ast.Expr:
        return self._name(c[0])

    def indexed(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Indexed(self._span(meta), self._name(c[0]), c[1])

    def interval(self, meta: Meta, c: list[Any]) -> ast.Interval:
        opening, low, high, closing = c
        return ast.Interval(self._span(meta), low, high, opening == "[", closing == "]")

    def int_(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Integer(self._span(meta), self._int(c[0]), points=len(c) > 1)

    def percent(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Percent(self._span(meta), self._fraction(c[0]) / 100)

    def decimal(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Decimal(self._span(meta), self._fraction(c[0]))

    def money(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Money(self._span(meta), self._fraction(c[0]), str(c[1]))

    def date(self, _meta: Meta, c: list[Any]) -> ast.Expr:
        return self._date(c[0])

    def none(self, meta: Meta, _c: list[Any]) -> ast.Expr:
        return ast.NoneLiteral(self._span(meta))

    def true(self, meta: Meta, _c: list[Any]) -> ast.Expr:
        return ast.Boolean(self._span(meta), value=True)

    def false(self, meta: Meta, _c: list[Any]) -> ast.Expr:
        return ast.Boolean(self._span(meta), value=False)

    def d_days(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Duration(self._span(meta), self._int(c[0]), "days")

    def d_business_days(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Duration(self._span(meta), self._int(c[0]), "business days")

    def d_weeks(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Duration(self._span(meta), 7 * self._int(c[0]), "days")

    def d_months(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Duration(self._span(meta), self._int(c[0]), "months")

    def d_years(self, meta: Meta, c: list[Any]) -> ast.Expr:
        return ast.Duration(self._span(meta), 12 * self._int(c[0]), "months")
