"""The report of a comparison is kept for the very same question, and for no other."""

import os
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from click.testing import CliRunner

from policydsl.analyses.diff_claims import Judging
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.span import Span
from policydsl.cli import cli, confirmed, diff_kept
from policydsl.cli import diff as command
from policydsl.engines.verdict import Budget
from policydsl.front import kept
from policydsl.report import languages
from policydsl.report.diff_model import DiffReport
from tests.cli.test_diff import CLAIMS, DEARER, POLICY

HISTORY = """policy: Scores
history:
  - {date: 2024-02-01, event: breach}
"""


class Work:
    """Makes comparisons, the first one in earnest; counts them. They are `whole`, or not."""

    first: ClassVar[list[DiffReport]] = []

    def __init__(self, made: Callable[..., tuple[DiffReport, int, bool]]) -> None:
        self.times, self._made = 0, made
        self.whole = True

    def __call__(self, *given: Any, **options: Any) -> tuple[DiffReport, int, bool]:
        """Return what came of the first, and that it was made so many times."""
        self.times += 1
        if not self.first:
            report, _, whole = self._made(*given, **options)
            assert whole
            self.first.append(report)
        else:  # what is claimed is read in any case
            wordings, _, how, _, told = given
            command._claimed(wordings, {}, how, told, Judging(Budget(), 1, []))
        return replace(self.first[0], sentence=f"Made {self.times} times."), 0, self.whole


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    for name, text in (
        ("a.policy", POLICY),
        ("b.amendment", DEARER),
        ("proofs/a.claims", CLAIMS),
        ("a.histories/one.yaml", HISTORY),
        ("proofs/certificates/a/one.jsonl", "no certificate"),
        ("names", "# none\n"),
    ):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("POLICYDSL_CACHE", str(tmp_path / "cache"))
    return home


@pytest.fixture
def work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    assert Path.cwd() == folder
    made = Work(command._work)
    monkeypatch.setattr(command, "_work", made)
    diff()
    assert made.times == 1
    diff()
    assert made.times == 1
    return made


def diff(*arguments: str, sides: tuple[str, ...] = ("a.policy", "b.amendment")) -> tuple[int, str]:
    given = ["diff", *sides, "--jobs", "1", "--renames", "names", *arguments]
    result = CliRunner().invoke(cli, given, standalone_mode=False)
    assert result.exception is None, result.output
    assert isinstance(result.return_value, int)
    return result.return_value, result.output


def report_file() -> Path:
    (path,) = Path(os.environ["POLICYDSL_CACHE"]).glob("*.compared")
    return path


@pytest.mark.usefixtures("folder")
def test_a_kept_report_is_the_one_that_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = [[], ["-v"], ["--format", "markdown"], ["--format", "json"]]
    made = [diff(*form, "--no-cache") for form in forms]
    assert [diff(*form) for form in forms] == made
    monkeypatch.delattr(command, "_work")
    assert [diff(*form) for form in forms] == made
    assert diff("--format", "html", "-o", "page.html")[0] == 0
    assert "stricter" in Path("page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    ["a.policy", "b.amendment", "proofs/a.claims", "a.histories/one.yaml", "proofs/certificates/a/one.jsonl", "names"],
)
def test_each_text_counts(work: Work, name: str) -> None:
    path = Path(name)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n", encoding="utf-8")
    diff()
    assert work.times == 2
    diff()
    assert work.times == 2
    path.write_text(text, encoding="utf-8")
    diff()
    assert work.times == 3  # the latest is kept, no other


@pytest.mark.parametrize(
    "name", ["proofs/more.claims", "a.histories/two.yaml", "proofs/certificates/a/liveness/two.jsonl"]
)
def test_a_text_that_is_new_or_gone_counts(work: Work, name: str) -> None:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text('claims about "Another"\n' if path.suffix == ".claims" else HISTORY, encoding="utf-8")
    diff()
    assert work.times == 2
    path.unlink()
    diff()
    assert work.times == (2 if path.suffix == ".claims" else 3)  # with other claims it was another question


def test_what_is_imported_counts(work: Work) -> None:
    Path("shared.policy").write_text("enum Kind: light, grave\n", encoding="utf-8")
    Path("a.policy").write_text(
        POLICY.replace("role Network", 'import "shared.policy"\n\nrole Network'), encoding="utf-8"
    )
    diff()
    diff()
    assert work.times == 2
    Path("shared.policy").write_text("enum Kind: light, grave, odd\n", encoding="utf-8")
    diff()
    assert work.times == 3


