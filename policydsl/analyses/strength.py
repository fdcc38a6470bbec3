"""How much the claims and histories about a policy say: which small changes of its wording none of them notices.

A history notices a change if it no longer comes out as it says; a claim, or what the policy owes by itself, if it now
has another verdict or depends on other readings. What cannot be decided notices nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from policydsl.analyses import pairs
from policydsl.analyses.answers import Answer, kind_of, separating, under, view_of
from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.mutants import Mutant
from policydsl.analyses.readings import Case
from policydsl.analyses.replay import check_history
from policydsl.analyses.sameness import same_histories
from policydsl.analyses.subjects import Subject, lemmas_of, subjects_of
from policydsl.analyses.tasks import Errand, Failed, Ran
from policydsl.analyses.workers import Crew
from policydsl.base.diagnostic import Diagnostics
from policydsl.base.records import dataclass
from policydsl.core.system import Question, System
from policydsl.engines.verdict import Budget, Manner, Proved, Record, Refuted, Verdict
from policydsl.front.history_read import read_history
from policydsl.front.load import Loaded, load_files
from policydsl.front.loaded import LoadedPolicy

if TYPE_CHECKING:
    from policydsl.engines.solve import Meter
    from policydsl.engines.store import Desk

Fate: TypeAlias = Literal["no policy", "noticed", "changes nothing", "unnoticed"]

_TOGETHER = 8
"""So many questions are searched side by side."""
_SEARCHES, _FEWER = 12, 4
"""Searches for one change may take so many times what one claim may; fewer, once a history has noticed it."""
_PATIENCE = 60
"""Seconds that the work on one change may take beyond its searches."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change and what became of it.

    `history` and `claim` are the first that noticed it, empty if none did. `open` are the claims of which it could not
    be decided whether they do.
    """

    mutant: Mutant
    fate: Fate
    history: str = ""
    claim: str = ""
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said to notice a change: that is tried first."""

    history: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the policy as it is: its claims' answers, and the texts of all files and golden histories."""

    policy: LoadedPolicy
    files: tuple[str, ...]
    texts: Mapping[str, str]
    answers: Mapping[str, Answer]
    histories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What each claim may cost under each change, and how many processes there may be."""

    budget: Budget
    jobs: int


def know(
    policy: LoadedPolicy,
    loaded: Loaded,
    histories: Mapping[str, str],
    stored: Callable[[Subject], tuple[Record, ...]],
    limits: Limits,
) -> Known:
    """Decide everything about `policy`, of which `loaded` holds all the claims, as it is; answers `stored` may help.

    Golden `histories`, texts by file name, that do not come out as they say are left aside.
    """
    files = (policy.path, *(c.path for c in loaded.claims))
    subjects = _subjects(loaded, policy)
    judgement = Judgement(subjects, lemmas_of(loaded.claims), {i: stored(s) for i, s in enumerate(subjects)})
    decide(judgement, limits.budget, limits.jobs, lambda _: None)
    answers = {
        s.question.key: Answer(s, view_of(s.question), judgement.verdicts[i], judgement.cases.get(i, {}))
        for i, s in enumerate(judgement.subjects)
    }
    good = {path: text for path, text in histories.items() if not _differs(policy, path, text)}
    return Known(policy, files, dict(loaded.sources), answers, good)


def strength(
    known: Known, mutants: Sequence[Mutant], hints: Mapping[str, Hint], limits: Limits, *, claims: bool
) -> Iterator[tuple[Mutant, Outcome | Failed]]:
    """Yield what becomes of each of `mutants`, as it is found out. Without `claims`, histories may do."""
    patience = _PATIENCE + (2 * _SEARCHES + 2) * 3 * limits.budget.seconds
    with Crew(limits.jobs) as crew:
        for i, mutant in enumerate(mutants):
            given = known, mutant, hints.get(mutant.name, Hint()), limits.budget, claims
            crew.submit(Errand(i, _outcome_of, given, patience))
        for message in crew.messages():
            match message:
                case Ran(errand=errand, result=Outcome() as found):
                    yield mutants[errand.number], found
                case Failed(errand=errand):
                    yield mutants[errand.number], message
                case _:
                    raise AssertionError(message)


def _outcome_of(given: tuple[Known, Mutant, Hint, Budget, bool]) -> Outcome:
    known, mutant, hint, budget, claims = given
    return outcome_of(known, mutant, hint, budget, claims=claims)


def outcome_of(known: Known, mutant: Mutant, hint: Hint, budget: Budget, *, claims: bool) -> Outcome:
    """Ask what is cheap first: loading, the histories, the evidence that the answers rest on; then search."""
    loaded = load_files(known.files, _reader({**known.texts, mutant.span.file: mutant.text}))
    policy = next((p for p in loaded.policies if p.path == mutant.span.file), None)
    wrong = {d.span.file for d in loaded.diagnostics if d.is_error}
    if policy is None or wrong & set(known.files):
        return Outcome(mutant, "no policy")
    history = _history(known, policy, hint.history)
    if history and not claims:
        return Outcome(mutant, "noticed", history)
    seconds = budget.seconds * (_FEWER if history else _SEARCHES)
    hearing = _Hearing(known, mutant, _subjects(loaded, policy), lemmas_of(loaded.claims), budget, _meter(seconds))
    same = not history and _is_same(known.policy, policy, budget, early=True)
    claim = "" if same and not _owes_more(known.policy, policy) else hearing.first(hint.claim)
    if history or claim:
        return Outcome(mutant, "noticed", history, claim, () if claim else tuple(hearing.open))
    same = same or _is_same(known.policy, policy, budget, early=False)
    return Outcome(mutant, "changes nothing" if same else "unnoticed", open=() if same else tuple(hearing.open))


def _reader(texts: Mapping[str, str]) -> Callable[[str], tuple[str | None, Diagnostics]]:
    return lambda name: (texts.get(name), ())


def _subjects(loaded: Loaded, policy: LoadedPolicy) -> tuple[Subject, ...]:
    own = [p for p in loaded.policies if p.path == policy.path]
    return tuple(s for s in subjects_of(own, loaded.claims) if s.origin != "liveness")


def _history(known: Known, policy: LoadedPolicy, hint: str) -> str:
    """Return the first history that cannot be read, or does not come out as it says, under the changed wording."""
    paths = sorted(known.histories, key=lambda p: (p != hint, p))
    return next((p for p in paths if _differs(policy, p, known.histories[p])), "")


def _differs(policy: LoadedPolicy, path: str, text: str) -> bool:
    history, _ = read_history(text, path, policy)
    return history is None or bool(check_history(policy, history))


# --- nothing changed -----------------------------------------------------------------------------


def _owes_more(old: LoadedPolicy, new: LoadedPolicy) -> bool:
    return old.system.obligations != new.system.obligations


def _is_same(old: LoadedPolicy, new: LoadedPolicy, budget: Budget, *, early: bool) -> bool:
    """Return whether it is shown that the two wordings have the same histories; `early`, if that is soon done."""
    if old.system.bare() == new.system.bare():
        return True
    asked = same_histories(old.system, new.system, "same")
    if asked is None:
        return False
    seconds = budget.seconds / (4 if early else 1)
    return any(isinstance(v, Proved) for _, v in _judge([asked], [Manner("verdict", suspect=early)], (), seconds))


def _meter(seconds: float) -> "Meter":
    from policydsl.engines.solve import Meter  # noqa: PLC0415  loads the solver

    return Meter(Budget(), seconds)


def _judge(
    questions: Sequence[Question], manners: Sequence[Manner], helpers: Sequence[Question], seconds: float
) -> Iterator[tuple[Question, Verdict]]:
    from policydsl.engines.portfolio import judge  # noqa: PLC0415  loads the solver

    yield from judge(questions[0].system, questions, Budget(seconds=seconds), lambda *_: None, manners, helpers)


# --- claims --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Suspect:
    """An answer that the evidence for it no longer shows; of what is owed only now, that it holds."""

    kind: str
    subject: Subject
    case: Case | None = None
    answer: Answer | None = None

    @property
    def question(self) -> Question:
        return under(self.subject.question, self.case)


@dataclass(slots=True)
class _Hearing:
    """The claims, heard about one change. `open` are those of which nothing is known."""

    known: Known
    mutant: Mutant
    subjects: tuple[Subject, ...]
    lemmas: Sequence[Question]
    budget: Budget
    meter: "Meter"
    open: dict[str, None] = field(default_factory=dict)

    def first(self, hint: str) -> str:
        """Return a claim that notices the change, or nothing. The one called `hint` is heard before all others."""
        seen = self._seen(hint)
        told = [each for each in seen if each[1].question.key == hint]
        return self._hear(told) or self._hear([each for each in seen if each not in told])

    def _hear(self, seen: Sequence[tuple[Answer | None, Subject]]) -> str:
        from policydsl.analyses.standing import stands  # noqa: PLC0415  loads the solver
        from policydsl.engines.store import Desk  # noqa: PLC0415

        desk, suspects, rest = Desk(), list[_Suspect](), list[tuple[Answer, Subject]]()
        for answer, subject in seen:
            if answer is None:
                suspects.append(_Suspect("holds", subject))
            elif stands(subject.question, answer.subject.question, answer.verdict, desk):
                rest.append((answer, subject))
            else:
                suspects.append(_Suspect(answer.kind, subject, None, answer))
        for found, verdict in self._search(suspects):
            if kind_of(verdict) != found.kind:
                return found.subject.question.key
            if found.answer is not None:
                rest.append((found.answer, found.subject))
        for answer, subject in rest:
            if isinstance(answer.verdict, Refuted) and self._splits_otherwise(answer, subject, desk):
                return subject.question.key
        return ""

    def _seen(self, hint: str) -> list[tuple[Answer | None, Subject]]:
        """Return what can see the change: the hint, the claims about the clause, then the rest.

        That is what was decided and now reads otherwise, and what the policy owes only now.
        """
        found = []
        for subject in self.subjects:
            answer, claim = self.known.answers.get(subject.question.key), subject.claim
            if answer is None or (answer.kind != "undecided" and view_of(subject.question) != answer.view):
                near = claim is not None and self.mutant.clause in claim.cites
                pair = claim is not None and claim.pair is not None
                found.append(((subject.question.key != hint, not near, pair), answer, subject))
        found.sort(key=lambda each: each[0])
        return [(answer, subject) for _, answer, subject in found]

    def _splits_otherwise(self, answer: Answer, subject: Subject, desk: "Desk") -> bool:
        """Return whether the claim now depends on other readings. Options undecided before or now say nothing."""
        from policydsl.analyses.standing import stands  # noqa: PLC0415  loads the solver

        suspects = [
            _Suspect(kind_of(verdict), subject, case, answer)
            for case, verdict in answer.cases.items()
            if kind_of(verdict) != "undecided"
            and not stands(under(subject.question, case), under(answer.subject.question, case), verdict, desk)
        ]
        if not suspects:
            return False
        now = dict(answer.cases)
        found = {s.case: verdict for s, verdict in self._search(suspects)}
        if len(found) < len(suspects):
            return False
        now.update({case: verdict for case, verdict in found.items() if case is not None})
        return separating(now) != answer.separating

    def _search(self, suspects: Sequence[_Suspect]) -> Iterator[tuple[_Suspect, Verdict]]:
        """Yield the suspects that can be decided, with their verdicts; the others are `open`."""
        for group in _alike(suspects):
            questions = [s.question for s in group]
            if self.meter.spent:
                self.open.update(dict.fromkeys(s.subject.question.key for s in group))
                continue
            manners = [Manner("verdict", suspect=s.kind != "fails") for s in group]
            seconds = min(self.budget.seconds, self.meter.left)
            with self.meter:
                for question, verdict in _judge(questions, manners, self._helpers(group[0]), seconds):
                    suspect = group[next(i for i, q in enumerate(questions) if q is question)]
                    if kind_of(verdict) == "undecided":
                        self.open[suspect.subject.question.key] = None
                    else:
                        yield suspect, verdict

    def _helpers(self, suspect: _Suspect) -> tuple[Question, ...]:
        claim, system = suspect.subject.claim, suspect.subject.question.system.rules()
        alike = tuple(q for q in self.lemmas if q.system.rules() == system)
        return alike if claim is None else (*alike, *pairs.helpers(claim, self.lemmas))


def _alike(suspects: Sequence[_Suspect]) -> Iterator[list[_Suspect]]:
    """Yield the suspects in groups about like systems, in their order."""
    groups: list[tuple[System, list[_Suspect]]] = []
    for suspect in suspects:
        system = suspect.subject.question.system.rules()
        known = next((g for s, g in groups if len(g) < _TOGETHER and s == system), None)
        if known is None:
            groups.append((system, [suspect]))
        else:
            known.append(suspect)
    yield from (group for _, group in groups)
