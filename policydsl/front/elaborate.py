"""Expressions: from the surface to the typed core in one go, each with its type (elaboration).

Units never mix; optional dates must be guarded before they are used; every partial operation leaves a
definedness condition behind. Mistakes are raised as `WrongError` and collected, one per expression.
"""

from dataclasses import replace
from fractions import Fraction
from typing import NoReturn, assert_never

from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.expr import FALSE, TRUE, Expr, View
from policydsl.front.arithmetic import add_numbers, add_to_date, boundary, negative, part, quotient, times
from policydsl.front.compare import TURNED, compared, inside, one_of, ordered, within_cap
from policydsl.front.facts import facts, key_of, mark
from policydsl.front.loaded import Symbol
from policydsl.front.names import index_sort, is_value, permitted, read_name, rows_of, table_named, table_part, variable
from policydsl.front.scope import AlreadyWrongError, unknown, wrong
from policydsl.front.typed import (
    BOOLEAN,
    DATE_TYPE,
    DAYS,
    INTEGER,
    MONTHS,
    Env,
    TwoHistories,
    Typed,
    at_rest,
    fits,
    in_step,
    join,
    mismatch,
    shown,
)
from policydsl.front.types import DateType, EnumType, MoneyType, NumberType, PercentType, Type, show_type
from policydsl.syntax import ast


def elaborate(e: ast.Expr, env: Env, expected: Type | None = None) -> Typed:
    """Return `e` in the core with its type; a bare number takes the unit of `expected`."""
    typed = _elaborate(e, env, expected)
    if env.two is not None and isinstance(e, ast.Name | ast.Indexed | ast.Permitted | ast.RowsOf | ast.Includes):
        typed = _in_both(e, typed, env.two)
    if typed.bare and isinstance(expected, NumberType):
        return replace(typed, type=expected, bare=False)
    return typed


def _in_both(e: ast.Expr, typed: Typed, two: TwoHistories) -> Typed:
    """Return what `e` is in both histories, or in the one meant. Raises WrongError where that may differ."""
    if two.own is not None:
        return two.seen(typed, two.own)
    one, other = two.seen(typed, "first"), two.seen(typed, "second")
    if one != other:
        wrong("E0317", e.span, "this may differ between the two histories",
              hint="say which is meant: write `in the first history` or `in the second history` behind it")  # fmt: skip
    return one


def _in_history(e: ast.InHistory, env: Env, expected: Type | None) -> Typed:
    if env.two is None:
        wrong("E0317", e.span, "there are no two histories here of which one could be meant",
              hint=f"remove `in the {e.which} history`")  # fmt: skip
    own = mark(e.which)
    known = frozenset((name.removeprefix(own), view) for name, view in env.known if name.startswith(own))
    inner = replace(env, two=None, known=known, path=(), partial=[])
    typed = elaborate(e.arg, inner, expected)
    seen = (env.two.seen(Typed(needed, BOOLEAN), e.which).expr for needed in inner.partial)
    env.partial.extend(core.Or((*map(core.Not, env.path), needed)) for needed in seen)
    return env.two.seen(typed, e.which)


def check(e: ast.Expr, env: Env, expected: Type) -> Typed:
    """Return `e` as an expression of the type `expected`. Raises WrongError where it is of another."""
    typed = elaborate(e, env, expected)
    if not fits(typed, expected):
        mismatch(e.span, typed.type, expected)
    if isinstance(expected, DateType) and expected.optional:
        return replace(typed, type=expected)
    if isinstance(typed.type, DateType) and typed.present is not None:
        wrong("E0302", e.span, "this date may be none here",
              hint="say what none means: `... is not none and ...`, or `if ... is none then ... else ...`")  # fmt: skip
    return typed


def condition(e: ast.Expr, env: Env) -> Expr:
    """Return `e` as a Boolean expression of the core."""
    return check(e, env, BOOLEAN).expr


