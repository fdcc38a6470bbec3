"""Questions answered by worker processes: the solver runs there and nowhere else, so it may crash or hang alone.

Results come one by one. A worker that dies or overstays costs the questions it had left, never the others; whoever
leaves the `with` block, by whatever exception, leaves no process behind.
"""

import contextlib
import ctypes
import gc
import io
import math
import multiprocessing
import os
import pickle
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from policydsl.analyses.again import Shown, show_all
from policydsl.analyses.cases import Readings
from policydsl.core.show import Binder
from policydsl.core.system import Question, System
from policydsl.engines.records import StoreError
from policydsl.engines.verdict import Budget, Manner, Progress, Record, Verdict

if TYPE_CHECKING:
    from policydsl.engines.store import Desk

Judge: TypeAlias = Callable[
    [System, Sequence[Question], Budget, Progress, Sequence[Manner], Sequence[Question]],
    Iterator[tuple[Question, Verdict]],
]

_GRACE = 5.0
"""Seconds beyond its budget after which a worker is taken for stuck."""
_PATIENCE = 3
"""So many seconds by the clock may pass for one of the processor."""
_TICK = 1.0
_SOON = 0.05
"""Seconds for which a worker may keep answers to itself: one by one, to hear of them costs too much."""


@dataclass(frozen=True, slots=True)
class Task:
    """Questions that share a system, answered by one worker in one go, each in its manner.

    `number` is the sender's, `budget` for each question; `helpers` are questions whose properties may help as lemmas.
    `stored` has for each question the answers that may show it again, none or more, and `readings` what bears on its
    readings, or None: where it is refuted, its story and what else is stored about it answer for them too. Without
    `search`, what these do not answer is left open, and the systems may differ. `bound` has the hashes of systems, as
    `Binder.bind_system` says, as far as they are known. A task that `follows` another, by number, goes to the worker
    that has just answered that one, which still has what it built for it. What is `ahead` of the others comes first,
    and does not wait for them: other questions hang on its answers.
    """

    number: int
    system: System
    questions: tuple[Question, ...]
    budget: Budget
    manners: tuple[Manner, ...]
    helpers: tuple[Question, ...] = ()
    stored: tuple[tuple[Record, ...], ...] = ()
    bound: tuple[str, ...] = ()
    follows: int | None = None
    search: bool = True
    readings: tuple[Readings | None, ...] = ()
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """Something else that a worker is to do: `work`, a function of some module, on `given`."""

    number: int
    work: Callable[[Any], object]
    given: object


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of `task`, by its place, has its verdict; `shown` with what else, if stored answers show it."""

    task: Task
    index: int
    verdict: Verdict
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """The stored answer to a question of `task`, by its place, cannot be used: it ... `reason`."""

    task: Task
    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A worker starts an attempt at the question with `key`."""

    key: str
    attempt: str


@dataclass(frozen=True, slots=True)
class Done:
    """All questions of `task` are answered."""

    task: Task


@dataclass(frozen=True, slots=True)
class Ran:
    """The errand is done: `result` is what its work returned."""

    errand: Errand
    result: object


@dataclass(frozen=True, slots=True)
class Failed:
    """The errand could not be done in a worker: whoever wants to know why may do it himself."""

    errand: Errand


@dataclass(frozen=True, slots=True)
class Lost:
    """The questions of `task` at the places `left` get no answer, because of `reason`.

    `bug` is the traceback, if the reason is an exception in policydsl; `died` says that the worker's process ended.
    """

    task: Task
    left: tuple[int, ...]
    reason: str
    bug: str | None = None
    died: bool = False


Message: TypeAlias = Answered | Unfit | Tried | Done | Ran | Failed | Lost


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    shared: Mapping[int, object]
    task: Task | Errand | None = None
    last: int | None = None
    left: list[int] = field(default_factory=list)
    deadline: float = 0.0
    began: float = field(default_factory=time.monotonic)


