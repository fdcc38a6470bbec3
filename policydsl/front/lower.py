"""From declarations to the core: sugar goes away, meaning stays. One pass over the policy in document order."""

from dataclasses import replace
from functools import partial

from policydsl.base import calendar
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, defined_or
from policydsl.core.expr import BOOL, DATE, FALSE, TRUE, Expr
from policydsl.core.share import Sharing
from policydsl.core.system import Event, Input, Parameter, System, Variable
from policydsl.core.walk import names as names_in
from policydsl.core.walk import uses, written_out
from policydsl.core.wellformed import complaints
from policydsl.front.draft import Draft
from policydsl.front.elaborate import check, condition
from policydsl.front.facts import facts
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy
from policydsl.front.lower_counts import declare_amount, lower_count
from policydsl.front.lower_defines import defined_names, lower_define
from policydsl.front.lower_duties import lower_duty
from policydsl.front.lower_rules import lower_rule, settle_disputes, updates
from policydsl.front.lower_schedules import forbid_today, lower_schedule, order_the_day, past_at_the_start
from policydsl.front.lower_tables import lower_table
from policydsl.front.order import Cycle, ordered
from policydsl.front.ranges import constant_value, in_every_state, in_range, range_of
from policydsl.front.scope import Home, Scope, WrongError, a_kind, unknown, wrong
from policydsl.front.typed import TODAY, Env, Typed, at_rest, in_step
from policydsl.front.types import DateType, sort_of
from policydsl.syntax import ast


def lower(
    title: str, start: calendar.Day, scope: Scope, found: list[Diagnostic], beside: LoadedPolicy | None = None
) -> tuple[System | None, Draft]:
    """Return the meaning of the policy declared in `scope`; None if anything is wrong (see `found`).

    `start` is the first day on which a history may begin. Beside another wording, what stands for no date where nobody
    can see it (else: `start`) is what it is there, and what has the same meaning is one object with it.
    """
    scope.unset = core.DateLit(start if beside is None else beside.header.histories_from)
    draft = Draft(scope, found)
    draft.starts.append(core.Less(core.DateLit(start), TODAY, strict=False))
    for home in scope.homes:
        draft.attempt(home.clause, partial(_prepare, home, draft))
    for home in scope.homes:
        draft.attempt(home.clause, partial(_lower, home, draft))
    for group in defined_names(scope):
        draft.attempt(group[0].clause, partial(lower_define, group, draft))
    for span, clause, assumed in draft.assumed:
        draft.attempt(clause, partial(_of_parameters, span, assumed, draft))
    draft.settle_opening()
    past_at_the_start(draft)
    forbid_today(draft)
    order_the_day(draft)
    changes = updates(draft)
    draft.rule_out_nothing_undefined()
    settle_disputes(draft)
    draft.see_what_schedules_see()
    if any(d.is_error for d in found):
        return None, draft
    result = ordered(draft.definitions, changes)
    if isinstance(result, Cycle):
        _report_cycle(result.names, draft)
        return None, draft
    table = {d.name: d for d in result.definitions}
    for _, clause, assumed in draft.assumed:
        behind = {table[name].clause for name in uses((assumed,), table)}
        draft.conditions.append((written_out(assumed, table), frozenset({clause, *behind})))
    system = System(
        title,
        tuple(draft.parameters),
        tuple(written_out(e, table) for e in draft.assumptions),  # so that they show of what they speak
        tuple(draft.variables),
        tuple(draft.starts),
        result.definitions,
        tuple(draft.events),
        tuple(draft.schedules),
        result.updates,
        tuple(draft.obligations),
    )
    wrongs = complaints(system)
    if wrongs:
        raise AssertionError("lowering made an ill-formed system: " + "; ".join(wrongs))
    sharing = Sharing(None if beside is None else beside.system)
    draft.liveness = [sharing.obligation(o) for o in draft.liveness]
    return sharing.system(system), draft


def _report_cycle(cycle: tuple[str, ...], draft: Draft) -> None:
    symbols = draft.scope.symbols
    bare = [n.partition(".")[0].partition("[")[0] for n in cycle]
    declared = [n for n in cycle if n in symbols] or [n for n in bare if n in symbols]
    declared = list(dict.fromkeys(declared))
    first = min(range(len(declared)), key=lambda i: symbols[declared[i]].span)
    declared = [*declared[first:], *declared[:first]]
    symbol = symbols[declared[0]]
    chain = " -> ".join(f"`{n}`" for n in [*declared, declared[0]])
    message = f"these depend on each other without end: {chain}"
    draft.found.append(Diagnostic("E0204", symbol.span, message, symbol.clause or None))