def _elaborate(e: ast.Expr, env: Env, expected: Type | None) -> Typed:  # noqa: PLR0915  one case per form
    match e:
        case ast.Integer(value=value, points=points):
            if points:
                return Typed(core.IntLit(value), NumberType("points"))
            if isinstance(expected, PercentType | MoneyType) and value == 0:
                return Typed(core.RatLit(Fraction(0)), expected)
            return Typed(core.IntLit(value), INTEGER, bare=True)
        case ast.Decimal():
            wrong("E0301", e.span, "a number with decimals needs a unit", hint="write a percentage or a currency")
        case ast.Percent(value=share):
            return Typed(core.RatLit(share), PercentType())
        case ast.Money(value=amount, currency=currency):
            return Typed(core.RatLit(amount), MoneyType(currency))
        case ast.DateLiteral(text=text, day=day):
            if day is None:
                wrong("E0305", e.span, f"the date {text} does not exist")
            return Typed(core.DateLit(day), DATE_TYPE)
        case ast.NoneLiteral():
            return Typed(env.scope.unset, DateType(optional=True), present=FALSE)
        case ast.Boolean(value=truth):
            return Typed(TRUE if truth else FALSE, BOOLEAN)
        case ast.Duration(amount=amount_, unit=unit):
            return Typed(core.IntLit(amount_), NumberType(unit))
        case ast.Name():
            return read_name(e, env, expected)
        case ast.Indexed():
            return _indexed(e, env)
        case ast.Not(arg=arg):
            return Typed(core.Not(condition(arg, env)), BOOLEAN)
        case ast.And(args=args):
            return Typed(core.And(_chain(args, env, holds=True)), BOOLEAN)
        case ast.Or(args=args):
            return Typed(core.Or(_chain(args, env, holds=False)), BOOLEAN)
        case ast.Implies(left=left, right=right):
            a, b = _chain((left, right), env, holds=True)
            return Typed(core.Or((core.Not(a), b)), BOOLEAN)
        case ast.Conditional():
            return _conditional(e, env, expected)
        case ast.Compare():
            return _compare(e, env)
        case ast.IsNone(arg=arg, negated=negated):
            typed = elaborate(arg, env)
            if not isinstance(typed.type, DateType):
                wrong("E0302", e.span, f"only a date can be none; this is of type {show_type(typed.type)}")
            return Typed(typed.there if negated else core.Not(typed.there), BOOLEAN)
        case ast.In():
            return _in(e, env)
        case ast.Includes():
            return _includes(e, env)
        case ast.Sum():
            return _sum(e, env, expected)
        case ast.Product():
            return _product(e, env)
        case ast.Quotient(arg=arg, divisor=divisor):
            return quotient(e.span, elaborate(arg, env, expected), divisor)
        case ast.Negative(arg=arg):
            return negative(e.span, elaborate(arg, env, expected))
        case ast.Part():
            return part(e.part, check(e.arg, env, DATE_TYPE).expr)
        case ast.Boundary():
            return boundary(e, check(e.arg, env, DATE_TYPE).expr)
        case ast.Distance(unit=unit_, start=start, end=end):
            first, last = check(start, env, DATE_TYPE).expr, check(end, env, DATE_TYPE).expr
            if unit_ == "days":
                return Typed(core.DaysBetween(first, last), DAYS)
            return Typed(core.Add((core.MonthOf(last), core.Scale(-1, core.MonthOf(first)))), MONTHS)
        case ast.Old(arg=arg):
            return _shifted(arg, env, View.BEFORE, e.span, expected)
        case ast.New(arg=arg):
            return _shifted(arg, env, View.AFTER, e.span, expected)
        case ast.Permitted(act=act):
            return permitted(act, env)
        case ast.RowsOf(table=table):
            return rows_of(table, env)
        case ast.Extreme():
            return _extreme(e, env, expected)
        case ast.InHistory():
            return _in_history(e, env, expected)
        case ast.EverythingSame():
            if env.two is None:
                wrong("E0317", e.span, "there are no two histories here that could be the same")
            return Typed(env.two.alike, BOOLEAN)
        case _:
            assert_never(e)


def _chain(args: tuple[ast.Expr, ...], env: Env, *, holds: bool) -> tuple[Expr, ...]:
    """Elaborate left to right: each is read only where those before it hold (or, for `or`, do not)."""
    done = []
    for arg in args:
        made = condition(arg, env)
        done.append(made)
        env = env.given(made if holds else core.Not(made), facts(arg, env, holds=holds))
    return tuple(done)


def _indexed(e: ast.Indexed, env: Env) -> Typed:
    symbol = env.scope.symbols.get(e.name.text)
    if e.name.text in env.scope.broken:
        raise AlreadyWrongError
    if symbol is None:
        unknown(e.name, "state", [s.name for s in env.scope.symbols.values() if s.index])
    if not symbol.index or symbol.type is None:
        wrong("E0205", e.name.span, f"`{e.name.text}` has no index")
    env.scope.used.add(symbol.name)
    choices = index_choices(e.index, symbol, env)
    *others, (_, last) = [(guard, variable(f"{symbol.name}[{value}]", symbol.type, env)) for guard, value in choices]
    made, present = last.expr, last.present
    for guard, one in reversed(others):
        made = core.Ite(guard, one.expr, made)
        if present is not None or one.present is not None:  # known of one variable, it is not known of the others
            present = core.Ite(guard, one.there, present or TRUE)
    if key_of(e, env) in env.known:
        present = None  # whichever variable is meant: the guard spoke of the same one
    return Typed(made, symbol.type if present is not None else _required(symbol.type), present)


