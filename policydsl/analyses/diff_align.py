"""Which name of one wording is which of the other: by name, as told, or as guessed; and what has no counterpart."""

import difflib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import islice, product
from typing import Literal, TypeAlias

from policydsl.analyses.diff_gaps import filled, made_up
from policydsl.analyses.diff_names import Names, mapped, names_of, renamed, sorts_of
from policydsl.analyses.readings import Room
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction
from policydsl.core.expr import BOOL, FALSE, EnumLit, EnumSort, Equal, Expr, Or, Sort, Value, Var
from policydsl.core.system import Definition, Input, Parameter, System, Variable
from policydsl.core.walk import definition_table, mentioned, nodes, written_out
from policydsl.front.loaded import LoadedPolicy, Symbol, SymbolKind
from policydsl.front.types import DateType, EnumType, Type

_CLOSE = 0.6
"""So alike are names that may be meant for each other."""


Apart: TypeAlias = Literal[
    "only old", "only new", "other type", "other kind", "other events", "other index", "other rows",
    "values only old", "values only new", "admits", "admits apart", "starts",
]  # fmt: skip
"""What the wordings do not have in common: a name; the type, kind, events or index of one; whether all rows of a table
count; values of an enumeration; parameters compared for what both admit; readings that each wording has for itself;
what is open at the start."""

COMMON = frozenset({"other type", "other kind", "other events", "other index", "other rows"})
"""What both wordings have, and what can still not, or not everywhere, be compared."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about `names` that the two wordings do not have in common; `names` are values if `of` has them.

    `kinds` say what they are (of another kind now: before, then now), or that `of` is a reading. `rename` is a guess at
    what it is called in the other wording.
    """

    about: Apart
    names: tuple[str, ...]
    clause: str
    kinds: tuple[SymbolKind, ...] = ()
    of: str = ""
    rename: tuple[str, str] | None = None


_VALUES = frozenset({"values only old", "values only new"})


@dataclass(frozen=True, slots=True)
class Default:
    """A parameter or reading whose default the edit changes, `old` and `new` in the old wording's words."""

    parameter: Parameter
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class InputDefault:
    """A fact or choice of an event whose default is not the same in both wordings. No history depends on it."""

    input: Input
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Aligned:
    """Both systems in the old wording's names, over common enumerations; `names` leads from them to the new one's.

    `limits` are the assumptions of either that keep its parameters to the values that it had by itself, `gaps` what
    definitions of the new one, by its own names, give where no row of a table fits in either (`diff_gaps`).
    """

    old: System
    new: System
    names: Names
    remarks: tuple[Remark, ...]
    limits: frozenset[Expr] = frozenset()
    gaps: Mapping[str, Expr] = field(default_factory=dict)

    def only(self, sort: EnumSort) -> frozenset[str]:
        """Return the values of `sort` that one of the wordings does not have."""
        return frozenset(v for r in self.remarks if r.about in _VALUES and r.of == sort.name for v in r.names)


def align(old: LoadedPolicy, new: LoadedPolicy, renames: Mapping[str, str]) -> Aligned:
    """Return the two systems in common terms. `renames` must be sound (`wrong_renames`)."""
    names = names_of(old, new, renames)
    back, gaps = names.old(), made_up(old, new, names)
    second = renamed(filled(new.system, gaps), back)
    first = old.system
    theirs = {s.name: s for s in sorts_of(second)}
    united = {
        s.name: EnumSort(s.name, (*s.values, *(v for v in theirs[s.name].values if v not in s.values)))
        for s in sorts_of(first)
        if s.name in theirs and theirs[s.name] != s
    }
    remarks = [*_enumerations(first, second, united), *_symbols(old, new, names, united)]
    one, other = _widened(first, united), _widened(second, united)
    one, other = _never_permitted(one, other), _never_permitted(other, one)
    limits = frozenset((*_limits(first.parameters, united), *_limits(second.parameters, united)))
    made = Aligned(one, other, names, tuple(remarks), limits, gaps)
    return replace(made, remarks=(*remarks, *_assumptions(made), *_starts(first, second)))


def _never_permitted(system: System, other: System) -> System:
    """Return `system` saying of the acts that only `other` has that they are never permitted."""
    known = {e.name for e in system.events}
    lone = (e for e in other.events if e.kind == "act" and e.name not in known)
    never = (Definition(f"{e.name}.permitted", BOOL, FALSE, e.clause) for e in lone)
    return replace(system, definitions=(*never, *system.definitions))


