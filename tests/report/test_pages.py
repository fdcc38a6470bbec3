"""Pages of readings and proofs: as text, HTML and Word, whatever things are called, and the same bytes again."""

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from policydsl.report.page import Page
from policydsl.report.page_html import render_page_html
from policydsl.report.page_text import render_page_text
from policydsl.report.repair import EditLine, RepairLine, RepairReport, repair_page
from tests.report.pages import blame, readings
from tests.report.samples import HOSTILE

Make = Callable[[str, str], Page]
both = pytest.mark.parametrize("make", [readings, blame])


def tags(page: str) -> tuple[set[str], list[tuple[str, str | None]]]:
    found: set[str] = set()
    attributes: list[tuple[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)
            attributes.extend(attrs)

    Reader().feed(page)
    return found, attributes


@both
@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_words(make: Make, word: str) -> None:
    page = render_page_html(make(word, "en"))
    page.encode()
    found, attributes = tags(page)
    assert found - {"code"} == tags(render_page_html(make("score", "en")))[0] - {"code"}
    assert not [n for n, _ in attributes if n.startswith("on") or n == "style"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", page)


@both
@pytest.mark.parametrize("word", [HOSTILE[3], HOSTILE[8], HOSTILE[10]])
def test_hostile_names_in_word_and_text(make: Make, word: str) -> None:
    docx = pytest.importorskip("docx")
    from policydsl.report.page_word import render_page_word  # noqa: PLC0415  only where the library is

    made = docx.Document(io.BytesIO(render_page_word(make(word, "en"))))
    shown = "\n".join(p.text for p in made.paragraphs)
    assert not any(c in shown for c in "\u202e\u2066\x00\x07\x1b\ud800")
    text = render_page_text(make(word, "en"), width=40)
    assert "\x1b" not in text


@both
def test_the_same_bytes_again(make: Make) -> None:
    pytest.importorskip("docx")
    from policydsl.report.page_word import render_page_word  # noqa: PLC0415  only where the library is

    for render in (render_page_html, render_page_word, render_page_text):
        assert render(make("score", "en")) == render(make("score", "en"))


@both
@pytest.mark.parametrize("width", [30, 40, 79, 200])
def test_text_fits_the_width(make: Make, width: int) -> None:
    text = render_page_text(make("score", "en"), width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "\x1b[" not in text
    assert "\x1b[" in render_page_text(make("score", "en"), width=width, colour=True)


def test_what_a_page_says() -> None:
    text = render_page_text(readings())
    assert "“a” or “score”: differs in score" in text
    assert "never matters, proved for every history" in text
    assert "undecided: score" in text
    assert "“a”或“score”：score不同" in render_page_text(readings("score", "zh"))
    text = render_page_text(blame())
    assert "needs 1: no proof does without them" in text
    assert "rests on no clause" in text
    assert "No proof to look into: score" in text
    page = render_page_html(blame())
    assert "<svg" in page
    assert '<html lang="zh">' in render_page_html(blame("score", "zh"))


def test_of_very_many_claims_that_are_not_decided_some_are_named() -> None:
    for many, said in ((8, "c0, c1, c2, c3, c4, c5, c6 and c7."), (20, "c0, c1, c2, c3 and 16 others.")):
        open_ = tuple(f"c{i}" for i in range(many))
        line = RepairLine((EditLine("row", "1", "", "x"),), "x", free=False, whole=True, relation=None, undecided=open_)
        shown = render_page_text(
            repair_page(RepairReport("x", "x", "x", "repairs", (line,), 1, 1, None, possible=False, language="en")),
            width=200, colour=False,
        )  # fmt: skip
        assert f"It is not decided what becomes of: {said}" in shown
