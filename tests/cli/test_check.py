"""`policydsl check`, as a whole command."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from tests.cli import commands
from tests.cli.commands import ROOT, edit

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(folder: Path) -> Run:
    return partial(commands.run, folder)


@pytest.fixture
def start(folder: Path) -> Run:
    """Return what runs a command in a process of its own."""
    return partial(commands.start, folder)


# --- verdicts and exit codes ---------------------------------------------------------------------


def test_everything_as_expected(start: Run) -> None:
    done = start("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 questions as expected; 1 of 1 history as written" in done.stdout
    assert "proved for every history" in done.stdout
    assert "depends on how this is read: watch" in done.stdout
    assert "assumes clause 9 as not modelled" in done.stdout
    assert done.stderr == ""


def test_a_refutation_is_told_as_a_story(run: Run, folder: Path) -> None:
    edit(folder / "proofs/score.claims", "expect fails", "expect holds")
    done = run("check")
    assert done.returncode == 1
    assert "fails after 1 step" in done.stdout
    assert "violation by User (clause 2)" in done.stdout
    assert "score falls from 100 points to" in " ".join(done.stdout.split())
    assert "The claim was: `always score >= 95`" in done.stdout
    for engine_word in ("model", "sort ", "sat ", "frame", "z3"):
        assert engine_word not in done.stdout.replace("modelled", "")


def test_what_was_read_is_kept_for_the_next_run(start: Run, folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    plain = start("check", "-v").stdout

    def again() -> tuple[int, str, int]:
        done = start("check", "-v", POLICYDSL_CACHE=str(cache))
        (path,) = cache.glob("*.loaded")
        return done.returncode, done.stdout, path.stat().st_mtime_ns

    first, second = again(), again()
    assert first == second == (0, plain, first[2])  # written once
    fresh = start("check", "-v", "--fresh", POLICYDSL_CACHE=str(tmp_path / "none"))
    assert (fresh.returncode, (tmp_path / "none").exists()) == (0, False)
    edit(folder / "specs/score.policy", "score - cost", "score - cost - 1")
    changed = again()
    assert changed[1] == start("check", "-v").stdout != plain
    assert changed[2] > first[2]


def test_one_claim_is_enough_to_keep_what_was_read(run: Run, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    one = run("check", "-v", "--only", "ceiling", POLICYDSL_CACHE=str(cache))
    (path,) = cache.glob("*.loaded")
    written = path.stat().st_mtime_ns
    assert run("check", "-v", "--only", "ceiling", POLICYDSL_CACHE=str(cache)).stdout == one.stdout
    assert run("check", "-v", POLICYDSL_CACHE=str(cache)).stdout == run("check", "-v").stdout
    assert path.stat().st_mtime_ns == written


def test_an_unexpected_proof_is_not_as_expected(run: Run, folder: Path) -> None:
    edit(folder / "proofs/score.claims", "always score <= 100", "always score <= 100\n    expect fails")
    done = run("check", "--only", "ceiling")
    assert done.returncode == 1
    assert "proved for every history; expected: fails" in done.stdout


def test_verbose_shows_stories_evidence_and_what_is_not_formalised(run: Run) -> None:
    done = run("check", "-v")
    assert done.returncode == 0
    assert "So it is possible: `possible ended`" in done.stdout
    assert "evidence: induction" in done.stdout
    assert "clause 9 is not formalised" in done.stdout
    assert "in days (for the number of days chosen)" in done.stdout


def test_only_one_claim(run: Run) -> None:
    done = run("check", "--only", "ceiling")
    assert done.returncode == 0
    assert "1 of 1 question as expected" in done.stdout


def test_an_unknown_claim_has_a_suggestion(run: Run) -> None:
    done = run("check", "--only", "cieling")
    assert done.returncode == 3
    assert "E0605" in done.stdout
    assert "did you mean `ceiling`?" in done.stdout


def test_a_claim_asked_for_without_its_file(run: Run) -> None:
    done = run("check", "specs", "--only", "ceiling")
    assert done.returncode == 3
    assert "name the file of claims too" in done.stdout


def test_a_golden_history_that_is_not_met(run: Run, folder: Path) -> None:
    edit(folder / "specs/score.histories/two_violations.yaml", "expect: {score: 95,", "expect: {score: 94,")
    done = run("check", "specs")
    assert done.returncode == 1
    assert "`score` is 95 points here, not 94 points" in done.stdout


def test_a_mistake_in_a_policy(run: Run, folder: Path) -> None:
    edit(folder / "specs/score.policy", "set score = score - cost", "set score = score - cots")
    done = run("check")
    assert done.returncode == 3
    assert "did you mean `cost`?" in done.stdout


def test_a_dead_clause_is_a_warning(run: Run, folder: Path) -> None:
    edit(folder / "specs/score.policy", "permitted when score < 90", "permitted when score > 100")
    done = run("check", "specs/score.policy")
    assert "warning: " in done.stdout
    assert "dead clause" in done.stdout


def test_a_claim_about_two_histories_is_told_side_by_side(run: Run, folder: Path) -> None:
    same = "score in the first history = score in the second history"
    claim = f"""
