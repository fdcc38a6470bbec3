"""A system as one fast Python function over a stream of events: `interpret`, unrolled ahead of time.

The source is generated from the core only. Names of the policy never become code: variables are numbered,
and every name, enumeration value and rational sits in a table of constants. Each kind of step has
its own copy of the updates, in which `Happens` is already known; conditions known to be false vanish. Every
core expression is total, so shared parts are computed ahead of the conditions around them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias, assert_never

from policydsl.base import calendar
from policydsl.base.calendar import Day
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
    Value,
    Var,
    View,
    Weekday,
)
from policydsl.core.system import PASSAGE, Definition, Event, Input, Step, System, Update
from policydsl.core.walk import default_value, definition_table
from policydsl.semantics.interpret import MAX_FIRINGS, Rejected, State, admit, settle

Happening: TypeAlias = tuple[str, Day, Mapping[str, Value]]
"""An event (or a passage) of a stream: its name, its day, its inputs."""

Values: TypeAlias = tuple[Value, ...]
Stopped: TypeAlias = tuple[int, Happening | None, Values]
"""How many happenings were looked at, the one that was refused if any, and the values reached, `today` first."""

_LONG = 200
"""An expression whose text is longer gets a variable of its own, so that parentheses never nest too deep."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A compiled system. `source` is the generated text, for those who want to see it."""

    system: System
    run: Callable[[Values, Values, Iterator[Happening]], Stopped]
    source: str

    def fold(
        self,
        parameters: Mapping[str, Value],
        state: State,
        events: Iterable[Happening],
        until: Day | None = None,
    ) -> State | Rejected:
        """Return the state after `events`, scheduled steps inserted where they fall due.

        `parameters` and `state` are taken for admissible. With `until`, schedules due up to that day, included,
        fire after the last event. A `Rejected` has the place of the event in `index`, from 1. Memory is
        constant: `events` is read once.
        """
        given = tuple(parameters[p.name] for p in self.system.parameters)
        variables = tuple(v.name for v in self.system.variables)
        start = (state[TODAY], *(state[name] for name in variables))
        count, refused, values = self.run(given, start, iter(events))
        reached = dict(zip((TODAY, *variables), values, strict=True))
        if refused is not None:
            return _explain(self.system, parameters, reached, refused, count)
        return reached if until is None else _settled(self.system, parameters, reached, until)


def _explain(system: System, parameters: Mapping[str, Value], state: State, refused: Happening, index: int) -> Rejected:
    """Return why the interpreter refuses the happening that compiled code has refused."""
    settled = _settled(system, parameters, state, refused[1])
    if isinstance(settled, Rejected):
        return Rejected(settled.reason, settled.about, settled.clause, index)
    bad = admit(system, parameters, settled, Step(*refused))
    assert bad is not None, "compiled code and interpreter disagree"
    return Rejected(bad.reason, bad.about, bad.clause, index)


def _settled(system: System, parameters: Mapping[str, Value], state: State, day: Day) -> State | Rejected:
    """Return the state after the schedules due up to `day`."""
    for each in settle(system, parameters, state, day):
        if isinstance(each, Rejected):
            return each
        state = each[1].state
    return state


def compile_system(system: System) -> Folder:
    """Return a `Folder` that does what `interpret.settle` and `interpret.step` do, in turn, for each event."""
    maker = _Maker(system)
    lines = list(_program(maker))
    run: Callable[[Values, Values, Iterator[Happening]], Stopped] = _defined("run", lines, maker)  # type: ignore[assignment]  # what exec defines has no type
    return Folder(system, run, "\n".join(lines) + "\n")


Look: TypeAlias = Callable[[Values, Values], Values]
"""Of parameters and a state's values, `today` first, the values of some expressions about it."""


def compile_look(system: System, exprs: Sequence[Expr]) -> Look:
    """Return a function that does what `interpret.evaluate` does with each of `exprs` on a state on its own."""
    maker = _Maker(system)
    block = _Block(maker, None, TODAY, {})
    found = [_expr(e, View.AFTER, block) for e in exprs]
    lines = [*_unpacked(maker), *_indented(block.lines, 1), f"    return ({''.join(f'{text}, ' for text in found)})"]
    look: Look = _defined("look", ["def look(parameters, values):", *lines], maker)  # type: ignore[assignment]  # what exec defines has no type
    return look


