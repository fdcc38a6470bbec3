"""What the commands share: files, the terminal, the words for bugs."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.span import whole_file

if TYPE_CHECKING:
    from policydsl.analyses.judgement import Bug
    from policydsl.report.model import BugNote

_PIPED_WIDTH = 100


class Seconds(click.FloatRange):
    """A time that an option gives, in seconds: a tenth at the least, a year at the most."""

    def __init__(self) -> None:
        super().__init__(min=0.1, max=31_536_000)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401  as click has it
        """Return the number that `value` says. Raises `click.BadParameter`, also for what is no number (`nan`)."""
        found = float(super().convert(value, param, ctx))
        if found != found:  # noqa: PLR0124  only what is no number is not itself
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        return found


jobs_option = click.option("--jobs", default=lambda: os.cpu_count() or 1, metavar="N", type=click.IntRange(min=1),
                           help="Processes (default: one a core).")  # fmt: skip


def counted(number: int, one: str, several: str) -> str:
    """Return `1 story`, `2 stories`: a number with the word that goes with it."""
    return f"{number:,} {one if number == 1 else several}"


def wants_traceback(arguments: Sequence[str] = ()) -> bool:
    """Return whether a bug is to be shown with its traceback."""
    return bool(os.environ.get("POLICYDSL_DEBUG")) or "-v" in arguments or "--verbose" in arguments


def tell_bugs(bugs: "Iterable[Bug | BugNote]", *, verbose: bool = False) -> None:
    """Write each kind of bug once; where it is wanted, with its traceback."""
    for bug in {bug.reason: bug for bug in bugs}.values():
        click.echo(bug_message(bug.reason), err=True)
        if verbose or wants_traceback():
            click.echo(bug.trace, err=True)


def bug_message(reason: str) -> str:
    """Return what a user is told of an exception in policydsl."""
    return (
        f"policydsl has a bug: {reason[:500]}\n"
        "This says nothing about your policy. Please report it with the files that show it and the output of\n"
        "`policydsl --version`; the option -v, or POLICYDSL_DEBUG=1, adds the details that help to find it."
    )


def colours(*, err: bool = False) -> bool:
    """Return whether the output goes to a terminal that wants colours."""
    stream = sys.stderr if err else sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return how many columns the output has: COLUMNS, else the terminal's, else 100."""
    return shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns


def show_diagnostics(diagnostics: Diagnostics, sources: Mapping[str, str]) -> None:
    """Write diagnostics with their lines to standard error."""
    from policydsl.report.diagnostics import render_diagnostics

    click.echo(render_diagnostics(diagnostics, sources), err=True, nl=False)


def write_file(path: Path, data: str | bytes) -> Diagnostic | None:
    """Write `data` to `path` at once or not at all, keeping the permissions that the file has; return what is wrong.

    What is no file (`/dev/null`, a pipe) is written to, and not replaced by one.
    """
    raw = data.encode() if isinstance(data, str) else data
    target = Path(os.path.realpath(path))
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(raw)
            return None
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(raw)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        return cannot_write(path, error)
    return None


def write_in_folder(path: Path, data: str | bytes) -> Diagnostic | None:
    """Write `data` to `path` as `write_file` does; a folder that is not there is made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Diagnostic("E0603", whole_file(path), f"`{path.parent}` cannot be made: {reason_of(error)}")
    return write_file(path, data)


def cannot_write(path: Path, error: OSError) -> Diagnostic:
    """Return the diagnostic for a file that `error` kept from being written or removed."""
    message = f"`{path}` cannot be written: {reason_of(error)}"
    return Diagnostic("E0603", whole_file(path), message, hint="nothing was changed")


def reason_of(error: OSError) -> str:
    """Return why the system refused something, in its own words."""
    return (error.strerror or str(error)).lower()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
