"""What goes wrong around a command: it says honestly how far it came, leaves no process behind and no half file."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import FIXTURES, ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

HARD = """policy "Hard"

clause 1 "numbers that nobody can foresee"
    state x: integer = 1
    state y: integer = 7
    state small: integer = 0
    occurrence turn
        field up: boolean
    define next: integer = 48271 * x + 11 * y
    define other: integer = 16807 * y + 5 * x
    on turn
        set x = next - 2147483647 * (next / 2147483647)
        set y = other - 65537 * (other / 65537) when up
    on turn when small < 3
        set small = small + 1
"""

CLAIMS = """claims about "Hard"

guarantee easy "What is easy is decided"
    cites 1
    always small <= 3

guarantee never_met "Two numbers never meet"
    cites 1
    always not (x = 4242 and y = 777)
"""


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "proofs").mkdir()
    (tmp_path / "specs/hard.policy").write_text(HARD, encoding="utf-8")
    (tmp_path / "proofs/hard.claims").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


@contextlib.contextmanager
def started(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "policydsl", *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def call(folder: Path, *arguments: str) -> tuple[int, str, str]:
    with started(folder, *arguments) as process:
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def busy_worker(process: "subprocess.Popen[str]", seconds: float) -> int:
    """Return the worker of `process` once it has computed for so many seconds."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        for pid in children_of(process.pid):
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                if (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") >= seconds:
                    return pid
        time.sleep(0.02)
    pytest.fail("no worker came to work")


def gone(pid: int) -> bool:
    """Return whether a process ends, within a while."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


# --- budgets and workers -------------------------------------------------------------------------


def test_what_is_too_hard_is_undecided_and_the_rest_is_decided(hard: Path) -> None:
    code, out, err = call(hard, "check", "--budget", "0.5", "--jobs", "1")
    assert (code, err) == (2, "")
    assert "✓  easy       proved for every history" in out
    assert "the budget ran out" in out
    assert "1 of 2 questions as expected; 1 undecided (exit code 2)" in out


def test_it_is_no_green_result_in_any_form(hard: Path) -> None:
    code, out, _ = call(hard, "check", "--budget", "0.3", "--jobs", "1", "--only", "never_met", "--format", "json")
    claim = json.loads(out)["policies"][0]["claims"][0]
    assert (code, claim["verdict"] in {"bounded", "undecided"}, claim["status"]) == (2, True, "undecided")


def test_effort_decides_the_same_whatever_the_machine_does(hard: Path) -> None:
    found = set()
    for jobs, seed in (("1", "1"), ("2", "2")):
        own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "policydsl", "check", "--effort", "300000", "--jobs", jobs, "--format", "json"]
        done = subprocess.run(command, cwd=hard, env=own, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 2, done.stderr
        found.add(done.stdout)
    assert len(found) == 1
    claims = {c["name"]: c["verdict"] for c in json.loads(found.pop())["policies"][0]["claims"]}
    assert claims["never_met"] in {"bounded", "undecided"}
    assert claims["easy"] == "holds"


@linux
def test_a_worker_killed_in_mid_run_is_replaced(hard: Path) -> None:
    with started(hard, "check", "--effort", "3000000", "--jobs", "1") as process:
        os.kill(busy_worker(process, 0.3), signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "")
    assert "ended unexpectedly" not in out
    assert "easy       proved" in out


@linux
def test_workers_killed_again_and_again(hard: Path) -> None:
    with started(hard, "check", "--budget", "60", "--jobs", "1") as process:
        first = busy_worker(process, 0.5)
        os.kill(first, signal.SIGKILL)
        assert gone(first)
        os.kill(busy_worker(process, 0.5), signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "")
    assert "ended unexpectedly" in out
    assert "never_met  undecided" in out


@linux
@pytest.mark.parametrize("arguments", [["check", "--budget", "60"], ["certify", "--write", "--budget", "60"]])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_the_command(hard: Path, arguments: list[str], number: signal.Signals) -> None:
    with started(hard, *arguments, "--jobs", "1") as process:
        worker = busy_worker(process, 0.8)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert gone(worker)
    assert process.returncode == (128 + number if number == signal.SIGTERM else -number)


# --- the store -----------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.glob("proofs/**/*")) if p.is_file()}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored") / "work"
    shutil.copytree(FIXTURES, folder)
    assert call(folder, "certify", "--write", "--solver", "z3")[0] == 0
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    shutil.copytree(stored, tmp_path / "work")
    return tmp_path / "work"


@linux
def test_interrupting_certify_leaves_the_store_as_it_was(hard: Path) -> None:
    before = contents(hard)
    with started(hard, "certify", "--write", "--budget", "60", "--jobs", "1") as process:
        worker = busy_worker(process, 0.8)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, err) == ("", "interrupted: no certificate was written, those there are as they were\n")
    assert gone(worker)
    assert contents(hard) == before


BREAK = """
import errno, os, policydsl.cli.shared as shared
real, left = os.fsync, [2]
def fsync(handle):
    left[0] -= 1
    if left[0] < 0:
        {fault}
    real(handle)
shared.os.fsync = fsync
"""


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ("raise OSError(errno.ENOSPC, 'No space left on device')", 3, "no space left on device"),
        ("raise KeyboardInterrupt", 130, "interrupted: 2 of 4 certificates written, each of them whole"),
    ],
)
def test_what_stops_the_writing_halfway_leaves_whole_files(folder: Path, fault: str, code: int, said: str) -> None:
    shutil.rmtree(folder / "proofs/certificates")
    (folder / "site").mkdir()
    (folder / "site/sitecustomize.py").write_text(BREAK.format(fault=fault), encoding="utf-8")
    own = {**os.environ, "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "policydsl", "certify", "--write", "--jobs", "1"]
    done = subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    files = [p for p in folder.glob("proofs/certificates/**/*") if p.is_file()]
    assert len(files) == 2
    assert all(p.suffix == ".jsonl" and p.read_text(encoding="utf-8").endswith("\n") for p in files)
    code, _, err = call(folder, "certify", "--solver", "z3")
    assert (code, err.count("is missing")) == (1, 2)
    assert call(folder, "check")[0] == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_that_cannot_be_written(folder: Path) -> None:
    (folder / "specs/score.policy").write_text(
        (folder / "specs/score.policy").read_text(encoding="utf-8").replace("default 5", "default 6"), encoding="utf-8"
    )
    home, before = folder / "proofs/certificates/score", contents(folder)
    home.chmod(0o555)
    try:
        code, _, err = call(folder, "certify", "--write")
    finally:
        home.chmod(0o755)
    assert (code, "E0603" in err, "Traceback" in err) == (3, True, False)
    assert contents(folder) == before


# --- outputs that are no files ---------------------------------------------------------------------


def shell(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    """Run the command `policydsl` in a shell line."""
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = text.replace("policydsl", f"{shlex.quote(sys.executable)} -m policydsl")
    command = ["/bin/sh", "-c", line]
    return subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=60)


@linux
def test_an_output_without_room_is_no_bug(folder: Path) -> None:
    done = shell(folder, "policydsl explain > /dev/full")
    assert (done.returncode, done.stderr) == (3, "error: the output cannot be written: no space left on device\n")


def test_outputs_may_be_closed(folder: Path) -> None:
    for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
        done = shell(folder, f"policydsl explain E0301 {closed}")
        assert (done.returncode, done.stderr) == (0, ""), closed
    assert shell(folder, "policydsl fmt - <&-").returncode == 0


@linux
def test_a_pipe_is_written_to_and_stays_one(folder: Path) -> None:
    check = "policydsl check --format json --output pipe"
    done = shell(folder, f"mkfifo pipe; cat pipe & {check}; wait; test -p pipe; echo $?")
    assert done.stdout.endswith("}\n0\n")
    assert '"complete": true' in done.stdout


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e400", "-1", "0", "soon"])
def test_a_budget_is_a_number_of_seconds(folder: Path, seconds: str) -> None:
    done = shell(folder, f"policydsl check --budget {seconds}")
    assert (done.returncode, "--budget" in done.stderr) == (3, True)


# --- strangers -----------------------------------------------------------------------------------


def run_installed(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as it runs where it is installed: the working folder is not where modules are looked for."""
    start = "if __name__ == '__main__':\n    from policydsl.cli import main\n    main()\n"
    (folder.parent / "policydsl_command.py").write_text(start, encoding="utf-8")
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", str(folder.parent / "policydsl_command.py"), *arguments]
    return subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120)


