"""What is known of each subject, as far as it is decided: good to report on at any moment."""

from dataclasses import field

from policydsl.analyses.again import Shown
from policydsl.analyses.cases import splits, together
from policydsl.analyses.readings import Case, Split
from policydsl.analyses.recall import Recall
from policydsl.analyses.retelling import Looks
from policydsl.analyses.subjects import Subject
from policydsl.base.records import dataclass
from policydsl.core.system import Question
from policydsl.engines.verdict import Bounded, Proved, Record, Refuted, Unknown, Vacuous, Verdict


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

    `lemmas` are questions that may help others, whether or not they are subjects themselves. `kept` are stored answers,
    by the subject that they and its cases are about; a `recall` takes their place.
    With `near`, proofs that are `kept` of another wording are tried, too: after a small edit most of them hold still.
    `unfit` says, by subject, why a stored answer could not be used, `shown` what stored answers show, `searched` which
    subjects needed a search. `answers` are all questions put to a worker, with the subject they are asked for.
    """

    subjects: tuple[Subject, ...]
    lemmas: tuple[Question, ...] = ()
    kept: dict[int, tuple[Record, ...]] = field(default_factory=dict)
    near: bool = False
    recall: Recall | None = None
    unfit: dict[int, str] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    searched: set[int] = field(default_factory=set)
    answers: list[tuple[int, Question, Verdict]] = field(default_factory=list)
    looks: Looks = field(default_factory=Looks)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    cases: dict[int, dict[Case, Verdict]] = field(default_factory=dict)
    others: dict[int, tuple[Refuted, ...]] = field(default_factory=dict)
    bugs: list[Bug] = field(default_factory=list)
    complete: bool = False

    def found(self, place: int) -> Shown | None:
        """Return what is known of a subject, by its place, as if it had been shown; None if more time could change it.

        That is so of what is open, and of a story of which it is not known that none is shorter.
        """
        verdict, cases = self.verdicts.get(place), self.cases.get(place, {})
        settled = not any(isinstance(v, Bounded | Unknown) for v in cases.values())
        match verdict:
            case Proved() | Vacuous():
                pass
            case Refuted(at=at, clear=clear) if clear == at - 1:
                pass
            case _:
                return None
        return Shown(verdict, told=cases, settled=True, made_here=True) if settled else None

    def decisions(self) -> tuple[Decision, ...]:
        """Return what is known now."""
        return tuple(
            Decision(subject, self.verdicts.get(i), splits(cases), self.others.get(i, ()), together(cases))
            for i, subject in enumerate(self.subjects)
            for cases in (self.cases.get(i, {}),)
        )
