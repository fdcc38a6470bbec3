"""What proofs rest on, as a page: claim by claim, clause by clause, with a map. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from policydsl.report.blame import BlameReport, Rests
from policydsl.report.charts import Cell, matrix
from policydsl.report.language import Language, language
from policydsl.report.model import Clause
from policydsl.report.page import Block, Figure, Grid, Heading, Items, Line, Page

_SEAL = 16


def blame_page(report: BlameReport, clauses: Mapping[str, Sequence[Clause]], code: str, version: str) -> Page:
    """Return the page in the language with this `code`. `clauses` are those of each policy, by its path."""
    lang = language(code)
    summary = [
        lang.count("{n} proof looked into", "{n} proofs looked into", len(report.rests)),
        lang.count("{n} claim not proved", "{n} claims not proved", len(report.unproved)),
    ]
    blocks: list[Block] = []
    if report.unasked:
        summary.append(lang.count("PARTIAL: interrupted; {n} question not reached",
                                  "PARTIAL: interrupted; {n} questions not reached", len(report.unasked)))  # fmt: skip
        blocks.append(Line(lang.say("PARTIAL: interrupted; what follows is not the whole answer"), "open"))
    for rests in report.rests:
        blocks += [Heading(f"{rests.claim}: {rests.sentence}", 3), Items(tuple(_needs(rests, lang)))]
    blocks += _falls(report, lang)
    for path in dict.fromkeys(r.policy for r in report.rests):
        own = [r for r in report.rests if r.policy == path]
        blocks.append(_map([c.number for c in clauses[path]], own, clauses[path], lang))
    if report.unproved:
        names = ", ".join(claim for _, claim in report.unproved)
        blocks += [Heading(lang.say("Not proved"), 2), Line(lang.say("No proof to look into: {claims}", claims=names))]
    return Page(Line(lang.say("What the proofs rest on")), lang.series(summary), tuple(blocks), code, version)


def _needs(rests: Rests, lang: Language) -> Iterator[Line]:
    say = lang.say
    if rests.always:
        yield Line(say("needs {clauses}: no proof does without them", clauses=", ".join(rests.always)), "good")
    if rests.here:
        yield Line(say("uses {clauses}: another proof does without each of them", clauses=", ".join(rests.here)))
    if rests.perhaps:
        shown = ", ".join(rests.perhaps)
        said = say("uses {clauses}: it is not decided whether another proof does without them", clauses=shown)
        yield Line(said, "open")
    if rests.meant:
        shown = ", ".join(rests.meant)
        yield Line(
            say(
                "names what is defined in {clauses}: were that defined otherwise, it would be another claim",
                clauses=shown,
            )
        )
    if rests.irrelevant:
        yield Line(say("irrelevant: {clauses}", clauses=", ".join(rests.irrelevant)))
    if not (rests.always or rests.here or rests.perhaps or rests.meant):
        yield Line(say("rests on no clause: it holds whatever they say of the steps that they speak of"))
    seal = rests.seal[:_SEAL]
    yield Line(say("proved again with no more than what it needs and uses, re-checked; seal {seal}", seal=seal))


def _falls(report: BlameReport, lang: Language) -> Iterator[Block]:
    if report.falls:
        yield Heading(lang.say("Without a clause, whatever it might say instead"), 2)
        rows = tuple((Line(clause), Line(", ".join(claims))) for _, clause, claims in report.falls)
        yield Grid((lang.say("clause"), lang.say("claims that fall")), rows)


def _map(numbers: Sequence[str], rests: Sequence[Rests], clauses: Sequence[Clause], lang: Language) -> Figure:
    """Return the map of clauses: tall marks for what every proof needs, short ones for what this one uses."""
    cells = [
        Cell(numbers.index(number), column, number in r.always, "good" if number in r.always else "known")
        for column, r in enumerate(rests)
        for number in (*r.always, *r.here, *r.perhaps, *r.meant)
        if number in numbers
    ]
    about = lang.say(
        "A row for each clause, a column for each proved claim in the order above: a tall mark where no proof does "
        "without the clause, a short one where this proof uses it or the claim names what it defines."
    )
    rows = [(c.number, c.labels.get(lang.code, c.summary)) for c in clauses]
    return Figure(matrix(rows, len(rests), cells, about), about)
