"""Stories in paragraphs: what the calendar repeats is told once, and nothing that happens is hidden by it."""

from dataclasses import replace

import pytest

from policydsl.engines.verdict import Refuted
from policydsl.report.endings import ending, turning_point
from policydsl.report.language import language
from policydsl.report.model import Clause, Finding, Name
from policydsl.report.repeated import in_all, runs
from policydsl.report.story import tell
from policydsl.report.telling import story_paragraphs, story_steps
from policydsl.report.told import Abreast, Change, Circumstance, Expected, Fact, Setting, Story, StoryStep
from policydsl.report.words import Words
from tests.engines.asking import answer
from tests.engines.reading import loaded
from tests.report.samples import report

WORDS = Words(
    language("en"),
    {
        "fee": Name("fee", "schedule", None, "4"),
        "paid": Name("paid", "state", "points", "4"),
        "answer": Name("answer", "duty", None, "2"),
        "answer.open": Name("answer.open", "state", "boolean", "2"),
        "answer.due": Name("answer.due", "state", "date or none", "2"),
        "answer.missed": Name("answer.missed", "schedule", None, "2"),
        "score": Name("score", "state", "points", "1"),
    },
    {"bands": ("score",)},
)
FINDING: Finding = replace(report().policies[0].claims[0], origin="claim", asks="always score > 0")


def fee(month: int, *changes: Change) -> StoryStep:
    paid = Change("paid", f"{month - 1} points", f"{month} points", "4")
    return StoryStep(f"2024-{month:02}-01", "schedule", "fee", None, "4", (), (paid, *changes))


def told(*steps: StoryStep) -> list[str]:
    return [f"{t.label} {t.text}" for t in story_steps(Story("2024-01-01", (), (), steps, ()), WORDS)]


EVENT = StoryStep("2024-12-24", "occurrence", "visit", None, None, (), ())
PASSAGE = StoryStep("2024-12-25", "passage", "", None, None, (), ())


def test_what_the_calendar_repeats_is_told_once() -> None:
    assert told(*map(fee, range(1, 12)), EVENT) == [
        (
            "1–11. From 1 January 2024 to 1 November 2024: fee, by the calendar (clause 4), 11 times. "
            "Clause 4: paid rises from 0 points to 11 points."
        ),
        "12. 24 December 2024: visit.",
    ]


def test_the_last_step_is_told_by_itself() -> None:
    assert [line.partition(" ")[0] for line in told(*map(fee, range(1, 6)))] == ["1–4.", "5."]


@pytest.mark.parametrize(
    "steps",
    [
        [fee(1), fee(2), EVENT],
        [fee(1), EVENT, fee(2), EVENT, fee(3), EVENT],
        [fee(1, Change("x", "yes", "no", "5")), fee(2, Change("x", "no", "yes", "5")), fee(3), fee(4)],
        [fee(1, Change("x", "1", "9", "5")), fee(2, Change("x", "9", "3", "5")), fee(3), fee(4)],
        [fee(1, Change("x", "1", "2", "5")), fee(2, Change("x", "2", "3", "6")), fee(3), fee(4)],
    ],
)
def test_what_turns_back_or_has_two_reasons_is_told_step_by_step(steps: list[StoryStep]) -> None:
    assert [t.first == t.last for t in story_steps(Story("2024-01-01", (), (), tuple(steps), ()), WORDS)][:2] == [
        True,
        True,
    ]


def test_every_step_is_told_and_every_change_is_in_the_sum() -> None:
    steps = [*map(fee, range(1, 9)), PASSAGE, fee(9), EVENT, PASSAGE]
    places = list(runs([(s,) for s in steps]))
    assert [i for start, stop in places for i in range(start, stop)] == list(range(len(steps)))
    assert in_all(steps[:10]) == (Change("paid", "0 points", "9 points", "4"),)


def test_two_histories_with_the_calendar_at_work_in_both() -> None:
    fees = tuple(map(fee, range(1, 6)))
    second = Story("2024-01-01", (), (), (EVENT, *fees), ())
    rows = (Abreast(None, 0), *(Abreast(i, i + 1) for i in range(5)))
    lines = list(story_paragraphs(replace(second, steps=fees, beside=second, rows=rows), WORDS))
    assert lines[0] == "1. Only in the second history: 24 December 2024: visit."
    assert lines[1].startswith("2–5. In both histories: From 1 January 2024 to 1 April 2024: fee")
    assert lines[2].startswith("6. In both histories: 1 May 2024")


