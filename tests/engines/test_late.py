"""What is found at the end of a budget, or only after much else: it counts all the same."""

from collections.abc import Callable

import pytest

from policydsl.analyses import workers
from policydsl.engines import chance, kinduction
from policydsl.engines.bench import Benches, seat
from policydsl.engines.solve import EXTRA, Meter
from policydsl.engines.verdict import Budget, Manner, Proved
from tests.engines.asking import answer
from tests.engines.reading import questions

RESITS = """
    policy "Resits"
        histories from 2022-09-01
        month ends last day
        business days of GB

    enum Module: law, logic, ethics

    clause 1 "a third failure of one module excludes; so does a year without a resit"
        state failures[Module]: count = 0
        state excluded: boolean = no
        state resit_by: date or none
        state excluded_on: date or none
        occurrence failure
            field module: Module
            possible when not excluded
        on failure
            set failures[module] = failures[module] + 1
            set resit_by = today + 12 months
            set excluded = yes when new failures[module] >= 3
            set excluded_on = today when new failures[module] >= 3
        schedule too_late: the day after resit_by while not excluded
            set excluded = yes
            set excluded_on = today

    clause 2 "within ten business days an appeal takes one failure back"
        occurrence appeal
            field module: Module
            possible when excluded and excluded_on is not none and today <= excluded_on + 10 business days
            where failures[module] >= 3
        on appeal
            set failures[module] = 2
            set excluded = no
"""
THREE = """
    claims about "Resits"

    guarantee three "At most three failures of a module"
        cites 1, 2
        for every m: Module
        always failures[m] <= 3

    guarantee two "Two at most for whoever is not excluded"
        cites 1, 2
        for every m: Module
        always not excluded implies failures[m] <= 2
"""


def test_what_is_so_case_by_case_is_tried_before_long_searches() -> None:
    asked = questions(RESITS, THREE)
    for name in ("three", "two"):
        assert isinstance(answer(asked[name], Budget(seconds=100, effort=10_000_000)), Proved)


DRAWN_BY_THREES = """
    policy "Drawn by threes"

    clause 1 "tickets are set aside by threes; then each third of the stock, rounded down, costs one more"
        parameter stock: integer in 0 .. 1000000
        state left: integer = stock
        state aside: integer = 0
        state sold: integer = 0
        state open: boolean = no
        occurrence reserve
            possible when not open and aside < stock
        on reserve
            set left = left - 1
            set aside = aside + 3
        occurrence opening
            possible when not open and aside >= stock
        on opening
            set open = yes
        occurrence sale
            possible when open and sold < stock / 3
        on sale
            set left = left - 1
            set sold = sold + 1
"""
TURNS = """
    policy "Turns"

    clause 1 "two take turns; whoever is not at turn waits"
        state first: integer starts where first = second
        state second: integer starts where second >= 0
        state turn: integer starts where 0 <= turn <= 1
        state rounds: integer = 0
        occurrence move
            possible when rounds < 200
        on move
            set first = first + 1 when turn = 0
            set second = second + 1 when turn != 0
            set turn = 1 - turn
            set rounds = rounds + 1
"""


@pytest.mark.parametrize(
    ("policy", "title", "claim"),
    [
        (DRAWN_BY_THREES, "Drawn by threes", "always open and sold < stock / 3 implies left > 0"),
        (TURNS, "Turns", "always rounds = 200 implies first = second"),
    ],
)
def test_what_comparisons_and_parity_tell_apart_is_guessed(policy: str, title: str, claim: str) -> None:
    """Like programs of the public collections `extra-small-lia` (CHC-COMP) and `sv-benchmarks` (SV-COMP)."""
    asked = questions(policy, f'claims about "{title}"\n\nguarantee safe "It holds"\n    cites 1\n    {claim}\n')
    assert isinstance(answer(asked["safe"], Budget(seconds=100, effort=10_000_000)), Proved)


def test_first_steps_are_not_looked_for_where_much_was_searched() -> None:
    asked = questions(RESITS, THREE)["two"]
    ((bench, _),) = seat(Benches(), [(asked, Manner())], (), Budget(), lambda *_: None)
    far = bench.exact(24, asked.property)
    far.reach(4)
    assert bench.exact(24, asked.property, shallow=True) is far
    far.reach(5)
    near = bench.exact(24, asked.property, shallow=True)
    assert near is not far
    assert near is bench.exact(24, asked.property, shallow=True)
    assert far is bench.exact(24, asked.property)


def test_a_proof_of_the_last_moment_leaves_time_for_what_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    prove: Callable[..., object] = kinduction.prove

    def late(*given: object, meter: Meter, **named: object) -> object:
        found = prove(*given, meter=meter, **named)
        meter.seconds -= meter.left
        return found

    monkeypatch.setattr(kinduction, "prove", late)
    found = answer(questions(POINTS, CAPPED)["capped"], Budget(seconds=10))
    assert isinstance(found, Proved)
    assert found.witness is not None


def test_there_is_some_of_each_kind_of_budget_left() -> None:
    for budget in (Budget(seconds=10), Budget(seconds=3600, effort=1000)):
        meter = Meter(budget, -1.0, units=2000)
        meter.extend()
        assert not meter.spent
        assert meter.left <= EXTRA * budget.seconds
        plenty = Meter(budget, 5.0, units=10) if budget.effort is None else Meter(budget, 3000.0, units=10)
        before = plenty.left, plenty.rlimit
        plenty.extend()
        assert (plenty.left, plenty.rlimit) == before


def test_a_worker_may_take_what_may_be_added_to_a_budget() -> None:
    assert 1 + max(EXTRA, Budget(seconds=1.0).share(chance._RESERVE).seconds) <= workers._LONGEST


POINTS = """
    policy "Points"

    clause 1 "a fault costs five points, no more than twenty in all"
        state lost: points = 0
        occurrence fault
        on fault
            set lost = min(lost + 5, 20)
"""
CAPPED = """
    claims about "Points"

    guarantee capped "After the first faults, too, it is twenty at most"
        cites 1
        after fault when old lost >= 5: lost <= 20
"""
