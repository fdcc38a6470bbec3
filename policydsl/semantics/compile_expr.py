"""Core expressions as Python text: `evaluate`, unrolled ahead of time. `compile` makes a program of it."""

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import assert_never

from policydsl.base import calendar
from policydsl.base.records import dataclass
from policydsl.core.expr import (
    CLOCK,
    TODAY,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    DateLit,
    DateSort,
    DayInMonth,
    DaysBetween,
    EnumLit,
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
    ToRat,
    Use,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import Definition, System
from policydsl.core.walk import default_value, definition_table

_LONG = 200
"""An expression whose text is longer gets a variable of its own, so that parentheses never nest too deep."""

LIBRARY: dict[str, object] = {
    "Fraction": Fraction,
    "month_of": calendar.month_of,
    "day_in_month": calendar.day_in_month,
    "month_start": calendar.month_start,
    "add_months": calendar.add_months,
    "month_addition_exact": calendar.month_addition_exact,
    "weekday": calendar.weekday,
    "add_business_days": calendar.add_business_days,
}


class Maker:
    """The numbering of names, and the table of constants, which grows while code is made."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.definitions: Mapping[str, Definition] = definition_table(system)
        self.variables = {v.name: f"s{i}" for i, v in enumerate(system.variables)}
        self.updated = {u.variable for u in system.updates}
        self.parameters = {p.name: f"p{i}" for i, p in enumerate(system.parameters)}
        self.constants: list[object] = []
        self._numbers: dict[tuple[type, object], str] = {}

    def constant(self, value: object) -> str:
        """Return the name under which `value` is in the table."""
        key = (type(value), value)
        if key not in self._numbers:
            self._numbers[key] = f"K{len(self.constants)}"
            self.constants.append(value)
        return self._numbers[key]


@dataclass(slots=True)
class Block:
    """Straight-line code for one look at the state: lines so far, and which text is already in which variable.

    `step` is None on a state on its own. `day` is the variable with the step's date.
    """

    maker: Maker
    step: str | None
    day: str
    inputs: Mapping[str, str]
    lines: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    uses: dict[tuple[str, View], str] = field(default_factory=dict)
    texts: dict[tuple[int, View], str] = field(default_factory=dict)

    def keep(self, text: str) -> str:
        """Return a variable that has the value of `text`, computed once; names and numbers stay themselves."""
        if text.isalnum() or text.removeprefix("-").isdigit():
            return text
        if text not in self.known:
            self.known[text] = f"t{len(self.known)}"
            self.lines.append(f"{self.known[text]} = {text}")
        return self.known[text]


def text_of(e: Expr, view: View, block: Block) -> str:
    """Return Python text with the value of `e`, in parentheses; adds what it needs to `block` first."""
    key = (id(e), view)  # the system keeps its expressions; many are parts of several others
    known = block.texts.get(key)
    if known is None:
        text = _text(e, view, block)
        known = block.texts[key] = block.keep(text) if len(text) > _LONG else text
    return known


def _text(e: Expr, view: View, block: Block) -> str:
    def sub(part: Expr) -> str:
        return text_of(part, view, block)

    def call(function: str, *args: str) -> str:
        return block.keep(f"{function}({', '.join(args)})")

    match e:
        case BoolLit(value=value):
            return "True" if value else "False"
        case IntLit(value=number) | DateLit(value=number):
            return str(number) if number >= 0 else f"({number})"
        case RatLit(value=rational):
            return block.maker.constant(rational)
        case EnumLit(value=name):
            return block.maker.constant(name)
        case Var():
            return _name(e, view, block)
        case Use(name=name):
            key = (name, view)
            if key not in block.uses:
                block.uses[key] = block.keep(sub(block.maker.definitions[name].body))
            return block.uses[key]
        case At(view=inner, body=body):
            return text_of(body, inner, block)
        case Happens(step=step):
            return "True" if block.step == step else "False"
        case Not(arg=a):
            return _not(sub(a))
        case And(args=args):
            return _junction([sub(a) for a in args], " and ", neutral="True", absorbing="False")
        case Or(args=args):
            return _junction([sub(a) for a in args], " or ", neutral="False", absorbing="True")
        case Ite():
            return _branches(e, view, block)
        case Equal(left=a, right=b):
            return f"({sub(a)} == {sub(b)})"
        case Less(left=a, right=b, strict=strict):
            return f"({sub(a)} {'<' if strict else '<='} {sub(b)})"
        case Add(args=args):
            return f"({' + '.join(sub(a) for a in args)})"
        case Scale(factor=factor, arg=a):
            head = str(factor) if isinstance(factor, int) else block.maker.constant(factor)
            return f"({head} * {sub(a)})"
        case Quotient(arg=a, divisor=divisor):
            return f"({sub(a)} // {divisor})"
        case Remainder(arg=a, divisor=divisor):
            return f"({sub(a)} % {divisor})"
        case ToRat(arg=a):
            return f"Fraction({sub(a)})"
        case AddDays(date=z, days=n):
            return f"({sub(z)} + {sub(n)})"
        case DaysBetween(start=a, end=b):
            return f"({sub(b)} - {sub(a)})"
        case MonthOf(date=z):
            return call("month_of", sub(z))
        case DayInMonth(date=z):
            return call("day_in_month", sub(z))
        case MonthStart(month=m):
            return call("month_start", sub(m))
        case AddMonths(date=z, months=n, rounding=rounding):
            return call("add_months", sub(z), sub(n), block.maker.constant(rounding))
        case MonthsExact(date=z, months=n):
            return call("month_addition_exact", sub(z), sub(n))
        case Weekday(date=z):
            return call("weekday", sub(z))
        case AddBusinessDays(date=z, days=n, calendar=days):
            return call("add_business_days", sub(z), sub(n), block.maker.constant(days))
        case _:
            assert_never(e)


def _name(e: Var, view: View, block: Block) -> str:
    """Return the variable that has the value of a name."""
    maker = block.maker
    if e.name == TODAY:
        return block.day
    if e.name == CLOCK:
        return block.day if view is View.AFTER else TODAY
    if e.name in maker.variables:
        own = maker.variables[e.name]
        renewed = view is View.AFTER and block.step is not None and e.name in maker.updated
        return f"n{own[1:]}" if renewed else own
    if e.name in maker.parameters:
        return maker.parameters[e.name]
    if e.name in block.inputs:
        return block.inputs[e.name]
    return block.day if isinstance(e.sort, DateSort) else block.maker.constant(default_value(e.sort, 0))


def _not(text: str) -> str:
    known = {"True": "False", "False": "True"}
    return known.get(text, f"(not {text})")


def _junction(parts: list[str], word: str, *, neutral: str, absorbing: str) -> str:
    """Return the parts joined by `word`, without those that say nothing."""
    if absorbing in parts:
        return absorbing
    telling = [part for part in parts if part != neutral]
    if len(telling) < 2:  # noqa: PLR2004
        return telling[0] if telling else neutral
    return f"({word.join(telling)})"


def _branches(e: Expr, view: View, block: Block) -> str:
    """Return a chain of conditions; a long table nests only here, so this loops."""
    branches: list[tuple[str, str]] = []
    while isinstance(e, Ite):
        cond = text_of(e.cond, view, block)
        if cond == "True":
            e = e.then
            break
        if cond != "False":
            branches.append((cond, text_of(e.then, view, block)))
        e = e.otherwise
    last = text_of(e, view, block)
    return f"({chain(branches, last)})" if branches else last


def chain(branches: list[tuple[str, str]], otherwise: str) -> str:
    """Return the value of the first branch whose condition holds."""
    parts: list[str] = []
    for cond, value in branches:
        if cond == "True":
            return "".join([*parts, value])
        parts.append(f"{value} if {cond} else ")
    return "".join([*parts, otherwise])
