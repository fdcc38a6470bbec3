"""Boxes in a space of columns: what rules leave uncovered, where they overlap, exactly. Pure arithmetic.

A column is cut at every bound that a rule names, so that each piece (a point, or an open stretch between two) is inside
or outside of every rule as a whole; whatever is said of a piece is said of all its values.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise

from policydsl.base.records import dataclass

Number = int | Fraction
Point = Number | str | bool


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, None for no bound; a bound belongs to it where it is closed."""

    low: Number | None
    high: Number | None
    low_closed: bool
    high_closed: bool

    def holds(self, value: Number) -> bool:
        """Return whether `value` is inside."""
        above = self.low is None or (value >= self.low if self.low_closed else value > self.low)
        return above and (self.high is None or (value <= self.high if self.high_closed else value < self.high))


Cell = Interval | frozenset[Point] | None
"""What a rule asks of one column: a stretch, one of some values, or (None) nothing."""
Rule = tuple[Cell, ...]
Box = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column: `values` in their order, or numbers within `domain`, with gaps between them or not."""

    values: tuple[Point, ...] | None = None
    domain: Interval = Interval(None, None, low_closed=False, high_closed=False)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules, by their places, and the box in which both fit."""

    first: int
    second: int
    box: Box


def gaps(columns: Sequence[Column], rules: Sequence[Rule], within: Rule | None = None) -> tuple[Box, ...]:
    """Return the values that no rule fits (inside `within`), as few boxes as cutting column by column gives."""
    pieces = [list(_pieces(c, [r[i] for r in (*rules, *([within] if within else []))])) for i, c in enumerate(columns)]
    fits = [[frozenset(k for k, r in enumerate(rules) if _inside(p, r[i])) for p in ps] for i, ps in enumerate(pieces)]
    if within is not None:
        kept = [[k for k, p in enumerate(ps) if _inside(p, within[i])] for i, ps in enumerate(pieces)]
        fits = [[fits[i][k] for k in ks] for i, ks in enumerate(kept)]
        pieces = [[pieces[i][k] for k in ks] for i, ks in enumerate(kept)]

    @cache
    def open_(column: int, active: frozenset[int]) -> tuple[Box, ...]:
        if not active:
            return (tuple(_joined(columns[i], pieces[i]) for i in range(column, len(columns))),)
        if column == len(columns):
            return ()
        found: list[Box] = []
        for rest, run in _runs(fits[column], lambda fit: open_(column + 1, active & fit)):
            cell = _joined(columns[column], [pieces[column][k] for k in run])
            found.extend((cell, *box) for box in rest)
        return tuple(found)

    return open_(0, frozenset(range(len(rules)))) if all(pieces) else ()


def overlaps(columns: Sequence[Column], rules: Sequence[Rule]) -> tuple[Overlap, ...]:
    """Return every pair of rules that fit the same values, and where."""
    found: list[Overlap] = []
    for (i, a), (j, b) in combinations(enumerate(rules), 2):
        box: list[Cell] = []
        for column, left, right in zip(columns, a, b, strict=True):
            both = [p for p in _pieces(column, (left, right)) if _inside(p, left) and _inside(p, right)]
            if not both:
                break
            box.append(_joined(column, both))
        else:
            found.append(Overlap(i, j, tuple(box)))
    return tuple(found)


def hidden(columns: Sequence[Column], rules: Sequence[Rule]) -> tuple[int, ...]:
    """Return the rules that never come first: all they fit, the rules before them fit too."""
    return tuple(i for i, rule in enumerate(rules) if i and not gaps(columns, rules[:i], rule))


def sample(columns: Sequence[Column], box: Box) -> tuple[Point, ...]:
    """Return values inside `box`, plain ones."""
    return tuple(_plain(c, cell) for c, cell in zip(columns, box, strict=True))


# --- pieces --------------------------------------------------------------------------------------


def _pieces(column: Column, cells: Sequence[Cell]) -> Iterator[Interval | Point]:
    """Yield the pieces of a column in order: its values, or points and the stretches between them."""
    if column.values is not None:
        yield from column.values
        return
    cuts: set[Number] = set()
    for cell in (column.domain, *cells):
        if isinstance(cell, Interval):
            cuts |= {b for b in (cell.low, cell.high) if b is not None}
        elif cell is not None:
            cuts |= {v for v in cell if not isinstance(v, str)}
    edges: list[Number | None] = [None, *sorted(cuts), None]
    for low, high in pairwise(edges):
        stretch = Interval(low, high, low_closed=False, high_closed=False)
        if _overlaps(column.domain, stretch) and not (column.whole and _is_empty(stretch)):
            yield stretch
        if high is not None and column.domain.holds(high):
            yield high


def _is_empty(stretch: Interval) -> bool:
    return stretch.low is not None and stretch.high is not None and stretch.high - stretch.low <= 1


def _overlaps(domain: Interval, stretch: Interval) -> bool:
    """Return whether an open stretch between two cuts lies in `domain`, whose own bounds are cuts."""
    above = domain.low is None or (stretch.low is not None and stretch.low >= domain.low)
    return above and (domain.high is None or (stretch.high is not None and stretch.high <= domain.high))


def _inside(piece: Interval | Point, cell: Cell) -> bool:
    if cell is None:
        return True
    if isinstance(cell, Interval):
        return (
            _overlaps(cell, piece) if isinstance(piece, Interval) else not isinstance(piece, str) and cell.holds(piece)
        )
    return not isinstance(piece, Interval) and piece in cell


def _runs(
    fits: Sequence[frozenset[int]], rest: Callable[[frozenset[int]], tuple[Box, ...]]
) -> Iterator[tuple[tuple[Box, ...], list[int]]]:
    """Yield neighbouring pieces with the same answer together."""
    run: list[int] = []
    last: tuple[Box, ...] = ()
    for k, fit in enumerate(fits):
        answer = rest(fit)
        if run and answer != last:
            yield last, run
            run = []
        last = answer
        run.append(k)
    if run:
        yield last, run


def _joined(column: Column, pieces: Sequence[Interval | Point]) -> Cell:
    """Return neighbouring pieces as one cell; None for the whole column."""
    if column.values is not None:
        return (
            None if len(pieces) == len(column.values) else frozenset(p for p in pieces if not isinstance(p, Interval))
        )
    first, last = pieces[0], pieces[-1]
    low, low_closed = (first.low, False) if isinstance(first, Interval) else (first, True)
    high, high_closed = (last.high, False) if isinstance(last, Interval) else (last, True)
    assert not isinstance(low, str)
    assert not isinstance(high, str)
    made = Interval(low, high, low_closed, high_closed)
    return None if made == column.domain else made


def _plain(column: Column, cell: Cell) -> Point:
    if isinstance(cell, frozenset):
        return min(cell, key=lambda v: column.values.index(v) if column.values else str(v))
    if column.values is not None:
        return column.values[0]
    stretch = cell or column.domain
    if stretch.low is None and stretch.high is None:
        return 0
    if stretch.low is None:
        assert stretch.high is not None
        return stretch.high if stretch.high_closed else stretch.high - 1
    if stretch.low_closed:
        return stretch.low
    if stretch.high is None or stretch.holds(stretch.low + 1):
        return stretch.low + 1
    return Fraction(stretch.low + stretch.high) / 2
