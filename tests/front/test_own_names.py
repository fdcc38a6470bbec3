"""What the tool adds to a system has names of its own, whatever the policy calls its things."""

from policydsl.engines.verdict import Proved, Refuted
from tests.engines.asking import answers
from tests.engines.reading import loaded

POLICY = """policy "Names"
    histories from 2025-01-01

role Seller

clause 1 "a claim may be called like a duty, or like an event with facts of those names"
    state weeks_seen: count = 0
    occurrence warning
        field pending: boolean
        field due: date
    occurrence schedules
        field done: count
    duty answer of Seller
        arises on warning
        by today + 30 days
    schedule yearly: each year on January 1
        set weeks_seen = weeks_seen + 1
    on schedules
        set weeks_seen = done
"""

CLAIMS = """claims about "Names"

guarantee answer "A duty comes to its end"
    cites 1
    within 31 days of warning: not answer.open

finding warning "... but not sooner, whatever day is written in the warning"
    cites 1
    within 30 days of warning when due = 2025-05-05: not answer.open

guarantee facts "A fact is what came with the event"
    cites 1
    after schedules: weeks_seen = done
"""


def test_names_of_monitors_and_bookkeeping_meet_no_others() -> None:
    _, claims = loaded(POLICY, CLAIMS)
    found = answers([c.question for c in claims.values()])
    failing = found.pop("warning")
    assert isinstance(failing, Refuted)
    assert failing.at == 2
    assert {type(verdict) for verdict in found.values()} == {Proved}
