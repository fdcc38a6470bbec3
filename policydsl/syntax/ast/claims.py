"""Claims about a policy: about each history, or about two."""

from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.syntax.ast.declarations import Type
from policydsl.syntax.ast.expressions import Duration, Expr
from policydsl.syntax.ast.node import ClauseRef, Labels, Name, Node, Text
from policydsl.syntax.ast.rules import Trigger


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


Compared: TypeAlias = Literal["at rest", "throughout", "meanwhile"]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """About two histories in a `relation`: in the end, or (with `trigger`) after every such step of both.

    They are `compared` at rest, when the calendar causes nothing more on the day; or throughout, in every state; or
    meanwhile, in every state in which the difference has begun and is not complete.
    """

    relation: Relation
    followed: tuple[Followed, ...]
    trigger: Trigger | None
    condition: Expr
    compared: Compared = "at rest"


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
