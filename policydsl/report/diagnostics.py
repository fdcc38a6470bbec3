"""Diagnostics as plain text, with the lines they are about, and as data for JSON. Pure: the caller brings the texts."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.span import Span
from policydsl.report.model import Report

MAX_WIDTH = 100
"""Columns of a source line that are shown; a longer one is cut around the place."""
_CONTEXT = 30
"""Columns kept to the left of the place where a line is cut."""
_CUT = "..."


def render_diagnostics(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> str:
    """Return all `diagnostics` one after the other and a closing line that counts them; nothing for none.

    `texts` maps file names to their contents; a place in any other file is shown without its line.
    """
    found = tuple(diagnostics)
    if not found:
        return ""
    lines = {file: text.split("\n") for file, text in texts.items()}
    return "\n".join([*(_render(d, lines) for d in found), count_line(found)]) + "\n"


def render_diagnostic(diagnostic: Diagnostic, texts: Mapping[str, str]) -> str:
    """Return one diagnostic as text of several lines, the last one ended."""
    named = {diagnostic.span.file, *(note.span.file for note in diagnostic.notes)}
    return _render(diagnostic, {file: text.split("\n") for file, text in texts.items() if file in named})


def source_texts(report: Report) -> dict[str, str]:
    """Return the texts that `report` is about as far as it carries them: the lines that diagnostics point at."""
    texts: dict[str, list[str]] = {}
    for each in report.lines:
        lines = texts.setdefault(each.file, [])
        lines.extend([""] * (each.line - len(lines)))
        lines[each.line - 1] = each.text
    return {file: "\n".join(lines) for file, lines in texts.items()}


def count_line(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many there are of each severity: `2 errors, 1 warning`."""
    found = tuple(diagnostics)
    errors = sum(d.is_error for d in found)
    counts = ((errors, "error"), (len(found) - errors, "warning"))
    shown = [f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
    return ", ".join(shown) or "no errors"


# --- text ----------------------------------------------------------------------------------------


def _render(diagnostic: Diagnostic, lines: Mapping[str, list[str]]) -> str:
    span = diagnostic.span
    out = [f"{diagnostic.severity}[{diagnostic.code}]: {harmless(diagnostic.message)}"]
    if span.file:
        out.append(f"  --> {_place(span)}")
    out += _excerpt(span, lines)
    if diagnostic.clause is not None:
        out.append(f"  in clause {harmless(diagnostic.clause)}")
    for note in diagnostic.notes:
        place = f"{_place(note.span)}: " if note.span.file else ""
        out.append(f"  note: {place}{harmless(note.message)}")
        out += _excerpt(note.span, lines)
    if diagnostic.hint is not None:
        out.append(f"  hint: {harmless(diagnostic.hint)}")
    return "\n".join(out) + "\n"


def _place(span: Span) -> str:
    file = harmless(span.file)
    return f"{file}:{span.line}:{span.column}" if span.line > 0 else file


def _excerpt(span: Span, lines: Mapping[str, list[str]]) -> list[str]:
    """Return the first line of `span` with the place underlined; nothing if the line is not at hand."""
    known = lines.get(span.file, [])
    if not 1 <= span.line <= len(known):
        return []
    line = known[span.line - 1].removesuffix("\r")
    start = min(max(span.column - 1, 0), len(line))
    stop = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    stop = max(start, min(stop, len(line)))
    near = 4 * MAX_WIDTH
    parts = (line[max(0, start - near) : start], line[start:stop][:near], line[stop : stop + near])
    before, inside, after = map(harmless, parts)
    before, inside, after = _cut(before, inside, after)
    number = f"{span.line:>4}"
    underline = " " * _width(before) + "^" * max(1, _width(inside))
    return [f"{number} | {before}{inside}{after}".rstrip(), f"{' ' * len(number)} | {underline}"]


def _cut(before: str, inside: str, after: str) -> tuple[str, str, str]:
    """Shorten the three parts of a line to MAX_WIDTH columns in all, from the outside in."""
    if _width(before) + _width(inside) + _width(after) <= MAX_WIDTH:
        return before, inside, after
    if _width(before) > _CONTEXT + len(_CUT):
        before = _CUT + _last_columns(before, _CONTEXT)
    room = MAX_WIDTH - _width(before)
    if _width(inside) > room:
        return before, _first_columns(inside, room - len(_CUT)) + _CUT, ""
    room -= _width(inside)
    if _width(after) > room:
        after = _first_columns(after, max(0, room - len(_CUT))) + _CUT
    return before, inside, after


def _first_columns(text: str, columns: int) -> str:
    taken = 0
    for i, character in enumerate(text):
        taken += _character_width(character)
        if taken > columns:
            return text[:i]
    return text


def _last_columns(text: str, columns: int) -> str:
    return _first_columns(text[::-1], columns)[::-1]


def _width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    """Return 2 for wide characters such as Chinese ones, 0 for marks that combine, else 1 (Unicode annex 11)."""
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def harmless(text: str) -> str:
    """Return `text` with every control or invisible character shown by its code point, and tabs as one space."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def in_code(text: str) -> list[tuple[str, bool]]:
    """Return the parts of `text`, each with whether it stands in backticks, which are left out: so names are set."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return [(text, False)]
    return [(part, bool(i % 2)) for i, part in enumerate(parts) if part]


def bounded(text: str) -> str:
    """Return `text`, sentences whole, without the rest of words that no person wrote: layouts choke on those."""
    return re.sub(rf"(\w{{{_LONGEST_WORD}}})\w+", r"\1…", text)


_LONGEST_WORD = 500
"""Characters. Chinese clauses are words here, up to the next comma."""


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    if character.isprintable() or character == "\u3000":  # the space of Chinese texts
        return character
    return f"<U+{ord(character):04X}>"
