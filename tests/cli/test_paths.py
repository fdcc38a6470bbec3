"""Every command that reads policies says so where there are none."""

import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    ["check"], ["certify"], ["blame"], ["readings"], ["cover"], ["strength"], ["tables"], ["export", "--to", "smt2"],
    ["graph"],
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
def test_a_folder_without_policies(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "policydsl", *command, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 3
    assert "E0604" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.policy", 'begins with `policy "TITLE"`'), ("a.amendment", "`policydsl diff POLICY AMENDMENT`")],
)
def test_a_file_without_a_policy(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "policydsl", "check", str(tmp_path / name)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 3
    assert said in done.stdout
