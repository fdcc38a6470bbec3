"""A page for people, as plain data: what `readings`, `blame`, `diff` and `repair` say, however it is written down.

`page_text`, `page_html` and `page_word` write it. Texts are in the reader's language already.
"""

from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.report.shapes import Picture
from policydsl.report.telling import Told

Look: TypeAlias = Literal["", "good", "bad", "open", "known", "depends"]
"""How something looks; the words say the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text and how it looks."""

    text: str
    look: Look = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (a policy) to 3."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. The first column names the rows."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Narrative:
    """A story: what is given, its steps, how it ends, and its picture with what the picture shows."""

    opening: tuple[str, ...]
    steps: tuple[Told, ...]
    ending: tuple[str, ...]
    picture: Picture | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that stands by itself; where no picture can be, it is left out."""

    picture: Picture
    caption: str


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of the policy language, to be copied as they are."""

    text: str


Block: TypeAlias = Heading | Line | Items | Grid | Narrative | Figure | Source


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what it says in a line, and everything else. `code` is that of its language."""

    title: Line
    summary: str
    blocks: tuple[Block, ...]
    code: str
    version: str = ""
