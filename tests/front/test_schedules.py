"""Several schedules due on one day all fire, in the order of the text: against a calendar told day by day."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest

from policydsl.core.system import Step, System
from policydsl.front.load import load_files
from policydsl.semantics.compile import compile_system
from policydsl.semantics.interpret import Rejected, initial_state, settle, step

Day = Callable[[date], bool]

START = date(2024, 1, 1)
DAYS: dict[str, Day] = {
    "each year on January 1": lambda d: (d.month, d.day) == (1, 1),
    "each year on February 29": lambda d: d.month == 2 and (d + timedelta(1)).month == 3,
    "each month on day 1": lambda d: d.day == 1,
    "each month on day 31": lambda d: (d + timedelta(1)).day == 1,
    "each month on day 29": lambda d: d.day == 29 or (d.day < 29 and (d + timedelta(1)).day == 1),
    "each month on the last day": lambda d: (d + timedelta(1)).day == 1,
    "each Monday": lambda d: d.weekday() == 0,
    "each Sunday": lambda d: d.weekday() == 6,
}
GROUPS = (
    ("each year on January 1", "each month on day 1"),
    ("each month on day 1", "each year on January 1", "each Monday"),
    ("each month on day 31", "each month on the last day", "each month on day 29", "each year on February 29"),
    ("each Sunday", "each Monday", "each month on the last day", "each month on day 1"),
)


def policy(recurrences: Sequence[str], condition: str = "") -> System:
    lines = ['policy "Days"', "    histories from 2024-01-01", "", "role A", ""]
    lines += ['clause 1 "a switch"', "    state on_duty: boolean = no", "    occurrence flip by A", "    on flip"]
    lines += ["        set on_duty = not on_duty", ""]
    for i, each in enumerate(recurrences):
        lines += [f'clause {i + 2} "a schedule"', f"    state n{i}: count = 0"]
        lines += [f"    schedule s{i}: {each}{condition}", f"        set n{i} = n{i} + 1", ""]
    text = "\n".join(lines)
    loaded = load_files(("days.policy",), lambda _: (text, ()))
    assert not any(d.is_error for d in loaded.diagnostics), loaded.diagnostics
    return loaded.policies[0].system


def expected(recurrences: Sequence[str], until: date, on_duty: Callable[[date], bool]) -> list[tuple[str, int]]:
    """Return what fires, and when: each day from the day after the start, in the order of the text."""
    fired = []
    for n in range(1, (until - START).days + 1):
        day = START + timedelta(n)
        fired += [(f"s{i}", day.toordinal()) for i, each in enumerate(recurrences) if on_duty(day) and DAYS[each](day)]
    return fired


@pytest.mark.parametrize("recurrences", GROUPS)
def test_all_fire_in_order(recurrences: Sequence[str]) -> None:
    system, until = policy(recurrences), date(2026, 3, 5)
    state = initial_state(system, {}, START.toordinal(), {})
    assert not isinstance(state, Rejected)
    found = []
    for each in settle(system, {}, state, until.toordinal()):
        assert not isinstance(each, Rejected)
        found.append((each[0].name, each[0].day))
    assert found == expected(recurrences, until, lambda _: True)
    folded = compile_system(system).fold({}, state, (), until.toordinal())
    assert not isinstance(folded, Rejected)
    assert [folded[f"n{i}"] for i in range(len(recurrences))] == [
        sum(name == f"s{i}" for name, _ in found) for i in range(len(recurrences))
    ]


@pytest.mark.parametrize("recurrences", GROUPS)
def test_what_comes_to_hold_on_the_day_itself_is_too_late(recurrences: Sequence[str]) -> None:
    """The start of a day is over once anything but a schedule has happened on it."""
    system, until = policy(recurrences, " while on_duty"), date(2025, 6, 1)
    state = initial_state(system, {}, START.toordinal(), {})
    assert not isinstance(state, Rejected)
    flips = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 7, 1), date(2024, 12, 31), date(2025, 1, 1)]
    found = []
    for day in [*flips, until]:
        for each in settle(system, {}, state, day.toordinal()):
            assert not isinstance(each, Rejected)
            found.append((each[0].name, each[0].day))
            state = each[1].state
        if day in flips:
            result = step(system, {}, state, Step("flip", day.toordinal(), {}))
            assert not isinstance(result, Rejected)
            state = result.state
    assert found == expected(recurrences, until, lambda day: sum(flip < day for flip in flips) % 2 == 1)


def test_schedules_that_never_meet_need_no_bookkeeping() -> None:
    system = policy(("each year on January 1", "each year on January 2", "each year on March 1"))
    assert not any(v.name == "schedules.done" for v in system.variables)
