"""A page for each policy, for lawyers who know the document: what was formalised, what was found, with the stories."""

from collections.abc import Iterator, Mapping, Sequence

from policydsl.report.endings import ending
from policydsl.report.language import language
from policydsl.report.markdown import esc
from policydsl.report.model import Finding, PolicyReport, Report, Story
from policydsl.report.stories import file_name
from policydsl.report.telling import story_paragraphs
from policydsl.report.text import open_words
from policydsl.report.verdicts import assumption_words, expected_words, option_words, reading_words, verdict_words
from policydsl.report.words import Words, words_of

NOTE = "<!-- made by `policydsl report RESULT --to pages`; edit the policy and its claims, not this page -->"
"""Stands at the top of each page."""


def render_pages(report: Report, code: str = "en") -> Mapping[str, str]:
    """Return the pages by file name, in Markdown. What was not decided is said first."""
    pages: dict[str, str] = {}
    for policy in report.policies:
        name = file_name(policy.path.rpartition("/")[2].removesuffix(".policy"))
        blocks = list(_page(report, policy, words_of(policy, code)))
        pages[f"{name}.md"] = "\n\n".join(blocks) + "\n"
    return pages


def _page(report: Report, policy: PolicyReport, words: Words) -> Iterator[str]:
    yield f"# {esc(words.text(policy.title, policy.labels))}"
    yield NOTE
    if not report.complete:
        yield f"**{esc(open_words(report, language(words.language.code)))}**"
    yield from _head(policy)
    weaknesses = [f for f in policy.claims if _is_weak(f)]
    rest = [f for f in policy.claims if f not in weaknesses]
    open_ = [f for f in rest if f.status == "undecided"]
    kept = [f for f in rest if f not in open_]
    for heading, findings in (
        ("Findings: where the text does not do what one would expect", weaknesses),
        ("Not decided", open_),
    ):
        if findings:
            yield f"## {heading}"
            for finding in findings:
                yield from _told(policy, finding, words)
    if kept:
        yield "## What the text guarantees"
        yield "\n".join(f"* {_sentence(f, words)}: {esc(verdict_words(f, words))}{_clauses(f)}" for f in kept)
    yield from _general(policy.obligations, policy.dead, words)
    yield from _readings(policy)
    yield from _clauses_table(policy)


def _is_weak(finding: Finding) -> bool:
    """Return whether a claim that somebody might rely on fails, depends on a reading or says nothing."""
    if finding.verdict in {"depends", "vacuous"}:
        return True
    return finding.verdict == "fails" and not finding.possible


def _head(policy: PolicyReport) -> Iterator[str]:
    facts = [("document", policy.document), ("edition", policy.edition), ("in force from", policy.effective)]
    yield "\n".join(f"* {name}: {esc(value)}" for name, value in facts if value) or "* document: not named"
    formalised = len(policy.clauses)
    counts = (
        f"{formalised} clauses are formalised, {len(policy.unmodelled)} are not (with the reason below); "
        f"{len(policy.readings)} ambiguities are kept as readings; {len(policy.claims)} claims are decided; "
        f"{len(policy.histories)} golden histories come out as written."
    )
    bad = sum(bool(h.diagnostics) for h in policy.histories)
    yield counts if not bad else f"{counts} **{bad} of these histories do not.**"


def _sentence(finding: Finding, words: Words) -> str:
    return esc(words.text(finding.sentence, finding.labels))


def _clauses(finding: Finding) -> str:
    return f" (clauses {esc(', '.join(finding.cites))})" if finding.cites else ""


def _told(policy: PolicyReport, finding: Finding, words: Words) -> Iterator[str]:
    yield f"### {_sentence(finding, words)}"
    came, expected = verdict_words(finding, words), expected_words(finding, words)
    note = "" if finding.status == "as expected" else f" **Expected: {esc(expected)}.**"
    yield f"**{esc(finding.name)}**: {esc(came)}{_clauses(finding)}.{note}"
    if finding.unmodelled:
        yield f"_{esc(assumption_words(finding, words))}_"
    for reading in finding.readings:
        yield esc(reading_words(reading, words))
        yield "\n".join(f"* {esc(o.summary)}: {esc(option_words(finding, o.verdict, words))}" for o in reading.options)
    story = finding.story
    for reading in finding.readings:
        story = next((o.story for o in reading.options if o.story is not None), story)
    if story is not None:
        yield _story(policy, finding, story, words)


def _story(policy: PolicyReport, finding: Finding, story: Story, words: Words) -> str:
    told = (*story_paragraphs(story, words, policy.clauses), *ending(finding, story, words))
    return "\n>\n".join(f"> {esc(paragraph)}" for paragraph in told)


def _general(obligations: Sequence[Finding], dead: Sequence[Finding], words: Words) -> Iterator[str]:
    broken = [o for o in obligations if o.status != "as expected"]
    yield "## General questions about the text"
    if obligations and not broken:
        yield f"{len(obligations)} proved for every history: no two rules conflict, nothing undefined is asked for."
    for finding in broken:
        yield f"* **{esc(finding.sentence)}: {esc(verdict_words(finding, words))}**"
    yield "\n".join(f"* {esc(f.sentence)}" for f in dead) or "No clause is dead: each takes effect in some history."


def _readings(policy: PolicyReport) -> Iterator[str]:
    if policy.readings:
        yield "## Ambiguities"
        lines = ["| clause | question | readings |", "|---|---|---|"]
        for r in policy.readings:
            options = "; ".join(
                f"{esc(text)}{' (taken first)' if name == r.default else ''}" for name, text in r.options
            )
            lines.append(f"| {esc(r.clause)} | {esc(r.question)} | {options} |")
        yield "\n".join(lines)


def _clauses_table(policy: PolicyReport) -> Iterator[str]:
    left = {u.clause for u in policy.unmodelled}
    yield "## What was formalised"
    yield "\n".join(
        [
            "| clause | in our words |",
            "|---|---|",
            *(_row(c.number, c.summary) for c in policy.clauses if c.number not in left),
        ]
    )
    if policy.unmodelled:
        yield "## What was not, and why"
        rows = (f"| {esc(u.clause)} | {esc(u.summary)} | {esc(u.because)} |" for u in policy.unmodelled)
        yield "\n".join(["| clause | in our words | why not |", "|---|---|---|", *rows])


def _row(number: str, summary: str) -> str:
    return f"| {esc(number)} | {esc(summary)} |"
