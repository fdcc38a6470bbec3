"""Random policies, from the text to the verdict: no random history says otherwise, whichever step is left out."""

from collections.abc import Mapping
from random import Random

import pytest

from policydsl.core.expr import TODAY, TRUE, Not, Value
from policydsl.core.system import PASSAGE, Property, Question, System, Trace
from policydsl.engines.dice import Habits, Pool, begin
from policydsl.engines.horizon import first_day
from policydsl.engines.simulate import Plot, play
from policydsl.engines.verdict import Budget, Proved, Refuted, Vacuous
from policydsl.front.load import load_files
from policydsl.semantics.interpret import Rejected, initial_state
from tests.core.test_idle import check as compare_without_idle
from tests.engines.asking import answers
from tests.engines.random_policies import Author

BUDGET = Budget(seconds=30, rlimit=1_500_000, max_depth=6, horizons=(24,))
SEEDS = range(14)


def questions(seed: int) -> list[Question]:
    author = Author(seed)
    texts = {"a.policy": author.policy(), "a.claims": author.claims()}
    loaded = load_files(tuple(texts), lambda name: (texts[name], ()))
    wrong = [d for d in loaded.diagnostics if d.is_error]
    assert not wrong, (wrong[0].message, texts["a.policy"])
    system = loaded.policies[0].system
    owed = [Question(o.key, system, o.property, None) for o in system.obligations]
    return [*(c.question for c in loaded.claims[0].claims), *owed]


def start_of(system: System) -> Trace:
    parameters: Mapping[str, Value] = {p.name: p.default for p in system.parameters if p.default is not None}
    state = initial_state(system, parameters, first_day(system), {})
    assert not isinstance(state, Rejected)
    return Trace(parameters, state, ())


def least_violation(system: System, claim: Property, histories: int, length: int) -> int | None:
    """Return how many steps the shortest violation takes that random histories meet, by the interpreter."""
    dice, pool, found = Random(1), Pool(system), list[int]()  # noqa: S311  a test's own dice
    for _ in range(histories):
        parameters, state = begin(system, start_of(system), pool, dice)
        habits, day, happenings = Habits(system, pool, dice), int(state[TODAY]), []
        for _ in range(length):
            name, wished, inputs = habits.happening(day)
            day = min(wished, day + 100)
            happenings.append((name, day, inputs))
        happenings.append((PASSAGE, day + 40, {}))
        trace = play(system, claim, Plot(parameters, state, tuple(happenings)))
        found += [] if trace is None else [len(trace.steps)]
    return min(found, default=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_history_says_otherwise(seed: int) -> None:
    asked = questions(seed)
    verdicts = answers(asked, BUDGET)
    for q in asked:
        match verdicts[q.key]:
            case Proved():
                assert least_violation(q.system, q.property, 15, 10) is None, q.key
            case Vacuous() if q.trigger is not None:
                assert least_violation(q.system, Property(TRUE, Not(q.trigger)), 15, 10) is None, q.key
            case Refuted(at=at, shortest=True) if at > 0:
                met = least_violation(q.system, q.property, 15, at)
                assert met is None or met >= at, q.key
            case _:
                pass


@pytest.mark.parametrize("seed", SEEDS)
def test_idle_steps_make_no_difference(seed: int) -> None:
    for q in questions(seed):
        compare_without_idle(q, 4)


def test_they_are_not_all_alike() -> None:
    kinds = [type(v) for seed in range(4) for v in answers(questions(seed), BUDGET).values()]
    assert {Proved, Refuted} <= set(kinds)
