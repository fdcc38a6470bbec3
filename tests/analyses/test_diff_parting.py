"""The clause in which a history parts two wordings that differ in several."""

import pytest

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_parting import parting
from policydsl.analyses.diff_replay import retell_both
from policydsl.analyses.diff_transition import switch
from policydsl.report.diff_build import words_for
from policydsl.report.diff_clauses import parting_clauses
from policydsl.report.diff_story import tell_both
from tests.analyses.comparing import Here, wordings

TEXT = """policy "Fees"
    effective 2026-01-01

role Member
role Club

better for Member
    higher credits
    lower fee

clause 1 "credits"
    state credits: points = 10
    state paused: boolean = no
    occurrence visit by Member
        field heads: count in 1 .. 3 default 1
    on visit
        set credits = credits + 1

clause 2 "pause"
    act pause by Member permitted when credits >= 5
        choose length: count in 1 .. 3 by Member
    on pause
        set paused = yes

clause 3 "fee"
    define fee: count = if paused then 0 else if credits > 11 then 40 else 50

clause 4 "resting"
    define rested: boolean = paused and credits >= 0

clause 5 "groups"
    exception to 1
    on visit when heads > 1
        set credits = credits + 2

clause 6 "a visit ends the pause"
    on visit
        set paused = no
"""
PAUSED_PAYS = ("if paused then 0", "if paused then 1")
START_PAYS = ("else 50", "else 51")
LATER = ("credits > 11", "credits > 12")
SHORTER = ("count in 1 .. 3 by", "count in 1 .. 2 by")
LATER_PAUSE = ("credits >= 5", "credits >= 12")
DEARER_VISIT = ("credits + 1", "credits + 0")
GROUPS = ("credits + 2", "credits + 1")
NO_GROUPS = ("heads > 1", "heads > 2")
RESTED = ("paused and credits >= 0", "paused and credits > 10")
"""Edits of clauses 3, 3, 3, 2, 2, 1, 5, 5 and 4."""


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([START_PAYS, SHORTER], {"fee": ("3",)}),
        ([SHORTER, RESTED], {"facts and choices of pause": ("2",)}),
        ([PAUSED_PAYS, DEARER_VISIT], {"credits": ("1",)}),
        ([LATER, GROUPS], {"credits": ("5",)}),
        ([LATER, NO_GROUPS], {"credits": ("5",)}),
        ([LATER_PAUSE, START_PAYS], {"fee": ("3",)}),
        ([LATER_PAUSE, PAUSED_PAYS], {"permitted pause": ("2",)}),
        ([DEARER_VISIT, GROUPS], {"credits": ("1",)}),
    ],
)
def test_where_a_history_parts(edits: list[tuple[str, str]], expected: dict[str, tuple[str, ...]]) -> None:
    new = TEXT
    for old, other in edits:
        assert old in new
        new = new.replace(old, other)
    here = Here()
    made = compare(wordings(TEXT, new), {}, here)
    listed = parting_clauses(made)
    told = {}
    for d in made.distinctions:
        told[d.outcome.called] = parting(made, retell_both(made, d), listed)
    assert told == expected
    for line in switch(made, here):
        if line.distinction is not None:
            where = parting(line.comparison, retell_both(line.comparison, line.distinction), listed)
            assert len(where) == 1


def test_what_does_not_bear_on_an_outcome_does_not_part_it() -> None:
    """The visits, in the clause of the very event, come apart at once; the credits with the second visit."""
    old = (
        TEXT.partition("clause 2")[0].replace("    lower fee\n", "").replace("credits = credits + 1", "seen = seen + 1")
    )
    old += "    state seen: count = 0\n" + FROM_THE_SECOND
    new = old.replace("seen + 1", "seen + 2").replace("credits + 1", "credits + 2")
    made = compare(wordings(old, new), {}, Here())
    (told,) = (retell_both(made, d) for d in made.distinctions)
    assert (told.parted, len(told.old.steps)) == (1, 2)
    assert parting(made, told, parting_clauses(made)) == ("2",)


FROM_THE_SECOND = """
clause 2 "a second visit is rewarded"
    state known: boolean = no
    on visit
        set known = yes
    on visit when known
        set credits = credits + 1
"""


def test_what_an_event_may_come_with_can_be_said_in_another_clause() -> None:
    """Whether one is rested bears on nothing there; the limit does, which stands in another clause than the event."""
    old = TEXT.replace(
        "        choose length: count in 1 .. 3 by Member",
        "        choose length: count in 1 .. 3 by Member\n        where length <= most",
    )
    old += '\nclause 7 "limit"\n    define most: count = 3\n'
    new = old.replace("most: count = 3", "most: count = 2").replace(*RESTED)
    made = compare(wordings(old, new), {}, Here())
    told = {d.outcome.called: parting(made, retell_both(made, d), parting_clauses(made)) for d in made.distinctions}
    assert told == {"facts and choices of pause": ("7",)}


def test_a_value_that_is_new_is_told_where_it_is_listed() -> None:
    """What else is said of it in another clause is not what lets it happen."""
    event = "        choose length: count in 1 .. 3 by Member\n"
    old = TEXT.replace(event, event + "        field why: Why\n        where length <= most\n")
    old += '\nclause 7 "why"\n    enum Why: ill, away\n'
    old += '\nclause 8 "limit"\n    define most on pause: count = if why is ill then 3 else 2\n'
    new = old.replace("ill, away", "ill, away, busy").replace("why is ill", "why in {ill, busy}")
    for one, other in ((old, new), (new, old)):
        made = compare(wordings(one, other), {}, Here())
        told = {d.outcome.called: parting(made, retell_both(made, d), parting_clauses(made)) for d in made.distinctions}
        assert told == {"facts and choices of pause": ("7",)}


