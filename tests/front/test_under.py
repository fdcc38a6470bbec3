"""What a claim is asked `under`: parameters are restricted in every history, inputs where their event happens."""

import pytest

from policydsl.front.load import load_files
from policydsl.front.loaded import LoadedClaim

POLICY = """policy "Cards"
    histories from 2024-01-01

role User

clause 1 "a breach counts as it is read"
    state points_left: points = 12
    reading counted "once or twice?"
        once  "once" default
        twice "twice"
    occurrence breach by User
        field cost: points default 1
    occurrence bonus by User
        field gain: points default 1
    on breach
        set points_left = points_left - cost when counted is once
        set points_left = points_left - 2 * cost when counted is twice
    on bonus
        set points_left = points_left + gain
"""


def claim(under: str) -> LoadedClaim | list[str]:
    """Return the claim, or the codes of what is wrong with it."""
    lines = f'claims about "Cards"\n\nguarantee a "..."\n    cites 1\n    under {under}\n    always points_left <= 12\n'
    texts = {"p.policy": POLICY, "p.claims": lines}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    return [d.code for d in loaded.diagnostics] or loaded.claims[0].claims[0]


def _made(under: str) -> LoadedClaim:
    made = claim(under)
    assert isinstance(made, LoadedClaim)
    return made


def _guards(made: LoadedClaim) -> dict[str, str]:
    return {event.name: str(event.guard) for event in made.question.system.events}


@pytest.mark.parametrize("under", ["counted is once and breach.cost = 2", "breach.cost = 2 and counted is once"])
def test_what_is_said_of_a_reading_holds_of_every_history(under: str) -> None:
    made = _made(under)
    assert [str(e) for e in made.question.system.assumptions] == [
        str(e) for e in _made("counted is once").question.system.assumptions
    ]
    assert _guards(made) == _guards(_made("breach.cost = 2"))


def test_inputs_of_two_events() -> None:
    assert _guards(_made("breach.cost = 2 and bonus.gain = 0")) == {
        "breach": _guards(_made("breach.cost = 2"))["breach"],
        "bonus": _guards(_made("bonus.gain = 0"))["bonus"],
    }


def test_inputs_of_two_events_in_one_condition() -> None:
    assert claim("breach.cost = bonus.gain") == ["E0205"]
