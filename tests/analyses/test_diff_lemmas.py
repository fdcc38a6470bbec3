"""What is proved of wordings that part for good: on which side of a moved limit they lie, and what parts with what."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import EVERYWHERE, Judged, helpers, question_of, sum_up
from policydsl.analyses.diff import begun, compare
from policydsl.analyses.diff_lemmas import lemma_candidates
from policydsl.analyses.diff_reworded import reworded
from policydsl.core.expr import (
    BOOL,
    DATE,
    INT,
    RAT,
    Add,
    EnumLit,
    EnumSort,
    Equal,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    RatLit,
    Scale,
    Var,
)
from policydsl.core.system import Trace
from policydsl.engines import portfolio
from policydsl.engines.verdict import Budget, Manner, Proved, Refuted, Unknown, Verdict
from tests.analyses.comparing import Here, wordings

if TYPE_CHECKING:
    from policydsl.engines.verdict import Certificate

ROOT = Path(__file__).parents[2]


def test_the_end_of_a_row_moved_by_one() -> None:
    """At 50 the old wording ends by itself what the new one leaves; no violation follows, so the score stays there."""
    text = (ROOT / "specs" / "creator_network.policy").read_text(encoding="utf-8")
    old, new = "(0, 50]:  all_withheld_and_ended", "(0, 49]:  all_withheld_and_ended"
    assert old in text
    both, here = wordings(text, text.replace(old, new)), Here()
    made = begun(reworded(both, here), {})
    (outcome,) = (o for o in ask_of.outcomes(both.old, both.new, made.aligned, made.twin)
                  if o.called == "permitted terminate")  # fmt: skip
    (order,) = (o for o in outcome.orders if o.role == "Platform")
    question = question_of(made, outcome, ask_of.never("better", outcome, order, made.twin), "never better")
    (verdict,) = here.ask([question], helpers(made, question.system), wanted=Manner("verdict"))
    assert isinstance(verdict, Proved)


CARD = '        the_card   "from receipt of the card"\n'
ENDS = "observed_until is not none and today <= observed_until"


@pytest.mark.parametrize(
    ("place", "more", "called"),
    [
        # read from the breach, no card is ever received: an observation that runs from its receipt never begins
        (CARD, "    assume runs_from is the_card\n", "observed_until"),
        # from the day of the text on, all is as before; from that of publication on, only what open ends leave
        (ENDS, " and in_force is from_date_written", "observed"),
    ],
)
def test_what_an_edit_lets_turn_on_a_reading_is_the_same_under_its_options(place: str, more: str, called: str) -> None:
    text = (ROOT / "specs" / "xingtu.policy").read_text(encoding="utf-8")
    assert place in text
    both, here = wordings(text, text.replace(place, place + more)), Here()
    here.budget = Budget(effort=6_000_000)
    made = begun(both, {})
    (outcome,) = (o for o in made.outcomes if o.called == called)
    (order,) = outcome.orders
    question = question_of(made, outcome, ask_of.never("worse", outcome, order, made.twin), "never worse")
    (verdict,) = here.ask([question], helpers(made, question.system))
    assert isinstance(verdict, Proved)


def test_options_in_what_a_rule_sets_otherwise_are_tried_of_all_that_parts() -> None:
    old = """policy "Read"
    histories from 2024-01-01

role A

clause 1 "it"
    reading r "one or two?"
        one "one" default
        two "two"
    state score: points = 100
    state low: boolean = no
    occurrence e by A
    on e when r is two
        set score = score - 1
    on e when score < 50
        set low = yes
"""
    made = begun(wordings(old, old.replace("score - 1", "score - 2")), {})
    (r,) = (p for p in made.twin.system.parameters if p.is_reading)
    assert isinstance(r.sort, EnumSort)
    same = Equal(Var("first/low", BOOL), Var("second/low", BOOL))
    tried = [e for _, e in lemma_candidates(made.twin)]
    assert all(Or((Not(Equal(Var(r.name, r.sort), EnumLit(r.sort, v))), same)) in tried for v in ("one", "two"))


def test_what_parts_two_copies_leaves_marks_of_which_one_tells_of_another() -> None:
    """A deadline is put off once an appeal is rejected; then there was one, and there is no other to be late with."""
    text = (ROOT / "specs" / "minis.policy").read_text(encoding="utf-8")
    last = "        set standing[violation] = no when successful\n"
    assert last in text
    more = """    on decision when not successful and due[violation] is not none and received[violation] is not none
        set due[violation] = due[violation] + max(0 days, days from received[violation] to today)
