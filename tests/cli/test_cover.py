"""`policydsl cover` and `testgen`, as whole commands."""

import shutil
from pathlib import Path

from tests.cli.commands import edit, run

# --- cover and testgen ---------------------------------------------------------------------------


def test_what_no_history_exercises_is_listed_and_can_be_written(folder: Path) -> None:
    shutil.rmtree(folder / "specs/score.histories")
    before = run(folder, "cover")
    assert before.returncode == 1
    assert "clause 4: `terminate` can be permitted: no history; clause cited by ends" in before.stdout
    assert "clause 3: `watch` read as `a_month`: no history" in before.stdout
    made = run(folder, "testgen", "specs/score.policy")
    assert made.returncode == 0, made.stderr
    assert "generated-schedule-new_year.yaml" in made.stdout
    after = run(folder, "cover", "-v")
    assert after.returncode == 0, after.stdout
    assert "clause 2: the rule on violation in clause 2 applies: " in after.stdout
    checked = run(folder, "check")
    assert checked.returncode == 0, checked.stdout
    assert "is exercised already" in run(folder, "testgen", "specs/score.policy").stdout


def test_what_can_never_happen_gets_no_history(folder: Path) -> None:
    shutil.rmtree(folder / "specs/score.histories")
    edit(folder / "specs/score.policy", "permitted when score < 90", "permitted when score > 100")
    done = run(folder, "testgen", "specs/score.policy", "-o", "made")
    assert done.returncode == 0
    assert "no history ever does that" in done.stdout
    assert run(folder, "testgen", "nowhere.policy").returncode == 3
    edit(folder / "specs/score.policy", "score - cost", "score - costs")
    assert "E0201" in run(folder, "cover").stderr
