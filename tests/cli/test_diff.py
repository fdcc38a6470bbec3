"""`policydsl diff`, as a whole command: verdicts, forms, git, and mistakes that people make."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import click
import docx
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from policydsl.analyses import diff_whole
from policydsl.cli import cli
from policydsl.cli.diff_limit import TIME, Limit
from policydsl.cli.diff_sides import sides_of
from policydsl.report.diff_json import diff_schema

ROOT = Path(__file__).parents[2]

POLICY = """policy "Scores"
    effective 2024-01-01

role Network
role Platform

better for Network
    higher score

clause 1 "a score"
    state score: points = 100
    occurrence breach by Network
    on breach
        set score = score - 5

clause 2 "low scores"
    act close by Platform permitted when score <= 90
"""
CLAIMS = """claims about "Scores"

guarantee one "One breach closes nothing"
    cites 2
    after breach when score >= 95: not permitted close
"""
DEARER = """amendment "Dearer" of "Scores"
    effective 2025-01-01
    expect stricter for Network

in clause 1
    replace on breach
        set score = score - 5
    with on breach
        set score = score - 6
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "a.policy").write_text(POLICY, encoding="utf-8")
    (tmp_path / "proofs").mkdir()
    (tmp_path / "proofs" / "a.claims").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def diff(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["diff", *arguments, "--jobs", "1"], standalone_mode=False)
    assert result.exception is None, result.output
    assert isinstance(result.return_value, int)
    return result.return_value, result.output