"""
    both, here = wordings(text, text.replace(last, last + more)), Here()
    here.budget = Budget(effort=6_000_000)
    made = begun(reworded(both, here), {})
    (outcome,) = (o for o in made.outcomes if o.called == "timely")
    question = question_of(made, outcome, ask_of.same(outcome, made.twin), "always the same")
    (verdict,) = here.ask([question], helpers(made, question.system))
    assert isinstance(verdict, Proved)


def test_histories_in_both_directions_make_incomparable_whatever_else_is_open() -> None:
    text = (ROOT / "specs" / "creator_network.policy").read_text(encoding="utf-8")
    policy = wordings(text, text)
    made = begun(policy, {})
    order = next(o for o in policy.old.orders if o.role == "Network")
    outcome = next(o for o in ask_of.outcomes(policy.old, policy.new, made.aligned, made.twin) if order in o.orders)
    story = Refuted(Trace({}, {}, ()), 0, -1)
    open_, proved = Unknown("the budget ran out", ()), Proved(cast("Certificate", None))
    cases: tuple[tuple[Verdict, Verdict, tuple[Verdict, Verdict], str], ...] = (
        (story, open_, (proved, story), "incomparable"),
        (story, open_, (open_, story), "incomparable"),
        (story, open_, (open_, open_), "stricter or incomparable"),
        (story, open_, (story, proved), "stricter or incomparable"),
        (open_, story, (proved, open_), "more lenient or incomparable"),
        (open_, proved, (proved, open_), "undecided"),
    )
    for worse, better, other, expected in cases:
        judged = [Judged(outcome, story, ((order, *pair),)) for pair in ((worse, better), other)]
        ((_, relation),) = sum_up(judged, EVERYWHERE).roles
        assert relation == expected


COUNTED = """
policy "Counted"
    histories from 2025-01-01
    month ends last day

role Network

better for Network
    higher score

clause 1 "the third of a year costs double"
    state score: points = 100
    occurrence violation by Network
    count n: violation, this one included, in each calendar year
    on violation
        set score = if n >= 3 then score - 10 else score - 5
"""


@pytest.mark.parametrize(
    ("period", "window", "found"),
    [
        ("in each calendar year", "within any 12 months up to 3", "stricter"),
        ("in each calendar month", "within any 31 days up to 3", "stricter"),
        ("in each calendar month", "within any 30 days up to 3", "incomparable"),
    ],
)
def test_what_is_counted_in_a_calendar_period_lies_in_a_rolling_window_of_that_length(
    period: str, window: str, found: str
) -> None:
    """The thirty-one days of a month are more than thirty: what happens on the first is gone on the last."""
    old, new = (COUNTED.replace("in each calendar year", said) for said in (period, window))
    here = Here()
    assert dict(compare(wordings(old, new), {}, here).overall.roles) == {"Network": found}
    back = {"stricter": "more lenient"}.get(found, found)
    assert dict(compare(wordings(new, old), {}, here).overall.roles) == {"Network": back}


def test_what_starts_higher_may_stay_as_much_higher() -> None:
    """The search finds this by itself in a small policy; in a large one it does not in time."""
    made = begun(wordings(COUNTED, COUNTED.replace("score: points = 100", "score: points = 120")), {})
    one, its = (Var(f"{side}/score", INT) for side in ("first", "second"))
    assert dict(lemma_candidates(made.twin))["first/score+"] == Equal(Add((one, IntLit(20))), its)


def test_a_floor_or_a_cap_that_one_wording_has_keeps_its_copy_above_or_below_it() -> None:
    new = COUNTED.replace("else score - 5", "else max(20, score - 5)")
    one, its = (Var(f"{side}/score", INT) for side in ("first", "second"))
    for both, free, bound in ((wordings(COUNTED, new), one, its), (wordings(new, COUNTED), its, one)):
        found = dict(lemma_candidates(begun(both, {}).twin))
        floor, cap = Less(free, IntLit(20), strict=False), Less(IntLit(20), free, strict=False)
        assert found[f"{bound.name}>=20"] == Equal(bound, Ite(floor, IntLit(20), free))
        assert found[f"{bound.name}<=20"] == Equal(bound, Ite(cap, IntLit(20), free))
        assert f"{free.name}>=20" not in found


CHARGED = """
policy "Charged"
    histories from 2025-01-01

role Member

better for Member
    lower debt
    no barred

clause 1 "damage is charged, and bars from 100 EUR on"
    state debt: money EUR = 10 EUR
    occurrence damage by Member
        field worse: boolean
    define charge on damage: money EUR = if worse then 40 EUR else 20 EUR
    on damage
        set debt = debt + charge
    occurrence payment by Member
    on payment
        set debt = 10 EUR
    define barred: boolean = debt >= 90 EUR
