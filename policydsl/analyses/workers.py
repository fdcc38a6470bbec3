"""Questions answered by worker processes (`worker`), as tasks (`tasks`).

Results come one by one. What a worker that dies or overstays had left is asked once more, each question `alone`;
whoever leaves the `with` block, by whatever exception, leaves no process behind.
"""

import contextlib
import math
import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from policydsl.analyses.alone import Alone
from policydsl.analyses.tasks import (
    Answered,
    Done,
    Errand,
    Failed,
    Judge,
    Lost,
    Message,
    Ran,
    Task,
    Tried,
    Unfit,
    heavy,
    packed,
    parts_of,
    pieces,
)
from policydsl.analyses.worker import work
from policydsl.base.records import dataclass
from policydsl.core.system import Question

_LONGEST = 1.125
"""So many times its budget may a question take, where a proof, or what random histories are to find, comes late."""
_GRACE = 5.0
"""Seconds beyond its budget after which a worker is taken for stuck."""
_PATIENCE = 3
"""After so many seconds by the clock for one of the processor it is looked how many of these a worker has had."""
_STARVED = 4
"""So many times as long may a worker take that has not had its seconds of the processor: others may have had them."""
_TICK = 1.0
_MOMENT = 0.1
"""So many seconds may what workers have taken be out of date: to ask the system at each message is dear."""


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    shared: Mapping[int, object]
    task: Task | Errand | None = None
    last: int | None = None
    kept: set[int] = field(default_factory=set)
    left: list[int] = field(default_factory=list)
    due: float = 0.0
    deadline: float = 0.0
    latest: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def precedes(self, task: Task) -> bool:
        """Return whether it has what it built for the task that `task` follows."""
        return task.follows is not None and (task.follows == self.last or task.follows in self.kept)

    def is_stuck(self) -> bool:
        """Return whether it should have ended by now: by what it has taken of the processor, or else by the clock."""
        now = time.monotonic()
        return now > self.latest or (now > self.deadline and _spent(self) > self.due)


