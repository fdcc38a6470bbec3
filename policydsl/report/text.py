"""A report for a terminal: a table for each policy, then the details, what needs attention first. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from policydsl.base.records import dataclass
from policydsl.report.diagnostics import harmless, render_diagnostic, render_diagnostics, source_texts
from policydsl.report.endings import ending
from policydsl.report.heard import heard
from policydsl.report.language import Language, language
from policydsl.report.model import Finding, HistoryResult, PolicyReport, Report, Status, exit_code
from policydsl.report.telling import story_paragraphs
from policydsl.report.terminal import terminal
from policydsl.report.told import Story
from policydsl.report.verdicts import (
    assumption_words,
    evidence_words,
    expected_words,
    history_words,
    in_order_of_need,
    option_words,
    place_words,
    reading_words,
    verdict_words,
)
from policydsl.report.words import Words, words_of

_MARKS: dict[Status, tuple[str, str]] = {
    "as expected": ("✓", "green"),
    "not as expected": ("✗", "bold red"),
    "undecided": ("?", "yellow"),
}


@dataclass(frozen=True, slots=True)
class _Page:
    """Where to write, and how."""

    console: Console
    language: Language
    sources: Mapping[str, str]
    verbose: bool

    def say(self, text: str, style: str = "", indent: int = 0) -> None:
        """Write a paragraph."""
        self.console.print(Padding(Text(harmless(text), style=style), (0, 0, 0, indent), expand=False))

    def raw(self, text: str) -> None:
        """Write lines as they are."""
        self.console.print(Text(text), soft_wrap=True)


def render_text(
    report: Report, code: str = "en", *, width: int = 100, colour: bool = False, verbose: bool = False
) -> str:
    """Return `report` as text of at most `width` columns (diagnostics aside), in the language with this code."""
    out = StringIO()
    console = terminal(out, width=width, colour=colour)
    page = _Page(console, language(code), source_texts(report), verbose)
    say = page.language.say
    if not report.complete:
        page.say(say("PARTIAL: interrupted; what follows is not the whole answer"), "bold yellow")
    if report.diagnostics:
        page.raw(render_diagnostics(report.diagnostics, page.sources))
    for policy in report.policies:
        _policy(page, policy)
    for bug in report.bugs:
        text = say("a bug in policydsl, while it worked on `{about}`: {reason}", about=bug.about, reason=bug.reason)
        page.say(text, "bold red")
    page.say(summary(report, page.language), "bold")
    if not report.complete:
        page.say(open_words(report, page.language), "bold yellow")
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def shortened(line: str, lang: Language) -> str:
    """Return a line of evidence; where all states were counted out, their list is the lemma, and long."""
    more = len(line) - _LONGEST_LEMMA
    if more <= 0:
        return line
    return lang.count(
        "{start} ... ({n} character more)", "{start} ... ({n} characters more)", more, start=line[:_LONGEST_LEMMA]
    )


_LONGEST_LEMMA = 600
"""Characters."""


def open_words(report: Report, lang: Language) -> str:
    """Return what an interrupted run has not reached."""
    return lang.count(
        "PARTIAL: interrupted; {n} question not reached", "PARTIAL: interrupted; {n} questions not reached", report.open
    )


def summary(report: Report, lang: Language) -> str:
    """Return the last line: how many findings are as expected, and what else there is to say.

    Nothing of an exit code where the run was interrupted: that is told by how it ends.
    """
    findings, count = report.findings, lang.count
    good = sum(f.status == "as expected" for f in findings)
    parts = [
        count("{good} of {n} question as expected", "{good} of {n} questions as expected", len(findings), good=good)
    ]
    wrong = sum(f.status == "not as expected" for f in findings)
    parts += [count("{n} not as expected", "{n} not as expected", wrong)] if wrong else []
    undecided = sum(f.status == "undecided" for f in findings)
    parts += [count("{n} undecided", "{n} undecided", undecided)] if undecided else []
    histories = [h for p in report.policies for h in p.histories]
    if histories:
        good = sum(not h.diagnostics for h in histories)
        parts.append(
            count("{good} of {n} history as written", "{good} of {n} histories as written", len(histories), good=good)
        )
    used, stale = report.certificates.used, report.certificates.stale
    parts += [count("{n} by certificate", "{n} by certificate", used)] if used else []
    parts += [count("{n} certificate stale", "{n} certificates stale", stale)] if stale else []
    dead = sum(len(p.dead) for p in report.policies)
    parts += [count("{n} dead clause", "{n} dead clauses", dead)] if dead else []
    errors = sum(d.is_error for d in report.diagnostics)
    parts += [count("{n} error", "{n} errors", errors)] if errors else []
    parts += _limits(report, lang)
    if not report.complete:
        return lang.series(parts)
    return lang.say("{summary} (exit code {code})", summary=lang.series(parts), code=exit_code(report))


def _limits(report: Report, lang: Language) -> list[str]:
    """Return what limits the answers besides what is not as expected."""
    tainted = sum(bool(f.unmodelled) for f in report.findings)
    said = lang.count(
        "{n} answer assumes clauses as not modelled", "{n} answers assume clauses as not modelled", tainted
    )
    parts = [said] if tainted else []
    if report.only:
        parts.append(lang.say("nothing else was asked (--only)"))
    bare = len(report.without_claims)
    said = lang.count("no claims were given about {n} policy", "no claims were given about {n} policies", bare)
    return [*parts, *([said] if bare else [])]


# --- one policy ----------------------------------------------------------------------------------


def _policy(page: _Page, policy: PolicyReport) -> None:
    words = words_of(policy, page.language.code)
    page.say(f"{words.text(policy.title, policy.labels)}  ({policy.path})", "bold")
    shown = [*policy.claims, *(o for o in policy.obligations if page.verbose or o.status != "as expected")]
    if shown:
        notes = list(dict.fromkeys(assumption_words(f, words) for f in shown if f.unmodelled))
        page.console.print(_table(shown, notes, words))
        for number, note in enumerate(notes, start=1):
            page.say(f"[{number}] {note}", "dim", 1)
    if not page.verbose and (general := general_words(policy.obligations, page.language)):
        page.say(f"✓ {general}", "green", 1)
    page.console.print()
    for finding in in_order_of_need(shown):
        if finding.status != "as expected" or page.verbose:
            _details(page, policy, finding, words)
    for finding in policy.dead:
        _dead(page, finding)
    for history in policy.histories:
        _history(page, history)
    if page.verbose:
        _background(page, policy, words)


def general_words(obligations: Sequence[Finding], lang: Language) -> str:
    """Return what was proved of the text as such; nothing for nothing."""
    kept = sum(o.status == "as expected" for o in obligations)
    if not kept:
        return ""
    if kept < len(obligations):
        return lang.count(
            "{n} other general question about the text proved",
            "{n} other general questions about the text proved",
            kept,
        )
    return lang.count(
        "{n} general question about the text proved: {met}",
        "{n} general questions about the text proved: {met}",
        kept,
        met=lang.say("no conflict of rules, nothing undefined, nothing out of its range"),
    )


def _table(findings: list[Finding], notes: list[str], words: Words) -> Table:
    say = words.language.say
    table = Table(box=None, pad_edge=True, show_header=True, header_style="dim", padding=(0, 1))
    table.add_column("")
    for heading in (say("question"), say("what came out"), say("expected")):
        table.add_column(heading, overflow="fold")
    for f in findings:
        mark, style = _MARKS[f.status]
        note = f" [{notes.index(assumption_words(f, words)) + 1}]" if f.unmodelled else ""
        said = verdict_words(f, words) + note
        table.add_row(Text(mark, style), *(Text(harmless(t)) for t in (f.name, said, expected_words(f, words))))
    return table


def _details(page: _Page, policy: PolicyReport, finding: Finding, words: Words) -> None:
    say = page.language.say
    mark, style = _MARKS[finding.status]
    page.say(f"{mark} {finding.name}: {words.text(finding.sentence, finding.labels)}", style)
    page.say(place_words(finding, page.language), "dim", 2)
    came, expected = verdict_words(finding, words), expected_words(finding, words)
    page.say(say("{came_out}; expected: {expected}", came_out=came, expected=expected), "", 2)
    if finding.unmodelled:
        page.say(assumption_words(finding, words), "", 2)
    if finding.protects:
        roles = page.language.join([words.name(r) for r in finding.protects])
        page.say(say("protects {roles}", roles=roles), "", 2)
    for reading in finding.told_readings:
        page.say(reading_words(reading, words), "", 2)
        for option in reading.options:
            said = option_words(finding, option.verdict, words)
            called = words.value(reading.reading, option.option)
            page.say(say("{option} ({about}): {came_out}", option=called, about=option.summary, came_out=said), "", 4)
            if option.story is not None:
                _story(page, policy, finding, option.story, 6)
    if finding.story is not None and not finding.told_readings:
        _story(page, policy, finding, finding.story, 2)
    for other in finding.others:
        page.say(say("another way:"), "", 2)
        _story(page, policy, finding, other, 4)
    if finding.reason is not None and finding.verdict == "bounded":
        page.say(finding.reason, "", 2)
    if page.verbose:
        _evidence(page, policy, finding)
    page.console.print()


def _story(page: _Page, policy: PolicyReport, finding: Finding, story: Story, indent: int) -> None:
    words = words_of(policy, page.language.code)
    for paragraph in (*story_paragraphs(story, words, policy.clauses), *ending(finding, story, words)):
        page.say(paragraph, "", indent)


def _evidence(page: _Page, policy: PolicyReport, finding: Finding) -> None:
    say = page.language.say
    words = words_of(policy, page.language.code)
    if finding.example is not None:
        page.say(say("a history in which it applies:"), "dim", 2)
        for paragraph in story_paragraphs(finding.example, words, policy.clauses):
            page.say(paragraph, "dim", 4)
    if finding.evidence is not None:
        page.say(evidence_words(finding.evidence, page.language), "dim", 2)
        for line in finding.evidence.invariant:
            page.say(shortened(line, page.language), "dim", 4)
    for attempt in finding.tried:
        page.say(say("tried: {attempt}", attempt=attempt), "dim", 2)


def _dead(page: _Page, finding: Finding) -> None:
    say = page.language.say
    page.say(say("warning: {sentence}", sentence=heard(finding.sentence, page.language)), "yellow")
    place = place_words(finding, page.language)
    page.say(say("proved for every history; {place}", place=place), "dim", 2)
    if page.verbose and finding.evidence is not None:
        page.say(evidence_words(finding.evidence, page.language), "dim", 2)
    page.console.print()


def _history(page: _Page, history: HistoryResult) -> None:
    if not history.diagnostics:
        page.say(f"✓ {history.path}", "green")
        return
    page.say(history_words(history, page.language), "bold red")
    for diagnostic in history.diagnostics:
        page.raw(render_diagnostic(diagnostic, page.sources))


def _background(page: _Page, policy: PolicyReport, words: Words) -> None:
    for line in _background_lines(policy, words):
        page.say(line, "dim", 2)
    page.console.print()


def _background_lines(policy: PolicyReport, words: Words) -> Iterator[str]:
    say = words.language.say
    for clause in policy.unmodelled:
        yield say(
            "clause {clause} is not formalised ({summary}): {because}",
            clause=clause.clause,
            summary=clause.summary,
            because=clause.because,
        )
    for reading in policy.readings:
        names = [(name, words.value(reading.name, name)) for name, _ in reading.options]
        options = ", ".join(say("{name} (default)", name=n) if o == reading.default else n for o, n in names)
        yield say(
            "reading {name} (clause {clause}): {question} {options}",
            name=words.name(reading.name),
            clause=reading.clause,
            question=reading.question,
            options=options,
        )
    for sentence in policy.unsure:
        yield say("not known whether this is so: {sentence}", sentence=words.text(sentence, {}))
