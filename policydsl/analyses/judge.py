"""Every claim, obligation and clause of what was loaded, decided: the work over processes, the answers in order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, TypeAlias

from policydsl.analyses import pairs
from policydsl.analyses.again import Shown, alike
from policydsl.analyses.cases import Readings, open_cases, splits, together
from policydsl.analyses.readings import Case, Looks, Split, fix
from policydsl.analyses.recall import Recall
from policydsl.analyses.tasks import Answered, Done, Errand, Failed, Judge, Lost, Message, Ran, Task, Tried, Unfit
from policydsl.analyses.workers import Crew
from policydsl.core.show import Binder
from policydsl.core.system import Obligation, Question, System
from policydsl.engines.verdict import Budget, Manner, Record, Refuted, SemanticsDisagreeError, Unknown, Verdict
from policydsl.front.loaded import LoadedClaim, LoadedClaims, LoadedPolicy

Origin: TypeAlias = Literal["claim", "obligation", "liveness"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to decide: a claim, an obligation of the policy, or (`liveness`) whether a clause is dead."""

    policy: LoadedPolicy
    origin: Origin
    question: Question
    claim: LoadedClaim | None = None
    obligation: Obligation | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is known of a subject: None before it is decided. All but that only where it is refuted.

    `others` are more counterexamples, if they were asked for; `together` are pairs of readings with their options under
    which it is proved, though it fails under all options of each of the two alone.
    """

    subject: Subject
    verdict: Verdict | None
    splits: tuple[Split, ...] = ()
    others: tuple[Refuted, ...] = ()
    together: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Bug:
    """An exception in policydsl, with its traceback."""

    subject: str
    reason: str
    trace: str


@dataclass(frozen=True, slots=True)
class News:
    """So many of all questions known so far are answered; `about` is the one at hand, `attempt` what is tried."""

    answered: int
    asked: int
    about: str
    attempt: str


@dataclass(slots=True)
class Judgement:
    """All decisions, in the order of the subjects, as far as they are made.

    `lemmas` are questions that may help others, whether or not they are subjects themselves. `stored` are answers by
    what they are bound to, `kept` those by the subject that they and its cases are about; a `recall` takes their place.
    `unfit` says, by subject, why a stored answer could not be
    used, `searched` which subjects needed a search. `answers` are all questions that were put to a worker, with the
    subject they are asked for.
    """

    subjects: tuple[Subject, ...]
    lemmas: tuple[Question, ...] = ()
    stored: Mapping[str, Record] = field(default_factory=dict)
    kept: dict[int, tuple[Record, ...]] = field(default_factory=dict)
    recall: Recall | None = None
    unfit: dict[int, str] = field(default_factory=dict)
    searched: set[int] = field(default_factory=set)
    answers: list[tuple[int, Question, Verdict]] = field(default_factory=list)
    looks: Looks = field(default_factory=Looks)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    cases: dict[int, dict[Case, Verdict]] = field(default_factory=dict)
    others: dict[int, tuple[Refuted, ...]] = field(default_factory=dict)
    bugs: list[Bug] = field(default_factory=list)
    complete: bool = False

    def decisions(self) -> tuple[Decision, ...]:
        """Return what is known now."""
        return tuple(
            Decision(subject, self.verdicts.get(i), splits(cases), self.others.get(i, ()), together(cases))
            for i, subject in enumerate(self.subjects)
            for cases in (self.cases.get(i, {}),)
        )


def subjects_of(policies: Sequence[LoadedPolicy], claims: Sequence[LoadedClaims]) -> tuple[Subject, ...]:
    """Return everything there is to decide, in document order: obligations, liveness, claims, policy by policy."""
    found: list[Subject] = []
    for policy in policies:
        system = policy.system
        kinds: tuple[tuple[Origin, tuple[Obligation, ...]], ...]
        kinds = (("obligation", system.obligations), ("liveness", policy.liveness))
        for origin, owed in kinds:
            for o in owed:
                question = Question(o.key, system, o.property, None)
                found.append(Subject(policy, origin, question, obligation=o, path=policy.path))
        found += [s for file in claims if file.policy is policy for s in claims_in(file)]
    return tuple(found)


def claims_in(file: LoadedClaims) -> tuple[Subject, ...]:
    """Return the claims in `file`."""
    return tuple(Subject(file.policy, "claim", c.question, claim=c, path=file.path) for c in file.claims)


def lemmas_of(claims: Sequence[LoadedClaims]) -> tuple[Question, ...]:
    """Return the claims that are there to help others."""
    return tuple(c.question for file in claims for c in file.claims if c.kind == "lemma")


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


# --- the work ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way, whose it is, and the cases that it answers (none: all readings are free)."""

    subject: int
    question: Question
    manner: Manner
    cases: tuple[Case, ...] = ()


