# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: what a clause declares, and types."""

from typing import Any

from lark import Token
from lark.tree import Meta

from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder, BuildError, Parts


class Declarations(Builder):
    """A method per rule of the grammar about what a clause declares, and types."""

    def labels(self, _meta: Meta, c: list[Any]) -> ast.Labels:
        return tuple(c)

    def label(self, meta: Meta, c: list[Any]) -> ast.Label:
        return ast.Label(self._span(meta), str(c[0]), self._text(c[1]).value)

    def names(self, _meta: Meta, c: list[Any]) -> tuple[ast.Name, ...]:
        return self._names(c)

    def role(self, meta: Meta, c: list[Any]) -> ast.Role:
        return ast.Role(self._span(meta), self._name(c[0]), c[1])

    def enum(self, meta: Meta, c: list[Any]) -> ast.Enumeration:
        return ast.Enumeration(self._span(meta), self._name(c[0]), c[1], tuple(c[2:]))

    def enum_value(self, meta: Meta, c: list[Any]) -> ast.EnumValue:
        return ast.EnumValue(self._span(meta), self._name(c[0]), c[1])

    def subset(self, meta: Meta, c: list[Any]) -> ast.Subset:
        name, of, labels, *values = c
        return ast.Subset(self._span(meta), self._name(name), self._name(of), labels, self._names(values))

    def parameter(self, meta: Meta, c: list[Any]) -> ast.Parameter:
        name, type_, default, labels = c
        return ast.Parameter(self._span(meta), self._name(name), type_, default, labels)

    def assume(self, meta: Meta, c: list[Any]) -> ast.Assume:
        return ast.Assume(self._span(meta), c[0])

    def reading(self, meta: Meta, c: list[Any]) -> ast.Reading:
        name, question, labels, *options = c
        return ast.Reading(self._span(meta), self._name(name), self._text(question), labels, tuple(options))

    def option(self, meta: Meta, c: list[Any]) -> ast.Option:
        name, summary, default, labels = c
        return ast.Option(self._span(meta), self._name(name), self._text(summary), default is not None, labels)

    def state(self, meta: Meta, c: list[Any]) -> ast.State:
        name, index, type_, initial, labels = c
        return ast.State(self._span(meta), self._name(name), index, type_, initial, None, labels)

    def state_where(self, meta: Meta, c: list[Any]) -> ast.State:
        name, index, type_, where, labels = c
        return ast.State(self._span(meta), self._name(name), index, type_, None, where, labels)

    def index_name(self, _meta: Meta, c: list[Any]) -> ast.Name:
        return self._name(c[0])

    def index_range(self, meta: Meta, c: list[Any]) -> ast.IndexRange:
        return ast.IndexRange(self._span(meta), self._int(c[0]), self._int(c[1]))

    def occurrence(self, meta: Meta, c: list[Any]) -> ast.Event:
        name, by, labels, when, *lines = c
        first = [] if when is None else [self._line("possible when", meta, when)]
        return self._event("occurrence", meta, name, by, labels, [*first, *lines])

    def act(self, meta: Meta, c: list[Any]) -> ast.Event:
        name, by, labels, when, *lines = c
        first = [] if when is None else [self._line("permitted when", meta, when)]
        return self._event("act", meta, name, by, labels, [*first, *lines])

    def _event(  # noqa: PLR0913, PLR0917  the two rules have these parts in common
        self,
        kind: Any,  # noqa: ANN401
        meta: Meta,
        name: Token,
        by: Token | None,
        labels: ast.Labels,
        lines: list[Any],
    ) -> ast.Event:
        kept = [x for x in lines if x is not None]
        wrong = "permitted when" if kind == "occurrence" else "possible when"
        right = "possible when" if kind == "occurrence" else "permitted when"
        for key, span, _ in kept:
            if key == wrong:
                word = "an occurrence" if kind == "occurrence" else "an act"
                raise BuildError("E0109", span, f"`{wrong}` does not go with {word}", f"write `{right}`")
        parts = Parts(kept, ())
        return ast.Event(
            self._span(meta),
            kind,
            self._name(name),
            None if by is None else self._name(by),
            labels,
            parts.all("field"),
            parts.all(right),
            parts.all("where"),
        )

    def field(self, meta: Meta, c: list[Any]) -> object:
        name, type_, default, labels = c
        return self._line("field", meta, ast.Field(self._span(meta), self._name(name), type_, default, None, labels))

    def choice(self, meta: Meta, c: list[Any]) -> object:
        name, type_, default, by, labels = c
        made = ast.Field(self._span(meta), self._name(name), type_, default, self._name(by), labels)
        return self._line("field", meta, made)

    def possible_when(self, meta: Meta, c: list[Any]) -> object:
        return self._line("possible when", meta, c[0])

    def permitted_when(self, meta: Meta, c: list[Any]) -> object:
        return self._line("permitted when", meta, c[0])

    def input_where(self, meta: Meta, c: list[Any]) -> object:
        return self._line("where", meta, c[0])

    def type(self, meta: Meta, c: list[Any]) -> ast.Type:
        base, name = c[0]
        return ast.Type(self._span(meta), base, name, c[1])

    def t_boolean(self, _meta: Meta, _c: list[Any]) -> object:
        return ("boolean", None)

    def t_integer(self, _meta: Meta, _c: list[Any]) -> object:
        return ("integer", None)

    def t_points(self, _meta: Meta, _c: list[Any]) -> object:
        return ("points", None)

    def t_count(self, _meta: Meta, _c: list[Any]) -> object:
        return ("count", None)

    def t_percent(self, _meta: Meta, _c: list[Any]) -> object:
        return ("percent", None)

    def t_money(self, _meta: Meta, c: list[Any]) -> object:
        return ("money", str(c[0]))

    def t_date(self, _meta: Meta, _c: list[Any]) -> object:
        return ("date", None)

    def t_optional_date(self, _meta: Meta, _c: list[Any]) -> object:
        return ("date or none", None)

    def t_days(self, _meta: Meta, _c: list[Any]) -> object:
        return ("days", None)

    def t_business_days(self, _meta: Meta, _c: list[Any]) -> object:
        return ("business days", None)

    def t_months(self, _meta: Meta, _c: list[Any]) -> object:
        return ("months", None)

    def t_name(self, _meta: Meta, c: list[Any]) -> object:
        return ("named", str(c[0]))

    def range_between(self, meta: Meta, c: list[Any]) -> ast.Range:
        return ast.Range(self._span(meta), c[0], c[1])

    def range_order(self, meta: Meta, c: list[Any]) -> ast.Range:
        op, bound = str(c[0]), c[1]
        if op.startswith("<"):
            return ast.Range(self._span(meta), None, bound, high_strict=op == "<")
        return ast.Range(self._span(meta), bound, None, low_strict=op == ">")

    def bound(self, meta: Meta, c: list[Any]) -> ast.Expr:
        sign, value = c
        return ast.Negative(self._span(meta), value) if sign == "-" else value
