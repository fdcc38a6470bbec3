"""What a history that parts two wordings shows is what is told of it."""

from collections.abc import Sequence

import pytest

from policydsl.analyses.comparison import question_of
from policydsl.analyses.diff import compare, expected
from policydsl.analyses.diff_ask import Wanted
from policydsl.analyses.diff_joint import met
from policydsl.analyses.diff_outcomes import never
from policydsl.core.system import Question, Trace
from policydsl.engines.verdict import Bounded, Refuted, Unknown, Verdict
from policydsl.report.diff_build import stories
from policydsl.report.diff_told import story_end, story_heading, story_start
from policydsl.report.language import language
from tests.analyses.comparing import Here, wordings
from tests.analyses.test_diff_said_of import HEAD, report, told

EN = language("en")
INDEXED = """enum Kind: spam, fraud
better for A
    lower strikes
clause 1 "it"
    state strikes[Kind]: count = 0
    occurrence e by A
    on e
        set strikes[spam] = strikes[spam] + {}
"""


def test_the_index_is_told_at_which_it_is_worse() -> None:
    new = INDEXED.format("1\n        set strikes[fraud] = strikes[fraud] + 1")
    (story,) = report(INDEXED.format("2"), new).stories
    assert (story.direction, story.outcome, story.old_value, story.new_value) == (
        "stricter",
        "strikes [fraud]",
        "0",
        "1",
    )
    (also,) = story.also
    assert (also.direction, also.outcome, also.old_value, also.new_value) == (
        "more lenient",
        "strikes [spam]",
        "2",
        "1",
    )


OPEN = """better for A
    no bad
clause 1 "it"
    state score: points {}
    occurrence e by A
    on e
        set score = score - 1
clause 2 "bad"
    define bad: boolean = score < {}
"""
WHERE = "starts where 0 <= score <= 100"


def test_what_is_open_at_the_start_is_told() -> None:
    story = report(OPEN.format(WHERE, 50), OPEN.format(WHERE, 60)).stories[0]
    assert story_start(story, EN) == "Given that score starts as 50 points; it begins on 30 January 2024."


def test_what_is_open_in_one_wording_alone_is_told_of_that_one() -> None:
    story = report(OPEN.format("= 100", 50), OPEN.format(WHERE, 50)).stories[0]
    assert story.setting.startswith("now: score starts as ")


DUE = """better for A
    later due
    higher score
clause 1 "it"
    state open: boolean = no
    state due: date or none
    state score: points = 10
    occurrence warn by B
    on warn when not open
        set open = yes
        set due = today + {} days
    schedule lapse: the day after due while open
        set open = no
        set due = none
    schedule monthly: each month on day 1 while open
        set score = score - 1
"""


def test_another_schedule_of_the_new_wording_is_told() -> None:
    old, new = (DUE.format(days).replace("    later due\n", "") for days in (30, 20))
    story = next(s for s in report(old, new).stories if s.direction == "more lenient")
    assert story.steps[-1].what == "monthly, by the calendar (clause 1)."
    assert story.steps[-1].new.startswith("lapse, by the calendar (clause 1).")


def test_wordings_that_part_in_the_header_do_not_part_in_a_clause() -> None:
    old = HEAD + DUE.replace("{} days", "3 business days")
    story = told(wordings(old, old.replace("    month ends", "    business days of DE\n    month ends"))).stories[0]
    assert story_end(story, EN).endswith(", in the header.")


ALL_ROWS = """enum Band: a, b
clause 1 "it"
    state score: points = 0
    occurrence e by A
    on e
        set score = score + 1
clause 2 "rows"
    table band of score: Band, {}
"""
ROWS = ("        any: a\n", "        >= 1: b\n")
ALL = ALL_ROWS.format("all rows")


def test_of_all_rows_none_is_the_first() -> None:
    assert report(ALL + "".join(ROWS), ALL + "".join(reversed(ROWS))).relation == "equivalent"


