"""Which small edits may mend a claim: read off the text, the claim, and the story that refutes it.

They are guesses. Whether one makes sense, makes the claim hold and leaves the rest alone is found out afterwards.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from policydsl.analyses.boxes import Cell, Interval, Point
from policydsl.analyses.claim_parts import constants
from policydsl.analyses.edits import Edit, EditKind, Place, added
from policydsl.analyses.mutants import Slip, mutants
from policydsl.analyses.repair_case import Case
from policydsl.analyses.repair_conditions import of_conditions
from policydsl.analyses.repair_rules import of_rules
from policydsl.analyses.repair_values import of_values
from policydsl.analyses.tables import TableReport, table_reports
from policydsl.base.calendar import show_day
from policydsl.core.expr import DateSort, Expr, RatSort
from policydsl.syntax import ast


def candidates(case: Case) -> tuple[Edit, ...]:
    """Return the edits that may mend the claim, each once: of the clauses cited first, the small before the large."""
    every = chain(
        _settled(case), _slips(case), _bounds(case), _ranges(case), _rows(case), of_values(case), of_conditions(case),
        of_rules(case),
    )  # fmt: skip
    found: dict[tuple[str, str, str, str], Edit] = {}
    for edit in every:
        if edit.clause in case.clauses and edit.old != edit.new:
            found.setdefault((edit.clause, edit.inside, edit.old, edit.new), edit)
    return tuple(sorted(found.values(), key=lambda e: (_rank(case, e), e.size)))


def _rank(case: Case, edit: Edit) -> int:
    if edit.kind == "reading settled":
        expected = () if case.claim is None else case.claim.expect.readings
        return 0 if edit.was in {r.text for r in expected} else _FAR
    return _RANK[edit.kind] + _FAR * (edit.clause not in case.clauses[: case.near])


_FAR = 2
_RANK: Mapping[EditKind, int] = {
    "reading settled": 0, "limit": 0, "member": 0, "end": 1, "row": 1, "bound": 1, "range": 1, "precedence": 1,
    "restraint": 2, "case": 2, "rule": 2, "condition": 3, "value": 4, "left out": 5,
}  # fmt: skip
_SLIPS: Mapping[Slip, EditKind] = {
    "bound moved": "bound", "end opened or closed": "end", "month for days": "bound", "and for or": "condition",
    "exception dropped": "left out",
}  # fmt: skip


# --- settled, moved, opened, closed --------------------------------------------------------------


def _settled(case: Case) -> Iterator[Edit]:
    """Yield for each option of each reading that it is the one meant."""
    for reading in case.policy.readings:
        if reading.name in case.readings:
            for option, _ in reading.options:
                said = f"assume {reading.name} is {option}"
                yield Edit("reading settled", reading.clause, "", "", said, reading.name, option)


def _slips(case: Case) -> Iterator[Edit]:
    """Yield the changes that a slip of the pen might make, the other way round."""
    terms = _terms(case)
    for each in mutants(case.script):
        if each.clause not in case.clauses:
            continue
        kind, (start, end) = _SLIPS[each.slip], case.script.stretch(each.span)
        if each.slip == "exception dropped":
            place = next((p for p in case.script.places if p.first == each.span.line and not p.inside), None)
            if place is not None:
                yield case.script.dropped(place, kind)
            continue
        if not (_is_nothing(each.new) and (start, end) in terms):
            yield from case.script.spliced(kind, [(start, end, each.new)])


def _is_nothing(text: str) -> bool:
    return text.split(maxsplit=1)[0] == "0"


def _terms(case: Case) -> set[tuple[int, int]]:
    """Return where something is added or taken away: to add nothing is no other bound, but no rule at all."""
    sums = (n for place in case.matter() for n in ast.nodes(place.part) if isinstance(n, ast.Sum))
    return {case.script.stretch(term.span) for s in sums for _, term in s.rest}


def _bounds(case: Case) -> Iterator[Edit]:
    """Yield bounds that become one that the claim names."""
    named = list(dict.fromkeys(constants(case.claim.form))) if case.claim is not None else []
    texts, terms = {case.speaker.script.cut(c): c for c in named}, _terms(case)
    for place in case.matter():
        for bound in dict.fromkeys(constants(place.part)):
            for text, constant in texts.items():
                nothing = _is_nothing(text) and case.script.stretch(bound.span) in terms
                if type(constant) is type(bound) and constant != bound and not nothing:
                    yield from case.one("bound", bound, text)


def _ranges(case: Case) -> Iterator[Edit]:
    """Yield facts, choices and parameters with a bound that they do not have: that of the claim, or of the story."""
    for place in case.script.places:
        for node in _declared(place.part):
            if place.clause in case.clauses and node.type.base in _COUNTED:
                start = case.script.stretch(node.type.span)[0]
                stop = case.script.stretch(node.type.range.span if node.type.range else node.type.span)
                end = case.script.stretch(node.type.span)[1]
                base = case.script.text[start : stop[0] if node.type.range else stop[1]].strip()
                low, high = _ends(case, node.type.range)
                for least, most in _bounded(case, node, low, high):
                    text = f"in {least} .. {most}" if least and most else f">= {least}" if least else f"<= {most}"
                    yield from case.script.spliced("range", [(start, end, f"{base} {text}")])


_COUNTED = frozenset({"integer", "points", "count", "days", "business days", "months", "percent"})


def _declared(part: object) -> Iterator[ast.Field | ast.Parameter]:
    match part:
        case ast.Event(fields=inputs):
            yield from inputs
        case ast.Parameter():
            yield part
        case _:
            return


def _ends(case: Case, limits: ast.Range | None) -> tuple[str, str]:
    """Return the bounds of a range as written, empty where there is none."""
    if limits is None:
        return "", ""
    low, high = ("" if e is None else case.script.cut(e) for e in (limits.low, limits.high))
    return low, high


def _bounded(case: Case, node: ast.Field | ast.Parameter, low: str, high: str) -> Iterator[tuple[str, str]]:
    """Yield ranges within the range from `low` to `high` that leave out what the story has there."""
    named = [v for c in constants(case.claim.form) for v in _amounts(c)] if case.claim is not None else []
    seen = [v for m in case.moments for n, v in m.step.inputs.items() if n.rpartition(".")[2] == node.name.text]
    numbers = [v for v in seen if isinstance(v, int) and not isinstance(v, bool)]
    for most in dict.fromkeys([*named, *(n - 1 for n in numbers)]):
        if any(n > most for n in numbers) and most >= 0:
            yield low, str(most)
    for least in dict.fromkeys([*named, 1, *(n + 1 for n in numbers)]):
        if any(n < least for n in numbers):
            yield str(least), high


def _amounts(constant: ast.Node) -> Iterator[int]:
    """Yield what a constant may be as a plain number: months in days, too, short ones first."""
    match constant:
        case ast.Integer(value=value):
            yield value
        case ast.Duration(amount=amount, unit="months"):
            yield from (amount, amount * 28, amount * 365 // 12)
        case ast.Duration(amount=amount):
            yield amount
        case _:
            return


# --- rows ----------------------------------------------------------------------------------------


def _rows(case: Case) -> Iterator[Edit]:
    """Yield rows for what no row of a table covers, a value for all of it, and another rule for what several do."""
    if not any(isinstance(p.part, ast.Table) and p.clause in case.clauses for p in case.script.places):
        return
    known = {t.name: t for t in table_reports(case.policy)[0]}
    for place in case.script.places:
        table = place.part
        if not isinstance(table, ast.Table) or place.clause not in case.clauses:
            continue
        values = dict.fromkeys(case.script.cut(v) for v in (*(r.value for r in table.rows), *_no_row(table)))
        if table.name.text in known:
            for value in [*values, *case.members(table.type.name)]:
                for row in _gap_rows(known[table.name.text]):
                    yield added("row", place.clause, f"table {table.name.text}", f"{row}: {value}")
        if table.no_row is None:
            for value in [*values, *case.members(table.type.name)]:
                yield added("row", place.clause, f"table {table.name.text}", f"no row: {value}")
        yield from _hit(case, place, table)


def _no_row(table: ast.Table) -> tuple[ast.Expr, ...]:
    return () if table.no_row is None else (table.no_row,)


def _gap_rows(table: TableReport) -> Iterator[str]:
    for spot in table.spots:
        if spot.kind == "gap":
            cells = [_cell(e, c) for e, c in zip(table.inputs, spot.box, strict=True)]
            if all(c is not None for c in cells):
                yield ", ".join(c for c in cells if c is not None)


def _cell(e: Expr, cell: Cell) -> str | None:
    """Return how a row asks for `cell`; None where it cannot."""
    if cell is None:
        return "any"
    if not isinstance(cell, Interval):
        return " or ".join(sorted(_point(e, v) for v in cell))
    low, high = (None if v is None else _point(e, v) for v in (cell.low, cell.high))
    if low is None and high is None:
        return "any"
    if low == high and low is not None:
        return low
    if low is None:
        return f"{'<=' if cell.high_closed else '<'} {high}"
    if high is None:
        return f"{'>=' if cell.low_closed else '>'} {low}"
    return f"{'[' if cell.low_closed else '('}{low}, {high}{']' if cell.high_closed else ')'}"


def _point(e: Expr, value: Point) -> str:
    sort = getattr(e, "sort", None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(sort, DateSort) and isinstance(value, int):
        return show_day(value)
    return f"{value * 100}%" if isinstance(sort, RatSort) and not isinstance(value, str) else str(value)


def _hit(case: Case, place: Place, table: ast.Table) -> Iterator[Edit]:
    if table.hit is ast.Hit.EXACTLY_ONE:
        start, end = case.script.stretch(table.span)
        text = case.script.text[start:end]
        at = text.find(table.hit.value)
        if at >= 0:
            begin = start + at
            made = case.script.spliced("precedence", [(begin, begin + len(table.hit.value), ast.Hit.FIRST.value)])
            yield from (edit for edit in made if edit.clause == place.clause)
