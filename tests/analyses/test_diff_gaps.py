"""What neither wording says is no difference between them; what one alone leaves open is."""

from collections.abc import Sequence

import pytest

from policydsl.analyses.diff_ask import Wanted
from policydsl.analyses.diff_claims import Judging, flaws, rejudge
from policydsl.analyses.diff_whole import examine
from policydsl.core.system import Question
from policydsl.engines.verdict import Budget, Unknown, Verdict
from policydsl.front.wordings import Wordings
from policydsl.report.diff_build import build_diff, transition_of
from policydsl.report.diff_model import DiffReport
from tests.analyses.comparing import Here, wordings
from tests.analyses.test_diff_said_of import HEAD

SWITCH = ("nobody-worse-off", "nothing-punished")


def judged(
    both: Wordings,
    required: tuple[str, ...] = ("equivalent",),
    renames: dict[str, str] | None = None,
    here: Here | None = None,
    seconds: float = 10,
) -> DiffReport:
    here, judging = here or Here(), Judging(Budget(seconds=seconds), 1, [])
    whole = examine(both, renames or {}, here)
    return build_diff(
        whole.made, claims=rejudge(both, judging), flaws=flaws(both, judging),
        transition=transition_of(whole.made, whole.switched), expected=whole.expected, required=required, taken=(),
        bugs=(), diagnostics=(), sources={},
    )  # fmt: skip


GAPS = """enum Band: high, mid, low
better for A
    band: high then mid then low
clause 1 "it"
    state score: points = 100
    occurrence e by A
        field cost: points in 1 .. 200
    on e
        set score = score - cost
clause 2 "bands"
    table band of score: Band, exactly one row
"""
ROWS = ("        (50, 100]: high\n", "        (20, 50]: mid\n", "        (0, 20]: low\n")


def bands(*rows: str) -> str:
    return HEAD + GAPS + "".join(rows)


def test_rows_in_another_order_are_no_leniency_in_a_gap() -> None:
    made = judged(wordings(bands(*ROWS), bands(*ROWS[1:], ROWS[0])))
    assert (made.relation, made.required[0].met, [f.fate for f in made.flaws]) == ("equivalent", True, ["kept"])
    assert made.sentence.startswith("The edit only rewords")


def test_a_gap_that_is_closed_in_part_is_a_difference() -> None:
    made = judged(wordings(bands(*ROWS), bands(*ROWS[:2], ROWS[2].replace("(0", "[0"))))
    assert (made.relation, made.required[0].met, made.roles[0].relation) == ("different", False, "equivalent")
    assert [(s.old_value, s.new_value) for s in made.stories] == [("nothing, as no row fits", "low")]
    assert "no order is declared" not in made.sentence


def test_a_gap_is_that_of_a_table_with_another_name() -> None:
    new = bands(*ROWS[:2], ROWS[2].replace("(0", "[0")).replace("band of", "grade of").replace("band:", "grade:")
    made = judged(wordings(bands(*ROWS), new), renames={"band": "grade"})
    assert (made.relation, made.required[0].met) == ("different", False)


def test_by_what_is_made_up_in_a_gap_nothing_is_as_expected() -> None:
    amendment = """amendment "T" of "Said of"
    expect more lenient for A
in clause 2
    in table band
        add [-10, 0]: mid
"""
    made = judged(wordings(bands(*ROWS), amendment, suffix="amendment"))
    assert made.sentence.startswith("With values made up where")
    assert made.expected[0].met is None


CONFLICT = """better for A
    higher level
clause 1 "it"
    state level: count = 2
    state n: count = 0
    occurrence e by A
    on e
        set level = 2
        set n = min(n + 1, 9)
clause 2 "more"
    on e when n >= 1
        set level = 0
"""
OVERLAP = """clause 1 "it"
    state n: count = 0
    occurrence e by A
    on e
        set n = min(n + 1, 9)
    table fee of n: points, exactly one row
        <= 3: 1
        >= 3: 2
"""
APART = "Apart from the conflicts"


