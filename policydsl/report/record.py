"""A trace for programs, both ways: declared names, and values that a history file can repeat."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from policydsl.base.calendar import Day, parse_day, show_day
from policydsl.core.expr import TODAY, Value
from policydsl.core.system import PASSAGE, Step, Trace
from policydsl.front.history_values import Unfit, parse_value
from policydsl.front.loaded import LoadedPolicy, visible_state
from policydsl.front.types import BooleanType, NumberType, Type, show_value
from policydsl.report.told import Datum, Move, Record, StepKind
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected


def record(policy: LoadedPolicy, trace: Trace, states: Sequence[Mapping[str, Value]]) -> Record:
    """Return `trace`, whose states are `states`, the initial one first, by declared names."""
    system = policy.system
    free = {v.name for v in system.variables if v.initial is None}
    shown = [_state(policy, s) for s in states]
    given = [p for p in system.parameters if p.name in trace.parameters]
    return Record(
        show_day(int(trace.initial[TODAY])),
        tuple((p.name, _input(policy, p.name, trace.parameters[p.name])) for p in given if not p.is_reading),
        tuple((p.name, str(trace.parameters[p.name])) for p in given if p.is_reading),
        tuple(shown[0].items()),
        tuple(name for name in shown[0] if name in free),
        tuple(_move(policy, s, old, new) for s, old, new in zip(trace.steps, shown[:-1], shown[1:], strict=True)),
    )


def _move(policy: LoadedPolicy, step: Step, old: Mapping[str, Datum], new: Mapping[str, Datum]) -> Move:
    changed = tuple((name, value) for name, value in new.items() if old[name] != value)
    return Move(show_day(step.day), _kind(policy, step), step.name, tuple(_given(policy, step)), changed)


def _kind(policy: LoadedPolicy, step: Step) -> StepKind:
    event = next((e for e in policy.system.events if e.name == step.name), None)
    if event is not None:
        return event.kind
    return "passage" if step.name == PASSAGE else "schedule"


def _given(policy: LoadedPolicy, step: Step) -> Iterator[tuple[str, Datum]]:
    for event in policy.system.events:
        if event.name == step.name:
            for own in event.inputs:
                yield own.name.removeprefix(f"{event.name}."), _input(policy, own.name, step.inputs[own.name])


def _state(policy: LoadedPolicy, state: Mapping[str, Value]) -> dict[str, Datum]:
    return {name: datum(value, type_) for name, (type_, value) in visible_state(policy, state).items()}


def _input(policy: LoadedPolicy, name: str, value: Value) -> Datum:
    symbol = policy.symbols.get(name)
    if symbol is not None and symbol.type is not None:
        return datum(value, symbol.type)
    return str(value) if isinstance(value, Fraction) else value


def datum(value: Value | None, type_: Type) -> Datum:
    """Return `value` as programs read it."""
    if value is None:
        return None
    match type_:
        case BooleanType():
            return bool(value)
        case NumberType():
            return int(value)
        case _:
            return show_value(value, type_)


def trace_of(policy: LoadedPolicy, made: Record, claim: str) -> Trace | None:
    """Return the trace that `made` records, a story of `claim`; None where `policy` no longer has its names and values.

    Where the claim looked by itself at what has come of it, on a day of its own, no more is told than that day.
    """
    system = policy.system
    try:
        given = {**dict(made.parameters), **dict(made.readings)}
        parameters = {p.name: _value(policy, p.name, given[p.name]) for p in system.parameters}
        opened = {name: value for name, value in made.state if name in made.open and value is not None}
        state = {name: _value(policy, name.partition("[")[0], value) for name, value in opened.items()}
        start = interpret.initial_state(system, parameters, _day(made.start), state)
        steps = tuple(_taken(policy, move) for move in _of_policy(policy, made, claim))
    except (KeyError, ValueError):
        return None
    return None if isinstance(start, Rejected) else Trace(parameters, start, steps)


def _of_policy(policy: LoadedPolicy, made: Record, claim: str) -> Iterator[Move]:
    """Yield the moves of `made`; for those of a monitor of `claim`, the day if nothing else has come to it."""
    known, reached = {s.name for s in policy.system.schedules}, made.start
    for move in made.moves:
        if move.name in known or not move.name.startswith((f"{claim}.", f"{claim}/claim.")):
            yield move
        elif move.date != reached:
            yield Move(move.date, "passage", PASSAGE, (), ())
        reached = move.date


def _taken(policy: LoadedPolicy, move: Move) -> Step:
    given = {f"{move.name}.{name}": value for name, value in move.given}
    event = next((e for e in policy.system.events if e.name == move.name), None)
    inputs = {} if event is None else {i.name: _value(policy, i.name, given[i.name]) for i in event.inputs}
    return Step(move.name, _day(move.date), inputs)


def _value(policy: LoadedPolicy, name: str, value: Datum) -> Value:
    type_ = policy.symbols[name].type
    if type_ is None:
        raise KeyError(name)
    read = parse_value(("yes" if value else "no") if isinstance(value, bool) else str(value), type_)
    if read is None or isinstance(read, Unfit):
        raise ValueError(name)
    return read


def _day(text: str) -> Day:
    day = parse_day(text)
    if day is None:
        raise ValueError(text)
    return day
