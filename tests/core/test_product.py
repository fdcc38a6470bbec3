"""The product against two interpreters side by side, step by step: neither allows a step that the other does not."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st

from policydsl.core.copies import Copy
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    FALSE,
    INT,
    TODAY,
    TRUE,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    IntLit,
    Less,
    Value,
    Var,
)
from policydsl.core.moves import BOTH, Kept, Move, Pair, Side
from policydsl.core.product import aligned, lone_events, pair, project, same_events, settled
from policydsl.core.share import Sharing
from policydsl.core.system import PASSAGE, Definition, Event, Input, Parameter, Step, System, Trace
from policydsl.core.wellformed import complaints
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State
from tests.semantics import strategies
from tests.semantics.checks import RICH

relaxed = settings(deadline=None, derandomize=True, max_examples=40, suppress_health_check=list(HealthCheck))

CROSSED = (Move("hit first", "hit", "touch"), Move("hit second", "touch", "hit"))
OWN = Move("hit", "hit", "hit", apart=frozenset({"hit.n", "hit.day"}))
LATER: st.SearchStrategy[int | str] = st.sampled_from((0, 0, 3, "limit"))


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Draw two random systems, or one twice, and a way in which their histories go together."""
    first = draw(strategies.systems())
    second = draw(st.one_of(st.just(first), strategies.systems()))
    same, lone = same_events(first, second), tuple(m for s in BOTH for m in lone_events(first, s))
    meeting = (*same, *lone, Move("meeting", None, None))
    moves = draw(
        st.sampled_from((same, meeting, (*same, *lone), (*lone, *CROSSED), (OWN, same[1], *CROSSED), same[1:]))
    )
    apart = draw(st.sampled_from(({"mode", "until"}, {"n", "share"}, {"flag", "colour"}, set())))
    return pair(first, second, moves, frozenset(apart), draw(LATER))


# --- two interpreters: what is meant, written without the product ---------------------------------------------------


def days_later(p: Pair, parameters: Mapping[str, Value], side: Side) -> int:
    if side is Side.FIRST:
        return 0
    return p.later if isinstance(p.later, int) else int(parameters[p.later])


def parts(p: Pair, name: str) -> dict[Side, str | None]:
    """Return what happens on each side in the step `name` of the product."""
    for move in p.moves:
        if move.name == name:
            return {side: move.event(side) for side in BOTH}
    if name == PASSAGE:
        return dict.fromkeys(BOTH, PASSAGE)
    if "|" in name:
        one, other = name.split("|")
        return {Side.FIRST: one, Side.SECOND: other}
    side, own = name.removesuffix(".").split("/")
    return {each: own if each.value == side else None for each in BOTH}


def both_step(
    p: Pair, parameters: Mapping[str, Value], states: Mapping[Side, State], move: Step
) -> dict[Side, State] | None:
    """Return what the two come to if each takes its part of `move` by itself; None where one refuses it."""
    reached: dict[Side, State] = {}
    happening = parts(p, move.name)
    scheduled = {side: {s.name for s in p.copy(side).schedules} for side in BOTH}
    calendar = any(happening[side] in scheduled[side] for side in BOTH)
    for side in BOTH:
        system, state = p.copy(side), states[side]
        later = days_later(p, parameters, side)
        day, mine = move.day + later, own_parameters(p, parameters, side)
        name = happening[side]
        pending = interpret.due(system, mine, state)
        if name not in scheduled[side] and pending is not None and pending[1] <= day:
            return None  # also where nothing happens here: the calendar's steps come before all others
        if name is None and day == int(state[TODAY]):
            reached[side] = state
            continue
        event = next((e for e in system.events if e.name == name), None)
        given = {} if event is None else {i.name: value(move, side, i, later) for i in event.inputs}
        result = interpret.step(system, mine, state, Step(name or PASSAGE, day, given))
        if isinstance(result, Rejected):
            return None
        reached[side] = result.state
    return None if move.day < int(states[Side.FIRST][TODAY]) and calendar else reached


def value(move: Step, side: Side, each: Input, later: int) -> Value:
    """Return the input of one side among those of the product's step: its own, or else the shared one."""
    found = [v for name, v in move.inputs.items() if name.split(":")[-1] == f"{side.value}/{each.name}"]
    found += [v for name, v in move.inputs.items() if name.split(":")[-1] == each.name]
    return int(found[0]) + later if each.name == "hit.day" else found[0]


def own_parameters(p: Pair, parameters: Mapping[str, Value], side: Side) -> dict[str, Value]:
    return {
        q.name: parameters.get(f"{side.value}/{q.name}", parameters.get(q.name, 0)) for q in p.copy(side).parameters
    }


def own_state(state: State, side: Side, later: int) -> dict[str, Value]:
    mark = f"{side.value}/"
    own = {name.removeprefix(mark): v for name, v in state.items() if name.startswith(mark)}
    return {**own, TODAY: int(state[TODAY]) + later}


