"""What bears on what in a system: fast enough to be asked for every claim."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policydsl.core import expr as core
from policydsl.core.expr import Expr
from policydsl.core.system import System, Update
from policydsl.core.walk import nodes


@dataclass(frozen=True, slots=True)
class Influence:
    """What each variable and definition of a system reads directly, and what decides which histories there are."""

    direct: Mapping[str, frozenset[str]]
    always: frozenset[str]

    def cone(self, roots: Iterable[str]) -> frozenset[str]:
        """Return all that can bear on the values of `roots`."""
        seen: set[str] = set()
        todo = {*roots, *self.always}
        while todo:
            name = todo.pop()
            seen.add(name)
            todo |= self.direct.get(name, frozenset()) - seen
        return frozenset(seen)


def influence(system: System) -> Influence:
    """Return the influence within `system`; made once for all claims about it."""
    guards = [e.guard for e in system.events] + [e for s in system.schedules for e in (s.armed, s.due)]
    direct = {d.name: mentioned(d.body) for d in system.definitions}
    direct |= direct_reads(system.updates)
    return Influence(direct, frozenset().union(*map(mentioned, guards)))


def direct_reads(updates: Iterable[Update]) -> dict[str, frozenset[str]]:
    """Return what the new value of each variable reads."""
    return {
        u.variable: frozenset().union(*(mentioned(e) for c in u.cases for e in (c.guard, c.value))) for u in updates
    }


def mentioned(e: Expr) -> frozenset[str]:
    """Return the names that stand in `e` itself."""
    return frozenset(n.name for n in nodes(e) if isinstance(n, core.Var | core.Use))
