"""Asking the portfolio, for tests."""

from collections.abc import Sequence

from policydsl.core.system import Question
from policydsl.engines.portfolio import judge
from policydsl.engines.verdict import Budget, Verdict

BUDGET = Budget(seconds=60)


def answers(
    questions: Sequence[Question], budget: Budget = BUDGET, helpers: Sequence[Question] = ()
) -> dict[str, Verdict]:
    """Return the verdicts by the questions' keys."""
    found = judge(questions[0].system, questions, budget, lambda _question, _attempt: None, helpers=helpers)
    return {question.key: verdict for question, verdict in found}


def answer(question: Question, budget: Budget = BUDGET) -> Verdict:
    """Return the verdict."""
    return answers([question], budget)[question.key]
