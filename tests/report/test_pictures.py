"""Pictures of stories: duties with their deadlines, two histories over each other, nothing said twice."""

from dataclasses import replace

import pytest

from policydsl.report.charts import Cell, matrix
from policydsl.report.drawing import story_picture
from policydsl.report.language import language
from policydsl.report.model import Name, PolicyReport
from policydsl.report.shapes import Picture, Shape, cut, label, rows_of
from policydsl.report.told import Change, Fact, Story, StoryStep
from policydsl.report.words import Words
from tests.report.samples import report

NAMES = {
    "answer": Name("answer", "duty", None, "2"),
    "answer.open": Name("answer.open", "state", "boolean", "2"),
    "answer.due": Name("answer.due", "state", "date or none", "2"),
    "score": Name("score", "state", "points", "1"),
}
WORDS = Words(language("en"), NAMES)
POLICY: PolicyReport = replace(report().policies[0], names=tuple(NAMES.values()))
OPENED = StoryStep(
    "2024-01-01",
    "occurrence",
    "warning",
    None,
    "2",
    (),
    (Change("answer.open", "no", "yes", "2"), Change("answer.due", "none", "2024-01-15", "2")),
)
MISSED = StoryStep(
    "2024-01-16",
    "schedule",
    "answer.missed",
    None,
    "2",
    (),
    (Change("answer.open", "yes", "no", "2"), Change("score", "9 points", "4 points", "2")),
)
STORY = Story("2024-01-01", (), (), (OPENED, MISSED), (Fact("score", "4 points", None),))


def drawn(*stories: Story) -> Picture:
    made = story_picture(POLICY.tables, stories, WORDS)
    assert made is not None
    return made


def of_class(made: Picture, name: str) -> list[Shape]:
    return [s for s in made.shapes if name in str(s.attributes["class"]).split()]


def test_a_duty_is_a_bar_with_its_deadline_marked_inside_where_it_was_missed() -> None:
    made = drawn(STORY)
    (bar,), (mark,) = of_class(made, "bar"), of_class(made, "deadline")
    left, width = float(bar.attributes["x"]), float(bar.attributes["width"])
    at = float(str(mark.attributes["d"]).removeprefix("M").split()[0])
    assert left < at < left + width
    assert [s.text for s in of_class(made, "lane-label")] == ["score", "answer"]


def test_what_lies_still_in_one_history_is_drawn_beside_what_moves_in_the_other() -> None:
    quiet = replace(STORY, steps=(), facts=(Fact("score", "9 points", None),))
    made = drawn(quiet, STORY)
    first, second = of_class(made, "curve")
    assert "other" in str(second.attributes["class"]) or "other" in str(first.attributes["class"])
    assert len([s for s in of_class(made, "lane-label") if s.text == "score"]) == 1


def test_what_is_spoken_of_is_drawn_first_though_it_changes_in_one_history_only() -> None:
    others = tuple(Change(f"other{i}", "no", "yes", "2") for i in range(6))
    live = replace(STORY, steps=(replace(OPENED, changes=others),), facts=(Fact("live", "yes", None),))
    ended = replace(live, steps=(replace(OPENED, changes=(*others, Change("live", "yes", "no", "2"))),))
    made = drawn(live, replace(ended, facts=(Fact("live", "no", None),)))
    assert [s.text for s in of_class(made, "lane-label")] == ["live", "other0", "other1", "other2", "other3"]
    throughout, until_the_step = of_class(made, "bar")[:2]
    assert float(throughout.attributes["width"]) > float(until_the_step.attributes["width"])


def test_names_of_lines_that_begin_alike_stand_below_each_other() -> None:
    other = Change("level", "9", "7", "2")
    two = replace(STORY, steps=(OPENED, replace(MISSED, changes=(*MISSED.changes, other))), facts=())
    labels = [s for s in of_class(drawn(two), "lane-label") if s.text in {"score", "level"}]
    places = [float(s.attributes["y"]) for s in labels]
    assert len(places) == 2
    assert abs(places[0] - places[1]) > 10


def test_the_lines_of_steps_lie_behind_what_has_words_on_it() -> None:
    level = Change("level", "none of them", "all of them", "2")
    made = drawn(replace(STORY, steps=(OPENED, replace(MISSED, changes=(*MISSED.changes, level)))))
    kinds = [str(s.attributes["class"]).split()[0] for s in made.shapes]
    assert kinds.index("guide") < min(kinds.index(kind) for kind in ("curve", "bar", "bar-label", "value"))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("score", ("score",)),
        ("first found [violation a]", ("first found", "[violation a]")),
        ("the points that are left over", ("the points that are", "left over")),
        ("x" * 30, ("x" * 22, "x" * 8)),
        ("考核期内累计违规扣分的总数额", ("考核期内累计违规扣分的", "总数额")),
        ("what nobody could say in so few words as these are", ("what nobody could say", "in so few words as th…")),
    ],
)
def test_a_long_label_has_two_rows(text: str, rows: tuple[str, ...]) -> None:
    assert rows_of(text) == rows
    written = [*label(140, 50, text, "lane-label")]
    assert tuple(s.text for s in written) == rows
    assert all((s.title == text) == rows[-1].endswith("…") for s in written)


def test_a_map_of_few_claims_has_room_for_whole_summaries() -> None:
    summary = "a summary of more words than the map of a large policy has room for"
    few, many = (matrix([("1", summary)], n, [Cell(0, n - 1, cited=True, kind="proved")], "") for n in (2, 60))
    assert [s.text for made in (few, many) for s in of_class(made, "map-summary")] == [summary, cut(summary, 32)]
    for made in (few, many):
        assert all(
            float(str(s.attributes["d"]).removeprefix("M").split()[0]) < made.width for s in of_class(made, "cell")
        )


def test_a_date_that_is_not_ahead_lasts_until_nothing() -> None:
    changes = Change("since", "none", "2024-01-01", "1"), Change("until", "none", "2024-03-01", "1")
    step = replace(OPENED, changes=changes)
    names = {n: Name(n, "state", "date or none", "1") for n in ("since", "until")}
    made = story_picture((), (Story("2024-01-01", (), (), (step,), ()),), Words(language("en"), names))
    assert made is not None
    assert {s.title or s.text for s in made.shapes if "bar" in str(s.attributes["class"])} - {""} == {
        "1 January 2024", "until 1 March 2024",
    }  # fmt: skip


def test_a_date_that_is_taken_back_ends_there() -> None:
    made_of = [
        replace(OPENED, date=date, changes=(Change("until", old, new, "1"),))
        for date, old, new in (("2024-01-01", "none", "2024-03-01"), ("2024-01-20", "2024-03-01", "none"))
    ]
    names = {"until": Name("until", "state", "date or none", "1")}
    stories = [Story("2024-01-01", (), (), tuple(steps), ()) for steps in (made_of[:1], made_of)]
    made = story_picture((), stories, Words(language("en"), names))
    assert made is not None
    whole, taken_back = of_class(made, "bar")[:2]
    assert 0 < float(taken_back.attributes["width"]) < float(whole.attributes["width"]) / 2
