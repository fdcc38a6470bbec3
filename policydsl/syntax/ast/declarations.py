"""What a clause declares: types, roles, enumerations, parameters, readings, states, events."""

from typing import Literal

from policydsl.base.records import dataclass
from policydsl.syntax.ast.expressions import Expr
from policydsl.syntax.ast.node import Labels, Name, Node, Text


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`in low .. high`, or one bound; both ends belong to the range unless `strict_*`."""

    low: Expr | None
    high: Expr | None
    low_strict: bool = False
    high_strict: bool = False


BaseType = Literal[
    "boolean",
    "integer",
    "points",
    "count",
    "percent",
    "money",
    "date",
    "date or none",
    "days",
    "business days",
    "months",
    "named",
]


@dataclass(frozen=True, slots=True)
class Type(Node):
    """`name` is the enumeration of a `named` type, or the currency of `money`."""

    base: BaseType
    name: str | None
    range: Range | None


@dataclass(frozen=True, slots=True)
class Role(Node):
    name: Name
    labels: Labels


@dataclass(frozen=True, slots=True)
class EnumValue(Node):
    name: Name
    labels: Labels


@dataclass(frozen=True, slots=True)
class Enumeration(Node):
    name: Name
    labels: Labels
    values: tuple[EnumValue, ...]


@dataclass(frozen=True, slots=True)
class Subset(Node):
    name: Name
    of: Name
    labels: Labels
    values: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    name: Name
    type: Type
    default: Expr | None
    labels: Labels


@dataclass(frozen=True, slots=True)
class Assume(Node):
    """A constraint between parameters."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Option(Node):
    name: Name
    summary: Text
    default: bool
    labels: Labels


@dataclass(frozen=True, slots=True)
class Reading(Node):
    name: Name
    question: Text
    labels: Labels
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class IndexRange(Node):
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class State(Node):
    """`index` makes it one variable per value of an enumeration (`Name`) or of a small range."""

    name: Name
    index: Name | IndexRange | None
    type: Type
    initial: Expr | None
    starts_where: Expr | None
    labels: Labels


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A fact that comes with an event (`by` is None), or a choice of the role `by`."""

    name: Name
    type: Type
    default: Expr | None
    by: Name | None
    labels: Labels


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`when` holds the conditions under which it can take place; `where` what its inputs obey."""

    kind: Literal["occurrence", "act"]
    name: Name
    by: Name | None
    labels: Labels
    fields: tuple[Field, ...]
    when: tuple[Expr, ...]
    where: tuple[Expr, ...]
