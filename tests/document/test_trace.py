"""Source documents beside their transcriptions: outlines, coverage, editions."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import docx
import pytest

from policydsl.document.align import Change, Locked, trace
from policydsl.document.lock import LockError, read_lock, write_lock
from policydsl.document.outline import Passage, fingerprint, number_of, outline
from policydsl.document.read import UnreadableError, read_document
from policydsl.front.load import load

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared/seeds"


def numbers(text: str) -> list[str]:
    """Return the numbers of the sentences of a text; headings in brackets."""
    passages = outline(read_document(text.encode(), ".txt"))
    return [f"[{'.'.join(p.number)}]" if p.heading else ".".join(p.number) for p in passages]


# --- outlines ------------------------------------------------------------------------------------


NUMBERED = {
    "decimal": (
        "1. Start\n\n1.1 One thing. Another.\n\n1.1.1 Deeper:\n(a) first;\n\n(b) second.\n\n1.2 Next.",
        "[1] 1.1 1.1 1.1.1 1.1.1.a 1.1.1.b 1.2",
    ),
    "articles": (
        (
            "Article 3 - Admission\n\nA. For some\n\n1.It shall pay.\n\n2.It shall stay.\n\n"
            "B. For others\n\nThey may look.\n\nArticle 4\n\n1. No."
        ),
        "[3] [3.a] 3.a.1 3.a.2 [3.b] 3.b [4] 4.1",
    ),
    "Chinese": (
        "一、概述\n\n1、定义\n\n(1)内容是文字。\n\n(2)分数是数字。\n\n2、措施\n\n十一、附则\n\n本规则自今日起生效。",
        "[1] [1.1] 1.1.1 1.1.2 [1.2] [11] 11",
    ),
    "Chinese articles": ("第三条 处罚\n\n平台可以处罚。也可以不处罚。\n\n(一)警告;\n\n(二)冻结。", "[3] 3 3 3.1 3.2"),
    "letters and Roman numbers": (
        (
            "2.1 Any of:\n(g) one;\n(h) two;\n(i) three;\n(j) four.\n"
            "2.2 Any of:\n(a) this:\n(i) one;\n(ii) two;\n(b) that."
        ),
        "2.1 2.1.g 2.1.h 2.1.i 2.1.j 2.2 2.2.a 2.2.a.i 2.2.a.ii 2.2.b",
    ),
    "no numbers": ("Rules\n\nYou must pay. You may leave.\n\n- Warning: fix it.\n- Fine\n\nThat is all.", "[]     "),
    "an appendix": ("1. Last\n\nAppendix II\n\n1. Issue warnings\n2. Delete content", "[1] [app2] app2.1 app2.2"),
}


@pytest.mark.parametrize(("text", "found"), NUMBERED.values(), ids=list(NUMBERED))
def test_numbers_of_every_kind(text: str, found: str) -> None:
    assert " ".join(numbers(text)) == found


def test_sentences_are_cut_where_they_end() -> None:
    text = '1.1 The Platform (e.g. Acme Pte. Ltd. or others) pays 1.5 CNY. "You" may leave! Why? 是的。不是;也许'
    said = [p.text for p in outline(read_document(text.encode(), ".txt"))]
    assert said[1:] == ['"You" may leave!', "Why?", "是的。", "不是;", "也许"]
    assert said[0].endswith("1.5 CNY.")


def test_lines_broken_by_hand_are_joined() -> None:
    text = (
        "1.1 A network begins with a hundred points when\nit signs, and keeps them\nuntil the first violation.\n\n1.2 "
        + "Points are deducted then. " * 3
        + "\n(a) by five\n(b) by ten\n"
        + "x" * 60
        + " "
        + "y" * 20
    )
    found = outline(read_document(text.encode(), ".txt"))
    assert (
        found[0].text
        == "A network begins with a hundred points when it signs, and keeps them until the first violation."
    )


def test_words_count_and_spaces_do_not() -> None:
    assert fingerprint("The  Score\nis 5") == fingerprint("the score is 5")
    assert fingerprint("the score is 5") != fingerprint("the score is 6")
    assert number_of("5.3.1-a") == ("5", "3", "1")
    assert number_of("3A.4") == ("3", "a", "4")
    assert number_of("intro-a") == number_of("tab-1") == ()


def test_html_by_blocks_and_lists() -> None:
    page = """<html><head><title>no</title><style>.x{}</style></head><body><nav>Home</nav><h1>Rules</h1>
    <p>You <b>must</b> pay.<br>You may leave.</p><script>alert(1)</script>
    <ol start="2"><li>First thing<ol type="a"><li><p>small thing</p></li><li>other</li></ol></li><li>Second</li></ol>
    <ul><li>a point</li></ul><table><tr><td>(70, 80]</td><td>close it</td></tr></table></body></html>"""
    found = [p.text for p in read_document(page.encode(), ".html")]
    assert found[:4] == ["Home", "Rules", "You must pay.", "You may leave."]
    assert found[4:8] == ["2. First thing", "a. small thing", "b. other", "3. Second"]
    assert found[8:] == ["- a point", "(70, 80]", "close it"]
    assert [".".join(p.number) for p in outline(read_document(page.encode(), ".html"))][4:8] == ["2", "2.a", "2.b", "3"]


def test_word_with_the_numbers_that_word_shows() -> None:
    made = docx.Document()
    made.add_heading("Rules", 1)
    made.add_paragraph("1.1 A network begins with 100 points.")
    for text in ("one thing", "another thing"):
        made.add_paragraph(text, style="List Number")
    table = made.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "(70, 80]", "close the account"
    stream = io.BytesIO()
    made.save(stream)
    found = [p.text for p in read_document(stream.getvalue(), ".docx")]
    assert found[:2] == ["Rules", "1.1 A network begins with 100 points."]
    assert re.fullmatch(r"1[.)] one thing", found[2])
    assert re.fullmatch(r"2[.)] another thing", found[3])
    assert found[4:] == ["(70, 80]", "close the account"]


@pytest.mark.parametrize(
    ("data", "ending"), [(b"\xff\xfe\x00", ".txt"), (b"no archive", ".docx"), (b"PK\x03\x04cut", ".docx")]
)
def test_what_cannot_be_read_is_said_to_be_so(data: bytes, ending: str) -> None:
    with pytest.raises(UnreadableError):
        read_document(data, ending)


# --- coverage ------------------------------------------------------------------------------------

OLD = """Rules

