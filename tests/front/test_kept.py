"""What was loaded from texts is kept for the same texts, the same code, and nobody else's files."""

import hashlib
import os
import pickle
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from policydsl.core.system import Question
from policydsl.front import kept as keeping
from policydsl.front.kept import Kept, write
from policydsl.front.load import Loaded, load_parts

POLICY = """policy "Score"
    histories from 2025-01-01

role Host
enum Card: yellow, red

clause 1 "x"
    state score: points = 100
    reading counted "what counts?"
        each "each of them" default
        reds "red ones"
    occurrence violation
        field card: Card
    on violation when counted is each or card is red
        set score = score - 10
"""
CLAIMS = """claims about "Score"

guarantee ceiling "never above"
    cites 1
    always score <= 100

guarantee no_better "one more is no better"
    cites 1
    between a history and the same history with one more violation: score in the second history <= 100
"""
OTHER = POLICY.replace('"Score"', '"Other"')
FILES = {"score.policy": POLICY, "score.claims": CLAIMS, "other.policy": OTHER}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def parts(files: dict[str, str], folder: Path | None) -> list[Loaded]:
    kept = None if folder is None else Kept(folder, "here")
    recall = None if kept is None else kept.recall
    made = [p for p in load_parts(tuple(files), lambda name: (files[name], ()), recall) if p.policies or p.diagnostics]
    assert not any(d.is_error for p in made for d in p.diagnostics), made
    return made


def recalled(files: dict[str, str], folder: Path) -> set[str]:
    """Return the titles of the policies that need not be read."""
    found: list[Loaded | None] = []

    def recall(texts: Mapping[str, str | None]) -> Loaded | None:
        found.append(Kept(folder, "here").recall(texts))
        return found[-1]

    list(load_parts(tuple(files), lambda name: (files[name], ()), recall))
    return {p.header.title for part in found if part is not None for p in part.policies}


def keep(files: dict[str, str], folder: Path) -> list[Path]:
    """Have `files` loaded and kept; return the files that were written."""
    kept = Kept(folder, "here")
    for part in load_parts(tuple(files), lambda name: (files[name], ()), kept.recall):
        order = kept.order(part)
        if order is not None:
            write(order)
    return sorted(folder.glob("*"))


def questions(loaded: list[Loaded]) -> list[Question]:
    return [c.question for part in loaded for file in part.claims for c in file.claims]


def test_what_is_kept_is_what_would_be_read(folder: Path) -> None:
    assert len(keep(FILES, folder)) == 2
    again, anew = parts(FILES, folder), parts(FILES, None)
    assert recalled(FILES, folder) == {"Score", "Other"}
    assert [p.policies for p in again] == [p.policies for p in anew]
    assert questions(again) == questions(anew)
    assert [p.sources for p in again] == [p.sources for p in anew]
    assert [[c.pair is None for f in p.claims for c in f.claims] for p in again] == [[], [True, False]]
    for part in again:
        assert all(file.policy is policy for policy in part.policies for file in part.claims)


def test_it_is_for_these_texts_alone(folder: Path) -> None:
    keep(FILES, folder)
    changed = {**FILES, "score.policy": POLICY.replace("score - 10", "score - 20")}
    found = {p.policies[0].header.title: p for p in parts(changed, folder)}
    assert recalled(changed, folder) == {"Other"}
    assert found["Score"].policies == parts(changed, None)[-1].policies
    assert keep(changed, folder) == keep(FILES, folder)  # a file takes the place of the one before


def test_it_is_for_this_code_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(FILES, folder)
    monkeypatch.setattr(keeping, "program", lambda: "other code")
    assert not recalled(FILES, folder)
    monkeypatch.setattr(keeping, "program", lambda: "")
    assert Kept(folder, "here").order(parts(FILES, None)[0]) is None  # code that is not to be seen keeps nothing