def _prepare(home: Home, draft: Draft) -> None:
    """Learn what every expression may need: on which events names are defined, and the types of sums."""
    scope = draft.scope
    match home.node:
        case ast.Define(name=name, on=on) | ast.Table(name=name, on=on):
            scope.on[name.text] = scope.event_names(on, steps=True)
        case ast.Count():
            declare_amount(home.node, draft)
        case _:
            pass


def _lower(home: Home, draft: Draft) -> None:
    node, clause = home.node, home.clause
    match node:
        case ast.Parameter():
            _parameter(node, clause, draft)
        case ast.Assume():
            _assume(node, clause, draft)
        case ast.Reading():
            sort = draft.scope.enums[node.name.text]
            default = next(o.name.text for o in node.options if o.default)
            draft.parameters.append(Parameter(node.name.text, sort, default, is_reading=True, clause=clause))
        case ast.State():
            _state(node, clause, draft)
        case ast.Event():
            _event(node, clause, draft)
        case ast.Count():
            lower_count(node, clause, draft)
        case ast.Table():
            lower_table(node, clause, draft)
        case ast.Rule():
            lower_rule(node, clause, draft)
        case ast.Schedule():
            lower_schedule(node, clause, draft)
        case ast.Duty():
            lower_duty(node, clause, draft)
        case ast.Define() | ast.ExceptionTo() | ast.Role() | ast.Enumeration() | ast.Subset():
            pass


# --- parameters and state ------------------------------------------------------------------------


def _parameter(node: ast.Parameter, clause: str, draft: Draft) -> None:
    env = at_rest(draft.scope)
    type_ = draft.scope.resolve_type(node.type)
    if isinstance(type_, DateType) and type_.optional:
        wrong("E0302", node.type.span, "a parameter always has a value")
    default = None
    if node.default is not None:
        default = constant_value(node.default, type_, env)
        in_range(default, node.type, type_, node.default, env)
    sort = sort_of(type_)
    draft.parameters.append(Parameter(node.name.text, sort, default, is_reading=False, clause=clause))
    limits = range_of(node.type, core.Var(node.name.text, sort), type_, env)
    if limits != TRUE:
        draft.assumptions.append(limits)
        draft.conditions.append((limits, frozenset({clause})))


def _assume(node: ast.Assume, clause: str, draft: Draft) -> None:
    env = at_rest(draft.scope)
    made = defined_or(env.partial, condition(node.condition, env))
    _of_parameters(node.span, made, draft)
    draft.assumed.append((node.span, clause, made))
    draft.assumptions.append(made)
    draft.owe_defined("an assumption", env.partial, None, clause)


def _of_parameters(span: Span, assumed: Expr, draft: Draft) -> None:
    """Refuse what is `assumed` of anything but parameters that are declared by now."""
    foreign = sorted(names_in(assumed, {d.name: d for d in draft.definitions}) - {p.name for p in draft.parameters})
    if foreign:
        wrong("E0205", span, f"`assume` speaks of parameters only, not of `{foreign[0]}`",
              hint="declare the parameters above this line")  # fmt: skip