class Crew:
    """At most `jobs` workers. Use as a context manager; `submit` tasks, also while iterating over `messages`.

    `known` are questions that tasks will be about: workers have what is large in them from the start. `stop` says,
    given the seconds of the processor that all workers have taken, why no more is to be done of the tasks that are
    ahead, or of the others (None: go on); whatever is asked then is lost for that reason, which is among those in
    `cut`. Tasks that are ahead may have as many workers again, where there are several. `lost` says that some worker
    died or was stuck.
    """

    def __init__(
        self,
        jobs: int,
        judge: Judge | None = None,
        known: Iterable[Question] = (),
        stop: Callable[[float, bool], str | None] | None = None,
    ) -> None:
        self._jobs, self._judge, self._stop = max(1, jobs), judge, stop
        self._spent = 0.0
        self._total, self._total_at = 0.0, -math.inf
        self.cut: dict[str, None] = {}
        self.lost = False
        self._known: dict[int, object] = {}
        self.know(known)
        self._numbers = count()
        self._waiting: deque[Task | Errand] = deque()
        self._workers: list[_Worker] = []
        self._alone = Alone()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.process.close()
        self._workers = []

    def know(self, questions: Iterable[Question]) -> None:
        """Have workers who begin from now on know `questions`, which tasks will be about."""
        self._known |= {id(part): part for q in questions for part in (q.property, *pieces(q.system))}

    def number(self) -> int:
        """Return a number for a task that no other task has."""
        return next(self._numbers)

    def submit(self, task: Task | Errand) -> None:
        """Have `task` answered, or done, once a worker is free.

        What is to be searched for may take long: it does not wait for what is only to be shown again.
        """
        behind = sum(_rank(each) > _rank(task) for each in self._waiting)
        self._waiting.insert(len(self._waiting) - behind, task)

    def start(self) -> None:
        """Have workers begin with what was submitted; `messages` does so too."""
        self._assign()

    def messages(self, *, patient: bool = True) -> Iterator[Message]:
        """Yield what the workers report until every task is answered or lost; if not `patient`, what is there now."""
        for message in self._reports(patient=patient):
            yield from self._alone.told(message)

    def _reports(self, *, patient: bool) -> Iterator[Message]:
        while True:
            if self._stop is not None:
                spent = self._taken()
                for ahead in {_ahead(t) for t in (*self._waiting, *(w.task for w in self._workers)) if t is not None}:
                    reason = self._stop(spent, ahead)
                    yield from () if reason is None else self._drop(reason, ahead=ahead)
            self._assign()
            busy = [w for w in self._workers if w.task is not None]
            if not busy:
                return
            ready = wait([w.pipe for w in busy], timeout=_TICK if patient else 0)
            if not ready and not patient:
                return
            for worker in busy:
                if worker.pipe in ready:
                    yield from self._hear(worker)
                elif worker.is_stuck():
                    yield from self._mourn(worker, "the solver did not stop when its time was up")

    def _taken(self) -> float:
        """Return the seconds of the processor that all workers have taken, as they were a moment ago."""
        now = time.monotonic()
        if now > self._total_at + _MOMENT:
            self._total, self._total_at = self._spent + sum(map(_spent, self._workers)), now
        return self._total

    def _drop(self, reason: str, *, ahead: bool) -> Iterator[Lost | Failed]:
        """Give up all that is being done, or waits, and is `ahead` or is not."""
        self.cut[reason] = None
        for worker in [w for w in self._workers if w.task is not None and _ahead(w.task) == ahead]:
            yield self._give_up(worker, reason)
        for task in [t for t in self._waiting if _ahead(t) == ahead]:
            self._waiting.remove(task)
            yield _lost(task, reason)

    # --- one worker --------------------------------------------------------------------------------

    def _assign(self) -> None:
        for worker in [w for w in self._workers if w.task is None]:
            task = next((t for t in self._waiting if isinstance(t, Task) and worker.precedes(t)), None)
            if task is not None:
                self._waiting.remove(task)
                self._hand(worker, task)
        for each in [t for t in self._waiting if not self._is_kept_for(t)]:
            busy = sum(w.task is not None for w in self._workers)
            most = self._jobs * 2 if _ahead(each) and self._jobs > 1 else self._jobs
            free = None if busy >= most else self._free(each) or self._hire(most)
            if free is None:
                return
            self._waiting.remove(each)
            self._hand(free, each)

    def _is_kept_for(self, task: Task | Errand) -> bool:
        """Return whether some worker, which is busy, keeps what it built for `task`."""
        return isinstance(task, Task) and any(task.follows in w.kept for w in self._workers)

    def _free(self, task: Task | Errand) -> _Worker | None:
        """Return a worker that is free for `task`: none that keeps something for others, nor one that would have to
        be sent what a new one is born with. Where a new one is dear, any that is free will do.
        """  # noqa: D205
        forked = isinstance(_context(), ForkContext)
        free = [w for w in self._workers if w.task is None and not (forked and w.kept)]
        large = set(map(id, heavy(task))) if free and forked else set[int]()
        return next((w for w in free if large <= w.shared.keys()), None)

    def _hand(self, worker: _Worker, task: Task | Errand) -> None:
        worker.task, now = task, time.monotonic()
        if isinstance(task, Errand):
            worker.deadline, worker.latest = math.inf, now + task.patience
        else:
            worker.kept -= {task.follows}
            worker.left = list(range(len(task.questions)))
            budget = _LONGEST * task.budget.seconds * len(task.questions)
            worker.due = _spent(worker) + budget + _GRACE
            worker.deadline = now + _PATIENCE * budget + _GRACE
            worker.latest = now + _STARVED * (_PATIENCE * budget + _GRACE)
        with contextlib.suppress(OSError):  # it died: the end of its pipe says so
            worker.pipe.send_bytes(packed(task, worker.shared))

    def _hire(self, most: int) -> _Worker | None:
        """Return a new worker, in the place of one that is free if there are so many; None if all are at work.

        Those that keep something do not count where new ones are cheap: they are there for what follows alone.
        """
        context = _context()
        forked = isinstance(context, ForkContext)
        others = [w for w in self._workers if not (forked and w.kept)]
        if len(others) >= most:
            idle = next((w for w in others if w.task is None), None)
            if idle is None:
                return None
            self._dismiss(idle)
        ours, theirs = context.Pipe()
        if forked:
            self._prepare()
        inherited = [*(w.pipe for w in self._workers), ours] if forked else []
        parts = (part for task in self._waiting for part in parts_of(task))
        shared = {**self._known, **{id(part): part for part in parts}} if forked else {}
        process = context.Process(target=work, args=(theirs, self._judge, inherited, shared), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours, shared)
        self._workers.append(worker)
        return worker

    def _prepare(self) -> None:
        """Load here, once, what all workers that are forked will need."""
        tasks = [task for task in self._waiting if isinstance(task, Task)]
        if any(task.stored for task in tasks):
            from policydsl.engines import store  # noqa: F401, PLC0415  loads the solver
        if self._judge is None and any(task.search for task in tasks):
            from policydsl.engines import portfolio  # noqa: F401, PLC0415  loaded before workers are forked

    def _hear(self, worker: _Worker) -> Iterator[Message]:
        task = worker.task
        assert task is not None
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            reason = "the solver's process ended unexpectedly, perhaps for want of memory"
            yield from self._mourn(worker, reason, died=True)
            return
        if isinstance(task, Errand):
            worker.task = None
            yield Ran(task, said[1]) if said[0] == "ran" else Failed(task, *said[1:])
        elif said[0] == "several":
            told = [message for each in said[1] for message in self._told(worker, task, each)]
            if not task.search:  # nothing follows it that is better done by the same worker: let it go on at once
                self._assign()
            yield from told
        else:
            yield from self._told(worker, task, said)

    def _told(self, worker: _Worker, task: Task, said: tuple[Any, ...]) -> Iterator[Message]:
        match said:
            case ("answer", int(index), verdict):
                worker.left.remove(index)
                yield Answered(task, index, verdict)
            case ("shown", int(index), shown):
                worker.left.remove(index)
                yield Answered(task, index, shown.verdict, shown)
            case ("unfit", int(index), str(reason)):
                if not task.search:
                    worker.left.remove(index)
                yield Unfit(task, index, reason)
            case ("try", str(key), str(attempt)):
                yield Tried(key, attempt)
            case ("done",):
                worker.task, worker.last = None, task.number
                worker.kept |= {task.number} if task.keep else set()
                yield Done(task)
            case ("bug", str(reason), str(trace)):
                worker.task, worker.last = None, None
                yield Lost(task, tuple(worker.left), reason, trace)
            case _:
                raise AssertionError(said)

    def _mourn(self, worker: _Worker, reason: str, *, died: bool = False) -> Iterator[Lost | Failed]:
        """Give up what a lost worker was at, and have what it had left asked again, if that may come out otherwise.

        A question by itself that the solver does not stop at would not; a process may have died of what others took.
        """
        task = worker.task
        lost = self._give_up(worker, reason)
        parts = (
            self._alone.split(task, worker.left) if isinstance(task, Task) and (died or len(task.questions) > 1) else []
        )
        for part in parts:
            self.submit(part)
        yield from () if parts else (lost,)

    def _give_up(self, worker: _Worker, reason: str) -> Lost | Failed:
        task = worker.task
        assert task is not None
        self.lost = True
        self._dismiss(worker)
        return _lost(task, reason, worker.left)

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._spent += _spent(worker)
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
        worker.process.close()