class Crew:
    """At most `jobs` workers. Use as a context manager; `submit` tasks, also while iterating over `messages`.

    `known` are questions that tasks will be about: workers have what is large in them from the start. `stop` says,
    given the seconds of the processor that all workers have taken, why no more is to be done of the tasks that are
    ahead, or of the others (None: go on); whatever is asked then is lost for that reason, which is among those in
    `cut`. Tasks that are ahead may have as many workers again, where there are several.
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
        self.cut: dict[str, None] = {}
        self._known = {id(part): part for q in known for part in (q.property, *_pieces(q.system))}
        self._numbers = count()
        self._waiting: deque[Task | Errand] = deque()
        self._workers: list[_Worker] = []

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

    def number(self) -> int:
        """Return a number for a task that no other task has."""
        return next(self._numbers)

    def submit(self, task: Task | Errand) -> None:
        """Have `task` answered, or done, once a worker is free."""
        behind = sum(not _ahead(each) for each in self._waiting) if _ahead(task) else 0
        self._waiting.insert(len(self._waiting) - behind, task)

    def start(self) -> None:
        """Have workers begin with what was submitted; `messages` does so too."""
        self._assign()

    def messages(self, *, patient: bool = True) -> Iterator[Message]:
        """Yield what the workers report until every task is answered or lost; if not `patient`, what is there now."""
        while True:
            if self._stop is not None:
                for ahead in {_ahead(t) for t in (*self._waiting, *(w.task for w in self._workers)) if t is not None}:
                    reason = self._stop(self._spent + sum(map(_spent, self._workers)), ahead)
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
                elif time.monotonic() > worker.deadline:
                    yield self._give_up(worker, "the solver did not stop when its time was up")

    def _drop(self, reason: str, *, ahead: bool) -> Iterator[Lost | Failed]:
        """Give up all that is being done, or waits, and is `ahead` or is not."""
        self.cut[reason] = None
        for worker in [w for w in self._workers if w.task is not None and _ahead(w.task) == ahead]:
            yield self._give_up(worker, reason)
        for task in [t for t in self._waiting if _ahead(t) == ahead]:
            self._waiting.remove(task)
            yield Failed(task) if isinstance(task, Errand) else Lost(task, (*range(len(task.questions)),), reason)

    # --- one worker --------------------------------------------------------------------------------

    def _assign(self) -> None:
        for worker in self._workers:
            if worker.task is None and worker.last is not None:
                task = next((t for t in self._waiting if isinstance(t, Task) and t.follows == worker.last), None)
                if task is not None:
                    self._waiting.remove(task)
                    self._hand(worker, task)
        while self._waiting:
            ahead, busy = _ahead(self._waiting[0]), sum(w.task is not None for w in self._workers)
            most = self._jobs * 2 if ahead and self._jobs > 1 else self._jobs
            free = None if busy >= most else self._free(self._waiting[0]) or self._hire(most)
            if free is None:
                return
            self._hand(free, self._waiting.popleft())

    def _free(self, task: Task | Errand) -> _Worker | None:
        """Return a worker that is free for `task`; none that would have to be sent what a new one is born with."""
        free = [w for w in self._workers if w.task is None]
        heavy = set(map(id, _heavy(task))) if free and isinstance(_context(), ForkContext) else set[int]()
        return next((w for w in free if heavy <= w.shared.keys()), None)

    def _hand(self, worker: _Worker, task: Task | Errand) -> None:
        worker.task, worker.deadline = task, math.inf
        if isinstance(task, Task):
            worker.left = list(range(len(task.questions)))
            worker.deadline = time.monotonic() + _PATIENCE * task.budget.seconds * len(task.questions) + _GRACE
        with contextlib.suppress(OSError):  # it died: the end of its pipe says so
            worker.pipe.send_bytes(_packed(task, worker.shared))

    def _hire(self, most: int) -> _Worker | None:
        """Return a new worker, in the place of one that is free if there are so many; None if all are at work."""
        if len(self._workers) >= most:
            idle = next((w for w in self._workers if w.task is None), None)
            if idle is None:
                return None
            self._dismiss(idle)
        context = _context()
        ours, theirs = context.Pipe()
        forked = isinstance(context, ForkContext)
        if forked:
            self._prepare()
        inherited = [*(w.pipe for w in self._workers), ours] if forked else []
        parts = (part for task in self._waiting for part in _parts(task))
        shared = {**self._known, **{id(part): part for part in parts}} if forked else {}
        process = context.Process(target=_work, args=(theirs, self._judge, inherited, shared), daemon=True)
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
            from policydsl.engines import portfolio  # noqa: F401, PLC0415  as above

    def _hear(self, worker: _Worker) -> Iterator[Message]:
        task = worker.task
        assert task is not None
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            reason = "the solver's process ended unexpectedly, perhaps for want of memory"
            yield self._give_up(worker, reason, died=True)
            return
        if isinstance(task, Errand):
            worker.task = None
            yield Ran(task, said[1]) if said[0] == "ran" else Failed(task)
        elif said[0] == "several":
            for each in said[1]:
                yield from self._told(worker, task, each)
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
                yield Done(task)
            case ("bug", str(reason), str(trace)):
                worker.task, worker.last = None, None
                yield Lost(task, tuple(worker.left), reason, trace)
            case _:
                raise AssertionError(said)

    def _give_up(self, worker: _Worker, reason: str, *, died: bool = False) -> Lost | Failed:
        task = worker.task
        assert task is not None
        self._dismiss(worker)
        return Failed(task) if isinstance(task, Errand) else Lost(task, tuple(worker.left), reason, died=died)

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._spent += _spent(worker)
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
        worker.process.close()


def _ahead(task: Task | Errand) -> bool:
    return isinstance(task, Task) and task.ahead


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


# --- what is sent ----------------------------------------------------------------------------------


class _Pack(pickle.Pickler):
    """Pickles what a fork does not have already; of what it has, only the place in memory."""

    def __init__(self, to: io.BytesIO, shared: Mapping[int, object]) -> None:
        super().__init__(to, protocol=pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def persistent_id(self, obj: object) -> int | None:
        """Return the place of `obj`, if the other side has it there."""
        return id(obj) if id(obj) in self._shared else None


class _Unpack(pickle.Unpickler):
    def __init__(self, data: bytes, shared: Mapping[int, object]) -> None:
        super().__init__(io.BytesIO(data))
        self._shared = shared

    def persistent_load(self, pid: int) -> object:
        """Return what was at the place `pid` when this process began."""
        return self._shared[pid]


def _packed(task: Task | Errand, shared: Mapping[int, object]) -> bytes:
    buffer = io.BytesIO()
    _Pack(buffer, shared).dump(task)
    return buffer.getvalue()


def _parts(task: Task | Errand) -> Iterator[object]:
    """Yield the parts of `task` that are large, or that other tasks share."""
    yield from _heavy(task)
    if isinstance(task, Task):
        for q in (*task.questions, *task.helpers):
            yield from (q.property, *_pieces(q.system))
        for each in task.readings:
            yield from () if each is None else (each, each.influence, *_pieces(each.base))


def _heavy(task: Task | Errand) -> Iterator[object]:
    """Yield the parts of `task` for whose sake a new worker is cheaper than sending them to one that lacks them."""
    if isinstance(task, Errand):
        yield task.given
    else:
        yield from (part for q in task.questions for part in _pieces(q.system) if part)


def _pieces(s: System) -> tuple[object, ...]:
    return s.parameters, s.variables, s.definitions, s.events, s.schedules, s.updates


# --- in the worker -------------------------------------------------------------------------------


def _work(pipe: Connection, judge: Judge | None, inherited: Sequence[Connection], shared: Mapping[int, object]) -> None:
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
            task = _Unpack(pipe.recv_bytes(), shared).load()
            if isinstance(task, Errand):
                _run(pipe, task)
            else:
                memory.turn_to(task)
                _answer(pipe, task, memory)
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

    `desk` is what showing stored answers shares; it bears on no answer, so it stays.
    """

    given: Judge | None
    own: Judge | None = None
    last: int | None = None
    binder: Binder = field(default_factory=Binder)
    desk: "Desk | None" = None

    def turn_to(self, task: Task) -> None:
        """Forget what is of no use for `task`: what an answer depends on is the same however tasks are shared out."""
        if task.follows is None or task.follows != self.last:
            self.own, self.binder = None, Binder()
        self.last = task.number
        for question, bound in zip(task.questions, task.bound, strict=False):
            self.binder.learn(question.system, bound)

    def judge(self) -> Judge:
        """Return who answers; the solver is loaded only here."""
        if self.own is None:
            self.own = self.given or _portfolio(self.binder)
        return self.own


