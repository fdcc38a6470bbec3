"""Clauses, rows and events that never take effect: each listed with its proof, in text and in JSON."""

import json
from pathlib import Path

import pytest

from policydsl.cli import run_command

POLICY = """policy "Dead"

clause 1 "what is alive, and what is not"
    state n: integer = 0
    state m: integer = 0
    occurrence a
        possible when n < 3
    on a
        set n = n + 1
    occurrence b
        possible when n > 5
    on b
        set m = 1
    on a when n >= 4
        set m = 2
    table t of n: boolean, first row that fits
        <= 1:   yes
        (1, 3]: no
        (3, 9]: yes
        no row: no
    schedule s: each month on day 1 while n > 7
        set m = 3
"""
DEAD = {
    "event:b": "`b` can never take place",
    "rule:1:b": "the rule on b in clause 1 never applies",
    "rule:1:a#2": "the rule on a in clause 1 never applies",
    "row:t:3": "row 3 of the table `t` never applies",
    "schedule:s": "the schedule `s` never fires",
}


@pytest.fixture
def policy(tmp_path: Path) -> str:
    (tmp_path / "dead.policy").write_text(POLICY, encoding="utf-8")
    return str(tmp_path / "dead.policy")


def test_each_is_named_and_proved(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", policy, "--jobs", "1", "-v"]) == 0
    out = capsys.readouterr().out
    assert all(f"warning: {sentence}\n  proved for every history" in out for sentence in DEAD.values())
    assert out.count("evidence: induction") == len(DEAD)
    assert "5 dead clauses" in out


def test_programs_get_the_proofs(policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", policy, "--jobs", "1", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["policies"][0]["dead"]
    assert {each["name"]: each["sentence"] for each in found} == DEAD
    assert all(each["verdict"] == "holds" and each["evidence"]["invariant"] for each in found)
    assert all(len(each["evidence"]["seal"]) == 64 for each in found)


NOBODY = """policy "Nobody"

clause 1 "what is assumed cannot be met"
    parameter limit: count in 1 .. 5 default 3
    assume limit > 6
    state n: count = 0
    occurrence a
    on a
        set n = n + 1
"""
ABOUT_NOBODY = """claims about "Nobody"

finding two "There are never two"
    cites 1
    possible n = 2

guarantee some "There is no less than none"
    cites 1
    always n >= 0
"""


def test_without_any_history_nothing_is_impossible_and_nothing_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """That nothing is possible where nothing ever happens would be green, and says nothing of the policy."""
    (tmp_path / "nobody.policy").write_text(NOBODY, encoding="utf-8")
    (tmp_path / "nobody.claims").write_text(ABOUT_NOBODY, encoding="utf-8")
    assert run_command(["check", str(tmp_path), "--jobs", "1", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["policies"][0]["claims"]
    assert [(c["verdict"], c["status"]) for c in found] == [("vacuous", "not as expected")] * 2
    assert run_command(["check", str(tmp_path), "--jobs", "1"]) == 1
    assert capsys.readouterr().out.count("there is no history at all") == 4  # in the table, and with each claim
