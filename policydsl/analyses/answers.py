"""What is known of a question: its verdict in a word, the readings on which it depends, and all that it can see."""

from collections.abc import Mapping

from policydsl.analyses.cases import splits
from policydsl.analyses.readings import Case, fix
from policydsl.analyses.subjects import Subject
from policydsl.base.records import dataclass
from policydsl.core.cone import slice_system
from policydsl.core.expr import Expr
from policydsl.core.system import Question
from policydsl.engines.verdict import Proved, Refuted, Vacuous, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a subject: its verdict, and those under single options of readings. `view` is all it can see."""

    subject: Subject
    view: tuple[object, ...]
    verdict: Verdict
    cases: Mapping[Case, Verdict]

    @property
    def kind(self) -> str:
        """What the verdict says, in a word."""
        return kind_of(self.verdict)

    @property
    def separating(self) -> frozenset[str]:
        """The readings on which it depends."""
        return separating(self.cases)


def separating(cases: Mapping[Case, Verdict]) -> frozenset[str]:
    """Return the readings some of whose options make it hold and some not."""
    return frozenset(s.reading for s in splits(cases) if s.separates)


def kind_of(verdict: Verdict) -> str:
    """Return what `verdict` says, in a word."""
    match verdict:
        case Proved():
            return "holds"
        case Refuted():
            return "fails"
        case Vacuous():
            return "is about nothing"
        case _:
            return "undecided"


def view_of(question: Question) -> tuple[object, ...]:
    """Return everything that `question` can see: what leaves that alone cannot change its answer."""
    p = question.property
    exprs: list[Expr] = [p.state, p.step, *([question.trigger] if question.trigger is not None else [])]
    return p, question.trigger, slice_system(question.system, exprs)


def under(question: Question, case: Case | None) -> Question:
    """Return `question` as it is asked for `case`."""
    return question if case is None else fix(question, case)
