"""`policydsl readings`: text, JSON, mistakes."""

import json
from pathlib import Path

import docx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from policydsl.cli import run_command
from policydsl.report.ambiguity import readings_schema

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests/cli/fixtures"
SCORE = [str(FIXTURES / "specs/score.policy"), str(FIXTURES / "proofs/score.claims")]


def test_text_tells_two_stories_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["readings", *SCORE]) == 0
    said = capsys.readouterr().out
    assert "“in days” or “a month”: differs in watched until" in said
    assert "In the second history: Given that “watch” is read as “a month”:" in said
    assert "In the end, in the second history: watched until is " in said
    assert "claims that depend on it: " in said
    assert "depends on how this is read:" in said
    assert "holds under every reading" in said


def test_json_follows_its_schema(tmp_path: Path) -> None:
    assert (ROOT / "docs/schema/readings-1.json").read_text(encoding="utf-8") == readings_schema()
    target = tmp_path / "readings.json"
    assert run_command(["readings", *SCORE, "--format", "json", "-o", str(target)]) == 0
    result = json.loads(target.read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(readings_schema())).validate(result)
    (policy,) = result["policies"]
    (watch,) = policy["readings"]
    assert [pair["outcome"] for pair in watch["pairs"]] == ["differs"]
    assert watch["pairs"][0]["story"]["beside"]["steps"]
    assert {c["name"]: c["readings"] for c in policy["claims"]}[watch["claims"][0]] == ["watch"]


def test_a_policy_without_readings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "p.policy"
    path.write_text('policy "Plain"\n\nclause 1 "x"\n    state on: boolean = no\n', encoding="utf-8")
    assert run_command(["readings", str(path)]) == 0
    assert "no readings" in capsys.readouterr().out


@pytest.mark.parametrize("argument", ["nowhere.policy", "--budget=0"])
def test_mistakes_are_refused(argument: str) -> None:
    assert run_command(["readings", argument]) == 3


def test_html_word_and_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "readings.html"
    assert run_command(["readings", *SCORE, "--format", "html", "--language", "zh", "-o", str(page)]) == 0
    shown = page.read_text(encoding="utf-8")
    assert '<html lang="zh">' in shown
    assert "<svg" in shown
    assert "哪些歧义有影响" in shown
    word = tmp_path / "readings.docx"
    assert run_command(["readings", *SCORE, "--format", "docx", "-o", str(word)]) == 0
    assert any("Which ambiguities matter" in p.text for p in docx.Document(str(word)).paragraphs)
    assert capsys.readouterr().err == ""
