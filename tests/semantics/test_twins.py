"""The definition, the encoding and the compiled code on whole steps: exhaustive and small, then random."""

from dataclasses import replace
from itertools import product

import pytest
import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policydsl.base.calendar import from_civil, month_of
from policydsl.core.expr import (
    BOOL,
    DATE,
    INT,
    TODAY,
    TRUE,
    AddDays,
    And,
    DateLit,
    Equal,
    Expr,
    IntLit,
    MonthOf,
    Not,
    Or,
    Remainder,
    Var,
)
from policydsl.core.system import PASSAGE, Case, Input, Obligation, Property, Schedule, Step, System, Update, Variable
from policydsl.core.wellformed import MAX_DEPTH, complaints
from policydsl.semantics import terms
from policydsl.semantics.compile import compile_system
from policydsl.semantics.decode import state_of, step_of, trace_of
from policydsl.semantics.encode import Encoding, exact_calendar
from policydsl.semantics.encode_calendar import AbstractCalendar, Calendar, ExactCalendar
from policydsl.semantics.encode_sorts import term_of
from policydsl.semantics.interpret import Rejected, due, initial_state, replay, step, violation
from tests.engines.systems import integer, occurrence, system
from tests.semantics import strategies
from tests.semantics.checks import (
    EMPTY,
    REAL,
    RICH,
    check_facts,
    check_folding,
    check_folds,
    check_month_facts,
    check_step,
    check_steps,
    equals,
    possible,
    staged,
)

WIDE = ExactCalendar(month_of(from_civil(2021, 1, 1)), 72)
"""Wide enough for the dates that random systems come to in a few steps, mostly."""

relaxed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    derandomize=True,
)


def test_rich_system_is_well_formed() -> None:
    assert complaints(RICH) == ()


def test_whole_steps_agree_exhaustively() -> None:
    assert check_steps(REAL) > 100


def test_compiled_code_agrees_on_listed_streams() -> None:
    check_folds(REAL)


def test_calendar_facts_hold_at_the_edges() -> None:
    check_facts(REAL)


@given(st.integers(-20000, 60000), st.integers(-60, 60) | st.integers(-5000, 5000))
@settings(relaxed, max_examples=100)
def test_calendar_facts_hold_anywhere(month: int, apart: int) -> None:
    check_month_facts(REAL, month, apart)


@given(strategies.systems())
@settings(relaxed, max_examples=40)
def test_random_systems_are_well_formed(system: System) -> None:
    assert complaints(system) == ()


@given(st.data(), strategies.systems())
@settings(relaxed, max_examples=30)
def test_random_steps_agree(data: st.DataObject, system: System) -> None:
    """Exact calendar: the interpreter's outcome is the only one; abstract calendar, level 2: the same."""
    parameters, today, chosen = data.draw(strategies.starts(system))
    state = initial_state(system, parameters, today, chosen)
    assume(not isinstance(state, Rejected))
    assert not isinstance(state, Rejected)
    calendars: tuple[Calendar, ...] = (WIDE, AbstractCalendar(2))
    calendar = data.draw(st.sampled_from(calendars))
    stage = staged(REAL, system, calendar, system.obligations[0].property)
    for _ in range(3):
        each = data.draw(strategies.steps(system, parameters, state))
        result = step(system, parameters, state, each)
        check_step(REAL, stage, parameters, state, each)
        if not isinstance(result, Rejected):
            state = result.state


def test_a_guard_that_demands_values_of_facts_lets_pass_what_it_should() -> None:
    """And what comes to nothing by them brings no facts about months."""
    x, n, b = Var("x", INT), Var("go.n", INT), Var("go.b", BOOL)
    march = Equal(Remainder(MonthOf(AddDays(Var(TODAY, DATE), n)), 12), IntLit(2))
    guard = And(
        (Or((Not(Equal(n, IntLit(2))), b, march)), And((Equal(b, TRUE), Or((Equal(x, n), Equal(n, IntLit(3)))))))
    )
    go = occurrence("go", Input("go.n", INT, 0, None, "1"), Input("go.b", BOOL, None, None, "1"), guard=guard)
    anything = Obligation("anything", "rest", Property(TRUE, TRUE), ("1",), "Anything goes.")
    made = replace(system("demands", (integer("x", None),), (go,), ()), obligations=(anything,))
    stage = staged(REAL, made, AbstractCalendar(), anything.property)
    assert not stage.encoding.calendar.constants
    day, passed = from_civil(2024, 3, 15), 0
    for state, n_given, b_given in product(range(3), range(4), (False, True)):
        each = Step("go", day, {"go.n": n_given, "go.b": b_given})
        passed += check_step(REAL, stage, {}, {TODAY: day, "x": state}, each)
    assert passed == 6


