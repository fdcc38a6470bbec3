"""From loaded texts to decisions: readings, possibilities, dead clauses, bugs."""

import multiprocessing
import os
from collections.abc import Callable

import pytest

from policydsl.analyses import cases, dispatch
from policydsl.analyses.dispatch import Aside
from policydsl.analyses.judge import Batch, begin, decide
from policydsl.analyses.judgement import Decision, Judgement, News
from policydsl.analyses.readings import Case
from policydsl.analyses.retelling import Looks
from policydsl.analyses.subjects import readings_of, subjects_of
from policydsl.analyses.workers import Crew
from policydsl.core.system import Trace
from policydsl.engines.verdict import (
    Bounded,
    Budget,
    Proved,
    Refuted,
    Unknown,
    Vacuous,
    Verdict,
)
from policydsl.front.load import load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.build import build_report
from policydsl.report.language import language
from policydsl.report.verdicts import verdict_words
from policydsl.report.words import Words
from tests.analyses import fake_judges

POLICY = """
policy "Score"
    histories from 2024-01-01
role User
clause 1 "a violation costs points"
    state score: points = 100
    state level: points = 0
    reading first "does the first rule cost?"
        free "no" default
        dear "yes"
    reading second "does the second rule cost?"
        cheap "no" default
        costly "yes"
    occurrence violation by User
    on violation
        set score = score - 1 when first is dear or second is costly
        set level = 5
    occurrence miracle by User
        possible when level > 5
    on miracle
        set level = 7
"""
CLAIMS = """
claims about "Score"
guarantee same "The score stays the same"
    always score = 100
guarantee level_bound "The level is at most 5"
    always level <= 5
guarantee reachable "A level of 5 can be reached"
    possible level = 5
guarantee unreachable "A level of 6 can be reached"
    possible level = 6
    expect fails
guarantee empty "After a miracle the level is 8"
    after miracle: level = 8
guarantee dear_only "If the first rule costs, a violation costs"
    under first is dear
    after violation: score < old score
"""


def judgement() -> Judgement:
    texts = {"s.policy": POLICY.strip() + "\n", "s.claims": CLAIMS.strip() + "\n"}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    assert not [d for d in loaded.diagnostics if d.is_error], loaded.diagnostics
    return Judgement(subjects_of(loaded.policies, loaded.claims))


@pytest.fixture(scope="module")
def decisions() -> dict[str, Decision]:
    made = judgement()
    decide(made, Budget(), 2, lambda _: None)
    assert made.complete
    assert not made.bugs
    return {d.subject.question.key: d for d in made.decisions()}


def test_verdicts(decisions: dict[str, Decision]) -> None:
    assert isinstance(decisions["level_bound"].verdict, Proved)
    assert isinstance(decisions["reachable"].verdict, Refuted)
    assert isinstance(decisions["unreachable"].verdict, Proved)
    assert isinstance(decisions["empty"].verdict, Vacuous)
    assert isinstance(decisions["dear_only"].verdict, Proved)


def test_a_clause_that_never_takes_effect(decisions: dict[str, Decision]) -> None:
    dead = [
        k for k, d in decisions.items() if d.subject.origin == "liveness" and isinstance(d.verdict, Proved | Vacuous)
    ]
    assert any("miracle" in key for key in dead)
    assert not any("violation" in key for key in dead)


def test_two_readings_that_make_a_difference_only_together(decisions: dict[str, Decision]) -> None:
    splits = decisions["same"].splits
    assert [(s.reading, s.others_at_default, s.separates) for s in splits] == [
        ("first", False, False),
        ("second", False, False),
        ("first", True, True),
        ("second", True, True),
    ]
    assert [(o, type(v)) for o, v in splits[2].options] == [("free", Proved), ("dear", Refuted)]


