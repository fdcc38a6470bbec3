"""Expressions: from the surface to the typed core in one go, each with its type (elaboration).

Units never mix; optional dates must be guarded before they are used; every partial operation leaves a
definedness condition behind. Mistakes are raised as `WrongError` and collected, one per expression.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import assert_never

from policydsl.base.calendar import Rounding
from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.expr import (
    DATE,
    FALSE,
    INT,
    TRUE,
    Expr,
    View,
)
from policydsl.front.loaded import SET_SUFFIX, Symbol
from policydsl.front.scope import WEEKDAY, AlreadyWrongError, Scope, unknown, wrong
from policydsl.front.types import (
    BooleanType,
    DateType,
    EnumType,
    MoneyType,
    NumberType,
    PercentType,
    Type,
    show_type,
    sort_of,
)
from policydsl.syntax import ast

TODAY = core.Var(core.TODAY, DATE)
DATE_TYPE = DateType()
BOOLEAN = BooleanType()
DAYS, MONTHS, COUNT, INTEGER = NumberType("days"), NumberType("months"), NumberType("count"), NumberType("integer")


@dataclass(frozen=True, slots=True)
class Typed:
    """A core expression and its type.

    `present` is the condition under which an optional date is set (None: it always is; `none` itself has FALSE).
    `bare` marks a number without a unit, which takes the unit of its surroundings.
    """

    expr: Expr
    type: Type
    present: Expr | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Env:
    """Where an expression stands.

    `events` are those at hand (their inputs can be read); None: no step at all (a state on its own).
    `view` is the view at hand. `forced` marks an explicit `old` or `new`. `known` are the (variable, view) of
    optional dates known to be set here; `path` the conditions under which the expression is evaluated at all.
    `rigid` are the values that a claim speaks of in general. `partial` collects definedness conditions.
    """

    scope: Scope
    events: tuple[str, ...] | None
    view: View
    forced: bool = False
    known: frozenset[tuple[str, View]] = frozenset()
    path: tuple[Expr, ...] = ()
    rigid: Mapping[str, Type] = field(default_factory=dict)
    partial: list[Expr] = field(default_factory=list)

    def given(self, condition: Expr, facts: frozenset[tuple[str, View]]) -> "Env":
        """Return the environment in which `condition` holds, with the `facts` that follow from it."""
        return replace(self, known=self.known | facts, path=(*self.path, condition))


def at_rest(scope: Scope) -> Env:
    """Return the environment of a state on its own: definitions, permissions, schedules, `always` claims."""
    return Env(scope, None, View.AFTER)


def in_step(scope: Scope, events: tuple[str, ...], view: View = View.BEFORE) -> Env:
    """Return the environment of a rule (or, with AFTER, a claim) about a step with one of `events`."""
    return Env(scope, events, view)


# --- entry points --------------------------------------------------------------------------------


def elaborate(e: ast.Expr, env: Env, expected: Type | None = None) -> Typed:
    """Return `e` in the core with its type; a bare number takes the unit of `expected`."""
    typed = _elaborate(e, env, expected)
    if typed.bare and isinstance(expected, NumberType):
        return replace(typed, type=expected, bare=False)
    return typed


def check(e: ast.Expr, env: Env, expected: Type) -> Typed:
    """Return `e` as an expression of the type `expected`. Raises WrongError where it is of another."""
    typed = elaborate(e, env, expected)
    if not _fits(typed, expected):
        _mismatch(e.span, typed.type, expected)
    if isinstance(expected, DateType) and expected.optional:
        return replace(typed, type=expected)
    if isinstance(typed.type, DateType) and typed.present is not None:
        wrong("E0302", e.span, "this date may be none here",
              hint="say what none means: write `... is not none and ...`, or `if ... is none then ... else ...`")  # fmt: skip
    return typed


def condition(e: ast.Expr, env: Env) -> Expr:
    """Return `e` as a Boolean expression of the core."""
    return check(e, env, BOOLEAN).expr


def number(e: ast.Expr, env: Env, expected: Type) -> Typed:
    """Return `e` as a value of `expected`; the same as `check`, said for constants."""
    return check(e, env, expected)


def _fits(typed: Typed, expected: Type) -> bool:
    if isinstance(expected, DateType):
        return isinstance(typed.type, DateType)
    return typed.type == expected


def _mismatch(span: Span, found: Type, expected: Type) -> None:
    hint = None
    if isinstance(found, NumberType) and isinstance(expected, NumberType):
        hint = f"{show_type(found)} never become {show_type(expected)} by themselves"
    wrong("E0301", span, f"this is of type {show_type(found)}, but {show_type(expected)} is needed here", hint=hint)


# --- facts about optional dates ------------------------------------------------------------------


def facts(e: ast.Expr, env: Env, *, holds: bool) -> frozenset[tuple[str, View]]:
    """Return the optional dates certainly set where `e` is true (or, without `holds`, where it is false)."""
    match e:
        case ast.IsNone(arg=arg, negated=negated) if negated == holds:
            key = _key(arg, env)
            return frozenset() if key is None else frozenset({key})
        case ast.Not(arg=arg):
            return facts(arg, env, holds=not holds)
        case ast.And(args=args) if holds:
            return frozenset().union(*(facts(a, env, holds=True) for a in args))
        case ast.Or(args=args) if not holds:
            return frozenset().union(*(facts(a, env, holds=False) for a in args))
        case _:
            return frozenset()


def _key(e: ast.Expr, env: Env) -> tuple[str, View] | None:
    match e:
        case ast.Name(text=text):
            return (text, env.view)
        case ast.Old(arg=arg):
            return _key(arg, replace(env, view=View.BEFORE))
        case ast.New(arg=arg):
            return _key(arg, replace(env, view=View.AFTER))
        case ast.Indexed(name=name, index=ast.Name(text=value)):
            return (f"{name.text}[{value}]", env.view)
        case _:
            return None


# --- the pass ------------------------------------------------------------------------------------


def _elaborate(e: ast.Expr, env: Env, expected: Type | None) -> Typed:  # noqa: C901, PLR0911, PLR0912  one case per form
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
            return _name(e, env, expected)
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
            present = TRUE if typed.present is None else typed.present
            return Typed(present if negated else core.Not(present), BOOLEAN)
        case ast.In():
            return _in(e, env)
        case ast.Includes():
            return _includes(e, env)
        case ast.Sum():
            return _sum(e, env, expected)
        case ast.Product():
            return _product(e, env)
        case ast.Quotient(arg=arg, divisor=divisor):
            return _quotient(e.span, elaborate(arg, env, expected), divisor)
        case ast.Negative(arg=arg):
            return _negative(e.span, elaborate(arg, env, expected))
        case ast.Part():
            return _part(e, env)
        case ast.Boundary():
            return _boundary(e, env)
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
            return _permitted(act, env)
        case ast.RowsOf(table=table):
            return _rows_of(table, env)
        case ast.Extreme():
            return _extreme(e, env, expected)
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


# --- names ---------------------------------------------------------------------------------------


def _name(e: ast.Name, env: Env, expected: Type | None) -> Typed:  # noqa: PLR0911  one return per kind of name
    text = e.text
    if text in env.scope.broken:
        raise AlreadyWrongError
    if text == core.TODAY:
        return Typed(TODAY, DATE_TYPE)
    if text in env.rigid:
        return Typed(core.Var(text, sort_of(env.rigid[text])), env.rigid[text])
    own = _input(text, env)
    if own is not None:
        return own
    if isinstance(expected, EnumType) and text in expected.sort.values:
        return Typed(core.EnumLit(expected.sort, text), expected)
    symbol = env.scope.symbols.get(text)
    if symbol is not None:
        env.scope.used.add(text)
        return _symbol(e, symbol, env)
    if text in env.scope.values:
        return _value(e, env)
    known = [n for n, s in env.scope.symbols.items() if s.type is not None]
    fields = [s.name.split(".", 1)[1] for s in env.scope.symbols.values() if s.kind in {"field", "choice"}]
    if text in fields:
        events = sorted(s.name.split(".")[0] for s in env.scope.symbols.values() if s.name.endswith("." + text))
        wrong("E0212", e.span, f"`{text}` comes with {' and '.join(f'`{x}`' for x in events)}, which is not at hand here",
              hint=f"write this on `{events[0]}`: `on {events[0]}` or `after {events[0]}`")  # fmt: skip
    unknown(e, "name", [*known, *env.scope.values, *env.rigid, *(fields if env.events else ()), core.TODAY])


def _input(text: str, env: Env) -> Typed | None:
    """Return the input `text` of the events at hand: in full (`event.field`) or, where all have it, by itself."""
    if not env.events:
        return None
    event, _, name = text.rpartition(".")
    owners = [event] if event in env.events else env.events if not event else []
    types = [env.scope.field_type(o, name) for o in owners]
    if not types or types[0] is None or any(t != types[0] for t in types):
        return None
    type_ = types[0]
    env.scope.used.update(f"{o}.{name}" for o in owners)
    made: Expr = core.Var(f"{owners[-1]}.{name}", sort_of(type_))
    for owner in reversed(owners[:-1]):
        made = core.Ite(core.Happens(owner), core.Var(f"{owner}.{name}", sort_of(type_)), made)
    return Typed(made, type_)


def _symbol(e: ast.Name, symbol: Symbol, env: Env) -> Typed:
    match symbol.kind:
        case "parameter" | "state" | "reading":
            if symbol.index:
                hint = f"write `{e.text}[{symbol.index[0]}]`"
                wrong("E0205", e.span, f"`{e.text}` is one variable for each value of its index", hint=hint)
            assert symbol.type is not None
            return _variable(e.text, symbol.type, env)
        case "count":
            return read_count(e.text, env)
        case "definition" | "table":
            assert symbol.type is not None
            return _definition(e, symbol.name, symbol.type, env)
        case "value":
            assert isinstance(symbol.type, EnumType)
            return Typed(core.EnumLit(symbol.type.sort, e.text.split(".", 1)[1]), symbol.type)
        case "field" | "choice":
            event = e.text.split(".")[0]
            wrong("E0212", e.span, f"`{e.text}` can be read only where `{event}` is at hand",
                  hint=f"write this on `{event}`: `on {event}` or `after {event}`")  # fmt: skip
        case "duty":
            wrong("E0205", e.span, f"`{e.text}` is a duty", hint=f"write `{e.text}.open` or `{e.text}.due`")
        case "role" | "enumeration" | "subset" | "occurrence" | "act" | "schedule":
            wrong("E0205", e.span, f"`{e.text}` is a {symbol.kind}, but a value is needed here")


def _variable(name: str, type_: Type, env: Env) -> Typed:
    made = core.Var(name, sort_of(type_))
    if isinstance(type_, DateType) and type_.optional:
        if (name, env.view) in env.known:
            return Typed(made, DATE_TYPE)
        return Typed(made, type_, present=core.Var(name + SET_SUFFIX, core.BOOL))
    return Typed(made, type_)


def _definition(e: ast.Name, name: str, type_: Type, env: Env) -> Typed:
    on = env.scope.on.get(name, ())
    made: Expr = core.Use(name, sort_of(type_))
    present: Expr = core.Use(name + SET_SUFFIX, core.BOOL)
    if on:
        if env.events is None or not set(env.events) <= set(on) or not env.events:
            events = " or ".join(on)
            wrong("E0212", e.span, f"`{name}` is defined on {events}, which is not at hand here",
                  hint=f"write this on `{on[0]}`: `on {on[0]}` or `after {on[0]}`")  # fmt: skip
        # What is defined on an event is always read as that event's rules read it: before the step.
        made, present = core.At(View.BEFORE, made), core.At(View.BEFORE, present)
    if isinstance(type_, DateType) and type_.optional:
        if (name, env.view) in env.known:
            return Typed(made, DATE_TYPE)
        return Typed(made, type_, present=present)
    return Typed(made, type_)


def rolled(name: str) -> str:
    """Return the name of the definition of a count's value as seen from the view at hand."""
    return f"{name}.so_far"


