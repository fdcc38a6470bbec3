"""`policydsl certify`: what is stored is checked, and nothing that was tampered with is believed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from policydsl.cli import solvers
from policydsl.cli.solvers import Checked
from policydsl.engines.verdict import Certificate, Query
from tests.cli.commands import FIXTURES, ROOT, edit, run, start

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored") / "work"
    shutil.copytree(FIXTURES, folder)
    done = start(folder, "certify", "--write")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 certificates written" in done.stdout
    assert "4 of 4 certificates stand: 2 proofs, re-checked by z3 and cvc5" in done.stdout
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    shutil.copytree(stored, tmp_path / "work")
    return tmp_path / "work"


def certificate(folder: Path, name: str) -> Path:
    return folder / "proofs/certificates/score" / f"{name}.jsonl"


def reseal(path: Path) -> None:
    """Seal the file anew, as somebody would who knows how."""
    first, _, body = path.read_text(encoding="utf-8").partition("\n")
    head = json.loads(first)
    text = f"{head['policy']}\0{head['question']}\0{body}"
    head["seal"] = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(json.dumps(head) + "\n" + body, encoding="utf-8")


def test_check_says_the_same_with_certificates_and_without(stored: Path) -> None:
    with_them, without = run(stored, "check", "--format", "json"), run(stored, "check", "--format", "json", "--fresh")
    told, found = json.loads(with_them.stdout), json.loads(without.stdout)
    assert (told.pop("certificates"), found.pop("certificates")) == (
        {"used": 4, "stale": 0},
        {"used": 0, "stale": 0},
    )
    assert told == found
    assert with_them.returncode == without.returncode == 0


def test_check_says_how_many_certificates_answered_and_how_many_are_stale(folder: Path) -> None:
    assert "; 4 by certificate;" in run(folder, "check").stdout
    assert "; 4 by certificate;" in run(folder, "check", "-q").stdout
    truncate(folder)
    delete(folder)
    said = " ".join(run(folder, "check").stdout.split())
    assert "; 2 by certificate; 1 certificate stale;" in said
    edit_the_policy(folder)
    assert "by certificate" not in run(folder, "check").stdout
    assert "; 3 certificates stale" in run(folder, "check", "-q").stdout
    assert "stale" not in run(folder, "check", "--fresh", "-q").stdout


def test_check_does_not_search_where_a_certificate_is(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import policydsl.analyses.worker as w\ndef none(*_):\n    raise ZeroDivisionError('searched')\n"
        "w._portfolio = none\n",
        encoding="utf-8",
    )
    own = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "policydsl", "check"]
    for more, code in (([], 0), (["--fresh"], 4)):
        done = subprocess.run(
            [*command, *more], cwd=stored, env=own, check=False, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, "searched" in done.stderr) == (code, code == 4), done.stderr


def delete(folder: Path) -> None:
    certificate(folder, "ceiling").unlink()


def flip_a_sign(folder: Path) -> None:
    edit(certificate(folder, "floor"), '"cost":6', '"cost":-6')


def truncate(folder: Path) -> None:
    path = certificate(folder, "long_watch")
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")


def drop_a_line(folder: Path) -> None:
    path = certificate(folder, "long_watch")
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")


def swap(folder: Path) -> None:
    one, other = certificate(folder, "ceiling"), certificate(folder, "floor")
    texts = one.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
    one.write_text(texts[1], encoding="utf-8")
    other.write_text(texts[0], encoding="utf-8")


def say_a_key_twice(folder: Path) -> None:
    edit(certificate(folder, "ceiling"), '{"format":1', '{"format":7,"format":1')


def say_a_key_twice_in_an_answer(folder: Path) -> None:
    edit(certificate(folder, "ceiling"), '"lemmas":[]', '"lemmas":["false"],"lemmas":[]')
    reseal(certificate(folder, "ceiling"))


def empty(folder: Path) -> None:
    certificate(folder, "ceiling").write_text("", encoding="utf-8")


def no_text(folder: Path) -> None:
    certificate(folder, "ceiling").write_bytes(b"\xff\xfe\x00")


def link_in_a_circle(folder: Path) -> None:
    path = certificate(folder, "ceiling")
    path.unlink()
    path.symlink_to(path)


def device_without_end(folder: Path) -> None:
    path = certificate(folder, "ceiling")
    path.unlink()
    path.symlink_to("/dev/zero")


def edit_the_policy(folder: Path) -> None:
    edit(folder / "specs/score.policy", "set score = score - cost", "set score = score - cost - 1")


def edit_the_claim(folder: Path) -> None:
    edit(folder / "proofs/score.claims", "always score <= 100", "always score <= 101")


def leave_a_stranger(folder: Path) -> None:
    shutil.copy(certificate(folder, "ceiling"), certificate(folder, "roof"))


@pytest.mark.parametrize(
    ("tamper", "file", "reason"),
    [
        (delete, "ceiling", "is missing"),
        (flip_a_sign, "floor", "was changed or cut off"),
        (truncate, "long_watch", "was changed or cut off"),
        (drop_a_line, "long_watch", "was changed or cut off"),
        (swap, "ceiling", "is about another question"),
        (say_a_key_twice, "ceiling", "was changed or cut off"),
        (say_a_key_twice_in_an_answer, "ceiling", "was changed or cut off"),
        (empty, "ceiling", "was changed or cut off"),
        (no_text, "ceiling", "cannot be read"),
        (link_in_a_circle, "ceiling", "cannot be read"),
        (device_without_end, "ceiling", "cannot be read"),
        (edit_the_policy, "ceiling", "is about another version of the policy or the claim"),
        (edit_the_claim, "ceiling", "is about another version of the policy or the claim"),
        (leave_a_stranger, "roof", "belongs to no question"),
    ],
)
def test_tampering_is_caught(folder: Path, tamper: Callable[[Path], None], file: str, reason: str) -> None:
    tamper(folder)
    done = run(folder, "certify", "--solver", "z3")
    assert done.returncode == 1
    assert f"this certificate {reason}" in done.stderr
    assert f"{file}.jsonl" in done.stderr
    assert "policydsl certify --write" in done.stderr
    # And `check` decides as if there were no such certificate.
    told = json.loads(run(folder, "check", "--format", "json").stdout)
    assert [c["verdict"] for c in told["policies"][0]["claims"]] == ["holds", "fails", "holds", "depends"]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("floor", '"history":[[', '"history":[["2024-01-01","violation",{}],[', "a step that there is not"),
        ("floor", '"cost":6', '"cost":-6', "a story that cannot begin so"),
        ("floor", '"cost":6', '"cost":1', "a story that does not show what it should"),
        ("floor", '"clear":0', '"clear":7', "a story that does not show what it should"),
        ("floor", '"start":"2024-01-01"', '"start":"2024-02-30"', "a date that there is not"),
        ("floor", '"fails":', '"holds":', "has no story"),
        ("ceiling", '"lemmas":[]', '"lemmas":["false"]', "is no proof"),
        ("ceiling", '"lemmas":[]', '"lemmas":["(<= 100 score)","(< score 0)"]', "is no proof"),
        ("ceiling", '"lemmas":[]', '"lemmas":["(+ score 1)"]', "a lemma that makes no sense"),
        ("ceiling", '"lemmas":[]', '"lemmas":["(<= scroe 100)"]', "a lemma that cannot be read"),
        ("ceiling", '"parts":["value score"]', '"parts":[]', "is no proof"),
        ("ceiling", '"steps":1', '"steps":0', "has no proof"),
        ("ceiling", '"witness":{"start":"20', '"witness":{"start":"10', "a story that cannot begin so"),
    ],
)
def test_a_liar_who_knows_how_to_seal_is_not_believed(folder: Path, file: str, old: str, new: str, reason: str) -> None:
    edit(certificate(folder, file), old, new)
    reseal(certificate(folder, file))
    done = run(folder, "certify", "--solver", "z3")
    assert done.returncode == 1
    assert reason in done.stderr
    checked = run(folder, "check")
    assert checked.returncode == 0
    assert "floor       fails after 1 step" in checked.stdout


def test_a_proof_of_something_else_proves_nothing(folder: Path) -> None:
    """The proof of one claim, under the binding of another that is false."""
    good = json.loads(certificate(folder, "ceiling").read_text(encoding="utf-8").splitlines()[1])
    path = certificate(folder, "floor")
    head, line = path.read_text(encoding="utf-8").splitlines()
    wrong = {**good, "binding": json.loads(line)["binding"]}
    path.write_text(f"{head}\n{json.dumps(wrong)}\n", encoding="utf-8")
    reseal(path)
    assert "is no proof" in run(folder, "certify", "--solver", "z3").stderr
    assert "floor       fails after 1 step" in run(folder, "check").stdout


def test_writing_mends_and_is_reproducible(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.glob("proofs/certificates/**/*.jsonl")}
    certificate(folder, "ceiling").unlink()
    leave_a_stranger_and_mend(folder)
    assert {p: p.read_bytes() for p in folder.glob("proofs/certificates/**/*.jsonl")} == before


def leave_a_stranger_and_mend(folder: Path) -> None:
    shutil.copy(certificate(folder, "floor"), certificate(folder, "roof"))
    done = run(folder, "certify", "--write", "--solver", "z3", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "roof.jsonl: removed" in done.stdout


def test_without_the_second_solver(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "cvc5.py").write_text("raise ImportError('no cvc5 here')\n", encoding="utf-8")
    own = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "policydsl", "certify"]
    done = subprocess.run(command, cwd=stored, env=own, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "E0611" in done.stderr
    assert "--solver z3" in done.stderr


def test_the_bundle_is_checked_without_policydsl(stored: Path, tmp_path: Path) -> None:
    done = run(stored, "certify", "--solver", "z3", "--export", str(tmp_path / "bundle"))
    assert done.returncode == 0, done.stderr
    solver = Path(sys.executable).parent / "z3"
    if not solver.exists():  # wheels of z3-solver bring it, packages of distributions may not
        pytest.skip("the z3 command is not installed beside python")
    script = ["sh", str(tmp_path / "bundle/check.sh"), str(solver)]
    good = subprocess.run(script, check=False, capture_output=True, text=True, timeout=60)
    assert (good.returncode, good.stdout) == (0, "6 questions, 0 not as expected\n")
    edit(tmp_path / "bundle/proofs/score/ceiling/consecution.smt2", "(* (- 1) cost)", "(* 1 cost)")
    bad = subprocess.run(script, check=False, capture_output=True, text=True, timeout=60)
    assert bad.returncode == 1
    assert "6 questions, 1 not as expected" in bad.stdout
    assert "ceiling/consecution.smt2: " in bad.stdout
    again = run(stored, "certify", "--solver", "z3", "--export", str(tmp_path / "bundle"))
    assert again.returncode == 3
    assert "E0603" in again.stderr


def test_no_bundle_where_a_certificate_is_missing(stored: Path, tmp_path: Path) -> None:
    next((stored / "proofs/certificates").rglob("*.jsonl")).unlink()
    done = run(stored, "certify", "--solver", "z3", "--export", str(tmp_path / "bundle"))
    assert done.returncode == 1
    assert f"nothing was written to {tmp_path / 'bundle'}: only proofs that all stand are exported" in done.stderr
    assert not (tmp_path / "bundle").exists()


def test_what_holds_for_every_value_is_stored_though_no_story_has_one(tmp_path: Path) -> None:
    (tmp_path / "visits.policy").write_text(
        'policy "Visits"\nclause 1 "visits are counted"\n    state visits: count = 0\n    occurrence visit\n'
        "    on visit\n        set visits = visits + 1\n",
        encoding="utf-8",
    )
    (tmp_path / "visits.claims").write_text(
        'claims about "Visits"\nguarantee more "Never fewer"\n    cites 1\n    for every k: count in 0 .. 3\n'
        "    always visits + k >= visits\n",
        encoding="utf-8",
    )
    done = run(tmp_path, "certify", "--write", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 proof, re-checked" in done.stdout


def test_a_folder_that_cannot_be_written(folder: Path) -> None:
    shutil.rmtree(folder / "proofs/certificates")
    (folder / "proofs/certificates").write_text("in the way", encoding="utf-8")
    done = run(folder, "certify", "--write")
    assert done.returncode == 3
    assert "E0603" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_policy_with_a_mistake(folder: Path) -> None:
    edit(folder / "specs/score.policy", "score - cost", "score - cots")
    done = run(folder, "certify")
    assert done.returncode == 3
    assert "did you mean `cost`?" in done.stderr


def test_the_stored_certificates_stand() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "policydsl", "certify", "specs", "proofs"],
        cwd=root, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_two_proofs_share_is_asked_once_and_said_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, own = Query("initial", "(shared)"), Query("step", "(own)")
    proofs = [
        Checked(key, Certificate("", "", 1, (), (), 1, None, queries, ""), Path(f"{key}.jsonl"))
        for key, queries in (("a", (shared,)), ("b", (own, shared)))
    ]
    asked: list[str] = []

    def ask(_solvers: object, texts: list[str]) -> list[list[str] | str]:
        asked.extend(texts)
        return [["sat" if text == "(shared)" else "" for text in texts]]

    monkeypatch.setattr(solvers, "_ask", ask)
    refused, code = solvers.refused_by(["z3"], proofs)
    assert asked == ["(shared)", "(own)"]
    assert [d.message for d in refused] == [f"z3 does not confirm `initial` of `{key}`: sat" for key in ("a", "b")]
    assert code is None
