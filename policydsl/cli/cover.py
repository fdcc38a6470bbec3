"""`policydsl cover` and `policydsl testgen`: what histories and claims exercise, and histories for the rest."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.exits import Exit, RejectedError
from policydsl.cli.chosen import load_given
from policydsl.cli.shared import Seconds, write_in_folder

if TYPE_CHECKING:
    from policydsl.analyses.coverage import Coverage
    from policydsl.front.load import Loaded
    from policydsl.front.loaded import LoadedPolicy


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-v", "--verbose", is_flag=True, help="List everything with the histories and claims that exercise it.")
def cover(paths: tuple[Path, ...], *, verbose: bool) -> int:
    """Report which rules, rows, events, schedules, duties and readings the golden histories exercise, and the claims.

    PATHS are policies and claims, or folders with them (default: specs and proofs). A rule is exercised by a history in
    which it takes effect, a reading's option by a history (or variant) that is told under it; a claim exercises the
    clauses it cites. Exit code 1 if a history is missing for something: `policydsl testgen` writes them.

    \b
    policydsl cover specs/my.policy proofs/my.claims
    """  # noqa: D301
    loaded = load_given(paths)
    code = Exit.GOOD
    for policy in loaded.policies:
        found = _coverage(policy, loaded)
        click.echo(f"{policy.header.title}  ({policy.path})")
        for item in found.items:
            histories, claims = found.by_histories[item.key], found.by_claims[item.key]
            if verbose or not histories:
                by = ", ".join(Path(h).name for h in histories) or "no history"
                cited = f"cited by {', '.join(claims)}" if claims else "cited by no claim"
                click.echo(f"  clause {item.clause or '-'}: {item.what}: {by}; clause {cited}")
        done = len(found.items) - len(found.left)
        uncited = {i.clause for i in found.items if i.clause and not found.by_claims[i.key]}
        cited = f"no claim cites {', '.join(sorted(uncited))}" if uncited else "every clause is cited by a claim"
        click.echo(f"  {done} of {len(found.items)} exercised by histories; {cited}")
        code = Exit.UNEXPECTED if found.left else code
    return code


@click.command()
@click.argument("policy", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Where to write (default: NAME.histories beside the policy).")  # fmt: skip
@click.option("--budget", default=10.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each history.")  # fmt: skip
def testgen(policy: Path, output: Path | None, budget: float) -> int:
    """Write a shortest golden history for everything in POLICY that none exercises yet.

    Each file expects what comes out now, so read it before you keep it: it shows what the policy does, not what it
    should do. Files that are there already are left alone.

    \b
    policydsl testgen specs/my.policy
    """  # noqa: D301
    from policydsl.analyses.coverage import generate
    from policydsl.engines.verdict import Budget
    from policydsl.report.stories import file_name

    loaded = load_given((policy,))
    if len(loaded.policies) != 1:
        raise click.UsageError(f"`{policy}` holds {len(loaded.policies)} policies; name the file of one")
    target = loaded.policies[0]
    left = _coverage(target, loaded).left
    folder = output or Path(target.path).with_suffix(".histories")
    code = Exit.GOOD
    for each in generate(target, left, Budget(seconds=budget)):
        path = folder / f"generated-{file_name(each.item.key.replace(':', '-'))}.yaml"
        if each.text is None:
            click.echo(f"no history: {each.item.what}: {each.reason}")
            code = Exit.UNDECIDED if each.reason.startswith("none was found") else code
        elif path.exists():
            click.echo(f"left alone: {path}")
        else:
            if (failure := write_in_folder(path, each.text)) is not None:
                raise RejectedError(failure)
            click.echo(f"wrote {path}")
    if not left:
        click.echo("every rule, row, event, schedule, duty and reading is exercised already")
    return code


def _coverage(policy: "LoadedPolicy", loaded: "Loaded") -> "Coverage":
    from policydsl.analyses.coverage import coverage
    from policydsl.cli.histories import golden_histories

    histories = [h for _, h in golden_histories(policy, {}) if h is not None]
    claims = [c for file in loaded.claims if file.policy is policy for c in file.claims]
    return coverage(policy, histories, claims)
