"""The page of each policy in docs/ speaks of the policy as it is: every clause, reading and claim of today."""

from pathlib import Path

import pytest

from policydsl.front.load import load
from policydsl.report.markdown import esc

ROOT = Path(__file__).parents[2]
LOADED = load([ROOT / "specs", ROOT / "proofs"])


@pytest.mark.parametrize("name", [Path(p.path).stem for p in LOADED.policies])
def test_a_page_names_all_clauses_readings_and_claims(name: str) -> None:
    page = (ROOT / f"docs/policies/{name}.md").read_text(encoding="utf-8")
    policy = next(p for p in LOADED.policies if Path(p.path).stem == name)
    for clause in policy.clauses:
        assert f"| {esc(clause.number)} | {esc(clause.summary)} |" in page
    for reading in policy.readings:
        assert f"| {esc(reading.question)} |" in page
    for file in LOADED.claims:
        if file.policy is policy:
            assert [c.name for c in file.claims if esc(c.sentence) not in page] == []
