"""`policydsl fmt`: the canonical layout."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from policydsl.base.diagnostic import Diagnostic, has_errors
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.span import whole_file
from policydsl.cli.shared import write_file


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 if a file would change.")
def fmt(paths: tuple[Path, ...], *, only_check: bool) -> int:
    """Rewrite policies, claims and amendments in their one layout; the meaning and the comments stay.

    PATHS are files or folders (default: specs and proofs); `-` reads standard input and writes standard output.
    A file with mistakes is left as it is.

    \b
    policydsl fmt specs/my.policy
    policydsl fmt --check
    """  # noqa: D301
    from policydsl.syntax.format import format_text
    from policydsl.syntax.source import read_source

    if [str(p) for p in paths] == ["-"]:
        return _standard_input(only_check=only_check)
    found: list[Diagnostic] = []
    sources: dict[str, str] = {}
    changed = 0
    for path in _files(paths):
        text, wrong = read_source(path)
        found.extend(wrong)
        if text is None:
            continue
        sources[str(path)] = text
        made, wrong = format_text(text, str(path))
        found.extend(d for d in wrong if d.is_error)
        if made is None or made == text:
            continue
        changed += 1
        if only_check:
            click.echo(f"would reformat {path}")
            continue
        failure = write_file(path, made)
        if failure is None:
            click.echo(f"reformatted {path}")
        else:
            found.append(failure)
    if has_errors(found):
        raise RejectedError(*found, sources=sources)
    return Exit.UNEXPECTED if only_check and changed else Exit.GOOD


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files at `paths`; what is no folder is taken for a file."""
    defaults = [p for p in (Path("specs"), Path("proofs")) if p.exists()]
    for path in paths or defaults or (Path("specs"),):
        if path.is_dir():
            yield from sorted(
                p for p in path.rglob("*") if p.suffix in {".policy", ".claims", ".amendment"} and p.is_file()
            )
        else:
            yield path


def _standard_input(*, only_check: bool) -> int:
    from policydsl.syntax.format import format_text

    name = "standard input"
    data = sys.stdin.buffer.read()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise RejectedError(Diagnostic("E0602", whole_file(name), "standard input is not UTF-8")) from None
    made, found = format_text(text, name)
    if made is None:
        raise RejectedError(*(d for d in found if d.is_error), sources={name: text})
    if not only_check:
        click.echo(made, nl=False)
    return Exit.UNEXPECTED if only_check and made != text else Exit.GOOD
