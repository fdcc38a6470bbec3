"""Relations between two histories: which moves are theirs beside those that both share, and where.

A relation allows moves of its own beside those that both histories share, each at its point (a *turn*): phase 0 is
before the histories differ, the last phase where they do as the relation says. What a turn did is remembered where a
later one must match it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, defined_or
from policydsl.core.copies import copy_of
from policydsl.core.expr import DATE, Expr
from policydsl.core.moves import BOTH, Move, Pair, Side
from policydsl.core.product import lone_events, same_events
from policydsl.core.system import Input, System
from policydsl.core.walk import definition_table, rewrite, written_out
from policydsl.core.walk import names as names_in
from policydsl.front.elaborate import check, condition
from policydsl.front.loaded import SET_SUFFIX
from policydsl.front.relate import alike
from policydsl.front.scope import Scope, unknown, wrong
from policydsl.front.typed import DAYS, TODAY, Env, TwoHistories, at_rest, in_step
from policydsl.front.types import NumberType, Type
from policydsl.syntax import ast

SINCE, MISSED = "both/since", -1
"""The day of the first turn. No name of a policy has a stroke.

A pair that can no longer come to differ as the relation says has come to the point `MISSED`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A move of the relation's own: allowed in the phases `during` (none named: in all), it leads to phase `after`.

    Without `after` it leaves the phase as it is. `guards` are read before it, over the product. `keeps` remembers
    inputs: what they are called, and where they go.
    """

    move: Move
    during: tuple[int, ...]
    after: int | None
    guards: tuple[Expr, ...] = ()
    keeps: tuple[tuple[Expr, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """Which pairs of histories are meant.

    `turns` wants the product, to speak of its names; `moves` are all moves, those of the turns included. `last` is the
    phase in which the histories are compared; `still` says that no event but the turns happens between them, `at_once`
    that nothing at all does. `marked` says for each history in which phases it has had what makes the difference (none
    named: in all); `alike`, that in the last phase both live the same events.
    """

    moves: tuple[Move, ...]
    turns: Callable[[Pair], tuple[Turn, ...]] = lambda _: ()
    last: int = 0
    still: bool = False
    at_once: bool = False
    apart: frozenset[str] = frozenset()
    later: int | str = 0
    where: Callable[[Pair], System] = lambda p: p.system
    marked: Mapping[Side, tuple[int, ...]] = field(default_factory=dict)
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a claim is about before it speaks of two histories: the system, its names, the values it holds for."""

    system: System
    scope: Scope
    rigid: Mapping[str, Type]


def relation_of(form: ast.Between, setting: Setting) -> Relation:
    """Return which pairs of histories `form` speaks of. Raises WrongError."""
    relation = _relation(form.relation, setting)
    return _followed(relation, form.followed, setting) if form.followed else relation


def _relation(node: ast.Relation, setting: Setting) -> Relation:
    same = same_events(setting.system, setting.system)
    match node:
        case ast.OneMore():
            return _one_more(node, setting, same)
        case ast.Swapped():
            return _swapped(node, setting, same)
        case ast.Changed():
            return _changed(node, setting, same)
        case ast.Moved():
            return _moved(node, setting, same)
        case ast.Later(lag=lag):
            return Relation(same, later=_days_later(lag, setting))
        case ast.Differ():
            return _differ(node, setting, same)
        case ast.Alike():
            return _alike(node, setting, same)
        case ast.AnyTwo():
            lone = tuple(m for side in BOTH for m in lone_events(setting.system, side))
            return Relation(lone, apart=_open(setting.system))


def _one_more(node: ast.OneMore, setting: Setting, same: tuple[Move, ...]) -> Relation:
    (event,) = setting.scope.event_names([node.event])
    more = Move(f"more/{event}", None, event)

    def turns(made: Pair) -> tuple[Turn, ...]:
        guards = _guard(node.when, (event,), setting, made, more)
        return (Turn(more, () if node.many else (0,), 1, guards),)

    return Relation((*same, more), turns, last=1, marked={Side.SECOND: (1,)})