def _required(type_: Type) -> Type:
    return DATE_TYPE if isinstance(type_, DateType) else type_


def index_choices(index: ast.Expr, symbol: Symbol, env: Env) -> list[tuple[Expr, str]]:
    """Return (condition, index value) for each variable that `symbol[index]` may mean; one for a constant index."""
    declared = index_sort(symbol, env.scope)
    typed = elaborate(index, env, None if declared is None else EnumType(declared))
    if declared is not None:
        if typed.type != EnumType(declared):
            mismatch(index.span, typed.type, EnumType(declared))
        if isinstance(typed.expr, core.EnumLit):
            return [(TRUE, typed.expr.value)]
        return [(core.Equal(typed.expr, core.EnumLit(declared, v)), v) for v in symbol.index]
    if not isinstance(typed.type, NumberType):
        wrong("E0301", index.span, f"this is of type {show_type(typed.type)}, but a number is needed as index")
    if isinstance(typed.expr, core.IntLit):
        if str(typed.expr.value) not in symbol.index:
            wrong("E0306", index.span, f"the index goes from {symbol.index[0]} to {symbol.index[-1]}")
        return [(TRUE, str(typed.expr.value))]
    low, high = core.IntLit(int(symbol.index[0])), core.IntLit(int(symbol.index[-1]))
    inside = core.And((core.Less(low, typed.expr, strict=False), core.Less(typed.expr, high, strict=False)))
    env.partial.append(core.Or((*map(core.Not, env.path), inside)))
    return [(core.Equal(typed.expr, core.IntLit(int(v))), v) for v in symbol.index]


def _shifted(arg: ast.Expr, env: Env, view: View, span: Span, expected: Type | None) -> Typed:
    word = "old" if view is View.BEFORE else "new"
    if env.events is None:
        wrong("E0213", span, f"`{word}` has no meaning here: no step is at hand",
              hint="use it in rules on events, or in claims that start with `after`")  # fmt: skip
    inner = replace(env, view=view, forced=True, path=(), partial=[])
    typed = elaborate(arg, inner, expected)
    env.partial.extend(core.Or((*map(core.Not, env.path), core.At(view, needed))) for needed in inner.partial)
    return shown(typed, view)


def _includes(e: ast.Includes, env: Env) -> Typed:
    if not isinstance(e.table, ast.Name):
        wrong("E0205", e.table.span, "the name of a table is needed here")
    table = table_named(e.table, env)
    if table.hit is not ast.Hit.ALL:
        wrong("E0205", e.table.span, f"`{e.table.text}` gives one value; `includes` is for tables with `all rows`",
              hint=f"write `{e.table.text} is ...`")  # fmt: skip
    type_ = env.scope.symbols[e.table.text].type
    assert type_ is not None
    value, on = check(e.value, env, type_), env.scope.on.get(e.table.text)
    if on and env.view is View.AFTER:
        value = shown(value, env.view)  # the table is read before the step, and not what is looked for
    own = in_step(env.scope, on) if on else at_rest(env.scope)
    hits = tuple(
        core.And((core.Use(f"{e.table.text}.row{i}", core.BOOL), compared("=", (r.span, given), (e.value.span, value))))
        for i, r, given in ((i, r, check(r.value, own, type_)) for i, r in enumerate(table.rows, start=1))
    )
    return Typed(table_part(e.table, core.Or(hits), env), BOOLEAN)


def _pair(left: ast.Expr, right: ast.Expr, env: Env) -> tuple[Typed, Typed]:
    """Elaborate two expressions that must be of one type; each helps the other."""
    if is_value(left, env) and not is_value(right, env):
        b, a = _pair(right, left, env)
        return a, b
    a = elaborate(left, env)
    b = elaborate(right, env, a.type)
    if a.bare and not b.bare:
        a = elaborate(left, env, b.type)
    if a.type != b.type and not (isinstance(a.type, DateType) and isinstance(b.type, DateType)):
        mismatch(right.span, b.type, a.type)
    return a, b


def _compare(e: ast.Compare, env: Env) -> Typed:
    parts: list[Expr] = []
    left = e.first
    for op, right in e.rest:
        parts.append(_compare_two(op, left, right, env))
        left = right
    return Typed(parts[0] if len(parts) == 1 else core.And(tuple(parts)), BOOLEAN)


def _compare_two(op: ast.CompareOp, left: ast.Expr, right: ast.Expr, env: Env) -> Expr:
    a, b = _pair(left, right, env)
    within_cap(op, left, right, b, env)
    within_cap(TURNED[op], right, left, a, env)
    return compared(op, (left.span, a), (right.span, b))


