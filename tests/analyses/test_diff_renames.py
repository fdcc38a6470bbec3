"""Names that the edit changes, defaults that it changes, and what a question can see."""

from dataclasses import replace

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_claims import Judging, rejudge, same_question
from policydsl.analyses.diff_names import Names
from policydsl.analyses.diff_renames import certain_renames
from policydsl.analyses.seen import Sight
from policydsl.core.system import Question
from policydsl.engines.verdict import Budget
from policydsl.front.wordings import Wordings
from policydsl.report.diff_build import build_diff
from policydsl.report.diff_model import DiffReport
from tests.analyses.comparing import Here, renamed, wordings

POLICY = """policy "Scores"
    histories from 2024-01-01

role Network

better for Network
    higher score

enum Standing: active, removed

clause 1 "a score"
    reading price "what does a breach cost?"
        five "five" default
        six  "six"
    parameter low: count >= 50 default 90
    state score: points = 100
    state standing: Standing = active
    occurrence breach by Network
    on breach
        set score = score - (if price is five then 5 else 6)
        set standing = removed when score <= 90

clause 2 "orders"
    state orders: count = 0
    occurrence order by Network
    on order
        set orders = orders + 1
"""
CLAIMS = """claims about "Scores"

guarantee falls "A breach costs"
    cites 1
    after breach: score < old score

guarantee stays "An order costs nothing"
    cites 1
    after order: standing is old standing
"""


def edited(*changes: tuple[str, str]) -> Wordings:
    text = POLICY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return wordings(POLICY, text, CLAIMS)


def report_on(both: Wordings, renames: dict[str, str]) -> DiffReport:
    made = compare(both, renames, Here())
    return build_diff(
        made, claims=(), flaws=(), transition=None, expected=(), required=(), taken=tuple(renames.items()), bugs=(),
        diagnostics=(), sources={},
    )  # fmt: skip


def test_what_says_the_same_under_another_name_is_taken_for_renamed() -> None:
    both = edited(("score", "points_left"), ("removed", "expelled"))
    taken = certain_renames(both.old, both.new, {})
    assert taken == {"score": "points_left", "Standing.removed": "Standing.expelled"}
    report = report_on(both, taken)
    assert report.relation == "equivalent"
    assert report.sentence.startswith("The edit only renames")


def test_what_says_something_else_as_well_is_not() -> None:
    both = edited(("score", "points_left"), ("then 5 else 6", "then 5 else 7"))
    assert certain_renames(both.old, both.new, {}) == {}
    sentence = report_on(both, {}).sentence
    assert "What both wordings have" in sentence


def test_enumerations_roles_and_what_is_of_them_are_renamed_together() -> None:
    both = edited(
        ("Standing", "Rank"), ("state standing", "state rank"), ("set standing", "set rank"), ("Network", "Partner")
    )
    taken = certain_renames(both.old, both.new, {})
    assert taken == {"Network": "Partner", "Standing": "Rank", "standing": "rank"}
    assert report_on(both, taken).sentence.startswith("The edit only renames")


def test_a_role_that_does_something_else_is_not_taken_for_renamed() -> None:
    both = edited(("role Network", "role Partner\nrole Platform"), ("breach by Network", "breach by Platform"),
                  ("order by Network", "order by Partner"), ("for Network", "for Partner"))  # fmt: skip
    assert certain_renames(both.old, both.new, {}) == {}


def test_claims_are_put_in_the_new_names() -> None:
    both = edited(("score", "points_left"), ("removed", "expelled"))
    assert all(c.new is None for c in both.claims if c.old.name == "falls")
    taken = certain_renames(both.old, both.new, {})
    judging = Judging(Budget(seconds=5), 1, [], back=Names(taken).old())
    assert [a.fate for a in rejudge(renamed(both, CLAIMS, taken), judging)] == ["untouched", "untouched"]


def test_a_changed_default_is_no_mere_rewording() -> None:
    both = edited(('"five" default', '"five"'), ('"six"', '"six" default'))
    report = report_on(both, {})
    assert report.relation == "different"
    assert [(r.role, r.relation) for r in report.roles] == [("Network", "stricter")]
    assert "what changes is the default of `price`" in report.sentence
    assert report.stories[0].old_value == "95 points"
    assert report.stories[0].new_value == "94 points"


def test_other_parameters_are_named() -> None:
    both = edited(("count >= 50", "count >= 60"))
    report = report_on(both, {})
    assert report.sentence.startswith("For the parameters that both wordings admit")
    assert "`low`" in report.remarks[0]


# --- what a question can see ---------------------------------------------------------------------


def questions(both: Wordings, name: str) -> tuple[Question, Question]:
    pair = next(c for c in both.claims if c.old.name == name)
    assert pair.new is not None
    return pair.old.question, pair.new.question


def test_order_clauses_and_what_is_not_seen_do_not_count() -> None:
    one, two = POLICY.split("clause 2")
    head, body = one.split("clause 1")
    for text in (f"{head}clause 2{two}\nclause 1{body}", POLICY.replace("clause 2", "clause 3"),
                 POLICY.replace("orders + 1", "orders + 2")):  # fmt: skip
        both = wordings(POLICY, text, CLAIMS)
        for name in ("falls", "stays"):
            assert same_question(*questions(both, name), Judging(Budget(), 1, []))


GUARDED = ("by Network\n    on breach", "by Network\n        possible when standing is active\n    on breach")


def test_what_is_seen_counts() -> None:
    for change in (("then 5", "then 4"), ("= 100", "= 99"), GUARDED):
        assert not same_question(*questions(edited(change), "falls"), Judging(Budget(), 1, []))
    assert same_question(*questions(edited(("count >= 50", "count >= 51")), "falls"), Judging(Budget(), 1, []))


RESETS = """
clause 3 "resets"
    schedule monthly: each month on day 1
        set score = 100
    schedule yearly: each year on January 1
        set score = 90
"""


def test_a_schedule_that_comes_first_counts() -> None:
    old, new = questions(wordings(POLICY + RESETS, POLICY + RESETS, CLAIMS), "falls")
    turned = replace(new, system=replace(new.system, schedules=new.system.schedules[::-1]))
    sight = Sight()
    assert sight.hash(old) == sight.hash(new)
    assert sight.hash(old) != sight.hash(turned)


def test_a_reading_that_is_called_otherwise_is_found() -> None:
    made = edited(("reading price", "reading charge"), ("if price is five", "if charge is five"))
    assert certain_renames(made.old, made.new, {}) == {"price": "charge"}
    other = edited(("reading price", "reading charge"), ("if price is five", "if charge is six"))
    assert certain_renames(other.old, other.new, {}) == {"price": "charge"}  # only what uses it says something else