def _state(node: ast.State, clause: str, draft: Draft) -> None:
    scope = draft.scope
    env, limited, type_ = at_rest(scope), at_rest(scope), scope.symbols[node.name.text].type
    assert type_ is not None
    optional = isinstance(type_, DateType) and type_.optional
    initial: Typed | None = None
    if node.initial is not None:
        initial = check(node.initial, env, type_)
        _only_parameters(node.initial, initial.expr, draft)
    elif optional and node.starts_where is None:
        initial = Typed(scope.unset, type_, present=FALSE)
    elif node.starts_where is None:
        wrong("E0319", node.name.span, f"`{node.name.text}` does not say how it starts",
              hint="write `= VALUE`, or `starts where CONDITION`")  # fmt: skip
    index = scope.symbols[node.name.text].index
    for name in [f"{node.name.text}[{i}]" for i in index] or [node.name.text]:
        sort = sort_of(type_)
        value = None if initial is None else initial.expr
        draft.variables.append(Variable(name, sort, value, clause))
        if optional:
            present = None if initial is None else initial.there
            draft.variables.append(Variable(name + SET_SUFFIX, BOOL, present, clause))
            if initial is None:
                unset = core.Equal(core.Var(name, DATE), scope.unset)
                draft.starts.append(core.Or((core.Var(name + SET_SUFFIX, BOOL), unset)))
        limits = range_of(node.type, core.Var(name, sort), type_, limited)
        if limits != TRUE:
            owed = core.Or((core.Not(core.Var(name + SET_SUFFIX, BOOL)), limits)) if optional else limits
            sentence = f"`{name}` stays within its range"
            draft.owe("definedness", f"range:{name}", in_every_state(owed), (clause,), sentence)
    draft.owe_defined(f"the range of `{node.name.text}`", limited.partial, None, clause)
    if node.starts_where is not None:
        made = condition(node.starts_where, env)
        draft.starts.append(defined_or(env.partial, made))
        draft.conditions.append((draft.starts[-1], frozenset({clause})))
    draft.opening += [(node.name.text, needed, clause) for needed in env.partial]


def _only_parameters(e: ast.Expr, made: Expr, draft: Draft) -> None:
    known = {p.name for p in draft.parameters} | {core.TODAY}
    foreign = sorted(names_in(made, {}) - known)
    if foreign:
        wrong("E0205", e.span, f"a starting value may use parameters and today only, not `{foreign[0]}`",
              hint="say how states are related in the beginning with `starts where` instead of `=`")  # fmt: skip


# --- events --------------------------------------------------------------------------------------


def _event(node: ast.Event, clause: str, draft: Draft) -> None:
    scope, name = draft.scope, node.name.text
    if node.by is not None:
        _role(node.by, scope)
    rest = at_rest(scope)
    env = in_step(scope, (name,))
    inputs, guards = [], []
    for item in node.fields:
        full = f"{name}.{item.name.text}"
        type_ = scope.resolve_type(item.type)
        default = None
        if item.default is not None:
            default = constant_value(item.default, type_, rest)
            in_range(default, item.type, type_, item.default, rest)
        if item.by is not None:
            _role(item.by, scope)
        made = core.Var(full, sort_of(type_))
        inputs.append(Input(full, made.sort, default, None if item.by is None else item.by.text, clause))
        limits = range_of(item.type, made, type_, rest)
        if limits != TRUE:
            guards.append(limits)
    permitted = []
    at = rest
    for e in node.when:
        permitted.append(_without_facts(e, at, node))
        at = at.given(permitted[-1], facts(e, at, holds=True))
    draft.define(f"{name}.permitted", BOOL, conjunction(permitted), clause)
    draft.owe_defined(f"the condition of `{name}`", rest.partial, None, clause)
    for e in node.where:
        own = replace(env, partial=[])
        guards.append(defined_or(own.partial, condition(e, own)))
        draft.owe_defined(f"a `where` of `{name}`", own.partial, (name,), clause)
    guard = conjunction([core.Use(f"{name}.permitted", BOOL), *guards]) if permitted else conjunction(guards)
    actor = None if node.by is None else node.by.text
    draft.events.append(Event(name, node.kind, actor, tuple(inputs), guard, clause))
    word = "take place" if node.kind == "occurrence" else "be permitted"
    draft.live(f"event:{name}", core.Not(core.Happens(name)), clause, f"`{name}` can never {word}")


def _without_facts(e: ast.Expr, at: Env, event: ast.Event) -> Expr:
    """Return the condition `e` of `event`, which cannot look at what comes with it."""
    try:
        return condition(e, at)
    except WrongError as error:
        if error.diagnostic.code != "E0212":
            raise
        word = "possible" if event.kind == "occurrence" else "permitted"
        open_ = f"`{word} when` says when `{event.name.text}` is open at all"
        hint = f"{open_}; what it asks of its facts is a line `where ...`"
        raise WrongError(replace(error.diagnostic, hint=hint)) from None


def _role(name: ast.Name, scope: Scope) -> None:
    symbol = scope.symbols.get(name.text)
    if symbol is None:
        unknown(name, "role", [s.name for s in scope.symbols.values() if s.kind == "role"])
    if symbol.kind != "role":
        wrong("E0205", name.span, f"`{name.text}` is {a_kind(symbol.kind)}, but a role is needed here")
    scope.used.add(name.text)
