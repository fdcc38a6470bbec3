"""Proofs of one wording made proofs of another: what an edit breaks of them, and what nothing mends."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from policydsl.core.expr import TRUE, Not
from policydsl.core.read import names_of, read_expr
from policydsl.core.show import bind, show_expr
from policydsl.core.system import Property, Question, System
from policydsl.engines import revise as revise_module
from policydsl.engines import store
from policydsl.engines.certify import Stands
from policydsl.engines.obligation import Proof, confirm
from policydsl.engines.records import NEAR, StoreError
from policydsl.engines.revise import _likewise, revise
from policydsl.engines.solve import Meter
from policydsl.engines.store import Desk, record_of, show_again
from policydsl.engines.stories import read_story, write_story
from policydsl.engines.verdict import Proved, Record, Refuted
from policydsl.front.load import load
from policydsl.semantics.interpret import violation
from policydsl.semantics.terms import new_context
from tests.engines.asking import answer

POLICY = """policy "Miles"
    histories from 2025-01-01

role Flyer

clause 1 "each flight earns miles"
    state flights: integer = 0
    state paid: integer = 0
    occurrence flight by Flyer
    on flight
        set flights = flights + 1
        set paid = paid + (if flights >= 3 then 2 else 1)
"""
CLAIM = """claims about "Miles"

guarantee more "One more flight never costs miles"
    cites 1
    between a history and the same history with one more flight: paid in the second history >= paid in the first history