@pytest.mark.parametrize(
    ("old", "change", "met", "said"),
    [
        (CONFLICT, ("n >= 1", "n >= 5"), False, APART),
        (CONFLICT, ("n >= 1", "n >= 1 and n < 1"), False, APART),
        (CONFLICT, ("n + 1, 9", "1 + n, 9"), True, "The edit only rewords"),
        (OVERLAP, (">= 3", ">= 2"), False, APART),
    ],
)
def test_a_conflict_that_comes_about_elsewhere_is_a_difference(
    old: str,
    change: tuple[str, str],
    met: bool,  # noqa: FBT001  a verdict
    said: str,
) -> None:
    """Both wordings give the same, as what stands first is followed; but only one has a right to."""
    made = judged(wordings(HEAD + old, HEAD + old.replace(*change)))
    assert (made.relation, made.required[0].met) == ("equivalent", met)
    assert made.sentence.startswith(said)


UNDEFINED = """clause 1 "it"
    state level: count = 0
    state due: date or none
    state other: date or none
    state flag: boolean = no
    occurrence e by A
{}    on e
        set level = min(level + 1, 9)
    on e when late
        set other = today + 1 month
clause 2 "who is late"
    define late: boolean = level >= {}
"""
FIRST = "    on e when flag\n        set due = today + 1 month\n"


@pytest.mark.parametrize(("old", "new"), [("", FIRST), (FIRST, "")])
def test_what_is_undefined_is_compared_with_itself_whatever_its_number(old: str, new: str) -> None:
    """No flag is ever set: the first rule is dead, and what it gives is defined; the second one is said alike."""
    head = HEAD.replace("month ends last day", "month ends refuse")
    later = UNDEFINED.replace("level >= {}", "level >= 1 or level * {} >= 5")
    texts = [head + text for text in (later.format(old, 5), later.format(new, 6))]
    made = judged(wordings(*texts))
    assert made.relation == "equivalent"
    assert (made.required[0].met, [f.fate for f in made.flaws if "computes" in f.sentence]) == (True, ["kept"])


def test_a_conflict_of_clauses_in_another_order_is_no_new_one() -> None:
    head, _, rest = CONFLICT.replace("        set level = 2\n", "").partition('clause 2 "more"\n')
    clauses = [f'clause {n} "more"\n{rest.replace("= 0", f"= {n}")}' for n in (2, 3)]
    made = judged(wordings(HEAD + head + "".join(clauses), HEAD + head + "".join(reversed(clauses))))
    assert ([f.fate for f in made.flaws], made.relation) == (["kept"], "different")
    assert made.sentence.startswith("With values made up where clauses conflict")


def test_where_it_is_not_known_whether_a_conflict_comes_about_elsewhere_nothing_is_required_in_vain() -> None:
    old = HEAD + CONFLICT + "    schedule s: each year on January 1 while {}\n        set n = 0\n"
    amendment = """amendment "T" of "Said of"
    expect equivalent
in clause 2
    replace n >= 1
    with n >= 5
    replace schedule s: each year on January 1 while n >= 0
        set n = 0
    with schedule s: each year on January 1 while n < 10
        set n = 0
"""
    made = judged(wordings(old.format("n >= 0"), amendment, suffix="amendment"))
    assert made.expected[0].met is made.required[0].met is None


def test_where_it_is_not_known_whether_there_is_a_conflict_wordings_are_not_called_equivalent() -> None:
    """Both wordings give the same, the new one with a conflict that is further off; each is too far to be seen."""
    old = CONFLICT.replace("n + 1, 9", "n + 1, 900000").replace("n >= 1", "n >= 400000")
    amendment = """amendment "T" of "Said of"
    expect equivalent
    expect equivalent for A in level
in clause 2
    replace n >= 400000
    with n >= 500000
"""
    made = judged(wordings(HEAD + old, amendment, suffix="amendment"), here=Here(0.2), seconds=0.2)
    assert {f.fate for f in made.flaws} == {"undecided"}
    assert [x.met for x in (*made.required, *made.expected)] == [None, None, None]


