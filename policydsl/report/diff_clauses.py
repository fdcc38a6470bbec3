"""Which clauses an edit changes, and which of them by more than what things are called. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from policydsl.analyses.comparison import Comparison
from policydsl.syntax import ast

HEADER = "header"
"""What stands for the header among the numbers of clauses."""


def parting_clauses(made: Comparison) -> tuple[str, ...]:
    """Return the clauses in which the wordings can part: those that say something else, whatever it is called."""
    old, new, renames = made.wordings.old_tree, made.wordings.new_tree, made.aligned.names.renames
    called = {one.rpartition(".")[2]: other.rpartition(".")[2] for one, other in renames.items()}
    mine, theirs = (replace(tree, items=_called(tree.items, names)) for tree, names in ((old, called), (new, {})))
    return tuple(changed_clauses(mine, theirs)) or tuple(changed_clauses(old, new))


def _called(part: Any, called: Mapping[str, str]) -> Any:  # noqa: ANN401  whatever a node has
    """Return `part` of a tree with its names as they are `called`, and without summaries, which bring nothing about."""
    if isinstance(part, tuple):
        return tuple(_called(each, called) for each in part)
    if not isinstance(part, ast.Node):
        return part
    inside = {f.name: _called(getattr(part, f.name), called) for f in fields(part) if f.name != "span"}
    made = replace(part, **inside)
    match made:
        case ast.Name(text=text):
            return replace(made, text=called.get(text, text))
        case ast.Text():
            return replace(made, value="")
        case ast.Type(name=str(name)):
            return replace(made, name=called.get(name, name))
        case _:
            return made


def changed_clauses(old: ast.File, new: ast.File) -> Iterator[str]:
    """Yield the numbers of clauses whose text is not the same, layout and comments aside, in the old text's order."""
    mine, theirs = _clauses(old), _clauses(new)
    for number, clause in mine.items():
        if theirs.get(number) != clause:
            yield number
    yield from (n for n in theirs if n not in mine)


def _clauses(tree: ast.File) -> dict[str, ast.Item]:
    found: dict[str, ast.Item] = {}
    for item in tree.items:
        match item:
            case ast.Clause(number=number) | ast.NotFormalised(clause=number):
                found[number.number] = item
            case ast.Policy():
                found[HEADER] = replace(item, effective=None, histories_from=None, edition=None, labels=())
            case _:
                pass
    return found
