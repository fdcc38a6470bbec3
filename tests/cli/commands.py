"""What tests of commands share: files to run them on, and a command in a process of its own or in this one."""

import contextlib
import gc
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner

from policydsl.analyses.tasks import Errand, Task
from policydsl.analyses.workers import Crew
from policydsl.cli import cli, run_command

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"

Ended: TypeAlias = subprocess.CompletedProcess[str]


def start(folder: Path, *arguments: str, code: str | None = None, **environment: str) -> Ended:
    """Run policydsl, or some other Python `code`, in `folder`, in a process of its own."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **environment}
    command = ["-m", "policydsl"] if code is None else ["-c", code]
    return subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120, encoding="utf-8",
    )  # fmt: skip


def run(folder: Path, *arguments: str, **environment: str) -> Ended:
    """Run policydsl in `folder` as `start` does, but here: where nothing is asked of the process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    garbage = gc.get_threshold()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.chdir(folder)
        for name, value in {"COLUMNS": "100", **environment}.items():
            patch.setenv(name, value)
        code = run_command(arguments)
    gc.set_threshold(*garbage)
    out.seek(0)
    err.seek(0)
    return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def call(*arguments: str, jobs: int = 1) -> tuple[int, str]:
    """Run policydsl here; return its exit code and what it has written."""
    result = CliRunner().invoke(cli, [*arguments, "--jobs", str(jobs)], standalone_mode=False)
    assert result.exception is None, result.output
    assert isinstance(result.return_value, int)
    return result.return_value, result.output


def edit(path: Path, old: str, new: str) -> None:
    """Put `new` in the place of `old` wherever it stands in the file at `path`."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


class Work(list[str]):
    """What workers were given to do: keys of questions, and errands, but for what is only written down."""


def watch(patch: pytest.MonkeyPatch) -> Work:
    """Return what workers are given from now on."""
    done, submit = Work(), Crew.submit

    def noted(crew: Crew, task: Task | Errand) -> None:
        if isinstance(task, Task):
            done.extend(q.key for q in task.questions)
        elif (errand := task.work.__name__) != "write":
            done.append({"do": "ahead", "play_golden": "histories"}.get(errand, errand))
        submit(crew, task)

    patch.setattr(Crew, "submit", noted)
    return done


def alone(*arguments: str, jobs: int = 1) -> tuple[int, str]:
    """Run policydsl here, with nothing from earlier runs and nothing kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLICYDSL_CACHE", "off")
        return call(*arguments, jobs=jobs)
