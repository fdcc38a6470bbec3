"""What `policydsl repair` finds for every refuted claim of specs/ and proofs/, and how long it looks.

python benchmarks/repairs.py [SECONDS] [POLICY ...]

For each claim that fails or depends on readings: the first edit that mends it for nothing, or at a cost; none where all
edits were tried; time where SECONDS of the processor (default 60) were not enough. It takes hours for the whole; name
policies (xingtu, minis, ...) for some.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def _called(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "policydsl", *arguments, "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603  ourselves
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _kind(report: dict[str, Any]) -> str:
    if any(each["free"] for each in report["repairs"]):
        return "free"
    return "at a cost" if report["repairs"] else report["cut"] or report["outcome"]


def main() -> None:
    """Print a line for each claim, and a table."""
    limit = sys.argv[1] if len(sys.argv) > 1 else "60"
    wanted = sys.argv[2:] or sorted(p.stem for p in (ROOT / "specs").glob("*.policy"))
    totals: dict[str, Counter[str]] = {}
    for name in wanted:
        files = f"specs/{name}.policy", f"proofs/{name}.claims"
        (policy,) = _called("check", *files)["policies"]
        totals[name] = Counter()
        for claim in policy["claims"]:
            if claim["kind"] == "lemma" or claim["verdict"] not in {"fails", "depends"}:
                continue
            start = time.monotonic()
            report = _called("repair", claim["name"], *files, "--most", "1", "--limit", limit)
            kind = _kind(report)
            totals[name][kind] += 1
            first = next((e["now"] or e["was"] for r in report["repairs"] for e in r["edits"]), "")
            print(f"{name:16} {claim['name']:28} {kind:10} {time.monotonic() - start:6.1f} s  {first[:60]}", flush=True)
    for name, counted in totals.items():
        print(name, dict(counted))


if __name__ == "__main__":
    main()