def read_count(name: str, env: Env) -> Typed:
    """Return the value of a count: with the event at hand where the count says that it is included."""
    count, symbol = env.scope.counts[name], env.scope.symbols[name]
    type_ = symbol.type or COUNT
    made: Expr = core.Use(rolled(name), sort_of(type_))
    if env.events is not None and not env.forced:
        made = core.At(View.AFTER if count.included else View.BEFORE, made)
    return Typed(made, type_)


def _value(e: ast.Name, env: Env) -> Typed:
    sorts = env.scope.values[e.text]
    if len(sorts) > 1:
        names = " or ".join(f"`{s.name}.{e.text}`" for s in sorts)
        wrong("E0208", e.span, f"`{e.text}` is a value of {len(sorts)} enumerations", hint=f"write {names}")
    env.scope.used.add(sorts[0].name)
    return Typed(core.EnumLit(sorts[0], e.text), EnumType(sorts[0]))


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
    *others, (_, last) = [(guard, _variable(f"{symbol.name}[{value}]", symbol.type, env)) for guard, value in choices]
    made, present = last.expr, last.present
    for guard, one in reversed(others):
        made = core.Ite(guard, one.expr, made)
        present = None if present is None or one.present is None else core.Ite(guard, one.present, present)
    return Typed(made, symbol.type if present is not None else _required(symbol.type), present)


