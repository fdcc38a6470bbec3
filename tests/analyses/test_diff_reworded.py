"""What an edit only says otherwise is put in the old words; what it changes is not."""

import pytest

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_claims import Judging, same_question
from policydsl.analyses.diff_replay import retell_both
from policydsl.analyses.diff_reworded import reworded
from policydsl.engines.verdict import Budget
from tests.analyses.comparing import Here, renamed, wordings

TEXT = """policy "Library card"
    effective 2024-01-01

role Reader
role Library

clause 1 "fines"
    reading counting "are small fines counted?"
        all_fines "yes" default
        large     "no"
    state owed: count = 0
    state blocked: boolean = no
    define counted on fine: boolean = amount >= 5 or counting is all_fines
    define heavy: boolean = owed > 20
    occurrence fine by Library
        field amount: count in 1 .. 50
    on fine when counted
        set owed = owed + amount
    on fine when heavy or amount > 30
        set blocked = yes
    act borrow by Reader
        permitted when not blocked and not heavy
    occurrence paid by Reader
    on paid
        set owed = 0
        set blocked = no
"""
CLAIMS = """claims about "Library card"

guarantee never_owing_less "A fine never lowers what is owed"
    after fine: owed >= old owed
finding blocked_at_once "One large fine blocks"
    between a history and the same history with one more fine: blocked is the same in both histories
    expect fails
"""
SAME = (
    ("amount >= 5 or counting is all_fines", "counting is all_fines or amount > 4"),
    ("amount >= 5 or counting is all_fines", "if counting is large then amount >= 5 else yes"),
    ("heavy: boolean = owed > 20", "heavy: boolean = not owed <= 20"),
    ("not blocked and not heavy", "not (blocked or heavy)"),
    ("not blocked and not heavy", "not blocked and owed <= 20"),
    ("    on fine when heavy or amount > 30\n", "    on fine when (heavy or amount >= 31) and not blocked\n"),
    (
        "    on fine when heavy or amount > 30\n        set blocked = yes\n",
        "    on fine when heavy\n        set blocked = yes\n    on fine when amount > 30\n        set blocked = yes\n",
    ),
    ("owed + amount", "amount + owed"),
)
OTHER = (
    ("amount >= 5 or", "amount >= 6 or"),
    ("owed > 20", "owed >= 20"),
    ("not blocked and not heavy", "not blocked"),
    ("not blocked and not heavy", "not blocked and not (heavy and blocked)"),
    ("heavy or amount > 30", "heavy and amount > 30"),
    ("owed + amount", "owed + amount + amount"),
)


def judging() -> Judging:
    return Judging(Budget(), 1, [])


@pytest.mark.parametrize(("old", "new"), SAME)
def test_other_words_are_put_back(old: str, new: str) -> None:
    assert old in TEXT
    asker = Here()
    told = reworded(wordings(TEXT, TEXT.replace(old, new)), asker)
    assert len(asker.asked) == 1
    made = compare(told, {}, asker)
    assert made.overall.relation == "equivalent"
    assert [j.same for j in made.judged] == [None] * len(made.judged)  # there is nothing left to ask
    assert len(asker.asked) == 1
    for claim in renamed(told, CLAIMS, {}).claims:
        assert claim.new is not None
        assert same_question(claim.old.question, claim.new.question, judging())


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_a_change_stays_one(old: str, new: str) -> None:
    assert old in TEXT
    both, asker = wordings(TEXT, TEXT.replace(old, new)), Here()
    assert reworded(both, asker) is both
    assert compare(both, {}, asker).overall.relation == "different"


def test_of_two_edits_only_the_change_is_compared() -> None:
    text = TEXT.replace("owed > 20", "owed > 21").replace("owed + amount", "amount + owed")
    asker = Here()
    made = compare(reworded(wordings(TEXT, text), asker), {}, asker)
    assert {j.outcome.name for j in made.judged if j.same is not None} == {"blocked", "heavy", "borrow"}


def test_what_guards_refuse_is_looked_at() -> None:
    """A definition that differs only for facts that it keeps out is no other word for it."""
    text = TEXT.replace(
        "        field amount: count in 1 .. 50\n", "        field amount: count in 1 .. 50\n        where small\n"
    )
    text = text.replace("    define heavy", "    define small on fine: boolean = amount < 10\n    define heavy")
    both, asker = wordings(text, text.replace("amount < 10", "amount <= 10")), Here()
    assert reworded(both, asker) is both


def test_two_definitions_that_together_let_something_happen_are_no_other_words() -> None:
    """Each of them alone changes nothing: the other still keeps out what both of them would let in."""
    rare = "amount = 17 and owed = 23"
    text = TEXT.replace("1 .. 50\n", "1 .. 50\n        where one and two\n").replace(
        "    define heavy",
        f"    define one on fine: boolean = {rare}\n    define two on fine: boolean = {rare}\n    define heavy",
    )
    text = text.replace("count = 0", "count = 23")
    both, asker = wordings(text, text.replace(rare, f"{rare} and amount > 40")), Here()
    assert compare(reworded(both, asker), {}, asker).overall.relation == "different"


def test_histories_are_lived_under_the_wording_as_it_is_written() -> None:
    """What is taken for other words is not on trust, either."""
    both = wordings(TEXT, TEXT.replace("owed > 20", "owed > 21").replace("owed + amount", "amount + owed"))
    told = reworded(both, Here())
    assert told.new.system != both.new.system
    made = compare(told, {}, Here())
    assert made.distinctions
    assert all(retell_both(made, d).new.policy is both.new for d in made.distinctions)