def _defined(name: str, lines: Iterable[str], maker: "_Maker") -> object:
    """Return the function `name` that `lines` define."""
    space: dict[str, object] = {**_LIBRARY, **{f"K{i}": k for i, k in enumerate(maker.constants)}}
    exec(compile("\n".join(lines) + "\n", "<policy>", "exec"), space)  # noqa: S102  our own text: no part of it comes from a policy
    return space[name]


_LIBRARY: dict[str, object] = {
    "Fraction": Fraction,
    "month_of": calendar.month_of,
    "day_in_month": calendar.day_in_month,
    "month_start": calendar.month_start,
    "add_months": calendar.add_months,
    "month_addition_exact": calendar.month_addition_exact,
    "weekday": calendar.weekday,
    "add_business_days": calendar.add_business_days,
}


# --- the program -----------------------------------------------------------------------------------


class _Maker:
    """The numbering of names, and the table of constants, which grows while code is made."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.definitions: Mapping[str, Definition] = definition_table(system)
        self.variables = {v.name: f"s{i}" for i, v in enumerate(system.variables)}
        self.updated = {u.variable for u in system.updates}
        self.parameters = {p.name: f"p{i}" for i, p in enumerate(system.parameters)}
        self.constants: list[object] = []
        self._numbers: dict[tuple[type, object], str] = {}

    def constant(self, value: object) -> str:
        """Return the name under which `value` is in the table."""
        key = (type(value), value)
        if key not in self._numbers:
            self._numbers[key] = f"K{len(self.constants)}"
            self.constants.append(value)
        return self._numbers[key]


@dataclass(slots=True)
class _Block:
    """Straight-line code for one look at the state: lines so far, and which text is already in which variable.

    `step` is None on a state on its own. `day` is the variable with the step's date.
    """

    maker: _Maker
    step: str | None
    day: str
    inputs: Mapping[str, str]
    lines: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    uses: dict[tuple[str, View], str] = field(default_factory=dict)
    texts: dict[tuple[int, View], str] = field(default_factory=dict)

    def keep(self, text: str) -> str:
        """Return a variable that has the value of `text`, computed once; names and numbers stay themselves."""
        if text.isalnum() or text.removeprefix("-").isdigit():
            return text
        if text not in self.known:
            self.known[text] = f"t{len(self.known)}"
            self.lines.append(f"{self.known[text]} = {text}")
        return self.known[text]


def _program(maker: _Maker) -> Iterator[str]:
    """Yield the lines of `run(parameters, values, events)`."""
    state = ["today", *maker.variables.values()]
    yield "def run(parameters, values, events):"
    yield from _unpacked(maker)
    yield "    count = 0"
    yield "    for event in events:"
    yield "        count += 1"
    yield "        name, day, inputs = event"
    if maker.system.schedules:
        yield "        firings, last = 0, None"
        yield "        while True:"
        yield from _indented(_pending(maker), 3)
        yield "            if which is None:"
        yield "                break"
        yield "            firings, last = (firings + 1 if last == when else 1), when"
        yield f"            if firings > {MAX_FIRINGS}:"
        yield from _stop(state, 4)
        for i, s in enumerate(maker.system.schedules):
            yield f"            {'el' if i else ''}if which == {i}:"
            yield from _indented(_transition(maker, s.name, "when", {}), 4)
            yield "                today = when"
    yield "        if day < today:"
    yield from _stop(state, 3)
    for event in maker.system.events:
        yield from _indented(_event(maker, event, state), 2)
    yield f"        if name != {maker.constant(PASSAGE)} or day == today or inputs:"
    yield from _stop(state, 3)
    yield from _indented(_transition(maker, PASSAGE, "day", {}), 2)
    yield "        today = day"
    yield f"    return count, None, ({', '.join(state)},)"


def _unpacked(maker: _Maker) -> Iterator[str]:
    """Yield code that gives parameters and values their names."""
    if maker.parameters:
        yield f"    ({', '.join(maker.parameters.values())},) = parameters"
    yield f"    ({', '.join(['today', *maker.variables.values()])},) = values"


def _event(maker: _Maker, event: Event, state: list[str]) -> Iterator[str]:
    """Yield code for one kind of event: read its inputs, stop unless its guard holds, update, go on."""
    yield f"if name == {maker.constant(event.name)}:"
    names = {each.name: f"i{k}" for k, each in enumerate(event.inputs)}
    yield from _indented(_read_inputs(maker, event.inputs, state), 1)
    block = _Block(maker, event.name, "day", names)
    changed = [u for u in maker.system.updates if _update(u, block)]
    guard = _expr(event.guard, View.BEFORE, block)  # last: it may look at new values
    yield from _indented(block.lines, 1)
    if guard != "True":
        yield f"    if not {guard}:"
        yield from _stop(state, 2)
    yield from _indented(_assign(maker, changed), 1)
    yield "    today = day"
    yield "    continue"


def _indented(lines: Iterable[str], depth: int) -> Iterator[str]:
    return ("    " * depth + line for line in lines)


def _stop(state: list[str], depth: int) -> Iterator[str]:
    yield "    " * depth + f"return count, event, ({', '.join(state)},)"


def _pending(maker: _Maker) -> Iterator[str]:
    """Yield code for `interpret.due`: `which` schedule is due up to `day` (None if none), and `when`."""
    block = _Block(maker, None, "today", {})
    conditions: list[str] = []
    for i, s in enumerate(maker.system.schedules):
        armed = block.keep(_expr(s.armed, View.AFTER, block))
        due = block.keep(_expr(s.due, View.AFTER, block))
        conditions += [
            f"if {armed}:",
            f"    d = {due} if {due} > today else today",
            "    if d < when:",
            f"        which, when = {i}, d",
        ]
    yield from block.lines
    yield "which, when = None, day + 1"
    yield from conditions


def _read_inputs(maker: _Maker, inputs: tuple[Input, ...], state: list[str]) -> Iterator[str]:
    """Yield code that puts the inputs into `i0`, `i1`, ..., and stops unless they are of their sorts."""
    yield f"if len(inputs) != {len(inputs)}:"
    yield from _stop(state, 1)
    for k, each in enumerate(inputs):
        yield f"i{k} = inputs.get({maker.constant(each.name)})"
        yield f"if {_misfit(f'i{k}', each.sort, maker)}:"
        yield from _stop(state, 1)


def _misfit(text: str, sort: Sort, maker: _Maker) -> str:
    """Return code for "not `walk.has_sort`"."""
    match sort:
        case BoolSort():
            return f"type({text}) is not bool"
        case IntSort() | DateSort():
            return f"type({text}) is not int"
        case RatSort():
            return f"type({text}) is not Fraction"
        case EnumSort(values=values):
            return f"type({text}) is not str or {text} not in {maker.constant(frozenset(values))}"
        case _:
            assert_never(sort)


def _transition(maker: _Maker, name: str, day: str, inputs: Mapping[str, str]) -> Iterator[str]:
    """Yield code for the updates of the step `name`: new values in `n...`, then all at once into `s...`."""
    block = _Block(maker, name, day, inputs)
    changed = [u for u in maker.system.updates if _update(u, block)]
    yield from block.lines
    yield from _assign(maker, changed)


def _assign(maker: _Maker, changed: Iterable[Update]) -> Iterator[str]:
    for u in changed:
        own = maker.variables[u.variable]
        yield f"{own} = n{own[1:]}"


def _update(update: Update, block: _Block) -> bool:
    """Add code for the new value of a variable to `block`; return whether it can change at all."""
    own = block.maker.variables[update.variable]
    branches: list[tuple[str, str]] = []
    for case in update.cases:
        if case.steps is not None and block.step not in case.steps:
            continue
        guard = _expr(case.guard, View.BEFORE, block)
        if guard == "False":
            continue
        branches.append((guard, _expr(case.value, View.BEFORE, block)))
        if guard == "True":
            break
    new = f"n{own[1:]}"
    block.lines.append(f"{new} = {_chain(branches, own)}")
    return bool(branches)


def _chain(branches: list[tuple[str, str]], otherwise: str) -> str:
    """Return the value of the first branch whose condition holds."""
    parts: list[str] = []
    for cond, value in branches:
        if cond == "True":
            return "".join([*parts, value])
        parts.append(f"{value} if {cond} else ")
    return "".join([*parts, otherwise])


# --- expressions -------------------------------------------------------------------------------------


def _expr(e: Expr, view: View, block: _Block) -> str:
    """Return Python text with the value of `e`, in parentheses; adds what it needs to `block` first."""
    key = (id(e), view)  # the system keeps its expressions; many are parts of several others
    known = block.texts.get(key)
    if known is None:
        text = _text(e, view, block)
        known = block.texts[key] = block.keep(text) if len(text) > _LONG else text
    return known


def _text(e: Expr, view: View, block: _Block) -> str:
    def sub(part: Expr) -> str:
        return _expr(part, view, block)

    def call(function: str, *args: str) -> str:
        return block.keep(f"{function}({', '.join(args)})")

    match e:
        case BoolLit(value=value):
            return "True" if value else "False"
        case IntLit(value=number) | DateLit(value=number):
            return str(number) if number >= 0 else f"({number})"
        case RatLit(value=rational):
            return block.maker.constant(rational)
        case EnumLit(value=name):
            return block.maker.constant(name)
        case Var():
            return _name(e, view, block)
        case Use(name=name):
            key = (name, view)
            if key not in block.uses:
                block.uses[key] = block.keep(sub(block.maker.definitions[name].body))
            return block.uses[key]
        case At(view=inner, body=body):
            return _expr(body, inner, block)
        case Happens(step=step):
            return "True" if block.step == step else "False"
        case Not(arg=a):
            return _not(sub(a))
        case And(args=args):
            return _junction([sub(a) for a in args], " and ", neutral="True", absorbing="False")
        case Or(args=args):
            return _junction([sub(a) for a in args], " or ", neutral="False", absorbing="True")
        case Ite():
            return _branches(e, view, block)
        case Equal(left=a, right=b):
            return f"({sub(a)} == {sub(b)})"
        case Less(left=a, right=b, strict=strict):
            return f"({sub(a)} {'<' if strict else '<='} {sub(b)})"
        case Add(args=args):
            return f"({' + '.join(sub(a) for a in args)})"
        case Scale(factor=factor, arg=a):
            head = str(factor) if isinstance(factor, int) else block.maker.constant(factor)
            return f"({head} * {sub(a)})"
        case Quotient(arg=a, divisor=divisor):
            return f"({sub(a)} // {divisor})"
        case Remainder(arg=a, divisor=divisor):
            return f"({sub(a)} % {divisor})"
        case ToRat(arg=a):
            return f"Fraction({sub(a)})"
        case AddDays(date=z, days=n):
            return f"({sub(z)} + {sub(n)})"
        case DaysBetween(start=a, end=b):
            return f"({sub(b)} - {sub(a)})"
        case MonthOf(date=z):
            return call("month_of", sub(z))
        case DayInMonth(date=z):
            return call("day_in_month", sub(z))
        case MonthStart(month=m):
            return call("month_start", sub(m))
        case AddMonths(date=z, months=n, rounding=rounding):
            return call("add_months", sub(z), sub(n), block.maker.constant(rounding))
        case MonthsExact(date=z, months=n):
            return call("month_addition_exact", sub(z), sub(n))
        case Weekday(date=z):
            return call("weekday", sub(z))
        case AddBusinessDays(date=z, days=n, calendar=days):
            return call("add_business_days", sub(z), sub(n), block.maker.constant(days))
        case _:
            assert_never(e)


def _name(e: Var, view: View, block: _Block) -> str:
    """Return the variable that has the value of a name."""
    maker = block.maker
    if e.name == TODAY:
        return block.day
    if e.name == CLOCK:
        return block.day if view is View.AFTER else TODAY
    if e.name in maker.variables:
        own = maker.variables[e.name]
        renewed = view is View.AFTER and block.step is not None and e.name in maker.updated
        return f"n{own[1:]}" if renewed else own
    if e.name in maker.parameters:
        return maker.parameters[e.name]
    if e.name in block.inputs:
        return block.inputs[e.name]
    return block.day if isinstance(e.sort, DateSort) else block.maker.constant(default_value(e.sort, 0))


def _not(text: str) -> str:
    known = {"True": "False", "False": "True"}
    return known.get(text, f"(not {text})")


def _junction(parts: list[str], word: str, *, neutral: str, absorbing: str) -> str:
    """Return the parts joined by `word`, without those that say nothing."""
    if absorbing in parts:
        return absorbing
    telling = [part for part in parts if part != neutral]
    if len(telling) < 2:  # noqa: PLR2004
        return telling[0] if telling else neutral
    return f"({word.join(telling)})"


def _branches(e: Expr, view: View, block: _Block) -> str:
    """Return a chain of conditions; a long table nests only here, so this loops."""
    branches: list[tuple[str, str]] = []
    while isinstance(e, Ite):
        cond = _expr(e.cond, view, block)
        if cond == "True":
            e = e.then
            break
        if cond != "False":
            branches.append((cond, _expr(e.then, view, block)))
        e = e.otherwise
    last = _expr(e, view, block)
    return f"({_chain(branches, last)})" if branches else last