@pytest.mark.parametrize("new", ["    on e when n >= 1 and n < 1\n        set level = 0\n", ""])
def test_where_it_is_not_known_whether_there_was_a_conflict_it_is_perhaps_mended(new: str) -> None:
    """The old wording has one that is too far off to be seen, the new one none."""
    old = HEAD + CONFLICT.replace("n + 1, 9", "n + 1, 900000").replace("n >= 1", "n >= 400000")
    other = old.partition('clause 2 "more"')[0] + ('clause 2 "more"\n' + new if new else "")
    made = judged(wordings(old, other), ("equivalent", "no-new-flaw"), here=Here(0.2), seconds=0.2)
    fates = {f.fate for f in made.flaws if "two values" in f.sentence}
    assert (fates, made.required[0].met) == ({"perhaps mended"}, None)
    assert new or made.required[1].met


UNDER = CONFLICT.replace(
    "    state level", '    reading how "?"\n        one "one" default\n        two "two"\n    state level'
)


@pytest.mark.parametrize(
    ("old", "new", "met"),
    [
        ("n >= 1", "n >= 5", False),
        ("n >= 1", "n >= 1 and n < 1", False),
        ("n >= 1 and how is two", "n >= 5 and how is two", True),
        ("n >= 1 and how is two", "n >= 1 and n < 1", True),
    ],
)
def test_what_is_expected_under_a_reading_is_held_to_the_conflicts_there(
    old: str,
    new: str,
    met: bool,  # noqa: FBT001  a verdict
) -> None:
    amendment = f"""amendment "T" of "Said of"
    expect equivalent under how is one
in clause 2
    replace {old} with {new}
"""
    before = HEAD + UNDER.replace("n >= 1", old)
    assert judged(wordings(before, amendment, suffix="amendment")).expected[0].met is met


def test_a_conflict_that_is_new_is_one_under_its_reading_alone() -> None:
    for when, met in (("n >= 1", False), ("n >= 1 and how is one", False), ("n >= 1 and how is two", True)):
        both = [HEAD + UNDER.replace("n >= 1", condition) for condition in ("n < 0", when)]
        amendment = f"""amendment "T" of "Said of"
    expect equivalent under how is one
in clause 2
    replace n < 0 with {when}
"""
        assert judged(wordings(both[0], amendment, suffix="amendment")).expected[0].met is met
        text = UNDER[UNDER.index('clause 2 "') :].replace("n >= 1", when)
        added = f'amendment "T" of "Said of"\n    expect equivalent under how is one\n\nadd {text}'
        base = HEAD + UNDER[: UNDER.index('clause 2 "')]
        assert judged(wordings(base, added, suffix="amendment")).expected[0].met is met


def test_a_conflict_that_is_gone_with_its_text_is_one_under_a_reading_too() -> None:
    for when, met in (("n >= 1", False), ("n >= 1 and how is two", True)):
        amendment = 'amendment "T" of "Said of"\n    expect equivalent under how is one\n\nremove clause 2\n'
        both = wordings(HEAD + UNDER.replace("n >= 1", when), amendment, suffix="amendment")
        assert judged(both).expected[0].met is met


def test_what_took_more_time_to_be_seen_as_the_same_is_held_to_where_it_is_in_conflict() -> None:
    made = judged(wordings(HEAD + CONFLICT, HEAD + CONFLICT.replace("n >= 1", "n >= 5")), here=Hasty())
    assert (made.relation, made.required[0].met) == ("equivalent", False)


class Hasty(Here):
    """Answers nothing of what it is asked first."""

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Wanted = None
    ) -> list[Verdict]:
        """Return the verdict on each question, but for the first ones."""
        first = not self.asked
        verdicts = super().ask(questions, helpers, wanted=wanted)
        return [Unknown("no time", ()) for _ in questions] if first else verdicts


