"""Decision tables: definitions by rows."""

from collections.abc import Sequence
from itertools import combinations

from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, in_steps
from policydsl.core.expr import BOOL, INT, TRUE, Expr
from policydsl.core.system import Property
from policydsl.front.compare import one_of
from policydsl.front.draft import Draft
from policydsl.front.elaborate import check, elaborate, within
from policydsl.front.loaded import SET_SUFFIX
from policydsl.front.lower_defines import owe_range
from policydsl.front.scope import wrong
from policydsl.front.typed import Env, Typed, at_rest, in_step
from policydsl.front.types import DateType, EnumType, sort_of
from policydsl.syntax import ast


def _so_many(things: Sequence[object], word: str) -> str:
    return f"{len(things)} {word}{'s' * (len(things) != 1)}"


def lower_table(node: ast.Table, clause: str, draft: Draft) -> None:
    """Add the definitions of a table: each row's condition, the number of rows that fit, and the value."""
    scope, name = draft.scope, node.name.text
    on = scope.on.get(name, ())
    env = in_step(scope, on) if on else at_rest(scope)
    type_ = scope.resolve_type(node.type)
    _check_rows(node)
    inputs = [elaborate(e, env) for e in node.inputs]
    rows = []
    for row in node.rows:
        if len(row.cells) != len(inputs):
            own, columns = _so_many(row.cells, "cell"), _so_many(inputs, "column")
            wrong("E0307", row.span, f"this row has {own}, the table has {columns}")
        cells = zip(row.cells, inputs, node.inputs, strict=True)
        rows.append(conjunction([_cell(c, typed, e, env) for c, typed, e in cells]))
    uses: list[Expr] = []
    values: list[Typed] = []
    otherwise = env
    for i, (row, fits) in enumerate(zip(node.rows, rows, strict=True), start=1):
        draft.define(f"{name}.row{i}", BOOL, fits, clause)
        uses.append(core.Use(f"{name}.row{i}", BOOL))
        here = otherwise if node.hit is ast.Hit.FIRST else env
        values.append(check(row.value, here.given(uses[-1], frozenset()), type_))
        otherwise = otherwise.given(core.Not(uses[-1]), frozenset())
    ones = tuple(core.Ite(u, core.IntLit(1), core.IntLit(0)) for u in uses)
    draft.define(f"{name}.rows", INT, core.Add(ones), clause)
    value = values[-1] if node.no_row is None else check(node.no_row, otherwise, type_)
    made, present = value.expr, value.there
    for use, one in zip(reversed(uses), reversed(values), strict=True):
        made, present = core.Ite(use, one.expr, made), core.Ite(use, one.there, present)
    if isinstance(type_, DateType) and type_.optional:
        draft.define(name + SET_SUFFIX, BOOL, present, clause)
    draft.define(name, sort_of(type_), made, clause)
    draft.owe_defined(f"the table `{name}`", env.partial, on or None, clause)
    for needed in env.partial:
        draft.need(needed, (f"{name}.rows", name, name + SET_SUFFIX))
    fitting = core.Use(f"{name}.rows", INT)
    if node.hit is not ast.Hit.ALL and node.no_row is None and not _plainly_complete(rows, inputs):
        draft.need(core.Less(core.IntLit(1), fitting, strict=False), (name, name + SET_SUFFIX))
    if node.hit is ast.Hit.EXACTLY_ONE and not all(_plainly_apart(*two) for two in combinations(rows, 2)):
        draft.need(core.Less(fitting, core.IntLit(1), strict=False), (name, name + SET_SUFFIX))
    owe_range(node, type_, on, clause, draft)
    _table_obligations(node, clause, uses, on, draft)


def _check_rows(node: ast.Table) -> None:
    """Raise WrongError where nothing could fit, or nobody could read what `no row` says."""
    name = node.name.text
    if not node.rows:
        wrong("E0307", node.name.span, f"the table `{name}` has no row that anything could fit",
              hint=f"add rows, or write `define {name}: ... = ...`")  # fmt: skip
    if node.hit is ast.Hit.ALL and node.no_row is not None:
        wrong("E0307", node.no_row.span, f"`{name}` has no one value that `no row` could give: all rows that fit count",
              hint=f"remove it, and ask `rows of {name} = 0` where nothing fits")  # fmt: skip


