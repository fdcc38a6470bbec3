"""From a solver's model back to a history."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

import z3

from policydsl.core.expr import (
    TODAY,
    BoolSort,
    DateSort,
    EnumSort,
    IntSort,
    RatSort,
    Sort,
    Value,
)
from policydsl.core.system import PASSAGE, Event, Input, Step, System, Trace
from policydsl.core.walk import default_value, has_sort
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_sorts import truth
from policydsl.semantics.interpret import Rejected, State, initial_state, settle, step
from policydsl.semantics.terms import is_true_in, number_in


def value_of(model: z3.ModelRef, term: z3.ExprRef, sort: Sort) -> Value:
    """Return the value of `sort` that `term` stands for in `model`; where the model is silent, z3's own default."""
    match sort:
        case BoolSort():
            return is_true_in(model, truth(term))
        case IntSort() | DateSort():
            return int(number_in(model, term))
        case RatSort():
            return Fraction(number_in(model, term))
        case EnumSort(values=values):
            return values[min(max(int(number_in(model, term)), 0), len(values) - 1)]
        case _:
            assert_never(sort)


def state_of(encoding: Encoding, model: z3.ModelRef, i: int) -> State:
    """Return frame `i` in `model`."""
    frame = encoding.frame(i)
    state = {v.name: value_of(model, frame[v.name], v.sort) for v in encoding.system.variables}
    return {**state, TODAY: value_of(model, frame[TODAY], DateSort())}


def step_of(encoding: Encoding, model: z3.ModelRef, i: int) -> Step:
    """Return the step from frame `i` to `i + 1` in `model`, with the inputs of its own event only."""
    name = encoding.step_names[int(number_in(model, encoding.selector(i)))]
    inputs = {
        each.name: value_of(model, encoding.inputs(i)[each.name], each.sort)
        for event in encoding.system.events
        if event.name == name
        for each in event.inputs
    }
    return Step(name, int(number_in(model, encoding.frame(i + 1)[TODAY])), inputs)


def trace_of(encoding: Encoding, model: z3.ModelRef, depth: int) -> Trace:
    """Return the history of `depth` steps in `model`."""
    steps = tuple(step_of(encoding, model, i) for i in range(depth))
    return Trace(parameters_of(encoding, model), state_of(encoding, model, 0), steps)


def parameters_of(encoding: Encoding, model: z3.ModelRef) -> Mapping[str, Value]:
    """Return the parameters in `model`."""
    return {p.name: value_of(model, encoding.parameters[p.name], p.sort) for p in encoding.system.parameters}


def complete(system: System, trace: Trace, missing: frozenset[str] = frozenset()) -> Trace | None:
    """Return `trace`, a history of a part of `system`, as one of `system` itself; None if there is none that way.

    Missing inputs take their default, else the plainest value of their sort; so do missing variables that
    have no initial value; parameters likewise. The schedules named `missing` are put in where they are due; a passage
    that one of them makes needless goes.
    """
    today = int(trace.initial[TODAY])
    parameters = dict(trace.parameters)
    for p in system.parameters:
        parameters.setdefault(p.name, _plainest(p.sort, p.default, today))
    chosen = {
        v.name: trace.initial.get(v.name, _plainest(v.sort, None, today)) for v in system.variables if v.initial is None
    }
    initial = initial_state(system, parameters, today, chosen)
    if isinstance(initial, Rejected):
        return None
    events = {e.name: e for e in system.events}
    steps = [_filled(s, events[s.name]) if s.name in events else s for s in trace.steps]
    played = _play(system, Trace(parameters, initial, tuple(steps)), missing)
    return None if played is None else Trace(parameters, initial, played)


def _play(system: System, trace: Trace, missing: frozenset[str]) -> tuple[Step, ...] | None:
    """Return the steps of `trace` with those of the `missing` schedules; None if one of its own is refused."""
    state: State = trace.initial
    taken: list[Step] = []
    for each in trace.steps:
        for fired in settle(system, trace.parameters, state, each.day):
            if isinstance(fired, Rejected) or fired[0].name not in missing:
                break
            taken.append(fired[0])
            state = fired[1].state
        if taken and each.name == PASSAGE and taken[-1].name in missing and taken[-1].day == each.day:
            continue
        result = step(system, trace.parameters, state, each)
        if isinstance(result, Rejected):
            return None
        taken.append(each)
        state = result.state
    return tuple(taken)


def _filled(step: Step, event: Event) -> Step:
    """Return `step` with all inputs of `event`."""
    inputs = {each.name: _input_of(step, each) for each in event.inputs}
    return replace(step, inputs=inputs)


def _input_of(step: Step, each: Input) -> Value:
    given = step.inputs.get(each.name)
    return _plainest(each.sort, each.default, step.day) if given is None else given


def _plainest(sort: Sort, default: Value | None, day: int) -> Value:
    """Return `default` if it is a value of `sort`, else the plainest value of the sort."""
    if default is not None and has_sort(default, sort):
        return default
    value = default_value(sort, day)
    return "" if value is None else value
