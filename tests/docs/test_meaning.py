"""The pages on why the engines may be believed name what there is: every engine, and tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "proofs/meaning.md"
PAGES = sorted((ROOT / "proofs/meaning").glob("*.md"))
NO_ENGINES = {"__init__", "bench", "encodings", "solve", "verdict"}
"""What answers nothing by itself: what questions share, encodings for other tools, budgets, the types of answers."""


def named(page: Path, pattern: str) -> list[str]:
    return re.findall(pattern, page.read_text(encoding="utf-8"))


def test_every_page_is_in_the_index_and_nothing_else() -> None:
    assert {f"meaning/{p.name}" for p in PAGES} == set(named(INDEX, r"\]\((meaning/[\w-]+\.md)\)"))


def test_every_engine_has_its_page() -> None:
    engines = {p.stem for p in (ROOT / "policydsl/engines").glob("*.py")} - NO_ENGINES
    assert engines == {name for page in PAGES for name in named(page, r"`engines/(\w+)\.py`")}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_what_a_page_names_exists(page: Path) -> None:
    code = named(page, r"`((?:core|semantics|engines|analyses|front|base)/\w+\.py)`")
    tests = named(page, r"`(tests/\w+(?:/\w+\.py)?)`")
    assert code
    assert [name for name in code if not (ROOT / "policydsl" / name).exists()] == []
    assert [name for name in tests if not (ROOT / name).exists()] == []
    links = [link.partition("#")[0] for link in named(page, r"\]\(([^)]+)\)")]
    assert [link for link in links if not (page.parent / link).exists()] == []
