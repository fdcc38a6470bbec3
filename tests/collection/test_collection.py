"""Classic verification tasks with known verdicts, written as policies: no wrong verdict, and none left open.

`guarantee` is known to hold; `finding` is known to fail, and its sentence says after how many steps at the least.
"""

from pathlib import Path

import pytest

from policydsl.analyses import pairs
from policydsl.core.system import Question
from policydsl.engines import cases, explore, spacer, templates
from policydsl.engines.verdict import Bounded, Budget, Proved, Refuted, Unknown
from policydsl.front.load import load
from policydsl.front.loaded import LoadedClaim
from tests.engines.asking import answers

HERE = Path(__file__).parent
TASKS = sorted(path.stem for path in HERE.glob("*.policy"))


def claims(task: str) -> dict[str, LoadedClaim]:
    loaded = load([HERE / f"{task}.policy", HERE / f"{task}.claims"])
    assert not loaded.diagnostics
    return {c.name: c for c in loaded.claims[0].claims}


def questions(task: str) -> list[Question]:
    return [c.question for c in claims(task).values()]


def test_there_are_enough() -> None:
    assert len(TASKS) >= 20


@pytest.mark.parametrize("task", TASKS)
def test_every_verdict_is_the_known_one(task: str) -> None:
    guesses = [q for claim in claims(task).values() for q in pairs.helpers(claim, ())]
    verdicts = answers(questions(task), Budget(seconds=60), guesses)
    for name, claim in claims(task).items():
        verdict = verdicts[name]
        if claim.kind == "guarantee":
            assert isinstance(verdict, Proved), name
        else:
            assert isinstance(verdict, Refuted), name
            assert f"It fails after {verdict.at} steps" == claim.sentence


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("engine", ["bounded search", "templates", "spacer", "explore"])
def test_no_engine_by_itself_is_wrong(task: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all others off, an engine may be silent; what it says is true."""
    if engine != "templates":
        monkeypatch.setattr(templates, "candidates", lambda *_, **__: ())
        monkeypatch.setattr(cases, "candidates", lambda _: ())
    if engine != "spacer":
        monkeypatch.setattr(spacer, "search", lambda *_: spacer.Unsure())
    if engine != "explore":
        monkeypatch.setattr(explore, "explore", lambda *_: None)
    depth = 8 if engine == "bounded search" else 2
    verdicts = answers(questions(task), Budget(seconds=1, rlimit=400_000, max_depth=depth, max_k=1, horizons=(24,)))
    for name, claim in claims(task).items():
        verdict = verdicts[name]
        if claim.kind == "guarantee":
            assert isinstance(verdict, Proved | Bounded | Unknown), name
        else:
            assert isinstance(verdict, Refuted | Bounded | Unknown), name
            if isinstance(verdict, Refuted) and verdict.shortest:
                assert f"It fails after {verdict.at} steps" == claim.sentence
