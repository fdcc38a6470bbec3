"""The page of wording changes: every amendment of the documents, what is expected of it, and why where that differs."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/wording-changes.md").read_text(encoding="utf-8")
AMENDMENTS = sorted((ROOT / "specs" / "amendments").glob("*/*.amendment"))
ANALYSES = ROOT.parent / "shared/analysis"
WORDS = ("equivalent", "stricter", "more lenient", "incomparable")


def row_of(path: Path) -> list[str]:
    section = PAGE.partition(f"\n## {path.parent.name}\n")[2].partition("\n## ")[0]
    (row,) = re.findall(rf"^\| \d+-{path.stem} \|.*$", section, re.MULTILINE)
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_there_are_as_many_rows_as_amendments() -> None:
    assert len(re.findall(r"^\| \d+-W\d+ \|", PAGE, re.MULTILINE)) == len(AMENDMENTS) >= 40


@pytest.mark.parametrize("path", AMENDMENTS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_the_page_says_what_the_amendment_expects(path: Path) -> None:
    """That it comes out so is tested where amendments are compared; what differs from what was thought has a reason."""
    _, by_hand, expected, remark = row_of(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert expected == "; ".join(line[11:] for line in lines if line.startswith("    expect "))
    thought = {word for word in WORDS if word in by_hand}
    said = {word for word in WORDS if word in expected}
    if not said & thought or "incomparable" in said - thought:
        assert remark, (by_hand, expected)


@pytest.mark.skipif(not ANALYSES.is_dir(), reason="the hand analyses are not beside this checkout")
@pytest.mark.parametrize("policy", sorted({p.parent.name for p in AMENDMENTS}))
def test_every_change_considered_is_an_amendment(policy: str) -> None:
    considered = json.loads((ANALYSES / f"{policy}.json").read_text(encoding="utf-8"))["wording_changes"]
    listed = re.findall(r"^\| (\d+-W\d+) \|", PAGE.partition(f"\n## {policy}\n")[2].partition("\n## ")[0], re.MULTILINE)
    assert listed == sorted(each["id"] for each in considered)
