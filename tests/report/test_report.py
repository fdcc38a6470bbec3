"""Renderers are pure: reports made by hand, what is said of them."""

import json
from dataclasses import replace

import pytest

from policydsl.base.diagnostic import Diagnostic, Severity
from policydsl.base.span import Span
from policydsl.report.endings import ending
from policydsl.report.json import render_json
from policydsl.report.model import (
    BugNote,
    Finding,
    HistoryResult,
    OptionVerdict,
    PolicyReport,
    ReadingVerdict,
    Report,
    Status,
    VerdictWord,
    exit_code,
)
from policydsl.report.telling import story_paragraphs
from policydsl.report.text import render_text
from policydsl.report.told import Change, Fact, Given, Setting, Story, StoryStep
from policydsl.report.verdicts import verdict_words
from policydsl.report.words import words_of

STORY = Story(
    start="2024-01-01",
    settings=(
        Setting("threshold", "3", is_reading=False, is_default=False),
        Setting("cost", "5 points", is_reading=False, is_default=True),
        Setting("watch", "a month", is_reading=True, is_default=False),
    ),
    initial=(("level", "low"),),
    steps=(
        StoryStep(
            "2024-01-31",
            "occurrence",
            "breach",
            "User",
            "2",
            (Given("kind", "spam", None, is_default=False), Given("length", "7 days", "Platform", is_default=False)),
            (Change("score", "100 points", "95 points", "2"), Change("watched until", "none", "2024-02-07", "3")),
        ),
        StoryStep("2024-02-01", "passage", "", None, None, (), ()),
        StoryStep(
            "2025-01-01", "schedule", "new year", None, "1", (), (Change("score", "95 points", "100 points", "1"),)
        ),
    ),
    facts=(
        Fact("score", "100 points", "95 points"),
        Fact("watched until", "2024-02-07", None),
        Fact("kind", None, "x"),
    ),
)
FINDING = Finding(
    name="ceiling",
    origin="claim",
    kind="guarantee",
    sentence="The score never exceeds 100",
    cites=("1",),
    protects=(),
    span=Span("p.claims", 3, 1, 5, 2),
    asks="always score <= 100",
    possible=False,
    expected="holds",
    verdict="holds",
    status="as expected",
)
POLICY = PolicyReport("p.policy", "Score", None, None, None, (), (), (FINDING,), (), (), (), ())
REPORT = Report((POLICY,), (), (), complete=True, open=0)


WORDS = words_of(POLICY, "en")


def with_claim(finding: Finding) -> Report:
    return replace(REPORT, policies=(replace(POLICY, claims=(finding,)),))


def shown(report: Report, *, width: int = 100, verbose: bool = False) -> str:
    return render_text(report, width=width, verbose=verbose)


@pytest.mark.parametrize(
    ("verdict", "possible", "words"),
    [
        ("holds", False, "proved for every history"),
        ("holds", True, "possible, after 3 steps"),
        ("fails", False, "fails after 3 steps"),
        ("fails", True, "impossible: proved for every history"),
        ("vacuous", False, "never applies: what it speaks of cannot happen"),
        ("bounded", False, "no violation within 3 steps; nothing is said beyond"),
        ("bounded", True, "not reached within 3 steps; nothing is said beyond"),
        ("undecided", False, "undecided: the budget ran out"),
    ],
)
def test_what_came_out_in_words(verdict: VerdictWord, words: str, *, possible: bool) -> None:
    finding = replace(FINDING, verdict=verdict, possible=possible, steps=3, reason="the budget ran out")
    assert verdict_words(finding, WORDS) == words


def test_a_story_in_paragraphs() -> None:
    assert list(story_paragraphs(STORY, WORDS)) == [
        "Given that threshold is 3 and “watch” is read as “a month”:",
        "In the beginning, on 1 January 2024: level low.",
        (
            "1. 31 January 2024: breach by User (clause 2), with kind spam; Platform chooses length 7 days. "
            "Clause 2: score falls from 100 points to 95 points. Clause 3: watched until is set to 2024-02-07."
        ),
        "2. 1 February 2024: nothing else has happened by this day.",
        "3. 1 January 2025: new year, by the calendar (clause 1). Clause 1: score rises from 95 points to 100 points.",
    ]
    assert list(ending(FINDING, STORY, WORDS)) == [
        ("In the end: score is 100 points, before it was 95 points; watched until is 2024-02-07; kind was x before."),
        "The claim was: `always score <= 100`.",
    ]


