"""`policydsl run`, `fmt`, `explain`, `completion`, as whole commands."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from policydsl.cli import cli, run_command
from tests.cli.commands import FIXTURES, ROOT

POLICY, HISTORY = "specs/score.policy", "specs/score.histories/two_violations.yaml"


UNPLAYED = "the variants are not played: `policydsl check` compares what they expect\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(FIXTURES, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def call(*arguments: str, standard_input: str | None = None) -> tuple[int, str, str]:
    """Return the exit code, standard output and standard error of a command."""
    done = CliRunner().invoke(cli, arguments, input=standard_input, standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value, done.stdout, done.stderr


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def steps(*lines: str, head: str = "start: 2024-01-01") -> str:
    return write("h.yaml", "\n".join([head, "steps:", *(f"  - {line}" for line in lines)]) + "\n")


# --- accounts ------------------------------------------------------------------------------------


def test_an_account_names_the_clause_behind_every_change() -> None:
    code, out, err = call("run", POLICY, HISTORY)
    assert (code, err) == (0, UNPLAYED)
    assert "score 100 points -> 95 points (clause 2)" in out
    assert "2024-02-01: REFUSED terminate by Platform: it is not permitted (clause 4); nothing changes." in out
    assert "2024-02-11: violation by User" in out  # 16:30 in London is the next day in Shanghai
    assert "2025-01-01: new year, by the calendar (clause 1)." in out
    assert "score: 100 points" in out


def test_until_goes_on_to_a_day_and_stops_there() -> None:
    _, out, _ = call("run", POLICY, HISTORY, "--until", "2024-02-05")
    assert out.count("violation by User") == 1
    assert "2024-02-05: the history ends." in out
    _, out, _ = call("run", POLICY, HISTORY, "--until", "2026-03-01")
    assert out.count("new year, by the calendar") == 2


def test_options_give_readings_and_parameters() -> None:
    code, out, _ = call("run", POLICY, HISTORY, "--reading", "watch=a_month", "--param", "cost=7 points")
    assert code == 0
    assert "watched until none -> 2024-02-29" in out
    assert "score 100 points -> 93 points" in out


def test_what_is_defined_on_an_event_is_expected_of_that_event() -> None:
    """It looks at the score as it was before the step, whatever the step has made of it."""
    text = """policy "Halves"
    effective 2024-01-01

role User

clause 1 "a violation costs what there is above 50"
    state score: points = 100
    occurrence violation by User
    define cost on violation: points = score - 50
    on violation
        set score = score - cost
