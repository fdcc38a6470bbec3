"""Pictures of stories and tables, as shapes with places: `templates/picture.svg` writes them down. Pure geometry.

Nothing here is a word of a language but what the caller brings, and nothing is coloured: shapes have classes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 720
_LEFT, _RIGHT, _TOP = 150, 14, 10
_LANE, _PLOT = 34, 132
_ROWS = 3
"""Bars above each other in a lane; more lie over each other."""
_READABLE = 12
"""Height of a bar that has room for words."""
_LONGEST_LABEL = 22


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: its SVG element, attributes, text inside, and what a pointer or screen reader is told of it."""

    tag: str
    attributes: dict[str, str | float]
    text: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on a canvas, with what somebody who cannot see it is told."""

    height: float
    about: str
    shapes: tuple[Shape, ...]
    width: float = WIDTH


# --- what is drawn of a history ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A number over time: (moment, value) where it changes, its name and how its values are said."""

    name: str
    points: tuple[tuple[int, float], ...]
    said: tuple[str, ...]
    other: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of values with a name: a row of a table. An open end is None."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts from a moment to a day, or to the moment `stop`; to the end, where it has neither."""

    start: int
    until: int | None
    said: str
    other: bool = False
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """Bars with one name."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A step of a history: its number, its moment, and what happens; `calendar` if nobody caused it."""

    number: int
    moment: int
    said: str
    calendar: bool
    other: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn of one history, or of two over each other.

    `days` are those of its moments, in order: the start, then every step. `end` is the last day shown.
    """

    about: str
    days: tuple[int, ...]
    end: int
    ticks: tuple[tuple[int, str], ...]
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    lanes: tuple[Lane, ...] = ()
    marks: tuple[Mark, ...] = ()


def timeline(drawn: Timeline) -> Picture:
    """Return the picture of a history."""
    scale = _Scale(drawn.days, drawn.end, _places(drawn.days, drawn.end))
    shapes: list[Shape] = []
    y = float(_TOP)
    if drawn.lines:
        shapes += _plot(drawn, scale, y)
        y += _PLOT + 12
    for lane in drawn.lanes:
        shapes += _lane(lane, scale, y)
        y += _LANE
    bottom = y + 4
    shapes += _axis(drawn, scale, bottom)
    shapes += _marks(drawn.marks, scale, bottom, float(_TOP))
    return Picture(bottom + 44, drawn.about, tuple(shapes))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where moments and days are. Time runs evenly but for room that every step is given, however close to others."""

    days: tuple[int, ...]
    end: int
    places: tuple[float, ...]

    def x(self, moment: int) -> float:
        """Return where a moment is."""
        return self.places[moment]

    def tick(self, day: int) -> float:
        """Return where a day begins that something happens on, or where it is."""
        return self.places[self.days.index(day, 1)] if day in self.days[1:] else self.day(day)

    def day(self, day: int) -> float:
        """Return where a day is: behind the last moment on it."""
        days = (*self.days, self.end)
        last = max((i for i, d in enumerate(days) if d <= day), default=0)
        if last + 1 >= len(days):
            return self.places[-1]
        share = (day - days[last]) / (days[last + 1] - days[last]) if days[last] <= day else 0.0
        return round(self.places[last] + share * (self.places[last + 1] - self.places[last]), 1)


def _places(days: Sequence[int], end: int) -> tuple[float, ...]:
    """Return where the moments are, and the end."""
    gaps = [max(b - a, 0) for a, b in pairwise((*days, end))]
    width = WIDTH - _LEFT - _RIGHT - 24
    least = min(26.0, width / (1.5 * len(gaps)))
    free, total = width - least * len(gaps), max(sum(gaps), 1)
    x, found = _LEFT + 12.0, [_LEFT + 12.0]
    for gap in gaps:
        x += least + free * gap / total
        found.append(round(x, 1))
    return tuple(found)


def _axis(drawn: Timeline, scale: _Scale, y: float) -> Iterator[Shape]:
    yield _line(_LEFT, y, WIDTH - _RIGHT, y, "axis")
    taken = -1000.0
    for day, said in drawn.ticks:
        x = scale.tick(day)
        width = 6.4 * _columns(said)
        left = min(max(x - width / 2, _LEFT - 10), WIDTH - 2 - width)
        if left < taken + 8:
            continue
        taken = left + width
        yield _line(x, y, x, y + 18, "tick")
        yield _label(left, y + 32, said, "tick-label")


