"""Questions about two wordings, answered over processes, each only once however often it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from policydsl.analyses.judge import Bug
from policydsl.analyses.recall import Recall
from policydsl.analyses.workers import Answered, Crew, Judge, Lost, Task, Unfit
from policydsl.core.system import Question
from policydsl.engines.verdict import Bounded, Budget, Manner, Unknown, Verdict


class Asks(Protocol):
    """Whoever answers questions, each within `budget`."""

    budget: Budget

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Manner | None = None
    ) -> list[Verdict]:
        """Return the verdict on each of `questions`; `helpers` are tried as lemmas."""


@dataclass(eq=False, slots=True)
class Asker:
    """Puts questions to workers. `memory` keeps what was worked out, by all that the answer depends on.

    `unfit` says, by key, why what `recall` holds of a question could not be used.
    """

    crew: Crew
    budget: Budget
    jobs: int
    bugs: list[Bug] = field(default_factory=list)
    memory: dict[str, Verdict] = field(default_factory=dict)
    recall: Recall = field(default_factory=Recall)
    unfit: dict[str, str] = field(default_factory=dict)
    tasks: int = 0

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Manner | None = None
    ) -> list[Verdict]:
        """Return the verdict on each of `questions`; a bug becomes `Unknown` and is kept among `bugs`."""
        manner = wanted or Manner("verdict", suspect=True)
        keys = [f"{self.recall.sight.hash(q)}-{manner.wanted}" for q in questions]
        made: dict[str, Verdict] = {}
        for key in keys:
            verdict = self.memory.get(key)
            if verdict is not None:
                made[key] = verdict
        todo = {key: q for key, q in zip(keys, questions, strict=True) if key not in made}
        for key, verdict in self._work(todo, helpers, manner).items():
            made[key] = verdict
            if not isinstance(verdict, Unknown | Bounded):
                self.memory[key] = verdict
        return [made[key] for key in keys]

    def _work(self, todo: Mapping[str, Question], helpers: Sequence[Question], manner: Manner) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        places: dict[int, list[str]] = {}
        products: dict[int, list[str]] = {}
        for key, q in todo.items():
            products.setdefault(id(q.system.variables), []).append(key)
        for keys in products.values():
            pieces = max(1, min(self.jobs, len(keys) // _LEAST))
            for i in range(pieces):
                part = keys[i::pieces]
                questions = tuple(todo[k] for k in part)
                places[self.tasks] = part
                system = questions[0].system
                own = tuple(h for h in helpers if h.system.variables is system.variables)
                known, bound = self.recall.find(questions, manner.wanted)
                manners = (manner,) * len(part)
                self.crew.submit(Task(self.tasks, system, questions, self.budget, manners, own, known, bound))
                self.tasks += 1
        for message in self.crew.messages():
            match message:
                case Answered(task=task, index=index, verdict=verdict):
                    found[places[task.number][index]] = verdict
                    self.recall.keep(task.questions[index], manner.wanted, verdict)
                case Unfit(task=task, index=index, reason=reason):
                    self.unfit[task.questions[index].key] = reason
                case Lost(task=task, left=left, reason=reason, bug=bug):
                    for index in left:
                        lost = Unknown("a bug in policydsl" if bug else reason, ())
                        found[places[task.number][index]] = lost
                        self.recall.keep(task.questions[index], manner.wanted, lost)
                    if bug is not None:
                        self.bugs.append(Bug(task.questions[left[0]].key if left else "", reason, bug))
                case _:
                    pass
        return found


_LEAST = 2
"""So many questions are worth a process of their own."""


def crew_of(jobs: int, judge: Judge | None = None) -> Crew:
    """Return workers for an `Asker`."""
    return Crew(jobs, judge)