# --- the comparison -------------------------------------------------------------------------------------------------


def compare(data: st.DataObject, p: Pair) -> None:
    """Take random steps; the product and the two interpreters must agree on each, and on the states."""
    parameters, today, chosen = data.draw(strategies.starts(p.system))
    for v in p.system.variables:
        if v.name in chosen and v.name.startswith("second/") and data.draw(st.integers(0, 3)):
            chosen = {**chosen, v.name: chosen.get(v.name.replace("second/", "first/"), chosen[v.name])}
    state = interpret.initial_state(p.system, parameters, today, chosen)
    assume(not isinstance(state, Rejected))
    assert not isinstance(state, Rejected)
    states: dict[Side, State] = {}
    for side in BOTH:
        later = days_later(p, parameters, side)
        free = {v.name: chosen[f"{side.value}/{v.name}"] for v in p.copy(side).variables if v.initial is None}
        own = interpret.initial_state(p.copy(side), own_parameters(p, parameters, side), today + later, free)
        assert own == own_state(state, side, later)
        states[side] = dict(own)
    first, done = state, []
    for _ in range(6):
        move = data.draw(strategies.steps(p.system, parameters, state))
        made = interpret.step(p.system, parameters, state, move)
        meant = both_step(p, parameters, states, move)
        assert isinstance(made, Rejected) == (meant is None), (move, made)
        if isinstance(made, Rejected) or meant is None:
            continue
        state, states = made.state, meant
        done.append(move)
        for side in BOTH:
            assert own_state(state, side, days_later(p, parameters, side)) == states[side]
        rests = all(
            (d := interpret.due(p.copy(s), own_parameters(p, parameters, s), states[s])) is None
            or d[1] > int(states[s][TODAY])
            for s in BOTH
        )
        assert evaluate.holds(settled(p), evaluate.alone(p.system, parameters, state)) == rests
    trace = Trace(parameters, first, tuple(done))
    for side in BOTH:
        own_states = interpret.replay(p.copy(side), project(p, trace, side))
        assert not isinstance(own_states, Rejected)
        assert own_states[-1] == states[side]
        assert len(aligned(p, trace, side)) == len(done)


@given(st.data(), pairs())
@relaxed
def test_the_product_is_the_two_histories(data: st.DataObject, p: Pair) -> None:
    assert complaints(p.system) == ()
    compare(data, p)


def _singles_first(p: Pair) -> Pair:
    return replace(p, system=replace(p.system, schedules=tuple(reversed(p.system.schedules))))


def _standing_still(p: Pair) -> Pair:
    """Have a copy that takes no part not let the time pass either."""
    moving = {m.name for m in p.moves}
    updates = tuple(
        replace(u, cases=tuple(c for c in u.cases if not (c.steps and any("/" in s for s in c.steps - moving))))
        for u in p.system.updates
    )
    return replace(p, system=replace(p.system, updates=updates))


def _guards_of_the_first(p: Pair) -> Pair:
    freed = pair(p.first, p.second, tuple(replace(m, binding=(Side.FIRST,)) for m in p.moves), p.apart, p.later)
    return replace(p, system=freed.system)


def notices(
    compare: Callable[[st.DataObject, Pair], None], pairs: st.SearchStrategy[Pair], bug: Callable[[Pair], Pair]
) -> bool:
    """Return whether `compare` fails on some of `pairs` once `bug` is in them."""
    caught: list[str] = []

    @given(st.data(), pairs)
    @settings(relaxed, derandomize=False, database=None, max_examples=10)
    def buggy(data: st.DataObject, p: Pair) -> None:
        try:
            compare(data, bug(p))
        except AssertionError as error:
            caught.append(str(error))

    for number in range(40):
        if not caught:
            seed(number)(buggy)()
    return bool(caught)


@pytest.mark.parametrize("bug", [_singles_first, _standing_still, _guards_of_the_first])
def test_the_comparison_sees_planted_bugs(bug: Callable[[Pair], Pair]) -> None:
    assert notices(compare, pairs(), bug)


# --- particulars ----------------------------------------------------------------------------------------------------


def test_names_of_the_copies_are_no_identifiers() -> None:
    made = pair(RICH, RICH, same_events(RICH, RICH)).system
    names = [v.name for v in made.variables] + [d.name for d in made.definitions]
    assert names
    assert all("/" in name for name in names)
    assert [p.name for p in made.parameters] == [p.name for p in RICH.parameters]


