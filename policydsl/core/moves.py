"""What happens in two histories that go together, step by step, and what the names of their product are."""

from collections.abc import Mapping
from dataclasses import field
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from policydsl.base.records import dataclass
from policydsl.core.system import Schedule, System
from policydsl.core.walk import Rewritten

if TYPE_CHECKING:
    from policydsl.core.copies import Copy


class Side(Enum):
    """Which of the two copies. The value, with a stroke that no name contains, sets its names apart."""

    FIRST = "first"
    SECOND = "second"

    __hash__ = object.__hash__  # as `View` has it

    @property
    def other(self) -> "Side":
        """The side that this is not."""
        return Side.SECOND if self is Side.FIRST else Side.FIRST


BOTH = (Side.FIRST, Side.SECOND)

PHASE = "both/phase"
"""The point a pair of histories has come to, where the difference between them comes in steps of its own."""


@dataclass(eq=False, slots=True)
class Kept:
    """What is the same in products of one system with itself, whichever moves these have.

    That is what expressions are on each side, and parts of systems by what they are made of. Keys go by identity, so
    what they were made from is kept too. `products` are whole ones, assumptions aside, by the parts of the system and
    how its histories go together.
    """

    exprs: dict[Side, Rewritten] = field(default_factory=lambda: {side: {} for side in BOTH})
    parts: dict[tuple[object, ...], tuple[object, object]] = field(default_factory=dict)
    products: dict[tuple[object, ...], tuple[System, System]] = field(default_factory=dict)


Firing: TypeAlias = tuple[Schedule | None, Schedule | None]
"""The schedules of the first and of the second history that fire in one step; None where nothing happens."""


@dataclass(frozen=True, slots=True)
class Move:
    """What happens in one step of the two histories: an event in each, or in one of them only (None in the other).

    Inputs that both events have by the same name and sort are one fact, but for those named in `apart`. The move can
    take place where the guards of its events hold on the sides `binding`: a side left out takes the step even where
    its own history refuses it, so whoever leaves one out must make that refusal the end of the story.
    """

    name: str
    first: str | None
    second: str | None
    apart: frozenset[str] = frozenset()
    binding: tuple[Side, ...] = BOTH

    def event(self, side: Side) -> str | None:
        """Return the event on `side`."""
        return self.first if side is Side.FIRST else self.second


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """Two systems, how their histories go together, and `system`, their product.

    `apart` names the parameters, and variables without an initial value, that may differ although both systems have
    them by the same name and sort. Days of the second history are days of the product plus `later` (a number of days,
    or the name of a shared integer parameter). `alike` says which schedule of the first each of the second fires
    together with (see `firings`). `system` may have been given more variables, conditions and cases. `kept` is shared
    by all pairs of offspring of one system, `copies` (see `copy_of`) by those that differ in `system` only: no other
    part of a pair is ever replaced.
    """

    first: System
    second: System
    moves: tuple[Move, ...]
    apart: frozenset[str]
    later: int | str
    system: System
    kept: Kept | None = field(default=None, repr=False)
    alike: Mapping[str, str] | None = None
    copies: dict[Side, "Copy"] = field(default_factory=dict, repr=False)

    def copy(self, side: Side) -> System:
        """Return the system on `side`."""
        return self.first if side is Side.FIRST else self.second

    def __reduce__(self) -> tuple[object, ...]:
        """Leave out, where it is written down, what can be made again."""
        return Pair, (self.first, self.second, self.moves, self.apart, self.later, self.system, None, self.alike)


def without_side(name: str) -> str:
    """Return what a parameter, variable or definition of a product is called in the system that it comes from."""
    return name.removeprefix("first/").removeprefix("second/")


def single(name: str) -> str:
    """Return what a name or step of a product is called in the system that it comes from, whichever side it is on."""
    return name.rpartition("/")[2].partition("|")[0].removesuffix(".")


def input_name(move: Move, name: str, side: Side | None) -> str:
    """Return what the input `name` of the event of `move` on `side` (None: of both) is called in the product."""
    own = name if side is None else f"{side.value}/{name}"
    plain = move.first == move.second == move.name
    return own if plain else f"{move.name}:{own}"


def firings(pair: Pair) -> tuple[Firing, ...]:
    """Return which schedules fire in one step of the product, or alone, in the order in which those of one day go.

    By default each goes with each: whatever is next in one history fires together with what is next in the other.
    Where passages are unseen (`idle.unmoved_by_passages`), a schedule need fire only with its like, and the history in
    which another one is next waits for its turn on that day: `Pair.alike`.
    """
    first, second = pair.first.schedules, pair.second.schedules
    if pair.alike is None:
        together = [(s, t) for s in first for t in second]
        return (*together, *((s, None) for s in first), *((None, t) for t in second))
    alike = pair.alike
    groups = [tuple(own) for _, own in groupby(second, lambda t: alike.get(t.name))]
    keys = [alike.get(own[0].name, "") for own in groups]
    blocks = SequenceMatcher(None, [s.name for s in first], keys, autojunk=False).get_opcodes()
    found: list[Firing] = []
    for tag, i, j, k, m in blocks:
        if tag == "equal":
            for s, own in zip(first[i:j], groups[k:m], strict=True):
                found += [*((s, t) for t in own), (s, None), *((None, t) for t in own)]
        else:
            theirs = [t for own in groups[k:m] for t in own]
            found += [(s, t) for s in first[i:j] for t in theirs]
            found += [*((s, None) for s in first[i:j]), *((None, t) for t in theirs)]
    return tuple(found)


def fired_in(one: Schedule | None, other: Schedule | None) -> str:
    """Return the name of the step in which a schedule of each history fires, or of one of them alone."""
    if one is not None and other is not None:
        return f"{one.name}|{other.name}"
    side, alone = (Side.FIRST, one) if one is not None else (Side.SECOND, other)
    assert alone is not None
    return f"{side.value}/{alone.name}."


def ends_of(pair: Pair) -> dict[str, dict[Side, str | None]]:
    """Return for each step of the product, the passage aside, what happens on each side."""
    found: dict[str, dict[Side, str | None]] = {m.name: {side: m.event(side) for side in BOTH} for m in pair.moves}
    for firing in firings(pair):
        names = (None if s is None else s.name for s in firing)
        found[fired_in(*firing)] = dict(zip(BOTH, names, strict=True))
    return found