Welcome to the rules.

1. Scores

1.1 You begin with 100 points. They are whole numbers.

1.2 You lose 5 points for each violation.

2. Lists

2.1 Any of these:

(a) this;

(b) that.

Something comes behind.
"""


def passages(text: str = OLD) -> tuple[Passage, ...]:
    return outline(read_document(text.encode(), ".txt"))


def by_place(clauses: list[str], lock: list[Locked] | None = None, text: str = OLD) -> dict[str, tuple[str, ...]]:
    return {t.passage.place: t.clauses for t in trace(passages(text), clauses, lock).traced}


def test_a_sentence_belongs_to_the_clauses_that_bear_its_number() -> None:
    found = by_place(["1.1-a", "1.1-b", "1.2", "2.1"])
    assert found["1.1/1/1"] == ("1.1-a",)
    assert found["1.1/1/2"] == ("1.1-b",)
    assert found["2.1.a/1/1"] == ("2.1",)
    assert by_place(["1.1", "1.2", "2.1", "2.1(a)"])["2.1.a/1/1"] == ("2.1(a)",)
    assert by_place(["1.1-a", "1.1-b", "1.1-c"])["1.1/1/2"] == ("1.1-a", "1.1-b", "1.1-c")


def test_what_no_clause_stands_for_is_listed() -> None:
    traced = trace(passages(), ["1.1", "2.1", "gap"], None)
    assert [p.place for p in traced.uncovered] == ["0/2/1", "1.2/1/1", "2.1.b/2/1"]
    assert traced.idle == ("gap",)
    apart = trace(passages(), ["1.1", "1.2", "2.1", "2.1(b)"], None)
    assert "2.1.a/1/1" in [p.place for p in apart.uncovered]  # its neighbour is transcribed apart, so it is missing


def locked(**clauses: str) -> list[Locked]:
    """Return the lock of the old edition, sentences without numbers assigned by hand."""
    made = read_lock(write_lock(trace(passages(), ["1.1-a", "1.1-b", "1.2", "2.1"], None).traced))
    return [Locked(e.at, e.words, (clauses[e.at],) if e.at in clauses else e.clauses, e.heading) for e in made]


def test_a_lock_names_clauses_for_sentences_without_numbers() -> None:
    lock = locked(**{"0/2/1": "intro", "2.1.b/2/1": "behind"})
    clauses = ["intro", "1.1-a", "1.1-b", "1.2", "2.1", "behind"]
    traced = trace(passages(), clauses, lock)
    assert not traced.uncovered
    assert not traced.idle
    assert not traced.changes
    assert read_lock(write_lock(traced.traced)) == tuple(lock)


def test_an_edited_sentence_without_a_number_is_told_by_its_neighbours() -> None:
    text = "Be kind.\n\nYou have 30 days.\n\nWe write to you.\n\nFarewell.\n"
    lock = [Locked(p.place, p.fingerprint, (str(i),)) for i, p in enumerate(passages(text))]
    clauses = ["0", "1", "2", "3"]
    edited = trace(passages(text.replace("30", "28")), clauses, lock)
    assert edited.changes == (Change("changed", "0/2/1", "0/2/1", ("1",)),)
    assert not edited.uncovered
    # one more, and one less, in the same place cannot be told from an edit of either
    longer = trace(passages(text.replace("30 days.", "28 days.\n\nHurry.")), clauses, lock)
    assert [c.kind for c in longer.changes] == ["new", "new", "vanished"]


def test_another_edition_shows_what_moved_changed_vanished_and_is_new() -> None:
    lock = locked(**{"0/2/1": "intro", "2.1.b/2/1": "behind"})
    new = (
        OLD.replace("5 points", "6 points")
        .replace("Welcome to the rules.\n\n", "")
        .replace("(b) that.", "(b) more;\n\n(c) that.")
    )
    new = new.replace("2. Lists", "1.3 Nobody pays.\n\n2. Lists")
    traced = trace(passages(new), ["intro", "1.1-a", "1.1-b", "1.2", "2.1", "behind"], lock)
    assert set(traced.changes) == {
        Change("changed", "1.2/1/1", "1.2/1/1", ("1.2",)),
        Change("new", None, "1.3/1/1", ()),
        Change("new", None, "2.1.b/1/1", ()),
        Change("moved", "2.1.b/1/1", "2.1.c/1/1", ("2.1",)),
        Change("moved", "2.1.b/2/1", "2.1.c/2/1", ("behind",)),
        Change("vanished", "0/2/1", None, ("intro",)),
    }
    assert [p.place for p in traced.uncovered] == ["1.3/1/1"]
    assert traced.idle == ("intro",)


@pytest.mark.parametrize("text", ["", "sentences: none", "sentences:\n  - {at: 1}", "[", "sentences: [x]"])
def test_a_broken_lock_is_refused(text: str) -> None:
    with pytest.raises(LockError):
        read_lock(text)


# --- whole command -------------------------------------------------------------------------------

SPEC = """policy "Score"

