"""What must not change a verdict: names, the order of the text, state that nothing asks about, the solver's seed."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import z3

from policydsl.engines import solve, unroll
from policydsl.engines.verdict import Budget, Refuted, Verdict
from tests.engines.asking import answers
from tests.engines.reading import questions

HERE = Path(__file__).parent
TASKS = ("ticket_lock", "month_quota", "licence", "coherence")
DECLARED = re.compile(r"^ +(?:state|occurrence|count|enum|field|schedule) (\w+)", re.MULTILINE)

Texts = tuple[str, str]


def texts(task: str) -> Texts:
    policy, claims = ((HERE / f"{task}.{kind}").read_text(encoding="utf-8") for kind in ("policy", "claims"))
    return policy, claims


def verdicts(given: Texts) -> dict[str, tuple[str, int]]:
    found = answers(list(questions(*given).values()), Budget(seconds=60))
    return {name: _told(verdict) for name, verdict in found.items()}


def _told(verdict: Verdict) -> tuple[str, int]:
    return type(verdict).__name__, verdict.at if isinstance(verdict, Refuted) else 0


def renamed(given: Texts) -> Texts:
    """Return the texts with other names, whose order is another one too."""
    names = sorted(set(DECLARED.findall(given[0])))
    other = {name: f"名{len(names) - i}_{name[::-1]}" for i, name in enumerate(names)}
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    policy, claims = (pattern.sub(lambda m: other[m.group()], text) for text in given)
    return policy, claims


def reordered(given: Texts) -> Texts:
    """Return the policy with each declaration and rule in a clause of its own, in another order."""
    header, _, body = given[0].partition('clause 1 "the system"\n')
    items = re.split(r"^(?=    \S)", body, flags=re.MULTILINE)[1:]
    Random(7).shuffle(items)  # noqa: S311  any order serves
    clauses = [f'clause {i} "part {i}"\n{item.rstrip()}\n' for i, item in enumerate(items, start=1)]
    return header + "\n".join(clauses), given[1]


def burdened(given: Texts) -> Texts:
    """Return the policy with more to it, of which no claim speaks."""
    event = next(name for kind, name in re.findall(r"^    (occurrence) (\w+)", given[0], re.MULTILINE) if kind)
    more = f"""
clause 2 "something else"
    enum Mood: merry, sad
    state mood: Mood = merry
    state noises: count = 0
    state last_noise: date or none
    occurrence noise
        field louder: Mood
    on noise
        set noises = noises + 1
        set mood = louder
        set last_noise = today
    on {event}
        set mood = sad
"""
    return given[0] + more, given[1]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("change", [renamed, reordered, burdened])
def test_what_does_not_matter_changes_no_verdict(task: str, change: Callable[[Texts], Texts]) -> None:
    changed = change(texts(task))
    assert changed != texts(task)
    before, after = list(verdicts(texts(task)).values()), list(verdicts(changed).values())
    assert after == before


@pytest.mark.parametrize("seed", [1, 2])
def test_the_solvers_seed_changes_no_verdict(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {task: verdicts(texts(task)) for task in TASKS[:3]}
    plain = solve.new_solver

    def seeded(ctx: z3.Context, *, bounded: bool) -> z3.Solver:
        solver = plain(ctx, bounded=bounded)
        solver.set("smt.random_seed", seed)
        return solver

    monkeypatch.setattr(unroll, "new_solver", seeded)
    assert {task: verdicts(texts(task)) for task in TASKS[:3]} == usual


def test_a_planted_difference_is_seen() -> None:
    """The comparison is no empty one."""
    policy, claims = texts("coherence")
    assert verdicts((policy.replace("set shared = 0", "set shared = shared"), claims)) != verdicts((policy, claims))
