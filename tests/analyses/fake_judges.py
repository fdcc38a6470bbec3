"""Judges that need no solver: what a worker process can run into."""

import os
import time
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from policydsl.core.system import Question, System
from policydsl.engines.verdict import Bounded, Budget, Manner, Progress, Verdict

Asked: TypeAlias = tuple[System, Sequence[Question], Budget, Progress, Sequence[Manner], Sequence[Question]]
"""What a judge is given, as `good` names it."""
Answers: TypeAlias = Iterator[tuple[Question, Verdict]]


def good(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Answers:
    """Answer everything."""
    del system, budget, manners, helpers
    for question in questions:
        on_progress(question, "an attempt")
        yield question, Bounded(1, question.key)


def dies(*asked: *Asked) -> Answers:
    """Die at a question called `fatal`."""
    for question, verdict in good(*asked):
        if question.key == "fatal":
            os._exit(9)
        yield question, verdict


def dies_in_company(*asked: *Asked) -> Answers:
    """Die after the first of several answers."""
    for question, verdict in good(*asked):
        yield question, verdict
        if len(asked[1]) > 1:
            os._exit(9)


def dies_at_once(*asked: *Asked) -> Answers:
    """Die before there is an answer."""
    if asked[1]:
        os._exit(9)
    yield from ()


def hangs(*_: *Asked) -> Answers:
    """Never answer."""
    time.sleep(3600)
    yield from ()


def sticks(*asked: *Asked) -> Answers:
    """Hang at a question called `stuck`, and have a bug at one called `bad`."""
    for question, verdict in good(*asked):
        if question.key == "stuck":
            time.sleep(3600)
        if question.key == "bad":
            raise ZeroDivisionError("planted")
        yield question, verdict


def naps(*asked: *Asked) -> Answers:
    """Answer late, having had next to nothing of the processor, as where others take it."""
    time.sleep(1)
    yield from good(*asked)


def spins(*_: *Asked) -> Answers:
    """Work for ever."""
    while time.process_time() < 3600:
        sum(range(10_000))
    yield from ()


def raises(*asked: *Asked) -> Answers:
    """Have a bug after the first answer."""
    yield from list(good(*asked))[:1]
    raise ZeroDivisionError("planted")


def hungry(*asked: *Asked) -> Answers:
    """Take four GiB for a question called `large`."""
    for question, verdict in good(*asked):
        if question.key == "large":
            assert bytearray(4 << 30)
        yield question, verdict


def where(*asked: *Asked) -> Answers:
    """Answer with the process; take a while."""
    for question, _ in good(*asked):
        time.sleep(0.05)
        yield question, Bounded(1, str(os.getpid()))


def errand(given: str) -> str:
    """Return `given` in capitals; die, hang or fail where it says so."""
    match given:
        case "dies":
            os._exit(9)
        case "hangs":
            time.sleep(3600)
        case "fails":
            raise ValueError(given)
        case _:
            pass
    return given.upper()