def test_the_document_is_quoted_once() -> None:
    clause = Clause("4", "a fee", FINDING.span, quote="The fee is charged monthly.")
    story = Story("2024-01-01", (), (), (fee(1), EVENT, fee(2)), ())
    lines = list(story_paragraphs(story, WORDS, (clause,)))
    assert "Clause 4 (“a fee”; in the words of the document: “The fee is charged monthly.”): paid" in lines[0]
    assert "Clause 4 (“a fee”): paid" in lines[2]


def test_duties_arise_and_end() -> None:
    opened = (Change("answer.open", "no", "yes", "2"), Change("answer.due", "none", "2024-02-01", "2"))
    closed = (Change("answer.open", "yes", "no", "2"), Change("answer.due", "2024-02-01", "none", None))
    lines = told(replace(EVENT, changes=opened), replace(EVENT, kind="schedule", name="answer.missed", changes=closed))
    assert "Clause 2: the duty “answer” arises, due by 1 February 2024." in lines[0]
    assert lines[1].endswith("deadline of the duty “answer” missed, by the calendar. Clause 2: the duty “answer” ends.")


def test_a_hole_in_a_table_is_told_with_what_falls_into_it() -> None:
    asked = Expected("rows of bands", old=False, found="0", relation=">=", value="1")
    facts = (Fact("score", "0 points", None), Fact("rows of bands", "0", None))
    lines = list(ending(FINDING, Story("2024-01-01", (), (), (), facts, expected=(asked,)), WORDS))
    assert lines[0] == "In the end: score is 0 points; no row of bands covers score 0 points."
    assert lines[1] == "Expected: a row of bands fits; here none does."
    chinese = replace(WORDS, language=language("zh"))
    assert "没有一行涵盖" in next(ending(FINDING, Story("2024-01-01", (), (), (), facts), chinese))


def test_what_two_histories_have_in_common_is_not_what_parts_them() -> None:
    asked = Expected("score", False, "7 points", ">=", "9 points", "score", history="second", other_history="first")  # noqa: FBT003  old
    alike = Fact("paid", "1 point", None)
    second = Story("2024-01-01", (), (), (), (Fact("score", "7 points", None), alike))
    first = replace(second, facts=(Fact("score", "9 points", None), alike), beside=second, expected=(asked,))
    lines = list(ending(FINDING, first, WORDS))
    assert lines[:3] == [
        "In the end, in the first history: score is 9 points.",
        "In the end, in the second history: score is 7 points.",
        "Expected: score in the second history is at least score in the first history (9 points); here it is 7 points.",
    ]


@pytest.mark.parametrize(
    ("is_reading", "said"),
    [(True, "were “paid by” read as “hour” and not as “day”"), (False, "were paid by “hour” instead of “day”")],
)
def test_the_one_thing_is_a_reading_or_a_parameter(is_reading: bool, said: str) -> None:  # noqa: FBT001  a case
    story = Story("2024-01-01", (Setting("paid_by", "day", is_reading, is_default=True),), (), (EVENT,), ())
    turn = Circumstance("setting", None, "paid_by", "day", "hour")
    assert turning_point(story, turn, WORDS) == f"It turns on one thing: {said}, this would not have happened."


def test_a_name_that_keeps_clear_of_a_word_of_the_language_is_told_without_its_mark() -> None:
    words = Words(language("en"), {"pass_": Name("pass_", "state", "Grade", "1")})
    assert [words.name("pass_"), words.name("pass_[first_class]"), words.value("pass_", "not_")] == [
        "pass",
        "pass [first class]",
        "not",
    ]


def test_what_the_first_day_decides_is_told() -> None:
    """A deadline that runs from the start stood in no story: it came out of nowhere."""
    policy, claims = loaded(
        """
        policy "Trials"
            histories from 2026-01-01

        clause 1 "thirty days"
            state trial_ends: date = last_day
            define last_day: date = today + 30 days
            state began: date = today
            state orders: count = 0
            occurrence order
            on order when today <= trial_ends
                set orders = orders + 1
        """,
        """
        claims about "Trials"

        finding some "An order can count"
            cites 1
            always orders = 0
        """,
    )
    question = claims["some"].question
    verdict = answer(question)
    assert isinstance(verdict, Refuted)
    assert tell(policy, question, verdict.trace).initial == (("trial_ends", "2026-01-31"),)
