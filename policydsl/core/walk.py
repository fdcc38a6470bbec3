"""Traversal of core expressions: parts and names; sorts and their values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from operator import attrgetter, is_
from typing import Any, TypeAlias, assert_never

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
    View,
    Weekday,
)
from policydsl.core.system import Definition, System


def children(e: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of `e`, in reading order. The body of a `Use` is not one of them."""
    return _PARTS[type(e)](e)


def _none(_: object) -> tuple[Expr, ...]:
    return ()


def _one(field: str) -> "_Parts":
    get = attrgetter(field)
    return lambda e: (get(e),)


_Parts: TypeAlias = Callable[[Any], tuple[Expr, ...]]

_PARTS: Mapping[type, _Parts] = {
    **dict.fromkeys((BoolLit, IntLit, RatLit, DateLit, EnumLit, Var, Use, Happens), _none),
    At: _one("body"),
    **dict.fromkeys((Not, Scale, Quotient, Remainder, ToRat), _one("arg")),
    **dict.fromkeys((And, Or, Add), attrgetter("args")),
    Ite: attrgetter("cond", "then", "otherwise"),
    **dict.fromkeys((Equal, Less), attrgetter("left", "right")),
    DaysBetween: attrgetter("start", "end"),
    **dict.fromkeys((MonthOf, DayInMonth, Weekday), _one("date")),
    MonthStart: _one("month"),
    **dict.fromkeys((AddDays, AddBusinessDays), attrgetter("date", "days")),
    **dict.fromkeys((AddMonths, MonthsExact), attrgetter("date", "months")),
}
"""How to take each kind of expression apart. A table, not a `match`: millions of parts are asked for in a run."""


Rewritten: TypeAlias = dict[int, tuple[Expr, Expr]]
"""What expressions, by identity, have become: each with what is in its place."""


def rewrite(e: Expr, change: Callable[[Expr], Expr | None], known: Rewritten | None = None) -> Expr:
    """Return `e` with every outermost part for which `change` gives another put in that one's place.

    What is one object stays one, also in all that is rewritten with the same `change` and `known`. A long table nests
    only in `otherwise`, so there this loops.
    """
    made = {} if known is None else known
    rows: list[Ite] = []
    while (found := made.get(id(e))) is None and (changed := change(e)) is None and isinstance(e, Ite):
        rows.append(e)
        e = e.otherwise
    if found is not None:
        result = found[1]
    else:
        result = (
            rebuilt(e, tuple([rewrite(part, change, made) for part in children(e)])) if changed is None else changed
        )
        made[id(e)] = (e, result)
    for row in reversed(rows):
        cond, then = rewrite(row.cond, change, made), rewrite(row.then, change, made)
        same = cond is row.cond and then is row.then and result is row.otherwise
        result = row if same else Ite(cond, then, result)
        made[id(row)] = (row, result)
    return result


def rebuilt(e: Expr, parts: tuple[Expr, ...]) -> Expr:
    """Return the expression like `e` whose `children` are `parts`; `e` itself, if they are its own."""
    if all(map(is_, parts, children(e))):
        return e
    match e:
        case BoolLit() | IntLit() | RatLit() | DateLit() | EnumLit() | Var() | Use() | Happens():
            return e
        case At(view=view):
            return At(view, *parts)
        case Not() | ToRat() | DaysBetween() | MonthOf() | DayInMonth() | Weekday() | MonthStart() | Ite():
            return type(e)(*parts)
        case And() | Or() | Add():
            return type(e)(parts)
        case Scale(factor=factor):
            return Scale(factor, *parts)
        case Quotient() | Remainder():
            return replace(e, arg=parts[0])
        case Equal():
            return Equal(*parts)
        case Less(strict=strict):
            return Less(parts[0], parts[1], strict)
        case AddDays() | AddBusinessDays():
            return replace(e, date=parts[0], days=parts[1])
        case AddMonths() | MonthsExact():
            return replace(e, date=parts[0], months=parts[1])
        case _:
            assert_never(e)


def nodes(*exprs: Expr) -> Iterator[Expr]:
    """Yield `exprs` and all expressions inside them, in reading order; definitions are not entered.

    What stands in several places as one object comes once: written out, some guards of products have tens of thousands
    of parts, and a few hundred of them are different.
    """
    stack, seen = list(reversed(exprs)), set[int]()
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            stack.extend(reversed(children(node)))


def definition_table(system: System) -> dict[str, Definition]:
    """Return the definitions of `system` by name."""
    return {d.name: d for d in system.definitions}


