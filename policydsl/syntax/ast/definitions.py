"""What is computed from the state: counts in their windows, definitions by cases, tables."""

from enum import Enum
from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.syntax.ast.declarations import Type
from policydsl.syntax.ast.expressions import CompareOp, Expr, Interval
from policydsl.syntax.ast.node import Labels, Name, Node


@dataclass(frozen=True, slots=True)
class CalendarWindow(Node):
    unit: Literal["year", "month"]


@dataclass(frozen=True, slots=True)
class RollingWindow(Node):
    """The events of less than `length` ago; at most the latest `cap` of them are told apart."""

    length: int
    unit: Literal["days", "months"]
    cap: int


@dataclass(frozen=True, slots=True)
class SinceWindow(Node):
    events: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class WholeWindow(Node):
    """Since the history began."""


Window: TypeAlias = CalendarWindow | RollingWindow | SinceWindow | WholeWindow


@dataclass(frozen=True, slots=True)
class Count(Node):
    """How often (or, with `adding`, how much in sum) `events` happened in `window`."""

    name: Name
    events: tuple[Name, ...]
    adding: Expr | None
    when: Expr | None
    included: bool
    window: Window
    labels: Labels


@dataclass(frozen=True, slots=True)
class DefineCase(Node):
    """`condition` is None for `otherwise`."""

    value: Expr
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Define(Node):
    """The first case that fits gives the value."""

    name: Name
    on: tuple[Name, ...]
    type: Type
    cases: tuple[DefineCase, ...]
    labels: Labels


class Hit(Enum):
    """Which of the rows that fit counts."""

    EXACTLY_ONE = "exactly one row"
    FIRST = "first row that fits"
    ALL = "all rows"


@dataclass(frozen=True, slots=True)
class AnyCell(Node):
    """Fits everything."""


@dataclass(frozen=True, slots=True)
class OrderCell(Node):
    """`<= bound` and the like."""

    op: CompareOp
    bound: Expr


@dataclass(frozen=True, slots=True)
class ValuesCell(Node):
    values: tuple[Expr, ...]


Cell: TypeAlias = AnyCell | Interval | OrderCell | ValuesCell


@dataclass(frozen=True, slots=True)
class Row(Node):
    cells: tuple[Cell, ...]
    value: Expr


@dataclass(frozen=True, slots=True)
class Table(Node):
    """`no_row` is the value where no row fits; without it, that is undefined."""

    name: Name
    on: tuple[Name, ...]
    inputs: tuple[Expr, ...]
    type: Type
    hit: Hit
    rows: tuple[Row, ...]
    no_row: Expr | None
    labels: Labels
