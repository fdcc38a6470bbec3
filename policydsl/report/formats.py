"""All ways to write a report, in one table: `check --format`, `check --report` and `report --to` read it.

A renderer is a pure function of the report and the language. To add one: a file beside this one, a row here.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias, cast

from policydsl.base.records import dataclass

if TYPE_CHECKING:
    from policydsl.report.model import Report

Rendered: TypeAlias = str | bytes | Mapping[str, str]
"""Text; bytes where a format is binary; texts by file name where it is a folder of files."""


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is what the command line calls it; `file` the name of its file (or folder) in that of `check --report`.

    `extra` names the optional dependencies that it needs, and `needs` the package they bring; None for none. What
    writes it, `render_NAME` in the module of its name, is loaded when it is asked for.
    """

    name: str
    file: str
    about: str
    extra: str | None = None
    needs: str | None = None

    @property
    def installed(self) -> bool:
        """Whether what it needs is there."""
        return self.needs is None or find_spec(self.needs) is not None

    def render(self, report: "Report", language: str) -> Rendered:
        """Return `report` in this format, in the language with this code."""
        module = import_module(f"policydsl.report.{self.name}")
        return cast("Rendered", getattr(module, f"render_{self.name}")(report, language))


FORMATS: tuple[Format, ...] = (
    Format("text", "report.txt", "to read in a terminal"),
    Format("json", "result.json", "for programs (docs/schema/result-1.json), and to render later"),
    Format("html", "report.html", "one page for a browser or a printer"),
    Format("docx", "report.docx", "a Word document to annotate", extra="word", needs="docx"),
    Format("pdf", "report.pdf", "the page, printed", extra="pdf", needs="weasyprint"),
    Format("markdown", "report.md", "for a pull request"),
    Format("junit", "junit.xml", "for CI servers"),
    Format("sarif", "result.sarif", "for code scanning"),
    Format("github", "annotations.txt", "annotations of a GitHub workflow"),
    Format("itf", "traces", "a folder with each story as a trace for model checkers"),
    Format("pages", "pages", "a folder with a page for each policy, for lawyers"),
)


def format_named(name: str) -> Format:
    """Return the format called `name`, which is one of the table."""
    return next(f for f in FORMATS if f.name == name)
