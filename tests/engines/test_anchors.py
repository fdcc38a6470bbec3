"""Deadlines that lie months after a day that was noted: lemmas say how far, whatever happens to either later."""

from policydsl.engines.verdict import Budget, Proved
from tests.engines.asking import answer
from tests.engines.reading import questions

EXTENDED = """
    policy "Extended"
        histories from 2018-05-25
        month ends last day

    clause 1 "an answer is due a month after receipt, or two months later still if the asker was told in the first"
        state waits: boolean = no
        state received: date or none
        state deadline: date or none
        state extended: boolean = no
        occurrence request
            possible when not waits
        on request
            set waits = yes
            set received = today
            set deadline = today + 1 month
            set extended = no
        occurrence extend
            possible when waits and not extended and received is not none and today <= received + 1 month
        on extend
            set extended = yes
            set deadline = received + 3 months when received is not none
        occurrence answer
        on answer
            set waits = no
"""
CLAIMS = """
    claims about "Extended"

    guarantee later "An extension leaves between one and 62 days more"
        cites 1
        after extend: deadline is not none and old deadline is not none and old deadline < deadline and deadline <= old deadline + 62 days
"""  # noqa: E501  a condition stands on one line


def test_what_is_reckoned_from_a_day_that_was_noted() -> None:
    assert isinstance(answer(questions(EXTENDED, CLAIMS)["later"], Budget(seconds=20)), Proved)
