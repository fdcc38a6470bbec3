"""What two wordings do not both have, or not so that it can be compared: whose is it, and does it show?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Literal, TypeAlias

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff_align import COMMON, Apart
from policydsl.analyses.diff_orders import orders_in_old_words, unplaced
from policydsl.base.records import dataclass
from policydsl.core.cone import bearing
from policydsl.core.expr import EnumSort, Use, Var
from policydsl.core.system import System
from policydsl.core.walk import expressions, nodes
from policydsl.front.loaded import ClauseInfo, LoadedPolicy, Order
from policydsl.syntax import ast


def apart_for(made: Comparison) -> Mapping[str, tuple[str, ...]]:
    """Return by role what is better or worse for it and cannot be compared everywhere.

    That an act is permitted which only one wording has is compared: it never is under the other. That something can
    happen is not: of what it does not speak of, a wording does not say that. What bears on a clause that is not
    formalised, and not the same in both, is not compared with what that says.
    """
    acts = {e.name for s in (made.aligned.old, made.aligned.new) for e in s.events if e.kind == "act"}
    about: dict[str, Apart] = dict.fromkeys(listed_apart(made), "other index")
    about |= {n: r.about for r in made.aligned.remarks if r.about in COMMON | _ONLY for n in r.names}
    found: dict[str, dict[str, None]] = {}
    for o in _orders(made):
        where = about.get(o.name)
        known = where in _ONLY and o.name in acts and o.way in {"permitted", "not permitted"}
        if (where is not None and not known) or touched(made, o.name):
            found.setdefault(o.role, {})[o.name] = None
    for order in unplaced_in(made):
        found.setdefault(order.role, {})[order.name] = None
    for hand in changed_hands(made):
        for role in (hand.old, hand.new):
            if role is not None:
                found.setdefault(role, {})[hand.name] = None
    for role, name in _new_duties(made):
        found.setdefault(role, {})[name] = None
    return {role: tuple(names) for role, names in found.items()}


_ONLY = frozenset({"only old", "only new"})


def _new_duties(made: Comparison) -> Iterator[tuple[str, str]]:
    """Yield by whom something is owed under the new wording alone, whatever becomes of whoever misses it."""
    back = made.aligned.names.old()
    for symbol in made.wordings.new.symbols.values():
        if symbol.kind == "duty" and symbol.owed_by and back.new(symbol.name) not in made.wordings.old.symbols:
            yield back.new(symbol.owed_by), symbol.name


def unplaced_in(made: Comparison) -> Mapping[Order, tuple[str, ...]]:
    """Return the orders by which nothing can be compared, with the values of which they do not say how good they are.

    Those of what the wordings do not both have are told as that.
    """
    both = {j.outcome.name for j in made.judged}
    every = unplaced(made.wordings.old, made.wordings.new, made.aligned.names)
    return {order: values for order, values in every if order.name in both}


def _orders(made: Comparison) -> Iterator[Order]:
    """Yield what is declared to be better for whom; what is permitted is so for its actor, if nothing is declared."""
    declared = (*made.wordings.old.orders, *orders_in_old_words(made.wordings.new, made.aligned.names))
    yield from declared
    said = {(o.role, o.name) for o in declared if o.way in {"permitted", "not permitted"}}
    for event in (*made.aligned.old.events, *made.aligned.new.events):
        if event.kind == "act" and event.actor and (event.actor, event.name) not in said:
            yield Order(event.actor, event.name, "permitted", (), None)


@dataclass(frozen=True, slots=True)
class Hand:
    """What is done, decided (a field or choice) or owed (a duty) by `old` under one wording, by `new` under the other.

    Roles are in the old wording's words; None is nobody in particular.
    """

    name: str
    kind: Literal["event", "choice", "duty"]
    old: str | None
    new: str | None


def changed_hands(made: Comparison) -> Iterator[Hand]:
    """Yield what both wordings have and somebody else does, decides or owes under the new one."""
    theirs, names = {e.name: e for e in made.aligned.new.events}, made.aligned.names
    every: list[Hand] = []
    for event in (e for e in made.aligned.old.events if e.name in theirs):
        every.append(Hand(event.name, "event", event.actor, theirs[event.name].actor))
        its = {i.name: i.by for i in theirs[event.name].inputs}
        every += [Hand(i.name, "choice", i.by, its[i.name]) for i in event.inputs if i.name in its]
    for symbol in made.wordings.old.symbols.values():
        other = made.wordings.new.symbols.get(names.new(symbol.name))
        if other is not None and symbol.kind == other.kind == "duty":
            every.append(Hand(symbol.name, "duty", symbol.owed_by, names.old().new(other.owed_by)))
    yield from (hand for hand in every if hand.old != hand.new)


def counted_otherwise(made: Comparison) -> Iterator[tuple[str, bool]]:
    """Yield the counts that include the event at hand under one wording alone, and whether they do so now.

    What that changes shows in what looks at the count; a claim may look at it all the same.
    """
    mine, theirs = (
        {part.name.text: part.included for item in tree.items if isinstance(item, ast.Clause) for part in item.items
         if isinstance(part, ast.Count)} for tree in (made.wordings.old_tree, made.wordings.new_tree)
    )  # fmt: skip
    for name, included in mine.items():
        now = theirs.get(made.aligned.names.new(name), included)
        if now != included:
            yield name, now


Changed: TypeAlias = Literal["only old", "only new", "says otherwise", "not any more", "now"]
"""What becomes of a clause that is not formalised: it is not formalised any more, is now, or stays so."""


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """A clause that a wording does not formalise, and that is not the same in the other; what it `affects`."""

    clause: str
    change: Changed
    affects: tuple[str, ...]


def unmodelled(made: Comparison) -> tuple[Unmodelled, ...]:
    """Return the clauses, not formalised in one wording at least, that do not say the same in both."""
    one, other = ({c.number: c for c in p.clauses} for p in (made.wordings.old, made.wordings.new))
    mine, theirs = ([_said(c) for c in side.values()] for side in (one, other))
    found: list[Unmodelled] = []
    for number in dict.fromkeys((*one, *other)):
        before, after = one.get(number), other.get(number)
        was, now = _said(before), _said(after)
        moved = (was is None or was in theirs) and (now is None or now in mine)
        if was != now and not moved:
            affects = dict.fromkeys(n for c in (before, after) if c is not None for n in c.affects)
            found.append(Unmodelled(number, _change(before, after), tuple(affects)))
    return tuple(found)


def _said(clause: ClauseInfo | None) -> tuple[object, ...] | None:
    return None if clause is None or clause.because is None else (clause.summary, clause.affects)


def _change(before: ClauseInfo | None, after: ClauseInfo | None) -> Changed:
    if before is None or after is None:
        return "only new" if before is None else "only old"
    if before.because is None:
        return "not any more"
    return "now" if after.because is None else "says otherwise"


def touched(made: Comparison, name: str) -> bool:
    """Return whether a clause that is not formalised, and not the same in both, affects what bears on `name`."""
    affecting = {n for u in unmodelled(made) for n in u.affects}
    both = ((made.wordings.old, name), (made.wordings.new, made.aligned.names.new(name)))
    return bool(affecting) and any(affecting & _bearing(policy, own) for policy, own in both)


def _bearing(policy: LoadedPolicy, name: str) -> set[str]:
    """Return all that bears on the state, value or event `name`, with what it is of and by its last name alone."""
    roots = [n for n in policy.influence.direct if _head(n) == name]
    seen = {name, *policy.influence.cone(roots)}
    return seen | set(map(_head, seen)) | {n.rpartition(".")[2] for n in seen}


def _head(name: str) -> str:
    return name.partition("[")[0].partition(".")[0]


def lone_outcomes(made: Comparison) -> tuple[str, ...]:
    """Return what only one wording has and that shows: what happens, what is owed, and what nothing else looks at.

    State and values that something looks at show in that; what is declared to be better for somebody shows itself.
    """
    ordered = {o.name for o in _orders(made)}
    systems = {"only old": made.wordings.old.system, "only new": made.wordings.new.system}
    return tuple(
        dict.fromkeys(
            n
            for r in made.aligned.remarks
            if r.about in _ONLY
            for n, kind in zip(r.names, r.kinds, strict=True)
            if kind in _SHOWN or n in ordered or (kind in _VALUED and not _looked_at(n, systems[r.about]))
        )
    )


_SHOWN = frozenset({"occurrence", "act", "duty"})
_VALUED = frozenset({"state", "definition", "table", "count"})


def admitted_apart(made: Comparison) -> tuple[str, ...]:
    """Return the parameters, and what is open at the start, of which one wording admits values that the other does not.

    They are compared for what both admit: of the rest nothing is said.
    """
    found = {n: None for r in made.aligned.remarks if r.about in {"admits", "starts"} for n in r.names}
    values = {r.of for r in made.aligned.remarks if r.about in {"values only old", "values only new"} and not r.kinds}
    mine, theirs = (
        {p.name: p.sort for p in s.parameters} | {v.name: v.sort for v in s.variables if v.initial is None}
        for s in (made.aligned.old, made.aligned.new)
    )
    common = (n for n, sort in mine.items() if n in theirs and isinstance(sort, EnumSort) and sort.name in values)
    return tuple(dict.fromkeys((*found, *common)))


def defaults_apart(made: Comparison) -> tuple[str, ...]:
    """Return the parameters and readings with another default now that bear on what is better or worse for somebody.

    Only what differs with each wording at its own counts. Elsewhere these have the same values under both wordings.
    """
    if made.at_defaults is None:
        return ()
    differ = {(j.outcome.kind, j.outcome.name) for j in made.at_defaults.judged if j.relation != "equivalent"}
    said = (o for o in made.outcomes if o.orders and (o.kind, o.name) in differ)
    found = bearing(made.twin.system, [e for o in said for v in chain(*o.compared) for e in (v.value, v.present)])
    return tuple(d.parameter.name for d in made.defaults if d.parameter.name in found)


def begins_otherwise(made: Comparison) -> bool:
    """Return whether histories begin on another day: as is said, not only because the text takes effect on another."""
    trees = made.wordings.old_tree, made.wordings.new_tree
    said = any(i.histories_from is not None for t in trees for i in t.items if isinstance(i, ast.Policy))
    return said and made.wordings.old.header.histories_from != made.wordings.new.header.histories_from


def listed_apart(made: Comparison) -> tuple[str, ...]:
    """Return what has a value for each of an enumeration that has other values in the new wording: not all compare."""
    of = {r.of for r in made.aligned.remarks if r.about in {"values only old", "values only new"} and not r.kinds}
    names, theirs = made.aligned.names, made.wordings.new.symbols
    return tuple(s.name for s in made.wordings.old.symbols.values() if s.index_of in of and names.new(s.name) in theirs)


def shows_itself(made: Comparison, name: str) -> bool:
    """Return whether nothing else in either wording looks at `name`, so that it shows in nothing else."""
    both = ((made.wordings.old.system, name), (made.wordings.new.system, made.aligned.names.new(name)))
    return not any(_looked_at(own, system) for system, own in both)


def _looked_at(name: str, system: System) -> bool:
    """Return whether anything else in `system`, its starts aside, looks at the state or value `name`."""

    def own(called: str) -> bool:
        return called == name or called.startswith((f"{name}.", f"{name}["))

    return any(
        isinstance(n, Use | Var) and own(n.name)
        for owner, e in expressions(replace(system, starts=(), obligations=()))
        if not own(owner.rpartition(" ")[2])
        for n in nodes(e)
    )