# --- the day of the switch -------------------------------------------------------------------------

YEARLY = """better for A
    higher level
clause 1 "it"
    state level: count = 2
    occurrence e by A
    schedule s: each year on January 1
        set level = 1
{}"""


@pytest.mark.parametrize(("on", "met"), [("s", None), ("e", True)])
def test_where_clauses_conflict_after_the_switch_nobody_is_safe(on: str, met: bool | None) -> None:  # noqa: FBT001  a verdict
    """Both wordings give the same, as what stands first is followed; events come before that day alone."""
    old = HEAD + YEARLY.format("    on e\n        set level = 2\n")
    made = judged(wordings(old, f'{old}clause 2 "more"\n    on {on}\n        set level = 0\n'), SWITCH)
    assert [line.met for line in made.required] == [met, met]
    assert made.transition is not None
    left_open = "the new wording does not say, or says in two ways, what becomes of a state"
    assert [line.why for line in made.transition.roles] == ["" if met else left_open]


def test_where_nobody_knows_whether_a_conflict_comes_nobody_is_said_to_meet_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = HEAD + YEARLY.format("    on e\n        set level = 2\n")
    both = wordings(old, f'{old}clause 2 "more"\n    on s\n        set level = 0\n')
    answered = Here.ask

    def ask(self: Here, questions: Sequence[Question], *of: Sequence[Question], wanted: Wanted = None) -> list[Verdict]:
        cut = Unknown("the time is up", ())
        told = answered(self, questions, *of, wanted=wanted)
        return [cut if "left open" in q.key else v for q, v in zip(questions, told, strict=True)]

    monkeypatch.setattr(Here, "ask", ask)
    made = judged(both, SWITCH)
    assert made.transition is not None
    assert [(line.relation, line.why) for line in made.transition.roles] == [("undecided", "")]


def test_what_events_bring_from_that_day_on_is_not_looked_at() -> None:
    old = HEAD + YEARLY.replace("higher level", "lower fee").format("    define fee on e: points = 1\n")
    made = judged(wordings(old, old.replace("points = 1", "points = 2")))
    assert made.transition is not None
    assert made.transition.remarks == ("what comes of events from that day on is not looked at here: fee",)


# --- the header, and what is imported ----------------------------------------------------------------


def test_histories_that_begin_on_another_day_are_not_all_compared() -> None:
    old = HEAD + YEARLY.format("")
    assert judged(wordings(old, old.replace("2024-01-30", "2025-01-30"))).required[0].met is False
    later = old.replace("histories from", "effective")
    assert judged(wordings(later, later.replace("2024-01-30", "2025-01-30"))).required[0].met is True


OWED = """better for A
    higher level
clause 1 "it"
    state level: count = 2
    occurrence e by A
    schedule s: each year on January 1
        set level = 1
    duty answer of B
        arises on {}
        by today + {} days
        discharged on e
"""


@pytest.mark.parametrize(("on", "met"), [("s", None), ("e", True)])
def test_whoever_owes_something_sooner_by_the_switch_is_not_safe(on: str, met: bool | None) -> None:  # noqa: FBT001  a verdict
    """Before the switch a duty arises under the old wording, and keeps its day; after it no event comes."""
    made = judged(wordings(HEAD + OWED.format(on, 10), HEAD + OWED.format(on, 5)), SWITCH)
    assert [line.met for line in made.required] == [met, met]
    assert made.transition is not None
    assert [line.why for line in made.transition.roles if line.role == "B"] == (
        [] if met else ["a duty may be owed otherwise"]
    )


def test_holidays_are_known_of_the_same_years() -> None:
    """They are known of thirty years from the first of a policy on; beyond, another first year made a difference."""
    old = """policy "Era"
    effective 2024-01-30
    business days of CN
clause 1 "it"
    state due: date or none
    occurrence e
    on e
        set due = today + 3 business days
"""
    both = wordings(old, old.replace("2024-01-30", "2026-01-30"))
    assert both.old.system.updates == both.new.system.updates
