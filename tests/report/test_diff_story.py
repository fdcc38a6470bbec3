"""What a history under two wordings says of its steps."""

from dataclasses import replace

import pytest

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_transition import switch
from policydsl.engines.verdict import Refuted
from policydsl.report.diff_build import build_diff, stories, transition_of
from policydsl.report.diff_markdown import render_diff_markdown
from policydsl.report.diff_model import Shown
from policydsl.report.diff_story import and_then
from policydsl.report.diff_text import render_diff_text
from policydsl.report.diff_told import story_also, story_heading
from policydsl.report.language import language
from tests.analyses.comparing import Here, wordings

EN = language("en")

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


READ = """policy "Desks"
    effective 2026-03-01
    histories from 2026-01-01

role Guest

better for Guest
    lower fee

clause 1 "fees"
    reading fee_is "what is paid?"
        per_day  "by the day" default
        per_hour "by the hour"
    define fee: count = if fee_is is per_day then 1 else 8
"""


def test_what_a_reading_is_called_and_a_history_without_steps() -> None:
    made = compare(wordings(READ, READ.replace("    define", "    assume fee_is is per_hour\n    define")), {}, Here())
    switched = switch(made, Here())
    told = {code: t for code in ("en", "zh") if (t := transition_of(made, switched, code)) is not None}
    settings = {code: story.setting for code, t in told.items() for story in t.roles[0].stories}
    assert settings == {
        "en": "the day of the switch is 2 January 2026 and now: “fee is” is read as “per hour”",
        "zh": "新措辞生效之日为2026年1月2日和新措辞：“fee is”理解为“per hour”",
    }
    report = build_diff(
        made,
        claims=(),
        flaws=(),
        transition=None,
        expected=(),
        required=(),
        taken=(),
        bugs=(),
        diagnostics=(),
        sources={},
    )
    assert not report.stories[0].steps
    shown = (render_diff_text(report, width=100, colour=False, verbose=False), render_diff_markdown(report))
    assert not [text for text in shown if "under the old wording" in text]


def test_of_what_is_too_long_for_a_comment_it_is_said_where_it_can_be_seen() -> None:
    made = compare(wordings(READ, READ.replace("then 1", "then 2")), {}, Here())
    report = build_diff(
        made, claims=(), flaws=(), transition=None, expected=(), required=(), taken=(), bugs=(), diagnostics=(),
        sources={}, code="zh",
    )  # fmt: skip
    shown = render_diff_markdown(replace(report, stories=report.stories * 900))
    assert "<details>" not in shown
    assert shown.rstrip().endswith("段。**")


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (
            "        where not dear",
            "        field guests: count in 1 .. 9 default 1\n        where beds >= guests\n        where not dear",
            "book by Guest (clause 1); Guest chooses beds 2, with guests 3.",
        ),
        (
            "single, double\n",
            "single, double, suite\n",
            "book by Guest (clause 1), with room “suite”.",
        ),
    ],
)
def test_what_only_the_new_wording_has_is_told(was: str, now: str, told: str) -> None:
    made = compare(wordings(TEXT, TEXT.replace(was, now)), {}, Here())
    steps = [step.what for story in stories(made, ("1",), "en") for step in story.steps]
    assert told in steps


def test_a_history_is_called_shortest_only_where_that_is_known() -> None:
    """Long histories are found by chance, too."""
    made = compare(wordings(READ, READ.replace("then 1", "then 2")), {}, Here())
    (shortest,) = (d for d in made.distinctions if d.for_role == "Guest")
    trace = replace(shortest.verdict.trace, steps=())
    longer = replace(shortest, verdict=Refuted(trace, 3, -1))
    for d, called in ((shortest, "A shortest history in which"), (longer, "A history in which")):
        (story,) = stories(replace(made, distinctions=(d,)), (), "en")
        assert story_heading(story, EN).startswith(called)
        said = next(story_also(replace(story, also=(Shown(None, "different", "fee", "1", "2", story.shortest),)), EN))
        assert said.startswith(f"It is also {called.lower()}")


def test_what_is_no_sentence_follows_no_full_stop() -> None:
    day = "the new wording is in force from this day on."
    assert and_then(day, "nothing changes", EN) == "the new wording is in force from this day on; nothing changes"
    assert and_then(day, "Clause 1: x rises.", EN) == f"{day} Clause 1: x rises."


COVERED = """policy "Creators"
    histories from 2026-01-01

role Creator

better for Creator
    no covered

clause 1 "who is covered"
    reading who "who is a creator?"
        everybody "everybody" default
        members   "members"
        sharers   "who shares"
    parameter shares: boolean default yes
    define covered: boolean = shares or who is not sharers
"""


def test_what_is_so_under_both_wordings_is_told_before_what_is_so_under_one() -> None:
    new = COVERED.replace("    define", "    assume who is members\n    define")
    made = compare(wordings(COVERED, new), {}, Here())
    assert [s.setting for s in stories(made, ("1",), "en")] == [
        "shares is no, before: “who” is read as “sharers” and now: “who” is read as “members”"
    ]
