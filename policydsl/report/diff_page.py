"""A comparison of two wordings as a page: verdicts by role, histories under both, claims, the switch. Pure."""

from collections.abc import Iterator

from policydsl import __version__
from policydsl.report.diff_fates import BAD, GOOD, fate_word, how_soon
from policydsl.report.diff_model import ClaimLine, DiffReport, ExpectLine, SideBySide, diff_exit_code
from policydsl.report.diff_remarks import alignment_lines
from policydsl.report.diff_told import story_also, story_end, story_heading, story_start, story_step
from policydsl.report.diff_words import (
    bug_lines,
    claim_summary,
    claim_words,
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
from policydsl.report.page import Block, Figure, Grid, Heading, Items, Line, Look, Page

_LOOKS: dict[str, Look] = {"equivalent": "good", "stricter": "bad", "more lenient": "depends", "incomparable": "known"}


def diff_page(report: DiffReport) -> Page:
    """Return the page, in the language of `report`."""
    title = Line(title_line(report), "bad" if diff_exit_code(report) else "")
    summary = of(report).say("{before} {after}", before=report.sentence, after=exit_line(report))
    return Page(title, summary, tuple(_blocks(report)), report.language, __version__)


def _blocks(report: DiffReport) -> Iterator[Block]:
    lang = of(report)
    for line in (*cut_lines(report), *bug_lines(report)):
        yield Line(line, "bad")
    asked = [*report.required, *report.expected]
    if asked:
        yield Items(tuple(_asked(each, lang) for each in asked))
    if report.because:
        yield Line(report.because)
    if report.clauses:
        yield Line(clauses_line(report))
    if report.roles and report.relation != "equivalent":
        yield _verdicts(report)
    elif report.relation != "equivalent":
        yield from (Line(said) for said in unordered_lines(report))
    if report.equal:
        yield Line(equal_line(report), "good")
    for story in report.stories:
        yield from _story(story, lang)
    lines = list(reading_lines(report))
    if lines:
        yield from (Heading(lang.say("By reading"), 2), Items(tuple(map(Line, lines))))
    yield from _claims(report)
    if report.transition is not None:
        yield from (
            Heading(lang.say("On the day of the switch"), 2),
            Items(tuple(map(Line, transition_lines(report.transition, lang)))),
        )
        for told in (s for role in report.transition.roles for s in role.stories):
            yield from _story(told, lang)
    left = list(alignment_lines(report))
    if left:
        yield from (
            Heading(lang.say("Names, defaults, what was left out"), 2),
            Items(tuple(Line(said, "open") for said in left)),
        )


def _asked(line: ExpectLine, lang: Language) -> Line:
    looks: dict[bool | None, Look] = {True: "good", False: "bad", None: "open"}
    return Line(expect_line(line, lang), looks[line.met])


def _verdicts(report: DiffReport) -> Grid:
    roles, lang = [r.role for r in report.roles], of(report)
    rows = [(Line(lang.say("all in all")), *(_relation(r.relation, lang) for r in report.roles), Line(""))]
    if any(r.by_default not in {None, r.relation} for r in report.roles):
        by_default = (_relation(r.by_default or "", lang) for r in report.roles)
        rows.append((Line(lang.say("by default")), *by_default, Line("")))
    for line in report.outcomes:
        by_role = dict(line.roles)
        shown = [_relation(by_role.get(r, "" if line.roles else line.relation), lang) for r in roles]
        rows.append((Line(line.name), *shown, Line(", ".join(line.clauses))))
    return Grid((lang.say("what"), *roles, lang.say("clauses")), tuple(rows))


def _relation(said: str, lang: Language) -> Line:
    return Line(relation_word(said, lang), _LOOKS.get(said, ""))


def _story(story: SideBySide, lang: Language) -> Iterator[Block]:
    say = lang.say
    yield Heading(story_heading(story, lang), 2)
    yield Line(story_start(story, lang))
    if story.picture is not None:
        caption = say("Solid lines and blue bars are the old wording, dashed lines and orange ones the new one.")
        yield Figure(story.picture, caption)
    rows = tuple(
        (
            Line(story_step(n, s.date, s.what, lang)),
            *(Line(said, "known" if s.parts else "") for said in (s.old, s.new)),
        )
        for n, s in enumerate(story.steps, start=1)
    )
    if rows:
        yield Grid((say("what happens"), say("under the old wording"), say("under the new wording")), rows)
    yield Line(lang.text((story_end(story, lang), *story_also(story, lang))))


def _claims(report: DiffReport) -> Iterator[Block]:
    lang, say = of(report), of(report).say
    if report.claims:
        yield Heading(claim_summary(report), 2)
        rows = tuple(
            (Line(c.name), Line(c.sentence), Line(fate_word(c.fate, lang), _fate(c)), Line(claim_words(c, lang)))
            for c in sorted(report.claims, key=how_soon)
        )
        yield Grid((say("claim"), say("what it says"), say("what becomes of it"), say("verdicts")), rows)
    for claim in sorted(report.claims, key=how_soon):
        if claim.story:
            yield Heading(say("{claim}: {sentence}", claim=claim.name, sentence=claim.sentence), 3)
            yield Items(tuple(map(Line, claim.story)))
    if report.flaws:
        yield Heading(flaws_heading(report), 2)
    for flaw in report.flaws:
        look: Look = "bad" if flaw.fate == "new" else "good" if flaw.fate == "mended" else "open"
        yield Line(flaw_line(flaw, lang), look)
        yield Items(tuple(map(Line, flaw.story)))


def _fate(claim: ClaimLine) -> Look:
    if claim.fate in BAD:
        return "bad"
    return "good" if claim.fate in GOOD else "open" if claim.fate in {"undecided", "empty"} else ""
