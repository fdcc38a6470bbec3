"""Claims about two histories: the question about their product, and what may help to prove it."""

from collections.abc import Sequence
from dataclasses import replace

from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, happens
from policydsl.core.expr import DATE, INT, TRUE, Expr, View
from policydsl.core.moves import PHASE, Pair
from policydsl.core.product import pair, settled
from policydsl.core.system import Case, Property, System, Update, Variable
from policydsl.core.walk import default_value
from policydsl.front.elaborate import condition
from policydsl.front.facts import facts
from policydsl.front.loaded import Phases
from policydsl.front.relations import MISSED, SINCE, Relation, Setting, Turn, recalled, relation_of, two_histories
from policydsl.front.scope import wrong
from policydsl.front.typed import TODAY, at_rest, in_step
from policydsl.syntax import ast

_ON_THE_WAY = 2
"""The last phase of a difference that is made in two steps, between which it is on the way."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a claim's form asks: of which system, which property, where it applies, whether it is a possibility.

    Of two histories, the system is their product, `pair`; how far the difference has come, and what is known once it
    has `begun`, may help to prove it.
    """

    system: System
    property: Property
    trigger: Expr | None = None
    possible: bool = False
    pair: Pair | None = None
    phases: Phases | None = None
    begun: tuple[Expr, ...] = ()


def compare(form: ast.Between, setting: Setting) -> Asked:
    """Return the question that `form` asks. Raises WrongError."""
    relation = relation_of(form, setting)
    system, kept = setting.system, setting.scope.copies
    made = pair(system, system, relation.moves, relation.apart, relation.later, kept=kept)
    made = replace(made, system=relation.where(made))
    turns = relation.turns(made)
    made = replace(made, system=_watched(made, relation, turns))
    reached = _reached(form, relation)
    claimed, trigger = _claimed(form, setting, made, reached, {t.move.name for t in turns if relation.last > 1})
    phases = _phases(relation) if relation.last else None
    asked = (e for turn in turns if turn.during == (0,) for e in recalled(made, turn))
    begun = tuple(core.Or((core.Equal(core.Var(PHASE, INT), core.IntLit(0)), e)) for e in asked)
    return Asked(made.system, claimed, trigger, pair=made, phases=phases, begun=begun)


def _reached(form: ast.Between, relation: Relation) -> Expr:
    """Return that the difference has come to the point at which `form` compares the histories. Raises WrongError."""
    if form.compared == "meanwhile" and relation.last < _ON_THE_WAY:
        wrong("E0323", form.span, "the difference between these histories is made in one step: there is no meanwhile",
              hint="`meanwhile` follows `swapped` or `one ... later`")  # fmt: skip
    if not relation.last:
        return TRUE
    point = 1 if form.compared == "meanwhile" else relation.last
    return core.Equal(core.Var(PHASE, INT), core.IntLit(point))


def _phases(relation: Relation) -> Phases:
    since = SINCE if relation.last > 1 else None
    return Phases(PHASE, relation.last, since, not relation.alike, relation.alike or relation.at_once)


def _claimed(
    form: ast.Between, setting: Setting, made: Pair, reached: Expr, crossing: set[str]
) -> tuple[Property, Expr]:
    """Return what must hold, and where it applies; `crossing` are turns that are not the same event in both."""
    two = two_histories(made)
    if form.trigger is None:
        env = replace(at_rest(setting.scope), rigid=setting.rigid, two=two)
        calm = conjunction([reached, settled(made)]) if form.compared == "at rest" else reached
        applies = (
            conjunction([calm, condition(form.condition.left, env)])
            if isinstance(form.condition, ast.Implies)
            else calm
        )
        said = conjunction([condition(form.condition, env), *env.partial])
        return Property(core.Or((core.Not(calm), said)), TRUE), applies
    events = setting.scope.event_names(form.trigger.events)
    moves = [m.name for m in made.moves if m.first == m.second and m.first in events and m.name not in crossing]
    if not moves:
        wrong("E0323", form.trigger.span, "no event happens in both of these histories at once",
              hint="leave out `after ...`: the histories are then compared at the end of every day")  # fmt: skip
    env = replace(in_step(setting.scope, events, View.AFTER), rigid=setting.rigid, two=two)
    applies = conjunction([happens(moves), reached])
    if form.trigger.when is not None:
        guard = condition(form.trigger.when, env)
        env = env.given(guard, facts(form.trigger.when, env, holds=True))
        applies = conjunction([applies, guard])
    said = core.Or((core.Not(applies), condition(form.condition, env)))
    happened = core.Not(conjunction([happens(moves), reached]))
    return Property(TRUE, conjunction([said, *(core.Or((happened, needed)) for needed in env.partial)])), applies


def _watched(made: Pair, relation: Relation, turns: Sequence[Turn]) -> System:
    """Return the product with the phases, the turns where they belong, and what is remembered of them."""
    system = made.system
    if not turns:
        return system
    own = {t.move.name: t for t in turns}
    phase = core.Var(PHASE, INT)
    quiet = core.Not(core.Equal(phase, core.IntLit(1)))
    variables = [Variable(PHASE, INT, core.IntLit(0), "", hidden=True)]
    changes = [Update(PHASE, tuple(_on(t, core.IntLit(t.after)) for t in turns if t.after is not None))]
    if relation.at_once:
        changes = [Update(PHASE, (*changes[0].cases, Case(None, core.Not(quiet), core.IntLit(MISSED), "")))]
    if relation.last > 1:
        variables.append(Variable(SINCE, DATE, TODAY, "", hidden=True))
        changes.append(Update(SINCE, tuple(_on(t, TODAY) for t in turns if t.during == (0,))))
    for turn in turns:
        for value, name in turn.keeps:
            assert isinstance(value, core.Var)
            variables.append(Variable(name, value.sort, _plainest(value.sort), "", hidden=True))
            changes.append(Update(name, (_on(turn, value),)))
    events = []
    for event in system.events:
        guards = [event.guard]
        if event.name in own:
            turn = own[event.name]
            guards += [_one_of(phase, turn.during)] if turn.during else []
            guards += turn.guards
        elif relation.still:
            guards.append(quiet)
        events.append(replace(event, guard=conjunction(guards)))
    return replace(
        system,
        variables=(*system.variables, *variables),
        updates=(*system.updates, *changes),
        events=tuple(events),
    )


def _one_of(phase: Expr, phases: Sequence[int]) -> Expr:
    among = tuple(core.Equal(phase, core.IntLit(i)) for i in phases)
    return among[0] if len(among) == 1 else core.Or(among)


def _on(turn: Turn, value: Expr) -> Case:
    return Case(frozenset({turn.move.name}), TRUE, value, "")


def _plainest(sort: core.Sort) -> Expr:
    value = default_value(sort, 1)
    assert value is not None
    return core.literal(value, sort)
