"""Histories as records hold them, without what follows from the system: written, and read again. No solver here."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from policydsl.base import calendar
from policydsl.base.calendar import show_day
from policydsl.core.expr import TODAY, BoolSort, DateSort, EnumSort, IntSort, RatSort, Sort, Value
from policydsl.core.system import Step, System, Trace
from policydsl.engines.records import StoreError
from policydsl.engines.verdict import Json
from policydsl.semantics.interpret import Rejected, initial_state


def write_story(system: System, trace: Trace) -> Json:
    """Return `trace` without what follows from the system: defaults of parameters, fixed first values."""
    sorts = {each.name: each.sort for event in system.events for each in event.inputs}
    given: dict[str, Json] = {
        p.name: _written(trace.parameters[p.name], p.sort)
        for p in system.parameters
        if p.default is None or trace.parameters[p.name] != p.default
    }
    first: dict[str, Json] = {
        v.name: _written(trace.initial[v.name], v.sort) for v in system.variables if v.initial is None
    }
    steps: list[Json] = [
        [_written(s.day, DateSort()), s.name, {name: _written(value, sorts[name]) for name, value in s.inputs.items()}]
        for s in trace.steps
    ]
    start = _written(trace.initial[TODAY], DateSort())
    return {"start": start, "parameters": given, "first": first, "history": steps}


def _written(value: Value, sort: Sort) -> Json:
    match sort:
        case BoolSort():
            return bool(value)
        case IntSort():
            return int(value)
        case RatSort():
            return str(Fraction(value))
        case DateSort():
            return show_day(int(value))
        case EnumSort():
            return str(value)
        case _:
            assert_never(sort)


def read_story(system: System, said: Json) -> Trace:
    """Return a trace that `write_story` has written, its first state worked out anew.

    Whether it is a history of `system` is not looked at. Raises `StoreError` where it cannot be read.
    """
    match said:
        case {"start": start, "parameters": dict(given), "first": dict(first), "history": list(history)}:
            parameters = {
                p.name: _read(given[p.name], p.sort) if p.name in given else p.default for p in system.parameters
            }
            chosen = {v.name: _read(first.get(v.name), v.sort) for v in system.variables if v.initial is None}
            inputs = {e.name: {each.name: each.sort for each in e.inputs} for e in system.events}
            steps = tuple(_step(each, inputs) for each in history)
            known = {name: value for name, value in parameters.items() if value is not None}
            if len(known) == len(parameters):
                state = initial_state(system, known, int(_read(start, DateSort())), chosen)
                if not isinstance(state, Rejected):
                    return Trace(known, state, steps)
            raise StoreError("tells a story that cannot begin so")
        case _:
            raise StoreError("has no story where one should be")


def _step(said: Json, inputs: Mapping[str, Mapping[str, Sort]]) -> Step:
    match said:
        case [day, str(name), dict(given)] if given.keys() == inputs.get(name, {}).keys():
            values = {each: _read(value, inputs[name][each]) for each, value in given.items()}
            return Step(name, int(_read(day, DateSort())), values)
        case _:
            raise StoreError("tells a story with a step that there is not")


_FRACTION = re.compile(r"-?\d{1,40}(/[1-9]\d{0,40})?")


def _read(said: Json, sort: Sort) -> Value:
    match sort:
        case BoolSort() if isinstance(said, bool):
            return said
        case IntSort() if isinstance(said, int) and not isinstance(said, bool):
            return said
        case RatSort() if isinstance(said, str) and _FRACTION.fullmatch(said):
            return Fraction(said)
        case DateSort() if isinstance(said, str):
            day = calendar.parse_day(said)
            if day is None:
                raise StoreError("tells a story with a date that there is not")
            return day
        case EnumSort(values=values) if isinstance(said, str) and said in values:
            return said
        case _:
            raise StoreError("tells a story with a value that does not fit")