def error(code: str = "E0201", severity: Severity = "error") -> Diagnostic:
    return Diagnostic(code, Span("p.policy", 1, 1, 1, 2), "wrong", severity=severity)


def history(*found: Diagnostic, rejected: bool = False) -> Report:
    result = HistoryResult("h.yaml", None, found, rejected)
    return replace(REPORT, policies=(replace(POLICY, histories=(result,)),))


BUG = (BugNote("x", "ZeroDivisionError", "trace"),)
UNEXPECTED = with_claim(replace(FINDING, verdict="fails", status="not as expected", story=STORY, steps=3))
UNDECIDED = with_claim(replace(FINDING, verdict="bounded", status="undecided", steps=3))


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (REPORT, 0),
        (replace(REPORT, diagnostics=(error(severity="warning"),)), 0),
        (UNEXPECTED, 1),
        (history(error("E0509")), 1),
        (UNDECIDED, 2),
        (replace(REPORT, complete=False, open=3), 2),
        (replace(UNEXPECTED, diagnostics=(error(),)), 3),
        (history(error("E0503"), rejected=True), 3),
        (replace(UNEXPECTED, diagnostics=(error(),), bugs=BUG), 4),
        (replace(UNEXPECTED, complete=False), 1),
    ],
)
def test_which_exit_code_wins(report: Report, code: int) -> None:
    assert exit_code(report) == code
    assert json.loads(render_json(report))["exit_code"] == code


def test_bounded_never_looks_like_proved() -> None:
    text = shown(UNDECIDED)
    assert "✓" not in text
    assert "proved" not in text


def test_what_needs_attention_comes_first() -> None:
    late = replace(FINDING, name="late", verdict="fails", status="not as expected", story=STORY, steps=3)
    report = replace(REPORT, policies=(replace(POLICY, claims=(FINDING, late)),))
    text = shown(report, verbose=True)
    assert text.index("✗ late:") < text.index("✓ ceiling:")


def test_a_verdict_for_each_reading() -> None:
    options = (
        OptionVerdict("in_days", "in days", "holds", None),
        OptionVerdict("a_month", "a month", "fails", STORY),
        OptionVerdict("a_year", "a year", "bounded", None),
    )
    reading = ReadingVerdict("watch", "how long?", others_at_default=True, options=options)
    status: Status = "not as expected"
    text = shown(with_claim(replace(FINDING, verdict="depends", status=status, readings=(reading,))), width=200)
    assert "depends on how this is read: watch" in text
    assert "reading watch: how long?, the other readings at their defaults" in text
    assert "in_days (in days): proved for every history" in text
    assert "a_month (a month): fails" in text
    assert "a_year (a year): undecided" in text


def test_a_partial_report_says_so_first_and_last() -> None:
    lines = shown(replace(REPORT, complete=False, open=3)).strip().splitlines()
    assert lines[0].startswith("PARTIAL")
    assert lines[-1] == "PARTIAL: interrupted; 3 questions not reached"


@pytest.mark.parametrize("width", [30, 40, 79, 200])
def test_text_fits_the_width(width: int) -> None:
    text = shown(UNEXPECTED, width=width, verbose=True)
    assert max(len(line) for line in text.splitlines()) <= width
    assert all(line == line.rstrip() for line in text.splitlines())


def test_colours_only_when_asked_for() -> None:
    assert "\x1b[" not in shown(UNEXPECTED)
    assert "\x1b[" in render_text(UNEXPECTED, width=80, colour=True)


def test_marks_of_the_renderer_in_a_text_are_shown_as_they_are() -> None:
    text = shown(with_claim(replace(FINDING, sentence="[bold]x[/bold] :smile:", status="undecided")))
    assert "[bold]x[/bold] :smile:" in text
