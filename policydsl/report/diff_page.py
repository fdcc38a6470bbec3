"""A comparison of two wordings as a page: verdicts by role, histories under both, claims, the switch. Pure."""

from collections.abc import Iterator

from policydsl import __version__
from policydsl.report.diff_model import ClaimLine, DiffReport, ExpectLine, SideBySide, diff_exit_code
from policydsl.report.diff_text import (
    alignment_lines,
    claim_summary,
    claim_words,
    reading_lines,
    story_end,
    story_heading,
    transition_lines,
)
from policydsl.report.page import Block, Figure, Grid, Heading, Items, Line, Look, Page

_LOOKS: dict[str, Look] = {"equivalent": "good", "stricter": "bad", "more lenient": "depends", "incomparable": "known"}
_BAD, _GOOD = frozenset({"lost", "worse", "meaningless"}), frozenset({"gained", "mended"})
_CAPTION = "Solid lines and blue bars are the old wording, dashed lines and orange ones the new one."


def diff_page(report: DiffReport) -> Page:
    """Return the page, in English."""
    code = diff_exit_code(report)
    title = Line(f"{report.title}: {report.old} -> {report.amendment or report.new}", "bad" if code else "")
    return Page(title, f"{report.sentence} (exit code {code})", tuple(_blocks(report)), "en", __version__)


def _blocks(report: DiffReport) -> Iterator[Block]:
    for bug in report.bugs:
        yield Line(f"a bug in policydsl, while it worked on `{bug.about}`: {bug.reason}", "bad")
    asked = [*report.required, *report.expected]
    if asked:
        yield Items(tuple(map(_asked, asked)))
    if report.because:
        yield Line(report.because)
    if report.clauses:
        yield Line(f"Clauses whose text differs: {', '.join(report.clauses)}.")
    if report.roles and report.relation != "equivalent":
        yield _verdicts(report)
    if report.equal:
        yield Line(f"{report.equal} other outcomes are the same in every history, proved.", "good")
    for story in report.stories:
        yield from _story(story)
    lines = list(reading_lines(report))
    if lines:
        yield from (Heading("By reading", 2), Items(tuple(map(Line, lines))))
    yield from _claims(report)
    if report.transition is not None:
        yield from (
            Heading("On the day of the switch", 2),
            Items(tuple(map(Line, transition_lines(report.transition)))),
        )
        for role in report.transition.roles:
            yield from () if role.story is None else _story(role.story)
    left = list(alignment_lines(report))
    if left:
        yield from (
            Heading("Names, defaults, what was left out", 2),
            Items(tuple(Line(said, "open") for said in left)),
        )


def _asked(line: ExpectLine) -> Line:
    looks: dict[bool | None, Look] = {True: "good", False: "bad", None: "open"}
    return Line(f"expected: {line.said}" + ("" if line.met else f"; found: {line.found}"), looks[line.met])


def _verdicts(report: DiffReport) -> Grid:
    roles = [r.role for r in report.roles]
    rows = [(Line("all in all"), *(_relation(r.relation) for r in report.roles), Line(""))]
    if any(r.by_default not in {None, r.relation} for r in report.roles):
        rows.append((Line("by default"), *(_relation(r.by_default or "") for r in report.roles), Line("")))
    for line in report.outcomes:
        by_role = dict(line.roles)
        shown = [_relation(by_role.get(r, "" if line.roles else line.relation)) for r in roles]
        rows.append((Line(line.name), *shown, Line(", ".join(line.clauses))))
    return Grid(("what", *roles, "clauses"), tuple(rows))


def _relation(said: str) -> Line:
    return Line(said, _LOOKS.get(said, ""))


def _story(story: SideBySide) -> Iterator[Block]:
    yield Heading(story_heading(story), 2)
    yield Line(f"{story.setting + '; ' if story.setting else ''}it begins on {story.start}.")
    if story.picture is not None:
        yield Figure(story.picture, _CAPTION)
    rows = [
        (Line(f"{n}. {s.date}: {s.what}"), *(Line(said, "known" if s.parts else "") for said in (s.old, s.new)))
        for n, s in enumerate(story.steps, start=1)
    ]
    yield Grid(("what happens", "under the old wording", "under the new wording"), tuple(rows))
    yield Line(story_end(story))


def _claims(report: DiffReport) -> Iterator[Block]:
    if report.claims:
        yield Heading(f"Claims: {claim_summary(report)}", 2)
        rows = tuple(
            (Line(c.name), Line(c.sentence), Line(c.fate, _fate(c)), Line(claim_words(c))) for c in report.claims
        )
        yield Grid(("claim", "what it says", "what becomes of it", "verdicts"), rows)
    for claim in report.claims:
        if claim.story:
            yield from (Heading(f"{claim.name}: {claim.sentence}", 3), Items(tuple(map(Line, claim.story))))
    for flaw in report.flaws:
        look: Look = "bad" if flaw.fate == "new" else "good" if flaw.fate == "mended" else "open"
        yield Line(f"{flaw.fate}: {flaw.sentence} (clauses {', '.join(flaw.clauses)})", look)
        yield Items(tuple(map(Line, flaw.story)))


def _fate(claim: ClaimLine) -> Look:
    if claim.fate in _BAD:
        return "bad"
    return "good" if claim.fate in _GOOD else "open" if claim.fate == "undecided" else ""
