"""Which clauses of a transcription stand for which sentences of the document, and how another edition differs."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.document.outline import Passage, Path, number_of

ChangeKind: TypeAlias = Literal["moved", "changed", "vanished", "new"]


@dataclass(frozen=True, slots=True)
class Locked:
    """A sentence of the edition traced last, by its place and fingerprint, and the clauses that stand for it."""

    at: str
    words: str
    clauses: tuple[str, ...] = ()
    heading: bool = False

    @property
    def number(self) -> str:
        """The number it stands under, `0` for none."""
        return self.at.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Traced:
    """A sentence and the clauses that stand for it."""

    passage: Passage
    clauses: tuple[str, ...]

    @property
    def is_covered(self) -> bool:
        """Whether a clause stands for it, or it only names what follows."""
        return bool(self.clauses) or self.passage.heading


@dataclass(frozen=True, slots=True)
class Change:
    """What another edition does to a sentence. `old` and `new` are places, None where it is not there."""

    kind: ChangeKind
    old: str | None
    new: str | None
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tracing:
    """A document lined up with its transcription; `idle` clauses stand for no sentence (what the text leaves open)."""

    traced: tuple[Traced, ...]
    idle: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def uncovered(self) -> tuple[Passage, ...]:
        """The sentences that no clause stands for."""
        return tuple(t.passage for t in self.traced if not t.is_covered)


def trace(passages: Sequence[Passage], clauses: Sequence[str], lock: Sequence[Locked] | None) -> Tracing:
    """Line up the sentences of a document with the `clauses` of its transcription, given by their numbers.

    A sentence belongs to the clauses that `lock` names for its words; else to those that bear its number. `lock` is
    None where the document was never traced.
    """
    pairs, changes = _compare(lock or (), passages)
    by_number = _by_number(passages, clauses)
    fresh = set(clauses) - {c for entry in lock or () for c in entry.clauses}
    made: list[Traced] = []
    for index, passage in enumerate(passages):
        own = by_number[index]
        known = [c for c in pairs[index].clauses if c in set(clauses)] if index in pairs else []
        kept = [*known, *(c for c in own if c in fresh)] if known else own
        made.append(Traced(passage, tuple(kept)))
    used = {c for t in made for c in t.clauses}
    return Tracing(tuple(made), tuple(c for c in clauses if c not in used), changes if lock is not None else ())


# --- by number -----------------------------------------------------------------------------------


def _by_number(passages: Sequence[Passage], clauses: Sequence[str]) -> list[list[str]]:
    """Return, for each sentence, the clauses that bear its number, or that of a section which is transcribed whole.

    Where a section has as many sentences as clauses, each clause is taken for the sentence in its place.
    """
    named: dict[Path, list[str]] = defaultdict(list)
    for name in clauses:
        if path := number_of(name):
            named[path].append(name)
    homes = [() if p.loose else _home(p, named, passages) for p in passages]
    said = Counter(home for home, p in zip(homes, passages, strict=True) if home and not p.heading)
    met: Counter[Path] = Counter()
    made: list[list[str]] = []
    for home, passage in zip(homes, passages, strict=True):
        own = named.get(home, [])
        if own and not passage.heading:
            met[home] += 1
            own = [own[met[home] - 1]] if len(own) == said[home] > 1 else own
        made.append([] if passage.heading and passage.number != home else own)
    return made


def _home(passage: Passage, named: Mapping[Path, list[str]], passages: Sequence[Passage]) -> Path:
    """Return the nearest number at or above `passage` that clauses bear; none if its like are transcribed apart."""
    number = passage.number
    for length in range(len(number), 0, -1):
        here = number[:length]
        if here in named:
            return here if length == len(number) or _is_whole(here, number[: length + 1], named, passages) else ()
    return ()


def _is_whole(home: Path, child: Path, named: Mapping[Path, list[str]], passages: Sequence[Passage]) -> bool:
    """Return whether the section `home` is transcribed as one: most of its parts bear no clauses of their own."""
    parts = {p.number[: len(child)] for p in passages if p.number[: len(home)] == home and len(p.number) >= len(child)}
    apart = {part for part in parts if any(name[: len(part)] == part for name in named)}
    return 2 * len(apart) < len(parts)


# --- editions ------------------------------------------------------------------------------------


def _compare(lock: Sequence[Locked], passages: Sequence[Passage]) -> tuple[dict[int, Locked], tuple[Change, ...]]:
    """Return, for each sentence that can be told, what it was, and all that differs."""
    matcher = SequenceMatcher(None, [e.words for e in lock], [p.fingerprint for p in passages], autojunk=False)
    pairs: dict[int, Locked] = {}
    taken: set[int] = set()
    for old, new, size in matcher.get_matching_blocks():
        pairs.update({new + i: lock[old + i] for i in range(size)})
        taken |= set(range(old, old + size))
    moved = _pair(lock, passages, pairs, taken, lambda e, p: e.words == p.fingerprint)
    changed = _pair(lock, passages, pairs, taken, lambda e, p: e.number == _number(p) != "0")
    changed |= _pair_between(lock, len(passages), pairs, taken)
    changes: list[Change] = []
    for index, passage in enumerate(passages):
        entry = pairs.get(index)
        if entry is None:
            changes.append(Change("new", None, passage.place, ()))
        elif index in changed:
            changes.append(Change("changed", entry.at, passage.place, entry.clauses))
        elif index in moved or entry.number != _number(passage):
            changes.append(Change("moved", entry.at, passage.place, entry.clauses))
    gone = [e for i, e in enumerate(lock) if i not in taken]
    return pairs, (*changes, *(Change("vanished", e.at, None, e.clauses) for e in gone))


def _pair(
    lock: Sequence[Locked],
    passages: Sequence[Passage],
    pairs: dict[int, Locked],
    taken: set[int],
    alike: Callable[[Locked, Passage], bool],
) -> set[int]:
    """Pair what is left over and `alike`, in order; return the sentences that were paired."""
    found: set[int] = set()
    for index, passage in enumerate(passages):
        if index in pairs:
            continue
        old = next((i for i, e in enumerate(lock) if i not in taken and alike(e, passage)), None)
        if old is not None:
            pairs[index] = lock[old]
            taken.add(old)
            found.add(index)
    return found


def _pair_between(lock: Sequence[Locked], count: int, pairs: dict[int, Locked], taken: set[int]) -> set[int]:
    """Pair, in order, what stands between the same two neighbours as before, where it is as many sentences as before.

    So an edited sentence without a number is told from one that went and another that came.
    """
    was = {entry.at: i for i, entry in enumerate(lock)}
    known = [(-1, -1), *((i, was[pairs[i].at]) for i in sorted(pairs)), (count, len(lock))]
    found: set[int] = set()
    for (new, old), (next_new, next_old) in pairwise(known):
        between = range(old + 1, next_old)
        if next_new - new == next_old - old and not taken & set(between):
            pairs.update(zip(range(new + 1, next_new), (lock[i] for i in between), strict=True))
            taken |= set(between)
            found |= set(range(new + 1, next_new))
    return found


def _number(passage: Passage) -> str:
    return passage.place.split("/", 1)[0]
