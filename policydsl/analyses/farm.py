"""One work for many things, over processes: each result as it comes; what dies or hangs loses one thing only."""

import contextlib
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from policydsl.base.records import dataclass

_TICK = 1.0
_START = 60.0
"""Seconds that a process may take to start, beyond what its first work may take."""

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no result, because of `reason`; `bug` is the traceback if it is an exception in policydsl."""

    reason: str
    bug: str | None = None


@dataclass(eq=False, slots=True)
class _Hand(Generic[A]):
    process: BaseProcess
    pipe: Connection
    item: int | None = None
    deadline: float = 0.0
    slack: float = _START


def farm(work: Callable[[A], B], items: Sequence[A], jobs: int, patience: float) -> Iterator[tuple[int, B | Failed]]:
    """Yield for each of `items`, by its place, what `work` makes of it, in the order in which it is done.

    At most `jobs` processes; one that takes longer than `patience` seconds by the clock for one thing is ended. Whoever
    stops iterating leaves no process behind. `work` must be fit to be sent where processes cannot be forked.
    """
    waiting, hands = deque(range(len(items))), list[_Hand[A]]()
    try:
        while waiting or any(h.item is not None for h in hands):
            for free in _free(hands, work, min(jobs, len(items))):
                if waiting:
                    _give(free, waiting.popleft(), items, patience)
            busy = [h for h in hands if h.item is not None]
            ready = wait([h.pipe for h in busy], timeout=_TICK)
            late = [h for h in busy if time.monotonic() > h.deadline]
            for hand in [h for h in busy if h.pipe in ready or h in late]:
                found: B | Failed = _hear(hand) if hand.pipe in ready else Failed("it did not end when its time was up")
                item, hand.item = hand.item, None
                if isinstance(found, Failed) and found.bug is None:
                    hands.remove(hand)
                    _end(hand)
                if item is not None:
                    yield item, found
    finally:
        for hand in hands:
            _end(hand)


def _give(hand: _Hand[A], place: int, items: Sequence[A], patience: float) -> None:
    hand.item, hand.deadline, hand.slack = place, time.monotonic() + patience + hand.slack, 0.0
    with contextlib.suppress(OSError):  # it died: the end of its pipe says so
        hand.pipe.send(items[place])


def _free(hands: list[_Hand[A]], work: Callable[[A], B], jobs: int) -> Iterator[_Hand[A]]:
    yield from [h for h in hands if h.item is None]
    while len(hands) < jobs:
        forks = sys.platform == "linux" and "z3" not in sys.modules
        context = _context(forks=forks)
        ours, theirs = multiprocessing.Pipe()
        inherited = [*(h.pipe for h in hands), ours] if forks else []
        process = context.Process(target=_serve, args=(theirs, work, inherited), daemon=True)
        process.start()
        theirs.close()
        hands.append(_Hand(process, ours))
        yield hands[-1]


def _context(*, forks: bool) -> ForkContext | SpawnContext:
    return multiprocessing.get_context("fork") if forks else multiprocessing.get_context("spawn")


def _hear(hand: _Hand[A]) -> B | Failed:
    try:
        found: B | Failed = hand.pipe.recv()
    except (EOFError, OSError):
        return Failed("its process ended unexpectedly, perhaps for want of memory")
    return found


def _end(hand: _Hand[A]) -> None:
    hand.pipe.close()
    hand.process.kill()
    hand.process.join()
    hand.process.close()


def _serve(pipe: Connection, work: Callable[[A], B], inherited: Sequence[Connection]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:  # so that no sibling keeps a pipe open
        other.close()
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(_done(work, pipe.recv()))
    os._exit(0)


def _done(work: Callable[[A], B], item: A) -> B | Failed:
    try:
        return work(item)
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001  whatever it is, the parent reports it
        return Failed(f"{type(error).__name__}: {error}"[:2000], traceback.format_exc())
