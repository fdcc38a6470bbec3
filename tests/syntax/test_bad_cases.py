"""Every file under cases/syntax/bad says on the offending line which mistake it holds, and beside it is what is shown.

After a deliberate change of wording: POLICYDSL_ACCEPT=1 pytest tests/syntax/test_bad_cases.py, then review the diff.
"""

import os
import re
from pathlib import Path

import pytest

from policydsl.report.diagnostics import render_diagnostics
from policydsl.syntax.parse import parse

BAD = Path(__file__).parent.parent / "cases" / "syntax" / "bad"
EXPECTED = re.compile(r"-- error\[(E\d{4})\]")
MARK = re.compile(r" *-- error\[E\d{4}\].*")
POLICIES = sorted(BAD.glob("*.policy"))


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")  # line ends as they are


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.stem)
def test_mistakes_are_those_written_on_the_lines(path: Path) -> None:
    text = read(path)
    lines = text.split("\n")
    expected = {(n, code) for n, line in enumerate(lines, start=1) for code in EXPECTED.findall(line)}
    assert expected
    _, diagnostics = parse(text, path.name)
    assert {(d.span.line, d.code) for d in diagnostics} == expected
    for d in diagnostics:
        assert 1 <= d.span.column <= len(lines[d.span.line - 1]) + 1
        assert not d.message.endswith(".")


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.stem)
def test_what_is_shown(path: Path) -> None:
    text = read(path)
    shown = MARK.sub("", render_diagnostics(parse(text, path.name)[1], {path.name: text}))
    golden = path.with_suffix(".shown")
    if os.environ.get("POLICYDSL_ACCEPT") == "1":
        golden.write_text(shown, encoding="utf-8", newline="")
    assert shown == golden.read_text(encoding="utf-8")


def test_nothing_is_left_over() -> None:
    assert {p.stem for p in BAD.glob("*.shown")} == {p.stem for p in POLICIES}
    assert {p.suffix for p in BAD.iterdir()} == {".policy", ".shown"}
