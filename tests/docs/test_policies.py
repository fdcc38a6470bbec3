"""The page of each policy in docs/ speaks of nothing that the policy no longer says."""

import re
from pathlib import Path

import pytest

from policydsl.front.load import load
from policydsl.report.markdown import esc

ROOT = Path(__file__).parents[2]
LOADED = load([ROOT / "specs", ROOT / "proofs"])


@pytest.mark.parametrize("name", [Path(p.path).stem for p in LOADED.policies])
def test_a_page_names_only_clauses_and_claims_that_are_there(name: str) -> None:
    page = (ROOT / f"docs/policies/{name}.md").read_text(encoding="utf-8")
    policy = next(p for p in LOADED.policies if Path(p.path).stem == name)
    shown = re.findall(r"^\| (\S+) \| .* \|$", page.partition("## What was formalised")[2], re.MULTILINE)
    clauses = {esc(c.number) for c in policy.clauses} | {"clause"}
    assert shown
    assert [number for number in shown if number not in clauses and not number.startswith("---")] == []
    claims = {esc(c.name) for file in LOADED.claims if file.policy is policy for c in file.claims}
    told = re.findall(r"^\*\*(\S+)\*\*: ", page, re.MULTILINE)
    assert told
    assert [claim for claim in told if claim not in claims] == []
