"""Files are read as they are, or refused with a reason and a place."""

import os
from pathlib import Path

import pytest

from policydsl.syntax import source
from policydsl.syntax.source import check_source, place, read_source


def refused(path: Path) -> tuple[str, int, int]:
    text, (diagnostic,) = read_source(path)
    assert text is None
    assert diagnostic.span.file == str(path)
    return diagnostic.code, diagnostic.span.line, diagnostic.span.column


def test_the_text_is_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.policy"
    path.write_bytes("\ufeffrole 创作者\r\nrole B\r".encode())
    assert read_source(path) == ("\ufeffrole 创作者\r\nrole B\r", ())


def test_missing_and_folders(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.policy") == ("E0601", 0, 0)
    assert refused(tmp_path) == ("E0601", 0, 0)
    assert refused(Path("a\0b")) == ("E0601", 0, 0)
    assert refused(tmp_path / ("x" * 5_000)) == ("E0601", 0, 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == ("E0601", 0, 0)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a file that may not be read")
def test_a_protected_file(tmp_path: Path) -> None:
    path = tmp_path / "a.policy"
    path.touch(mode=0)
    assert refused(path) == ("E0601", 0, 0)


def test_the_first_wrong_byte_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.policy"
    path.write_bytes("role 创\nrole 作".encode() + "者".encode("gbk"))
    assert refused(path) == ("E0602", 2, 7)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("role A".encode("utf-16"), "UTF-16"),
        (b"%PDF-1.7\n%\xe2\xe3", "Word document or a PDF"),
        (b"PK\x03\x04\x14\x00\xad", "Word document or a PDF"),
    ],
)
def test_what_else_a_file_may_be_is_said(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.policy"
    path.write_bytes(data)
    _, (diagnostic,) = read_source(path)
    assert diagnostic.hint is not None
    assert said in diagnostic.hint


def test_a_large_file_is_not_read_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 10)
    path = tmp_path / "a.policy"
    path.write_bytes(b"role Abcde")
    assert read_source(path) == ("role Abcde", ())
    path.write_bytes(b"role Abcdef")
    assert refused(path) == ("E0001", 0, 0)


def test_white_space_is_reported_once() -> None:
    found = check_source("\ta\n\tb\r\n\u00a0\u00a0\u200b\u200b", "f")
    assert [(d.code, d.span.line, d.span.column) for d in found] == [
        ("E0003", 1, 1),
        ("E0004", 2, 3),
        ("E0006", 3, 1),
        ("E0005", 3, 3),
        ("E0005", 3, 4),
    ]
    assert "1 more" in found[0].message


def test_place() -> None:
    span = place("ab\ncd", "f", 4)
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 2, 2, 3)
