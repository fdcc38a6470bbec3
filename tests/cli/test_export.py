"""`policydsl export`: files for other tools, one or many; mistakes leave nothing behind."""

import json
from pathlib import Path

import pytest

from policydsl.cli import run_command

PUZZLES = Path(__file__).parents[1] / "puzzles"
JUGS = [str(PUZZLES / "jugs.policy"), str(PUZZLES / "jugs.claims")]


@pytest.mark.parametrize(("form", "word"), [("smt2", "(set-logic ALL)"), ("chc", "(set-logic HORN)"), ("vmt", ":next")])
def test_one_claim_goes_to_the_terminal(form: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", *JUGS, "--only", "four", "--to", form]) == 0
    out = capsys.readouterr().out
    assert word in out
    assert out.startswith("; four, of Two jugs\n")
    assert run_command(["export", *JUGS, "--only", "four", "--to", form]) == 0
    assert capsys.readouterr().out == out


def test_several_claims_need_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", *JUGS, "--to", "chc"]) == 3
    assert "--output" in capsys.readouterr().err
    assert run_command(["export", *JUGS, "--to", "chc", "-o", str(tmp_path)]) == 0
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.smt2")) == [
        "jugs/fits.smt2",
        "jugs/four.smt2",
    ]


def test_policies_of_two_folders_may_be_called_alike(tmp_path: Path) -> None:
    for title in ("one", "two"):
        (tmp_path / title).mkdir()
        for path in map(Path, JUGS):
            text = path.read_text(encoding="utf-8").replace("Two jugs", title)
            (tmp_path / title / path.name).write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    assert run_command(["export", str(tmp_path), "--to", "chc", "-o", str(out)]) == 0
    told = {
        p.relative_to(out).as_posix(): p.read_text(encoding="utf-8").partition("\n")[0] for p in out.rglob("*.smt2")
    }
    assert told == {
        "jugs/fits.smt2": "; fits, of one",
        "jugs/fits~2.smt2": "; fits, of two",
        "jugs/four.smt2": "; four, of one",
        "jugs/four~2.smt2": "; four, of two",
    }


def test_files_that_were_not_written_are_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("a file, no folder", encoding="utf-8")
    assert run_command(["export", *JUGS, "--to", "chc", "-o", str(tmp_path / "taken")]) == 3
    err = capsys.readouterr().err
    assert "E0603" in err
    assert "2 files" not in err


def test_a_story_becomes_a_trace_of_states(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", *JUGS, "--only", "four", "--to", "itf"]) == 0
    trace = json.loads(capsys.readouterr().out)
    assert trace["#meta"]["format"] == "ITF"
    assert [s["#meta"]["index"] for s in trace["states"]] == list(range(7))
    assert {"small", "large"} <= set(trace["vars"])
    assert trace["states"][6]["large"] == 4
    assert all(set(trace["vars"]) <= set(state) for state in trace["states"])


def test_where_there_is_no_story_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", *JUGS, "--only", "fits", "--to", "itf"]) == 0
    captured = capsys.readouterr()
    assert not captured.out
    assert "no story" in captured.err


@pytest.mark.parametrize(
    "arguments",
    [
        [*JUGS, "--only", "fuor", "--to", "chc"],
        ["/no/such.policy", "--to", "chc"],
        [*JUGS, "--only", "four", "--to", "dot"],
        [*JUGS, "--only", "four"],
        [*JUGS, "--only", "four", "--to", "smt2", "--steps", "-1"],
        [*JUGS, "--only", "four", "--to", "vmt", "-o", "/no/such/folder/file.vmt"],
    ],
)
def test_mistakes_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["export", *arguments]) == 3
    captured = capsys.readouterr()
    assert "rror" in captured.err
    assert not captured.out
