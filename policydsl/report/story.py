"""A trace retold: who did what when, which clause answered, what changed; and what the claim looks at in the end.

Names are the policy's own, values as its language writes them: `words` knows what a reader calls them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from policydsl.base.calendar import show_day
from policydsl.core.expr import TODAY, At, BoolSort, Expr, Sort, Use, Value, Var, View
from policydsl.core.show import show_value as show_core
from policydsl.core.system import Event, Property, Question, Step, System, Trace
from policydsl.core.walk import children
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy, set_name, visible_state
from policydsl.front.types import BooleanType, DateType, NumberType, Type, show_value
from policydsl.report.model import Change, Fact, Given, Setting, StepKind, Story, StoryStep
from policydsl.report.record import record
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Env, State, Stepped

_SO_FAR, _PERMITTED, _ROWS = ".so_far", ".permitted", ".rows"
"""What lowering appends to a name: the value of a count, whether an act is permitted, how many rows fit."""


def tell(policy: LoadedPolicy, question: Question, trace: Trace) -> Story:
    """Return the story of `trace`, a history of the question's system, with what the question looks at in its end."""
    system = replace(question.system, obligations=())
    states: list[State] = [trace.initial]
    steps: list[StoryStep] = []
    for each in trace.steps:
        result = interpret.step(system, trace.parameters, states[-1], each)
        assert isinstance(result, Stepped)
        steps.append(tell_step(policy, system, each, states[-1], result))
        states.append(result.state)
    return Story(
        show_day(int(trace.initial[TODAY])),
        tuple(_settings(policy, question, trace)),
        tuple(_initial(policy, system, trace.initial)),
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


def _settings(policy: LoadedPolicy, question: Question, trace: Trace) -> Iterator[Setting]:
    """Yield the parameters and readings that the question can see."""
    seen = policy.influence.seen(replace(question, trigger=None))
    for p in question.system.parameters:
        if p.name in seen:
            value = trace.parameters[p.name]
            is_default = p.default is not None and value == p.default
            yield Setting(p.name, input_of(policy, p.name, value, p.sort), p.is_reading, is_default)


def _initial(policy: LoadedPolicy, system: System, state: State) -> Iterator[tuple[str, str]]:
    """Yield the states whose first value the policy leaves open."""
    free = {v.name for v in system.variables if v.initial is None}
    for name, (type_, value) in visible_state(policy, state).items():
        if name in free:
            yield name, show_value(value, type_)


# --- what the claim looks at ---------------------------------------------------------------------


def _facts(policy: LoadedPolicy, question: Question, trace: Trace, states: list[State]) -> Iterator[Fact]:
    """Yield the values, in the last step, of the names that the property mentions itself."""
    system, claim = question.system, question.property
    if trace.steps:
        env = interpret.between(system, trace.parameters, states[-2], trace.steps[-1], states[-1])
        env = replace(env, view=View.AFTER)
    else:
        env = interpret.alone(system, trace.parameters, states[-1])
    mentioned: dict[str, dict[View, str]] = {}
    for name, view in _mentions(claim):
        fact = _fact(policy, name, replace(env, view=view))
        if fact is not None:
            mentioned.setdefault(fact[0], {})[view] = fact[1]
    for name, values in mentioned.items():
        yield Fact(name, values.get(View.AFTER), values.get(View.BEFORE))


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


def _fact(policy: LoadedPolicy, name: str, env: Env) -> tuple[str, str] | None:
    """Return what the state, count, definition, table or permission `name` is called, and its value."""
    for suffix, prefix, type_ in ((_PERMITTED, "permitted ", BooleanType()), (_ROWS, "rows of ", _COUNT)):
        if name.endswith(suffix) and name in env.definitions:
            value = interpret.evaluate(env.definitions[name].body, env)
            return prefix + name.removesuffix(suffix), show_value(value, type_)
    declared = name.removesuffix(_SO_FAR).removesuffix(SET_SUFFIX)
    symbol = policy.symbols.get(declared.partition("[")[0])
    if symbol is None or symbol.kind not in {"state", "count", "definition", "table"}:
        return None
    known = declared + _SO_FAR if symbol.kind == "count" else declared
    made = env.definitions[known].body if known in env.definitions else None
    if made is None and known not in env.before:
        return None
    value = env.after[known] if made is None else interpret.evaluate(made, env)
    if made is None and env.view is View.BEFORE:
        value = env.before[known]
    return declared, _shown(known, value, symbol.type or _COUNT, env)


_COUNT = NumberType("count")


def _shown(name: str, value: Value, type_: Type, env: Env) -> str:
    if isinstance(type_, DateType) and type_.optional:
        if name + SET_SUFFIX in env.definitions:
            present = interpret.holds(env.definitions[name + SET_SUFFIX].body, env)
        else:
            state = env.before if env.view is View.BEFORE else env.after
            present = bool(state[set_name(name)])
        return show_value(value if present else None, type_)
    return show_value(value, type_)


def input_of(policy: LoadedPolicy, name: str, value: Value, sort: Sort) -> str:
    """Return the value of the input or parameter `name` as the language writes it."""
    symbol = policy.symbols.get(name)
    if symbol is not None and symbol.type is not None:
        return show_value(value, symbol.type)
    if isinstance(sort, BoolSort):
        return "yes" if value else "no"
    return str(value) if isinstance(value, Fraction) else show_core(value, sort)


def observed(policy: LoadedPolicy, name: str, env: Env) -> str | None:
    """Return what the state, count, definition, table or permission `name` is in `env`; None where there is none."""
    fact = _fact(policy, name, env)
    return None if fact is None else fact[1]
