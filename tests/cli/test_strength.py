"""`policydsl strength`: which small changes of wording are planted, and who notices them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from policydsl.analyses import strength as strengths
from policydsl.analyses.edits import script
from policydsl.analyses.mutants import Mutant, mutants
from policydsl.analyses.sameness import same_histories
from policydsl.analyses.standing import stands
from policydsl.analyses.strength import Hint, Known, Limits, Outcome, know, outcome_of, strength
from policydsl.analyses.subjects import Subject
from policydsl.analyses.tasks import Errand, Failed
from policydsl.engines.portfolio import judge
from policydsl.engines.store import Desk
from policydsl.engines.verdict import Budget, Proved, Record, Refuted, Vacuous
from policydsl.front.excuses import read_excuses
from policydsl.front.load import Loaded, load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.strength import Recorded, count, read_record, summary, write_record
from policydsl.syntax.parse import parse
from tests.cli.commands import ROOT, call, run

BUDGET = Budget(seconds=3)


def nothing(_: Subject) -> tuple[Record, ...]:
    """Return the stored answers there are."""
    return ()


# --- the changes ---------------------------------------------------------------------------------

SLIPS = """policy "Slips"
    histories from 2025-01-01
    month ends last day

role User

clause 1 "counting"
    state score: points = 100
    state until: date or none = none
    occurrence violation by User
        field grave: boolean
    count violations: violation, this one included, in each calendar year
    define cost on violation: points
        5  when violations <= 2
        10 otherwise
    table band of score: boolean, exactly one row
        (50, 100]: yes
        no row:    no
    on violation
        set score = score - cost
        set until = today + 1 month when violations > 2 and not grave or score < 50

clause 2 "grave ones"
    exception to 1
    on violation when grave
        set until = today + 30 days
"""


def test_the_changes_that_are_planted() -> None:
    tree, wrong = parse(SLIPS, "slips.policy")
    assert tree is not None
    assert wrong == ()
    found = {(m.slip, m.old, m.new) for m in mutants(script(tree, SLIPS))}
    assert found >= {
        ("bound moved", "2", "3"),
        ("bound moved", "2", "1"),
        ("bound moved", "30 days", "31 days"),
        ("end opened or closed", "<=", "<"),
        ("end opened or closed", ">", ">="),
        ("end opened or closed", "(", "["),
        ("end opened or closed", "]", ")"),
        ("and for or", "and", "or"),
        ("and for or", "or", "and"),
        ("month for days", "1 month", "30 days"),
        ("month for days", "30 days", "1 months rounding last day"),
        ("exception dropped", "    exception to 1\n", ""),
    }
    assert any(
        m.slip == "exception dropped" and "set until = today + 30 days" in m.old for m in mutants(script(tree, SLIPS))
    )
    for mutant in mutants(script(tree, SLIPS)):
        assert mutant.text != SLIPS
        line = mutant.text.split("\n")[mutant.span.line - 1]
        assert mutant.new in line or not mutant.new


def policy(text: str) -> LoadedPolicy:
    (made,) = load_files(["p.policy"], lambda _: (text, ())).policies
    return made


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("when violations <= 2", "when violations < 3", True),
        ("when violations <= 2", "when violations <= 3", False),
        ("(50, 100]: yes", "(50, 101]: yes", True),  # the score never exceeds 100
        ("(50, 100]: yes", "(90, 100]: yes", False),
        ("possible when score > 85", "possible when score >= 86", True),
        ("possible when score > 85", "possible when score > 75", False),
    ],
)
def test_two_wordings_are_the_same_only_if_no_history_tells_them_apart(old: str, new: str, *, same: bool) -> None:
    text = SLIPS.replace(
        "        field grave: boolean\n", "        field grave: boolean\n        possible when score > 85\n"
    )
    assert old in text
    before, after = policy(text), policy(text.replace(old, new))
    question = same_histories(before.system, after.system, "same")
    assert question is not None
    ((_, verdict),) = judge(question.system, [question], Budget(seconds=5), lambda *_: None)
    assert isinstance(verdict, Proved if same else Refuted)


WHAT_MAY_HAPPEN = """policy "What may happen"
    effective 2024-01-01

