"""`policydsl repair`, as a whole command."""

import json
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from policydsl.analyses import repair
from policydsl.cli.repair import exit_code
from policydsl.report.repair import Cut, RepairReport
from tests.cli.commands import call

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


def test_a_hole_is_closed_and_the_amendment_does_what_it_says(folder: Path) -> None:
    code, said = call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--amendments", "mends")
    assert code == 0
    assert "Then `hole` holds, proved." in said
    assert "Nothing else that is claimed gets worse." in said
    assert "stricter for Network" in said
    assert "replace (0, 1]: 2\n        with [0, 1]: 2\n" in said
    assert [p.name for p in Path("mends").iterdir()] == ["hole-1.amendment"]
    assert Path("mends/hole-1.amendment").read_text(encoding="utf-8").strip() in said
    code, said = call("diff", "a.policy", "mends/hole-1.amendment", "--claims", "a.claims")
    assert code == 0
    assert "mended: hole" in said
    assert (folder / "a.policy").read_text(encoding="utf-8") == POLICY


def test_suggestions_do_not_overwrite_what_is_there() -> None:
    Path("mends").mkdir()
    Path("mends/hole-1.amendment").write_text("mine", encoding="utf-8")
    code, said = call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--amendments", "mends")
    assert code == 3
    assert "`mends/hole-1.amendment` is there already" in said
    assert Path("mends/hole-1.amendment").read_text(encoding="utf-8") == "mine"
    code, said = call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--amendments", "a.policy/mends")
    assert code == 3
    assert "`a.policy/mends` cannot be made" in said


def test_what_no_small_edit_mends_without_a_cost() -> None:
    code, said = call("repair", "never", "a.policy", "a.claims", "--tries", "3")
    assert code == 1
    assert "0 edits make it hold and leave all else" in said
    assert "It changes the verdict on: hole." in said


def test_what_never_applies_does_not_hold(folder: Path) -> None:
    claim = 'guarantee idle "Nothing"\n    cites 1\n    after breach when old score > 5: score = 0\n'
    (folder / "a.claims").write_text(f'claims about "Bands"\n\n{claim}', encoding="utf-8")
    code, said = call("repair", "idle", "a.policy", "a.claims")
    assert code == 1
    assert "It never applies: what it speaks of cannot happen." in said


@pytest.mark.parametrize(("cut", "code"), [(None, 1), ("time", 2), ("interrupted", 130)])
def test_what_was_not_looked_at_in_time_is_not_decided(cut: Cut, code: int) -> None:
    assert exit_code(RepairReport("Bands", "never", "It", "none", (), 9, 3, cut, possible=False, language="en")) == code


def test_a_table_and_what_holds_already() -> None:
    Path("a.policy").write_text(POLICY.replace("        no row: 0\n", ""), encoding="utf-8")
    code, said = call("repair", "fee", "a.policy", "--most", "1")
    assert code == 0
    assert "Repairs of gap:fee: some row of the table `fee` always fits" in said
    assert 'because "some row of the table `fee` always fits"' in said
    assert "表 `fee` 总有一行适用" in call("repair", "fee", "a.policy", "--most", "1", "--language", "zh")[1]
    assert "with [0, 1]: 2" in said
    code, said = call("repair", "top", "a.policy", "a.claims")
    assert code == 0
    assert "It holds: there is nothing to mend." in said


def test_the_same_bytes_for_programs() -> None:
    code, said = call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--format", "json")
    assert code == 0
    made = json.loads(said)
    assert made["format"] == "policydsl-repair-1"
    (only,) = made["repairs"]
    assert (only["free"], only["roles"], only["lost"]) == (True, [["Network", "stricter"]], [])
    assert call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--format", "json") == (code, said)


def test_in_chinese_as_a_page_and_for_word() -> None:
    code, said = call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--language", "zh", "--format", "html")
    assert code == 0
    assert "修改后 <code>hole</code> 成立，已证明。" in said
    assert "<pre>amendment &#34;Mends hole&#34;" in said
    call("repair", "hole", "a.policy", "a.claims", "--most", "1", "--format", "docx", "-o", "r.docx")
    lines = [p.text.replace("\u00a0", " ") for p in docx.Document("r.docx").paragraphs]
    assert "        with [0, 1]: 2" in lines


def test_an_interrupted_search_shows_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(*arguments: object) -> Iterator[object]:
        for each in search(*arguments):  # type: ignore[arg-type]  # whatever it gets
            yield each
            if isinstance(each, repair.Repair):
                raise KeyboardInterrupt

    search = repair.repairs
    monkeypatch.setattr(repair, "repairs", few)
    code, said = call("repair", "hole", "a.policy", "a.claims")
    assert code == 0
    assert "PARTIAL: interrupted" in said
    assert "with [0, 1]: 2" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hoel", "a.policy", "a.claims"), "did you mean `hole`?"),
        (("hole", "a.policy"), "no claims are in the files given"),
        (("hole", "nowhere.policy"), "nowhere.policy"),
        (("hole", "a.claims"), "no policy named `Bands`"),
        (("hole", "a.claims"), "name its file, too"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], said: str) -> None:
    code, shown = call("repair", *arguments)
    assert code == 3
    assert said in shown
