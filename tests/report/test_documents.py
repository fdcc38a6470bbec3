"""Word and PDF: read back by libraries that did not write them, the same bytes always, hostile names and all."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from policydsl.report.formats import FORMATS, format_named
from policydsl.report.markdown import render_markdown
from policydsl.report.model import Report
from policydsl.report.shapes import Picture, Shape
from policydsl.report.sheet import environment
from tests.report.samples import HOSTILE, report

docx = pytest.importorskip("docx")
pytest.importorskip("weasyprint")
pdfium: Any = pytest.importorskip("pypdfium2")

from policydsl.report.docx import render_docx  # noqa: E402  only where the libraries are
from policydsl.report.pdf import render_pdf  # noqa: E402
from policydsl.report.word import WordFile  # noqa: E402


def words(data: bytes) -> str:
    """Return all text of a Word document, tables included."""
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def pages(data: bytes) -> str:
    """Return all text of a PDF file."""
    document = pdfium.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_word_says_what_limits_the_answer_and_tells_the_story() -> None:
    made = render_docx(replace(report(), complete=False, open=7))
    text = words(made)
    assert "7 questions not reached" in text
    assert "bug in policydsl" in text
    assert "as not modelled" in text
    assert "1. 31 January 2024" in text
    styles = {p.style.name for p in docx.Document(io.BytesIO(made)).paragraphs if p.style}
    assert {"Title", "Heading 1", "Heading 2"} <= styles


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_names_in_word(word: str) -> None:
    text = words(render_docx(report(word)))
    assert not any(c in text for c in "\u202e\u2066\x00\x07\x1b\ud800")


def test_the_same_word_document_again() -> None:
    assert render_docx(report()) == render_docx(report())


def test_pdf_says_the_same_in_the_same_bytes() -> None:
    made = render_pdf(replace(report(), complete=False, open=7))
    assert made == render_pdf(replace(report(), complete=False, open=7))
    text = " ".join(pages(made).split())
    assert "7 questions not reached" in text
    assert "31 January 2024" in text


@pytest.mark.parametrize("word", [HOSTILE[0], HOSTILE[3], HOSTILE[8], HOSTILE[10]])
def test_hostile_names_in_pdf(word: str) -> None:
    made = render_pdf(report(word))
    assert b"/JavaScript" not in made
    assert b"/Launch" not in made


@pytest.mark.parametrize(
    ("write", "length"),
    [(lambda r: words(render_docx(r)), 300), (lambda r: pages(render_pdf(r)), 75), (render_markdown, 300)],
)
def test_no_sentence_is_cut(write: Callable[[Report], str], length: int) -> None:
    long = " ".join(f"word{n}" for n in range(length))
    assert long in " ".join(write(report(long)).split())


def test_pictures_have_the_same_lines_on_paper() -> None:
    path = Shape("path", {"d": "M358 16h1v3h-1z" * 50 + "M8 8" + "H16V24" * 50})
    template = '{% from "picture.svg" import picture %}{{ picture(drawn, "p") }}'
    drawn = Picture(100, "about", (path,))
    shown, printed = (environment(p).from_string(template).render(drawn=drawn) for p in (False, True))
    assert shown == printed


@pytest.mark.parametrize("form", [f.name for f in FORMATS if f.name != "itf"])
def test_every_form_names_the_history_that_is_not_as_written(form: str) -> None:
    rendered = format_named(form).render(replace(report("a b"), diagnostics=()), "en")
    whole = "".join(rendered.values()) if isinstance(rendered, Mapping) else rendered
    said = whole if isinstance(whole, str) else words(whole) if form == "docx" else pages(whole)
    assert "specs/p.histories/a.yaml" in said.replace("\\", "").replace("%3A", ":")


def test_what_stands_in_backticks_is_set_as_code_and_else_they_stay() -> None:
    file = WordFile()
    file.text("it settles `runs_from`, not ` this")
    file.text("it settles `runs_from`")
    one, other = docx.Document(io.BytesIO(file.saved("t"))).paragraphs
    assert one.text == "it settles `runs_from`, not ` this"
    assert [(r.text, r.font.name) for r in other.runs] == [("it settles ", None), ("runs_from", "Consolas")]
    template = environment(for_print=False).from_string("{{ text | coded }}")
    assert template.render(text="it settles `<b>`") == "it settles <code>&lt;b&gt;</code>"
    assert template.render(text="a ` b") == "a ` b"
