"""The page that lines up the questions asked beforehand with claims: each claim is there, and comes out as said."""

import json
import re
from pathlib import Path

import pytest

from policydsl.front.load import load
from policydsl.front.loaded import LoadedClaim

ROOT = Path(__file__).parents[2]
ANALYSES = ROOT.parent / "shared/analysis"
PAGE = (ROOT / "docs/asked.md").read_text(encoding="utf-8")
AMBIGUITY = re.compile(r"^\| ([A-Z0-9_]+) \| (.*) \| (.*) \|$", re.MULTILINE)
ROW = re.compile(r"^\| (\d{3}-[PR]\d{2}) \| (.*) \| (.*) \|$", re.MULTILINE)
LOADED = load([ROOT / "specs", ROOT / "proofs"])
POLICIES = [Path(p.path).stem for p in LOADED.policies]


def rows_of(policy: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = ROW.findall(PAGE.partition(f"\n## {policy}\n")[2].partition("\n## ")[0])
    assert found
    return found


def claims_of(policy: str) -> dict[str, LoadedClaim]:
    files = [f for f in LOADED.claims if Path(f.policy.path).stem == policy]
    return {c.name: c for f in files for c in f.claims}


def expected(claim: LoadedClaim) -> str:
    return f"depends on {', '.join(claim.on_readings)}" if claim.expect == "depends" else claim.expect


@pytest.mark.parametrize("policy", POLICIES)
def test_each_claim_named_is_there_and_comes_out_as_said(policy: str) -> None:
    claims = claims_of(policy)
    for asked, answers, remark in rows_of(policy):
        named = re.findall(r"`(\w+)` ([^;]+)", answers)
        assert named or (answers == "none" and remark), f"{asked} is neither answered nor accounted for"
        assert [(n, said) for n, said in named if n not in claims or expected(claims[n]) != said] == [], asked


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_that_was_asked_is_left_out(policy: str) -> None:
    path = ANALYSES / f"{policy}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this checkout (../shared/analysis)")
    analysis = json.loads(path.read_text(encoding="utf-8"))
    asked = [p["id"] for p in (*analysis["properties"], *analysis["relational_properties"])]
    assert [row[0] for row in rows_of(policy)] == asked


def ambiguities_of(policy: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = AMBIGUITY.findall(
        PAGE.partition(f"\n## readings of {policy}\n")[2].partition("\n## ")[0]
    )
    assert found
    return found


@pytest.mark.parametrize("policy", POLICIES)
def test_each_ambiguity_is_a_reading_or_is_accounted_for(policy: str) -> None:
    (loaded,) = (p for p in LOADED.policies if Path(p.path).stem == policy)
    readings = {p.name for p in loaded.system.parameters if p.is_reading}
    named = [set(re.findall(r"`(\w+)`", answer)) for _, answer, _ in ambiguities_of(policy)]
    assert all(names or remark for names, (_, _, remark) in zip(named, ambiguities_of(policy), strict=True))
    assert set().union(*named) <= readings


@pytest.mark.parametrize("policy", POLICIES)
def test_no_ambiguity_found_beforehand_is_left_out(policy: str) -> None:
    path = ANALYSES / f"{policy}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this checkout (../shared/analysis)")
    found = json.loads(path.read_text(encoding="utf-8"))["readings"]
    assert [row[0] for row in ambiguities_of(policy)] == [a["id"] for a in found]
