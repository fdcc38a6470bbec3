"""`policydsl diff --certificates`: what is said of two wordings is kept, used again, and re-checked by `certify`."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from policydsl.analyses import diff_product, diff_shared, diff_whole
from policydsl.analyses.comparison import Comparison
from policydsl.cli import cli
from policydsl.engines.verdict import SemanticsDisagreeError
from tests.analyses.comparing import Here, wordings
from tests.cli.commands import call

POLICY = """policy "Scores"
    effective 2024-01-01

role Network
role Platform

better for Network
    higher score

clause 1 "a score"
    state score: points = 100
    state breaches: points = 0
    occurrence breach by Network
    on breach
        set score = max(0, score - 5)
        set breaches = breaches + 1
    schedule reset: each year on January 1
        set breaches = 0

clause 2 "low scores"
    define low: boolean = score <= 90
    act close by Platform permitted when low
"""
DEARER = """amendment "Dearer" of "Scores"
    effective 2025-01-01
    expect stricter for Network

in clause 1
    replace on breach
        set score = max(0, score - 5)
        set breaches = breaches + 1
    with on breach
        set score = max(0, score - 6)
        set breaches = breaches + 1
"""
REWORDED = POLICY.replace("score <= 90", "not (90 < score)")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with texts, and certificates of a comparison in the folder `kept`."""
    folder: Path = tmp_path_factory.mktemp("stored") / "work"
    folder.mkdir()
    for name, text in {"a.policy": POLICY, "dearer.amendment": DEARER, "reworded.policy": REWORDED}.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("POLICYDSL_CACHE", "off")
        code, said = diff("dearer.amendment", "--certificates", "kept")
    assert code == 0, said
    assert "stricter for Network" in said
    assert "0 of them from certificates" in said
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(stored, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "work"


def diff(*arguments: str) -> tuple[int, str]:
    return call("diff", "a.policy", *arguments)


def reseal(path: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Change each answer in the file and seal it anew, as somebody would who knows how."""
    first, _, body = path.read_text(encoding="utf-8").partition("\n")
    head = json.loads(first)
    body = "".join(json.dumps(change(json.loads(line))) + "\n" for line in body.splitlines())
    head["seal"] = hashlib.sha256(f"{head['policy']}\0{head['question']}\0{body}".encode()).hexdigest()
    path.write_text(json.dumps(head) + "\n" + body, encoding="utf-8")


@pytest.mark.usefixtures("folder", "spawned")
def test_equivalence_and_direction_are_kept_and_stand() -> None:
    head = json.loads(Path("kept/comparison.json").read_text(encoding="utf-8"))
    assert (head["old"], head["new"], head["left"]) == ("../a.policy", "../dearer.amendment", [])
    assert {"score: always the same", "score: never better for Network", "what both wordings say"} <= {
        *head["answered"]
    }
    code, said = call("certify", "kept")
    assert code == 0, said
    assert "proofs about two wordings, re-checked by z3 and cvc5, each in a process of its own" in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("wanted", [("--write",), ("--export", "bundle")])
def test_a_comparison_is_only_checked(wanted: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError, match="is only checked"):
        cli.main(["certify", "kept", *wanted], standalone_mode=False)
    assert not Path("bundle").exists()


@pytest.mark.usefixtures("folder")
def test_a_rewording_is_a_proof_that_two_solvers_confirm() -> None:
    code, said = diff("reworded.policy", "--certificates", "same", "--require", "equivalent")
    assert code == 0, said
    assert "The edit only rewords" in said
    code, said = call("certify", "same")
    assert code == 0, said
    assert "0 stories" in said


@pytest.mark.usefixtures("folder")
def test_what_stands_is_not_searched_for_again() -> None:
    before = {p: p.read_bytes() for p in Path("kept").iterdir()}
    _, first = diff("dearer.amendment", "--format", "json")
    _, again = diff("dearer.amendment", "--certificates", "kept", "--format", "json")
    count = again.partition(" answers certified")[0].rpartition(" ")[2]
    assert f"kept: {count} answers certified, {count} of them from certificates" in again
    assert first in again
    assert {p: p.read_bytes() for p in Path("kept").iterdir()} == before


@pytest.mark.usefixtures("folder")
def test_that_other_words_mean_the_same_is_certified_too() -> None:
    assert diff("reworded.policy", "--certificates", "same", "--require", "equivalent")[0] == 0
    (proof,) = Path("same").glob("said*low.jsonl")
    code, said = call("certify", "same", "--solver", "z3")
    assert code == 0, said
    proof.unlink()
    code, said = call("certify", "same", "--solver", "z3")
    assert code == 1
    assert "this certificate is missing" in said
    assert said.count("error[") == 2  # that, and one about wordings that are not those as they were put


@pytest.mark.usefixtures("folder")
def test_certificates_of_earlier_wordings_are_stale_and_replaced() -> None:
    changed = POLICY.replace("score <= 90", "score <= 85")
    Path("a.policy").write_text(changed, encoding="utf-8")
    code, said = call("certify", "kept")
    assert code == 1
    assert "is about other wordings" in said
    code, said = diff("dearer.amendment", "--certificates", "kept")
    assert code == 0, said
    assert call("certify", "kept")[0] == 0


SCORE = "kept/score%3A%20never%20better%20for%20Network.jsonl"
WORSE = "kept/score%3A%20never%20worse%20for%20Network.jsonl"


def _cut(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")


def _no_lemmas(said: dict[str, object]) -> dict[str, object]:
    proof = said["holds"]
    assert isinstance(proof, dict)
    return {**said, "holds": {**proof, "lemmas": [], "parts": []}}


def _proved(said: dict[str, object]) -> dict[str, object]:
    """Return a story turned into a proof."""
    proof = {"steps": 1, "calendar": 0, "lemmas": [], "parts": None}
    fails = said["fails"]
    assert isinstance(fails, dict)
    return {"binding": said["binding"], "holds": proof, "witness": {**fails, "history": []}}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        pytest.param(lambda: Path(SCORE).unlink(), "is missing", id="missing"),
        pytest.param(lambda: _cut(Path(SCORE)), "was changed or cut off", id="cut off"),
        pytest.param(lambda: Path(SCORE).write_text("{}", encoding="utf-8"), "was changed or cut off", id="no head"),
        pytest.param(lambda: Path(WORSE).write_bytes(Path(SCORE).read_bytes()), "is about another question", id="swap"),
        pytest.param(lambda: reseal(Path(SCORE), _no_lemmas), "z3 does not confirm `consecution`", id="no reason"),
        pytest.param(lambda: reseal(Path(WORSE), _proved), "is no proof", id="proof of what is false"),
        pytest.param(
            lambda: Path("kept/more.jsonl").write_bytes(Path(SCORE).read_bytes()), "is about another", id="one more"
        ),
        pytest.param(
            lambda: Path("kept/comparison.json").write_text('{"format": 1}', encoding="utf-8"), "was changed", id="head"
        ),
    ],
)
def test_what_was_tampered_with_is_caught(tamper: Callable[[], object], reason: str) -> None:
    tamper()
    code, said = call("certify", "kept", "--solver", "z3")
    assert code == 1, said
    assert "E0610" in said
    assert reason in said
    # Nor does a later comparison believe it.
    code, said = diff("dearer.amendment", "--certificates", "kept")
    assert code == 0, said
    assert "stricter for Network" in said


@pytest.mark.usefixtures("folder")
def test_other_folders_are_left_alone() -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("do not lose this", encoding="utf-8")
    code, said = diff("dearer.amendment", "--certificates", "mine")
    assert code == 3
    assert "holds no certificates of a comparison" in said
    assert [p.name for p in Path("mine").iterdir()] == ["notes.txt"]
    assert diff("dearer.amendment", "--certificates", "a.policy")[0] == 3


@pytest.mark.usefixtures("folder")
def test_several_folders_at_once() -> None:
    diff("reworded.policy", "--certificates", "all/of them/same")
    code, said = call("certify", "all", "kept")
    assert code == 0, said
    assert said.count("proofs about two wordings") == 2


@pytest.mark.usefixtures("folder")
def test_gone_wordings_are_named() -> None:
    Path("dearer.amendment").unlink()
    code, said = call("certify", "kept")
    assert code == 3
    assert "dearer.amendment" in said


def test_sharing_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant the bug that certificates are there for: names taken for the same that are not."""
    honest = diff_shared.shared_names

    def too_much(system: object) -> frozenset[str]:
        return frozenset({*honest(system), "score"})  # type: ignore[arg-type]  # whatever it gets

    monkeypatch.setattr(diff_product, "shared_names", too_much)
    new = POLICY.replace("score - 5", "score - 6")
    with pytest.raises(SemanticsDisagreeError, match="so by construction"):
        diff_whole.examine(wordings(POLICY, new), {}, Here(), certified=True)


def test_what_is_so_by_construction_is_asked() -> None:
    here = Here()
    new = POLICY.replace("score <= 90", "score <= 85")
    made: Comparison = diff_whole.examine(wordings(POLICY, new), {}, here, certified=True).made
    assert made.twin.shared >= {"score", "breaches"}
    assert "what both wordings say" in here.asked
