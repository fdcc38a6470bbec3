"""`policydsl export`: a claim as a problem for other tools."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.exits import Exit
from policydsl.cli.chosen import load_chosen

if TYPE_CHECKING:
    from policydsl.analyses.subjects import Subject
    from policydsl.report.formats import Rendered

_LEVELS = {"months": 0, "years": 1, "exact": 2}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--to", "form", required=True, type=click.Choice(["smt2", "chc", "vmt", "itf"]),
              help="smt2: is there a violation within --steps? (SMT-LIB 2); chc: constrained Horn clauses; "
              "vmt: a symbolic transition system (VMT-LIB); itf: the claim's stories as traces.")  # fmt: skip
@click.option("--only", multiple=True, metavar="CLAIM", help="Export this claim alone; may be given several times.")
@click.option("--steps", default=8, show_default=True, type=click.IntRange(0, 1000), help="Longest history, for smt2.")
@click.option("--months", default=24, show_default=True, type=click.IntRange(1, 1200),
              help="Months in which all dates of a history lie, for smt2.")  # fmt: skip
@click.option("--calendar", default="months", show_default=True, type=click.Choice(list(_LEVELS)),
              help="How much chc and vmt say of the calendar: the lengths of months; the months of the year too; "
              "everything, which few tools cope with.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file; of several claims, folder.")
def export(  # noqa: PLR0913, PLR0917  one parameter for each option
    paths: tuple[Path, ...], form: str, only: tuple[str, ...], steps: int, months: int, calendar: str,
    output: Path | None,
) -> int:  # fmt: skip
    """Write claims as problems for other tools: solvers, model checkers, viewers of traces.

    PATHS are policies, claims or folders with them; by default specs and proofs. A comment at the top of each file says
    what the tool's answer means, and what numbers stand for. A violation that a tool finds where months are abstract
    may use a calendar that never was; a proof is a proof of the real one.

    \b
    policydsl export --only ceiling --to chc                 to the terminal
    policydsl export --to vmt -o problems                    every claim, a file each
    policydsl export --only overdraw --to itf -o traces
    """  # noqa: D301
    from policydsl.cli.report import write_report

    if form == "itf":
        return _traces(paths, only, output)
    _, subjects = load_chosen(paths, only)
    from policydsl.engines.encodings import as_chc, as_smt2, as_vmt
    from policydsl.report.stories import untaken

    writers: dict[str, Callable[[Subject], str]] = {
        "smt2": lambda s: as_smt2(s.question, steps=steps, months=months),
        "chc": lambda s: as_chc(s.question, level=_LEVELS[calendar]),
        "vmt": lambda s: as_vmt(s.question, level=_LEVELS[calendar]),
    }
    ending = "vmt" if form == "vmt" else "smt2"
    made: Rendered
    if len(subjects) == 1 and (output is None or not output.is_dir()):
        made = writers[form](subjects[0])
    else:
        files: dict[str, str] = {}
        for subject in subjects:
            claim = re.sub(r"[^\w.-]", "_", subject.question.key)
            name = f"{Path(subject.policy.path).name.removesuffix('.policy')}/{claim}"
            files[untaken(name, f".{ending}", files)] = writers[form](subject)
        made = files
    return write_report(made, output)


def _traces(paths: tuple[Path, ...], only: tuple[str, ...], output: Path | None) -> int:
    """Decide the claims, and write their stories."""
    import os

    from policydsl.analyses.judge import decide
    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import lemmas_of
    from policydsl.cli.report import write_report
    from policydsl.engines.verdict import Budget
    from policydsl.report.build import build_report
    from policydsl.report.itf import render_itf

    loaded, subjects = load_chosen(paths, only)
    judgement = Judgement(subjects, lemmas_of(loaded.claims))
    decide(judgement, Budget(), os.cpu_count() or 1, lambda _: None)
    asked = {s.policy.path for s in subjects}
    policies = tuple(p for p in loaded.policies if p.path in asked)
    made = render_itf(build_report(policies, judgement.decisions(), {}, (), loaded.sources))
    if not made:
        click.echo("no story to write: the claims hold, or are undecided", err=True)
        return Exit.GOOD
    if len(made) == 1 and (output is None or not output.is_dir()):
        return write_report(next(iter(made.values())), output)
    return write_report(made, output)
