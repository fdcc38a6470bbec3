"""What may relate the two copies of a variable that two wordings do not share: guesses, tried as lemmas."""

from collections.abc import Iterable, Iterator, Mapping

from policydsl.analyses.diff_product import PARTED, Twin
from policydsl.core.expr import BOOL, DATE, And, BoolLit, EnumLit, EnumSort, Equal, Expr, Less, Not, Or, Var
from policydsl.core.system import System
from policydsl.core.walk import mentioned
from policydsl.front.loaded import SET_SUFFIX


def lemma_candidates(twin: Twin) -> Iterator[tuple[str, Expr]]:
    """Yield what may relate the two copies of a variable that is there twice: equal, or one never above the other.

    Where they start apart, they may be equal once something has happened that leaves its mark. Where they are looked at
    under an option of a reading alone, they may be equal under it; and dates as long as one of them is set.
    """
    uses = _uses(twin.system)
    sorts = {v.name: v.sort for v in twin.system.variables}
    starts = {v.name: v.initial for v in twin.system.variables}
    for name, sort in sorts.items():
        other = f"second/{name[6:]}"
        if not name.startswith("first/") or sorts.get(other) != sort:
            continue
        one, its = Var(name, sort), Var(other, sort)
        yield f"{name}=", Equal(one, its)
        if starts[name] != starts[other]:
            yield from ((f"{name}={n}", Or((Not(moved), Equal(one, its)))) for n, moved in enumerate(_moved(twin)))
        for n, option in enumerate(_options(twin.system, uses, (name, other))):
            yield f"{name}|{n}", Or((Not(option), Equal(one, its)))
        if sort == BOOL:
            yield f"{name}<", Or((Not(one), its))
            yield f"{name}>", Or((Not(its), one))
        elif not isinstance(sort, EnumSort):
            yield f"{name}<", Less(one, its, strict=False)
            yield f"{name}>", Less(its, one, strict=False)
            if sort == DATE and f"{name}{SET_SUFFIX}" in sorts and f"{other}{SET_SUFFIX}" in sorts:
                own = Var(f"{name}{SET_SUFFIX}", BOOL), Var(f"{other}{SET_SUFFIX}", BOOL)
                yield from ((f"{name}={n}?", Or((Not(is_set), Equal(one, its)))) for n, is_set in enumerate(own))
                both = And(own)
                yield f"{name}<?", Or((Not(both), Less(one, its, strict=False)))
                yield f"{name}>?", Or((Not(both), Less(its, one, strict=False)))


def _moved(twin: Twin) -> Iterator[Expr]:
    """Yield, of each variable with few values, that it is not what it was at the start."""
    for v in twin.system.variables:
        if isinstance(v.initial, BoolLit) and v.name != PARTED:
            yield Not(Var(v.name, BOOL)) if v.initial.value else Var(v.name, BOOL)
        elif isinstance(v.initial, EnumLit):
            yield Not(Equal(Var(v.name, v.sort), v.initial))


_MOST = 16
"""So many options at most are tried for a variable."""


def _uses(system: System) -> Mapping[str, list[tuple[str, Expr]]]:
    """Return by name where it is mentioned: in which definition (empty: in none) and in what."""
    found: dict[str, list[tuple[str, Expr]]] = {}
    every = [(d.name, d.body) for d in system.definitions]
    every += [("", e) for u in system.updates for c in u.cases for e in (c.guard, c.value)]
    for home, e in every:
        for name in frozenset[str]().union(*mentioned(e)):
            found.setdefault(name, []).append((home, e))
    return found


def _options(system: System, uses: Mapping[str, list[tuple[str, Expr]]], names: Iterable[str]) -> list[Expr]:
    """Return the options of readings that stand where the variables `names` are used, the nearest first."""
    readings = {p.name: p.sort for p in system.parameters if p.is_reading}
    found: dict[str, None] = {}
    seen, near = set[str](), list(names)
    while near:
        here = [(home, e) for name in near for home, e in uses.get(name, ())]
        found |= dict.fromkeys(n for _, e in here for n in sorted(mentioned(e)[0]) if n in readings)
        seen |= set(near)
        near = [home for home in dict.fromkeys(home for home, _ in here) if home and home not in seen]
    made: list[Expr] = [
        Equal(Var(n, s), EnumLit(s, v)) for n in found if isinstance(s := readings[n], EnumSort) for v in s.values
    ]
    return made[:_MOST]
