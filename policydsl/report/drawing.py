"""What of a story or a table is drawn: from the report's plain data to the numbers and days of `pictures`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from policydsl.base.calendar import parse_day, show_day
from policydsl.front.loaded import Cell, TableText
from policydsl.report.charts import Cell as MapCell
from policydsl.report.charts import Stretch, number_line
from policydsl.report.charts import matrix as draw_matrix
from policydsl.report.model import Finding, PolicyReport
from policydsl.report.pictures import Band, Bar, Lane, Line, Mark, Timeline, timeline
from policydsl.report.prose import number_in, step_sentence
from policydsl.report.shapes import Picture
from policydsl.report.told import Story
from policydsl.report.words import NO, NONE, YES, Words

_MOST_LINES, _MOST_LANES = 2, 5
_SHORTEST_SPAN = 10
"""Days: a story of a few days is not stretched over the whole width."""


def story_picture(tables: Sequence[TableText], stories: Sequence[Story], words: Words) -> Picture | None:
    """Return the picture of a history, or of two over each other; None where nothing changes.

    The rows of `tables` about a number that is drawn are bands behind it.
    """
    when = _moments(stories)
    moments = sorted(set(when.values()))
    places = {step: moments.index(moment) + 1 for step, moment in when.items()}
    drawn = [_Drawn(tables, story, words, places, i) for i, story in enumerate(stories)]
    lines = _with_constant([list(d.lines()) for d in drawn], drawn)
    lanes = _merged(drawn)[:_MOST_LANES]
    if not lines and not lanes:
        return None
    first = min(_day(s.start) for s in stories)
    if moments:  # the time in which nothing happens yet is not drawn
        first = max(first, moments[0][0] - _SHORTEST_SPAN)
    days = (first, *(day for day, _ in moments))
    ahead = [day for lane in lanes for b in lane.bars for day in (b.until, b.deadline) if day is not None]
    end = max(*days, *ahead, days[0] + _SHORTEST_SPAN)
    bands = next((b for line in lines for b in [drawn[0].bands(line.name)] if b), ())
    ticks = [(day, words.language.date(show_day(day))) for day in sorted({*days[1:], *ahead} or set(days))]
    about = words.language.say("The story as a picture over time; the text beside it says the same.")
    marks = {(m.moment, m.said): m for d in reversed(drawn) for m in d.marks()}  # what happens in both is one mark
    steps = sorted(marks.values(), key=lambda m: (m.moment, m.other))
    return timeline(Timeline(about, days, end, tuple(ticks), tuple(lines), tuple(bands), tuple(lanes), tuple(steps)))


def _moments(stories: Sequence[Story]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the day and the place in it of each step, by story and number: steps that go together are one moment."""
    rows: dict[tuple[int, int], int] = {}
    for at, row in enumerate(stories[0].rows if len(stories) > 1 else ()):
        rows |= {(i, n + 1): at for i, n in enumerate((row.first, row.second)) if n is not None}
    return {
        (i, n): (_day(step.date), rows.get((i, n), n))
        for i, story in enumerate(stories)
        for n, step in enumerate(story.steps, start=1)
    }


def _day(text: str) -> int:
    return parse_day(text) or 0