def test_what_is_said_otherwise_of_one_state_parts_there() -> None:
    """The credits come apart with the visit, too; but of eleven the fee is another already."""
    old = TEXT.replace("credits > 11", "credits > 10")
    new = old.replace("credits + 1", "credits + 3").replace("then 40", "then 45")
    made = compare(wordings(old, new), {}, Here())
    told = {d.outcome.called: parting(made, retell_both(made, d), parting_clauses(made)) for d in made.distinctions}
    assert told == {"credits": ("1",), "fee": ("3",)}


def test_what_begins_otherwise_is_told_where_that_is_said() -> None:
    made = compare(wordings(TEXT, TEXT.replace("points = 10", "points = 20").replace(*GROUPS)), {}, Here())
    told = [retell_both(made, d) for d in made.distinctions if d.outcome.name == "credits"]
    assert [parting(made, t, parting_clauses(made)) for t in told if not t.old.steps] == [("1",)]


def test_a_clause_that_is_as_it_was_does_not_part_anything() -> None:
    """A visit ends the pause under both wordings: that the clause applies in that step says nothing."""
    old = TEXT.replace("    higher credits\n", "")
    new = old.replace("credits + 1", "credits + 2").replace(*PAUSED_PAYS)
    made = compare(wordings(old, new), {}, Here())
    told = {d.direction: parting(made, retell_both(made, d), parting_clauses(made)) for d in made.distinctions}
    assert told == {"stricter": ("3",), "more lenient": ("1",)}


def test_a_clause_that_does_not_apply_in_that_step_does_not_part_anything() -> None:
    """What a visit brings is defined in clause 7; clause 5, which says something else now, is not about one alone."""
    old = TEXT.replace("credits + 1", "credits + brought") + '\nclause 7 "it"\n    define brought: points = 1\n'
    new = old.replace("points = 1\n", "points = 0\n").replace("credits + 2", "credits + 3")
    made = compare(wordings(old, new), {}, Here())
    told = {d.direction: parting(made, retell_both(made, d), parting_clauses(made)) for d in made.distinctions}
    assert told == {"stricter": ("7",), "more lenient": ("5",)}


def test_what_is_counted_otherwise_is_told_where_it_parts_the_wordings() -> None:
    """No state changes otherwise in that step: only the count does, which tells why they part there."""
    old = TEXT.replace("if paused", "if visits >= 2") + COUNTED
    new = old.replace("in each calendar month", "since pause")
    made = compare(wordings(old, new), {}, Here())
    words = words_for(made.wordings.old), words_for(made.wordings.new)
    told = {d.direction: tell_both(made, retell_both(made, d), ("9",), words) for d in made.distinctions}
    later, anew = (told[way].steps[told[way].parted] for way in ("more lenient", "stricter"))
    assert (later.old, later.new) == (
        "Clause 1: credits rises from 11 points to 12 points. So visits is 1.",
        "Clause 1: credits rises from 11 points to 12 points. So visits is 2.",
    )
    assert anew.old.endswith("So visits is 2.")
    assert anew.new.endswith("So visits is 0.")


COUNTED = """
clause 9 "visits"
    count visits: visit, this one included, in each calendar month
"""


@pytest.mark.parametrize(("order", "edit"), [("higher credits", ("+ 2", "+ 2")), ("yes greeted", ("= 9", "= 8"))])
def test_windows_of_another_length_part_when_something_falls_into_one_alone(order: str, edit: tuple[str, str]) -> None:
    """What a count remembers of the first visit is not the same at once, but nothing comes out differently yet.

    Nor need the step in which something does be one that is counted, which clause 10 says something else of besides.
    """
    old = TEXT.replace("higher credits\n    lower fee", order)
    old = old.replace("credits + 1", "credits + (if visits >= 2 then 2 else 1)")
    old += COUNTED.replace("in each calendar month", "within any 30 days up to 2") + GREETED
    new = old.replace("any 30 days", "any 31 days").replace(*edit)
    made = compare(wordings(old, new), {}, Here())
    told = {d.outcome.called: retell_both(made, d) for d in made.distinctions}[order.split()[1]]
    assert told.parted == len(told.old.steps) - 1 > 0
    assert parting(made, told, parting_clauses(made)) == ("9",)


GREETED = """
clause 10 "a greeting"
    state met: boolean = no
    state wishes: count = 0
    occurrence greeting
    on greeting
        set met = yes
        set wishes = 9
    define greeted: boolean = met and visits >= 1
"""


def test_a_schedule_that_is_gone_parts_where_it_came_and_not_where_another_does() -> None:
    """How far a day has come is counted in schedules: of three, or of two. What comes of it is the same."""
    old = """policy "Breaks"
    effective 2026-01-01

role Member

better for Member
    stage: off then on

clause 1 "a break lasts a month"
    enum Stage: on, off
    state stage: Stage = on
    state until: date or none = none
    occurrence stop by Member
    on stop
        set stage = off
        set until = today + 1 month rounding last day
    schedule go_on: the day after until while stage is off
        set stage = on

clause 2 "the fee"
    state owed: count = 0
    state due: date or none = none
    schedule reminder: the day after due
        set owed = owed + 1
    schedule fee: each month on day 1
        set owed = owed + 1
"""
    new = old.replace("    schedule go_on: the day after until while stage is off\n        set stage = on\n", "")
    made = compare(wordings(old, new), {}, Here())
    (told,) = (retell_both(made, d) for d in made.distinctions)
    assert [step.name for step in told.old.steps if step] == ["stop", "fee", "go_on"]
    assert told.parted == 2
