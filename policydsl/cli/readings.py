"""`policydsl readings`: which ambiguities matter, and which claims depend on them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.exits import Exit
from policydsl.cli.chosen import load_chosen
from policydsl.cli.pages import ABOUT, FORMS, write_page
from policydsl.cli.report import language_option, output_option, write_report
from policydsl.cli.shared import Seconds, jobs_option

if TYPE_CHECKING:
    from policydsl.report.ambiguity import ReadingsReport
    from policydsl.report.model import Report


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--budget", default=10.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each claim, and for every two options of a reading.")  # fmt: skip
@jobs_option
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMS),
              help=f"{ABOUT} (docs/schema/readings-1.json).")  # fmt: skip
@language_option
@output_option
def readings(  # noqa: PLR0913, PLR0917  one parameter for each option
    paths: tuple[Path, ...], budget: float, jobs: int, form: str, language: str, output: Path | None
) -> int:
    """Say of every ambiguity whether it matters: the shortest history in which two readings come out differently.

    PATHS are policies, claims or folders with them; by default specs and proofs. Every two options of a reading are
    compared, with all else alike: the history is told under both, side by side, or it is proved that they never
    differ. What is compared is the state, what is possible and permitted, and what the policy defines for its own
    sake. Of every claim in PATHS it is said on which readings its verdict depends.

    \b
    policydsl readings specs/my.policy
    policydsl readings specs/my.policy proofs/my.claims --format html -o readings.html
    """  # noqa: D301
    from policydsl.report.ambiguity import readings_json, undecided
    from policydsl.report.readings_page import readings_page

    report, found = _report(paths, budget, jobs)
    code = Exit.UNDECIDED if undecided(found) else Exit.GOOD
    if form == "json":
        return write_report(readings_json(found), output) or code
    return write_page(readings_page(found, report.policies, language), form, output) or code


def _report(paths: tuple[Path, ...], seconds: float, jobs: int) -> "tuple[Report, ReadingsReport]":
    """Return the claims and the readings."""
    from policydsl.analyses.ambiguity import differences
    from policydsl.analyses.judge import decide
    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import lemmas_of
    from policydsl.engines.verdict import Budget
    from policydsl.report.ambiguity import readings_report
    from policydsl.report.build import build_report

    loaded, subjects = load_chosen(paths, ())
    budget = Budget(seconds=seconds)
    judgement = Judgement(subjects, lemmas_of(loaded.claims))
    decide(judgement, budget, jobs, lambda _: None)
    if judgement.bugs:
        raise RuntimeError(judgement.bugs[0].reason)
    report = build_report(loaded.policies, judgement.decisions(), {}, (), loaded.sources)
    found = [differences(policy, budget, jobs) for policy in loaded.policies]
    return report, readings_report(report, loaded.policies, found)
