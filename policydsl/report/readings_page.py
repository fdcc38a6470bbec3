"""Which readings matter, as a page: options two by two, the stories that tell them apart, claims by readings. Pure."""

from collections.abc import Iterator, Sequence

from policydsl.report.ambiguity import PolicyReadings, ReadingMatters, ReadingsReport, TwoOptions, undecided
from policydsl.report.drawing import story_picture
from policydsl.report.language import language
from policydsl.report.model import Finding, PolicyReport
from policydsl.report.page import Block, Grid, Heading, Items, Line, Look, Narrative, Page
from policydsl.report.telling import story_opening, story_steps
from policydsl.report.told import Story
from policydsl.report.verdicts import option_words, verdict_words
from policydsl.report.words import Words, words_of


def readings_page(report: ReadingsReport, policies: Sequence[PolicyReport], code: str) -> Page:
    """Return the page in the language with this `code`; `policies` are those of `report`, in its order."""
    lang = language(code)
    pairs = [pair for p in report.policies for r in p.readings for pair in r.pairs]
    counts = [
        lang.count("{n} ambiguity", "{n} ambiguities", sum(len(p.readings) for p in report.policies)),
        lang.count("{n} pair of readings told apart", "{n} pairs of readings told apart", _count(pairs, "differs")),
        lang.count("{n} pair that never matters", "{n} pairs that never matter", _count(pairs, "never")),
    ]
    open_ = _count(pairs, "undecided")
    counts += [lang.count("{n} undecided", "{n} undecided", open_)] if open_ else []
    title = Line(lang.say("Which ambiguities matter"), "open" if undecided(report) else "")
    blocks = [
        block for made, policy in zip(report.policies, policies, strict=True) for block in _policy(made, policy, code)
    ]
    return Page(title, lang.series(counts), tuple(blocks), code, report.policydsl)


def _count(pairs: Sequence[TwoOptions], outcome: str) -> int:
    return sum(pair.outcome == outcome for pair in pairs)


def _policy(made: PolicyReadings, policy: PolicyReport, code: str) -> Iterator[Block]:
    words = words_of(policy, code)
    say = words.language.say
    yield Heading(f"{words.text(policy.title, policy.labels)} ({made.path})", 1)
    if not made.readings:
        yield Line(say("This policy has no readings: nothing in it is taken to be ambiguous."))
    for reading in made.readings:
        yield from _reading(reading, policy, words)
    yield from _claims(policy, words)


def _reading(reading: ReadingMatters, policy: PolicyReport, words: Words) -> Iterator[Block]:
    say = words.language.say
    name = words.name(reading.name)
    yield Heading(f"{say('{name} (clause {clause})', name=name, clause=reading.clause)}: {reading.question}", 2)
    shown = [(words.value(reading.name, o), about, o == reading.default) for o, about in reading.options]
    yield Items(tuple(Line(f"{o}: {about}{' ' + say('(default)') if first else ''}") for o, about, first in shown))
    for pair in reading.pairs:
        yield from _pair(reading.name, pair, policy, words)
    if reading.claims:
        yield Line(say("claims that depend on it: {claims}", claims=", ".join(reading.claims)), "depends")


def _pair(reading: str, pair: TwoOptions, policy: PolicyReport, words: Words) -> Iterator[Block]:
    say = words.language.say
    options = [words.value(reading, option) for option in (pair.first, pair.second)]
    head = say("“{first}” or “{second}”", first=options[0], second=options[1])
    if pair.outcome == "never":
        yield Line(say("{pair}: never matters, proved for every history", pair=head), "good")
    elif pair.outcome == "undecided":
        yield Line(say("{pair}: undecided: {reason}", pair=head, reason=pair.reason or ""), "open")
    else:
        assert pair.story is not None
        what = words.language.join([words.name(_declared(name)) for name in pair.names])
        if pair.refused is not None:
            what = say("what can take place")
        yield Line(say("{pair}: differs in {what}", pair=head, what=what), "depends")
        read = say(
            "The first history is read as “{first}”, the second as “{second}”.", first=options[0], second=options[1]
        )
        stories = (pair.story,) if pair.story.beside is None else (pair.story, pair.story.beside)
        caption = say("Solid lines and blue bars are the first history, dashed lines and orange ones the second.")
        opening = (read, *story_opening(pair.story, words))
        steps = story_steps(pair.story, words, policy.clauses)
        drawn = story_picture(policy.tables, stories, words)
        yield Narrative(opening, steps, tuple(_endings(pair, words)), drawn, caption)


def _endings(pair: TwoOptions, words: Words) -> Iterator[str]:
    """Yield how the two histories end."""
    say, story = words.language.say, pair.story
    assert story is not None
    if pair.refused is not None:
        other = story.beside if pair.refused == "first" else story
        assert other is not None
        event = words.name(other.steps[-1].name)
        if pair.refused == "first":
            yield say("In the first history {event} cannot take place like this.", event=event)
        else:
            yield say("In the second history {event} cannot take place like this.", event=event)
        return
    first, second = _found(story, words), "" if story.beside is None else _found(story.beside, words)
    if first:
        yield say("In the end, in the first history: {facts}.", facts=first)
    if second:
        yield say("In the end, in the second history: {facts}.", facts=second)


def _found(story: Story, words: Words) -> str:
    say = words.language.say
    return words.language.series(
        [
            say("{name} is {value}", name=words.name(f.name), value=words.value(f.name, f.value or ""))
            for f in story.facts
        ]
    )


def _declared(name: str) -> str:
    """Return how reports name what the core calls `name`."""
    return f"permitted {name.removesuffix('.permitted')}" if name.endswith(".permitted") else name


# --- claims by readings --------------------------------------------------------------------------


def _claims(policy: PolicyReport, words: Words) -> Iterator[Block]:
    say = words.language.say
    if not policy.claims:
        return
    used = [r.name for r in policy.readings if any(r.name == x.reading for f in policy.claims for x in f.readings)]
    yield Heading(say("Claims by readings"), 2)
    rows = [(Line(f.name), _verdict(f, words), *(_under(f, r, words) for r in used)) for f in policy.claims]
    yield Grid((say("claim"), say("what came out"), *map(words.name, used)), tuple(rows))


def _verdict(finding: Finding, words: Words) -> Line:
    say = words.language.say
    if finding.readings:
        return Line(verdict_words(finding, words), "depends")
    match finding.verdict:
        case "holds":
            return Line(say("holds under every reading"), "good")
        case "fails":
            return Line(say("fails, however it is read"), "known")
        case "vacuous":
            return Line(say("never applies: what it speaks of cannot happen"), "good")
        case _:
            return Line(verdict_words(finding, words), "open")


def _under(finding: Finding, reading: str, words: Words) -> Line:
    """Return what becomes of a claim under each option of a reading on which it depends."""
    options = next((r.options for r in finding.readings if r.reading == reading), ())
    said = [f"{words.value(reading, o.option)}: {option_words(finding, o.verdict, words)}" for o in options]
    look: Look = "depends" if said else ""
    return Line(words.language.series(said), look)
