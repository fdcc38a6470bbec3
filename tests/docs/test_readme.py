"""The README's tour prints what the README says, and its two commands are those of `.ci/run`."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from policydsl.cli import cli

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = re.findall(r"```console\n\$ policydsl ([^\n]*)\n(.*?)```", README, re.DOTALL)


def test_there_is_a_tour() -> None:
    assert len(TOUR) >= 2


@pytest.mark.parametrize(("command", "output"), TOUR, ids=[c for c, _ in TOUR])
def test_tour(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    result = CliRunner().invoke(cli, command.split(), standalone_mode=False)
    assert result.stdout == output


def test_clauses_of_the_tour_are_those_of_its_policy() -> None:
    block = re.search(r"```\n(clause 3\.2 .*?)```", README, re.DOTALL)
    assert block is not None
    assert block.group(1) in (ROOT / "docs" / "tour" / "observation.policy").read_text(encoding="utf-8")


def test_ci_calls_the_test_command() -> None:
    command = next(line for line in README.splitlines() if line.endswith("pytest -n 2"))
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_main_command_is_in_the_readme() -> None:
    assert "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/policydsl check" in README
