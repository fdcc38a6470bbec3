"""What authors say is tried with what an edit changes in it: else what they prove with it would be lost with it."""

from pathlib import Path

from policydsl.analyses.diff_adapted import adapted
from policydsl.analyses.diff_claims import Judging, rejudge
from policydsl.core.show import show_expr
from policydsl.engines.verdict import Budget
from tests.analyses.comparing import wordings

FINES = """
policy "Fines"
    issuer Library
    histories from 2026-01-01

role Reader
role Library

clause 1 "the first two days late cost 5 each, others 10"
    state late: count = 0
    state owed: points = 0
    define price: points
        5  when late < 2
        10 otherwise
    occurrence overdue by Reader
    on overdue
        set late = late + 1
        set owed = owed + price
"""
SAID = """
claims about "Fines"

lemma owed_by_days "What is owed follows from the days"
    cites 1
    always owed = 5 points * min(late, 2) + 10 points * max(late - 2, 0) and (late >= 3 implies owed >= 20)
"""


def guesses(old: str, new: str) -> set[str]:
    both = wordings(old, new, SAID)
    lemmas = [c.new.question for c in both.claims if c.new is not None]
    return {show_expr(q.property.state) for q in adapted(both.old.system, both.new.system, lemmas)}


def test_numbers_move_as_the_edit_moves_them_and_bounds_by_as_much_as_values_lie_apart() -> None:
    found = guesses(FINES, FINES.replace("late < 2", "late < 1"))
    whole = "(+ (* 5 (if (<= late 1) -> late; else 1)) (* 10 (if (<= 0 (+ late -1)) -> (+ late -1); else 0)))"
    assert {f"(= owed {whole})", f"(<= owed {whole})", f"(<= {whole} owed)"} <= found
    assert {"(or (not (<= 3 late)) (<= 20 owed))", "(or (not (<= 3 late)) (<= 25 owed))"} <= found
    assert "(or (not (<= 3 late)) (<= 15 owed))" in found


def test_an_edit_that_changes_no_number_has_the_parts_alone_tried() -> None:
    found = guesses(FINES, FINES.replace("set late = late + 1", "set late = late + 1 + 0 * 1"))
    assert "(or (not (<= 3 late)) (<= 20 owed))" in found
    assert not any("25" in each for each in found)


ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "proofs" / "creator_network.claims"


def test_a_guarantee_outlives_the_numbers_of_the_lemma_that_proves_it() -> None:
    """The second violation of a year costs 10 points, not 5: what the author says of the score is false, in numbers."""
    text = (ROOT / "specs" / "creator_network.policy").read_text(encoding="utf-8")
    before, after = ("of_the_year) >= 3", "of_the_year) >= 2")
    assert text.count(before) == 1
    claims = CLAIMS.read_text(encoding="utf-8")
    head, *each = claims.split("\n\n")
    del head
    wanted = [c for c in each if c.startswith(("lemma upper_ends ", "guarantee second_opens "))]
    assert len(wanted) == 2
    said = "\n\n".join(['claims about "Creator Network Health Score"', *wanted, ""])
    made = rejudge(
        wordings(text, text.replace(before, after), said), Judging(Budget(effort=9_000_000, seconds=60), 1, [])
    )
    assert {a.claim.name: a.fate for a in made} == {"upper_ends": "lost", "second_opens": "kept"}
