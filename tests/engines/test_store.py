"""Files of stored answers, written by somebody who knows how to seal them and wishes us ill."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from policydsl.core.expr import FALSE, TRUE, And
from policydsl.core.system import Question
from policydsl.engines import certify, store
from policydsl.engines.obligation import Proof, confirm
from policydsl.engines.records import StoreError
from policydsl.engines.store import Desk, record_of, show_again, show_together
from policydsl.engines.verdict import Json, Proved, Record, Refuted, Vacuous, Verdict
from tests.engines.asking import answers
from tests.engines.systems import score_questions

QUESTIONS = {k: score_questions()[k] for k in ("ceiling", "positive", "overdraw")}
VERDICTS = answers(list(QUESTIONS.values()))
DESK = Desk()

STORIES = [v.trace for v in VERDICTS.values() if isinstance(v, Refuted)]
RECORDS = {k: record_of(q, VERDICTS[k], STORIES, DESK) for k, q in QUESTIONS.items()}


def said(key: str) -> dict[str, Json]:
    found = RECORDS[key]
    assert found is not None
    return copy.deepcopy(dict(found.said))


def shown(question: Question, told: dict[str, Json]) -> Verdict | None:
    """Return what is made of `told` for `question`; None if it is refused, as it should be."""
    try:
        return show_again(question, Record(DESK.binder.bind(question), told), DESK)
    except StoreError:
        return None


def test_what_was_stored_is_shown_again() -> None:
    assert {type(v) for v in VERDICTS.values()} == {Proved, Refuted}
    for key, question in QUESTIONS.items():
        assert type(shown(question, said(key))) is type(VERDICTS[key])


LEMMAS = [
    "false",
    "(not true)",
    "(or)",
    "(< score score)",
    "(= today clock)",
    "(= today 2000-01-01)",
    "(<= score 50)",
    "(after (<= 50 score))",
    "(before (<= 50 score))",
    "(happens violation)",
    "(not (happens violation))",
    "(assert false)",
    "(check-sat)",
    "(set-info :status unsat)",
    "(define-fun score () Int 0)",
    "(declare-fun score@0 () Int)",
    "score@0",
    "|score|",
    "(! false :named x)",
    "(let ((score 0)) (= score 0))",
    "true) (assert false",
    "true\n(assert false)",
    "(forall ((x Int)) (< x 0))",
    "(" * 5000,
    "(not " * 3000 + "true" + ")" * 3000,
    "(<= score " + "9" * 5000 + ")",
    "",
]  # fmt: skip


@pytest.mark.parametrize("lemma", LEMMAS)
def test_no_lemma_makes_a_false_claim_proved(lemma: str) -> None:
    for parts in (None, [], ["value score"], ["step", "dates"], ["no such part", "score"]):
        told = said("ceiling")
        holds = {"steps": 1, "calendar": 0, "lemmas": [lemma], "parts": parts}
        told["holds"] = holds  # type: ignore[assignment]  # a record is JSON of any shape
        assert shown(QUESTIONS["overdraw"], told) is None


@pytest.mark.parametrize("steps", [0, -1, 2, 3, 65, 10**9, True, 1.0, "1", None])
@pytest.mark.parametrize("level", [0, 2, 3, -1])
def test_no_window_and_no_calendar_does_either(steps: Json, level: int) -> None:
    told = said("ceiling")
    told["holds"] = {"steps": steps, "calendar": level, "lemmas": [], "parts": None}
    assert shown(QUESTIONS["overdraw"], told) is None


def test_a_true_claim_is_not_refuted_by_the_story_of_another() -> None:
    assert shown(QUESTIONS["ceiling"], said("overdraw")) is None
    assert shown(QUESTIONS["positive"], said("overdraw")) is None


@pytest.mark.parametrize("reason", ["trigger", "existence"])
def test_nothing_is_made_empty(reason: str) -> None:
    because = said("ceiling")["holds"]
    for question in QUESTIONS.values():
        assert not isinstance(shown(question, {"empty": reason, "because": because}), Vacuous)


# --- proofs put together --------------------------------------------------------------------------


def records(**told: dict[str, Json]) -> list[tuple[Question, tuple[Record, ...]]]:
    return [(QUESTIONS[key], (Record(DESK.binder.bind(QUESTIONS[key]), each),)) for key, each in told.items()]


def shown_together(told: list[tuple[Question, tuple[Record, ...]]]) -> list[type[Verdict] | None]:
    DESK.stood.clear()
    show_together(told, DESK)
    found = [shown(question, dict(each.said)) for question, (each,) in told]
    assert not DESK.stood
    return [None if verdict is None else type(verdict) for verdict in found]


def test_proofs_about_one_system_are_put_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Question] = []

    def counted(question: Question, *args: Any, **kwargs: Any) -> certify.Recheck:
        asked.append(question)
        return confirm(question, *args, **kwargs)

    monkeypatch.setattr(store, "confirm", counted)
    assert shown_together(records(ceiling=said("ceiling"), positive=said("positive"))) == [Proved, Proved]
    assert len(asked) == 1
    parts = [QUESTIONS[key].property for key in ("ceiling", "positive")]
    state, step = asked[0].property.state, asked[0].property.step
    assert isinstance(state, And)
    assert isinstance(step, And)
    assert {*state.args} == {p.state for p in parts} - {TRUE}
    assert {*step.args} == {p.step for p in parts} - {TRUE}


@pytest.mark.parametrize("place", range(3))
def test_one_that_is_no_proof_spoils_no_other_and_is_not_believed(place: int) -> None:
    told = [("ceiling", said("ceiling")), ("positive", said("positive"))]
    told.insert(place, ("overdraw", said("ceiling")))
    expected = [Proved, Proved]
    assert shown_together(records(**dict(told))) == [*expected[:place], None, *expected[place:]]


@pytest.mark.parametrize("first", [True, False])
def test_what_holds_in_another_system_lends_nothing(first: bool) -> None:  # noqa: FBT001  which comes first
    question = QUESTIONS["overdraw"]
    system, told = question.system, said("ceiling")
    told["holds"] = {"steps": 1, "calendar": 0, "lemmas": [], "parts": None}
    others = [
        replace(system, assumptions=(*system.assumptions, FALSE)),
        replace(system, events=tuple(replace(e, guard=FALSE) for e in system.events)),
    ]
    for other in others:
        elsewhere = replace(question, system=other)
        assert isinstance(confirm(elsewhere, Proof(1, (), 0), DESK.ctx), certify.Stands)
        asked = [(q, (Record(DESK.binder.bind(q), copy.deepcopy(told)),)) for q in (elsewhere, question)]
        show_together(asked if first else asked[::-1], DESK)
        ((_, (mine,)),) = [each for each in asked if each[0] is question]
        assert shown(question, dict(mine.said)) is None


# --- at random -----------------------------------------------------------------------------------

VALUES: list[Json] = [
    None, True, False, 0, 1, -1, 2, 10**30, 2.5, "", "x", "2025-01-01", "9999-12-31", "99999-01-01", "2025-02-30",
    [], {}, [[]], "1/3", "1/0", "trigger", "existence", ["2025-01-01", "violation", {}], ["2025-01-01", "passage", {}],
    *LEMMAS,
]  # fmt: skip
KEYS = ["holds", "fails", "empty", "because", "witness", "lemmas", "clear", "start", "history", "parts", "steps"]


def places(told: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def changed(told: dict[str, Json], dice: Random) -> dict[str, Json]:
    """Return `told` with one to three things in it left out, put in or replaced."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        here = [*places(told)]
        if not here:
            break
        *way, key = dice.choice(here)
        inside: Json = told
        for each in way:
            inside = inside[each]  # type: ignore[index]  # JSON, of any shape
        if isinstance(inside, list):
            at = int(key)
            inside[at : at + dice.randrange(2)] = [dice.choice(VALUES)] * dice.randrange(2)
        elif isinstance(inside, dict):
            value = inside.pop(str(key))
            if dice.random() < 0.8:
                inside[str(key) if dice.random() < 0.7 else dice.choice(KEYS)] = dice.choice([*VALUES, value])
    return told


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_nothing_false_is_shown(seed: int) -> None:
    """And nothing but a plain refusal comes of nonsense: no other exception gets out."""
    dice = Random(seed)  # noqa: S311  a test's own dice
    for _ in range(150):
        key, other = dice.choice(list(QUESTIONS)), dice.choice(list(QUESTIONS))
        told = json.loads(json.dumps(changed(said(other), dice)))
        if dice.random() < 0.5:
            others = {k: said(k) for k in ("ceiling", "positive") if k != key}
            show_together(records(**{key: told, **others}), DESK)
        found = shown(QUESTIONS[key], told)
        assert found is None or type(found) is type(VERDICTS[key]), told
