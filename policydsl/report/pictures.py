"""Pictures of histories: numbers, what lasts, and steps, over time. Pure geometry."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from policydsl.base.records import dataclass
from policydsl.report.shapes import (
    LEFT,
    RIGHT,
    ROW,
    TOP,
    WIDTH,
    Picture,
    Shape,
    columns,
    cut,
    label,
    rows_of,
    stroke,
    words_at,
)

_LANE, _PLOT = 34, 132
_ROWS = 3
"""Bars above each other in a lane; more lie over each other."""
_READABLE = 12
"""Height of a bar that has room for words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number over time: (moment, value) where it changes, its name and how its values are said.

    `key` is the same for the same number in another history; `other` says that it is of the second one.
    """

    name: str
    points: tuple[tuple[int, float], ...]
    said: tuple[str, ...]
    other: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of values with a name: a row of a table. An open end is None."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts from a moment to a day, or to the moment `stop` before it; to the end, where it has neither.

    A `deadline` is a day that is marked.
    """

    start: int
    until: int | None
    said: str
    other: bool = False
    stop: int | None = None
    deadline: int | None = None


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
    y = float(TOP + (_PLOT + 12 if drawn.lines else 0))
    bottom = y + _LANE * len(drawn.lanes) + 4
    guides = list(_guides(drawn.marks, scale, bottom))
    shapes = [*_plot(drawn, scale, float(TOP), guides)] if drawn.lines else guides
    for lane in drawn.lanes:
        shapes += _lane(lane, scale, y)
        y += _LANE
    shapes += _axis(drawn, scale, bottom)
    shapes += _marks(drawn.marks, scale, bottom)
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
    width = WIDTH - LEFT - RIGHT - 24
    least = min(26.0, width / (1.5 * len(gaps)))
    free, total = width - least * len(gaps), max(sum(gaps), 1)
    x, found = LEFT + 12.0, [LEFT + 12.0]
    for gap in gaps:
        x += least + free * gap / total
        found.append(round(x, 1))
    return tuple(found)


def _axis(drawn: Timeline, scale: _Scale, y: float) -> Iterator[Shape]:
    yield stroke(LEFT, y, WIDTH - RIGHT, y, "axis")
    taken = -1000.0
    for day, said in drawn.ticks:
        x = scale.tick(day)
        width = 6.4 * columns(said)
        left = min(max(x - width / 2, LEFT - 10), WIDTH - 2 - width)
        if left < taken + 8:
            continue
        taken = left + width
        yield stroke(x, y, x, y + 18, "tick")
        yield words_at(left, y + 32, said, "tick-label")


def _guides(marks: Sequence[Mark], scale: _Scale, bottom: float) -> Iterator[Shape]:
    """Yield the lines that lead up from the steps: they lie behind what has words on it."""
    path = "".join(f"M{x:g} {TOP:g}V{bottom:g}" for x in dict.fromkeys(scale.x(mark.moment) for mark in marks))
    if path:
        yield Shape("path", {"class": "guide", "d": path})


def _marks(marks: Sequence[Mark], scale: _Scale, y: float) -> Iterator[Shape]:
    placed = -1000.0
    for mark in marks:
        x = scale.x(mark.moment)
        centre = max(x, placed + 13)
        placed = centre
        kind = f"mark{' calendar' if mark.calendar else ''}{' other' if mark.other else ''}"
        if mark.calendar:
            path = f"M{centre:g} {y - 9:g}l9 9l-9 9l-9 -9z"
            yield Shape("path", {"class": kind, "d": path}, title=mark.said)
        else:
            yield Shape("circle", {"class": kind, "cx": centre, "cy": y, "r": 8}, title=mark.said)
        yield words_at(centre, y + 3.5, str(mark.number), "mark-label", anchor="middle")


def _lane(lane: Lane, scale: _Scale, y: float) -> Iterator[Shape]:
    middle = y + _LANE / 2
    yield from label(LEFT - 10, middle, lane.name, "lane-label")
    yield stroke(LEFT, y + _LANE, WIDTH - RIGHT, y + _LANE, "rule")
    height = (_LANE - 8) / min(max(len(lane.bars), 1), _ROWS)
    for i, bar in enumerate(lane.bars):
        left = scale.x(bar.start)
        right = max(_right(bar, scale), left)
        place = {"x": left, "y": round(y + 4 + min(i, _ROWS - 1) * height, 1), "width": round(max(right - left, 3), 1)}
        kind = "bar other" if bar.other else "bar"
        readable = height >= _READABLE and right - left > 6.2 * columns(bar.said)
        title = "" if readable else bar.said
        yield Shape("rect", {"class": kind, **place, "height": round(height - 1.5, 1), "rx": 2}, title=title)
        if bar.deadline is not None:
            x = scale.day(bar.deadline)
            flag = f"M{x:g} {y + _LANE - 2:g}v-{_LANE - 4}l-7 4l7 4"
            yield Shape("path", {"class": "deadline", "d": flag}, title=bar.said)
        if readable:
            yield words_at(left + 6, y + 4 + min(i, _ROWS - 1) * height + height / 2 + 3, bar.said, "bar-label")


