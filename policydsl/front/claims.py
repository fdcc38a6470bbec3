"""Claims: each becomes a question about the policy's system, or about that system with a monitor beside it."""

from dataclasses import replace

from policydsl.base.calendar import Rounding
from policydsl.base.diagnostic import Diagnostic
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, conjuncts, defined_or, happens, in_steps, where_schedules_look
from policydsl.core.expr import BOOL, DATE, FALSE, TRUE, Expr, View
from policydsl.core.moves import single
from policydsl.core.system import Case, Parameter, Property, Question, Schedule, System, Update, Variable
from policydsl.core.walk import definition_table, nodes, written_out
from policydsl.core.walk import names as names_in
from policydsl.front.between import Asked, compare
from policydsl.front.drift import seen_from_both_ends
from policydsl.front.elaborate import check, condition, elaborate
from policydsl.front.facts import facts
from policydsl.front.influence import direct_reads, mentioned
from policydsl.front.load_policy import Wording
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.front.ranges import range_of
from policydsl.front.relations import Setting
from policydsl.front.scope import RESERVED, AlreadyWrongError, Scope, WrongError, in_clause, labels, unknown, wrong
from policydsl.front.typed import DATE_TYPE, TODAY, Env, at_rest, constant, in_step
from policydsl.front.types import DateType, Type, sort_of
from policydsl.syntax import ast


def lower_claim(node: ast.Claim, wording: Wording, found: list[Diagnostic]) -> LoadedClaim | None:
    """Return the claim as a question; None if anything is wrong (see `found`)."""
    try:
        return _claim(node, *wording)
    except WrongError as error:
        found.append(in_clause(error.diagnostic, ""))
    except AlreadyWrongError:
        pass
    return None


def _claim(node: ast.Claim, policy: LoadedPolicy, scope: Scope) -> LoadedClaim:
    _references(node, policy, scope)
    setting = _for_every(node, Setting(policy.system, scope, {}))
    for e in node.under:
        setting = replace(setting, system=_under(e, setting))
    asked = _form(node, setting)
    question = Question(node.name.text, asked.system, asked.property, asked.trigger)
    return LoadedClaim(
        node.name.text,
        node.kind,
        node.sentence.value,
        labels(node.labels),
        tuple(c.number for c in node.cites),
        tuple(r.text for r in node.protects),
        node.span,
        _word(node.form),
        asked.possible,
        node.expect.verdict,
        tuple(r.text for r in node.expect.readings),
        question,
        _unmodelled(question, policy),
        asked.pair,
        asked.phases,
        asked.begun,
    )


def _word(form: ast.ClaimForm) -> str:
    match form:
        case ast.Always():
            return "always"
        case ast.Never():
            return "never"
        case ast.Possible():
            return "possible"
        case ast.After():
            return "after"
        case ast.Within():
            return "within"
        case ast.Covers() | ast.NoOverlap():
            return "table"
        case ast.Between():
            return "between"


def _references(node: ast.Claim, policy: LoadedPolicy, scope: Scope) -> None:
    known = [c.number for c in policy.clauses]
    for cited in node.cites:
        if cited.number not in known:
            unknown_clause(cited, known)
    for role in node.protects:
        symbol = scope.symbols.get(role.text)
        if symbol is None or symbol.kind != "role":
            unknown(role, "role", [s.name for s in scope.symbols.values() if s.kind == "role"])
    readings = [r.name for r in policy.readings]
    for reading in node.expect.readings:
        if reading.text not in readings:
            unknown(reading, "reading", readings)


def unknown_clause(cited: ast.ClauseRef, known: list[str]) -> None:
    """Raise "no such clause"."""
    try:
        unknown(ast.Name(cited.span, cited.number), "clause", known)
    except WrongError as error:
        raise WrongError(replace(error.diagnostic, code="E0207")) from None


