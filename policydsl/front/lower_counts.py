"""Counts: the language owns their windows and resets."""

from fractions import Fraction

from policydsl.base.calendar import Rounding
from policydsl.core import expr as core
from policydsl.core.expr import DATE, RAT, TRUE, Expr, Sort
from policydsl.core.system import Case, Variable
from policydsl.front.draft import Draft
from policydsl.front.elaborate import COUNT, TODAY, Typed, check, condition, elaborate, in_step, rolled
from policydsl.front.loaded import Symbol
from policydsl.front.scope import wrong
from policydsl.front.types import MoneyType, NumberType, PercentType, Type, sort_of
from policydsl.syntax import ast

CLOCK = core.Var(core.CLOCK, DATE)
MAX_CAP = 60
"""How many events a rolling window may tell apart."""


def lower_count(node: ast.Count, clause: str, draft: Draft) -> None:
    """Add the variables, their updates and the definition `NAME.so_far` of a count."""
    events = draft.scope.event_names(node.events, steps=True)
    at_hand = tuple(e for e in events if e in draft.scope.events)
    env = in_step(draft.scope, at_hand if at_hand == events else ())
    guard = TRUE if node.when is None else condition(node.when, env)
    amount = Typed(core.IntLit(1), COUNT) if node.adding is None else _amount(node, elaborate(node.adding, env))
    draft.owe_defined(f"the count `{node.name.text}`", env.partial, events, clause)
    counted = (frozenset(events), guard)
    match node.window:
        case ast.RollingWindow():
            _rolling(node, node.window, clause, counted, amount, draft)
        case ast.CalendarWindow() | ast.SinceWindow() | ast.WholeWindow():
            _running(node, node.window, clause, counted, amount, draft)


def declare_amount(node: ast.Count, draft: Draft) -> None:
    """Give a count that adds up amounts its type, before anything reads it."""
    if node.adding is None:
        return
    events = draft.scope.event_names(node.events)
    typed = _amount(node, elaborate(node.adding, in_step(draft.scope, events)))
    old = draft.scope.symbols[node.name.text]
    draft.scope.symbols[node.name.text] = Symbol(old.name, old.kind, typed.type, old.clause, old.span, old.labels)


def _amount(node: ast.Count, typed: Typed) -> Typed:
    if not isinstance(typed.type, NumberType | MoneyType | PercentType):
        assert node.adding is not None
        wrong("E0301", node.adding.span, "only numbers and amounts can be added up")
    return typed


def _zero(type_: Type) -> Expr:
    return core.RatLit(Fraction(0)) if sort_of(type_) == RAT else core.IntLit(0)


def _running(  # noqa: PLR0913  the parts of a count
    node: ast.Count,
    window: ast.CalendarWindow | ast.SinceWindow | ast.WholeWindow,
    clause: str,
    counted: tuple[frozenset[str], Expr],
    amount: Typed,
    draft: Draft,
) -> None:
    """One running number, rolled over by every step where the window is a calendar period."""
    name, sort = f"{node.name.text}.n", sort_of(amount.type)
    events, guard = counted
    before, zero = core.Var(name, sort), _zero(amount.type)
    so_far = core.Use(rolled(node.name.text), sort)
    draft.variables.append(Variable(name, sort, zero, clause, hidden=True))
    cases = [Case(events, guard, core.Add((so_far, amount.expr)), clause)]
    body: Expr = before
    match window:
        case ast.CalendarWindow(unit="month"):
            body = core.Ite(core.Equal(core.MonthOf(TODAY), core.MonthOf(CLOCK)), before, zero)
        case ast.CalendarWindow():
            years = (core.Quotient(core.MonthOf(d), 12) for d in (TODAY, CLOCK))
            body = core.Ite(core.Equal(*years), before, zero)
        case ast.SinceWindow(events=names):
            resets = draft.scope.event_names(names, steps=True)
            both = events & set(resets)
            cases = [Case(frozenset(both), guard, amount.expr, clause)] if both else []
            if events - both:
                cases.append(Case(events - both, guard, core.Add((so_far, amount.expr)), clause))
            cases.insert(len(cases) if both else 0, Case(frozenset(resets), TRUE, zero, clause))
        case ast.WholeWindow():
            pass
    draft.define(rolled(node.name.text), sort, body, clause)
    draft.bookkeeping[name] = [*cases, Case(None, TRUE, so_far, clause)] if body != before else cases


def _rolling(  # noqa: PLR0913  the parts of a count
    node: ast.Count,
    window: ast.RollingWindow,
    clause: str,
    counted: tuple[frozenset[str], Expr],
    amount: Typed,
    draft: Draft,
) -> None:
    """When the latest events leave the window (and their amounts), newest first; the value adds up those inside.

    Keeping the end of each event's window, not the event's date, means one date sum a step instead of one a slot.
    """
    if not 1 <= window.cap <= MAX_CAP:
        wrong("E0312", window.span, f"a rolling window tells 1 to {MAX_CAP} events apart")
    if window.length < 1:
        wrong("E0304", window.span, "this window is empty")
    events, guard = counted
    sort, zero = sort_of(amount.type), _zero(amount.type)
    slots = [f"{node.name.text}.until{i}" for i in range(1, window.cap + 1)]
    weights = [f"{node.name.text}.amount{i}" for i in range(1, window.cap + 1)] if node.adding is not None else []
    _shift(slots, DATE, draft.scope.unset, _leaves(window, draft), draft, (events, guard, clause))
    if weights:
        _shift(weights, sort, zero, amount.expr, draft, (events, guard, clause))
    terms = []
    for i, slot in enumerate(slots):
        inside = core.Less(TODAY, core.Var(slot, DATE), strict=True)
        value = core.Var(weights[i], sort) if weights else core.IntLit(1)
        terms.append(core.Ite(inside, value, zero))
    draft.define(rolled(node.name.text), sort, core.Add(tuple(terms)), clause)


def _leaves(window: ast.RollingWindow, draft: Draft) -> Expr:
    """Return the first day on which what happens today is no longer in the window."""
    length = core.IntLit(window.length)
    if window.unit == "days":
        return core.AddDays(TODAY, length)
    mode = draft.scope.month_ends
    if mode is None or mode is Rounding.REFUSE:
        wrong("E0310", window.span, "a window of months needs a rule for the ends of months",
              hint="write `month ends last day` in the header")  # fmt: skip
    return core.AddMonths(TODAY, length, mode)


def _shift(  # noqa: PLR0913  a queue and what enters it
    names: list[str], sort: Sort, empty: Expr, newest: Expr, draft: Draft, counted: tuple[frozenset[str], Expr, str]
) -> None:
    events, guard, clause = counted
    for i, name in enumerate(names):
        draft.variables.append(Variable(name, sort, empty, clause, hidden=True))
        value = newest if i == 0 else core.Var(names[i - 1], sort)
        draft.bookkeeping[name] = [Case(events, guard, value, clause)]
