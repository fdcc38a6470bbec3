"""A policy as a picture: who can do what, which states that changes, and what it depends on. Pure."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.core.expr import Expr
from policydsl.core.system import System
from policydsl.core.walk import definition_table, names
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.diagnostics import harmless

NodeKind: TypeAlias = Literal["role", "event", "schedule", "state", "duty"]
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Node:
    """Something the policy declares; `label` is what it is called, `clause` where it stands."""

    name: str
    kind: NodeKind
    label: str
    clause: str


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` causes or changes `target`, by the clauses named; with `reads`, only where the source allows."""

    source: str
    target: str
    clauses: tuple[str, ...]
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges in document order."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_of(policy: LoadedPolicy) -> Graph:
    """Return who does what in `policy`, which states each event and schedule sets, and which states it depends on."""
    nodes = tuple(_nodes(policy))
    known = {n.name for n in nodes}
    merged: dict[tuple[str, str, bool], dict[str, None]] = {}
    for edge in _edges(policy):
        if {edge.source, edge.target} <= known:
            merged.setdefault((edge.source, edge.target, edge.reads), {}).update(dict.fromkeys(edge.clauses))
    edges = tuple(Edge(s, t, tuple(clauses), reads) for (s, t, reads), clauses in merged.items())
    linked = {end for e in edges for end in (e.source, e.target)}
    return Graph(policy.header.title, tuple(n for n in nodes if n.kind != "role" or n.name in linked), edges)


_KINDS: dict[str, NodeKind] = {
    "role": "role",
    "occurrence": "event",
    "act": "event",
    "schedule": "schedule",
    "duty": "duty",
    "state": "state",
}


def _nodes(policy: LoadedPolicy) -> Iterator[Node]:
    for symbol in policy.symbols.values():
        kind = _KINDS.get(symbol.kind)
        if kind is not None:
            label = symbol.labels.get("en") or symbol.name.replace("_", " ")
            yield Node(symbol.name, kind, label, symbol.clause)


def _edges(policy: LoadedPolicy) -> Iterator[Edge]:
    system = policy.system
    for event in system.events:
        if event.actor is not None:
            yield Edge(event.actor, event.name, (event.clause,) if event.clause else ())
        yield from _reads(policy, event.guard, event.name)
    for schedule in system.schedules:
        name = _declared(policy, schedule.name)
        yield from _reads(policy, schedule.armed, name)
        yield from _reads(policy, schedule.due, name)
    for update in system.updates:
        target = _declared(policy, update.variable)
        for case in update.cases:
            for step in sorted(case.steps if case.steps is not None else _steps(system)):
                yield Edge(_declared(policy, step), target, (case.clause,) if case.clause else ())


def _steps(system: System) -> set[str]:
    return {e.name for e in system.events} | {s.name for s in system.schedules}


def _reads(policy: LoadedPolicy, condition: Expr, target: str) -> Iterator[Edge]:
    """Yield an edge from each state that `condition` looks at."""
    for name in sorted(names(condition, definition_table(policy.system))):
        source = _declared(policy, name)
        if source != target and source in policy.symbols and policy.symbols[source].kind in {"state", "duty"}:
            yield Edge(source, target, (), reads=True)


def _declared(policy: LoadedPolicy, name: str) -> str:
    """Return the declared name behind a name of the core (`score[user]`, `until.set`, `answer.due`)."""
    bare = name.partition("[")[0]
    return bare if bare in policy.symbols else bare.partition(".")[0]


# --- Mermaid -------------------------------------------------------------------------------------

_SHAPES: dict[NodeKind, tuple[str, str]] = {
    "role": ("([", "])"),
    "event": ("[", "]"),
    "schedule": ("{{", "}}"),
    "state": ("[(", ")]"),
    "duty": ("[/", "/]"),
}


def mermaid(graph: Graph) -> str:
    """Return `graph` as a Mermaid flowchart, which GitHub draws in Markdown."""
    number = {n.name: f"n{i}" for i, n in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for node in graph.nodes:
        left, right = _SHAPES[node.kind]
        lines.append(f'    {number[node.name]}{left}"{_quoted(_label(node, "<br/>"))}"{right}')
    for edge in graph.edges:
        arrow = "-.->" if edge.reads else "-->"
        said = f'|"{_quoted(_short(", ".join(edge.clauses)))}"|' if edge.clauses and not edge.reads else ""
        lines.append(f"    {number[edge.source]} {arrow}{said} {number[edge.target]}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return `text` with every character that means something to Mermaid, or to HTML, written as a number."""
    head, *rest = text.split("<br/>", 1)
    parts = [
        "".join(c if c.isalnum() or c in " .,()-/'" else f"#{ord(c)};" for c in harmless(p)) for p in (head, *rest)
    ]
    return "<br/>".join(parts)


def _label(node: Node, line_break: str) -> str:
    return f"{_short(node.label)}{line_break}({_short(node.clause)})" if node.clause else _short(node.label)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


# --- Graphviz ------------------------------------------------------------------------------------

_DOT_SHAPES: dict[NodeKind, str] = {
    "role": "ellipse",
    "event": "box",
    "schedule": "hexagon",
    "state": "cylinder",
    "duty": "parallelogram",
}


def dot(graph: Graph) -> str:
    """Return `graph` in the language of Graphviz."""
    import graphviz  # noqa: PLC0415  only those who want a picture need it

    made = graphviz.Digraph(graph_attr={"rankdir": "LR"}, node_attr={"fontname": "sans-serif"})
    made.attr("graph", label=_dot(graph.title), labelloc="t", fontname="sans-serif")
    made.attr("edge", fontname="sans-serif", fontsize="10")
    number = {n.name: f"n{i}" for i, n in enumerate(graph.nodes)}
    for node in graph.nodes:
        made.node(number[node.name], _dot(_label(node, "\n")), shape=_DOT_SHAPES[node.kind])
    for edge in graph.edges:
        label = _dot(_short(", ".join(edge.clauses))) if edge.clauses and not edge.reads else None
        made.edge(number[edge.source], number[edge.target], label=label, style="dashed" if edge.reads else None)
    return str(made.source)


def _dot(text: str) -> str:
    """Return `text` as a label that is never taken for HTML or for an escape."""
    import graphviz  # noqa: PLC0415  see above

    return str(graphviz.nohtml(graphviz.escape("\n".join(harmless(line) for line in text.split("\n")))))
