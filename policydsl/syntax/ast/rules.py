"""What changes the state: rules, schedules, duties."""

from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.syntax.ast.expressions import Expr, Indexed
from policydsl.syntax.ast.node import Labels, Name, Node


@dataclass(frozen=True, slots=True)
class Every(Node):
    """All the variables that an indexed state stands for."""

    name: Name


@dataclass(frozen=True, slots=True)
class SetAction(Node):
    target: Name | Indexed | Every
    value: Expr
    when: Expr | None


@dataclass(frozen=True, slots=True)
class WhenBlock(Node):
    condition: Expr
    actions: tuple["Action", ...]


Action: TypeAlias = SetAction | WhenBlock


@dataclass(frozen=True, slots=True)
class Rule(Node):
    events: tuple[Name, ...]
    when: Expr | None
    actions: tuple[Action, ...]


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


@dataclass(frozen=True, slots=True)
class EachYear(Node):
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class EachMonth(Node):
    """On day `day`, or on the last day of months that have no such day; None for the last day."""

    day: int | None


@dataclass(frozen=True, slots=True)
class EachWeek(Node):
    """`weekday` counts from 0 for Monday."""

    weekday: int


@dataclass(frozen=True, slots=True)
class OnDay(Node):
    """Once, on the day `date`, or the day after it."""

    date: Expr
    after: bool


Recurring: TypeAlias = EachYear | EachMonth | EachWeek
Recurrence: TypeAlias = Recurring | OnDay


@dataclass(frozen=True, slots=True)
class Schedule(Node):
    name: Name
    recurrence: Recurrence
    condition: Expr | None
    labels: Labels
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Trigger(Node):
    """Events, and what must hold for them to matter."""

    events: tuple[Name, ...]
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Duty(Node):
    """`of` owes it; it arises, is due by the end of the day `by`, is discharged, or is missed."""

    name: Name
    of: Name
    labels: Labels
    arises: tuple[Trigger, ...]
    by: Expr | None
    discharged: tuple[Trigger, ...]
    missed: tuple[Action, ...]
