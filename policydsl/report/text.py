"""A report for a terminal: a table for each policy, then the details, what needs attention first. Pure."""

from collections.abc import Iterator, Mapping
from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from policydsl.report.diagnostics import render_diagnostic, render_diagnostics
from policydsl.report.model import Finding, HistoryResult, PolicyReport, Report, Status, Story, exit_code
from policydsl.report.prose import assumption_words, ending, story_paragraphs, verdict_words

_MARKS: dict[Status, tuple[str, str]] = {
    "as expected": ("✓", "green"),
    "not as expected": ("✗", "bold red"),
    "undecided": ("?", "yellow"),
}
PARTIAL = "PARTIAL: interrupted; what follows is not the whole answer"
PARTIAL_END = "PARTIAL: interrupted; {open} not reached"
_NARROWEST = 30


_LONGEST_LEMMA = 600
"""Characters; where all states were counted out, their list is the lemma."""


def render_text(report: Report, sources: Mapping[str, str], *, width: int, colour: bool, verbose: bool) -> str:
    """Return `report` as text of at most `width` columns (diagnostics aside). `sources` are the texts it is about."""
    out = StringIO()
    console = Console(
        file=out,
        width=max(width, _NARROWEST),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    if not report.complete:
        _say(console, PARTIAL, "bold yellow")
    if report.diagnostics:
        _raw(console, render_diagnostics(report.diagnostics, sources))
    for policy in report.policies:
        _policy(console, policy, sources, verbose=verbose)
    for bug in report.bugs:
        _say(console, f"a bug in policydsl, while it worked on `{bug.about}`: {bug.reason}", "bold red")
    _say(console, summary(report), "bold")
    if not report.complete:
        _say(console, PARTIAL_END.format(open=_count(report.open, "question")), "bold yellow")
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _say(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))


def _raw(console: Console, text: str) -> None:
    console.print(Text(text), soft_wrap=True)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def summary(report: Report) -> str:
    """Return the last line: how many findings are as expected, and what else there is to say."""
    findings = report.findings
    parts = [f"{sum(f.status == 'as expected' for f in findings)} of {_count(len(findings), 'question')} as expected"]
    for status in ("not as expected", "undecided"):
        found = sum(f.status == status for f in findings)
        parts += [f"{found} {status}"] if found else []
    histories = [h for p in report.policies for h in p.histories]
    if histories:
        good = sum(not h.diagnostics for h in histories)
        parts.append(f"{good} of {_count(len(histories), 'history').replace('historys', 'histories')} as written")
    dead = sum(len(p.dead) for p in report.policies)
    parts += [_count(dead, "dead clause")] if dead else []
    errors = sum(d.is_error for d in report.diagnostics)
    parts += [_count(errors, "error")] if errors else []
    return "; ".join(parts) + f" (exit code {exit_code(report)})"


# --- one policy ----------------------------------------------------------------------------------


def _policy(console: Console, policy: PolicyReport, sources: Mapping[str, str], *, verbose: bool) -> None:
    _say(console, f"{policy.title}  ({policy.path})", "bold")
    shown = [*policy.claims, *(o for o in policy.obligations if verbose or o.status != "as expected")]
    if shown:
        notes = list(dict.fromkeys(assumption_words(f) for f in shown if f.unmodelled))
        console.print(_table(shown, notes))
        for number, note in enumerate(notes, start=1):
            _say(console, f"[{number}] {note}", "dim", 1)
    kept = len(policy.obligations) - sum(o.status != "as expected" for o in policy.obligations)
    if kept and not verbose:
        met = "no conflict of rules, nothing undefined, nothing out of its range"
        _say(console, f"✓ {_count(kept, 'general question')} about the text proved: {met}", "green", 1)
    console.print()
    for finding in _sorted(shown):
        if finding.status != "as expected" or verbose:
            _details(console, finding, verbose=verbose)
    for finding in policy.dead:
        _dead(console, finding, verbose=verbose)
    for history in policy.histories:
        _history(console, history, sources)
    if verbose:
        _background(console, policy)


def _sorted(findings: list[Finding]) -> list[Finding]:
    order: tuple[Status, ...] = ("not as expected", "undecided", "as expected")
    return sorted(findings, key=lambda f: order.index(f.status))


