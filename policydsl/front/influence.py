"""What bears on what in a system: fast enough to be asked for every claim and every story."""

from collections.abc import Iterable, Mapping

from policydsl.base.records import dataclass
from policydsl.core import walk
from policydsl.core.expr import Expr
from policydsl.core.system import Question, System, Update


@dataclass(frozen=True, slots=True)
class Influence:
    """What each variable and definition of `system` reads directly, and what decides which histories there are."""

    system: System
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

    def seen(self, question: Question) -> frozenset[str]:
        """Return the names that can bear on the answer to `question`, whose system is mostly an offspring of this one.

        Offspring have other guards and assumptions, and a monitor's variables after those of the policy; for any other
        system all is worked out anew.
        """
        own, base = question.system, self.system
        p = question.property
        roots = [p.state, p.step, *([] if question.trigger is None else [question.trigger])]
        read = frozenset().union(*map(mentioned, (*roots, *own.assumptions, *own.starts)))
        if own is base or not _offspring(own, base):
            return (self if own is base else influence(own)).cone(read)
        known = {id(e) for e in _deciding(base)}  # those are in `always`
        read = read.union(*(mentioned(e) for e in _deciding(own) if id(e) not in known))
        more = own.updates[len(base.updates) :]
        return self.cone(read.union(*direct_reads(more).values())) | {u.variable for u in more}


def influence(system: System) -> Influence:
    """Return the influence within `system`; made once for all questions about it."""
    direct = {d.name: mentioned(d.body) for d in system.definitions}
    for name, read in direct_reads(system.updates).items():
        direct[name] = direct.get(name, frozenset()) | read
    for v in system.variables:
        if v.initial is not None:
            direct[v.name] = direct.get(v.name, frozenset()) | mentioned(v.initial)
    return Influence(system, direct, frozenset().union(*map(mentioned, _deciding(system))))


def _offspring(system: System, base: System) -> bool:
    """Return whether `system` gives the names of `base` their values as `base` does."""
    before = zip(base.updates, system.updates, strict=False)
    return (
        system.definitions is base.definitions
        and len(system.updates) >= len(base.updates)
        and system.variables[: len(base.variables)] == base.variables
        and all(a is b for a, b in before)
    )


def _deciding(system: System) -> list[Expr]:
    """Return what decides which steps can be taken: guards and schedules."""
    return [e.guard for e in system.events] + [e for s in system.schedules for e in (s.armed, s.due)]


def direct_reads(updates: Iterable[Update]) -> dict[str, frozenset[str]]:
    """Return what the new value of each variable reads."""
    return {
        u.variable: frozenset().union(*(mentioned(e) for c in u.cases for e in (c.guard, c.value))) for u in updates
    }


def mentioned(e: Expr) -> frozenset[str]:
    """Return the names that stand in `e` itself."""
    variables, definitions = walk.mentioned(e)
    return variables | definitions