def test_two_enumerations_of_one_name_are_told_apart() -> None:
    old, new = EnumSort("Card", ("yellow", "red")), EnumSort("Card", ("yellow", "orange", "red"))

    def policy(sort: EnumSort) -> System:
        red = Definition("strict", sort, EnumLit(sort, "red"), "1")
        card = Input("breach.card", sort, "yellow", None, "1")
        breach = Event("breach", "occurrence", None, (card,), Equal(Var(card.name, sort), EnumLit(sort, "red")), "1")
        return System("cards", (), (), (), (), (red,), (breach,), (), (), ())

    one, other = policy(old), policy(new)
    p = pair(one, other, same_events(one, other))
    assert complaints(p.system) == ()
    assert [i.name for i in p.system.events[0].inputs] == ["first/breach.card", "second/breach.card"]
    state = interpret.initial_state(p.system, {}, 1, {})
    assert not isinstance(state, Rejected)
    both_red = {"first/breach.card": "red", "second/breach.card": "red"}
    assert interpret.admit(p.system, {}, state, Step("breach", 1, both_red)) is None
    refused = interpret.admit(p.system, {}, state, Step("breach", 1, {**both_red, "second/breach.card": "orange"}))
    assert refused is not None


def test_a_refusal_can_be_what_is_looked_at() -> None:
    limit = Parameter("limit", INT, 1, is_reading=False, clause="1")

    def policy(guard: Expr) -> System:
        return System("s", (limit,), (), (), (), (), (Event("go", "act", None, (), guard, "1"),), (), (), ())

    one, other = policy(Less(IntLit(0), Var("limit", INT), strict=True)), policy(FALSE)
    p = pair(one, other, (Move("go", "go", "go", binding=(Side.FIRST,)),))
    state = interpret.initial_state(p.system, {"limit": 1}, 1, {})
    assert not isinstance(state, Rejected)
    go = Step("go", 1, {})
    assert interpret.admit(p.system, {"limit": 1}, state, go) is None
    assert interpret.admit(p.system, {"limit": 0}, state, go) is not None
    env = evaluate.between(p.system, {"limit": 1}, state, go, state)
    assert not evaluate.holds(Copy(p, Side.SECOND).guard(p.moves[0]), env)
    assert isinstance(interpret.replay(other, project(p, Trace({"limit": 1}, state, (go,)), Side.SECOND)), Rejected)


# --- what pairs of one system share -----------------------------------------------------------------


def products(system: System, kept: Kept | None) -> list[System]:
    """Return products of `system` with itself, those that `kept` is there for one after the other."""
    same = same_events(system, system)
    lone = tuple(m for side in BOTH for m in lone_events(system, side))
    ways: list[tuple[tuple[Move, ...], set[str], int | str]] = [
        (same, set(), 0),
        (lone, set(), 0),
        ((*same, *lone), {"mode", "until"}, 0),
        (same, {"limit", "n", "share"}, 3),
        ((OWN, same[1], *CROSSED), set(), 0),
        (same, set(), 0),
        (same, set(), 3),  # one thing alone is another
        (same, {"limit"}, 3),
        (same, {"limit"}, 0),
    ]
    return [pair(system, system, moves, frozenset(apart), later, kept=kept).system for moves, apart, later in ways]


@settings(relaxed, max_examples=20)
@given(strategies.systems())
def test_what_pairs_share_is_what_each_would_make(system: System) -> None:
    assert products(system, Kept()) == products(system, None)


@settings(relaxed, max_examples=12)
@given(strategies.systems())
def test_what_pairs_of_two_wordings_share_is_what_each_would_make(system: System) -> None:
    """The other one declares the same, and says something else in a guard, in definitions and in changes."""
    definitions = tuple(replace(d, body=TRUE) if d.sort == BOOL else d for d in system.definitions)
    events = tuple(replace(e, guard=FALSE) if i == 0 else e for i, e in enumerate(system.events))
    said = replace(system, definitions=definitions, events=events, updates=system.updates[1:])
    for other in (said, replace(said, events=system.events), replace(system, definitions=definitions)):
        made, kept = Sharing(system).system(other), Kept()
        assert products(system, kept) == products(system, None)
        assert products(made, kept) == products(other, None)


def test_claims_with_values_of_their_own_share_no_product() -> None:
    """`for every` makes a parameter of the claim's own, beside the same states and changes."""
    kept = Kept()
    for name in ("a", "b"):
        own = replace(RICH, parameters=(*RICH.parameters, Parameter(name, INT, None, is_reading=False, clause="")))
        assert products(own, kept) == products(own, None)


@pytest.mark.parametrize("too_much", ["state", "moves"])
def test_sharing_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch, too_much: str) -> None:
    right = products(RICH, None)
    assert products(RICH, Kept()) == right
    names = {v.name for v in RICH.variables} | {p.name for p in RICH.parameters} | {TODAY, CLOCK}
    if too_much == "moves":
        names = {i.name for e in RICH.events for i in e.inputs} | {v.name for v in RICH.variables}
    monkeypatch.setattr(Copy, "_make_plain", lambda _self: frozenset(names))
    assert products(RICH, Kept()) != right