role R

clause 1 "a few at a time"
    state total: count = 0
    define few on hit: boolean = n < 5
    define fits on hit: boolean = few and total < 3
    occurrence hit by R
        field n: count >= 0 default 0
        where fits
    on hit
        set total = total + 1
"""


@pytest.mark.parametrize(("new", "same"), [("n < 6", False), ("n <= 4", True), ("n < 5 or total > 7", True)])
def test_a_definition_that_differs_only_where_its_guard_refuses_is_noticed(new: str, *, same: bool) -> None:
    before, after = policy(WHAT_MAY_HAPPEN), policy(WHAT_MAY_HAPPEN.replace("n < 5", new))
    question = same_histories(before.system, after.system, "same")
    assert question is not None
    ((_, verdict),) = judge(question.system, [question], Budget(seconds=5), lambda *_: None)
    assert isinstance(verdict, Proved if same else Refuted)


def test_wordings_with_other_parts_are_not_compared() -> None:
    before = policy(SLIPS)
    assert same_histories(before.system, policy(SLIPS.replace("points = 100", "points = 99")).system, "x") is None


# --- who notices ---------------------------------------------------------------------------------

STORY = """start: 2025-03-01
steps:
  - {date: 2025-03-02, event: violation, grave: no, expect: {score: 95}}
"""
CLAIMS = """claims about "Slips"

guarantee ceiling "The score never exceeds 100"
    always score <= 100

guarantee two_are_cheap "The first two violations of a year cost 5 points"
    after violation when violations <= 2: score = old score - 5

finding third_is_dear "The third costs as little"
    after violation: score = old score - 5
    expect fails
"""


def about(text: str, claims: str = CLAIMS) -> Loaded:
    texts = {"slips.policy": text, "slips.claims": claims}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    assert not loaded.diagnostics, loaded.diagnostics
    return loaded


def planted(text: str, name: str) -> Mutant:
    tree, _ = parse(text, "slips.policy")
    assert tree is not None
    return next(m for m in mutants(script(tree, text)) if m.name == name)


@pytest.fixture(scope="module")
def slips() -> Known:
    loaded = about(SLIPS)
    return know(loaded.policies[0], loaded, {"story.yaml": STORY}, nothing, Limits(BUDGET, 1))


@pytest.mark.parametrize(
    ("name", "fate", "history", "claim"),
    [
        ("1: state score: points = [100 -> 101]", "noticed", "story.yaml", "ceiling"),
        ("1: state score: points = [100 -> 99]", "noticed", "story.yaml", ""),
        ("1: 5 when violations <= [2 -> 1]", "noticed", "", "two_are_cheap"),
        ("1: 5 when violations <= [2 -> 3]", "unnoticed", "", ""),  # the fourth still shows that it is dear
        ("1: [5 -> 4] when violations <= 2", "noticed", "story.yaml", "two_are_cheap"),
        ("1: (50, [100 -> 101]]: yes", "changes nothing", "", ""),
        ("1: [10 -> 11] otherwise", "unnoticed", "", ""),
        ("2: [exception to 1 -> nothing]", "noticed", "", "conflict:until:1:2"),
    ],
)
def test_what_becomes_of_a_change(slips: Known, name: str, fate: str, history: str, claim: str) -> None:
    mutant = planted(SLIPS, name)
    tested = outcome_of(slips, mutant, Hint(), BUDGET, claims=True)
    assert (tested.fate, tested.history, tested.claim, tested.open) == (fate, history, claim, ())
    for hint in (Hint(), Hint("story.yaml", "third_is_dear"), Hint("gone.yaml", "gone")):
        assert outcome_of(slips, mutant, hint, BUDGET, claims=True) == tested
    quick = outcome_of(slips, mutant, Hint(), BUDGET, claims=False)
    assert (quick.fate, quick.history) == (fate, history)


def test_a_history_that_is_wrong_anyway_notices_nothing() -> None:
    loaded = about(SLIPS)
    wrong = {"wrong.yaml": STORY.replace("95", "96"), "story.yaml": STORY}
    assert know(loaded.policies[0], loaded, wrong, nothing, Limits(BUDGET, 1)).histories == {"story.yaml": STORY}


def test_names_of_changes_are_all_different_and_do_not_depend_on_what_is_elsewhere() -> None:
    tree, _ = parse(SLIPS, "slips.policy")
    assert tree is not None
    names = [m.name for m in mutants(script(tree, SLIPS))]
    assert len(set(names)) == len(names)
    longer = SLIPS.replace("role User\n", 'role User\n\nclause 0 "another"\n    state other: count = 3\n')
    tree, _ = parse(longer, "slips.policy")
    assert tree is not None
    assert [m.name for m in mutants(script(tree, longer)) if m.clause != "0"] == names


def test_a_claim_that_now_depends_on_a_reading_notices() -> None:
    text = """policy "Slips"
    histories from 2025-01-01

