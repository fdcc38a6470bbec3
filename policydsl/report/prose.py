"""Stories and verdicts in plain words. What is said here is for the author of a policy: no word of the engines."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from policydsl.report.language import Language, message
from policydsl.report.model import (
    Change,
    Circumstance,
    Clause,
    Expected,
    Fact,
    Finding,
    Given,
    ReadingVerdict,
    Relation,
    Status,
    Story,
    StoryStep,
    VerdictWord,
)
from policydsl.report.words import NO, NONE, ROWS, YES, Words

_MANY = 3
"""So many values of an event are listed in full; of more, only those that are not as the policy has them by default."""


# --- verdicts ------------------------------------------------------------------------------------


def verdict_words(finding: Finding, words: Words) -> str:
    """Return what came out, in a line."""
    say = words.language.say
    match finding.verdict:
        case "holds":
            if not finding.possible:
                return say("proved for every history")
            return _possible(finding, words.language)
        case "fails":
            if finding.possible:
                return say("impossible: proved for every history")
            return _fails(finding, words.language)
        case "depends":
            readings = words.language.join(list(dict.fromkeys(words.name(r.reading) for r in finding.readings)))
            return say("depends on how this is read: {readings}", readings=readings)
        case "vacuous":
            return say("never applies: what it speaks of cannot happen")
        case "bounded":
            return _bounded(finding, words.language)
        case "undecided":
            return say("undecided: {reason}", reason=finding.reason or "")
        case _:
            assert_never(finding.verdict)


def _possible(finding: Finding, lang: Language) -> str:
    if not finding.steps:
        return lang.say("possible from the start")
    if not finding.shortest:
        return lang.count("possible, after at most {n} step", "possible, after at most {n} steps", finding.steps)
    return lang.count("possible, after {n} step", "possible, after {n} steps", finding.steps)


def _fails(finding: Finding, lang: Language) -> str:
    if not finding.steps:
        return lang.say("fails from the start")
    if not finding.shortest:
        return lang.count("fails after at most {n} step", "fails after at most {n} steps", finding.steps)
    return lang.count("fails after {n} step", "fails after {n} steps", finding.steps)


def _bounded(finding: Finding, lang: Language) -> str:
    steps = finding.steps or 0
    if finding.possible:
        return lang.count(
            "not reached within {n} step; nothing is said beyond",
            "not reached within {n} steps; nothing is said beyond",
            steps,
        )
    return lang.count(
        "no violation within {n} step; nothing is said beyond",
        "no violation within {n} steps; nothing is said beyond",
        steps,
    )


def option_words(finding: Finding, verdict: VerdictWord, words: Words) -> str:
    """Return what came out under one option of a reading."""
    say = words.language.say
    match verdict:
        case "holds":
            return say("possible") if finding.possible else say("proved for every history")
        case "fails":
            return say("impossible") if finding.possible else say("fails")
        case "vacuous":
            return say("never applies: what it speaks of cannot happen")
        case "depends" | "bounded" | "undecided":
            return say("undecided")
        case _:
            assert_never(verdict)


def expected_words(finding: Finding, words: Words) -> str:
    """Return what the author expects."""
    say = words.language.say
    match finding.expected:
        case "holds":
            return say("possible") if finding.possible else say("holds")
        case "fails":
            return say("impossible") if finding.possible else say("fails")
        case _:
            readings = [words.name(r) for r in finding.expected.removeprefix("depends on reading ").split(", ")]
            return say("depends on how this is read: {readings}", readings=words.language.join(readings))


def assumption_words(finding: Finding, words: Words) -> str:
    """Return which clauses are taken as not modelled; nothing for none."""
    numbers = finding.unmodelled
    if not numbers:
        return ""
    return words.language.count(
        "assumes clause {clauses} as not modelled",
        "assumes clauses {clauses} as not modelled",
        len(numbers),
        clauses=", ".join(numbers),
    )


def place_words(finding: Finding, lang: Language) -> str:
    """Return which clauses a finding is about, and where it stands."""
    place = f"{finding.file}:{finding.line}"
    if not finding.cites:
        return place
    cited = ", ".join(finding.cites)
    return lang.count(
        "clause {clauses}; {place}", "clauses {clauses}; {place}", len(finding.cites), clauses=cited, place=place
    )


def reading_words(reading: ReadingVerdict, words: Words) -> str:
    """Return what is ambiguous."""
    say, name = words.language.say, words.name(reading.reading)
    if reading.others_at_default:
        return say(
            "reading {name}: {question}, the other readings at their defaults", name=name, question=reading.question
        )
    return say("reading {name}: {question}", name=name, question=reading.question)


def in_order_of_need(findings: Iterable[Finding]) -> list[Finding]:
    """Return `findings`, what needs attention first."""
    order: tuple[Status, ...] = ("not as expected", "undecided", "as expected")
    return sorted(findings, key=lambda f: order.index(f.status))


# --- stories -------------------------------------------------------------------------------------


def story_paragraphs(story: Story, words: Words, clauses: tuple[Clause, ...] = ()) -> Iterator[str]:
    """Yield the story: its setting, then one paragraph for each step. `clauses` are those whose summaries are told.

    Two histories are told side by side.
    """
    beginning = _beginning(story, words)
    if story.beside is None:
        yield from beginning
        yield from (f"{number}. {_step(step, words, clauses)}" for number, step in enumerate(story.steps, start=1))
        return
    other = _beginning(story.beside, words)
    if beginning == other:
        yield from beginning
    else:
        yield from (_where(said, words, first=True) for said in beginning)
        yield from (_where(said, words, first=False) for said in other)
    for number, row in enumerate(story.rows, start=1):
        first = None if row.first is None else story.steps[row.first]
        second = None if row.second is None else story.beside.steps[row.second]
        yield f"{number}. {' '.join(_side_by_side(first, second, words, clauses))}"


def _side_by_side(
    first: StoryStep | None, second: StoryStep | None, words: Words, clauses: tuple[Clause, ...]
) -> Iterator[str]:
    """Yield what happens in both histories, or in each of them; that time passes in one is not worth telling."""
    if first is not None and first == second:
        yield words.language.say("In both histories: {what}", what=_step(first, words, clauses))
        return
    for step, is_first in ((first, True), (second, False)):
        if step is not None and step.kind != "passage":
            yield _where(_step(step, words, clauses), words, first=is_first)


def _where(what: str, words: Words, *, first: bool) -> str:
    """Return `what`, said of one of two histories."""
    say = words.language.say
    return say("In the first history: {what}", what=what) if first else say("In the second history: {what}", what=what)


def _step(step: StoryStep, words: Words, clauses: tuple[Clause, ...]) -> str:
    return " ".join((step_sentence(step, words), *change_sentences(step.changes, words, clauses)))


def _beginning(story: Story, words: Words) -> tuple[str, ...]:
    """Return what is given, and how things stand in the beginning."""
    say, said = words.language.say, list[str]()
    setting = _setting(story, words)
    if setting:
        said.append(say("Given that {setting}:", setting=setting))
    if story.initial:
        shown = words.language.join([f"{words.name(name)} {words.value(name, value)}" for name, value in story.initial])
        said.append(say("In the beginning, on {date}: {values}.", date=words.language.date(story.start), values=shown))
    return tuple(said)


def _setting(story: Story, words: Words) -> str:
    say = words.language.say
    parts = [
        say("{name} is {value}", name=words.name(s.name), value=words.value(s.name, s.value))
        for s in story.settings
        if not s.is_reading and not s.is_default
    ]
    parts += [
        say("{name} is read as “{value}”", name=words.name(s.name), value=words.value(s.name, s.value))
        for s in story.settings
        if s.is_reading and not s.is_default
    ]
    return words.language.join(parts)


def step_sentence(step: StoryStep, words: Words) -> str:
    """Return what happens in a step, when, and by whom."""
    say, date = words.language.say, words.language.date(step.date)
    match step.kind:
        case "passage":
            return say("{date}: nothing else has happened by this day.", date=date)
        case "schedule":
            what = say("{name}, by the calendar", name=words.name(step.name))
        case "occurrence" | "act":
            what = words.name(step.name)
            if step.actor:
                what = say("{event} by {actor}", event=what, actor=words.name(step.actor))
        case _:
            assert_never(step.kind)
    if step.clause:
        what = say("{what} (clause {clause})", what=what, clause=step.clause)
    return say("{date}: {what}{details}.", date=date, what=what, details=_values(step.given, words))


def _values(given: tuple[Given, ...], words: Words) -> str:
    """Return the facts, then the choices with who makes them."""
    say, join = words.language.say, words.language.join
    shown = [g for g in given if len(given) <= _MANY or not g.is_default]
    facts = [_given(g, words) for g in shown if g.by is None]
    parts = [say(", with {facts}", facts=join(facts))] if facts else []
    for role in dict.fromkeys(g.by for g in shown if g.by is not None):
        chosen = join([_given(g, words) for g in shown if g.by == role])
        parts.append(say("; {role} chooses {choices}", role=words.name(role), choices=chosen))
    return "".join(parts)


def _given(given: Given, words: Words) -> str:
    name, value = words.name(given.name), words.value(given.name, given.value)
    return words.language.say("{name} {value}", name=name, value=value)


def change_sentences(changes: tuple[Change, ...], words: Words, clauses: tuple[Clause, ...] = ()) -> Iterator[str]:
    """Yield what changed from what to what, one sentence for each clause that says so."""
    say = words.language.say
    known = {c.number: c for c in clauses}
    by_clause: dict[str | None, list[str]] = {}
    for change in changes:
        by_clause.setdefault(change.clause, []).append(change_words(change, words))
    for number, said in by_clause.items():
        what = words.language.series(said)
        if number is None:
            yield say("So {changes}.", changes=what)
        elif number in known:
            clause = known[number]
            about = clause.quote or words.text(clause.summary, clause.labels)
            yield say("Clause {clause} (“{about}”): {changes}.", clause=number, about=about, changes=what)
        else:
            yield say("Clause {clause}: {changes}.", clause=number, changes=what)


def change_words(change: Change, words: Words) -> str:
    """Return what changed from what to what."""
    say = words.language.say
    name, old, new = words.name(change.name), change.old, change.new
    shown = {"name": name, "old": words.value(change.name, old), "new": words.value(change.name, new)}
    if change.old == NONE:
        return say("{name} is set to {new}", **shown)
    if change.new == NONE:
        return say("{name} no longer has a value (it was {old})", **shown)
    if {old, new} == {YES, NO}:
        return say("{name} becomes “{new}”", **shown)
    before, after = number_in(old), number_in(new)
    if before is not None and after is not None:
        if after > before:
            return say("{name} rises from {old} to {new}", **shown)
        return say("{name} falls from {old} to {new}", **shown)
    return say("{name} changes from {old} to {new}", **shown)


def number_in(value: str) -> float | None:
    """Return the number that a value begins with, as far as a picture needs it; None where it is none."""
    if value.count("-") > 1:
        return None  # a date
    head = value.split(" ", maxsplit=1)[0].removesuffix("%")
    try:
        top, _, bottom = head.partition("/")
        return float(top) / float(bottom or 1)
    except (ValueError, ZeroDivisionError):
        return None


# --- how a story ends ----------------------------------------------------------------------------


def ending(finding: Finding, story: Story, words: Words) -> Iterator[str]:
    """Yield what the claim asks for, what it finds at the end of `story` instead, and on what that turns."""
    say = words.language.say
    facts = words.language.series([_fact(f, words) for f in story.facts])
    if facts and story.beside is None:
        yield say("In the end: {facts}.", facts=facts)
    elif facts:
        yield say("In the end, in the first history: {facts}.", facts=facts)
    other = words.language.series([_fact(f, words) for f in story.beside.facts]) if story.beside is not None else ""
    if other:
        yield say("In the end, in the second history: {facts}.", facts=other)
    if finding.possible:
        yield say("So it is possible: `{claim}`.", claim=finding.asks)
        return
    for expected in story.expected:
        yield expectation(expected, words)
    if finding.origin == "claim":
        yield say("The claim was: `{claim}`.", claim=finding.asks)
    else:
        yield say("So this is not so: {claim}.", claim=finding.sentence)
    if story.circumstance is not None:
        yield turning_point(story, story.circumstance, words)


def _fact(fact: Fact, words: Words) -> str:
    say, name = words.language.say, words.name(fact.name)
    if fact.name.startswith(ROWS) and fact.value == "0":
        return say("no row of {table} fits", table=words.name(fact.name.removeprefix(ROWS)))
    value, old = (None if v is None else words.value(fact.name, v) for v in (fact.value, fact.old))
    if value is None:
        return say("{name} was {old} before", name=name, old=old)
    if old is None or old == value:
        return say("{name} is {value}", name=name, value=value)
    return say("{name} is {value}, before it was {old}", name=name, value=value, old=old)


def expectation(expected: Expected, words: Words) -> str:
    """Return what a value would have to be, and what it is."""
    say = words.language.say
    name, value = words.name(expected.name), words.value(expected.name, expected.value)
    found = words.value(expected.name, expected.found)
    if expected.old:
        name = say("{name} before this step", name=name)
    if expected.other is not None:
        other = words.name(expected.other)
        if expected.other_old:
            other = say("{name} before this step", name=other)
        value = say("{name} ({value})", name=other, value=value)
    dates = words.type_of(expected.name) in {"date", "date or none"}
    return say(
        "{asked}; here it is {found}.", asked=_asked(name, value, expected, words.language, dates=dates), found=found
    )


def _asked(name: str, value: str, expected: Expected, lang: Language, *, dates: bool) -> str:
    texts = _OF_DATES if dates and expected.relation in _OF_DATES else _OF_VALUES
    return lang.say(texts[expected.relation], name=name, value=value)


_OF_DATES: dict[Relation, str] = {
    "<": message("Expected: {name} is earlier than {value}"),
    "<=": message("Expected: {name} is no later than {value}"),
    ">": message("Expected: {name} is later than {value}"),
    ">=": message("Expected: {name} is no earlier than {value}"),
}
_OF_VALUES: dict[Relation, str] = {
    "=": message("Expected: {name} is {value}"),
    "!=": message("Expected: {name} is anything but {value}"),
    "<": message("Expected: {name} is less than {value}"),
    "<=": message("Expected: {name} is at most {value}"),
    ">": message("Expected: {name} is more than {value}"),
    ">=": message("Expected: {name} is at least {value}"),
}


def turning_point(story: Story, turn: Circumstance, words: Words) -> str:
    """Return the one change without which this would not have happened."""
    say = words.language.say
    shown: dict[str, object] = {"step": turn.step, "name": words.name(turn.name)}
    match turn.kind:
        case "step":
            return say("It turns on one thing: without step {step} this would not have happened.", **shown)
        case "date":
            shown |= {"old": words.language.date(turn.old), "new": words.language.date(turn.new)}
            return say(
                "It turns on one thing: had step {step} come on {new} instead of {old}, this would not have happened.",
                **shown,
            )
        case "value" | "setting":
            shown |= {"old": words.value(turn.name, turn.old), "new": words.value(turn.name, turn.new)}
        case _:
            assert_never(turn.kind)
    if turn.kind == "setting":
        return say(
            "It turns on one thing: were {name} “{new}” instead of “{old}”, this would not have happened.", **shown
        )
    assert turn.step is not None
    by = next((g.by for g in story.steps[turn.step - 1].given if g.name == turn.name), None)
    if by is None:
        return say(
            "It turns on one thing: had {name} been “{new}” instead of “{old}” in step {step}, "
            "this would not have happened.",
            **shown,
        )
    return say(
        "It turns on one thing: had {role} chosen {name} “{new}” instead of “{old}” in step {step}, "
        "this would not have happened.",
        **shown,
        role=words.name(by),
    )
