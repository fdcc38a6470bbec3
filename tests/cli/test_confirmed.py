"""What a run has shown is not shown again by the next one over the very same; whatever differs is shown anew."""

import hashlib
import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from policydsl.analyses import dispatch, pairs
from policydsl.analyses.again import Shown
from policydsl.cli import confirmed
from policydsl.core.system import Trace
from policydsl.engines.verdict import SemanticsDisagreeError
from tests.cli.commands import FIXTURES, Work, alone, call, edit, watch

KEYS = {"ceiling", "floor", "ends", "long_watch"}
CACHE, CERTIFICATE = Path("cache"), Path("proofs/certificates/score/ceiling.jsonl")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("stored") / "work"
    shutil.copytree(FIXTURES, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("POLICYDSL_CACHE", str(CACHE))
        assert call("certify", "--write", "--solver", "z3")[0] == 0
        assert not CACHE.exists()
        assert call("check")[0] == 0
    return folder


@pytest.fixture
def work(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Stand where a run has kept what it has shown; return what workers do from now on."""
    shutil.copytree(stored, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    for path in CACHE.iterdir():  # files are bound to the folder that they are about
        path.unlink()
    monkeypatch.setenv("POLICYDSL_CACHE", str(CACHE))
    assert call("check")[0] == 0
    return watch(monkeypatch)


def shown_file() -> Path:
    (path,) = CACHE.glob("*.shown")
    return path


@pytest.mark.parametrize("form", [["-v"], ["--format", "json"], ["-q"], ["--only", "floor", "-v"]])
def test_the_next_run_says_the_same_without_any_work(work: Work, form: list[str]) -> None:
    before = shown_file().stat().st_mtime_ns
    again = call("check", *form)
    assert work == []
    assert again == alone("check", *form)
    assert shown_file().stat().st_mtime_ns == before
    assert set(work) & KEYS  # without what is kept there is work


def test_one_claim_is_kept_beside_the_others(work: Work) -> None:
    shown_file().unlink()
    call("check", "--only", "floor")
    assert set(work) == {"floor"}
    work.clear()
    call("check", "--only", "floor")
    assert work == []
    call("check")
    assert set(work) & (KEYS | {"histories"}) == (KEYS | {"histories"}) - {"floor"}
    work.clear()
    call("check")
    assert work == []


def test_fresh_and_certify_take_nothing_for_shown(work: Work) -> None:
    before = {p: p.read_bytes() for p in CACHE.iterdir()}
    call("check", "--fresh")
    assert set(work) >= KEYS | {"histories"}
    work.clear()
    call("certify", "--solver", "z3")
    assert set(work) >= KEYS
    assert {p: p.read_bytes() for p in CACHE.iterdir()} == before


# --- what it follows from ------------------------------------------------------------------------


def test_a_changed_certificate_is_shown_anew_and_it_alone(work: Work) -> None:
    first, _, body = CERTIFICATE.read_text(encoding="utf-8").partition("\n")
    said = json.loads(body)
    said["holds"]["lemmas"] = ["(<= score 200)"]
    body = json.dumps(said) + "\n"
    head = json.loads(first)
    head["seal"] = hashlib.sha256(f"{head['policy']}\0{head['question']}\0{body}".encode()).hexdigest()
    CERTIFICATE.write_text(json.dumps(head) + "\n" + body, encoding="utf-8")
    assert call("check")[0] == 0
    assert set(work) == {"ceiling"}


@pytest.mark.parametrize("harm", ["cut", "seal", "gone", "swapped"])
def test_a_certificate_that_is_not_one_any_more_is_not_believed(work: Work, harm: str) -> None:
    text = CERTIFICATE.read_text(encoding="utf-8")
    match harm:
        case "cut":
            CERTIFICATE.write_text(text[:-9], encoding="utf-8")
        case "seal":
            edit(CERTIFICATE, '"seal":"', '"seal":"0')
        case "gone":
            CERTIFICATE.unlink()
        case _:
            shutil.copy(CERTIFICATE.with_name("ends.jsonl"), CERTIFICATE)
    code, said = call("check")
    assert (code, "3 by certificate" in said) == (0, True)
    assert set(work) == {"ceiling"}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("specs/score.policy", "score - cost", "score + cost"),  # the ceiling falls
        ("proofs/score.claims", "always score <= 100", "always score <= 99"),
    ],
)
def test_a_changed_text_is_judged_anew(work: Work, path: str, old: str, new: str) -> None:
    edit(Path(path), old, new)
    code, said = call("check")
    assert set(work) >= KEYS | {"histories"}
    assert (code, said) == alone("check")
    assert code != 0
    assert call("check") == (code, said)


@pytest.mark.parametrize("certificates", ["none", "stale"])
def test_what_was_searched_for_is_kept_as_well(work: Work, certificates: str) -> None:
    if certificates == "none":
        shutil.rmtree("proofs/certificates")
    else:
        edit(Path("proofs/score.claims"), "\n", "\n\n")  # the lines of claims are no part of the question
        edit(Path("specs/score.policy"), "score - cost", "score - cost - 1")
    first = call("check", "-v")
    assert set(work) >= KEYS
    assert ("4 certificates stale" in " ".join(first[1].split())) == (certificates == "stale")
    work.clear()
    assert call("check", "-v") == first
    assert work == []
    assert alone("check", "-v") == first
    call("check", "--fresh")
    assert set(work) >= KEYS


def test_what_was_not_decided_is_searched_for_again(work: Work) -> None:
    shutil.rmtree("proofs/certificates")
    code, _ = call("check", "--effort", "1")
    assert code == 2
    work.clear()
    assert call("check")[0] == 0
    assert set(work) >= KEYS
    assert call("check", "--effort", "1")[0] == 2  # as on a machine where nothing was found before


def test_where_the_effort_is_limited_no_proof_of_another_wording_is_tried(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def none(_: dispatch.Desk, asked: dispatch.Asked) -> tuple[()]:
        tried.append(asked.question.key)
        return ()

    monkeypatch.setattr(dispatch, "_near", none)
    edit(Path("specs/score.policy"), "score - cost", "score - cost - 1")
    call("check", "--effort", "100000000")
    assert (tried, set(work) >= KEYS) == ([], True)
    call("check")
    assert set(tried) >= {"ceiling"}


def test_what_had_little_time_is_searched_for_again(work: Work) -> None:
    shutil.rmtree("proofs/certificates")
    for _ in range(2):
        work.clear()
        assert call("check", "--budget", "9")[0] == 0
        assert set(work) >= KEYS


def test_changed_histories_are_played_anew(work: Work) -> None:
    (path,) = Path("specs/score.histories").iterdir()
    shutil.copy(path, path.with_name("another.yaml"))
    assert "2 of 2 histories as written" in call("check")[1]
    assert set(work) == {"histories"}
    edit(path, "2024", "2025")
    work.clear()
    assert call("check") == alone("check")
    assert "histories" in work


def test_it_is_for_this_code_alone(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmed, "program", lambda: "other code")
    call("check")
    assert set(work) >= KEYS | {"histories"}
    work.clear()
    call("check")
    assert work == []
    monkeypatch.setattr(confirmed, "program", lambda: "")  # it is not to be seen: nothing is believed, nothing kept
    before = shown_file().read_bytes()
    call("check")
    assert set(work) >= KEYS | {"histories"}
    assert shown_file().read_bytes() == before


def test_code_that_changes_under_a_run_keeps_nothing(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_file().unlink()
    codes = iter(("old code", "new code"))
    monkeypatch.setattr(confirmed, "program", lambda: next(codes))
    call("check")
    assert not list(CACHE.glob("*.shown"))
    assert work


def test_all_code_and_the_solver_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, solver = tmp_path / "policydsl", tmp_path / "z3"
    for path in (
        package / "__init__.py",
        package / "engines/deep/one.py",
        solver / "__init__.py",
        solver / "z3core.py",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n", encoding="utf-8")
    (solver / "lib").mkdir()
    library = solver / "lib/libz3.so"
    library.write_bytes(b"solver")
    monkeypatch.setattr(confirmed, "_PACKAGE", package)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "z3", raising=False)
    codes = [confirmed.program()]
    (package / "engines/deep/one.py").write_text("x = 2\n", encoding="utf-8")
    codes.append(confirmed.program())
    library.write_bytes(b"another")
    codes.append(confirmed.program())
    assert len(set(codes)) == 3
    assert all(codes)
    monkeypatch.setenv("Z3_LIBRARY_PATH", str(tmp_path))  # who knows which library that is
    assert not confirmed.program()
    monkeypatch.delenv("Z3_LIBRARY_PATH")
    library.unlink()
    assert not confirmed.program()


# --- files that are not as they were written -----------------------------------------------------


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "other key"])
def test_a_file_that_is_not_whole_is_passed_over_and_written_anew(work: Work, harm: str) -> None:
    path = shown_file()
    data = path.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    path.write_bytes({"cut": data[:-9], "flip": flipped, "empty": b"", "other key": bytes(32) + data[32:]}[harm])
    assert call("check") == alone("check")
    assert set(work) >= KEYS | {"histories"}
    work.clear()
    call("check")
    assert work == []


@pytest.mark.skipif(sys.platform == "win32", reason="who may write a file is said in another way there")
def test_what_others_could_have_written_is_passed_over(work: Work) -> None:
    shown_file().chmod(0o666)
    call("check")
    assert set(work) >= KEYS


def sealed_with(change: Callable[[dict[bytes, bytes]], dict[bytes, bytes]]) -> None:
    path = shown_file()
    data = path.read_bytes()
    body = pickle.dumps(change(pickle.loads(data[64:])))  # noqa: S301  the test's own
    path.write_bytes(data[:32] + hashlib.sha256(body).digest() + body)


class Harm:
    """Something that makes a folder when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        """Return how it is read."""
        return os.mkdir, ("mark",)


@pytest.mark.parametrize("entry", [Harm(), Shown, "words", 1, None, b"\x80"])
def test_an_entry_that_is_something_else_is_passed_over(work: Work, entry: object) -> None:
    said = pickle.dumps(entry) if not isinstance(entry, bytes) else entry
    sealed_with(lambda entries: dict.fromkeys(entries, said))
    assert call("check") == alone("check")
    assert set(work) >= KEYS | {"histories"}
    assert not Path("mark").exists()


def test_what_was_shown_of_one_is_nothing_for_another(work: Work) -> None:
    """A file holds entries by all that they are of: none is found under a name, so none can be swapped by one."""
    names: dict[bytes, bytes] = {}

    def noted(entries: dict[bytes, bytes]) -> dict[bytes, bytes]:
        names.update(entries)
        return {hashlib.sha256(of).digest(): shown for of, shown in entries.items()}

    sealed_with(noted)
    call("check")
    assert len(names) >= len(KEYS)
    assert set(work) >= KEYS | {"histories"}


# --- what cannot be written ----------------------------------------------------------------------


def test_a_full_disk_costs_nothing_but_the_next_run(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_file().unlink()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(confirmed, "write_sealed", full)
        assert call("check") == alone("check")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        assert call("check") == alone("check")
    assert [p.suffix for p in CACHE.iterdir()] == [".loaded"]  # nothing half-written stays
    call("check")
    work.clear()
    call("check")
    assert work == []


def test_a_run_with_a_bug_keeps_nothing(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    shown_file().unlink()

    def planted(*_: object) -> None:
        raise SemanticsDisagreeError(Trace({}, {}, ()))

    monkeypatch.setattr(pairs, "check_stories", planted)
    assert call("check")[0] == 4
    assert not list(CACHE.glob("*.shown"))
    assert work
