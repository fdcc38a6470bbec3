"""Words of a clause that an amendment quotes: an expression or action, and another in its place. Trees in, tree out."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Literal, NoReturn, TypeVar

from policydsl.base.diagnostic import Diagnostic, Note
from policydsl.front.scope import WrongError, wrong
from policydsl.syntax import ast

_Part = TypeVar("_Part")
_MOST = 3
"""So many places are shown of a wording that is there several times."""


def requoted(part: _Part, edit: ast.WordsEdit, where: str) -> _Part:
    """Return `part` of a tree, which `where` says, with the one expression or action that `edit` quotes replaced.

    The quotation is of the text as it was: what the amendment itself has put there before is not searched, so that two
    values can change places. Raises WrongError unless it is there exactly once.
    """
    if isinstance(edit.old, ast.Name):
        wrong("E0701", edit.old.span, "a name alone says too little to be found",
              hint="quote more of the line, such as a comparison, or the whole line")  # fmt: skip
    if edit.old == edit.new:
        wrong("E0703", edit.span, "this replaces a wording by itself")
    nodes = [node for node in ast.nodes(part) if node.span.file != edit.span.file]
    found = [(node, new) for node in nodes for new in _with(node, edit)]
    if len(found) > 1:
        notes = tuple(Note(node.span, "here" if not i else "and here") for i, (node, _) in enumerate(found[:_MOST]))
        message = f"{where} says this {len(found)} times: which of them is meant?"
        hint = "quote more of the line, or the whole line, so that it is there once"
        raise WrongError(Diagnostic("E0701", edit.old.span, message, notes=notes, hint=hint))
    if not found:
        _report_missing(nodes, edit, where)
    ((node, new),) = found
    _check_fixed(nodes, node, new)
    made: _Part = _put(part, node, new)
    return made


def _with(node: ast.Node, edit: ast.WordsEdit) -> Iterator[ast.Node]:
    """Yield `node` with what `edit` replaces in it, for each time that it says this by itself."""
    match node, edit.old, edit.new:
        case ast.RollingWindow(length=length, unit=unit), ast.Duration(amount=amount, unit=of), new:
            if (length, unit) == (amount, of):  # `within any 90 days` is no expression, but says so many days
                yield _window(node, new)
        case _, old, new if node == old:
            yield new
        case ast.And(args=args), ast.And(args=old), ast.And(args=new):
            yield from (ast.And(node.span, made) for made in _runs(args, old, new))
        case ast.Or(args=args), ast.Or(args=old), ast.Or(args=new):
            yield from (ast.Or(node.span, made) for made in _runs(args, old, new))
        case ast.Sum(), ast.Sum(), ast.Sum() if edit.old.rounding is edit.new.rounding is None:
            for (_, first), *rest in _runs(_terms(node), _terms(edit.old), _terms(edit.new)):
                yield replace(node, first=first, rest=tuple(rest))
        case _:
            return


def _runs(parts: tuple[_Part, ...], old: tuple[_Part, ...], new: tuple[_Part, ...]) -> Iterator[tuple[_Part, ...]]:
    """Yield `parts` with `new` for `old`, for each place where that stands in them side by side."""
    for i in range(len(parts) - len(old) + 1):
        if parts[i : i + len(old)] == old:
            yield (*parts[:i], *new, *parts[i + len(old) :])


def _terms(e: ast.Sum) -> tuple[tuple[Literal["+", "-"], ast.Expr], ...]:
    return (("+", e.first), *e.rest)


def _window(node: ast.RollingWindow, new: ast.Expr | ast.Action) -> ast.RollingWindow:
    match new:
        case ast.Duration(amount=length, unit=("days" | "months") as unit) if length:
            return replace(node, length=length, unit=unit)
        case _:
            wrong("E0701", new.span, "a rolling window has a length in days or months",
                  hint="quote the whole line to change what kind of window it is")  # fmt: skip


def _check_fixed(nodes: list[ast.Node], old: ast.Node, new: ast.Node) -> None:
    """Raise if a constant must stand in the place of `old` (in cells and defaults, or a name), and `new` is none."""
    held: tuple[ast.Expr | None, ...]
    for node in nodes:
        match node:
            case ast.Range(low=low, high=high) | ast.Interval(low=low, high=high):
                held, named = (low, high), False
            case ast.OrderCell(bound=bound):
                held, named = (bound,), False
            case ast.ValuesCell(values=values):
                held, named = values, True
            case ast.Parameter(default=default) | ast.Field(default=default):
                held, named = (default,), True
            case _:
                continue
        if any(each is old for each in held):
            value = new.arg if isinstance(new, ast.Negative) else new
            if not isinstance(value, ast.Constant) and not (named and isinstance(new, ast.Name)):
                wrong("E0301", new.span, "a constant is needed here")


def _report_missing(nodes: list[ast.Node], edit: ast.WordsEdit, where: str) -> NoReturn:
    akin = [node for node in nodes if _akin(node, edit.old)]
    done = edit.new in nodes
    notes = tuple(Note(node.span, "it says here") for node in akin[:_MOST])
    hint = "is the amendment applied already?" if done else None
    raise WrongError(Diagnostic("E0701", edit.old.span, f"{where} does not say this", notes=notes, hint=hint))


def _akin(node: ast.Node, quoted: ast.Expr | ast.Action) -> bool:
    """Return whether `node` may be what `quoted` has become: another value of its kind, or a change of the same."""
    match quoted:
        case ast.SetAction(target=target):
            return isinstance(node, ast.SetAction) and node.target == target
        case ast.Compare(first=first):
            return isinstance(node, ast.Compare) and node.first == first
        case _:
            return isinstance(quoted, ast.Constant) and type(node) is type(quoted)


def _put(part: Any, old: ast.Node, new: ast.Node) -> Any:  # noqa: ANN401  whatever a node has
    """Return `part` with `new` for the very node `old`."""
    if part is old:
        return new
    if isinstance(part, tuple):
        return tuple(_put(each, old, new) for each in part)
    if not isinstance(part, ast.Node):
        return part
    return replace(part, **{f.name: _put(getattr(part, f.name), old, new) for f in fields(part) if f.name != "span"})