@given(st.data(), strategies.systems())
@settings(relaxed, max_examples=40)
def test_random_starts_agree(data: st.DataObject, system: System) -> None:
    parameters, today, chosen = data.draw(strategies.starts(system))
    ctx = terms.new_context()
    encoding = Encoding(system, ctx, AbstractCalendar(2))
    solver = z3.Solver(ctx=ctx)
    solver.add(*encoding.rigid(), *encoding.initial(), *encoding.calendar_facts())
    sorts = {p.name: p.sort for p in system.parameters}
    fixed = [encoding.parameters[k] == term_of(v, sorts[k], ctx) for k, v in parameters.items()]
    fixed += equals(system, encoding.frame(0), {TODAY: today, **chosen})
    state = initial_state(system, parameters, today, chosen)
    assert possible(solver, fixed) == (not isinstance(state, Rejected))
    if not isinstance(state, Rejected):
        assert not possible(solver, [*fixed, z3.Not(z3.And(*equals(system, encoding.frame(0), state)))])


@given(st.data(), strategies.systems())
@settings(relaxed, max_examples=40)
def test_random_histories_are_models_under_every_level(data: st.DataObject, system: System) -> None:
    """What happens is possible for the solver, however little of the calendar it knows."""
    trace = data.draw(strategies.histories(system, 3))
    assume(trace is not None)
    assert trace is not None
    states = replay(system, trace)
    assert not isinstance(states, Rejected)
    for level in (0, 1):
        ctx = terms.new_context()
        encoding = Encoding(system, ctx, AbstractCalendar(level))
        constraints = [*encoding.rigid(), *encoding.initial()]
        for i, each in enumerate(trace.steps):
            constraints += encoding.transition(i)
            constraints.append(encoding.selector(i) == encoding.step_names.index(each.name))
        for i, state in enumerate(states):
            constraints += equals(system, encoding.frame(i), state)
        solver = z3.Solver(ctx=ctx)
        assert possible(solver, [*constraints, *encoding.calendar_facts()])


@given(st.data(), strategies.systems())
@settings(relaxed, max_examples=60)
def test_every_state_has_a_next_step(data: st.DataObject, system: System) -> None:
    """Induction over windows rests on it: a history of fewer than k steps is the beginning of one of k."""
    trace = data.draw(strategies.histories(system, 3))
    assume(trace is not None)
    assert trace is not None
    states = replay(system, trace)
    assert not isinstance(states, Rejected)
    for state in states:
        pending, tomorrow = due(system, trace.parameters, state), int(state[TODAY]) + 1
        following = Step(PASSAGE, tomorrow, {})
        if pending is not None and pending[1] <= tomorrow:
            following = Step(pending[0].name, pending[1], {})
        assert not isinstance(step(system, trace.parameters, state, following), Rejected)


@given(strategies.systems(), st.integers(1, 2))
@settings(relaxed, max_examples=30)
def test_models_under_the_exact_calendar_replay(system: System, depth: int) -> None:
    ctx = terms.new_context()
    encoding = Encoding(system, ctx, WIDE)
    solver = z3.Solver(ctx=ctx)
    solver.set("timeout", 5000)
    solver.add(*encoding.rigid(), *encoding.initial())
    for i in range(depth):
        solver.add(*encoding.transition(i))
    claim = system.obligations[0].property
    broken = z3.Not(z3.And(encoding.state_holds(claim.state, depth), encoding.step_holds(claim.step, depth - 1)))
    solver.add(broken, *encoding.calendar_facts())
    assume(solver.check() == z3.sat)
    trace = trace_of(encoding, solver.model(), depth)
    states = replay(system, trace)
    assert not isinstance(states, Rejected), (states, trace)
    assert all(states[i] == state_of(encoding, solver.model(), i) for i in range(depth + 1))
    assert trace.steps[0] == step_of(encoding, solver.model(), 0)
    assert violation(system, trace, claim) is not None


