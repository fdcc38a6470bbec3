"""Every file under cases/front/bad says, on the offending line, which diagnostic it deserves; no more, no fewer."""

import re
from pathlib import Path

import pytest

from policydsl.front.load import load

BAD = Path(__file__).parent.parent / "cases" / "front" / "bad"
EXPECTED = re.compile(r"-- (?:error|warning)\[([EW]\d{4})\]")


def expected(path: Path) -> set[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return {(n, code) for n, line in enumerate(lines, start=1) for code in EXPECTED.findall(line)}


@pytest.mark.parametrize("path", sorted(BAD.iterdir()), ids=lambda p: p.name)
def test_diagnostics_are_those_written_on_the_lines(path: Path) -> None:
    loaded = load([path])
    found = {(d.span.line, d.code) for d in loaded.diagnostics if Path(d.span.file) == path}
    assert found == expected(path)
    if any(d.is_error for d in loaded.diagnostics):
        assert not loaded.policies
        assert not loaded.claims


@pytest.mark.parametrize("path", sorted(BAD.iterdir()), ids=lambda p: p.name)
def test_places_lie_in_the_text(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    for d in load([path]).diagnostics:
        assert 1 <= d.span.line <= len(lines)
        assert 1 <= d.span.column <= len(lines[d.span.line - 1]) + 1
        assert d.message == d.message.strip()
        assert not d.message.endswith(".")


def test_words_of_other_languages_are_said_in_this_one() -> None:
    found = load([BAD / "other_languages.policy"]).diagnostics
    assert [d.hint for d in found] == ["write `no`", "write `yes`", "write `none`", "write `integer`"]


def test_kinds_of_things_have_their_articles() -> None:
    found = [d.message for d in load([BAD / "two_meanings.policy"]).diagnostics]
    assert "`Kind` is an enumeration, but an event is needed here" in found
    assert "`level` is a state, and comes with `raise_`, too" in found
