"""What every system must satisfy, as a program: run in tests and after each pass that makes a system.

`interpret` and `encode` take it for granted; whatever they do with a system that breaks it is no bug of theirs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from policydsl.base.records import dataclass
from policydsl.core.expr import (
    BOOL,
    CLOCK,
    DATE,
    INT,
    RAT,
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
    EnumSort,
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
    Sort,
    ToRat,
    Use,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import PASSAGE, Definition, Input, Parameter, System, Update
from policydsl.core.walk import (
    children,
    definition_table,
    expressions,
    has_sort,
    mentions_step,
    nodes,
    reads,
)

MAX_DEPTH = 150
"""Nesting, definitions unfolded and chains of `otherwise` not counted, up to which no pass runs out of stack."""


def complaints(system: System) -> tuple[str, ...]:
    """Return what is wrong with `system`, in the order of its text; nothing iff it is well-formed."""
    if found := [*_names(system), *_depths(system)]:
        return tuple(found)  # the other checks look names up and recurse
    parts = (_enums, _sorts, _defaults, _order, _update_order, _places)
    return tuple(complaint for part in parts for complaint in part(system))


# --- names and nesting ---------------------------------------------------------------------------


def _names(system: System) -> Iterator[str]:
    """Yield complaints unless no name is given twice, and every name that is used is given."""
    values = Counter([TODAY, CLOCK, *_declared(system), *(d.name for d in system.definitions)])
    steps = Counter([PASSAGE, *(e.name for e in system.events), *(s.name for s in system.schedules)])
    updates = Counter(u.variable for u in system.updates)
    yield from (f"`{name}` is given twice" for name, n in values.items() if n > 1)
    yield from (f"the step `{name}` is given twice" for name, n in steps.items() if n > 1)
    yield from (f"`{name}` has two updates" for name, n in updates.items() if n > 1)
    variables = {v.name for v in system.variables}
    yield from (f"the update of `{name}` has no variable" for name in updates if name not in variables)
    for u in system.updates:
        for case in u.cases:
            yield from (
                f"an update of `{u.variable}` names the step `{name}`, which there is not"
                for name in sorted(case.steps or ())
                if name not in steps
            )
    known, known_steps = set(values), set(steps)
    for place, e in expressions(system):
        yield from (f"{place}: {text}" for text in _unknown(e, known, known_steps))


def _declared(system: System) -> list[str]:
    """Return the names of parameters, variables and inputs, repetitions included."""
    inputs = [each.name for event in system.events for each in event.inputs]
    return [*(p.name for p in system.parameters), *(v.name for v in system.variables), *inputs]


def _unknown(e: Expr, values: set[str], steps: set[str]) -> Iterator[str]:
    for node in nodes(e):
        match node:
            case Var(name=name) | Use(name=name):
                if name not in values:
                    yield f"there is no `{name}`"
            case Happens(step=step):
                if step not in steps:
                    yield f"there is no step `{step}`"
            case _:
                pass


def _depths(system: System) -> Iterator[str]:
    """Yield complaints unless definitions use earlier ones, and nothing nests deeper than `MAX_DEPTH`."""
    known: dict[str, int] = {}
    for d in system.definitions:
        later = sorted({n.name for n in nodes(d.body) if isinstance(n, Use) and n.name not in known})
        yield from (f"definition {d.name}: uses `{name}`, which comes later" for name in later)
        known[d.name] = _depth(d.body, known)
    for place, e in expressions(system):
        if _depth(e, known) > MAX_DEPTH:
            yield f"{place}: nests too deep"


def _depth(e: Expr, known: Mapping[str, int]) -> int:
    """Return how deep `e` nests, given the depths of the definitions it uses."""
    deepest, stack = 0, [(e, 1)]
    while stack:
        node, level = stack.pop()
        inside = known.get(node.name, 0) if isinstance(node, Use) else 0
        deepest = max(deepest, level + inside)
        if isinstance(node, Ite):
            stack += [(node.cond, level + 1), (node.then, level + 1), (node.otherwise, level)]
        else:
            stack += [(part, level + 1) for part in children(node)]
    return deepest


def complaints_about(condition: Expr, system: System) -> tuple[str, ...]:
    """Return what is wrong with `condition` as a truth value over the names of `system`; nothing for a good one."""
    table = _sort_table(system)
    steps = {PASSAGE, *(e.name for e in system.events), *(s.name for s in system.schedules)}
    if unknown := tuple(_unknown(condition, set(table), steps)):
        return unknown
    typed = _typed(condition, table)
    return typed.wrong or (() if typed.sort == BOOL else ("it is no truth value",))


# --- sorts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Typed:
    """The sort of an expression, None where it has none, and what is wrong inside it."""

    sort: Sort | None
    wrong: tuple[str, ...]


def _enums(system: System) -> Iterator[str]:
    """Yield complaints unless enumerations have values, each once, and those of one name are the same."""
    sorts = [*_sort_table(system).values()]
    sorts += [n.sort for _, e in expressions(system) for n in nodes(e) if isinstance(n, EnumLit)]
    known: dict[str, EnumSort] = {}
    for sort in sorts:
        if not isinstance(sort, EnumSort) or known.get(sort.name) == sort:
            continue
        if sort.name in known:
            yield f"two enumerations are called `{sort.name}`"
        if not sort.values or len(set(sort.values)) < len(sort.values):
            yield f"the enumeration `{sort.name}` has no values, or one twice"
        known[sort.name] = sort


def _sort_table(system: System) -> dict[str, Sort]:
    """Return the sort of every name."""
    inputs = {each.name: each.sort for event in system.events for each in event.inputs}
    table: dict[str, Sort] = {TODAY: DATE, CLOCK: DATE, **inputs}
    table |= {p.name: p.sort for p in system.parameters}
    table |= {v.name: v.sort for v in system.variables}
    return table | {d.name: d.sort for d in system.definitions}


def _sorts(system: System) -> Iterator[str]:
    """Yield complaints unless every operation gets the sorts it takes, and every place an expression of its sort."""
    table = _sort_table(system)
    initial = {f"initial value of {v.name}": v.sort for v in system.variables}
    bodies = {f"definition {d.name}": d.sort for d in system.definitions}
    due = {f"due day of schedule {s.name}": DATE for s in system.schedules}
    values = {
        f"value of case {i} of {u.variable}": table[u.variable] for u in system.updates for i in range(len(u.cases))
    }
    wanted: dict[str, Sort] = {**initial, **bodies, **due, **values}
    for place, e in expressions(system):
        typed = _typed(e, table)
        yield from (f"{place}: {text}" for text in typed.wrong)
        if not typed.wrong and typed.sort != wanted.get(place, BOOL):
            yield f"{place}: has the sort {typed.sort}, not {wanted.get(place, BOOL)}"


def _typed(e: Expr, table: Mapping[str, Sort]) -> _Typed:
    """Return the sort of `e` and all that is wrong in it."""
    if isinstance(e, Ite):
        return _typed_branches(e, table)
    parts = [_typed(part, table) for part in children(e)]
    inner = tuple(text for part in parts for text in part.wrong)
    sort = None if inner else _result(e, [part.sort for part in parts], table)
    own = () if sort is not None or inner else (f"{type(e).__name__} does not fit its parts",)
    return _Typed(sort, inner + own)


def _typed_branches(e: Expr, table: Mapping[str, Sort]) -> _Typed:
    """Return the sort of a chain of conditions; it nests only here, so this loops."""
    wrong: list[str] = []
    sorts: set[Sort | None] = set()
    while isinstance(e, Ite):
        cond, then = _typed(e.cond, table), _typed(e.then, table)
        wrong += [*cond.wrong, *then.wrong]
        wrong += [] if cond.sort in {BOOL, None} else ["a condition is no truth value"]
        sorts.add(then.sort)
        e = e.otherwise
    last = _typed(e, table)
    wrong += last.wrong
    wrong += [] if sorts <= {last.sort, None} else ["the branches have different sorts"]
    return _Typed(last.sort if not wrong else None, tuple(wrong))


def _result(e: Expr, parts: list[Sort | None], table: Mapping[str, Sort]) -> Sort | None:
    """Return the sort of `e` iff its parts have the sorts it takes."""
    match e:
        case BoolLit(value=value):
            return BOOL if has_sort(value, BOOL) else None
        case IntLit(value=value):
            return INT if has_sort(value, INT) else None
        case RatLit(value=value):
            return RAT if has_sort(value, RAT) else None
        case DateLit(value=value):
            return DATE if has_sort(value, DATE) else None
        case EnumLit(sort=sort, value=value):
            return sort if has_sort(value, sort) else None
        case Var(name=name, sort=sort) | Use(name=name, sort=sort):
            return sort if table[name] == sort else None
        case At():
            return parts[0]
        case Happens():
            return BOOL
        case Not() | And() | Or():
            return BOOL if set(parts) <= {BOOL} else None
        case Ite():
            return None  # handled by `_typed_branches`
        case Equal():
            return BOOL if parts[0] == parts[1] else None
        case Less():
            return BOOL if parts[0] == parts[1] and parts[0] in {INT, RAT, DATE} else None
        case Add():
            return parts[0] if len(set(parts)) == 1 and parts[0] in {INT, RAT} else None
        case Scale(factor=factor):
            wanted: Sort = RAT if isinstance(factor, Fraction) else INT
            return wanted if parts == [wanted] and not isinstance(factor, bool) else None
        case Quotient(divisor=divisor) | Remainder(divisor=divisor):
            return INT if parts == [INT] and has_sort(divisor, INT) and divisor > 0 else None
        case ToRat():
            return RAT if parts == [INT] else None
        case AddDays() | AddBusinessDays() | AddMonths():
            return DATE if parts == [DATE, INT] else None
        case DaysBetween():
            return INT if parts == [DATE, DATE] else None
        case MonthOf() | DayInMonth() | Weekday():
            return INT if parts == [DATE] else None
        case MonthStart():
            return DATE if parts == [INT] else None
        case MonthsExact():
            return BOOL if parts == [DATE, INT] else None
        case _:
            assert_never(e)


def _defaults(system: System) -> Iterator[str]:
    """Yield complaints unless each default is a value of its sort."""
    inputs = [each for event in system.events for each in event.inputs]
    given: list[Parameter | Input] = [*system.parameters, *inputs]
    for each in given:
        if each.default is not None and not has_sort(each.default, each.sort):
            yield f"the default of `{each.name}` is not of its sort"


# --- order and places ----------------------------------------------------------------------------


def _order(system: System) -> Iterator[str]:
    """Yield complaints unless initial values read parameters, dates and variables declared before."""
    definitions = definition_table(system)
    seen = {TODAY, CLOCK, *(p.name for p in system.parameters)}
    for v in system.variables:
        if v.initial is not None:
            late = {name for name, _ in reads(v.initial, View.AFTER, definitions)} - seen
            yield from (f"initial value of {v.name}: reads `{name}`" for name in sorted(late))
        seen.add(v.name)


def _update_order(system: System) -> Iterator[str]:
    """Yield complaints unless updates read new values only of variables updated earlier, or never."""
    definitions = definition_table(system)
    pending = {u.variable for u in system.updates}
    for u in system.updates:
        after = {name for name, view in _update_reads(u, definitions) if view is View.AFTER}
        late = sorted(after & pending)
        yield from (f"update of {u.variable}: reads the new value of `{name}`" for name in late)
        pending.discard(u.variable)


def _update_reads(update: Update, definitions: Mapping[str, Definition]) -> frozenset[tuple[str, View]]:
    parts = [part for case in update.cases for part in (case.guard, case.value)]
    return frozenset(r for part in parts for r in reads(part, View.BEFORE, definitions))


def _places(system: System) -> Iterator[str]:
    """Yield complaints unless each expression reads only what there is where it stands."""
    definitions = definition_table(system)
    inputs = {each.name for event in system.events for each in event.inputs}
    parameters = {p.name for p in system.parameters}
    for i, e in enumerate(system.assumptions):
        yield from _only(f"assumption {i}", e, parameters, definitions)
        yield from _timeless(f"assumption {i}", e, definitions)
    known = {TODAY, CLOCK, *parameters, *(v.name for v in system.variables)}
    for i, e in enumerate(system.starts):
        yield from _only(f"start {i}", e, known, definitions)
    for s in system.schedules:
        for place, e in (("condition", s.armed), ("due day", s.due)):
            where = f"{place} of schedule {s.name}"
            yield from _only(where, e, known, definitions)
            yield from _timeless(where, e, definitions)
    for event in system.events:
        where, own = f"guard of {event.name}", {each.name for each in event.inputs}
        seen = reads(event.guard, View.BEFORE, definitions)
        foreign = sorted({name for name, _ in seen} & (inputs - own))
        yield from (f"{where}: reads `{name}` of another event" for name in foreign)


def _only(place: str, e: Expr, known: Iterable[str], definitions: Mapping[str, Definition]) -> Iterator[str]:
    foreign = {name for name, _ in reads(e, View.BEFORE, definitions)} - set(known)
    yield from (f"{place}: reads `{name}`" for name in sorted(foreign))


def _timeless(place: str, e: Expr, definitions: Mapping[str, Definition]) -> Iterator[str]:
    if mentions_step(e, definitions):
        yield f"{place}: looks at a step"
