# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: a policy as a whole."""

from typing import Any

from lark.tree import Meta

from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder, Parts, default

HEADER = {
    "issuer": "issuer",
    "document": "document",
    "edition": "edition",
    "effective": "effective",
    "histories": "histories_from",
    "time zone": "time_zone",
    "month ends": "month_ends",
    "business days": "business_days_of",
    "ends": "ends_inclusive",
    "language": "language",
}
"""The lines of a header, by their first words, and the fields of `ast.Policy` that they fill."""


class Policies(Builder):
    """A method per rule of the grammar about a policy as a whole."""

    def policy(self, meta: Meta, c: list[Any]) -> ast.Policy:
        title, labels, *lines = c
        parts = Parts([x for x in lines if x is not None], tuple(HEADER))
        said = {field: parts.one(line) for line, field in HEADER.items() if line != "ends"}
        return ast.Policy(
            self._span(meta), self._text(title), labels, **said, ends_inclusive=parts.one("ends", default=True)
        )

    def issuer(self, meta: Meta, c: list[Any]) -> object:
        return self._line("issuer", meta, self._name(c[0]))

    def document(self, meta: Meta, c: list[Any]) -> object:
        return self._line("document", meta, self._text(c[0]))

    def edition(self, meta: Meta, c: list[Any]) -> object:
        return self._line("edition", meta, self._text(c[0]))

    def effective(self, meta: Meta, c: list[Any]) -> object:
        return self._line("effective", meta, self._date(c[0]))

    def histories_from(self, meta: Meta, c: list[Any]) -> object:
        return self._line("histories", meta, self._date(c[0]))

    def time_zone(self, meta: Meta, c: list[Any]) -> object:
        return self._line("time zone", meta, self._name(c[0]))

    def month_ends(self, meta: Meta, c: list[Any]) -> object:
        return self._line("month ends", meta, c[0])

    def business_days_of(self, meta: Meta, c: list[Any]) -> object:
        return self._line("business days", meta, self._name(c[0]))

    def ends(self, meta: Meta, c: list[Any]) -> object:
        return self._line("ends", meta, c[0] == "inclusive")

    def language(self, meta: Meta, c: list[Any]) -> object:
        return self._line("language", meta, self._name(c[0]))

    def import_(self, meta: Meta, c: list[Any]) -> ast.Import:
        return ast.Import(self._span(meta), self._text(c[0]))

    def better(self, meta: Meta, c: list[Any]) -> ast.Better:
        return ast.Better(self._span(meta), self._name(c[0]), tuple(c[1:]))

    def _preference(self, way: ast.Way, meta: Meta, c: list[Any]) -> ast.Preference:
        return ast.Preference(self._span(meta), way, self._name(c[0]), (), default(c, 1))

    def higher(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("higher", meta, c)

    def lower(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("lower", meta, c)

    def earlier(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("earlier", meta, c)

    def later(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("later", meta, c)

    def prefer_yes(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("yes", meta, c)

    def prefer_no(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("no", meta, c)

    def prefer_permitted(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("permitted", meta, c)

    def prefer_not_permitted(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("not permitted", meta, c)

    def wider(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("wider", meta, c)

    def narrower(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return self._preference("narrower", meta, c)

    def ranking(self, meta: Meta, c: list[Any]) -> ast.Preference:
        return ast.Preference(self._span(meta), "ranking", self._name(c[0]), self._names(c[1:]))

    def none_best(self, _meta: Meta, _c: list[Any]) -> str:
        return "best"

    def none_worst(self, _meta: Meta, _c: list[Any]) -> str:
        return "worst"

    def not_formalised(self, meta: Meta, c: list[Any]) -> ast.NotFormalised:
        clause, summary, because, affects = c
        return ast.NotFormalised(
            self._span(meta), self._clause(clause), self._text(summary), self._text(because), affects or ()
        )

    def affects(self, _meta: Meta, c: list[Any]) -> tuple[ast.Name, ...]:
        return self._names(c)

    def clause(self, meta: Meta, c: list[Any]) -> ast.Clause:
        number, summary, labels, *items = c
        return ast.Clause(
            self._span(meta),
            self._clause(number),
            self._text(summary),
            labels,
            tuple(i for i in items if i is not None),
        )

    def exception(self, meta: Meta, c: list[Any]) -> ast.ExceptionTo:
        return ast.ExceptionTo(self._span(meta), tuple(map(self._clause, c)))
