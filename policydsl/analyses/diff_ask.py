"""Questions about two wordings, answered over processes, each only once however often it is asked."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Protocol, TypeAlias

from policydsl.analyses.judgement import Bug, News
from policydsl.analyses.recall import Recall
from policydsl.analyses.tasks import Answered, Done, Judge, Lost, Message, Task, Tried, Unfit
from policydsl.analyses.workers import Crew
from policydsl.base.records import dataclass
from policydsl.core.system import Question
from policydsl.engines.verdict import Bounded, Budget, Manner, Unknown, Verdict
from policydsl.front.wordings import Wordings

Wanted: TypeAlias = Manner | Sequence[Manner] | None
"""How questions are asked: all in one manner, or each in its own; by default for a verdict that may well be no."""


def manners(questions: Sequence[Question], wanted: Wanted) -> list[Manner]:
    """Return the manner of each of `questions`."""
    if wanted is None or isinstance(wanted, Manner):
        return [wanted or Manner("verdict", suspect=True)] * len(questions)
    return list(wanted)


class Asks(Protocol):
    """Whoever answers questions, each within `budget`."""

    budget: Budget

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Wanted = None
    ) -> list[Verdict]:
        """Return the verdict on each of `questions`, asked as `wanted`; `helpers` are tried as lemmas."""


class Forgets(Asks, Protocol):
    """Whoever can forget, too, what nobody needs to have been asked."""

    def forget(self, questions: Container[int]) -> None:
        """Leave out of what was answered the questions with these identities."""


@contextmanager
def spending(asker: Asks, seconds: float, depth: int | None = None) -> Iterator[None]:
    """Have `asker` take so many seconds for each question, and look no further than `depth` if given, for a while."""
    whole = asker.budget
    asker.budget = replace(whole, seconds=seconds, max_depth=whole.max_depth if depth is None else depth)
    try:
        yield
    finally:
        asker.budget = whole


@dataclass(eq=False, slots=True)
class Asker:
    """Puts questions to workers. `memory` keeps what was worked out, by all that the answer depends on.

    `unfit` says, by key, why what `recall` holds of a question could not be used. `tell` hears how far it has come.
    `steps` are taken while workers are at questions; they may give the crew something else to do that can wait, and
    what is said of that goes `elsewhere`. `heard` is all that was answered here. Where questions are `linked`, those
    about one system go to the same worker, one task after the other.
    """

    crew: Crew
    budget: Budget
    jobs: int
    bugs: list[Bug] = field(default_factory=list)
    memory: dict[str, Verdict] = field(default_factory=dict)
    recall: Recall = field(default_factory=Recall)
    unfit: dict[str, str] = field(default_factory=dict)
    tell: Callable[[News], None] = lambda _: None
    steps: Iterator[object] = field(default_factory=lambda: iter(()))
    elsewhere: Callable[[Message], None] = lambda _: None
    heard: list[tuple[Question, Verdict]] = field(default_factory=list)
    linked: bool = False
    links: dict[int, tuple[object, float, int | None]] = field(default_factory=dict)
    asked: int = 0
    answered: int = 0

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Wanted = None
    ) -> list[Verdict]:
        """Return the verdict on each of `questions`; a bug becomes `Unknown` and is kept among `bugs`."""
        asked = manners(questions, wanted)
        keys = [f"{self.recall.sight.hash(q)}-{m.wanted}" for q, m in zip(questions, asked, strict=True)]
        made: dict[str, Verdict] = {}
        for key in keys:
            verdict = self.memory.get(key)
            if verdict is not None:
                made[key] = verdict
        todo = {key: (q, m) for key, q, m in zip(keys, questions, asked, strict=True) if key not in made}
        for key, verdict in self._work(todo, helpers).items():
            made[key] = verdict
            if not isinstance(verdict, Unknown | Bounded):
                self.memory[key] = verdict
        return [made[key] for key in keys]

    def forget(self, questions: Container[int]) -> None:
        """Leave out of what was answered the questions with these identities."""
        self.heard = [each for each in self.heard if id(each[0]) not in questions]
        self.recall.answered = [each for each in self.recall.answered if id(each[0]) not in questions]

    def _work(self, todo: Mapping[str, tuple[Question, Manner]], helpers: Sequence[Question]) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        places: dict[int, list[str]] = {}
        products: dict[tuple[int, str], list[str]] = {}
        for key, (q, manner) in todo.items():
            products.setdefault((id(q.system.variables), manner.wanted), []).append(key)
        for (_, wanted), keys in products.items():
            linked = self.linked and wanted == "verdict"
            least = 1 if wanted == "story" else len(keys) if linked else _LEAST
            pieces = max(1, min(self.jobs, len(keys) // least))
            for i in range(pieces):
                part = keys[i::pieces]
                questions, own_manners = zip(*(todo[k] for k in part), strict=True)
                number = self.crew.number()
                places[number] = part
                system = questions[0].system
                own = tuple(h for h in helpers if h.system.variables is system.variables)
                known, bound = self.recall.find(questions, wanted)
                stored, none = tuple(() if r is None else (r,) for r in known), (None,) * len(part)
                follows = self._link(system.variables, number) if linked else None
                task = Task(
                    number, system, questions, self.budget, own_manners, own, stored, bound, follows, readings=none,
                    ahead=True, keep=linked,
                )  # fmt: skip
                self.crew.submit(task)
        self.asked += len(todo)
        for task, index, verdict in self._heard(set(places)):
            self.answered += 1
            question = task.questions[index]
            found[places[task.number][index]] = verdict
            self.recall.keep(question, task.manners[index].wanted, verdict)
            self.heard.append((question, verdict))
        return found

    def _link(self, about: object, number: int) -> int | None:
        """Return the task that the one with this `number` follows; none if it has more time: it is to begin anew."""
        _, seconds, last = self.links.get(id(about), (about, 0.0, None))
        follows = last if self.budget.seconds <= seconds else None
        self.links[id(about)] = about, max(seconds, self.budget.seconds), number
        return follows

    def finish(self) -> None:
        """Take the steps that are left, and hear of all that they have given the crew to do."""
        for message in self._messages():
            self.elsewhere(message)

    def _messages(self) -> Iterator[Message]:
        """Yield what the crew says; as long as there are steps left, one is taken after the other, and it goes on."""
        self.crew.start()
        for _ in self.steps:
            yield from self.crew.messages(patient=False)
        yield from self.crew.messages()

    def _heard(self, out: set[int]) -> Iterator[tuple[Task, int, Verdict]]:
        """Yield what is answered in the tasks that are `out`, until all are done; what is not theirs goes elsewhere."""
        own = frozenset(out)
        for message in self._messages() if out else ():
            match message:
                case Tried(key=key, attempt=attempt):
                    self.tell(News(self.answered, self.asked, key, attempt))
                case Answered(task=task, index=index, verdict=verdict) if task.number in own:
                    yield task, index, verdict
                case Unfit(task=task, index=index, reason=reason) if task.number in own:
                    self.unfit[task.questions[index].key] = reason
                case Lost(task=task, left=left, reason=reason, bug=bug) if task.number in own:
                    if bug is not None:
                        self.bugs.append(Bug(task.questions[left[0]].key if left else "", reason, bug))
                    out.discard(task.number)
                    yield from ((task, i, Unknown("a bug in policydsl" if bug else reason, ())) for i in left)
                case Done(task=task) if task.number in own:
                    out.discard(task.number)
                case _:
                    self.elsewhere(message)
            if not out:
                return


_LEAST = 2
"""So many questions are worth a process of their own; a story is by itself."""


def crew_of(
    jobs: int,
    judge: Judge | None = None,
    wordings: Wordings | None = None,
    stop: Callable[[float, bool], str | None] = lambda *_: None,
) -> Crew:
    """Return workers for an `Asker`, who know beforehand what is claimed of `wordings`; `stop` as `Crew` has it."""
    claims = () if wordings is None else wordings.claims
    return Crew(jobs, judge, (c.question for each in claims for c in (each.old, each.new) if c is not None), stop)
