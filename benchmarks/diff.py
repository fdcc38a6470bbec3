"""How long one-clause edits of the transcribed policies take to compare, and again after touching another clause.

    python benchmarks/diff.py [SPECS...]
    python benchmarks/diff.py --whole

CPU seconds of one process: verdicts by outcome, role and reading, and the shortest histories; without claims. With
`--whole`, seconds by the clock and of all processes for the whole command on the largest document, claims and all:
every amendment to it, an edit of one number, and some that only say a clause otherwise; each with nothing kept from
before, then the very same again, then once another clause was touched. What is left undecided is counted with it.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from policydsl.analyses.comparison import Comparison
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
    (first, _), (again, made) = (_timed(here, policy, amendment) for _ in range(2))
    print(f"{amendment.parent.name}/{amendment.stem}: {first}; again {again}; {made.overall.relation}")


def _timed(here: Here, policy: Path, amendment: Path) -> tuple[str, Comparison]:
    started, before = time.process_time(), here.worked_out
    loaded = load_wordings(str(policy), str(amendment), [], lambda name: read_source(Path(name)))
    assert loaded.wordings is not None
    made = compare(loaded.wordings, {}, here)
    return f"{time.process_time() - started:6.1f} s {here.worked_out - before:4} questions", made


ALIBABA = ROOT / "specs" / "alibaba_live.policy"
BESIDE = ("permitted when disturbed\n", "permitted when exposed\n")
"""Another clause, touched in the end."""
OTHERWISE = {
    "conditions the other way round": (
        "no  when not governed or capacity is audience or",
        "no  when capacity is audience or not governed or",
    ),
    "a permission written out": (
        "permitted when standing is admitted and (open_to_measures or found_serious)",
        "permitted when standing is admitted and open_to_measures or standing is admitted and found_serious",
    ),
    "a limit said otherwise": ("points_counted <= 24", "points_counted < 25"),
}
"""Edits that only say a clause otherwise."""
ONE_NUMBER = ("points_counted <= 24", "points_counted <= 23")


def whole() -> None:
    """Print what the command costs on the largest document: each one-clause change, asked first, again and again."""
    text = ALIBABA.read_text(encoding="utf-8")
    amendments = sorted((ROOT / "specs" / "amendments" / ALIBABA.stem).glob("*.amendment"))
    edits = {"one number": ONE_NUMBER, **OTHERWISE}
    print("seconds by the clock, of the processor    first        the same     another clause   undecided")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for place in ("before", "after"):  # a copy each of the policy as it stands, and with another clause touched
            shutil.copytree(ALIBABA.with_suffix(".histories"), home / place / f"{ALIBABA.stem}.histories")
            (home / place / ALIBABA.name).write_text(_touched(text, place), encoding="utf-8")
        here, there = home / "before" / ALIBABA.name, home / "after" / ALIBABA.name
        for path in amendments:
            row(path.stem, (here, path), (there, path), home)
        for name, (before, after) in edits.items():
            assert before in text
            for place in ("before", "after"):
                edited = _touched(text, place).replace(before, after, 1)
                (home / place / "edited.policy").write_text(edited, encoding="utf-8")
            row(name, (here, here.with_name("edited.policy")), (there, there.with_name("edited.policy")), home)


def _touched(text: str, place: str) -> str:
    assert BESIDE[0] in text
    return text if place == "before" else text.replace(*BESIDE, 1)


def row(name: str, before: Sequence[Path], after: Sequence[Path], folder: Path) -> None:
    """Print what it takes to compare two wordings `before` another clause is touched, twice, and `after` that."""
    figures, left = [], 0
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        for wordings in (before, before, after):
            started, cpu = time.monotonic(), _children()
            command = [sys.executable, "-m", "policydsl", "diff", *map(str, wordings), "--format", "json"]
            environment = {**os.environ, "POLICYDSL_CACHE": cache}
            done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)  # noqa: S603  no shell
            figures.append(f"{time.monotonic() - started:6.1f} {_children() - cpu:6.1f}")
            left = undecided(json.loads(done.stdout))
    print(f"{name:36} {'   '.join(figures)} {left:11}", flush=True)


def _children() -> float:
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def undecided(report: dict[str, Any]) -> int:
    """Return how many outcomes, rows of readings and claims a report leaves open."""
    found = json.dumps([report["outcomes"], report["readings"], [c["fate"] for c in report["claims"]]])
    return found.count('"undecided"') + found.count('"not stricter"') + found.count('"not more lenient"')


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