def read_apart(aligned: Aligned) -> frozenset[str]:
    """Return the readings of which one wording assumes what the other does not: each has its own.

    That it does not have an option is no such assumption: the wordings are compared under those that both have. With
    it go the readings of which something is assumed together with it, where that leaves the wordings other options.
    """
    both = (aligned.old, aligned.new)
    about = _assumed_apart(aligned)
    readings = {p.name: p.sort for s in both for p in s.parameters if p.is_reading and isinstance(p.sort, EnumSort)}
    apart = frozenset(about & readings.keys())
    tied = [(n, s) for n, s in readings.items() if n in _tied(aligned, apart) - about] if apart else []
    room, every = Room(), product(*([(n, v) for v in s.values if v not in aligned.only(s)] for n, s in tied))
    looked_at = list(islice(every, _MOST_TIED))
    alike = all(room.is_left(aligned.old, each) == room.is_left(aligned.new, each) for each in looked_at)
    return apart if alike and len(looked_at) < _MOST_TIED else apart.union(n for n, _ in tied)


_MOST_TIED = 256
"""Of more ways to read what hangs together it is not looked at whether both wordings leave them."""


def _assumed_apart(aligned: Aligned) -> set[str]:
    """Return the parameters and readings of which one wording assumes what the other does not."""
    one, other = (set(s.assumptions) for s in (aligned.old, aligned.new))
    return {n for e in (one ^ other) - aligned.limits for n in _rigid(e)}


def _tied(aligned: Aligned, names: Iterable[str]) -> set[str]:
    """Return `names` and all of which either wording assumes something together with these."""
    groups = [_rigid(e) for s in (aligned.old, aligned.new) for e in s.assumptions]
    found = set(names)
    while more := [g for g in groups if g & found and not g <= found]:
        found.update(*more)
    return found


def _rigid(e: Expr) -> set[str]:
    return {n.name for n in nodes(e) if isinstance(n, Var)}


def changed_defaults(aligned: Aligned) -> tuple[Default, ...]:
    """Return the defaults that are not the same: both wordings admit the same values, but start from others."""
    theirs = {p.name: p for p in aligned.new.parameters}
    return tuple(
        Default(p, p.default, other.default)
        for p in aligned.old.parameters
        if (other := theirs.get(p.name)) is not None
        and p.default is not None
        and other.default is not None
        and (p.sort, p.is_reading) == (other.sort, other.is_reading)
        and p.default != other.default
    )


def changed_input_defaults(aligned: Aligned) -> tuple[InputDefault, ...]:
    """Return what histories that leave a fact or choice out mean by that, where it is not the same in both wordings."""
    theirs = {i.name: i for e in aligned.new.events for i in e.inputs}
    return tuple(
        InputDefault(i, i.default, other.default)
        for e in aligned.old.events
        for i in e.inputs
        if (other := theirs.get(i.name)) is not None
        and i.default is not None
        and other.default is not None
        and i.sort == other.sort
        and i.default != other.default
    )


# --- over common enumerations --------------------------------------------------------------------


def _widened(system: System, united: Mapping[str, EnumSort]) -> System:
    """Return `system` over the enumerations `united`; what is given from outside stays within its own values."""
    if not united:
        return system

    def sort(each: Sort) -> Sort:
        return united.get(each.name, each) if isinstance(each, EnumSort) else each

    made = mapped(system, lambda name: name, sort, Names({}))
    assumptions = _limits(system.parameters, united)
    starts = _limits([v for v in system.variables if v.initial is None], united)
    events = tuple(
        replace(e, guard=conjunction([*_limits(before.inputs, united), e.guard]))
        for e, before in zip(made.events, system.events, strict=True)
    )
    return replace(made, assumptions=(*made.assumptions, *assumptions), starts=(*made.starts, *starts), events=events)


def _limits(given: Iterable[Parameter | Variable | Input], united: Mapping[str, EnumSort]) -> list[Expr]:
    """Return that each of what is `given` has a value of its own sort, where the common one has more."""
    return [
        Or(tuple(Equal(Var(each.name, wide), EnumLit(wide, v)) for v in each.sort.values))
        for each in given
        if isinstance(each.sort, EnumSort) and (wide := united.get(each.sort.name, each.sort)) != each.sort
    ]


# --- what has no counterpart ---------------------------------------------------------------------

OBSERVED = frozenset({"state", "definition", "table", "count"})
"""What is compared by its values, whichever of these it is."""

_NAMED = OBSERVED | {
    "role", "enumeration", "parameter", "reading", "occurrence", "act", "schedule", "duty", "field", "choice",
}  # fmt: skip


def _symbols(old: LoadedPolicy, new: LoadedPolicy, names: Names, united: Container[str]) -> Iterator[Remark]:
    back = names.old()
    mine = {s.name: s for s in old.symbols.values() if s.kind in _NAMED}
    theirs = {back.new(s.name): s for s in new.symbols.values() if s.kind in _NAMED}
    lost, added = ([s for n, s in one.items() if n not in other] for one, other in ((mine, theirs), (theirs, mine)))
    for symbol in lost:
        guess = _guess(symbol, added, names)
        yield Remark("only old", (symbol.name,), symbol.clause, (symbol.kind,),
                     rename=None if guess is None else (symbol.name, guess.name))  # fmt: skip
    for symbol in added:
        yield Remark("only new", (symbol.name,), symbol.clause, (symbol.kind,))
    for name, symbol in mine.items():
        other = theirs.get(name)
        if other is not None and not alike(symbol.type, other.type, names):
            yield Remark("other type", (name,), other.clause)
        elif other is not None and _apart(symbol.kind, other.kind):
            yield Remark("other kind", (name,), other.clause, (symbol.kind, other.kind))
        elif other is not None and old.gives_all(symbol.name) != new.gives_all(other.name):
            yield Remark("other rows", (name,), other.clause)
        elif other is not None and set(symbol.on) != {back.new(n) for n in other.on}:
            yield Remark("other events", (name,), other.clause)
        elif other is not None and _otherwise_listed(symbol, other, names, united):
            yield Remark("other index", (name,), other.clause)