def test_a_table_is_told_with_all_that_it_includes() -> None:
    (story,) = report(ALL + "".join(ROWS), ALL + ROWS[0] + ROWS[1].replace("1", "2")).stories
    assert (story.old_value, story.new_value) == ("a and b", "a")


def test_one_row_is_not_compared_with_all() -> None:
    first = ALL_ROWS.format("first row that fits")
    made = report(first + "".join(ROWS), ALL + "".join(ROWS), required=["equivalent"])
    assert (made.required[0].met, made.remarks[0].partition(":")[0]) == (False, "`band`")


READ = """better for A
    higher score
    no low
clause 1 "it"
    reading r "one or two?"
        one "one" default
        two "two"
    state score: points = 100
    define low: boolean = score < 100 - {0}
    occurrence e by A
    on e
        set score = score - (if r is one then {0} else 2)
"""


class Silent(Here):
    """Leaves questions open whose keys end in one of `on`."""

    def __init__(self, *on: str) -> None:
        super().__init__()
        self.on = on

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Wanted = None
    ) -> list[Verdict]:
        """Return the verdict on each question."""
        found = super().ask(questions, helpers, wanted=wanted)
        return [
            Unknown("nobody knows", ()) if q.key.endswith(self.on) else v for q, v in zip(questions, found, strict=True)
        ]


@pytest.mark.parametrize("also", ["score: always the same", "never asked"])
def test_what_a_history_at_the_defaults_shows_is_so_of_all_histories(also: str) -> None:
    both = wordings(HEAD + READ.format(1), HEAD + READ.format(2))
    made = compare(both, {}, Silent("score: never worse for A", also))
    assert made.by_default is not None
    assert (made.by_default.roles, made.overall.roles) == ((("A", "stricter"),), (("A", "incomparable"),))


def test_a_history_that_may_not_be_shortest_is_not_called_so() -> None:
    both = wordings(HEAD + READ.format(1), HEAD + READ.format(2))
    known = compare(both, {}, Here())
    made = compare(both, {}, Silent("score: never worse for A", "score: story"))
    told = [{story_heading(s, EN) for s in stories(m, ("1",), "en")} for m in (known, made)]
    worse = "history in which the new wording is stricter for A (score):"
    assert (f"A shortest {worse}" in told[0], f"A {worse}" in told[1]) == (True, True)


def test_what_is_expected_under_an_option_is_seen_by_a_history_at_hand() -> None:
    amendment = """amendment "Two" of "Said of"
    expect stricter for A in score under r is one
    expect equivalent for A in score under r is one and r is two

in clause 1
    replace on e
        set score = score - (if r is one then 1 else 2)
    with on e
        set score = score - 2
"""
    both = wordings(HEAD + READ.format(1), amendment, suffix="amendment")
    silent = Silent(", r is one")
    made = compare(both, {}, silent)
    said, nowhere = both.expected
    silent.asked.clear()
    assert expected(made, said, silent).roles == (("A", "stricter"),)
    assert "never worse for A, r is one" not in silent.asked
    assert expected(made, nowhere, silent).roles == (("A", "no history"),)


def test_a_history_at_hand_is_told_up_to_where_it_shows_something() -> None:
    made = compare(wordings(HEAD + READ.format(1), HEAD + READ.format(2)), {}, Here())
    (outcome,) = (o for o in made.outcomes if o.called == "score")
    (story,) = (w for j in made.judged if j.outcome is outcome for _, w, _ in j.roles)
    assert isinstance(story, Refuted)
    once = story.trace
    twice = Trace(once.parameters, once.initial, once.steps * 2)
    made.judged, made.met = (), [Refuted(twice, 2, -1)]
    question = question_of(made, outcome, never("worse", outcome, outcome.orders[0], made.twin), "never worse")
    assert met(made, question, Bounded(0, "")) == Refuted(once, 1, 0)
    assert met(made, question, Unknown("", ())) == Refuted(once, 1, -1)
