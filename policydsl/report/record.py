"""A trace for programs: declared names, and values that a history file can repeat."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from policydsl.base.calendar import show_day
from policydsl.core.expr import TODAY, Value
from policydsl.core.system import PASSAGE, Step, Trace
from policydsl.front.loaded import LoadedPolicy, visible_state
from policydsl.front.types import BooleanType, NumberType, Type, show_value
from policydsl.report.model import Datum, Move, Record, StepKind


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
