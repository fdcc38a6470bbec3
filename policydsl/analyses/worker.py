"""What a worker process does: the solver runs here and nowhere else, so it may crash or hang alone."""

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from policydsl.analyses.again import show_all
from policydsl.analyses.retelling import Looks
from policydsl.analyses.tasks import Errand, Judge, Task, Unpack
from policydsl.base.records import dataclass
from policydsl.core.show import Binder
from policydsl.engines.records import StoreError

if TYPE_CHECKING:
    from policydsl.engines.store import Desk

_SOON = 0.05
"""Seconds for which a worker may keep answers to itself: one by one, to hear of them costs too much."""


def work(pipe: Connection, judge: Judge | None, inherited: Sequence[Connection], shared: Mapping[int, object]) -> None:
    """Answer tasks until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with_parent()
    _keep_memory()
    gc.freeze()  # what was inherited is nobody's garbage: never looked through again
    for other in inherited:  # so that no sibling keeps a pipe open
        other.close()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        memory = _Memory(judge)
        while True:
            task = Unpack(pipe.recv_bytes(), shared).load()
            if isinstance(task, Errand):
                _run(pipe, task)
            else:
                memory.turn_to(task)
                _answer(pipe, task, memory)
                memory.finish(task)
    os._exit(0)


def _limit_memory(most: int | None) -> None:
    """Have this process fail where it takes more than `most` MiB, on systems that know such limits."""
    if most is not None and sys.platform != "win32":
        import resource  # noqa: PLC0415  not on every system

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most << 20, hard))


def _end_with_parent() -> None:
    """Have this process killed when its parent ends, however it ends, on Linux; elsewhere its broken pipe ends it."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


_PR_SET_PDEATHSIG = 1
"""As in Linux' sys/prctl.h."""


def _keep_memory() -> None:
    """Have the allocator keep what was freed, where it is glibc's.

    Each context of z3 takes megabytes: to hand them back to the system and get them again takes a tenth of all time.
    """
    with contextlib.suppress(AttributeError, OSError):
        tune = ctypes.CDLL(None).mallopt
        for option, size in ((_M_TRIM_THRESHOLD, 1 << 30), (_M_TOP_PAD, 1 << 26), (_M_MMAP_THRESHOLD, 1 << 30)):
            tune(option, size)


_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
"""As in glibc's malloc.h."""


@dataclass(slots=True)
class _Memory:
    """What a worker keeps from one task for those that follow it: what its judge has built, and hashes of systems.

    `kept` has that of tasks, by number, for which it was to be kept beside other work. `desk` is what showing stored
    answers shares, `looks` what telling them for readings does; they bear on no answer, so they stay.
    """

    given: Judge | None
    own: Judge | None = None
    last: int | None = None
    binder: Binder = field(default_factory=Binder)
    kept: dict[int, tuple[Judge | None, Binder]] = field(default_factory=dict)
    desk: "Desk | None" = None
    looks: Looks = field(default_factory=Looks)

    def turn_to(self, task: Task) -> None:
        """Forget what is of no use for `task`: what an answer depends on is the same however tasks are shared out."""
        if task.follows in self.kept:
            self.own, self.binder = self.kept.pop(task.follows)
        elif task.follows is None or task.follows != self.last:
            self.own, self.binder = None, Binder()
        self.last = task.number
        for question, bound in zip(task.questions, task.bound, strict=False):
            self.binder.learn(question.system, bound)

    def finish(self, task: Task) -> None:
        """Keep what was built for `task`, if it is to be kept."""
        if task.keep:
            self.kept[task.number] = self.own, self.binder

    def judge(self) -> Judge:
        """Return who answers; the solver is loaded only here."""
        if self.own is None:
            self.own = self.given or _portfolio(self.binder)
        return self.own


def _run(pipe: Connection, errand: Errand) -> None:
    try:
        said: tuple[object, ...] = ("ran", errand.work(errand.given))
    except Exception as error:  # noqa: BLE001  whatever it is, the parent reports it
        said = _bug(error)
    pipe.send(said)


def _bug(error: Exception) -> tuple[object, ...]:
    """Return what to say of `error`. Where memory ran out, the parent hears the end of this process instead."""
    if isinstance(error, MemoryError) or "out of memory" in str(error):  # the solver's way to say so
        os._exit(1)  # what is left of it is not to be relied on
    return "bug", f"{type(error).__name__}: {error}"[:2000], traceback.format_exc()


def _answer(pipe: Connection, task: Task, memory: _Memory) -> None:
    places = {id(q): i for i, q in enumerate(task.questions)}
    _limit_memory(task.budget.memory)
    said: list[tuple[object, ...]] = []
    try:
        left = list(_show_again(pipe, task, memory, said)) if task.stored else [*range(len(task.questions))]
        if left and task.search:
            _say(pipe, said)
            found = memory.judge()(
                task.system,
                [task.questions[i] for i in left],
                task.budget,
                lambda q, attempt: pipe.send(("try", q.key, attempt)),
                [task.manners[i] for i in left],
                task.helpers,
            )
            for question, verdict in found:
                pipe.send(("answer", places[id(question)], verdict))
    except (OSError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the parent reports it
        said.append(_bug(error))
    else:
        said.append(("done",))
    _say(pipe, said)


def _say(pipe: Connection, said: list[tuple[object, ...]]) -> None:
    """Send what was `said` so far, and keep none of it."""
    pipe.send(("several", said))
    said.clear()


def _show_again(pipe: Connection, task: Task, memory: _Memory, said: list[tuple[object, ...]]) -> Iterator[int]:
    """Answer what stored answers show, now and then or by what was `said`; yield the places of the other questions."""
    from policydsl.engines.obligation import Seen  # noqa: PLC0415  loads the solver
    from policydsl.engines.store import Desk, show_again, show_together  # noqa: PLC0415  loads the solver

    desk = memory.desk = memory.desk or Desk()
    desk.seen = Seen()
    for question, bound in zip(task.questions, task.bound, strict=False):
        desk.binder.learn(question.system, bound)
    show_together(zip(task.questions, task.stored, strict=True), desk)
    show, last = partial(show_again, desk=desk), time.monotonic()
    for i, (question, records, about) in enumerate(zip(task.questions, task.stored, task.readings, strict=True)):
        if not records:
            yield i
            continue
        try:
            shown = show_all(question, about, records, desk.binder.bind, show, memory.looks)
            said.append(("shown", i, shown))
        except StoreError as error:
            said.append(("unfit", i, str(error)))
            yield i
        if time.monotonic() > last + _SOON:
            _say(pipe, said)
            last = time.monotonic()


def _portfolio(binder: Binder) -> Judge:
    """Return the judge of all engines, who remembers between tasks what was built; `binder` knows hashes of systems."""
    from policydsl.engines import bench, portfolio  # noqa: PLC0415  loads the solver

    return partial(portfolio.judge, benches=bench.Benches(binder=binder))
