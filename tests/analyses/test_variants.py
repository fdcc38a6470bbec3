"""The same history under other readings: what is expected there, and what is said where it comes out otherwise."""

import pytest

from policydsl.analyses.replay import check_history
from policydsl.front.history_read import read_history
from policydsl.front.load import load_files

POLICY = """policy "Leave"
    histories from 2024-01-01

role Worker

clause 1 "leave may be asked for from the day named on"
    reading named "does the day count?"
        included "yes" default
        excluded "no"
    act ask by Worker
        permitted when today > 2024-03-01 or (today = 2024-03-01 and named is included)
    state asked: boolean = no
    on ask
        set asked = yes
"""
HISTORY = """start: 2024-02-01
steps:
  - {date: 2024-03-01, event: ask, expect: {asked: yes}}
  - {date: 2024-03-02, event: ask, expect: {asked: yes}}
variants:
  - readings: {named: excluded}
    expect: [TOLD, {asked: yes}]
"""


def wrong(told: str) -> list[str]:
    """Return what is wrong with the history whose variant says `told` of the first step."""
    loaded = load_files({"p.policy": POLICY}, lambda name: ({"p.policy": POLICY}[name], ()))
    (policy,) = loaded.policies
    history, found = read_history(HISTORY.replace("TOLD", told), "h.yaml", policy)
    if found:
        return [d.message for d in found]
    assert history is not None
    return [d.message for d in check_history(policy, history)]


@pytest.mark.parametrize(
    ("told", "messages"),
    [
        ("{refused: true}", []),
        ("{refused: yes, asked: no}", []),
        ("null", ["`ask` is not permitted on 2024-03-01, in the variant with named: excluded"]),
        ("{refused: yes, asked: yes}", ["`asked` is no here, not yes, in the variant with named: excluded"]),
        ("{refused: perhaps}", ["`perhaps` is not of type boolean: yes or no fits here"]),
    ],
)
def test_a_step_refused_under_another_reading(told: str, messages: list[str]) -> None:
    assert wrong(told) == messages


def test_a_step_refused_there_that_is_possible_here() -> None:
    loaded = load_files({"p.policy": POLICY}, lambda name: ({"p.policy": POLICY}[name], ()))
    (policy,) = loaded.policies
    text = HISTORY.replace("event: ask, expect", "event: ask, refused: yes, expect").replace("excluded", "included")
    text = text.replace("asked: yes}}", "asked: no}}").replace("steps:", "readings: {named: excluded}\nsteps:", 1)
    text = text.replace("2024-03-02", "2024-03-01").replace(
        "TOLD, {asked: yes}", "{refused: no, asked: yes}, {refused: no}"
    )
    history, found = read_history(text, "h.yaml", policy)
    assert not found
    assert history is not None
    assert not check_history(policy, history)
