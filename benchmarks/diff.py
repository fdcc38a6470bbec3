"""How long one-clause edits of the transcribed policies take to compare, and again after touching another clause.

    python benchmarks/diff.py [SPECS...]

CPU seconds of one process: verdicts by outcome, role and reading, and the shortest histories; without claims.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import question_hash
from policydsl.core.system import Question
from policydsl.engines import portfolio
from policydsl.engines.verdict import Budget, Manner, Verdict
from policydsl.front.wordings import load_wordings
from policydsl.syntax.source import read_source

ROOT = Path(__file__).parent.parent


class Here:
    """Answers in this process, each question once: by the hash of all that its answer depends on."""

    def __init__(self) -> None:
        self.budget = Budget(seconds=4.0)
        self.known: dict[str, Verdict] = {}
        self.worked_out = 0

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Manner | None = None
    ) -> list[Verdict]:
        """Return the verdict on each question."""
        manner = wanted or Manner("verdict", suspect=True)
        keys = [question_hash(q) + manner.wanted for q in questions]
        todo = [q for k, q in zip(keys, questions, strict=True) if k not in self.known]
        self.worked_out += len(todo)
        names = {id(q): k for k, q in zip(keys, questions, strict=True)}
        if todo:
            answers = portfolio.judge(todo[0].system, todo, self.budget, _quiet, [manner] * len(todo), helpers)
            self.known |= {names[id(q)]: v for q, v in answers}
        return [self.known[k] for k in keys]


def _quiet(question: Question, attempt: str) -> None:
    del question, attempt


def measure(policy: Path, amendment: Path) -> None:
    """Print what one comparison costs, and what the same one costs again."""
    here = Here()
    shown = []
    for _ in range(2):
        started, before = time.process_time(), here.worked_out
        loaded = load_wordings(str(policy), str(amendment), [], lambda name: read_source(Path(name)))
        assert loaded.wordings is not None
        made = compare(loaded.wordings, {}, here)
        shown.append(f"{time.process_time() - started:6.1f} s {here.worked_out - before:4} questions")
    print(f"{amendment.parent.name}/{amendment.stem}: {shown[0]}; again {shown[1]}; {made.overall.relation}")


def main(names: Sequence[str]) -> None:
    """Measure every amendment of the policies named (default: all)."""
    for path in sorted((ROOT / "specs" / "amendments").glob("*/*.amendment")):
        if not names or path.parent.name in names:
            measure(ROOT / "specs" / f"{path.parent.name}.policy", path)


if __name__ == "__main__":
    main(sys.argv[1:])
