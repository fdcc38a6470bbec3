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


TIERS = """
    policy "Tiers"
        histories from 2023-01-01
        month ends last day

    enum Tier: basic, silver, gold

    clause 1 "three points in a year make silver, six gold, until the end of the next; then a step down, for a year"
        state tier: Tier = basic
        state until: date or none
        state expiry: date or none
        occurrence flight
            field cost: count in 1 .. 2
        count earned: flight adding cost, this one included, in each calendar year
        on flight
            set expiry = today + 36 months
        on flight when earned >= 3 and earned < 6
            set tier = silver when tier is basic
            set until = end of year of today + 1 year when tier is not gold
        on flight when earned >= 6
            set tier = gold
            set until = end of year of today + 1 year
        schedule review: the day after until
            set tier = if tier is gold then silver else basic
            set until = if tier is gold then end of year of today else none
"""
LASTS = """
    claims about "Tiers"

    guarantee new_year "A tier ends with a year"
        cites 1
        always until is not none implies month of until = 12 and day of until = 31
"""


def test_months_are_looked_at_without_lemmas_before_with_many() -> None:
    (question,) = questions(TIERS, LASTS).values()
    assert isinstance(answer(question, Budget(seconds=100, effort=16_000_000)), Proved)
