"""Many rows of values as one expression: a decision diagram, whose equal parts are one and the same.

A disjunction of the rows says the same. But whoever has to show something of it goes through it row by row.

Source: R. E. Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE TC 35(8), 1986; here with as many
branches as there are values.
"""

from collections.abc import Iterable, Sequence

from policydsl.core.expr import FALSE, TRUE, And, BoolSort, Equal, Expr, Not, Or, Value, Var, literal

Row = tuple[Value, ...]


def one_of(rows: Iterable[Row], columns: Sequence[Var]) -> Expr:
    """Return that `columns` have the values of one of `rows`."""
    known: dict[tuple[int, frozenset[Row]], Expr] = {}

    def said(rests: Sequence[Row], i: int) -> Expr:
        """Return that the columns from number `i` on have the values of one of `rests`, which are all different."""
        if i == len(columns):
            return TRUE
        key = i, frozenset(rests)
        if key not in known:
            by_value: dict[Value, list[Row]] = {}
            for first, *others in rests:
                by_value.setdefault(first, []).append(tuple(others))
            branches: dict[Expr, list[Expr]] = {}
            for value, after in by_value.items():
                branches.setdefault(said(after, i + 1), []).append(_is(columns[i], value))
            known[key] = _any([_all((_any(values), after)) for after, values in branches.items()])
        return known[key]

    found = tuple(dict.fromkeys(rows))
    return said(found, 0) if found else FALSE


def _any(parts: Sequence[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _all(parts: Sequence[Expr]) -> Expr:
    left = tuple(e for e in parts if e != TRUE)
    return left[0] if len(left) == 1 else And(left)


def _is(x: Var, value: Value) -> Expr:
    if isinstance(x.sort, BoolSort):
        return x if value else Not(x)
    return Equal(x, literal(value, x.sort))
