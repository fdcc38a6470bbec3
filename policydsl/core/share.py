"""Equal expressions as one object: whatever is worked out about it is then worked out once."""

from dataclasses import replace

from policydsl.core.expr import Expr, Scale
from policydsl.core.system import Obligation, Property, System, Update
from policydsl.core.walk import Rewritten, children, rebuilt


class Sharing:
    """Returns for equal expressions the same one, that which came first."""

    def __init__(self) -> None:
        self._made: dict[Expr | tuple[type, Expr], Expr] = {}
        self._known: Rewritten = {}

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
        """Return `s` of shared expressions."""
        e = self.expr
        return replace(
            s,
            assumptions=tuple(map(e, s.assumptions)),
            variables=tuple(replace(v, initial=None if v.initial is None else e(v.initial)) for v in s.variables),
            starts=tuple(map(e, s.starts)),
            definitions=tuple(replace(d, body=e(d.body)) for d in s.definitions),
            events=tuple(replace(x, guard=e(x.guard)) for x in s.events),
            schedules=tuple(replace(x, armed=e(x.armed), due=e(x.due)) for x in s.schedules),
            updates=tuple(
                Update(u.variable, tuple(replace(c, guard=e(c.guard), value=e(c.value)) for c in u.cases))
                for u in s.updates
            ),
            obligations=tuple(map(self.obligation, s.obligations)),
        )