def _run(pipe: Connection, errand: Errand) -> None:
    try:
        said: tuple[object, ...] = ("ran", errand.work(errand.given))
    except Exception:  # noqa: BLE001  whatever it is, the parent comes upon it too
        said = ("failed",)
    pipe.send(said)


def _answer(pipe: Connection, task: Task, memory: _Memory) -> None:
    places = {id(q): i for i, q in enumerate(task.questions)}
    _limit_memory(task.budget.memory)
    try:
        left = list(_show_again(pipe, task, memory)) if task.stored else [*range(len(task.questions))]
        if left and task.search:
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
    except MemoryError:
        os._exit(1)  # what is left of this process is not to be relied on; the parent hears the end of it
    except Exception as error:  # noqa: BLE001  whatever it is, the parent reports it
        if "out of memory" in str(error):  # the solver's way to say so
            os._exit(1)
        pipe.send(("bug", f"{type(error).__name__}: {error}"[:2000], traceback.format_exc()))
        return
    pipe.send(("done",))


def _show_again(pipe: Connection, task: Task, memory: _Memory) -> Iterator[int]:
    """Answer what stored answers show; yield the places of the other questions."""
    from policydsl.engines.store import Desk, show_again  # noqa: PLC0415  loads the solver

    desk = memory.desk = memory.desk or Desk()
    for question, bound in zip(task.questions, task.bound, strict=False):
        desk.binder.learn(question.system, bound)
    said: list[tuple[str, int, object]] = []
    last = time.monotonic()
    try:
        for i, (question, records, about) in enumerate(zip(task.questions, task.stored, task.readings, strict=True)):
            if not records:
                yield i
                continue
            try:
                shown = show_all(question, about, records, desk.binder.bind, lambda q, r: show_again(q, r, desk))
                said.append(("shown", i, shown))
            except StoreError as error:
                said.append(("unfit", i, str(error)))
                yield i
            if time.monotonic() > last + _SOON:
                pipe.send(("several", said))
                said, last = [], time.monotonic()
    finally:
        pipe.send(("several", said))


def _portfolio(binder: Binder) -> Judge:
    """Return the judge of all engines, who remembers between tasks what was built; `binder` knows hashes of systems."""
    from policydsl.engines import bench, portfolio  # noqa: PLC0415  loads the solver

    return partial(portfolio.judge, benches=bench.Benches(binder=binder))