def _lost(task: Task | Errand, reason: str, left: Sequence[int] | None = None) -> Lost | Failed:
    """Return that `task` is given up, of its questions those that are `left`: None for all."""
    if isinstance(task, Errand):
        return Failed(task, reason)
    return Lost(task, tuple(range(len(task.questions)) if left is None else left), reason)


def _ahead(task: Task | Errand) -> bool:
    return isinstance(task, Task) and task.ahead


def _rank(task: Task | Errand) -> int:
    """Return when the turn of `task` comes among those that wait; of one rank, the first comes first."""
    return 0 if _ahead(task) else 1 if isinstance(task, Task) and task.search else 2


def _spent(worker: _Worker) -> float:
    """Return the seconds of the processor that `worker` has taken; where Linux does not tell, those since it began."""
    try:
        said = Path(f"/proc/{worker.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return time.monotonic() - worker.began
    return (int(said[_USER]) + int(said[_SYSTEM])) / os.sysconf("SC_CLK_TCK")


_USER, _SYSTEM = 11, 12
"""Places in /proc/PID/stat after the name, as proc(5) has them."""
_THREADS = Path("/proc/self/task")


def _context() -> ForkContext | SpawnContext:
    """Return the quick way to start a process where it is safe: while this one has a single thread, on Linux.

    A solver that works starts threads of its own; that it is loaded does no harm.
    """
    if sys.platform == "linux" and len([*_THREADS.iterdir()]) == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")
