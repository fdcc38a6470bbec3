"""Rules and schedules: what changes state; and the question whether two rules can disagree."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.expr import BOOL, DATE, FALSE, INT, TRUE, Expr, View
from policydsl.core.system import Case, Property, Schedule, Update, Variable
from policydsl.core.walk import mentioned, names
from policydsl.front.draft import Draft, by_priority, conjunction, exclusive, happens, in_steps
from policydsl.front.elaborate import check, condition, index_choices
from policydsl.front.facts import facts
from policydsl.front.loaded import SET_SUFFIX, Symbol, last_firing, set_name
from policydsl.front.scope import AlreadyWrongError, a_kind, unknown, wrong
from policydsl.front.typed import TODAY, Env, at_rest, in_step
from policydsl.front.types import DateType
from policydsl.syntax import ast

_SHORTEST = 28
"""Days that every month has."""


@dataclass(frozen=True, slots=True)
class Where:
    """The steps in which actions happen, under which condition, read in which environment."""

    steps: tuple[str, ...]
    guard: Expr
    env: Env
    clause: str


def lower_rule(node: ast.Rule, clause: str, draft: Draft) -> None:
    """Add the cases of a rule on events."""
    steps = draft.scope.event_names(node.events, steps=True)
    env = step_env(draft, steps)
    guard: Expr = TRUE
    if node.when is not None:
        guard = condition(node.when, env)
        env = env.given(guard, facts(node.when, env, holds=True))
    where = Where(steps, guard, env, clause)
    lower_actions(node.actions, where, draft)
    draft.owe_defined(f"the rule on {' or '.join(steps)} in clause {clause}", env.partial, steps, clause)
    key = f"rule:{clause}:{'-'.join(steps)}"
    never = core.Or((core.Not(happens(steps)), core.At(View.BEFORE, core.Not(guard))))
    draft.live(key, never, clause, f"the rule on {' or '.join(steps)} in clause {clause} never applies")


def step_env(draft: Draft, steps: tuple[str, ...]) -> Env:
    """Return where rules on `steps` are read: the inputs of events are at hand, a schedule brings none."""
    events = tuple(s for s in steps if s in draft.scope.events)
    return in_step(draft.scope, events if events == steps else ())


def lower_actions(actions: Iterable[ast.Action], where: Where, draft: Draft) -> None:
    """Add the cases of `actions`; mistakes are collected one by one."""
    for action in actions:
        match action:
            case ast.WhenBlock(condition=cond, actions=inner):
                made = condition(cond, where.env)
                env = where.env.given(made, facts(cond, where.env, holds=True))
                lower_actions(inner, Where(where.steps, conjunction([where.guard, made]), env, where.clause), draft)
            case ast.SetAction():
                draft.attempt(where.clause, partial(_set, action, where, draft))


def _set(action: ast.SetAction, where: Where, draft: Draft) -> None:
    env, guard = where.env, where.guard
    if action.when is not None:
        made = condition(action.when, env)
        env, guard = env.given(made, facts(action.when, env, holds=True)), conjunction([guard, made])
    name = action.target if isinstance(action.target, ast.Name) else action.target.name
    symbol = draft.scope.symbols.get(name.text)
    if name.text in draft.scope.broken:
        raise AlreadyWrongError
    if symbol is None:
        unknown(name, "state", [s.name for s in draft.scope.symbols.values() if s.kind == "state"])
    if symbol.kind != "state" or symbol.type is None or "." in symbol.name:
        wrong("E0316", name.span, f"`{name.text}` is {a_kind(symbol.kind)}; only declared state can be set")
    draft.scope.used.add(symbol.name)
    targets = _targets(action.target, symbol, env)
    value = check(action.value, env, symbol.type)
    steps = frozenset(where.steps)
    for choice, target in targets:
        for n in env.partial:  # of this action, and of those before it in the rule
            draft.need(in_steps(where.steps, n), (target, target + SET_SUFFIX))
        full = conjunction([guard, choice])
        draft.rules.setdefault(target, []).append(Case(steps, full, value.expr, where.clause))
        if isinstance(symbol.type, DateType) and symbol.type.optional:
            present = TRUE if value.present is None else value.present
            draft.rules.setdefault(target + SET_SUFFIX, []).append(Case(steps, full, present, where.clause))


def _targets(target: ast.Name | ast.Indexed | ast.Every, symbol: Symbol, env: Env) -> list[tuple[Expr, str]]:
    """Return (condition, variable) for each variable that may be set."""
    if isinstance(target, ast.Name):
        if symbol.index:
            wrong("E0205", target.span, f"`{target.text}` is one variable for each value of its index",
                  hint=f"write `{target.text}[{symbol.index[0]}]`, or `{target.text}[every]`")  # fmt: skip
        return [(TRUE, symbol.name)]
    if not symbol.index:
        wrong("E0205", target.name.span, f"`{target.name.text}` has no index")
    if isinstance(target, ast.Every):
        return [(TRUE, f"{symbol.name}[{v}]") for v in symbol.index]
    return [(g, f"{symbol.name}[{v}]") for g, v in index_choices(target.index, symbol, env)]


# --- schedules -----------------------------------------------------------------------------------


def lower_schedule(node: ast.Schedule, clause: str, draft: Draft) -> None:
    """Add a schedule and the cases of its actions."""
    scope = draft.scope
    env = at_rest(scope)
    name = node.name.text
    armed: Expr = TRUE
    if node.condition is not None:
        armed = condition(node.condition, env)
        env = env.given(armed, facts(node.condition, env, holds=True))
        draft.timeless.append((node.condition.span, clause, armed))
    if isinstance(node.recurrence, ast.OnDay):
        due, known = _due_once(node.recurrence, clause, env, draft)
        armed = conjunction([armed, known])
        last, fired = core.Var(last_firing(name), DATE), core.Var(set_name(last_firing(name)), BOOL)
        draft.variables.append(Variable(last.name, DATE, scope.unset, clause, hidden=True))
        draft.variables.append(Variable(fired.name, BOOL, FALSE, clause, hidden=True))
        armed = conjunction([armed, core.Not(core.And((fired, core.Equal(due, last))))])
        draft.awaited[name] = (due, known)
        draft.bookkeeping[last.name] = [Case(frozenset({name}), TRUE, due, clause)]
        draft.bookkeeping[fired.name] = [Case(frozenset({name}), TRUE, TRUE, clause)]
        again = core.And((armed, core.Less(due, TODAY, strict=False)))
        rests = core.Or((core.Not(core.Happens(name)), core.Not(again)))
        sentence = f"the schedule `{name}` comes to rest on each day"
        draft.owe("rest", f"rest:{name}", Property(TRUE, rests), (clause,), sentence)
    else:
        due = recurring(node.recurrence)
        draft.recurrences[name] = node.recurrence
    draft.schedules.append(Schedule(name, armed, due, clause))
    draft.owe_defined(f"the schedule `{name}`", env.partial, None, clause)
    draft.live(f"schedule:{name}", core.Not(core.Happens(name)), clause, f"the schedule `{name}` never fires")
    own_actions(name, node.actions, clause, draft)


def own_actions(name: str, actions: Iterable[ast.Action], clause: str, draft: Draft) -> None:
    """Add what the schedule `name` does."""
    env = in_step(draft.scope, ())
    lower_actions(actions, Where((name,), TRUE, env, clause), draft)
    draft.owe_defined(f"what `{name}` does", env.partial, (name,), clause)


def _due_once(node: ast.OnDay, clause: str, env: Env, draft: Draft) -> tuple[Expr, Expr]:
    from_none = check(node.date, env, DateType(optional=True))
    draft.timeless.append((node.date.span, clause, from_none.expr))
    known = TRUE if from_none.present is None else from_none.present
    return (core.AddDays(from_none.expr, core.IntLit(1)) if node.after else from_none.expr), known


def forbid_today(draft: Draft) -> None:
    """Report each schedule whose day or condition looks at today, by itself or through definitions.

    It would be read on the day reached before: whether the schedule fires would depend on what else happens to fire
    first, and on days on which nothing happens.
    """
    table = {d.name: d for d in draft.definitions}
    for span, clause, made in draft.timeless:
        if not names(made, table) & _DAYS:
            continue
        through = [d for d in draft.definitions if d.name in mentioned(made)[1] and names(d.body, table) & _DAYS]
        how = f", as `{through[0].name.partition('.')[0]}` does" if through else ""
        message = f"a schedule's day and condition cannot look at today{how}"
        hint = "name the date it waits for: `the day after DATE`"
        draft.found.append(Diagnostic("E0314", span, message, clause, hint=hint))


_DAYS = frozenset((core.TODAY, core.CLOCK))


def past_at_the_start(draft: Draft) -> None:
    """Let no schedule fire for a day that is not after the one on which the history starts.

    First values read those declared before them, so these are written last. A date that starts as none is of no day.
    """
    first = {v.name: v.initial for v in draft.variables}
    for name, (due, known) in draft.awaited.items():
        if isinstance(known, core.Var) and first.get(known.name) == FALSE:
            continue
        over = conjunction([known, core.Less(due, TODAY, strict=False)])
        begun = {last_firing(name): due, set_name(last_firing(name)): over}
        own = [replace(v, initial=begun[v.name]) for v in draft.variables if v.name in begun]
        draft.variables = [v for v in draft.variables if v.name not in begun] + own


def recurring(node: ast.Recurring) -> Expr:
    """Return the next day of the recurrence strictly after `today` (the date reached so far)."""
    month = core.MonthOf(TODAY)
    match node:
        case ast.EachWeek(weekday=weekday):
            ahead = core.Remainder(core.Add((core.IntLit(weekday - 1), core.Scale(-1, core.Weekday(TODAY)))), 7)
            return core.AddDays(TODAY, core.Add((ahead, core.IntLit(1))))
        case ast.EachMonth(day=day):
            return _next(month, 1, day)
        case ast.EachYear(month=of_year, day=day):
            return _next(_month_of_year(month, of_year), 12, day, can_be_now=of_year > 1)


_DONE = core.Var("day.done", INT)
"""The place, of the schedule that fired last on the day reached; past all once anything else did."""


def order_the_day(draft: Draft) -> None:
    """Let a recurring schedule still fire on the day reached where one before it in the text has fired.

    A recurring schedule waits for a day after the day reached. When another has fired at the start of that very day,
    that day is reached; those later in the text are still to come. After an event or a passage its start is over, also
    where one that waits for a date that is past fires then, and so it is for those before one that fires after it.
    """
    begins = core.Less(core.Var(core.CLOCK, DATE), TODAY, strict=True)
    cases: list[Case] = []
    for i, s in enumerate(draft.schedules):
        place = core.IntLit(i)
        if s.name in draft.recurrences:
            cases.append(Case(frozenset({s.name}), TRUE, place, s.clause))
        else:
            further = core.Or((begins, core.Less(_DONE, place, strict=True)))
            cases += [
                Case(frozenset({s.name}), further, place, s.clause),
                Case(frozenset({s.name}), TRUE, _DONE, s.clause),
            ]
    found = False
    for i, s in enumerate(draft.schedules):
        own = draft.recurrences.get(s.name)
        earlier = [draft.recurrences.get(other.name) for other in draft.schedules[:i]]
        if own is not None and any(other is None or not _apart(own, other) for other in earlier):
            found = True
            still = core.And((core.Less(_DONE, core.IntLit(i), strict=True), _falls_on_today(own)))
            draft.schedules[i] = replace(s, due=core.Ite(still, TODAY, s.due))
    if found:
        over = core.IntLit(len(draft.schedules))
        draft.variables.append(Variable(_DONE.name, INT, over, "", hidden=True))
        draft.bookkeeping[_DONE.name] = [*cases, Case(None, TRUE, over, "")]


def _apart(one: ast.Recurring, other: ast.Recurring) -> bool:
    """Return whether no day is a day of both recurrences, as far as their days show it."""
    match one, other:
        case ast.EachWeek(), ast.EachWeek():
            return one.weekday != other.weekday
        case ast.EachYear(), ast.EachYear():
            same = one.day == other.day or min(one.day, other.day) >= _SHORTEST  # 29 February is mostly the 28th
            return one.month != other.month or not same
        case ((ast.EachYear() | ast.EachMonth()), (ast.EachYear() | ast.EachMonth())):
            days = (one.day, other.day)
            return one.day != other.day and all(day is not None and day <= _SHORTEST for day in days)
        case _:
            return False


def _falls_on_today(node: ast.Recurring) -> Expr:
    month = core.MonthOf(TODAY)
    match node:
        case ast.EachWeek(weekday=weekday):
            return core.Equal(core.Weekday(TODAY), core.IntLit(weekday))
        case ast.EachMonth(day=day):
            return core.Equal(TODAY, _day_of(month, day))
        case ast.EachYear(month=of_year, day=day):
            return core.Equal(TODAY, _day_of(_month_of_year(month, of_year), day))


def _month_of_year(month: Expr, of_year: int) -> Expr:
    """Return the month number `of_year` of the year of `month`."""
    return core.Add((core.Scale(12, core.Quotient(month, 12)), core.IntLit(of_year - 1)))


def _next(month: Expr, step: int, day: int | None, *, can_be_now: bool = False) -> Expr:
    """Return day `day` (None: the last) of `month`, or where that is not after today, of `step` months later."""
    later = core.MonthStart(core.Add((month, core.IntLit(step))))
    if day == 1 and not can_be_now:
        return later
    this = _day_of(month, day)
    following = _day_of(core.Add((month, core.IntLit(step))), day)
    return core.Ite(core.Less(TODAY, this, strict=True), this, following)


def _day_of(month: Expr, day: int | None) -> Expr:
    end = core.AddDays(core.MonthStart(core.Add((month, core.IntLit(1)))), core.IntLit(-1))
    if day is None:
        return end
    wanted = core.AddDays(core.MonthStart(month), core.IntLit(day - 1))
    if day <= _SHORTEST:
        return wanted
    return core.Ite(core.Less(wanted, end, strict=False), wanted, end)


# --- all together --------------------------------------------------------------------------------


def updates(draft: Draft) -> list[Update]:
    """Return what every variable becomes, exceptions first, and owe that no two rules disagree."""
    made = []
    for variable in draft.variables:
        if variable.name in draft.rules:
            cases = by_priority(draft.rules[variable.name], lambda c: c.clause, draft.scope)
            owe_agreement(variable.name.removesuffix(SET_SUFFIX), cases, draft)
            made.append(Update(variable.name, tuple(cases)))
        elif variable.name in draft.bookkeeping:
            made.append(Update(variable.name, tuple(draft.bookkeeping[variable.name])))
    return made


def owe_agreement(name: str, cases: Sequence[Case], draft: Draft, *, within_clause: bool = True) -> None:
    """For every two cases of which neither is the exception, owe that they agree wherever both apply.

    Without `within_clause`, cases of one clause are alternatives in order and cannot disagree. Cases of no step are
    those of a definition that is read in every state.
    """
    for j, later in enumerate(cases):
        for earlier in cases[:j]:
            steps = (earlier.steps or frozenset()) & (later.steps or frozenset())
            always = not earlier.steps and not later.steps
            if earlier.clause == later.clause and not within_clause:
                continue
            if not (steps or always) or draft.scope.makes_exception(earlier.clause, later.clause):
                continue
            if earlier.value == later.value or exclusive(earlier.guard, later.guard):
                continue
            above = [c for c in cases[:j] if _overrides(c, earlier, draft) or _overrides(c, later, draft)]
            owed = draft.disputes.setdefault((name, earlier.clause, later.clause), [])
            for step in sorted(steps):
                overridden = [core.Not(c.guard) for c in above if step in (c.steps or ())]
                agreed = in_steps((step,), _agree(earlier, later, overridden))
                owed.append(Property(TRUE, agreed))
                draft.need(agreed, (name, name + SET_SUFFIX))
            if always:
                agreed = _agree(earlier, later, [core.Not(c.guard) for c in above])
                owed.append(Property(agreed, TRUE))
                draft.need(agreed, (name, name + SET_SUFFIX))


def _agree(one: Case, other: Case, overridden: Sequence[Expr]) -> Expr:
    """Return that two cases have one value where both apply and nothing goes before them."""
    both = conjunction([one.guard, other.guard, *overridden])
    return core.Not(core.And((both, core.Not(core.Equal(one.value, other.value)))))


def _overrides(one: Case, other: Case, draft: Draft) -> bool:
    return draft.scope.makes_exception(one.clause, other.clause)


def settle_disputes(draft: Draft) -> None:
    """Owe, for each name and pair of clauses (or single clause), that what was gathered above never happens."""
    for (name, one, other), parts in draft.disputes.items():
        owed = Property(conjunction([p.state for p in parts]), conjunction([p.step for p in parts]))
        where = f"clause {one}" if one == other else f"clauses {one} and {other}"
        key, sentence = f"conflict:{name}:{one}:{other}", f"the rules of {where} never give `{name}` two values at once"
        draft.owe("conflict", key, owed, (one, other), sentence)
