"""The parser's tables, kept in a file: whatever that file is, the parser is the one that the grammar makes."""

import sys
from pathlib import Path

import pytest
from lark import Lark

from policydsl.syntax import parse, tables
from policydsl.syntax.grammar_file import grammar_path

GRAMMAR = 'item: "a"+\n'
OTHER = 'item: "b"+\n'


def kept(folder: Path, grammar: str = GRAMMAR) -> tuple[Lark, bool]:
    """Return the parser, and whether it was built."""
    built: list[Lark] = []

    def build() -> Lark:
        built.append(Lark(grammar, parser="lalr", start="item"))
        return built[0]

    return tables.kept_parser(grammar, build, folder), bool(built)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "kept"


def test_tables_are_made_once(folder: Path) -> None:
    first, second = kept(folder), kept(folder)
    assert (first[1], second[1]) == (True, False)
    assert first[0].parse("aa") == second[0].parse("aa")
    assert len(list(folder.iterdir())) == 1  # nothing half-written is left


def test_another_grammar_has_other_tables(folder: Path) -> None:
    kept(folder)
    parser, built = kept(folder, OTHER)
    assert built
    assert parser.parse("b").data == "item"
    assert kept(folder)[1]


@pytest.mark.parametrize("keep", [0, 10, 64, -1])
def test_a_damaged_file_is_made_again(folder: Path, keep: int) -> None:
    kept(folder)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:keep])
    assert kept(folder)[1]
    assert not kept(folder)[1]


def test_another_lark_makes_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(folder)
    monkeypatch.setattr("lark.__version__", "0")
    assert kept(folder)[1]


def test_where_nothing_can_be_written_it_is_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("a file, where the folder should be", encoding="utf-8")
    assert kept(folder)[1]
    assert kept(folder)[1]
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    other = folder.with_name("other")
    assert kept(other)[1]
    assert not other.exists()


def test_a_policy_reads_the_same_by_kept_tables(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grammar = grammar_path().read_text(encoding="utf-8")
    texts = [p.read_text(encoding="utf-8") for p in sorted(grammar_path().parent.parent.glob("specs/*.policy"))]
    texts += ['policy "P"\nclause 1 "x"\n    state s: points =\n', "clause 1 x\n", "rolePlatform\n"]
    expected = [parse.parse(text, "p") for text in texts]
    for _ in range(2):
        parser = tables.kept_parser(grammar, lambda: parse._build(grammar), folder)
        monkeypatch.setattr(parse, "_parser", lambda own=parser: own)
        assert [parse.parse(text, "p") for text in texts] == expected
