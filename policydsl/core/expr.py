"""Expressions of the semantic core: typed, total, without syntax.

Every expression has exactly one value in every view (see `View`). Dates are day numbers of the
proleptic Gregorian calendar (`policydsl.base.calendar`); integers are mathematical; rationals exact.
Partial operations do not exist here: lowering makes them total and adds a definedness obligation.
"""

from enum import Enum
from fractions import Fraction
from typing import TypeAlias

from policydsl.base.calendar import MONDAY_TO_FRIDAY, BusinessCalendar, Day, Rounding
from policydsl.base.packing import packed_by_fields, packing
from policydsl.base.records import dataclass

# --- sorts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoolSort:
    """Truth values; `bool` in Python."""


@dataclass(frozen=True, slots=True)
class IntSort:
    """Mathematical integers; `int` in Python."""


@dataclass(frozen=True, slots=True)
class RatSort:
    """Exact rationals (money, percentages); `Fraction` in Python."""


@dataclass(frozen=True, slots=True)
class DateSort:
    """Civil days; `Day` (a proleptic Gregorian ordinal) in Python."""


@packed_by_fields
@dataclass(frozen=True, slots=True)
class EnumSort:
    """A closed list of named values; the value's name (`str`) in Python."""

    name: str
    values: tuple[str, ...]


Sort: TypeAlias = BoolSort | IntSort | RatSort | DateSort | EnumSort

BOOL, INT, RAT, DATE = BoolSort(), IntSort(), RatSort(), DateSort()

Value: TypeAlias = bool | int | Fraction | str
"""A value of any sort. Its sort is always known from the context, never guessed from the class."""


class View(Enum):
    """From where a step looks at the state.

    BEFORE  the state before the step; `today` is the step's own date, `clock` the date of the step before.
    AFTER   the state after the step; `today` and `clock` are the step's own date.

    A state on its own (the initial one, or one that a step has reached) is seen as AFTER.
    """

    BEFORE = "before"
    AFTER = "after"

    __hash__ = object.__hash__  # enumerations have one written in Python, and views are looked up all the time


TODAY = "today"
CLOCK = "clock"

# --- expressions ---------------------------------------------------------------------------------


class Node:
    """What every expression remembers of itself once asked: by `walk` (what stands in it), `show` (text), and its hash.

    Expressions are large, shared, and looked up often; without this, hashing them anew takes longer than solving.
    """

    __slots__ = ("_hash", "awaited", "mentioned", "text", "written")
    _hash: int
    mentioned: tuple[frozenset[str], frozenset[str]]
    written: tuple["EnumSort", ...]
    awaited: frozenset[str]
    text: str

    def __init_subclass__(cls) -> None:
        """Pack by fields, which `dataclass` makes slots of, and keep it from giving each class a hash of its own."""
        cls.__hash__ = Node.__hash__  # type: ignore[method-assign]  # a method may be replaced on a class
        if "__slots__" in cls.__dict__:
            cls.__reduce__ = packing(cls, [*cls.__slots__])  # type: ignore[method-assign, assignment]  # a method may be replaced on a class

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(self.__reduce__()[1]))
            return self._hash