@pytest.mark.parametrize("package", ["base", "syntax", "core", "front"])
def test_all_code_that_loading_takes_counts(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_PACKAGE", tmp_path)
    for name in ("__init__.py", f"{package}/deep/one.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    before = keeping.program()
    (tmp_path / f"{package}/deep/one.py").write_text("x = 2\n", encoding="utf-8")
    assert before
    assert keeping.program() != before


@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_a_file_that_is_not_whole_is_passed_over(folder: Path, harm: str) -> None:
    for path in keep(FILES, folder):
        data = path.read_bytes()
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes({"cut": data[:-9], "flip": flipped, "empty": b""}[harm])
    assert not recalled(FILES, folder)


class Harm:
    """Something that runs a command when it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        """Return how it is read: by making a folder."""
        return os.mkdir, (str(self.mark),)


def test_a_file_can_name_nothing_but_what_policies_are_made_of(folder: Path, tmp_path: Path) -> None:
    path, *_ = keep(FILES, folder)
    data, mark = path.read_bytes(), tmp_path / "mark"
    body = pickle.dumps(Harm(mark))
    path.write_bytes(data[:32] + hashlib.sha256(body).digest() + body)
    assert len(recalled(FILES, folder)) == 1
    assert not mark.exists()
    pickle.loads(body)  # noqa: S301  the test's own: it would have been noticed
    assert mark.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="who may write a file is said in another way there")
def test_what_others_could_have_written_is_passed_over(folder: Path) -> None:
    first, second = keep(FILES, folder)
    first.chmod(0o666)
    assert len(recalled(FILES, folder)) == 1
    first.chmod(0o600)
    assert len(recalled(FILES, folder)) == 2
    folder.chmod(0o777)
    assert not recalled(FILES, folder)
    folder.chmod(0o700)
    second.unlink()
    assert len(recalled(FILES, folder)) == 1


def test_what_is_wrong_or_imported_is_not_kept(folder: Path, tmp_path: Path) -> None:
    wrong = {"score.policy": POLICY, "score.claims": CLAIMS.replace("score <= 100", "scoer <= 100")}
    assert not keep(wrong, folder)
    shared = tmp_path / "shared.policy"
    texts = {str(shared): "enum Card: yellow, red\n"}
    own = POLICY.replace("enum Card: yellow, red\n", 'import "shared.policy"\n')
    texts[str(tmp_path / "score.policy")] = own
    kept = Kept(folder, "here")
    found = list(load_parts((str(tmp_path / "score.policy"),), lambda name: (texts[name], ()), kept.recall))
    assert any(p.policies for p in found)
    assert not any(kept.order(p) for p in found)


def test_claims_that_come_late_find_a_policy_that_was_kept(folder: Path) -> None:
    hidden = 'claims about   "Score"\n' + CLAIMS.partition("\n")[2]  # whose title the order of files does not see
    files = {"score.policy": POLICY, "late.claims": hidden}
    alone = {"score.policy": POLICY}
    keep(alone, folder)
    found = list(load_parts(tuple(files), lambda name: (files[name], ()), Kept(folder, "here").recall))
    policies, claims = [p for part in found for p in part.policies], [c for part in found for c in part.claims]
    assert recalled(files, folder) == {"Score"}
    assert [c.path for c in claims] == ["late.claims"]
    assert claims[0].policy is policies[0]
    assert questions(found) == questions([*load_parts(tuple(files), lambda name: (files[name], ()))])


def test_a_title_that_is_there_twice_is_told_as_ever(folder: Path) -> None:
    keep({"score.policy": POLICY}, folder)
    files = {"a.policy": POLICY, "score.policy": POLICY}
    both = [
        d.code
        for p in load_parts(tuple(files), lambda name: (files[name], ()), Kept(folder, "here").recall)
        for d in p.diagnostics
    ]
    assert both == ["E0202"]


def test_no_more_than_so_many_files_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_MOST", 1)
    assert len(keep(FILES, folder)) == 1


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert not keep(FILES, blocked / "cache")