def _table(findings: list[Finding], notes: list[str]) -> Table:
    table = Table(box=None, pad_edge=True, show_header=True, header_style="dim", padding=(0, 1))
    table.add_column("")
    for heading in ("question", "what came out", "expected"):
        table.add_column(heading, overflow="fold")
    for f in findings:
        mark, style = _MARKS[f.status]
        note = f" [{notes.index(assumption_words(f)) + 1}]" if f.unmodelled else ""
        table.add_row(Text(mark, style), Text(f.name), Text(verdict_words(f) + note), Text(_expected(f)))
    return table


def _expected(finding: Finding) -> str:
    if finding.possible:
        return {"holds": "possible", "fails": "impossible"}.get(finding.expected, finding.expected)
    return finding.expected


def _details(console: Console, finding: Finding, *, verbose: bool) -> None:
    mark, style = _MARKS[finding.status]
    _say(console, f"{mark} {finding.name}: {finding.sentence}", style)
    cites = f"clauses {', '.join(finding.cites)}; " if finding.cites else ""
    _say(console, f"{cites}{finding.file}:{finding.line}", "dim", 2)
    _say(console, f"{verdict_words(finding)}; expected: {_expected(finding)}", "", 2)
    if finding.unmodelled:
        _say(console, assumption_words(finding), "", 2)
    if finding.protects:
        _say(console, f"protects {', '.join(finding.protects)}", "", 2)
    for reading in finding.readings:
        others = ", the other readings at their defaults" if reading.others_at_default else ""
        _say(console, f"reading {reading.reading}: {reading.question}{others}", "", 2)
        for option in reading.options:
            said = _option_words(finding, option.verdict)
            _say(console, f"{option.option} ({option.summary}): {said}", "", 4)
            if option.story is not None:
                _story(console, finding, option.story, 6)
    if finding.story is not None and not finding.readings:
        _story(console, finding, finding.story, 2)
    if finding.reason is not None and finding.verdict == "bounded":
        _say(console, finding.reason, "", 2)
    if verbose:
        _evidence(console, finding)
    console.print()


def _option_words(finding: Finding, verdict: str) -> str:
    good, bad = ("possible", "impossible") if finding.possible else ("proved for every history", "fails")
    words = {"holds": good, "fails": bad, "vacuous": "never applies (vacuous)"}
    return words.get(verdict, "undecided")


def _story(console: Console, finding: Finding, story: Story, indent: int) -> None:
    for paragraph in (*story_paragraphs(story), ending(finding, story)):
        _say(console, paragraph, "", indent)


def _evidence(console: Console, finding: Finding) -> None:
    if finding.example is not None:
        _say(console, "a history in which it applies:", "dim", 2)
        for paragraph in story_paragraphs(finding.example):
            _say(console, paragraph, "dim", 4)
    if finding.evidence is not None:
        _say(console, f"evidence: {finding.evidence.method}, re-checked; seal {finding.evidence.seal[:16]}", "dim", 2)
        for line in finding.evidence.invariant:
            more = len(line) - _LONGEST_LEMMA
            _say(console, line if more <= 0 else f"{line[:_LONGEST_LEMMA]} ... ({more} characters more)", "dim", 4)
    for attempt in finding.tried:
        _say(console, f"tried: {attempt}", "dim", 2)


def _dead(console: Console, finding: Finding, *, verbose: bool) -> None:
    _say(console, f"warning: {finding.sentence}", "yellow")
    clauses = f"clauses {', '.join(finding.cites)}; " if finding.cites else ""
    _say(console, f"proved for every history; {clauses}{finding.file}:{finding.line}", "dim", 2)
    if verbose:
        _evidence(console, finding)
    console.print()


def _history(console: Console, history: HistoryResult, sources: Mapping[str, str]) -> None:
    if not history.diagnostics:
        _say(console, f"✓ {history.path}", "green")
        return
    word = "cannot be read" if history.rejected else "is not as written"
    _say(console, f"✗ {history.path} {word}", "bold red")
    for diagnostic in history.diagnostics:
        _raw(console, render_diagnostic(diagnostic, sources))


def _background(console: Console, policy: PolicyReport) -> None:
    for line in _background_lines(policy):
        _say(console, line, "dim", 2)
    console.print()


def _background_lines(policy: PolicyReport) -> Iterator[str]:
    for clause in policy.unmodelled:
        yield f"clause {clause.clause} is not formalised ({clause.summary}): {clause.because}"
    for reading in policy.readings:
        options = ", ".join(f"{name}{' (default)' if name == reading.default else ''}" for name, _ in reading.options)
        yield f"reading {reading.name} (clause {reading.clause}): {reading.question} {options}"
    for sentence in policy.unsure:
        yield f"not known whether this is so: {sentence}"