@pytest.mark.parametrize(
    "option",
    [
        ["--require", "equivalent"], ["--budget", "3"], ["--limit", "99"], ["--language", "zh"], ["--no-claims"],
        ["--as-named"], ["--rename", "score=score"], ["--claims", "proofs/a.claims"], ["--no-cache"],
        ["--certificates", "stored"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_each_way_to_ask_counts(work: Work, option: list[str]) -> None:
    diff(*option)
    assert work.times == (1 if "--claims" in option else 2)  # the same files, named otherwise
    if option[0] in {"--no-cache", "--certificates"}:
        diff(*option)
        assert work.times == 3


def test_it_is_for_this_folder_alone(work: Work, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = folder.parent / "other"
    folder.rename(other)
    monkeypatch.chdir(other)
    diff()
    assert work.times == 2


def test_a_revision_may_move(work: Work) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        subprocess.run(["/usr/bin/env", "git", *who, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    sides = ("HEAD:a.policy", "a.policy")
    diff(sides=sides)
    diff(sides=sides)
    assert work.times == 2
    Path("a.policy").write_text(POLICY.replace("score - 5", "score - 6"), encoding="utf-8")
    git("commit", "-qam", "two")
    diff(sides=sides)
    assert work.times == 3


@pytest.mark.parametrize("module", [confirmed, kept], ids=["engines", "loading"])
def test_it_is_for_this_code_alone(work: Work, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    monkeypatch.setattr(module, "program", lambda: "other code")
    diff()
    diff()
    assert work.times == 2
    monkeypatch.setattr(module, "program", lambda: "")  # it is not to be seen: nothing is believed, nothing kept
    before = report_file().read_bytes()
    diff()
    diff()
    assert work.times == 4
    assert report_file().read_bytes() == before


def test_the_words_count(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zh.po").write_text("", encoding="utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    diff()
    assert work.times == 2


def test_what_changes_while_it_is_worked_on_is_not_kept(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    report_file().unlink()
    codes = iter(("old code", "new code"))
    with monkeypatch.context() as patch:
        patch.setattr(diff_kept, "_program", lambda: next(codes))
        diff()
    assert work.times == 2
    assert not list(Path(os.environ["POLICYDSL_CACHE"]).glob("*.compared"))
    contents = iter("abc" * 9)
    with monkeypatch.context() as patch:
        patch.setattr(diff_kept, "_content", lambda _: next(contents))
        diff()
    assert work.times == 3
    assert not list(Path(os.environ["POLICYDSL_CACHE"]).glob("*.compared"))


def test_a_text_that_changes_between_two_looks_is_not_kept() -> None:
    texts = iter(("one", "other", "one"))
    reading = diff_kept.Reading(lambda _: (next(texts), ()))
    for _ in range(3):
        reading("a")
    assert reading.seen() is None


def test_what_went_wrong_is_not_kept(work: Work) -> None:
    report_file().unlink()
    work.whole = False
    diff()
    diff()
    assert work.times == 3


def test_a_file_that_somebody_touched_is_passed_over(work: Work) -> None:
    path = report_file()
    whole = path.read_bytes()
    for spoilt in (whole[:-1], whole.replace(b"Made 1 times.", b"Made 9 times."), b"", whole[:64]):
        assert spoilt != whole
        path.write_bytes(spoilt)
        before = work.times
        assert "Made 9" not in diff()[1]
        assert work.times == before + 1
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IWOTH)
    before = work.times
    diff()
    assert work.times == before + 1


def test_it_makes_reports_and_nothing_else(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    del work
    assert DiffReport.__module__ in diff_kept._MODULES
    assert Diagnostic.__module__ in diff_kept._MODULES
    assert Span.__module__ in diff_kept._MODULES
    home = diff_kept.KeptReport(Path(os.environ["POLICYDSL_CACHE"]), "question")
    reading = diff_kept.Reading(lambda _: ("", ()))
    with monkeypatch.context() as patch:
        patch.setattr(diff_kept, "_hash", lambda _: "h")
        home.keep(cast("DiffReport", subprocess.Popen), reading)
    assert home.find(lambda _: ("", ())) is None
