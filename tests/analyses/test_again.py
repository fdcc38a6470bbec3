"""Stored answers shown with those of the cases: as if each case had been asked about, and never more than is stored."""

import multiprocessing
from dataclasses import replace

import pytest

from policydsl.analyses import workers
from policydsl.analyses.again import Shown, show_all
from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.readings import Case
from policydsl.analyses.recall import Recall
from policydsl.analyses.subjects import Subject, readings_of, subjects_of
from policydsl.cli.certify import no_search
from policydsl.core.show import Binder
from policydsl.engines.records import StoreError
from policydsl.engines.store import Desk, record_of, show_again
from policydsl.engines.verdict import Budget, Record, Refuted, Verdict
from policydsl.front.load import load_files
from tests.analyses.test_retelling import CLAIMS, POLICY


@pytest.fixture(scope="module")
def made() -> Judgement:
    texts = {"s.policy": POLICY.strip() + "\n", "s.claims": CLAIMS.strip() + "\n"}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    found = Judgement(tuple(s for s in subjects_of(loaded.policies, loaded.claims) if s.origin == "claim"))
    decide(found, Budget(), 1, lambda _: None)
    return found


def records(made: Judgement, subject: int) -> list[Record]:
    desk = Desk()
    traces = [v.trace for _, _, v in made.answers if isinstance(v, Refuted)]
    found = [record_of(q, v, traces, desk) for i, q, v in made.answers if i == subject]
    return [r for r in found if r is not None]


def whole(subject: Subject, given: list[Record]) -> Shown:
    desk, binder = Desk(), Binder()
    return show_all(subject.question, readings_of(subject), given, binder.bind, lambda q, r: show_again(q, r, desk))


def shown(subject: Subject, given: list[Record]) -> tuple[Verdict, dict[Case, type[Verdict]], bool]:
    found = whole(subject, given)
    cases = found.cases() | {case: verdict for same, verdict in found.answered for case in same}
    return found.verdict, {case: type(verdict) for case, verdict in cases.items()}, found.settled


def test_all_cases_are_as_they_were_decided(made: Judgement) -> None:
    asked = 0
    for i, subject in enumerate(made.subjects):
        given = records(made, i)
        verdict, cases, settled = shown(subject, given)
        assert settled
        assert isinstance(verdict, Refuted)
        assert cases == {case: type(v) for case, v in made.cases[i].items()}
        asked += len(given) - 1
    assert asked  # some case at least is not answered by the story


def test_stories_under_other_readings_are_those_that_were_told(made: Judgement) -> None:
    for i, subject in enumerate(made.subjects):
        found = whole(subject, records(made, i))
        told = found.cases()
        assert found.same
        for case, verdict in told.items():
            assert isinstance(verdict, Refuted)
            assert {n: verdict.trace.parameters[n] for n, _ in case.fixed} == dict(case.fixed)
            assert verdict == made.cases[i][case]


def test_what_is_not_stored_is_left_open(made: Judgement) -> None:
    for i, subject in enumerate(made.subjects):
        given = records(made, i)
        for left_out in given[1:]:
            _, cases, settled = shown(subject, [r for r in given if r is not left_out])
            assert not settled
            assert len(cases) < len(made.cases[i])


def test_without_its_own_answer_nothing_is_shown(made: Judgement) -> None:
    with pytest.raises(StoreError, match="another version"):
        shown(made.subjects[0], records(made, 0)[1:])
    wrong = replace(records(made, 0)[0], said={"fails": None})
    with pytest.raises(StoreError):
        shown(made.subjects[0], [wrong])


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_workers_of_any_kind_show_what_is_kept(made: Judgement, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_context", lambda: multiprocessing.get_context(how))
    again = Judgement(made.subjects, kept={i: tuple(records(made, i)) for i in range(len(made.subjects))})
    decide(again, Budget(), 2, lambda _: None, no_search)
    assert not again.searched
    assert not again.unfit
    assert again.verdicts == made.verdicts
    assert {i: {c: type(v) for c, v in cases.items()} for i, cases in again.cases.items()} == {
        i: {c: type(v) for c, v in cases.items()} for i, cases in made.cases.items()
    }
    assert len(again.answers) == len(made.answers)


def test_what_is_kept_of_another_wording_is_searched_for(made: Judgement) -> None:
    wrong = tuple(replace(r, binding="other") for r in records(made, 0))
    again = Judgement(made.subjects[:1], kept={0: wrong})
    decide(again, Budget(), 1, lambda _: None)
    assert again.searched == {0}
    assert again.unfit == {0: "is about another version of the policy or the claim"}
    assert again.verdicts[0] == made.verdicts[0]


def test_what_is_known_of_one_case_says_nothing_about_the_others(made: Judgement) -> None:
    given = [(s.question.key, r) for i, s in enumerate(made.subjects) for r in records(made, i)[1:]]
    assert given
    for key, record in given:
        again = Judgement(made.subjects, recall=Recall(stored={(key, record.binding): record.said}))
        decide(again, Budget(), 1, lambda _: None)
        assert again.cases.keys() == made.cases.keys()
        assert all(again.cases[i].keys() == cases.keys() for i, cases in made.cases.items())