def _marks(marks: Sequence[Mark], scale: _Scale, y: float, top: float) -> Iterator[Shape]:
    placed = -1000.0
    for mark in marks:
        x = scale.x(mark.moment)
        centre = max(x, placed + 13)
        placed = centre
        yield _line(x, top, x, y, "guide")
        kind = f"mark{' calendar' if mark.calendar else ''}{' other' if mark.other else ''}"
        if mark.calendar:
            path = f"M{centre} {y - 9}l9 9l-9 9l-9 -9z"
            yield Shape("path", {"class": kind, "d": path}, title=mark.said)
        else:
            yield Shape("circle", {"class": kind, "cx": centre, "cy": y, "r": 8}, title=mark.said)
        yield _label(centre, y + 3.5, str(mark.number), "mark-label", anchor="middle")


def _lane(lane: Lane, scale: _Scale, y: float) -> Iterator[Shape]:
    middle = y + _LANE / 2
    yield _label(_LEFT - 10, middle + 4, cut(lane.name), "lane-label", anchor="end", title=lane.name)
    yield _line(_LEFT, y + _LANE, WIDTH - _RIGHT, y + _LANE, "rule")
    height = (_LANE - 8) / min(max(len(lane.bars), 1), _ROWS)
    for i, bar in enumerate(lane.bars):
        left = scale.x(bar.start)
        right = max(_right(bar, scale), left)
        place = {"x": left, "y": round(y + 4 + min(i, _ROWS - 1) * height, 1), "width": round(max(right - left, 3), 1)}
        kind = "bar other" if bar.other else "bar"
        yield Shape("rect", {"class": kind, **place, "height": round(height - 1.5, 1), "rx": 2}, title=bar.said)
        if height >= _READABLE and right - left > 6.2 * _columns(bar.said):
            yield _label(left + 6, y + 4 + min(i, _ROWS - 1) * height + height / 2 + 3, bar.said, "bar-label")


def _right(bar: Bar, scale: _Scale) -> float:
    if bar.stop is not None:
        return scale.x(bar.stop)
    return WIDTH - _RIGHT if bar.until is None else scale.day(bar.until)


# --- numbers over time ---------------------------------------------------------------------------


def _plot(drawn: Timeline, scale: _Scale, top: float) -> Iterator[Shape]:
    values = [v for line in drawn.lines for _, v in line.points]
    low, high = min(values), max(values)
    room = max((high - low) * 0.12, 1.0)
    low, high = low - room, high + room
    bottom = top + _PLOT

    def y(value: float) -> float:
        return round(bottom - _PLOT * (value - low) / (high - low), 1)

    yield from _bands(drawn.bands, (low, high), y_of=[y(low), y(high)], top=top)
    yield _line(_LEFT, bottom, WIDTH - _RIGHT, bottom, "rule")
    for i, line in enumerate(drawn.lines):
        yield from _curve(line, scale, [y(v) for _, v in line.points], i)


def _bands(bands: Iterable[Band], shown: tuple[float, float], y_of: Sequence[float], top: float) -> Iterator[Shape]:
    low, high = shown
    for i, band in enumerate(bands):
        start = low if band.low is None else max(band.low, low)
        stop = high if band.high is None else min(band.high, high)
        if start >= stop:
            continue
        share = (y_of[0] - y_of[1]) / (high - low)
        y = round(y_of[0] - (stop - low) * share, 1)
        height = round((stop - start) * share, 1)
        place = {"x": _LEFT, "y": max(y, top), "width": WIDTH - _LEFT - _RIGHT, "height": height}
        yield Shape("rect", {"class": f"band band{i % 2}", **place}, title=band.name)
        if height >= _READABLE:
            yield _label(
                WIDTH - _RIGHT - 5, y + min(height / 2 + 4, height - 2), cut(band.name, 30), "band-label", "end"
            )


def _curve(line: Line, scale: _Scale, heights: Sequence[float], index: int) -> Iterator[Shape]:
    path = f"M{scale.x(line.points[0][0])} {heights[0]}"
    for (moment, _), height in zip(line.points[1:], heights[1:], strict=True):
        path += f"H{scale.x(moment)}V{height}"
    path += f"H{WIDTH - _RIGHT}"
    kind = f"curve curve{index % 3}{' other' if line.other else ''}"
    yield Shape("path", {"class": kind, "d": path}, title=line.name)
    label = cut(line.name)
    yield _label(_LEFT - 10, heights[0] + 4, label, f"lane-label curve-label{index % 3}", anchor="end", title=line.name)
    last: tuple[float, float] | None = None
    for (moment, _), height, said in zip(line.points, heights, line.said, strict=True):
        x = scale.x(moment)
        yield Shape("circle", {"class": f"point curve{index % 3}", "cx": x, "cy": height, "r": 2.6}, title=said)
        if last is None or abs(last[0] - x) > _ROOM[0] or abs(last[1] - height) > _ROOM[1]:
            near_end = x > WIDTH - 110
            yield _label(x - 5 if near_end else x + 5, height - 5, said, "value", "end" if near_end else "start")
            last = (x, height)


