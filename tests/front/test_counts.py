"""Counts against a list of what happened: every window, whether or not what happens is counted, whatever it adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from policydsl.base.calendar import Rounding, add_months, from_civil, month_of, show_day
from policydsl.core.expr import Use, Value
from policydsl.core.system import PASSAGE, Step, System
from policydsl.core.walk import definition_table
from policydsl.semantics.evaluate import alone, evaluate
from policydsl.semantics.interpret import Rejected, State, Stepped, initial_state, step
from tests.engines.reading import loaded

POLICY = """policy "Counts"
    histories from 2023-12-01
    month ends {rounding}

clause 1 "all of it"
    occurrence e
        field k: integer in 0 .. 3
    occurrence again
    count yearly: e when k > 0, this one included, in each calendar year
    count monthly: e adding k, this one included, in each calendar month
    count fresh: e, this one included, since again
    count whole: e or again, this one included, in all
    count close: e when k > 0, this one included, within any 40 days up to 2
    count near: e, this one included, within any 1 months up to 1
    count weighed: e adding k when k != 1, this one included, within any 2 months up to 3
"""


@dataclass(frozen=True)
class Happened:
    """An event of a history: its place, day and name, and the number that came with it."""

    place: int
    day: int
    name: str
    k: int


def rolling(past: Sequence[Happened], ends: Mapping[int, int], today: int, cap: int) -> list[Happened]:
    """Return those still in the window, at most `cap` of them: the ones that leave it last."""
    inside = [h for h in past if today < ends[h.place]]
    return sorted(inside, key=lambda h: (ends[h.place], h.place), reverse=True)[:cap]


def expected(past: Sequence[Happened], today: int, rounding: Rounding) -> dict[str, int]:
    e = [h for h in past if h.name == "e"]
    last = max((h.place for h in past if h.name == "again"), default=-1)
    some, other = [h for h in e if h.k > 0], [h for h in e if h.k != 1]
    one, two = ({h.place: add_months(h.day, n, rounding) for h in e} for n in (1, 2))
    return {
        "yearly": sum(month_of(h.day) // 12 == month_of(today) // 12 for h in some),
        "monthly": sum(h.k for h in e if month_of(h.day) == month_of(today)),
        "fresh": sum(h.place > last for h in e),
        "whole": len(past),
        "close": len(rolling(some, {h.place: h.day + 40 for h in some}, today, 2)),
        "near": len(rolling(e, one, today, 1)),
        "weighed": sum(h.k for h in rolling(other, two, today, 3)),
    }


def counted(system: System, state: State) -> dict[str, Value]:
    names = [n.removesuffix(".so_far") for n in definition_table(system) if n.endswith(".so_far")]
    return {name: evaluate(Use(f"{name}.so_far", system.variables[0].sort), alone(system, {}, state)) for name in names}


@pytest.mark.parametrize("rounding", [r for r in Rounding if r is not Rounding.REFUSE])
def test_counts_are_those_of_the_list(rounding: Rounding) -> None:
    policy, _ = loaded(POLICY.format(rounding=rounding.value), 'claims about "Counts"\n')
    system, dice = policy.system, Random(5)  # noqa: S311  a test's own dice
    for _ in range(200):
        day, past = from_civil(2024, 1, dice.randrange(29, 32)), list[Happened]()
        state = initial_state(system, {}, day, {})
        assert not isinstance(state, Rejected)
        for place in range(7):
            later = day + dice.choice((0, 1, 1, 2, 28, 29, 29, 200))
            names = ("e", "e", "e", "again", PASSAGE) if later > day else ("e", "e", "e", "again")
            day, k, name = later, dice.randrange(4), dice.choice(names)
            done = step(system, {}, state, Step(name, day, {"e.k": k} if name == "e" else {}))
            assert isinstance(done, Stepped)
            state = done.state
            past += [] if name == PASSAGE else [Happened(place, day, name, k)]
            told = [(show_day(h.day), h.name, h.k) for h in past]
            assert counted(system, state) == expected(past, day, rounding), (told, show_day(day))
