"""Counts: the language owns their windows and resets."""

from dataclasses import replace
from fractions import Fraction

from policydsl.base.calendar import Rounding
from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.conditions import in_steps
from policydsl.core.expr import DATE, RAT, TRUE, Expr, Sort
from policydsl.core.system import Case, Variable
from policydsl.front.draft import Draft
from policydsl.front.elaborate import condition, elaborate
from policydsl.front.names import rolled
from policydsl.front.scope import wrong
from policydsl.front.typed import COUNT, TODAY, Env, Typed, in_step
from policydsl.front.types import MoneyType, NumberType, PercentType, sort_of
from policydsl.syntax import ast

CLOCK = core.Var(core.CLOCK, DATE)
MAX_CAP = 60
"""How many events a rolling window may tell apart."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count counts: in which steps, under which condition, how much each time."""

    name: str
    clause: str
    steps: frozenset[str]
    guard: Expr
    amount: Typed

    @property
    def sort(self) -> Sort:
        """The sort of the count's value."""
        return sort_of(self.amount.type)

    @property
    def zero(self) -> Expr:
        """Nought, in that sort."""
        return core.RatLit(Fraction(0)) if self.sort == RAT else core.IntLit(0)


def lower_count(node: ast.Count, clause: str, draft: Draft) -> None:
    """Add the variables, their updates and the definition `NAME.so_far` of a count."""
    events = draft.scope.event_names(node.events, steps=True)
    env = _env(node, draft)
    guard = TRUE if node.when is None else condition(node.when, env)
    amount = Typed(core.IntLit(1), COUNT) if node.adding is None else _amount(node, elaborate(node.adding, env))
    draft.owe_defined(f"the count `{node.name.text}`", env.partial, events, clause)
    counted = Counted(node.name.text, clause, frozenset(events), guard, amount)
    others = len(draft.variables)
    match node.window:
        case ast.RollingWindow():
            _rolling(counted, node.window, draft)
        case ast.CalendarWindow() | ast.SinceWindow() | ast.WholeWindow():
            _running(counted, node.window, draft)
    for needed in env.partial:
        draft.need(in_steps(events, needed), [v.name for v in draft.variables[others:]])


def declare_amount(node: ast.Count, draft: Draft, above: frozenset[str] = frozenset()) -> None:
    """Give a count that adds up amounts its type, before anything reads it; first the counts that it adds up itself.

    Those `above` wait for it.
    """
    scope = draft.scope
    if node.adding is None or scope.symbols[node.name.text].type is not None:
        return
    for name in ast.names_within(node.adding):
        if name.text in scope.counts and name.text not in above:
            declare_amount(scope.counts[name.text], draft, above | {node.name.text})
    typed = _amount(node, elaborate(node.adding, _env(node, draft)))
    scope.symbols[node.name.text] = replace(scope.symbols[node.name.text], type=typed.type)


def _env(node: ast.Count, draft: Draft) -> Env:
    """Return where the condition and the amount of a count are read."""
    events = draft.scope.event_names(node.events, steps=True)
    return in_step(draft.scope, events if all(e in draft.scope.events for e in events) else ())


def _amount(node: ast.Count, typed: Typed) -> Typed:
    if not isinstance(typed.type, NumberType | MoneyType | PercentType):
        assert node.adding is not None
        wrong("E0301", node.adding.span, "only numbers and amounts can be added up")
    return typed