def test_modules_that_lie_in_a_strangers_folder_are_not_run(folder: Path) -> None:
    for module in ("cvc5", "z3", "json", "multiprocessing", "policydsl"):
        (folder / f"{module}.py").write_text("print('a stranger was here')\nraise SystemExit\n", encoding="utf-8")
    done = run_installed(folder, "certify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("4 of 4 certificates stand: 2 proofs, re-checked by z3 and cvc5")


def _said(folder: Path, answer: str) -> str:
    """Return what `certify` says where z3, in its own process, is replaced by something that prints `answer`."""
    (folder / "site").mkdir()
    (folder / "site/sitecustomize.py").write_text(
        f"import os, sys\nif sys.argv[:2] == ['-c', 'z3']:\n    os.write(1, {answer.encode()!r})\n    os._exit(0)\n",
        encoding="utf-8",
    )
    own = {**os.environ, "PYTHONPATH": f"{folder / 'site'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "policydsl", "certify", "--solver", "z3"]
    done = subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    return done.stderr


@pytest.mark.parametrize(("answer", "reason"), [("", "no answer that can be read"), ("[]", "what it was asked")])
def test_a_solver_that_talks_nonsense_confirms_nothing(folder: Path, answer: str, reason: str) -> None:
    assert reason in _said(folder, answer)
