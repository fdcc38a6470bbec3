"""Decision tables: where no row fits, where several do, rows hidden by others, and whether any history gets there."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Literal, TypeAlias

from policydsl.analyses.boxes import Box, Cell, Column, Interval, Overlap, Point, Rule, gaps, hidden, overlaps, sample
from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.conditions import conjuncts, in_steps, where_schedules_look
from policydsl.core.expr import BoolSort, DateSort, EnumSort, Expr, IntSort, RatSort, Sort
from policydsl.core.system import Property, Question, System
from policydsl.core.walk import definition_table
from policydsl.front.loaded import LoadedPolicy

Kind: TypeAlias = Literal["gap", "overlap"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A box in which no row of a table fits, or in which the `rows` (from 1) do; `values` are a sample inside.

    `differs` says of an overlap that its rows give different values. `question` asks whether a history gets there.
    """

    kind: Kind
    rows: tuple[int, ...]
    box: Box
    values: tuple[Point, ...]
    differs: bool
    question: Question


@dataclass(frozen=True, slots=True)
class TableReport:
    """What there is to say about one table. `inputs` are its columns; `hidden` rows (from 1) never come first.

    `exact` says that the text promises one row at most, `total` that it promises one at least.
    """

    name: str
    clause: str
    inputs: tuple[Expr, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    spots: tuple[Spot, ...]
    hidden: tuple[int, ...]
    suggestion: str
    exact: bool
    total: bool


class _UnclearError(Exception):
    """A row asks for something that is no box."""


def table_reports(policy: LoadedPolicy) -> tuple[tuple[TableReport, ...], tuple[str, ...]]:
    """Return what there is to say about each table of `policy`, and the tables whose bounds are no constants."""
    found: list[TableReport] = []
    unclear: list[str] = []
    for symbol in policy.symbols.values():
        if symbol.kind == "table":
            try:
                found.append(_table(policy, symbol.name))
            except _UnclearError:
                unclear.append(symbol.name)
    return tuple(found), tuple(unclear)


def _table(policy: LoadedPolicy, name: str) -> TableReport:
    table = definition_table(policy.system)
    bodies = list(_rows(policy, name))
    asked = [dict(_conditions(body)) for body in bodies]
    inputs = tuple(dict.fromkeys(e for row in asked for e in row))
    columns = tuple(_column(_sort(e, policy), _admissible(e, policy.system)) for e in inputs)
    rules = tuple(tuple(row.get(e) for e in inputs) for row in asked)
    values = _values(table[name].body, name, len(rules))
    over = overlaps(columns, rules)
    found: list[tuple[tuple[int, ...], Box, bool]] = [((), box, False) for box in gaps(columns, rules)]
    found += [((o.first + 1, o.second + 1), o.box, values[o.first] != values[o.second]) for o in over]
    spots: list[Spot] = []
    for rows, box, differs in found:
        kind: Kind = "overlap" if rows else "gap"
        question = _question(policy, name, inputs, box, f"{kind}:{name}:{len(spots) + 1}")
        spots.append(Spot(kind, rows, box, sample(columns, box), differs, question))
    lost = tuple(i + 1 for i in hidden(columns, rules))
    suggestion = _suggest(columns, rules, over, values)
    owed = {o.key for o in policy.system.obligations}
    promises = f"overlap:{name}" in owed, f"gap:{name}" in owed
    return TableReport(name, table[name].clause, inputs, columns, rules, tuple(spots), lost, suggestion, *promises)


def _rows(policy: LoadedPolicy, name: str) -> Iterator[Expr]:
    table = definition_table(policy.system)
    number = 1
    while f"{name}.row{number}" in table:
        yield table[f"{name}.row{number}"].body
        number += 1


def _values(body: Expr, name: str, count: int) -> tuple[Expr, ...]:
    """Return the value of each row: a table is a chain of cases, the last row's or that of `no row` at its end."""
    found: list[Expr] = []
    while isinstance(body, core.Ite) and isinstance(body.cond, core.Use) and body.cond.name.startswith(f"{name}.row"):
        found.append(body.then)
        body = body.otherwise
    return tuple([*found, *[body] * count][:count])


# --- conditions ----------------------------------------------------------------------------------


def _conditions(body: Expr) -> Iterator[tuple[Expr, Cell]]:
    """Yield each input that a row looks at, with what it asks of it."""
    merged: dict[Expr, Cell] = {}
    for part in _parts(body):
        subject, cell = _condition(part)
        known = merged.get(subject)
        merged[subject] = cell if known is None else _both(known, cell)
    yield from merged.items()


def _parts(e: Expr) -> Iterator[Expr]:
    return (part for part in conjuncts(e) if part != core.TRUE)


def _condition(e: Expr) -> tuple[Expr, Cell]:
    match e:
        case core.Less(left=left, right=right, strict=strict):
            if (bound := _literal(left)) is not None and not isinstance(bound, str):
                return right, Interval(bound, None, low_closed=not strict, high_closed=False)
            if (bound := _literal(right)) is not None and not isinstance(bound, str):
                return left, Interval(None, bound, low_closed=False, high_closed=not strict)
        case core.Equal(left=left, right=right):
            if (value := _literal(right)) is not None:
                return left, frozenset([value])
        case core.Or(args=args) if args:
            found = [_condition(a) for a in args]
            cells = [c for _, c in found]
            if len({s for s, _ in found}) == 1 and all(isinstance(c, frozenset) for c in cells):
                return found[0][0], frozenset().union(*(c for c in cells if isinstance(c, frozenset)))
        case core.Var(sort=BoolSort()) | core.Use(sort=BoolSort()):
            return e, frozenset([True])
        case core.Not(arg=core.Var(sort=BoolSort()) | core.Use(sort=BoolSort()) as inner):
            return inner, frozenset([False])
        case _:
            pass
    raise _UnclearError


def _both(a: Cell, b: Cell) -> Cell:
    if not isinstance(a, Interval) or not isinstance(b, Interval):
        raise _UnclearError
    return _narrower(a, b)


def _narrower(a: Interval, b: Interval) -> Interval:
    """Return the interval of what lies in both."""
    low = max(a, b, key=lambda i: (i.low is not None, i.low or 0, not i.low_closed))
    high = min(a, b, key=lambda i: (i.high is None, i.high or 0, i.high_closed))
    return Interval(low.low, high.high, low.low_closed, high.high_closed)


def _literal(e: Expr) -> Point | None:
    match e:
        case (
            core.IntLit(value=value) | core.RatLit(value=value) | core.EnumLit(value=value) | core.BoolLit(value=value)
        ):
            return value
        case core.DateLit(value=day):
            return day
        case _:
            return None


def _sort(e: Expr, policy: LoadedPolicy) -> Sort:
    match e:
        case core.Var(sort=sort) | core.Use(sort=sort):
            return sort
        case core.MonthOf() | core.DayInMonth() | core.Weekday() | core.DaysBetween() | core.Add() | core.Scale():
            return core.INT
        case core.At(body=inner):
            return _sort(inner, policy)
        case _:
            raise _UnclearError


def _admissible(e: Expr, system: System) -> Interval:
    """Return the range that is declared for a parameter or an input; for anything else no bounds."""
    found = Interval(None, None, low_closed=False, high_closed=False)
    if not isinstance(e, core.Var):
        return found
    said = system.assumptions if e.name in {p.name for p in system.parameters} else ()
    said += tuple(event.guard for event in system.events if e.name in {i.name for i in event.inputs})
    for part in (part for condition in said for part in _parts(condition)):
        with suppress(_UnclearError):
            subject, cell = _condition(part)
            if subject == e and isinstance(cell, Interval):
                found = _narrower(found, cell)
    return found


def _column(sort: Sort, admissible: Interval) -> Column:
    match sort:
        case BoolSort():
            return Column(values=(False, True))
        case EnumSort(values=values):
            return Column(values=values)
        case IntSort() | DateSort():
            return Column(domain=admissible, whole=True)
        case RatSort():
            return Column(domain=admissible)


# --- questions -----------------------------------------------------------------------------------


def _question(policy: LoadedPolicy, name: str, inputs: Sequence[Expr], box: Box, key: str) -> Question:
    """Return the question whose refutation is a history that gets to `box`."""
    there = core.And(tuple(part for e, cell in zip(inputs, box, strict=True) for part in _inside(e, cell)))
    on, never, system = policy.symbols[name].on, core.Not(there), policy.system
    if on:
        return Question(key, system, Property(core.TRUE, in_steps(on, never)), None)
    seen = where_schedules_look(never, system.schedules, definition_table(system))
    return Question(key, system, Property(never, seen), None)


def _inside(e: Expr, cell: Cell) -> Iterator[Expr]:
    match cell:
        case None:
            return
        case Interval(low=low, high=high):
            if low is not None:
                yield core.Less(_lit(low, e), e, strict=not cell.low_closed)
            if high is not None:
                yield core.Less(e, _lit(high, e), strict=not cell.high_closed)
        case _:
            yield core.Or(tuple(core.Equal(e, _lit(v, e)) for v in sorted(cell, key=str)))


def _named_sort(e: Expr) -> Sort:
    """Return the sort of a name, in whatever view it is read; of anything else that a row asks for, that of numbers."""
    while isinstance(e, core.At):
        e = e.body
    return e.sort if isinstance(e, core.Var | core.Use) else core.INT


def _lit(value: Point, e: Expr) -> Expr:
    sort = _named_sort(e)
    match sort:
        case BoolSort():
            return core.BoolLit(bool(value))
        case EnumSort():
            return core.EnumLit(sort, str(value))
        case DateSort():
            assert not isinstance(value, str)
            return core.DateLit(int(value))
        case RatSort():
            assert not isinstance(value, str)
            return core.RatLit(Fraction(value))
        case _:
            assert not isinstance(value, str)
            return core.IntLit(int(value))


# --- hit policies --------------------------------------------------------------------------------


def _suggest(columns: Sequence[Column], rules: Sequence[Rule], over: Sequence[Overlap], values: Sequence[Expr]) -> str:
    """Return the hit policy that fits a table whose text does not name one, with the reason."""
    if not over:
        return "exactly one row: no two rows fit at once"
    differing = [o for o in over if values[o.first] != values[o.second]]
    if not differing:
        return "first row that fits: rows that fit at once have the same value, so their order does not matter"
    narrow_first = all(not gaps(columns, [rules[o.second]], rules[o.first]) for o in differing)
    wide_first = [o for o in differing if not gaps(columns, [rules[o.first]], rules[o.second])]
    if narrow_first:
        return "first row that fits: where rows differ, the narrower one comes first"
    if wide_first:
        later = ", ".join(f"row {o.second + 1} before row {o.first + 1}" for o in wide_first)
        return f"first row that fits, with {later}: else the narrower row is hidden"
    pairs = ", ".join(f"{o.first + 1} and {o.second + 1}" for o in differing)
    return f"the text has to say which row goes first, or that all count: rows {pairs} differ where both fit"
