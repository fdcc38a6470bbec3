"""Pages for people, written in the form that an option asks for."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.exits import Exit
from policydsl.cli.report import not_installed, write_report
from policydsl.cli.shared import colours, show_diagnostics, width

if TYPE_CHECKING:
    from policydsl.report.page import Page

FORMS = ("text", "html", "docx", "json")
ABOUT = "Text to read, one HTML page with pictures, a Word document, or JSON for programs"


def write_page(page: "Page", form: str, output: Path | None) -> int:
    """Write `page` as text, HTML or Word; return the exit code."""
    if form == "html":
        from policydsl.report.page_html import render_page_html

        return write_report(render_page_html(page), output)
    if form == "docx":
        if find_spec("docx") is None:
            show_diagnostics((not_installed("docx", "word"),), {})
            return Exit.REJECTED
        from policydsl.report.page_word import render_page_word

        return write_report(render_page_word(page), output)
    from policydsl.report.page_text import render_page_text

    return write_report(render_page_text(page, width=width(), colour=colours() and output is None), output)
