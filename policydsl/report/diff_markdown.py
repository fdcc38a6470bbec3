"""A comparison of two wordings as a review comment (GitHub's Markdown): what a person reads in a minute. Pure."""

from collections.abc import Iterator

from policydsl.report.diff_model import DiffReport, ExpectLine, SideBySide
from policydsl.report.diff_text import (
    alignment_lines,
    claim_summary,
    claim_words,
    reading_lines,
    story_end,
    story_heading,
    transition_lines,
    unordered_lines,
)
from policydsl.report.markdown import esc, fitting

_BAD, _GOOD = frozenset({"lost", "worse", "meaningless"}), frozenset({"gained", "mended"})
_STORIES = 2
"""So many histories are shown; the rest is folded away."""


def render_diff_markdown(report: DiffReport) -> str:
    """Return `report`: the sentence, the table, the story, the clauses, the claims."""
    return fitting(list(_blocks(report)))


def _blocks(report: DiffReport) -> Iterator[str]:
    yield f"## {esc(report.title)}: {esc(report.amendment or report.new)}"
    yield f"**{esc(report.sentence)}**" + (f" {esc(report.because)}" if report.because else "")
    yield from (f"❌ a bug in policydsl, while it worked on {esc(b.about)}: {esc(b.reason)}" for b in report.bugs)
    asked = [_expected(line) for line in (*report.required, *report.expected)]
    if asked:
        yield "\n".join(asked)
    if report.relation != "equivalent":
        yield _table(report)
        yield from map(esc, unordered_lines(report))
    if report.clauses:
        yield f"Clauses whose text differs: {esc(', '.join(report.clauses))}."
    for story in report.stories[:_STORIES]:
        yield from _story(story)
    loud = list(_claims(report))
    if loud:
        yield "\n".join(loud)
    lines = [*reading_lines(report)]
    if report.transition is not None:
        lines += transition_lines(report.transition)
    lines += alignment_lines(report)
    if lines:
        yield "\n".join(f"- {esc(line)}" for line in lines)
    more = [*report.stories[_STORIES:]]
    if report.transition is not None:
        more += [line.story for line in report.transition.roles if line.story is not None]
    if more:
        yield "<details><summary>More histories</summary>"
        for story in more:
            yield from _story(story)
        yield "</details>"
    if report.claims:
        yield f"Claims: {esc(claim_summary(report))}. Outcomes that are the same in every history: {report.equal}."


def _expected(line: ExpectLine) -> str:
    mark = {True: "✅", False: "❌", None: "❓"}[line.met]
    return f"- {mark} expected: {esc(line.said)}" + ("" if line.met else f"; found: {esc(line.found)}")


def _table(report: DiffReport) -> str:
    roles = [r.role for r in report.roles]
    rows = [["what", *roles, "clauses"], ["---"] * (len(roles) + 2)]
    rows.append(["**all in all**", *(esc(r.relation) for r in report.roles), ""])
    if any(r.by_default not in {None, r.relation} for r in report.roles):
        rows.append(["by default", *(esc(r.by_default or "") for r in report.roles), ""])
    for line in report.outcomes:
        if line.roles:
            by_role = dict(line.roles)
            rows.append([esc(line.name), *(esc(by_role.get(r, "")) for r in roles), esc(", ".join(line.clauses))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _story(story: SideBySide) -> Iterator[str]:
    setting = f"{esc(story.setting)}; " if story.setting else ""
    yield f"**{esc(story_heading(story))}** {setting}it begins on {story.start}."
    rows = ["| | under the old wording | under the new wording |", "|---|---|---|"]
    for number, step in enumerate(story.steps, start=1):
        bold = "**" if step.parts else ""
        cells = (
            f"{number}\\. {step.date}: {esc(step.what)}",
            f"{bold}{esc(step.old)}{bold}",
            f"{bold}{esc(step.new)}{bold}",
        )
        rows.append(f"| {' | '.join(cells)} |")
    yield "\n".join(rows)
    yield esc(story_end(story))


def _claims(report: DiffReport) -> Iterator[str]:
    for line in report.claims:
        mark = "❌" if line.fate in _BAD else "✅" if line.fate in _GOOD else "❓" if line.fate == "undecided" else ""
        if mark or line.fate == "other readings":
            yield f"- {mark or '⚠️'} {line.fate}: **{esc(line.name)}** {esc(line.sentence)} ({esc(claim_words(line))})"
    for flaw in report.flaws:
        mark = {"new": "❌", "mended": "✅"}.get(flaw.fate, "❓")
        yield f"- {mark} {flaw.fate}: {esc(flaw.sentence)} (clauses {esc(', '.join(flaw.clauses))})"
