"""Text to surface tree. Reads every item it can, so that one run shows every mistake."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Literal

from lark import Lark, Token, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError
from lark.indenter import DedentError, Indenter
from lark.parsers.lalr_interactive_parser import InteractiveParser

from policydsl.base.diagnostic import Diagnostic, Diagnostics, in_order
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.syntax import ast
from policydsl.syntax.build import Build
from policydsl.syntax.build.builder import BuildError
from policydsl.syntax.expected import Mistake
from policydsl.syntax.grammar_file import grammar_path
from policydsl.syntax.mistakes import describe
from policydsl.syntax.source import check_source
from policydsl.syntax.tables import kept_parser

MAX_MISTAKES = 100
"""After so many mistakes a file is not read on."""


class _GluedError(Exception):
    """Two words stand together without a space, as in `rolePlatform`."""

    def __init__(self, token: Token) -> None:
        super().__init__(str(token))
        self.token = token


class _Blocks(Indenter):
    """Indentation as brackets; inside `( [ {` a line may go on."""

    NL_type = "_NL"
    OPEN_PAREN_types = ["LPAR", "LSQB", "LBRACE"]  # noqa: RUF012  Lark declares these as plain lists
    CLOSE_PAREN_types = ["RPAR", "RSQB", "RBRACE"]  # noqa: RUF012
    INDENT_type = "_INDENT"
    DEDENT_type = "_DEDENT"
    tab_len = 4

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Add the tokens for blocks to `stream`."""
        blocks: Iterator[Token] = super().process(_apart(stream))  # type: ignore[no-untyped-call]  # Lark's
        return blocks


def _apart(stream: Iterator[Token]) -> Iterator[Token]:
    """Pass `stream` on; raise `_GluedError` where a keyword touches the next word.

    The lexer knows which words can stand at a place, and would else read `rolePlatform` as `role Platform`.
    """
    end, word = -1, False
    for token in stream:
        if word and token.start_pos == end and (token[:1].isalnum() or token[:1] == "_"):
            raise _GluedError(token)
        yield token
        end, word = token.end_pos or -1, token[:1].isalpha() and (token[-1:].isalnum() or token[-1:] == "_")


def _is_word(node: object) -> bool:
    """Whether `node` takes part in spans: layout does not, so that a span ends with the last word."""
    return not (isinstance(node, Token) and node.type in _LAYOUT)


@cache
def _parser() -> Lark:
    grammar = grammar_path().read_text(encoding="utf-8")
    return kept_parser(grammar, lambda: _build(grammar))


def _build(grammar: str) -> Lark:
    return Lark(
        grammar,
        parser="lalr",
        start="item",
        postlex=_Blocks(),
        propagate_positions=_is_word,
        maybe_placeholders=True,
    )


def get_ready() -> None:
    """Read the grammar's tables, or make them: what takes a moment once."""
    _parser()


def parse(text: str, file: str) -> tuple[ast.File, Diagnostics]:
    """Return the items of `text` that could be read, and what is wrong with the others.

    `file` is the name used in spans. A text that fails the checks of `check_source` has no items.
    """
    found = check_source(text, file)
    if any(d.is_error for d in found):
        return ast.File(file, ()), found
    items: list[ast.Item] = []
    diagnostics = list(found)
    for chunk in chunks(text, file):
        result = _read(chunk)
        if not isinstance(result, tuple):
            items.append(result)
            continue
        diagnostics.extend(result)
        if len(diagnostics) > MAX_MISTAKES:
            diagnostics = [*in_order(diagnostics)[:MAX_MISTAKES], _too_many(chunk)]
            break
    return ast.File(file, tuple(items)), in_order(diagnostics)


def _too_many(chunk: "Chunk") -> Diagnostic:
    line = chunk.offset + chunk.text.count("\n")
    message = f"more than {MAX_MISTAKES} mistakes; the file is not read beyond this item"
    return Diagnostic("E0112", Span(chunk.file, line, 1, line, 2), message, hint="correct the first ones and try again")


# --- items ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines of one item; `offset` lines of `file` stand above them."""

    text: str
    file: str
    offset: int


def chunks(text: str, file: str) -> Iterator[Chunk]:
    """Yield the text of each item: an item starts where a line starts in the first column."""
    lines = text.split("\n")
    start: int | None = None
    for number, line in enumerate(lines):
        begins = bool(line) and line[0] != " " and not line.startswith("--")
        if begins and line[0] in ")]}" and start is not None:
            continue  # the end of a bracket that was opened in the item above
        if begins:
            if start is not None:
                yield Chunk(_block_of(lines[start:number]), file, start)
            start = number
        elif start is None and line.strip() and not line.lstrip().startswith("--"):
            start = number  # an indented first line: let the parser say so
    if start is not None:
        yield Chunk(_block_of(lines[start:]), file, start)