role User

clause 1 "two ways to count"
    reading way "how?"
        one_by_one "one by one" default
        twice      "twice"
    state score: points = 0
    occurrence violation by User
    on violation
        set score = if way is twice then score + 1 else score + 1
"""
    claims = """claims about "Slips"

finding grows "The score stays at 0"
    always score <= 0
    expect fails
"""
    loaded = about(text, claims)
    before = know(loaded.policies[0], loaded, {}, nothing, Limits(BUDGET, 1))
    mutant = planted(text, "1: set score = if way is twice then score + 1 else score + [1 -> 0]")
    assert outcome_of(before, mutant, Hint(), BUDGET, claims=True) == Outcome(mutant, "noticed", "", "grows")


@pytest.mark.usefixtures("spawned")
def test_processes_that_are_started_anew_find_the_same(slips: Known) -> None:
    tree, _ = parse(SLIPS, "slips.policy")
    assert tree is not None
    some = mutants(script(tree, SLIPS))[::4]
    found = dict(strength(slips, some, {}, Limits(BUDGET, 2), claims=True))
    assert found == {m: outcome_of(slips, m, Hint(), BUDGET, claims=True) for m in some}


# --- evidence for another wording ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "still"),
    [
        ("score - cost", "score - cost - 1", True),
        ("score - cost", "score + cost", False),
        ("points = 100", "points = 101", False),
    ],
)
def test_a_proof_is_checked_anew_for_the_other_wording(old: str, new: str, *, still: bool) -> None:
    loaded, after = about(SLIPS), about(SLIPS.replace(old, new))
    asked, now = (each.claims[0].claims[0].question for each in (loaded, after))
    ((_, verdict),) = judge(asked.system, [asked], BUDGET, lambda *_: None)
    assert isinstance(verdict, Proved)
    assert stands(now, asked, verdict, Desk()) is still
    forged = replace(verdict, certificate=replace(verdict.certificate, lemmas=(), parts=()))
    assert not stands(asked, asked, forged, Desk())


def test_a_story_must_show_the_same_of_the_other_wording() -> None:
    asked = about(SLIPS).claims[0].claims[2].question
    ((_, verdict),) = judge(asked.system, [asked], BUDGET, lambda *_: None)
    assert isinstance(verdict, Refuted)
    assert stands(asked, asked, verdict, Desk())
    text = SLIPS.replace("        10 otherwise", "        5 otherwise")
    assert not stands(about(text).claims[0].claims[2].question, asked, verdict, Desk())


def test_what_holds_for_want_of_cases_stands_only_while_there_are_none() -> None:
    claims = 'claims about "Slips"\n\nguarantee x "x"\n    after violation when score > 100: score = 1\n'
    loaded, wider = (about(text, claims) for text in (SLIPS, SLIPS.replace("points = 100", "points = 101")))
    asked, now = (each.claims[0].claims[0].question for each in (loaded, wider))
    ((_, verdict),) = judge(asked.system, [asked], BUDGET, lambda *_: None)
    assert isinstance(verdict, Vacuous)
    assert stands(asked, asked, verdict, Desk())
    assert not stands(now, asked, verdict, Desk())


# --- explanations and records --------------------------------------------------------------------


def excused(text: str) -> list[str]:
    return [d.message for d in read_excuses(text, "x.unnoticed.yaml")[1]]


def test_explanations_are_read_with_their_places() -> None:
    excuses, wrong = read_excuses("- changes: ['1: a [2 -> 3]', '1: a [2 -> 1]']\n  because: it does\n", "x")
    assert wrong == ()
    assert [(e.change, e.because, e.span.line) for e in excuses] == [
        ("1: a [2 -> 3]", "it does", 1),
        ("1: a [2 -> 1]", "it does", 1),
    ]


def test_a_file_of_comments_explains_nothing() -> None:
    assert read_excuses("# nothing yet\n\n", "x") == ((), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("changes: [a]\n", "excuses are a list"),
        ("- a\n", "an excuse has `changes` and says `because`"),
        ("- changes: ['a']\n", "an excuse needs a reason"),
        ("- changes: ['a']\n  because: '  '\n", "an excuse needs a reason"),
        ("- because: b\n", "an excuse needs the changes it is for"),
        ("- changes: a\n  because: b\n", "an excuse needs the changes it is for"),
        ("- changes: [[a]]\n  because: b\n", "a change is written as `policydsl strength` writes it, in quotes"),
        ("- changes: ['a']\n  becuase: b\n", "an excuse has no `becuase`"),
        ("- changes: ['a', 'a']\n  because: b\n", "this change is excused twice"),
        ("- changes: [a\n", "this is not YAML: did not find expected ',' or ']'"),
    ],
)
def test_mistakes_in_explanations(text: str, message: str) -> None:
    assert excused(text) == [message]


def test_records_are_read_back_and_what_is_none_is_no_use() -> None:
    kept = (Recorded("1: [2 -> 3]", "noticed", "a.yaml", "ceiling"), Recorded("1: [2 -> 1]", "unnoticed"))
    assert read_record(write_record("Slips", kept)) == kept
    for text in ("", "{}", "[]\n", '{"format": 1}\n{"change": "a", "fate": "eaten"}\n', '{"format": 1}\n{"fate"'):
        assert read_record(text) == ()


def test_the_count_says_what_is_noticed_by_whom() -> None:
    found = [
        Recorded("a", "noticed", "a.yaml", "ceiling"), Recorded("b", "noticed", "a.yaml"),
        Recorded("c", "noticed", "", "ceiling"), Recorded("d", "unnoticed"), Recorded("e", "unnoticed"),
        Recorded("f", "changes nothing"), Recorded("g", "no policy"),
    ]  # fmt: skip
    counted = count(found, {"e": "so it is", "f": "idle"})
    assert summary(counted, quick=False) == (
        "3 of 5 changes noticed (60 %): 2 by claims, 1 by histories only; 2 unnoticed, 1 of them explained; "
        "1 change nothing, 1 are no policy"
    )


# --- the command ---------------------------------------------------------------------------------


def lines(done: subprocess.CompletedProcess[str]) -> Sequence[str]:
    return [line.strip() for line in done.stdout.splitlines()]


def test_the_command_lists_what_nobody_notices(folder: Path) -> None:
    done = run(folder, "strength", "--jobs", "1")
    assert done.returncode == 1
    assert "specs/score.policy:37: 4: act terminate by Platform permitted when score < [90 -> 89]: unnoticed" in lines(
        done
    )
    assert "9 of 18 changes noticed (50 %): 3 by claims, 6 by histories only; 9 unnoticed" in done.stdout
    assert run(folder, "strength", "nowhere").returncode == 3
    some = run(folder, "strength", "--only", "4", "--least", "60", "--quick", "-v")
    assert some.returncode == 0
    assert "2 of 3 changes noticed (66 %)" in some.stdout
    assert "noticed by history two_violations.yaml" in some.stdout
    wrong = run(folder, "strength", "--only", "99")
    assert wrong.returncode == 3
    assert "no clause 99 has anything to change" in wrong.stderr


def test_a_change_that_cannot_be_tried_is_not_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Known, found: Sequence[Mutant], *_rest: object, **_more: object) -> Iterator[tuple[Mutant, Failed]]:
        yield from ((mutant, Failed(Errand(0, str, ""), "ValueError: planted", "trace")) for mutant in found)

    monkeypatch.setattr(strengths, "strength", fail)
    monkeypatch.chdir(folder)
    code, said = call("strength", "--only", "4", "--quick")
    assert code == 4
    assert "noticed (0 %)" in said
    assert "ValueError: planted" in said


def test_explanations_are_checked(folder: Path) -> None:
    excuses = folder / "specs/score.unnoticed.yaml"
    excuses.write_text(
        "- changes: ['4: act terminate by Platform permitted when score < [90 -> 89]']\n"
        "  because: the score moves in tens\n"
    )
    done = run(folder, "strength", "--only", "4", "-v", "--least", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[90 -> 89]: unnoticed, explained: the score moves in tens" in done.stdout
    assert "1 unnoticed, 1 of them explained" in done.stdout
    excuses.write_text("- changes: ['4: act terminate by Platform permitted when score < [90 -> 91]']\n  because: no\n")
    done = run(folder, "strength", "--only", "4", "--least", "60")
    assert done.returncode == 1
    assert "error[E0650]: this change is noticed: it needs no reason" in done.stderr
    excuses.write_text("- changes: ['4: act terminate by Platform permitted when score < [80 -> 91]']\n  because: no\n")
    done = run(folder, "strength", "--only", "4")
    assert done.returncode == 3
    assert "error[E0650]: there is no such change any more" in done.stderr
    assert "did you mean" in done.stderr


def test_what_was_found_is_kept_and_tried_first(folder: Path) -> None:
    record = folder / "specs/score.strength.jsonl"
    first = run(folder, "strength", "--write", "-v")
    head, *rest = [json.loads(line) for line in record.read_text().splitlines()]
    assert head == {"format": 1, "policy": "Score"}
    assert len(rest) == 18
    assert run(folder, "strength", "-v").stdout == first.stdout
    run(folder, "strength", "--write", "--only", "4")
    assert [json.loads(line) for line in record.read_text().splitlines()] == [head, *rest]
    record.write_text("broken")
    assert run(folder, "strength", "-v").stdout == first.stdout


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_and_keeps_what_it_found(folder: Path, sent: signal.Signals) -> None:
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "policydsl", "strength", "--jobs", "1", "--write"]
    process = subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()  # it has begun
    time.sleep(0.5)
    process.send_signal(sent)
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 130, wrong
    assert "PARTIAL: interrupted after " in said
    assert "Traceback" not in wrong
    assert (folder / "specs/score.strength.jsonl").exists()


def test_a_killed_run_is_continued_where_it_was(folder: Path) -> None:
    record = folder / "specs/score.strength.jsonl"
    command = [sys.executable, "-m", "policydsl", "strength", "--jobs", "1", "--write"]
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not record.exists() and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    left = record.read_text().splitlines()
    assert 1 < len(left) < 19  # the head, and one line or more
    done = run(folder, "strength", "--write", "-v")
    whole = record.read_text().splitlines()
    assert len(whole) == 19
    assert {*left} <= {*whole}
    record.unlink()
    assert run(folder, "strength", "-v").stdout == done.stdout
