"""More counterexamples: each is one, and none is another with something added or other numbers."""

import pytest

from policydsl.core.system import PASSAGE, Question, Trace
from policydsl.engines.verdict import Budget, Refuted
from policydsl.engines.witnesses import others
from policydsl.semantics.interpret import violation
from tests.engines.asking import answer
from tests.engines.reading import questions
from tests.engines.systems import observation_questions

WAYS = (
    """
    policy "Ways"

    clause 1 "three ways to close an account, and a fine that closes none"
        state closed: boolean = no
        state warnings: count = 0
        state fine: points = 0
        occurrence fraud
            field amount: count in 1 .. 9
        on fraud
            set closed = yes
        occurrence request
        on request
            set closed = yes
        occurrence warning
        on warning
            set warnings = warnings + 1
            set closed = yes when warnings >= 2
        occurrence fined
            field points_lost: points in 1 .. 9
        on fined
            set fine = fine + points_lost
    """,
    """
    claims about "Ways"

    finding open "An account stays open"
        cites 1
        never closed
    """,
)


def names(trace: Trace) -> tuple[str, ...]:
    return tuple(step.name for step in trace.steps if step.name != PASSAGE)


def found(question: Question, most: int) -> list[Refuted]:
    first = answer(question)
    assert isinstance(first, Refuted)
    return [first, *others(question, first, most, Budget(seconds=60))]


def test_each_way_is_told_once() -> None:
    stories = found(questions(*WAYS)["open"], 9)
    assert sorted(names(s.trace) for s in stories) == [("fraud",), ("request",), ("warning", "warning", "warning")]
    assert [len(s.trace.steps) for s in stories] == [1, 1, 3]


def test_no_more_than_asked_for() -> None:
    assert len(found(questions(*WAYS)["open"], 1)) == 2


@pytest.mark.parametrize("question", [questions(*WAYS)["open"], observation_questions()["shorter"]])
def test_each_is_a_counterexample_and_says_it_in_its_last_step(question: Question) -> None:
    for story in found(question, 3):
        assert violation(question.system, story.trace, question.property) == len(story.trace.steps)


def test_the_same_stories_every_time() -> None:
    question = questions(*WAYS)["open"]
    assert found(question, 3) == found(question, 3)


def test_without_a_budget_there_are_none() -> None:
    question = questions(*WAYS)["open"]
    first = answer(question)
    assert isinstance(first, Refuted)
    assert others(question, first, 3, Budget(seconds=0)) == ()
