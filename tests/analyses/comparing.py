"""Help for tests that compare wordings: texts in, verdicts out, without processes."""

from collections.abc import Container, Sequence
from pathlib import Path

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import Wanted, manners
from policydsl.analyses.judgement import Bug
from policydsl.base.diagnostic import Diagnostics
from policydsl.core.system import Question
from policydsl.engines import portfolio
from policydsl.engines.verdict import Budget, Verdict
from policydsl.front.wordings import LoadedWordings, Wordings, load_wordings
from policydsl.syntax.source import read_source


class Here:
    """Answers in this process."""

    def __init__(self, seconds: float = 20.0) -> None:
        self.budget = Budget(seconds=seconds)
        self.bugs: list[Bug] = []
        self.asked: list[str] = []

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Wanted = None
    ) -> list[Verdict]:
        """Return the verdict on each question."""
        self.asked += [q.key for q in questions]
        verdicts: dict[int, Verdict] = {}
        for q, manner in zip(questions, manners(questions, wanted), strict=True):
            alike = [h for h in helpers if h.system.variables is q.system.variables]
            (verdict,) = (v for _, v in portfolio.judge(q.system, [q], self.budget, _quiet, [manner], alike))
            verdicts[id(q)] = verdict
        return [verdicts[id(q)] for q in questions]

    def forget(self, questions: Container[int]) -> None:
        """Remember nothing, as ever."""


def _quiet(question: Question, attempt: str) -> None:
    del question, attempt


def loaded(old: str, new: str, claims: str = "", suffix: str = "policy") -> LoadedWordings:
    """Load two texts; `suffix` says what the second one is."""
    texts = {"old.policy": old, f"new.{suffix}": new, "c.claims": claims}
    return load_wordings("old.policy", f"new.{suffix}", ["c.claims"] if claims else [], lambda n: _text(texts, n))


def _text(texts: dict[str, str], name: str) -> tuple[str | None, Diagnostics]:
    return texts[name], ()


def wordings(old: str, new: str, claims: str = "", suffix: str = "policy") -> Wordings:
    """Load two texts without mistakes."""
    found = loaded(old, new, claims, suffix)
    assert not [d for d in found.diagnostics if d.is_error], found.diagnostics
    assert found.wordings is not None
    return found.wordings


def compared(old: str, new: str, renames: dict[str, str] | None = None) -> Comparison:
    """Compare two texts."""
    return compare(wordings(old, new), renames or {}, Here())


def from_files(old: Path, new: Path) -> Wordings:
    """Load two files without mistakes."""
    found = load_wordings(str(old), str(new), [], lambda name: read_source(Path(name)))
    assert not [d for d in found.diagnostics if d.is_error], found.diagnostics
    assert found.wordings is not None
    return found.wordings