def put(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


@pytest.mark.usefixtures("folder")
def test_an_amendment_in_text() -> None:
    code, said = diff("a.policy", put("dearer.amendment", DEARER))
    assert code == 0, said
    assert "stricter for Network" in said
    assert "94 points now" in said
    assert "They part in step 1, in clause 1." in said
    assert "Network is never worse off by the switch alone, on 1 January 2025: proved" in said


@pytest.mark.usefixtures("folder")
def test_one_history_that_shows_two_things_is_told_once() -> None:
    rights = (("apply", "Network"), ("warn", "Platform"))
    acts = "".join(f"act {a} by {role} permitted when score > 96\n    " for a, role in rights)
    old = put("old.policy", POLICY.replace("act close", f"{acts}act close"))
    new = put("new.policy", Path(old).read_text(encoding="utf-8").replace("score > 96", "score > 94"))
    code, said = diff(old, new, "--no-claims", "--format", "json")
    (story,) = json.loads(said)["stories"]
    assert code == 0
    assert [s["outcome"] for s in (story, *story["also"])] == ["permitted: apply", "permitted: warn"]
    for form in ("markdown", "text", "html"):
        _, said = diff(old, new, "--no-claims", "--format", form)
        said = " ".join(said.replace("\\", "").split())
        assert "A shortest history in which the new wording is more lenient for Network (permitted: apply):" in said
        assert said.count("shortest history in which the new wording is more lenient for") == 2
        assert "It is also a shortest history" in said
        assert "more lenient for Platform (permitted: warn: no before, yes now)." in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_in_chinese_no_english_is_left_but_names(form: str) -> None:
    put("b.policy", POLICY.replace("score <= 90", "score <= 95"))
    code, said = diff("a.policy", "b.policy", "--language", "zh", "--format", form, "--require", "equivalent")
    assert code == 1
    assert "新措辞对Platform更宽松" in said
    assert "原为成立，现为不成立" in said
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]*>|`[^`]*`|&\w+;", " ", said, flags=re.DOTALL)
    names = re.findall(r"\w+", POLICY + CLAIMS + "b.policy policydsl dev")
    assert set(re.findall(r"[A-Za-z]{3,}", body)) <= set(names)


@pytest.mark.usefixtures("folder")
def test_readings_that_claims_depend_on_go_by_their_labels() -> None:
    low = '    reading low "how low is low?" label zh "低分"\n        at "-" default\n        below "-"\n    act close'
    when = "(low is at and score <= 95 or low is below and score < 95)"
    put("read.policy", POLICY.replace("    act close", low).replace("score <= 90", when))
    put("b.policy", POLICY.replace("    act close", low).replace("score <= 90", "(low is at or score < 99)"))
    put("a.claims", CLAIMS)
    code, said = diff("read.policy", "b.policy", "--claims", "a.claims", "--language", "zh")
    assert code == 0
    assert "取决于如何理解：低分" in said.replace("\n  ", "")
    assert "如何理解：low" not in said


@pytest.mark.usefixtures("folder")
def test_html_draws_a_history_under_both_wordings_and_word_can_be_read() -> None:
    put("dearer.amendment", DEARER)
    code, _ = diff("a.policy", "dearer.amendment", "--format", "html", "--output", "d.html")
    page = Path("d.html").read_text(encoding="utf-8")
    assert code == 0
    assert "under the new wording" in page
    assert "94 points" in page
    assert re.search(r'class="curve curve0"', page)
    assert re.search(r'class="curve curve0 other"', page)
    code, _ = diff("a.policy", "dearer.amendment", "--format", "docx", "--output", "d.docx")
    made = docx.Document("d.docx")
    assert any("in which the new wording is stricter for Network" in p.text for p in made.paragraphs)
    assert any("under the old wording" in c.text for t in made.tables for c in t.rows[0].cells)


@pytest.mark.usefixtures("folder")
def test_names_that_mean_harm_stay_words_in_a_page() -> None:
    harm = POLICY.replace('policy "', 'policy "<script>alert(1)</script> ')
    new = put("b.policy", harm.replace("score <= 90", "score <= 95"))
    diff(put("h.policy", harm), new, "--no-claims", "--format", "html", "--output", "d.html")
    page = Path("d.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.usefixtures("folder")
def test_json_and_what_ci_requires() -> None:
    new = put("b.policy", POLICY.replace("score <= 90", "score <= 95"))
    code, said = diff("a.policy", new, "--format", "json", "--require", "no-guarantee-lost")
    report: dict[str, Any] = json.loads(said)
    published = (ROOT / "docs/schema/diff-1.json").read_text(encoding="utf-8")
    assert published == diff_schema()
    Draft202012Validator.check_schema(json.loads(published))
    Draft202012Validator(json.loads(published)).validate(report)
    assert code == 1 == report["exit_code"]
    assert report["roles"] == [{"role": "Platform", "relation": "more lenient", "by_default": None}]
    assert [(c["name"], c["fate"]) for c in report["claims"]] == [("one", "lost")]
    assert report["claims"][0]["story"]
    assert report["clauses"] == ["2"]
    code, _ = diff(
        "a.policy", put("c.policy", POLICY.replace("score - 5", "score - (2 + 3)")), "--require", "equivalent"
    )
    assert code == 0


@pytest.mark.usefixtures("folder")
def test_a_comment_under_a_pull_request() -> None:
    _, said = diff("a.policy", put("dearer.amendment", DEARER), "--format", "markdown")
    assert "**The new wording is stricter for Network" in said
    assert "| | under the old wording | under the new wording |" in said
    assert len(said) < 3000


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("many", [3, 4])
def test_a_review_comment_names_many_empty_claims_in_one_line(many: int) -> None:
    claims = [
        f'guarantee low{n} "Low"\n    after breach when old score < {n}: score < {n}' for n in range(91, 91 + many)
    ]
    put("proofs/a.claims", CLAIMS + "\n" + "\n\n".join(claims) + "\n")
    new = put("b.policy", POLICY.replace("set score = score - 5", "set score = 100"))
    _, said = diff("a.policy", new, "--format", "markdown")
    shown, *folded = said.partition("<details><summary>Claims that are about nothing any more")
    told = [line for line in shown.splitlines() if "about nothing any more: **low" in line]
    assert len(told) == (many if many == 3 else 1)
    assert all(f"**low{n}**" in "".join(told) for n in range(91, 91 + many))
    assert "".join(folded).count("holds before, never applies now") == (0 if many == 3 else many)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_new_flaws_stand_under_a_heading_of_their_own(form: str) -> None:
    new = put("b.policy", POLICY.replace("score = 100", "score = 100\n    state worst: points = 0").replace(
        "on breach\n        set score = score - 5",
        "on breach\n        set score = score - 5\n    on breach when score < 50\n        set score = 0"))  # fmt: skip
    code, said = diff("a.policy", new, "--no-claims", "--format", form)
    assert code == 0
    before, heading, after = said.partition("Conflicts, gaps, overlaps, undefined values and dead clauses")
    assert heading
    assert "not so: " in after.split("On the day of the switch")[0]
    assert "not so: " not in before


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_what_the_whole_time_does_not_allow_is_said_loudly(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limit, "stop", lambda *_: TIME)
    new = put("b.policy", POLICY.replace("score <= 90", "score <= 95"))
    code, said = diff("a.policy", new, "--no-cache", "--format", form, "--limit", "1")
    assert code == 2
    if form == "json":
        report = json.loads(said[: said.rindex("}") + 1])
        Draft202012Validator(json.loads(diff_schema())).validate(report)
        assert (report["cut"], report["relation"]) == ("time", "undecided")
    else:
        assert "PARTIAL: the time for the whole comparison was up." in said.replace("\n", " ")
        assert "Claims: 1 undecided" in said
    assert not re.search("stricter for|lenient for|incomparable for|never worse off by the switch", said)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("old", "new", "said"), [
    ("effective 2024-01-01", "effective 2024-03-01",
     "the day on which it takes effect is 1 March 2024 now, 1 January 2024 before"),
    ("higher score", "lower score", "better for Network is `lower score` now, `higher score` before"),
    ("higher score", "higher score\nbetter for Platform\n    lower score",
     "that `lower score` is better for Platform is said by the new wording alone"),
    ("histories from 2024-01-01", "histories from 2023-01-01",
     "histories start from 1 January 2023 now, from 1 January 2024 before"),
    ("effective 2024-01-01", "effective 2024-01-01\n    time zone Asia/Tokyo",
     "the header’s `time zone` is Asia/Tokyo now, none before"),
    ('policy "Scores"', 'policy "Points"', "the header’s `policy` is “Points” now, “Scores” before"),
    ("role Network\n", 'role Network label zh "机构"\n', "the labels of `Network` are not the same"),
])  # fmt: skip
def test_what_changes_beside_the_rules_is_named(old: str, new: str, said: str) -> None:
    text = POLICY.replace("effective 2024-01-01", "effective 2024-01-01\n    histories from 2024-01-01")
    put("same.policy", text)
    code, shown = diff("same.policy", put("b.policy", text.replace(old, new)), "--no-claims", "--no-cache")
    assert code == 0
    assert "No rule changes: both wordings give the same" in shown
    assert said in shown.replace("\n", " ")


@pytest.mark.usefixtures("folder")
def test_an_interruption_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    real = diff_whole.examine

    def examine(*given: Any, certified: bool) -> diff_whole.Whole:  # the claims come after it, here
        later, given[2].steps = given[2].steps, iter(())
        made = real(*given, certified=certified)
        given[2].steps = later
        os.kill(os.getpid(), signal.SIGINT)
        return made

    monkeypatch.setattr(diff_whole, "examine", examine)
    before = signal.getsignal(signal.SIGINT)
    new = put("b.policy", POLICY.replace("score <= 90", "score <= 95"))
    code, said = diff("a.policy", new, "--no-cache")
    assert code == 130
    assert "PARTIAL: interrupted." in said
    assert said.endswith("(exit code 130)\n")
    assert "The new wording is more lenient for Platform." in said
    assert "undecided: one" in said
    assert signal.getsignal(signal.SIGINT) is before


def git(*arguments: str) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *author, *arguments], check=True, capture_output=True)  # noqa: S607  the git there is


def test_a_file_of_claims_may_have_had_another_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    git("mv", "proofs", "claims")
    put("claims/a.claims", CLAIMS.partition("guarantee")[0])
    git("mv", "claims/a.claims", "claims/b.claims")
    put("a.policy", POLICY.replace("score - 5", "score - 6").replace("<= 90", "<= 96"))
    git("commit", "-am", "two")
    for home, policy, claims in ((folder, "a.policy", "claims/b.claims"), (folder / "claims", "../a.policy", ".")):
        monkeypatch.chdir(home)
        code, said = diff("HEAD~1:" + policy, policy, "--claims", claims, "--require", "no-guarantee-lost")
        assert code == 1, said
        assert "no guarantee lost; found: one" in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS.replace(">= 95", ">= 97"),
        CLAIMS.replace("guarantee", "finding"),
        CLAIMS.partition("guarantee")[0],
        None,
    ],
)
def test_a_guarantee_that_goes_with_the_rule_is_judged_as_it_was(claims: str | None) -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    put("a.policy", POLICY.replace("score - 5", "score - 6").replace("<= 90", "<= 96"))
    if claims is None:
        Path("proofs/a.claims").unlink()
    else:
        put("proofs/a.claims", claims)
    git("commit", "-am", "two")
    code, said = diff("--git", "HEAD~1..HEAD", "a.policy", "--require", "no-guarantee-lost")
    assert code == 1, said
    assert "judged as they were: `one`" in " ".join(said.split())
    assert "no guarantee lost; found: one" in said
    if claims is not None:
        home = Path.cwd()
        os.chdir(home.parent)  # outside the repository
        policy, proofs = (f"{home.name}/{name}" for name in ("a.policy", "proofs"))
        code, said = diff("--git", "HEAD~1..HEAD", policy, "--claims", proofs, "--require", "no-guarantee-lost")
        os.chdir(home)
        assert "no guarantee lost; found: one" in said
    put("proofs/a.claims", CLAIMS.replace("One breach", "A breach") + "    expect holds\n")
    _, said = diff("HEAD~1:a.policy", "a.policy", "--require", "no-guarantee-lost")
    assert "as they were" not in said
    assert "no guarantee lost; found: one" in said


@pytest.mark.usefixtures("folder")
def test_a_branch_is_compared_with_where_it_left_the_other() -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "branch")
    put("a.policy", POLICY.replace("score - 5", "score - 6"))
    git("commit", "-am", "two")
    git("checkout", "main")
    put("a.policy", POLICY.replace("score - 5", "score - 7"))
    git("commit", "-am", "three")
    _, said = diff("--git", "main..branch", "a.policy", "--no-claims")
    assert "more lenient for Network" in said
    _, said = diff("--git", "main...branch", "a.policy", "--no-claims")
    assert "stricter for Network" in said
    assert "more lenient" not in said
    with pytest.raises(click.UsageError, match="no revision from which both main and nowhere come"):
        sides_of("a.policy", None, "main...nowhere")


@pytest.mark.usefixtures("folder")
def test_revisions() -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    put("a.policy", POLICY.replace("score - 5", "score - 6"))
    code, said = diff("HEAD:a.policy", "a.policy", "--no-claims")
    assert code == 0
    assert "stricter for Network" in said
    git("commit", "-am", "two")
    _, again = diff("--git", "HEAD~1..HEAD", "a.policy", "--no-claims")
    assert "stricter for Network" in again
    code, said = diff("HEAD~7:a.policy", "a.policy")
    assert code == 3
    assert "E0608" in said


@pytest.mark.usefixtures("folder")
def test_what_an_amendment_removes_is_better_for_nobody() -> None:
    bonus = 'clause 1-b "a bonus"\n    state bonus: boolean = yes\n\nclause 2'
    put("a.policy", POLICY.replace("clause 2", bonus).replace("higher score", "yes bonus\n    higher score"))
    put("b.amendment", 'amendment "No bonus" of "Scores"\n\nremove clause 1-b\n')
    code, said = diff("a.policy", "b.amendment", "--no-claims")
    assert code == 0
    assert "not compared: the state `bonus` is only in the old wording (clause 1-b)" in said
    assert "that `yes bonus` is better for Network is said by the old wording alone" in said


BAD = {
    "another policy": ("E0702", DEARER.replace('of "Scores"', 'of "Cards"')),
    "not in the text": ("E0701", DEARER.replace("score - 5", "score - 7")),
    "no such clause": ("E0701", DEARER.replace("in clause 1", "in clause 9")),
    "before the document": ("E0704", DEARER.replace("2025", "2023")),
    "nothing": ("E0701", DEARER.partition("in clause")[0]),
    "no head": ("E0210", "in clause 1\n    add exception to 2\n"),
    "not a change": ("E0210", DEARER + "\nrole Guest\n"),
    "no such role": ("E0201", DEARER.replace("for Network", "for Netwrok")),
    "no such outcome": ("E0201", DEARER.replace("for Network", "for Network in scroe")),
    "makes no sense": ("E0201", DEARER.replace("score - 6", "scroe - 6")),
    "no such reading": ("E0201", DEARER.replace("for Network", "for Network under x is y")),
    "replaced twice": ("E0705", DEARER + '\nreplace clause 2 "a"\n\nreplace clause 2 "b"\n'),
    "changed and replaced": ("E0705", DEARER + '\nreplace clause 1 "a"\n'),
    "removed and changed": ("E0705", DEARER + "\nremove clause 1\n"),
    "removed twice": ("E0705", DEARER + "\nremove clause 2\n\nremove clause 2\n"),
    "before the document, by the header": (
        "E0704",
        DEARER.replace("    effective 2025-01-01\n", "") + "\nin header\n    effective 2023-01-01\n",
    ),
    "by its head and by the header": ("E0705", DEARER + "\nin header\n    effective 2025-01-01\n"),
    "header twice, by two": ("E0705", DEARER + '\nin header\n    edition "2"\n\nin header\n    edition "3"\n'),
    "no such day": ("E0305", DEARER.replace("2025-01-01", "2025-02-30")),
    "by itself": ("E0703", DEARER.replace("score - 6", "score - 5")),
    "no such table": ("E0701", DEARER + "\nin clause 2\n    in table bund\n        add any: 1\n"),
    "what others need": ("E0201", DEARER.partition("in clause")[0] + "\nremove clause 1\n"),
    "a clause that is there": ("E0206", DEARER + '\nadd clause 2 "again"\n'),
    "two heads": ("E0210", DEARER + "\n" + DEARER),
    "header twice": ("E0705", DEARER + '\nin header\n    edition "2"\n    edition "3"\n'),
    "settled in two ways": (
        "E0705",
        DEARER.partition("in clause")[0]
        + '\nreplace clause 2 "low"\n    reading low "how low?"\n        a "a" default\n        b "b"\n'
        + "    act close by Platform permitted when score <= 90 and low is a\n\nin clause 1\n    add assume low is a\n"
        + "    add assume low is b\n",
    ),
    "state in under": ("E0205", DEARER.replace("for Network", "for Network under score = 4")),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("text", ["", "role Guest\n"])
def test_a_file_without_a_policy_is_no_wording(text: str) -> None:
    other = put("shared.policy", text)
    for sides in (("a.policy", other), (other, "a.policy")):
        status, said = diff(*sides)
        assert (status, "E0604" in said) == (3, True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("code", "text"), BAD.values(), ids=BAD)
def test_mistakes_in_amendments(code: str, text: str) -> None:
    status, said = diff("a.policy", put("bad.amendment", text))
    assert status == 3
    assert code in said


@pytest.mark.usefixtures("folder")
def test_places_and_hints_of_mistakes_in_amendments() -> None:
    status, said = diff("a.policy", put("bad.amendment", BAD["what others need"][1]))
    assert status == 3
    assert "note: bad.amendment:1:11: once this amendment has changed the text" in said
    _, said = diff("a.policy", put("bad.amendment", BAD["removed and changed"][1]))
    assert "note: bad.amendment:5:11: here first" in said
    assert "keep one of the two, or put both into one" in said
    formal = POLICY + '\nnot formalised 3 "the platform weighs" because "weighing is qualitative"\n'
    change = DEARER.replace("in clause 1", "in clause 3")
    status, said = diff(put("c.policy", formal), put("bad.amendment", change))
    assert status == 3
    assert "write `replace clause 3 ...`" in said
    status, said = diff("bad.amendment", "a.policy")
    assert status == 3
    assert "name the policy first, then its amendment" in said


@pytest.mark.usefixtures("folder")
def test_one_text_twice_is_the_same() -> None:
    code, said = diff("a.policy", "a.policy", "--require", "equivalent", "--require", "no-guarantee-lost")
    assert code == 0
    assert "Nothing changes: the two texts say the same." in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        (("score=helth",), "--rename:1:7", "the new wording has no `helth`; did you mean `health`?"),
        (("score=health", "brech=breach"), "--rename:2:1", "the old wording has no `brech`; did you mean `breach`?"),
        (("score=health", "score=health"), "--rename:2:1", "`score` is mapped twice"),
        (("score=breach",), "--rename:1:1", "`score` is a state, `breach` an occurrence"),
        (("brech=helth", "score=helth"), "--rename:2:7", "the new wording has no `helth`"),
        (("score:health",), "--rename:1:1", "write `OLD=NEW`"),
        (("=",), "--rename:1:1", "write `OLD=NEW`"),
    ],
)
def test_mistakes_in_mappings(given: tuple[str, ...], place: str, said: str) -> None:
    new = put("b.policy", POLICY.replace("score", "health"))
    options = [x for each in given for x in ("--rename", each)]
    code, shown = diff("a.policy", new, "--no-claims", *options)
    assert code == 3
    assert f"--> {place}" in shown
    assert said in shown


@pytest.mark.usefixtures("folder")
def test_names_that_change_places() -> None:
    two = POLICY.replace("    on breach\n", "    state other: points = 1\n    on breach\n")
    swapped = two.replace("score", "x_y").replace("other", "score").replace("x_y", "other")
    old, new = put("c.policy", two), put("d.policy", swapped)
    code, said = diff(old, new, "--no-claims", "--rename", "score=other", "--rename", "other=score")
    assert code == 0
    assert "The edit only renames" in said or "the same in every history, proved" in said


@pytest.mark.usefixtures("folder")
def test_revisions_that_git_does_not_have(folder: Path) -> None:
    code, said = diff("HEAD:a.policy", "a.policy")
    assert code == 3
    assert "not a git repository" in said
    git("init")
    git("add", "a.policy")
    git("commit", "-m", "one")
    for name, why in (("nowhere:a.policy", "in a shallow clone"), ("HEAD:b.policy", "does not exist in 'HEAD'"),
                      ("HEAD:", "name the file behind the colon")):  # fmt: skip
        code, said = diff(name, "a.policy")
        assert code == 3
        assert why in said
    assert {p.name for p in folder.iterdir()} == {".git", "a.policy", "proofs"}


def test_a_link_in_a_revision_stands_for_what_it_leads_to(folder: Path) -> None:
    links = {"same": "a.policy", "out": str(folder / "a.policy"), "none": "b.policy", "ring": "ring", "bad": "same/b"}
    for name, where in links.items():
        (folder / name).symlink_to(where)
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    assert "Nothing changes" in diff("HEAD:same", "a.policy", "--no-claims")[1]
    refused = {
        "out": "out of the",
        "none": "not there",
        "ring": "to itself",
        "bad": "a path through",
        "a.policy/b": "a path through",
        "proofs": "a folder",
    }
    for name, why in refused.items():
        code, said = diff(f"HEAD:{name}", "a.policy", "--no-claims")
        assert (code, "E0608" in said, why in said) == (3, True, True)


@pytest.mark.usefixtures("folder")
def test_what_a_revision_imports_is_of_that_revision() -> None:
    shared = "enum Grade: low, high\nsubset Grave of Grade: high\n"
    text = POLICY.replace("occurrence breach by Network", "occurrence breach by Network\n        field grade: Grade")
    text = text.replace("on breach\n", "on breach when grade in Grave\n")
    put("grades.policy", shared)
    name = put("a.policy", f'import "grades.policy"\n{text}')
    git("init")
    git("add", ".")
    git("commit", "-m", "one")
    git("branch", "kept/old")
    put("grades.policy", shared.replace(": high", ": low, high"))
    for old in ("HEAD", "kept/old"):
        code, said = diff(f"{old}:{name}", name, "--no-claims", "--require", "equivalent")
        assert code == 1
        assert "stricter for Network" in said
    assert "Nothing changes" in diff(f"HEAD:{name}", f"kept/old:{name}", "--no-claims")[1]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "line",
    [
        "issuer Network",
        'document "A"',
        'edition "2"',
        "histories from 2024-02-01",
        "time zone Asia/Shanghai",
        "month ends refuse",
        "business days of FR",
        "ends exclusive",
        "language zh",
    ],
)
def test_every_line_of_the_header_can_be_amended(line: str) -> None:
    """Each is put where a header that says it has it: the new wording then says what that policy says."""
    head, rest = POLICY.split("\n", 1)
    written = put("b.policy", f"{head}\n    {line}\n{rest}")
    amendment = put("x.amendment", DEARER.partition("in clause")[0].replace("    effective 2025-01-01\n", "")
                    .replace("    expect stricter for Network\n", "") + f"in header\n    {line}\n")  # fmt: skip
    told = [diff("a.policy", new, "--no-claims") for new in (written, amendment)]
    assert [code for code, _ in told] == [0, 0]
    assert len({said.split("\n", 1)[1] for _, said in told}) == 1


@pytest.mark.usefixtures("folder")
def test_an_amendment_applies_once() -> None:
    amended = put("b.policy", POLICY.replace("score - 5", "score - 6"))
    status, said = diff(amended, put("dearer.amendment", DEARER))
    assert status == 3
    assert "E0703" in said


@pytest.mark.usefixtures("folder")
def test_two_documents() -> None:
    other = 'policy "Cards"\n\nrole Guest\n\nclause x "y"\n    state card: boolean = no\n'
    status, said = diff("a.policy", put("other.policy", other))
    assert status == 3
    assert "E0606" in said


@pytest.mark.usefixtures("folder")
def test_two_documents_with_clauses_of_the_same_numbers() -> None:
    other = (
        'policy "Cards"\n\nrole Guest\n\nclause 1 "y"\n    state card: boolean = no\n\nclause 2 "z"\n    assume yes\n'
    )
    status, said = diff("a.policy", put("other.policy", other))
    assert status == 3
    assert "E0606" in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (DEARER.replace('of "Scores"', 'of "scores"'), 'did you mean "Scores"?'),
        (DEARER.replace("in clause 1", "in clause \uff11"), "did you mean 1?"),
        (DEARER + '\nadd clause 3 "c"\n    define low: boolean\n        yes when score < 5\n        no otherwise\n\n'
         "in clause 2\n    in define low\n        add yes when score < 9\n", "it stands in clause 3"),
    ],
)  # fmt: skip
def test_what_to_write_instead_is_said(text: str, hint: str) -> None:
    status, said = diff("a.policy", put("bad.amendment", text))
    assert status == 3
    assert hint in said


@pytest.mark.usefixtures("folder")
def test_renames() -> None:
    new = put("b.policy", POLICY.replace("score", "health"))
    code, said = diff("a.policy", new, "--no-claims", "--as-named")
    assert "--rename score=health" in said
    assert "only renames" not in said
    code, said = diff("a.policy", new, "--require", "equivalent", "--require", "no-guarantee-lost")
    assert code == 0
    assert "`health` is taken for what was called `score`" in said
    assert "1 untouched" in said
    code, said = diff("a.policy", new, "--no-claims", "--rename", "score=health", "--require", "equivalent")
    assert code == 0
    code, said = diff("a.policy", new, "--no-claims", "--renames", put("names", "score: health\n"))
    assert code == 0
    assert "not compared" not in said
    for wrong in ("score=helth", "scroe=health", "score", "score=close"):
        code, said = diff("a.policy", new, "--rename", wrong)
        assert code == 3
        assert "E0607" in said


@pytest.mark.usefixtures("folder")
def test_better_for_what() -> None:
    for wrong, code in (
        ("later score", "E0324"),
        ("yes score", "E0324"),
        ("higher scroe", "E0201"),
        ("permitted score", "E0201"),
        ("higher close", "E0205"),
    ):
        status, said = diff("a.policy", put("b.policy", POLICY.replace("higher score", wrong)))
        assert status == 3
        assert code in said


@pytest.mark.usefixtures("folder")
def test_a_revision_is_never_an_option_to_git(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)  # noqa: S607  whichever git there is
    code, said = diff("--git", "--output=x..HEAD", "a.policy")
    assert code == 3
    assert "E0608" in said
    assert sorted(p.name for p in folder.iterdir()) == [".git", "a.policy", "proofs"]


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_there() -> None:
    assert diff("a.policy", "nowhere.policy")[0] == 3


# --- the day of the switch -----------------------------------------------------------------------

LOWER = """amendment "Lower" of "Scores"
    effective 2025-01-01

in clause 2
    replace define open: boolean = score > 80
    with define open: boolean = score > {limit}
"""


@pytest.mark.usefixtures("folder")
def test_what_was_done_before_is_held_against_somebody() -> None:
    policy = POLICY.replace("higher score", "higher score\n    yes open")
    put("a.policy", policy + "    define open: boolean = score > 80\n")
    asked = ("--no-claims", "--require", "nothing-punished", "--require", "nobody-worse-off")
    code, said = diff("a.policy", put("lower.amendment", LOWER.format(limit=90)), *asked)
    said = " ".join(said.split())
    assert code == 1
    assert "what happened before can count against Network under wording not yet in force: without step" in said
    assert "✗ expected: nothing punished under wording not yet in force; found: Network" in said
    assert "✗ expected: nobody worse off by the switch; found: Network" in said
    code, said = diff("a.policy", put("lower.amendment", LOWER.format(limit=70)), *asked)
    assert code == 0, said
    assert "nothing done before is held against Network under wording not yet in force: proved" in " ".join(
        said.split()
    )


@pytest.mark.usefixtures("folder")
def test_another_default_of_a_choice_is_no_mere_rewording() -> None:
    plain = POLICY.replace(
        "by Network\n    on", "by Network\n        choose n: points in 1 .. 2 default {} by Platform\n    on"
    )
    code, said = diff(put("a.policy", plain.format(1)), put("b.policy", plain.format(2)), "--no-claims")
    assert code == 0
    said = " ".join(said.split())
    assert "what changes is what a history means that leaves out `breach.n`" in said
    assert "where a history leaves out `breach.n`, it is 2 points now, 1 point before" in said


def test_claims_about_another_policy_are_not_looked_at(folder: Path) -> None:
    (folder / "proofs" / "b.claims").write_text('claims about "Another"\n\nguarantee (\n', encoding="utf-8")
    put("dearer.amendment", DEARER)
    assert diff("a.policy", "dearer.amendment")[0] == 0
    (folder / "proofs" / "b.claims").write_text('claims about "Scores"\n\nguarantee (\n', encoding="utf-8")
    code, text = diff("a.policy", "dearer.amendment")
    assert code == 3
    assert "b.claims" in text
    (folder / "proofs" / "b.claims").write_text("guarantee (\n", encoding="utf-8")  # who knows what about
    assert diff("a.policy", "dearer.amendment")[0] == 3


@pytest.mark.usefixtures("folder")
def test_claims_that_mean_nothing_or_are_made_twice_are_mistakes() -> None:
    for code, more in (
        ("E0201", 'guarantee two "Two"\n    cites 1\n    always scroe <= 100\n'),
        ("E0202", CLAIMS.partition("\n\n")[2]),
    ):
        put("proofs/a.claims", f"{CLAIMS}\n{more}")
        ended, said = diff("a.policy", put("dearer.amendment", DEARER))
        assert ended == 3
        assert code in said


SHARED = "role Network\nenum Kind: small, large\nsubset Grave of Kind: large\n"
IMPORTS = """import "shared.policy"

policy "Imports"
    effective 2025-01-01

clause 1 "it"
    state score: points = 100
    occurrence violation by Network
        field kind: Kind
    on violation when kind is large
        set score = score - 5
"""


@pytest.mark.usefixtures("folder")
def test_what_is_imported_may_change_what_is_claimed() -> None:
    for side, shared in (("old", SHARED), ("new", SHARED.replace(": large", ": small, large"))):
        Path(side).mkdir()
        put(f"{side}/shared.policy", shared)
        put(f"{side}/a.policy", IMPORTS)
    claim = (
        'guarantee dear "What is grave costs"\n    cites 1\n    after violation when kind in Grave: score < old score\n'
    )
    claims = put("i.claims", f'claims about "Imports"\n\n{claim}')
    code, said = diff("old/a.policy", "new/a.policy", "--claims", claims, "--require", "no-guarantee-lost")
    assert code == 1
    assert "Nothing changes" not in said
    assert "lost: dear" in said
    code, said = diff("old/a.policy", "new/a.policy", "--no-claims")
    assert "Nothing changes: the two texts say the same." in said
