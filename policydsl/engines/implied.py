"""Which simple facts imply or exclude others: guesses for lemmas, read off a sample."""

from collections.abc import Iterator, Sequence
from itertools import islice

from policydsl.core.expr import Expr, Or, Var
from policydsl.core.walk import rewrite
from policydsl.engines.table import Fact, Table, facts_of, negation

_MOST = 120
_MOST_BY_INDEX = 500


def implied(firsts: Sequence[Fact], seconds: Sequence[Fact], rows: int) -> list[Expr]:
    """Return what a first fact says of a second one; first of all where the sample has many cases of both sides."""
    found: dict[frozenset[Expr], tuple[int, Expr]] = {}
    mask = {f.expr: sum(1 << i for i in f.rows) for f in (*firsts, *seconds)}
    full = (1 << rows) - 1
    for a in firsts:
        for b in seconds:
            if a.name == b.name:
                continue
            there, absent = mask[a.expr], full & ~mask[b.expr]
            for x, outside in ((b.expr, absent), (negation(b.expr), mask[b.expr])):
                clause = frozenset((negation(a.expr), x))
                if not there & outside and clause not in found:
                    found[clause] = (min(there.bit_count(), outside.bit_count()), Or((negation(a.expr), x)))
    return [e for _, e in sorted(found.values(), key=lambda each: -each[0])]


def implications_of(table: Table, variables: frozenset[str], others: frozenset[str]) -> tuple[Expr, ...]:
    """Return which facts of these `variables` imply or exclude those of `others`, and what was asked and is true.

    Of all facts of a system there are too many to try, and few rows may tell those that a question hangs on.
    """
    firsts, seconds = table.facts_about(variables), table.facts_about(others)
    found = islice(implied(firsts, seconds, table.sample.rows), _MOST)
    return tuple(dict.fromkeys([*table.asked_and_true, *found]))


def implications_by_index(table: Table) -> Iterator[Expr]:
    """Yield: one fact implies or excludes another of the same index, whichever that is, in either of two histories.

    What happens to one of many things leaves several marks on it, and mostly none on the others. A sample tells more of
    all of them together than of each.
    """
    sorts = {v.name: v.sort for v in table.system.variables}
    by_index: dict[str, list[str]] = {}
    for name in sorts:
        _, bracket, rest = name.partition("[")
        if bracket:
            by_index.setdefault(rest.partition("]")[0], []).append(name)
    alike: dict[tuple[str, ...], list[str]] = {}
    for index, names in by_index.items():
        alike.setdefault(tuple(n.replace(f"[{index}]", "[]") for n in names), []).append(index)
    for stems, (first, *others) in alike.items():
        told: list[Fact] = []
        for stem in stems:
            columns = [table.column(_at(stem, index)) for index in (first, *others)]
            told += facts_of(Var(_at(stem, first), sorts[_at(stem, first)]), [v for c in columns for v in c])
        rows = table.sample.rows * (1 + len(others))
        telling = [f for f in told if 0 < len(f.rows) < rows]
        for e in islice(implied(telling, telling, rows), _MOST_BY_INDEX // (1 + len(others))):
            yield e
            yield from (_of_another(e, first, index) for index in others)


def _at(stem: str, index: str) -> str:
    return stem.replace("[]", f"[{index}]")


def _of_another(e: Expr, index: str, other: str) -> Expr:
    """Return `e`, which is about one `index`, of the `other`."""

    def change(node: Expr) -> Expr | None:
        return Var(node.name.replace(f"[{index}]", f"[{other}]"), node.sort) if isinstance(node, Var) else None

    return rewrite(e, change)
