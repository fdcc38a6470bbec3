"""`policydsl replay`: the stories of a saved result as golden histories."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, did_you_mean
from policydsl.base.exits import Exit
from policydsl.base.span import NOWHERE, whole_file
from policydsl.cli.report import read_result
from policydsl.cli.shared import show_diagnostics, write_in_folder

if TYPE_CHECKING:
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.report.model import Finding, PolicyReport, Report
    from policydsl.report.told import Story

Told = tuple["PolicyReport", str, "Finding", "Story"]


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("claims", nargs=-1)
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write a file for each story into this folder, such as specs/NAME.histories.")  # fmt: skip
@click.option("--policy", "policies", multiple=True, type=click.Path(path_type=Path),
              help="Where the policies are now, if not where the result says.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def replay(
    result: Path, claims: tuple[str, ...], output: Path | None, policies: tuple[Path, ...], *, force: bool
) -> int:
    """Turn stories of a saved RESULT into golden histories, which `policydsl check` replays from then on.

    CLAIMS are names of claims (the story of each), or CLAIM.example, CLAIM.READING.OPTION; by default all stories.
    The policy is read again: a story that it no longer allows is said to be so, and not written. No solver is needed.

    \b
    policydsl check --format json --output result.json
    policydsl replay result.json twelfth -o specs/my.histories
    """  # noqa: D301
    saved = read_result(result)
    told, found = _chosen(saved, claims)
    if output is None and len(told) > 1:
        raise click.UsageError(f"there are {len(told)} stories: name one claim, or a folder with --output")
    made: list[tuple[str, str]] = []
    if not found:
        for each in _written(told, policies):
            if isinstance(each, tuple):
                made.append(each)
            else:
                found.append(each)
    if not found and output is None:
        click.echo("".join(text for _, text in made), nl=False)
    elif not found and output is not None:
        found = _save(made, output, force=force)
    show_diagnostics(tuple(found), {"the command line": " ".join(claims)})
    return Exit.REJECTED if found else Exit.GOOD


def _chosen(report: "Report", names: tuple[str, ...]) -> "tuple[list[Told], list[Diagnostic]]":

    from policydsl.report.stories import stories

    known: list[Told] = [(p, name, finding, story) for p in report.policies for name, finding, story in stories(p)]
    if not names:
        return known, []
    found: list[Diagnostic] = []
    all_names = {name for _, name, _, _ in known}
    for name in names:
        if name not in all_names:
            hint = did_you_mean(name, all_names, 0.5) or "a claim that is proved has no story that refutes it"
            found.append(Diagnostic("E0605", NOWHERE, f"the result holds no story named `{name}`", hint=hint))
    return [each for each in known if each[1] in names], found


def _written(told: "list[Told]", paths: tuple[Path, ...]) -> "Iterator[tuple[str, str] | Diagnostic]":
    """Yield each story as the name and the text of a file, or what keeps it from being one."""
    from policydsl.analyses.golden import ImpossibleError, golden
    from policydsl.front.load import load
    from policydsl.report.record import trace_of
    from policydsl.report.stories import file_name

    loaded = load(list(paths) or [Path(path) for path in dict.fromkeys(p.path for p, *_ in told)])
    yield from (d for d in loaded.diagnostics if d.is_error)
    by_title: dict[str, LoadedPolicy] = {p.header.title: p for p in loaded.policies}
    for report, name, finding, story in told:
        policy = by_title.get(report.title)
        span = whole_file(report.path)
        if policy is None:
            yield Diagnostic("E0604", span, f"the policy `{report.title}` of the result is not there", hint="--policy")
            continue
        trace = None if story.record is None else trace_of(policy, story.record, finding.name)
        try:
            if trace is not None:
                watched = [f.name for f in story.facts]
                yield file_name(name) + ".yaml", golden(policy, trace, f"{finding.sentence} ({name})", watched)
                continue
            why = "the policy has other names or values now"
        except ImpossibleError as error:
            why = f"`{error.args[0]}` on {error.args[1]} is not possible"
        message = f"the story of `{name}` does not happen under the policy as it is now: {why}"
        yield Diagnostic("E0621", span, message, hint="check again, and replay the new result")


def _save(made: list[tuple[str, str]], folder: Path, *, force: bool) -> list[Diagnostic]:
    there = [folder / name for name, _ in made if (folder / name).exists() and not force]
    if there:
        message = f"`{there[0]}` is there already; nothing was written"
        return [Diagnostic("E0603", whole_file(there[0]), message, hint="--force replaces it")]
    for name, text in made:
        failure = write_in_folder(folder / name, text)
        if failure is not None:
            return [failure]
        click.echo(f"wrote {folder / name}")
    return []
