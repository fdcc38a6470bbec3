"""Help for tests that compare wordings: texts in, verdicts out, without processes."""

from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from policydsl.analyses.comparison import Comparison, Context, Judged, Summary
from policydsl.analyses.diff import begun, compare
from policydsl.analyses.diff_ask import Asks, Wanted, manners
from policydsl.analyses.diff_context import parameter_expr, same_text, summaries, wholes
from policydsl.analyses.diff_outcomes import unchanged
from policydsl.analyses.judgement import Bug
from policydsl.base.diagnostic import Diagnostics
from policydsl.core.system import Question
from policydsl.engines import portfolio
from policydsl.engines.verdict import Budget, Unknown, Verdict
from policydsl.front.wordings import Expected, LoadedWordings, Wordings, load_wordings, with_claims
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


def renamed(both: Wordings, claims: str, renames: Mapping[str, str]) -> Wordings:
    """Return two wordings with `claims` put in the new one's names."""
    found = with_claims(both, ["c.claims"], lambda _: (claims, ()), renames=renames)
    assert found.wordings is not None, found.diagnostics
    return found.wordings


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


def foreseen(wordings: Wordings, renames: Mapping[str, str], asker: Asks) -> tuple[tuple[Expected, Summary], ...]:
    """Return what the wordings are of what, and where, the amendment's author expects something; no more is asked."""
    made = begun(wordings, renames)
    unknown = Unknown("not asked", ())
    made.judged = tuple(
        Judged(o, None, ())
        if unchanged(o, made.twin_of(o))
        else Judged(o, unknown, tuple((r, unknown, unknown) for r in o.orders))
        for o in made.outcomes
    )
    found: list[tuple[Expected, Summary]] = []
    for said in wordings.expected:
        changed = [
            j.outcome
            for j in made.judged
            if j.relation != "equivalent" and (not said.outcomes or j.outcome.name in said.outcomes)
        ]
        assume = () if said.under is None else (parameter_expr(made, said.under),)
        context = Context(said.under_text, (), assume)
        if said.effect in {"equivalent", "different"} and not said.roles and not same_text(made, changed, context):
            found.append((said, Summary(context, wholes(made, changed, [(context, None, "same")], asker)[0], ())))
        else:
            found.append((said, summaries(made, changed, [context], asker)[0]))
    return tuple(found)
