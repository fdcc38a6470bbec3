"""What a history under two wordings says of its steps."""

import pytest

from policydsl.analyses.diff import compare
from policydsl.report.diff_build import stories
from tests.analyses.comparing import Here, wordings

TEXT = """policy "Bookings"
    histories from 2026-01-01

role Guest
enum Room: single, double
enum Board: none_at_all, half, full

clause 1 "bookings"
    define dear on book: boolean = room is double and nights > 2
    act book by Guest
        field room: Room default single
        field board: Board default half
        choose nights: count in 1 .. 9 default 1 by Guest
        choose beds: count in 1 .. 4 default 2 by Guest
        where not dear or board is full
    state nights_sold: count in 0 .. 9 = 0
    on book
        set nights_sold = nights
"""


SOLD, ADDED = "set nights_sold = nights", "set nights_sold = nights + 1"


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ([("double and nights > 2", "single")], "with room “double” and board “half”; Guest chooses nights 3."),
        ([("or board is full", "and beds > 2")], "book by Guest (clause 1); Guest chooses beds 2."),
        ([("not dear or", "not dear and nights < 9 or")], "Guest chooses nights 9."),
        ([(SOLD, ADDED)], "book by Guest (clause 1)."),
        ([(SOLD, ADDED), ("default 1 by", "default 2 by")], "; Guest chooses nights 1."),
    ],
)
def test_what_decides_is_told_though_it_is_the_default(edits: list[tuple[str, str]], told: str) -> None:
    new = TEXT
    for was, now in edits:
        assert was in new
        new = new.replace(was, now)
    made = compare(wordings(TEXT, new), {}, Here())
    steps = [step.what for story in stories(made, ("1",), "en") for step in story.steps]
    assert any(told in step for step in steps), steps