def _in(e: ast.In, env: Env) -> Typed:
    typed = elaborate(e.arg, env)
    inside = _inside(typed, e, env)
    return Typed(core.Not(inside) if e.negated else inside, BOOLEAN)


def _inside(typed: Typed, e: ast.In, env: Env) -> Expr:
    match e.container:
        case ast.Interval():
            return within(typed, e.arg, e.container, env)
        case ast.SetOf(items=items):
            return one_of((e.arg, typed), [(i, check(i, env, typed.type)) for i in items], env)
        case ast.Name(text=text):
            if text not in env.scope.subsets:
                unknown(e.container, "subset", env.scope.subsets)
            env.scope.used.add(text)
            sort, values = env.scope.subsets[text]
            if typed.type != EnumType(sort):
                mismatch(e.arg.span, typed.type, EnumType(sort))
            return core.Or(tuple(core.Equal(typed.expr, core.EnumLit(sort, v)) for v in values))


def within(typed: Typed, e: ast.Expr, interval: ast.Interval, env: Env) -> Expr:
    """Return the condition that `e`, elaborated to `typed`, lies in `interval`."""
    ordered(typed, e.span)
    low = None if interval.low is None else check(interval.low, env, typed.type)
    high = None if interval.high is None else check(interval.high, env, typed.type)
    return inside((e, typed), interval, low, high, env)


def _sum(e: ast.Sum, env: Env, expected: Type | None) -> Typed:
    total = elaborate(e.first, env, expected)
    if isinstance(total.type, DateType):
        return _date_sum(e, total, env)
    for sign, term in e.rest:
        typed = elaborate(term, env, None if total.bare else total.type)
        total = add_numbers(total, sign, typed, term.span)
    if e.rounding is not None:
        _no_months(e)
    return total


def _date_sum(e: ast.Sum, total: Typed, env: Env) -> Typed:
    """Return a date with durations added: first all months at once, so that they are rounded once, then the days."""
    if total.present is not None:
        wrong("E0302", e.first.span, "this date may be none here",
              hint="write `... is not none and ...`, in a rule behind `when`, in a schedule `while`")  # fmt: skip
    terms = [(sign, elaborate(term, env), term.span) for sign, term in e.rest]
    months = [each for each in terms if each[1].type == MONTHS]
    if e.rounding is not None and not months:
        _no_months(e)
    if len(months) > 1:
        (sign, amount, span), *others = months
        amount = amount if sign == "+" else negative(span, amount)
        for other, more, at in others:
            amount = add_numbers(amount, other, more, at)
        months = [("+", amount, span)]
    for sign, typed, span in (*months, *(each for each in terms if each[1].type != MONTHS)):
        total = add_to_date(total, sign, typed, (e, span), env)
    return total


def _no_months(e: ast.Sum) -> NoReturn:
    wrong("E0310", e.span, "`rounding` is for months added to a date; none are added here", hint="remove it")


def _product(e: ast.Product, env: Env) -> Typed:
    total = elaborate(e.factors[0], env)
    for factor in e.factors[1:]:
        total = times(e, total, elaborate(factor, env), factor.span)
    return total


def _extreme(e: ast.Extreme, env: Env, expected: Type | None) -> Typed:
    alone = [elaborate(a, replace(env, partial=[]), expected) for a in e.args]
    unit = next((typed.type for typed in alone if not typed.bare), expected)  # numbers without a unit take that one
    made = elaborate(e.args[0], env, unit)
    ordered(made, e.args[0].span)
    for arg in e.args[1:]:
        typed = elaborate(arg, env, unit)
        ordered(typed, arg.span)
        if typed.type != made.type:
            mismatch(arg.span, typed.type, made.type)
        low, high = (made.expr, typed.expr) if e.which == "min" else (typed.expr, made.expr)
        made = replace(made, expr=core.Ite(core.Less(low, high, strict=False), made.expr, typed.expr))
    return made


def _conditional(e: ast.Conditional, env: Env, expected: Type | None) -> Typed:
    cond = condition(e.cond, env)
    yes = env.given(cond, facts(e.cond, env, holds=True))
    no = env.given(core.Not(cond), facts(e.cond, env, holds=False))
    then, otherwise = elaborate(e.then, yes, expected), elaborate(e.otherwise, no, expected)
    if then.bare and not otherwise.bare:
        then = elaborate(e.then, yes, otherwise.type)
    elif otherwise.bare and not then.bare:
        otherwise = elaborate(e.otherwise, no, then.type)
    return join(cond, then, otherwise, e.otherwise.span)
