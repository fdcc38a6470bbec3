"""What a table with `all rows` includes: it has no one value, whichever row stands first."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from policydsl.core.expr import And, Equal, Expr, Ite, Or, Use
from policydsl.core.system import System

Row: TypeAlias = tuple[Expr, Expr]
"""When a row fits, and its value."""


def rows_of(system: System, name: str) -> Iterator[Row]:
    """Yield the rows of the table `name`."""
    (body,) = (d.body for d in system.definitions if d.name == name)
    rows = {d.name for d in system.definitions if d.name.startswith(f"{name}.row")}
    while isinstance(body, Ite) and isinstance(body.cond, Use) and body.cond.name in rows:
        yield body.cond, body.then
        body = body.otherwise


def included(one: Sequence[Row], other: Sequence[Row]) -> Iterator[tuple[Expr, Expr]]:
    """Yield for each value in the rows of two tables whether the one includes it, and whether the other does."""
    for value in dict.fromkeys(v for rows in (one, other) for _, v in rows):
        mine, its = (Or(tuple(And((fits, Equal(v, value))) for fits, v in rows)) for rows in (one, other))
        yield mine, its
