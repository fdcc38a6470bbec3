"""What can be observed of a policy; whether two wordings give the same, never better, never worse."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, Protocol, TypeAlias, assert_never

from policydsl.analyses.diff_align import Aligned, alike
from policydsl.analyses.diff_orders import usable_orders
from policydsl.analyses.diff_product import Twin, at_step, limits
from policydsl.analyses.listed import included, rows_of
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction, conjuncts
from policydsl.core.expr import (
    BOOL,
    INT,
    TRUE,
    And,
    At,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    Use,
    Var,
    View,
)
from policydsl.core.moves import BOTH, Side
from policydsl.core.system import Event, Property, System
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy, Order, Symbol, set_name
from policydsl.front.types import DateType, Type


class Seeing(Protocol):
    """What says how an expression of a wording reads in a product."""

    def seen(self, side: Side, e: Expr) -> Expr:
        """Return `e`, of the wording on `side`, as an expression of the product."""


Word: TypeAlias = Literal["same", "worse", "better"]
"""What is asked of an outcome: whether it is always the same; and, for a role, whether it is never worse, or better."""

Kind = Literal["state", "definition", "table", "count", "permission", "choices"]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an outcome under a wording: `present` (for dates that may be none) and what it is."""

    present: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something both wordings have, by its name in the old one, with its values (one for each index) under each.

    `on` are the events at which it is read, before the step; none if it is read on every state. `clauses` are where
    the old and the new wording say it. Of `choices`, `values` is empty: lone steps of the product show it. So it is of
    a table with `all rows`, which has no one value: `listed` are the values that it includes, or of
    one that leaves gaps in both wordings whether a row fits. `names` are what has
    the `values`, with its index. `choosers` are the roles for whom it is better, without being declared so, to choose
    among more. `act` says of an event that it is an act, which is permitted, under either wording; what only happens
    is possible. `lone` says that only one wording has the act: under the other, nothing happens where it is done.
    """

    name: str
    kind: Kind
    type: Type | None
    on: tuple[str, ...]
    clauses: tuple[str, ...]
    values: tuple[tuple[Value, Value], ...]
    orders: tuple[Order, ...]
    listed: tuple[tuple[Value, Value], ...] = ()
    choosers: frozenset[str] = frozenset()
    act: bool = False
    lone: bool = False
    names: tuple[str, ...] = ()

    @property
    def admits(self) -> bool:
        """Whether it says what may happen to both: where it differs, each wording has histories of its own."""
        return self.kind == "choices" or (self.kind == "permission" and not self.lone)

    @property
    def compared(self) -> tuple[tuple[Value, Value], ...]:
        """All that must be the same."""
        return *self.values, *self.listed

    def singly(self) -> tuple["Outcome", ...]:
        """Return the outcome once for each of its indices, with that one alone."""
        if len(self.names) < 2:  # noqa: PLR2004  it is alone
            return (self,)
        both = zip(self.names, self.values, strict=True)
        return tuple(replace(self, names=(name,), values=(pair,)) for name, pair in both)

    @property
    def called(self) -> str:
        """How a report names it."""
        match self.kind:
            case "permission":
                return f"permitted {self.name}"
            case "choices":
                return f"facts and choices of {self.name}"
            case _:
                return self.name


# --- what there is -------------------------------------------------------------------------------


def outcomes(old: LoadedPolicy, new: LoadedPolicy, aligned: Aligned, twin: Seeing) -> tuple[Outcome, ...]:
    """Return all outcomes that both wordings have, in the old one's order, and whether acts of one are permitted."""
    events = {e.name: e for system in (aligned.new, aligned.old) for e in system.events}
    orders = usable_orders(old, new, aligned.names)
    found: list[Outcome] = []
    for symbol in old.symbols.values():
        other = new.symbols.get(aligned.names.new(symbol.name))
        if other is None and symbol.kind == "act":
            found.append(replace(_permission(events[symbol.name], _clauses(symbol), twin, orders), lone=True))
        if other is None or not alike(symbol.type, other.type, aligned.names):
            continue
        if symbol.kind in {"occurrence", "act"} and other.kind in {"occurrence", "act"}:
            found.extend(_event(symbol, other, events[symbol.name], twin, orders))
        elif {symbol.kind, other.kind} <= {"state", "definition", "table", "count"}:
            made = _value(symbol, other, aligned, twin, orders)
            every = {p.gives_all(s.name) for p, s in ((old, symbol), (new, other))}
            if made is not None and len(every) == 1:
                found.append(_listed(made, aligned, twin) if every == {True} else _fitting(made, aligned, twin))
    back = aligned.names.old()
    found += [
        replace(_permission(events[name], _clauses(symbol), twin, orders), lone=True)
        for symbol in new.symbols.values()
        if symbol.kind == "act" and (name := back.new(symbol.name)) not in old.symbols
    ]
    return tuple(found)