def _required(type_: Type) -> Type:
    return DATE_TYPE if isinstance(type_, DateType) else type_


def index_choices(index: ast.Expr, symbol: Symbol, env: Env) -> list[tuple[Expr, str]]:
    """Return (condition, index value) for each variable that `symbol[index]` may mean; one for a constant index."""
    declared = index_sort(symbol, env.scope)
    typed = elaborate(index, env, None if declared is None else EnumType(declared))
    if declared is not None:
        if typed.type != EnumType(declared):
            _mismatch(index.span, typed.type, EnumType(declared))
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


def index_sort(symbol: Symbol, scope: Scope) -> core.EnumSort | None:
    """Return the enumeration over which `symbol` is indexed; None for a range of numbers."""
    for home in scope.homes:
        if isinstance(home.node, ast.State) and home.node.name.text == symbol.name:
            return scope.enums[home.node.index.text] if isinstance(home.node.index, ast.Name) else None
    return None


def _shifted(arg: ast.Expr, env: Env, view: View, span: Span, expected: Type | None) -> Typed:
    word = "old" if view is View.BEFORE else "new"
    if env.events is None:
        wrong("E0213", span, f"`{word}` has no meaning here: no step is at hand",
              hint="use it in rules on events, or in claims that start with `after`")  # fmt: skip
    typed = elaborate(arg, replace(env, view=view, forced=True), expected)
    present = None if typed.present is None else core.At(view, typed.present)
    return replace(typed, expr=core.At(view, typed.expr), present=present)