def _table_obligations(node: ast.Table, clause: str, uses: list[Expr], on: tuple[str, ...], draft: Draft) -> None:
    name = node.name.text

    def owed(needed: Expr) -> Property:
        return Property(TRUE, in_steps(on, needed)) if on else Property(needed, TRUE)

    rows = core.Use(f"{name}.rows", INT)
    if node.hit is ast.Hit.EXACTLY_ONE:
        at_most_one = core.Less(rows, core.IntLit(1), strict=False)
        sentence = f"no two rows of the table `{name}` fit at once"
        draft.owe("conflict", f"overlap:{name}", owed(at_most_one), (clause,), sentence)
    if node.hit is not ast.Hit.ALL and node.no_row is None:
        some = core.Less(core.IntLit(1), rows, strict=False)
        sentence = f"some row of the table `{name}` always fits"
        draft.owe("definedness", f"gap:{name}", owed(some), (clause,), sentence)
    for i, use in enumerate(uses, start=1):
        before = uses[: i - 1] if node.hit is ast.Hit.FIRST else []
        hit = conjunction([use, *map(core.Not, before)])
        sentence, missed = f"row {i} of the table `{name}` never applies", core.Not(hit)
        draft.live(f"row:{name}:{i}", in_steps(on, missed) if on else TRUE, clause, sentence,
                   in_states=TRUE if on else missed)  # fmt: skip


def _plainly_complete(rows: Sequence[Expr], inputs: Sequence[Typed]) -> bool:
    """Return whether some row fits everything, or the rows name every value of the one column there is."""
    if TRUE in rows:
        return True
    if len(inputs) != 1 or not isinstance(inputs[0].type, EnumType):
        return False
    named = (e for row in rows for e in (row.args if isinstance(row, core.Or) else (row,)))
    found = {e.right for e in named if isinstance(e, core.Equal) and e.left == inputs[0].expr}
    sort = inputs[0].type.sort
    return found >= {core.EnumLit(sort, v) for v in sort.values}


def _plainly_apart(one: Expr, other: Expr) -> bool:
    """Return whether two rows plainly never fit at once: of one column they name other values."""
    left, right = _named(one), _named(other)
    return any(left[column].isdisjoint(right[column]) for column in left.keys() & right.keys())


def _named(row: Expr) -> dict[Expr, set[Expr]]:
    """Return the values that `row` names of each column of which it does."""
    cells = row.args if isinstance(row, core.And) else (row,)
    named: dict[Expr, set[Expr]] = {}
    for cell in cells:
        values = cell.args if isinstance(cell, core.Or) else (cell,)
        told = [v for v in values if isinstance(v, core.Equal) and isinstance(v.right, core.EnumLit | core.IntLit)]
        if len(told) == len(values) and len({v.left for v in told}) == 1:
            named[told[0].left] = {v.right for v in told}
    return named


def _cell(cell: ast.Cell, typed: Typed, e: ast.Expr, env: Env) -> Expr:
    match cell:
        case ast.AnyCell():
            return TRUE
        case ast.Interval():
            return within(typed, e, cell, env)
        case ast.OrderCell(op=op, bound=bound):
            closed = op in {"<=", ">="}
            low, high = (None, bound) if op.startswith("<") else (bound, None)
            return within(typed, e, ast.Interval(cell.span, low, high, closed, closed), env)
        case ast.ValuesCell(values=values):
            if isinstance(typed.type, EnumType):
                for value in values:
                    if isinstance(value, ast.Name) and value.text in env.scope.subsets:
                        sort, members = env.scope.subsets[value.text]
                        env.scope.used.add(value.text)
                        inside = tuple(core.Equal(typed.expr, core.EnumLit(sort, m)) for m in members)
                        if typed.type.sort == sort and len(values) == 1:
                            return core.Or(inside)
            return one_of((e, typed), [(v, check(v, env, typed.type)) for v in values], env)
