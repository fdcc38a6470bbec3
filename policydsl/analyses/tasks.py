"""What workers are asked, what they say, and how it gets from one process to the other."""

import io
import math
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from policydsl.analyses.again import Shown
from policydsl.analyses.cases import Readings
from policydsl.base.records import dataclass
from policydsl.core.system import Question, System
from policydsl.engines.verdict import Budget, Manner, Progress, Record, Verdict

Judge: TypeAlias = Callable[
    [System, Sequence[Question], Budget, Progress, Sequence[Manner], Sequence[Question]],
    Iterator[tuple[Question, Verdict]],
]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions that share a system, answered by one worker in one go, each in its manner.

    `number` is the sender's, `budget` for each question; `helpers` are questions whose properties may help as lemmas.
    `stored` has for each question the answers that may show it again, none or more, and `readings` what bears on its
    readings, or None: where it is refuted, its story and what else is stored about it answer for them too. Without
    `search`, what these do not answer is left open, and the systems may differ. `bound` has the hashes of systems, as
    `Binder.bind_system` says, as far as they are known. A task that `follows` another, by number, goes to the worker
    that has just answered that one, which still has what it built for it; it waits for that worker if it was to `keep`
    that. What is `ahead` of the others comes first, and does not wait for them: other questions hang on its answers.
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
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """Something else that a worker is to do: `work`, a function of some module, on `given`.

    A worker that takes longer than `patience`, seconds by the clock, is ended.
    """

    number: int
    work: Callable[[Any], object]
    given: object
    patience: float = math.inf


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
    """The errand could not be done in a worker, because of `reason`; `bug` is the traceback if that is an exception."""

    errand: Errand
    reason: str
    bug: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """The questions of `task` at the places `left` get no answer, because of `reason`.

    `bug` is the traceback, if the reason is an exception in policydsl.
    """

    task: Task
    left: tuple[int, ...]
    reason: str
    bug: str | None = None


Message: TypeAlias = Answered | Unfit | Tried | Done | Ran | Failed | Lost


# --- what is sent ----------------------------------------------------------------------------------


class Pack(pickle.Pickler):
    """Pickles what a fork does not have already; of what it has, only the place in memory."""

    def __init__(self, to: io.BytesIO, shared: Mapping[int, object]) -> None:
        super().__init__(to, protocol=pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def persistent_id(self, obj: object) -> int | None:
        """Return the place of `obj`, if the other side has it there."""
        return id(obj) if id(obj) in self._shared else None


class Unpack(pickle.Unpickler):
    """Reads what `Pack` has written, in a process that began as a fork of the one that wrote it."""

    def __init__(self, data: bytes, shared: Mapping[int, object]) -> None:
        super().__init__(io.BytesIO(data))
        self._shared = shared

    def persistent_load(self, pid: int) -> object:
        """Return what was at the place `pid` when this process began."""
        return self._shared[pid]


def packed(task: Task | Errand, shared: Mapping[int, object]) -> bytes:
    """Return `task` for a worker that has what is `shared`."""
    buffer = io.BytesIO()
    Pack(buffer, shared).dump(task)
    return buffer.getvalue()


def parts_of(task: Task | Errand) -> Iterator[object]:
    """Yield the parts of `task` that are large, or that other tasks share."""
    yield from heavy(task)
    if isinstance(task, Task):
        for q in (*task.questions, *task.helpers):
            yield from (q.property, *pieces(q.system))
        for each in task.readings:
            yield from () if each is None else (each, each.influence, *pieces(each.base))


def heavy(task: Task | Errand) -> Iterator[object]:
    """Yield the parts of `task` for whose sake a new worker is cheaper than sending them to one that lacks them."""
    if isinstance(task, Errand):
        yield task.given
    else:
        yield from (part for q in task.questions for part in pieces(q.system) if part)


def pieces(s: System) -> tuple[object, ...]:
    """Return what a system is made of, as systems share it."""
    return s.parameters, s.variables, s.definitions, s.events, s.schedules, s.updates
