"""Two wordings as one system in which both live the same history, and all that they have in common is there once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from policydsl.analyses.diff_shared import canonical, merged, shared_names
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction, conjuncts
from policydsl.core.copies import Copy, copy_of
from policydsl.core.expr import (
    BOOL,
    FALSE,
    TRUE,
    At,
    BoolSort,
    DateLit,
    DateSort,
    EnumSort,
    Expr,
    Happens,
    IntLit,
    IntSort,
    Not,
    Or,
    RatLit,
    RatSort,
    Use,
    Var,
    View,
    literal,
)
from policydsl.core.fold import everywhere, folded
from policydsl.core.idle import unmoved_by_passages
from policydsl.core.moves import BOTH, Move, Pair, Side, firings
from policydsl.core.product import pair, same_events, settled
from policydsl.core.system import PASSAGE, Case, Property, Schedule, System, Trace, Update, Variable
from policydsl.core.walk import definition_table, mentioned, nodes, reads, rewrite

PARTED = "parted"
"""Whether a step was taken that only one wording admits: nothing is compared from then on."""


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """The product of two wordings. `shared` are the names whose two copies are one and the same, by construction.

    With `lone`, a history may end with a step that one wording admits and the other does not.
    """

    pair: Pair
    copies: tuple[Copy, Copy]
    system: System
    shared: frozenset[str]
    still: Expr
    lone: tuple[Move, ...]

    def copy(self, side: Side) -> Copy:
        """Return what names and expressions of the wording on `side` are in `pair`."""
        return self.copies[BOTH.index(side)]

    def seen(self, side: Side, e: Expr) -> Expr:
        """Return `e`, of the wording on `side`, as an expression of the product."""
        return canonical(self.copy(side).seen(e), self.shared)

    def owed(self, side: Side, said: Property) -> Property:
        """Return what the wording on `side` says of all states and steps, as said of the product; with its steps."""
        steps = {e.name for e in self.system.events} | {s.name for s in self.system.schedules}
        state, step = self.seen(side, said.state), self.seen(side, said.step)
        gone = {n.step for n in nodes(state, step) if isinstance(n, Happens)} - steps - {PASSAGE}
        return Property(*(_never_happening(e, frozenset(gone)) for e in (state, step)))

    def expand(self, trace: Trace) -> Trace:
        """Return `trace` with both copies of what is shared."""
        initial = dict(trace.initial)
        for name in self.shared:
            if (value := trace.initial.get(f"first/{name}")) is not None:
                initial[f"second/{name}"] = value
        return replace(trace, initial=initial)


def twin(
    old: System,
    new: System,
    *,
    apart: frozenset[str] = frozenset(),
    lone: frozenset[str] = frozenset(),
    alike: Mapping[str, str] | None = None,
) -> Twin:
    """Return the product of two aligned systems.

    `alike` says which schedule of `old` each of `new` goes with (default: that of the same name).

    Gives:    a system whose histories are those that both wordings admit, what only one of them knows
              happening there alone; with the events `lone`, also one more step in which one of these happens that
              only one wording admits.
    Sound:    names are shared only where their definitions, starting values and changes are the same text over shared
              names (the greatest such set), so that by induction their values are equal in every history.
    """
    moves = [*same_events(old, new), *_only_in_one(old, new)]
    extra = _lone_moves(m for m in moves if m.name in lone)
    whole = pair(old, new, (*moves, *extra), apart, alike=_alike(old, new, alike))
    system, shared, level = _levelled(whole)
    still = TRUE if level else canonical(settled(whole), shared)
    made = Twin(
        whole, (copy_of(whole, Side.FIRST), copy_of(whole, Side.SECOND)), merged(system, shared), shared, still, extra
    )
    return replace(made, system=_with_lone(made)) if lone else made


def _only_in_one(old: System, new: System) -> Iterator[Move]:
    """Yield the moves in which something happens that only one wording knows; under the other one time passes."""
    known = [{e.name for e in s.events} for s in (old, new)]
    yield from (Move(f"{e.name}.before", e.name, None) for e in old.events if e.name not in known[1])
    yield from (Move(f"{e.name}.now", None, e.name) for e in new.events if e.name not in known[0])


# --- schedules -----------------------------------------------------------------------------------


def _alike(old: System, new: System, alike: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return which schedule of `old` each of `new` fires together with; None if each must go with each."""
    if not (unmoved_by_passages(old) and unmoved_by_passages(new)):
        return None
    return {s.name: s.name for s in new.schedules} if alike is None else alike


