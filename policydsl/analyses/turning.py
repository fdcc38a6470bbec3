"""The one thing on which a story turns: the smallest change to it after which what failed holds.

One thing is changed, the plainest first: a choice, a fact, a reading or parameter, a date, or a step is left out. Of
the first thing that will do, the value nearest to that of the story is taken. Candidates are tried on the interpreter,
so the answer is exact for what is tried. A change that makes a later step of the story impossible is no answer: the
rest of the story must happen as it did. Nor is one that only puts off what the calendar does in the end.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Literal, TypeAlias

from policydsl.analyses.retelling import keeps, taken_again
from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, TRUE, BoolSort, DateSort, EnumSort, IntSort, Sort, Value
from policydsl.core.system import PASSAGE, Property, Step, System, Trace
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State

Kind: TypeAlias = Literal["value", "date", "step", "setting"]
_NEAR = (1, -1, 2, -2, 5, -5, 7, -7, 10, -10, 30, -30, 31, -31, 90, -90, 365, -365)
"""How far numbers and dates are moved, the least first."""
_MOST_TAKEN = 400
"""Steps that are run in all to find it: a circumstance is worth some milliseconds, not more."""
_AFTERWARDS = 400
"""Days for which the calendar goes on where it was the calendar's step in which the story failed."""
_MOST_STEPS = 16
"""Longer stories are not varied: nobody reads them for their last detail."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What would have to be otherwise: `step` counts the story's steps from 1; None for a parameter or reading.

    Not `nearest`: a value nearer to the `old` one was not tried, and may do.
    """

    kind: Kind
    step: int | None
    name: str
    old: Value | None
    new: Value | None
    nearest: bool = True


_Changed: TypeAlias = tuple[Turn, Trace]


def turning_point(
    system: System, claim: Property, trace: Trace, conditions: frozenset[str] = frozenset()
) -> Turn | None:
    """Return the smallest single change to `trace` after which `claim` holds in all of it; None if none that is tried.

    First what comes with a step (choices, then facts), then readings and parameters, then dates, then a step left out.
    What the claim names as its `conditions` stays: that it says nothing of other cases is no answer.
    """
    if not trace.steps or len(trace.steps) > _MOST_STEPS:
        return None
    caused = {s.name for s in system.schedules} | {PASSAGE}
    own = [i for i, step in enumerate(trace.steps) if step.name not in caused]
    states = interpret.replay(system, trace)
    assert not isinstance(states, Rejected)
    ways = chain(_values(system, trace, own), _settings(system, trace), _dates(trace, own), _without(trace, own))
    last = len(trace.steps)
    anywhere = claim.step == TRUE  # the occasion of what must be so within some days may be any step
    tried = (c for c in ways if c[0].name not in conditions or not (anywhere or c[0].step in {None, last}))
    most = _MOST_TAKEN // last
    told = trace, states
    found = next((t for t, changed in islice(tried, most) if _avoids(system, claim, told, changed, caused)), None)
    if found is None or _distance(found) is None:
        return found
    nearer = list(islice(_nearer(found, trace), most + 1))
    for turn, changed in nearer[:most]:
        if _avoids(system, claim, told, changed, caused):
            return turn
    return replace(found, nearest=len(nearer) <= most)


def _distance(turn: Turn) -> int | None:
    """Return how far a number or date is moved; None where there is no far or near."""
    old, new = turn.old, turn.new
    if isinstance(old, bool) or not isinstance(old, int) or not isinstance(new, int):
        return None
    return abs(new - old)


def _nearer(turn: Turn, trace: Trace) -> Iterator[_Changed]:
    """Yield the changes of the same thing that are smaller than `turn` and are not among those tried before it."""
    far, old = _distance(turn), turn.old
    assert far is not None
    assert isinstance(old, int)
    for n in (sign * size for size in range(1, far) if size not in _NEAR for sign in (1, -1)):
        made = replace(turn, new=old + n)
        match turn.kind:
            case "setting":
                yield made, replace(trace, parameters={**trace.parameters, turn.name: old + n})
            case "date":
                assert turn.step is not None
                step = trace.steps[turn.step - 1]
                yield made, _with_step(trace, turn.step - 1, replace(step, day=old + n))
            case "value":
                assert turn.step is not None
                step = trace.steps[turn.step - 1]
                yield made, _with_step(trace, turn.step - 1, replace(step, inputs={**step.inputs, turn.name: old + n}))
            case "step":
                return


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
    last = len(trace.steps) - 1
    for at in reversed([i for i in own if i != last]):
        steps = (*trace.steps[:at], *trace.steps[at + 1 :])
        yield Turn("step", at + 1, trace.steps[at].name, None, None), replace(trace, steps=steps)


def _with_step(trace: Trace, at: int, step: Step) -> Trace:
    return replace(trace, steps=(*trace.steps[:at], step, *trace.steps[at + 1 :]))


def _others(sort: Sort, value: Value, default: Value | None) -> Iterator[Value]:
    """Yield other values: the default first, then the others; of numbers and dates the nearest first."""
    found: list[Value] = [] if default is None else [default]
    match sort:
        case BoolSort():
            found.append(not value)
        case EnumSort(values=values):
            found.extend(values)
        case IntSort() | DateSort():
            found.extend(int(value) + n for n in _NEAR)
            found.sort(key=lambda other: abs(int(other) - int(value)))
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
        first = interpret.initial_state(system, new.parameters, int(old.initial[TODAY]), old.chosen(system))
    if isinstance(first, Rejected):
        return False
    env = evaluate.alone(system, new.parameters, first)
    if not evaluate.holds(claim.state, env):
        return False
    until = old.steps[-1].day + (_AFTERWARDS if old.steps[-1].name in caused else 0)
    own = [step for step in new.steps[same:] if step.name not in caused or step.name == PASSAGE]
    state: Mapping[str, Value] = first
    for step, after in taken_again(system, new.parameters, state, own, until):
        if after is None or not keeps(system, claim, new.parameters, state, (step, after)):
            return False
        state = after
    return old.steps[-1].name != PASSAGE or _quiet(system, claim, new, state, until)


def _quiet(system: System, claim: Property, trace: Trace, state: Mapping[str, Value], until: int) -> bool:
    """Return whether `claim` is kept where time goes on to the day `until`, if it can."""
    later = Step(PASSAGE, until, {})
    result = interpret.step(system, trace.parameters, state, later)
    return isinstance(result, Rejected) or keeps(system, claim, trace.parameters, state, (later, result.state))


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