def _permitted(act: ast.Name, env: Env) -> Typed:
    if act.text not in env.scope.events:
        unknown(act, "act or occurrence", env.scope.events)
    env.scope.used.add(act.text)
    return Typed(core.Use(f"{act.text}.permitted", core.BOOL), BOOLEAN)


# --- tables --------------------------------------------------------------------------------------


def _table(name: ast.Name, env: Env) -> ast.Table:
    if name.text in env.scope.broken:
        raise AlreadyWrongError
    if name.text not in env.scope.tables:
        unknown(name, "table", env.scope.tables)
    env.scope.used.add(name.text)
    return env.scope.tables[name.text]


def _in_table(name: ast.Name, made: Expr, env: Env) -> Expr:
    if not env.scope.on.get(name.text):
        return made
    _definition(name, name.text, BOOLEAN, env)  # the check that its event is at hand
    return core.At(View.BEFORE, made)


def _rows_of(name: ast.Name, env: Env) -> Typed:
    _table(name, env)
    return Typed(_in_table(name, core.Use(f"{name.text}.rows", INT), env), COUNT)


def _includes(e: ast.Includes, env: Env) -> Typed:
    if not isinstance(e.table, ast.Name):
        wrong("E0205", e.table.span, "the name of a table is needed here")
    table = _table(e.table, env)
    if table.hit is not ast.Hit.ALL:
        wrong("E0205", e.table.span, f"`{e.table.text}` gives one value; `includes` is for tables with `all rows`",
              hint=f"write `{e.table.text} is ...`")  # fmt: skip
    type_ = env.scope.symbols[e.table.text].type
    assert type_ is not None
    value = check(e.value, env, type_).expr
    hits = tuple(
        core.And((core.Use(f"{e.table.text}.row{i}", core.BOOL), core.Equal(check(r.value, env, type_).expr, value)))
        for i, r in enumerate(table.rows, start=1)
    )
    return Typed(_in_table(e.table, core.Or(hits), env), BOOLEAN)


