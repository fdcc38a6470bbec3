# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: claims about a policy."""

from typing import Any

from lark import Token
from lark.tree import Meta

from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder, BuildError, Parts


class Claims(Builder):
    """A method per rule of the grammar about claims about a policy."""

    def claims(self, meta: Meta, c: list[Any]) -> ast.ClaimsAbout:
        return ast.ClaimsAbout(self._span(meta), self._text(c[0]))

    def claim(self, meta: Meta, c: list[Any]) -> ast.Claim:
        kind, name, sentence, labels, *lines = c
        span = self._at(name)
        parts = Parts(lines, ("cites", "protects", "form", "expect"))
        if "form" not in parts:
            hint = "add a line such as `always ...`, `never ...`, `possible ...` or `after EVENT: ...`"
            raise BuildError("E0110", span, f"`{name}` does not say what is claimed", hint)
        usual = ast.Expectation(span, "fails" if kind == "finding" else "holds", ())
        return ast.Claim(
            self._span(meta),
            str(kind),  # type: ignore[arg-type]  # the terminal admits just these words
            self._name(name),
            self._text(sentence),
            labels,
            parts.one("cites", default=()),
            parts.one("protects", default=()),
            parts.all("under"),
            parts.all("for every"),
            parts.one("form"),
            parts.one("expect", default=usual),
        )

    def cites(self, meta: Meta, c: list[Any]) -> object:
        return self._line("cites", meta, tuple(map(self._clause, c)))

    def protects(self, meta: Meta, c: list[Any]) -> object:
        return self._line("protects", meta, self._names(c))

    def under(self, meta: Meta, c: list[Any]) -> object:
        return self._line("under", meta, c[0])

    def for_every(self, meta: Meta, c: list[Any]) -> object:
        return self._line("for every", meta, ast.ForEvery(self._span(meta), self._name(c[0]), c[1]))

    def expect_holds(self, meta: Meta, _c: list[Any]) -> object:
        return self._line("expect", meta, ast.Expectation(self._span(meta), "holds", ()))

    def expect_fails(self, meta: Meta, _c: list[Any]) -> object:
        return self._line("expect", meta, ast.Expectation(self._span(meta), "fails", ()))

    def expect_depends(self, meta: Meta, c: list[Any]) -> object:
        return self._line("expect", meta, ast.Expectation(self._span(meta), "depends", self._names(c)))

    def always(self, meta: Meta, c: list[Any]) -> object:
        return self._line("form", meta, ast.Always(self._span(meta), c[0]))

    def never(self, meta: Meta, c: list[Any]) -> object:
        return self._line("form", meta, ast.Never(self._span(meta), c[0]))

    def possible(self, meta: Meta, c: list[Any]) -> object:
        return self._line("form", meta, ast.Possible(self._span(meta), None, c[0]))

    def possible_after(self, meta: Meta, c: list[Any]) -> object:
        span = self._span(meta)
        return self._line("form", meta, ast.Possible(span, ast.Trigger(span, c[0], c[1]), c[2]))

    def after(self, meta: Meta, c: list[Any]) -> object:
        span = self._span(meta)
        return self._line("form", meta, ast.After(span, ast.Trigger(span, c[0], c[1]), c[2]))

    def after_any(self, meta: Meta, c: list[Any]) -> object:
        span = self._span(meta)
        return self._line("form", meta, ast.After(span, ast.Trigger(span, (), c[0]), c[1]))

    def within(self, meta: Meta, c: list[Any]) -> object:
        span = self._span(meta)
        return self._line("form", meta, ast.Within(span, c[0], ast.Trigger(span, c[1], c[2]), c[3]))

    def covers(self, meta: Meta, c: list[Any]) -> object:
        low, high = c[1]
        return self._line("form", meta, ast.Covers(self._span(meta), self._name(c[0]), low, high))

    def covered_range(self, _meta: Meta, c: list[Any]) -> object:
        return (c[0], c[1])

    def covered_all(self, _meta: Meta, _c: list[Any]) -> object:
        return (None, None)

    def no_overlap(self, meta: Meta, c: list[Any]) -> object:
        return self._line("form", meta, ast.NoOverlap(self._span(meta), self._name(c[0])))

    def between(self, meta: Meta, c: list[Any]) -> object:
        relation, *followed, names, when, condition = c
        trigger = None if names is None else ast.Trigger(self._span(meta), names, when)
        return self._line("form", meta, ast.Between(self._span(meta), relation, tuple(followed), trigger, condition))

    def between_throughout(self, meta: Meta, c: list[Any]) -> object:
        return self._everywhere(meta, c, "throughout")

    def between_meanwhile(self, meta: Meta, c: list[Any]) -> object:
        return self._everywhere(meta, c, "meanwhile")

    def _everywhere(self, meta: Meta, c: list[Any], compared: ast.Compared) -> object:
        relation, *followed, condition = c
        form = ast.Between(self._span(meta), relation, tuple(followed), None, condition, compared)
        return self._line("form", meta, form)

    def followed(self, meta: Meta, c: list[Any]) -> ast.Followed:
        return ast.Followed(self._span(meta), self._name(c[0]), c[1])

    def same_with(self, _meta: Meta, c: list[Any]) -> ast.Relation:
        return c[0]  # type: ignore[no-any-return]  # untyped children

    def same_later(self, meta: Meta, c: list[Any]) -> ast.Relation:
        return ast.Later(self._span(meta), c[0])

    def differ(self, meta: Meta, c: list[Any]) -> ast.Relation:
        *names, when = c
        return ast.Differ(self._span(meta), self._names(names), when)

    def alike(self, meta: Meta, c: list[Any]) -> ast.Relation:
        return ast.Alike(self._span(meta), c[0])

    def any_two(self, meta: Meta, _c: list[Any]) -> ast.Relation:
        return ast.AnyTwo(self._span(meta))

    def one_more(self, meta: Meta, c: list[Any]) -> ast.Relation:
        return ast.OneMore(self._span(meta), self._name(c[0]), c[1])

    def further(self, meta: Meta, c: list[Any]) -> ast.Relation:
        return ast.OneMore(self._span(meta), self._name(c[0]), c[1], many=True)

    def swapped(self, meta: Meta, c: list[Any]) -> ast.Relation:
        one, other, one_day, when = c
        return ast.Swapped(self._span(meta), self._name(one), self._name(other), one_day is not None, when)

    def changed(self, meta: Meta, c: list[Any]) -> ast.Relation:
        *inputs, event, when = c
        return ast.Changed(self._span(meta), self._names(inputs), self._name(event), when)

    def moved(self, meta: Meta, c: list[Any]) -> ast.Relation:
        return ast.Moved(self._span(meta), self._name(c[0]), c[1], c[2])

    def lag(self, meta: Meta, c: list[Any]) -> ast.Lag:
        by = c[0]
        return ast.Lag(self._span(meta), self._name(by) if isinstance(by, Token) else by)
