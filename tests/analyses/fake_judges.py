"""Judges that need no solver: what a worker process can run into."""

import os
import time
from collections.abc import Iterator, Sequence

from policydsl.core.system import Question, System
from policydsl.engines.verdict import Bounded, Budget, Manner, Progress, Verdict


def good(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Answer everything."""
    del system, budget, manners, helpers
    for question in questions:
        on_progress(question, "an attempt")
        yield question, Bounded(1, question.key)


def dies(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Die at a question called `fatal`."""
    for question, verdict in good(system, questions, budget, on_progress, manners, helpers):
        if question.key == "fatal":
            os._exit(9)
        yield question, verdict


def dies_in_company(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Die after the first of several answers."""
    for question, verdict in good(system, questions, budget, on_progress, manners, helpers):
        yield question, verdict
        if len(questions) > 1:
            os._exit(9)


def dies_at_once(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Die before there is an answer."""
    del system, budget, on_progress, manners, helpers
    if questions:
        os._exit(9)
    yield from ()


def hangs(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Never answer."""
    del system, questions, budget, on_progress, manners, helpers
    time.sleep(3600)
    yield from ()


def sticks(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Hang at a question called `stuck`, and have a bug at one called `bad`."""
    for question, verdict in good(system, questions, budget, on_progress, manners, helpers):
        if question.key == "stuck":
            time.sleep(3600)
        if question.key == "bad":
            raise ZeroDivisionError("planted")
        yield question, verdict


def naps(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Answer late, having had next to nothing of the processor, as where others take it."""
    time.sleep(1)
    yield from good(system, questions, budget, on_progress, manners, helpers)


def spins(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Work for ever."""
    del system, questions, budget, on_progress, manners, helpers
    while time.process_time() < 3600:
        sum(range(10_000))
    yield from ()


def raises(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Have a bug after the first answer."""
    yield from list(good(system, questions, budget, on_progress, manners, helpers))[:1]
    raise ZeroDivisionError("planted")


def hungry(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Take four GiB for a question called `large`."""
    for question, verdict in good(system, questions, budget, on_progress, manners, helpers):
        if question.key == "large":
            assert bytearray(4 << 30)
        yield question, verdict


def where(
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner],
    helpers: Sequence[Question],
) -> Iterator[tuple[Question, Verdict]]:
    """Answer with the process; take a while."""
    for question, _ in good(system, questions, budget, on_progress, manners, helpers):
        time.sleep(0.05)
        yield question, Bounded(1, str(os.getpid()))