# --- comparisons ---------------------------------------------------------------------------------


def _is_value(e: ast.Expr, env: Env) -> bool:
    """Whether `e` is a bare name of an enumeration value, which needs to know what it is compared with."""
    return (
        isinstance(e, ast.Name)
        and e.text in env.scope.values
        and e.text not in env.scope.symbols
        and e.text not in env.rigid
        and _input(e.text, env) is None
    )


def _pair(left: ast.Expr, right: ast.Expr, env: Env) -> tuple[Typed, Typed]:
    """Elaborate two expressions that must be of one type; each helps the other."""
    if _is_value(left, env) and not _is_value(right, env):
        b, a = _pair(right, left, env)
        return a, b
    a = elaborate(left, env)
    b = elaborate(right, env, a.type)
    if a.bare and not b.bare:
        a = elaborate(left, env, b.type)
    if a.type != b.type and not (isinstance(a.type, DateType) and isinstance(b.type, DateType)):
        _mismatch(right.span, b.type, a.type)
    return a, b


def _compare(e: ast.Compare, env: Env) -> Typed:
    parts: list[Expr] = []
    left = e.first
    for op, right in e.rest:
        parts.append(_compare_two(op, left, right, env))
        left = right
    return Typed(parts[0] if len(parts) == 1 else core.And(tuple(parts)), BOOLEAN)


_TURNED: dict[ast.CompareOp, ast.CompareOp] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _within_cap(op: ast.CompareOp, e: ast.Expr, other: ast.Expr, typed: Typed, env: Env) -> None:
    """Raise where a rolling count is asked for more than it tells apart: the answer would always be no."""
    count = env.scope.counts.get(e.text) if isinstance(e, ast.Name) else None
    if count is None or count.adding is not None or not isinstance(count.window, ast.RollingWindow):
        return
    value, cap = constant(typed.expr), count.window.cap
    if value is not None and (value > cap or (value == cap and op == ">")):
        wrong("E0321", other.span, f"`{count.name.text}` counts no further than {cap}",
              hint=f"write `up to {value + (op == '>')}` where it is declared")  # fmt: skip


def _compare_two(op: ast.CompareOp, left: ast.Expr, right: ast.Expr, env: Env) -> Expr:
    a, b = _pair(left, right, env)
    _within_cap(op, left, right, b, env)
    _within_cap(_TURNED[op], right, left, a, env)
    if op in {"=", "!="}:
        same: Expr = core.Equal(a.expr, b.expr)
        if a.present is not None or b.present is not None:
            one, other = (TRUE if x.present is None else x.present for x in (a, b))
            same = core.And((core.Equal(one, other), core.Or((core.Not(one), same))))
        return same if op == "=" else core.Not(same)
    for side, typed in ((left, a), (right, b)):
        if typed.present is not None:
            wrong("E0302", side.span, "this date may be none here, and none is neither early nor late",
                  hint="say what none means: write `... is not none and ...`")  # fmt: skip
        if isinstance(typed.type, EnumType | BooleanType):
            wrong("E0301", side.span, f"values of type {show_type(typed.type)} have no order",
                  hint="use `is`, or list the values: `in {a, b}`")  # fmt: skip
    match op:
        case "<":
            return core.Less(a.expr, b.expr, strict=True)
        case "<=":
            return core.Less(a.expr, b.expr, strict=False)
        case ">":
            return core.Less(b.expr, a.expr, strict=True)
        case _:
            return core.Less(b.expr, a.expr, strict=False)


