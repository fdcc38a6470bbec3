"""Candidates for lemmas, read off a system and random histories of it.

A candidate is something simple (a bound, an order, a difference of dates, "no later than what a rule would set it to
now") that is true in every sampled state, by itself or wherever some fact is (a truth value, a value of an
enumeration, an option of a reading, a count at zero). Nothing rests on the sample but the choice of what to ask.

Source: M. D. Ernst et al., "Dynamically discovering likely program invariants", TSE 27(2), 2001.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, pairwise, product, zip_longest
from math import gcd

from policydsl.core.expr import (
    DATE,
    INT,
    TODAY,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    BoolSort,
    DateSort,
    DayInMonth,
    EnumSort,
    Equal,
    Expr,
    IntLit,
    IntSort,
    Less,
    MonthOf,
    MonthStart,
    Not,
    Or,
    RatSort,
    Remainder,
    Scale,
    Value,
    Var,
    literal,
)
from policydsl.core.system import System
from policydsl.core.walk import definition_table, names, nodes, uses
from policydsl.engines import hull
from policydsl.engines.implied import implied
from policydsl.engines.table import SET, Fact, Table, facts_of, negation

_MOST_OF_A_KIND = 60
_MOST_PAIRS = 40
_MOST_WATCHED = 120
_MOST_SLOPES = 8
_FEWEST_RUNGS, _MOST_RUNGS = 3, 13
_NEAREST = 2
"""So many bounds of a number are tried: the tightest that the sample allows, and weaker ones."""

LAST = ".last"
"""The companion of a schedule that waits for a date: the day for which it fired last."""


def candidates(table: Table, *, dear: bool) -> tuple[Expr, ...]:
    """Return what may hold in every state; with `dear`, also what the calendar is needed for."""
    kinds: tuple[Callable[[Table], Iterable[Expr]], ...]
    kinds = (_unset_dates, _not_yet, _residues, _dates, _implications, _pairs, _ladders)
    guesses = [e for kind in kinds for e in islice(kind(table), _MOST_OF_A_KIND)]
    guesses += islice(_bounds(table), max(_MOST_OF_A_KIND, 2 * len(table.system.variables)))
    guesses += islice(_guarded_bounds(table, tight=not dear), _MOST_OF_A_KIND * (2 if dear else 1))
    guesses += islice(_settings(table, dear=dear), _MOST_OF_A_KIND)
    guesses += islice(_watched(table), _MOST_WATCHED)
    if dear:
        for kind in (
            _definitions,
            hull.equalities,
            hull.missing_remainders,
            hull.guarded_residues,
            hull.weekdays_ahead,
        ):
            guesses += islice(kind(table), _MOST_OF_A_KIND)
    return tuple(dict.fromkeys([*table.asked_and_true, *table.constants, *guesses]))


def simple(table: Table) -> tuple[Expr, ...]:
    """Return the few candidates that mostly do: what was asked, and what is plain of numbers and dates everywhere."""
    kinds = (plain_bounds, _not_yet, _unset_dates, _orders)
    guesses = (e for kind in kinds for e in islice(kind(table), _MOST_OF_A_KIND))
    return tuple(dict.fromkeys([*table.asked_and_true, *table.constants, *guesses]))


def _orders(table: Table) -> Iterator[Expr]:
    """Yield: one number is never more than another of the same history."""
    whole = [v.name for v in table.system.variables if isinstance(v.sort, IntSort)]
    for a, b in islice(((a, b) for a in whole for b in whole if a != b and _side(a) == _side(b)), _MOST_PAIRS):
        if a < b:
            yield from _bounded(Var(a, INT), Var(b, INT), table)
        yield from _lines(Var(a, INT), Var(b, INT), table)


def _side(name: str) -> str:
    """Return which of two histories `name` is of; nothing, where there is one."""
    return name.rpartition("/")[0]


def _unset_dates(table: Table) -> Iterator[Expr]:
    """Yield: an optional date that is not set has the value it started with."""
    known = {v.name for v in table.system.variables}
    for v in table.system.variables:
        if v.name + SET in known and v.initial is not None and not names(v.initial, definition_table(table.system)):
            yield Or((Var(v.name + SET, BoolSort()), Equal(Var(v.name, v.sort), v.initial)))


def _not_yet(table: Table) -> Iterator[Expr]:
    """Yield: where only its own last firing could keep a schedule from firing, it does not."""
    for s in table.system.schedules:
        parts = s.armed.args if isinstance(s.armed, And) else ()
        for part in parts:
            if any(name.endswith(LAST) for name in names(part, {})):
                yield Or((*(Not(other) for other in parts if other is not part), part))


def _bounds(table: Table) -> Iterator[Expr]:
    """Yield: a number or a date between constants, today at the earliest of days; of each the nearest bound first."""
    found = [list(_between(Var(v.name, v.sort), table.column(v.name), table)) for v in table.system.variables]
    found.append(list(_between(Var(TODAY, DATE), table.column(TODAY), table))[:_NEAREST])
    yield from (e for turn in zip_longest(*found) for e in turn if e is not None)


def plain_bounds(table: Table) -> Iterator[Expr]:
    """Yield: a number that is at least 0 in the sample always is, and so of a date that lies in the past."""
    today = table.numbers(TODAY)
    for v in table.system.variables:
        if isinstance(v.sort, IntSort) and min(table.numbers(v.name)) == 0:
            yield Less(IntLit(0), Var(v.name, INT), strict=False)
        elif isinstance(v.sort, DateSort) and all(a <= b for a, b in zip(table.numbers(v.name), today, strict=True)):
            yield Less(Var(v.name, DATE), Var(TODAY, DATE), strict=False)


def _between(x: Var, column: Sequence[Value], table: Table, *, tight: bool = False) -> Iterator[Expr]:
    """Yield bounds of `x`, whose values are `column`, nearest first; if `tight`, only those that are reached."""
    constants: Sequence[int | Fraction] = ()
    match x.sort:
        case IntSort():
            constants = table.integers
        case RatSort():
            constants = table.rationals
        case DateSort():
            constants = table.days
        case BoolSort() | EnumSort():
            return
    listed = [value for value in column if isinstance(value, int | Fraction)]
    least, greatest, most = min(listed), max(listed), 1 if tight else _NEAREST
    low, high = bisect_right(constants, least), bisect_left(constants, greatest)
    below: list[int | Fraction] = [*constants[max(0, low - most) : low]]
    above: list[int | Fraction] = [*constants[high : high + most]]
    yield from (Less(literal(c, x.sort), x, strict=False) for c in reversed(below) if not tight or c == least)
    yield from (Less(x, literal(c, x.sort), strict=False) for c in above if not tight or c == greatest)


def _residues(table: Table) -> Iterator[Expr]:
    """Yield: a number moves by multiples of a step; one that is open at the start and was not seen to move, by 2."""
    for v in table.system.variables:
        if isinstance(v.sort, IntSort):
            first, *others = table.numbers(v.name)
            step = gcd(*(n - first for n in others)) or (2 if v.initial is None else 0)
            if step > 1:
                yield Equal(Remainder(Var(v.name, v.sort), step), IntLit(first % step))


def _guarded_bounds(table: Table, *, tight: bool) -> Iterator[Expr]:
    """Yield: where a fact is, a number that is always the same, or that does not go beyond a constant.

    If `tight`, only constants that it just goes to.
    """
    plain = set(_bounds(table))
    for fact in (*table.facts, *table.options):
        for v in table.system.variables:
            if v.name == fact.name or not isinstance(v.sort, IntSort | RatSort):
                continue
            column, x = table.column(v.name), Var(v.name, v.sort)
            chosen = [column[i] for i in fact.rows]
            if len(set(chosen)) == 1:
                yield _if(fact, Equal(x, literal(chosen[0], v.sort)))
            else:
                yield from (_if(fact, e) for e in _between(x, chosen, table, tight=tight) if e not in plain)


def _dates(table: Table) -> Iterator[Expr]:
    """Yield: so many days at least or at most from one date to another, always or where a fact is."""
    everywhere = range(table.sample.rows)
    known = [v.name for v in table.system.variables if isinstance(v.sort, DateSort)]
    pairs = list(islice(combinations([TODAY, *known], 2), _MOST_PAIRS))
    columns = {name: table.numbers(name) for name in (TODAY, *known)}
    plain = dict.fromkeys(e for a, b in pairs for e in _apart(a, b, columns, everywhere, table))
    yield from plain
    for fact in table.facts:
        rows = fact.rows
        for a, b in pairs:
            yield from (_if(fact, e) for e in _apart(a, b, columns, rows, table, tight=True) if e not in plain)


def _apart(  # noqa: PLR0913  two names, and where to look
    a: str, b: str, columns: dict[str, list[int]], rows: Sequence[int], table: Table, *, tight: bool = False
) -> Iterator[Expr]:
    """Yield bounds for the days from `a` to `b` in `rows`; if `tight`, order and bounds that are reached."""
    x, y, constants = Var(a, DATE), Var(b, DATE), table.integers
    days = [columns[b][i] - columns[a][i] for i in rows]
    least, greatest = min(days), max(days)
    low, high = bisect_right(constants, least), bisect_left(constants, greatest)
    below, above = constants[max(0, low - _NEAREST) : low], constants[high : high + _NEAREST]
    if tight:
        below = tuple(c for c in constants if c == least or (c in {0, 1} and c <= least))
        above = tuple(c for c in constants if c == greatest or (c in {-1, 0} and c >= greatest))
    yield from (_later(x, y, c) for c in reversed(below))
    yield from (_later(y, x, -c) for c in above)


def _later(x: Expr, y: Expr, days: int) -> Expr:
    """Return that `y` is at least `days` after `x`."""
    if days in {0, 1}:
        return Less(x, y, strict=days == 1)
    return Less(AddDays(x, IntLit(days)), y, strict=False)


def _watched(table: Table) -> Iterator[Expr]:
    """Yield: while a claim waits for something to come by a day, a date is so near to that day, a fact is or is not."""
    asked = {name for e in table.about for name in names(e, {})}
    own = [v for v in table.system.variables if v.hidden and v.name in asked]
    waits = [f for v in own for f in facts_of(Var(v.name, v.sort), table.column(v.name)) if f.rows]
    days = [v.name for v in own if isinstance(v.sort, DateSort)]
    known = [TODAY, *(v.name for v in table.system.variables if isinstance(v.sort, DateSort) and v not in own)]
    columns = {name: table.numbers(name) for name in (*known, *days)}
    for wait in (f for f in waits if isinstance(f.expr, Var)):
        for day, date in product(days, known):
            yield from (_if(wait, e) for e in _apart(date, day, columns, wait.rows, table))
        yield from implied([wait], [f for f in table.of_variables if f.name != wait.name], table.sample.rows)


def _implications(table: Table) -> list[Expr]:
    """Return: one fact implies or excludes another."""
    return implied((*table.facts, *table.options), table.facts, table.sample.rows)


def _definitions(table: Table) -> list[Expr]:
    """Return: a fact implies or excludes what a definition says."""
    return implied((*table.facts, *table.options), table.said, table.sample.rows)


def _pairs(table: Table) -> Iterator[Expr]:
    """Yield: a number bounded by a multiple of another, or by a parameter."""
    for sort in (INT, RatSort()):
        variables = [v.name for v in table.system.variables if v.sort == sort]
        parameters = [p.name for p in table.system.parameters if p.sort == sort]
        others = [(x, y) for x in variables for y in parameters]
        for a, b in islice(chain(combinations(variables, 2), others), _MOST_PAIRS):
            yield from _bounded(Var(a, sort), Var(b, sort), table)
        if isinstance(sort, IntSort):
            for a, b in islice(((a, b) for a in variables for b in variables if a != b), _MOST_PAIRS):
                yield from _lines(Var(a, sort), Var(b, sort), table)


def _bounded(x: Var, y: Var, table: Table) -> Iterator[Expr]:
    """Yield the order between two numbers."""
    both = list(zip(table.column(x.name), table.column(y.name), strict=True))
    numbers = [(a, b) for a, b in both if isinstance(a, int | Fraction) and isinstance(b, int | Fraction)]
    if all(a <= b for a, b in numbers):
        yield Less(x, y, strict=all(a < b for a, b in numbers))
    if all(b <= a for a, b in numbers):
        yield Less(y, x, strict=all(b < a for a, b in numbers))


def _lines(x: Var, y: Var, table: Table) -> Iterator[Expr]:
    """Yield: `x` is on a line over `y`, above one, or below one; the slopes are those of steps in the sample."""
    points = sorted({(b, a) for a, b in zip(table.numbers(x.name), table.numbers(y.name), strict=True)})
    slopes: dict[int, int] = {}
    for (b, a), (d, c) in pairwise(points):
        if d != b and (c - a) % (d - b) == 0 and c != a:
            slope = (c - a) // (d - b)
            slopes[slope] = slopes.get(slope, 0) + 1
    known = {abs(n) for n in table.integers}
    common = sorted((k for k in slopes if abs(k) in known), key=lambda k: (-slopes[k], abs(k), k))[:_MOST_SLOPES]
    for k in common:
        rests = [a - k * b for b, a in points]
        rest = Add((x, Scale(-k, y)))
        low, high = min(rests), max(rests)
        if low == high:
            yield Equal(rest, IntLit(low))
        elif low in known or -low in known:
            yield Less(IntLit(low), rest, strict=False)
        elif high in known or -high in known:
            yield Less(rest, IntLit(high), strict=False)


def _ladders(table: Table) -> Iterator[Expr]:
    """Yield: while a count is at most so much, a number that goes down with it is at least so much, rung by rung.

    Only of counts and numbers that are asked about; the rungs are the least values in the sample.
    """
    defined = definition_table(table.system)
    told = {name for e in (*table.asked, *table.about) for name in names(e, defined)}
    whole = [v.name for v in table.system.variables if v.name in told and isinstance(v.sort, IntSort)]
    least_of = {x: min(table.numbers(x)) for x in whole}
    lowest = {x: [i for i, n in enumerate(table.numbers(x)) if n == least_of[x]] for x in whole}
    for counted in whole:
        column = table.numbers(counted)
        if min(column) != 0:
            continue
        just = [[i for i, n in enumerate(column) if n == k] for k in range(_MOST_RUNGS)]
        for x in whole:
            if any(column[i] == 0 for i in lowest[x]):  # where it cannot go down
                continue
            rungs = list(_descent(table.numbers(x), just))
            if len(rungs) < _FEWEST_RUNGS:
                continue
            for k, least in enumerate(rungs):  # further down the sample had too few
                low = Less(IntLit(least), Var(x, INT), strict=False)
                yield Or((Less(IntLit(k), Var(counted, INT), strict=True), low))


def _descent(values: Sequence[int], just: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield the least of `values` in the rows of the first of `just`, of the first two ..., as long as it falls."""
    last: int | None = None
    for rows in just:
        least = min((values[i] for i in rows), default=last)
        if least is None or (last is not None and least >= last):
            return
        yield least
        last = least