class _Drawn:
    """One story, ready to be drawn: `places` are the moments of the steps of all, by story and number."""

    def __init__(
        self, tables: Sequence[TableText], story: Story, words: Words, places: Mapping[tuple[int, int], int], index: int
    ) -> None:
        self.tables, self.story, self.words, self.other = tables, story, words, index > 0
        self.moments = [(places[index, n], step) for n, step in enumerate(story.steps, start=1)]

    def _values(self) -> dict[str, list[tuple[int, str]]]:
        """Return what changes, what the claim speaks of first: by name, (moment, value) from the start on."""
        found: dict[str, list[tuple[int, str]]] = {}
        for moment, step in self.moments:
            for change in step.changes:
                found.setdefault(change.name, [(0, change.old)]).append((moment, change.new))
        wanted = [f.name for f in self.story.facts]
        return dict(sorted(found.items(), key=lambda item: wanted.index(item[0]) if item[0] in wanted else len(wanted)))

    def lines(self) -> list[Line]:
        """Return the numbers that change: those that the claim speaks of, else the first few."""
        found: dict[str, Line] = {}
        for name, values in self._values().items():
            numbers = [(moment, number_in(value)) for moment, value in values]
            points = tuple((moment, n) for moment, n in numbers if n is not None)
            if len(points) == len(values) and self.words.type_of(name) not in {"date", "date or none", "boolean"}:
                said = tuple(self.words.value(name, v) for _, v in values)
                found[name] = Line(self.words.name(name), points, said, self.other, name)
        wanted = [line for name, line in found.items() if name in {f.name for f in self.story.facts}]
        return (wanted or list(found.values()))[:_MOST_LINES]

    def constant(self, name: str, called: str) -> Line | None:
        """Return the line of a number that does not change here, but does in another story."""
        fact = next((f for f in self.story.facts if f.name == name), None)
        number = None if fact is None else number_in(fact.value or "")
        if fact is None or number is None:
            return None
        return Line(called, ((0, number),), (self.words.value(name, fact.value or ""),), self.other, name)

    def lanes(self) -> Iterator[tuple[str, Lane]]:
        """Yield what lasts, by name: duties, dates ahead as bars up to them, yes and other values while they last."""
        found = self._values()
        for name, values in found.items():
            duty = self.words.duty(name)
            if duty is not None:
                if duty[1] == "open":
                    due = found.get(f"{name.removesuffix('open')}due", ())
                    yield name, Lane(duty[0], tuple(self._duty(values, dict(due))))
                continue
            bars = self._bars(name, values, values[1:])
            if bars:
                yield name, Lane(self.words.name(name), tuple(bars))

    def still(self, name: str) -> tuple[Bar, ...]:
        """Return the bar of what lasts all the time here, but not in another story."""
        fact = next((f for f in self.story.facts if f.name == name), None)
        if fact is None or fact.value is None or self.words.duty(name) is not None or name in self._values():
            return ()
        values = [(0, fact.value)]
        return tuple(self._bars(name, values, values))

    def _bars(self, name: str, values: Sequence[tuple[int, str]], set_: Sequence[tuple[int, str]]) -> list[Bar]:
        """Return the bars of `values`; dates are drawn from where they are set. None for numbers."""
        type_ = self.words.type_of(name)
        if type_ in {"date", "date or none"} or (type_ is None and any(parse_day(v) is not None for _, v in values)):
            gone = [moment for moment, v in values if v == NONE]
            return [self._to_date(name, moment, v, gone) for moment, v in set_ if parse_day(v) is not None]
        if number_in(values[0][1]) is not None:
            return []
        spans = pairwise([*values, (None, "")])
        return [self._while(name, a, b[0]) for a, b in spans if a[1] not in {NO, NONE} and a[0] is not None]

    def _duty(self, values: Sequence[tuple[int, str]], due: Mapping[int, str]) -> Iterator[Bar]:
        """Yield a bar for each time that a duty is open, with its deadline."""
        for (moment, value), (stop, _) in pairwise([*values, (None, "")]):
            if value == YES and moment is not None:
                day = parse_day(due.get(moment, ""))
                said = self.words.value("", YES)
                if day is not None:
                    said = self.words.language.say("due by {date}", date=self.words.language.date(show_day(day)))
                yield Bar(moment, None, said, self.other, stop, day)

    def _to_date(self, name: str, moment: int, value: str, gone: Sequence[int]) -> Bar:
        """Return the bar of a date that is set at `moment`: to that date, or to where it is taken back before."""
        said = self.words.value(name, value)
        if _day(value) > _day(dict(self.moments)[moment].date if moment else self.story.start):
            said = self.words.language.say("until {date}", date=said)
        return Bar(moment, parse_day(value), said, self.other, next((m for m in gone if m > moment), None))

    def _while(self, name: str, start: tuple[int | None, str], stop: int | None) -> Bar:
        assert start[0] is not None
        return Bar(start[0], None, self.words.value(name, start[1]), self.other, stop)

    def bands(self, name: str) -> tuple[Band, ...]:
        """Return the rows of a table that is about the number called `name` alone."""
        for table in self.tables:
            if len(table.inputs) == 1 and self.words.name(table.inputs[0]) == name:
                rows = [(r.cells[0], r.value) for r in table.rows]
                return tuple(
                    Band(self.words.value(table.name, value), cell.low, cell.high)
                    for cell, value in rows
                    if cell.stretch
                )
        return ()

    def marks(self) -> Iterator[Mark]:
        """Yield the steps."""
        for number, (moment, step) in enumerate(self.moments, start=1):
            said = step_sentence(step, self.words)
            yield Mark(number, moment, said, step.kind in {"schedule", "passage"}, self.other)


def _with_constant(lines: Sequence[list[Line]], drawn: Sequence["_Drawn"]) -> list[Line]:
    """Return the lines of all stories, those too that lie still in one and move in another."""
    made: list[Line] = []
    for own, each in zip(lines, drawn, strict=True):
        here = {line.key for line in own}
        made += own
        for line in (line for other in lines for line in other if line.key not in here):
            still = each.constant(line.key, line.name)
            made += [] if still is None else [still]
    return made


