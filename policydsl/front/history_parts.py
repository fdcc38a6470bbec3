"""The parts that histories are made of: names and values, lists, single values; what is wrong is collected."""

from collections.abc import Iterable, Sequence
from dataclasses import field
from zoneinfo import ZoneInfo

from policydsl.base.diagnostic import Diagnostic, did_you_mean
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core.expr import Value
from policydsl.front.history_text import Fields, Listing, Scalar, Tree
from policydsl.front.history_values import Unfit, parse_value
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.types import DateType, Type, show_type


@dataclass(slots=True)
class Reader:
    """A policy, and what is wrong so far."""

    policy: LoadedPolicy
    zone: ZoneInfo
    found: list[Diagnostic] = field(default_factory=list)

    def wrong(self, code: str, span: Span, message: str, hint: str | None = None, clause: str | None = None) -> None:
        """Report a mistake."""
        self.found.append(Diagnostic(code, span, message, clause, hint=hint))


def fields_of(tree: Tree, reader: Reader, known: Sequence[str] | None, what: str, as_in: str) -> Fields | None:
    """Return `tree` as names and values, all of them `known`; say how such are written, `as_in` that example."""
    if not isinstance(tree, Fields):
        hint = f"write it as in `{as_in}`"
        reader.wrong("E0501", tree.span, f"{what} is written as names and values", hint)
        return None
    for key, _ in tree.entries:
        if known is not None and key.text not in known:
            unknown(key, f"part of {what}", known, reader, "E0501")
    return tree


def pairs(tree: Tree | None, reader: Reader, what: str) -> tuple[tuple[Scalar, Tree], ...]:
    """Return the names and values of `tree`; nothing where it is missing or something else."""
    if tree is None or (isinstance(tree, Scalar) and tree.missing):
        return ()
    if not isinstance(tree, Fields):
        reader.wrong("E0501", tree.span, f"{what} must be written as names and values")
        return ()
    return tree.entries


def items(tree: Tree | None, reader: Reader, what: str) -> tuple[Tree, ...]:
    """Return the items of the list `tree`; nothing where it is missing or something else."""
    if tree is None or (isinstance(tree, Scalar) and tree.missing):
        return ()
    if not isinstance(tree, Listing):
        reader.wrong("E0501", tree.span, f"`{what}` must be a list")
        return ()
    return tree.items


def text_of(tree: Tree | None, reader: Reader) -> str | None:
    """Return the words of `tree`, None where it is missing or not a single value."""
    if tree is None or isinstance(tree, Scalar):
        return None if tree is None or tree.missing else " ".join(tree.text.split())
    reader.wrong("E0501", tree.span, "a text is needed here")
    return None


def value_of(tree: Tree, type_: Type, reader: Reader) -> Value | None:
    """Return the value of `type_` that `tree` writes. None for `none`, and where a mistake was reported."""
    if not isinstance(tree, Scalar):
        reader.wrong("E0501", tree.span, "a single value is needed here")
        return None
    optional = isinstance(type_, DateType) and type_.optional
    made = parse_value("none" if tree.missing and optional else tree.text, type_)
    if isinstance(made, Unfit):
        hint = f"did you mean `{made.close}`?" if made.close else None
        reader.wrong(
            "E0504", tree.span, f"`{tree.text}` is not of type {show_type(type_)}: {made.wanted} fits here", hint
        )
        return None
    return made


def unknown(key: Scalar, what: str, known: Iterable[str], reader: Reader, code: str = "E0503") -> None:
    """Report that nothing is called `key`, with the name that was probably meant."""
    names = sorted(known)
    few = f"there are: {', '.join(names)}" if 0 < len(names) <= _LISTED else None
    hint = did_you_mean(key.text, names) or few
    reader.wrong(code, key.span, f"there is no {what} named `{key.text}`", hint)


_LISTED = 8
"""So many names at most are listed where none is close."""