"""
    policy = write("halves.policy", text)
    told = "{date: 2024-02-01, event: violation, expect: {cost: %d, score: 50}}"
    assert call("run", policy, steps(told % 50))[0] == 0
    code, _, err = call("run", policy, steps(told % 0))
    assert code == 1
    assert "`cost` is 50 points here, not 0 points" in err


def test_variants_are_left_to_check() -> None:
    path = steps("{date: 2024-02-01}", head="start: 2024-01-01\nvariants:\n  - expect: [{score: 1}]")
    code, out, err = call("run", POLICY, path)
    assert (code, err) == (0, UNPLAYED)
    assert "score: 100 points" in out


def test_options_that_name_nothing() -> None:
    code, _, err = call(
        "run", POLICY, HISTORY, "--reading", "watch=in_day", "--param", "cots=1", "--until", "2024-02-30"
    )
    assert code == 3
    assert err.count("error[") == 3
    assert "did you mean `in_days`?" in err
    assert "did you mean `cost`?" in err


def test_an_account_as_json_follows_its_schema() -> None:
    schema = json.loads((ROOT / "docs/schema/account-1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    code, out, _ = call("run", POLICY, HISTORY, "--format", "json")
    assert code == 0
    account = json.loads(out)
    Draft202012Validator(schema).validate(account)
    assert [s["refused"] for s in account["steps"]].count(True) == 1


# --- histories with mistakes ---------------------------------------------------------------------


def test_an_expectation_that_is_not_met_is_not_as_expected() -> None:
    code, _, err = call("run", POLICY, steps("{date: 2024-02-01, event: violation, expect: {score: 94}}"))
    assert code == 1
    assert "error[E0509]: `score` is 95 points here, not 94 points" in err


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["{date: 2024-02-01, event: violation}", "{date: 2024-01-01, event: violation}"], ["E0502"]),
        (["{date: 2024-02-01, event: terminate}"], ["E0505"]),
        (["{date: 2024-02-01, event: violation, length: 400 days}"], ["E0506"]),
        (["{date: 2024-02-01, event: violaton}"], ["E0503"]),
        (["{date: 2024-02-01, event: violation, lenght: 3}"], ["E0503"]),
        (["{date: 2024-02-01, event: violation, length: 3 points}"], ["E0504"]),
        (["{date: 2024-02-30, event: violation}"], ["E0504"]),
        (["{event: violation}", "{date: 2024-02-01, event: x}", "{date: 2024-02-01, expect: {y: 1}}"],
         ["E0501", "E0503", "E0503"]),
        (["{date: 2024-02-01, event: new_year}"], ["E0503"]),
        (["{date: 2024-02-01, event: terminate, refused: true}"], []),
        (["{date: 2024-02-01, event: violation, refused: true}"], ["E0509"]),
        (["[]"], ["E0501"]),
        (["{date: 2024-02-01, event: violation, by: Platform}"], ["E0503"]),
    ],
)  # fmt: skip
def test_mistakes_have_their_codes(lines: list[str], codes: list[str]) -> None:
    code, _, err = call("run", POLICY, steps(*lines))
    found = [line.split("[")[1].split("]")[0] for line in err.splitlines() if line.startswith("error[")]
    assert found == codes
    assert code == (0 if not codes else 1 if codes == ["E0509"] else 3)


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("- 2024-01-05: violation\n", "start: 2023-01-31"),
        ("start: 2024-01-01\nsteps:\n  - violation\n", "{date: 2023-01-31, event: NAME}"),
    ],
)
def test_what_is_no_history_is_told_how_one_is_written(tmp_path: Path, text: str, example: str) -> None:
    (tmp_path / "h.yaml").write_text(text, encoding="utf-8")
    code, _, err = call("run", POLICY, str(tmp_path / "h.yaml"))
    assert code == 3
    assert f"hint: write it as in `{example}`" in err


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("h.yaml", "start: &a 2024-01-01\nsteps: [*a]\n", "anchors and aliases"),
        ("h.yaml", "start: !!python/object:os.system 2024\n", "tags"),
        ("h.yaml", "start: 2024-01-01\nsteps: [\n", "not YAML"),
        ("h.yaml", "start: 2024-01-01\n---\nstart: 2024-01-01\n", "second document"),
        ("h.yaml", "", "empty"),
        ("h.yaml", "a: " + "[" * 50 + "]" * 50, "nested"),
        ("h.yaml", "start: 2024-01-01\x00\n", "no place"),
        ("h.yaml", "start: 2024-01-01\nstart: 2024-01-02\nsteps: []\n", "twice"),
        ("h.yaml", "policy: Other\nstart: 2024-01-01\nsteps: []\n", "about `Other`"),
        ("h.yaml", "start: 2023-01-01\nsteps: []\n", "histories start on 2024-01-01"),
        ("h.json", '{"start": "2024-01-01", "steps": [}', "not JSON"),
        ("h.json", '{"start": "2024-01-01", "about": "\\u001b[31m", "steps": []}', "escape"),
        ("h.yaml", 'start: 2024-01-01\nabout: "\\e[31m"\nsteps: []', "escape"),
        ("h.json", "[" * 100_000, "nested"),
        ("h.json", '{"start": "2024-01-01", "steps": [{"date": 20240101}]}', "type date"),
        ("h.jsonl", '{"date": "2024-02-01", "event": "violation"}\nnonsense\n', "not JSON"),
        ("h.jsonl", "", "empty"),
    ],
)
def test_texts_that_are_no_history(name: str, text: str, what: str) -> None:
    code, _, err = call("run", POLICY, write(name, text))
    assert code == 3
    assert what in err
    assert "Traceback" not in err


def test_a_folder_as_history() -> None:
    code, _, err = call("run", POLICY, "specs")
    assert code == 3
    assert "E0601" in err


def test_a_history_that_is_not_there() -> None:
    assert call("run", POLICY, "nothing.yaml")[0] == 3
    assert call("run", POLICY, "nothing.jsonl")[0] == 3


def test_a_history_in_another_encoding(folder: Path) -> None:
    (folder / "h.yaml").write_bytes("start: 2024-01-01 # 违规".encode("gbk"))
    code, _, err = call("run", POLICY, "h.yaml")
    assert code == 3
    assert "E0602" in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_history(folder: Path) -> None:
    path = folder / HISTORY
    path.chmod(0)
    code, _, err = call("run", POLICY, HISTORY)
    assert code == 3
    assert "E0601" in err


def test_no_policy_in_the_file() -> None:
    code, _, err = call("run", "proofs/score.claims", HISTORY)
    assert code == 3
    assert "error[" in err


# --- long histories ------------------------------------------------------------------------------


def stream(count: int) -> str:
    lines = [
        json.dumps({"date": f"2024-{1 + i * 12 // count:02}-{1 + i * 28 // count % 28:02}", "event": "violation"})
        for i in range(count)
    ]
    return write("h.jsonl", "\n".join(sorted(lines)) + "\n")


def test_with_and_without_an_account_the_end_is_the_same() -> None:
    name = stream(300)
    _, full, _ = call("run", POLICY, name, "--until", "2026-01-01")
    code, quick, err = call("run", POLICY, name, "--until", "2026-01-01", "--no-account")
    assert code == 0
    assert full.endswith(quick)
    assert "300 steps read" in err


@pytest.mark.parametrize("name", [HISTORY, "h.json"])
def test_documents_without_an_account(name: str) -> None:
    given = [{"date": "2024-02-01", "event": "violation"}, {"date": "2025-06-01"}]
    write("h.json", json.dumps({"start": "2024-01-01", "steps": given}))
    _, full, _ = call("run", POLICY, name)
    code, quick, _ = call("run", POLICY, name, "--quiet")
    assert code == 0
    assert full.endswith(quick)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"date": "2024-01-01", "event": "violation"}', "E0502"),
        ('{"date": "2024-07-01", "event": "violation", "length": 400}', "E0506"),
        ('{"date": "2024-07-01", "event": "violation", "lenght": 4}', "E0503"),
        ('{"date": "2024-07-01", "event": ["violation"]}', "E0501"),
        ('{"date": "2024-07-01", "event": "violation", "expect": {"score": 1}}', "E0509"),
        ("[]", "E0501"),
        ("{", "E0501"),
    ],
)
def test_a_bad_line_in_a_stream_is_shown(line: str, code: str) -> None:
    good = '{"date": "2024-06-01", "event": "violation"}'
    name = write("h.jsonl", f"{good}\n{line}\n")
    for option in ("--no-account", "--format=text"):
        status, _, err = call("run", POLICY, name, option)
        assert status == (1 if code == "E0509" else 3)
        assert code in err
        assert "h.jsonl:2" in err


def test_a_stream_may_begin_with_a_head() -> None:
    head = '{"start": "2024-01-01", "parameters": {"cost": "10 points"}}'
    line = '{"date": "2024-06-01", "event": "violation"}'
    _, out, _ = call("run", POLICY, write("h.jsonl", f"{head}\n{line}\n"), "--quiet")
    assert "score: 90 points" in out


# --- fmt, explain, completion --------------------------------------------------------------------


def test_fmt_rewrites_and_keeps_permissions(folder: Path) -> None:
    path = folder / POLICY
    call("fmt")
    tidy = path.read_text(encoding="utf-8")
    path.write_text(tidy.replace("role User", "role   User"), encoding="utf-8")
    path.chmod(0o640)
    assert call("fmt", "--check")[0] == 1
    assert call("fmt")[0] == 0
    assert path.read_text(encoding="utf-8") == tidy
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert call("fmt", "--check")[0] == 0


def test_fmt_reads_standard_input() -> None:
    code, out, _ = call("fmt", "-", standard_input="role   User\n")
    assert (code, out) == (0, "role User\n")


def test_fmt_leaves_a_text_with_mistakes_alone(folder: Path) -> None:
    path = folder / POLICY
    path.write_text("role\n", encoding="utf-8")
    code, _, err = call("fmt", POLICY)
    assert code == 3
    assert "error[" in err
    assert path.read_text(encoding="utf-8") == "role\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_fmt_in_a_read_only_folder(folder: Path) -> None:
    path = folder / POLICY
    path.write_text("role   User\n", encoding="utf-8")
    path.parent.chmod(0o555)
    try:
        code, _, err = call("fmt", POLICY)
    finally:
        path.parent.chmod(0o755)
    assert code == 3
    assert "E0603" in err


def test_explain() -> None:
    code, out, _ = call("explain", "e0301")
    assert code == 0
    assert out.startswith("E0301: ")
    assert "E0502" in call("explain")[1]


def test_explain_knows_the_rules_of_reports() -> None:
    assert call("explain", "claim-fails")[1].startswith("claim-fails: a claim that is expected to hold fails\n")
    assert "text-conflict" in call("explain")[1]


def test_an_account_in_chinese() -> None:
    code, out, _ = call("run", POLICY, HISTORY, "--language", "zh")
    assert code == 0
    assert "经过开始" in out
    assert "拒绝" in out
    assert "history" not in out


def test_explain_suggests_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", "E0310x"]) == 3
    assert "did you mean `E0310`?" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    code, out, _ = call("completion", shell)
    assert "_POLICYDSL_COMPLETE" in out
    assert not code


@pytest.mark.parametrize("command", ["check", "run", "fmt", "explain", "completion"])
def test_help_has_an_example(command: str) -> None:
    done = CliRunner().invoke(cli, [command, "--help"])
    assert done.exit_code == 0
    assert f"policydsl {command}" in done.stdout


def test_version_loads_nothing_heavy() -> None:
    code = (
        "import sys; from policydsl.cli import run_command; run_command(['--version']); "
        "print(sorted({'z3', 'lark', 'numpy', 'rich', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True, timeout=20
    )
    assert done.stdout.splitlines()[-1] == "[]"
