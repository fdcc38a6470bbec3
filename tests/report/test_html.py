"""The HTML page: nothing escapes from it, nothing is missing on its first screen, and a real browser likes it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policydsl.front.loaded import Cell
from policydsl.report.drawing import gaps_of, stretch_words
from policydsl.report.html import render_html
from policydsl.report.language import language
from policydsl.report.model import Report
from policydsl.report.text import general_words
from tests.report.samples import HOSTILE, report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LARGEST = 5_000_000
"""Bytes of a page with 500 claims."""
QUICK = 2.0
"""Seconds of the processor to open it: ten times what it takes."""


class Reader(HTMLParser):
    """Collects what could reach out of a page or run in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def many(count: int) -> Report:
    """Return a report with `count` claims, all failing with a story."""
    made = report()
    policy = made.policies[0]
    failing = next(f for f in policy.claims if f.story is not None)
    claims = tuple(replace(failing, name=f"claim_{i}") for i in range(count))
    return replace(made, policies=(replace(policy, claims=claims),), diagnostics=(), bugs=())


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_names_stay_words(word: str) -> None:
    page = render_html(report(word))
    page.encode()
    read = Reader(page)
    assert not {"script", "iframe", "img", "object", "link", "base", "form"} & set(read.tags)
    plain = Reader(render_html(report()))
    assert sorted(set(read.tags)) == sorted(set(plain.tags))
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "style"]
    assert all(value.startswith("#") for name, value in read.attributes if name in {"href", "src"})
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", page)


def test_only_its_own_style_sheet_is_allowed() -> None:
    page = render_html(report())
    assert re.search(r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'", page.replace("&#39;", "'"))
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page


def test_the_same_bytes_again() -> None:
    assert render_html(report()) == render_html(report())


def test_the_first_screen_hides_nothing() -> None:
    made = report()
    page = render_html(replace(made, complete=False, open=7))
    top = page[: page.index('class="policy"')]
    assert "7 questions not reached" in top
    assert "assumes" in top or "assume" in top
    assert "bug in policydsl" in top
    assert "message about the input" in top or "messages about the input" in top
    assert "not formalised" in top
    assert 'class="verdict good"' not in top


@pytest.mark.parametrize(
    ("complete", "status", "kind"),
    [
        (True, "as expected", "good"),
        (False, "as expected", "open"),
        (True, "undecided", "open"),
        (True, "not as expected", "bad"),
    ],
)
def test_a_glance_is_good_only_if_all_is_known_and_expected(*, complete: bool, status: Any, kind: str) -> None:
    made = many(2)
    policy = made.policies[0]
    claims = (policy.claims[0], replace(policy.claims[1], status=status))
    claims = (replace(claims[0], status="as expected"), claims[1])
    quiet = replace(policy, claims=claims, obligations=(), histories=())
    page = render_html(replace(made, policies=(quiet,), complete=complete, open=0))
    assert f'class="verdict {kind}"' in page


def test_a_page_of_500_claims_is_small() -> None:
    assert len(render_html(many(500)).encode()) < LARGEST


@pytest.mark.parametrize(
    ("cells", "gaps"),
    [
        ([(0, 50, False, True), (50, 80, False, True)], ["<= 0", "> 80"]),
        ([(None, 5, False, False), (6, None, True, False)], ["5"]),
        ([(0, 10, True, True), (20, 30, True, False), (5, 12, True, True)], ["< 0", "13 .. 19", ">= 30"]),
        ([(None, None, False, False)], []),
    ],
)
def test_gaps_of_a_table(cells: list[tuple[int | None, int | None, bool, bool]], gaps: list[str]) -> None:
    made = [Cell("", low, high, a, b, stretch=True) for low, high, a, b in cells]
    assert [stretch_words(gap) for gap in gaps_of(made)] == gaps


def test_what_was_left_out_is_said_at_once() -> None:
    made = replace(many(1), only=True)
    page = render_html(made)
    assert "nothing else was asked (--only)" in page[: page.index("<main")]


def test_only_where_all_is_proved_of_a_text_it_is_said_what_that_is() -> None:
    owed = tuple(replace(f, origin="obligation", status="as expected") for f in many(2).policies[0].claims)
    lang = language("en")
    assert "nothing out of its range" in general_words(owed, lang)
    some = general_words((replace(owed[0], status="undecided"), *owed[1:]), lang)
    assert some.startswith(f"{len(owed) - 1} other general question")
    assert "nothing out of its range" not in some


def test_a_policy_without_claims_is_not_called_as_expected() -> None:
    made = replace(many(1), complete=True, open=0, diagnostics=())
    bare = replace(made.policies[0], claims=(), dead=(), histories=())
    head = render_html(replace(made, policies=(bare,))).split("<main")[0]
    assert "no claims were given about 1 policy" in head
    assert "Everything is as expected" not in head
    for cut in (replace(made, policies=(bare,), only=True), replace(made, policies=(bare,), complete=False, open=3)):
        assert "no claims were given" not in render_html(cut)
    assert "no claims were given" not in render_html(made)


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    sync_api = pytest.importorskip("playwright.sync_api")
    own = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if own is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with sync_api.sync_playwright() as player:
        started = player.chromium.launch(executable_path=own, args=["--no-sandbox"])
        yield started
        started.close()


def pages(folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(render_html(report()), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_width_makes_the_page_scroll_sideways(browser: "Browser", tmp_path: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(pages(tmp_path).as_uri())
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    page.close()
    assert said == []
    assert wide[0] <= wide[1]


def _note(said: list[str], event: object) -> None:
    said.append(str(event))


def test_a_hostile_page_runs_nothing(browser: "Browser", tmp_path: Path) -> None:
    for i, word in enumerate(HOSTILE):
        path = tmp_path / f"{i}.html"
        path.write_text(render_html(report(word)), encoding="utf-8")
        page = browser.new_page(viewport={"width": 360, "height": 800})
        said: list[str] = []
        page.on("console", partial(_note, said))
        page.on("dialog", partial(_note, said))
        page.goto(path.as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.close()
        assert said == []
        assert wide <= 360, word[:30]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_read_it(browser: "Browser", tmp_path: Path, scheme: Any, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page.goto(pages(tmp_path).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe.Axe().run(page)
    page.close()
    assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found.response["violations"]] == []


def test_a_page_of_500_claims_opens_at_once(browser: "Browser", tmp_path: Path) -> None:
    path = tmp_path / "many.html"
    path.write_text(render_html(many(500)), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    found = session.send("Performance.getMetrics")["metrics"]
    page.close()
    spent = {m["name"]: m["value"] for m in found}  # seconds of the processor: a busy machine does not count
    assert 0 < spent["TaskDuration"] < QUICK


def test_it_prints_with_everything_open(browser: "Browser", tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(pages(tmp_path).as_uri())
    printed = page.pdf(format="A4")
    page.emulate_media(media="print")
    hidden = page.evaluate("[...document.querySelectorAll('details .story')].filter(e => !e.checkVisibility()).length")
    page.close()
    assert printed.startswith(b"%PDF")
    assert hidden == 0
