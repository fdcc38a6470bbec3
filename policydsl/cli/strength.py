"""`policydsl strength`: what claims and histories notice."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.cli.chosen import load_given
from policydsl.cli.shared import EXIT_GOOD, EXIT_REJECTED, EXIT_UNEXPECTED

if TYPE_CHECKING:
    from policydsl.analyses.strength import Tested
    from policydsl.front.load import Loaded
    from policydsl.front.loaded import LoadedPolicy

_SHOWN = 60


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--budget", default=3.0, show_default=True, metavar="SECONDS", type=click.FloatRange(min=0.1),
              help="Time for each claim under each change.")  # fmt: skip
@click.option("--jobs", default=None, metavar="N", type=click.IntRange(min=1), help="Processes (default: one a core).")
@click.option("--least", default=85, show_default=True, metavar="PERCENT", type=click.IntRange(0, 100),
              help="Exit with 1 if less is noticed.")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="List every change with what noticed it.")
def strength(paths: tuple[Path, ...], budget: float, jobs: int | None, least: int, *, verbose: bool) -> int:
    """Plant small changes in the wording of a policy and see whether its claims and golden histories notice.

    PATHS are policies and claims, or folders with them (default: specs and proofs). The changes: a bound moved by one,
    an end opened or closed, an exception dropped, months for 30 days, `and` for `or`. A change that no claim and no
    history notices is listed, unless it is proved to change nothing in any history.

    \b
    policydsl strength specs/my.policy proofs/my.claims
    """  # noqa: D301
    loaded = load_given(paths)
    if loaded is None:
        return EXIT_REJECTED
    code = EXIT_GOOD
    for policy in loaded.policies:
        tested: list[Tested] = []
        click.echo(f"{policy.header.title}  ({policy.path})")
        for each in _tested(policy, loaded, budget, jobs or os.cpu_count() or 1):
            tested.append(each)
            if verbose or each.fate == "survives":
                click.echo(f"  {_line(each)}")
        said, percent = _summary(tested)
        click.echo(f"  {said}")
        code = EXIT_UNEXPECTED if percent < least else code
    return code


def _tested(policy: "LoadedPolicy", loaded: "Loaded", budget: float, jobs: int) -> "Iterator[Tested]":
    from dataclasses import replace

    from policydsl.analyses.strength import baseline, strength
    from policydsl.cli.histories import golden_histories
    from policydsl.engines.verdict import Budget

    about = replace(loaded, claims=tuple(c for c in loaded.claims if c.policy is policy))
    histories = [h for _, h in golden_histories(policy, {}) if h is not None]
    limits = Budget(seconds=budget)
    yield from strength(baseline(policy, about, histories, limits, jobs), limits, jobs)


def _line(each: "Tested") -> str:
    from policydsl.report.diagnostics import harmless

    mutant = each.mutant
    old, new = (harmless(" ".join(text.split()))[:_SHOWN] for text in (mutant.old, mutant.new))
    change = f"`{old}` made `{new}`" if new else f"`{old}` dropped"
    by = f" {each.by}" if each.by else ""
    return f"{mutant.span}: {mutant.slip} in clause {mutant.clause}: {change}: {each.fate}{by}"


def _summary(tested: "list[Tested]") -> tuple[str, int]:
    """Return the last line, and how many percent of the changes that matter were noticed."""
    fates = Counter(t.fate for t in tested)
    noticed = fates["noticed by a history"] + fates["noticed by a claim"]
    matter = noticed + fates["survives"]
    percent = 100 * noticed // matter if matter else 100
    said = f"{noticed} of {matter} changes noticed ({percent} %), {fates['noticed by a history']} by histories"
    said += f"; {fates['changes nothing']} change nothing, {fates['rejected']} are no policy"
    return said, percent