def _in(e: ast.In, env: Env) -> Typed:
    typed = elaborate(e.arg, env)
    inside = _inside(typed, e, env)
    return Typed(core.Not(inside) if e.negated else inside, BOOLEAN)


def _inside(typed: Typed, e: ast.In, env: Env) -> Expr:
    match e.container:
        case ast.Interval():
            return within(typed, e.arg.span, e.container, env)
        case ast.SetOf(items=items):
            return core.Or(tuple(core.Equal(typed.expr, check(i, env, typed.type).expr) for i in items))
        case ast.Name(text=text):
            if text not in env.scope.subsets:
                unknown(e.container, "subset", env.scope.subsets)
            env.scope.used.add(text)
            sort, values = env.scope.subsets[text]
            if typed.type != EnumType(sort):
                _mismatch(e.arg.span, typed.type, EnumType(sort))
            return core.Or(tuple(core.Equal(typed.expr, core.EnumLit(sort, v)) for v in values))


def within(typed: Typed, span: Span, interval: ast.Interval, env: Env) -> Expr:
    """Return the condition that `typed` lies in `interval`."""
    if isinstance(typed.type, EnumType | BooleanType):
        wrong("E0301", span, f"values of type {show_type(typed.type)} have no order")
    if typed.present is not None:
        wrong("E0302", span, "this date may be none here", hint="write `... is not none and ...`")
    low = None if interval.low is None else check(interval.low, env, typed.type)
    high = None if interval.high is None else check(interval.high, env, typed.type)
    _not_empty(interval, low, high)
    parts: list[Expr] = []
    if low is not None:
        parts.append(core.Less(low.expr, typed.expr, strict=not interval.low_closed))
    if high is not None:
        parts.append(core.Less(typed.expr, high.expr, strict=not interval.high_closed))
    return core.And(tuple(parts))


def constant(e: Expr) -> Fraction | None:
    """Return the number (or day number) that `e` is, if it is a constant."""
    match e:
        case core.IntLit(value=value) | core.DateLit(value=value):
            return Fraction(value)
        case core.RatLit(value=share):
            return share
        case core.Scale(factor=factor, arg=arg):
            inner = constant(arg)
            return None if inner is None else inner * factor
        case _:
            return None


def _not_empty(interval: ast.Interval, low: Typed | None, high: Typed | None) -> None:
    if low is None or high is None:
        return
    first, last = constant(low.expr), constant(high.expr)
    if first is None or last is None:
        return
    if first > last:
        wrong("E0304", interval.span, "this interval is upside down", hint="write the lower bound first")
    if first == last and not (interval.low_closed and interval.high_closed):
        wrong("E0304", interval.span, "this interval is empty", hint="close both ends with `[` and `]`")


# --- arithmetic ----------------------------------------------------------------------------------


def _sum(e: ast.Sum, env: Env, expected: Type | None) -> Typed:
    total = elaborate(e.first, env, expected)
    months = False
    for sign, term in e.rest:
        if isinstance(total.type, DateType):
            if total.present is not None:
                wrong("E0302", e.first.span, "this date may be none here", hint="write `... is not none and ...`")
            total, added = _add_to_date(total, sign, term, e.rounding, env)
            months = months or added
        else:
            total = _add_numbers(total, sign, term, env, e.first)
    if e.rounding is not None and not months:
        wrong("E0310", e.span, "`rounding` is for months added to a date; none are added here", hint="remove it")
    return total