@dataclass(frozen=True, slots=True)
class BoolLit(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class IntLit(Node):
    value: int


@dataclass(frozen=True, slots=True)
class RatLit(Node):
    value: Fraction


@dataclass(frozen=True, slots=True)
class DateLit(Node):
    value: Day


@dataclass(frozen=True, slots=True)
class EnumLit(Node):
    sort: EnumSort
    value: str


@dataclass(frozen=True, slots=True)
class Var(Node):
    """A state variable, an input of the step, a parameter, `today` or `clock`: one name space."""

    name: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class Use(Node):
    """The value of the definition `name`, in the view at hand."""

    name: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class At(Node):
    """The value of `body` in `view`. On a state on its own, both views are that state."""

    view: View
    body: "Expr"


@dataclass(frozen=True, slots=True)
class Happens(Node):
    """Whether the step at hand is one of `step`. False on a state on its own."""

    step: str


@dataclass(frozen=True, slots=True)
class Not(Node):
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class And(Node):
    """True without arguments. N-ary, so that long chains do not nest."""

    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """False without arguments."""

    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Ite(Node):
    """If `cond` then `then` else `otherwise`; both of one sort."""

    cond: "Expr"
    then: "Expr"
    otherwise: "Expr"


@dataclass(frozen=True, slots=True)
class Equal(Node):
    """Both sides of one sort."""

    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Less(Node):
    """`left < right` if `strict`, else `left <= right`; both integers, both rationals or both dates."""

    left: "Expr"
    right: "Expr"
    strict: bool


@dataclass(frozen=True, slots=True)
class Add(Node):
    """Sum of one or more integers, or of one or more rationals."""

    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Scale(Node):
    """`factor` times an integer (`factor` an `int`) or a rational (`factor` a `Fraction`)."""

    factor: int | Fraction
    arg: "Expr"


@dataclass(frozen=True, slots=True)
class Quotient(Node):
    """Integer division rounding down, by a positive constant."""

    arg: "Expr"
    divisor: int


@dataclass(frozen=True, slots=True)
class Remainder(Node):
    """`arg - divisor * Quotient(arg, divisor)`, so from 0 to `divisor - 1`."""

    arg: "Expr"
    divisor: int


@dataclass(frozen=True, slots=True)
class ToRat(Node):
    """An integer as a rational."""

    arg: "Expr"


@dataclass(frozen=True, slots=True)
class AddDays(Node):
    """The date `days` (an integer, maybe negative) days after `date`."""

    date: "Expr"
    days: "Expr"


@dataclass(frozen=True, slots=True)
class DaysBetween(Node):
    """The number of days from `start` to `end`, negative if `end` is the earlier one."""

    start: "Expr"
    end: "Expr"


@dataclass(frozen=True, slots=True)
class MonthOf(Node):
    """The month index of a date: year * 12 + (month of the year - 1)."""

    date: "Expr"


@dataclass(frozen=True, slots=True)
class DayInMonth(Node):
    """The day of the month of a date, from 1 to 31."""

    date: "Expr"


@dataclass(frozen=True, slots=True)
class MonthStart(Node):
    """The first day of the month with the month index `month` (an integer)."""

    month: "Expr"


@dataclass(frozen=True, slots=True)
class AddMonths(Node):
    """`calendar.add_months(date, months, rounding)`; `months` is an integer, maybe negative."""

    date: "Expr"
    months: "Expr"
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class MonthsExact(Node):
    """Whether adding `months` to `date` needs no rounding."""

    date: "Expr"
    months: "Expr"


@dataclass(frozen=True, slots=True)
class Weekday(Node):
    """0 for Monday up to 6 for Sunday."""

    date: "Expr"


@dataclass(frozen=True, slots=True)
class AddBusinessDays(Node):
    """`calendar.add_business_days(date, days, calendar)`; a negative count is taken for 0."""

    date: "Expr"
    days: "Expr"
    calendar: BusinessCalendar = MONDAY_TO_FRIDAY


Expr: TypeAlias = (
    BoolLit
    | IntLit
    | RatLit
    | DateLit
    | EnumLit
    | Var
    | Use
    | At
    | Happens
    | Not
    | And
    | Or
    | Ite
    | Equal
    | Less
    | Add
    | Scale
    | Quotient
    | Remainder
    | ToRat
    | AddDays
    | DaysBetween
    | MonthOf
    | DayInMonth
    | MonthStart
    | AddMonths
    | MonthsExact
    | Weekday
    | AddBusinessDays
)

TRUE, FALSE = BoolLit(True), BoolLit(False)  # noqa: FBT003  the two literals themselves


def literal(value: Value, sort: Sort) -> Expr:
    """Return the literal of `sort` for `value`."""
    match sort:
        case BoolSort():
            return BoolLit(bool(value))
        case IntSort():
            return IntLit(int(value))
        case RatSort():
            return RatLit(Fraction(value))
        case DateSort():
            return DateLit(int(value))
        case EnumSort():
            return EnumLit(sort, str(value))
