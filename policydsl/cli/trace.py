"""`policydsl trace`: a transcription beside its document."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, has_errors
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.span import whole_file
from policydsl.cli.documents import read_lock_at, read_passages
from policydsl.cli.shared import write_file

if TYPE_CHECKING:
    from policydsl.document.align import Change, Tracing

_SHOWN = 100


@click.command()
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--document", required=True, type=click.Path(path_type=Path),
              help="The source text: .txt, .html or .docx.")  # fmt: skip
@click.option(
    "--write", is_flag=True, help="Write the lock (NAME.lock beside the policy): this edition is the one known."
)
@click.option("-v", "--verbose", is_flag=True, help="List every sentence with the clauses that stand for it.")
def trace(spec: Path, document: Path, *, write: bool, verbose: bool) -> int:
    """Line up the policy SPEC with the document it transcribes: is every sentence accounted for?

    A sentence belongs to the clauses that bear its number (clause 5.3.1-a stands for part of section 5.3.1); one
    without a number to those that the lock names for it. With a lock, another edition of the document shows which
    sentences moved, changed, vanished or are new, and which clauses that concerns. The lock holds hashes, never text.

    \b
    policydsl trace specs/my.policy --document my.docx --write    the first time
    policydsl trace specs/my.policy --document next-edition.docx  what is different, and for which clauses
    """  # noqa: D301
    from policydsl.document.align import trace as line_up
    from policydsl.document.lock import write_lock
    from policydsl.front.load import load

    loaded = load([spec])
    found = list(loaded.diagnostics)
    if len(loaded.policies) != 1 and not has_errors(found):
        found.append(Diagnostic("E0604", whole_file(spec), "there is not one policy here; name the file of one"))
    passages = read_passages(document, found)
    path = spec.with_suffix(".lock")
    lock = read_lock_at(path, found)
    if has_errors(found) or passages is None:
        raise RejectedError(*(d for d in found if d.is_error), sources=loaded.sources)
    traced = line_up(passages, [c.number for c in loaded.policies[0].clauses], lock)
    for line in _lines(traced, verbose=verbose):
        click.echo(line)
    if write:
        failure = write_file(path, write_lock(traced.traced))
        if failure is not None:
            raise RejectedError(failure)
        click.echo(f"wrote {path}")
        return Exit.UNEXPECTED if traced.uncovered else Exit.GOOD
    return Exit.UNEXPECTED if traced.uncovered or traced.changes else Exit.GOOD


def _lines(traced: "Tracing", *, verbose: bool) -> Iterator[str]:
    if verbose:
        for each in traced.traced:
            by = "heading" if each.passage.heading and not each.clauses else ", ".join(each.clauses) or "nothing"
            yield f"{each.passage.place:<16} line {each.passage.line:<5} {by}"
    uncovered = traced.uncovered
    for passage in uncovered:
        yield f"no clause stands for {passage.place} (line {passage.line}): {_short(passage.text)}"
    yield from _changes(traced.changes)
    if traced.idle:
        yield f"clauses that stand for no sentence (what the text leaves open): {', '.join(traced.idle)}"
    sentences = [t for t in traced.traced if not t.passage.heading]
    many = "change" if len(traced.changes) == 1 else "changes"
    yield f"{len(sentences) - len(uncovered)} of {len(sentences)} sentences covered; {len(traced.changes)} {many}"


def _changes(changes: "Sequence[Change]") -> Iterator[str]:
    for change in changes:
        about = f"; look at clause{'s' if len(change.clauses) > 1 else ''} {', '.join(change.clauses)}"
        place = f"{change.old} -> {change.new}" if change.kind == "moved" else change.new or change.old
        yield f"{change.kind}: {place}{about if change.clauses else ''}"


def _short(text: str) -> str:
    from policydsl.report.diagnostics import harmless

    text = harmless(text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
