"""What all of the tree is made of: nodes with their places, names, texts, labels."""

from collections.abc import Container, Iterator
from dataclasses import field, fields
from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.base.span import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Every node knows its span; spans never take part in equality."""

    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name as written, declared or used."""

    text: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A quoted text, unescaped."""

    value: str


@dataclass(frozen=True, slots=True)
class ClauseRef(Node):
    """The document's own number of a clause."""

    number: str


@dataclass(frozen=True, slots=True)
class Label(Node):
    """What a declared name is called in a language (`zh`, `en`)."""

    language: str
    text: str


Labels: TypeAlias = tuple[Label, ...]


def nodes(part: object, besides: Container[str] = ()) -> Iterator[Node]:
    """Yield the nodes that `part` of a tree (a node, some in a row, or what is no node) is made of, itself first.

    They come in the order of the text; what fields called as in `besides` hold is left out.
    """
    if isinstance(part, tuple):
        for each in part:
            yield from nodes(each, besides)
    elif isinstance(part, Node):
        yield part
        for f in fields(part):
            if f.name not in besides:
                yield from nodes(getattr(part, f.name), besides)


def names_within(part: object) -> Iterator[Name]:
    """Yield the names that stand in `part` of a tree, as written."""
    return (n for n in nodes(part) if isinstance(n, Name))
