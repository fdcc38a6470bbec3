"""Of several policies, each is read and shown by a process of its own ahead of the run; what comes out is the same."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from policydsl.analyses import pairs
from policydsl.analyses.tasks import Errand, Task
from policydsl.analyses.workers import Crew
from policydsl.cli.ahead import Order, do
from policydsl.core.system import Trace
from policydsl.engines.verdict import SemanticsDisagreeError
from policydsl.front import reader
from policydsl.front.load import groups_at
from tests.cli import commands
from tests.cli.commands import FIXTURES, Work, alone, watch

CACHE = Path("cache")
call = partial(commands.call, jobs=2)
PAIR = """
guarantee no_better "One more violation never raises the score"
    cites 1
    between a history and the same history with one more violation: RELATED
""".replace("RELATED", "score in the second history <= score in the first history")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two policies, one of which says the same under another title, and their certificates."""
    folder: Path = tmp_path_factory.mktemp("ahead") / "work"
    shutil.copytree(FIXTURES, folder)
    claims = folder / "proofs/score.claims"
    claims.write_text(claims.read_text(encoding="utf-8") + PAIR, encoding="utf-8")
    shutil.copytree(folder / "specs/score.histories", folder / "specs/other.histories")
    for path in (folder / "specs/score.policy", claims):
        text = path.read_text(encoding="utf-8")
        title = text.split('"')[1]
        other = path.with_name(path.name.replace("score", "other"))
        other.write_text(text.replace(f'"{title}"', '"Other"', 1), encoding="utf-8")
    (history,) = (folder / "specs/other.histories").glob("*.yaml")
    history.write_text(re.sub("(?m)^policy:.*", "policy: Other", history.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("POLICYDSL_CACHE", "off")
        assert call("certify", "--write", "--solver", "z3")[0] == 0
    return folder


@pytest.fixture
def work(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Stand where certificates are and nothing is kept; return what workers do from now on."""
    shutil.copytree(stored, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("POLICYDSL_CACHE", str(CACHE))
    return watch(monkeypatch)


@pytest.mark.usefixtures("spawned")
@pytest.mark.parametrize(("form", "cache"), [(["-v"], "cache"), (["--format", "json"], "off")])
def test_it_is_all_that_is_done_and_says_the_same(
    work: Work, monkeypatch: pytest.MonkeyPatch, form: Sequence[str], cache: str
) -> None:
    monkeypatch.setenv("POLICYDSL_CACHE", cache)
    found = call("check", *form)
    assert work == ["ahead", "ahead"]
    assert found == alone("check", *form)
    assert "ceiling" in work
    assert CACHE.exists() == (cache == "cache")


def test_what_it_leaves_is_what_a_run_alone_leaves(work: Work) -> None:
    call("check", "-q")
    first = {p.name: p.read_bytes() for p in CACHE.iterdir()}
    assert len(first) == 4  # of each policy what was loaded, and what was shown
    work.clear()
    call("check", "-q")
    call("check", "-q", jobs=1)
    assert work == []
    assert {p.name: p.read_bytes() for p in CACHE.iterdir()} == first


def test_what_was_read_before_is_not_read_again(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    call("check", "-q")
    for path in CACHE.glob("*.shown"):
        path.unlink()
    monkeypatch.setattr(reader, "read_file", _dies)
    work.clear()
    assert call("check", "-v")[0] == 0
    assert work == ["ahead", "ahead"]


def test_a_certificate_that_is_no_use_is_told_as_it_is(work: Work) -> None:
    path = Path("proofs/certificates/other/ceiling.jsonl")
    text = path.read_text(encoding="utf-8")
    assert '"steps":1' in text
    path.write_text(text.replace('"steps":1', '"steps":2'), encoding="utf-8")
    found = call("check", "-v")
    assert set(work) == {"ahead", "ceiling"}
    assert found == alone("check", "-v")


def test_a_proof_that_is_none_is_searched_for_anew(work: Work) -> None:
    _reseal(
        Path("proofs/certificates/score/no_better.jsonl"),
        {"steps": 1, "calendar": 0, "lemmas": ["(<= first/score 7)"], "parts": None},
    )
    found = call("check", "-v")
    assert work.count("no_better") >= 2  # shown again, in vain, and searched for
    assert found == alone("check", "-v")


def test_an_edited_policy_is_searched_anew(work: Work) -> None:
    call("check", "-q")
    policy = Path("specs/other.policy")
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("score - cost", "score - 2 * cost", 1), encoding="utf-8")
    assert policy.read_text(encoding="utf-8") != text
    work.clear()
    found = call("check", "-v")
    assert "ceiling" in work
    assert found == alone("check", "-v")


@pytest.mark.parametrize("edit", ['policy "Other"\n  nonsense', 'import "score.policy"\n', None])
def test_what_does_not_stand_alone_is_left_to_the_run(work: Work, edit: str | None) -> None:
    path = Path("specs/other.policy")
    if edit is None:
        path.unlink()
    else:
        path.write_text(edit + path.read_text(encoding="utf-8"), encoding="utf-8")
    groups = groups_at([Path("specs"), Path("proofs")])
    assert [do(Order(texts, None)) is not None for texts in groups].count(True) == 1
    assert call("check", "-v") == alone("check", "-v")
    assert work[:2] == ["ahead", "ahead"]


def test_a_process_that_dies_costs_nothing_but_time(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = Crew.submit

    def deadly(crew: Crew, task: Task | Errand) -> None:
        ours = isinstance(task, Errand) and task.work is do
        submit(crew, Errand(task.number, os._exit, 1) if ours else task)

    monkeypatch.setattr(Crew, "submit", deadly)
    found = call("check", "-v")
    assert set(work) > {"_exit", "histories", "ceiling"}
    assert found == alone("check", "-v")


def test_two_histories_told_wrongly_are_not_handed_on(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise SemanticsDisagreeError(Trace({}, {}, ()))

    order = Order(groups_at([Path("specs"), Path("proofs")])[0], None)
    right = do(order)
    monkeypatch.setattr(pairs, "check_halves", wrong)
    left = do(order)
    assert right is not None
    assert left is not None
    assert len(right.shown.keys() - left.shown.keys()) == 1
    assert work == []


def test_without_work_for_all_processes_nothing_is_done_ahead(work: Work) -> None:
    call("check", "-q", jobs=3)
    assert "ahead" not in work
    work.clear()
    shutil.rmtree(CACHE)
    call("check", "-q", "--memory", "4096")
    call("check", "-q", "--fresh")
    assert "ahead" not in work


def _dies(*_: object) -> None:
    raise MemoryError


def _reseal(path: Path, proof: dict[str, object]) -> None:
    """Write `proof` into a certificate as if it had been found."""
    import hashlib  # noqa: PLC0415  here alone

    first, _, body = path.read_text(encoding="utf-8").partition("\n")
    said = json.loads(body)
    said["holds"] = proof
    body, head = json.dumps(said) + "\n", json.loads(first)
    head["seal"] = hashlib.sha256(f"{head['policy']}\0{head['question']}\0{body}".encode()).hexdigest()
    path.write_text(json.dumps(head) + "\n" + body, encoding="utf-8")
