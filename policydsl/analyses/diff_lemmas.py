"""What may relate the two copies of a variable that two wordings do not share: guesses, tried as lemmas."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from policydsl.analyses.diff_product import PARTED, Twin
from policydsl.analyses.diff_shared import canonical
from policydsl.base.records import dataclass
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    DATE,
    Add,
    And,
    At,
    BoolLit,
    BoolSort,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    IntLit,
    IntSort,
    Ite,
    Less,
    Not,
    Or,
    RatLit,
    Scale,
    Sort,
    Use,
    Var,
    literal,
)
from policydsl.core.system import System
from policydsl.core.walk import definition_table, mentioned, nodes, rewrite
from policydsl.front.loaded import SET_SUFFIX


def lemma_candidates(twin: Twin) -> Iterator[tuple[str, Expr]]:
    """Yield what may relate the two copies of a variable that is there twice: equal, or one never above the other.

    They may be equal until something has happened that leaves its mark, or from then on; where they start apart, they
    may stay as far apart. Where they are looked at under an option of a reading alone, they may be equal under it; all
    may be where readings that each wording has for itself are read alike; and dates as long as one of them is set.
    """
    uses, limits, held = _uses(twin.system), _limits(twin.system), _held(twin.system)
    sorts = {v.name: v.sort for v in twin.system.variables}
    starts = {v.name: v.initial for v in twin.system.variables}
    marks, for_all = dict(_marks(sorts)), (*_read_alike(twin.system), *_options_in_change(twin.system))
    for name, sort in sorts.items():
        other = f"second/{name[6:]}"
        if not name.startswith("first/") or sorts.get(other) != sort:
            continue
        one, its = Var(name, sort), Var(other, sort)
        yield f"{name}=", Equal(one, its)
        for n, (shared, moved) in enumerate(_moved(twin)):
            if shared:
                yield f"{name}={n}-", Or((moved, Equal(one, its)))
            if shared or starts[name] != starts[other]:
                yield f"{name}={n}", Or((Not(moved), Equal(one, its)))
        match starts[name], starts[other]:
            case IntLit(value=low), IntLit(value=high) if low != high:
                yield f"{name}+", Equal(Add((one, IntLit(high - low))), its)
            case _:
                pass
        yield from _in_step(name, twin.system, (one, its))
        for n, option in enumerate(dict.fromkeys((*for_all, *_options(twin.system, uses, (name, other))))):
            yield f"{name}|{n}", Or((Not(option), Equal(one, its)))
        yield from _by_limits(name, (one, its), limits)
        if isinstance(sort, IntSort):
            yield from _kept_within(name, its, one, held["first"] - held["second"])
            yield from _kept_within(other, one, its, held["second"] - held["first"])
        yield from ((f"{name}={n}", Or((Equal(one, its), parted))) for n, parted in marks.items() if n != name)
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
    yield from _windows(twin.system, sorts)


def _in_step(name: str, system: System, copies: tuple[Var, Var]) -> Iterator[tuple[str, Expr]]:
    """Yield that both have come equally many steps from their starts, where one goes further in each by one factor."""
    starts = {v.name: v.initial for v in system.variables}
    mine, theirs = (sorted(_added(system, v)) for v in copies)
    match starts[copies[0].name], starts[copies[1].name]:
        case (IntLit() | RatLit() as one, IntLit() | RatLit() as other) if mine and len(mine) == len(theirs):
            a, b = mine[0], theirs[0]
            if a != b and all(x * b == y * a for x, y in zip(mine, theirs, strict=True)):
                sides = zip((b, a), copies, (one.value, other.value), strict=True)
                yield f"{name}*", Equal(*(Scale(n, Add((x, literal(-at, x.sort)))) for n, x, at in sides))
        case _:
            return


def _added(system: System, to: Var) -> set[int | Fraction]:
    """Return the amounts, without their signs, that updates add to the variable `to`, or take from it."""
    defined = definition_table(system)
    found = set[int | Fraction]()
    todo = [
        a
        for u in system.updates
        if u.variable == to.name
        for c in u.cases
        for e in nodes(c.value)
        if isinstance(e, Add) and to in e.args
        for a in e.args
        if a != to
    ]
    while todo:
        match todo.pop():
            case IntLit(value=n) if n:
                found.add(abs(n))
            case RatLit(value=amount) if amount:
                found.add(abs(amount))
            case Scale(factor=-1, arg=e) | At(body=e):
                todo.append(e)
            case Scale(factor=n):
                found |= {n if n > 0 else -n}
            case Ite(then=x, otherwise=y):
                todo += [x, y]
            case Use(name=called):
                todo.append(defined[called].body)
            case _:
                pass
    return found


def _kept_within(name: str, free: Var, bound: Var, numbers: Iterable[int]) -> Iterator[tuple[str, Expr]]:
    """Yield that `bound` is what `free` is, but never below, or never above, one of `numbers`: a floor, or a cap."""
    for n in sorted(numbers)[:_MOST]:
        limit = IntLit(n)
        yield f"{name}>={n}", Equal(bound, Ite(Less(free, limit, strict=False), limit, free))
        yield f"{name}<={n}", Equal(bound, Ite(Less(limit, free, strict=False), limit, free))


def _held(system: System) -> dict[str, set[int]]:
    """Return for either wording the numbers that it names where it takes the least or the greatest of two values."""
    found: dict[str, set[int]] = {"first": set(), "second": set()}
    said = [(d.name, d.body) for d in system.definitions]
    said += [(u.variable, c.value) for u in system.updates for c in u.cases]
    for name, e in said:
        side = name.partition("/")[0]
        for part in nodes(e) if side in found else ():
            match part:
                case Ite(cond=Less(left=a, right=b), then=x, otherwise=y) if {x, y} == {a, b}:
                    found[side] |= {abs(n.value) for n in nodes(a, b) if isinstance(n, IntLit)}
                case _:
                    pass
    return found


def _windows(system: System, sorts: Mapping[str, Sort]) -> Iterator[tuple[str, Expr]]:
    """Yield that what one wording counts in a calendar period, and the other in a rolling window, lies in that, too.

    The k-th latest event of the period of `clock` is in the window on every day that is left of it.
    """
    for d in system.definitions:
        match d.body:
            case Ite(cond=Equal(right=period), then=Var(name=counted) as n) if d.name.endswith(".so_far"):
                side, _, count = counted.removesuffix(".n").partition("/")
            case _:
                continue
        other = "second" if side == "first" else "first"
        for k in range(1, _MOST + 1):
            slot = f"{other}/{count}.until{k}"
            if sorts.get(slot) == DATE:
                ends = _on_day(period, Var(slot, DATE))
                yield f"{counted}@{k}", Or((Less(n, IntLit(k), strict=True), Less(period, ends, strict=True)))


def _on_day(period: Expr, day: Expr) -> Expr:
    """Return `period`, that of `clock`, of `day`."""
    return rewrite(period, lambda e: day if e == Var(CLOCK, DATE) else None)


def _marks(sorts: Mapping[str, Sort]) -> Iterator[tuple[str, Expr]]:
    """Yield that the two copies of a variable with few values are not equal: others may part only where they do."""
    for name, sort in sorts.items():
        other = f"second/{name[6:]}"
        few = isinstance(sort, BoolSort | EnumSort) and not name.endswith(SET_SUFFIX)
        if few and name.startswith("first/") and sorts.get(other) == sort:
            yield name, Not(Equal(Var(name, sort), Var(other, sort)))


def _read_alike(system: System) -> Iterator[Expr]:
    """Yield that both wordings take the same option of each reading that either has for itself, if there is one."""
    sorts = {p.name: p.sort for p in system.parameters if p.is_reading}
    both = [(n, f"second/{n[6:]}") for n in sorts if n.startswith("first/")]
    same = tuple(Equal(Var(a, sorts[a]), Var(b, sorts[b])) for a, b in both if sorts.get(b) == sorts[a])
    if same:
        yield And(same) if len(same) > 1 else same[0]


def _moved(twin: Twin) -> Iterator[tuple[bool, Expr]]:
    """Yield, of each variable with few values, whether both share it, and that it is not what it was at first."""
    twice = {v.name[7:] for v in twin.system.variables if v.name.startswith("second/")}
    for v in twin.system.variables:
        shared = not v.hidden and not v.name.endswith(SET_SUFFIX) and v.name.partition("/")[2] not in twice
        if isinstance(v.initial, BoolLit) and v.name != PARTED:
            yield shared, Not(Var(v.name, BOOL)) if v.initial.value else Var(v.name, BOOL)
        elif isinstance(v.initial, EnumLit):
            yield shared, Not(Equal(Var(v.name, v.sort), v.initial))


_MOST = 16
"""So many options, and limits, at most are tried for a variable."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """`name <= bound` (`<` if `strict`), as a definition of the wording(s) `said_by` has it."""

    name: str
    sort: Sort
    bound: Expr
    strict: bool
    said_by: str

    def of(self, x: Expr) -> Expr:
        """Return that `x` keeps to it."""
        return Less(x, self.bound, strict=self.strict)


def _limits(system: System) -> list[_Limit]:
    """Return the constants to which definitions compare numbers of the state, whichever side they stand on."""
    sorts = {v.name: v.sort for v in system.variables}
    found: dict[_Limit, None] = {}
    for d in system.definitions:
        for e in nodes(d.body):
            match e:
                case Less(left=Var(name=name), right=IntLit() | RatLit() as bound, strict=strict):
                    pass
                case Less(left=IntLit() | RatLit() as bound, right=Var(name=name), strict=strict):
                    strict = not strict
                case _:
                    continue
            if name in sorts:
                side = d.name.partition("/")[0] if "/" in d.name else ""
                found[_Limit(name, sorts[name], bound, strict, side)] = None
    return list(found)


def _by_limits(name: str, copies: tuple[Var, Var], limits: Sequence[_Limit]) -> Iterator[tuple[str, Expr]]:
    """Yield that copies which are not equal lie on one side of a limit, or that a limit that was moved has been passed.

    Moved is what one wording alone says of something that both share: where they part over it, it lies between.
    """
    same, other = Equal(*copies), f"second/{name[6:]}"
    own = [replace(x, name=name, said_by="") for x in limits if x.name in {name, other}]
    sort = copies[0].sort
    if isinstance(sort, IntSort):
        own = [_Limit(name, sort, IntLit(0), strict=False, said_by=""), *own]
    for n, limit in enumerate(list(dict.fromkeys(own))[:_MOST]):
        sides = limit.of(copies[0]), limit.of(copies[1])
        yield f"{name}~{n}", Or((same, And(sides)))
        yield f"{name}~{n}!", Or((same, Not(Or(sides))))
    both = {x.name for x in limits if x.name.startswith("second/")}
    shared = [x for x in limits if f"second/{x.name[6:]}" not in both]
    said = {side: {replace(x, said_by="") for x in shared if x.said_by == side} for side in ("first", "second")}
    moved = [x for x in shared if x.said_by and replace(x, said_by="") in said["first"] ^ said["second"]]
    for n, limit in enumerate(moved[:_MOST]):
        passed = limit.of(Var(limit.name, limit.sort))
        yield f"{name}^{n}", Or((same, passed))
        yield f"{name}^{n}!", Or((same, Not(passed)))


def _uses(system: System) -> Mapping[str, list[tuple[str, Expr]]]:
    """Return by name where it is mentioned: in which definition (empty: in none) and in what."""
    found: dict[str, list[tuple[str, Expr]]] = {}
    every = [(d.name, d.body) for d in system.definitions]
    every += [("", e) for u in system.updates for c in u.cases for e in (c.guard, c.value)]
    for home, e in every:
        for name in frozenset[str]().union(*mentioned(e)):
            found.setdefault(name, []).append((home, e))
    return found


def _options_in_change(system: System) -> list[Expr]:
    """Return the options of readings that stand in what the wordings say otherwise: others may not matter."""
    said: dict[str, set[tuple[Expr, ...]]] = {d.name: {(d.body,)} for d in system.definitions}
    said |= {f"{u.variable} =": {(c.guard, c.value) for c in u.cases} for u in system.updates}
    every = frozenset(n[7:] for n in (*said, *(v.name for v in system.variables)) if n.startswith("second/"))
    changed = set[tuple[Expr, ...]]()
    for name in (n for n in said if n.startswith("second/")):
        old = said.get(f"first/{name[7:]}")
        if old is not None:
            changed |= old ^ {tuple(canonical(e, every) for e in each) for each in said[name]}
    names = frozenset[str]().union(*(mentioned(e)[0] for each in changed for e in each))
    readings = [(p.name, p.sort) for p in system.parameters if p.is_reading and p.name in names]
    made: list[Expr] = [
        Equal(Var(n, s), EnumLit(s, v)) for n, s in readings if isinstance(s, EnumSort) for v in s.values
    ]
    return made[:_MOST]


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
