"""Every claim, obligation and clause of what was loaded, decided: the work over processes, the answers in order."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeAlias

from policydsl.analyses import pairs
from policydsl.analyses.readings import Case, Looks, Split, default_cases, fix, retell, single_cases, visible_readings
from policydsl.analyses.recall import Recall
from policydsl.analyses.workers import Answered, Crew, Done, Judge, Lost, Task, Tried, Unfit
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
    """What is known of a subject: None before it is decided. `splits` and `others` only where it is refuted.

    `others` are more counterexamples, if they were asked for.
    """

    subject: Subject
    verdict: Verdict | None
    splits: tuple[Split, ...] = ()
    others: tuple[Refuted, ...] = ()


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
    what they are bound to; a `recall` takes their place. `unfit` says, by subject, why a stored answer could not be
    used, `searched` which subjects needed a search. `answers` are all questions that were put to a worker, with the
    subject they are asked for.
    """

    subjects: tuple[Subject, ...]
    lemmas: tuple[Question, ...] = ()
    stored: Mapping[str, Record] = field(default_factory=dict)
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
            Decision(subject, self.verdicts.get(i), splits(self.cases.get(i, {})), self.others.get(i, ()))
            for i, subject in enumerate(self.subjects)
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
        for file in claims:
            if file.policy is policy:
                found.extend(Subject(policy, "claim", c.question, claim=c, path=file.path) for c in file.claims)
    return tuple(found)


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

    `unfit` are stored answers that turned out useless, by what they are bound to, and `again` what they were asked for.
    """

    judgement: Judgement
    crew: Crew
    budget: Budget
    on_news: Callable[[News], None]
    tasks: dict[int, tuple[_Asked, ...]] = field(default_factory=dict)
    out: Counter[int] = field(default_factory=Counter)
    binder: Binder = field(default_factory=Binder)
    unfit: set[str] = field(default_factory=set)
    again: list[_Asked] = field(default_factory=list)
    asked: int = 0
    answered: int = 0


def decide(  # noqa: PLR0913  what it decides, by whom, and how
    judgement: Judgement,
    budget: Budget,
    jobs: int,
    on_news: Callable[[News], None],
    judge: Judge | None = None,
    *,
    meanwhile: Callable[[], None] = lambda: None,
    crew: Crew | None = None,
) -> None:
    """Fill `judgement`. What is in it is good at any moment, so that an interruption loses nothing.

    `meanwhile` is done while workers are at the claims and obligations; it may answer questions about dead clauses.
    `crew` does the work, and stays; without one, one of so many `jobs` and of `judge` is there as long as it is needed.

    Gives:    a verdict for every subject; for refuted claims and obligations also one under each reading they see.
    Raises:   `KeyboardInterrupt` as it comes; exceptions in workers are collected as bugs.
    """
    with Crew(jobs, judge) if crew is None else nullcontext(crew) as workers:
        desk = _Desk(judgement, workers, budget, on_news)
        open_ = [(i, s) for i, s in enumerate(judgement.subjects) if i not in judgement.verdicts]
        asked = [_Asked(i, s.question, manner_of(s)) for i, s in open_]
        _send(desk, [a for a in asked if judgement.subjects[a.subject].origin != "liveness"])
        workers.start()
        meanwhile()
        _send(desk, [a for a in asked if a.subject not in judgement.verdicts and not desk.out[a.subject]])
        for message in workers.messages():
            match message:
                case Answered(task=task, index=index, verdict=verdict):
                    _record(desk, desk.tasks[task.number][index], verdict)
                case Unfit(task=task, index=index, reason=reason):
                    judgement.unfit[desk.tasks[task.number][index].subject] = reason
                    _take_back(desk, task, index)
                case Tried(key=key, attempt=attempt):
                    on_news(News(desk.answered, desk.asked, key, attempt))
                case Lost(task=task, left=left, reason=reason, bug=bug):
                    group = desk.tasks[task.number]
                    for index in left:
                        _record(desk, group[index], Unknown("a bug in policydsl" if bug else reason, ()))
                    if bug is not None:
                        judgement.bugs.append(Bug(task.questions[left[0]].key if left else "", reason, bug))
                    _go_on(desk, group)
                case Done(task=task):
                    _go_on(desk, desk.tasks[task.number], task.number)
    judgement.complete = True


def manner_of(subject: Subject) -> Manner:
    """Return how to ask: nobody reads the story of a clause that is alive; what is expected to fail is tried first."""
    if subject.origin == "liveness":
        return Manner("verdict", suspect=True)
    claim = subject.claim
    return Manner(suspect=claim is not None and (claim.expect != "holds") != claim.possible)


def _take_back(desk: _Desk, task: Task, index: int) -> None:
    """Have a question whose stored answer is of no use asked again."""
    record, asked = task.stored[index], desk.tasks[task.number][index]
    assert record is not None
    desk.unfit.add(record.binding)
    desk.again.append(asked)
    desk.out[asked.subject] -= 1
    desk.asked -= 1


def _go_on(desk: _Desk, group: Sequence[_Asked], follows: int | None = None) -> None:
    """Send what follows from the answers to `group`, which were those to the task that it `follows`."""
    again, desk.again = desk.again, []
    _send(desk, again)
    _send(desk, _next(desk.judgement, desk.out, group), follows)


def _send(desk: _Desk, asked: Sequence[_Asked], follows: int | None = None) -> None:
    """Hand `asked` to the crew: what has a stored answer to show it again, the others to be searched for.

    The latter go in tasks of like systems, the dear ones first: no core then waits for the last. If they come of the
    answers to the task that they `follow`, they go to the worker that gave these.
    """
    stored: list[tuple[_Asked, Record]] = []
    open_: list[_Asked] = []
    for each in asked:
        record = _known(desk, each.question)
        if record is None:
            open_.append(each)
        else:
            stored.append((each, record))
    for i in range(0, len(stored), _AT_ONCE):
        piece = stored[i : i + _AT_ONCE]
        group, records = tuple(a for a, _ in piece), tuple(r for _, r in piece)
        bound = tuple(desk.binder.bind_system(a.question.system) for a in group)
        _submit(desk, group, stored=records, bound=bound)
    groups = _groups(desk, open_, whole=follows is not None)
    for alike in sorted(groups, key=partial(_weight, desk.judgement), reverse=True):
        desk.judgement.searched.update(a.subject for a in alike)
        hashes = tuple(desk.binder.bind_system(a.question.system) for a in alike)
        _submit(desk, alike, helpers=_helpers(desk.judgement, alike), bound=hashes, follows=follows)


def _weight(judgement: Judgement, group: Sequence[_Asked]) -> tuple[bool, int]:
    """Return what makes questions dear: two histories, then how many they are."""
    claim = judgement.subjects[group[0].subject].claim
    return claim is not None and claim.pair is not None, len(group)


def _known(desk: _Desk, question: Question) -> Record | None:
    """Return the stored answer to `question`; None if there is none, or none of use."""
    if desk.judgement.recall is not None:
        (record,), _ = desk.judgement.recall.find((question,), CHECKED)
    elif desk.judgement.stored:
        record = desk.judgement.stored.get(desk.binder.bind(question))
    else:
        record = None
    return None if record is None or record.binding in desk.unfit else record


def _submit(  # noqa: PLR0913  a task, part by part
    desk: _Desk,
    group: tuple[_Asked, ...],
    *,
    bound: tuple[str, ...],
    helpers: tuple[Question, ...] = (),
    stored: tuple[Record, ...] = (),
    follows: int | None = None,
) -> None:
    budget = desk.budget.share(_SHARE if group[0].cases else 1)
    questions, manners = tuple(a.question for a in group), tuple(a.manner for a in group)
    task = Task(
        desk.crew.number(), questions[0].system, questions, budget, manners, helpers, stored, bound, follows, not stored
    )
    desk.tasks[task.number] = group
    desk.asked += len(group)
    desk.out.update(a.subject for a in group)
    desk.crew.submit(task)


CHECKED = "check"
"""The manner, to a `Recall`, in which `decide` asks."""


def _helpers(judgement: Judgement, group: Sequence[_Asked]) -> tuple[Question, ...]:
    """Return the lemmas about the system of `group` that are not asked in it anyway, and guesses about pairs."""
    system, asked = _bare(group[0].question.system), {id(a.question) for a in group}
    alike = tuple(q for q in judgement.lemmas if id(q) not in asked and _bare(q.system) == system)
    claim = judgement.subjects[group[0].subject].claim
    return alike if claim is None else (*alike, *pairs.helpers(claim, judgement.lemmas))


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

_AT_ONCE = 16
"""So many stored answers are shown again in one task: few enough to keep all cores busy to the end."""

_TOGETHER = 12
"""So many questions share what is built for them; more would leave other cores idle."""


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


def _next(judgement: Judgement, out: Counter[int], group: Sequence[_Asked]) -> list[_Asked]:
    """Return what is to be asked now that `group` is answered: the refuted ones again, reading by reading."""
    found: list[_Asked] = []
    for index in dict.fromkeys(a.subject for a in group):
        subject, verdict = judgement.subjects[index], judgement.verdicts.get(index)
        if subject.origin != "liveness" and isinstance(verdict, Refuted) and not out[index]:
            known = judgement.cases.setdefault(index, {})
            alike: dict[tuple[tuple[str, str], ...], list[Case]] = {}
            for case in _open_cases(subject, verdict, known, judgement.looks):
                alike.setdefault(case.fixed, []).append(case)
            for same in alike.values():
                # The claim's own story is told already: how it goes under an option need not be a story again.
                # Nor is it shorter: its histories are among those of the claim.
                manner = Manner("verdict", same[0].reading not in _expected(subject), verdict.clear)
                found.append(_Asked(index, fix(subject.question, same[0]), manner, tuple(same)))
    return found


def _open_cases(subject: Subject, verdict: Refuted, known: dict[Case, Verdict], looks: Looks) -> list[Case]:
    """Return the cases still to be asked about; those that a story at hand answers are added to `known`.

    First the readings that the claim is expected to depend on; if it does, nothing else needs to be asked. Then each
    reading by itself; if none makes a difference, each with the others at their defaults. There an option undecided
    before stays so, and one that was refuted is retold from its own story.
    """
    question = subject.question
    readings = visible_readings(question, subject.policy.system, subject.policy.influence)
    singles = list(single_cases(question, readings))
    expected = _expected(subject)
    if expected:
        fresh = _untold(question, {c: verdict for c in singles if c.reading in expected}, known, looks)
        if fresh or expected <= {s.reading for s in splits(known) if s.separates}:
            return fresh
    fresh = _untold(question, dict.fromkeys(singles, verdict), known, looks)
    if fresh or len(readings) == 1 or any(s.separates for s in splits(known)):
        return fresh
    stories: dict[Case, Refuted] = {}
    single = {c.place: known[c] for c in singles}
    for case in default_cases(question, readings):
        before = single.get(case.place)
        if isinstance(before, Refuted):
            stories[case] = before
    return _untold(question, stories, known, looks)


def _expected(subject: Subject) -> frozenset[str]:
    """Return the readings on which the claim is expected to depend."""
    claim = subject.claim
    return frozenset(claim.on_readings) if claim is not None and claim.expect == "depends" else frozenset()


def _untold(
    question: Question, stories: Mapping[Case, Refuted], known: dict[Case, Verdict], looks: Looks
) -> list[Case]:
    """Return those of the cases that their story does not answer; the others are added to `known`."""
    fresh: list[Case] = []
    for case, story in stories.items():
        if case not in known:
            told = retell(question, case, story, looks)
            if told is None:
                fresh.append(case)
            else:
                known[case] = told
    return fresh


def splits(cases: Mapping[Case, Verdict]) -> tuple[Split, ...]:
    """Return what `cases` say, reading by reading: with the others free, then with the others at their defaults."""
    options: dict[tuple[bool, int, str], list[tuple[int, str, Verdict]]] = {}
    for case, verdict in cases.items():
        key = (len(case.fixed) > 1, *case.place)
        options.setdefault((key[0], key[1], case.reading), []).append((key[2], case.option, verdict))
    return tuple(
        Split(reading, at_default, tuple((o, v) for _, o, v in sorted(said, key=lambda item: item[0])))
        for (at_default, _, reading), said in sorted(options.items(), key=lambda item: item[0])
    )
