"""Expressions and systems with some values put in, and what follows from them by looking at literals alone."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace

from policydsl.core.conditions import conjuncts
from policydsl.core.expr import (
    FALSE,
    TRUE,
    And,
    BoolLit,
    BoolSort,
    DateLit,
    EnumLit,
    Equal,
    Expr,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    RatLit,
    Use,
    Var,
)
from policydsl.core.system import Definition, System, Update
from policydsl.core.walk import children, rebuilt

Literal = BoolLit | IntLit | RatLit | DateLit | EnumLit


def put_in(system: System, fixed: Mapping[str, Expr]) -> System:
    """Return `system` with the parameters `fixed` replaced by their values, folded; obligations aside.

    Gives:    a system with the same histories, as far as parameters have these values.
    Sound:    every change gives an expression that is equal to it in every view: a definition whose value turns out to
              be a literal is one everywhere.
    """
    folding = _Folding(fixed)
    folding.learn(system.definitions)
    return everywhere(system, folding.fold)


def everywhere(system: System, e: Callable[[Expr], Expr]) -> System:
    """Return `system` with `e` of each of its expressions; of those of obligations not."""
    return replace(
        system,
        assumptions=tuple(map(e, system.assumptions)),
        variables=tuple(replace(v, initial=None if v.initial is None else e(v.initial)) for v in system.variables),
        starts=tuple(map(e, system.starts)),
        definitions=tuple(replace(d, body=e(d.body)) for d in system.definitions),
        events=tuple(replace(x, guard=e(x.guard)) for x in system.events),
        schedules=tuple(replace(s, armed=e(s.armed), due=e(s.due)) for s in system.schedules),
        updates=tuple(
            Update(u.variable, tuple(replace(c, guard=e(c.guard), value=e(c.value)) for c in u.cases))
            for u in system.updates
        ),
    )


def folded(e: Expr, fixed: Mapping[str, Expr]) -> Expr:
    """Return `e` with the variables `fixed` replaced by their values, folded."""
    return _Folding(fixed).fold(e)


def demanded_put_in(guard: Expr, rigid: Container[str]) -> Expr:
    """Return `guard` with the values that it demands of names put in wherever else it mentions them.

    Sound:    what demands that a name have a value stays; where it holds, the name may as well be that value elsewhere.
              That is so of names that mean the same in every view, so `rigid` must be such: inputs, parameters.
    """
    parts = list(conjuncts(guard))
    demands: dict[str, tuple[Expr, Expr]] = {}
    for part in parts:
        name, value = _demanded(part)
        if value is not None and name in rigid:
            demands.setdefault(name, (part, value))
    if not demands:
        return guard
    folding = _Folding({name: value for name, (_, value) in demands.items()})
    stays = {id(part) for part, _ in demands.values()}
    return And(tuple(part if id(part) in stays else folding.fold(part) for part in parts))


def _demanded(e: Expr) -> tuple[str, Expr | None]:
    """Return the name that `e` demands to have a value, and that value; None if it demands something else."""
    match e:
        case Var(name=name, sort=BoolSort()):
            return name, TRUE
        case Not(arg=Var(name=name)):
            return name, FALSE
        case Equal(left=Var(name=name), right=right) if isinstance(right, Literal):
            return name, right
        case _:
            return "", None


class _Folding:
    """What parameters and definitions stand for, and what expressions have become, by identity."""

    def __init__(self, fixed: Mapping[str, Expr]) -> None:
        self._fixed = fixed
        self._values: dict[str, Expr] = {}
        self._made: dict[int, tuple[Expr, Expr]] = {}

    def learn(self, definitions: Iterable[Definition]) -> None:
        """Fold `definitions`, each of which uses only those before it, and learn which of them are literals."""
        for d in definitions:
            body = self.fold(d.body)
            if isinstance(body, Literal):
                self._values[d.name] = body

    def fold(self, e: Expr) -> Expr:
        """Return an expression equal to `e` wherever names have their values."""
        rows: list[Ite] = []
        while isinstance(e, Ite) and id(e) not in self._made:  # a long table nests in `otherwise`
            rows.append(e)
            e = e.otherwise
        known = self._made.get(id(e))
        result = self._fold_one(e) if known is None else known[1]
        self._made[id(e)] = (e, result)
        for row in reversed(rows):
            result = _if(row, self.fold(row.cond), self.fold(row.then), result)
            self._made[id(row)] = (row, result)
        return result

    def _fold_one(self, e: Expr) -> Expr:
        match e:
            case Var(name=name):
                return self._fixed.get(name, e)
            case Use(name=name):
                return self._values.get(name, e)
            case And(args=args):
                return _joined(e, tuple(map(self.fold, args)), And, TRUE, FALSE)
            case Or(args=args):
                return _joined(e, tuple(map(self.fold, args)), Or, FALSE, TRUE)
            case _:
                return _told(rebuilt(e, tuple(map(self.fold, children(e)))))


def _if(row: Ite, cond: Expr, then: Expr, otherwise: Expr) -> Expr:
    if isinstance(cond, BoolLit):
        return then if cond.value else otherwise
    return then if then == otherwise else rebuilt(row, (cond, then, otherwise))


def _joined(
    e: Expr, args: tuple[Expr, ...], make: Callable[[tuple[Expr, ...]], Expr], idle: Expr, deciding: Expr
) -> Expr:
    """Return `args` joined: what is `idle` says nothing, what is `deciding` all."""
    if deciding in args:
        return deciding
    kept = tuple(a for a in args if a != idle)
    if len(kept) == 1:
        return kept[0]
    return rebuilt(e, args) if len(kept) == len(args) else make(kept)


def _told(e: Expr) -> Expr:
    """Return the value of `e`, if its parts are literals that tell it."""
    match e:
        case Not(arg=BoolLit(value=value)):
            return FALSE if value else TRUE
        case Not(arg=Not(arg=arg)):
            return arg
        case Equal(left=left, right=right) if left == right:
            return TRUE
        case Equal(left=EnumLit(value=one), right=EnumLit(value=other)):  # whichever options their sorts have besides
            return TRUE if one == other else FALSE
        case Equal(left=left, right=right) if isinstance(left, Literal) and isinstance(right, Literal):
            return FALSE
        case Less(
            left=IntLit(value=low) | DateLit(value=low) | RatLit(value=low),
            right=IntLit(value=high) | DateLit(value=high) | RatLit(value=high),
            strict=strict,
        ):
            return TRUE if low < high or (low == high and not strict) else FALSE
        case _:
            return e
