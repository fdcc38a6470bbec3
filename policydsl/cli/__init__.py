"""The command line: read, call, render, choose the exit code.

Exit codes: 0 all as expected, 1 something is not, 2 undecided, 3 the input was rejected, 4 a bug in policydsl;
130 interrupted (Ctrl-C), 141 the reader of the output went away.
"""

import contextlib
import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NoReturn

import click

from policydsl import __version__
from policydsl.base.exits import Exit, RejectedError

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class _ReaderGoneError(Exception):
    """A broken pipe, under a name that click does not turn into exit code 1."""


_COMMANDS = (
    "check", "certify", "report", "replay", "run", "graph", "trace", "tables", "readings", "diff", "repair", "blame",
    "cover", "testgen", "strength", "export", "fmt", "explain", "completion",
)  # fmt: skip
"""All commands. Each is loaded when it is asked for, from the module of its name but for those of `_ELSEWHERE`."""

_ELSEWHERE = {"testgen": "cover"}


class _Root(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, None if there is none."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        found = getattr(import_module(f"policydsl.cli.{_ELSEWHERE.get(cmd_name, cmd_name)}"), cmd_name)
        assert isinstance(found, click.Command)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return self._ended(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    def _ended(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except RejectedError as error:
            from policydsl.cli.shared import show_diagnostics

            show_diagnostics(error.diagnostics, error.sources)
            return Exit.REJECTED


@click.group(
    cls=_Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 everything as expected, 1 something is not, 2 undecided, 3 the input was rejected, "
    "4 a bug in policydsl, 130 interrupted.",
)
@click.version_option(__version__, prog_name="policydsl")
def cli() -> None:
    """Prove what a written policy does over every possible history, or see the shortest story in which it does not.

    \b
    policydsl check                              everything in specs/ and proofs/
    policydsl run specs/my.policy history.yaml   what happens in one history, step by step
    policydsl explain E0301                      what a message means, with an example
    """  # noqa: D301  \b is click's mark for lines to be kept


_ALLOCATIONS = 500_000
"""Between looks for garbage: systems are many small lasting parts, and looking through them took a tenth of a check.

A comparison comes to fewer; so many take some tens of megabytes, and what is not in a circle is given up at once.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code."""
    # Workers start as new interpreters, which would look for modules in the working folder first: a stranger's, maybe.
    os.environ["PYTHONSAFEPATH"] = "1"
    signal.signal(signal.SIGTERM, _terminated)
    _have_streams()
    code = run_command(arguments)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _have_streams() -> None:
    """Write to nowhere where an output was closed before the start (`>&-`), and find nothing in an input (`<&-`)."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  open to the end


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    """Leave in good order, so that no worker is left behind."""
    del frame
    raise SystemExit(128 + number)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of the command line `arguments` (by default, those of the process)."""
    gc.set_threshold(_ALLOCATIONS)
    try:
        result = cli.main(arguments, prog_name="policydsl", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return Exit.REJECTED
    except click.exceptions.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return Exit.INTERRUPTED
    except (BrokenPipeError, _ReaderGoneError):
        _drop_output()
        return Exit.GONE
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            return _report_bug(error, sys.argv[1:] if arguments is None else arguments)
        _drop_output()
        click.echo(f"error: the output cannot be written: {os.strerror(error.errno).lower()}", err=True)
        return Exit.REJECTED
    except Exception as error:  # noqa: BLE001  the last resort: no traceback in front of a user
        return _report_bug(error, sys.argv[1:] if arguments is None else arguments)
    return result if isinstance(result, int) else 0


def _drop_output() -> None:
    """Keep the interpreter from flushing into a pipe that nobody reads."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report_bug(error: Exception, arguments: Sequence[str]) -> int:
    from policydsl.cli.shared import bug_message, wants_traceback

    click.echo(bug_message(f"{type(error).__name__}: {error}"), err=True)
    if wants_traceback(arguments):
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True)
    return Exit.BUG
