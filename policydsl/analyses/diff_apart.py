"""What two wordings do not both have, or not so that it can be compared: whose is it, and does it show?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff_align import COMMON
from policydsl.analyses.diff_outcomes import orders_in_old_words
from policydsl.core.expr import Use, Var
from policydsl.core.system import System
from policydsl.core.walk import expressions, nodes
from policydsl.front.loaded import Order


def apart_for(made: Comparison) -> Mapping[str, tuple[str, ...]]:
    """Return by role what is better or worse for it and cannot be compared everywhere.

    What a wording does not have is never permitted there: that is no better, or no worse.
    """
    about = {n: r.about for r in made.aligned.remarks if r.about in COMMON | _ONLY for n in r.names}
    found: dict[str, dict[str, None]] = {}
    for o in _orders(made):
        where = about.get(o.name)
        known = (where, o.way) in {("only new", "permitted"), ("only old", "not permitted")}
        if where is not None and not known:
            found.setdefault(o.role, {})[o.name] = None
    return {role: tuple(names) for role, names in found.items()}


_ONLY = frozenset({"only old", "only new"})


def _orders(made: Comparison) -> Iterator[Order]:
    """Yield what is declared to be better for whom; what is permitted is so for its actor, if nothing is declared."""
    declared = (*made.wordings.old.orders, *orders_in_old_words(made.wordings.new, made.aligned.names))
    yield from declared
    said = {(o.role, o.name) for o in declared if o.way in {"permitted", "not permitted"}}
    for event in (*made.aligned.old.events, *made.aligned.new.events):
        if event.kind == "act" and event.actor and (event.actor, event.name) not in said:
            yield Order(event.actor, event.name, "permitted", (), None)


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
