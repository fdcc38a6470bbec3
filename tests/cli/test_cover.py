"""`policydsl cover`, `testgen` and `strength`, as whole commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from policydsl.analyses.mutants import mutants
from policydsl.analyses.sameness import same_histories
from policydsl.analyses.strength import baseline, strength
from policydsl.cli.histories import golden_histories
from policydsl.engines.portfolio import judge
from policydsl.engines.verdict import Budget, Proved, Refuted
from policydsl.front.load import load, load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.syntax.parse import parse

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


# --- small changes of wording --------------------------------------------------------------------

SLIPS = """policy "Slips"
    histories from 2025-01-01
    month ends last day

role User

clause 1 "counting"
    state score: points = 100
    state until: date or none = none
    occurrence violation by User
        field grave: boolean
    count violations: violation, this one included, in each calendar year
    define cost on violation: points
        5  when violations <= 2
        10 otherwise
    table band of score: boolean, exactly one row
        (50, 100]: yes
        no row:    no
    on violation
        set score = score - cost
        set until = today + 1 month when violations > 2 and not grave or score < 50

clause 2 "grave ones"
    exception to 1
    on violation when grave
        set until = today + 30 days
"""


def test_the_changes_that_are_planted() -> None:
    tree, wrong = parse(SLIPS, "slips.policy")
    assert tree is not None
    assert wrong == ()
    found = {(m.slip, m.old, m.new) for m in mutants(tree, SLIPS)}
    assert found >= {
        ("bound moved", "2", "3"),
        ("bound moved", "2", "1"),
        ("bound moved", "30 days", "31 days"),
        ("end opened or closed", "<=", "<"),
        ("end opened or closed", ">", ">="),
        ("end opened or closed", "(", "["),
        ("end opened or closed", "]", ")"),
        ("and for or", "and", "or"),
        ("and for or", "or", "and"),
        ("month for days", "1 month", "30 days"),
        ("month for days", "30 days", "1 months rounding last day"),
        ("exception dropped", "    exception to 1\n", ""),
    }
    assert any(m.slip == "exception dropped" and "set until = today + 30 days" in m.old for m in mutants(tree, SLIPS))
    for mutant in mutants(tree, SLIPS):
        assert mutant.text != SLIPS
        line = mutant.text.split("\n")[mutant.span.line - 1]
        assert mutant.new in line or not mutant.new


def policy(text: str) -> LoadedPolicy:
    (made,) = load_files(["p.policy"], lambda _: (text, ())).policies
    return made


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("when violations <= 2", "when violations < 3", True),
        ("when violations <= 2", "when violations <= 3", False),
        ("(50, 100]: yes", "(50, 101]: yes", True),  # the score never exceeds 100
        ("(50, 100]: yes", "(90, 100]: yes", False),
        ("possible when score > 85", "possible when score >= 86", True),
        ("possible when score > 85", "possible when score > 75", False),
    ],
)
def test_two_wordings_are_the_same_only_if_no_history_tells_them_apart(old: str, new: str, *, same: bool) -> None:
    text = SLIPS.replace(
        "        field grave: boolean\n", "        field grave: boolean\n        possible when score > 85\n"
    )
    assert old in text
    before, after = policy(text), policy(text.replace(old, new))
    question = same_histories(before.system, after.system, "same")
    assert question is not None
    ((_, verdict),) = judge(question.system, [question], Budget(seconds=5), lambda *_: None)
    assert isinstance(verdict, Proved if same else Refuted)


def test_wordings_with_other_parts_are_not_compared() -> None:
    before = policy(SLIPS)
    assert same_histories(before.system, policy(SLIPS.replace("points = 100", "points = 99")).system, "x") is None


def test_what_notices_a_change(folder: Path) -> None:
    loaded = load([folder / "specs", folder / "proofs"])
    (target,) = loaded.policies
    histories = [h for _, h in golden_histories(target, {}) if h is not None]
    limits = Budget(seconds=3)
    tested = list(strength(baseline(target, loaded, histories, limits, 1), limits, 1))
    fates = {(t.mutant.old, t.mutant.new): (t.fate, t.by) for t in tested}
    assert fates["100", "101"] == ("noticed by a history", histories[0].path)
    assert fates["90", "89"] == ("survives", "")


def test_the_command_lists_what_nobody_notices(folder: Path) -> None:
    done = call(folder, "strength", "--jobs", "1")
    assert done.returncode == 1
    assert "in clause 4: `90` made `89`: survives" in done.stdout
    assert "9 of 18 changes noticed (50 %)" in done.stdout
    assert call(folder, "strength", "nowhere").returncode == 3
