"""A trace retold: who did what when, which clause answered, what changed; and what the claim looks at in the end.

Names are the policy's own, values as its language writes them: `words` knows what a reader calls them.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from policydsl.base.calendar import show_day
from policydsl.core.expr import TODAY, At, Expr, Use, Value, Var, View
from policydsl.core.system import Event, Property, Question, Step, System, Trace
from policydsl.core.walk import children, definition_table, names
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy, visible_state
from policydsl.front.types import show_value
from policydsl.report.record import record
from policydsl.report.told import Change, Fact, Given, Setting, StepKind, Story, StoryStep
from policydsl.report.values import input_of, is_of_event, value_in
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.evaluate import Env
from policydsl.semantics.interpret import State, Stepped


def tell(policy: LoadedPolicy, question: Question, trace: Trace) -> Story:
    """Return the story of `trace`, a history of the question's system, with what the question looks at in its end."""
    system = question.system
    seen = policy.influence.seen(replace(question, trigger=None))
    states: list[State] = [trace.initial]
    steps: list[StoryStep] = []
    for each in trace.steps:
        result = interpret.step(system, trace.parameters, states[-1], each)
        assert isinstance(result, Stepped)
        steps.append(tell_step(policy, system, each, states[-1], result))
        states.append(result.state)
    return Story(
        show_day(int(trace.initial[TODAY])),
        tuple(_settings(policy, question, trace, seen)),
        tuple(opening(replace(policy, system=system), trace.initial, seen)),
        tuple(steps),
        tuple(_facts(policy, question, trace, states)),
        record(policy, trace, states),
    )


def tell_step(policy: LoadedPolicy, system: System, step: Step, before: State, result: Stepped) -> StoryStep:
    """Return one step, told."""
    event = next((e for e in system.events if e.name == step.name), None)
    schedule = next((s for s in system.schedules if s.name == step.name), None)
    given = () if event is None else tuple(_given(policy, event, step.inputs))
    changes = tuple(_changes(policy, before, result))
    clause = event.clause if event is not None else schedule.clause if schedule is not None else None
    if event is None:
        kind: StepKind = "passage" if schedule is None else "schedule"
        name = "" if schedule is None else step.name
        return StoryStep(show_day(step.day), kind, name, None, clause or None, given, changes)
    return StoryStep(show_day(step.day), event.kind, step.name, event.actor, clause or None, given, changes)


def _given(policy: LoadedPolicy, event: Event, inputs: Mapping[str, Value]) -> Iterator[Given]:
    for own in event.inputs:
        value = inputs[own.name]
        shown = input_of(policy, own.name, value, own.sort)
        yield Given(own.name, shown, own.by, own.default is not None and value == own.default)


def _changes(policy: LoadedPolicy, before: State, result: Stepped) -> Iterator[Change]:
    clauses = {c.variable: c.clause for c in result.changes}
    old, new = visible_state(policy, before), visible_state(policy, result.state)
    for name, (type_, value) in new.items():
        if old[name][1] != value:
            clause = clauses.get(name) or clauses.get(name + SET_SUFFIX)
            yield Change(name, show_value(old[name][1], type_), show_value(value, type_), clause or None)


# --- the setting ---------------------------------------------------------------------------------


def _settings(policy: LoadedPolicy, question: Question, trace: Trace, seen: Container[str]) -> Iterator[Setting]:
    """Yield the parameters and readings of those `seen`."""
    for p in question.system.parameters:
        if p.name in seen:
            value = trace.parameters[p.name]
            is_default = p.default is not None and value == p.default
            yield Setting(p.name, input_of(policy, p.name, value, p.sort), p.is_reading, is_default)


def opening(policy: LoadedPolicy, state: State, seen: Container[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the states whose first value is open, as they are in `state`; of those `seen` also what the day decides."""
    system, table = policy.system, definition_table(policy.system)
    told = {
        v.name for v in system.variables if v.initial is None or (v.name in seen and TODAY in names(v.initial, table))
    }
    for name, (type_, value) in visible_state(policy, state).items():
        if name in told:
            yield name, show_value(value, type_)


# --- what the claim looks at ---------------------------------------------------------------------


def end_of(system: System, trace: Trace, states: list[State]) -> Env:
    """Return the surroundings of the last step, or of the initial state."""
    if not trace.steps:
        return evaluate.alone(system, trace.parameters, states[-1])
    env = evaluate.between(system, trace.parameters, states[-2], trace.steps[-1], states[-1])
    return replace(env, view=View.AFTER)


def _facts(policy: LoadedPolicy, question: Question, trace: Trace, states: list[State]) -> Iterator[Fact]:
    """Yield the values, in the last step, of the names that the property mentions itself."""
    claim, env = question.property, end_of(question.system, trace, states)
    mentioned: dict[str, dict[View, str]] = {}
    for name, view in (*_inputs(policy, claim), *_mentions(claim)):
        fact = value_in(policy, name, replace(env, view=view))
        if fact is not None:
            mentioned.setdefault(fact[0], {})[view] = fact[1]
    for name, values in mentioned.items():
        before, after = values.get(View.BEFORE), values.get(View.AFTER)
        yield Fact(name, before, None) if is_of_event(policy, name) and before else Fact(name, after, before)


def _inputs(policy: LoadedPolicy, claim: Property) -> Iterator[tuple[str, View]]:
    """Yield the plain inputs of the tables that `claim` asks about: a hole is a hole at a value."""
    asked = {name.partition(".")[0]: view for name, view in _mentions(claim) if name.endswith(".rows")}
    for table in policy.tables:
        if table.name in asked:
            yield from ((name, asked[table.name]) for name in table.inputs if name in policy.symbols)


def _mentions(claim: Property) -> tuple[tuple[str, View], ...]:
    """Return the names in `claim` with the views they are read in, sorted; definitions are not looked into."""
    found: set[tuple[str, View]] = set()
    stack: list[tuple[Expr, View]] = [(claim.state, View.AFTER), (claim.step, View.AFTER)]
    while stack:
        node, view = stack.pop()
        if isinstance(node, Var | Use):
            found.add((node.name, view))
        inner = node.view if isinstance(node, At) else view
        stack.extend((part, inner) for part in children(node))
    return tuple(sorted(found, key=lambda item: (item[0], item[1].value)))
