"""A report in Markdown (GitHub's), to be put under a pull request. Pure."""

import re
from collections.abc import Iterator

from policydsl.report.diagnostics import harmless
from policydsl.report.model import Finding, PolicyReport, Report, Status, Story
from policydsl.report.prose import assumption_words, ending, story_paragraphs, verdict_words
from policydsl.report.text import summary

LONGEST = 60_000
"""Characters in all: GitHub refuses comments of more than 65,536."""
_LONGEST_TEXT = 1_000
_MARKS: dict[Status, str] = {"as expected": "✅", "not as expected": "❌", "undecided": "❓"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$^=])")
_JOINER = "\u2060"
"""Invisible; keeps `@name`, `#12` and addresses from becoming mentions and links."""


def render_markdown(report: Report) -> str:
    """Return `report` with what needs attention first; what does not fit is said to be left out."""
    head = [f"## policydsl: {esc(summary(report))}"]
    if not report.complete:
        head.append(f"**PARTIAL: interrupted; {report.open} questions not reached. This is not the whole answer.**")
    head += [f"❌ a bug in policydsl, while it worked on {esc(b.about)}: {esc(b.reason)}" for b in report.bugs]
    head += [f"{'❌' if d.is_error else '⚠️'} {esc(f'{d.code} {d.span}: {d.message}')}" for d in report.diagnostics]
    blocks = head + [block for policy in report.policies for block in _policy(policy)]
    return _fitting(blocks)


def _fitting(blocks: list[str]) -> str:
    """Return as many `blocks` as fit, from the first on."""
    kept: list[str] = []
    room = LONGEST
    for i, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0:
            kept.append(f"**{len(blocks) - i} more paragraphs are left out here: the whole report is too long.**")
            break
        kept.append(block)
    return "\n\n".join(kept) + "\n"


def _policy(policy: PolicyReport) -> Iterator[str]:
    yield f"### {esc(policy.title)} ({esc(policy.path)})"
    findings = (*policy.claims, *(o for o in policy.obligations if o.status != "as expected"))
    attention = [f for f in findings if f.status != "as expected"]
    for finding in sorted(attention, key=lambda f: f.status == "undecided"):
        yield from _attention(finding)
    for finding in policy.dead:
        yield f"⚠️ {esc(finding.sentence)} ({_clauses(finding)}{esc(finding.file)}:{finding.line})"
    for history in policy.histories:
        for d in history.diagnostics:
            yield f"❌ {esc(f'{d.span}: {d.message}')}"
    if findings:
        yield "\n".join(["| | question | what came out | expected |", "|---|---|---|---|", *map(_row, findings)])
    for note in dict.fromkeys(assumption_words(f) for f in findings if f.unmodelled):
        yield f"_{esc(note)}_"


def _row(finding: Finding) -> str:
    cells = (_MARKS[finding.status], esc(finding.name), esc(verdict_words(finding)), esc(finding.expected))
    return f"| {' | '.join(cells)} |"


def _attention(finding: Finding) -> Iterator[str]:
    yield f"#### {_MARKS[finding.status]} {esc(finding.name)}: {esc(finding.sentence)}"
    where = f"{_clauses(finding)}{esc(finding.file)}:{finding.line}"
    yield f"{esc(verdict_words(finding))}; expected: {esc(finding.expected)} ({where})"
    for reading in finding.readings:
        lines = [f"reading {esc(reading.reading)}: {esc(reading.question)}"]
        lines += [f"* {esc(o.option)} ({esc(o.summary)}): {esc(o.verdict)}" for o in reading.options]
        yield "\n".join(lines)
    if finding.story is not None:
        yield _story(finding, finding.story)


def _story(finding: Finding, story: Story) -> str:
    told = (*story_paragraphs(story), ending(finding, story))
    return "\n>\n".join(f"> {esc(paragraph)}" for paragraph in told)


def _clauses(finding: Finding) -> str:
    return f"clauses {esc(', '.join(finding.cites))}; " if finding.cites else ""


def esc(text: str) -> str:
    """Return `text` so that every reader of Markdown shows it as it is, on one line and not endlessly long."""
    text = harmless(" ".join(text.split()))
    if len(text) > _LONGEST_TEXT:
        text = f"{text[: _LONGEST_TEXT - 3]}..."
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    return re.sub(r"(@|\\#|://|www(?=\\\.))", rf"\1{_JOINER}", text)
