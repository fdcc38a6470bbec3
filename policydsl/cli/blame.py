"""`policydsl blame`: what each proof rests on."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.exits import Exit
from policydsl.cli.chosen import load_chosen
from policydsl.cli.pages import ABOUT, FORMS, write_page
from policydsl.cli.progress import progress
from policydsl.cli.report import language_option, output_option, write_report
from policydsl.cli.shared import Seconds, jobs_option

if TYPE_CHECKING:
    from policydsl.analyses.blame import Blame
    from policydsl.report.blame import BlameReport
    from policydsl.report.model import Clause


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="CLAIM", help="Only this claim; may be given several times.")
@click.option("--budget", default=10.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each claim, and for each question whether it falls without a clause.")  # fmt: skip
@jobs_option
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMS),
              help=f"{ABOUT}.")  # fmt: skip
@language_option
@output_option
def blame(  # noqa: PLR0913, PLR0917  one parameter for each option
    paths: tuple[Path, ...], only: tuple[str, ...], budget: float, jobs: int, form: str, language: str,
    output: Path | None,
) -> int:  # fmt: skip
    """Say of each proved claim which clauses its proof rests on, and of each clause which claims fall without it.

    PATHS are policies, claims or folders with them; by default specs and proofs. "Without a clause" means: whatever
    the clause might say instead. Clauses that a claim needs are shown by a history that breaks the claim without them;
    the others are taken out all at once, and the claim is proved again.

    \b
    policydsl blame
    policydsl blame --only ceiling
    policydsl blame specs/my.policy proofs/my.claims --format docx -o rests.docx
    """  # noqa: D301
    from policydsl import __version__
    from policydsl.report.blame import blame_json
    from policydsl.report.blame_page import blame_page

    report, clauses = _report(paths, only, (budget, jobs), language)
    if form == "json":
        code = write_report(blame_json(report), output)
    else:
        code = write_page(blame_page(report, clauses, language, __version__), form, output)
    return Exit.INTERRUPTED if report.unasked and code == Exit.GOOD else code


def _report(
    paths: tuple[Path, ...], only: tuple[str, ...], effort: tuple[float, int], code: str
) -> "tuple[BlameReport, dict[str, tuple[Clause, ...]]]":
    """Return what the proofs of the chosen claims rest on, and the clauses of their policies.

    An interruption leaves out what was not looked at yet. `effort` is the seconds for each question and the processes.
    """
    from policydsl.analyses.blame import blame as rest_on
    from policydsl.analyses.blame import falls
    from policydsl.analyses.judge import decide
    from policydsl.analyses.judgement import Judgement, News
    from policydsl.analyses.subjects import lemmas_of
    from policydsl.engines.verdict import Budget, Proved
    from policydsl.report.blame import BlameReport, Rests
    from policydsl.report.build import clauses_of

    loaded, subjects = load_chosen(paths, only)
    judgement, budget = Judgement(subjects, lemmas_of(loaded.claims)), Budget(seconds=effort[0])
    found: dict[int, Blame] = {}
    with contextlib.suppress(KeyboardInterrupt), progress() as tell:
        decide(judgement, budget, effort[1], tell)
        proofs = [(i, v.certificate) for i, v in sorted(judgement.verdicts.items()) if isinstance(v, Proved)]
        for done, (i, certificate) in enumerate(proofs):
            tell(News(done, len(proofs), subjects[i].question.key, "which clauses it takes"))
            found[i] = rest_on(subjects[i], certificate, budget)
    rests = tuple(
        Rests(
            b.subject.policy.path,
            b.subject.question.key,
            b.subject.claim.labels.get(code, b.subject.claim.sentence) if b.subject.claim else "",
            b.always,
            b.here,
            b.perhaps,
            b.meant,
            b.irrelevant,
            b.certificate.seal,
        )
        for b in found.values()
    )
    named = {i: (s.policy.path, s.question.key) for i, s in enumerate(subjects)}
    verdicts = judgement.verdicts
    unproved = tuple(named[i] for i in named if i in verdicts and not isinstance(verdicts[i], Proved))
    unasked = tuple(each for i, each in named.items() if i not in found and each not in unproved)
    report = BlameReport(rests, tuple(falls(tuple(found.values()))), unproved, unasked)
    return report, {p.path: clauses_of(p) for p in loaded.policies}