def _for_every(node: ast.Claim, setting: Setting) -> Setting:
    if not node.for_every:
        return setting  # the very same system: whoever works something out about it does so once for all claims
    system, scope = setting.system, setting.scope
    rigid: dict[str, Type] = {}
    parameters, assumptions = list(system.parameters), list(system.assumptions)
    for value in node.for_every:
        name = value.name.text
        if name in scope.symbols or name in scope.values or name in rigid:
            wrong("E0202", value.name.span, f"`{name}` is already a name of the policy", hint="choose another")
        if name in RESERVED or "." in name:
            wrong("E0203", value.name.span, f"`{name}` cannot be a name")
        type_ = scope.resolve_type(value.type)
        if isinstance(type_, DateType) and type_.optional:
            wrong("E0302", value.type.span, "what a claim speaks of for every value always has one",
                  hint="write `date`, and say in a claim of its own what holds where there is none")  # fmt: skip
        if isinstance(node.form, ast.Possible):
            wrong("E0205", value.span, "`possible` asks for one history, `for every` for one of each value",
                  hint="write a claim for each value that matters")  # fmt: skip
        rigid[name] = type_
        made = core.Var(name, sort_of(type_))
        parameters.append(Parameter(name, made.sort, None, is_reading=False, clause=""))
        limits = range_of(value.type, made, type_, at_rest(scope))
        if limits != TRUE:
            assumptions.append(limits)
    return Setting(replace(system, parameters=tuple(parameters), assumptions=tuple(assumptions)), scope, rigid)


def _under(e: ast.Expr, setting: Setting) -> System:
    """Restrict the system to parameters, readings and inputs that satisfy `e`.

    What is said of parameters alone restricts them in every history, whatever else the line says of inputs. Where it is
    undefined, it restricts nothing.
    """
    system, scope = setting.system, setting.scope
    env = replace(in_step(scope, tuple(scope.events)), rigid=setting.rigid)
    about: dict[str, list[Expr]] = {}
    said = condition(e, env)
    for part in [defined_or(env.partial, said)] if env.partial else conjuncts(said):
        about.setdefault(_about(e, part, system), []).append(part)
    if "" in about:
        said_of_parameters = written_out(conjunction(about.pop("")), definition_table(system))
        system = replace(system, assumptions=(*system.assumptions, said_of_parameters))
    events = tuple(
        replace(event, guard=conjunction([event.guard, *about.get(event.name, ())])) for event in system.events
    )
    return replace(system, events=events) if about else system


def _about(e: ast.Expr, part: Expr, system: System) -> str:
    """Return the event whose inputs `part` of `e` speaks of; none if it speaks of parameters alone."""
    inputs = {i.name: event.name for event in system.events for i in event.inputs}
    mentioned = names_in(part, definition_table(system))
    foreign = sorted(mentioned - {p.name for p in system.parameters} - set(inputs))
    if foreign:
        wrong("E0205", e.span, f"`under` fixes parameters, readings and inputs; `{foreign[0]}` is none of these",
              hint="say conditions on the state in the claim itself: `after ... when ...`")  # fmt: skip
    events = {inputs[n] for n in mentioned if n in inputs}
    if len(events) > 1:
        wrong("E0205", e.span, "a condition of `under` speaks of the inputs of one event",
              hint="say one for each event, joined by `and`, or in a line of its own")  # fmt: skip
    return next(iter(events), "")


def _form(node: ast.Claim, setting: Setting) -> Asked:
    form, system = node.form, setting.system
    rest = replace(at_rest(setting.scope), rigid=setting.rigid)
    match form:
        case ast.Always(condition=e):
            trigger = condition(e.left, replace(rest, partial=[])) if isinstance(e, ast.Implies) else None
            return Asked(system, Property(conjunction([condition(e, rest), *rest.partial]), TRUE), trigger)
        case ast.Never(condition=e):
            return Asked(system, Property(conjunction([core.Not(condition(e, rest)), *rest.partial]), TRUE))
        case ast.Possible(trigger=None, condition=e):
            reached = conjunction([condition(e, rest), *rest.partial])
            return Asked(system, Property(core.Not(reached), TRUE), possible=True)
        case ast.Possible(trigger=trigger_, condition=e):
            assert trigger_ is not None
            happened, env = _trigger(trigger_, setting)
            reached = core.And((happened, conjunction([condition(e, env), *env.partial])))
            return Asked(system, Property(TRUE, core.Not(reached)), possible=True)
        case ast.After(trigger=trigger_, condition=e):
            happened, env = _trigger(trigger_, setting)
            said = core.Or((core.Not(happened), condition(e, env)))
            return Asked(system, Property(TRUE, conjunction([said, *_defined(trigger_, env)])), happened)
        case ast.Within():
            return _within(node.name.text, form, setting)
        case ast.Covers():
            return _covers(form, system, rest)
        case ast.NoOverlap(table=table):
            rows = core.Use(f"{_table(table, setting.scope).name.text}.rows", core.INT)
            once = core.Less(rows, core.IntLit(1), strict=False)
            return _of_table(table, once, system, setting.scope)
        case ast.Between():
            return compare(form, setting)


