"""What a policy means, by running it: the definition. `encode` says the same to a solver, case for case.

What an expression is worth, `evaluate` says. Two things are fixed here and mirrored there:

* a schedule is due at `max(due, today)`; the earliest goes first, then the earlier in `System.schedules`;
* of the cases of an update the first that applies gives the value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, Value, View
from policydsl.core.system import PASSAGE, Case, Event, Obligation, Property, Schedule, Step, System, Trace, Update
from policydsl.core.walk import has_sort
from policydsl.semantics.evaluate import Env, alone, between, evaluate, holds, integer

State: TypeAlias = Mapping[str, Value]
"""A value for each variable, and for `today`."""

MAX_FIRINGS = 1000
"""So many schedules firing on one day are taken for endlessly many."""


# --- results -------------------------------------------------------------------------------------

Reason = Literal["past", "due", "guard", "input", "unknown", "assumption", "start", "rest"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why something is no history.

    past        the step's day lies before the day reached (for a passage: is not later than it)
    due         a schedule is due first, or the scheduled step is not the one due on that day
    guard       the event cannot take place there
    input       a value is missing or not of its sort
    unknown     no such step, parameter, variable or input
    assumption  the parameters are not admissible
    start       the initial state is not admissible
    rest        schedules go on firing on one day

    `about` names the event, schedule, input, variable or parameter concerned; `clause` is where it is written;
    `index` is the place of the step in a trace, counted from 1 (0: the initial state).
    """

    reason: Reason
    about: str
    clause: str | None = None
    index: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A clause gave `variable` a value in this step (maybe the one it had)."""

    variable: str
    old: Value
    new: Value
    clause: str


@dataclass(frozen=True, slots=True)
class Stepped:
    """The state a step leads to, and what it assigned (in update order)."""

    state: State
    changes: tuple[Change, ...]


# --- histories -----------------------------------------------------------------------------------


def check_parameters(system: System, parameters: Mapping[str, Value]) -> Rejected | None:
    """Return None iff `parameters` gives every parameter a value of its sort and the assumptions hold."""
    declared = {p.name for p in system.parameters}
    for name in parameters:
        if name not in declared:
            return Rejected("unknown", name)
    for p in system.parameters:
        value = parameters.get(p.name)
        if value is None or not has_sort(value, p.sort):
            return Rejected("input", p.name, p.clause)
    env = alone(system, parameters, {TODAY: 1})
    for i, e in enumerate(system.assumptions):
        if not holds(e, env):
            return Rejected("assumption", f"assumption {i}")
    return None


def initial_state(
    system: System, parameters: Mapping[str, Value], today: Day, chosen: Mapping[str, Value]
) -> State | Rejected:
    """Return the initial state on `today` iff it is admissible.

    `chosen` gives exactly the variables that have no initial value of their own. Initial values read
    parameters, `today` and the variables declared before.
    """
    return check_parameters(system, parameters) or begin(system, parameters, today, chosen)


def begin(system: System, parameters: Mapping[str, Value], today: Day, chosen: Mapping[str, Value]) -> State | Rejected:
    """Return what `initial_state` does; `parameters` are taken for admissible."""
    state: dict[str, Value] = {TODAY: today}
    free = {v.name for v in system.variables if v.initial is None}
    for name in chosen:
        if name not in free:
            return Rejected("unknown", name)
    env = alone(system, parameters, state)
    for v in system.variables:
        if v.initial is not None:
            state[v.name] = evaluate(v.initial, env)
            env.memo.clear()  # there is more to see now
        elif v.name in chosen and has_sort(chosen[v.name], v.sort):
            state[v.name] = chosen[v.name]
        else:
            return Rejected("input", v.name, v.clause)
    for i, e in enumerate(system.starts):
        if not holds(e, env):
            return Rejected("start", f"start {i}")
    return state


def due(system: System, parameters: Mapping[str, Value], state: State) -> tuple[Schedule, Day] | None:
    """Return the schedule that goes next if nothing else happens before, and on which day; None if none is armed."""
    env = alone(system, parameters, state)
    found: tuple[Schedule, Day] | None = None
    for s in system.schedules:
        if holds(s.armed, env):
            day = max(integer(s.due, env), env.day)
            if found is None or day < found[1]:
                found = (s, day)
    return found


def admit(system: System, parameters: Mapping[str, Value], state: State, step: Step) -> Rejected | None:
    """Return None iff `step` can be the next one from `state`."""
    result = _taken(system, parameters, state, step)
    return result if isinstance(result, Rejected) else None


def _in_turn(system: System, parameters: Mapping[str, Value], state: State, step: Step) -> Rejected | None:
    """Return None iff `step` can be the next one from `state`, guards aside."""
    reached = int(state[TODAY])
    pending = due(system, parameters, state)
    event = next((e for e in system.events if e.name == step.name), None)
    schedule = next((s for s in system.schedules if s.name == step.name), None)
    if event is None and schedule is None and step.name != PASSAGE:
        return Rejected("unknown", step.name)
    if bad := _check_inputs(step, event):
        return bad
    if step.day < reached or (step.name == PASSAGE and step.day == reached):
        return Rejected("past", step.name)
    if schedule is not None and pending != (schedule, step.day):
        return Rejected("due", schedule.name, schedule.clause)
    if schedule is None and pending is not None and pending[1] <= step.day:
        return Rejected("due", pending[0].name, pending[0].clause)
    return None


def _check_inputs(step: Step, event: Event | None) -> Rejected | None:
    """Return None iff the inputs of `step` are those of `event` (none if it is no event), each of its sort."""
    inputs = event.inputs if event is not None else ()
    declared = {i.name for i in inputs}
    for name in step.inputs:
        if name not in declared:
            return Rejected("unknown", name)
    for i in inputs:
        if i.name not in step.inputs or not has_sort(step.inputs[i.name], i.sort):
            return Rejected("input", i.name, i.clause)
    return None


def step(system: System, parameters: Mapping[str, Value], state: State, step: Step) -> Stepped | Rejected:
    """Return what `step` does to `state` iff it can be the next one; `parameters` are taken for admissible."""
    result = _taken(system, parameters, state, step)
    if isinstance(result, Rejected):
        return result
    env, changes = result
    return Stepped(env.after, changes)


def _taken(
    system: System, parameters: Mapping[str, Value], state: State, step: Step
) -> tuple[Env, tuple[Change, ...]] | Rejected:
    """Return the step's surroundings, the new state in them, and what was assigned, iff it can be the next one.

    A guard may look at new values (they never depend on it), so it is read when they are there.
    """
    if bad := _in_turn(system, parameters, state, step):
        return bad
    after: dict[str, Value] = {TODAY: step.day}
    updated = {u.variable for u in system.updates}
    after |= {v.name: state[v.name] for v in system.variables if v.name not in updated}
    env = between(system, parameters, state, step, after)
    changes: list[Change] = []
    for u in system.updates:
        case = _first_case(u, env)
        new = state[u.variable] if case is None else evaluate(case.value, env)
        after[u.variable] = new
        if case is not None:
            changes.append(Change(u.variable, state[u.variable], new, case.clause))
    event = next((e for e in system.events if e.name == step.name), None)
    if event is not None and not holds(event.guard, env):
        return Rejected("guard", event.name, event.clause)
    return env, tuple(changes)


def _first_case(update: Update, env: Env) -> Case | None:
    """Return the case that gives the new value, None if none applies."""
    for case in update.cases:
        happens = case.steps is None or (env.step is not None and env.step.name in case.steps)
        if happens and holds(case.guard, env):
            return case
    return None


def kept(system: System, parameters: Mapping[str, Value], claim: Property, env: Env, after: State) -> bool:
    """Return whether `claim` holds of the step of `env` and of the state `after` it."""
    in_step = holds(claim.step, env.seen_from(View.AFTER))
    return in_step and holds(claim.state, alone(system, parameters, after))


def broken(
    system: System, parameters: Mapping[str, Value], before: State, step: Step, after: State
) -> tuple[Obligation, ...]:
    """Return the obligations of `system` that do not hold of `step`, or of the state `after` it."""
    env = between(system, parameters, before, step, after)
    return tuple(o for o in system.obligations if not kept(system, parameters, o.property, env, after))


def replay(system: System, trace: Trace) -> tuple[State, ...] | Rejected:
    """Return the states of `trace`, the initial one first, iff it is a history of `system`."""
    chosen = {v.name for v in system.variables if v.initial is None}
    today = trace.initial.get(TODAY)
    if not isinstance(today, int):
        return Rejected("start", TODAY)
    given = {name: value for name, value in trace.initial.items() if name in chosen}
    state = initial_state(system, trace.parameters, today, given)
    if isinstance(state, Rejected):
        return state
    if dict(state) != dict(trace.initial):
        return Rejected("start", min(set(state.items()) ^ set(trace.initial.items()))[0])
    states = [state]
    for index, each in enumerate(trace.steps, start=1):
        result = _taken(system, trace.parameters, states[-1], each)
        if isinstance(result, Rejected):
            return replace(result, index=index)
        states.append(result[0].after)
    return tuple(states)


def violation(system: System, trace: Trace, claim: Property) -> int | None:
    """Return the least `i` such that `claim` fails in state `i` or in the step that led to it.

    0 is the initial state. None if `claim` holds throughout, and also if `trace` is no history of `system`.
    """
    states = replay(system, trace)
    if isinstance(states, Rejected):
        return None
    if not holds(claim.state, alone(system, trace.parameters, states[0])):
        return 0
    for i, each in enumerate(trace.steps):
        env = between(system, trace.parameters, states[i], each, states[i + 1])
        if not kept(system, trace.parameters, claim, env, states[i + 1]):
            return i + 1
    return None


def settle(
    system: System, parameters: Mapping[str, Value], state: State, day: Day
) -> Iterator[tuple[Step, Stepped] | Rejected]:
    """Yield the scheduled steps from `state` that fall due up to `day`, included, with what each does.

    Ends with a `Rejected` if more than `MAX_FIRINGS` fall on one day.
    """
    firings, last = 0, None
    while (pending := due(system, parameters, state)) is not None and pending[1] <= day:
        schedule, when = pending
        firings, last = (firings + 1 if when == last else 1), when
        if firings > MAX_FIRINGS:
            yield Rejected("rest", schedule.name, schedule.clause)
            return
        fired = Step(schedule.name, when, {})
        result = step(system, parameters, state, fired)
        assert isinstance(result, Stepped)
        yield fired, result
        state = result.state