def _changed(node: ast.Changed, setting: Setting, same: tuple[Move, ...]) -> Relation:
    (event,) = setting.scope.event_names([node.event])
    inputs = {i.name: i for e in setting.system.events if e.name == event for i in e.inputs}
    named = []
    for name in node.inputs:
        full = name.text if name.text in inputs else f"{event}.{name.text}"
        if full not in inputs:
            unknown(name, f"fact or choice of `{event}`", [i.split(".", 1)[1] for i in inputs])
        setting.scope.note(name, full)
        named.append(full)
    other = Move(f"other/{event}", event, event, apart=frozenset(named))

    def turns(made: Pair) -> tuple[Turn, ...]:
        first, second = (copy_of(made, side).inputs(other) for side in (Side.FIRST, Side.SECOND))
        differ = core.Or(
            tuple(
                core.Not(core.Equal(core.Var(first[n], inputs[n].sort), core.Var(second[n], inputs[n].sort)))
                for n in named
            )
        )
        return (Turn(other, (0,), 1, (differ, *_guard(node.when, (event,), setting, made, other))),)

    return Relation((*same, other), turns, last=1, marked=dict.fromkeys(BOTH, (1,)))


def _swapped(node: ast.Swapped, setting: Setting, same: tuple[Move, ...]) -> Relation:
    one, other = setting.scope.event_names([node.one, node.other])
    everything = frozenset(i.name for e in setting.system.events if e.name == one for i in e.inputs)
    begin = Move("swap/begin", one, other, apart=everything)
    end = Move("swap/end", other, one, apart=everything)

    def turns(made: Pair) -> tuple[Turn, ...]:
        keeps, again = _remembered(setting.system, one, made, _Again(begin, Side.FIRST, end, Side.SECOND, "one"))
        more, too = _remembered(setting.system, other, made, _Again(begin, Side.SECOND, end, Side.FIRST, "other"))
        today = [core.Equal(core.Var(SINCE, DATE), TODAY)] if node.one_day else []
        events = tuple(dict.fromkeys((one, other)))
        opening = _guard(node.when, events, setting, made, begin)
        return Turn(begin, (0,), 1, opening, (*keeps, *more)), Turn(end, (1,), 2, (*today, *again, *too))

    return Relation(
        (*same, begin, end), turns, last=2, still=True, at_once=node.one_day, marked=dict.fromkeys(BOTH, (2,))
    )


def _moved(node: ast.Moved, setting: Setting, same: tuple[Move, ...]) -> Relation:
    (event,) = setting.scope.event_names([node.event])
    early, late = Move("moved/early", event, None), Move("moved/late", None, event)
    days = None if node.lag.by is None else _days(node.lag.by, setting)

    def turns(made: Pair) -> tuple[Turn, ...]:
        again = _Again(early, Side.FIRST, late, Side.SECOND, "moved")
        keeps, same_again = _remembered(setting.system, event, made, again)
        since = core.Var(SINCE, DATE)
        gap = core.Less(since, TODAY, strict=True) if days is None else core.Equal(core.AddDays(since, days), TODAY)
        opening = _guard(node.when, (event,), setting, made, early)
        return Turn(early, (0,), 1, opening, tuple(keeps)), Turn(late, (1,), 2, (gap, *same_again))

    return Relation((*same, early, late), turns, last=2, marked={Side.FIRST: (1, 2), Side.SECOND: (2,)})


def _alike(node: ast.Alike, setting: Setting, same: tuple[Move, ...]) -> Relation:
    """Return any two histories, which from some moment on, at which `once` holds of them, live the same events."""
    lone = tuple(m for side in BOTH for m in lone_events(setting.system, side))
    meeting = Move("both/alike", None, None)

    def turns(made: Pair) -> tuple[Turn, ...]:
        said = condition(node.once, replace(at_rest(setting.scope), rigid=setting.rigid, two=two_histories(made)))
        return *(Turn(m, (0,), None) for m in lone), Turn(meeting, (0,), 1, (said,))

    return Relation((*same, *lone, meeting), turns, last=1, apart=_open(setting.system), alike=True)


def _open(system: System) -> frozenset[str]:
    """Return the variables that are open at the start: of any two histories each has its own."""
    return frozenset(v.name for v in system.variables if v.initial is None)


