"""`policydsl report`, as a whole command: a saved result in other forms, without any solver."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from policydsl.cli import cli
from policydsl.cli.report import write_report
from tests.cli.commands import FIXTURES, run, start

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report") / "work"
    shutil.copytree(FIXTURES, made)
    claims = made / "proofs/score.claims"
    claims.write_text(claims.read_text(encoding="utf-8").replace("expect fails", "expect holds"), encoding="utf-8")
    assert run(made, "check", "--format", "json", "--output", "result.json").returncode == 1
    return made


@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit", "sarif", "github"])
def test_a_saved_result_gives_what_the_check_gave(folder: Path, form: str) -> None:
    saved = run(folder, "report", "result.json", "--to", form)
    assert saved.returncode == 0, saved.stderr
    assert "score" in saved.stdout
    assert saved.stdout == run(folder, "check", "--format", form).stdout


@pytest.mark.parametrize("width", [40, 80])
def test_text_fits_the_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", str(width))
    done = CliRunner().invoke(cli, ["report", "result.json"], standalone_mode=False)
    assert max(map(len, done.stdout.splitlines())) <= width
    assert "\x1b[" not in done.stdout


def test_no_solver_is_needed(folder: Path) -> None:
    code = (
        "import sys\nfrom policydsl.cli import run_command\n"
        "code = run_command(['report', 'result.json', '--to', 'sarif', '-o', 'x.sarif'])\n"
        "print(code, sorted({'z3', 'lark'} & set(sys.modules)))"
    )
    assert start(folder, code=code).stdout == "0 []\n"
    assert json.loads((folder / "x.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_traces_go_into_a_folder(folder: Path) -> None:
    assert run(folder, "report", "result.json", "--to", "itf").returncode == 3
    done = run(folder, "report", "result.json", "--to", "itf", "-o", "traces")
    assert done.returncode == 0, done.stderr
    trace = json.loads((folder / "traces/score/floor.itf.json").read_text(encoding="utf-8"))
    assert trace["states"][0]["score"] == 100
    assert trace["states"][1]["history::step"] == "violation"


@pytest.mark.parametrize(
    ("name", "code"), [("nowhere.json", "E0601"), ("specs", "E0601"), ("odd.json", "E0602"), ("list.json", "E0620")]
)
def test_bad_results_are_refused(folder: Path, name: str, code: str) -> None:
    (folder / "odd.json").write_bytes(b"\xff\xfe")
    (folder / "list.json").write_text("[" * 100_000, encoding="utf-8")
    done = run(folder, "report", name)
    assert done.returncode == 3
    assert code in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    assert "E0603" in run(folder, "report", "result.json", "-o", "nowhere/x.txt").stderr
    done = run(folder, "report", "result.json", "--to", "itf", "-o", "result.json")
    assert done.returncode == 3
    assert "E0603" in done.stderr


def test_no_word_document_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(click.UsageError, match="--output"):
        write_report(b"PK", None)
