"""Equal expressions, and parts of systems, as one object: whatever is worked out about it is then worked out once."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from policydsl.core.expr import Expr, Node, Scale
from policydsl.core.system import (
    Case,
    Definition,
    Event,
    Input,
    Obligation,
    Parameter,
    Property,
    Schedule,
    System,
    Update,
    Variable,
)
from policydsl.core.walk import Rewritten, children, rebuilt

_Part = TypeVar("_Part", Parameter, Variable, Definition, Input, Event, Schedule, Case, Update)


class Sharing:
    """Returns for equal expressions, and equal parts, the same one, that which came first: those `beside` came so."""

    def __init__(self, beside: System | None = None) -> None:
        self._made: dict[Expr | tuple[type, Expr], Expr] = {}
        self._known: Rewritten = {}
        self._parts: dict[tuple[object, ...], object] = {}
        if beside is not None:
            self.system(beside)

    def expr(self, e: Expr) -> Expr:
        """Return the expression that stands for `e`."""
        todo = [e]
        while todo:  # no recursion: tables nest deeply
            node = todo[-1]
            if id(node) in self._known:
                todo.pop()
                continue
            parts = children(node)
            left = [part for part in parts if id(part) not in self._known]
            if left:
                todo += left
                continue
            todo.pop()
            made = rebuilt(node, tuple([self._known[id(part)][1] for part in parts]))
            key = (type(made.factor), made) if isinstance(made, Scale) else made  # 2 and 2/1 are equal in Python
            one = self._made.setdefault(key, made)
            self._known[id(node)] = (node, one)
            self._known[id(one)] = (one, one)
        return self._known[id(e)][1]

    def property(self, p: Property) -> Property:
        """Return `p` of shared expressions."""
        return Property(self.expr(p.state), self.expr(p.step))

    def obligation(self, o: Obligation) -> Obligation:
        """Return `o` of shared expressions."""
        return replace(o, property=self.property(o.property))

    def system(self, s: System) -> System:
        """Return `s` of shared expressions and parts."""
        e, part = self.expr, self._part
        return replace(
            s,
            parameters=tuple(part(p) for p in s.parameters),
            assumptions=tuple(map(e, s.assumptions)),
            variables=tuple(part(v, initial=None if v.initial is None else e(v.initial)) for v in s.variables),
            starts=tuple(map(e, s.starts)),
            definitions=tuple(part(d, body=e(d.body)) for d in s.definitions),
            events=tuple(part(x, inputs=tuple(map(part, x.inputs)), guard=e(x.guard)) for x in s.events),
            schedules=tuple(part(x, armed=e(x.armed), due=e(x.due)) for x in s.schedules),
            updates=tuple(part(u, cases=tuple(map(self._case, u.cases))) for u in s.updates),
            obligations=tuple(map(self.obligation, s.obligations)),
        )

    def _case(self, c: Case) -> Case:
        return self._part(c, guard=self.expr(c.guard), value=self.expr(c.value))

    def _part(self, made: _Part, **shared: object) -> _Part:
        """Return the part that stands for `made`, of which these fields are `shared` already."""
        own: dict[str, object] = {f.name: getattr(made, f.name) for f in fields(made)}
        before, key = _told(made, own), _told(made, {**own, **shared})
        if key not in self._parts:
            changed: dict[str, Any] = shared
            self._parts[key] = made if key == before else replace(made, **changed)
        return cast("_Part", self._parts[key])


def _told(part: object, said: Mapping[str, object]) -> tuple[object, ...]:
    """Return what tells `part`, if it says this, from others: of what is shared its place in memory."""
    return type(part), *map(_place, said.values())


def _place(value: object) -> object:
    if isinstance(value, Node | Input | Case):
        return id(value)
    return tuple(map(_place, value)) if isinstance(value, tuple) else value
