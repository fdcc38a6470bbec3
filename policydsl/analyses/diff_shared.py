"""What two wordings have in common, once: names whose copies are the same, by construction."""

from collections.abc import Iterable
from dataclasses import replace

from policydsl.core.conditions import conjunction, conjuncts
from policydsl.core.expr import TRUE, Expr, Use, Var
from policydsl.core.fold import everywhere
from policydsl.core.system import Case, Definition, System, Variable
from policydsl.core.walk import nodes, rewrite


def canonical(e: Expr, shared: frozenset[str]) -> Expr:
    """Return `e` with the second copy of everything `shared` replaced by the first."""

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Var | Use) and node.name.startswith("second/") and node.name[7:] in shared:
            return replace(node, name=f"first/{node.name[7:]}")
        return None

    return rewrite(e, change)


def shared_names(system: System) -> frozenset[str]:
    """Return the greatest set of names whose two copies have the same text, read over that set."""
    variables = {v.name: v for v in system.variables}
    definitions = {d.name: d for d in system.definitions}
    updates = {u.variable: u.cases for u in system.updates}
    known: dict[str, Variable | Definition] = {**variables, **definitions}
    left = {
        n[6:]
        for n, mine in known.items()
        if n.startswith("first/")
        and (its := known.get(f"second/{n[6:]}")) is not None
        and type(its) is type(mine)
        and its.sort == mine.sort
    }
    readers: dict[str, set[str]] = {}
    todo = set(left)
    while todo:
        name = todo.pop()
        if name not in left:
            continue
        if f"first/{name}" in definitions:
            sides: list[tuple[Expr, ...]] = [(definitions[f"{s}/{name}"].body,) for s in ("first", "second")]
        else:
            sides = [_texts(variables[f"{s}/{name}"], updates.get(f"{s}/{name}", ())) for s in ("first", "second")]
        shared = frozenset(left)
        one, other = ([canonical(e, shared) for e in side] for side in sides)
        for e in (*sides[0], *sides[1]):
            for read in _read(e):
                readers.setdefault(read, set()).add(name)
        if one != other or _shape(variables, updates, name, "first") != _shape(variables, updates, name, "second"):
            left.discard(name)
            todo |= readers.get(name, set()) & left
    return frozenset(left)


def _read(e: Expr) -> Iterable[str]:
    return {n.name.partition("/")[2] for n in nodes(e) if isinstance(n, Var | Use) and "/" in n.name}


def _texts(variable: Variable, cases: Iterable[Case]) -> tuple[Expr, ...]:
    initial = () if variable.initial is None else (variable.initial,)
    return (*initial, *(e for c in cases for e in (c.guard, c.value)))


def _shape(
    variables: dict[str, Variable], updates: dict[str, tuple[Case, ...]], name: str, side: str
) -> tuple[object, ...]:
    """Return what `_texts` leaves out."""
    variable = variables.get(f"{side}/{name}")
    return (variable is None or variable.initial is None, *(c.steps for c in updates.get(f"{side}/{name}", ())))


def merged(system: System, shared: frozenset[str]) -> System:
    """Return `system` without the second copies of what is shared."""
    gone = {f"second/{name}" for name in shared}
    kept = replace(
        system,
        variables=tuple(v for v in system.variables if v.name not in gone),
        definitions=tuple(d for d in system.definitions if d.name not in gone),
        updates=tuple(u for u in system.updates if u.variable not in gone),
    )
    made = everywhere(kept, lambda e: canonical(e, shared))
    events = tuple(replace(e, guard=conjunction(list(dict.fromkeys(conjuncts(e.guard))))) for e in made.events)
    starts = tuple(e for e in dict.fromkeys(made.starts) if not _trivial(e))
    return replace(made, events=events, starts=starts, assumptions=tuple(dict.fromkeys(made.assumptions)))


def _trivial(e: Expr) -> bool:
    return e == TRUE or (hasattr(e, "left") and hasattr(e, "right") and not hasattr(e, "strict") and e.left == e.right)
