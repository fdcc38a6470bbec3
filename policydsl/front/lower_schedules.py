"""Schedules: what the calendar causes by itself, on which day, and in which order on a day."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from policydsl.base.diagnostic import Diagnostic
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction
from policydsl.core.expr import BOOL, DATE, FALSE, INT, TRUE, Expr, View
from policydsl.core.system import Case, Property, Schedule, Variable
from policydsl.core.walk import mentioned, names
from policydsl.front.draft import Draft
from policydsl.front.elaborate import check, condition
from policydsl.front.facts import facts
from policydsl.front.loaded import DAY_DONE, last_firing, set_name
from policydsl.front.lower_rules import Where, lower_actions
from policydsl.front.scope import WrongError
from policydsl.front.typed import TODAY, Env, at_rest, in_step
from policydsl.front.types import DateType
from policydsl.syntax import ast

_SHORTEST = 28
"""Days that every month has."""


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
        due, known = _due_once(node.recurrence, env)
        draft.timeless.append((node.recurrence.date.span, clause, due))
        armed = conjunction([armed, known])
        last, fired = core.Var(last_firing(name), DATE), core.Var(set_name(last_firing(name)), BOOL)
        draft.variables.append(Variable(last.name, DATE, scope.unset, clause, hidden=True))
        draft.variables.append(Variable(fired.name, BOOL, FALSE, clause, hidden=True))
        armed = conjunction([armed, core.Not(core.And((fired, core.Equal(due, last))))])
        draft.awaited[name] = _due_at_the_start(node.recurrence, node.condition, env)
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
    where = Where((name,), TRUE, env, clause, f"what `{name}` does")
    lower_actions(actions, where, draft)
    draft.owe_defined(where.what, env.partial, where.steps, clause)


def _due_once(node: ast.OnDay, env: Env) -> tuple[Expr, Expr]:
    from_none = check(node.date, env, DateType(optional=True))
    return (core.AddDays(from_none.expr, core.IntLit(1)) if node.after else from_none.expr), from_none.there


def _due_at_the_start(node: ast.OnDay, e: ast.Expr | None, env: Env) -> tuple[Expr, Expr]:
    """Return what `_due_once` does where the schedule's condition `e` need not hold, of which `env` knows.

    Of what that says of dates only that counts without which the day cannot be read. A day that is undefined is none.
    """
    needed = env.known
    for fact in sorted(env.known, key=repr):
        with suppress(WrongError):
            _due_once(node, replace(env, known=needed - {fact}, partial=[]))
            needed -= {fact}
    own = replace(env, known=needed, path=(), partial=[])
    due, known = _due_once(node, own)
    return due, conjunction([*_saying(needed, e, at_rest(env.scope)), *own.partial, known])


def _saying(said: frozenset[tuple[str, View]], e: ast.Expr | None, env: Env) -> Iterator[Expr]:
    """Yield the parts of the condition `e` that say something of what is to be `said` of dates."""
    for part in e.args if isinstance(e, ast.And) else () if e is None else (e,):
        made, known = condition(part, env), facts(part, env, holds=True)
        if known & said:
            yield made
        env = env.given(made, known)


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

    First values read those declared before them, so these are written last. A date that starts as none is of no day,
    nor is one that is reckoned from it.
    """
    unset = {core.Var(v.name, v.sort) for v in draft.variables if v.initial == FALSE}
    for name, (due, known) in draft.awaited.items():
        if not unset.isdisjoint(known.args if isinstance(known, core.And) else (known,)):
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


_DONE = core.Var(DAY_DONE, INT)
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