not formalised intro "a welcome" because "no rule"

clause 1.1-a "a hundred points"
    state score: points = 100

not formalised 1.1-b "points are whole" because "the type says so"

clause 1.2 "five points each"
    occurrence violation
    on violation
        set score = score - 5

not formalised 2.1 "a list" because "examples"
"""


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "policydsl", "trace", *arguments]
    return subprocess.run(
        command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=60, encoding="utf-8"
    )


def test_the_command_from_the_first_edition_to_the_next(tmp_path: Path) -> None:
    (tmp_path / "score.policy").write_text(SPEC, encoding="utf-8")
    (tmp_path / "old.txt").write_text(OLD, encoding="utf-8")
    first = call(tmp_path, "score.policy", "--document", "old.txt", "--write")
    assert first.returncode == 1
    assert "no clause stands for 0/2/1 (line 3): Welcome to the rules." in first.stdout
    lock = tmp_path / "score.lock"
    text = lock.read_text(encoding="utf-8")
    assert "Welcome" not in text
    for place, name in {"0/2/1": "intro", "2.1.b/2/1": "2.1"}.items():
        text = re.sub(rf"(at: {re.escape(place)},.*clauses: )\[\]", rf"\1[{name}]", text)
    lock.write_text(text, encoding="utf-8")
    done = call(tmp_path, "score.policy", "--document", "old.txt")
    assert done.returncode == 0, done.stdout
    assert "8 of 8 sentences covered; 0 changes" in done.stdout
    (tmp_path / "new.txt").write_text(OLD.replace("5 points", "6 points"), encoding="utf-8")
    changed = call(tmp_path, "score.policy", "--document", "new.txt")
    assert changed.returncode == 1
    assert "changed: 1.2/1/1; look at clause 1.2" in changed.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("score.policy", "--document", "nowhere.txt"), "E0601"),
        (("score.policy", "--document", "score.pdf"), "E0630"),
        (("score.policy", "--document", "odd.txt"), "E0630"),
        (("score.policy", "--document", "empty.html"), "E0630"),
        (("nowhere.policy", "--document", "old.txt"), "E0601"),
        (("bad.policy", "--document", "old.txt"), "E0631"),
    ],
)
def test_bad_input(tmp_path: Path, arguments: tuple[str, ...], code: str) -> None:
    for name in ("score", "bad"):
        (tmp_path / f"{name}.policy").write_text(SPEC, encoding="utf-8")
    (tmp_path / "bad.lock").write_text("sentences: [x]", encoding="utf-8")
    (tmp_path / "old.txt").write_text(OLD, encoding="utf-8")
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "empty.html").write_text("<h1>Rules</h1><script>...</script>", encoding="utf-8")
    done = call(tmp_path, *arguments)
    assert done.returncode == 3
    assert code in done.stderr
    assert "Traceback" not in done.stderr


# --- the corpus ----------------------------------------------------------------------------------

CORPUS = {"creator_network": "000", "shop_creator": "001", "xingtu": "002", "alibaba_live": "003", "minis": "004"}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the source documents are not part of the project")
@pytest.mark.parametrize("name", [n for n in CORPUS if (ROOT / f"specs/{n}.policy").exists()])
def test_nothing_in_the_documents_is_left_uncovered(name: str) -> None:
    (document,) = SEEDS.glob(f"{CORPUS[name]}*")
    (policy,) = load([ROOT / f"specs/{name}.policy"]).policies
    lock = read_lock((ROOT / f"specs/{name}.lock").read_text(encoding="utf-8"))
    traced = trace(outline(read_document(document.read_bytes(), ".txt")), [c.number for c in policy.clauses], lock)
    assert traced.uncovered == ()
    assert traced.changes == ()


@pytest.mark.parametrize("name", [n for n in CORPUS if (ROOT / f"specs/{n}.policy").exists()])
def test_locks_name_clauses_that_are_there_and_hold_no_text(name: str) -> None:
    text = (ROOT / f"specs/{name}.lock").read_text(encoding="utf-8")
    (policy,) = load([ROOT / f"specs/{name}.policy"]).policies
    entries = read_lock(text)
    assert {c for e in entries for c in e.clauses} <= {c.number for c in policy.clauses}
    body = [line for line in text.splitlines() if not line.startswith("#")][1:]
    assert all(
        re.fullmatch(r"  - \{at: [\w./]+, words: [0-9a-f]{20}(, heading: yes)?, clauses: \[[\w., -]*\]\}", x)
        for x in body
    )