def _levelled(whole: Pair) -> tuple[System, frozenset[str], bool]:
    """Return the product in which schedules that are the same in both never fire in one of them alone.

    With it go the names that are shared there, and whether all schedules are the same. Where each schedule goes with
    each (`moves.firings`), it is all of them or none.
    """
    level = frozenset(s.name for s, t in firings(whole) if s is not None and t is not None and s.name == t.name)
    every = [[s.name for s in whole.copy(side).schedules] for side in BOTH]
    if whole.alike is None and every[0] != every[1]:
        level = frozenset()
    while True:
        system = _diagonal(whole, level) if level else whole.system
        shared = shared_names(system)
        same = frozenset(name for name in level if _same_schedule(whole, name, shared))
        if same == level:
            return system, shared, every[0] == every[1] and level == frozenset(every[0])
        level = same if whole.alike is not None else frozenset()


def _diagonal(whole: Pair, level: frozenset[str]) -> System:
    """Return the product in which each schedule of `level` fires together with its like alone."""
    kept = {f"{name}|{name}" for name in level}
    gone = {s.name for s in whole.system.schedules if s.name not in kept and (whole.alike is None or _base(s) in level)}

    def steps(case: Case) -> Case:
        return case if case.steps is None else replace(case, steps=case.steps - gone)

    updates = []
    for u in whole.system.updates:
        cases = [steps(c) for c in u.cases]
        updates.append(Update(u.variable, tuple(c for c in cases if c.steps is None or c.steps)))
    system = replace(
        whole.system,
        schedules=tuple(s for s in whole.system.schedules if s.name not in gone),
        updates=tuple(updates),
    )
    return _without_happening(system, frozenset(gone))


def _without_happening(system: System, gone: frozenset[str]) -> System:
    """Return `system` knowing that the steps `gone` never happen."""
    return everywhere(system, lambda e: _never_happening(e, gone))


def _never_happening(e: Expr, gone: frozenset[str]) -> Expr:
    def change(node: Expr) -> Expr | None:
        if isinstance(node, Happens) and node.step in gone:
            return FALSE
        if isinstance(node, Or) and any(isinstance(a, Happens) and a.step in gone for a in node.args):
            left = tuple(rewrite(a, change) for a in node.args if not (isinstance(a, Happens) and a.step in gone))
            return left[0] if len(left) == 1 else Or(left)
        return None

    return rewrite(e, change)


def _same_schedule(whole: Pair, name: str, shared: frozenset[str]) -> bool:
    """Return whether the schedule `name` is the same in both: then it never fires in one of them alone."""
    one, other = (next(s for s in copy_of(whole, side).schedules() if _base(s) == name) for side in BOTH)
    return canonical(one.armed, shared) == canonical(other.armed, shared) and canonical(one.due, shared) == canonical(
        other.due, shared
    )


def _base(schedule: Schedule) -> str:
    return schedule.name.partition("/")[2].removesuffix(".")


# --- steps that one wording alone admits ---------------------------------------------------------


