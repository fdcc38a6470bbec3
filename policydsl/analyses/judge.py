"""Every subject decided: the work over processes, what follows from each answer, the answers in order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial

from policydsl.analyses import pairs
from policydsl.analyses.again import Shown, alike
from policydsl.analyses.cases import open_cases
from policydsl.analyses.dispatch import CHECKED, Aside, Asked, Desk, search, send, show
from policydsl.analyses.judgement import Bug, Judgement, News
from policydsl.analyses.readings import fix
from policydsl.analyses.subjects import Subject, manner_of, readings_of
from policydsl.analyses.tasks import Answered, Done, Errand, Failed, Judge, Lost, Message, Ran, Task, Tried, Unfit
from policydsl.analyses.workers import Crew
from policydsl.base.records import dataclass
from policydsl.core.show import Binder
from policydsl.core.system import Question
from policydsl.engines.verdict import Budget, Manner, Record, Refuted, SemanticsDisagreeError, Unknown, Verdict


@dataclass(frozen=True, slots=True)
class Batch:
    """More to decide, once it is loaded: all there is about a policy. `kept` are stored answers by subject, from 0.

    `confirmed` says what some of these have shown already: they are not shown again.
    The first of `asides` may answer which clauses are dead: what is left of that is asked afterwards.
    """

    subjects: tuple[Subject, ...] = ()
    lemmas: tuple[Question, ...] = ()
    kept: Mapping[int, tuple[Record, ...]] = field(default_factory=dict)
    confirmed: Mapping[int, Shown] = field(default_factory=dict)
    asides: tuple[Aside, ...] = ()


def decide(  # noqa: PLR0913  what it decides, by whom, and how
    judgement: Judgement,
    budget: Budget,
    jobs: int,
    on_news: Callable[[News], None],
    judge: Judge | None = None,
    *,
    more: Iterable[Batch] = (),
) -> None:
    """Fill `judgement`. What is in it is good at any moment, so that an interruption loses nothing.

    `more` comes to what is there while workers are at what came before; an empty batch has them begin with that, and
    lets what they say be heard. Stored answers to it are shown again at once, searches for others begin when all is
    there.
    So many `jobs` do the work, each as `judge` has it.

    Gives:    a verdict for every subject; for refuted claims and obligations also one under each reading they see.
    Raises:   `KeyboardInterrupt` as it comes; exceptions in workers are collected as bugs.
    """
    with Crew(jobs, judge) as crew:
        hear, steps = begin(judgement, budget, crew, on_news, more)
        for batch in steps:
            for message in crew.messages(patient=False) if batch == Batch() else ():
                hear(message)
        for message in crew.messages():
            hear(message)
    judgement.complete = True


def begin(
    judgement: Judgement,
    budget: Budget,
    crew: Crew,
    on_news: Callable[[News], None],
    more: Iterable[Batch],
) -> tuple[Callable[[Message], None], Iterator[object]]:
    """Return what fills `judgement` as `decide` does: what is to hear all that `crew` says of it, and steps to take.

    Each step has the crew begin with one batch of `more`; what it says may be heard between them.
    """
    binder = Binder() if judgement.recall is None else judgement.recall.binder
    desk = Desk(judgement, crew, budget, on_news, binder)
    return partial(_hear, desk), _steps(desk, more)


def _steps(desk: Desk, more: Iterable[Batch]) -> Iterator[Batch]:
    later = _begin(desk, range(len(desk.judgement.subjects)), ())
    for batch in more:
        later += _add(desk, batch)
        yield batch
    alive = [a for a in later if desk.judgement.subjects[a.subject].origin == "liveness"]
    search(desk, [a for a in later if a not in alive])
    search(desk, alive)  # some of that may turn out meanwhile


def _add(desk: Desk, batch: Batch) -> list[Asked]:
    """Take `batch` in; return what is to be searched for later."""
    judgement, first = desk.judgement, len(desk.judgement.subjects)
    judgement.subjects += batch.subjects
    judgement.lemmas += batch.lemmas
    judgement.kept |= {first + i: records for i, records in batch.kept.items()}
    desk.confirmed |= {first + i: shown for i, shown in batch.confirmed.items()}
    return _begin(desk, range(first, len(judgement.subjects)), batch.asides)


def _begin(desk: Desk, new: Sequence[int], asides: Sequence[Aside]) -> list[Asked]:
    """Have stored answers to `new` subjects shown again, and `asides` done; return what is to be searched for later.

    What may turn out alive waits for the first of `asides`.
    """
    subjects, errands = desk.judgement.subjects, [aside for aside in asides if aside.known is None]
    for aside in asides:
        if aside.known is not None:
            aside.take(aside.known)
    open_ = [i for i in new if i not in desk.judgement.verdicts]
    asked = [Asked(i, subjects[i].question, manner_of(subjects[i])) for i in open_]
    waits = bool(asides) and asides[0].known is None
    waiting = [a for a in asked if waits and subjects[a.subject].origin == "liveness"]
    for aside in errands:
        desk.crew.submit(Errand(len(desk.asides), aside.work, aside.given))
        desk.asides.append((aside, waiting if aside is asides[0] else []))
    return show(desk, _open(desk, [a for a in asked if a not in waiting]))


def _open(desk: Desk, asked: Sequence[Asked]) -> list[Asked]:
    """Take what is confirmed already of `asked`; return the others."""
    known = [a for a in asked if a.subject in desk.confirmed]
    for each in known:
        shown = desk.confirmed[each.subject]
        desk.asked += 1
        desk.out[each.subject] += 1
        _take_cases(desk, each, shown, checked=True)
        _record(desk, each, shown.verdict, checked=True)
    if known:
        send(desk, _next(desk, known))
    return [a for a in asked if a.subject not in desk.confirmed]


def _hear(desk: Desk, message: Message) -> None:
    judgement = desk.judgement
    match message:
        case Answered(task=task, index=index, verdict=verdict, shown=shown):
            asked = desk.tasks[task.number][index]
            if shown is not None:
                _take_cases(desk, asked, shown)
            _record(desk, asked, verdict)
        case Unfit(task=task, index=index, reason=reason):
            judgement.unfit[desk.tasks[task.number][index].subject] = reason
            _take_back(desk, task, index)
        case Tried(key=key, attempt=attempt):
            desk.on_news(News(desk.answered, desk.asked, key, attempt))
        case Lost(task=task, left=left, reason=reason, bug=bug):
            group = desk.tasks[task.number]
            for index in left:
                _record(desk, group[index], Unknown("a bug in policydsl" if bug else reason, ()))
            if bug is not None:
                judgement.bugs.append(Bug(task.questions[left[0]].key if left else "", reason, bug))
            _go_on(desk, group)
        case Done(task=task):
            _go_on(desk, desk.tasks[task.number], task.number)
        case Ran(errand=errand, result=result):
            _put_aside(desk, errand, result)
        case Failed(errand=errand):
            _put_aside(desk, errand, errand.work(errand.given))


def _put_aside(desk: Desk, errand: Errand, result: object) -> None:
    """Hand on what came of an errand, and ask what it has left open."""
    aside, alive = desk.asides[errand.number]
    aside.take(result)
    send(desk, _open(desk, [a for a in alive if a.subject not in desk.judgement.verdicts]))


def _take_back(desk: Desk, task: Task, index: int) -> None:
    """Have a question whose stored answer is of no use asked again."""
    asked = desk.tasks[task.number][index]
    desk.unfit.update((asked.subject, asked.cases, record.binding) for record in task.stored[index])
    desk.again.append(asked)
    desk.out[asked.subject] -= 1
    desk.asked -= 1


def _go_on(desk: Desk, group: Sequence[Asked], follows: int | None = None) -> None:
    """Send what follows from the answers to `group`, which were those to the task that it `follows`."""
    again, desk.again = desk.again, []
    send(desk, again)
    send(desk, _next(desk, group), follows)


def _take_cases(desk: Desk, asked: Asked, shown: Shown, *, checked: bool = False) -> None:
    """Record what was shown of the cases of a question's readings."""
    if not asked.cases:
        desk.judgement.shown[asked.subject] = shown
    if told := shown.cases():
        desk.judgement.cases.setdefault(asked.subject, {}).update(told)
    question = desk.judgement.subjects[asked.subject].question
    for same, verdict in shown.answered:
        desk.asked += 1
        desk.out[asked.subject] += 1
        _record(desk, Asked(asked.subject, fix(question, same[0]), asked.manner, same), verdict, checked=checked)
    if shown.settled and not asked.cases:  # of a case it says nothing about others
        desk.settled.add(asked.subject)