def _right(bar: Bar, scale: _Scale) -> float:
    day = WIDTH - RIGHT if bar.until is None else scale.day(bar.until)
    return day if bar.stop is None else min(day, scale.x(bar.stop))


# --- numbers over time ---------------------------------------------------------------------------


def _plot(drawn: Timeline, scale: _Scale, top: float, guides: Iterable[Shape]) -> Iterator[Shape]:
    values = [v for line in drawn.lines for _, v in line.points]
    low, high = min(values), max(values)
    room = max((high - low) * 0.12, 1.0)
    low, high = low - room, high + room
    bottom = top + _PLOT

    def y(value: float) -> float:
        return round(bottom - _PLOT * (value - low) / (high - low), 1)

    ends = [y(line.points[-1][1]) for line in drawn.lines]
    yield from _bands(drawn.bands, (low, high), [y(low), y(high)], top, ends)
    yield from guides
    yield stroke(LEFT, bottom, WIDTH - RIGHT, bottom, "rule")
    named: list[float] = []
    keys = list(dict.fromkeys(line.key for line in drawn.lines))
    for line in drawn.lines:
        i = keys.index(line.key)
        heights = [y(v) for _, v in line.points]
        if not line.other or line.key not in {x.key for x in drawn.lines if not x.other}:
            yield from _name(line, heights[0], i, named)
        yield from _curve(line, scale, heights, i)


def _name(line: Line, height: float, index: int, named: list[float]) -> Iterator[Shape]:
    """Yield the name of a line beside its beginning, but not upon the names that are there: those in `named`."""
    below = ROW * (len(rows_of(line.name)) - 1)
    while any(height - ROW < other < height + below + ROW for other in named):
        height += ROW / 2
    named += [height, height + below]
    yield from label(LEFT - 10, height + below / 2, line.name, f"lane-label curve-label{index % 3}")


def _bands(
    bands: Iterable[Band], shown: tuple[float, float], y_of: Sequence[float], top: float, ends: Sequence[float]
) -> Iterator[Shape]:
    """Yield the bands, named where no line ends: `ends` are the heights at which they do."""
    low, high = shown
    for i, band in enumerate(bands):
        start = low if band.low is None else max(band.low, low)
        stop = high if band.high is None else min(band.high, high)
        if start >= stop:
            continue
        share = (y_of[0] - y_of[1]) / (high - low)
        y = round(y_of[0] - (stop - low) * share, 1)
        height = round((stop - start) * share, 1)
        place = {"x": LEFT, "y": max(y, top), "width": WIDTH - LEFT - RIGHT, "height": height}
        yield Shape("rect", {"class": f"band band{i % 2}", **place}, title=band.name)
        if height >= _READABLE:
            places = (height / 2 + 4, 12.0, height - 4)
            free = max(places, key=lambda at: min((abs(y + at - 4 - end) for end in ends), default=0.0) > _READABLE / 2)
            yield words_at(WIDTH - RIGHT - 5, y + free, cut(band.name, 30), "band-label", "end")


def _curve(line: Line, scale: _Scale, heights: Sequence[float], index: int) -> Iterator[Shape]:
    path = f"M{scale.x(line.points[0][0]):g} {heights[0]:g}"
    for (moment, _), height in zip(line.points[1:], heights[1:], strict=True):
        path += f"H{scale.x(moment):g}V{height:g}"
    path += f"H{WIDTH - RIGHT}"
    kind = f"curve curve{index % 3}{' other' if line.other else ''}"
    yield Shape("path", {"class": kind, "d": path})
    last: tuple[float, float] | None = None
    for (moment, _), height, said in zip(line.points, heights, line.said, strict=True):
        x = scale.x(moment)
        room = last is None or abs(last[0] - x) > _ROOM[0] or abs(last[1] - height) > _ROOM[1]
        title = "" if room else said
        yield Shape("circle", {"class": f"point curve{index % 3}", "cx": x, "cy": height, "r": 2.6}, title=title)
        if room:
            near_end = x > WIDTH - 110
            yield words_at(x - 5 if near_end else x + 5, height - 5, said, "value", "end" if near_end else "start")
            last = (x, height)


_ROOM = (44, 11)
"""What the words of a value need, across and down."""
