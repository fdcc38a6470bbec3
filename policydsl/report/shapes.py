"""Shapes with places, of which pictures consist: `templates/picture.svg` writes them down.

Nothing here is a word of a language but what the caller brings, and nothing is coloured: shapes have classes.
"""

from collections.abc import Iterator

from policydsl.base.records import dataclass

WIDTH = 720
LEFT, RIGHT, TOP = 150, 14, 10
_LONGEST_LABEL = 22
ROW = 12.5
"""Height of a row of words."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: its SVG element, attributes, text inside, and what a pointer or screen reader is told of it."""

    tag: str
    attributes: dict[str, str | float]
    text: str = ""
    title: str = ""

    @property
    def written(self) -> list[tuple[str, str]]:
        """The attributes as they are written, numbers without idle digits."""
        return [(name, v if isinstance(v, str) else f"{v:.6g}") for name, v in self.attributes.items()]


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on a canvas, with what somebody who cannot see it is told."""

    height: float
    about: str
    shapes: tuple[Shape, ...]
    width: float = WIDTH


def stroke(x1: float, y1: float, x2: float, y2: float, kind: str) -> Shape:
    """Return a straight line."""
    return Shape("line", {"class": kind, "x1": x1, "y1": y1, "x2": x2, "y2": y2})


def words_at(  # noqa: PLR0913, PLR0917  a place, a text, and how it looks
    x: float, y: float, text: str, kind: str, anchor: str = "start", title: str = ""
) -> Shape:
    """Return words at a place; where they are cut, `title` is the whole."""
    place: dict[str, str | float] = {"class": kind, "x": round(x, 1), "y": round(y, 1)}
    if anchor != "start":
        place["text-anchor"] = anchor
    return Shape("text", place, text, title if title != text else "")


def cut(text: str, most: int = _LONGEST_LABEL) -> str:
    """Return `text`, shortened to a number of columns (a Chinese character takes two)."""
    taken = 0
    for i, character in enumerate(text):
        taken += columns(character)
        if taken > most:
            return f"{text[: max(i - 1, 1)]}…"
    return text


def rows_of(text: str, most: int = _LONGEST_LABEL) -> tuple[str, ...]:
    """Return `text` in one or two rows of at most so many columns, shortened where that is not enough."""
    if columns(text) <= most:
        return (text,)
    spaces = [i for i, c in enumerate(text) if c == " " and columns(text[:i]) <= most]
    if spaces:
        at = next((i for i in spaces if text[i + 1] == "["), spaces[-1])  # an index stays in one piece
        return text[:at], cut(text[at + 1 :], most)
    full = next(i for i in range(len(text), 0, -1) if columns(text[:i]) <= most)
    return text[:full], cut(text[full:], most)


def label(right: float, middle: float, text: str, kind: str) -> Iterator[Shape]:
    """Yield a label that ends at `right`, in one or two rows around the height `middle`."""
    rows = rows_of(text)
    title = "" if "".join(rows).replace(" ", "") == text.replace(" ", "") else text
    for i, row in enumerate(rows):
        yield words_at(right, middle + 4 + ROW * (i - (len(rows) - 1) / 2), row, kind, "end", title)


_WIDE = 0x1100
"""From here on, characters are mostly as wide as they are high."""


def columns(text: str) -> int:
    """Return how many columns `text` takes."""
    return sum(1 if ord(c) < _WIDE else 2 for c in text)