def _block_of(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def tokens(chunk: str) -> Iterator[Token]:
    """Yield the tokens of an item that has been parsed without mistakes, those of its layout included."""
    yield from _parser().parse_interactive(chunk).iter_parse()


def _read(chunk: Chunk) -> ast.Item | Diagnostics:
    """Return the item, or what is wrong in it: the first mistake, and the first in each other line of its block."""
    result = _read_whole(chunk)
    if not isinstance(result, Diagnostic):
        return result
    found = [result]
    blockless = -1  # where the next part starts after a line whose block is missing: it may be meant as that block
    for part in _parts(chunk):
        first, end = part.offset + 2, part.offset + 1 + part.text.count("\n")
        other = result if first <= result.span.line < end else _read_whole(part)
        if not isinstance(other, Diagnostic) or other.code == "E0110" or other.span.line < first:
            continue
        if other.code == "E0102":
            blockless = end
        elif other.span.line == first == blockless:
            continue
        found.append(other)
        if len(found) > MAX_MISTAKES:
            break
    return tuple(_within_clause(d, chunk) for d in found)


def _within_clause(diagnostic: Diagnostic, chunk: Chunk) -> Diagnostic:
    head = chunk.text.split(maxsplit=2)
    if head[0] != "clause" or len(head) == 1 or head[1].startswith('"'):
        return diagnostic
    return replace(diagnostic, clause=head[1])


def _parts(chunk: Chunk) -> Iterator[Chunk]:
    """Yield each line of the item's block, with the blocks below it, under a stand-in for the item's first line."""
    first, *lines = chunk.text.split("\n")
    head = {"clause": 'clause 0 ""', "policy": 'policy ""'}.get(first.split(" ")[0])
    if first.split(" ")[0] in {"guarantee", "finding", "lemma"}:
        head = 'guarantee claim ""'
    if head is None:
        return
    depth: int | None = None
    start = 0
    for number, line in enumerate(lines):
        body = line.lstrip(" ")
        if not body or body[0] in ")]}" or body.startswith("--"):
            continue
        indent = len(line) - len(body)
        if depth is None:
            depth, start = indent, number
        elif indent <= depth:
            yield Chunk(_block_of([head, *lines[start:number]]), chunk.file, chunk.offset + start)
            start = number
    if depth is not None:
        yield Chunk(_block_of([head, *lines[start:]]), chunk.file, chunk.offset + start)


def _read_whole(chunk: Chunk) -> ast.Item | Diagnostic:
    if chunk.text.startswith(" "):
        return describe(Mistake(chunk.text, chunk.file, chunk.offset, "indent", 1, 1, frozenset(), {}))
    try:
        tree = _parser().parse(chunk.text)
        item: ast.Item = Build(chunk.file, chunk.offset).transform(tree)
    except (UnexpectedInput, DedentError, _GluedError) as error:
        return describe(_mistake(error, chunk))
    except VisitError as error:
        if isinstance(error.orig_exc, BuildError):
            wrong = error.orig_exc
            return Diagnostic(wrong.code, wrong.span, wrong.message, hint=wrong.hint)
        raise
    return item


# --- errors --------------------------------------------------------------------------------------


@cache
def _keywords() -> dict[str, str]:
    """Terminal name -> the word it stands for, for the terminals that are one fixed word."""
    return {t.name: t.pattern.value for t in _parser().terminals if t.pattern.type == "str"}


_LAYOUT: dict[str, Literal["line end", "indent"]] = {
    "$END": "line end",
    "_DEDENT": "line end",
    "_NL": "line end",
    "_INDENT": "indent",
}


def _mistake(error: UnexpectedInput | DedentError | _GluedError, chunk: Chunk) -> Mistake:
    """Say where and how reading `chunk` failed."""
    lines = chunk.text.split("\n")
    kind: Literal["word", "line end", "indent", "dedent", "glued"] = "word"
    match error:
        case DedentError():
            kind, line, column = "dedent", _wrong_depth(chunk.text), 1
        case _GluedError(token=token):
            kind, line, column = "glued", token.line or 1, token.column or 1
        case UnexpectedToken(token=token):
            kind = _LAYOUT.get(token.type, "word")
            line, column = _place_of(token, lines)
        case _:
            line, column = error.line, error.column
    return Mistake(chunk.text, chunk.file, chunk.offset, kind, line, column, _expected(chunk.text), _keywords())


def _place_of(token: Token, lines: list[str]) -> tuple[int, int]:
    """Return the line and column of `token`; for one of the layout, of the line it is about."""
    if token.type == "_INDENT":
        below = range((token.line or 1) + 1, len(lines) + 1)
        line = next(n for n in below if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("--"))
        return line, 1
    if token.type == "_NL":
        return token.line or 1, token.column or 1
    if token.type in _LAYOUT:
        words = (n for n in range(len(lines), 0, -1) if lines[n - 1].strip())
        limit = token.line if token.type == "_DEDENT" and token.line else len(lines)
        line = next(n for n in words if n <= limit and not lines[n - 1].lstrip().startswith("--"))
        return line, len(lines[line - 1]) + 1
    return token.line or 1, token.column or 1


def _expected(text: str) -> frozenset[str]:
    """Return the terminals that could stand where reading `text` fails.

    Asked just before the token that fails: an LALR parser may first reduce, and forgets what else was possible.
    """
    fed = 0
    try:
        for _ in _feed(_parser().parse_interactive(text)):
            fed += 1
    except (UnexpectedInput, DedentError, _GluedError):
        pass
    again = _parser().parse_interactive(text)
    for _ in islice(_feed(again), fed):
        pass
    return frozenset(again.accepts())


def _feed(parser: InteractiveParser) -> Iterator[None]:
    """Feed the parser its tokens, and yield after each that fits."""
    for token in parser.lexer_thread.lex(parser.parser_state):
        parser.feed_token(token)
        yield


def _wrong_depth(text: str) -> int:
    """Return the number of the line whose indentation matches no open block."""
    levels = [0]
    for number, line in enumerate(text.split("\n"), start=1):
        body = line.lstrip(" ")
        if not body or body.startswith("--"):
            continue
        indent = len(line) - len(body)
        if indent > levels[-1]:
            levels.append(indent)
            continue
        while indent < levels[-1]:
            levels.pop()
        if indent != levels[-1]:
            return number
    return 1
