"""What becomes of claims that depend on readings: an option under which one held is looked up wherever it went."""

import pytest

from policydsl.analyses.diff_claims import Again, Judging, rejudge
from policydsl.analyses.diff_names import names_of
from policydsl.analyses.fates import word
from policydsl.analyses.readings import Room
from policydsl.engines.verdict import Budget
from tests.analyses.comparing import renamed, wordings

TEXT = """policy "Fates"
    histories from 2025-01-01

role A

clause 1 "one rule, under some readings"
    state x: points = 0
    occurrence e by A
    reading r "how?"
        a "a" default
        b "b"
    reading s "how?"
        c "c" default
        d "d"
    on e
        set x = 1 when {}
"""
CLAIM = """claims about "Fates"

guarantee zero "It never rises"
    cites 1
    always x = 0
"""


def judged(old: str, new: str, claim: str = CLAIM, **renames: str) -> Again:
    before, after = (said if said.startswith("policy") else TEXT.format(said) for said in (old, new))
    both = wordings(before, after, claim)
    back = names_of(both.old, both.new, renames).old()
    (again,) = rejudge(renamed(both, claim, renames), Judging(Budget(seconds=10), 1, [], back=back))
    return again


@pytest.mark.parametrize(
    ("old", "new", "fate"),
    [
        ("r is b", "r is b", "untouched"),
        ("r is b", "not (r is a)", "kept"),
        ("r is b", "s is d", "lost"),  # where r is a
        ("r is b and s is d", "r is b", "lost"),  # where s is c
        ("r is b", "r is b and s is d", "other readings"),
        ("r is b or s is d", "r is b and s is d", "other readings"),  # it held only with both read so
        ("r is b or s is d", "r is b or s is c", "lost"),
        ("r is b", "s is d and not (r is a)", "other readings"),
    ],
)
def test_an_option_under_which_it_held(old: str, new: str, fate: str) -> None:
    assert judged(old, new).fate == fate
    assert judged(old, new, CLAIM + "    expect depends on reading r\n").fate == fate


def test_an_option_that_is_called_otherwise() -> None:
    new = TEXT.format("s is d").replace("reading r", "reading rr").replace(' a "', ' aa "')
    again = judged("r is b", new, **{"r": "rr", "r.a": "rr.aa"})
    assert again.fate == "lost"
    same = judged("r is b", new.replace("s is d", "not (rr is aa)"), **{"r": "rr", "r.a": "rr.aa"})
    assert same.fate == "kept"


def test_an_option_that_is_gone_is_no_loss() -> None:
    gone = TEXT.format("s is d").replace("    on e", "    assume r is b\n    on e")
    assert judged("r is b", gone).fate == "other readings"


def test_of_a_finding_readings_are_told_apart_as_its_author_expects() -> None:
    claim = CLAIM.replace("guarantee", "finding") + "    expect depends on reading r\n"
    assert judged("r is b", "r is b and not (s is c)", claim).fate == "kept"
    assert judged("r is b", "s is d", claim).fate == "worse"
    assert judged("s is d", "r is b", claim).fate == "undecided"  # nobody has asked about s any more


def test_an_option_that_is_settled_beside_many_conditions_makes_no_difference() -> None:
    pinned = [f"p{i}" for i in range(9)]
    readings = "".join(f'    reading {name} "how?"\n        c "c" default\n        d "d"\n' for name in pinned)
    old = TEXT.format("r is a and " + " and ".join(f"{name} is c" for name in pinned)) + readings
    claim = CLAIM.replace("always", "after e:") + "".join(f"    under {name} is c\n" for name in pinned)
    assert judged(old, old + "    assume r is a\n", claim).fate == "lost"  # not: depends on r as before, b is never so


def test_an_option_for_which_nothing_is_left_makes_no_difference() -> None:
    size = "    parameter n: integer in 1..4 default 2\n"
    old = TEXT.format("r is a") + size
    again = judged(old, old + "    assume r is b implies n >= 5\n", CLAIM)
    assert (again.fate, again.old and word(again.old), again.new and word(again.new)) == ("lost", "depends", "fails")


def test_what_hangs_together_by_a_third_reading_rules_an_option_out() -> None:
    tied = (
        '    reading t "how?"\n        i "i" default\n        j "j"\n'
        "    assume r is a or t is j\n    assume s is c\n    assume s is d or t is i\n"
    )
    system = wordings(TEXT.format("r is b") + tied, TEXT.format("r is b") + tied).old.system
    left = {option: Room().is_left(system, (option,)) for option in (("r", "a"), ("r", "b"), ("s", "c"), ("t", "j"))}
    assert left == {("r", "a"): True, ("r", "b"): False, ("s", "c"): True, ("t", "j"): False}
