"""`policydsl repair`, as a whole command."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from policydsl.cli import cli

POLICY = """policy "Bands"
    histories from 2024-01-01

role Network

better for Network
    lower fee

clause 1 "a score"
    state score: points = 2
    occurrence breach by Network
        possible when score > 0
    on breach
        set score = score - 1

clause 2 "bands"
    table fee of score: points, exactly one row
        (1, 2]: 1
        (0, 1]: 2
        no row: 0
"""
CLAIMS = """claims about "Bands"

finding hole "A score of 0 costs nothing"
    cites 2
    always score <= 1 implies fee = 2

guarantee top "A score of 2 costs one point"
    cites 2
    always score = 2 implies fee = 1

finding never "The score stays"
    cites 1
    always score = 2
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "a.claims").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*arguments, "--jobs", "1"], standalone_mode=False)
    assert result.exception is None, result.output
    return int(result.return_value), result.stdout


def test_a_hole_is_closed_and_the_amendment_applies() -> None:
    code, said = call("repair", "hole", "a.policy", "a.claims", "--most", "1")
    assert code == 0
    assert "then `hole` holds, proved" in said
    assert "stricter for Network" in said
    assert "replace (0, 1]: 2\n        with [0, 1]: 2\n" in said
    amendment = said[said.index("amendment ") :]
    Path("mend.amendment").write_text(amendment, encoding="utf-8")
    code, said = call("diff", "a.policy", "mend.amendment", "--claims", "a.claims")
    assert code == 0
    assert "mended: hole" in said
    assert Path("a.policy").read_text(encoding="utf-8") == POLICY


def test_what_no_small_edit_mends() -> None:
    code, said = call("repair", "never", "a.policy", "a.claims")
    assert code == 1
    assert "no single small edit" in said


def test_a_claim_that_is_not_there() -> None:
    assert call("repair", "hoel", "a.policy", "a.claims")[0] == 3