guarantee one_more "One more violation leaves the score alone"
    cites 1
    between a history and the same history with one more violation: {same}
"""
    with (folder / "proofs/score.claims").open("a", encoding="utf-8") as file:
        file.write(claim)
    done = run("check", "--only", "one_more")
    assert done.returncode == 1
    assert "1. Only in the second history: " in done.stdout
    assert "In the end, in the first history: score is 100 points." in done.stdout
    assert "In the end, in the second history: score is 95 points." in done.stdout
    made = run("check", "--only", "one_more", "--format", "json")
    schema = json.loads((ROOT / "docs/schema/result-1.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(made.stdout))
    (found,) = json.loads(made.stdout)["policies"][0]["claims"]
    assert found["story"]["steps"] == []
    assert [step["name"] for step in found["story"]["beside"]["steps"]] == ["violation"]
    assert found["story"]["rows"] == [{"first": None, "second": 0}]


# --- formats -------------------------------------------------------------------------------------


def test_json_follows_its_schema_and_is_reproducible(start: Run, folder: Path) -> None:
    edit(folder / "specs/score.histories/two_violations.yaml", "expect: {score: 95,", "expect: {score: 94,")
    schema = json.loads((ROOT / "docs/schema/result-1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    first = start("check", "--format", "json", PYTHONHASHSEED="1")
    second = start("check", "--format", "json", "--jobs", "1", PYTHONHASHSEED="2")
    assert first.stdout == second.stdout
    result = json.loads(first.stdout)
    Draft202012Validator(schema).validate(result)
    assert result["exit_code"] == first.returncode == 1
    assert [c["verdict"] for c in result["policies"][0]["claims"]] == ["holds", "fails", "holds", "depends"]


def test_output_goes_to_a_file(run: Run, folder: Path) -> None:
    done = run("check", "--format", "json", "--output", "result.json")
    assert done.returncode == 0
    assert done.stdout == ""
    assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["complete"] is True
    assert not list(folder.glob(".result*"))


def test_output_into_a_folder_that_is_not_there(run: Run) -> None:
    done = run("check", "--output", "nowhere/result.txt")
    assert done.returncode == 3
    assert "E0603" in done.stderr


def test_a_folder_with_every_form(run: Run, folder: Path) -> None:
    done = run("check", "--report", "out/today")
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (folder / "out/today").iterdir()}
    assert {"report.txt", "result.json", "report.html", "report.md", "junit.xml", "result.sarif"} <= made
    assert "4 of 4 questions as expected" in (folder / "out/today/report.html").read_text(encoding="utf-8")
    assert "4 of 4 questions as expected" in done.stdout
    (folder / "file").write_text("", encoding="utf-8")
    assert run("check", "--report", "file").returncode == 3


def test_quiet_says_one_line(run: Run) -> None:
    done = run("check", "--quiet")
    assert done.returncode == 0
    limits = "1 answer assumes clauses as not modelled"
    assert done.stdout == f"4 of 4 questions as expected; 1 of 1 history as written; {limits} (exit code 0)\n"
    assert done.stderr == ""


def test_an_unknown_language(run: Run) -> None:
    done = run("check", "--language", "tlh")
    assert done.returncode == 3
    assert "'en'" in done.stderr


def test_no_colours_in_a_pipe(start: Run) -> None:
    assert "\x1b" not in start("check").stdout
    assert "\x1b" not in start("check", NO_COLOR="1").stdout


@pytest.mark.parametrize("columns", ["40", "60"])
def test_a_narrow_terminal(run: Run, columns: str) -> None:
    done = run("check", "-v", COLUMNS=columns)
    assert done.returncode == 0
    assert max(len(line) for line in done.stdout.splitlines()) <= int(columns)


# --- rough surroundings --------------------------------------------------------------------------


def test_missing_paths(run: Run) -> None:
    done = run("check", "nowhere", "nothing.policy")
    assert done.returncode == 3
    assert done.stdout.count("E0601") == 2


def test_an_empty_folder(run: Run, folder: Path) -> None:
    (folder / "empty").mkdir()
    done = run("check", "empty")
    assert done.returncode == 3
    assert "E0604" in done.stdout


def test_without_the_default_folders(run: Run, folder: Path) -> None:
    shutil.rmtree(folder / "specs")
    shutil.rmtree(folder / "proofs")
    done = run("check")
    assert done.returncode == 3
    assert "specs" in done.stdout


def test_a_reader_that_goes_away(folder: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m policydsl explain | head -1; echo ${{PIPESTATUS[0]}}"
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] in {"0", "141"}  # the list may fit into the pipe
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_reader_that_goes_away_before_mistakes_are_told(folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "policydsl", "tables", "none.policy"]
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(command, cwd=folder, env=own, check=False, stderr=writer, timeout=60)
    finally:
        os.close(writer)
    assert done.returncode == 141


def test_a_usage_mistake(run: Run) -> None:
    done = run("check", "--bugdet", "3")
    assert done.returncode == 3
    assert "--budget" in done.stderr


def children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_interruption_leaves_a_partial_report_and_no_process(folder: Path) -> None:
    edit(folder / "proofs/score.claims", "always score <= 100", "always score != -123457")
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "policydsl", "check", "--budget", "50"]
    with subprocess.Popen(
        command, cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        limit = time.monotonic() + 20
        while not (workers := children_of(process.pid)) and time.monotonic() < limit:
            time.sleep(0.02)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    lines = out.strip().splitlines()
    assert lines[0].startswith("PARTIAL")
    assert lines[-1].startswith("PARTIAL")
    assert not any("exit code" in line for line in lines)  # it ends with 130, whatever came out so far
    assert "Traceback" not in err
    assert workers
    for pid in workers:
        assert not Path(f"/proc/{pid}").exists()


def test_an_interruption_while_policies_are_loaded_counts_all_that_is_left(start: Run, folder: Path) -> None:
    whole = start("check", "--quiet")
    asked = re.search(r"\d+ of (\d+) questions?", whole.stdout)
    assert asked is not None
    (folder / "sitecustomize.py").write_text(
        "import policydsl.cli.check\n"
        "import sys\n"
        "def broken(*_):\n    raise KeyboardInterrupt\n"
        "sys.modules['policydsl.cli.check']._Run._batch = broken\n",
        encoding="utf-8",
    )
    done = start("check", PYTHONPATH=f"{folder}{os.pathsep}{ROOT}")
    assert done.returncode == 130
    left = re.search(r"interrupted; (\d+) questions? not reached", done.stdout)
    assert left is not None
    assert int(left[1]) >= int(asked[1])  # questions about dead clauses are left too


def test_a_bug_is_said_to_be_one(start: Run, folder: Path) -> None:
    (folder / "sitecustomize.py").write_text(
        "import policydsl.front.load as l\n"
        "def broken(paths, kept=None):\n    raise ZeroDivisionError('planted')\n"
        "l.loading = broken\n",
        encoding="utf-8",
    )
    path = f"{folder}{os.pathsep}{ROOT}"
    done = start("check", PYTHONPATH=path)
    assert done.returncode == 4
    assert "policydsl has a bug: ZeroDivisionError: planted" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in start("check", "-v", PYTHONPATH=path).stderr
