"""Expressions from the text that `show_expr` makes of them: how a stored proof tells its lemmas."""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import chain

from policydsl.base.calendar import MONDAY_TO_FRIDAY, BusinessCalendar, Rounding, parse_day
from policydsl.base.records import dataclass
from policydsl.core.expr import (
    DATE,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    DateLit,
    DayInMonth,
    DaysBetween,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
    RatLit,
    Remainder,
    Scale,
    Sort,
    ToRat,
    Use,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import System
from policydsl.core.walk import expressions, nodes

_TOKEN = re.compile(r"[();]|->|[^\s();]+")
_WHOLE = re.compile(r"-?\d{1,1000}")
_RATIO = re.compile(r"-?\d{1,1000}/(?!0+$)\d{1,1000}")
_DEEPEST = 200


class ReadError(ValueError):
    """The text is no expression over the system at hand."""


@dataclass(frozen=True, slots=True)
class Names:
    """What names in a text stand for: variables with their sorts, definitions, values of enumerations, calendars."""

    sorts: Mapping[str, Sort]
    definitions: Mapping[str, Sort]
    values: Mapping[str, EnumLit]
    calendars: Mapping[str, BusinessCalendar]


def names_of(system: System) -> Names:
    """Return the names of `system`; made once for all texts about it."""
    sorts: dict[str, Sort] = {"today": DATE, "clock": DATE}
    sorts |= {p.name: p.sort for p in system.parameters}
    sorts |= {v.name: v.sort for v in system.variables}
    sorts |= {each.name: each.sort for event in system.events for each in event.inputs}
    definitions = {d.name: d.sort for d in system.definitions}
    calendars: dict[str, BusinessCalendar] = {}
    written: list[Sort] = []
    for node in nodes(*(e for _, e in expressions(system))):
        if isinstance(node, EnumLit):
            written.append(node.sort)
        elif isinstance(node, AddBusinessDays):
            calendars[node.calendar.name] = node.calendar
    values: dict[str, EnumLit] = {}
    for sort in {id(sort): sort for sort in chain(sorts.values(), definitions.values(), written)}.values():
        if isinstance(sort, EnumSort):
            for value in sort.values:
                values.setdefault(f"{sort.name}.{value}", EnumLit(sort, value))
    return Names(sorts, definitions, values, calendars)


def read_expr(text: str, names: Names) -> Expr:
    """Return the expression that `text` shows. Raises `ReadError`; whether its sorts fit is not looked at."""
    reader = _Reader(_TOKEN.findall(text), names)
    found = reader.expression(0)
    if reader.left():
        raise ReadError(f"`{reader.left()[0]}` is left over")
    return found


class _Reader:
    def __init__(self, tokens: list[str], names: Names) -> None:
        self._tokens, self._at, self._names = tokens, 0, names

    def left(self) -> list[str]:
        """Return the tokens not read yet."""
        return self._tokens[self._at :]

    def expression(self, depth: int) -> Expr:
        """Read one expression."""
        if depth > _DEEPEST:
            raise ReadError("it is nested too deeply")
        word = self._next()
        if word != "(":
            return self._atom(word)
        head = self._next()
        if head == "if":
            return self._branches(depth)
        if head == "happens":
            step = self._next()
            self._expect(")")
            return Happens(step)
        words = [head, self._next()] if head in _WITH_A_WORD else [head]
        calendar = MONDAY_TO_FRIDAY
        if head == "add-business-days" and self._peek() in self._names.calendars:
            calendar = self._names.calendars[self._next()]
        args = tuple(self._arguments(depth))
        if head == "add-business-days" and len(args) == 2:  # noqa: PLR2004  a date and a number of days
            return AddBusinessDays(*args, calendar)
        try:
            return _OPERATIONS[head](words[-1], *args)
        except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
            raise ReadError(f"`{head}` with {len(args)} parts is no operation") from error

    def _arguments(self, depth: int) -> Iterator[Expr]:
        while self._peek() != ")":
            yield self.expression(depth + 1)
        self._next()

    def _branches(self, depth: int) -> Expr:
        chain_: list[tuple[Expr, Expr]] = []
        while self._peek() != "else":
            cond = self.expression(depth + 1)
            self._expect("->")
            chain_.append((cond, self.expression(depth + 1)))
            self._expect(";")
        self._next()
        found = self.expression(depth + 1)
        self._expect(")")
        for cond, then in reversed(chain_):
            found = Ite(cond, then, found)
        return found

    def _atom(self, word: str) -> Expr:
        if word in {"true", "false"}:
            return BoolLit(word == "true")
        if word.startswith("$") and word[1:] in self._names.definitions:
            return Use(word[1:], self._names.definitions[word[1:]])
        if word in self._names.sorts:
            return Var(word, self._names.sorts[word])
        if word in self._names.values:
            return self._names.values[word]
        if _WHOLE.fullmatch(word):
            return IntLit(int(word))
        if _RATIO.fullmatch(word):
            return RatLit(Fraction(word))
        day = parse_day(word)
        if day is not None:
            return DateLit(day)
        raise ReadError(f"`{word}` is no name")

    def _peek(self) -> str:
        if self._at >= len(self._tokens):
            raise ReadError("it ends too early")
        return self._tokens[self._at]

    def _next(self) -> str:
        word = self._peek()
        self._at += 1
        return word

    def _expect(self, word: str) -> None:
        if self._next() != word:
            raise ReadError(f"`{word}` is missing")


def _scale(factor: str, arg: Expr) -> Expr:
    return Scale(Fraction(factor) if "/" in factor else int(factor), arg)


def _divide(kind: type[Quotient | Remainder]) -> Callable[[str, Expr], Expr]:
    def make(divisor: str, arg: Expr) -> Expr:
        if int(divisor) <= 0:
            raise ValueError(divisor)
        return kind(arg, int(divisor))

    return make


_WITH_A_WORD = frozenset({"*", "div", "mod", "add-months"})

_OPERATIONS: Mapping[str, Callable[..., Expr]] = {
    "before": lambda _, a: At(View.BEFORE, a),
    "after": lambda _, a: At(View.AFTER, a),
    "not": lambda _, a: Not(a),
    "and": lambda _, *args: And(args),
    "or": lambda _, *args: Or(args),
    "=": lambda _, a, b: Equal(a, b),
    "<": lambda _, a, b: Less(a, b, strict=True),
    "<=": lambda _, a, b: Less(a, b, strict=False),
    "+": lambda _, *args: Add(args),
    "*": _scale,
    "div": _divide(Quotient),
    "mod": _divide(Remainder),
    "rational": lambda _, a: ToRat(a),
    "add-days": lambda _, z, n: AddDays(z, n),
    "days-between": lambda _, a, b: DaysBetween(a, b),
    "month-of": lambda _, z: MonthOf(z),
    "day-in-month": lambda _, z: DayInMonth(z),
    "month-start": lambda _, m: MonthStart(m),
    "add-months": lambda rounding, z, n: AddMonths(z, n, Rounding[rounding.upper()]),
    "months-exact": lambda _, z, n: MonthsExact(z, n),
    "weekday": lambda _, z: Weekday(z),
}
"""What `show_expr` writes at the head of an operation; a word after it, if it has one, comes first."""
