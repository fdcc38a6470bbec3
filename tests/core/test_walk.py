"""Traversal, and the cone of influence: what a slice keeps and what it may drop."""

from dataclasses import fields
from typing import get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policydsl.core.cone import slice_system
from policydsl.core.expr import BOOL, INT, TRUE, And, At, Equal, Expr, Happens, IntLit, Ite, Less, Not, Use, Var, View
from policydsl.core.system import Step, System, Trace
from policydsl.core.walk import children, expressions, mentions_step, names, nodes, reads, rewrite, uses
from policydsl.core.wellformed import complaints
from policydsl.semantics.decode import complete
from policydsl.semantics.interpret import Rejected, replay
from tests.semantics import strategies
from tests.semantics.checks import RICH

DEFINITIONS = {d.name: d for d in RICH.definitions}
relaxed = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def test_children_stand_in_reading_order() -> None:
    one, two, three = IntLit(1), IntLit(2), IntLit(3)
    assert children(Ite(TRUE, one, two)) == (TRUE, one, two)
    assert children(Equal(three, one)) == (three, one)
    assert children(Use("many", BOOL)) == ()


def test_nodes_come_once_for_each_object() -> None:
    part = Not(Var("a", BOOL))
    assert list(nodes(And((part, part)))) == [And((part, part)), part, part.arg]
    assert len(list(nodes(And((part, Not(Var("a", BOOL))))))) == 5


def test_every_kind_of_expression_can_be_taken_apart() -> None:
    for kind in get_args(Expr):
        parts = [f.name for f in fields(kind) if "Expr" in str(f.type)]
        values = {f.name: IntLit(n) for n, f in enumerate(fields(kind))}
        made = kind(**values)
        if parts == ["args"]:
            assert children(kind((IntLit(0),))) == (IntLit(0),), kind
        else:
            assert children(made) == tuple(values[name] for name in parts), kind


def test_nodes_of_a_deep_expression_do_not_recurse() -> None:
    e: Expr = TRUE
    for _ in range(5000):
        e = And((e,))
    assert sum(1 for _ in nodes(e)) == 5001


def test_rewriting_puts_one_part_in_the_place_of_another() -> None:
    for _, e in expressions(RICH):
        assert rewrite(e, lambda _: None) == e
    x, y = Var("x", INT), Var("y", INT)
    assert rewrite(And((Equal(x, y), Not(Equal(x, x)))), lambda e: y if e == x else None) == And(
        (Equal(y, y), Not(Equal(y, y)))
    )
    table: Expr = x
    for _ in range(5000):
        table = Ite(TRUE, x, table)
    changed = rewrite(table, lambda e: y if e == x else None)
    assert isinstance(changed, Ite)
    assert changed.then == y


def test_names_go_through_definitions() -> None:
    assert names(Use("waiting", BOOL), DEFINITIONS) == {"today", "clock", "until"}
    assert uses((Use("waiting", BOOL),), DEFINITIONS) == {"waiting", "same_month"}


def test_reads_tell_the_views_apart() -> None:
    e = Less(At(View.BEFORE, Var("n", INT)), At(View.AFTER, Use("many", BOOL)), strict=True)
    assert reads(e, View.AFTER, DEFINITIONS) == {("n", View.BEFORE), ("n", View.AFTER), ("limit", View.AFTER)}


def test_steps_and_views_are_seen_through_definitions() -> None:
    assert mentions_step(Happens("hit"), DEFINITIONS)
    assert not mentions_step(Use("waiting", BOOL), DEFINITIONS)


def test_slice_drops_what_nothing_kept_can_see() -> None:
    sliced = slice_system(RICH, (Less(Var("n", INT), IntLit(9), strict=True),))
    assert {v.name for v in sliced.variables} == {"n", "until", "flag", "colour"}
    assert {u.variable for u in sliced.updates} == {"n", "until", "flag", "colour"}
    assert [e.name for e in sliced.events] == ["hit", "touch"]
    assert {d.name for d in sliced.definitions} == {"same_month", "many"}
    assert sliced.schedules == RICH.schedules
    assert sliced.obligations == ()
    assert complaints(sliced) == ()


def test_slice_keeps_what_the_expressions_see() -> None:
    sliced = slice_system(RICH, (Equal(Var("seen", INT), Var("share", INT)),))
    assert {v.name for v in sliced.variables} == {v.name for v in RICH.variables}


@given(st.data(), strategies.systems())
@relaxed
def test_histories_cut_down_and_filled_up_are_histories(data: st.DataObject, system: System) -> None:
    claim = system.obligations[0].property
    sliced = slice_system(system, (claim.state,))
    assert complaints(sliced) == ()
    kept = {v.name for v in sliced.variables} | {"today"}
    inputs = {i.name for e in sliced.events for i in e.inputs}
    trace = data.draw(strategies.histories(system, 3))
    assume(trace is not None)
    assert trace is not None
    states = replay(system, trace)
    assert not isinstance(states, Rejected)
    cut = Trace(
        trace.parameters,
        {k: v for k, v in trace.initial.items() if k in kept},
        tuple(Step(s.name, s.day, {k: v for k, v in s.inputs.items() if k in inputs}) for s in trace.steps),
    )
    small = replay(sliced, cut)
    assert not isinstance(small, Rejected)
    assert [dict(s) for s in small] == [{k: v for k, v in s.items() if k in kept} for s in states]
    whole = complete(system, cut)
    assert whole is not None
    again = replay(system, whole)
    assert not isinstance(again, Rejected)
    assert [{k: v for k, v in s.items() if k in kept} for s in again] == [dict(s) for s in small]


def test_complete_refuses_what_cannot_start() -> None:
    assert complete(RICH, Trace({"limit": 0}, {"today": 1}, ())) is None
