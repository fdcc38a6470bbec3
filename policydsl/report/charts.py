"""Pictures of tables and of the map of clauses. Pure geometry."""

from collections.abc import Iterator, Sequence

from policydsl.base.records import dataclass
from policydsl.report.shapes import LEFT, RIGHT, TOP, WIDTH, Picture, Shape, cut, label, rows_of, stroke, words_at
from policydsl.report.shapes import columns as columns_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """A row of a table over numbers, or (without a value) a gap between rows; open ends are None."""

    low: int | None
    high: int | None
    low_closed: bool
    high_closed: bool
    value: str | None
    said: str


def number_line(stretches: Sequence[Stretch], about: str) -> Picture:
    """Return the picture of rows over numbers, one above the other, gaps hatched across them."""
    bounds = sorted({b for s in stretches for b in (s.low, s.high) if b is not None})
    at = {b: LEFT + 40 + (WIDTH - LEFT - RIGHT - 80) * i / max(len(bounds) - 1, 1) for i, b in enumerate(bounds)}
    rows = [s for s in stretches if s.value is not None]
    step = 30 if any(len(rows_of(row.value or "")) > 1 for row in rows) else 22
    shapes: list[Shape] = []
    bottom = TOP + step * len(rows) + 6
    for gap in (s for s in stretches if s.value is None):
        left, right = _ends(gap, at)
        place = {"x": left - 3, "y": TOP, "width": right - left + 6, "height": bottom - TOP}
        shapes.append(Shape("rect", {"class": "gap", **place}, title=gap.said))
    for i, row in enumerate(rows):
        left, right = _ends(row, at)
        y = TOP + step * i + (step - 22) / 2
        place = {"x": left, "y": y + 3, "width": max(right - left, 5.0), "height": 14, "rx": 2}
        shapes.append(Shape("rect", {"class": "bar", **place}, title=row.said))
        shapes += label(LEFT - 10, y + 10, row.value or "", "lane-label")
        shapes += _open_ends(row, left, right, y + 10)
    shapes.append(stroke(LEFT, bottom, WIDTH - RIGHT, bottom, "axis"))
    for bound, x in at.items():
        shapes.append(stroke(x, bottom, x, bottom + 5, "tick"))
        shapes.append(words_at(x, bottom + 18, str(bound), "tick-label", anchor="middle"))
    return Picture(bottom + 26, about, tuple(shapes))


def _ends(stretch: Stretch, at: dict[int, float]) -> tuple[float, float]:
    """Return from where to where a stretch is drawn: a single number is a little wide."""
    left = LEFT + 6 if stretch.low is None else at[stretch.low]
    right = WIDTH - RIGHT - 6 if stretch.high is None else at[stretch.high]
    return round(left, 1), round(right, 1)


def _open_ends(row: Stretch, left: float, right: float, y: float) -> Iterator[Shape]:
    for bound, closed, x in ((row.low, row.low_closed, left), (row.high, row.high_closed, right)):
        if bound is not None:
            yield Shape("circle", {"class": "end closed" if closed else "end open", "cx": x, "cy": y, "r": 4})


# --- clauses by claims ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What a claim has to do with a clause: it cites it, or its answer can depend on it. `kind` is its verdict."""

    row: int
    column: int
    cited: bool
    kind: str


_SUMMARY, _LETTER, _LEAST = 78, 6.1, 32
"""Where summaries begin, how wide a letter of theirs is, and how many columns they have at the least."""


def matrix(rows: Sequence[tuple[str, str]], columns: int, cells: Sequence[Cell], about: str) -> Picture:
    """Return the map of clauses (rows: number, summary) by claims (columns)."""
    step = max(4, min(14, (WIDTH - 290) // max(columns, 1)))
    room = int((WIDTH - 20 - step * columns - _SUMMARY) / _LETTER) - 1
    most = max(_LEAST, min(room, max((columns_of(summary) for _, summary in rows), default=0)))
    left = round(_SUMMARY + _LETTER * (most + 1))
    width = max(WIDTH, left + step * columns + 20)
    size = step * 3 // 4
    shapes: list[Shape] = []
    for i, (number, summary) in enumerate(rows):
        y = TOP + 16 * i
        if i % 2 == 0:
            shapes.append(Shape("rect", {"class": "stripe", "x": 0, "y": y - 1, "width": width, "height": 16}))
        shapes.append(words_at(4, y + 11, cut(number, 12), "map-number", title=number))
        shapes.append(words_at(_SUMMARY, y + 11, cut(summary, most), "map-summary", title=summary))
    kinds = sorted({(c.kind, c.cited) for c in cells})
    for kind, cited in kinds:
        path = "".join(
            _square(left + step * c.column, TOP + 16 * c.row + 2, size, cited=cited)
            for c in cells
            if (c.kind, c.cited) == (kind, cited)
        )
        shapes.append(Shape("path", {"class": f"cell {kind}{' cited' if cited else ' rests'}", "d": path}))
    return Picture(TOP + 16 * len(rows) + 8, about, tuple(shapes), width)


def _square(x: int, y: int, size: int, *, cited: bool) -> str:
    if cited:
        return f"M{x} {y}h{size}v10h-{size}z"
    third = max(size // 3, 1)
    return f"M{x + third} {y + 4}h{third}v3h-{third}z"