def _merged(drawn: Sequence[_Drawn]) -> list[Lane]:
    """Return what lasts in any of the stories: first what is spoken of, then what is not alike in all of them."""
    each = [dict(d.lanes()) for d in drawn]
    spoken = {fact.name for d in drawn for fact in d.story.facts}
    names = {name: lane.name for own in each for name, lane in own.items()}
    bars = {n: [own[n].bars if n in own else d.still(n) for d, own in zip(drawn, each, strict=True)] for n in names}
    alike = {n for n, of in bars.items() if len({tuple(replace(b, other=False) for b in own) for own in of}) == 1}
    found: dict[str, tuple[Bar, ...]] = {}
    for name in sorted(names, key=lambda n: (n not in spoken, n in alike)):
        found[names[name]] = (*found.get(names[name], ()), *(b for own in bars[name] for b in own))
    return [Lane(name, bars) for name, bars in found.items()]


# --- tables --------------------------------------------------------------------------------------


def table_picture(table: TableText, words: Words) -> Picture | None:
    """Return a table over one number as a line of numbers, its gaps drawn; None for other tables."""
    cells = [r.cells[0] for r in table.rows] if len(table.inputs) == 1 else []
    if not cells or not all(c.stretch for c in cells):
        return None
    say = words.language.say
    rows = [
        Stretch(c.low, c.high, c.low_closed, c.high_closed, words.value(table.name, r.value), f"{c.text}: {r.value}")
        for c, r in zip(cells, table.rows, strict=True)
    ]
    gaps = [Stretch(*gap, None, say("no row covers {gap}", gap=stretch_words(gap))) for gap in gaps_of(cells)]
    about = say(
        "The rows of the table {name} over their numbers; stretches that no row covers are hatched.", name=table.name
    )
    return number_line([*rows, *gaps], about)


_Gap = tuple[int | None, int | None, bool, bool]


def gaps_of(cells: Sequence[Cell]) -> list[_Gap]:
    """Return the stretches of whole numbers that no cell covers, as (low, high, low closed, high closed)."""
    taken = sorted((_first(c), _last(c)) for c in cells)
    gaps: list[_Gap] = []
    reached = taken[0][0]
    if reached > _FAR_BELOW:
        closed = min(c.low_closed for c in cells if c.low is not None and _first(c) == reached)
        gaps.append((None, reached if closed else reached - 1, False, not closed))
    end = taken[0][1]
    for low, high in taken[1:]:
        if low > end + 1:
            gaps.append((end + 1, low - 1, True, True))
        end = max(end, high)
    if end < _FAR_ABOVE:
        closed = min(c.high_closed for c in cells if c.high is not None and _last(c) == end)
        gaps.append((end if closed else end + 1, None, not closed, False))
    return gaps


_FAR_BELOW, _FAR_ABOVE = -(10**30), 10**30
"""Beyond every number of a policy."""


def _first(cell: Cell) -> int:
    return _FAR_BELOW if cell.low is None else cell.low + (not cell.low_closed)


def _last(cell: Cell) -> int:
    return _FAR_ABOVE if cell.high is None else cell.high - (not cell.high_closed)


def stretch_words(gap: _Gap) -> str:
    """Return a stretch of whole numbers: `0`, `1 .. 5`, `<= 0`, `> 80`."""
    low, high, low_closed, high_closed = gap
    if low is None:
        return f"{'<=' if high_closed else '<'} {high}"
    if high is None:
        return f"{'>=' if low_closed else '>'} {low}"
    return str(low) if low == high else f"{low} .. {high}"


# --- clauses by claims ---------------------------------------------------------------------------


def clause_picture(policy: PolicyReport, claims: Sequence[Finding], kinds: Sequence[str], words: Words) -> Picture:
    """Return the map of clauses: which claims cite each, and whose answers can depend on it. `kinds` are verdicts."""
    unmodelled = {u.clause for u in policy.unmodelled}
    clauses = [c for c in policy.clauses if c.number not in unmodelled]
    row = {c.number: i for i, c in enumerate(clauses)}
    cells = [
        MapCell(row[number], column, number in finding.cites, kind)
        for column, (finding, kind) in enumerate(zip(claims, kinds, strict=True))
        for number in dict.fromkeys((*finding.cites, *finding.rests_on))
        if number in row
    ]
    about = words.language.say(
        "Which claims cite each clause, and whose answers can depend on it; the lists below say the same."
    )
    return draw_matrix([(c.number, words.text(c.summary, c.labels)) for c in clauses], len(claims), cells, about)
