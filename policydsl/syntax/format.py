"""The canonical layout of a text. Works on tokens, so that nothing is lost; checks itself by parsing the result."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from lark import Token

from policydsl.base.diagnostic import Diagnostics, has_errors
from policydsl.base.records import dataclass
from policydsl.syntax.parse import Chunk, chunks, parse, tokens

INDENT = 4
MAX_WIDTH = 120
"""Columns of a terminal up to which neighbouring lines are lined up."""

_OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
_CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
_NEVER_BEFORE = _CLOSING | {"COMMA", "_ANOTHER", "COLON"}
_OPERAND_ENDS = _CLOSING | {
    *("NAME", "INT", "DECIMAL", "DATE", "CURRENCY", "POINTS", "DAYS", "WEEKS", "MONTHS", "YEARS", "YES", "NO")
}
_UNARY = "\0"
"""Behind a sign that belongs to what follows, while a row is made; no text contains it."""


@dataclass(frozen=True, slots=True)
class _Trivia:
    """A line without words: blank (`text` empty) or a comment, at its column."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the language, which may go over several lines of the text, and what stands above it.

    `first` and `last` are line numbers in the text, `level` is its block level, `split` the index in its only row
    of what is lined up with its neighbours, if anything, `comment` what stands behind its last row, `columns` where
    the blocks begin that are open here.
    """

    level: int
    first: int
    last: int
    rows: tuple[str, ...]
    comment: str
    split: int | None = None
    columns: tuple[int, ...] = (0,)
    above: tuple[_Trivia, ...] = ()


def format_text(text: str, file: str) -> tuple[str | None, Diagnostics]:
    """Return `text` in canonical layout, or None and what is wrong with it.

    The result has the same tree and the same comments. A text with mistakes is left alone.
    """
    repaired = repair(text)
    tree, diagnostics = parse(repaired, file)
    if has_errors(diagnostics):
        return None, parse(text, file)[1]
    result = _layout(repaired, file)
    again, problems = parse(result, file)
    if has_errors(problems):
        return None, problems  # a line that the layout makes too long
    if again != tree:
        raise AssertionError(f"the layout of {file} changes its meaning")
    return result, diagnostics


def repair(text: str) -> str:
    """Return `text` without byte order mark, carriage returns, tabs, no-break spaces and decomposed letters."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(unicodedata.normalize("NFC", _spaces(line)) for line in lines)


def _spaces(line: str) -> str:
    margin = re.match(r"[ \t\u00a0]*", line)
    end = margin.end() if margin else 0
    return line[:end].replace("\u00a0", " ").expandtabs(INDENT) + line[end:].translate({9: " ", 0xA0: " "})


def _layout(text: str, file: str) -> str:
    lines = [line for chunk in chunks(text, file) for line in _lines(chunk)]
    lines = _second_columns(_with_trivia(lines, text.split("\n")))
    gaps = [
        tuple(_above(line, before, _blank_wanted(before, line, after)))
        for before, line, after in zip([None, *lines], lines, [*lines[1:], None], strict=False)
    ]
    out = [row for gap, line in zip(gaps, _comment_columns(lines, gaps), strict=True) for row in (*gap, *line.rows)]
    while out and not out[-1]:
        out.pop()
    return "".join(f"{row}\n" for row in out)


# --- lines ---------------------------------------------------------------------------------------


def _lines(chunk: Chunk) -> Iterator[_Line]:
    """Yield the lines of an item."""
    opened: list[str] = []
    columns = [0]
    first = ""
    words: list[Token] = []
    for token in tokens(chunk.text):
        if token.type == "_INDENT":
            opened.append(first)
            columns.append(len(token))
        elif token.type == "_DEDENT":
            opened.pop()
            columns.pop()
        elif token.type != "_NL":
            words.append(token)
        elif words:
            yield replace(_line(words, opened, token, chunk), columns=tuple(columns))
            first, words = str(words[0]), []


def _line(words: list[Token], opened: list[str], end: Token, chunk: Chunk) -> _Line:
    level, last = len(opened), words[-1]
    rows = tuple(_rows(words, level, chunk.text))
    at = _second_column(words, opened[-1] if opened else "")
    split = len(next(_rows(words[:at], level, chunk.text))) if at is not None and len(rows) == 1 else None
    comment = _comments(chunk.text[last.end_pos or 0 : end.start_pos or 0])[0]
    first_line, last_line = words[0].line or 1, last.end_line or last.line or 1
    return _Line(level, chunk.offset + first_line, chunk.offset + last_line, rows, comment, split)


def _rows(words: list[Token], level: int, text: str) -> Iterator[str]:
    """Yield the rows of a line: broken where its author broke it, comments between them."""
    depth = 0
    row = " " * (INDENT * level)
    for before, token in zip([None, *words], words, strict=False):
        if before is not None and (token.line or 0) > (before.end_line or 0):
            first, *rest = _comments(text[before.end_pos or 0 : token.start_pos or 0])
            yield _with_comment(row, first)
            yield from (" " * (INDENT * (level + depth)) + comment for comment in rest if comment)
            row = " " * (INDENT * (level + depth - (token.type in _CLOSING)))
        elif before is not None and _spaced(before, token, sign=row.endswith(_UNARY)):
            row += " "
        row = row.removesuffix(_UNARY) + str(token)
        if token.type == "SIGN" and (before is None or not _ends_operand(before)):
            row += _UNARY
        depth += (token.type in _OPENING) - (token.type in _CLOSING)
    yield row