def _followed(relation: Relation, nodes: Sequence[ast.Followed], setting: Setting) -> Relation:
    """Return `relation` where each history that has had what makes the difference may go on in ways of its own."""
    if not relation.marked:
        wrong("E0323", nodes[0].span, "nothing that happens makes the difference between these histories",
              hint="`then any ...` follows relations such as `with one more ...` or `differ only in ...`")  # fmt: skip
    own: list[tuple[Move, ast.Followed, str]] = []
    for number, node in enumerate(nodes, start=1):
        (event,) = setting.scope.event_names([node.event])
        for side in relation.marked:
            ends = (event, None) if side is Side.FIRST else (None, event)
            own.append((Move(f"then {number}/{side.value}/{event}", *ends), node, event))

    def turns(made: Pair) -> tuple[Turn, ...]:
        after = (
            Turn(
                move,
                relation.marked[Side.FIRST if move.second is None else Side.SECOND],
                None,
                _guard(node.when, (event,), setting, made, move),
            )
            for move, node, event in own
        )
        return (*relation.turns(made), *after)

    return replace(relation, moves=(*relation.moves, *(move for move, _, _ in own)), turns=turns)


@dataclass(frozen=True, slots=True)
class _Again:
    """What happens on one side in the move `early` happens again on the other in `late`; `mark` names the memory."""

    early: Move
    on: Side
    late: Move
    again_on: Side
    mark: str


def _remembered(
    system: System, event: str, made: Pair, again: _Again
) -> tuple[tuple[tuple[Expr, str], ...], tuple[Expr, ...]]:
    """Return what to remember of `event` in the early move, and that in the late one its inputs are the same."""
    before = copy_of(made, again.on).inputs(again.early)
    after = copy_of(made, again.again_on).inputs(again.late)
    inputs = _inputs(system, event)
    kept = {i.name: f"both/{again.mark}/{i.name}" for i in inputs}
    keeps = tuple((core.Var(before[i.name], i.sort), kept[i.name]) for i in inputs)
    return keeps, tuple(core.Equal(core.Var(after[i.name], i.sort), core.Var(kept[i.name], i.sort)) for i in inputs)


def recalled(made: Pair, turn: Turn) -> Iterator[Expr]:
    """Yield what `turn` asked of what is remembered of it, wherever that tells: that stays true ever after.

    State has changed since, so only what speaks of facts, parameters and the day is told.
    """
    table = definition_table(made.system)
    kept = {value.name: core.Var(name, value.sort) for value, name in turn.keeps if isinstance(value, core.Var)}
    telling = {*kept, core.TODAY, *(p.name for p in made.system.parameters)}

    def then(e: Expr) -> Expr | None:
        match e:
            case core.Use(name=name):
                return rewrite(table[name].body, then)
            case core.At(body=body):
                return rewrite(body, then)
            case core.Var(name=core.TODAY):
                return core.Var(SINCE, DATE)
            case core.Var(name=name):
                return kept.get(name)
            case _:
                return None

    parts = [part for g in turn.guards for part in (g.args if isinstance(g, core.And) else (g,))]
    yield from (rewrite(part, then) for part in parts if kept and names_in(part, table) <= telling)


def _inputs(system: System, event: str) -> tuple[Input, ...]:
    return next(e.inputs for e in system.events if e.name == event)


def _differ(node: ast.Differ, setting: Setting, same: tuple[Move, ...]) -> Relation:
    system = setting.system
    apart: set[str] = set()
    own: dict[str, set[str]] = {}
    rigid = {p.name for p in system.parameters}
    free: dict[str, set[str]] = {}
    for each in _open(system):
        free.setdefault(each.removesuffix(SET_SUFFIX).partition("[")[0], set()).add(each)
    inputs = {i.name: e.name for e in system.events for i in e.inputs}
    for name in node.names:
        owners = [n for n in inputs if name.text in {n, n.split(".", 1)[1]}]
        if name.text in rigid or name.text in free:
            setting.scope.note(name, name.text)
            apart |= free.get(name.text, {name.text})
        elif len(owners) == 1:
            setting.scope.note(name, owners[0])
            own.setdefault(inputs[owners[0]], set()).add(owners[0])
        elif owners:
            wrong("E0208", name.span, f"`{name.text}` comes with {len(owners)} events", hint=f"write `{owners[0]}`")
        elif name.text in setting.scope.symbols:
            wrong("E0323", name.span, f"two histories cannot start out with a different `{name.text}`",
                  hint="name parameters, readings, facts or choices, or state that is open at the start")  # fmt: skip
        else:
            unknown(name, "parameter, fact or choice", [*rigid, *free, *inputs])
    moves = tuple(replace(m, apart=frozenset(own.get(m.name, ()))) for m in same)

    def where(made: Pair) -> System:
        return made.system if node.when is None else _restricted(node.when, tuple(own), setting, made)

    return Relation(moves, apart=frozenset(apart), where=where, marked=dict.fromkeys(BOTH, ()))


