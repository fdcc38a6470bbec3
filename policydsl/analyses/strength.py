"""How much the claims and histories about a policy say: which small changes of its wording none of them notices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from policydsl.analyses.judge import Judgement, News, Subject, decide, lemmas_of, subjects_of
from policydsl.analyses.mutants import Mutant, mutants
from policydsl.analyses.replay import check_history
from policydsl.analyses.sameness import same_histories
from policydsl.base.diagnostic import Diagnostics
from policydsl.core.expr import Expr
from policydsl.core.system import Property, Question, System
from policydsl.core.walk import slice_system
from policydsl.engines.verdict import Budget, Proved, Refuted, Vacuous, Verdict
from policydsl.front.history import History
from policydsl.front.load import Loaded, load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.syntax.parse import parse

Fate: TypeAlias = Literal["rejected", "noticed by a history", "noticed by a claim", "changes nothing", "survives"]
Outcome: TypeAlias = tuple[str, frozenset[str]]
"""Proved, refuted, vacuous or undecided, and the readings that separate."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A change and what became of it; `by` is the history or claim that noticed it first."""

    mutant: Mutant
    fate: Fate
    by: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known of the policy as it is: its claims' outcomes, its golden histories, the texts of all files."""

    policy: LoadedPolicy
    loaded: Loaded
    files: tuple[str, ...]
    texts: Mapping[str, str]
    outcomes: Mapping[str, Outcome]
    histories: tuple[History, ...]


class _NoticedError(Exception):
    """A question has another outcome than before; `args` are its key."""


def baseline(policy: LoadedPolicy, loaded: Loaded, histories: Sequence[History], budget: Budget, jobs: int) -> Baseline:
    """Decide everything about `policy`, of which `loaded` holds all the claims, as it is."""
    files = (policy.path, *(c.path for c in loaded.claims))
    subjects = _subjects(loaded, policy)
    judgement = Judgement(subjects, lemmas_of(loaded.claims))
    decide(judgement, budget, jobs, lambda _: None)
    outcomes = {s.question.key: outcome for s, outcome in _outcomes(judgement)}
    return Baseline(policy, loaded, files, dict(loaded.sources), outcomes, tuple(histories))


def strength(known: Baseline, budget: Budget, jobs: int) -> Iterator[Tested]:
    """Yield every small change of the policy's wording with what became of it, in the order of the text."""
    path = known.policy.path
    tree, _ = parse(known.texts[path], path)
    assert tree is not None
    for mutant in mutants(tree, known.texts[path]):
        fate, by = _test(known, mutant, budget, jobs)
        yield Tested(mutant, fate, by)


def _test(known: Baseline, mutant: Mutant, budget: Budget, jobs: int) -> tuple[Fate, str]:
    """Ask what is cheap first: loading, then the histories, then the claims about the clause, then all others."""
    loaded = load_files(known.files, _reader({**known.texts, mutant.span.file: mutant.text}))
    policy = next((p for p in loaded.policies if p.path == mutant.span.file), None)
    wrong = {d.span.file for d in loaded.diagnostics if d.is_error}
    if policy is None or wrong & set(known.files):
        return "rejected", ""
    if _bare(policy.system) == _bare(known.policy.system):
        return "changes nothing", ""
    for history in known.histories:
        if check_history(policy, history):
            return "noticed by a history", history.path
    before = {s.question.key: s for s in _subjects(known.loaded, known.policy)}
    seen = [s for s in _subjects(loaded, policy) if _differs(s.question, before[s.question.key].question)]
    near = [s for s in seen if s.claim is not None and mutant.clause in s.claim.cites]
    helpers = lemmas_of(loaded.claims)
    for group in (near, [s for s in seen if s not in near]):
        if by := _noticed(known, tuple(group), helpers, budget, jobs):
            return "noticed by a claim", by
    asked = same_histories(known.policy.system, policy.system, "same")
    if asked is not None and _is_proved(known.policy, asked, budget):
        return "changes nothing", ""
    return "survives", ""


def _bare(system: System) -> System:
    return replace(system, obligations=())


def _reader(texts: Mapping[str, str]) -> Callable[[str], tuple[str | None, Diagnostics]]:
    return lambda name: (texts.get(name), ())


def _subjects(loaded: Loaded, policy: LoadedPolicy) -> tuple[Subject, ...]:
    own = [p for p in loaded.policies if p.path == policy.path]
    return tuple(s for s in subjects_of(own, loaded.claims) if s.origin != "liveness")


# --- what a question sees ------------------------------------------------------------------------


def _differs(a: Question, b: Question) -> bool:
    """Return whether the change reaches anything that the question can see."""
    return (a.property, a.trigger) != (b.property, b.trigger) or _view(a) != _view(b)


def _view(question: Question) -> System:
    p: Property = question.property
    exprs: list[Expr] = [p.state, p.step, *([question.trigger] if question.trigger is not None else [])]
    return slice_system(_bare(question.system), exprs)


# --- outcomes ------------------------------------------------------------------------------------


def _kind(verdict: Verdict | None) -> str:
    match verdict:
        case Proved():
            return "proved"
        case Refuted():
            return "refuted"
        case Vacuous():
            return "vacuous"
        case _:
            return "undecided"


def _outcomes(judgement: Judgement) -> Iterator[tuple[Subject, Outcome]]:
    for decision in judgement.decisions():
        separating = frozenset(s.reading for s in decision.splits if s.separates)
        yield decision.subject, (_kind(decision.verdict), separating)


def _noticed(
    known: Baseline, subjects: tuple[Subject, ...], helpers: Sequence[Question], budget: Budget, jobs: int
) -> str | None:
    """Return the first question that comes out otherwise than before; what is undecided notices nothing."""
    if not subjects:
        return None
    judgement = Judgement(subjects, tuple(helpers))
    told: set[int] = set()

    def look(_: News) -> None:
        for index in set(judgement.verdicts) - told:
            told.add(index)
            key, kind = subjects[index].question.key, _kind(judgement.verdicts[index])
            if "undecided" not in {kind, known.outcomes[key][0]} and kind != known.outcomes[key][0]:
                raise _NoticedError(key)

    try:
        decide(judgement, budget, jobs, look)
    except _NoticedError as noticed:
        return str(noticed.args[0])
    for subject, outcome in _outcomes(judgement):
        before = known.outcomes[subject.question.key]
        if "undecided" not in {outcome[0], before[0]} and outcome != before:
            return subject.question.key
    return None


def _is_proved(policy: LoadedPolicy, question: Question, budget: Budget) -> bool:
    judgement = Judgement((Subject(policy, "liveness", question, path=policy.path),))
    decide(judgement, budget, 1, lambda _: None)
    return isinstance(judgement.verdicts.get(0), Proved)
