"""Does a verdict depend on how an ambiguous wording is read? Which readings to ask about, and what the answers say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from policydsl.base.packing import packed_by_fields
from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, EnumLit, EnumSort, Equal, Expr, Value, Var
from policydsl.core.system import Parameter, Question, System
from policydsl.core.walk import definition_table, names
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.front.influence import Influence
from policydsl.semantics import evaluate

_MOST_COMBINATIONS = 256


@dataclass(frozen=True, slots=True)
class Split:
    """The verdict under each option of one reading; the other readings are free, or `others_at_default`."""

    reading: str
    others_at_default: bool
    options: tuple[tuple[str, Verdict], ...]

    @property
    def separates(self) -> bool:
        """Whether it is proved under some option and refuted under another."""
        kinds = {type(v) for _, v in self.options}
        return Refuted in kinds and not kinds.isdisjoint(_HELD)

    @property
    def is_open(self) -> bool:
        """Whether some option is undecided, so that it may separate without being known to."""
        return not {type(v) for _, v in self.options}.isdisjoint(_OPEN) and not self.separates


_HELD, _OPEN = frozenset({Proved, Vacuous}), frozenset({Bounded, Unknown})


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Case:
    """One assignment to ask about: `fixed` gives readings their options.

    `place` is that of the reading among those of the question, and of the option among those of the reading. `also` is
    a second reading that is not at its default, with its option.
    """

    reading: str
    option: str
    fixed: tuple[tuple[str, str], ...]
    place: tuple[int, int]
    also: tuple[str, str] | None = None


def visible_readings(question: Question, base: System, within: Influence) -> tuple[Parameter, ...]:
    """Return the readings that `question` can see and that its own conditions leave open.

    `base` is the policy's system: what the question assumes beyond it is a condition of its author.
    """
    seen = within.seen(question)
    table = definition_table(question.system)
    own = [e for e in question.system.assumptions if e not in base.assumptions]
    fixed = {n for e in own for n in names(e, table)}
    return tuple(p for p in question.system.parameters if p.is_reading and p.name in seen and p.name not in fixed)


def single_cases(question: Question, readings: Iterable[Parameter], room: "Room | None" = None) -> Iterator[Case]:
    """Yield each admissible option of each reading, the others free."""
    room = room or Room()
    for i, reading in enumerate(readings):
        for k, option in enumerate(_options(reading)):
            case = Case(reading.name, option, ((reading.name, option),), (i, k))
            if room.is_left(question.system, case.fixed):
                yield case


def default_cases(question: Question, readings: Sequence[Parameter], room: "Room | None" = None) -> Iterator[Case]:
    """Yield each option of each reading with all other readings at their defaults."""
    room, defaults = room or Room(), {r.name: str(r.default) for r in readings}
    for i, reading in enumerate(readings):
        for k, option in enumerate(_options(reading)):
            fixed = tuple(sorted({**defaults, reading.name: option}.items()))
            if room.is_left(question.system, fixed):
                yield Case(reading.name, option, fixed, (i, k))


def paired_cases(one: Case, other: Case, room: "Room", question: Question) -> Iterator[Case]:
    """Yield what two of the `default_cases` fix together, where that is admissible."""
    fixed = tuple(sorted({**dict(one.fixed), other.reading: other.option}.items()))
    if room.is_left(question.system, fixed):
        yield Case(one.reading, one.option, fixed, one.place, (other.reading, other.option))


Relevant: TypeAlias = list[tuple[Expr, frozenset[str]]]
"""Assumptions, each with what it is about."""

_Fixed: TypeAlias = tuple[tuple[str, str], ...]
"""Readings, each with an option."""


class Room:
    """Which options of readings are admissible, remembered: many questions take the same for granted."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[System, list[Relevant], dict[_Fixed, bool]]] = {}

    def is_left(self, system: System, fixed: _Fixed) -> bool:
        """Return whether what `system` assumes of readings leaves room for `fixed`. When in doubt, yes."""
        key = (id(system.parameters), id(system.definitions), *map(id, system.assumptions))
        if key not in self._known:
            self._known[key] = (system, _about_readings(system), {})
        _, groups, left = self._known[key]
        if fixed not in left:
            left[fixed] = all(_admissible(system, group, fixed) for group in groups)
        return left[fixed]


def leaves_room(question: Question, reading: str, option: str) -> bool:
    """Return whether what `question` takes for granted of readings leaves room for an option of one."""
    return Room().is_left(question.system, ((reading, option),))


def fix(question: Question, case: Case) -> Question:
    """Return `question` with the readings of `case` fixed."""
    return replace(question, system=assuming(question.system, read_as(question.system, case.fixed)))


def read_as(system: System, fixed: Iterable[tuple[str, str]]) -> Iterator[Expr]:
    """Yield that readings of `system` have the options `fixed`."""
    sorts = {p.name: p.sort for p in system.parameters}
    for name, option in fixed:
        sort = sorts[name]
        assert isinstance(sort, EnumSort)
        yield Equal(Var(name, sort), EnumLit(sort, option))


def assuming(system: System, conditions: Iterable[Expr]) -> System:
    """Return `system` with more `conditions` on its parameters."""
    more = tuple(conditions)
    return replace(system, assumptions=(*system.assumptions, *more)) if more else system


def _options(reading: Parameter) -> tuple[str, ...]:
    return reading.sort.values if isinstance(reading.sort, EnumSort) else ()


def _about_readings(system: System) -> list[Relevant]:
    """Return the assumptions about readings alone, each with those that it is about.

    Those that have a reading in common, by others perhaps, are together: what each group leaves room for, all do.
    """
    readings = {p.name for p in system.parameters if p.is_reading}
    table = definition_table(system)
    groups: list[Relevant] = []
    for e in system.assumptions:
        used = names(e, table)
        if not used or not used <= readings:
            continue
        meeting = [group for group in groups if any(used & others for _, others in group)]
        groups = [group for group in groups if group not in meeting]
        groups.append([*(each for group in meeting for each in group), (e, used)])
    return groups


def _admissible(system: System, relevant: Relevant, fixed: Iterable[tuple[str, str]]) -> bool:
    """Return whether the `relevant` assumptions of `system` leave room for `fixed`. When in doubt, yes."""
    readings = {p.name: _options(p) for p in system.parameters if p.is_reading}
    involved = sorted(set().union(*(used for _, used in relevant)))
    choices = [[option] if (option := dict(fixed).get(n)) else list(readings[n]) for n in involved]
    for count, chosen in enumerate(product(*choices)):
        given: Mapping[str, Value] = dict(zip(involved, chosen, strict=True))
        env = evaluate.alone(system, given, {TODAY: 1})
        if count >= _MOST_COMBINATIONS or all(evaluate.holds(e, env) for e, _ in relevant):
            return True
    return False
