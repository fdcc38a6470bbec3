"""All ways to write a report, in one table: `check --format`, `check --report` and `report --to` read it.

A renderer is a pure function of the report and the language. To add one: a file beside this one, a row here.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from policydsl.base.records import dataclass

if TYPE_CHECKING:
    from policydsl.report.model import Report

Rendered: TypeAlias = str | bytes | Mapping[str, str]
"""Text; bytes where a format is binary; texts by file name where it is a folder of files."""

Render: TypeAlias = Callable[["Report", str], Rendered]
"""The report and the code of a language."""


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is what the command line calls it; `file` the name of its file (or folder) in that of `check --report`.

    `extra` names the optional dependencies that it needs, and `needs` the package they bring; None for none.
    """

    name: str
    file: str
    about: str
    render: Render
    extra: str | None = None
    needs: str | None = None

    @property
    def installed(self) -> bool:
        """Whether what it needs is there."""
        return self.needs is None or find_spec(self.needs) is not None


def _text(report: "Report", language: str) -> str:
    from policydsl.report.text import render_text

    return render_text(report, language)


def _json(report: "Report", language: str) -> str:
    from policydsl.report.json import render_json

    del language  # names and values stand in it as the policy has them
    return render_json(report)


def _markdown(report: "Report", language: str) -> str:
    from policydsl.report.markdown import render_markdown

    return render_markdown(report, language)


def _junit(report: "Report", language: str) -> str:
    from policydsl.report.junit import render_junit

    return render_junit(report, language)


def _sarif(report: "Report", language: str) -> str:
    from policydsl.report.sarif import render_sarif

    return render_sarif(report, language)


def _github(report: "Report", language: str) -> str:
    from policydsl.report.github import render_github

    return render_github(report, language)


def _itf(report: "Report", language: str) -> Mapping[str, str]:
    from policydsl.report.itf import render_itf

    del language
    return render_itf(report)


def _html(report: "Report", language: str) -> str:
    from policydsl.report.html import render_html

    return render_html(report, language)


def _docx(report: "Report", language: str) -> bytes:
    from policydsl.report.docx import render_docx

    return render_docx(report, language)


def _pdf(report: "Report", language: str) -> bytes:
    from policydsl.report.pdf import render_pdf

    return render_pdf(report, language)


def _pages(report: "Report", language: str) -> Mapping[str, str]:
    from policydsl.report.pages import render_pages

    return render_pages(report, language)


FORMATS: tuple[Format, ...] = (
    Format("text", "report.txt", "to read in a terminal", _text),
    Format("json", "result.json", "for programs (docs/schema/result-1.json), and to render later", _json),
    Format("html", "report.html", "one page for a browser or a printer", _html),
    Format("docx", "report.docx", "a Word document to annotate", _docx, extra="word", needs="docx"),
    Format("pdf", "report.pdf", "the page, printed", _pdf, extra="pdf", needs="weasyprint"),
    Format("markdown", "report.md", "for a pull request", _markdown),
    Format("junit", "junit.xml", "for CI servers", _junit),
    Format("sarif", "result.sarif", "for code scanning", _sarif),
    Format("github", "annotations.txt", "annotations of a GitHub workflow", _github),
    Format("itf", "traces", "a folder with each story as a trace for model checkers", _itf),
    Format("pages", "pages", "a folder with a page for each policy, for lawyers", _pages),
)


def format_named(name: str) -> Format:
    """Return the format called `name`, which is one of the table."""
    return next(f for f in FORMATS if f.name == name)