def mentioned(e: Expr) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the variables (inputs, parameters, ...) and of the definitions that stand in `e` itself."""
    try:
        return e.mentioned
    except AttributeError:
        _look_through(e)
        return e.mentioned


def written(e: Expr) -> tuple[EnumSort, ...]:
    """Return the enumerations of which `e` itself writes a value, each once."""
    try:
        return e.written
    except AttributeError:
        _look_through(e)
        return e.written


def awaited(e: Expr) -> frozenset[str]:
    """Return the names of the steps that `e` itself asks after."""
    try:
        return e.awaited
    except AttributeError:
        _look_through(e)
        return e.awaited


def _look_through(e: Expr) -> None:
    """Have `e` remember what stands in it; what parts of it remember is not looked for again."""
    variables, definitions, steps = set[str](), set[str](), set[str]()
    sorts: dict[int, EnumSort] = {}  # by place first: sorts are shared, and hashing them is dear
    stack, seen = [e], set[int]()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Var(name=name):
                variables.add(name)
            case Use(name=name):
                definitions.add(name)
            case EnumLit(sort=sort):
                sorts[id(sort)] = sort
            case Happens(step=step):
                steps.add(step)
            case _ if hasattr(node, "awaited"):
                variables |= node.mentioned[0]
                definitions |= node.mentioned[1]
                steps |= node.awaited
                sorts |= {id(sort): sort for sort in node.written}
            case _:
                stack += reversed(children(node))
    object.__setattr__(e, "mentioned", (frozenset(variables), frozenset(definitions)))
    object.__setattr__(e, "written", tuple(dict.fromkeys(sorts.values())))
    object.__setattr__(e, "awaited", frozenset(steps))


def names(e: Expr, definitions: Mapping[str, Definition]) -> frozenset[str]:
    """Return the names of all variables, inputs and parameters that the value of `e` may depend on."""
    found, used = mentioned(e)
    seen: set[str] = set()
    while used := used - seen:
        seen |= used
        said = [mentioned(definitions[name].body) for name in used if name in definitions]
        found = found.union(*(variables for variables, _ in said))
        used = frozenset().union(*(others for _, others in said))
    return found


def written_out(e: Expr, definitions: Mapping[str, Definition]) -> Expr:
    """Return `e` with what it says through definitions in its own words."""
    made: Rewritten = {}

    def change(node: Expr) -> Expr | None:
        return rewrite(definitions[node.name].body, change, made) if isinstance(node, Use) else None

    return rewrite(e, change, made)


def reads(e: Expr, view: View, definitions: Mapping[str, Definition]) -> frozenset[tuple[str, View]]:
    """Return what `e`, read in `view`, may depend on, through definitions: names and the views they are read in.

    `today` and `clock` are among the names. The relation is syntactic, so it never misses a dependence.
    """
    found: set[tuple[str, View]] = set()
    seen: set[tuple[str, View]] = set()
    stack = [(e, view)]
    while stack:
        node, at = stack.pop()
        match node:
            case Var(name=name):
                found.add((name, at))
            case Use(name=name):
                if (name, at) not in seen and name in definitions:
                    seen.add((name, at))
                    stack.append((definitions[name].body, at))
            case At(view=inner, body=body):
                stack.append((body, inner))
            case _:
                stack.extend((part, at) for part in children(node))
    return frozenset(found)


def uses(exprs: Iterable[Expr], definitions: Mapping[str, Definition]) -> frozenset[str]:
    """Return the names of all definitions that the values of `exprs` may depend on."""
    found: set[str] = set()
    stack = list(exprs)
    while stack:
        fresh = [name for name in mentioned(stack.pop())[1] if name not in found and name in definitions]
        found.update(fresh)
        stack += [definitions[name].body for name in fresh]
    return frozenset(found)


def mentions_step(e: Expr, definitions: Mapping[str, Definition]) -> bool:
    """Return whether the value of `e` may depend on which step is at hand or on a second view."""
    bodies = [e, *(definitions[name].body for name in uses((e,), definitions))]
    return any(isinstance(node, Happens | At) for body in bodies for node in nodes(body))


def expressions(system: System) -> Iterator[tuple[str, Expr]]:
    """Yield every expression of `system` with the place where it stands, in the order of the system's text."""
    for i, e in enumerate(system.assumptions):
        yield f"assumption {i}", e
    for v in system.variables:
        if v.initial is not None:
            yield f"initial value of {v.name}", v.initial
    for i, e in enumerate(system.starts):
        yield f"start {i}", e
    for d in system.definitions:
        yield f"definition {d.name}", d.body
    for event in system.events:
        yield f"guard of {event.name}", event.guard
    for s in system.schedules:
        yield f"condition of schedule {s.name}", s.armed
        yield f"due day of schedule {s.name}", s.due
    for u in system.updates:
        for i, case in enumerate(u.cases):
            yield f"guard of case {i} of {u.variable}", case.guard
            yield f"value of case {i} of {u.variable}", case.value
    for o in system.obligations:
        yield f"state property of {o.key}", o.property.state
        yield f"step property of {o.key}", o.property.step


# --- sorts and values ----------------------------------------------------------------------------


def has_sort(value: object, sort: Sort) -> bool:
    """Return whether `value` is a value of `sort`; `True` is no integer and an `int` no rational."""
    match sort:
        case BoolSort():
            return type(value) is bool
        case IntSort() | DateSort():
            return type(value) is int
        case RatSort():
            return type(value) is Fraction
        case EnumSort(values=values):
            return type(value) is str and value in values
        case _:
            assert_never(sort)


def default_value(sort: Sort, day: int) -> Value | None:
    """Return the plainest value of `sort`, or None if it has none: false, 0, `day`, the first name."""
    match sort:
        case BoolSort():
            return False
        case IntSort():
            return 0
        case RatSort():
            return Fraction(0)
        case DateSort():
            return day
        case EnumSort(values=values):
            return values[0] if values else None
        case _:
            assert_never(sort)
