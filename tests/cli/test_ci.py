"""The pytest plugin, the pre-commit hooks and the GitHub action, at work as far as a machine without network can."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from pre_commit.clientlib import load_manifest  # type: ignore[import-untyped]  # it ships no types

from tests.cli.commands import FIXTURES, ROOT, edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES, tmp_path / "work")
    shim = tmp_path / "bin/policydsl"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m policydsl "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    return tmp_path / "work"


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTEST_"))}
        own = {**kept, "PYTHONPATH": str(ROOT), "PATH": path, "COLUMNS": "100", **environment}
        return subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120)

    return call


# --- pytest --------------------------------------------------------------------------------------


@pytest.fixture
def claims(run: Run) -> Run:
    installed = any(e.name == "policydsl" for e in entry_points(group="pytest11"))  # then pytest finds it by itself
    plugin = (*(() if installed else ("-p", "policydsl.pytest_plugin")), "-p", "no:cacheprovider")
    return lambda *arguments: run(sys.executable, "-m", "pytest", *plugin, *arguments)


def test_pytest_runs_claims_questions_and_histories(claims: Run) -> None:
    done = claims("proofs", "specs", "-v")
    assert done.returncode == 0, done.stdout
    for name in ("score.claims::ceiling", "score.claims::long_watch", "two_violations"):
        assert re.search(f"{re.escape(name)}[^\n]* PASSED", done.stdout)


def test_pytest_tells_the_story_of_a_claim_that_fails(claims: Run, folder: Path) -> None:
    edit(folder / "proofs/score.claims", "expect fails", "expect holds")
    done = claims("proofs")
    assert done.returncode == 1
    assert "1 failed, 3 passed" in done.stdout
    assert "fails after 1 step; expected: holds" in done.stdout
    assert "violation by User (clause 2)" in done.stdout
    assert "Traceback" not in done.stdout
    assert "1 deselected" in (one := claims("proofs", "--deselect", "proofs/score.claims::floor").stdout)
    assert "3 passed" in one


def test_pytest_fails_where_a_history_is_not_as_written_or_a_claim_is_undecided(claims: Run, folder: Path) -> None:
    edit(folder / "specs/score.histories/two_violations.yaml", "expect: {score: 95,", "expect: {score: 94,")
    done = claims("specs")
    assert done.returncode == 1
    assert "`score` is 95 points here, not 94 points" in done.stdout


def test_pytest_shows_mistakes_in_a_policy_at_their_place(claims: Run, folder: Path) -> None:
    edit(folder / "specs/score.policy", "score - cost", "score - costs")
    done = claims("proofs")
    assert done.returncode == 2
    assert "error[E0201]" in done.stdout
    assert "did you mean `cost`?" in done.stdout


def test_pytest_works_in_parallel(claims: Run) -> None:
    done = claims("proofs", "-n", "2")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_the_plugin_costs_others_nothing() -> None:
    code = "import sys, policydsl.pytest_plugin; print(sorted({'z3', 'lark', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


# --- pre-commit ----------------------------------------------------------------------------------


def hooks() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    return made


def test_the_hooks_work(run: Run, folder: Path) -> None:
    kept = ("id", "name", "entry", "files", "pass_filenames")
    local = [
        {**{k: h[k] for k in kept}, "language": "system"} for h in hooks()
    ]  # no network: policydsl is here already
    config = {"repos": [{"repo": "local", "hooks": local}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    run("policydsl", "fmt")
    run("git", "init", "--quiet")
    run("git", "add", ".")
    command = (sys.executable, "-m", "pre_commit", "run", "--all-files")
    home = str(folder.parent / "home")
    good = run(*command, PRE_COMMIT_HOME=home)
    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout.count("Passed") == 2
    edit(folder / "proofs/score.claims", "always score <= 100", "always score   <= 90")
    bad = run(*command, PRE_COMMIT_HOME=home)
    assert bad.returncode == 1
    assert bad.stdout.count("Failed") == 2
    assert "would reformat proofs/score.claims" in bad.stdout


# --- GitHub --------------------------------------------------------------------------------------


def test_the_action_follows_the_schema_of_github() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def action(run: Run, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the last step of the action as a runner would."""
    made = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    step = made["runs"]["steps"][-1]
    assert "${{" not in step["run"]
    values = {name: given.get("default", "") for name, given in made["inputs"].items()} | inputs
    own = {k: values[v.removeprefix("${{ inputs.").removesuffix(" }}")] for k, v in step["env"].items()}
    files = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    return run("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"], **own, **files)


def test_the_action_passes_where_all_is_as_expected(run: Run, folder: Path) -> None:
    done = action(run, folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "output").read_text(encoding="utf-8") == "exit-code=0\n"
    assert "4 of 4 questions as expected" in (folder / "summary").read_text(encoding="utf-8")
    made = {p.name for p in (folder / "policydsl-results").iterdir()}
    assert made == {"result.json", "junit.xml", "result.sarif", "report.md"}


def test_the_action_annotates_and_fails(run: Run, folder: Path) -> None:
    edit(folder / "proofs/score.claims", "expect fails", "expect holds")
    done = action(run, folder, results="out; touch owned")
    assert done.returncode == 1
    assert "::error file=proofs/score.claims,line=7" in done.stdout
    assert not (folder / "owned").exists()
