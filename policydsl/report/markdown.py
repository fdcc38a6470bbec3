"""A report in Markdown (GitHub's), to be put under a pull request. Pure."""

import re
from collections.abc import Iterator

from policydsl.report.diagnostics import bounded, harmless
from policydsl.report.endings import ending
from policydsl.report.language import Language, language
from policydsl.report.model import Finding, PolicyReport, Report, Status
from policydsl.report.telling import story_paragraphs
from policydsl.report.text import open_words, summary
from policydsl.report.told import Story
from policydsl.report.verdicts import (
    assumption_words,
    expected_words,
    option_words,
    place_words,
    reading_words,
    verdict_words,
)
from policydsl.report.words import Words, words_of

LONGEST = 60_000
"""Characters in all: GitHub refuses comments of more than 65,536."""
_MARKS: dict[Status, str] = {"as expected": "✅", "not as expected": "❌", "undecided": "❓"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]|~$])")
_AT_START = re.compile(r"^(\d{0,9})([.)#+=-])")
"""What makes a list, a heading or a rule, where a line begins with it."""
_JOINER = "\u2060"
"""Invisible; keeps `@name`, `#12` and addresses from becoming mentions and links."""


def render_markdown(report: Report, code: str = "en") -> str:
    """Return `report` with what needs attention first; what does not fit is said to be left out."""
    head = [f"## policydsl: {esc(summary(report, language(code)))}"]
    if not report.complete:
        head.append(f"**{esc(open_words(report, language(code)))}**")
    lang = language(code)
    said = "a bug in policydsl, while it worked on `{about}`: {reason}"
    head += [f"❌ {esc(lang.say(said, about=b.about, reason=b.reason))}" for b in report.bugs]
    head += [f"{'❌' if d.is_error else '⚠️'} {esc(f'{d.code} {d.span}: {d.message}')}" for d in report.diagnostics]
    blocks = head + [block for policy in report.policies for block in _policy(policy, words_of(policy, code))]
    return fitting(blocks, lang)


def fitting(blocks: list[str], lang: Language) -> str:
    """Return as many `blocks` as fit, from the first on."""
    kept: list[str] = []
    room = LONGEST
    for i, block in enumerate(blocks):
        room -= len(block) + 2
        if room < 0:
            more = lang.count(
                "{n} more paragraph is left out here: the whole report is too long.",
                "{n} more paragraphs are left out here: the whole report is too long.",
                len(blocks) - i,
            )
            kept.append(f"**{esc(more)}**")
            break
        kept.append(block)
    return "\n\n".join(kept) + "\n"


def _policy(policy: PolicyReport, words: Words) -> Iterator[str]:
    yield f"### {esc(words.text(policy.title, policy.labels))} ({esc(policy.path)})"
    findings = (*policy.claims, *(o for o in policy.obligations if o.status != "as expected"))
    attention = [f for f in findings if f.status != "as expected"]
    for finding in sorted(attention, key=lambda f: f.status == "undecided"):
        yield from _attention(policy, finding, words)
    for finding in policy.dead:
        yield f"⚠️ {esc(words.text(finding.sentence, {}))} ({esc(place_words(finding, words.language))})"
    for history in policy.histories:
        for d in history.diagnostics:
            yield f"❌ {esc(f'{d.span}: {d.message}')}"
    if findings:
        say = words.language.say
        head = f"| | {esc(say('question'))} | {esc(say('what came out'))} | {esc(say('expected'))} |"
        yield "\n".join([head, "|---|---|---|---|", *(_row(f, words) for f in findings)])
    for note in dict.fromkeys(assumption_words(f, words) for f in findings if f.unmodelled):
        yield f"_{esc(note)}_"


def _row(finding: Finding, words: Words) -> str:
    said = (finding.name, verdict_words(finding, words), expected_words(finding, words))
    cells = (_MARKS[finding.status], *map(esc, said))
    return f"| {' | '.join(cells)} |"


def _attention(policy: PolicyReport, finding: Finding, words: Words) -> Iterator[str]:
    say = words.language.say
    yield f"#### {_MARKS[finding.status]} {esc(finding.name)}: {esc(words.text(finding.sentence, finding.labels))}"
    came, expected = verdict_words(finding, words), expected_words(finding, words)
    said = say("{came_out}; expected: {expected}", came_out=came, expected=expected)
    yield esc(f"{said} ({place_words(finding, words.language)})")
    for reading in finding.told_readings:
        lines = [esc(reading_words(reading, words))]
        for o in reading.options:
            called, came = words.value(reading.reading, o.option), option_words(finding, o.verdict, words)
            lines.append(
                f"* {esc(say('{option} ({about}): {came_out}', option=called, about=o.summary, came_out=came))}"
            )
        yield "\n".join(lines)
    if finding.story is not None:
        yield story_quoted(policy, finding, finding.story, words)


def story_quoted(policy: PolicyReport, finding: Finding, story: Story, words: Words) -> str:
    """Return `story` as a quotation."""
    told = (*story_paragraphs(story, words, policy.clauses), *ending(finding, story, words))
    return "\n>\n".join(f"> {esc(paragraph)}" for paragraph in told)


def esc(text: str) -> str:
    """Return `text` so that every reader of Markdown shows it as it is, on one line, without endless words."""
    text = bounded(harmless(" ".join(text.split())))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))
    return re.sub(r"(@|#|://|www(?=\.))", rf"\1{_JOINER}", text)
