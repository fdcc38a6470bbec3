"""What the answer to a question can depend on, part by part: whatever is left out of its hash is noticed here."""

import pytest

from policydsl.analyses.diff_claims import Judging, same_question
from policydsl.analyses.seen import Sight
from policydsl.core.expr import CLOCK, DATE, TODAY, TRUE, At, Less, Var, View
from policydsl.core.system import Property, Question
from policydsl.engines.verdict import Budget
from tests.analyses.comparing import wordings

POLICY = """policy "Seen"
    histories from 2024-01-01

role A

clause 1 "a number that starts anywhere from three on, and limits that are tied to each other"
    parameter first: count in 1 .. 9 default 3
    parameter second: count in 1 .. 9 default 3
    parameter third: count in 1 .. 9 default 3
    assume first <= second
    assume second <= third
    state n: count starts where n >= 3
    occurrence less by A
    on less
        set n = first

clause 2 "an event that changes nothing"
    occurrence seen by A

clause 3 "a number of its own"
    state other: count starts where other >= 1
"""
CLAIMS = """claims about "Seen"

guarantee some "There is always some left"
    cites 1
    always n >= 1
"""


@pytest.mark.parametrize(("old", "new"), [
    pytest.param("n >= 3", "n >= 0", id="where it starts"),
    pytest.param("count in 1 .. 9 default 3\n    parameter second", "count in 0 .. 9 default 3\n    parameter second",
                 id="what a parameter may be"),
    pytest.param("9 default 3\n    parameter second", "9 default 4\n    parameter second", id="a default"),
    pytest.param("third: count in 1 .. 9", "third: count in 1 .. 5", id="what bears on it through two assumptions"),
])  # fmt: skip
def test_what_a_claim_depends_on_is_seen(old: str, new: str) -> None:
    assert POLICY.count(old) == 1
    (claim,) = wordings(POLICY, POLICY.replace(old, new), CLAIMS).claims
    assert claim.new is not None
    assert not same_question(claim.old.question, claim.new.question, Judging(Budget(), 1, []))


def test_what_it_does_not_depend_on_is_not() -> None:
    (claim,) = wordings(POLICY, POLICY[: POLICY.index("clause 2")] + POLICY[POLICY.index("clause 3") :], CLAIMS).claims
    assert claim.new is not None
    assert same_question(claim.old.question, claim.new.question, Judging(Budget(), 1, []))


def test_what_is_asked_of_every_step_sees_every_event() -> None:
    """An event that changes nothing makes two steps of one day possible."""
    both = wordings(POLICY, POLICY[: POLICY.index("clause 2")] + POLICY[POLICY.index("clause 3") :])
    later = Property(TRUE, Less(At(View.BEFORE, Var(CLOCK, DATE)), Var(TODAY, DATE), strict=True))
    one, other = (Question("later", p.system, later, None) for p in (both.old, both.new))
    assert Sight().hash(one) != Sight().hash(other)