def _listed(made: Outcome, aligned: Aligned, twin: Seeing) -> Outcome:
    """Return what a table includes, under each wording, where all rows count: it has no value to be better or worse."""
    one, other = (
        [(twin.seen(side, fits), twin.seen(side, v)) for fits, v in rows_of(system, made.name)]
        for side, system in zip(BOTH, (aligned.old, aligned.new), strict=True)
    )
    listed = tuple((Value(TRUE, mine), Value(TRUE, its)) for mine, its in included(one, other))
    return replace(made, values=(), orders=(), names=(), listed=listed)


def _fitting(made: Outcome, aligned: Aligned, twin: Seeing) -> Outcome:
    """Return what a table gives with whether a row fits, where both wordings leave gaps: they are to leave the same."""
    both = ((aligned.old, made.name), (aligned.new, aligned.names.new(made.name)))
    if not all(any(o.key == f"gap:{own}" for o in system.obligations) for system, own in both):
        return made
    rows = (twin.seen(side, Use(f"{made.name}.rows", INT)) for side in BOTH)
    one, other = (Value(TRUE, Less(IntLit(1), n, strict=False)) for n in rows)
    return replace(made, listed=((one, other),))


def _clauses(*symbols: Symbol) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.clause for s in symbols if s.clause))


def _permission(
    event: Event, clauses: tuple[str, ...], twin: Seeing, orders: Iterable[Order], *, act: bool = True
) -> Outcome:
    """Return whether `event` is permitted: that is better for its actor, if nothing is declared."""
    said = [o for o in orders if o.name == event.name and o.way in {"permitted", "not permitted"}]
    if event.kind == "act" and event.actor and all(o.role != event.actor for o in said):
        said.append(Order(event.actor, event.name, "permitted", (), None))
    one, other = (Value(TRUE, twin.seen(side, Use(f"{event.name}.permitted", BOOL))) for side in BOTH)
    return Outcome(event.name, "permission", None, (), clauses, ((one, other),), tuple(said), act=act)


def _event(symbol: Symbol, other: Symbol, event: Event, twin: Seeing, orders: Iterable[Order]) -> Iterator[Outcome]:
    name, clauses = symbol.name, _clauses(symbol, other)
    yield _permission(event, clauses, twin, orders, act="act" in {symbol.kind, other.kind})
    choices = [o for o in orders if o.name == name and o.way in {"wider", "narrower"}]
    choosers = sorted({i.by for i in event.inputs if i.by is not None})
    own_choices = [Order(r, name, "wider", (), None) for r in choosers if all(o.role != r for o in choices)]
    by_themselves = frozenset(o.role for o in own_choices)
    yield Outcome(name, "choices", None, (name,), clauses, (), (*choices, *own_choices), choosers=by_themselves)


def _value(symbol: Symbol, other: Symbol, aligned: Aligned, twin: Seeing, orders: Iterable[Order]) -> Outcome | None:
    on = tuple(symbol.on)
    theirs = tuple(aligned.names.old().new(n) for n in other.on)
    if on and theirs:
        common = tuple(n for n in on if n in theirs)
    else:  # what is defined without events is so at each of them
        known = {e.name for e in aligned.old.events} & {e.name for e in aligned.new.events}
        common = tuple(n for n in on or theirs if n in known)
    if (on or theirs) and not common:
        return None
    names = [f"{symbol.name}[{i}]" for i in symbol.index] or [symbol.name]
    pairs: dict[str, tuple[Value, Value]] = {}
    for name in names:
        one = _read(name, symbol, aligned.old, twin, Side.FIRST)
        its = _read(name, other, aligned.new, twin, Side.SECOND)
        if one is not None and its is not None:
            pairs[name] = one, its
    if not pairs:
        return None
    own, clauses = tuple(o for o in orders if o.name == symbol.name), _clauses(symbol, other)
    kind: Kind = symbol.kind  # type: ignore[assignment]  # the caller has seen to it
    return Outcome(symbol.name, kind, symbol.type, common, clauses, tuple(pairs.values()), own, names=tuple(pairs))


def _read(name: str, symbol: Symbol, system: System, twin: Seeing, side: Side) -> Value | None:
    """Return what `name` is in the wording on `side`; None where its system has no such value."""
    variables = {v.name: v.sort for v in system.variables}
    definitions = {d.name: d.sort for d in system.definitions}
    known = f"{name}.so_far" if symbol.kind == "count" else name
    made: Expr
    present: Expr
    if known in definitions:
        made, present = Use(known, definitions[known]), Use(name + SET_SUFFIX, BOOL)
    elif known in variables:
        made, present = Var(known, variables[known]), Var(set_name(name), BOOL)
    else:
        return None
    optional = isinstance(symbol.type, DateType) and symbol.type.optional
    return Value(twin.seen(side, present) if optional else TRUE, twin.seen(side, made))


# --- what is asked -------------------------------------------------------------------------------


def same(outcome: Outcome, twin: Twin) -> Property:
    """Return that both wordings always give the same."""
    if outcome.kind == "choices":
        return _never(outcome, ("before", "now"))
    return _asked(outcome, twin, [_equal(one, other) for one, other in outcome.compared])


