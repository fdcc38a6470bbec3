"""What an expression means, said to a solver: the symbolic twin of `evaluate`, case for case in the same order."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

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
    BoolSort,
    DateLit,
    DateSort,
    DayInMonth,
    DaysBetween,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    IntSort,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
    RatLit,
    RatSort,
    Remainder,
    Scale,
    Sort,
    ToRat,
    Use,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import Definition
from policydsl.core.walk import default_value
from policydsl.semantics import terms as z3
from policydsl.semantics.encode_business import add_business_days
from policydsl.semantics.encode_calendar import CalendarTerms, add_months, months_exact, weekday
from policydsl.semantics.encode_sorts import any_of, conjunction, number, term_of, truth


@dataclass(slots=True)
class SymEnv:
    """Where an expression is read: the twin of `evaluate.Env`.

    `selector` is None on a state on its own; then `before` and `after` are the same frame. `place` tells
    this environment from the others of one encoding: the number of the first frame, and whether it is alone. `made` are
    the terms that were built in it, in this view.
    """

    before: Mapping[str, z3.ExprRef]
    after: Mapping[str, z3.ExprRef]
    inputs: Mapping[str, z3.ExprRef]
    selector: z3.ArithRef | None
    view: View
    place: tuple[int, bool]
    made: dict[Expr, z3.ExprRef]

    @property
    def day(self) -> z3.ArithRef:
        """The date of the step, or of the state on its own."""
        return number(self.after[TODAY])


class Expressions:
    """Expressions as terms over `parameters`, `definitions` put in, steps told by their `places`. Built once.

    `inputs` are the names of those of all events.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        parameters: Mapping[str, z3.ExprRef],
        inputs: Collection[str],
        places: Mapping[str, int],
        calendar: CalendarTerms,
    ) -> None:
        self.ctx, self.calendar = calendar.ctx, calendar
        self._definitions, self._parameters, self._places = definitions, parameters, places
        self._inputs = inputs
        self._made: dict[tuple[View, tuple[int, bool]], dict[Expr, z3.ExprRef]] = {}

    def made_in(self, view: View, place: tuple[int, bool]) -> dict[Expr, z3.ExprRef]:
        """Return the terms that were built at `place` in `view`."""
        return self._made.setdefault((view, place), {})

    def holds(self, e: Expr, env: SymEnv) -> z3.BoolRef:
        """Return `encode` of a truth value."""
        return truth(self.encode(e, env))

    def _number(self, e: Expr, env: SymEnv) -> z3.ArithRef:
        return number(self.encode(e, env))

    def encode(self, e: Expr, env: SymEnv) -> z3.ExprRef:
        """Return a term equal to `evaluate(e, env)` in every model of `env` and the calendar facts. Built once."""
        made = env.made.get(e)
        if made is None:
            made = env.made[e] = self._build(e, env)
        return made

    def _build(self, e: Expr, env: SymEnv) -> z3.ExprRef:
        match e:
            case BoolLit(value=value):
                return z3.BoolVal(value, self.ctx)
            case IntLit(value=value) | DateLit(value=value):
                return self._int(value)
            case RatLit(value=value):
                return z3.RealVal(str(value), self.ctx)
            case EnumLit(sort=sort, value=name):
                return self._int(sort.values.index(name))
            case Var():
                return self._look_up(e, env)
            case Use(name=name):
                return self.encode(self._definitions[name].body, env)
            case At(view=view, body=body):
                return self.encode(body, self.seen_from(view, env))
            case Happens(step=name):
                if env.selector is None:
                    return z3.BoolVal(False, self.ctx)  # noqa: FBT003
                return truth(env.selector == self._places[name])
            case Not(arg=a):
                return truth(z3.Not(self.holds(a, env)))
            case And(args=args):
                return conjunction([self.holds(a, env) for a in args], self.ctx)
            case Or(args=args):
                return any_of([self.holds(a, env) for a in args], self.ctx)
            case Ite():
                return self._branches(e, env)
            case Equal(left=a, right=b):
                return truth(self.encode(a, env) == self.encode(b, env))
            case Less(left=a, right=b, strict=strict):
                x, y = self._number(a, env), self._number(b, env)
                return truth(x < y if strict else x <= y)
            case Add(args=args):
                first, *rest = [self._number(a, env) for a in args]
                return number(z3.Sum(first, *rest)) if rest else first
            case Scale(factor=factor, arg=a):
                return self._factor(factor) * self._number(a, env)
            case Quotient(arg=a, divisor=divisor):
                return self._number(a, env) / divisor
            case Remainder(arg=a, divisor=divisor):
                return self._number(a, env) % divisor
            case ToRat(arg=a):
                return z3.ToReal(self._number(a, env))
            case AddDays(date=z, days=n):
                return self._number(z, env) + self._number(n, env)
            case DaysBetween(start=a, end=b):
                return self._number(b, env) - self._number(a, env)
            case MonthOf(date=z):
                return self.calendar.month_of(self._number(z, env))
            case DayInMonth(date=z):
                return self.calendar.day_in_month(self._number(z, env))
            case MonthStart(month=m):
                return self._month_start(self._number(m, env))
            case AddMonths(date=z, months=n, rounding=rounding):
                date, months = self._number(z, env), self._number(n, env)
                return add_months(self.calendar, date, months, rounding)
            case MonthsExact(date=z, months=n):
                return months_exact(self.calendar, self._number(z, env), self._number(n, env))
            case Weekday(date=z):
                return weekday(self._number(z, env))
            case AddBusinessDays(date=z, days=n, calendar=days):
                return add_business_days(self.calendar, self._number(z, env), self._number(n, env), days)
            case _:
                assert_never(e)

    def seen_from(self, view: View, env: SymEnv) -> SymEnv:
        """Return `env` in `view`; a state on its own has only one."""
        if env.selector is None or view is env.view:
            return env
        return replace(env, view=view, made=self.made_in(view, env.place))

    def _look_up(self, e: Var, env: SymEnv) -> z3.ExprRef:
        """Return the term of a name: the date, a variable, a parameter, an input, or an absent input's."""
        if e.name == TODAY:
            return env.day
        if e.name == CLOCK:
            return env.day if env.view is View.AFTER else env.before[TODAY]
        if e.name in env.before:
            return env.after[e.name] if env.view is View.AFTER else env.before[e.name]
        if e.name in self._parameters:
            return self._parameters[e.name]
        if e.name in env.inputs:
            return env.inputs[e.name]
        assert e.name in self._inputs, f"{e.name} is nothing that is known here"  # not proved of a default instead
        absent = self.absent(e.sort, env.day)
        assert absent is not None
        return absent

    def _branches(self, e: Expr, env: SymEnv) -> z3.ExprRef:
        """Return a chain of conditions, built from its end. A long table nests only here, so this loops."""
        chain: list[tuple[z3.BoolRef, z3.ExprRef]] = []
        while isinstance(e, Ite):
            chain.append((self.holds(e.cond, env), self.encode(e.then, env)))
            e = e.otherwise
        value = self.encode(e, env)
        for cond, then in reversed(chain):
            value = z3.If(cond, then, value)
        return value

    def _month_start(self, month: z3.ArithRef) -> z3.ArithRef:
        """Return the first day of `month`, and remember in which month that day lies."""
        start = self.calendar.month_start(month)
        self.calendar.name_month(start, month)
        return start

    def _factor(self, factor: int | Fraction) -> z3.ArithRef:
        return self._int(factor) if isinstance(factor, int) else z3.RealVal(str(factor), self.ctx)

    def absent(self, sort: Sort, day: z3.ArithRef) -> z3.ExprRef | None:
        """Return the term of `walk.default_value` on `day`, None if the sort is empty."""
        match sort:
            case DateSort():
                return day
            case BoolSort() | IntSort() | RatSort() | EnumSort():
                value = default_value(sort, 0)
                return None if value is None else term_of(value, sort, self.ctx)
            case _:
                assert_never(sort)

    def _int(self, value: int) -> z3.ArithRef:
        return z3.IntVal(value, self.ctx)
