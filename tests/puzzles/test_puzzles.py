"""Classic puzzles, written as policies: their shortest solutions are found, and nothing shorter exists.

Dates play no part in them, so "shortest" is among all histories there are.
"""

from pathlib import Path

import pytest

from policydsl.core.system import Question, Trace
from policydsl.engines import bmc, explore, horizon
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget, Proved, Refuted
from policydsl.front.load import load
from policydsl.semantics.interpret import violation
from tests.engines.asking import answers

HERE = Path(__file__).parent

SHORTEST = {
    "wolf": ("seven", 7),
    "missionaries": ("eleven", 11),
    "bridge": ("seventeen", 5),
    "jugs": ("four", 6),
    "beaver": ("halts", 107),
}
"""Each puzzle's question, and the number of steps that its literature gives."""

_DEEPEST = 24
"""Bounded search goes no further by default."""


def asked(puzzle: str) -> dict[str, Question]:
    loaded = load([HERE / f"{puzzle}.policy", HERE / f"{puzzle}.claims"])
    assert not loaded.diagnostics
    obligations = loaded.policies[0].system.obligations
    own = {o.key: Question(o.key, loaded.policies[0].system, o.property, None) for o in obligations}
    return {**own, **{c.name: c.question for c in loaded.claims[0].claims}}


def test_every_puzzle_has_its_number() -> None:
    assert {path.stem for path in HERE.glob("*.policy")} == set(SHORTEST)


@pytest.mark.parametrize("puzzle", SHORTEST)
def test_shortest_solution_and_nothing_else_fails(puzzle: str) -> None:
    name, steps = SHORTEST[puzzle]
    questions = asked(puzzle)
    verdicts = answers(list(questions.values()), Budget(seconds=60))
    found = verdicts.pop(name)
    assert isinstance(found, Refuted)
    assert (found.at, len(found.trace.steps)) == (steps, steps)
    assert violation(questions[name].system, found.trace, questions[name].property) == steps
    assert {key: type(verdict) for key, verdict in verdicts.items()} == dict.fromkeys(verdicts, Proved)


@pytest.mark.parametrize("puzzle", [p for p, (_, steps) in SHORTEST.items() if steps <= _DEEPEST])
def test_bounded_search_finds_nothing_one_step_earlier(puzzle: str) -> None:
    name, steps = SHORTEST[puzzle]
    question = asked(puzzle)[name]
    unrolling = Unrolling(question.system, horizon.exact_calendar(question.system, 24))
    with Meter(Budget(), 60.0) as meter:
        before = bmc.search(unrolling, question.property, (), done=-1, depth=steps - 1, meter=meter)
        then = bmc.search(unrolling, question.property, (), done=steps - 1, depth=steps, meter=meter)
    assert before == bmc.Clear(steps - 1, None)
    assert isinstance(then, bmc.Found)
    assert not unrolling.dated  # so nothing was left out for its dates


@pytest.mark.parametrize("puzzle", [p for p in SHORTEST if p != "bridge"])
def test_counting_out_all_states_agrees(puzzle: str) -> None:
    name, steps = SHORTEST[puzzle]
    question = asked(puzzle)[name]
    found = explore.explore(question.system, question.property)
    assert isinstance(found, explore.Violation)
    assert len(found.trace.steps) == steps


def test_the_goat_crosses_first_and_last() -> None:
    name, _ = SHORTEST["wolf"]
    found = answers([asked("wolf")[name]])[name]
    assert isinstance(found, Refuted)
    assert [_cargo(found.trace, i) for i in (0, 6)] == ["goat", "goat"]


def _cargo(trace: Trace, i: int) -> object:
    return trace.steps[i].inputs["crossing.cargo"]