@dataclass(eq=False, slots=True)
class _Desk:
    """What is on its way: the tasks by number, and how many questions of each subject are still out.

    `unfit` are stored answers that turned out useless, by what they were to show, and `again` what that was.
    Of `settled` subjects a worker has told all cases of their readings. `asides` are by the number of their errand,
    each with the questions that wait for it, `second` tasks with what was left by a worker that died.
    """

    judgement: Judgement
    crew: Crew
    budget: Budget
    on_news: Callable[[News], None]
    binder: Binder
    tasks: dict[int, tuple[_Asked, ...]] = field(default_factory=dict)
    out: Counter[int] = field(default_factory=Counter)
    unfit: set[tuple[int, tuple[Case, ...], str]] = field(default_factory=set)
    again: list[_Asked] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    asides: list[tuple["Aside", list[_Asked]]] = field(default_factory=list)
    second: set[int] = field(default_factory=set)
    asked: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """Something else for a worker to do: `take` gets what `work`, a function of some module, returns of `given`."""

    given: object
    work: Callable[[Any], object]
    take: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Batch:
    """More to decide, once it is loaded: all there is about a policy. `kept` are stored answers by subject, from 0.

    The first of `asides` may answer which clauses are dead: what is left of that is asked afterwards. `bound` are
    hashes of systems, as far as they are known.
    """

    subjects: tuple[Subject, ...] = ()
    lemmas: tuple[Question, ...] = ()
    kept: Mapping[int, tuple[Record, ...]] = field(default_factory=dict)
    asides: tuple[Aside, ...] = ()
    bound: tuple[tuple[System, str], ...] = ()


def decide(  # noqa: PLR0913  what it decides, by whom, and how
    judgement: Judgement,
    budget: Budget,
    jobs: int,
    on_news: Callable[[News], None],
    judge: Judge | None = None,
    *,
    meanwhile: Callable[[], None] = lambda: None,
    more: Iterable[Batch] = (),
    crew: Crew | None = None,
) -> None:
    """Fill `judgement`. What is in it is good at any moment, so that an interruption loses nothing.

    `meanwhile` is done while workers are at the claims and obligations; it may answer questions about dead clauses.
    `more` comes to what is there while workers are at what came before; an empty batch has them begin with that, and
    lets what they say be heard. Stored answers to it are shown again at once, searches for others begin when all is
    there.
    `crew` does the work, and stays; without one, one of so many `jobs` and of `judge` is there as long as it is needed.

    Gives:    a verdict for every subject; for refuted claims and obligations also one under each reading they see.
    Raises:   `KeyboardInterrupt` as it comes; exceptions in workers are collected as bugs.
    """
    with Crew(jobs, judge) if crew is None else nullcontext(crew) as workers:
        desk = _begun(judgement, budget, workers, on_news, meanwhile)
        later: list[_Asked] = []
        for batch in more:
            later += _add(desk, batch)
            for message in workers.messages(patient=False) if batch == Batch() else ():
                _hear(desk, message)
        alive = [a for a in later if judgement.subjects[a.subject].origin == "liveness"]
        _search(desk, [a for a in later if a not in alive])
        _search(desk, alive)
        for message in workers.messages():
            _hear(desk, message)
    judgement.complete = True


def begin(
    judgement: Judgement,
    budget: Budget,
    crew: Crew,
    on_news: Callable[[News], None],
    meanwhile: Callable[[], None] = lambda: None,
) -> Callable[[Message], None]:
    """Have `crew` begin to fill `judgement`, as `decide` does; return what is to hear all that it says of it."""
    return partial(_hear, _begun(judgement, budget, crew, on_news, meanwhile))


def _begun(
    judgement: Judgement, budget: Budget, crew: Crew, on_news: Callable[[News], None], meanwhile: Callable[[], None]
) -> _Desk:
    binder = Binder() if judgement.recall is None else judgement.recall.binder
    desk = _Desk(judgement, crew, budget, on_news, binder)
    open_ = [(i, s) for i, s in enumerate(judgement.subjects) if i not in judgement.verdicts]
    asked = [_Asked(i, s.question, manner_of(s)) for i, s in open_]
    _send(desk, [a for a in asked if judgement.subjects[a.subject].origin != "liveness"])
    crew.start()
    meanwhile()
    _send(desk, [a for a in asked if a.subject not in judgement.verdicts and not desk.out[a.subject]])
    return desk


def _add(desk: _Desk, batch: Batch) -> list[_Asked]:
    """Take `batch` in; return what is to be searched for later."""
    judgement, first = desk.judgement, len(desk.judgement.subjects)
    judgement.subjects += batch.subjects
    judgement.lemmas += batch.lemmas
    judgement.kept |= {first + i: records for i, records in batch.kept.items()}
    for system, bound in batch.bound:
        desk.binder.learn(system, bound)
    return _begin(desk, range(first, len(judgement.subjects)), batch.asides)


