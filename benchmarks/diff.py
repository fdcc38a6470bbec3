"""How long one-clause edits of the transcribed policies take to compare, and again after touching another clause.

    python benchmarks/diff.py [SPECS...]
    python benchmarks/diff.py --whole

CPU seconds of one process: verdicts by outcome, role and reading, and the shortest histories; without claims. With
`--whole`, seconds by the clock and of all processes for the whole command on the largest document, claims and all: an
edit of one clause with nothing kept from before, then with another clause touched besides.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import Wanted, manners
from policydsl.analyses.seen import Sight
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
        self.sight = Sight()

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Wanted = None
    ) -> list[Verdict]:
        """Return the verdict on each question."""
        asked = manners(questions, wanted)
        keys = [self.sight.hash(q) + m.wanted for q, m in zip(questions, asked, strict=True)]
        todo = [(k, q, m) for k, q, m in zip(keys, questions, asked, strict=True) if k not in self.known]
        self.worked_out += len(todo)
        alike: dict[int, list[tuple[str, Question, Manner]]] = {}
        for each in todo:
            alike.setdefault(id(each[1].system.variables), []).append(each)
        for group in alike.values():
            names, own, how = {id(q): k for k, q, _ in group}, [q for _, q, _ in group], [m for *_, m in group]
            answers = portfolio.judge(own[0].system, own, self.budget, _quiet, how, helpers)
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


EDITS = (("points_counted <= 24", "points_counted <= 23"), ("permitted when disturbed\n", "permitted when exposed\n"))


def whole() -> None:
    """Print what the command costs on the largest document: one clause edited, then another one touched as well."""
    old = ROOT / "specs" / "alibaba_live.policy"
    text = old.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder) / "edited.policy"
        environment = {**os.environ, "POLICYDSL_CACHE": folder}
        for before, after in EDITS:
            text = text.replace(before, after, 1)
            new.write_text(text, encoding="utf-8")
            started, cpu = time.monotonic(), sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
            command = [sys.executable, "-m", "policydsl", "diff", str(old), str(new)]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)  # noqa: S603  no shell
            cpu = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - cpu
            print(f"{after.strip()}: {time.monotonic() - started:.1f} s, {cpu:.1f} s of the processors")


def main(names: Sequence[str]) -> None:
    """Measure every amendment of the policies named (default: all)."""
    if "--whole" in names:
        whole()
        return
    for path in sorted((ROOT / "specs" / "amendments").glob("*/*.amendment")):
        if not names or path.parent.name in names:
            measure(ROOT / "specs" / f"{path.parent.name}.policy", path)


if __name__ == "__main__":
    main(sys.argv[1:])
