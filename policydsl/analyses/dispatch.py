"""Which questions go to workers together, as tasks, and with what: stored answers, helpers, hashes, a budget."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Any

from policydsl.analyses import pairs
from policydsl.analyses.again import Shown
from policydsl.analyses.cases import Readings
from policydsl.analyses.judgement import Judgement, News
from policydsl.analyses.readings import Case
from policydsl.analyses.recall import Said, fitted
from policydsl.analyses.subjects import readings_of
from policydsl.analyses.tasks import Task
from policydsl.analyses.workers import Crew
from policydsl.base.records import dataclass
from policydsl.core.show import Binder
from policydsl.core.system import Question
from policydsl.engines.verdict import Budget, Json, Manner, Record


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way, whose it is, and the cases that it answers (none: all readings are free)."""

    subject: int
    question: Question
    manner: Manner
    cases: tuple[Case, ...] = ()


@dataclass(eq=False, slots=True)
class Desk:
    """What is on its way: the tasks by number, and how many questions of each subject are still out.

    `unfit` are stored answers that turned out useless, by what they were to show, and `again` what that was.
    Of `settled` subjects a worker has told all cases of their readings. `confirmed` is what was shown already, by
    subject. `asides` are by the number of their errand, each with the questions that wait for it.
    """

    judgement: Judgement
    crew: Crew
    budget: Budget
    on_news: Callable[[News], None]
    binder: Binder
    tasks: dict[int, tuple[Asked, ...]] = field(default_factory=dict)
    out: Counter[int] = field(default_factory=Counter)
    unfit: set[tuple[int, tuple[Case, ...], str]] = field(default_factory=set)
    again: list[Asked] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    confirmed: dict[int, Shown] = field(default_factory=dict)
    asides: list[tuple["Aside", list[Asked]]] = field(default_factory=list)
    asked: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """Something else for a worker to do: `take` gets what `work`, a function of some module, returns of `given`.

    Where that is `known` already, no worker is asked.
    """

    given: object
    work: Callable[[Any], object]
    take: Callable[[Any], None] = lambda _: None
    known: object = None


def send(desk: Desk, asked: Sequence[Asked], follows: int | None = None) -> None:
    """Hand `asked` to the crew: what has a stored answer to show it again, the others to be searched for."""
    search(desk, show(desk, asked), follows)


def show(desk: Desk, asked: Sequence[Asked]) -> list[Asked]:
    """Have those of `asked` that have stored answers shown them again; return the others.

    Dear ones come first, and those about one system together: their proofs are then put together, too.
    """
    found = [(each, _known(desk, each)) for each in asked]
    places: dict[int, int] = {}
    for each, _ in found:
        places.setdefault(id(each.question.system), len(places))
    stored = [(a, records) for a, records in found if records]
    stored.sort(key=lambda each: (not _is_dear(desk, each[0]), places[id(each[0].question.system)]))
    for i in range(0, len(stored), _AT_ONCE):
        group, records = zip(*stored[i : i + _AT_ONCE], strict=True)
        known = all(desk.binder.knows(a.question.system) for a in group)
        hashes = _hashes(desk, group) if known else ()
        _submit(desk, group, stored=records, bound=hashes)
    return [a for a, records in found if not records]


def search(desk: Desk, asked: Sequence[Asked], follows: int | None = None) -> None:
    """Have the answers to `asked` searched for.

    They go in tasks of like systems, the dear ones first: no core then waits for the last. If they come of the
    answers to the task that they `follow`, they go to the worker that gave these.
    """
    groups = _groups(desk, asked, whole=follows is not None)
    for group in sorted(groups, key=partial(_weight, desk), reverse=True):
        desk.judgement.searched.update(a.subject for a in group)
        _submit(desk, group, helpers=_helpers(desk.judgement, group), bound=_hashes(desk, group), follows=follows)


def _hashes(desk: Desk, group: Sequence[Asked]) -> tuple[str, ...]:
    return tuple(desk.binder.bind_system(a.question.system) for a in group)


def _weight(desk: Desk, group: Sequence[Asked]) -> tuple[bool, int]:
    """Return what makes questions dear: two histories, then how many they are."""
    return _is_dear(desk, group[0]), len(group)


def _is_dear(desk: Desk, asked: Asked) -> bool:
    claim = desk.judgement.subjects[asked.subject].claim
    return claim is not None and claim.pair is not None


