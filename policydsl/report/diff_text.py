"""A comparison of two wordings for a terminal. Pure."""

from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from policydsl.report.diff_fates import BAD, GOOD, QUIET, how_soon
from policydsl.report.diff_model import DiffReport, ExpectLine, SideBySide, Transition
from policydsl.report.diff_remarks import alignment_lines
from policydsl.report.diff_told import story_also, story_end, story_heading, story_start, story_step
from policydsl.report.diff_words import (
    bug_lines,
    claim_line,
    claim_summary,
    clauses_line,
    cut_lines,
    equal_line,
    exit_line,
    expect_line,
    flaw_line,
    flaws_heading,
    of,
    reading_lines,
    relation_word,
    title_line,
    transition_lines,
    unordered_lines,
)
from policydsl.report.language import Language
from policydsl.report.terminal import terminal

_COLOURS = {"equivalent": "green", "stricter": "red", "more lenient": "cyan", "incomparable": "magenta"}


def render_diff_text(report: DiffReport, *, width: int, colour: bool, verbose: bool) -> str:
    """Return `report` as text of at most `width` columns."""
    out = StringIO()
    console = terminal(out, width=max(width, 40), colour=colour)
    _say(console, title_line(report), "bold")
    if report.because:
        _say(console, report.because, "dim")
    for cut in cut_lines(report):
        _say(console, cut, "bold red")
    _say(console, report.sentence, "bold")
    if report.clauses:
        _say(console, clauses_line(report))
    if report.relation != "equivalent":
        _verdicts(console, report)
    for story in report.stories:
        _story(console, story, of(report))
    _readings(console, report)
    for said in alignment_lines(report):
        _say(console, said, "yellow")
    _claims(console, report, verbose=verbose)
    if report.transition is not None:
        _transition(console, report.transition, of(report))
    for line in (*report.expected, *report.required):
        _expected(console, line, of(report))
    for bug in bug_lines(report):
        _say(console, bug, "bold red")
    _say(console, exit_line(report), "dim")
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _say(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))


def _verdicts(console: Console, report: DiffReport) -> None:
    roles, lang = [r.role for r in report.roles], of(report)
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 2, 0, 0))
    for heading in (lang.say("what"), *roles, lang.say("clauses")):
        table.add_column(Text(heading, style="bold"), overflow="fold")
    table.add_row(lang.say("all in all"), *(_relation(r.relation, lang) for r in report.roles), "")
    if any(r.by_default not in {None, r.relation} for r in report.roles):
        by_default = (_relation(r.by_default or "", lang) for r in report.roles)
        table.add_row("  " + lang.say("by default"), *by_default, "")
    for line in report.outcomes:
        if line.roles:
            by_role = dict(line.roles)
            table.add_row(line.name, *(_relation(by_role.get(r, ""), lang) for r in roles), ", ".join(line.clauses))
    if report.roles:
        console.print(table)
    for said in unordered_lines(report):
        _say(console, said, "dim")
    if report.equal:
        _say(console, equal_line(report), "green")


def _relation(said: str, lang: Language) -> Text:
    return Text(relation_word(said, lang), style=_COLOURS.get(said, ""))


# --- histories -----------------------------------------------------------------------------------


def _story(console: Console, story: SideBySide, lang: Language) -> None:
    _say(console, "")
    _say(console, story_heading(story, lang), "bold")
    _say(console, story_start(story, lang), "", 2)
    if story.steps:
        console.print(Padding(_steps(story, lang), (0, 0, 0, 2)))
    _say(console, lang.text((story_end(story, lang), *story_also(story, lang))), "", 2)


def _steps(story: SideBySide, lang: Language) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 2, 0, 0))
    for heading, ratio in (("", 3), (lang.say("under the old wording"), 4), (lang.say("under the new wording"), 4)):
        table.add_column(Text(heading, style="bold"), overflow="fold", ratio=ratio)
    for number, step in enumerate(story.steps, start=1):
        style = "bold" if step.parts else ""
        table.add_row(
            Text(story_step(number, step.date, step.what, lang)), Text(step.old, style), Text(step.new, style)
        )
    return table


# --- readings ------------------------------------------------------------------------------------


def _readings(console: Console, report: DiffReport) -> None:
    lines = list(reading_lines(report))
    if lines:
        _say(console, "")
        _say(console, of(report).say("By reading"), "bold")
        for line in lines:
            _say(console, line, "", 2)


# --- claims --------------------------------------------------------------------------------------


def _claims(console: Console, report: DiffReport, *, verbose: bool) -> None:
    if report.claims:
        _say(console, "")
        _say(console, claim_summary(report), "bold")
    for line in sorted(report.claims, key=how_soon):
        if line.fate not in QUIET:
            style = "red" if line.fate in BAD else "green" if line.fate in GOOD else "yellow"
            _say(console, claim_line(line, of(report)), style, 2)
            for paragraph in line.story:
                _say(console, paragraph, "", 4)
        elif verbose:
            _say(console, claim_line(line, of(report)), "dim", 2)
    if report.flaws:
        _say(console, "")
        _say(console, flaws_heading(report), "bold")
    for flaw in report.flaws:
        style = "red" if flaw.fate == "new" else "green" if flaw.fate == "mended" else "yellow"
        _say(console, flaw_line(flaw, of(report)), style, 2)
        for paragraph in flaw.story:
            _say(console, paragraph, "", 4)


# --- the rest ------------------------------------------------------------------------------------


def _transition(console: Console, transition: Transition, lang: Language) -> None:
    _say(console, "")
    _say(console, lang.say("On the day of the switch"), "bold")
    for text in transition_lines(transition, lang):
        _say(console, text, "", 2)
    for story in (s for line in transition.roles for s in line.stories):
        _story(console, story, lang)


def _expected(console: Console, line: ExpectLine, lang: Language) -> None:
    mark = {True: "✓", False: "✗", None: "?"}[line.met]
    style = {True: "green", False: "bold red", None: "yellow"}[line.met]
    _say(console, f"{mark} {expect_line(line, lang)}", style)
