"""`parse` reads what is right, finds every mistake at its place, and always returns."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.report.diagnostics import render_diagnostics
from policydsl.syntax import ast
from policydsl.syntax.parse import MAX_MISTAKES, parse
from policydsl.syntax.source import MAX_BLOCKS, MAX_NESTING
from tests.syntax.cases import EVERY_CONSTRUCT, GOOD, TRANSCRIBED, damaged, soup


@pytest.mark.parametrize("path", [*GOOD, *TRANSCRIBED], ids=lambda p: p.name)
def test_what_is_right_is_read(path: Path) -> None:
    tree, diagnostics = parse(path.read_text(encoding="utf-8"), path.name)
    assert diagnostics == ()
    assert tree.items


def well_placed(text: str) -> None:
    """Parse `text`; every diagnostic lies in it, and all can be shown."""
    _, diagnostics = parse(text, "f")
    lines = text.split("\n")
    for d in diagnostics:
        if d.span.line:
            assert 1 <= d.span.line <= d.span.end_line <= len(lines) + 1
            assert 1 <= d.span.column <= len(lines[d.span.line - 1]) + 1
            assert (d.span.line, d.span.column) < (d.span.end_line, d.span.end_column)
        assert d.message
    shown = render_diagnostics(diagnostics, {"f": text})
    assert all(c.isprintable() or c in "\n\u3000" for c in shown)


@given(soup)
@settings(max_examples=200, deadline=None)
def test_any_words(text: str) -> None:
    well_placed(text)


@given(soup)
@settings(max_examples=200, deadline=None)
def test_any_words_in_a_clause(text: str) -> None:
    well_placed(f'clause 1 "x"\n    {text}')


@given(damaged())
@settings(max_examples=200, deadline=None)
def test_damaged_files(text: str) -> None:
    well_placed(text)


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_characters(text: str) -> None:
    well_placed(text)


CLAUSE = 'clause 1 "x"\n    define a: boolean = '
ODD = {
    "empty": "",
    "blank lines": "\n\n   \n",
    "only comments": "-- one\n  -- two\n-- three",
    "no end of line": "role Creator",
    "ten megabytes of brackets": "(" * 10_000_000,
    "brackets": CLAUSE + "(" * 10_000 + ")" * 10_000,
    "brackets over lines": CLAUSE + "(\n" * 10_000,
    "closing brackets": CLAUSE + ")" * 1_500,
    "not": CLAUSE + "not " * 400 + "a",
    "not over lines": CLAUSE + "(\n" + "not\n" * 10_000 + "a)",
    "minus": CLAUSE + "- " * 900 + "a",
    "if": CLAUSE + "(" + "if a then b else\n" * 10_000 + "a)",
    "blocks": 'clause 1 "x"\n' + "".join(" " * i + "when a\n" for i in range(1, 2_000)),
    "NUL": "role \0",
    "many NUL": "\0" * 100_000,
    "many carriage returns": "role Creator\r\n" * 50_000,
    "many quotes": '"' * 1_900,
    "many backslashes": 'policy "' + "\\" * 1_900,
    "lone surrogate": "role \ud800",
    "mistakes": 'role "x"\n' * 20_000,
    "mistakes in a clause": 'clause 1 "x"\n' + "    nonsense\n" * 20_000,
    "mistakes in a claim": 'guarantee a "x"\n' + "    nonsense\n" * 20_000,
    "wrong at the end": 'clause 1 "x"\n    on',
    "bracket at the end": CLAUSE + "(",
    "quote at the end": 'policy "',
    "backslash at the end": 'policy "\\',
    "indent at the end": "role Creator\n    ",
    "keyword at the end": "clause",
    "long name": "role " + "x" * 1_900,
    "long number": CLAUSE + "1" * 1_900 + "\n",
    "long fraction": CLAUSE + "1." + "1" * 1_900,
    "many comments": "-- c\n" * 200_000,
    "many lines of one bracket": CLAUSE + "(\n" + "a and\n" * 50_000 + "a)",
    "ends of lines of other kinds": "role A\x0brole B\x0crole C\x85role D\u2028role E",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_texts_are_read_in_little_time(name: str) -> None:
    before = time.process_time()
    well_placed(ODD[name])
    assert time.process_time() - before < 10  # seconds; a few at most, also on a slow machine


def test_the_deepest_text_allowed_is_read() -> None:
    layers = "5"
    for _ in range(MAX_NESTING):
        layers = f"(if a then b else c or d and not 1 + 2 * -{layers} < 3)"
    assert parse(CLAUSE + layers, "f")[1] == ()
    assert [d.code for d in parse(f"{CLAUSE}({layers})", "f")[1]] == ["E0008"]
    blocks = "".join("    " * i + "when yes\n" for i in range(2, MAX_BLOCKS))
    text = f'clause 1 "x"\n    on a\n{blocks}{"    " * MAX_BLOCKS}set x = 1\n'
    assert parse(text, "f")[1] == ()


def test_other_items_are_read_past_a_mistake() -> None:
    tree, diagnostics = parse('role Creator\nrolle Client\nrole Platform\nclause 1 "x"\n    sate a\n', "f")
    assert [i.name.text for i in tree.items if isinstance(i, ast.Role)] == ["Creator", "Platform"]
    assert [d.span.line for d in diagnostics] == [2, 5]
    assert diagnostics[1].clause == "1"


def test_every_line_of_a_clause_is_looked_at() -> None:
    text = 'clause 1 "x"\n    sate a\n    state b: points = 1\n    on c\n        sett b = 2\n    count d\n'
    assert [d.span.line for d in parse(text, "f")[1]] == [2, 5, 6]


def test_too_many_mistakes() -> None:
    diagnostics = parse("nonsense\n" * (3 * MAX_MISTAKES), "f")[1]
    assert len(diagnostics) == MAX_MISTAKES + 1
    assert diagnostics[-1].code == "E0112"


def test_spans_end_with_the_last_word() -> None:
    text = 'clause 1 "x"\n    state a: points = 1  -- note\n\n    -- more\n    on b\n        set a = 2\n\n\nrole C\n'
    tree, _ = parse(text, "f")
    clause = tree.items[0]
    assert isinstance(clause, ast.Clause)
    spans = [clause.span, *(i.span for i in clause.items)]
    assert [(s.line, s.column, s.end_line, s.end_column) for s in spans] == [
        (1, 1, 6, 18),
        (2, 5, 2, 24),
        (5, 5, 6, 18),
    ]


def test_columns_count_characters() -> None:
    text = 'clause 1 "创作者"\n    state 分数: points = 创作 oops\n'
    (d,) = parse(text, "f")[1]
    assert (d.span.line, d.span.column, d.span.end_column) == (2, 27, 31)


@pytest.mark.parametrize("glued", ["rolePlatform", 'policy"x"', "claims about\n", 'clause 1"x"'])
def test_words_need_a_space_between_them(glued: str) -> None:
    _, diagnostics = parse(glued, "f")
    assert bool(diagnostics) == (not glued.endswith('"x"'))


def test_reading_stays_fast() -> None:
    text = EVERY_CONSTRUCT * 20
    parse("", "f")
    before = time.process_time()
    parse(text, "f")
    assert time.process_time() - before < 5  # 2,300 lines take 0.4 s
