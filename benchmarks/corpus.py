"""How long the main job takes: wall clock and CPU seconds of whole `policydsl check` processes over specs/ and proofs/.

python benchmarks/corpus.py [JOBS]

Fresh is from a cold start, every answer searched for, policy by policy and for all; with certificates (in a copy of the
tree, so that nothing is written here) each answer is shown again, first with the texts to be read, then with what
that run has kept of them; then what was shown is said once more. Start-up and one claim are whole processes too.

All are with Python's compiled files in place: without them, as in a fresh clone, the first run takes about a second
more of the processor. Measure on an idle machine.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
ANEW = "check, with texts kept and nothing shown before"


def measure(folder: Path, arguments: Sequence[str]) -> tuple[float, float, str]:
    """Return the seconds by the clock and of the processors, all processes together, and the last line printed."""
    kept = str(folder / "cache")
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", "POLICYDSL_CACHE": kept}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(  # noqa: S603  ourselves
        [sys.executable, "-m", "policydsl", *arguments],
        cwd=folder,
        env=own,
        check=False,
        capture_output=True,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, cpu, (done.stdout.strip().splitlines() or ["nothing"])[-1]


def _files(*names: str) -> list[str]:
    return [file for name in names for file in (f"specs/{name}.policy", f"proofs/{name}.claims")]


def main() -> None:
    """Print a table."""
    jobs = sys.argv[1] if len(sys.argv) > 1 else str(os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("specs", "proofs"):
            shutil.copytree(ROOT / part, folder / part)
        names = sorted(path.stem for path in (folder / "specs").glob("*.policy"))
        files = {name: [f"specs/{name}.policy", f"proofs/{name}.claims"] for name in names}
        rows = (
            *((f"check --fresh {name}", ["check", *files[name], "--fresh", "--jobs", jobs]) for name in names),
            ("check --fresh", ["check", "--fresh", "--jobs", jobs]),
            ("certify --write --solver z3", ["certify", "--write", "--solver", "z3", "--jobs", jobs]),
            ("check, with certificates", ["check", "--jobs", jobs]),
            (ANEW, ["check", "--jobs", jobs]),
            ("check, once more", ["check", "--jobs", jobs]),
            ("check of two policies, with certificates", ["check", *_files("xingtu", "creator_network")]),
            ("check of one claim, with its certificate", ["check", *_files("xingtu"), "--only", "latest"]),
            ("--version", ["--version"]),
        )
        print(f"{'wall s':>8}  {'CPU s':>8}")
        for label, arguments in rows:
            if label == ANEW:
                for file in (folder / "cache").glob("*.shown"):
                    file.unlink()
            wall, cpu, last = measure(folder, arguments)
            print(f"{wall:>8.2f}  {cpu:>8.2f}  {label}: {last}", flush=True)


if __name__ == "__main__":
    main()
