"""What a source text must be before anyone reads it: UTF-8, its size, characters, nesting. Limits are explicit."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.span import Span, whole_file

MAX_CHARACTERS = 4_000_000
MAX_BYTES = 4 * MAX_CHARACTERS
MAX_LINE = 2_000
MAX_NESTING = 20
"""Brackets within brackets. The trees above are walked by recursion, with up to ten nodes for each pair."""
MAX_BLOCKS = 15
"""Blocks within blocks."""

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060"
_FORBIDDEN = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\u00a0\t\r{_BIDI}{_ZERO_WIDTH}\ud800-\udfff\ufff9-\uffff]"
)
_CODE = re.compile(r'"(?:\\.|[^"\\\n])*"|--[^\n]*|[()\[\]{}]|\n[ ]*(?![ \n]|--)')
"""What layout and nesting are made of: texts and comments (skipped), brackets, and starts of lines with words."""
_MAX_REPORTED = 20


def read_source(path: Path) -> tuple[str | None, Diagnostics]:
    """Return the text of the file at `path` as it is (line ends untouched), or what is wrong with the file."""
    file = str(path)
    try:
        if path.is_dir():
            return None, (_unreadable(file, "is a folder, not a file", "name the file that is meant"),)
        if path.exists() and not path.is_file():
            return None, (_unreadable(file, "is not a regular file", None),)
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, (_unreadable(file, "does not exist", "check the spelling and the folder"),)
    except PermissionError:
        return None, (_unreadable(file, "may not be read by you", "ask for permission to read it"),)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, (_unreadable(file, f"cannot be read: {reason.lower()}", None),)
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes"
        return None, (Diagnostic("E0001", whole_file(file), message, hint="split it and use `import`"),)
    return _decode(data, file)


def _unreadable(file: str, what: str, hint: str | None) -> Diagnostic:
    return Diagnostic("E0601", whole_file(file), f"`{file}` {what}", hint=hint)


def _decode(data: bytes, file: str) -> tuple[str | None, Diagnostics]:
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        bad = data[error.start]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    span = Span(file, line, column, line, column + 1)
    message = f"the file is not valid UTF-8: the byte 0x{bad:02X} cannot stand here"
    return None, (Diagnostic("E0602", span, message, hint=_instead(data)),)


def _instead(data: bytes) -> str:
    """Return what `data`, which is no UTF-8, may be."""
    if data.startswith((b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0")):
        return (
            "it looks like a Word document or a PDF; what is named here is plain text: a policy, its claims, a result"
        )
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    kind = "it looks like UTF-16" if utf_16 else "it may come from an older editor (GBK or Windows-1252)"
    return f"{kind}; save it as UTF-8"


def check_source(text: str, file: str) -> Diagnostics:
    """Return what makes `text` unreadable; nothing if it may be parsed."""
    if len(text) > MAX_CHARACTERS:
        message = f"the file has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"
        return (Diagnostic("E0001", whole_file(file), message, hint="split it and use `import`"),)
    found = tuple(_forbidden(text, file))
    if found:
        return found
    return (*_long_lines(text, file), *_composed(text, file), *_nesting(text, file))


def place(text: str, file: str, start: int) -> Span:
    """Return the span of the character of `text` at the index `start`."""
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return Span(file, line, column, line, column + 1)


def _forbidden(text: str, file: str) -> Iterator[Diagnostic]:
    """Yield the characters that may not occur: the first of each kind of white space, every other one."""
    everywhere = Counter(_FORBIDDEN.findall(text))
    once: set[str] = set()
    reported = 0
    for match in _FORBIDDEN.finditer(text):
        character = match.group()
        if character in once:
            continue
        if character in "\t\r\u00a0":
            once.add(character)
        yield _forbidden_character(character, everywhere[character], place(text, file, match.start()))
        reported += 1
        if reported == _MAX_REPORTED:
            return


def _forbidden_character(character: str, times: int, span: Span) -> Diagnostic:
    more = f" (and {times - 1:,} more in this file)" if times > 1 else ""
    if character == "\ufeff" and (span.line, span.column) == (1, 1):
        hint = "save the file as UTF-8 without BOM; `policydsl fmt` removes it"
        return Diagnostic("E0002", span, "the file has a byte order mark", hint=hint)
    if character == "\t":
        return Diagnostic("E0003", span, f"a tab{more}", hint="indent with four spaces; `policydsl fmt` does it")
    if character == "\r":
        hint = "use line feeds alone; `policydsl fmt` does it"
        return Diagnostic("E0004", span, f"a carriage return at the end of the line{more}", hint=hint)
    if character == "\u00a0":
        hint = "use an ordinary space; `policydsl fmt` does it"
        return Diagnostic("E0006", span, f"a no-break space{more}", hint=hint)
    name = unicodedata.name(character, f"control character U+{ord(character):04X}")
    name = name if name.startswith("control") else name.lower()
    if character in _BIDI or character in _ZERO_WIDTH or character == "\ufeff":
        message = f"an invisible character ({name}), which can make a text look different from what it says"
        return Diagnostic("E0005", span, message, hint="remove it")
    return Diagnostic("E0006", span, f"a character that has no place in a text ({name})", hint="remove it")


def _long_lines(text: str, file: str) -> Diagnostics:
    return tuple(
        Diagnostic(
            "E0007",
            Span(file, number, MAX_LINE, number, MAX_LINE + 1),
            f"a line of {len(line):,} characters; at most {MAX_LINE:,} are read",
            hint="inside brackets a line may be broken",
        )
        for number, line in enumerate(text.split("\n"), start=1)
        if len(line) > MAX_LINE
    )[:_MAX_REPORTED]


def _composed(text: str, file: str) -> Diagnostics:
    """Look for letters stored in an unusual way, so that two names that look the same could differ."""
    if unicodedata.is_normalized("NFC", text):
        return ()
    for number, line in enumerate(text.split("\n"), start=1):
        composed = unicodedata.normalize("NFC", line)
        if composed != line:
            same = next((i for i, (a, b) in enumerate(zip(line, composed, strict=False)) if a != b), len(composed))
            span = Span(file, number, same + 1, number, same + 2)
            hint = "type it again, or save the file in Unicode form NFC; `policydsl fmt` does it"
            message = "a letter stored in an unusual way, which looks the same as another but is not"
            return (Diagnostic("E0009", span, message, hint=hint),)
    return ()


def _nesting(text: str, file: str) -> Diagnostics:
    """Look for brackets deeper than MAX_NESTING and blocks deeper than MAX_BLOCKS."""
    depth = 0
    blocks = [0]
    for match in _CODE.finditer(text):
        symbol = match.group()
        if symbol in "([{":
            depth += 1
            if depth > MAX_NESTING:
                span = place(text, file, match.start())
                hint = "give a part of it a name with `define`"
                return (Diagnostic("E0008", span, f"brackets nested more than {MAX_NESTING} deep", hint=hint),)
        elif symbol in ")]}":
            depth = max(0, depth - 1)
        elif symbol[0] == "\n":
            indent = len(symbol) - 1
            depth = 0 if indent == 0 and text[match.end() : match.end() + 1] not in {")", "]", "}"} else depth
            if depth == 0:
                while blocks[-1] > indent:
                    blocks.pop()
                if indent > blocks[-1]:
                    blocks.append(indent)
            if len(blocks) > MAX_BLOCKS + 1:
                span = place(text, file, match.end())
                return (Diagnostic("E0008", span, f"blocks nested more than {MAX_BLOCKS} deep"),)
    return ()
