"""What the calendar does again and again in a story: steps in a row that one sentence can tell without hiding any.

Such a row has nothing but schedules and the passage of time. Each thing it changes moves one way, by one clause: what
it was before the row and what it is after say all.
"""

from collections.abc import Iterator, Sequence

from policydsl.base.calendar import parse_day
from policydsl.report.prose import number_in
from policydsl.report.told import Change, StoryStep

_LEAST = 3
"""So many schedules in a row are worth a sentence of their own."""
_CALENDAR = frozenset({"schedule", "passage"})
Row = tuple[StoryStep | None, ...]


def runs(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield the places [start, stop) of the steps that are told together: single ones, and rows of the calendar's."""
    start = 0
    while start < len(rows):
        stop = start
        while stop < len(rows) - 1 and _one_way(rows[start : stop + 1]):
            stop += 1
        fired = max(
            (sum(s is not None and s.kind == "schedule" for s in side) for side in zip(*rows[start:stop], strict=True)),
            default=0,
        )
        stop = stop if fired >= _LEAST else start + 1
        yield start, stop
        start = stop


def in_all(steps: Sequence[StoryStep]) -> tuple[Change, ...]:
    """Return what `steps`, which `runs` put together, change in all."""
    found: dict[str, Change] = {}
    for change in (c for step in steps for c in step.changes):
        first = found.get(change.name, change)
        found[change.name] = Change(change.name, first.old, change.new, change.clause)
    return tuple(found.values())


def _one_way(rows: Sequence[Row]) -> bool:
    """Return whether all that happens is the calendar's, and everything moves one way by one clause."""
    for side in zip(*rows, strict=True):
        moved: dict[str, tuple[str | None, bool | None]] = {}
        for step in side:
            if step is not None and step.kind not in _CALENDAR:
                return False
            for change in () if step is None else step.changes:
                way = (change.clause, _rises(change))
                if change.name in moved and (way[1] is None or moved[change.name] != way):
                    return False
                moved[change.name] = way
    return True


def _rises(change: Change) -> bool | None:
    """Return whether a number or date becomes greater; None where there is no greater or less."""
    days = parse_day(change.old), parse_day(change.new)
    if days[0] is not None and days[1] is not None:
        return days[1] > days[0]
    numbers = number_in(change.old), number_in(change.new)
    return None if numbers[0] is None or numbers[1] is None else numbers[1] > numbers[0]