def _trigger(trigger: ast.Trigger, setting: Setting) -> tuple[Expr, Env]:
    scope = setting.scope
    steps = scope.event_names(trigger.events, steps=True)
    events = steps if all(s in scope.events for s in steps) else ()
    env = replace(in_step(scope, events, View.AFTER), rigid=setting.rigid)
    happened = happens(steps) if steps else TRUE
    if trigger.when is None:
        return happened, env
    guard = condition(trigger.when, env)
    return conjunction([happened, guard]), env.given(guard, facts(trigger.when, env, holds=True))


def _defined(trigger: ast.Trigger, env: Env) -> list[Expr]:
    """Return that what a claim on `trigger`, elaborated in `env`, speaks of is defined in its steps.

    A claim that reads what is undefined does not hold.
    """
    steps = env.scope.event_names(trigger.events, steps=True)
    return [core.Or((core.Not(happens(steps)), needed)) if steps else needed for needed in env.partial]


def _within(name: str, form: ast.Within, setting: Setting) -> Asked:
    """Watch the earliest deadline still open: it must not pass before the condition has held.

    That is the one which opened first, unless days too many are carried over into the next month.

    The condition is looked at after every step. Where it reads the calendar, time alone may make it true: then it is
    also looked at at the start of every step's day and, by a schedule of the monitor's own, of the day of the deadline;
    where it may come and go between two such days, of every day.
    """
    system, scope = setting.system, setting.scope
    happened, at_hand = _trigger(form.trigger, setting)
    rest = replace(at_rest(scope), rigid=setting.rigid)
    reached = conjunction([condition(form.condition, rest), *rest.partial])
    name = _own_name(name, system)
    pending, due = core.Var(f"{name}.pending", BOOL), core.Var(f"{name}.due", DATE)
    sum_, own = ast.Sum(form.span, ast.Name(form.span, core.TODAY), (("+", form.duration),), None), at_rest(scope)
    deadline = check(sum_, own, DATE_TYPE).expr
    timeless = not names_in(reached, definition_table(system)) & {core.TODAY, core.CLOCK}
    still: Expr = pending if timeless else core.And((pending, core.Not(reached)))
    again = core.At(View.AFTER, happened)
    start = core.And((again, core.Not(still)))
    late = core.At(View.BEFORE, core.And((pending, core.Less(due, TODAY, strict=True))))
    now = Case(None, core.At(View.AFTER, reached), FALSE, "")
    variables = [
        Variable(pending.name, BOOL, FALSE, "", hidden=True),
        Variable(due.name, DATE, scope.unset, "", hidden=True),
    ]
    deadlines = [Case(None, start, deadline, "")]
    if form.duration.unit == "months" and scope.month_ends is Rounding.OVERFLOW:
        deadlines.append(Case(None, core.And((again, core.Less(deadline, due, strict=True))), deadline, ""))
    changes = [
        Update(due.name, tuple(deadlines)),
        Update(pending.name, (now, Case(None, start, TRUE, ""), Case(None, core.Not(still), FALSE, ""))),
    ]
    schedules = system.schedules
    if not timeless:
        if seen_from_both_ends(reached, definition_table(system)):
            looks = f"{name}.deadline"
            looked = core.Var(f"{name}.looked", BOOL)
            variables.append(Variable(looked.name, BOOL, FALSE, "", hidden=True))
            changes.append(
                Update(looked.name, (Case(None, start, FALSE, ""), Case(frozenset({looks}), TRUE, TRUE, "")))
            )
            look = Schedule(looks, core.And((pending, core.Not(looked))), due, "")
        else:
            waiting = core.And((pending, core.Less(TODAY, due, strict=True)))
            look = Schedule(f"{name}.day", waiting, core.AddDays(TODAY, core.IntLit(1)), "")
        schedules = (*schedules, look)
    watched = replace(
        system,
        variables=(*system.variables, *variables),
        updates=(*system.updates, *changes),
        schedules=schedules,
    )
    defined = _defined(form.trigger, at_hand)
    defined += [core.At(View.BEFORE, core.Or((core.Not(again), needed))) for needed in own.partial]
    return Asked(watched, Property(TRUE, conjunction([core.Not(late), *defined])), happened)


