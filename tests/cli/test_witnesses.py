"""`policydsl check --witnesses`: more stories, in text and in JSON."""

import json
from pathlib import Path

import pytest

from policydsl.cli import run_command

COLLECTION = Path(__file__).parents[1] / "collection"
TASK = [
    str(COLLECTION / "flags_too_late.policy"),
    str(COLLECTION / "flags_too_late.claims"),
    "--only",
    "exclusive",
    "--jobs",
    "1",
]


def test_other_ways_follow_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", *TASK, "-v"]) == 0
    assert "another way" not in capsys.readouterr().out
    assert run_command(["check", *TASK, "-v", "--witnesses", "2"]) == 0
    assert capsys.readouterr().out.count("another way") == 1


def test_programs_get_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", *TASK, "--format", "json", "--witnesses", "2"]) == 0
    claim = json.loads(capsys.readouterr().out)["policies"][0]["claims"][0]
    assert claim["story"] is not None
    assert len(claim["others"]) == 1


def test_none_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", *TASK, "--witnesses", "0"]) == 3
    assert "--witnesses" in capsys.readouterr().err
