"""Several schedules due on one day all fire, in the order of the text: against a calendar told day by day."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest

from policydsl.core.system import Step, System
from policydsl.engines.verdict import Proved, Refuted
from policydsl.front.load import load_files
from policydsl.semantics.compile import compile_system
from policydsl.semantics.interpret import Rejected, State, initial_state, settle, step
from tests.engines.asking import answers
from tests.engines.reading import loaded

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
    assert not any(v.name == "day.done" for v in system.variables)


DATED = """policy "Dated"
    histories from 2024-01-01

clause 1 "all of it"
    parameter agreed: date in 2023-06-01 .. 2025-01-01
    state term: date or none starts where term is none or term in [2023-06-01, 2024-06-01]
    state set_later: date or none
    occurrence choose
        field chosen: date in 2023-01-01 .. 2026-01-01
    schedule amnesty: on 2024-06-01
        set set_later = none
    schedule signing: on agreed
        set set_later = none
    schedule ending: the day after term while term is not none
        set set_later = none
    schedule late: the day after set_later while set_later is not none
        set term = none
    on choose
        set set_later = chosen
"""

DATED_CLAIMS = """claims about "Dated"

guarantee fixed "An amnesty comes on its day, never in a history that begins later"
    cites 1
    after amnesty: today = 2024-06-01

guarantee parameter_ "So does what is agreed"
    cites 1
    after signing: today = agreed

guarantee first "So does what is open at the start"
    cites 1
    after ending: old term is not none and today = old term + 1 day

finding past "A day that is set when it is over is dealt with at once"
    cites 1
    after late: old set_later is not none and today = old set_later + 1 day

guarantee once "... and never before it is over"
    cites 1
    after late: old set_later is not none and today > old set_later

guarantee can "All of them can fire"
    cites 1
    possible after amnesty or signing or ending: set_later is none
"""


def test_a_date_before_the_history_is_over() -> None:
    _, claims = loaded(DATED, DATED_CLAIMS)
    found = answers([c.question for c in claims.values()])
    failing = {name for name, verdict in found.items() if isinstance(verdict, Refuted)}
    assert failing == {"past", "can"}  # what can be is shown by a story
    assert {type(found[name]) for name in claims if name not in failing} == {Proved}


GUARDED = """policy "Guarded"
    histories from 2025-01-01

clause 1 "a day that is none, or undefined, when the history starts is not over then"
    state fired: boolean = no
    state d: date or none
    state n: count = 0
    state known[1 .. 2]: date = 2025-01-01
    occurrence note
        field noted: date
    on note
        set d = noted
        set n = 1
    schedule s: {}
        set fired = yes
"""


@pytest.mark.parametrize(
    "when",
    [
        "the day after d while d is not none",
        "on d - 1 day while n = 1 and d is not none",
        "the day after (if d is none then d else 2025-01-10)",
        "on (if d is none then 2026-01-01 else d) while d is not none",
        "on known[n] while 1 <= n <= 2",
    ],
)
def test_a_day_that_is_not_there_at_the_start_is_not_over(when: str) -> None:
    """It fires at once for a day long past, also for the one that stands for none."""
    made = load_files(("guarded.policy",), lambda _: (GUARDED.format(when), ()))
    assert not [d for d in made.diagnostics if d.is_error], made.diagnostics
    system = made.policies[0].system
    for begun, noted in ((date(2025, 1, 27), date(2025, 1, 1)), (date(2025, 1, 27), date(2025, 1, 2))):
        state = initial_state(system, {}, begun.toordinal(), {})
        assert not isinstance(state, Rejected)
        done = step(system, {}, state, Step("note", begun.toordinal(), {"note.noted": noted.toordinal()}))
        assert not isinstance(done, Rejected)
        assert _settled(system, done.state, begun)["fired"] is True


REPEATED = """policy "Repeated"
    histories from 2025-01-01

clause 1 "all of it"
    state due: date or none
    state seen: count = 0
    state firsts: count = 0
    occurrence find
    schedule first_of_month: each month on day 1
        set firsts = firsts + 1
        set due = today - 5 days
    schedule late: the day after due
        set due = none
    schedule monday: each Monday
        set seen = seen + 1
    schedule penultimate: each month on day 1
        set firsts = firsts + 0
    schedule again: the day after due
        set due = none
    on find
        set due = today - 5 days
"""


def test_the_start_of_a_day_comes_once() -> None:
    """What waits for a date that is over fires in the middle of a day: that does not begin the day again."""
    loaded = load_files(("repeated.policy",), lambda _: (REPEATED, ()))
    assert not loaded.diagnostics
    system, begin = loaded.policies[0].system, date(2025, 1, 1)
    state = initial_state(system, {}, begin.toordinal(), {})
    assert not isinstance(state, Rejected)
    for n in range(40):
        day = begin + timedelta(n)
        for _ in range(2):
            state = _settled(system, state, day)
            found = step(system, {}, state, Step("find", day.toordinal(), {}))
            assert not isinstance(found, Rejected)
            state = _settled(system, found.state, day)
        past = [begin + timedelta(i) for i in range(1, n + 1)]
        assert state["seen"] == sum(d.weekday() == 0 for d in past)
        assert state["firsts"] == sum(d.day == 1 for d in past)


def _settled(system: System, state: State, day: date) -> State:
    for each in settle(system, {}, state, day.toordinal()):
        assert not isinstance(each, Rejected)
        state = each[1].state
    return state