def never(word: Word, outcome: Outcome, order: Order, twin: Twin) -> Property:
    """Return that the new wording is never `word`, than the old one, for the role of `order`."""
    worse = word == "worse"
    if outcome.kind == "choices":
        return _never_choice(outcome, order, ("before",) if (order.way == "wider") is worse else ("now",), twin)
    sides = [(new, old) if worse else (old, new) for old, new in outcome.values]
    return _asked(outcome, twin, [at_least(worth(good, order), worth(bad, order), order) for good, bad in sides])


def asked(outcome: Outcome, order: Order | None, word: Word, twin: Twin) -> Property:
    """Return what is asked of `outcome`: that it is always the same, or never worse or better by `order`."""
    return same(outcome, twin) if order is None or word == "same" else never(word, outcome, order, twin)


def said(role: str | None, word: Word) -> str:
    """Return the same in words."""
    return "always the same" if role is None else f"never {word} for {role}"


def unchanged(outcome: Outcome, twin: Twin) -> bool:
    """Return whether both wordings give the same by construction: it is the same text over the same names."""
    if outcome.kind == "choices":
        return all(_guards_alike(outcome.name, twin))
    return all(one == other for one, other in outcome.compared)


def _guards_alike(name: str, twin: Twin) -> Iterator[bool]:
    """Yield whether both wordings ask the same of the event's facts and choices; its permission is another outcome."""
    for move in twin.pair.moves:
        if move.first == name and move not in twin.lone:
            one, other = (
                [
                    a
                    for a in conjuncts(twin.seen(side, e.guard))
                    if not isinstance(a, Use) or not a.name.endswith(".permitted")
                ]
                for side in BOTH
                for e in twin.pair.copy(side).events
                if e.name == name
            )
            yield one == other


def _never(outcome: Outcome, words: Iterable[str]) -> Property:
    steps = [Happens(f"{outcome.name}.only.{w}") for w in words]
    return Property(TRUE, Not(Or(tuple(steps))))


def _never_choice(outcome: Outcome, order: Order, words: Iterable[str], twin: Twin) -> Property:
    """Return that no step is one wording's alone; of a chooser's own, none that the other refuses for his choices."""
    if order.role not in outcome.choosers:
        return _never(outcome, words)
    lone = [m for m in twin.lone if m.name in {f"{outcome.name}.only.{w}" for w in words}]
    parts = [And((Happens(m.name), At(View.BEFORE, Not(conjunction(list(limits(twin, m, order.role))))))) for m in lone]
    return Property(TRUE, Not(Or(tuple(parts))))


def _asked(outcome: Outcome, twin: Twin, parts: list[Expr]) -> Property:
    needed = conjunction(parts)
    if not outcome.on:
        return Property(needed if twin.still == TRUE else Or((Not(twin.still), needed)), TRUE)
    steps = [twin.seen(side, Or(tuple(Happens(n) for n in outcome.on))) for side in BOTH]
    return Property(TRUE, at_step(conjunction(list(dict.fromkeys(steps))), needed))


def _equal(one: Value, other: Value) -> Expr:
    values = Equal(one.value, other.value)
    if one.present == other.present == TRUE:
        return values
    return And((Equal(one.present, other.present), Or((Not(one.present), values))))


def worth(v: Value, order: Order) -> Value:
    """Return what of `v` is compared in `order`: its place, where that is a ranking."""
    return replace(v, value=_rank(v.value, order)) if order.way == "ranking" else v


def at_least(good: Value, bad: Value, order: Order) -> Expr:
    """Return that `good` is at least as good as `bad`, each as `worth` has it."""
    core = _at_least_so(good.value, bad.value, order)
    if good.present == bad.present == TRUE:
        return core
    if order.none == "worst":
        return Or((Not(bad.present), And((good.present, core))))
    return Or((Not(good.present), And((bad.present, core))))


def _at_least_so(a: Expr, b: Expr, order: Order) -> Expr:
    match order.way:
        case "higher" | "later":
            return Less(b, a, strict=False)
        case "lower" | "earlier" | "ranking":
            return Less(a, b, strict=False)
        case "yes" | "permitted":
            return Or((Not(b), a))
        case "no" | "not permitted":
            return Or((Not(a), b))
        case "wider" | "narrower":
            raise AssertionError("choices are compared by the steps that one wording alone admits")
        case _:
            assert_never(order.way)


def _rank(e: Expr, order: Order) -> Expr:
    """Return the place of `e` in the ranking, 0 for the best; a value that it does not have comes last."""
    some = e
    while isinstance(some, Ite):
        some = some.then
    assert isinstance(some, Var | Use)
    sort = some.sort
    assert isinstance(sort, EnumSort)
    made: Expr = IntLit(len(order.values))
    for i, value in reversed(list(enumerate(order.values))):
        if value in sort.values:
            made = Ite(Equal(e, EnumLit(sort, value)), IntLit(i), made)
    return made
