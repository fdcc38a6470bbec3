"""Two histories retold, side by side: each as its own system tells it, and which of their steps go together."""

from collections.abc import Iterator
from dataclasses import replace

from policydsl.analyses.pairs import check_halves
from policydsl.core.expr import Expr, Use, Var
from policydsl.core.moves import BOTH, Pair, Side
from policydsl.core.product import aligned, project
from policydsl.core.system import Property, Question, Trace
from policydsl.core.walk import rewrite
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.story import tell
from policydsl.report.told import Abreast, Story


def tell_pair(policy: LoadedPolicy, question: Question, pair: Pair, trace: Trace) -> Story:
    """Return the stories of the two histories that `trace`, one of their product, consists of.

    Raises:   `SemanticsDisagreeError` where they do not come out so in their own systems: a bug in policydsl.
    """
    check_halves(pair, question, trace)
    first, second = (
        tell(policy, Question(question.key, pair.copy(side), _part(question, side), None), project(pair, trace, side))
        for side in BOTH
    )
    return replace(first, beside=second, rows=tuple(rows_of(pair, trace)))


def _part(question: Question, side: Side) -> Property:
    """Return a property that mentions, by the names of one copy, what `question` mentions of it."""
    mark = f"{side.value}/"

    def own(e: Expr) -> Expr | None:
        if isinstance(e, Var | Use):
            named = e.name.startswith(mark)
            return replace(e, name=e.name.removeprefix(mark)) if named else replace(e, name="")
        return None

    claim = question.property
    return Property(rewrite(claim.state, own), rewrite(claim.step, own))


def rows_of(pair: Pair, trace: Trace, refused: Side | None = None) -> Iterator[Abreast]:
    """Yield where each step of `trace` stands in the two stories; the last one, in none that has `refused` it."""
    reached = [0, 0]
    for number, steps in enumerate(zip(*(aligned(pair, trace, side) for side in BOTH), strict=True), start=1):
        gone = refused if number == len(trace.steps) else None
        there = [step is not None and side is not gone for step, side in zip(steps, BOTH, strict=True)]
        yield Abreast(*(place if here else None for place, here in zip(reached, there, strict=True)))
        reached = [place + here for place, here in zip(reached, there, strict=True)]
