"""Candidates for lemmas about what a policy tells apart: of two things that it or a claim compares, one is always so.

"Below the threshold nothing was deducted" is one: where a guard looks at the threshold, the rules do one thing below
it and another above, and no lemma about all states is inductive. Which two go together is guessed from a sample, even
where that has no state beyond the threshold, which may lie far off. Numbers are compared with room for a third one,
too. Truth values count as numbers here, 1 where they are so.

Source: S. Graf, H. Saidi, "Construction of abstract state graphs with PVS", CAV 1997: parts of guards as predicates;
here only two at a time, inductive by Houdini's way.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, product

from policydsl.core.expr import (
    INT,
    TODAY,
    Add,
    BoolSort,
    Equal,
    Expr,
    IntLit,
    IntSort,
    Ite,
    Less,
    Or,
    Remainder,
    Scale,
    Value,
    Var,
)
from policydsl.core.walk import definition_table, expressions, mentioned, mentions_step, names, nodes
from policydsl.engines import hull
from policydsl.engines.table import Fact, Table, negation
from policydsl.semantics.compile import compile_look

_MOST_ATOMS = 120
_MOST_WITH_ROOM = 80
_MOST_CLAUSES = 1500
_MOST_VALUES = 12
"""A number that takes no more values than these says where a history is, as an enumeration would."""
_MOST_COLUMNS = 24
_MOST_OF_A_CASE = 8
_MOST_LIMITS = 200
_PARITIES = 2
_FEWEST_ROWS = 4


def candidates(table: Table) -> tuple[Expr, ...]:
    """Return what may hold in every state: sums of numbers and truth values, sums in one case, one of two things."""
    found = [*_sums(table, range(table.sample.rows), counted=True)]
    everywhere = set(found)
    for fact in (*_cases(table), *_further_cases(table)):
        if len(fact.rows) >= _FEWEST_ROWS:
            own = (e for e in _sums(table, fact.rows, counted=False) if e not in everywhere and e != fact.expr)
            found += [Or((negation(fact.expr), e)) for e in islice(own, _MOST_OF_A_CASE)]
    return tuple(dict.fromkeys([*found, *_limits(table), *_either(table)]))


def _cases(table: Table) -> Iterator[Fact]:
    """Yield the facts that tell where a history is: of truth values, enumerations and numbers with few values."""
    yield from table.facts
    for v in table.system.variables:
        if isinstance(v.sort, IntSort):
            column, x = table.numbers(v.name), Var(v.name, INT)
            values = sorted(set(column))
            if 1 < len(values) <= _MOST_VALUES:
                for n in values:
                    yield Fact(v.name, Equal(x, IntLit(n)), tuple(i for i, m in enumerate(column) if m == n))


def _further_cases(table: Table) -> Iterator[Fact]:
    """Yield what tells more of numbers with many values: whether they are even, or are what a comparison asks for."""
    many = [v for v in table.system.variables if v.sort == INT and len(set(table.numbers(v.name))) > _MOST_VALUES]
    for v in many:
        for r in range(_PARITIES):
            rows = tuple(i for i, n in enumerate(table.numbers(v.name)) if n % _PARITIES == r)
            yield Fact(v.name, Equal(Remainder(Var(v.name, INT), _PARITIES), IntLit(r)), rows)
    asked = {*(v.name for v in many), *(p.name for p in table.system.parameters if p.sort == INT)}
    for e in dict.fromkeys(_compared(table)):
        match e:
            case Equal(left=Var(name=name), right=IntLit(value=n)) if name in asked:
                yield Fact(name, e, tuple(i for i, m in enumerate(table.numbers(name)) if m == n))


def _limits(table: Table) -> list[Expr]:
    """Return: what is compared is apart by no more than it is in the sample, everywhere or in one case.

    A count that goes on by three while it is below a limit ends less than three above it.
    """
    known = {v.name for v in table.system.variables if v.sort == INT}
    known |= {p.name for p in table.system.parameters if p.sort == INT}
    pairs = dict.fromkeys((e.left, e.right) for e in _compared(table))
    told = [(a, b) for a, b in pairs if all(_of_whole(n, known) for n in nodes(a, b))][:_MOST_COLUMNS]
    given = [table.column(p.name) for p in table.system.parameters]
    own = [table.column(TODAY), *(table.column(v.name) for v in table.system.variables)]
    look = compile_look(table.system, [Add((a, Scale(-1, b))) for a, b in told])
    rows = [look(tuple(c[i] for c in given), tuple(c[i] for c in own)) for i in range(table.sample.rows)]
    found: list[Expr] = []
    for fact in (None, *_cases(table)):
        here = [rows[i] for i in fact.rows] if fact else rows
        for (a, b), column in zip(told, zip(*here, strict=True), strict=True) if len(here) >= _FEWEST_ROWS else ():
            apart = [int(n) for n in column]
            for x, y, most in ((a, b, max(apart)), (b, a, -min(apart))):
                if most in table.integers:
                    limit = Less(x, Add((y, IntLit(most))) if most else y, strict=False)
                    found.append(Or((negation(fact.expr), limit)) if fact else limit)
    plain = set(found)
    return [e for e in found if not (isinstance(e, Or) and e.args[-1] in plain)][:_MOST_LIMITS]


def _sums(table: Table, rows: Sequence[int], *, counted: bool) -> Iterator[Expr]:
    """Yield: in `rows` a sum of multiples of numbers is always the same; if `counted`, of truth values as well."""
    own = [Var(v.name, v.sort) for v in table.system.variables]
    own += [Var(p.name, p.sort) for p in table.system.parameters]
    whole = [(v, table.column(v.name)) for v in own if isinstance(v.sort, IntSort)]
    truths = [(v, table.column(v.name)) for v in own if isinstance(v.sort, BoolSort)] if counted else []
    numbers: list[tuple[Expr, Sequence[Value]]] = [*whole, *((Ite(v, IntLit(1), IntLit(0)), c) for v, c in truths)]
    numbers = numbers[:_MOST_COLUMNS]
    points = dict.fromkeys(tuple(Fraction(int(c[i])) for _, c in numbers) for i in rows)
    for *factors, rest in hull.kernel(list(points), len(numbers)):
        parts = [(k, e) for (e, _), k in zip(numbers, factors, strict=True) if k]
        if parts and all(abs(k) <= hull.MOST_FACTOR for k in factors):
            said: tuple[Expr, ...] = tuple(e if k == 1 else Scale(k, e) for k, e in parts)
            yield Equal(said[0] if len(said) == 1 else Add(said), IntLit(-rest))


def _either(table: Table) -> list[Expr]:
    """Return: of two atoms one is so; first of all where the sample has many states with the one alone."""
    atoms = list(dict.fromkeys(_atoms(table)))[:_MOST_ATOMS]
    look = compile_look(table.system, atoms)
    given = [table.column(p.name) for p in table.system.parameters]
    own = [table.column(TODAY), *(table.column(v.name) for v in table.system.variables)]
    masks = [0] * len(atoms)
    for row in range(table.sample.rows):
        for i, value in enumerate(look(tuple(c[row] for c in given), tuple(c[row] for c in own))):
            masks[i] |= bool(value) << row
    full = (1 << table.sample.rows) - 1
    literals = [each for e, m in zip(atoms, masks, strict=True) for each in ((e, m), (negation(e), full & ~m))]
    found = [(-full.bit_count(), e) for e, m in literals if m == full]
    for (a, there), (b, beside) in combinations(literals, 2):
        if there | beside == full and a != negation(b):
            found.append((-min((full & ~there).bit_count(), (full & ~beside).bit_count()), Or((a, b))))
    return [e for _, e in sorted(found, key=lambda each: each[0])][:_MOST_CLAUSES]


def _atoms(table: Table) -> Iterator[Expr]:
    """Yield what claims and the system compare of states, what numbers start with, and the cases there are."""
    yield from _compared(table)
    for v in table.system.variables:
        if isinstance(v.sort, IntSort) and v.initial is not None:
            yield Equal(Var(v.name, INT), v.initial)
    yield from (fact.expr for fact in _cases(table) if fact.rows)
    yield from islice(_with_room(table), _MOST_WITH_ROOM)


def _compared(table: Table) -> Iterator[Equal | Less]:
    """Yield what claims and the system compare of states."""
    system, defined = table.system, definition_table(table.system)
    known = {*(v.name for v in system.variables), *(p.name for p in system.parameters)}
    said: Iterable[Expr] = (*table.asked, *(e for _, e in expressions(system)))
    for e in nodes(*said):
        if isinstance(e, Equal | Less) and names(e, defined) <= known and not mentions_step(e, defined):
            yield e


def _with_room(table: Table) -> Iterator[Expr]:
    """Yield: a number that is asked to be no more than another is so, give or take a third."""
    whole = {v.name for v in table.system.variables if v.sort == INT}
    whole |= {p.name for p in table.system.parameters if p.sort == INT}
    for e in nodes(*table.asked):
        if isinstance(e, Less) and all(_of_whole(n, whole) for n in nodes(e.left, e.right)):
            read, _ = mentioned(e)
            others = [Var(v.name, INT) for v in table.system.variables if v.name in whole - read]
            for x, (low, high) in product(others, ((e.left, e.right), (e.right, e.left))):
                yield Less(low, Add((high, x)), strict=False)
                yield Less(Add((low, x)), high, strict=False)


def _of_whole(e: Expr, whole: set[str]) -> bool:
    return isinstance(e, IntLit | Add | Scale) or (isinstance(e, Var) and e.name in whole)
