"""What both wordings give where no row of a table fits: neither text says anything there, so it is made the same.

What a system gives there is the value of the last row: rows in another order, or one more, are no leniency in a gap.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policydsl.analyses.diff_names import Names, renamed_expr
from policydsl.core.expr import EnumLit, EnumSort, Expr, Ite, Use
from policydsl.core.system import Definition, System
from policydsl.core.walk import mentioned
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy


def made_up(old: LoadedPolicy, new: LoadedPolicy, names: Names) -> dict[str, Expr]:
    """Return by definitions of the new wording what the old one gives in gaps, where a table may have some in both."""
    mine, theirs = ({d.name: d for d in p.system.definitions} for p in (old, new))
    owed = [{o.key for o in p.system.obligations} for p in (old, new)]
    found: dict[str, Expr] = {}
    for name in (t.name for t in old.tables if f"gap:{t.name}" in owed[0]):
        its = names.new(name)
        if f"gap:{its}" not in owed[1]:
            continue
        both = [(mine[name + s], theirs.get(its + s)) for s in ("", SET_SUFFIX) if name + s in mine]
        made = {d.name: _said(one, d, name, names) for one, d in both if d is not None}
        if len(made) == len(both):
            found |= {n: e for n, e in made.items() if e is not None} if None not in made.values() else {}
    return found


def _said(one: Definition, other: Definition, table: str, names: Names) -> Expr | None:
    """Return what the old definition gives where no row fits, as a value of the new one's; None where it cannot be."""
    *_, last = _chain(one.body, table)
    if any(mentioned(last)):
        return None
    made = renamed_expr(last, names)
    if isinstance(made, EnumLit) and isinstance(other.sort, EnumSort) and made.sort.name == other.sort.name:
        return EnumLit(other.sort, made.value) if made.value in other.sort.values else None
    return made if one.sort == other.sort else None


def _chain(body: Expr, table: str) -> Iterator[Expr]:
    """Yield `body` and what it gives otherwise, as long as rows of `table` are looked at."""
    yield body
    while isinstance(body, Ite) and isinstance(body.cond, Use) and body.cond.name.startswith(f"{table}.row"):
        body = body.otherwise
        yield body


def filled(system: System, gaps: Mapping[str, Expr]) -> System:
    """Return `system` with `gaps` for what its definitions give where no row fits."""
    if not gaps:
        return system
    made = (replace(d, body=_ending(d, gaps[d.name])) if d.name in gaps else d for d in system.definitions)
    return replace(system, definitions=tuple(made))


def _ending(definition: Definition, last: Expr) -> Expr:
    *rows, _ = _chain(definition.body, definition.name.removesuffix(SET_SUFFIX))
    made = last
    for row in reversed(rows):
        assert isinstance(row, Ite)
        made = replace(row, otherwise=made)
    return made
