"""The one thing on which a story turns: the smallest change to it after which what failed holds.

Candidates are tried on the interpreter, the plainest first, so the answer is exact for what is tried. A change that
makes a later step of the story impossible is no answer: the rest of the story must happen as it did.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Literal, TypeAlias

from policydsl.core.expr import TODAY, BoolSort, EnumSort, IntSort, Sort, Value
from policydsl.core.system import PASSAGE, Property, Step, System, Trace
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected, State, Stepped

Kind: TypeAlias = Literal["value", "date", "step", "setting"]
_NEAR = (1, -1, 2, -2, 5, -5, 7, -7, 10, -10, 30, -30, 31, -31, 90, -90, 365, -365)
"""How far numbers and dates are moved, the least first."""
_MOST_TAKEN = 400
"""Steps that are run in all to find it: a circumstance is worth some milliseconds, not more."""
_MOST_STEPS = 16
"""Longer stories are not varied: nobody reads them for their last detail."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What would have to be otherwise: `step` counts the story's steps from 1; None for a parameter or reading."""

    kind: Kind
    step: int | None
    name: str
    old: Value | None
    new: Value | None


def turning_point(system: System, claim: Property, trace: Trace) -> Turn | None:
    """Return the first single change to `trace` after which `claim` holds in all of it; None if none that is tried.

    First what comes with a step (choices, then facts), then readings and parameters, then dates, then a step left out.
    """
    if not trace.steps or len(trace.steps) > _MOST_STEPS:
        return None
    bare = replace(system, obligations=())
    caused = {s.name for s in system.schedules} | {PASSAGE}
    own = [i for i, step in enumerate(trace.steps) if step.name not in caused]
    states = interpret.replay(bare, trace)
    assert not isinstance(states, Rejected)
    tried = chain(_values(system, trace, own), _settings(system, trace), _dates(trace, own), _without(trace, own))
    for turn, changed in islice(tried, _MOST_TAKEN // len(trace.steps)):
        if _avoids(bare, claim, (trace, states), changed, caused):
            return turn
    return None


_Changed: TypeAlias = tuple[Turn, Trace]


def _values(system: System, trace: Trace, own: Sequence[int]) -> Iterator[_Changed]:
    """Yield other choices, then other facts, the last step's first."""
    inputs = {i.name: i for e in system.events for i in e.inputs}
    for chosen in (True, False):
        for at in reversed(own):
            step = trace.steps[at]
            for name, value in step.inputs.items():
                made = inputs.get(name)
                if made is None or (made.by is not None) is not chosen:
                    continue
                for other in _others(made.sort, value, made.default):
                    turn = Turn("value", at + 1, name, value, other)
                    yield turn, _with_step(trace, at, replace(step, inputs={**step.inputs, name: other}))


def _settings(system: System, trace: Trace) -> Iterator[_Changed]:
    for p in sorted(system.parameters, key=lambda p: not p.is_reading):
        if p.name in trace.parameters:
            value = trace.parameters[p.name]
            for other in _others(p.sort, value, p.default):
                changed = replace(trace, parameters={**trace.parameters, p.name: other})
                yield Turn("setting", None, p.name, value, other), changed


def _dates(trace: Trace, own: Sequence[int]) -> Iterator[_Changed]:
    for at in reversed(own):
        step = trace.steps[at]
        for days in _NEAR:
            turn = Turn("date", at + 1, step.name, step.day, step.day + days)
            yield turn, _with_step(trace, at, replace(step, day=step.day + days))


def _without(trace: Trace, own: Sequence[int]) -> Iterator[_Changed]:
    for at in reversed(own[:-1]):
        steps = (*trace.steps[:at], *trace.steps[at + 1 :])
        yield Turn("step", at + 1, trace.steps[at].name, None, None), replace(trace, steps=steps)


def _with_step(trace: Trace, at: int, step: Step) -> Trace:
    return replace(trace, steps=(*trace.steps[:at], step, *trace.steps[at + 1 :]))


def _others(sort: Sort, value: Value, default: Value | None) -> Iterator[Value]:
    """Yield other values: the default first, then near ones."""
    found: list[Value] = [] if default is None else [default]
    match sort:
        case BoolSort():
            found.append(not value)
        case EnumSort(values=values):
            found.extend(values)
        case IntSort():
            found.extend(int(value) + n for n in _NEAR)
        case _:
            pass
    yield from (v for v in dict.fromkeys(found) if v != value)


def _avoids(
    system: System, claim: Property, told: tuple[Trace, Sequence[State]], new: Trace, caused: Container[str]
) -> bool:
    """Return whether `new` can happen, its calendar's own steps put in anew, and keeps `claim` to its end.

    What is the same as in the story `told`, with its states, is known: there `claim` fails in the last step.
    """
    old, states = told
    same = _same(old, new, caused)
    first: State | Rejected = states[same]
    if new.parameters != old.parameters:
        first = interpret.initial_state(system, new.parameters, int(old.initial[TODAY]), _given(system, old))
    if isinstance(first, Rejected):
        return False
    env = interpret.alone(system, new.parameters, first)
    if not interpret.holds(claim.state, env):
        return False
    state: Mapping[str, Value] = first
    for step in new.steps[same:]:
        if step.name in caused and step.name != PASSAGE:
            continue
        for each in interpret.settle(system, new.parameters, state, step.day):
            if isinstance(each, Rejected) or not _kept(system, claim, new, state, each):
                return False
            state = each[1].state
        if step.day < int(state[TODAY]):
            return False
        if step.name == PASSAGE and step.day == int(state[TODAY]):
            continue
        result = interpret.step(system, new.parameters, state, step)
        if isinstance(result, Rejected) or not _kept(system, claim, new, state, (step, result)):
            return False
        state = result.state
    for each in interpret.settle(system, new.parameters, state, old.steps[-1].day):
        if isinstance(each, Rejected) or not _kept(system, claim, new, state, each):
            return False
        state = each[1].state
    return True


def _same(old: Trace, new: Trace, caused: Container[str]) -> int:
    """Return how many steps of `new` happen as in `old`, up to an event or passage: what the calendar adds may go."""
    if old.parameters != new.parameters:
        return 0
    same = 0
    for i, (one, other) in enumerate(zip(old.steps[:-1], new.steps, strict=False), start=1):
        if one != other:
            break
        if one.name == PASSAGE or one.name not in caused:
            same = i
    return same


def _given(system: System, trace: Trace) -> dict[str, Value]:
    return {v.name: trace.initial[v.name] for v in system.variables if v.initial is None}


def _kept(
    system: System, claim: Property, trace: Trace, before: Mapping[str, Value], taken: tuple[Step, Stepped]
) -> bool:
    step, result = taken
    env = interpret.between(system, trace.parameters, before, step, result.state)
    return interpret.kept(system, trace.parameters, claim, env, result.state)