def _add_to_date(total: Typed, sign: str, term: ast.Expr, rounding: Rounding | None, env: Env) -> tuple[Typed, bool]:
    """Return `total` with the duration `term` added, and whether it was one of months."""
    typed = elaborate(term, env)
    if isinstance(typed.type, DateType) and sign == "-":
        hint = "write `days from ... to ...`"
        wrong("E0301", term.span, "a date is not subtracted from a date", hint=hint)
    if not isinstance(typed.type, NumberType) or typed.bare:
        wrong("E0301", term.span, "only a duration can be added to a date", hint="write for example `30 days`")
    amount = typed.expr if sign == "+" else core.Scale(-1, typed.expr)
    match typed.type.unit:
        case "days":
            return Typed(core.AddDays(total.expr, amount), DATE_TYPE), False
        case "months":
            mode = rounding or env.scope.month_ends
            if mode is None:
                wrong("E0310", term.span, "adding months needs a rule for the ends of months",
                      hint="write `month ends last day` in the header, or `rounding last day` here")  # fmt: skip
            if mode is Rounding.REFUSE:
                env.partial.append(core.Or((*map(core.Not, env.path), core.MonthsExact(total.expr, amount))))
            return Typed(core.AddMonths(total.expr, amount, mode), DATE_TYPE), True
        case "business days":
            if sign == "-":
                wrong("E0301", term.span, "business days can only be counted forward")
            return Typed(core.AddBusinessDays(total.expr, amount), DATE_TYPE), False
        case "points" | "count" | "integer":
            wrong("E0301", term.span, f"{show_type(typed.type)} cannot be added to a date", hint="write a duration")


def _add_numbers(total: Typed, sign: str, term: ast.Expr, env: Env, first: ast.Expr) -> Typed:
    typed = elaborate(term, env, total.type)
    if isinstance(typed.type, DateType):
        wrong("E0301", term.span, "a date cannot be added to a number", hint="write the date first")
    if total.bare and not typed.bare:
        total = elaborate(first, env, typed.type)
    if typed.type != total.type:
        _mismatch(term.span, typed.type, total.type)
    if isinstance(typed.type, EnumType | BooleanType):
        wrong("E0301", term.span, f"values of type {show_type(typed.type)} cannot be added")
    other = typed.expr if sign == "+" else _negative(term.span, typed).expr
    before = total.expr.args if isinstance(total.expr, core.Add) else (total.expr,)
    return Typed(core.Add((*before, other)), total.type, bare=total.bare and typed.bare)


def _negative(span: Span, typed: Typed) -> Typed:
    match typed.type:
        case NumberType():
            if isinstance(typed.expr, core.IntLit):
                return replace(typed, expr=core.IntLit(-typed.expr.value))
            return replace(typed, expr=core.Scale(-1, typed.expr))
        case PercentType() | MoneyType():
            if isinstance(typed.expr, core.RatLit):
                return replace(typed, expr=core.RatLit(-typed.expr.value))
            return replace(typed, expr=core.Scale(Fraction(-1), typed.expr))
        case _:
            wrong("E0301", span, f"values of type {show_type(typed.type)} have no negative")


def _product(e: ast.Product, env: Env) -> Typed:
    total = elaborate(e.factors[0], env)
    for factor in e.factors[1:]:
        total = _times(e, total, elaborate(factor, env), factor.span)
    return total


def _times(e: ast.Product, left: Typed, right: Typed, span: Span) -> Typed:
    """Multiply; one side must be a constant without unit, or a percentage of something."""
    for a, b in ((left, right), (right, left)):
        scale = constant(a.expr)
        if scale is not None and isinstance(a.type, NumberType) and not a.bare and b.type == COUNT:
            return Typed(core.Scale(int(scale), b.expr), a.type)  # `5 points * violations`: so much for each
        if scale is None or not (a.bare or isinstance(a.type, PercentType)):
            continue
        if isinstance(b.type, MoneyType | PercentType):
            return Typed(core.Scale(scale, b.expr), b.type)
        if a.bare and isinstance(b.type, NumberType):
            return Typed(core.Scale(int(scale), b.expr), b.type, bare=b.bare)
        if isinstance(b.type, NumberType):
            wrong("E0301", span, f"a share of {show_type(b.type)} is not a whole number",
                  hint="multiply and divide by whole numbers: `... / 2` rounds down")  # fmt: skip
    if constant(left.expr) is None and constant(right.expr) is None:
        wrong("E0303", e.span, "one of two factors must be a constant", hint="proofs need sums of multiples")
    wrong("E0301", e.span, f"{show_type(left.type)} cannot be multiplied by {show_type(right.type)}")