@pytest.mark.parametrize("answer", [Unknown("left open", ()), Bounded(3, "left open"), None])
def test_nothing_is_asked_beside_the_defaults_unless_it_is_known_there(
    monkeypatch: pytest.MonkeyPatch, decisions: dict[str, Decision], answer: Verdict | None
) -> None:
    monkeypatch.setattr(cases, "_untold", lambda *of: [c for c in of[1] if c not in of[2]])
    decision, known = decisions["same"], dict[Case, Verdict]()
    verdict = decision.verdict
    assert isinstance(verdict, Refuted)

    def fresh() -> list[Case]:
        readings = readings_of(decision.subject)
        return cases.open_cases(decision.subject.question, readings, verdict, known, Looks(), pairs=False)

    known |= dict.fromkeys(fresh(), verdict)
    at_defaults = fresh()
    assert [(c.reading, c.option) for c in at_defaults] == [("first", "free"), ("second", "cheap")]
    assert len({c.fixed for c in at_defaults}) == 1
    known |= dict.fromkeys(at_defaults, answer or verdict)
    beside = [("first", "dear"), ("second", "costly")]
    assert [(c.reading, c.option) for c in fresh()] == ([] if answer else beside)
    told = [(c.reading, c.option) for c, v in known.items() if len(c.fixed) > 1 and isinstance(v, Refuted)]
    assert told == (beside if answer else [("first", "free"), ("second", "cheap")])


PAIRED = """policy "Pairs"
    histories from 2024-01-01
role A
clause 1 "three rules on what a breach costs"
    reading first "does the first rule cost?"
        costs "yes" default
        free "no"
    reading second "does the second?"
        costs_too "yes" default
        free_too "no"
    reading third "how is it said?"
        aloud "aloud" default
        softly "softly"
    state score: points = 100
    state said: boolean = no
    occurrence breach by A
    on breach
        set score = score - (if first is costs then 1 else 0) - (if second is costs_too then 1 else 0)
        set said = third is aloud
"""
OF_PAIRS = """claims about "Pairs"
finding falls "The score can fall"
    always score = 100
finding heard "The score can fall, or a breach be heard of"
    always score = 100 and not said
finding dear "Where a breach costs, it costs too much"
    after breach when score < old score: score >= old score
"""


def test_two_readings_under_which_together_it_holds_although_both_defaults_fail() -> None:
    texts = {"p.policy": PAIRED, "p.claims": OF_PAIRS}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    made = Judgement(subjects_of(loaded.policies, loaded.claims))
    decide(made, Budget(), 1, lambda _: None)
    found = {d.subject.question.key: d for d in made.decisions()}
    assert found["falls"].together == ((("first", "free"), ("second", "free_too")),)
    assert not any(s.separates for s in found["falls"].splits)
    assert found["heard"].together == ()  # it takes all three
    assert found["dear"].together == ()  # there it is about nothing
    report = build_report(loaded.policies, made.decisions(), {}, (), loaded.sources)
    (finding,) = (f for f in report.policies[0].claims if f.name == "falls")
    assert (finding.verdict, finding.status) == ("fails", "as expected")
    said = verdict_words(finding, Words(language("en"), {}))
    assert said == "fails after 1 step; but holds where “first” is read as “free” and “second” as “free_too”"


def test_a_reading_that_makes_no_difference(decisions: dict[str, Decision]) -> None:
    assert not any(s.separates for s in decisions["reachable"].splits)


def test_nothing_is_decided_twice_and_everything_is_counted() -> None:
    news: list[News] = []
    made = judgement()
    decide(made, Budget(), 2, news.append, fake_judges.good)
    assert all(isinstance(d.verdict, Bounded) for d in made.decisions())
    answered = [n.answered for n in news if not n.attempt]
    assert answered == list(range(1, len(made.subjects) + 1))


def test_what_a_worker_leaves_when_it_dies_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_TOGETHER", 2)
    made = judgement()
    decide(made, Budget(), 2, lambda _: None, fake_judges.dies_in_company)
    assert not made.bugs
    assert {type(d.verdict) for d in made.decisions()} == {Bounded}


