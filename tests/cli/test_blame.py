"""`policydsl blame`: text, JSON, mistakes."""

import json
import re
from pathlib import Path

import docx
import pytest

from policydsl.cli import run_command

PUZZLES = Path(__file__).parents[1] / "puzzles"
JUGS = [str(PUZZLES / "jugs.policy"), str(PUZZLES / "jugs.claims")]


def test_says_what_a_proof_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["blame", *JUGS]) == 0
    out = capsys.readouterr().out
    assert "  fits: No jug runs over\n   * needs 1, 2: no proof does without them\n" in out
    assert "No proof to look into: four" in out
    assert re.search(r"^ 1 +fits$", out, re.MULTILINE)


def test_json_says_the_same(tmp_path: Path) -> None:
    target = tmp_path / "blame.json"
    assert run_command(["blame", *JUGS, "--only", "fits", "--format", "json", "-o", str(target)]) == 0
    data = json.loads(target.read_text(encoding="utf-8"))
    assert data["claims"][0]["every_proof_needs"] == ["1", "2"]
    assert [c["claims_that_fall"] for c in data["clauses"]] == [["fits"], ["fits"]]
    assert data["not_proved"] == []


@pytest.mark.parametrize("arguments", [[*JUGS, "--only", "fist"], ["/no/such.policy"], [*JUGS, "-o", "/no/folder/x"]])
def test_mistakes_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["blame", *arguments]) == 3
    captured = capsys.readouterr()
    assert "error[" in captured.err
    assert not captured.out


def test_html_has_a_map_and_word_can_be_read(tmp_path: Path) -> None:
    page, word = tmp_path / "blame.html", tmp_path / "blame.docx"
    assert run_command(["blame", *JUGS, "--only", "fits", "--format", "html", "--language", "zh", "-o", str(page)]) == 0
    assert "证明的依据" in page.read_text(encoding="utf-8")
    assert "<svg" in page.read_text(encoding="utf-8")
    assert run_command(["blame", *JUGS, "--only", "fits", "--format", "docx", "-o", str(word)]) == 0
    assert any("needs 1, 2" in p.text for p in docx.Document(str(word)).paragraphs)
