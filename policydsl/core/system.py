"""Transition systems with dates: what a policy means, and what is asked of it.

A *history* starts in an initial state at some date and goes on by *steps*. Every step has a date, never
earlier than the date before, and is one of: an event (occurrence or act), a schedule, or a passage
(some later day is reached and nothing happens). See `docs/semantics.md`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from policydsl.base.packing import packed_by_fields
from policydsl.base.records import dataclass
from policydsl.core.expr import Expr, Sort, Value

PASSAGE = "passage"
"""The name of the step in which a later day is reached and nothing happens."""


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Parameter:
    """A rigid constant of one history: unknown to the policy, constrained by `System.assumptions`.

    A reading is a parameter whose values are the named interpretations of an ambiguous wording.
    """

    name: str
    sort: Sort
    default: Value | None
    is_reading: bool
    clause: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Variable:
    """A state variable. Without `initial` it starts anywhere that `System.starts` allows.

    `hidden` marks bookkeeping of the language (counters, deadlines) that reports do not list by itself.
    """

    name: str
    sort: Sort
    initial: Expr | None
    clause: str
    hidden: bool = False


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Definition:
    """A named pure expression. Read in the view in which it is used; definitions have no cycle."""

    name: str
    sort: Sort
    body: Expr
    clause: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Input:
    """A fact or choice that comes with an event; its name is unique in the system (`breach.length`).

    `by` names the role whose choice it is, None for a fact.
    """

    name: str
    sort: Sort
    default: Value | None
    by: str | None
    clause: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Event:
    """An occurrence or act. It can take place exactly where `guard` (in BEFORE, over the inputs too) holds.

    The guard may look at new values (`At(AFTER, ...)`): they never depend on guards.
    """

    name: str
    kind: Literal["occurrence", "act"]
    actor: str | None
    inputs: tuple[Input, ...]
    guard: Expr
    clause: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Schedule:
    """A step that the calendar causes by itself, at the start of its due day, while `armed` holds.

    `armed` and `due` are read on the state before, on its own (`today` is the date reached so far).
    A due day already past counts as today. Time cannot pass a due schedule; of several due on one day
    the earlier in `System.schedules` goes first.
    """

    name: str
    armed: Expr
    due: Expr
    clause: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a variable gets a new value: in steps `steps` (None: in every step), when `guard` holds.

    `guard` and `value` are read in BEFORE; `At(AFTER, ...)` inside them reads new values of other variables.
    """

    steps: frozenset[str] | None
    guard: Expr
    value: Expr
    clause: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Update:
    """The new value of `variable`: that of the first case that applies, else the old one (the frame)."""

    variable: str
    cases: tuple[Case, ...]


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Property:
    """What is to hold: `state` in every state (the initial one included), `step` in every step.

    Both are read in AFTER; `At(BEFORE, ...)` inside `step` looks back. Either may be `TRUE`.
    """

    state: Expr
    step: Expr


ObligationKind = Literal["conflict", "definedness", "rest"]


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Obligation:
    """A property every policy owes the reader: no conflict of rules, nothing undefined, schedules that rest.

    `key` is stable under unrelated edits; `sentence` says in plain words what holds.
    """

    key: str
    kind: ObligationKind
    property: Property
    clauses: tuple[str, ...]
    sentence: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class System:
    """A policy's meaning.

    `assumptions` constrain parameters only; `starts` (read on the initial state) constrains initial values and
    the first date. `updates` is in dependency order: an update reads new values only of variables updated
    earlier in the tuple or not at all. `definitions` is in dependency order too.
    """

    name: str
    parameters: tuple[Parameter, ...]
    assumptions: tuple[Expr, ...]
    variables: tuple[Variable, ...]
    starts: tuple[Expr, ...]
    definitions: tuple[Definition, ...]
    events: tuple[Event, ...]
    schedules: tuple[Schedule, ...]
    updates: tuple[Update, ...]
    obligations: tuple[Obligation, ...]

    def bare(self) -> "System":
        """Return the system without what it owes."""
        return replace(self, obligations=())

    def rules(self) -> "System":
        """Return the system without what it owes, whatever its parameters are."""
        return replace(self, assumptions=(), obligations=())


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history: its name (event, schedule or `PASSAGE`), its day, and its inputs by full name."""

    name: str
    day: int
    inputs: Mapping[str, Value]


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Trace:
    """A concrete history: parameters, the initial state (`today` included) and all steps, scheduled ones too."""

    parameters: Mapping[str, Value]
    initial: Mapping[str, Value]
    steps: tuple[Step, ...]

    def chosen(self, system: System) -> dict[str, Value]:
        """Return the first values of those variables that `system` leaves open at the start, as far as it has them."""
        open_ = (v.name for v in system.variables if v.initial is None)
        return {name: self.initial[name] for name in open_ if name in self.initial}


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Question:
    """What engines answer: does `property` hold in every history of `system`?

    `trigger`, if any, is a step expression (read in AFTER): where it can never be true, the property holds
    only for want of cases, and the verdict says so.
    """

    key: str
    system: System
    property: Property
    trigger: Expr | None
