"""Histories: what happened, and what is expected after it. `history_read` says how they are written."""

from collections.abc import Mapping

from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core.expr import Value
from policydsl.front.history_targets import Target


@dataclass(frozen=True, slots=True)
class Expectation:
    """What `target` must be after a step; None: none, a date that is not set."""

    target: Target
    value: Value | None
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history: an event with all its inputs, or (without `event`) a day that is reached.

    `refused` says that the event must turn out to be impossible or not permitted. `span` is the place to point at.
    """

    day: Day
    event: str | None
    inputs: Mapping[str, Value]
    refused: bool
    expect: tuple[Expectation, ...]
    note: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Variant:
    """The same entries under other values; `expect` has one tuple for each entry, none: nothing is expected.

    `refused` says of each entry whether it is refused here; None: as it is written there.
    """

    about: str | None
    parameters: Mapping[str, Value]
    expect: tuple[tuple[Expectation, ...], ...]
    refused: tuple[bool | None, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class History:
    """A whole history. `start` is the day it begins; `parameters` are those it sets, readings among them."""

    path: str
    about: str | None
    start: Day
    start_span: Span
    parameters: Mapping[str, Value]
    initial: Mapping[str, Value]
    entries: tuple[Entry, ...]
    variants: tuple[Variant, ...]
