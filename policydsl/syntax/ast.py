"""The surface tree: what a text says, before anyone asks whether it makes sense. It knows no types."""

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import Literal, TypeAlias

from policydsl.base.calendar import Day, Rounding
from policydsl.base.span import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Every node knows its span; spans never take part in equality."""

    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name as written, declared or used."""

    text: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A quoted text, unescaped."""

    value: str


@dataclass(frozen=True, slots=True)
class ClauseRef(Node):
    """The document's own number of a clause."""

    number: str


@dataclass(frozen=True, slots=True)
class Label(Node):
    """What a declared name is called in a language (`zh`, `en`)."""

    language: str
    text: str


Labels: TypeAlias = tuple[Label, ...]

# --- expressions ---------------------------------------------------------------------------------


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

# --- types ---------------------------------------------------------------------------------------


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


# --- declarations --------------------------------------------------------------------------------


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
class NotFormalised(Node):
    clause: ClauseRef
    summary: Text
    because: Text
    affects: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ExceptionTo(Node):
    """The rules and definitions of this clause go before those of the clauses named."""

    clauses: tuple[ClauseRef, ...]


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


# --- what is better for whom ----------------------------------------------------------------------

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


# --- amendments ----------------------------------------------------------------------------------

Effect = Literal["equivalent", "stricter", "more lenient", "incomparable", "different"]


@dataclass(frozen=True, slots=True)
class ExpectEffect(Node):
    """What the author expects of an amendment: for `roles`, of `outcomes` (none: of all), where `under` holds."""

    effect: Effect
    roles: tuple[Name, ...]
    outcomes: tuple[Name, ...]
    under: Expr | None


@dataclass(frozen=True, slots=True)
class Amendment(Node):
    """The head of an amendment: its title, the title of the policy `of` which it changes the wording."""

    title: Text
    of: Text
    labels: Labels
    effective: DateLiteral | None
    because: Text | None
    expects: tuple[ExpectEffect, ...]


@dataclass(frozen=True, slots=True)
class PartEdit(Node):
    """`old` becomes `new`; without `old` it is added, without `new` removed."""

    old: "ClauseItem | Row | DefineCase | None"
    new: "ClauseItem | Row | DefineCase | None"


@dataclass(frozen=True, slots=True)
class AmendedPart(Node):
    """Rows of the table, or cases of the definition, called `name`."""

    kind: Literal["table", "define"]
    name: Name
    edits: tuple[PartEdit, ...]


@dataclass(frozen=True, slots=True)
class AmendedClause(Node):
    number: ClauseRef
    summary: Text | None
    edits: tuple[PartEdit | AmendedPart, ...]


@dataclass(frozen=True, slots=True)
class ReplacedClause(Node):
    clause: "Clause | NotFormalised"


@dataclass(frozen=True, slots=True)
class AddedItem(Node):
    item: "Clause | NotFormalised | Role | Enumeration | Subset | Better"


@dataclass(frozen=True, slots=True)
class RemovedClause(Node):
    number: ClauseRef


@dataclass(frozen=True, slots=True)
class AmendedHeader(Node):
    """Lines of the header, by the name of their field in `Policy`."""

    lines: tuple[tuple[str, object], ...]


Change: TypeAlias = ReplacedClause | AddedItem | RemovedClause | AmendedClause | AmendedHeader

# --- claims --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimsAbout(Node):
    title: Text


@dataclass(frozen=True, slots=True)
class Always(Node):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Never(Node):
    condition: Expr


@dataclass(frozen=True, slots=True)
class Possible(Node):
    """Some history reaches a state (or, with `trigger`, takes a step) with `condition`."""

    trigger: Trigger | None
    condition: Expr


@dataclass(frozen=True, slots=True)
class After(Node):
    """`events` empty: any step."""

    trigger: Trigger
    condition: Expr


@dataclass(frozen=True, slots=True)
class Within(Node):
    duration: Duration
    trigger: Trigger
    condition: Expr


@dataclass(frozen=True, slots=True)
class Covers(Node):
    """Every value from `low` to `high` (None: every value) that can be reached has a row."""

    table: Name
    low: Expr | None
    high: Expr | None


@dataclass(frozen=True, slots=True)
class NoOverlap(Node):
    table: Name


@dataclass(frozen=True, slots=True)
class OneMore(Node):
    """The second history has one more `event`; `many`: one or more."""

    event: Name
    when: Expr | None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Swapped(Node):
    """`one`, then `other` and nothing between in the first history; in the second the other way round."""

    one: Name
    other: Name
    one_day: bool
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Changed(Node):
    """One `event` has other `inputs` in the second history."""

    inputs: tuple[Name, ...]
    event: Name
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Lag(Node):
    """How much later: so many days, the value of a name, or (None) any time."""

    by: Duration | Name | None


@dataclass(frozen=True, slots=True)
class Moved(Node):
    """One `event` comes later in the second history."""

    event: Name
    lag: Lag
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Later(Node):
    """The whole second history comes later."""

    lag: Lag


@dataclass(frozen=True, slots=True)
class Differ(Node):
    """The histories are alike but for `names`: parameters, readings, inputs, what is open at the start."""

    names: tuple[Name, ...]
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Alike(Node):
    """Two histories that live the same events from some day on on which `once` holds of them."""

    once: Expr


@dataclass(frozen=True, slots=True)
class AnyTwo(Node):
    """Two histories that have nothing in common but the policy, its parameters and the days."""


Relation: TypeAlias = OneMore | Swapped | Changed | Moved | Later | Differ | Alike | AnyTwo


@dataclass(frozen=True, slots=True)
class Followed(Node):
    """Any number of `event`, of its own, in a history in which what makes the difference has happened."""

    event: Name
    when: Expr | None


@dataclass(frozen=True, slots=True)
class Between(Node):
    """About two histories in a `relation`: in the end, or (with `trigger`) after every such step of both.

    `throughout` says that they are compared in every state, also between two steps that the calendar causes on one day.
    """

    relation: Relation
    followed: tuple[Followed, ...]
    trigger: Trigger | None
    condition: Expr
    throughout: bool = False


ClaimForm: TypeAlias = Always | Never | Possible | After | Within | Covers | NoOverlap | Between


@dataclass(frozen=True, slots=True)
class Expectation(Node):
    """`readings` only where the verdict is expected to depend on them."""

    verdict: Literal["holds", "fails", "depends"]
    readings: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ForEvery(Node):
    """A rigid value of which the claim speaks in general."""

    name: Name
    type: Type


@dataclass(frozen=True, slots=True)
class Claim(Node):
    kind: Literal["guarantee", "finding", "lemma"]
    name: Name
    sentence: Text
    labels: Labels
    cites: tuple[ClauseRef, ...]
    protects: tuple[Name, ...]
    under: tuple[Expr, ...]
    for_every: tuple[ForEvery, ...]
    form: ClaimForm
    expect: Expectation


Item: TypeAlias = (
    Policy
    | Import
    | Role
    | Enumeration
    | Subset
    | NotFormalised
    | Clause
    | Better
    | ClaimsAbout
    | Claim
    | Amendment
    | Change
)


@dataclass(frozen=True, slots=True)
class File:
    """All items of a text that could be read."""

    path: str
    items: tuple[Item, ...]
