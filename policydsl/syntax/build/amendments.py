# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: amendments."""

from typing import Any

from lark.tree import Meta

from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder, Parts
from policydsl.syntax.build.policies import HEADER


class Amendments(Builder):
    """A method per rule of the grammar about amendments."""

    def amendment(self, meta: Meta, c: list[Any]) -> ast.Amendment:
        title, of, labels, *lines = c
        parts = Parts([x for x in lines if x is not None], ("effective", "because"))
        return ast.Amendment(
            self._span(meta),
            self._text(title),
            self._text(of),
            labels,
            parts.one("effective"),
            parts.one("because"),
            parts.all("expect effect"),
        )

    def because(self, meta: Meta, c: list[Any]) -> object:
        return self._line("because", meta, self._text(c[0]))

    def expect_effect(self, meta: Meta, c: list[Any]) -> object:
        effect, roles, outcomes, under = c
        made = ast.ExpectEffect(self._span(meta), effect, roles or (), outcomes or (), under)
        return self._line("expect effect", meta, made)

    def for_roles(self, _meta: Meta, c: list[Any]) -> tuple[ast.Name, ...]:
        return self._names(c)

    def in_outcomes(self, _meta: Meta, c: list[Any]) -> tuple[ast.Name, ...]:
        return self._names(c)

    def equivalent(self, _meta: Meta, _c: list[Any]) -> str:
        return "equivalent"

    def stricter(self, _meta: Meta, _c: list[Any]) -> str:
        return "stricter"

    def more_lenient(self, _meta: Meta, _c: list[Any]) -> str:
        return "more lenient"

    def incomparable(self, _meta: Meta, _c: list[Any]) -> str:
        return "incomparable"

    def different(self, _meta: Meta, _c: list[Any]) -> str:
        return "different"

    def replaced_clause(self, meta: Meta, c: list[Any]) -> ast.ReplacedClause:
        return ast.ReplacedClause(self._span(meta), c[0])

    def added_item(self, meta: Meta, c: list[Any]) -> ast.AddedItem:
        return ast.AddedItem(self._span(meta), c[0])

    def removed_clause(self, meta: Meta, c: list[Any]) -> ast.RemovedClause:
        return ast.RemovedClause(self._span(meta), self._clause(c[0]))

    def amended_clause(self, meta: Meta, c: list[Any]) -> ast.AmendedClause:
        number, summary, *edits = c
        said = None if summary is None else self._text(summary)
        return ast.AmendedClause(self._span(meta), self._clause(number), said, tuple(edits))

    def amended_header(self, meta: Meta, c: list[Any]) -> ast.AmendedHeader:
        return ast.AmendedHeader(self._span(meta), tuple((HEADER[key], value) for key, _, value in c))

    def _plain(self, part: Any) -> Any:  # noqa: ANN401  a row may be the line for no row
        if isinstance(part, tuple):
            key, span, value = part
            assert key == "no row"
            return ast.Row(span, (), value)
        return part

    def replace_part(self, meta: Meta, c: list[Any]) -> ast.PartEdit:
        return ast.PartEdit(self._span(meta), self._plain(c[0]), self._plain(c[1]))

    def add_part(self, meta: Meta, c: list[Any]) -> ast.PartEdit:
        return ast.PartEdit(self._span(meta), None, self._plain(c[0]))

    def remove_part(self, meta: Meta, c: list[Any]) -> ast.PartEdit:
        return ast.PartEdit(self._span(meta), self._plain(c[0]), None)

    def replaced_words(self, meta: Meta, c: list[Any]) -> ast.WordsEdit:
        old, new = (x for x in c if x is not None)
        return ast.WordsEdit(self._span(meta), old, new)

    def amended_table(self, meta: Meta, c: list[Any]) -> ast.AmendedPart:
        return ast.AmendedPart(self._span(meta), "table", self._name(c[0]), tuple(c[1:]))

    def amended_define(self, meta: Meta, c: list[Any]) -> ast.AmendedPart:
        return ast.AmendedPart(self._span(meta), "define", self._name(c[0]), tuple(c[1:]))
