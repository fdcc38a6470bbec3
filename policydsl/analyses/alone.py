"""What a lost worker had left, asked again question by question: only the guilty one then stays without an answer."""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace

from policydsl.analyses.tasks import Answered, Done, Lost, Message, Task, Unfit
from policydsl.base.records import dataclass
from policydsl.core.system import Question
from policydsl.engines.verdict import Unknown


@dataclass(eq=False, slots=True)
class _Whole:
    """The task that was lost, how many of its questions are still out, and the bugs that some ran into."""

    task: Task
    out: int
    bugs: list[Lost] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Alone:
    """Parts of lost tasks, a question each; who gave such a task to the crew hears of that task alone."""

    parts: dict[int, tuple[Task, _Whole, int]] = field(default_factory=dict)

    def split(self, task: Task, left: Sequence[int]) -> list[Task]:
        """Return a task for each of the questions of `task` that are `left`; none if it is such a part itself."""
        if id(task) in self.parts:
            return []
        whole = _Whole(task, len(left))
        answered = tuple(q for i, q in enumerate(task.questions) if i not in left)
        parts = [_part(task, place, answered) for place in left]
        self.parts |= {id(part): (part, whole, place) for part, place in zip(parts, left, strict=True)}
        return parts

    def told(self, message: Message) -> Iterator[Message]:
        """Yield what `message` says, of the task that was lost where it is about a part of one."""
        task = message.task if isinstance(message, Answered | Unfit | Done | Lost) else None
        _, whole, place = self.parts.get(id(task), (None, None, 0))
        if whole is None:
            yield message
            return
        match message:
            case Answered(verdict=verdict, shown=shown):
                yield Answered(whole.task, place, verdict, shown)
                return
            case Unfit(reason=reason):
                yield Unfit(whole.task, place, reason)
                return
            case Lost(left=left, reason=reason, bug=None):
                yield from (Answered(whole.task, place, Unknown(reason, ())) for _ in left)
            case Lost(left=left, reason=reason, bug=bug):
                whole.bugs.append(Lost(whole.task, (place,) * len(left), reason, bug))
            case _:
                pass
        whole.out -= 1
        if not whole.out:
            left = tuple(each for bug in whole.bugs for each in bug.left)
            yield replace(whole.bugs[0], left=left) if whole.bugs else Done(whole.task)


def _part(task: Task, place: int, answered: tuple[Question, ...]) -> Task:
    """Return the question of `task` at `place` as a task that nothing follows and that follows nothing.

    What was `answered` beside it may help it still, as it did there; what was not may be what the worker was lost by.
    """
    only = slice(place, place + 1)
    return replace(
        task, number=_NONE, questions=task.questions[only], manners=task.manners[only], stored=task.stored[only],
        helpers=(*task.helpers, *answered), bound=task.bound[only], readings=task.readings[only], follows=None,
        keep=False,
    )  # fmt: skip


_NONE = -1
"""No number of a task."""
