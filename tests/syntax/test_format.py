"""The canonical layout keeps the tree and the comments, and laying out twice changes nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.syntax.format import format_text, repair
from policydsl.syntax.parse import parse
from tests.syntax.cases import EVERY_CONSTRUCT, GOOD, TRANSCRIBED, damaged


def laid_out(text: str) -> str:
    result, diagnostics = format_text(text, "f")
    assert result is not None, diagnostics
    return result


def comments(text: str) -> list[str]:
    return [c.strip() for c in re.findall(r'^(?:"(?:\\.|[^"\\\n])*"|(?!--).)*?(--.*)$', text, re.MULTILINE)]


def keeps_everything(text: str) -> None:
    result, diagnostics = format_text(text, "f")
    repaired = repair(text)
    before, problems = parse(repaired, "f")
    assert (result is None) == bool(problems) or diagnostics
    if result is None:
        return
    assert parse(result, "f") == (before, ())
    assert comments(result) == comments(repaired)
    assert format_text(result, "f") == (result, ())
    assert not re.search(r"[ \t]\n|\n\n\n|\A\n|\n\n\Z|\t|\r", result)


@pytest.mark.parametrize("path", [*GOOD, *TRANSCRIBED], ids=lambda p: p.name)
def test_nothing_is_lost(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert laid_out(text)
    keeps_everything(text)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_layout_of_the_same_words(data: st.DataObject) -> None:
    """Insert spaces, blank lines and comments where they mean nothing: the result is independent of most of them."""
    lines = []
    for line in EVERY_CONSTRUCT.split("\n"):
        margin = len(line) - len(line.lstrip(" "))
        kind = data.draw(st.integers(0, 12))
        if kind == 0:
            lines.append("")
        if kind == 1:
            lines.append(" " * data.draw(st.integers(0, 12)) + "-- a note")
        if kind in {2, 3} and '"' not in line and "--" not in line:
            line = " " * margin + line.strip().replace(" ", "   ").replace(":", " : ").replace(",", " ,")  # noqa: PLW2901
        if kind == 4 and "--" not in line:
            line += " --note"  # noqa: PLW2901
        lines.append(line + " " * data.draw(st.integers(0, 2)))
    keeps_everything("\n".join(lines))


@given(damaged())
@settings(max_examples=60, deadline=None)
def test_damaged_files(text: str) -> None:
    keeps_everything(text)


LAYOUTS = {
    "spaces": ("role   Creator", "role Creator\n"),
    "items": (
        'role A\nclause 1 "x"\n    assume a\nrole B\nrole C\n\n\n\nrole D',
        'role A\n\nclause 1 "x"\n    assume a\n\nrole B\nrole C\n\nrole D\n',
    ),
    "depth": ('clause 1 "x"\n on a\n   set b = 1\n', 'clause 1 "x"\n    on a\n        set b = 1\n'),
    "comments": (
        '--a\nclause 1 "x" -- b\n        -- c\n   assume a\n\n   -- d\n-- e\nrole A--f\n -- g\n\n\n',
        '--a\nclause 1 "x"  -- b\n    -- c\n    assume a\n\n    -- d\n\n-- e\nrole A  --f\n-- g\n',
    ),
    "a comment between blocks": (
        'clause 1 "x"\n  on a\n    set b = 1\n    -- of a\n  -- of b\n  on b\n    set b = 2\n',
        'clause 1 "x"\n    on a\n        set b = 1\n        -- of a\n    -- of b\n    on b\n        set b = 2\n',
    ),
    "brackets": (
        'clause 1 "x"\n  assume min( a, -- one\n b [ 1 ],\n\n -- two\n  - 2 - - 3 ) > -1 % or a in( 1 ,)\n',
        'clause 1 "x"\n    assume min(a,  -- one\n        b[1],\n        -- two\n        -2 - -3) > -1% or a in (1,)\n',
    ),
    "a closing bracket": (
        'clause 1 "x"\n  assume min(\n 1,\n 2\n) > 1\n',
        'clause 1 "x"\n    assume min(\n        1,\n        2\n    ) > 1\n',
    ),
    "header": (
        'policy "x"\n  issuer A\n  month ends last day\n  time   zone UTC\n',
        'policy "x"\n    issuer     A\n    month ends last day\n    time zone  UTC\n',
    ),
    "cases": (
        'clause 1 "x"\n  define a: b\n    违规 when c\n    1 otherwise -- d\n    ',
        'clause 1 "x"\n    define a: b\n        违规 when c\n        1    otherwise  -- d\n',
    ),
    "rows": (
        'clause 1 "x"\n  table t of a: b, all rows\n    (0,5]: c -- 1\n    any: d -- 2\n',
        'clause 1 "x"\n    table t of a: b, all rows\n        (0, 5]: c  -- 1\n        any:    d  -- 2\n',
    ),
    "comments with a gap": (
        "role A -- a\nrole Bcd -- b\n\nrole Efghi -- e\nenum X: -- x\n  a -- a\n",
        "role A    -- a\nrole Bcd  -- b\n\nrole Efghi  -- e\n\nenum X:  -- x\n    a  -- a\n",
    ),
    "mark and line ends": ('\ufeffpolicy "x"\r\n\tissuer\u00a0A\r\n', 'policy "x"\n    issuer A\n'),
    "only comments": ("\n\n -- a\n\n\n-- b", "-- a\n\n-- b\n"),
    "nothing": ("\n \n", ""),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    before, after = LAYOUTS[name]
    assert laid_out(before) == after
    assert laid_out(after) == after


def test_a_text_with_mistakes_is_left_alone() -> None:
    result, diagnostics = format_text("rolle Creator\n", "f")
    assert result is None
    assert [d.code for d in diagnostics] == ["E0101"]


def test_a_text_that_would_grow_too_wide_is_left_alone() -> None:
    text = 'clause 1 "x"\n    assume a=' + "+".join(["1"] * 900) + "\n"
    assert parse(text, "f")[1] == ()
    result, diagnostics = format_text(text, "f")
    assert result is None
    assert [d.code for d in diagnostics] == ["E0007"]
