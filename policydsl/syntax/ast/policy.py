"""A policy as a whole: its header, its clauses, what is better for whom."""

from typing import Literal, TypeAlias

from policydsl.base.calendar import Rounding
from policydsl.base.records import dataclass
from policydsl.syntax.ast.declarations import Assume, Enumeration, Event, Parameter, Reading, Role, State, Subset
from policydsl.syntax.ast.definitions import Count, Define, Table
from policydsl.syntax.ast.expressions import DateLiteral
from policydsl.syntax.ast.node import ClauseRef, Labels, Name, Node, Text
from policydsl.syntax.ast.rules import Duty, Rule, Schedule


@dataclass(frozen=True, slots=True)
class Policy(Node):
    """The header. What it leaves out has the defaults of the language reference."""

    title: Text
    labels: Labels
    issuer: Name | None
    document: Text | None
    edition: Text | None
    effective: DateLiteral | None
    histories_from: DateLiteral | None
    time_zone: Name | None
    month_ends: Rounding | None
    business_days_of: Name | None
    ends_inclusive: bool
    language: Name | None


@dataclass(frozen=True, slots=True)
class Import(Node):
    path: Text


@dataclass(frozen=True, slots=True)
class NotFormalised(Node):
    clause: ClauseRef
    summary: Text
    because: Text
    affects: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ExceptionTo(Node):
    """The rules and definitions of this clause go before those of the clauses named."""

    clauses: tuple[ClauseRef, ...]


ClauseItem: TypeAlias = (
    ExceptionTo
    | Parameter
    | Assume
    | Reading
    | State
    | Event
    | Count
    | Define
    | Table
    | Rule
    | Schedule
    | Duty
    | Role
    | Enumeration
    | Subset
)


@dataclass(frozen=True, slots=True)
class Clause(Node):
    number: ClauseRef
    summary: Text
    labels: Labels
    items: tuple[ClauseItem, ...]


Way = Literal[
    "higher", "lower", "earlier", "later", "yes", "no", "permitted", "not permitted", "wider", "narrower", "ranking"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preference(Node):
    """Which values of `name` are better. `values` only for a ranking, best first; `none` only for dates."""

    way: Way
    name: Name
    values: tuple[Name, ...] = ()
    none: Literal["best", "worst"] | None = None


@dataclass(frozen=True, slots=True)
class Better(Node):
    role: Name
    preferences: tuple[Preference, ...]
