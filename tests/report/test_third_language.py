"""Adding a language means adding one catalogue: a made-up one reaches every word that a reader sees."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from policydsl.report import language as languages_module
from policydsl.report import languages
from policydsl.report.diff_markdown import render_diff_markdown
from policydsl.report.diff_page import diff_page
from policydsl.report.diff_text import render_diff_text
from policydsl.report.language import language
from policydsl.report.markdown import render_markdown
from policydsl.report.model import Report
from policydsl.report.page_text import render_page_text
from policydsl.report.pages import render_pages
from policydsl.report.text import render_text
from tests.report.pages import blame, diff, readings, repair
from tests.report.samples import report
from tests.report.test_languages import in_the_code

WORD = "Ы"
CODE = "el"
DATA = re.compile(
    r"policydsl|\w*\.\w*\.?\w*/\S*|\S*/\S*|\S+\.(?:yaml|claims|policy)|</?(?:details|summary)>|<!--.*?-->|until|breach|&\w+;|\ba\b"
)
"""What is the same in every language: the name of the tool, files."""


def foreign(text: str) -> str:
    """Return `text` in a language that has no Latin letters; what is in braces stays."""
    return "".join(
        part if i % 2 else re.sub("[A-Za-z]", "ж", part) for i, part in enumerate(re.split(r"(\{[^}]*\})", text))
    )


@pytest.fixture(autouse=True)
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = Catalog(locale=CODE)
    for message in in_the_code():
        if isinstance(message, str):
            made.add(message, foreign(message))
        else:
            made.add(message, tuple(foreign(m) for m in message))
    out = BytesIO()
    write_po(out, made)
    (tmp_path / f"{CODE}.po").write_bytes(out.getvalue())
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    monkeypatch.setattr(languages_module, "FOLDER", tmp_path)
    yield
    language.cache_clear()


def sample() -> Report:
    """Return a report without the messages about the input, which are in English."""
    made = report(WORD)
    policy = made.policies[0]
    kept = replace(policy, histories=policy.histories[1:])
    return replace(made, policies=(kept,), diagnostics=())


def test_the_language_is_offered() -> None:
    assert languages.languages() == ("en", CODE)


@pytest.mark.parametrize(
    "text",
    [
        lambda: render_text(sample(), CODE),
        lambda: render_markdown(sample(), CODE),
        lambda: "".join(render_pages(sample(), CODE).values()),
        lambda: render_page_text(readings(WORD, CODE)),
        lambda: render_page_text(blame(WORD, CODE)),
        lambda: render_page_text(repair(WORD, CODE)),
        lambda: render_page_text(diff_page(diff(WORD, CODE))),
        lambda: render_diff_text(diff(WORD, CODE), width=100, colour=False, verbose=True),
        lambda: render_diff_markdown(diff(WORD, CODE)),
    ],
    ids=["text", "markdown", "pages", "readings", "blame", "repair", "diff page", "diff text", "diff markdown"],
)
def test_no_word_is_left_in_english(text: "object") -> None:
    assert callable(text)
    said = DATA.sub("", text())
    assert set(re.findall(r"[A-Za-z]{2,}", said)) <= {"aa", "bb"}  # seals