def _lone_moves(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return for each event a last step that it is under the old wording alone, and under the new one alone."""
    return tuple(
        Move(f"{m.name}.only.{word}", m.first, m.second, binding=(side,))
        for m in moves
        for side, word in ((Side.FIRST, "before"), (Side.SECOND, "now"))
    )


def _with_lone(made: Twin) -> System:
    """Return the product in which a lone step is refused by the other wording, though permitted, and is the last."""
    parted = Var(PARTED, BOOL)
    events = []
    lone = {m.name: m for m in made.lone}
    for event in made.system.events:
        guards = [event.guard, Not(parted)]
        if event.name in lone:
            move = lone[event.name]
            other = move.binding[0].other
            guards.append(Not(canonical(made.copy(other).guard(move), made.shared)))
            guards += _facts(made, move, other)
            guards += [made.seen(side, Use(f"{move.event(side)}.permitted", BOOL)) for side in BOTH]
        events.append(replace(event, guard=conjunction(guards)))
    ends = Case(frozenset(lone), TRUE, TRUE, "")
    return replace(
        made.system,
        variables=(*made.system.variables, Variable(PARTED, BOOL, FALSE, "", hidden=True)),
        events=tuple(events),
        updates=(*made.system.updates, Update(PARTED, (ends,))),
    )


def limits(made: Twin, move: Move, role: str) -> Iterator[Expr]:
    """Yield what the wording that refuses the lone step `move` asks, all that bears on somebody else's alone aside.

    What speaks of facts, or of choices of others, and not of those of `role`, does not limit that role's choices. What
    looks at new values may do so through these. With which facts an act is admitted limits whoever does it.
    """
    side = move.binding[0].other
    mine = _inputs_by(made, move, role)
    every = {name for each in BOTH for name in made.copy(each).inputs(move).values()}
    table = definition_table(made.system)
    for part in conjuncts(canonical(made.copy(side).guard(move), made.shared)):
        seen = reads(part, View.BEFORE, table)
        given = {name for name, _ in seen} & every
        if not given or given & mine or any(view is View.AFTER for _, view in seen):
            yield part


def _inputs_by(made: Twin, move: Move, role: str) -> frozenset[str]:
    """Return the inputs of `move` that `role` chooses under either wording; of an act of its own, the facts, too."""
    return frozenset(
        copy.inputs(move)[i.name]
        for copy in made.copies
        for e in copy.system.events
        if e.name in {move.first, move.second}
        for i in e.inputs
        if i.by == role or (i.by is None and e.kind == "act" and e.actor == role)
    )


def _facts(made: Twin, move: Move, side: Side) -> Iterator[Expr]:
    """Yield what the wording on `side` says of facts of `move` that it alone knows, each by itself: what they can be.

    Whether the step is refused is asked of such facts alone; what ties them to anything else may well refuse it. So
    does what is said of a fact that no value is seen to satisfy.
    """
    one, other = made.copy(side), made.copy(side.other)
    own = set(one.inputs(move).values()) - set(other.inputs(move).values())
    said: dict[str, list[Expr]] = {}
    for part in conjuncts(canonical(one.guard(move), made.shared)):
        variables, definitions = mentioned(part)
        if len(variables) == 1 and variables <= own and not definitions:
            said.setdefault(next(iter(variables)), []).append(part)
    for name, parts in said.items():
        if any(all(folded(p, {name: v}) == TRUE for p in parts) for v in _values(name, parts)):
            yield from parts


def _values(name: str, parts: Iterable[Expr]) -> Iterator[Expr]:
    """Yield values of the fact `name` that may satisfy `parts`: all it has, or those near the numbers they speak of."""
    found = list(nodes(*parts))
    sort = next(n.sort for n in found if isinstance(n, Var) and n.name == name)
    match sort:
        case BoolSort():
            yield from (TRUE, FALSE)
        case EnumSort(values=values):
            yield from (literal(v, sort) for v in values)
        case IntSort() | DateSort():
            near = {n.value + d for n in found if isinstance(n, IntLit | DateLit) for d in (-1, 0, 1)}
            yield from (literal(v, sort) for v in sorted(near))
        case RatSort():
            bounds = sorted({n.value for n in found if isinstance(n, RatLit)}) or [Fraction(0)]
            between = [(a + b) / 2 for a, b in pairwise(bounds)]
            yield from map(RatLit, (*bounds, *between, bounds[0] - 1, bounds[-1] + 1))


def at_step(steps: Expr, needed: Expr) -> Expr:
    """Return that `needed`, read before the step, holds in every step that is one of `steps`."""
    return Or((Not(steps), At(View.BEFORE, needed)))