def _otherwise_listed(one: Symbol, other: Symbol, names: Names, united: Container[str]) -> bool:
    """Return whether a name has not the same index in both; of the enumerations `united` that is told by itself."""
    back = names.old()
    if back.new(other.index_of) != one.index_of:
        return True
    mine, theirs = {f"{one.name}[{i}]" for i in one.index}, {back.new(f"{other.name}[{i}]") for i in other.index}
    return mine != theirs and one.index_of not in united


def _apart(one: SymbolKind, other: SymbolKind) -> bool:
    """Return whether what is of one kind, then of another, is not the same thing; a fact that somebody chooses is."""
    return one != other and not {one, other} <= OBSERVED and not {one, other} <= {"field", "choice"}


def alike(one: Type | None, other: Type | None, names: Names) -> bool:
    """Return whether values of two types can be compared."""
    if isinstance(one, EnumType) and isinstance(other, EnumType):
        return names.new(one.sort.name) == other.sort.name
    if isinstance(one, DateType) and isinstance(other, DateType):
        return True
    return one == other


def _guess(symbol: Symbol, added: list[Symbol], names: Names) -> Symbol | None:
    """Return what `symbol` may be called now: something new of its kind and type, alike in name or in its clause."""
    home = names.new(symbol.name).partition(".")[0] if "." in symbol.name else ""
    fit = [s for s in added if s.kind == symbol.kind and _same_values(symbol, s, names)
           and s.name.startswith(f"{home}." if home else "")]  # fmt: skip
    close = difflib.get_close_matches(symbol.name, [s.name for s in fit], 1, _CLOSE)
    if close:
        return next(s for s in fit if s.name == close[0])
    neighbours = [s for s in fit if s.clause == symbol.clause]
    return neighbours[0] if len(neighbours) == 1 else None


def _same_values(one: Symbol, other: Symbol, names: Names) -> bool:
    """Return whether values of two names, neither of which the other wording has, can be compared."""
    if one.kind in {"enumeration", "reading"} and isinstance(one.type, EnumType) and isinstance(other.type, EnumType):
        return one.type.sort.values == other.type.sort.values
    return alike(one.type, other.type, names)


def _enumerations(first: System, second: System, united: Mapping[str, EnumSort]) -> Iterator[Remark]:
    mine, theirs = ({s.name: s for s in sorts_of(x)} for x in (first, second))
    readings = {p.sort.name for p in first.parameters if p.is_reading and isinstance(p.sort, EnumSort)}
    for name in united:
        sides: tuple[tuple[Apart, EnumSort, EnumSort], ...] = (
            ("values only old", mine[name], theirs[name]), ("values only new", theirs[name], mine[name]),
        )  # fmt: skip
        for about, has, lacks in sides:
            only = tuple(v for v in has.values if v not in lacks.values)
            if only:
                yield Remark(about, only, "", ("reading",) if name in readings else (), of=name)


def _assumptions(aligned: Aligned) -> Iterator[Remark]:
    theirs = {p.name: p for p in aligned.new.parameters}
    common = [p for p in aligned.old.parameters if p.name in theirs]
    tied, apart = _tied(aligned, _assumed_apart(aligned)), read_apart(aligned)
    kinds: tuple[tuple[Apart, list[str]], ...] = (
        ("admits", [p.name for p in common if not p.is_reading and p.name in tied]),
        ("admits apart", [p.name for p in common if p.is_reading and p.name in apart]),
    )
    for kind, names in kinds:
        if names:
            clauses = {theirs[n].clause for n in names}
            yield Remark(kind, tuple(names), clauses.pop() if len(clauses) == 1 else "")


def _starts(first: System, second: System) -> Iterator[Remark]:
    """Yield what both wordings leave open at the start, but within other limits."""
    own = [{v.name: v for v in s.variables if v.initial is None} for s in (first, second)]
    open_ = own[0].keys() & own[1].keys()
    said = [[written_out(e, definition_table(s)) for e in s.starts] for s in (first, second)]
    mine, theirs = ([e for e in starts if mentioned(e)[0] & open_] for starts in said)
    about = {n: None for e in (*mine, *theirs) if (e in mine) != (e in theirs) for n in sorted(mentioned(e)[0] & open_)}
    if about:
        clauses = {own[1][n].clause for n in about}
        yield Remark("starts", tuple(about), clauses.pop() if len(clauses) == 1 else "")
