"""A system as text: complete, deterministic, one line per thing. For golden files and for hashing, not for lawyers."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TypeAlias, assert_never

from policydsl.base.calendar import show_day
from policydsl.core.expr import (
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
    Value,
    Var,
    Weekday,
)
from policydsl.core.system import Case, Event, Input, Parameter, Property, Question, System, Variable
from policydsl.core.walk import expressions, written


def show_expr(e: Expr) -> str:
    """Return `e` as text, every operation in parentheses. Different expressions have different texts."""
    return _show(e, {})


_Known: TypeAlias = dict[int, str]
"""The texts of parts of one expression, by identity: guards of products have some parts in hundreds of places."""


def _show(e: Expr, known: _Known) -> str:
    text = known.get(id(e))
    if text is None:
        text = known[id(e)] = _write(e, known)
    return text


def _write(e: Expr, known: _Known) -> str:
    match e:
        case BoolLit(value=value):
            return "true" if value else "false"
        case IntLit(value=number):
            return str(number)
        case RatLit(value=rational):
            return f"{_rational(rational)}"
        case DateLit(value=day):
            return show_day(day)
        case EnumLit(sort=sort, value=name):
            return f"{sort.name}.{name}"
        case Var(name=name):
            return name
        case Use(name=name):
            return f"${name}"
        case At(view=view, body=body):
            return _call(known, view.value, body)
        case Happens(step=step):
            return f"(happens {step})"
        case Not(arg=a):
            return _call(known, "not", a)
        case And(args=args):
            return _call(known, "and", *args)
        case Or(args=args):
            return _call(known, "or", *args)
        case Ite():
            return _branches(e, known)
        case Equal(left=a, right=b):
            return _call(known, "=", a, b)
        case Less(left=a, right=b, strict=strict):
            return _call(known, "<" if strict else "<=", a, b)
        case Add(args=args):
            return _call(known, "+", *args)
        case Scale(factor=factor, arg=a):
            head = str(factor) if isinstance(factor, int) else _rational(factor)
            return _call(known, f"* {head}", a)
        case Quotient(arg=a, divisor=divisor):
            return _call(known, f"div {divisor}", a)
        case Remainder(arg=a, divisor=divisor):
            return _call(known, f"mod {divisor}", a)
        case ToRat(arg=a):
            return _call(known, "rational", a)
        case AddDays(date=z, days=n):
            return _call(known, "add-days", z, n)
        case DaysBetween(start=a, end=b):
            return _call(known, "days-between", a, b)
        case MonthOf(date=z):
            return _call(known, "month-of", z)
        case DayInMonth(date=z):
            return _call(known, "day-in-month", z)
        case MonthStart(month=m):
            return _call(known, "month-start", m)
        case AddMonths(date=z, months=n, rounding=rounding):
            return _call(known, f"add-months {rounding.name.lower()}", z, n)
        case MonthsExact(date=z, months=n):
            return _call(known, "months-exact", z, n)
        case Weekday(date=z):
            return _call(known, "weekday", z)
        case AddBusinessDays(date=z, days=n, calendar=days):
            return _call(known, f"add-business-days {days.name}" if days.name else "add-business-days", z, n)
        case _:
            assert_never(e)


def text_of(e: Expr) -> str:
    """Return `show_expr(e)`, remembered: for expressions that stand in many systems."""
    try:
        return e.text
    except AttributeError:
        object.__setattr__(e, "text", show_expr(e))
        return e.text


def _call(known: _Known, head: str, *args: Expr) -> str:
    return f"({' '.join([head, *[_show(a, known) for a in args]])})"


def _branches(e: Expr, known: _Known) -> str:
    """Return a chain of conditions as one list; a long table nests only here, so this loops."""
    parts = []
    while isinstance(e, Ite):
        parts.append(f"{_show(e.cond, known)} -> {_show(e.then, known)}; ")
        e = e.otherwise
    return f"(if {''.join(parts)}else {_show(e, known)})"


def _rational(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def show_sort(sort: Sort) -> str:
    """Return `sort` as text; an enumeration with its values."""
    match sort:
        case BoolSort():
            return "bool"
        case IntSort():
            return "int"
        case RatSort():
            return "rat"
        case DateSort():
            return "date"
        case EnumSort(name=name, values=values):
            return f"{name}{{{', '.join(values)}}}"
        case _:
            assert_never(sort)


def show_value(value: Value, sort: Sort) -> str:
    """Return `value` of `sort` as the literal is written."""
    match sort:
        case BoolSort():
            return "true" if value else "false"
        case IntSort() | EnumSort():
            return str(value)
        case RatSort():
            return _rational(Fraction(value))
        case DateSort():
            return show_day(int(value))
        case _:
            assert_never(sort)


def show_default(value: Value | None, sort: Sort) -> str:
    """Return the default of a parameter or an input as it follows its sort."""
    return "" if value is None else f" default {show_value(value, sort)}"


def show_system(system: System) -> str:
    """Return all of `system` as text: equal systems have equal texts, different ones different texts."""
    return "\n".join(_lines(system)) + "\n"


def system_hash(system: System) -> str:
    """Return the SHA-256 of the text of `system`, in hexadecimal; the same in every run."""
    return hashlib.sha256(show_system(system).encode()).hexdigest()


class Binder:
    """Hashes of what questions ask. What many questions share, their system, is written and hashed once.

    `of` gives the hash of a system. What is bound by another one than `system_hash` must not leave the run.
    """

    def __init__(self, of: Callable[[System], str] = system_hash) -> None:
        self._of = of
        self._known: dict[tuple[int, ...], tuple[System, str]] = {}

    def bind_system(self, system: System) -> str:
        """Return the hash of `system`, assumptions and obligations aside."""
        key = _key(system)
        if key not in self._known:
            self._known[key] = (system, self._of(system.rules()))
        return self._known[key][1]

    def knows(self, system: System) -> bool:
        """Return whether the hash of `system` is known already."""
        return _key(system) in self._known

    def learn(self, system: System, bound: str) -> None:
        """Take `bound` for what `bind_system` returns of `system`; the caller knows that it is."""
        self._known.setdefault(_key(system), (system, bound))

    def bind(self, question: Question) -> str:
        """Return the hash of what `question` asks: its system, obligations aside, its property and its trigger."""
        s, p = question.system, question.property
        trigger = "" if question.trigger is None else text_of(question.trigger)
        parts = (self.bind_system(s), *map(text_of, s.assumptions), "", text_of(p.state), text_of(p.step), trigger)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _key(s: System) -> tuple[int, ...]:
    return tuple(map(id, (s.parameters, s.variables, s.starts, s.definitions, s.events, s.schedules, s.updates)))


def bind(question: Question) -> str:
    """Return the hash of what `question` asks."""
    return Binder().bind(question)


def _lines(system: System) -> Iterator[str]:
    yield f"system {system.name!r}"
    yield from (f"enum {show_sort(sort)}" for sort in _enums(system))
    yield from declarations(system, text_of)


Write: TypeAlias = Callable[[Expr], str]
"""Writes an expression: equal ones alike, different ones in different ways."""


def declarations(system: System, write: Write) -> Iterator[str]:
    """Yield the lines of `system`, one thing after the other, with expressions as `write` has them."""
    yield from (_parameter(p) for p in system.parameters)
    yield from (f"assume {write(e)}" for e in system.assumptions)
    yield from (_variable(v, write) for v in system.variables)
    yield from (f"start {write(e)}" for e in system.starts)
    for d in system.definitions:
        yield f"define {d.name}: {show_sort(d.sort)} = {write(d.body)}{_clause(d.clause)}"
    for event in system.events:
        yield from _event(event, write)
    for s in system.schedules:
        yield f"schedule {s.name}{_clause(s.clause)}"
        yield f"  while {write(s.armed)}"
        yield f"  due {write(s.due)}"
    for u in system.updates:
        yield f"update {u.variable}"
        yield from (_case(case, write) for case in u.cases)
    for o in system.obligations:
        yield f"owe {o.kind} {o.key!r}: {o.sentence!r}{_clauses(o.clauses)}"
        yield from _property(o.property, write)


def _enums(system: System) -> list[EnumSort]:
    """Return the enumerations of which `system` writes a value, by name."""
    found = {sort for _, e in expressions(system) for sort in written(e)}
    return sorted(found, key=lambda sort: (sort.name, sort.values))


def _property(claim: Property, write: Write) -> Iterator[str]:
    yield f"  always {write(claim.state)}"
    yield f"  step {write(claim.step)}"


def _parameter(p: Parameter) -> str:
    word = "reading" if p.is_reading else "parameter"
    return f"{word} {p.name}: {show_sort(p.sort)}{show_default(p.default, p.sort)}{_clause(p.clause)}"


def _variable(v: Variable, write: Write) -> str:
    word = "hidden" if v.hidden else "state"
    initial = "" if v.initial is None else f" = {write(v.initial)}"
    return f"{word} {v.name}: {show_sort(v.sort)}{initial}{_clause(v.clause)}"


def _event(event: Event, write: Write) -> Iterator[str]:
    by = "" if event.actor is None else f" by {event.actor}"
    yield f"{event.kind} {event.name}{by}{_clause(event.clause)}"
    yield from (f"  {_input(each)}" for each in event.inputs)
    yield f"  when {write(event.guard)}"


def _input(each: Input) -> str:
    by = "fact" if each.by is None else f"choice by {each.by}"
    default = show_default(each.default, each.sort)
    return f"input {each.name}: {show_sort(each.sort)}{default}, {by}{_clause(each.clause)}"


def _case(case: Case, write: Write) -> str:
    steps = "each step" if case.steps is None else "on " + ", ".join(sorted(case.steps))
    return f"  {steps} when {write(case.guard)}: {write(case.value)}{_clause(case.clause)}"


def _clause(clause: str) -> str:
    return f"  [{clause}]"


def _clauses(clauses: Iterable[str]) -> str:
    return f"  [{', '.join(clauses)}]"