def _begin(desk: _Desk, new: Sequence[int], asides: Sequence[Aside]) -> list[_Asked]:
    """Have stored answers to `new` subjects shown again, and `asides` done; return what is to be searched for later.

    What may turn out alive waits for the first of `asides`.
    """
    subjects = desk.judgement.subjects
    asked = [_Asked(i, subjects[i].question, manner_of(subjects[i])) for i in new]
    waiting = [a for a in asked if asides and subjects[a.subject].origin == "liveness"]
    for aside in asides:
        desk.crew.submit(Errand(len(desk.asides), aside.work, aside.given))
        desk.asides.append((aside, waiting if aside is asides[0] else []))
    return _show(desk, [a for a in asked if a not in waiting])


def _hear(desk: _Desk, message: Message) -> None:
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
        case Lost(task=task, left=left, died=True) if left and task.number not in desk.second:
            _try_again(desk, task, left)
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


def _try_again(desk: _Desk, task: Task, left: Sequence[int]) -> None:
    """Have what a worker that died has left tried once more, by another one."""
    group = desk.tasks[task.number]
    again = tuple(group[i] for i in left)
    desk.asked -= len(again)
    desk.out.subtract(a.subject for a in again)
    stored = tuple(task.stored[i] for i in left) if task.stored else ()
    bound = tuple(task.bound[i] for i in left) if task.bound else ()
    desk.second.add(_submit(desk, again, bound=bound, helpers=task.helpers, stored=stored))
    _go_on(desk, [a for i, a in enumerate(group) if i not in left])


def _put_aside(desk: _Desk, errand: Errand, result: object) -> None:
    """Hand on what came of an errand, and ask what it has left open."""
    aside, alive = desk.asides[errand.number]
    aside.take(result)
    _send(desk, [a for a in alive if a.subject not in desk.judgement.verdicts])


def manner_of(subject: Subject) -> Manner:
    """Return how to ask: nobody reads the story of a clause that is alive; what is expected to fail is tried first."""
    if subject.origin == "liveness":
        return Manner("verdict", suspect=True)
    claim = subject.claim
    return Manner(suspect=claim is not None and (claim.expect != "holds") != claim.possible)


def _take_back(desk: _Desk, task: Task, index: int) -> None:
    """Have a question whose stored answer is of no use asked again."""
    asked = desk.tasks[task.number][index]
    desk.unfit.update((asked.subject, asked.cases, record.binding) for record in task.stored[index])
    desk.again.append(asked)
    desk.out[asked.subject] -= 1
    desk.asked -= 1


def _go_on(desk: _Desk, group: Sequence[_Asked], follows: int | None = None) -> None:
    """Send what follows from the answers to `group`, which were those to the task that it `follows`."""
    again, desk.again = desk.again, []
    _send(desk, again)
    _send(desk, _next(desk, group), follows)


def _send(desk: _Desk, asked: Sequence[_Asked], follows: int | None = None) -> None:
    """Hand `asked` to the crew: what has a stored answer to show it again, the others to be searched for."""
    _search(desk, _show(desk, asked), follows)


def _show(desk: _Desk, asked: Sequence[_Asked]) -> list[_Asked]:
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


def _search(desk: _Desk, asked: Sequence[_Asked], follows: int | None = None) -> None:
    """Have the answers to `asked` searched for.

    They go in tasks of like systems, the dear ones first: no core then waits for the last. If they come of the
    answers to the task that they `follow`, they go to the worker that gave these.
    """
    groups = _groups(desk, asked, whole=follows is not None)
    for group in sorted(groups, key=partial(_weight, desk), reverse=True):
        desk.judgement.searched.update(a.subject for a in group)
        _submit(desk, group, helpers=_helpers(desk.judgement, group), bound=_hashes(desk, group), follows=follows)


def _hashes(desk: _Desk, group: Sequence[_Asked]) -> tuple[str, ...]:
    return tuple(desk.binder.bind_system(a.question.system) for a in group)


def _weight(desk: _Desk, group: Sequence[_Asked]) -> tuple[bool, int]:
    """Return what makes questions dear: two histories, then how many they are."""
    return _is_dear(desk, group[0]), len(group)


def _is_dear(desk: _Desk, asked: _Asked) -> bool:
    claim = desk.judgement.subjects[asked.subject].claim
    return claim is not None and claim.pair is not None


