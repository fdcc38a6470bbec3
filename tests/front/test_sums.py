"""Durations added to a date: all months at once, rounded once, then days; brackets say otherwise."""

import pytest

from policydsl.base.calendar import parse_day
from policydsl.core.system import Step
from policydsl.semantics.interpret import Rejected, Stepped, initial_state, step
from tests.engines.reading import loaded

POLICY = """policy "Sums"
    histories from 2023-01-01
    month ends last day

clause 1 "all of it"
    state d: date or none
    occurrence e
        field k: months in 0 .. 5 default 1 month
    on e
        set d = {}
"""


@pytest.mark.parametrize(
    ("total", "day", "reached"),
    [
        ("today + 1 year + 1 month", "2024-02-29", "2025-03-29"),
        ("today + 13 months", "2024-02-29", "2025-03-29"),
        ("(today + 1 year) + 1 month", "2024-02-29", "2025-03-28"),
        ("today + 10 days + 1 month", "2024-01-31", "2024-03-10"),
        ("(today + 10 days) + 1 month", "2024-01-31", "2024-03-10"),
        ("today + 10 days + 1 month", "2024-01-20", "2024-03-01"),
        ("(today + 10 days) + 1 month", "2024-01-20", "2024-02-29"),
        ("today + k - 2 days - 1 month", "2024-03-31", "2024-03-29"),
        ("today - 1 month + k + k", "2024-01-31", "2024-02-29"),
        ("today + 1 month + 1 month rounding overflow", "2024-12-31", "2025-03-03"),
        ("today - 1 month", "2024-03-31", "2024-02-29"),
        ("today + 2 business days + 1 month", "2024-01-31", "2024-03-04"),
    ],
)
def test_months_come_first_and_are_rounded_once(total: str, day: str, reached: str) -> None:
    system = loaded(POLICY.format(total), 'claims about "Sums"\n')[0].system
    today = parse_day(day)
    assert today is not None
    state = initial_state(system, {}, today, {})
    assert not isinstance(state, Rejected)
    done = step(system, {}, state, Step("e", today, {"e.k": 1}))
    assert isinstance(done, Stepped)
    assert done.state["d"] == parse_day(reached)
