"""`--document`: the document's own sentences in reports, from check and from a saved result."""

import shutil
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result

from policydsl.cli import cli

FIXTURES = Path(__file__).parents[1] / "report/fixtures"
OWN = "A tool shall be returned within fourteen days."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(FIXTURES, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path / "work"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, standalone_mode=False)


ONLY = ("--only", "never_barred", "library.policy", "library.claims")


def test_a_story_quotes_the_document_once(folder: Path) -> None:
    text = call("check", *ONLY, "--document", "rules.txt").stdout
    assert text.count(OWN) == 1
    told = "Clause 2 (“a tool that is borrowed is due after two weeks; the library may give longer”"
    assert f"{told}; in the words of the document: “{OWN}" in text
    assert OWN not in call("check", *ONLY).stdout
    assert not [p for p in folder.rglob("*.policy") if OWN in p.read_text(encoding="utf-8")]


def test_a_saved_result_takes_the_document_later(folder: Path) -> None:
    call("check", *ONLY, "--format", "json", "--output", "result.json")
    assert OWN not in (folder / "result.json").read_text(encoding="utf-8")
    for form, file in (("html", "x.html"), ("markdown", "x.md"), ("json", "x.json"), ("docx", "x.docx")):
        assert (
            call("report", "result.json", "--document", "library=rules.txt", "--to", form, "-o", file).return_value == 0
        )
    assert all(OWN in (folder / f).read_text(encoding="utf-8") for f in ("x.html", "x.md", "x.json"))
    assert any(OWN in p.text for p in docx.Document(str(folder / "x.docx")).paragraphs)
    call("report", "result.json", "--document", "rules.txt", "--to", "pages", "-o", "pages")
    assert "| clause | in our words | in the words of the document |" in (folder / "pages/library.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("document", "code"),
    [("nowhere.txt", "E0601"), ("other=rules.txt", "E0604"), ("rules.pdf", "E0630"), ("empty.txt", "E0630")],
)
def test_documents_that_are_none(folder: Path, document: str, code: str) -> None:
    (folder / "rules.pdf").write_bytes(b"%PDF")
    (folder / "empty.txt").write_text("Nothing with a number.\n", encoding="utf-8")
    done = call("check", *ONLY, "--document", document)
    assert code in done.stderr
    assert done.return_value == 3