"""


def test_charges_that_grow_by_one_factor_keep_debts_in_step() -> None:
    """The search finds this by itself in a small policy, after half a minute."""
    new = CHARGED.replace("20 EUR", "25 EUR").replace("40 EUR", "50 EUR").replace(">= 90", ">= 110")
    made = begun(wordings(CHARGED, new), {})
    one, its = (Add((Var(f"{side}/debt", RAT), RatLit(Fraction(-10)))) for side in ("first", "second"))
    assert dict(lemma_candidates(made.twin))["first/debt*"] == Equal(Scale(Fraction(25), one), Scale(Fraction(20), its))


def test_no_factor_is_guessed_where_amounts_grow_by_several() -> None:
    new = CHARGED.replace("20 EUR", "25 EUR").replace("40 EUR", "60 EUR")
    assert "first/debt*" not in dict(lemma_candidates(begun(wordings(CHARGED, new), {}).twin))
    assert "first/debt*" not in dict(lemma_candidates(begun(wordings(CHARGED, CHARGED), {}).twin))


LOANS = """
policy "Loans"
    histories from 2025-01-01

role Reader

better for Reader
    later due, none best
    permitted renew

clause 1 "a loan"
    state due: date or none
    state renewed: boolean = no
    act borrow by Reader permitted when due is none
    on borrow
        set due = today + 28 days
        set renewed = no
    occurrence bring_back by Reader
        possible when due is not none
    on bring_back
        set due = none

clause 2 "it may be renewed once"
    act renew by Reader permitted when due is not none and today <= due and not renewed
    on renew when due is not none
        set due = due + 14 days
        set renewed = yes
"""


def test_what_parts_only_by_a_step_that_leaves_its_mark_is_equal_till_then() -> None:
    """Till it is renewed for longer a loan is due on one day; the search finds this by itself in a small policy."""
    made = begun(wordings(LOANS, LOANS.replace("14 days", "21 days")), {})
    one, its = (Var(f"{side}/due", DATE) for side in ("first", "second"))
    assert Or((Var("first/renewed", BOOL), Equal(one, its))) in dict(lemma_candidates(made.twin)).values()


def test_what_parts_only_where_a_mark_is_gone_is_equal_while_it_is_there() -> None:
    """Consent lost for good: as long as it is there nobody has withdrawn it, and data are kept alike."""
    lost = LOANS.replace("renewed: boolean = no", "fresh: boolean = yes").replace("not renewed", "fresh")
    lost = lost.replace("set renewed = no", "set fresh = yes").replace("set renewed = yes", "set fresh = no")
    made = begun(wordings(lost, lost.replace("14 days", "21 days")), {})
    one, its = (Var(f"{side}/due", DATE) for side in ("first", "second"))
    fresh = Var("first/fresh", BOOL)
    assert Or((Not(Not(fresh)), Equal(one, its))) in dict(lemma_candidates(made.twin)).values()


def test_what_relates_the_copies_of_one_variable_is_tried_before_what_relates_each_to_all_others() -> None:
    """Of hundreds of guesses that is a tenth, and enough for most: the search a step further is not made then."""
    both = wordings(CHARGED, CHARGED.replace("20 EUR", "25 EUR"))
    made = begun(both, {})
    (outcome,) = (o for o in made.outcomes if o.called == "barred")
    (order,) = outcome.orders
    question = question_of(made, outcome, ask_of.never("better", outcome, order, made.twin), "never better")
    tried: list[str] = []
    (answer,) = portfolio.judge(
        question.system,
        [question],
        Budget(),
        lambda _, attempt: tried.append(attempt),
        [Manner("verdict", suspect=True)],
        helpers(made, question.system),
    )
    assert isinstance(answer[1], Proved)
    assert tried[-1] == "induction over 1 steps, calendar 0, copies"


def test_one_schedule_in_the_place_of_two() -> None:
    """Each of the two fires together with it: alone, it left the histories apart for a while."""
    two = """policy "Renewals"
    histories from 2026-01-01
    month ends last day

role Reader

better for Reader
    lower owed
    yes active

clause 1 "by the month, till cancelled"
    state active: boolean = no
    state runs_until: date or none
    state owed: count = 0
    state cancelled: boolean = no
    occurrence subscribe by Reader
        possible when not active
    on subscribe
        set active = yes
        set runs_until = today + 1 month
        set owed = owed + 1
    occurrence cancel by Reader
        possible when active and not cancelled
    on cancel
        set cancelled = yes
    schedule renewal: the day after runs_until while active and not cancelled
        set runs_until = if runs_until is none then none else runs_until + 1 month
        set owed = owed + 1
    schedule expiry: the day after runs_until while active and cancelled
        set active = no
        set cancelled = no
        set runs_until = none
"""
    one = """    schedule month_over: the day after runs_until while active
        set runs_until = if cancelled or runs_until is none then none else runs_until + 1 month
        set owed = owed + 1 when not cancelled
        set active = not cancelled
        set cancelled = no
"""
    merged = two[: two.index("    schedule renewal")] + one
    for old, new in ((two, merged), (merged, two)):
        made = compare(wordings(old, new), {}, Here())
        assert {j.relation for j in made.judged} == {"equivalent"}
    dearer = compare(wordings(two, merged.replace("owed + 1 when", "owed + 2 when")), {}, Here())
    assert {j.outcome.name for j in dearer.judged if j.relation == "different"} == {"owed"}
