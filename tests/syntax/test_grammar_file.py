"""The grammar file is found in a wheel and in a checkout, and its absence is explained."""

from pathlib import Path

import pytest

from policydsl.syntax.grammar_file import grammar_path


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("start:\n", encoding="utf-8")
    return path


def test_the_copy_that_runs_has_its_grammar() -> None:
    assert grammar_path().read_text(encoding="utf-8")


def test_checkout(tmp_path: Path) -> None:
    expected = put(tmp_path / "grammar" / "policydsl.lark")
    assert grammar_path(tmp_path / "policydsl") == expected


def test_wheel_wins_over_a_foreign_folder_beside_it(tmp_path: Path) -> None:
    put(tmp_path / "grammar" / "policydsl.lark")
    expected = put(tmp_path / "policydsl" / "_grammar" / "policydsl.lark")
    assert grammar_path(tmp_path / "policydsl") == expected


def test_absent_grammar_names_both_places(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"incomplete.*_grammar.policydsl\.lark.* nor .*grammar.policydsl\.lark"
    ):
        grammar_path(tmp_path / "policydsl")
