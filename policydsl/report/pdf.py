"""A report as a PDF file: the print view of the HTML page. Pure, the same bytes always."""

from weasyprint import HTML

from policydsl.report.html import render_html
from policydsl.report.model import Report


def render_pdf(report: Report, code: str = "en") -> bytes:
    """Return `report` as PDF (A4) in the language with this code."""
    made = HTML(string=render_html(report, code, for_print=True), url_fetcher=_nothing).write_pdf(
        pdf_identifier=b"policydsl"
    )
    assert isinstance(made, bytes)
    return made


def _nothing(url: str) -> dict[str, object]:
    raise ValueError(f"a report fetches nothing: {url}")