def _settings(table: Table, *, dear: bool) -> Iterator[Expr]:
    """Yield: a date is at least, at most, or just what a rule would set it to now; always or where a fact is."""
    columns = table.sample.probes[len(table.asked) :]
    for (name, value), probe in zip(table.values, columns, strict=False):
        if _looks_at_months(value, table.system) and not dear:
            continue
        x, own = Var(name, DATE), table.numbers(name)
        days = [int(there) - here for there, here in zip(probe, own, strict=True)]
        plain = tuple(_compared(x, value, days))
        yield from plain
        for fact in (*table.facts, *table.options):
            chosen = [days[i] for i in fact.rows]
            yield from (_if(fact, e) for e in _compared(x, value, chosen) if e not in plain)


def _compared(x: Expr, value: Expr, days: Sequence[int]) -> Iterator[Expr]:
    """Yield how `x` compares with `value`, `days` later."""
    if not any(days):
        yield Equal(x, value)
    if all(n >= 0 for n in days):
        yield Less(x, value, strict=False)
    if all(n <= 0 for n in days):
        yield Less(value, x, strict=False)


def _looks_at_months(e: Expr, system: System) -> bool:
    """Return whether the value of `e` takes a calendar to tell."""
    table = definition_table(system)
    bodies = [e, *(table[name].body for name in uses((e,), table))]
    dear = MonthOf | DayInMonth | MonthStart | AddMonths | AddBusinessDays
    return any(isinstance(n, dear) for body in bodies for n in nodes(body))


def _if(fact: Fact, then: Expr) -> Expr:
    return Or((negation(fact.expr), then))
