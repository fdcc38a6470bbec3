"""The product in which schedules fire with their likes alone, against two interpreters: a history waits its turn."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from policydsl.core import product
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    DATE,
    FALSE,
    INT,
    TODAY,
    TRUE,
    Add,
    AddDays,
    And,
    DateLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    MonthOf,
    Sort,
    Use,
    Value,
    Var,
)
from policydsl.core.idle import unmoved_by_passages
from policydsl.core.moves import BOTH, Pair, Side
from policydsl.core.product import lone_events, pair, project, same_events
from policydsl.core.system import PASSAGE, Case, Definition, Schedule, Step, System, Trace, Update, Variable
from policydsl.core.walk import rewrite
from policydsl.core.wellformed import complaints
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected, State
from tests.core.test_product import notices, own_parameters, parts, value
from tests.semantics import strategies

relaxed = settings(
    deadline=None, derandomize=True, max_examples=30, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
)

MANY = Variable("many.n", INT, IntLit(0), "9", hidden=True)
SO_FAR = Definition(
    "many.so_far",
    INT,
    Ite(Equal(MonthOf(Var(TODAY, DATE)), MonthOf(Var(CLOCK, DATE))), Var(MANY.name, INT), IntLit(0)),
    "9",
)
COUNTED = Update(
    MANY.name,
    (
        Case(frozenset({"hit"}), TRUE, Add((Use(SO_FAR.name, INT), IntLit(1))), "9"),
        Case(None, TRUE, Use(SO_FAR.name, INT), "9"),
    ),
)


def blind(e: Expr) -> Expr:
    """Return `e` without anything that could notice a passage."""

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Var) and node.name == CLOCK:
            return DateLit(strategies.FIRST_DAY)
        return FALSE if isinstance(node, Happens) and node.step == PASSAGE else None

    return rewrite(e, change)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[tuple[Schedule, ...], Update]:
    """Draw some schedules in any order, and how they put themselves off, so that days come to an end."""
    names: dict[str, Sort] = {"n": INT, "flag": BOOL, "colour": strategies.COLOUR}
    until, flag, scope = Var("until", DATE), Var("flag", BOOL), strategies.Scope(names, {}, (), (), ())
    own: list[Schedule] = []
    for name in draw(st.permutations(("alarm", "monthly", "late")))[: draw(st.integers(1, 3))]:
        armed = draw(st.sampled_from((flag, TRUE, draw(strategies.expressions(BOOL, scope, 1)))))
        own.append(Schedule(name, armed, AddDays(until, IntLit(draw(st.integers(-1, 1)))), "6"))
    after = (AddDays(Var(TODAY, DATE), IntLit(draw(st.integers(1, 40)))) for _ in own)
    later = (Case(frozenset({s.name}), TRUE, value, "6") for s, value in zip(own, after, strict=True))
    return tuple(own), Update("until", tuple(later))


@st.composite
def waiting(draw: st.DrawFn) -> System:
    """Draw a system that passages do not move, with a count for each month."""
    made = draw(strategies.systems())
    own, later = draw(schedules())
    updates = [later]
    for u in made.updates:
        steps = [frozenset({"hit", "touch", "alarm"}) if c.steps is None else c.steps - {PASSAGE} for c in u.cases]
        cases = [Case(s, blind(c.guard), blind(c.value), "8") for s, c in zip(steps, u.cases, strict=True) if s]
        updates += [Update(u.variable, tuple(cases))] if cases and u.variable != "until" else []
    return replace(
        made,
        variables=(*made.variables, MANY),
        definitions=(*(replace(d, body=blind(d.body)) for d in made.definitions), SO_FAR),
        events=tuple(replace(e, guard=blind(e.guard)) for e in made.events),
        schedules=own,
        updates=(*updates, COUNTED),
        obligations=(),
    )


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    first = draw(waiting())
    own, later = draw(schedules())
    second = replace(first, schedules=own, updates=(later, *first.updates[1:]))
    assume(complaints(first) == complaints(second) == ())
    assert unmoved_by_passages(first)
    assert unmoved_by_passages(second)
    moves = (*same_events(first, second), *(m for side in BOTH for m in lone_events(first, side)))
    alike = {s.name: s.name for s in second.schedules}
    return pair(first, second, moves, frozenset(), draw(st.sampled_from((0, 0, 3))), alike=alike)


# --- two interpreters, each by itself ---------------------------------------------------------------


def settled_by(system: System, parameters: Mapping[str, Value], state: State, day: int) -> State | None:
    """Return the state once all that is due up to `day` has fired; None where that does not come to rest."""
    for caused in interpret.settle(system, parameters, state, day):
        if isinstance(caused, Rejected):
            return None
        state = caused[1].state
    return state


def told(state: Mapping[str, Value]) -> dict[str, Value]:
    """Return what can be told of a state of a history that may wait: not the day reached, nor stores of counts."""
    return {name: v for name, v in state.items() if name not in {TODAY, MANY.name}}


def side_of(state: State, side: Side) -> dict[str, Value]:
    mark = f"{side.value}/"
    return {n.removeprefix(mark): v for n, v in state.items() if n.startswith(mark)}


def compare(  # noqa: PLR0915  one history, step by step
    data: st.DataObject, p: Pair
) -> None:
    """Live random events; whatever the calendar causes in the product, each interpreter causes by itself."""
    parameters, today, chosen = data.draw(strategies.starts(p.system))
    for v in p.system.variables:
        if v.name in chosen and v.name.startswith("second/"):
            chosen = {**chosen, v.name: chosen.get(v.name.replace("second/", "first/"), chosen[v.name])}
    later = {Side.FIRST: 0, Side.SECOND: int(p.later)}
    if p.later:
        chosen = {**chosen, **{n: int(v) + int(p.later) for n, v in chosen.items() if n == "second/until"}}
    state = interpret.initial_state(p.system, parameters, today, chosen)
    assume(not isinstance(state, Rejected))
    assert not isinstance(state, Rejected)
    own: dict[Side, State] = {s: {**side_of(state, s), TODAY: today + later[s]} for s in BOTH}
    given = {s: own_parameters(p, parameters, s) for s in BOTH}
    first, done = state, list[Step]()
    for _ in range(5):
        move = data.draw(strategies.steps(replace(p.system, schedules=()), parameters, state))
        if move.day < int(state[TODAY]):
            continue
        for caused in interpret.settle(p.system, parameters, state, move.day):
            assume(not isinstance(caused, Rejected))
            assert not isinstance(caused, Rejected)
            done.append(caused[0])
            state = caused[1].state
        for side in BOTH:
            rested = settled_by(p.copy(side), given[side], own[side], move.day + later[side])
            assume(rested is not None)
            assert rested is not None
            own[side] = rested
            assert told(side_of(state, side)) == told(rested)
        result = interpret.step(p.system, parameters, state, move)
        meant = {s: lived(p, s, given[s], own[s], move, later[s]) for s in BOTH}
        # the day of the product is the later of both; a history may not have come to it yet
        if move.name == PASSAGE and move.day == int(state[TODAY]):
            continue
        assert isinstance(result, Rejected) == any(m is None for m in meant.values()), (move, result)
        if isinstance(result, Rejected):
            continue
        state = result.state
        done.append(move)
        for side in BOTH:
            reached = meant[side]
            assert reached is not None
            own[side] = reached
            assert side_of(state, side) == {n: v for n, v in reached.items() if n != TODAY}
    trace = Trace(parameters, first, tuple(done))
    for side in BOTH:
        states = interpret.replay(p.copy(side), project(p, trace, side))
        assert not isinstance(states, Rejected), states
        assert told(states[-1]) == told(side_of(state, side))


def lived(p: Pair, side: Side, parameters: Mapping[str, Value], state: State, move: Step, later: int) -> State | None:
    """Return where the history on `side` comes by its part of `move`; None if it refuses it."""
    name = parts(p, move.name)[side]
    day = move.day + later
    if name in {None, PASSAGE} and day == int(state[TODAY]):
        return state
    event = next((e for e in p.copy(side).events if e.name == name), None)
    inputs = {} if event is None else {i.name: value(move, side, i, later) for i in event.inputs}
    result = interpret.step(p.copy(side), parameters, state, Step(name or PASSAGE, day, inputs))
    return None if isinstance(result, Rejected) else result.state


@given(st.data(), pairs())
@relaxed
def test_a_history_that_waits_is_one_all_the_same(data: st.DataObject, p: Pair) -> None:
    assert complaints(p.system) == ()
    compare(data, p)


def _out_of_order(p: Pair) -> Pair:
    return replace(p, system=replace(p.system, schedules=tuple(reversed(p.system.schedules))))


def _always_together(p: Pair) -> Pair:
    kept = tuple(s for s in p.system.schedules if "|" in s.name)
    return replace(p, system=replace(p.system, schedules=kept))


def _on_days_apart(p: Pair) -> Pair:
    """Let schedules fire together whenever both are armed."""

    def freed(s: Schedule) -> Schedule:
        assert isinstance(s.armed, And)
        return replace(s, armed=And(s.armed.args[:2]))

    schedules = tuple(freed(s) if "|" in s.name else s for s in p.system.schedules)
    return replace(p, system=replace(p.system, schedules=schedules))


@pytest.mark.parametrize("bug", [_out_of_order, _always_together, _on_days_apart])
def test_the_comparison_sees_planted_bugs(bug: Callable[[Pair], Pair]) -> None:
    assert notices(compare, pairs(), bug)


def test_a_passage_on_a_day_on_which_something_is_due_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "_waits", lambda *_: False)
    assert notices(compare, pairs(), lambda p: p)


def test_what_notices_passages_is_found_out() -> None:
    plain = System("s", (), (), (Variable("x", INT, IntLit(0), "1"),), (), (), (), (), (), ())
    today, clock = Var(TODAY, DATE), Var(CLOCK, DATE)
    counting = replace(plain, variables=(*plain.variables, MANY), definitions=(SO_FAR,), updates=(COUNTED,))
    assert unmoved_by_passages(plain)
    assert unmoved_by_passages(counting)

    def with_case(steps: frozenset[str] | None, guard: Expr) -> System:
        return replace(plain, updates=(Update("x", (Case(steps, guard, IntLit(1), "1"),)),))

    for seeing in (
        with_case(None, TRUE),
        with_case(frozenset({PASSAGE}), TRUE),
        with_case(frozenset({"e"}), Equal(today, clock)),
        with_case(frozenset({"e"}), Happens(PASSAGE)),
        replace(plain, schedules=(Schedule("s", TRUE, AddDays(today, IntLit(1)), "1"),)),
        replace(plain, schedules=(Schedule("s", Equal(today, DateLit(9)), DateLit(9), "1"),)),
        replace(counting, definitions=(*counting.definitions, Definition("d", INT, Var(MANY.name, INT), "1"))),
    ):
        assert not unmoved_by_passages(seeing)
