"""`policydsl cover` and `testgen`, as whole commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES, tmp_path / "work")
    return tmp_path / "work"


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "policydsl", *arguments]
    return subprocess.run(
        command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120, encoding="utf-8"
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- cover and testgen ---------------------------------------------------------------------------


def test_what_no_history_exercises_is_listed_and_can_be_written(folder: Path) -> None:
    shutil.rmtree(folder / "specs/score.histories")
    before = call(folder, "cover")
    assert before.returncode == 1
    assert "clause 4: `terminate` can be permitted: no history; clause cited by ends" in before.stdout
    assert "clause 3: `watch` read as `a_month`: no history" in before.stdout
    made = call(folder, "testgen", "specs/score.policy")
    assert made.returncode == 0, made.stderr
    assert "generated-schedule-new_year.yaml" in made.stdout
    after = call(folder, "cover", "-v")
    assert after.returncode == 0, after.stdout
    assert "clause 2: the rule on violation in clause 2 applies: " in after.stdout
    checked = call(folder, "check")
    assert checked.returncode == 0, checked.stdout
    assert "is exercised already" in call(folder, "testgen", "specs/score.policy").stdout


def test_what_can_never_happen_gets_no_history(folder: Path) -> None:
    shutil.rmtree(folder / "specs/score.histories")
    edit(folder / "specs/score.policy", "permitted when score < 90", "permitted when score > 100")
    done = call(folder, "testgen", "specs/score.policy", "-o", "made")
    assert done.returncode == 0
    assert "no history ever does that" in done.stdout
    assert call(folder, "testgen", "nowhere.policy").returncode == 3
    edit(folder / "specs/score.policy", "score - cost", "score - costs")
    assert "E0201" in call(folder, "cover").stderr
