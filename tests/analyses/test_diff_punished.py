"""Is anything punished under wording not yet in force? Small policies where that is so, and where it is not."""

from collections.abc import Mapping

import pytest

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_replay import retell_both
from policydsl.analyses.diff_transition import Switched, switch
from policydsl.base.calendar import from_civil
from policydsl.report.diff_build import transition_of
from tests.analyses.comparing import Here, wordings

BASE = """
policy "Strikes"
    effective 2024-06-01
    histories from 2024-01-01

role User
role Platform

better for User
    lower strikes
    no barred
    no warned

clause 1 "strikes"
    state strikes: points = 0
    state warned: boolean = no
    occurrence breach by User
    occurrence audit by Platform
    on breach
        set strikes = min(9, strikes + 1)

clause 2 "who is barred"
    define barred: boolean = strikes >= 3
"""


def switched(*changes: tuple[str, str], old: str = BASE) -> Mapping[str, Switched]:
    new = old.replace("effective 2024-06-01", "effective 2025-03-01")
    for before, after in changes:
        assert before in new
        new = new.replace(before, after)
    here = Here()
    return {s.role: s for s in switch(compare(wordings(old, new), {}, here), here)}


def test_a_lower_limit_punishes_what_was_done_before() -> None:
    found = switched(("strikes >= 3", "strikes >= 2"))["User"]
    assert (found.relation, found.punished.fact) == ("stricter", "can be")
    told, step = found.punished.distinction, found.punished.step
    assert told is not None
    assert step is not None
    assert told.outcome.name == "barred"
    steps = told.verdict.trace.steps
    assert [s.name for s in steps[:2]] == ["breach", "breach"]
    assert steps[step].name == "breach"
    assert steps[step].day < from_civil(2025, 3, 1) <= steps[-1].day
    both = retell_both(found.comparison, told)
    assert int(both.new.states[-1]["today"]) >= from_civil(2025, 3, 1)


def test_dearer_breaches_punish_none_from_before() -> None:
    found = switched(("strikes + 1", "strikes + 2"))["User"]
    assert (found.relation, found.punished.fact) == ("equivalent", "never")


def test_who_is_worse_off_whatever_he_did_is_not_punished() -> None:
    """All are barred from then on: nothing that anybody did leads to it."""
    found = switched(("strikes >= 3", "strikes >= 3 or strikes < 3"))["User"]
    assert (found.relation, found.punished.fact) == ("stricter", "never")
    assert found.punished.distinction is None


def test_a_yearly_reckoning_looks_back() -> None:
    """The new wording warns on each first of a month whoever has a strike, also from before."""
    rule = '    schedule reckoning: each month on day 1\n        set warned = {}\n\nclause 2 "who'
    old = BASE.replace('\nclause 2 "who', rule.format("strikes >= 5"))
    found = switched(("strikes >= 5", "strikes >= 1"), old=old)["User"]
    assert (found.relation, found.punished.fact) == ("stricter", "can be")
    assert found.punished.distinction is not None
    assert found.punished.distinction.outcome.name == "warned"


def test_what_others_record_counts_as_well() -> None:
    """The platform takes down audits; that three of them are held against the user is its wording, not its doing."""
    more = "    state audits: points = 0\n    on audit\n        set audits = min(9, audits + 1)\n\nclause 2"
    old = BASE.replace("clause 2", more).replace("strikes >= 3", "strikes >= 3 or audits >= 3")
    assert switched(("audits >= 3", "audits >= 2"), old=old)["User"].punished.fact == "can be"


def test_without_a_day_of_the_switch_any_day_will_do() -> None:
    undated = BASE.replace("    effective 2024-06-01\n", "")
    here = Here()
    made = compare(wordings(undated, undated.replace("strikes >= 3", "strikes >= 2")), {}, here)
    found = {s.role: s for s in switch(made, here)}["User"]
    assert found.punished.fact == "can be"