def _running(counted: Counted, window: ast.CalendarWindow | ast.SinceWindow | ast.WholeWindow, draft: Draft) -> None:
    """One running number, rolled over by every step where the window is a calendar period."""
    name, clause = f"{counted.name}.n", counted.clause
    before, so_far = core.Var(name, counted.sort), core.Use(rolled(counted.name), counted.sort)
    more = core.Add((so_far, counted.amount.expr))
    draft.variables.append(Variable(name, counted.sort, counted.zero, clause, hidden=True))
    cases = [Case(counted.steps, counted.guard, more, clause)]
    body: Expr = before
    match window:
        case ast.CalendarWindow(unit="month"):
            body = core.Ite(core.Equal(core.MonthOf(TODAY), core.MonthOf(CLOCK)), before, counted.zero)
        case ast.CalendarWindow():
            years = (core.Quotient(core.MonthOf(d), 12) for d in (TODAY, CLOCK))
            body = core.Ite(core.Equal(*years), before, counted.zero)
        case ast.SinceWindow(events=names):
            resets = frozenset(draft.scope.event_names(names, steps=True))
            both = counted.steps & resets  # an event that starts the count afresh and is counted itself
            cases = [Case(both, counted.guard, counted.amount.expr, clause)] if both else []
            cases.append(Case(resets, TRUE, counted.zero, clause))
            if counted.steps - both:
                cases.append(Case(counted.steps - both, counted.guard, more, clause))
        case ast.WholeWindow():
            pass
    draft.define(rolled(counted.name), counted.sort, body, clause)
    draft.bookkeeping[name] = [*cases, Case(None, TRUE, so_far, clause)] if body != before else cases


def _rolling(counted: Counted, window: ast.RollingWindow, draft: Draft) -> None:
    """When the latest events leave the window (and their amounts), newest first; the value adds up those inside.

    Keeping the end of each event's window, not the event's date, means one date sum a step instead of one a slot.
    """
    if not 1 <= window.cap <= MAX_CAP:
        wrong("E0312", window.span, f"a rolling window tells 1 to {MAX_CAP} events apart")
    if window.length < 1:
        wrong("E0304", window.span, "this window is empty")
    weighed = counted.amount.expr != core.IntLit(1)
    slots = [f"{counted.name}.until{i}" for i in range(1, window.cap + 1)]
    weights = [f"{counted.name}.amount{i}" for i in range(1, window.cap + 1)] if weighed else []
    ends = _leaves(window, draft)
    if window.unit == "months" and draft.scope.month_ends is Rounding.OVERFLOW:
        _ranked(slots, weights, ends, counted, draft)
    else:
        _queue(slots, draft.scope.unset, ends, counted, draft)
        _queue(weights, counted.zero, counted.amount.expr, counted, draft)
    terms = []
    for i, slot in enumerate(slots):
        inside = core.Less(TODAY, core.Var(slot, DATE), strict=True)
        value = core.Var(weights[i], counted.sort) if weighed else core.IntLit(1)
        terms.append(core.Ite(inside, value, counted.zero))
    draft.define(rolled(counted.name), counted.sort, core.Add(tuple(terms)), counted.clause)


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


def _queue(names: list[str], empty: Expr, newest: Expr, counted: Counted, draft: Draft) -> None:
    """Variables that hold the latest values: what is counted enters at the front."""
    sort = DATE if empty == draft.scope.unset else counted.sort
    for i, name in enumerate(names):
        draft.variables.append(Variable(name, sort, empty, counted.clause, hidden=True))
        value = newest if i == 0 else core.Var(names[i - 1], sort)
        draft.bookkeeping[name] = [Case(counted.steps, counted.guard, value, counted.clause)]


def _ranked(slots: list[str], weights: list[str], ends: Expr, counted: Counted, draft: Draft) -> None:
    """Write variables as `_queue` does, but with what leaves the window last at the front.

    Where the days of a month that are too many are carried over, what comes later can leave earlier.
    """
    earlier: Expr = TRUE  # whether what is counted now goes before the slot in front
    for i, name in enumerate(slots):
        here = core.Less(core.Var(name, DATE), ends, strict=False)
        for variable, empty, newest, row in (
            (name, draft.scope.unset, ends, slots),
            *((w, counted.zero, counted.amount.expr, weights) for w in weights[i : i + 1]),
        ):
            sort = DATE if row is slots else counted.sort
            draft.variables.append(Variable(variable, sort, empty, counted.clause, hidden=True))
            shifted = newest if i == 0 else core.Ite(earlier, core.Var(row[i - 1], sort), newest)
            guard = core.And((counted.guard, here)) if counted.guard != TRUE else here
            draft.bookkeeping[variable] = [Case(counted.steps, guard, shifted, counted.clause)]
        earlier = here
