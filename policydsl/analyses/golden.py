"""A history written down as a golden one: its steps, and what they change as what is expected."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from policydsl.analyses.replay import has_value, value_of
from policydsl.base.calendar import Day, show_day
from policydsl.core.expr import TODAY, Value
from policydsl.core.system import PASSAGE, Event, Trace
from policydsl.front.history_targets import Target, find_target
from policydsl.front.history_values import write_value
from policydsl.front.loaded import LoadedPolicy, visible_state
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected, State


class ImpossibleError(Exception):
    """A step of the history is not possible under the policy; `args` are the step's name and day."""


def golden(policy: LoadedPolicy, trace: Trace, about: str, watched: Sequence[str] = ()) -> str:
    """Return `trace` as a golden history (YAML) that expects what comes out of it.

    What a step changes is expected after it; after the last one also the values of `watched`, named as in
    expectations (a name that says nothing there is left out).
    Raises:   `ImpossibleError` where a step of `trace` cannot happen.
    """
    steps = list(_steps(policy, trace, [t for name in watched if (t := find_target(name, policy)) is not None]))
    head = ("about", about), ("start", show_day(int(trace.initial[TODAY]))), *_settings(policy, trace)
    lines = [f"{key}: {_dumped(value)}" for key, value in head if value or key == "about"]
    lines += ["steps:" if steps else "steps: []", *(f"  - {_dumped(step)}" for step in steps)]
    return "\n".join(lines) + "\n"


def _settings(policy: LoadedPolicy, trace: Trace) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the parameters and readings that are not as the policy has them by default, and what starts open."""
    given = [p for p in policy.system.parameters if p.default is None or trace.parameters[p.name] != p.default]
    for key, is_reading in (("parameters", False), ("readings", True)):
        yield (
            key,
            {p.name: _input(policy, p.name, trace.parameters[p.name]) for p in given if p.is_reading is is_reading},
        )
    free = {v.name for v in policy.system.variables if v.initial is None}
    shown = visible_state(policy, trace.initial).items()
    yield "initial", {name: write_value(value, type_) for name, (type_, value) in shown if name in free}


def _steps(policy: LoadedPolicy, trace: Trace, watched: Sequence[Target]) -> Iterator[dict[str, Any]]:
    """Yield each step that a history writes: all but those that the calendar inserts by itself."""
    system = policy.system
    state: State = trace.initial
    told = _shown(policy, state)
    events = {e.name: e for e in system.events}
    last = len(trace.steps) - 1
    for index, step in enumerate(trace.steps):
        result = interpret.step(system, trace.parameters, state, step)
        if isinstance(result, Rejected):
            raise ImpossibleError(step.name, show_day(step.day))
        before, state = state, result.state
        by_itself = step.name not in events and step.name != PASSAGE
        if by_itself and index != last:
            continue
        now = _shown(policy, state)
        expect = {name: value for name, value in now.items() if told[name] != value}
        told = now
        if index == last:
            around = before, step, state
            for target in (t for t in watched if has_value(t, step)):
                value = value_of(target, system, trace.parameters, around)
                expect[target.name] = write_value(value, target.type)
        yield _step(policy, events.get(step.name), step.day, step.inputs, expect)


def _step(
    policy: LoadedPolicy, event: Event | None, day: Day, inputs: Mapping[str, Value], expect: dict[str, str]
) -> dict[str, Any]:
    made: dict[str, Any] = {"date": show_day(day)}
    if event is not None:
        made["event"] = event.name
        for own in event.inputs:
            if own.default is None or inputs[own.name] != own.default:
                made[own.name.removeprefix(f"{event.name}.")] = _input(policy, own.name, inputs[own.name])
    return {**made, "expect": expect} if expect else made


def _shown(policy: LoadedPolicy, state: State) -> dict[str, str]:
    return {name: write_value(value, type_) for name, (type_, value) in visible_state(policy, state).items()}


def _input(policy: LoadedPolicy, name: str, value: Value) -> str:
    symbol = policy.symbols.get(name)
    assert symbol is not None
    assert symbol.type is not None
    return write_value(value, symbol.type)


# --- YAML ----------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Writes every scalar as plain as it goes: histories read all of them as words."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  as the library has it


def _dumped(value: object) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, width=10**9, sort_keys=False, allow_unicode=True
    )
    return text.removesuffix("\n").removesuffix("\n...").rstrip("\n")
