"""What tests of commands share: files to run them on, and a command in a process of its own or in this one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from policydsl.analyses.tasks import Errand, Task
from policydsl.analyses.workers import Crew
from policydsl.cli import cli

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"


def run(folder: Path, *arguments: str, code: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run policydsl, or some other Python `code`, in `folder`, in a process of its own."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **environment}
    start = ["-m", "policydsl"] if code is None else ["-c", code]
    return subprocess.run(
        [sys.executable, *start, *arguments],
        cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120, encoding="utf-8",
    )  # fmt: skip


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