def width(text: str) -> int:
    """Return how many columns `text` takes, counting wide characters (Unicode annex 11) twice."""
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def _comments(gap: str) -> list[str]:
    """Return the comment on each line of `gap`, empty where there is none."""
    return [line.strip(" ") for line in gap.split("\n")]


def _with_comment(row: str, comment: str) -> str:
    return f"{row}  {comment}" if comment else row


def _ends_operand(token: Token) -> bool:
    """Whether a sign behind `token` adds to it; else the sign belongs to the number that follows."""
    return token.type in _OPERAND_ENDS or str(token) == "%"


def _spaced(before: Token, token: Token, *, sign: bool) -> bool:
    """Whether a space stands between two neighbours; `sign` if the first is the sign of the second."""
    if before.type in _OPENING or sign or token.type in _NEVER_BEFORE or str(token) == "%":
        return False
    if token.type == "LSQB":
        return before.type != "NAME"
    return not (token.type == "LPAR" and before.type in {"MIN", "MAX"})


# --- columns -------------------------------------------------------------------------------------


def _second_column(words: list[Token], block: str) -> int | None:
    """Return which word begins the second column of a line in the header, a reading, a definition or a table.

    `block` is the first word of the line that the block of this one belongs to.
    """
    match block:
        case "policy":
            return {"time": 2, "month": 2, "business": 3}.get(str(words[0]), 1)
        case "reading":
            return 1
        case "define":
            return next((i for i, word in enumerate(words) if word.type in {"WHEN", "OTHERWISE"}), None)
        case "table":
            return next((i + 1 for i, word in enumerate(words) if word.type == "COLON"), None)
        case _:
            return None


def _second_columns(lines: list[_Line]) -> list[_Line]:
    """Line up the second columns of neighbouring lines of a block."""
    out: list[_Line] = []
    for _, group in groupby(lines, key=lambda line: (line.level, line.split is not None)):
        out += _lined_up(list(group))
    return out


def _lined_up(lines: list[_Line]) -> list[_Line]:
    if lines[0].split is None:
        return lines
    rows = _two_columns([(line.rows[0][: line.split], line.rows[0][line.split :].lstrip(" ")) for line in lines], 1)
    return [replace(line, rows=(row,)) for line, row in zip(lines, rows, strict=True)]


def _comment_columns(lines: list[_Line], gaps: list[tuple[str, ...]]) -> list[_Line]:
    """Line up the comments behind lines of one level that follow each other without a gap."""
    groups: list[list[_Line]] = []
    for line, gap in zip(lines, gaps, strict=True):
        above = groups[-1][-1] if groups else None
        if above is None or gap or not (line.comment and above.comment) or line.level != above.level or line.rows[1:]:
            groups.append([])
        groups[-1].append(line)
    return [line for group in groups for line in _with_comments(group)]


def _with_comments(lines: list[_Line]) -> list[_Line]:
    if not lines[0].comment:
        return lines
    last = _two_columns([(line.rows[-1], line.comment) for line in lines], 2)
    return [replace(line, rows=(*line.rows[:-1], row)) for line, row in zip(lines, last, strict=True)]


def _two_columns(halves: list[tuple[str, str]], gap: int) -> list[str]:
    """Line up the right halves `gap` spaces behind the longest left one, or each behind its own if that is too wide."""
    column = max(width(left) for left, _ in halves) + gap
    if any(column + width(right) > MAX_WIDTH for _, right in halves):
        return [left + " " * gap + right for left, right in halves]
    return [left + " " * (column - width(left)) + right for left, right in halves]


# --- what stands between lines -------------------------------------------------------------------


def _with_trivia(lines: list[_Line], source: list[str]) -> list[_Line]:
    """Give each line the blank lines and comments above it; what stands below the last one gets an empty line."""
    out: list[_Line] = []
    at = 0
    for line in lines:
        out.append(replace(line, above=_trivia(source[at : line.first - 1])))
        at = line.last
    return [*out, _Line(0, len(source), len(source), (), "", above=_trivia(source[at:]))]


def _trivia(rows: Iterable[str]) -> tuple[_Trivia, ...]:
    return tuple(_Trivia(len(row) - len(row.lstrip(" ")), row.strip(" ")) for row in rows)


def _above(line: _Line, before: _Line | None, wanted: bool) -> Iterator[str]:  # noqa: FBT001  what the caller found
    """Yield the comments and single blank lines above `line`; with `wanted`, a blank line in any case.

    A comment has the level of the line below it; at the end of a block it stays in the block if it was indented so.
    """
    opens = before is None or line.level > before.level
    level = line.level if opens or before is None else max(line.level, before.level)
    columns = line.columns if opens or before is None else before.columns
    missing, allowed, blank = wanted, not opens, False
    for trivia in line.above:
        if not trivia.text:
            blank = allowed
            continue
        level = max((n for n in range(line.level, level + 1) if columns[n] <= trivia.column), default=line.level)
        if blank or (missing and level == line.level):
            yield ""
            missing = missing and level > line.level
        yield " " * (INDENT * level) + trivia.text
        blank, allowed = False, True
    if blank or missing:
        yield ""


def _blank_wanted(before: _Line | None, line: _Line, after: _Line | None) -> bool:
    """Whether a blank line must come between `before` and `line`: between items, unless both take one line."""
    if before is None or not line.rows or line.level > 0:
        return False
    short = before.level == 0 and (after is None or after.level == 0)
    return not short or before.rows[0].startswith(("policy ", "claims "))
