"""Decision tables as their author wrote them, for reports: lowering keeps only what they mean."""

from policydsl.base.span import Span
from policydsl.front.loaded import Cell, Row, TableText
from policydsl.syntax import ast


def table_text(node: ast.Table, clause: str, source: str) -> TableText:
    """Return `node`, of `clause`, as `source` writes it."""
    lines = source.split("\n")
    rows = tuple(Row(tuple(_cell(c, lines) for c in r.cells), _written(r.value.span, lines)) for r in node.rows)
    inputs = tuple(_written(e.span, lines) for e in node.inputs)
    no_row = None if node.no_row is None else _written(node.no_row.span, lines)
    return TableText(node.name.text, clause, node.hit.value, inputs, rows, no_row)


def _cell(cell: ast.Cell, lines: list[str]) -> Cell:
    text = _written(cell.span, lines)
    match cell:
        case ast.Interval(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
            return _stretch(text, low, high, low_closed=low_closed, high_closed=high_closed)
        case ast.OrderCell(op=op, bound=bound):
            closed = op in {"<=", ">="}
            if op.startswith("<"):
                return _stretch(text, None, bound, low_closed=False, high_closed=closed)
            return _stretch(text, bound, None, low_closed=closed, high_closed=False)
        case ast.ValuesCell(values=(value,)) if (number := _number(value)) is not None:
            return Cell(text, number, number, low_closed=True, high_closed=True, stretch=True)
        case _:
            return Cell(text)


def _stretch(text: str, low: ast.Expr | None, high: ast.Expr | None, *, low_closed: bool, high_closed: bool) -> Cell:
    """Return a cell whose bounds are known where they are plain numbers; open ends are None."""
    least, most = (None if e is None else _number(e) for e in (low, high))
    if (low is None) != (least is None) or (high is None) != (most is None):
        return Cell(text)
    return Cell(text, least, most, low_closed=low_closed, high_closed=high_closed, stretch=True)


def _number(e: ast.Expr) -> int | None:
    match e:
        case ast.Integer(value=value):
            return value
        case ast.Negative(arg=ast.Integer(value=value)):
            return -value
        case _:
            return None


def _written(span: Span, lines: list[str]) -> str:
    found = lines[span.line - 1 : span.end_line]
    if not found:
        return ""
    if len(found) == 1:
        return found[0][span.column - 1 : span.end_column - 1]
    parts = [found[0][span.column - 1 :], *found[1:-1], found[-1][: span.end_column - 1]]
    return " ".join(part.strip() for part in parts)
