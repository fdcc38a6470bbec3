"""How long deciding takes: medians of CPU seconds in one process, on the policies of specs/ and proofs/.

python benchmarks/engines.py [REPETITIONS]
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from policydsl.core.cone import slice_system
from policydsl.core.system import Property, Question, System
from policydsl.engines import bmc, horizon, kinduction
from policydsl.engines.portfolio import judge
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget, Manner, Refuted
from policydsl.front.load import Loaded, load
from policydsl.semantics import terms
from policydsl.semantics.encode_calendar import AbstractCalendar, Calendar

ROOT = Path(__file__).parent.parent
DEEPEST = "twelfth"
"""The claim with the longest story: twelve violations."""

_DEPTH = 16

MONTHLY = "one_length_ahead"
"""A claim that plain induction proves, about one month later in several ways of counting."""


def corpus() -> Loaded:
    """Return the policies and claims of the repository."""
    return load([ROOT / "specs", ROOT / "proofs"])


def claims(loaded: Loaded) -> Iterator[tuple[Question, Manner]]:
    """Yield every claim, as the command asks it."""
    for file in loaded.claims:
        for claim in file.claims:
            yield claim.question, Manner(suspect=(claim.expect != "holds") != claim.possible)


def owed(loaded: Loaded) -> Iterator[tuple[Question, Manner]]:
    """Yield what policies owe without being asked: obligations, and that no clause is dead."""
    for policy in loaded.policies:
        for o in policy.system.obligations:
            yield Question(o.key, policy.system, o.property, None), Manner()
        for o in policy.liveness:
            yield Question(o.key, policy.system, o.property, None), Manner("verdict", suspect=True)


def decide(asked: list[tuple[Question, Manner]]) -> int:
    """Return how many of the questions are refuted, asked policy by policy."""
    names = dict.fromkeys(question.system.name for question, _ in asked)
    refuted = 0
    for name in names:
        group = [each for each in asked if each[0].system.name == name]
        questions, manners = [q for q, _ in group], [m for _, m in group]
        found = judge(questions[0].system, questions, Budget(), lambda *_: None, manners)
        refuted += sum(isinstance(verdict, Refuted) for _, verdict in found)
    return refuted


# --- ways to search -------------------------------------------------------------------------------


def exact(question: Question) -> Unrolling:
    """Return a fresh unrolling for stories about `question`."""
    return Unrolling(_slice(question), horizon.exact_calendar(question.system, Budget().horizons[0]))


def assumptions(question: Question) -> int:
    """Return the length of the shortest story, as the portfolio looks for it: depth by depth, each an assumption."""
    meter = Meter(Budget(), 60)
    with meter:
        found = bmc.search(exact(question), question.property, [], done=-1, depth=_DEPTH, meter=meter)
    return found.depth


def one_disjunction(question: Question) -> int:
    """Return the same: all depths at once, then those below each hit."""
    unrolling, meter, depth = exact(question), Meter(Budget(), 60), _DEPTH + 1
    with meter:
        violated = [unrolling.violated(question.property, i) for i in range(depth)]
        while unrolling.ask([unrolling.starting, unrolling.any_of(violated[:depth])], meter) == "sat":
            model = unrolling.solver.model()
            depth = next(i for i, literal in enumerate(violated) if unrolling.true_in(model, literal))
    return depth


def push_and_pop(question: Question) -> int:
    """Return the same, depth by depth, each asserted and taken back."""
    unrolling, meter = exact(question), Meter(Budget(), 60)
    with meter:
        for i in range(_DEPTH + 1):
            goal = [unrolling.starting, unrolling.violated(question.property, i)]
            terms.add(unrolling.solver, unrolling.encoding.calendar_facts())
            unrolling.solver.push()
            terms.add(unrolling.solver, goal)
            answer = unrolling.ask([], meter)
            unrolling.solver.pop()
            if answer == "sat":
                return i
    return -1


# --- calendars ------------------------------------------------------------------------------------


def step_case(question: Question, calendar: Calendar) -> bool:
    """Return whether plain induction goes through under `calendar` (for an exact one that would be no proof)."""
    meter = Meter(Budget(seconds=60, rlimit=0), 60)
    with meter:
        unrolling = Unrolling(_slice(question), calendar)
        return kinduction.prove(unrolling, question.property, [], None, k=1, meter=meter) is not None


def _slice(question: Question) -> System:
    p: Property = question.property
    return slice_system(question.system, (p.state, p.step))


# --- the table ------------------------------------------------------------------------------------


def median(repetitions: int, work: Callable[[], object]) -> tuple[float, object]:
    """Return the median CPU seconds of `work`, and what it returned last."""
    seconds: list[float] = []
    result: object = None
    for _ in range(repetitions):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def main() -> None:
    """Print a table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    loaded = corpus()
    asked, known = list(claims(loaded)), {q.key: (q, m) for q, m in claims(loaded)}
    dues, deep, month = list(owed(loaded)), known[DEEPEST], known[MONTHLY][0]
    rows: list[tuple[str, Callable[[], object]]] = [
        (f"{len(asked)} claims, two policies", lambda: decide(asked)),
        (f"{len(dues)} obligations and live clauses", lambda: decide(dues)),
        (f"`{DEEPEST}`: a story", lambda: decide([deep])),
        (f"`{DEEPEST}`: no story, only shortest", lambda: decide([(deep[0], Manner("verdict", suspect=True))])),
        ("search by one disjunction", lambda: one_disjunction(deep[0])),
        ("search by assumptions", lambda: assumptions(deep[0])),
        ("search by push and pop", lambda: push_and_pop(deep[0])),
        *((f"`{MONTHLY}`, abstract calendar {n}", _step(month, AbstractCalendar(n))) for n in (0, 1)),
        *(
            (f"`{MONTHLY}`, exact calendar, {n} months", _step(month, horizon.exact_calendar(month.system, n)))
            for n in (24, 60, 240)
        ),
    ]
    print(f"{'median s':>10}  {'result':>6}")
    for name, work in rows:
        seconds, result = median(repetitions, work)
        print(f"{seconds:>10.3f}  {result!s:>6}  {name}")


def _step(question: Question, calendar: Calendar) -> Callable[[], object]:
    return lambda: step_case(question, calendar)


if __name__ == "__main__":
    main()
