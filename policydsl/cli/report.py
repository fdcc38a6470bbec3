"""`policydsl report`: a saved result in another form, without any solver."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.span import NOWHERE, whole_file
from policydsl.cli.documents import HELP, quoted
from policydsl.cli.shared import colours, reason_of, show_diagnostics, width, write_file, write_in_folder

if TYPE_CHECKING:
    from policydsl.report.formats import Rendered
    from policydsl.report.model import Report


class FormatChoice(click.Choice[str]):
    """The names of all formats of reports."""

    def __init__(self) -> None:
        from policydsl.report.formats import FORMATS

        super().__init__([f.name for f in FORMATS])

    @staticmethod
    def about() -> str:
        """Return the formats in words."""
        from policydsl.report.formats import FORMATS

        return "; ".join(f"{f.name}: {f.about}" for f in FORMATS) + "."


class LanguageChoice(click.Choice[str]):
    """The codes of all languages of reports."""

    def __init__(self) -> None:
        from policydsl.report.languages import languages

        super().__init__(languages())


language_option = click.option("--language", default="en", show_default=True, type=LanguageChoice(),
                               help="What it is written in.")  # fmt: skip
output_option = click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--to", "form", default="text", show_default=True, type=FormatChoice(), help=FormatChoice.about())
@language_option
@click.option("--document", "documents", multiple=True, metavar="[NAME=]FILE", help=HELP)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file (traces: folder).")
def report(result: Path, form: str, language: str, documents: tuple[str, ...], output: Path | None) -> int:
    """Write a saved RESULT in another form. Nothing is checked again, and no solver is needed.

    RESULT is what `policydsl check --format json --output RESULT` has written.

    \b
    policydsl check --format json --output result.json
    policydsl report result.json --to markdown
    policydsl report result.json --to junit -o junit.xml
    policydsl report result.json --document rules.docx --to docx -o report.docx
    """  # noqa: D301
    read, wrong = quoted(read_result(result), documents)
    if wrong:
        raise RejectedError(*wrong)
    return write_in_form(read, form, language, output)


def read_result(path: Path) -> "Report":
    """Return the report saved in `path`. Raises `RejectedError`."""
    from policydsl.report.json import read_json

    span = whole_file(path)
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        wrong: Sequence[Diagnostic] = (Diagnostic("E0602", span, f"`{path}` is not UTF-8"),)
    except OSError as error:
        wrong = (Diagnostic("E0601", span, f"`{path}` cannot be read: {reason_of(error)}"),)
    else:
        read, wrong = read_json(text, str(path))
        if read is not None:
            return read
    raise RejectedError(*wrong)


def write_in_form(made: "Report", form: str, language: str, output: Path | None) -> int:
    """Write a report in the form with this name; return the exit code."""
    from policydsl.report.formats import format_named

    wanted = format_named(form)
    if not wanted.installed:
        show_diagnostics((not_installed(wanted.name, wanted.extra or ""),), {})
        return Exit.REJECTED
    if form == "text":
        from policydsl.report.text import render_text

        return write_report(render_text(made, language, width=width(), colour=colours() and output is None), output)
    return write_report(wanted.render(made, language), output)


def not_installed(form: str, extra: str) -> Diagnostic:
    """Return that what a form needs is missing; `extra` names the optional dependencies."""
    message = f"the form `{form}` needs a library that is not installed"
    return Diagnostic("E0640", NOWHERE, message, hint=f"pip install 'policydsl[{extra}]'")


def write_folder(made: "Report", language: str, folder: Path) -> int:
    """Write a report in every form into `folder`; return the exit code. Forms whose libraries are missing are named."""
    from policydsl.report.formats import FORMATS

    for form in FORMATS:
        if not form.installed:
            click.echo(f"no {form.file}: it needs pip install 'policydsl[{form.extra}]'", err=True)
            continue
        rendered = form.render(made, language)
        files = rendered.items() if isinstance(rendered, Mapping) else [("", rendered)]
        for name, data in files:
            failure = write_in_folder(folder / form.file / name, data)
            if failure is not None:
                show_diagnostics((failure,), {})
                return Exit.REJECTED
    return Exit.GOOD


def write_report(made: "Rendered", output: Path | None) -> int:
    """Write a rendered report to `output`, or to standard output; return the exit code."""
    if isinstance(made, Mapping):
        if output is None:
            raise click.UsageError("this format makes several files: name their folder with --output")
        failures = [f for f in (write_in_folder(output / name, text) for name, text in made.items()) if f is not None]
        if not failures:
            click.echo(f"{len(made)} file{'' if len(made) == 1 else 's'} in {output}", err=True)
    elif output is None:
        if isinstance(made, bytes) and sys.stdout.isatty():
            raise click.UsageError("this format is none to read in a terminal: name a file with --output")
        data = made.encode() if isinstance(made, str) else made
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return Exit.GOOD
    else:
        failure = write_file(output, made)
        failures = [failure] if failure is not None else []
    show_diagnostics(tuple(failures[:1]), {})
    return Exit.REJECTED if failures else Exit.GOOD
