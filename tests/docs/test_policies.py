"""The page of each policy in docs/ says what its claims say now: no more, no less, each with the verdict expected."""

import re
from pathlib import Path

import pytest

from policydsl.front.load import load
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.report.markdown import esc

ROOT = Path(__file__).parents[2]
LOADED = load([ROOT / "specs", ROOT / "proofs"])
POLICIES = {Path(p.path).stem: p for p in LOADED.policies}
VERDICT = {"holds": "proved", "fails": "fails", "depends": "depends on how this is read"}


def page_of(name: str) -> str:
    return (ROOT / f"docs/policies/{name}.md").read_text(encoding="utf-8")


def claims_of(policy: LoadedPolicy) -> list[LoadedClaim]:
    return [c for file in LOADED.claims if file.policy is policy for c in file.claims]


def is_weakness(claim: LoadedClaim) -> bool:
    return claim.expect == "depends" or (claim.expect == "fails" and not claim.possible)


@pytest.mark.parametrize("name", POLICIES)
def test_a_page_names_only_clauses_that_are_there(name: str) -> None:
    shown = re.findall(r"^\| (\S+) \| .* \|$", page_of(name).partition("## What was formalised")[2], re.MULTILINE)
    clauses = {esc(c.number) for c in POLICIES[name].clauses} | {"clause"}
    assert shown
    assert [number for number in shown if number not in clauses and not number.startswith("---")] == []


@pytest.mark.parametrize("name", POLICIES)
def test_a_page_tells_each_finding_with_the_verdict_expected(name: str) -> None:
    told = re.findall(r"^\*\*(\S+)\*\*: (.*)$", page_of(name), re.MULTILINE)
    expected = [c for c in claims_of(POLICIES[name]) if is_weakness(c)]
    assert [claim for claim, _ in told] == [esc(c.name) for c in expected]
    assert [c.name for (_, said), c in zip(told, expected, strict=True) if not said.startswith(VERDICT[c.expect])] == []


@pytest.mark.parametrize("name", POLICIES)
def test_a_page_lists_each_guarantee(name: str) -> None:
    listed = page_of(name).partition("## What the text guarantees")[2].partition("\n## ")[0].strip().splitlines()
    expected = [c for c in claims_of(POLICIES[name]) if not is_weakness(c)]
    assert len(listed) == len(expected)
    said = zip(listed, expected, strict=True)
    assert [c.name for line, c in said if not line.startswith(f"* {esc(c.sentence)}: ")] == []


@pytest.mark.parametrize("name", POLICIES)
def test_nothing_is_left_undecided(name: str) -> None:
    assert "## Not decided" not in page_of(name)
    assert "; expected: " not in page_of(name)
