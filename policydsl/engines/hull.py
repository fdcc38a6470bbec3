"""What a sample tells of numbers together: sums that never change, and remainders that never come up.

Source: M. Karr, "Affine relationships among variables of a program", Acta Informatica 6, 1976; here of a sample.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd, lcm

from policydsl.core.expr import (
    INT,
    RAT,
    TODAY,
    Add,
    AddDays,
    BoolSort,
    DateSort,
    Equal,
    Expr,
    IntLit,
    Less,
    Not,
    Or,
    Remainder,
    Scale,
    Sort,
    ToRat,
    Var,
    Weekday,
    literal,
)
from policydsl.core.walk import definition_table, nodes, uses
from policydsl.engines.table import Table, negation

_MOST_COLUMNS = 24
MOST_FACTOR = 1000
_MOST_MODULUS = 12
_MOST_FACTS = 40
_WEEK = 7
_FEWEST = 2
"""More different values than these make a remainder worth asking about."""


def equalities(table: Table) -> Iterator[Expr]:
    """Yield: a sum of multiples of numbers, parameters included, is always the same; of amounts and counts, too."""
    own = [Var(v.name, v.sort) for v in table.system.variables]
    own += [Var(p.name, p.sort) for p in table.system.parameters]
    kinds: tuple[tuple[Sort, ...], ...] = ((INT,), (RAT, INT))
    for sort, *others in kinds:
        named = [v for s in (sort, *others) for v in own if v.sort == s][:_MOST_COLUMNS]
        if all(v.sort != sort for v in named):
            continue
        rows = zip(*(table.column(v.name) for v in named), strict=True)
        points = dict.fromkeys(tuple(Fraction(n) for n in row if not isinstance(n, str)) for row in rows)
        for *factors, rest in kernel(list(points), len(named)):
            terms = [(k, v) for v, k in zip(named, factors, strict=True) if k]
            told_before = all(v.sort != sort for _, v in terms)
            if len(terms) > 1 and not told_before and all(abs(k) <= MOST_FACTOR for k in factors):
                yield Equal(Add(tuple(_times(k, v, sort) for k, v in terms)), literal(_number(-rest, sort), sort))


def _times(k: int, x: Var, sort: Sort) -> Expr:
    made: Expr = x if x.sort == sort else ToRat(x)
    return made if k == 1 else Scale(_number(k, sort), made)


def _number(k: int, sort: Sort) -> int | Fraction:
    return k if sort == INT else Fraction(k)


def kernel(points: Sequence[tuple[Fraction, ...]], width: int) -> list[list[int]]:
    """Return independent whole factors, the last for 1, whose sums of multiples are 0 at all `points`; plain ones."""
    left = [[int(i == j) for j in range(width + 1)] for i in range(width + 1)]
    for point in points:
        scale = lcm(*(n.denominator for n in point)) if point else 1
        row = [*(int(n * scale) for n in point), scale]
        values = [sum(a * b for a, b in zip(each, row, strict=True)) for each in left]
        if not any(values):
            continue
        chosen = max((i for i, v in enumerate(values) if v), key=lambda i: (-abs(values[i]), i))
        pivot, by = left[chosen], values[chosen]
        left = [
            each if not value else _reduced([a * by - b * value for a, b in zip(each, pivot, strict=True)])
            for i, (each, value) in enumerate(zip(left, values, strict=True))
            if i != chosen
        ]
    return _echelon(left, width)


def _echelon(found: list[list[int]], width: int) -> list[list[int]]:
    """Return as many rows that say the same as `found`, each with a name of its own where that can be."""
    done = 0
    for column in range(width):
        at = next((i for i in range(done, len(found)) if found[i][column]), None)
        if at is None:
            continue
        found[done], found[at] = found[at], found[done]
        pivot = found[done]
        for i, each in enumerate(found):
            if i != done and each[column]:
                by, value = pivot[column], each[column]
                found[i] = _reduced([a * by - b * value for a, b in zip(each, pivot, strict=True)])
        done += 1
    return [_reduced(each) for each in found]


def _reduced(row: list[int]) -> list[int]:
    """Return `row` by its greatest common divisor, its first number that is not 0 above 0."""
    divisor = gcd(*row) or 1
    first = next((n for n in row if n), 1)
    return [n // (divisor if first > 0 else -divisor) for n in row]


def missing_remainders(table: Table) -> Iterator[Expr]:
    """Yield: a number never leaves some remainder by a number that the policy mentions."""
    moduli = [n for n in table.integers if 1 < n <= _MOST_MODULUS]
    for v in table.system.variables:
        if v.sort != INT:
            continue
        column = set(table.numbers(v.name))
        for m in moduli:
            seen = {n % m for n in column}
            if 1 < len(seen) < m <= len(column):
                yield from (Not(Equal(Remainder(Var(v.name, INT), m), IntLit(r))) for r in range(m) if r not in seen)


def guarded_residues(table: Table) -> Iterator[Expr]:
    """Yield: where a fact is, a number has one remainder by a number that the policy mentions."""
    for fact in [f for f in table.of_variables if f.rows][:_MOST_FACTS]:  # also what the sample saw no end of
        for v in table.system.variables:
            if v.sort != INT or v.name == fact.name:
                continue
            column = table.numbers(v.name)
            values = sorted({column[i] for i in fact.rows})
            step = gcd(*(n - values[0] for n in values))
            if len(values) > _FEWEST and step > 1 and step in table.integers:
                said = Equal(Remainder(Var(v.name, INT), step), IntLit(values[0] % step))
                yield Or((negation(fact.expr), said))


def weekdays_ahead(table: Table) -> Iterator[Expr]:
    """Yield: while a claim about weekdays waits, a weekday is not today, and comes no later than the last day."""
    defined = definition_table(table.system)
    said = [*table.about, *(defined[name].body for name in uses(table.about, defined))]
    updates = [e for u in table.system.updates for case in u.cases for e in (case.guard, case.value)]
    if not any(isinstance(n, Weekday) for n in nodes(*said, *updates)):
        return
    own = [v for v in table.system.variables if v.hidden]
    today = Var(TODAY, DateSort())
    for wait in (Var(v.name, v.sort) for v in own if isinstance(v.sort, BoolSort)):
        for day in (Var(v.name, v.sort) for v in own if isinstance(v.sort, DateSort)):
            for i in range(_WEEK):
                ahead = Remainder(Add((IntLit(i), Scale(-1, Weekday(today)))), _WEEK)
                yield Or((Not(wait), Not(Equal(Weekday(today), IntLit(i)))))
                yield Or((Not(wait), Less(AddDays(today, ahead), day, strict=False)))