def _known(desk: _Desk, asked: _Asked) -> tuple[Record, ...]:
    """Return the stored answers that may show `asked` again: none, one, or all about its subject and its cases."""
    judgement, found = desk.judgement, tuple[Record, ...]()
    if judgement.recall is not None:
        (record,), _ = judgement.recall.find((asked.question,), CHECKED)
        found = () if record is None else (record,)
    elif not asked.cases and (kept := judgement.kept.get(asked.subject)):
        found = kept
    elif judgement.stored or judgement.kept:
        binding = desk.binder.bind(asked.question)
        own = {r.binding: r for r in judgement.kept.get(asked.subject, ())}
        record = own.get(binding) or judgement.stored.get(binding)
        found = () if record is None else (record,)
    return () if any((asked.subject, asked.cases, r.binding) in desk.unfit for r in found) else found


def _submit(  # noqa: PLR0913  a task, part by part
    desk: _Desk,
    group: tuple[_Asked, ...],
    *,
    bound: tuple[str, ...] = (),
    helpers: tuple[Question, ...] = (),
    stored: tuple[tuple[Record, ...], ...] = (),
    follows: int | None = None,
) -> int:
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
    return task.number


def _to_tell(judgement: Judgement, asked: _Asked) -> Readings | None:
    """Return what bears on the readings of the question, if its story is to be told again for them."""
    subject = judgement.subjects[asked.subject]
    return None if asked.cases or subject.origin == "liveness" else readings_of(subject)


CHECKED = "check"
"""The manner, to a `Recall`, in which `decide` asks."""


def _helpers(judgement: Judgement, group: Sequence[_Asked]) -> tuple[Question, ...]:
    """Return the lemmas about the system of `group` that are not asked in it anyway, and guesses about pairs."""
    system, asked = _bare(group[0].question.system), {id(a.question) for a in group}
    own = [q for q in judgement.lemmas if q.system.name == system.name]  # others may be there already, or not yet
    alike = tuple(q for q in own if id(q) not in asked and _bare(q.system) == system)
    claim = judgement.subjects[group[0].subject].claim
    return alike if claim is None else (*alike, *pairs.helpers(claim, own))


def _bare(system: System) -> System:
    return replace(system, assumptions=(), obligations=())


def _groups(desk: _Desk, asked: Sequence[_Asked], *, whole: bool) -> Iterator[tuple[_Asked, ...]]:
    """Yield `asked` by system, assumptions aside: what they share is then built once. Large groups are cut, or `whole`.

    Questions that see much the same go together: the less a task sees, the faster it is.

    Which questions go together never depends on the machine: neither do the stories then.
    """
    judgement = desk.judgement
    by_system: dict[str, list[_Asked]] = {}
    for each in asked:
        by_system.setdefault(desk.binder.bind_system(each.question.system), []).append(each)
    for group in by_system.values():
        pieces = 1 if whole else max(1, round(len(group) / _TOGETHER))
        if pieces > 1:
            seen = {id(a): judgement.subjects[a.subject].policy.influence.seen(a.question) for a in group}
            group.sort(key=lambda a: (len(seen[id(a)]), sorted(seen[id(a)])))
        for i in range(pieces):
            yield tuple(group[i * len(group) // pieces : (i + 1) * len(group) // pieces])


_SHARE = 4
"""Each option of a reading gets this part of a claim's budget: the claim itself is already known to fail."""

_AT_ONCE = 8
"""So many stored answers are shown again in one task: few enough to keep all cores busy to the end."""

_TOGETHER = 12
"""So many questions share what is built for them; more would leave other cores idle."""


def _take_cases(desk: _Desk, asked: _Asked, shown: Shown) -> None:
    """Record what was shown of the cases of a question's readings."""
    if told := shown.cases():
        desk.judgement.cases.setdefault(asked.subject, {}).update(told)
    question = desk.judgement.subjects[asked.subject].question
    for same, verdict in shown.answered:
        desk.asked += 1
        desk.out[asked.subject] += 1
        _record(desk, _Asked(asked.subject, fix(question, same[0]), asked.manner, same), verdict)
    if shown.settled:
        desk.settled.add(asked.subject)


def _record(desk: _Desk, asked: _Asked, verdict: Verdict) -> None:
    desk.answered += 1
    desk.out[asked.subject] -= 1
    claim = desk.judgement.subjects[asked.subject].claim
    try:
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


# --- readings ------------------------------------------------------------------------------------


def _next(desk: _Desk, group: Sequence[_Asked]) -> list[_Asked]:
    """Return what is to be asked now that `group` is answered: the refuted ones again, reading by reading."""
    judgement, found = desk.judgement, list[_Asked]()
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
                found.append(_Asked(index, fix(subject.question, same[0]), manner, same))
    return found


def readings_of(subject: Subject) -> Readings:
    """Return what bears on the readings of `subject`."""
    claim, policy = subject.claim, subject.policy
    expected = frozenset(claim.on_readings) if claim is not None and claim.expect == "depends" else frozenset[str]()
    return Readings(policy.system, policy.influence, expected)
