# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: what changes the state."""

from typing import Any

from lark.tree import Meta

from policydsl.base import calendar
from policydsl.syntax import ast
from policydsl.syntax.build.builder import Builder, BuildError, Parts


class Rules(Builder):
    """A method per rule of the grammar about what changes the state."""

    def rule(self, meta: Meta, c: list[Any]) -> ast.Rule:
        events, when, *actions = c
        return ast.Rule(self._span(meta), events, when, tuple(actions))

    def set_(self, meta: Meta, c: list[Any]) -> ast.Action:
        return ast.SetAction(self._span(meta), c[0], c[1], c[2])

    def when_block(self, meta: Meta, c: list[Any]) -> ast.Action:
        return ast.WhenBlock(self._span(meta), c[0], tuple(c[1:]))

    def target(self, meta: Meta, c: list[Any]) -> ast.Name | ast.Indexed:
        name = self._name(c[0])
        return name if c[1] is None else ast.Indexed(self._span(meta), name, c[1])

    def target_every(self, meta: Meta, c: list[Any]) -> ast.Every:
        return ast.Every(self._span(meta), self._name(c[0]))

    def schedule(self, meta: Meta, c: list[Any]) -> ast.Schedule:
        name, recurrence, condition, labels, *actions = c
        return ast.Schedule(self._span(meta), self._name(name), recurrence, condition, labels, tuple(actions))

    def each_year(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        month, day = ast.MONTHS.index(c[0]) + 1, self._int(c[1])
        longest = 29 if month == 2 else calendar.month_length(2001 * 12 + month - 1)  # noqa: PLR2004  February
        if not 1 <= day <= longest:
            raise BuildError("E0105", self._at(c[1]), f"{c[0]} has no day {day} in any year")
        return ast.EachYear(self._span(meta), month, day)

    def each_month(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        day = self._int(c[0])
        if not 1 <= day <= 31:  # noqa: PLR2004  the longest month
            raise BuildError("E0105", self._at(c[0]), f"no month has a day {day}")
        return ast.EachMonth(self._span(meta), day)

    def each_month_end(self, meta: Meta, _c: list[Any]) -> ast.Recurrence:
        return ast.EachMonth(self._span(meta), None)

    def each_week(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        return ast.EachWeek(self._span(meta), ast.WEEKDAYS.index(c[0]))

    def day_after(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        return ast.OnDay(self._span(meta), c[0], after=True)

    def on_day(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        return ast.OnDay(self._span(meta), c[0], after=False)

    def duty(self, meta: Meta, c: list[Any]) -> ast.Duty:
        name, of, labels, *lines = c
        parts = Parts(lines, ("by", "if missed"))
        return ast.Duty(
            self._span(meta),
            self._name(name),
            self._name(of),
            labels,
            parts.all("arises"),
            parts.one("by"),
            parts.all("discharged"),
            parts.one("if missed", default=()),
        )

    def arises(self, meta: Meta, c: list[Any]) -> object:
        return self._line("arises", meta, ast.Trigger(self._span(meta), c[0], c[1]))

    def by(self, meta: Meta, c: list[Any]) -> object:
        return self._line("by", meta, c[0])

    def discharged(self, meta: Meta, c: list[Any]) -> object:
        return self._line("discharged", meta, ast.Trigger(self._span(meta), c[0], c[1]))

    def missed(self, meta: Meta, c: list[Any]) -> object:
        return self._line("if missed", meta, tuple(c))
