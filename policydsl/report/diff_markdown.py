"""A comparison of two wordings as a review comment (GitHub's Markdown): what a person reads in a minute. Pure."""

from collections.abc import Iterator, Sequence

from policydsl.report.diff_fates import BAD, GOOD, QUIET, fate_word, how_soon
from policydsl.report.diff_model import ClaimLine, DiffReport, ExpectLine, SideBySide
from policydsl.report.diff_remarks import alignment_lines
from policydsl.report.diff_told import story_also, story_end, story_heading, story_start, story_step
from policydsl.report.diff_words import (
    bug_lines,
    claim_summary,
    claim_words,
    clauses_line,
    cut_lines,
    equal_line,
    expect_line,
    flaw_line,
    flaws_heading,
    of,
    reading_lines,
    relation_word,
    transition_lines,
    unordered_lines,
)
from policydsl.report.language import Language
from policydsl.report.markdown import esc, fitting

_STORIES = 2
"""So many histories are shown; the rest is folded away."""
_TOLD = 3
"""So many claims that are about nothing any more are told one by one; what more of them say is folded away."""


def render_diff_markdown(report: DiffReport) -> str:
    """Return `report`: the sentence, the table, the story, the clauses, the claims."""
    return fitting(list(_blocks(report)), of(report))


def _blocks(report: DiffReport) -> Iterator[str]:
    lang = of(report)
    title = lang.say("{title}: {what}", title=report.title, what=report.amendment or report.new)
    yield f"## {esc(title)}"
    yield f"**{esc(report.sentence)}**" + (f" {esc(report.because)}" if report.because else "")
    yield from (f"❌ {esc(cut)}" for cut in cut_lines(report))
    yield from (f"❌ {esc(bug)}" for bug in bug_lines(report))
    asked = [_expected(line, lang) for line in (*report.required, *report.expected)]
    if asked:
        yield "\n".join(asked)
    if report.relation != "equivalent":
        yield _table(report)
        yield from map(esc, unordered_lines(report))
    if report.clauses:
        yield esc(clauses_line(report))
    for story in report.stories[:_STORIES]:
        yield from _story(story, lang)
    loud = list(_claims(report))
    if loud:
        yield "\n".join(loud)
    if report.flaws:
        yield f"**{esc(flaws_heading(report))}**"
        yield "\n".join(_flaws(report))
    lines = [*reading_lines(report)]
    if report.transition is not None:
        lines += transition_lines(report.transition, lang)
    lines += alignment_lines(report)
    if lines:
        yield "\n".join(f"- {esc(line)}" for line in lines)
    yield from _folded(report)
    same = [equal_line(report)] if report.equal else []
    if report.claims:
        same = [lang.say("{what}.", what=claim_summary(report)), *same]
    if same:
        yield esc(lang.text(same))


def _folded(report: DiffReport) -> Iterator[str]:
    """Yield what a reader may open, each all of it: what is left out of a report is not to be hidden in it."""
    lang = of(report)
    more = [*report.stories[_STORIES:]]
    if report.transition is not None:
        more += [story for line in report.transition.roles for story in line.stories]
    if more:
        yield _opened(lang.say("More histories"), [part for story in more for part in _story(story, lang)])
    if empty := _empty(report):
        told = "\n".join(_claim(line, lang) for line in empty)
        yield _opened(lang.say("Claims that are about nothing any more"), [told])


def _opened(summary: str, blocks: Sequence[str]) -> str:
    return "\n\n".join([f"<details><summary>{esc(summary)}</summary>", *blocks, "</details>"])


def _expected(line: ExpectLine, lang: Language) -> str:
    mark = {True: "✅", False: "❌", None: "❓"}[line.met]
    return f"- {mark} {esc(expect_line(line, lang))}"


def _table(report: DiffReport) -> str:
    roles, lang = [r.role for r in report.roles], of(report)
    rows = [[esc(lang.say("what")), *map(esc, roles), esc(lang.say("clauses"))], ["---"] * (len(roles) + 2)]
    whole = lang.say("all in all")
    rows.append([f"**{esc(whole)}**", *(_relation(r.relation, lang) for r in report.roles), ""])
    if any(r.by_default not in {None, r.relation} for r in report.roles):
        by_default = (_relation(r.by_default or "", lang) for r in report.roles)
        rows.append([esc(lang.say("by default")), *by_default, ""])
    for line in report.outcomes:
        if line.roles:
            by_role = dict(line.roles)
            verdicts = (_relation(by_role.get(r, ""), lang) for r in roles)
            rows.append([esc(line.name), *verdicts, esc(", ".join(line.clauses))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _relation(said: str, lang: Language) -> str:
    return esc(relation_word(said, lang))


def _story(story: SideBySide, lang: Language) -> Iterator[str]:
    yield f"**{esc(story_heading(story, lang))}** {esc(story_start(story, lang))}"
    if story.steps:
        yield "\n".join(_steps(story, lang))
    yield esc(lang.text((story_end(story, lang), *story_also(story, lang))))


def _steps(story: SideBySide, lang: Language) -> Iterator[str]:
    heads = [esc(lang.say("under the old wording")), esc(lang.say("under the new wording"))]
    yield f"| | {' | '.join(heads)} |"
    yield "|---|---|---|"
    for number, step in enumerate(story.steps, start=1):
        bold = "**" if step.parts else ""
        cells = (
            esc(story_step(number, step.date, step.what, lang)),
            f"{bold}{esc(step.old)}{bold}",
            f"{bold}{esc(step.new)}{bold}",
        )
        yield f"| {' | '.join(cells)} |"


def _claims(report: DiffReport) -> Iterator[str]:
    """Yield what becomes of the claims, losses first; many that are about nothing any more are named in one line."""
    lang = of(report)
    empty = _empty(report)
    for line in sorted(report.claims, key=how_soon):
        if line.fate in QUIET or line in empty:
            continue
        yield _claim(line, lang)
    if empty:
        names = ", ".join(f"**{esc(line.name)}**" for line in empty)
        yield f"- ⚠️ {esc(fate_word('empty', lang))}: {names}"


def _empty(report: DiffReport) -> list[ClaimLine]:
    """Return the claims that are about nothing any more, if they are too many to be told one by one."""
    found = [line for line in report.claims if line.fate == "empty"]
    return found if len(found) > _TOLD else []


def _claim(line: ClaimLine, lang: Language) -> str:
    mark = "❌" if line.fate in BAD else "✅" if line.fate in GOOD else "❓" if line.fate == "undecided" else "⚠️"
    said = lang.say("{sentence} ({what})", sentence=line.sentence, what=claim_words(line, lang))
    return f"- {mark} {esc(fate_word(line.fate, lang))}: **{esc(line.name)}** {esc(said)}"


def _flaws(report: DiffReport) -> Iterator[str]:
    for flaw in report.flaws:
        mark = {"new": "❌", "mended": "✅"}.get(flaw.fate, "❓")
        yield f"- {mark} {esc(flaw_line(flaw, of(report)))}"