def _quotient(span: Span, typed: Typed, divisor: int) -> Typed:
    if divisor == 0:
        wrong("E0306", span, "division by zero")
    if isinstance(typed.type, MoneyType | PercentType):
        return replace(typed, expr=core.Scale(Fraction(1, divisor), typed.expr))
    if isinstance(typed.type, NumberType):
        return replace(typed, expr=core.Quotient(typed.expr, divisor))
    wrong("E0301", span, f"values of type {show_type(typed.type)} cannot be divided")


def _extreme(e: ast.Extreme, env: Env, expected: Type | None) -> Typed:
    made = elaborate(e.args[0], env, expected)
    for arg in e.args[1:]:
        a, b = _pair(e.args[0], arg, env)
        if isinstance(a.type, EnumType | BooleanType):
            wrong("E0301", arg.span, f"values of type {show_type(a.type)} have no order")
        if a.present is not None or b.present is not None:
            wrong("E0302", arg.span, "this date may be none here", hint="write `... is not none and ...`")
        if made.bare and not a.bare:
            made = replace(made, type=a.type, bare=False)
        first = made.expr if e.which == "min" else b.expr
        other = b.expr if e.which == "min" else made.expr
        made = Typed(core.Ite(core.Less(first, other, strict=False), made.expr, b.expr), b.type, bare=a.bare and b.bare)
    return made


def _part(e: ast.Part, env: Env) -> Typed:
    date = check(e.arg, env, DATE_TYPE).expr
    match e.part:
        case "year":
            return Typed(core.Quotient(core.MonthOf(date), 12), INTEGER)
        case "month":
            return Typed(core.Add((core.Remainder(core.MonthOf(date), 12), core.IntLit(1))), INTEGER)
        case "day":
            return Typed(core.DayInMonth(date), INTEGER)
        case "weekday":
            number_, made = core.Weekday(date), core.EnumLit(WEEKDAY, WEEKDAY.values[-1])
            chosen: Expr = made
            for i in reversed(range(len(WEEKDAY.values) - 1)):
                this = core.EnumLit(WEEKDAY, WEEKDAY.values[i])
                chosen = core.Ite(core.Equal(number_, core.IntLit(i)), this, chosen)
            return Typed(chosen, EnumType(WEEKDAY))


def _boundary(e: ast.Boundary, env: Env) -> Typed:
    month: Expr = core.MonthOf(check(e.arg, env, DATE_TYPE).expr)
    if e.period == "year":
        month = core.Scale(12, core.Quotient(month, 12))
    if e.side == "start":
        return Typed(core.MonthStart(month), DATE_TYPE)
    following = core.Add((month, core.IntLit(12 if e.period == "year" else 1)))
    return Typed(core.AddDays(core.MonthStart(following), core.IntLit(-1)), DATE_TYPE)


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


def join(cond: Expr, then: Typed, otherwise: Typed, span: Span) -> Typed:
    """Return `then` where `cond` holds, else `otherwise`. Raises WrongError for two different types."""
    both_dates = isinstance(then.type, DateType) and isinstance(otherwise.type, DateType)
    if then.type != otherwise.type and not both_dates:
        _mismatch(span, otherwise.type, then.type)
    made = core.Ite(cond, then.expr, otherwise.expr)
    present: Expr | None = None
    if then.present is not None or otherwise.present is not None:
        one, other = (TRUE if x.present is None else x.present for x in (then, otherwise))
        present = core.Ite(cond, one, other)
    type_ = DateType(optional=True) if present is not None else then.type
    return Typed(made, type_, present, bare=then.bare and otherwise.bare)
