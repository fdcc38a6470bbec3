"""Who may choose among more, or less: only what limits one's own choices."""

import pytest

from policydsl.analyses.comparison import relation_of
from policydsl.analyses.diff import compare
from tests.analyses.comparing import Here, wordings

HEAD = """policy "Choices"
    histories from 2024-01-30

role A
role B

clause 1 "all of it"
"""
CHOICES = """    state x: points = 0
    occurrence e by A
        field k: points in 0 .. 2
        choose c: points in 0 .. 1 default 0 by A
        choose d: points in 0 .. 1 default 0 by B
        where c + k <= 2
        where new x <= 2
    on e
        set x = x + d
"""


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"c: points in 0 .. 1": "c: points in 0 .. 2"}, {"A": "more lenient", "B": "equivalent"}),
        ({"d: points in 0 .. 1": "d: points in 0 .. 0"}, {"A": "equivalent", "B": "stricter"}),
        (
            {"c: points in 0 .. 1": "c: points in 0 .. 2", "d: points in 0 .. 1": "d: points in 0 .. 0"},
            {"A": "more lenient", "B": "stricter"},
        ),
        ({"k: points in 0 .. 2": "k: points in 0 .. 1"}, {"A": "equivalent", "B": "equivalent"}),  # a fact
        ({"c + k <= 2": "c + k <= 1"}, {"A": "stricter", "B": "equivalent"}),
        ({"new x <= 2": "new x <= 3"}, {"A": "more lenient", "B": "more lenient"}),
    ],
)
def test_whoever_may_choose_as_before_is_no_better_off(changes: dict[str, str], found: dict[str, str]) -> None:
    new = CHOICES
    for change in changes.items():
        new = new.replace(*change)
    assert roles(CHOICES, new) == found


def roles(old: str, new: str) -> dict[str, str]:
    """Return for whom the facts and choices of `e` are better or worse."""
    made = compare(wordings(HEAD + old, HEAD + new), {}, Here(), readings=False)
    choices = next(j for j in made.judged if j.outcome.called == "facts and choices of e")
    assert choices.relation == "different"
    return {o.role: relation_of(worse, better) for o, worse, better in choices.roles}


def test_with_which_facts_an_act_is_admitted_limits_whoever_does_it() -> None:
    act = CHOICES.replace("occurrence", "act")
    assert roles(act, act.replace("k: points in 0 .. 2", "k: points in 0 .. 1")) == {"A": "stricter", "B": "equivalent"}