def _record(desk: Desk, asked: Asked, verdict: Verdict, *, checked: bool = False) -> None:
    """Record a verdict; `checked` if an earlier run has looked at both halves of its stories."""
    desk.answered += 1
    desk.out[asked.subject] -= 1
    claim = desk.judgement.subjects[asked.subject].claim
    try:
        if not checked:
            pairs.check_stories(claim, asked.question, verdict)
    except SemanticsDisagreeError as error:
        desk.judgement.bugs.append(Bug(asked.question.key, "two histories told wrongly", str(error)))
        verdict = Unknown("a bug in policydsl", ())
    desk.judgement.answers.append((asked.subject, asked.question, verdict))
    if desk.judgement.recall is not None:
        desk.judgement.recall.keep(asked.question, CHECKED, verdict)
    if not asked.cases:
        desk.judgement.verdicts[asked.subject] = verdict
    for case in asked.cases:
        desk.judgement.cases.setdefault(asked.subject, {})[case] = verdict
    desk.on_news(News(desk.answered, desk.asked, asked.question.key, ""))


def _next(desk: Desk, group: Sequence[Asked]) -> list[Asked]:
    """Return what is to be asked now that `group` is answered: the refuted ones again, reading by reading."""
    judgement, found = desk.judgement, list[Asked]()
    for index in dict.fromkeys(a.subject for a in group if a.subject not in desk.settled):
        subject, verdict = judgement.subjects[index], judgement.verdicts.get(index)
        if subject.origin != "liveness" and isinstance(verdict, Refuted) and not desk.out[index]:
            known = judgement.cases.setdefault(index, {})
            fresh = open_cases(subject.question, readings_of(subject), verdict, known, judgement.looks)
            for same in alike(fresh):
                # The claim's own story is told already: how it goes under an option needs no great care.
                # Nor is it shorter: its histories are among those of the claim.
                expected = same[0].reading in readings_of(subject).expected
                manner = Manner("retelling", not expected, verdict.clear)
                found.append(Asked(index, fix(subject.question, same[0]), manner, same))
    return found


def find_others(judgement: Judgement, most: int, budget: Budget, on_news: Callable[[News], None]) -> None:
    """Add to each refuted claim up to `most` counterexamples besides its own, different in what happens.

    An interruption loses none of those found before.
    """
    from policydsl.engines.witnesses import others  # noqa: PLC0415  loads the solver

    known = [(i, s.question, v) for i, s in enumerate(judgement.subjects) if (v := judgement.verdicts.get(i))]
    failed = [(i, q, v) for i, q, v in known if isinstance(v, Refuted) and judgement.subjects[i].origin == "claim"]
    for done, (i, question, verdict) in enumerate(failed):
        on_news(News(done, len(failed), question.key, "other stories"))
        judgement.others[i] = others(question, verdict, most, budget)
