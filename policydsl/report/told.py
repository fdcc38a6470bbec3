"""What a report tells of histories, as plain data: part of `model`, which says how names and values are written."""

from typing import Literal, TypeAlias

from policydsl.base.records import dataclass

StepKind = Literal["occurrence", "act", "schedule", "passage"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter or reading and the value it has in a story."""

    name: str
    value: str
    is_reading: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What an event comes with: a fact, or (`by`) the choice of a role."""

    name: str
    value: str
    by: str | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A state that a step changes, and the clause that says so."""

    name: str
    old: str
    new: str
    clause: str | None


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One step: when, what, who, with what, and what it changed. `date` is ISO 8601."""

    date: str
    kind: StepKind
    name: str
    actor: str | None
    clause: str | None
    given: tuple[Given, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that a claim speaks of, where it fails; `old` is the value before the step, where it speaks of that.

    `name` may be `permitted ACT` or `rows of TABLE`, as in a history's expectations.
    """

    name: str
    value: str | None
    old: str | None


Datum: TypeAlias = bool | int | str | None
"""A value for programs: a truth value, a whole number of its unit, else as the language writes it; None: no date."""


@dataclass(frozen=True, slots=True)
class Move:
    """A step for programs, by declared names: inputs without their event's name, and the state that changed."""

    date: str
    kind: StepKind
    name: str
    given: tuple[tuple[str, Datum], ...]
    changed: tuple[tuple[str, Datum], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The history of a story for programs. `state` is the whole state at the start; `open` are those left open."""

    start: str
    parameters: tuple[tuple[str, Datum], ...]
    readings: tuple[tuple[str, str], ...]
    state: tuple[tuple[str, Datum], ...]
    open: tuple[str, ...]
    moves: tuple[Move, ...]


Relation = Literal["=", "!=", "<", "<=", ">", ">="]
Which = Literal["first", "second"]
"""One of two histories."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a claim asks of the value `found` of `name` (with `old`, of its value before the step): `relation value`.

    `other` is the name whose value `value` is, if the claim names one; with `other_old`, before the step. Of a claim
    about two histories, `history` and `other_history` say in which of them.
    """

    name: str
    old: bool
    found: str
    relation: Relation
    value: str
    other: str | None = None
    other_old: bool = False
    history: Which | None = None
    other_history: Which | None = None


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One change to a history after which the claim holds in it: without it, this would not have happened.

    A `value` that comes with step number `step` (from 1), its `date`, the whole `step`, or a `setting` (no step) is
    `old` in the story and would have to be `new`; a step left out has neither. Not `nearest`: a nearer value may do.
    """

    kind: Literal["value", "date", "step", "setting"]
    step: int | None
    name: str
    old: str
    new: str
    nearest: bool = True


@dataclass(frozen=True, slots=True)
class Abreast:
    """The places, from 0, of two steps that stand side by side in two stories; None where nothing happens."""

    first: int | None
    second: int | None


@dataclass(frozen=True, slots=True)
class Story:
    """A history, told. `facts` are what the claim looks at in the end, `expected` what it asks of them instead.

    `record` is the same history for programs.

    Of a claim about two histories this is the first, `beside` the second, and `rows` how their steps go together.
    """

    start: str
    settings: tuple[Setting, ...]
    initial: tuple[tuple[str, str], ...]
    steps: tuple[StoryStep, ...]
    facts: tuple[Fact, ...]
    record: Record | None = None
    expected: tuple[Expected, ...] = ()
    circumstance: Circumstance | None = None
    beside: "Story | None" = None
    rows: tuple[Abreast, ...] = ()