def _restricted(when: ast.Expr, events: tuple[str, ...], setting: Setting, made: Pair) -> System:
    """Return the product where `when` holds: of the events, of the start, or of the parameters alone."""
    if len(events) > 1:
        wrong("E0323", when.span, "`when` relates the facts of one event", hint="write a claim for each event")
    if events:
        move = next(m for m in made.moves if m.name == events[0])
        guards = _guard(when, events, setting, made, move)
        changed = [
            replace(e, guard=conjunction([e.guard, *guards])) if e.name == move.name else e for e in made.system.events
        ]
        return replace(made.system, events=tuple(changed))
    env = replace(at_rest(setting.scope), rigid=setting.rigid, two=two_histories(made))
    said = condition(when, env)
    made_ = defined_or(env.partial, said)
    rigid = {p.name for p in made.system.parameters}
    table = definition_table(made.system)
    if names_in(made_, table) <= rigid:
        return replace(made.system, assumptions=(*made.system.assumptions, written_out(made_, table)))
    return replace(made.system, starts=(*made.system.starts, made_))


# --- conditions and durations --------------------------------------------------------------------


def two_histories(made: Pair) -> TwoHistories:
    """Return what expressions of the policy are in the two histories of `made`, read in a state or after a step."""
    first, second = (copy_of(made, side).seen for side in BOTH)
    return TwoHistories(first, second, alike(made))


def _guard(
    when: ast.Expr | None, events: tuple[str, ...], setting: Setting, made: Pair, move: Move
) -> tuple[Expr, ...]:
    """Return `when`, said of what happens in `move`: where that is in one history only, what is said is meant there."""
    if when is None:
        return ()
    first, second = copy_of(made, Side.FIRST), copy_of(made, Side.SECOND)
    own: Literal["first", "second"] | None
    own = "second" if move.first is None else "first" if move.second is None else None
    two = TwoHistories(lambda e: first.seen_in(move, e), lambda e: second.seen_in(move, e), alike(made), own)
    env = replace(in_step(setting.scope, events), rigid=setting.rigid, two=two)
    made_ = condition(when, env)
    said = defined_or(env.partial, made_)
    at_hand = {*first.inputs(move).values(), *second.inputs(move).values()}
    everywhere = {i.name for e in made.system.events for i in e.inputs}
    if names_in(said, definition_table(made.system)) & (everywhere - at_hand):
        there = [f"`{event}` happens in the {side.value} history" for side in BOTH if (event := move.event(side))]
        wrong("E0212", when.span, "this reads a fact of an event that is not at hand in that history",
              hint=f"here {' and '.join(there)}")  # fmt: skip
    return (said,)


def _days_later(lag: ast.Lag, setting: Setting) -> int | str:
    """Return by how many days the whole history is later."""
    if lag.by is None:
        wrong("E0323", lag.span, "it is not said how much later",
              hint="write `later by 28 days`, or `later by k` below `for every k: days in 1 .. 60`")  # fmt: skip
    made = _days(lag.by, setting)
    match made:
        case core.IntLit(value=days):
            return days
        case core.Var(name=name):
            return name
        case _:
            raise AssertionError(made)


def _days(by: ast.Duration | ast.Name, setting: Setting) -> Expr:
    """Return a number of days: a constant or a name that the claim holds for every value of."""
    if isinstance(by, ast.Duration) and by.unit != "days":
        wrong("E0323", by.span, f"histories are moved by days; {by.unit} differ in length from day to day",
              hint="days that follow each other must still do so: write `later by 28 days`, or say `for every k: days "
                   "in 28 .. 31` and `later by k`")  # fmt: skip
    if isinstance(by, ast.Name) and setting.rigid.get(by.text) != NumberType("days"):
        wrong("E0323", by.span, f"`{by.text}` is not a number of days that the claim holds for every value of",
              hint=f"add a line `for every {by.text}: days in 1 .. 60`")  # fmt: skip
    env: Env = replace(at_rest(setting.scope), rigid=setting.rigid)
    return check(by, env, DAYS).expr
