"""What an expression is worth: the first half of the definition. `encode` says the same to a solver, case for case.

An input of another event than the step's own has the plainest value of its sort (`walk.default_value`; for a date the
step's day), so that every expression has a value in every step.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from policydsl.base import calendar
from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.expr import (
    CLOCK,
    TODAY,
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    DateLit,
    DayInMonth,
    DaysBetween,
    EnumLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
    RatLit,
    Remainder,
    Scale,
    ToRat,
    Use,
    Value,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import Definition, Step, System
from policydsl.core.walk import default_value, definition_table


@dataclass(slots=True)
class Env:
    """Where an expression is read: two states, the step between them, and the view. Nobody changes it.

    `after` may be filled only so far as updates are computed. On a state on its own, `before` and
    `after` are that state and `step` is None. `memo` holds values of definitions; it is shared by the views.
    """

    definitions: Mapping[str, Definition]
    parameters: Mapping[str, Value]
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    step: Step | None
    view: View
    memo: dict[tuple[str, View], Value]

    @property
    def day(self) -> Day:
        """The date of the step, or of the state on its own."""
        return int(self.before[TODAY]) if self.step is None else self.step.day

    def seen_from(self, view: View) -> "Env":
        """Return the same in `view`."""
        if view is self.view:
            return self
        return Env(self.definitions, self.parameters, self.before, self.after, self.step, view, self.memo)


class _Definitions:
    """The definitions of the system asked for last, by name: one history asks for the same ones thousands of times."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Definition, ...], Mapping[str, Definition]] = ((), {})

    def of(self, system: System) -> Mapping[str, Definition]:
        last = self._last
        if last[0] is not system.definitions:
            last = self._last = (system.definitions, definition_table(system))
        return last[1]


_definitions = _Definitions()


def alone(system: System, parameters: Mapping[str, Value], state: Mapping[str, Value]) -> Env:
    """Return the view of `state` on its own."""
    return Env(_definitions.of(system), parameters, state, state, None, View.AFTER, {})


def between(
    system: System, parameters: Mapping[str, Value], before: Mapping[str, Value], step: Step, after: Mapping[str, Value]
) -> Env:
    """Return the view of the step from `before` to `after`, looking at BEFORE."""
    return Env(_definitions.of(system), parameters, before, after, step, View.BEFORE, {})


def evaluate(e: Expr, env: Env) -> Value:
    """Return the value of `e` in `env`. Total: a well-formed core expression has one."""
    value: Value = _VALUE[type(e)](e, env)
    return value


def _use(e: Use, env: Env) -> Value:
    key = (e.name, env.view)
    if key not in env.memo:
        env.memo[key] = evaluate(env.definitions[e.name].body, env)
    return env.memo[key]


def _all(e: And, env: Env) -> bool:
    for a in e.args:  # noqa: SIM110  `all` takes twice as long
        if not _VALUE[type(a)](a, env):
            return False
    return True


def _any(e: Or, env: Env) -> bool:
    for a in e.args:  # noqa: SIM110  a generator costs more than the loop
        if _VALUE[type(a)](a, env):
            return True
    return False


def _equal(e: Equal, env: Env) -> bool:
    a, b = e.left, e.right
    return evaluate(a, env) == evaluate(b, env)


def _less(e: Less, env: Env) -> bool:
    x, y = _number(e.left, env), _number(e.right, env)
    return x < y if e.strict else x <= y


def _add(e: Add, env: Env) -> Value:
    first, *rest = [_number(a, env) for a in e.args]
    return sum(rest, start=first)


def _branch(e: Expr, env: Env) -> Value:
    """Return the value of the branch that a chain of conditions comes to. A long table nests only here: a loop."""
    while isinstance(e, Ite):
        e = e.then if evaluate(e.cond, env) else e.otherwise
    return evaluate(e, env)


def _look_up(e: Var, env: Env) -> Value:
    """Return the value of a name: the date, a variable, a parameter, an input, or an absent input's."""
    if e.name == TODAY:
        return env.day
    if e.name == CLOCK:
        return env.day if env.view is View.AFTER else env.before[TODAY]
    if e.name in env.before:
        return env.after[e.name] if env.view is View.AFTER else env.before[e.name]
    if e.name in env.parameters:
        return env.parameters[e.name]
    if env.step is not None and e.name in env.step.inputs:
        return env.step.inputs[e.name]
    value = default_value(e.sort, env.day)
    assert value is not None
    return value


def _months_later(e: AddMonths, env: Env) -> Day:
    return calendar.add_months(integer(e.date, env), integer(e.months, env), e.rounding)


def _months_exact(e: MonthsExact, env: Env) -> bool:
    return calendar.month_addition_exact(integer(e.date, env), integer(e.months, env))


def _business_days_later(e: AddBusinessDays, env: Env) -> Day:
    return calendar.add_business_days(integer(e.date, env), max(integer(e.days, env), 0), e.calendar)


_VALUE: Mapping[type, Callable[[Any, Env], Any]] = {
    **dict.fromkeys((BoolLit, IntLit, RatLit, DateLit, EnumLit), lambda e, _: e.value),
    Var: _look_up,
    Use: _use,
    At: lambda e, env: evaluate(e.body, env.seen_from(e.view)),
    Happens: lambda e, env: env.step is not None and env.step.name == e.step,
    Not: lambda e, env: not _VALUE[type(e.arg)](e.arg, env),
    And: _all,
    Or: _any,
    Ite: _branch,
    Equal: _equal,
    Less: _less,
    Add: _add,
    Scale: lambda e, env: e.factor * _number(e.arg, env),
    Quotient: lambda e, env: integer(e.arg, env) // e.divisor,
    Remainder: lambda e, env: integer(e.arg, env) % e.divisor,
    ToRat: lambda e, env: Fraction(integer(e.arg, env)),
    AddDays: lambda e, env: integer(e.date, env) + integer(e.days, env),
    DaysBetween: lambda e, env: integer(e.end, env) - integer(e.start, env),
    MonthOf: lambda e, env: calendar.month_of(integer(e.date, env)),
    DayInMonth: lambda e, env: calendar.day_in_month(integer(e.date, env)),
    MonthStart: lambda e, env: calendar.month_start(integer(e.month, env)),
    AddMonths: _months_later,
    MonthsExact: _months_exact,
    Weekday: lambda e, env: calendar.weekday(integer(e.date, env)),
    AddBusinessDays: _business_days_later,
}
"""The value of each kind of expression, in the order of `encode`. A table, not a `match`: it takes half of the time."""


def holds(e: Expr, env: Env) -> bool:
    """Return the value of the truth-valued `e` in `env`."""
    return bool(_VALUE[type(e)](e, env))


def _number(e: Expr, env: Env) -> int | Fraction:
    """Return the value of `e`, an integer, rational or date."""
    value: int | Fraction = _VALUE[type(e)](e, env)
    return value


def integer(e: Expr, env: Env) -> int:
    """Return the value of `e`, an integer or date."""
    value: int = _VALUE[type(e)](e, env)
    return value
