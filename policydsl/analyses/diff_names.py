"""What the things of one wording are called in the other: names, and systems, expressions and steps in them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace

from policydsl.base.records import dataclass
from policydsl.core.expr import EnumLit, EnumSort, Expr, Happens, Sort, Use, Value, Var
from policydsl.core.system import Event, Property, Step, System, Update
from policydsl.core.walk import expressions, nodes, rewrite
from policydsl.front.loaded import LoadedPolicy


@dataclass(frozen=True, slots=True)
class Names:
    """What names of the old wording are called in the new one; all others are called the same.

    `indices` and `theirs` say, for either wording, of which enumeration the index of a name is.
    """

    renames: Mapping[str, str]
    indices: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)

    def new(self, name: str) -> str:
        """Return what the declared or derived name (`score.n`, `strikes[spam]`, `breach.length`) is called there.

        Where something else is called so there, that is no name of any policy.
        """
        if not self.renames or name in self.renames:
            return self.renames.get(name, name)
        cut = min((i for i in (name.find("."), name.find("[")) if i >= 0), default=len(name))
        head, rest = name[:cut], name[cut:]
        if rest.startswith("[") and head in self.indices:
            index, _, tail = rest[1:].partition("]")
            rest = f"[{self._value(self.indices[head], index)}]{tail}"
        return self._free((self.new(head) if rest else head) + rest)

    def _value(self, enumeration: str, value: str) -> str:
        full = f"{enumeration}.{value}"
        made = self.renames.get(full) or self._free(f"{self.new(enumeration)}.{value}")
        return made.rpartition(".")[2]

    def _free(self, name: str) -> str:
        """Return `name`, unless something else is renamed to it."""
        return f"{name} before" if name in self.renames.values() else name

    def old(self) -> "Names":
        """Return the way back."""
        return Names({new: old for old, new in self.renames.items()}, self.theirs, self.indices)

    def value(self, sort: Sort, value: Value) -> Value:
        """Return what `value`, one of the old wording's `sort`, is called."""
        if not isinstance(sort, EnumSort):
            return value
        return self._value(sort.name, str(value)) if self.renames else value


def names_of(old: LoadedPolicy, new: LoadedPolicy, renames: Mapping[str, str]) -> Names:
    """Return what names of `old` are called in `new`, given `renames` of declared ones."""
    indices = ({s.name: s.index_of for s in p.symbols.values() if s.index_of} for p in (old, new))
    return Names(renames, *indices)


def renamed(system: System, names: Names) -> System:
    """Return `system` with all its names as `names` has them."""
    return mapped(system, names.new, lambda sort: _renamed_sort(sort, names), names)


def renamed_expr(e: Expr, names: Names) -> Expr:
    """Return `e` with all its names as `names` has them."""
    return _rewriting(names.new, lambda sort: _renamed_sort(sort, names), names)(e)


def _renamed_sort(sort: Sort, names: Names) -> Sort:
    if not isinstance(sort, EnumSort):
        return sort
    return EnumSort(names.new(sort.name), tuple(str(names.value(sort, v)) for v in sort.values))


def _rewriting(name: Callable[[str], str], sort: Callable[[Sort], Sort], values: Names) -> Callable[[Expr], Expr]:
    def change(node: Expr) -> Expr | None:
        match node:
            case Var(name=n, sort=s):
                return Var(name(n), sort(s))
            case Use(name=n, sort=s):
                return Use(name(n), sort(s))
            case EnumLit(sort=s, value=v):
                made = sort(s)
                assert isinstance(made, EnumSort)
                return EnumLit(made, str(values.value(s, v)))
            case Happens(step=step):
                return Happens(name(step))
            case _:
                return None

    return lambda e: rewrite(e, change)


def mapped(system: System, name: Callable[[str], str], sort: Callable[[Sort], Sort], values: Names) -> System:
    """Return `system` with `name` of all its names, `sort` of all its sorts and `values` for those of enumerations."""
    e = _rewriting(name, sort, values)

    def update(u: Update) -> Update:
        cases = tuple(
            replace(c, steps=None if c.steps is None else frozenset(map(name, c.steps)), guard=e(c.guard),
                    value=e(c.value)) for c in u.cases
        )  # fmt: skip
        return Update(name(u.variable), cases)

    def role(called: str | None) -> str | None:
        return None if called is None else name(called)

    def event(x: Event) -> Event:
        inputs = tuple(
            replace(i, name=name(i.name), sort=sort(i.sort), by=role(i.by),
                    default=None if i.default is None else values.value(i.sort, i.default)) for i in x.inputs
        )  # fmt: skip
        return replace(x, name=name(x.name), actor=role(x.actor), inputs=inputs, guard=e(x.guard))

    return replace(
        system,
        parameters=tuple(
            replace(p, name=name(p.name), sort=sort(p.sort),
                    default=None if p.default is None else values.value(p.sort, p.default)) for p in system.parameters
        ),
        assumptions=tuple(map(e, system.assumptions)),
        variables=tuple(
            replace(v, name=name(v.name), sort=sort(v.sort), initial=None if v.initial is None else e(v.initial))
            for v in system.variables
        ),
        starts=tuple(map(e, system.starts)),
        definitions=tuple(replace(d, name=name(d.name), sort=sort(d.sort), body=e(d.body)) for d in system.definitions),
        events=tuple(map(event, system.events)),
        schedules=tuple(
            replace(s, name=name(s.name), armed=e(s.armed), due=e(s.due)) for s in system.schedules
        ),
        updates=tuple(map(update, system.updates)),
        obligations=tuple(
            replace(o, property=Property(e(o.property.state), e(o.property.step))) for o in system.obligations
        ),
    )  # fmt: skip


def sorts_of(system: System) -> Iterator[EnumSort]:
    """Yield the enumerations of `system`, each once."""
    declared = [p.sort for p in system.parameters] + [v.sort for v in system.variables]
    declared += [d.sort for d in system.definitions]
    inputs = [i.sort for e in system.events for i in e.inputs]
    written = [n.sort for _, e in expressions(system) for n in nodes(e) if isinstance(n, EnumLit | Var | Use)]
    yield from (s for s in dict.fromkeys([*declared, *inputs, *written]) if isinstance(s, EnumSort))


def step_in(names: Names, step: Step, system: System) -> Step:
    """Return `step`, a step of the aligned systems, as one of the new wording's `system`."""
    sorts = {i.name: i.sort for e in system.events for i in e.inputs}
    inputs = {}
    for name, value in step.inputs.items():
        own = names.new(name)
        sort = sorts.get(own)
        inputs[own] = value if not isinstance(sort, EnumSort) else _value(names, sort, value)
    return Step(names.new(step.name), step.day, inputs)


def parameters_in(names: Names, given: Mapping[str, Value], system: System) -> dict[str, Value]:
    """Return parameters of the aligned systems as those of the new wording's `system`."""
    back = names.old()
    return {p.name: _value(names, p.sort, given[back.new(p.name)]) for p in system.parameters}


def _value(names: Names, sort: Sort, value: Value) -> Value:
    """Return the new wording's name for `value`; `sort` is the new wording's."""
    if not isinstance(sort, EnumSort):
        return value
    back = names.old()
    return next((v for v in sort.values if back.value(sort, v) == value), value)
