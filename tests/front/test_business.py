"""Business days of a country: what the library says, and what becomes of it in a policy."""

from datetime import date
from pathlib import Path

import pytest

from policydsl.base.calendar import add_business_days, is_business_day
from policydsl.front.business import business_calendar
from policydsl.front.load import load

START = date(2024, 1, 1).toordinal()

POLICY = """policy "Refunds"
    histories     from 2024-01-01
    business days of {place}

clause 1 "three business days"
    state due: date or none
    occurrence request
    on request
        set due = today + 3 business days
"""


@pytest.mark.parametrize(
    ("place", "day", "works"),
    [
        ("CN", "2024-10-01", False),  # National Day, a Tuesday
        ("CN", "2024-10-12", True),  # a Saturday worked for it
        ("CN", "2024-02-12", False),  # Spring Festival
        ("CN", "2024-10-09", True),
        ("DE", "2024-05-30", True),
        ("DE-BY", "2024-05-30", False),  # Corpus Christi, in Bavaria
        ("SA", "2024-05-03", False),  # a Friday
        ("SA", "2024-05-05", True),  # a Sunday
        ("US", "2024-07-04", False),
        ("US", "2099-07-03", True),  # beyond the era: Monday to Friday
    ],
)
def test_days(place: str, day: str, *, works: bool) -> None:
    days = business_calendar(place, START)
    assert days is not None
    assert is_business_day(date.fromisoformat(day).toordinal(), days) == works


def test_over_a_golden_week() -> None:
    days = business_calendar("CN", START)
    assert days is not None
    monday = date(2024, 9, 30).toordinal()
    assert add_business_days(monday, 1, days) == date(2024, 10, 8).toordinal()
    assert add_business_days(monday, 5, days) == date(2024, 10, 12).toordinal()


def test_calendars_are_told_apart_by_name() -> None:
    names = {days.name for place in ("DE", "DE-BY", "CN") if (days := business_calendar(place, START))}
    assert len(names) == 3
    assert business_calendar("DE", START) == business_calendar("DE", START)


@pytest.mark.parametrize(("place", "hint"), [("XX", "as in ISO 3166"), ("DE-ZZ", "`DE-BY`")])
def test_unknown_places(tmp_path: Path, place: str, hint: str) -> None:
    (tmp_path / "a.policy").write_text(POLICY.format(place=place), encoding="utf-8")
    [problem] = load([tmp_path]).diagnostics
    assert problem.code == "E0326"
    assert problem.hint is not None
    assert hint in problem.hint
