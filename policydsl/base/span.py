"""Places in a source text: which file, and from where to where."""

from pathlib import Path

from policydsl.base.packing import packed_by_fields
from policydsl.base.records import dataclass


@packed_by_fields
@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of a source file.

    `line` and `column` count from 1 (columns in characters, as editors show them);
    `end_line` and `end_column` point just behind the last character.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: "Span") -> "Span":
        """Return the stretch from the start of `self` to the end of `other`."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Span("", 0, 0, 0, 0)


def whole_file(file: str | Path) -> Span:
    """Return the span of a finding that concerns a file, not a place in it."""
    return Span(str(file), 0, 0, 0, 0)


def start_of(file: str) -> Span:
    """Return the place where `file` begins: there stands what it lacks."""
    return Span(file, 1, 1, 1, 2)
