# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: what is computed from the state."""

from typing import Any

from lark.tree import Meta

from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder, Parts


class Definitions(Builder):
    """A method per rule of the grammar about what is computed from the state."""

    def count(self, meta: Meta, c: list[Any]) -> ast.Count:
        name, events, adding, when, included, window, labels = c
        return ast.Count(self._span(meta), self._name(name), events, adding, when, included, window, labels)

    def included(self, _meta: Meta, _c: list[Any]) -> bool:
        return True

    def not_included(self, _meta: Meta, _c: list[Any]) -> bool:
        return False

    def window_calendar(self, meta: Meta, c: list[Any]) -> ast.Window:
        return ast.CalendarWindow(self._span(meta), "year" if c[0] == "year" else "month")

    def window_rolling(self, meta: Meta, c: list[Any]) -> ast.Window:
        length, unit, cap = c
        return ast.RollingWindow(
            self._span(meta), self._int(length), "days" if unit == "days" else "months", self._int(cap)
        )

    def window_since(self, meta: Meta, c: list[Any]) -> ast.Window:
        return ast.SinceWindow(self._span(meta), c[0])

    def window_all(self, meta: Meta, _c: list[Any]) -> ast.Window:
        return ast.WholeWindow(self._span(meta))

    def define(self, meta: Meta, c: list[Any]) -> ast.Define:
        name, on, type_, value, labels = c
        case = ast.DefineCase(value.span, value, None)
        return ast.Define(self._span(meta), self._name(name), on or (), type_, (case,), labels)

    def define_cases(self, meta: Meta, c: list[Any]) -> ast.Define:
        name, on, type_, labels, *cases = c
        return ast.Define(self._span(meta), self._name(name), on or (), type_, tuple(cases), labels)

    def case(self, meta: Meta, c: list[Any]) -> ast.DefineCase:
        return ast.DefineCase(self._span(meta), c[0], c[1])

    def otherwise(self, meta: Meta, c: list[Any]) -> ast.DefineCase:
        return ast.DefineCase(self._span(meta), c[0], None)

    def table(self, meta: Meta, c: list[Any]) -> ast.Table:
        name, on, *rest = c
        split = next(i for i, x in enumerate(rest) if isinstance(x, ast.Type))
        hit, labels, *lines = rest[split + 1 :]
        rows = tuple(x for x in lines if isinstance(x, ast.Row))
        others = [x for x in lines if not isinstance(x, ast.Row)]
        no_row = Parts(others, ("no row",)).one("no row")
        return ast.Table(
            self._span(meta), self._name(name), on or (), tuple(rest[:split]), rest[split], hit, rows, no_row, labels
        )

    def exactly_one(self, _meta: Meta, _c: list[Any]) -> ast.Hit:
        return ast.Hit.EXACTLY_ONE

    def first_fits(self, _meta: Meta, _c: list[Any]) -> ast.Hit:
        return ast.Hit.FIRST

    def all_rows(self, _meta: Meta, _c: list[Any]) -> ast.Hit:
        return ast.Hit.ALL

    def row(self, meta: Meta, c: list[Any]) -> ast.Row:
        *cells, value = c
        made = tuple(x if isinstance(x, ast.Cell) else ast.ValuesCell(x.span, (x,)) for x in cells)
        return ast.Row(self._span(meta), made, value)

    def no_row(self, meta: Meta, c: list[Any]) -> object:
        return self._line("no row", meta, c[0])

    def cell_any(self, meta: Meta, _c: list[Any]) -> ast.Cell:
        return ast.AnyCell(self._span(meta))

    def cell_interval(self, _meta: Meta, c: list[Any]) -> ast.Cell:
        return c[0]  # type: ignore[no-any-return]  # Lark's children are untyped

    def cell_order(self, meta: Meta, c: list[Any]) -> ast.Cell:
        return ast.OrderCell(self._span(meta), c[0].value, c[1])

    def cell_values(self, meta: Meta, c: list[Any]) -> ast.Cell:
        return ast.ValuesCell(self._span(meta), tuple(c))