def test_it_is_the_one_act_that_leads_there() -> None:
    """Of two things done before, only one is punished; the other would change nothing."""
    old = BASE.replace("    occurrence audit by Platform", "    occurrence idling by User").replace(
        "    on breach", "    state idle: boolean = no\n    on idling\n        set idle = yes\n    on breach"
    )
    found = switched(("strikes >= 3", "strikes >= 1 and idle or strikes >= 3"), old=old)["User"]
    assert found.punished.fact == "can be"
    assert found.punished.distinction is not None
    assert {s.name for s in found.punished.distinction.verdict.trace.steps} >= {"breach", "idling"}
    found = switched(("strikes >= 3", "(strikes >= 1 or strikes <= 0) and idle or strikes >= 3"), old=old)["User"]
    assert found.punished.step is not None
    assert found.punished.distinction is not None
    assert found.punished.distinction.verdict.trace.steps[found.punished.step].name == "idling"


def test_what_was_only_needed_for_it_to_happen_is_not_punished() -> None:
    """Who has no strike cannot idle; but the idling bars, and without the breach there is no such history."""
    old = BASE.replace(
        "    occurrence audit by Platform", "    occurrence idling by User possible when strikes >= 1"
    ).replace("    on breach", "    state idle: boolean = no\n    on idling\n        set idle = yes\n    on breach")
    found = switched(("strikes >= 3", "idle or strikes >= 3"), old=old)["User"]
    assert found.punished.distinction is not None
    assert found.punished.step is not None
    steps = found.punished.distinction.verdict.trace.steps
    assert [s.name for s in steps[:2]] == ["breach", "idling"]
    assert steps[found.punished.step].name == "idling"


def test_who_is_worse_off_anyway_may_be_punished_besides() -> None:
    """All are noted by the switch alone: the shortest history has nothing that anybody did. Yet the limit is lower."""
    old = BASE.replace("    no warned", "    no warned\n    no noted") + "    define noted: boolean = strikes > 9\n"
    found = switched(("strikes > 9", "strikes > 9 or strikes <= 9"), ("strikes >= 3", "strikes >= 2"), old=old)["User"]
    assert found.relation == "stricter"
    assert found.punished.fact == "can be"
    assert found.punished.distinction is not None
    assert found.punished.distinction.outcome.name == "barred"


PRICED = BASE.replace("    no barred", "    lower fee\n    later ends\n    place: good then fair then bad then worst")
PRICED += """    enum Place: good, fair, bad, worst
    define fee: points = if strikes = 0 then 0 else 1
    define ends: date = if strikes = 0 then 2030-01-01 else 2029-01-01
    define place: Place = if strikes = 0 then good else fair
"""


@pytest.mark.parametrize(
    ("before", "alike", "by_more"),
    [
        ("then 0 else 1", "then 1 else 2", "then 1 else 3"),
        ("then 2030-01-01 else 2029-01-01", "then 2028-01-01 else 2027-01-01", "then 2028-01-01 else 2026-01-01"),
        ("then good else fair", "then fair else bad", "then fair else worst"),
    ],
)
def test_where_all_lose_it_is_punished_to_lose_more(before: str, alike: str, by_more: str) -> None:
    """Everybody is worse off by the switch; what was done before is held against him if it makes that worse."""
    facts = [switched((before, after), old=PRICED)["User"].punished.fact for after in (alike, by_more)]
    assert facts == ["never", "can be"]


GRANT = """
policy "Grant"
    effective 2024-06-01
    histories from 2024-01-01

role Student

better for Student
    yes paid

clause 1 "a grant"
    state reported: boolean = no
    occurrence report by Student
    on report
        set reported = yes
    define paid: boolean = reported
"""


def test_a_benefit_that_is_lost_is_no_punishment() -> None:
    """The old wording pays who has reported, the new one nobody: who has not reported would fare no better."""
    found = switched(("= reported", "= no"), old=GRANT)["Student"]
    assert (found.relation, found.punished.fact) == ("stricter", "never")


def test_who_loses_a_benefit_may_be_punished_in_another_value() -> None:
    """The new wording fines who has reported, besides paying nobody: the fine is held against him."""
    old = GRANT.replace("    yes paid\n", "    yes paid\n    no fined\n") + "    define fined: boolean = no\n"
    found = switched(("= reported", "= no"), ("fined: boolean = no", "fined: boolean = reported"), old=old)["Student"]
    assert found.punished.fact == "can be"
    assert found.punished.distinction is not None
    assert found.punished.distinction.outcome.name == "fined"


