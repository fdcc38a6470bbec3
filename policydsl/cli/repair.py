"""`policydsl repair`: small edits with which a claim would hold."""

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.cli.shared import EXIT_GOOD, EXIT_REJECTED, EXIT_UNEXPECTED, bug_message, show_diagnostics

if TYPE_CHECKING:
    from policydsl.front.loaded import LoadedClaims


@click.command()
@click.argument("claim")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--most", default=3, show_default=True, metavar="N", type=click.IntRange(min=1),
              help="So many suggestions are enough.")  # fmt: skip
@click.option("--budget", default=4.0, show_default=True, metavar="SECONDS", type=click.FloatRange(min=0.1),
              help="Time for each question.")  # fmt: skip
@click.option("--jobs", default=None, metavar="N", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("-v", "--verbose", is_flag=True, help="Name each edit as it is tried.")
def repair(  # noqa: PLR0913  one parameter for each option
    claim: str, paths: tuple[Path, ...], most: int, budget: float, jobs: int | None, *, verbose: bool
) -> int:
    """Suggest small edits with which CLAIM would hold, and all else that is claimed stay as it is.

    Bounds by one, ends of intervals, and "less than" against "at most" are tried, one at a time, in the clauses that
    the claim cites. Each suggestion is an amendment; nothing is changed. PATHS are policies, claims or folders
    (default: specs and proofs). The exit code is 1 if there is no such edit.

    \b
    policydsl repair hole specs/my.policy proofs/my.claims
    """  # noqa: D301
    from policydsl.analyses.diff_ask import Asker, crew_of
    from policydsl.analyses.diff_claims import Judging
    from policydsl.analyses.repair import Search, repairs
    from policydsl.engines.verdict import Budget
    from policydsl.front.load import load
    from policydsl.report.diff_build import words_for
    from policydsl.report.diff_words import role_words
    from policydsl.syntax.source import read_source

    loaded = load(paths or [p for p in (Path("specs"), Path("proofs")) if p.exists()] or [Path("specs")])
    if any(d.is_error for d in loaded.diagnostics):
        show_diagnostics(loaded.diagnostics, loaded.sources)
        return EXIT_REJECTED
    home = next((c for c in loaded.claims for each in c.claims if each.name == claim), None)
    if home is None:
        return _unknown(claim, loaded.claims)
    files = tuple(c.path for c in loaded.claims if c.policy is home.policy)
    search = Search(home.policy.path, files, claim, most, lambda name: read_source(Path(name)))
    workers, limit = jobs or os.cpu_count() or 1, Budget(seconds=budget)
    found = 0
    with crew_of(workers) as crew:
        asker = Asker(crew, limit, workers)
        judging = Judging(limit, workers, asker.bugs)
        for each in repairs(search, asker, judging, lambda said: click.echo(said, err=True) if verbose else None):
            found += 1
            click.echo(f"-- {found}. In clause {each.edit.clause}, {each.edit.about}: then `{claim}` holds, proved.")
            click.echo(f"-- It costs: {role_words(each.comparison, words_for(home.policy))}.")
            click.echo(each.amendment)
    for bug in asker.bugs:
        click.echo(bug_message(bug.reason), err=True)
    if not found:
        click.echo(f"no single small edit of the clauses that `{claim}` cites makes it hold and leaves the rest alone")
    return EXIT_GOOD if found else EXIT_UNEXPECTED


def _unknown(claim: str, files: "tuple[LoadedClaims, ...]") -> int:
    from policydsl.base.diagnostic import Diagnostic
    from policydsl.base.span import Span

    close = difflib.get_close_matches(claim, sorted(c.name for file in files for c in file.claims), 1, 0.5)
    hint = f"did you mean `{close[0]}`?" if close else None
    span = Span("CLAIM", 1, 1, 1, len(claim) + 1)
    show_diagnostics((Diagnostic("E0605", span, f"there is no claim named `{claim}`", hint=hint),), {"CLAIM": claim})
    return EXIT_REJECTED
