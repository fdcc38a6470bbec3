"""Stories are looked for among the steps that a claim can see; they are as short as among all."""

import pytest
import z3

from policydsl.core.system import Question
from policydsl.engines import bench
from policydsl.engines.bench import Benches
from policydsl.engines.minimise import Granter
from policydsl.engines.portfolio import judge
from policydsl.engines.solve import Answer
from policydsl.engines.verdict import Budget, Refuted
from policydsl.semantics.interpret import violation
from tests.core.test_idle import load

BUDGET = Budget(seconds=20, effort=20_000_000)

CLUB = """policy "Club"
    histories from 2026-01-01
    month ends last day

role Member

clause 1 "who comes two months after joining is too late; so is who knocks at three doors"
    state joined: date or none = none
    state knocks: integer = 0
    state turned_away: boolean = no
    act join by Member permitted when joined is none
    act come by Member
    act knock by Member
        choose door: integer >= 1 default 1 by Member
    on join
        set joined = today
    on come
        set turned_away = yes when joined is not none and today >= joined + 2 months
    on knock
        set knocks = knocks + 1
        set turned_away = yes when knocks >= 2 and door >= 4

clause 2 "a fee a month, a letter and a reminder"
    state owed: money EUR = 0 EUR
    state letters: integer = 0
    state reminders: integer = 0
    schedule fee: each month on day 1
        set owed = owed + 40 EUR
        set letters = letters + 1
        set reminders = reminders + 2
    act pay by Member permitted when owed >= 40 EUR
    on pay
        set owed = owed - 40 EUR
    act answer by Member permitted when letters > reminders
    on answer
        set letters = letters - 1
    act object by Member permitted when reminders > 0
    on object
        set reminders = 0
"""

CLAIMS = """claims about "Club"

finding turned_away "Members are turned away"
    cites 1
    never turned_away

finding late "Members are too late"
    cites 1
    never turned_away and knocks = 0

finding knocked "Members knock twice"
    cites 1
    never knocks >= 2
"""

CLUBS = load(CLUB, CLAIMS)


def told(question: Question, benches: Benches | None = None) -> Refuted:
    ((_, verdict),) = judge(question.system, [question], BUDGET, lambda *_: None, benches=benches)
    assert isinstance(verdict, Refuted)
    assert violation(question.system, verdict.trace, question.property) == verdict.at == len(verdict.trace.steps)
    return verdict


@pytest.mark.parametrize(("name", "steps", "clear"), [("turned_away", 3, 2), ("knocked", 2, 1)])
def test_stories_are_as_short_as_among_all_steps(name: str, steps: int, clear: int) -> None:
    verdict = told(CLUBS[name])
    assert (verdict.at, verdict.clear) == (steps, clear)
    assert {s.name for s in verdict.trace.steps} == {"knock"}, "to come late takes two steps, but two fees"


def test_steps_are_put_back_where_there_is_no_other_story() -> None:
    verdict = told(CLUBS["late"])
    assert [s.name for s in verdict.trace.steps if s.name != "fee"] == ["join", "come"]
    assert verdict.at == 4


def test_claims_that_see_the_same_share_an_unrolling() -> None:
    kept = Benches()
    told(CLUBS["knocked"], kept)
    part = kept.kept[0].exact(24, CLUBS["knocked"].property)
    assert {e.name for e in part.system.events} == {"knock"}
    assert part is kept.kept[0].exact(24, CLUBS["knocked"].property)
    assert part is not kept.kept[0].exact(24)


def test_small_parts_are_not_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_MUCH", 0)
    kept = Benches()
    told(CLUBS["knocked"], kept)
    assert kept.kept[0].exact(24, CLUBS["knocked"].property) is kept.kept[0].exact(24)


def test_what_is_ruled_out_is_not_wished_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Answer, set[tuple[Granter, int]]]] = []
    ask = Granter._ask

    def listening(self: Granter, literals: list[z3.BoolRef]) -> Answer:
        wished = {(self, each.get_id()) for each in literals}
        asked.append((ask(self, literals), wished))
        return asked[-1][0]

    monkeypatch.setattr(Granter, "_ask", listening)
    last = told(CLUBS["turned_away"]).trace.steps[-1]
    assert last.inputs == {"knock.door": 4}, "the first knocks are at the door that is usual, the last cannot be"
    refused = [wished.pop() for answer, wished in asked if answer == "unsat" and len(wished) == 1]
    assert refused
    assert not any(each in wished for each in refused for _, wished in asked)
