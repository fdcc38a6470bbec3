"""Deadlines whose condition comes and goes with the calendar: no day between two steps is left out."""

from itertools import pairwise

import pytest

from policydsl.base.calendar import from_civil
from policydsl.core.expr import TODAY, Value
from policydsl.core.walk import definition_table
from policydsl.engines.verdict import Bounded, Budget, Proved, Refuted, Unknown, Verdict
from policydsl.front.drift import drift, seen_from_both_ends
from policydsl.semantics.evaluate import alone, holds
from tests.engines.asking import answers
from tests.engines.reading import loaded, questions

POLICY = """policy "Windows"
    histories from 2025-01-01
    month ends last day

clause 1 "all of it"
    state d: date or none
    state f: boolean = no
    occurrence e
    occurrence toggle
    define window: boolean = d is not none and d + 3 days <= today <= d + 5 days
    define blocked: boolean = d is not none and today <= d + 5 days
    define left: integer
        2 when d is not none and today < d + 10 days
        0 otherwise
    count recent: e, this one included, within any 5 days up to 2
    on e
        set d = today
    on toggle
        set f = not f
"""

FINE = (
    "blocked",
    "not blocked",
    "f and blocked",
    "f or blocked or (d is not none and today > d + 20 days)",
    "d is not none and today >= d + 1 month",
    "d is not none and 3 * days from d to today > 30 days",
    "recent = 0",
    "recent <= 1",
    "left = 0",
    "left > 1",
    "year of today > 2024",
    "not (not f and not blocked)",
    "f and (blocked or (d is not none and today > d + 20 days))",
    "d is not none and today > d + 2 business days",
    "d is not none and end of month of today > d + 60 days",
)
COMING_AND_GOING = (
    "window",
    "weekday of today is Monday",
    "day of today = 15",
    "month of today = 2",
    "recent = 1",
    "d is not none and today = d + 20 days",
    "d is not none and today = d + 1 month",
    "f or weekday of today is Friday",
    "d is not none and (if weekday of today is Monday then today else d) > d",
    "d is not none and today + 1 month rounding overflow <= d + 45 days",
)


def claims(*conditions: str) -> str:
    said = [f'guarantee c{i} "so"\n    cites 1\n    {c}\n' for i, c in enumerate(conditions)]
    return 'claims about "Windows"\n\n' + "\n".join(said)


@pytest.mark.parametrize("condition", [*FINE, *COMING_AND_GOING])
def test_what_is_called_seen_is_seen(condition: str) -> None:
    system = questions(POLICY, claims(f"always {condition}"))["c0"].system
    made = questions(POLICY, claims(f"always {condition}"))["c0"].property.state
    table = definition_table(system)
    first = from_civil(2025, 1, 20)
    for day in range(0, 25, 4):
        unset: dict[str, Value] = {
            v.name: False if v.sort.__class__.__name__ == "BoolSort" else first for v in system.variables
        }
        for f in (False, True):
            state = {
                **unset,
                "d": first + day,
                "d.set": True,
                "f": f,
                "recent.until1": first + 7,
                "recent.until2": first,
            }
            values = [holds(made, alone(system, {}, {**state, TODAY: first + i})) for i in range(120)]
            ways = {"+" if later > earlier else "-" for earlier, later in pairwise(values) if later != earlier}
            assert ways <= drift(made, table), condition
            turns = "".join("x" if v else "." for v in values).strip("x")
            assert not seen_from_both_ends(made, table) or "x" not in turns, condition
    assert seen_from_both_ends(made, table) == (condition in FINE), condition


OPEN = (Proved, Bounded, Unknown)
EXPECTED: dict[str, tuple[type[Verdict], ...]] = {
    "within 7 days of e: weekday of today is Monday": OPEN,
    "within 5 days of e: weekday of today is Monday": (Refuted,),
    "within 5 days of e: window": (Refuted,),
    "within 5 days of e when not f: window or f": (Refuted,),
    "within 2 days of e: window": (Refuted,),
    "within 0 days of e: window": (Refuted,),
    "within 0 days of e: blocked": (Proved,),
    "within 3 days of e when f: not f or blocked": (Proved,),
    "within 40 days of e: day of today = 15": OPEN,
}


@pytest.mark.parametrize("claim", EXPECTED)
def test_a_day_on_which_nothing_happens_counts(claim: str) -> None:
    """A story that steps over the day on which it would be so shows nothing; where a proof is hard, it is left open."""
    _, found = loaded(POLICY, claims(claim))
    verdict = answers([found["c0"].question], Budget(seconds=60, rlimit=200_000, max_depth=8, max_k=1))["c0"]
    assert isinstance(verdict, EXPECTED[claim])


OVERFLOW = """policy "Windows"
    histories from 2025-01-01
    month ends overflow

clause 1 "asked on 31 January, a month ends on 3 March; asked on 1 February, on the 1st"
    state asked: count = 0
    state done: boolean = no
    occurrence ask
        possible when (asked = 0 and today = 2025-01-31) or (asked = 1 and today = 2025-02-01)
    on ask
        set asked = asked + 1
    schedule first: on 2025-03-01
        set done = yes when early
    schedule third: on 2025-03-03
        set done = yes
    parameter early: boolean
"""


@pytest.mark.parametrize("condition", ["done", "done or year of today > 2025"])
def test_what_is_asked_later_may_be_due_earlier(condition: str) -> None:
    """Where days are carried over into the next month, the deadline that opened last can be the first to pass."""
    said = claims(f"within 1 month of ask: {condition}", f"within 1 month of ask when old asked = 0: {condition}")
    late = said.replace("within", "under early\n    within", 1).replace("c0", "early")
    asked = [*questions(OVERFLOW, said).values(), questions(OVERFLOW, late)["early"]]
    found = answers(asked, Budget(seconds=60, rlimit=200_000, max_depth=6, max_k=1, horizons=(24,)))
    assert isinstance(found["c0"], Refuted)
    assert not any(isinstance(found[name], Refuted) for name in ("c1", "early"))
