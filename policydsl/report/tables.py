"""What there is to say about decision tables, in plain words. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policydsl.analyses.boxes import Cell, Interval, Point
from policydsl.analyses.tables import Spot, TableReport
from policydsl.base.calendar import show_day
from policydsl.core import expr as core
from policydsl.core.expr import DateSort, Expr
from policydsl.core.show import show_expr
from policydsl.engines.verdict import Proved, Refuted, Vacuous, Verdict
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.types import BooleanType, DateType, NumberType, PercentType, Type, show_value
from policydsl.report.words import plain


def table_lines(policy: LoadedPolicy, table: TableReport, verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """Yield the lines about `table`; `verdicts` say, by the key of its question, whether a history gets to a spot."""
    table = replace(table, inputs=tuple(e.body if isinstance(e, core.At) else e for e in table.inputs))
    columns = ", ".join(_name(e) for e in table.inputs)
    rows = len(table.rules)
    yield f"{table.name} of {columns} (clause {table.clause}): {rows} row{'' if rows == 1 else 's'}"
    for spot in table.spots:
        what = "no row fits" if spot.kind == "gap" else f"rows {spot.rows[0]} and {spot.rows[1]} both fit"
        differ = ", with different values" if spot.differs else ", with the same value" if spot.rows else ""
        where = _box(policy, table, spot)
        values = zip(table.inputs, spot.values, strict=True)
        shown = ", ".join(f"{_name(e)} {_value(policy, e, v)}" for e, v in values)
        yield f"  {what} where {where}{differ}; for example {shown}: {_reached(verdicts.get(spot.question.key))}"
    if any(s.kind == "gap" for s in table.spots) and not table.total:
        yield "  the table says what holds where no row fits"
    for row in table.hidden:
        yield f"  row {row} is hidden: wherever it fits, a row before it fits too"
    if not table.spots:
        yield "  exactly one row fits everything"
    yield f"  hit policy: {table.suggestion}"


def _reached(verdict: Verdict | None) -> str:
    match verdict:
        case Refuted(at=at):
            return "a history gets there " + ("at its start" if at == 0 else f"in {at} step{'' if at == 1 else 's'}")
        case Proved() | Vacuous():
            return "no history ever gets there"
        case _:
            return "it is not known whether a history gets there"


def _box(policy: LoadedPolicy, table: TableReport, spot: Spot) -> str:
    parts = [_cell(policy, e, c) for e, c in zip(table.inputs, spot.box, strict=True) if c is not None]
    return " and ".join(parts) or "anything is given"


def _cell(policy: LoadedPolicy, e: Expr, cell: Cell) -> str:
    if isinstance(cell, Interval):
        if cell.low == cell.high and cell.low is not None:
            return f"{_name(e)} is {_value(policy, e, cell.low)}"
        low = "" if cell.low is None else f"{_value(policy, e, cell.low)} {'<=' if cell.low_closed else '<'} "
        high = "" if cell.high is None else f" {'<=' if cell.high_closed else '<'} {_value(policy, e, cell.high)}"
        return f"{low}{_name(e)}{high}"
    values = sorted(cell or (), key=str)
    return f"{_name(e)} is {' or '.join(_value(policy, e, v) for v in values)}"


def _name(e: Expr) -> str:
    if not isinstance(e, core.Var | core.Use):
        return show_expr(e)
    return plain(e.name.removesuffix(".so_far").rpartition(".")[2])


def _value(policy: LoadedPolicy, e: Expr, value: Point) -> str:
    type_ = _type(policy, e)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return plain(value)
    if isinstance(e, core.Var | core.Use) and isinstance(e.sort, DateSort):
        return show_day(int(value))
    return str(value) if type_ is None else show_value(value, type_)


def _type(policy: LoadedPolicy, e: Expr) -> Type | None:
    if not isinstance(e, core.Var | core.Use):
        return None
    symbol = policy.symbols.get(e.name.removesuffix(".so_far").partition("[")[0])
    known = symbol.type if symbol is not None else None
    return known if isinstance(known, BooleanType | DateType | NumberType | PercentType) else None
