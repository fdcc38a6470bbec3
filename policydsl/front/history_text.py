"""History files as text: YAML and JSON to one small tree in which every node knows its place.

Neither format is trusted: no tags, no anchors, no aliases, one document, limits on size and depth. Scalars stay the
words the author wrote (`50%`, `2023-01-01`, `yes`): what they mean is for the policy's types to say.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeAlias

import yaml

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.records import dataclass
from policydsl.base.span import Span, start_of

MAX_CHARACTERS = 10_000_000
MAX_DEPTH = 20

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_FORBIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{_BIDI}]")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')
_YAML_PLACE = re.compile(r"\n.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, as written; `missing` for JSON's `null` and an empty place in YAML."""

    text: str
    span: Span
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple["Tree", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and what they stand for, in the order of the text."""

    entries: tuple[tuple[Scalar, "Tree"], ...]
    span: Span

    def get(self, name: str) -> "Tree | None":
        """Return what `name` stands for."""
        return next((value for key, value in self.entries if key.text == name), None)


Tree: TypeAlias = Scalar | Listing | Fields


class _WrongError(Exception):
    """The text cannot be read; never leaves this module."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def read_tree(text: str, file: str, *, is_json: bool, first_line: int = 1) -> tuple[Tree | None, Diagnostics]:
    """Return the tree of `text`, or why it cannot be read. `first_line` is the line of the file it starts on."""
    try:
        _check(text, file, first_line)
        tree = _read_json(text, file, first_line) if is_json else _read_yaml(text, file)
    except _WrongError as error:
        return None, (error.diagnostic,)
    return tree, tuple(_misplaced(tree))


def _wrong(span: Span, message: str, hint: str | None = None) -> NoReturn:
    raise _WrongError(Diagnostic("E0501", span, message, hint=hint))


def _check(text: str, file: str, first_line: int) -> None:
    if len(text) > MAX_CHARACTERS:
        span = Span(file, first_line, 1, first_line, 2)
        message = f"the history has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read at once"
        _wrong(span, message, "write one JSON object a line into a `.jsonl` file: it may be of any length")
    found = _FORBIDDEN.search(text)
    if found is not None:
        message = f"a character that has no place in a history: U+{ord(found.group()):04X}"
        _wrong(_Places(text, file, first_line).span(found.start(), found.end()), message, "remove it")


class _Places:
    """Where an offset of a text is."""

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self._file, self._first = file, first_line

    def span(self, start: int, end: int) -> Span:
        """Return the span from offset `start` to `end`."""
        return Span(self._file, *self._place(start), *self._place(max(end, start + 1)))

    def _place(self, offset: int) -> tuple[int, int]:
        row = bisect_right(self._starts, offset) - 1
        return self._first + row, offset - self._starts[row] + 1


def _misplaced(tree: Tree) -> Iterator[Diagnostic]:
    """Yield what is wrong in a tree: characters without a place in it that are written as escapes, and repeated names.

    These come last.
    """
    repeated: list[Diagnostic] = []
    stack = [tree]
    while stack:
        match stack.pop():
            case Scalar(text=text, span=span):
                if _FORBIDDEN.search(text):
                    message = "a character that has no place in a history, written as an escape"
                    yield Diagnostic("E0501", span, message, hint="remove it")
            case Listing(items=items):
                stack.extend(items)
            case Fields(entries=entries):
                seen: set[str] = set()
                for key, value in entries:
                    if key.text in seen:
                        repeated.append(Diagnostic("E0501", key.span, f"`{key.text}` stands here twice"))
                    seen.add(key.text)
                    stack += key, value
    yield from repeated


# --- YAML ----------------------------------------------------------------------------------------

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read_yaml(text: str, file: str) -> Tree:
    try:
        return _yaml_document(yaml.parse(text, Loader=_Loader), file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = start_of(file) if mark is None else _at(file, mark.line, mark.column)
        _wrong(at, f"this is not YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        _wrong(start_of(file), f"this is not YAML: {_YAML_PLACE.sub('', str(error))}")


def _at(file: str, line: int, column: int) -> Span:
    return Span(file, line + 1, column + 1, line + 1, column + 2)


def _marks(file: str, event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return Span(file, start.line + 1, start.column + 1, end.line + 1, max(end.column, start.column + 1) + 1)


def _yaml_document(events: Iterator[yaml.Event], file: str) -> Tree:
    """Return the tree of the one document of `events`."""
    root: list[Tree] = []
    for event in events:
        match event:
            case yaml.StreamStartEvent() | yaml.StreamEndEvent() | yaml.DocumentEndEvent():
                pass
            case yaml.DocumentStartEvent():
                if root:
                    _wrong(_marks(file, event), "a second document starts here")
            case _:
                root.append(_yaml_node(event, events, file, 0))
    if not root:
        _wrong(start_of(file), "the history is empty")
    return root[0]


def _yaml_node(event: yaml.Event, events: Iterator[yaml.Event], file: str, depth: int) -> Tree:
    span = _marks(file, event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        _wrong(span, "anchors and aliases (`&`, `*`) are not read", "write the values out")
    if getattr(event, "tag", None) is not None:
        _wrong(span, "tags (`!`) are not read", "remove the tag")
    if depth > MAX_DEPTH:
        _wrong(span, f"nested more than {MAX_DEPTH} deep")
    match event:
        case yaml.ScalarEvent(value=value, style=style):
            empty = not style and value in {"", "~", "null"}
            return Scalar(value, span, missing=empty)
        case yaml.SequenceStartEvent():
            items: list[Tree] = []
            while not isinstance(following := next(events), yaml.SequenceEndEvent):
                items.append(_yaml_node(following, events, file, depth + 1))
            return Listing(tuple(items), span)
        case _:
            entries: list[tuple[Scalar, Tree]] = []
            while not isinstance(following := next(events), yaml.MappingEndEvent):
                key = _yaml_node(following, events, file, depth + 1)
                if not isinstance(key, Scalar):
                    _wrong(key.span, "a name is needed here")
                entries.append((key, _yaml_node(next(events), events, file, depth + 1)))
            return Fields(tuple(entries), span)


# --- JSON ----------------------------------------------------------------------------------------


def _read_json(text: str, file: str, first_line: int) -> Tree:
    places = _Places(text, file, first_line)
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        _wrong(places.span(error.pos, error.pos + 1), f"this is not JSON: {_lower(error.msg)}")
    except RecursionError:
        _wrong(places.span(0, 1), f"nested more than {MAX_DEPTH} deep")
    tokens = ((m.group(), m.start(), m.end()) for m in _JSON_TOKEN.finditer(text))
    return _json_node(next(tokens), tokens, places.span, 0)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


_Token: TypeAlias = tuple[str, int, int]


def _json_node(token: _Token, tokens: Iterator[_Token], span: Callable[[int, int], Span], depth: int) -> Tree:
    """Return the node that starts with `token`. The text is known to be JSON."""
    text, start, end = token
    if depth > MAX_DEPTH:
        _wrong(span(start, end), f"nested more than {MAX_DEPTH} deep")
    if text == "[":
        items: list[Tree] = []
        while (token := next(tokens))[0] != "]":
            if token[0] != ",":
                items.append(_json_node(token, tokens, span, depth + 1))
        return Listing(tuple(items), span(start, end))
    if text == "{":
        entries: list[tuple[Scalar, Tree]] = []
        while (token := next(tokens))[0] != "}":
            if token[0] != ",":
                key = Scalar(str(json.loads(token[0])), span(token[1], token[2]))
                next(tokens)  # the colon
                entries.append((key, _json_node(next(tokens), tokens, span, depth + 1)))
        return Fields(tuple(entries), span(start, end))
    if text == "null":
        return Scalar("", span(start, end), missing=True)
    return Scalar(str(json.loads(text)) if text.startswith('"') else text, span(start, end))
