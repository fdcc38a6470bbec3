"""What the answer to a question can depend on, as a hash: equal hashes, equal answers. Looked up, not searched for.

An event that changes nothing of what is seen, and of which nothing seen speaks, is to a question as if time passed; so
it does not matter when it can take place. That is left alone where the property speaks of every step. Assumptions
about other parameters than those seen are left out where some values are known that satisfy them, as they do not
restrict these then; what nothing satisfies leaves no history. Clauses, their order, and the order
in which an enumeration lists its values, do not bear on what happens; the order of schedules does.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TypeAlias, TypeVar

from policydsl.base.records import dataclass
from policydsl.core.conditions import conjuncts
from policydsl.core.digest import Bits, Digests
from policydsl.core.expr import (
    And,
    BoolLit,
    DateLit,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    Less,
    Not,
    Or,
    RatLit,
    Sort,
    Value,
    Var,
)
from policydsl.core.show import show_default, show_sort
from policydsl.core.system import Definition, Event, Input, Parameter, Question, Schedule, System, Update, Variable
from policydsl.core.walk import default_value, definition_table, names
from policydsl.semantics.evaluate import alone, holds

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class _Map:
    """For each variable and definition of `system` what decides it directly: names, and steps that it is changed in.

    `reach` are the names that bear on each, itself among them, as far as that was looked up.
    """

    system: System
    direct: Mapping[str, Bits]
    steps: Mapping[str, Bits]
    reach: dict[str, Bits]


@dataclass(eq=False, slots=True)
class Sight:
    """Works out what questions see; what they have in common is looked at once. What was looked at is kept alive."""

    hashes: dict[int, tuple[Question, str]] = field(default_factory=dict)
    digests: Digests = field(default_factory=Digests)
    lines: dict[int, tuple[object, str]] = field(default_factory=dict)
    maps: dict[tuple[int, ...], _Map] = field(default_factory=dict)

    def hash(self, question: Question) -> str:
        """Return a hash of all that the answer to `question` may depend on."""
        known = self.hashes.get(id(question))
        if known is None:
            made = hashlib.sha256("\n".join(self._text(question)).encode()).hexdigest()
            known = self.hashes[id(question)] = question, made
        return known[1]

    def _text(self, question: Question) -> Iterator[str]:
        system, p, where, shown = question.system, question.property, self._map(question.system), self.digests.text
        own = [e for e in (p.state, p.step, question.trigger) if e is not None]
        events = system.events if _of_steps(p.step) else self._seen_events(system, own)
        about = self.digests.names([*own, *system.starts, *_timing(system), *(e.guard for e in events)])
        assumptions = self._about(system, self._closed(where, about))
        kept = frozenset(self.digests.called(self._closed(where, about | self.digests.names(assumptions))))
        unordered = [self._line(q, _parameter) for q in system.parameters if q.name in kept]
        unordered += [f"assume {shown(e)}" for e in assumptions]
        unordered += [self._line(v, _variable) for v in system.variables if v.name in kept]
        unordered += [f"start {shown(e)}" for e in system.starts]
        unordered += [self._line(d, _definition) for d in system.definitions if d.name in kept]
        unordered += [f"{_event(e, kept)} when {shown(e.guard)}" for e in events]
        unordered += [self._line(u, _update) for u in system.updates if u.variable in kept]
        yield from sorted(unordered)
        yield from (self._line(s, _schedule) for s in system.schedules)
        yield from map(shown, own)
        yield "triggered" if question.trigger is not None else ""

    # --- what is seen ----------------------------------------------------------------------------

    def _seen_events(self, system: System, own: list[Expr]) -> tuple[Event, ...]:
        """Return the events that `own` can see: those that are spoken of, or change something that bears on it."""
        where, digests = self._map(system), self.digests
        fresh: list[Expr] = [*own, *system.assumptions, *system.starts, *_timing(system)]
        seen, names = 0, 0
        while fresh:
            steps = digests.steps(fresh)
            reached = self._closed(where, digests.names(fresh)) & ~names
            names |= reached
            for name in digests.called(reached):
                steps |= where.steps.get(name, 0)
            new = [e for e in system.events if digests.step(e.name) & steps & ~seen]
            seen |= steps
            fresh = [e.guard for e in new]
        return tuple(e for e in system.events if digests.step(e.name) & seen)

    def _about(self, system: System, seen: Bits) -> tuple[Expr, ...]:
        """Return the assumptions that bear on what is seen, through other assumptions too, or may not be satisfied."""
        where = self._map(system)
        reach = [self._closed(where, self.digests.names([e])) for e in system.assumptions]
        kept = set(_unmet(system))
        for i in kept:
            seen |= reach[i]
        while near := [i for i, names in enumerate(reach) if i not in kept and names & seen]:
            kept.update(near)
            for i in near:
                seen |= reach[i]
        return tuple(e for i, e in enumerate(system.assumptions) if i in kept)

    def _closed(self, where: _Map, names: Bits) -> Bits:
        """Return `names` and all that bears on them."""
        found = names
        for name in self.digests.called(names):
            found |= self._reached(where, name)
        return found

    def _reached(self, where: _Map, name: str) -> Bits:
        known = where.reach.get(name)
        if known is None:
            known = todo = self.digests.name(name)
            while todo:
                low = todo & -todo
                (one,) = self.digests.called(low)
                bears = where.reach.get(one)
                fresh = (where.direct.get(one, 0) if bears is None else bears) & ~known
                known |= fresh
                todo = (todo ^ low) | (fresh if bears is None else 0)
            where.reach[name] = known
        return known

    # --- looked at once --------------------------------------------------------------------------

    def _map(self, system: System) -> _Map:
        key = (id(system.variables), id(system.definitions), id(system.updates))
        if key not in self.maps:
            digests = self.digests
            sources: dict[str, list[Expr]] = {d.name: [d.body] for d in system.definitions}
            for v in system.variables:
                sources.setdefault(v.name, []).extend(() if v.initial is None else (v.initial,))
            for u in system.updates:
                sources.setdefault(u.variable, []).extend(part for c in u.cases for part in (c.guard, c.value))
            steps = {name: digests.steps(es) for name, es in sources.items()}
            for u in system.updates:
                for step in (s for c in u.cases for s in c.steps or ()):
                    steps[u.variable] |= digests.step(step)
            self.maps[key] = _Map(system, {name: digests.names(es) for name, es in sources.items()}, steps, {})
        return self.maps[key]

    def _line(self, part: _Key, write: Callable[[_Key, "_Shown"], str]) -> str:
        known = self.lines.get(id(part))
        if known is None:
            known = self.lines[id(part)] = part, write(part, self.digests.text)
        return known[1]


def _unmet(system: System) -> Iterator[int]:
    """Yield the places of the assumptions that plain values do not satisfy: those fixed, defaults, least ones named."""
    parts = [p for e in system.assumptions for p in conjuncts(e)]
    fixed = {p.left.name: p.right for p in parts if isinstance(p, Equal) and isinstance(p.left, Var)}
    values: dict[str, Value] = {}
    for p in system.parameters:
        own = fixed.get(p.name)
        value = own.value if isinstance(own, _LITERALS) else p.default
        values[p.name] = _named(p, parts) if value is None else value
    env = alone(system, values, {})
    for i, e in enumerate(system.assumptions):
        if not names(e, definition_table(system)) <= values.keys() or not holds(e, env):
            yield i


_LITERALS = (BoolLit, IntLit, RatLit, DateLit, EnumLit)


def _named(p: Parameter, parts: list[Expr]) -> Value:
    """Return a value that some assumption compares `p` with, else a plain one."""
    for e in parts:
        if isinstance(e, Less | Equal):
            for one, other in ((e.left, e.right), (e.right, e.left)):
                if one == Var(p.name, p.sort) and isinstance(other, _LITERALS):
                    return other.value
    return default_value(p.sort, 0) or 0


def _timing(system: System) -> list[Expr]:
    return [e for s in system.schedules for e in (s.armed, s.due)]


def _of_steps(step: Expr) -> bool:
    """Return whether `step` may speak of steps that are none of those it names."""
    match step:
        case BoolLit(value=True):
            return False
        case Not(arg=inner):
            return not _names_its_steps(inner)
        case And(args=args):
            return any(map(_of_steps, args))
        case Or(args=args):
            return all(map(_of_steps, args))
        case _:
            return True


def _names_its_steps(e: Expr) -> bool:
    """Return whether `e` is true of named steps alone."""
    match e:
        case Happens():
            return True
        case Or(args=args):
            return all(map(_names_its_steps, args))
        case And(args=args):
            return any(map(_names_its_steps, args))
        case _:
            return False


# --- as text -------------------------------------------------------------------------------------


_Shown: TypeAlias = Callable[[Expr], str]
"""Writes an expression: equal ones alike, different ones in different ways."""


def _sort(sort: Sort) -> str:
    return f"{sort.name}{{{', '.join(sorted(sort.values))}}}" if isinstance(sort, EnumSort) else show_sort(sort)


def _parameter(p: Parameter, _: _Shown) -> str:
    return f"parameter {p.name}: {_sort(p.sort)}{show_default(p.default, p.sort)}"


def _variable(v: Variable, shown: _Shown) -> str:
    return f"variable {v.name}: {_sort(v.sort)} = {'' if v.initial is None else shown(v.initial)}"


def _definition(d: Definition, shown: _Shown) -> str:
    return f"define {d.name}: {_sort(d.sort)} = {shown(d.body)}"


def _input(i: Input) -> str:
    return f"{i.name}: {_sort(i.sort)}{show_default(i.default, i.sort)}"


def _event(e: Event, kept: frozenset[str]) -> str:
    inputs = [i for i in e.inputs if i.name in kept or (isinstance(i.sort, EnumSort) and not i.sort.values)]
    return f"event {e.name} {' '.join(map(_input, inputs))}"


def _schedule(s: Schedule, shown: _Shown) -> str:
    return f"schedule {s.name} while {shown(s.armed)} due {shown(s.due)}"


def _update(u: Update, shown: _Shown) -> str:
    on = ["each step" if c.steps is None else " ".join(sorted(c.steps)) for c in u.cases]
    cases = [f"{s} when {shown(c.guard)}: {shown(c.value)}" for s, c in zip(on, u.cases, strict=True)]
    return f"update {u.variable} {'; '.join(cases)}"