@given(st.data(), strategies.systems())
@settings(relaxed, max_examples=80)
def test_compiled_code_agrees_with_the_interpreter(data: st.DataObject, system: System) -> None:
    parameters, today, chosen = data.draw(strategies.starts(system))
    state = initial_state(system, parameters, today, chosen)
    assume(not isinstance(state, Rejected))
    assert not isinstance(state, Rejected)
    stream, day = [], today
    for _ in range(data.draw(st.integers(1, 5))):
        each = data.draw(strategies.steps(system, parameters, {**state, TODAY: day}))
        day = max(day, each.day)
        stream.append((each.name, each.day, each.inputs))
    check_folding(REAL, system, parameters, state, stream)


def test_terms_are_shared_and_facts_handed_out_once() -> None:
    encoding = Encoding(RICH, terms.new_context(), AbstractCalendar(0))
    first = encoding.transition(0)
    assert encoding.calendar_facts()
    again = encoding.transition(0)
    assert encoding.calendar_facts() == []
    assert [one.get_id() for one in first] == [two.get_id() for two in again]


def test_a_system_without_months_carries_no_month_facts() -> None:
    plain = System("plain", (), (), RICH.variables[2:3], (), (), RICH.events[1:], RICH.schedules[:0], (), ())
    encoding = Encoding(plain, terms.new_context(), AbstractCalendar(2))
    encoding.transition(0)
    assert encoding.calendar_facts() == []


def test_exact_calendar_knows_the_dates_that_are_written() -> None:
    never = System("never", (), (), (Variable("until", DATE, DateLit(1), ""),), (), (), (), (), (), ())
    ctx = terms.new_context()
    encoding = Encoding(never, ctx, exact_calendar(never, month_of(from_civil(2024, 1, 1)), 12))
    solver = z3.Solver(ctx=ctx)
    month = encoding.state_holds(Equal(MonthOf(Var("until", DATE)), IntLit(12)), 0)
    solver.add(*encoding.initial(), *encoding.calendar_facts())
    assert possible(solver, [month])
    assert not possible(solver, [z3.Not(month)])


def test_the_deepest_allowed_expression_overflows_no_stack() -> None:
    e: Expr = Equal(Var("x", INT), IntLit(0))
    for k in range(MAX_DEPTH - 2):
        e = Not(e) if k % 2 else And((e, Equal(Var("x", INT), IntLit(k))))
    deep = System(
        "deep", (), (), (Variable("x", INT, IntLit(0), ""),), (e,), (), (),
        (Schedule("s", e, DateLit(1), ""),), (Update("x", (Case(None, e, IntLit(1), ""),)),), (),
    )  # fmt: skip
    assert complaints(deep) == ()
    Encoding(deep, terms.new_context(), AbstractCalendar(0)).transition(0)
    assert isinstance(initial_state(deep, {}, 1, {}), dict | Rejected)
    assert compile_system(deep).fold({}, {TODAY: 1, "x": 0}, [("passage", 2, {})]) is not None


def test_no_calendar_that_never_was_at_level_two() -> None:
    """Level 2 is exact: 30 days after 30 January is 29 February in leap years only."""
    ctx = terms.new_context()
    encoding = Encoding(RICH, ctx, AbstractCalendar(2))
    solver = z3.Solver(ctx=ctx)
    today = encoding.frame(0)[TODAY]
    month = encoding.calendar.month_of(today)
    solver.add(month == month_of(from_civil(2023, 2, 1)), encoding.calendar.day_in_month(today) == 29)
    assert not possible(solver, encoding.calendar_facts())


def test_a_name_that_is_nowhere_declared_has_no_value() -> None:
    """What a slice of a system has lost by mistake must not be proved of a default instead."""
    encoding = Encoding(EMPTY, z3.Context(), AbstractCalendar(2))
    with pytest.raises(AssertionError, match="lost is nothing that is known here"):
        encoding.state_holds(Equal(Var("lost", INT), IntLit(0)), 0)