"""


@pytest.fixture
def question(tmp_path: Path) -> Callable[[str], Question]:
    def made(text: str) -> Question:
        for name, content in (("miles.policy", text), ("miles.claims", CLAIM)):
            (tmp_path / name).write_text(content, encoding="utf-8")
        loaded = load([tmp_path])
        assert not loaded.diagnostics
        return loaded.claims[0].claims[0].question

    return made


@pytest.fixture
def said(question: Callable[[str], Question]) -> Record:
    """Return the answer to the question about the policy as it stands."""
    asked = question(POLICY)
    verdict = answer(asked)
    assert isinstance(verdict, Proved)
    assert verdict.certificate.lemmas
    record = record_of(asked, verdict, [] if verdict.witness is None else [verdict.witness], Desk())
    assert record is not None
    return record


def near(question: Question, said: Record) -> Record:
    return Record(bind(question), {**said.said, NEAR: True})


def reworded(state: str, rule: str, bonus: str) -> str:
    text = POLICY.replace("    state paid", f"    {state}\n    state paid")
    text = text.replace("        set paid", f"        {rule}\n        set paid")
    return text.replace("if flights >= 3", f"if {bonus}")


@pytest.mark.parametrize(
    ("state", "rule", "bonus"),
    [
        ("state nights: integer = 0", "set nights = nights + 1", "nights >= 3"),
        ("state gold: boolean = no", "set gold = gold or flights >= 2", "gold"),
    ],
)
def test_a_proof_is_mended_where_the_edit_needs_more_of_the_same(
    question: Callable[[str], Question],
    said: Record,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    rule: str,
    bonus: str,
) -> None:
    asked = question(reworded(state, rule, bonus))
    shown = show_again(asked, near(asked, said), Desk())
    assert isinstance(shown, Proved)
    assert isinstance(answer(asked), Proved)
    monkeypatch.setattr(store, "revise", lambda *_: None)
    with pytest.raises(StoreError, match="is no proof"):
        show_again(asked, near(asked, said), Desk())


@pytest.mark.parametrize(
    "text",
    [
        POLICY.replace("then 2 else 1", "then 0 - 1 else 1"),
        POLICY.replace("then 2 else 1", "then 0 - 5 else 1").replace("flights >= 3", "flights is 3"),
        reworded("state gold: boolean = no", "set gold = flights >= 2", "gold").replace("then 2", "then 0 - 3"),
    ],
)
def test_what_no_longer_holds_stays_unproved(question: Callable[[str], Question], said: Record, text: str) -> None:
    asked = question(text)
    with pytest.raises(StoreError):
        show_again(asked, near(asked, said), Desk())
    assert isinstance(answer(asked), Refuted)


def test_nothing_is_believed_of_a_revision(
    question: Callable[[str], Question], said: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(POLICY.replace("then 2 else 1", "then 0 - 1 else 1"))
    monkeypatch.setattr(store, "revise", lambda *_: Proof(1, (), 0))
    with pytest.raises(StoreError, match="is no proof"):
        show_again(asked, near(asked, said), Desk())


def test_a_witness_that_shows_nothing_any_more_is_looked_for_anew(
    question: Callable[[str], Question], said: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(POLICY)
    story = read_story(asked.system, said.said["witness"])
    idle = Record(said.binding, {**said.said, "witness": write_story(asked.system, replace(story, steps=()))})
    with pytest.raises(StoreError, match="the condition can come true"):
        show_again(asked, idle, Desk())
    shown = show_again(asked, near(asked, idle), Desk())
    assert isinstance(shown, Proved)
    assert shown.witness is not None
    assert asked.trigger is not None
    never = Property(TRUE, Not(asked.trigger))
    assert violation(asked.system, shown.witness, never) == len(shown.witness.steps) > 0
    for nothing in (None, replace(story, steps=())):
        monkeypatch.setattr(store, "find_story", lambda _, found=nothing: found)
        with pytest.raises(StoreError, match="the condition can come true"):
            show_again(asked, near(asked, idle), Desk())


def test_only_answers_to_much_the_same_are_revised(
    question: Callable[[str], Question], said: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(reworded("state nights: integer = 0", "set nights = nights + 1", "nights >= 3"))
    monkeypatch.delattr(store, "revise")
    with pytest.raises(StoreError, match="is no proof"):
        show_again(asked, Record(bind(asked), said.said), Desk())


def test_lemmas_that_hold_no_more_are_dropped(question: Callable[[str], Question]) -> None:
    asked = question(POLICY)
    texts = ("(<= first/flights second/flights)", "(= first/flights second/flights)", "(<= second/flights 7)")
    lemmas = tuple(read_expr(text, names_of(asked.system)) for text in texts)
    made = revise(asked, Proof(1, lemmas, 0))
    assert made is not None
    assert lemmas[0] in made.lemmas
    assert not {*lemmas[1:]} & {*made.lemmas}
    assert isinstance(confirm(asked, made, new_context()), Stands)
    assert not isinstance(confirm(asked, Proof(1, lemmas, 0), new_context()), Stands)
    assert revise(asked, Proof(1, (), 0)) is None


GUARDED = reworded("state gold: boolean = no", "set gold = gold or flights >= 2", "gold").replace(
    "occurrence flight by Flyer", "occurrence flight by Flyer\n        possible when flights < 7"
)


def tried(monkeypatch: pytest.MonkeyPatch) -> list[System]:
    """Have the systems listed in which a revision is looked for."""
    seen: list[System] = []
    real = revise_module._revised

    def listed(system: System, claim: Property, proof: Proof, meter: Meter) -> Proof | None:
        seen.append(system)
        return real(system, claim, proof, meter)

    monkeypatch.setattr(revise_module, "_revised", listed)
    return seen


def test_conditions_on_which_a_proof_did_not_rest_are_left_out_first(
    question: Callable[[str], Question], said: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, seen = question(GUARDED), tried(monkeypatch)
    assert isinstance(show_again(asked, near(asked, said), Desk()), Proved)
    (freer,) = seen
    guards = [e.guard for e in freer.events if e.guard != TRUE]
    assert len(guards) < len([e for e in asked.system.events if e.guard != TRUE])


def test_where_the_edit_makes_a_proof_need_them_they_are_put_back(
    question: Callable[[str], Question], said: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = POLICY.replace("occurrence flight by Flyer", "occurrence flight by Flyer\n        possible when flights < 7")
    asked, seen = (
        question(text.replace("then 2 else 1", "then (if flights >= 7 then 0 - 1 else 2) else 1")),
        tried(monkeypatch),
    )
    assert isinstance(show_again(asked, near(asked, said), Desk()), Proved)
    freer, whole = seen
    assert whole is asked.system
    assert freer.events != whole.events


def test_a_lemma_about_a_variable_of_which_one_copy_is_not_seen_is_tried_as_it_stands(
    question: Callable[[str], Question],
) -> None:
    asked = question(POLICY)
    alone = tuple(v for v in asked.system.variables if v.name != "first/flights")
    lemma = read_expr("(<= 0 second/flights)", names_of(asked.system))
    made = list(_likewise(replace(asked.system, variables=alone), (lemma,)))
    assert [show_expr(e) for e in made] == ["(<= 0 second/paid)"]