def _own_name(name: str, system: System) -> str:
    """Return the name of a monitor of the claim `name`: that one, unless the policy calls something of its own so."""
    inputs = (i.name for e in system.events for i in e.inputs)
    known = {*inputs, *(v.name for v in system.variables), *(s.name for s in system.schedules)}
    taken = any(each.startswith(f"{name}.") for each in known)
    return f"{name}/claim" if taken else name  # no name of a policy has a stroke


def _table(name: ast.Name, scope: Scope) -> ast.Table:
    if name.text not in scope.tables:
        unknown(name, "table", scope.tables)
    return scope.tables[name.text]


def _of_table(name: ast.Name, needed: Expr, system: System, scope: Scope) -> Asked:
    """Return that what is `needed` of a table holds wherever that is read."""
    on = scope.on.get(name.text, ())
    if on:
        return Asked(system, Property(TRUE, in_steps(on, needed)), happens(on))
    return Asked(system, Property(needed, where_schedules_look(needed, system.schedules, definition_table(system))))


def _covers(form: ast.Covers, system: System, rest: Env) -> Asked:
    scope = rest.scope
    table = _table(form.table, scope)
    rows = core.Use(f"{table.name.text}.rows", core.INT)
    some = core.Less(core.IntLit(1), rows, strict=False)
    if form.low is None or form.high is None:
        return _of_table(form.table, some, system, scope)
    if len(table.inputs) != 1:
        wrong("E0307", form.span, f"`{table.name.text}` has {len(table.inputs)} columns; a range needs exactly one",
              hint="write `covers everything`")  # fmt: skip
    on = scope.on.get(table.name.text, ())
    env = in_step(scope, on) if on else rest
    value = elaborate(table.inputs[0], env)
    bounds = replace(env, partial=[])
    low, high = (check(b, bounds, value.type).expr for b in (form.low, form.high))
    first, last = constant(low), constant(high)
    if first is not None and last is not None and first > last:
        wrong("E0304", form.span, "this range is upside down", hint="write the lower bound first")
    within = core.And((core.Less(low, value.expr, strict=False), core.Less(value.expr, high, strict=False)))
    inside = defined_or(bounds.partial, within if value.present is None else core.And((value.present, within)))
    asked = _of_table(form.table, core.Or((core.Not(inside), some)), system, scope)
    trigger = core.And((happens(on), core.At(View.BEFORE, inside))) if on else inside
    return replace(asked, trigger=trigger)


def _unmodelled(question: Question, policy: LoadedPolicy) -> tuple[str, ...]:
    """Return the clauses not formalised that affect something the question can see."""
    affecting = [c for c in policy.clauses if c.affects]
    if not affecting:
        return ()
    exprs = (question.property.state, question.property.step)
    own = [u for u in question.system.updates if u.variable not in policy.influence.direct]
    roots = frozenset().union(*map(mentioned, exprs), *direct_reads(own).values())
    steps = {n.step for e in exprs for n in nodes(e) if isinstance(n, core.Happens)}
    seen = set(policy.influence.cone(map(single, roots))) | {single(step) for step in steps}
    inputs = {i.name for event in policy.system.events for i in event.inputs}
    seen |= {name.split(".", 1)[1] for name in seen & inputs}
    seen |= {name.removesuffix(".n").removesuffix(".so_far") for name in seen}
    return tuple(c.number for c in affecting if any(a in seen for a in c.affects))
