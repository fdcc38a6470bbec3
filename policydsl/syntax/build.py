# ruff: noqa: D102  a method per rule of the grammar, which says what it is
"""From Lark's rules to the surface tree: one small method per rule of the grammar, in the grammar's order."""

import json
from fractions import Fraction
from typing import Any

from lark import Token, Transformer, v_args
from lark.tree import Meta

from policydsl.base import calendar
from policydsl.base.calendar import Rounding
from policydsl.base.span import Span
from policydsl.syntax import ast

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class BuildError(Exception):
    """A place where the grammar is satisfied but the tree cannot be built; becomes a diagnostic."""

    def __init__(self, code: str, span: Span, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.span, self.message, self.hint = code, span, message, hint


class _Parts(dict[str, Any]):
    """Lines of a block that may come in any order, by name; a repeated single line is an error."""

    def __init__(self, lines: list[Any], single: tuple[str, ...]) -> None:
        super().__init__()
        for key, span, value in lines:
            if key in single and key in self:
                said = "what is claimed" if key == "form" else f"`{key}`"
                raise BuildError("E0108", span, f"{said} is said twice here", "keep one of the two")
            self.setdefault(key, []).append(value)

    def one(self, key: str, default: Any = None) -> Any:  # noqa: ANN401  heterogeneous by nature
        return self[key][0] if key in self else default

    def all(self, key: str) -> tuple[Any, ...]:
        return tuple(self.get(key, ()))


def _default(children: list[Any], at: int) -> Any:  # noqa: ANN401
    return children[at] if len(children) > at else None


@v_args(meta=True)
class Build(Transformer[Token, Any]):
    """Build the tree of one item. `file` and `offset` (lines before the item) place its spans."""

    # Any: Lark's children are untyped; every method below gives them their types at once.

    def __init__(self, file: str, offset: int) -> None:
        super().__init__(visit_tokens=False)
        self.file, self.offset = file, offset

    def _span(self, meta: Meta) -> Span:
        if meta.empty:
            return Span(self.file, self.offset + 1, 1, self.offset + 1, 1)
        return Span(self.file, meta.line + self.offset, meta.column, meta.end_line + self.offset, meta.end_column)

    def _at(self, token: Token) -> Span:
        line, column = token.line or 1, token.column or 1
        return Span(
            self.file,
            line + self.offset,
            column,
            (token.end_line or line) + self.offset,
            token.end_column or column,
        )

    def _name(self, token: Token) -> ast.Name:
        return ast.Name(self._at(token), str(token))

    def _names(self, tokens: list[Token]) -> tuple[ast.Name, ...]:
        return tuple(map(self._name, tokens))

    def _text(self, token: Token) -> ast.Text:
        try:
            return ast.Text(self._at(token), str(json.loads(str(token))))
        except ValueError:
            raise BuildError(
                "E0107", self._at(token), 'a backslash in a text needs one of \\" \\\\ \\n \\t \\uXXXX behind it'
            ) from None

    def _clause(self, token: Token) -> ast.ClauseRef:
        return ast.ClauseRef(self._at(token), str(token))

    def _int(self, token: Token) -> int:
        if len(token) > 18:  # noqa: PLR2004  beyond any quantity a document names; keeps arithmetic small
            raise BuildError("E0106", self._at(token), "a number of more than 18 digits")
        return int(token)

    # --- header

    def policy(self, meta: Meta, c: list[Any]) -> ast.Policy:
        title, labels, *lines = c
        single = (
            "issuer",
            "document",
            "edition",
            "effective",
            "histories",
            "time zone",
            "month ends",
            "business days",
            "ends",
            "language",
        )
        parts = _Parts([x for x in lines if x is not None], single)
        return ast.Policy(
            self._span(meta),
            self._text(title),
            labels,
            parts.one("issuer"),
            parts.one("document"),
            parts.one("edition"),
            parts.one("effective"),
            parts.one("histories"),
            parts.one("time zone"),
            parts.one("month ends"),
            parts.one("business days"),
            parts.one("ends", default=True),
            parts.one("language"),
        )

    def _line(self, key: str, meta: Meta, value: object) -> tuple[str, Span, object]:
        return (key, self._span(meta), value)

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

    # --- what is better for whom

    def better(self, meta: Meta, c: list[Any]) -> ast.Better:
        return ast.Better(self._span(meta), self._name(c[0]), tuple(c[1:]))

    def _preference(self, way: ast.Way, meta: Meta, c: list[Any]) -> ast.Preference:
        return ast.Preference(self._span(meta), way, self._name(c[0]), (), _default(c, 1))

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

    # --- amendments

    def amendment(self, meta: Meta, c: list[Any]) -> ast.Amendment:
        title, of, labels, *lines = c
        parts = _Parts([x for x in lines if x is not None], ("effective", "because"))
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
        names = {"histories": "histories_from", "ends": "ends_inclusive"}
        lines = tuple((names.get(key, key.replace(" ", "_")), value) for key, _, value in c)
        return ast.AmendedHeader(self._span(meta), lines)

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

    def amended_table(self, meta: Meta, c: list[Any]) -> ast.AmendedPart:
        return ast.AmendedPart(self._span(meta), "table", self._name(c[0]), tuple(c[1:]))

    def amended_define(self, meta: Meta, c: list[Any]) -> ast.AmendedPart:
        return ast.AmendedPart(self._span(meta), "define", self._name(c[0]), tuple(c[1:]))

    # --- declarations

    def labels(self, _meta: Meta, c: list[Any]) -> ast.Labels:
        return tuple(c)

    def label(self, meta: Meta, c: list[Any]) -> ast.Label:
        return ast.Label(self._span(meta), str(c[0]), self._text(c[1]).value)

    def role(self, meta: Meta, c: list[Any]) -> ast.Role:
        return ast.Role(self._span(meta), self._name(c[0]), c[1])

    def enum(self, meta: Meta, c: list[Any]) -> ast.Enumeration:
        return ast.Enumeration(self._span(meta), self._name(c[0]), c[1], tuple(c[2:]))

    def enum_value(self, meta: Meta, c: list[Any]) -> ast.EnumValue:
        return ast.EnumValue(self._span(meta), self._name(c[0]), c[1])

    def subset(self, meta: Meta, c: list[Any]) -> ast.Subset:
        name, of, labels, *values = c
        return ast.Subset(self._span(meta), self._name(name), self._name(of), labels, self._names(values))

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
        parts = _Parts(kept, ())
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
        no_row = _Parts(others, ("no row",)).one("no row")
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
        month, day = MONTHS.index(c[0]) + 1, self._int(c[1])
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
        return ast.EachWeek(self._span(meta), WEEKDAYS.index(c[0]))

    def day_after(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        return ast.OnDay(self._span(meta), c[0], after=True)

    def on_day(self, meta: Meta, c: list[Any]) -> ast.Recurrence:
        return ast.OnDay(self._span(meta), c[0], after=False)

    def duty(self, meta: Meta, c: list[Any]) -> ast.Duty:
        name, of, labels, *lines = c
        parts = _Parts(lines, ("by", "if missed"))
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

    def names(self, _meta: Meta, c: list[Any]) -> tuple[ast.Name, ...]:
        return self._names(c)

    # --- claims

    def claims(self, meta: Meta, c: list[Any]) -> ast.ClaimsAbout:
        return ast.ClaimsAbout(self._span(meta), self._text(c[0]))

    def claim(self, meta: Meta, c: list[Any]) -> ast.Claim:
        kind, name, sentence, labels, *lines = c
        span = self._at(name)
        parts = _Parts(lines, ("cites", "protects", "form", "expect"))
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
        relation, *followed, condition = c
        form = ast.Between(self._span(meta), relation, tuple(followed), None, condition, throughout=True)
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

    # --- types

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

    # --- expressions

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

    def _fraction(self, token: Token) -> Fraction:
        whole = token if "." not in token else token.update(value=str(token).replace(".", ""))
        self._int(whole)
        return Fraction(str(token))

    def date(self, _meta: Meta, c: list[Any]) -> ast.Expr:
        return self._date(c[0])

    def _date(self, token: Token) -> ast.DateLiteral:
        return ast.DateLiteral(self._at(token), str(token), calendar.parse_day(str(token)))

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
