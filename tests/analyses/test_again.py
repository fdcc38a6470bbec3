"""Stored answers shown with those of the cases: as if each case had been asked about, and never more than is stored."""

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from policydsl.analyses import workers
from policydsl.analyses.again import Shown, show_all
from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.readings import Case
from policydsl.analyses.recall import Recall, records_of
from policydsl.analyses.subjects import Subject, readings_of, subjects_of
from policydsl.base.calendar import from_civil
from policydsl.cli.certify import no_search
from policydsl.core.show import Binder
from policydsl.engines.records import StoreError
from policydsl.engines.store import Desk, record_of, show_again
from policydsl.engines.verdict import Budget, Json, Proved, Record, Refuted, Unknown, Verdict
from policydsl.front.load import load_files
from tests.analyses.test_retelling import CLAIMS, POLICY

FIXTURES = Path(__file__).parents[1] / "cli/fixtures"
SCORE = {n: (FIXTURES / n).read_text(encoding="utf-8") for n in ("specs/score.policy", "proofs/score.claims")}


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


@pytest.mark.parametrize(("parts", "searched"), [(None, set[int]()), ([], {0})])
def test_a_proof_of_another_wording_is_tried_where_that_is_wanted(parts: Json, searched: set[int]) -> None:
    """Steps that do no more than nothing at all may do anything: that proof proves nothing here."""
    loaded = load_files(SCORE, lambda name: (SCORE[name], ()))
    subjects = tuple(s for s in subjects_of(loaded.policies, loaded.claims) if s.question.key == "ceiling")
    found = Judgement(subjects)
    decide(found, Budget(), 1, lambda _: None)
    (record,) = records_of([(subjects[0].question, found.verdicts[0])], from_civil(2024, 1, 1))
    assert record is not None
    reason = record.said["holds"]
    assert isinstance(reason, dict)
    other = replace(record, binding="other", said={**record.said, "holds": {**reason, "parts": parts}})
    again = Judgement(subjects, kept={0: (other,)}, near=True)
    decide(again, Budget(), 1, lambda _: None, None if searched else no_search)
    assert again.searched == searched
    assert isinstance(again.verdicts[0], Proved)
    if not searched:
        assert again.shown[0].made_here
        assert isinstance(again.found(0), Shown)


def test_a_proof_for_an_option_is_tried_under_that_option(made: Judgement) -> None:
    """Stories of another wording are not: it would not be known that none is shorter."""
    tried = 0
    for i, subject in enumerate(made.subjects):
        given = records(made, i)
        proofs = {r.binding for r in given[1:] if "holds" in r.said}
        again = Judgement((subject,), kept={0: tuple(replace(r, binding="other") for r in given)}, near=True)
        decide(again, Budget(), 1, lambda _: None)
        assert again.searched == {0}
        assert {c: type(v) for c, v in again.cases[0].items()} == {c: type(v) for c, v in made.cases[i].items()}
        tried += len(proofs)
    assert tried


def test_what_is_open_is_looked_for_again(made: Judgement) -> None:
    again = Judgement(made.subjects, verdicts=dict(made.verdicts), cases={i: dict(c) for i, c in made.cases.items()})
    verdict = again.verdicts[0]
    assert isinstance(verdict, Refuted)
    assert again.found(0) is not None
    again.verdicts[0] = replace(verdict, clear=-1)  # a shorter one may be there
    assert again.found(0) is None
    again.verdicts[0] = Unknown("the budget ran out", ())
    assert again.found(0) is None
    case = next(iter(again.cases[1]))
    again.cases[1][case] = Unknown("the budget ran out", ())
    assert again.found(1) is None


def test_what_is_known_of_one_case_says_nothing_about_the_others(made: Judgement) -> None:
    given = [(s.question.key, r) for i, s in enumerate(made.subjects) for r in records(made, i)[1:]]
    assert given
    for key, record in given:
        again = Judgement(made.subjects, recall=Recall(stored={(key, record.binding): record.said}))
        decide(again, Budget(), 1, lambda _: None)
        assert again.cases.keys() == made.cases.keys()
        assert all(again.cases[i].keys() == cases.keys() for i, cases in made.cases.items())