_ROOM = (44, 11)
"""What the words of a value need, across and down."""


# --- tables as a line of numbers -----------------------------------------------------------------


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
    at = {b: _LEFT + 40 + (WIDTH - _LEFT - _RIGHT - 80) * i / max(len(bounds) - 1, 1) for i, b in enumerate(bounds)}
    rows = [s for s in stretches if s.value is not None]
    shapes: list[Shape] = []
    bottom = _TOP + 22 * len(rows) + 6
    for gap in (s for s in stretches if s.value is None):
        left, right = _ends(gap, at)
        place = {"x": left - 3, "y": _TOP, "width": right - left + 6, "height": bottom - _TOP}
        shapes.append(Shape("rect", {"class": "gap", **place}, title=gap.said))
    for i, row in enumerate(rows):
        left, right = _ends(row, at)
        y = _TOP + 22 * i
        place = {"x": left, "y": y + 3, "width": max(right - left, 5.0), "height": 14, "rx": 2}
        shapes.append(Shape("rect", {"class": "bar", **place}, title=row.said))
        shapes.append(
            _label(_LEFT - 10, y + 14, cut(row.value or ""), "lane-label", anchor="end", title=row.value or "")
        )
        shapes += _open_ends(row, left, right, y + 10)
    shapes.append(_line(_LEFT, bottom, WIDTH - _RIGHT, bottom, "axis"))
    for bound, x in at.items():
        shapes.append(_line(x, bottom, x, bottom + 5, "tick"))
        shapes.append(_label(x, bottom + 18, str(bound), "tick-label", anchor="middle"))
    return Picture(bottom + 26, about, tuple(shapes))


def _ends(stretch: Stretch, at: dict[int, float]) -> tuple[float, float]:
    """Return from where to where a stretch is drawn: a single number is a little wide."""
    left = _LEFT + 6 if stretch.low is None else at[stretch.low]
    right = WIDTH - _RIGHT - 6 if stretch.high is None else at[stretch.high]
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


def matrix(rows: Sequence[tuple[str, str]], columns: int, cells: Sequence[Cell], about: str) -> Picture:
    """Return the map of clauses (rows: number, summary) by claims (columns)."""
    step = max(4.0, min(14.0, (WIDTH - 290) / max(columns, 1)))
    left, width = 280.0, max(WIDTH, 280 + step * columns + 20)
    size = round(step * 0.72, 1)
    shapes: list[Shape] = []
    for i, (number, summary) in enumerate(rows):
        y = _TOP + 16 * i
        if i % 2 == 0:
            shapes.append(Shape("rect", {"class": "stripe", "x": 0, "y": y - 1, "width": width, "height": 16}))
        shapes.append(_label(4, y + 11, cut(number, 12), "map-number", title=number))
        shapes.append(_label(78, y + 11, cut(summary, 32), "map-summary", title=summary))
    kinds = sorted({(c.kind, c.cited) for c in cells})
    for kind, cited in kinds:
        path = "".join(
            _square(round(left + step * c.column, 1), _TOP + 16 * c.row + 2, size, cited=cited)
            for c in cells
            if (c.kind, c.cited) == (kind, cited)
        )
        shapes.append(Shape("path", {"class": f"cell {kind}{' cited' if cited else ' rests'}", "d": path}))
    return Picture(_TOP + 16 * len(rows) + 8, about, tuple(shapes), width)


def _square(x: float, y: float, size: float, *, cited: bool) -> str:
    if cited:
        return f"M{x} {y}h{size}v10h-{size}z"
    return f"M{round(x + size * 0.3, 1)} {y + 3.5}h{round(size * 0.4, 1)}v3h-{round(size * 0.4, 1)}z"


# --- shapes --------------------------------------------------------------------------------------


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Shape:
    return Shape("line", {"class": kind, "x1": x1, "y1": y1, "x2": x2, "y2": y2})


def _label(  # noqa: PLR0913, PLR0917  a place, a text, and how it looks
    x: float, y: float, text: str, kind: str, anchor: str = "start", title: str = ""
) -> Shape:
    place: dict[str, str | float] = {"class": kind, "x": round(x, 1), "y": round(y, 1), "text-anchor": anchor}
    return Shape("text", place, text, title if title != text else "")


def cut(text: str, columns: int = _LONGEST_LABEL) -> str:
    """Return `text`, shortened to a number of columns (a Chinese character takes two)."""
    taken = 0
    for i, character in enumerate(text):
        taken += _columns(character)
        if taken > columns:
            return f"{text[: max(i - 1, 1)]}…"
    return text


_WIDE = 0x1100
"""From here on, characters are mostly as wide as they are high."""


def _columns(text: str) -> int:
    return sum(1 if ord(c) < _WIDE else 2 for c in text)
