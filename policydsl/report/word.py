"""A Word file as it is written: paragraphs, headings, tables. The same calls give the same bytes."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from policydsl.report.diagnostics import bounded, harmless, in_code

COLOURS = {"good": "1C6A3C", "bad": "A2241C", "open": "7D5200", "known": "4B4A8F", "depends": "0B6273"}
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Every document says that it was made then: the same report gives the same bytes."""


class WordFile:
    """A document, written from its first page on. Texts are shown harmless, without words of endless length."""

    def __init__(self) -> None:
        self.document = docx.Document()
        self._page()

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(_PAGE_WIDTH), Mm(297)
        section.left_margin = section.right_margin = Mm((_PAGE_WIDTH - _TEXT_WIDTH) // 2)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Calibri", Pt(10.5)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")

    def text(self, text: str, style: str | None = None, *, colour: str | None = None, bold: bool = False) -> None:
        """Write a paragraph."""
        for run in _runs(self.document.add_paragraph(style=style), text):
            run.bold = bold or None
            if colour is not None:
                run.font.color.rgb = RGBColor.from_string(colour)

    def source(self, line: str) -> None:
        """Write a line of the policy language, with the blanks it begins with."""
        paragraph = self.document.add_paragraph(style="No Spacing")
        blanks = len(line) - len(line.lstrip(" "))
        run = paragraph.add_run("\u00a0" * blanks + _plain(line.lstrip(" ")))
        run.font.name, run.font.size = _CODE, Pt(9)

    def heading(self, text: str, level: int) -> None:
        """Write a heading."""
        _runs(self.document.add_heading("", level), text)

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        """Write a table whose first row is repeated on every page; who says more has a wider column."""
        table = self.document.add_table(rows=1, cols=len(heads), style="Table Grid")
        table.autofit = False
        widths = _widths([heads, *rows])
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for cell, head, width in zip(table.rows[0].cells, heads, widths, strict=True):
            cell.paragraphs[0].add_run(_plain(head)).bold = True
            cell.width = width
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  the library has no way
        for row in rows:
            for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
                _runs(cell.paragraphs[0], text)
                cell.width = width

    def saved(self, title: str) -> bytes:
        """Return the file."""
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = _plain(title)[:_LONGEST_TITLE], "policydsl", ""
        properties.created = properties.modified = _BEGINNING
        made = io.BytesIO()
        self.document.save(made)
        return _without_clock(made.getvalue())


def _widths(rows: Sequence[Sequence[str]]) -> list[Length]:
    """Return how wide the columns are: in proportion to the longest text in each, within limits."""
    weights = [min(max(len(text) for text in column), _LONG) + _SHORT for column in zip(*rows, strict=True)]
    return [Mm(_TEXT_WIDTH * weight / sum(weights)) for weight in weights]


_LONG, _SHORT = 60, 12
"""Characters: longer texts make a column no wider, and each has room for so many at least."""

_TEXT_WIDTH = 166
"""Millimetres between the margins."""
_PAGE_WIDTH = 210


_LONGEST_TITLE = 255
"""Characters: the library refuses more."""


def _without_clock(data: bytes) -> bytes:
    """Return the same archive with one date for all its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return made.getvalue()


_CODE = "Consolas"


def _runs(paragraph: Paragraph, text: str) -> list[Run]:
    """Write `text`, names in code, and return the runs."""
    runs = []
    for part, is_code in in_code(_plain(text)):
        runs.append(paragraph.add_run(part))
        if is_code:
            runs[-1].font.name = _CODE
    return runs


def _plain(text: str) -> str:
    return bounded("\n".join(map(harmless, text.split("\n"))))