def test_it_is_tried_only_once_more() -> None:
    made = judgement()
    decide(made, Budget(), 2, lambda _: None, fake_judges.dies_at_once)
    assert {d.verdict.reason for d in made.decisions() if isinstance(d.verdict, Unknown)} == {
        "the solver's process ended unexpectedly, perhaps for want of memory"
    }
    assert made.complete


def test_what_comes_while_others_are_at_work_is_decided_alike(decisions: dict[str, Decision]) -> None:
    whole = judgement()
    made = Judgement(())
    batches = [Batch(), *(Batch((s,)) for s in whole.subjects), Batch()]
    decide(made, Budget(), 2, lambda _: None, more=batches)
    found = {d.subject.question.key: type(d.verdict) for d in made.decisions()}
    assert found == {key: type(d.verdict) for key, d in decisions.items()}
    assert [s.question.key for s in made.subjects] == [s.question.key for s in whole.subjects]


def test_what_is_begun_step_by_step_is_decided_alike(decisions: dict[str, Decision]) -> None:
    whole, made, steps_taken = judgement(), Judgement(()), 0
    with Crew(2) as crew:
        hear, steps = begin(made, Budget(), crew, lambda _: None, [Batch((s,)) for s in whole.subjects])
        for _ in steps:
            steps_taken += 1
            assert len(made.subjects) == steps_taken  # no batch is looked at before its turn
            for message in crew.messages(patient=False):
                hear(message)
        for message in crew.messages():
            hear(message)
    found = {d.subject.question.key: type(d.verdict) for d in made.decisions()}
    assert found == {key: type(d.verdict) for key, d in decisions.items()}
    assert steps_taken == len(whole.subjects)


def count_clauses(policy: LoadedPolicy) -> int:
    return len(policy.clauses)


def fails(policy: LoadedPolicy) -> int:
    if multiprocessing.parent_process() is not None:
        raise ZeroDivisionError
    return len(policy.clauses)


def dies(policy: LoadedPolicy) -> int:
    if multiprocessing.parent_process() is not None:
        os._exit(9)
    return len(policy.clauses)


@pytest.mark.parametrize("work", [count_clauses, fails, dies])
def test_what_is_to_be_done_aside_is_done_whatever_becomes_of_the_worker(work: Callable[[LoadedPolicy], int]) -> None:
    whole, taken = judgement(), list[int]()
    made = Judgement(())
    aside = Aside(whole.subjects[0].policy, work, taken.append)
    decide(made, Budget(), 2, lambda _: None, fake_judges.good, more=[Batch(whole.subjects, asides=(aside,))])
    assert taken == [1]
    assert all(isinstance(d.verdict, Bounded) for d in made.decisions())


def test_clauses_that_are_seen_alive_meanwhile_are_not_asked_about() -> None:
    whole = judgement()
    made, alive = Judgement(()), next(s for s in whole.subjects if s.origin == "liveness")
    seen = Refuted(Trace({}, {}, ()), 0, clear=-1)

    def take(_: int) -> None:
        made.verdicts[made.subjects.index(alive)] = seen

    aside = Aside(alive.policy, count_clauses, take)
    decide(made, Budget(), 2, lambda _: None, fake_judges.good, more=[Batch(whole.subjects, asides=(aside,))])
    assert [d.verdict for d in made.decisions() if d.subject == alive] == [seen]
    assert alive.question.key not in {q.key for _, q, _ in made.answers}


def test_a_bug_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_TOGETHER", 3)
    made = judgement()
    decide(made, Budget(), 2, lambda _: None, fake_judges.raises)
    assert made.bugs
    assert "planted" in made.bugs[0].reason
    kinds = {type(d.verdict) for d in made.decisions()}
    assert kinds == {Bounded, Unknown}