COUNTS = """    occurrence breach by User
        possible when m < 2
    count m: breach, this one included, in each calendar month
    count n: breach, this one included, in each calendar year
"""
PERIODS = BASE.replace("strikes >= 3", "n >= 3").replace("    occurrence breach by User\n", COUNTS)


def told_of_the_day(*changes: tuple[str, str]) -> tuple[str, ...]:
    new = PERIODS
    for before, after in changes:
        new = new.replace(before, after)
    here = Here()
    made = compare(wordings(PERIODS, new), {}, here)
    transition = transition_of(made, switch(made, here))
    assert transition is not None
    return transition.remarks


def test_what_was_counted_over_a_year_is_not_taken_for_what_happened_in_a_month() -> None:
    """There are never three breaches in a month, but there were in the year when the new wording comes into force."""
    changes = ("in each calendar year", "in each calendar month"), ("n >= 9", "n >= 3"), ("2025-03-01", "2025-03-15")
    found = switched(*changes, old=PERIODS.replace("n >= 3", "n >= 9"))
    assert found["User"].relation == "not stricter"


def test_what_is_counted_over_another_window_is_told() -> None:
    said = ("`n` is counted in another way: what happened before the switch is not in it",)
    strict = ("n >= 3", "n >= 2")
    year = "n: breach, this one included, in each calendar year"
    for window in ("in all", "within any 90 days up to 3", "since audit", "in each calendar month"):
        assert told_of_the_day((year, f"n: breach, this one included, {window}"), strict) == said
    on = ("`n` goes on from what the old wording has counted",)
    assert told_of_the_day((year, year.replace("breach,", "breach when strikes < 5,")), strict) == on


def test_what_only_the_comparison_needs_is_told_in_plain_words() -> None:
    """The schedules of either wording go by names of their own; so do the days on which one ends and one begins."""
    toll = '\nclause 3 "a toll"\n    schedule toll: on 2025-07-01\n        set strikes = min(9, strikes + 1)\n'
    here = Here()
    made = compare(wordings(BASE, BASE.replace("effective 2024-06-01", "effective 2025-03-01") + toll), {}, here)
    transition = transition_of(made, switch(made, here))
    assert transition is not None
    story = next(line.story for line in transition.roles if line.story is not None)
    assert [step.what for step in story.steps] == [
        "the new wording is in force from this day on.", "toll, by the calendar (clause 3).",
    ]  # fmt: skip


def test_what_was_counted_and_is_kept_by_hand_now_is_not_decided() -> None:
    """Nobody says what a state begins with where there was a count, nor a count where there was a state.

    Taken over in words and begun anew in fact, a state was said to go on from what had been counted; the other way
    round there was a name that nothing stood for.
    """
    by_hand = BASE.replace(
        "0\n    state w", "0\n    state n: count = 0\n    on breach\n        set n = n + 1\n    state w"
    )
    counted = BASE.replace("0\n    state w", "0\n    count n: breach, this one included, in all\n    state w")
    better = "    no barred\n", "    no barred\n    lower n\n"
    one, other = (text.replace(*better).replace("strikes >= 3", "n >= 3") for text in (by_hand, counted))
    for old, new in ((one, other), (other, one)):
        here = Here()
        made = compare(wordings(old, new), {}, here)
        assert all(j.relation == "equivalent" for j in made.judged)
        assert [(s.relation, s.punished.fact) for s in switch(made, here)] == [("undecided", "undecided")]
        transition = transition_of(made, switch(made, here))
        assert transition is not None
        assert transition.remarks == ("`n` is counted in another way: what happened before the switch is not in it",)


def test_before_the_switch_the_old_wording_is_told_on_both_sides() -> None:
    """A state that is no more was changed by nothing there: it seemed that the new wording spoke before its day."""
    noted = "    state noted: boolean = no\n    on breach\n        set noted = yes\n"
    old, new = (BASE.replace("    occurrence audit", f"{x}    occurrence audit") for x in (noted, ""))
    here = Here()
    made = compare(wordings(old, new.replace("strikes >= 3", "strikes >= 2")), {}, here)
    transition = transition_of(made, switch(made, here))
    assert transition is not None
    story = transition.roles[0].story
    assert story is not None
    assert [(step.old.count("noted"), step.new) for step in story.steps[:2]] == [(1, "the same"), (0, "the same")]
