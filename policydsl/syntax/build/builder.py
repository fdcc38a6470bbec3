"""What the builders of all subjects share: places, names, numbers, lines of a block."""

import json
from fractions import Fraction
from typing import Any

from lark import Token, Transformer, v_args
from lark.tree import Meta

from policydsl.base import calendar
from policydsl.base.span import Span
from policydsl.syntax import ast


class BuildError(Exception):
    """A place where the grammar is satisfied but the tree cannot be built; becomes a diagnostic."""

    def __init__(self, code: str, span: Span, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.span, self.message, self.hint = code, span, message, hint


class Parts(dict[str, Any]):
    """Lines of a block that may come in any order, by name; a repeated single line is an error."""

    def __init__(self, lines: list[Any], single: tuple[str, ...]) -> None:
        super().__init__()
        for key, span, value in lines:
            if key in single and key in self:
                said = "what is claimed" if key == "form" else f"`{key}`"
                raise BuildError("E0108", span, f"{said} is said twice here", "keep one of the two")
            self.setdefault(key, []).append(value)

    def one(self, key: str, default: Any = None) -> Any:  # noqa: ANN401  heterogeneous by nature
        """Return the first value for `key`."""
        return self[key][0] if key in self else default

    def all(self, key: str) -> tuple[Any, ...]:
        """Return all values for `key`."""
        return tuple(self.get(key, ()))


def default(children: list[Any], at: int) -> Any:  # noqa: ANN401
    """Return the child at the place `at`, None where there is none."""
    return children[at] if len(children) > at else None


class Builder(Transformer[Token, Any]):
    """Base of the builders. `file` and `offset` (lines before the item) place the spans of a tree."""

    # Any: Lark's children are untyped; every method gives them their types at once.

    def __init_subclass__(cls) -> None:
        """Hand the rule's place to every method of a subject, as `v_args` over the class does in thrice the time."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if not name.startswith("_"):
                setattr(cls, name, v_args(meta=True)(method))

    def __init__(self, file: str, offset: int) -> None:
        super().__init__(visit_tokens=False)
        self.file, self.offset = file, offset

    def _span(self, meta: Meta) -> Span:
        if meta.empty:
            return Span(self.file, self.offset + 1, 1, self.offset + 1, 1)
        return Span(self.file, meta.line + self.offset, meta.column, meta.end_line + self.offset, meta.end_column)

    def _at(self, token: Token) -> Span:
        line, column = token.line or 1, token.column or 1
        return Span(
            self.file,
            line + self.offset,
            column,
            (token.end_line or line) + self.offset,
            token.end_column or column,
        )

    def _name(self, token: Token) -> ast.Name:
        return ast.Name(self._at(token), str(token))

    def _names(self, tokens: list[Token]) -> tuple[ast.Name, ...]:
        return tuple(map(self._name, tokens))

    def _text(self, token: Token) -> ast.Text:
        try:
            return ast.Text(self._at(token), str(json.loads(str(token))))
        except ValueError:
            raise BuildError(
                "E0107", self._at(token), 'a backslash in a text needs one of \\" \\\\ \\n \\t \\uXXXX behind it'
            ) from None

    def _clause(self, token: Token) -> ast.ClauseRef:
        return ast.ClauseRef(self._at(token), str(token))

    def _int(self, token: Token) -> int:
        if len(token) > 18:  # noqa: PLR2004  beyond any quantity a document names; keeps arithmetic small
            raise BuildError("E0106", self._at(token), "a number of more than 18 digits")
        return int(token)

    def _fraction(self, token: Token) -> Fraction:
        whole = token if "." not in token else token.update(value=str(token).replace(".", ""))
        self._int(whole)
        return Fraction(str(token))

    def _date(self, token: Token) -> ast.DateLiteral:
        return ast.DateLiteral(self._at(token), str(token), calendar.parse_day(str(token)))

    def _line(self, key: str, meta: Meta, value: object) -> tuple[str, Span, object]:
        return (key, self._span(meta), value)
