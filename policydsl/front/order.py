"""The order of computation: definitions and updates, each after what it needs; cycles are the user's mistakes."""

import graphlib
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.core.expr import At, Expr, Use, Var, View
from policydsl.core.system import Definition, Update
from policydsl.core.walk import children

Node: TypeAlias = tuple[str, View]
"""A definition in a view, or (variable, AFTER): its new value."""


def needs(e: Expr, view: View) -> Iterator[Node]:
    """Yield what the value of `e` in `view` needs directly."""
    todo = [(e, view)]
    while todo:
        here, at = todo.pop()
        match here:
            case Use(name=name):
                yield (name, at)
            case Var(name=name) if at is View.AFTER:
                yield (name, at)
            case At(view=other, body=body):
                todo.append((body, other))
            case _:
                todo.extend((child, at) for child in children(here))


@dataclass(frozen=True, slots=True)
class Ordered:
    """Both in dependency order."""

    definitions: tuple[Definition, ...]
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Names that depend on each other without end."""

    names: tuple[str, ...]


def ordered(definitions: Sequence[Definition], updates: Sequence[Update]) -> Ordered | Cycle:
    """Return both in dependency order, or a cycle."""
    bodies = {d.name: d for d in definitions}
    changes = {u.variable: u for u in updates}
    # Dictionaries for sets: the order that comes out must be that of the text, not that of hashes.
    graph: dict[Node, dict[Node, None]] = {}
    todo: list[Node] = [(d.name, v) for d in definitions for v in View] + [(u.variable, View.AFTER) for u in updates]
    while todo:
        node = todo.pop()
        if node in graph:
            continue
        name, view = node
        found: list[Node] = []
        if name in bodies:
            found.extend(needs(bodies[name].body, view))
        elif name in changes:
            for case in changes[name].cases:
                found.extend(needs(case.guard, View.BEFORE))
                found.extend(needs(case.value, View.BEFORE))
        graph[node] = dict.fromkeys(n for n in found if n[0] in bodies or n[0] in changes)
        todo.extend(graph[node])
    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        return Cycle(tuple(dict.fromkeys(str(n[0]) for n in error.args[1])))
    rank = {node: i for i, node in enumerate(order)}
    # A definition stands behind all it uses in the view in which it is deepest; plain uses decide.
    uses = {d.name: dict.fromkeys(n for n, _ in needs(d.body, View.BEFORE) if n in bodies) for d in definitions}
    try:
        by_use = list(graphlib.TopologicalSorter(uses).static_order())
    except graphlib.CycleError as error:
        return Cycle(tuple(dict.fromkeys(str(n) for n in error.args[1])))
    place = {name: i for i, name in enumerate(by_use)}
    return Ordered(
        tuple(sorted(definitions, key=lambda d: place[d.name])),
        tuple(sorted(updates, key=lambda u: rank[(u.variable, View.AFTER)])),
    )
