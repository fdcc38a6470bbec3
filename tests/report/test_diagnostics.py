"""Diagnostics as text: the line, the place under it, and nothing that could harm a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policydsl.base.diagnostic import Diagnostic, Note
from policydsl.base.span import NOWHERE, Span
from policydsl.report.diagnostics import (
    MAX_WIDTH,
    count_line,
    render_diagnostic,
    render_diagnostics,
)


def at(line: int, column: int, end_column: int, end_line: int | None = None) -> Diagnostic:
    return Diagnostic("E0201", Span("f", line, column, end_line or line, end_column), "no such name")


def excerpt(diagnostic: Diagnostic, text: str) -> list[str]:
    """Return the source line and the line under it."""
    return render_diagnostic(diagnostic, {"f": text}).split("\n")[2:4]


def test_all_parts() -> None:
    text = 'clause 3.2.1 "x"\n    state balance: points = 0\n    assume balence >= 0\n'
    diagnostic = Diagnostic(
        "E0201",
        Span("typo.policy", 3, 12, 3, 19),
        "no variable named `balence` is in scope",
        "3.2.1",
        (Note(Span("typo.policy", 2, 11, 2, 18), "`balance` is declared here"), Note(NOWHERE, "read this")),
        "did you mean `balance`?",
    )
    assert render_diagnostics([diagnostic], {"typo.policy": text}) == (
        "error[E0201]: no variable named `balence` is in scope\n"
        "  --> typo.policy:3:12\n"
        "   3 |     assume balence >= 0\n"
        "     |            ^^^^^^^\n"
        "  in clause 3.2.1\n"
        "  note: typo.policy:2:11: `balance` is declared here\n"
        "   2 |     state balance: points = 0\n"
        "     |           ^^^^^^^\n"
        "  note: read this\n"
        "  hint: did you mean `balance`?\n"
        "\n"
        "1 error\n"
    )


def test_wide_characters_take_two_columns() -> None:
    assert excerpt(at(1, 4, 6), "a创b作者") == ["   1 | a创b作者", "     |     ^^^^"]


def test_marks_that_combine_take_none() -> None:
    assert excerpt(at(1, 3, 4), "e\u0301x") == ["   1 | e\u0301x", "     |  ^"]


def test_a_place_of_several_lines_underlines_the_first() -> None:
    assert excerpt(at(1, 3, 2, end_line=2), "abcd  \nef") == ["   1 | abcd", "     |   ^^"]


def test_the_end_of_a_line() -> None:
    assert excerpt(at(1, 3, 4), "ab") == ["   1 | ab", "     |   ^"]


def test_control_characters_are_shown_harmless() -> None:
    text = "a\x1b[31m\u202eb\tc\r\n"
    source, under = excerpt(at(1, 10, 11), text)
    assert source == "   1 | a<U+001B>[31m<U+202E>b c"
    assert under.index("^") == source.index("c")
    shown = render_diagnostic(Diagnostic("E0201", Span("\x1bf", 1, 1, 1, 2), "a\nb", hint="\x07"), {})
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "a\nb" not in shown


def test_a_long_line_is_cut_around_the_place() -> None:
    source, under = excerpt(at(1, 1_001, 1_004), "x" * 1_000 + "创作者" + "y" * 1_000)
    assert source.startswith("   1 | ...x")
    assert source.endswith("y...")
    assert len(source) <= len("   1 | ") + MAX_WIDTH
    assert under.count("^") == 6
    source, under = excerpt(at(1, 11, 1_900), "x" * 2_000)
    assert len(under) <= len("   1 | ") + MAX_WIDTH
    assert source.endswith("x...")


def test_files_that_are_not_at_hand() -> None:
    whole = Diagnostic("E0601", Span("f", 0, 0, 0, 0), "`f` does not exist")
    assert render_diagnostic(whole, {"f": "a"}) == "error[E0601]: `f` does not exist\n  --> f\n"
    assert render_diagnostic(at(7, 1, 2), {}) == "error[E0201]: no such name\n  --> f:7:1\n"
    assert render_diagnostic(at(7, 1, 2), {"f": "a"}) == "error[E0201]: no such name\n  --> f:7:1\n"


def test_counts() -> None:
    error, warning = at(1, 1, 2), Diagnostic("W0401", NOWHERE, "unused", severity="warning")
    assert count_line([error, error, warning]) == "2 errors, 1 warning"
    assert count_line([warning, warning]) == "2 warnings"
    assert count_line([]) == "no errors"
    assert render_diagnostics([], {}) == ""
    assert render_diagnostics([warning], {}) == "warning[W0401]: unused\n\n1 warning\n"


@given(st.text(), st.integers(0, 6), st.integers(0, 200), st.integers(0, 6), st.integers(0, 200))
def test_any_place_in_any_text(text: str, line: int, column: int, end_line: int, end_column: int) -> None:
    diagnostic = Diagnostic("E0201", Span("f", line, column, end_line, end_column), text)
    shown = render_diagnostic(diagnostic, {"f": text})
    assert all(c.isprintable() or c in "\n\u3000" for c in shown)


@pytest.mark.parametrize("text", ["", "\n", "\r\n"])
def test_empty_texts(text: str) -> None:
    assert excerpt(at(1, 1, 2), text) == ["   1 |", "     | ^"]
