"""A system as one fast Python function over a stream of events: `interpret`, unrolled ahead of time.

The source is generated from the core only. Names of the policy never become code: variables are numbered,
and every name, enumeration value and rational sits in a table of constants. Each kind of step has
its own copy of the updates, in which `Happens` is already known; conditions known to be false vanish. Every
core expression is total, so shared parts are computed ahead of the conditions around them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, assert_never

from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, BoolSort, DateSort, EnumSort, Expr, IntSort, RatSort, Sort, Value, View
from policydsl.core.system import PASSAGE, Event, Input, Step, System, Update
from policydsl.semantics.compile_expr import LIBRARY, Block, Maker, chain, text_of
from policydsl.semantics.interpret import MAX_FIRINGS, Rejected, State, admit, settle

Happening: TypeAlias = tuple[str, Day, Mapping[str, Value]]
"""An event (or a passage) of a stream: its name, its day, its inputs."""

Values: TypeAlias = tuple[Value, ...]
Stopped: TypeAlias = tuple[int, Happening | None, Values]
"""How many happenings were looked at, the one that was refused if any, and the values reached, `today` first."""


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
    maker = Maker(system)
    lines = list(_program(maker))
    run: Callable[[Values, Values, Iterator[Happening]], Stopped] = _defined("run", lines, maker)  # type: ignore[assignment]  # what exec defines has no type
    return Folder(system, run, "\n".join(lines) + "\n")


Look: TypeAlias = Callable[[Values, Values], Values]
"""Of parameters and a state's values, `today` first, the values of some expressions about it."""


def compile_look(system: System, exprs: Sequence[Expr]) -> Look:
    """Return a function that does what `evaluate` does with each of `exprs` on a state on its own."""
    maker = Maker(system)
    block = Block(maker, None, TODAY, {})
    found = [text_of(e, View.AFTER, block) for e in exprs]
    lines = [*_unpacked(maker), *_indented(block.lines, 1), f"    return ({''.join(f'{text}, ' for text in found)})"]
    look: Look = _defined("look", ["def look(parameters, values):", *lines], maker)  # type: ignore[assignment]  # what exec defines has no type
    return look


def _defined(name: str, lines: Iterable[str], maker: Maker) -> object:
    """Return the function `name` that `lines` define."""
    space: dict[str, object] = {**LIBRARY, **{f"K{i}": k for i, k in enumerate(maker.constants)}}
    exec(compile("\n".join(lines) + "\n", "<policy>", "exec"), space)  # noqa: S102  our own text: no part of it comes from a policy
    return space[name]


# --- the program -----------------------------------------------------------------------------------


def _program(maker: Maker) -> Iterator[str]:
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


def _unpacked(maker: Maker) -> Iterator[str]:
    """Yield code that gives parameters and values their names."""
    if maker.parameters:
        yield f"    ({', '.join(maker.parameters.values())},) = parameters"
    yield f"    ({', '.join(['today', *maker.variables.values()])},) = values"


def _event(maker: Maker, event: Event, state: list[str]) -> Iterator[str]:
    """Yield code for one kind of event: read its inputs, stop unless its guard holds, update, go on."""
    yield f"if name == {maker.constant(event.name)}:"
    names = {each.name: f"i{k}" for k, each in enumerate(event.inputs)}
    yield from _indented(_read_inputs(maker, event.inputs, state), 1)
    block = Block(maker, event.name, "day", names)
    changed = [u for u in maker.system.updates if _update(u, block)]
    guard = text_of(event.guard, View.BEFORE, block)  # last: it may look at new values
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


def _pending(maker: Maker) -> Iterator[str]:
    """Yield code for `interpret.due`: `which` schedule is due up to `day` (None if none), and `when`."""
    block = Block(maker, None, "today", {})
    conditions: list[str] = []
    for i, s in enumerate(maker.system.schedules):
        armed = block.keep(text_of(s.armed, View.AFTER, block))
        due = block.keep(text_of(s.due, View.AFTER, block))
        conditions += [
            f"if {armed}:",
            f"    d = {due} if {due} > today else today",
            "    if d < when:",
            f"        which, when = {i}, d",
        ]
    yield from block.lines
    yield "which, when = None, day + 1"
    yield from conditions


def _read_inputs(maker: Maker, inputs: tuple[Input, ...], state: list[str]) -> Iterator[str]:
    """Yield code that puts the inputs into `i0`, `i1`, ..., and stops unless they are of their sorts."""
    yield f"if len(inputs) != {len(inputs)}:"
    yield from _stop(state, 1)
    for k, each in enumerate(inputs):
        yield f"i{k} = inputs.get({maker.constant(each.name)})"
        yield f"if {_misfit(f'i{k}', each.sort, maker)}:"
        yield from _stop(state, 1)


def _misfit(text: str, sort: Sort, maker: Maker) -> str:
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


def _transition(maker: Maker, name: str, day: str, inputs: Mapping[str, str]) -> Iterator[str]:
    """Yield code for the updates of the step `name`: new values in `n...`, then all at once into `s...`."""
    block = Block(maker, name, day, inputs)
    changed = [u for u in maker.system.updates if _update(u, block)]
    yield from block.lines
    yield from _assign(maker, changed)


def _assign(maker: Maker, changed: Iterable[Update]) -> Iterator[str]:
    for u in changed:
        own = maker.variables[u.variable]
        yield f"{own} = n{own[1:]}"


def _update(update: Update, block: Block) -> bool:
    """Add code for the new value of a variable to `block`; return whether it can change at all."""
    own = block.maker.variables[update.variable]
    branches: list[tuple[str, str]] = []
    for case in update.cases:
        if case.steps is not None and block.step not in case.steps:
            continue
        guard = text_of(case.guard, View.BEFORE, block)
        if guard == "False":
            continue
        branches.append((guard, text_of(case.value, View.BEFORE, block)))
        if guard == "True":
            break
    new = f"n{own[1:]}"
    block.lines.append(f"{new} = {chain(branches, own)}")
    return bool(branches)