def _known(desk: Desk, asked: Asked) -> tuple[Record, ...]:
    """Return the stored answers that may show `asked` again: none, one, or all about its subject and its cases."""
    judgement, found = desk.judgement, tuple[Record, ...]()
    if judgement.recall is not None:
        (record,), _ = judgement.recall.find((asked.question,), CHECKED)
        found = () if record is None else (record,)
    elif kept := judgement.kept.get(asked.subject):
        binding = desk.binder.bind(asked.question) if asked.cases else ""
        found = tuple(r for r in kept if not asked.cases or r.binding == binding)
    if not any((asked.subject, asked.cases, r.binding) in desk.unfit for r in found) and found:
        return found
    return _near(desk, asked) if judgement.near else ()


def _near(desk: Desk, asked: Asked) -> tuple[Record, ...]:
    """Return the proof that is stored of what `asked` was before an edit, to be tried on what it is now; none, or one.

    Of stories it would not be known that none is shorter. A proof for options of readings has a history with these.
    """
    kept = desk.judgement.kept.get(asked.subject, ())
    if asked.cases:
        fixed = asked.cases[0].fixed
        said = next((r.said for r in kept[1:] if _options(r.said).items() >= dict(fixed).items()), None)
    else:
        said = kept[0].said if kept and "fails" not in kept[0].said else None
    if said is None:
        return ()
    record = Record(desk.binder.bind(asked.question), fitted(said, asked.question.system))
    return () if (asked.subject, asked.cases, record.binding) in desk.unfit else (record,)


def _options(said: Said) -> Mapping[str, Json]:
    """Return the parameters of the history that a proof is stored with."""
    match said:
        case {"holds": _, "witness": {"parameters": dict(given)}}:
            return given
        case _:
            return {}


def _submit(  # noqa: PLR0913  a task, part by part
    desk: Desk,
    group: tuple[Asked, ...],
    *,
    bound: tuple[str, ...],
    helpers: tuple[Question, ...] = (),
    stored: tuple[tuple[Record, ...], ...] = (),
    follows: int | None = None,
) -> None:
    """Hand `group` to the crew as one task."""
    budget = desk.budget.share(_SHARE) if group[0].cases else replace(desk.budget, options=None)
    questions, manners = tuple(a.question for a in group), tuple(a.manner for a in group)
    readings = tuple(_to_tell(desk.judgement, a) for a in group) if stored else ()
    task = Task(
        desk.crew.number(), questions[0].system, questions, budget, manners, helpers, stored, bound, follows,
        not stored, readings,
    )  # fmt: skip
    desk.tasks[task.number] = group
    desk.asked += len(group)
    desk.out.update(a.subject for a in group)
    desk.crew.submit(task)


def _to_tell(judgement: Judgement, asked: Asked) -> Readings | None:
    """Return what bears on the readings of the question, if its story is to be told again for them."""
    subject = judgement.subjects[asked.subject]
    return None if asked.cases or subject.origin == "liveness" else readings_of(subject)


CHECKED = "check"
"""The manner, to a `Recall`, in which `decide` asks."""


def _helpers(judgement: Judgement, group: Sequence[Asked]) -> tuple[Question, ...]:
    """Return the lemmas about the system of `group` that are not asked in it anyway, and guesses about pairs."""
    system, asked = group[0].question.system.rules(), {id(a.question) for a in group}
    own = [q for q in judgement.lemmas if q.system.name == system.name]  # others may be there already, or not yet
    same = {id(s): s.rules() == system for s in {id(q.system): q.system for q in own}.values()}
    alike = tuple(q for q in own if id(q) not in asked and same[id(q.system)])
    claim = judgement.subjects[group[0].subject].claim
    return alike if claim is None else (*alike, *pairs.helpers(claim, own))


def _groups(desk: Desk, asked: Sequence[Asked], *, whole: bool) -> Iterator[tuple[Asked, ...]]:
    """Yield `asked` by system, assumptions aside: what they share is then built once. Large groups are cut, or `whole`.

    Questions that see much the same go together: the less a task sees, the faster it is.

    Which questions go together never depends on the machine: neither do the stories then.
    """
    judgement = desk.judgement
    by_system: dict[str, list[Asked]] = {}
    for each in asked:
        by_system.setdefault(desk.binder.bind_system(each.question.system), []).append(each)
    for group in by_system.values():
        pieces = 1 if whole else max(1, round(len(group) / _TOGETHER))
        if pieces > 1:
            seen = {id(a): judgement.subjects[a.subject].policy.influence.seen(a.question) for a in group}
            group.sort(key=lambda a: (len(seen[id(a)]), sorted(seen[id(a)])))
        for i in range(pieces):
            yield tuple(group[i * len(group) // pieces : (i + 1) * len(group) // pieces])


_SHARE = 2
"""Each option of a reading gets this part of a claim's budget: the claim itself is already known to fail."""

_AT_ONCE = 8
"""So many stored answers are shown again in one task: few enough to keep all cores busy to the end."""

_TOGETHER = 12
"""So many questions share what is built for them; more would leave other cores idle."""
