"""How a story ends: what was found, what was asked for instead, and on what that turns."""

from collections.abc import Iterator
from typing import assert_never

from policydsl.report.language import Language, message
from policydsl.report.model import Circumstance, Expected, Fact, Finding, Relation, Story
from policydsl.report.words import ROWS, Words


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
