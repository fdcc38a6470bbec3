"""Expressions, as written: no node knows the type of what it says."""

from fractions import Fraction
from typing import Literal, TypeAlias

from policydsl.base.calendar import Day, Rounding
from policydsl.base.records import dataclass
from policydsl.syntax.ast.node import Name, Node


@dataclass(frozen=True, slots=True)
class Integer(Node):
    value: int
    points: bool = False  # written with the unit `points`


@dataclass(frozen=True, slots=True)
class Decimal(Node):
    value: Fraction


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`50%` is the value 1/2."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Money(Node):
    value: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """`day` is None for a date that does not exist."""

    text: str
    day: Day | None


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class NoneLiteral(Node):
    """No date."""


DurationUnit = Literal["days", "business days", "months"]


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """Weeks are seven days, years twelve months; nothing else converts."""

    amount: int
    unit: DurationUnit


@dataclass(frozen=True, slots=True)
class Not(Node):
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class And(Node):
    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Implies(Node):
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    cond: "Expr"
    then: "Expr"
    otherwise: "Expr"


CompareOp = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`first op expr op expr ...`: every neighbouring pair is compared."""

    first: "Expr"
    rest: tuple[tuple[CompareOp, "Expr"], ...]


@dataclass(frozen=True, slots=True)
class IsNone(Node):
    arg: "Expr"
    negated: bool


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """Bounds are constants; a missing one is unbounded."""

    low: "Expr | None"
    high: "Expr | None"
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class SetOf(Node):
    items: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class In(Node):
    """Membership in an interval, in a list of values, or in a named subset of an enumeration."""

    arg: "Expr"
    container: Interval | SetOf | Name
    negated: bool


@dataclass(frozen=True, slots=True)
class Includes(Node):
    """Whether a table with the hit policy `all rows` has a fitting row with this value."""

    table: "Expr"
    value: "Expr"


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """`first` with signed terms added one after the other; `rounding` is for the months among them."""

    first: "Expr"
    rest: tuple[tuple[Literal["+", "-"], "Expr"], ...]
    rounding: Rounding | None


@dataclass(frozen=True, slots=True)
class Product(Node):
    factors: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Quotient(Node):
    arg: "Expr"
    divisor: int


@dataclass(frozen=True, slots=True)
class Negative(Node):
    arg: "Expr"


DatePart = Literal["year", "month", "day", "weekday"]


@dataclass(frozen=True, slots=True)
class Part(Node):
    part: DatePart
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class Boundary(Node):
    """`start of month of d`, `end of year of d`: the first or last day of the period."""

    side: Literal["start", "end"]
    period: Literal["month", "year"]
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class Distance(Node):
    """`days from a to b` (`a` not counted), or `months from a to b` (calendar months apart)."""

    unit: Literal["days", "months"]
    start: "Expr"
    end: "Expr"


@dataclass(frozen=True, slots=True)
class Old(Node):
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class New(Node):
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class Permitted(Node):
    act: Name


@dataclass(frozen=True, slots=True)
class RowsOf(Node):
    """How many rows of a table fit."""

    table: Name


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    which: Literal["min", "max"]
    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Indexed(Node):
    name: Name
    index: "Expr"


@dataclass(frozen=True, slots=True)
class InHistory(Node):
    """What `arg` is in one of the two histories that a claim speaks of."""

    arg: "Expr"
    which: Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class EverythingSame(Node):
    """Both histories that a claim speaks of are in one state."""


Constant: TypeAlias = Integer | Decimal | Percent | Money | DateLiteral | NoneLiteral | Boolean | Duration
Expr: TypeAlias = (
    Constant
    | Name
    | Not
    | And
    | Or
    | Implies
    | Conditional
    | Compare
    | IsNone
    | In
    | Includes
    | Sum
    | Product
    | Quotient
    | Negative
    | Part
    | Boundary
    | Distance
    | Old
    | New
    | Permitted
    | RowsOf
    | Extreme
    | Indexed
    | InHistory
    | EverythingSame
)
