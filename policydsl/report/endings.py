"""How a story ends: what was found, what was asked for instead, and on what that turns."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from policydsl.report.language import Language, message
from policydsl.report.model import Finding
from policydsl.report.told import Circumstance, Expected, Fact, Relation, Story, Which
from policydsl.report.words import NO, ROWS, Words


def ending(finding: Finding, story: Story, words: Words) -> Iterator[str]:
    """Yield what the claim asks for, what it finds at the end of `story` instead, and on what that turns."""
    say = words.language.say
    yield from _in_the_end(story, words)
    if finding.possible:
        yield say("So it is possible: `{claim}`.", claim=finding.asks)
        return
    for expected in story.expected:
        yield expectation(expected, words)
    if finding.origin == "claim":
        yield say("The claim was: `{claim}`.", claim=finding.asks)
    else:
        yield say("So this is not so: {claim}.", claim=words.text(finding.sentence, {}))
    if story.circumstance is not None:
        yield turning_point(story, story.circumstance, words)
        if not story.circumstance.nearest:
            yield say("A smaller change of it may do.")


def _in_the_end(story: Story, words: Words) -> Iterator[str]:
    """Yield what is found; of two histories, what differs, if anything does."""
    say, series = words.language.say, words.language.series
    if story.beside is None:
        facts = series(_facts(story.facts, words))
        if facts:
            yield say("In the end: {facts}.", facts=facts)
        return
    alike = set(story.facts) & set(story.beside.facts)
    both = [[f for f in side.facts if f not in alike] or list(side.facts) for side in (story, story.beside)]
    first, second = (series(_facts(facts, words)) for facts in both)
    if first:
        yield say("In the end, in the first history: {facts}.", facts=first)
    if second:
        yield say("In the end, in the second history: {facts}.", facts=second)


def _facts(facts: Sequence[Fact], words: Words) -> list[str]:
    """Return what is found; where no row of a table fits, for which values."""
    by_name = {f.name: f for f in facts}
    said: list[str] = []
    for fact in facts:
        table = fact.name.removeprefix(ROWS)
        inputs = [by_name[i] for i in words.inputs.get(table, ()) if i in by_name]
        if fact.name.startswith(ROWS) and fact.value == "0" and inputs:
            shown = [f"{words.name(f.name)} {words.value(f.name, f.value or '')}" for f in inputs]
            what = words.language.join(shown)
            said.append(words.language.say("no row of {table} covers {values}", table=words.name(table), values=what))
        else:
            said.append(_fact(fact, words))
    return said


def _fact(fact: Fact, words: Words) -> str:
    say, name = words.language.say, words.name(fact.name)
    if fact.name.startswith(ROWS) and fact.value == "0":
        return say("no row of {table} fits", table=words.name(fact.name.removeprefix(ROWS)))
    duty = words.duty(fact.name)
    if duty is not None and duty[1] == "open" and fact.old is None and fact.value is not None:
        if fact.value == NO:
            return say("the duty “{duty}” is not open", duty=duty[0])
        return say("the duty “{duty}” is open", duty=duty[0])
    value, old = (None if v is None else words.value(fact.name, v) for v in (fact.value, fact.old))
    if value is None:
        return say("{name} was {old} before", name=name, old=old)
    if old is None or old == value:
        return say("{name} is {value}", name=name, value=value)
    return say("{name} is {value}, before it was {old}", name=name, value=value, old=old)


def expectation(expected: Expected, words: Words) -> str:
    """Return what a value would have to be, and what it is."""
    say = words.language.say
    table = expected.name.removeprefix(ROWS)
    if expected.name.startswith(ROWS) and (expected.found, expected.relation, expected.value) == ("0", ">=", "1"):
        return say("Expected: a row of {table} fits; here none does.", table=words.name(table))
    value, found = (words.value(expected.name, v) for v in (expected.value, expected.found))
    name = _placed(words.name(expected.name), expected.history, words, old=expected.old)
    if expected.other is not None:
        other = _placed(words.name(expected.other), expected.other_history, words, old=expected.other_old)
        value = say("{name} ({value})", name=other, value=value)
    dates = words.type_of(expected.name) in {"date", "date or none"}
    return say(
        "{asked}; here it is {found}.", asked=_asked(name, value, expected, words.language, dates=dates), found=found
    )


def _placed(name: str, history: Which | None, words: Words, *, old: bool) -> str:
    """Return `name`, said of one of two histories, or of the time before the step."""
    say = words.language.say
    if history is not None:
        name = (
            say("{name} in the first history", name=name)
            if history == "first"
            else say("{name} in the second history", name=name)
        )
    return say("{name} before this step", name=name) if old else name


def _asked(name: str, value: str, expected: Expected, lang: Language, *, dates: bool) -> str:
    texts = _OF_DATES if dates and expected.relation in _OF_DATES else _OF_VALUES
    if expected.relation == "=" and expected.other is not None:
        return lang.say("Expected: {name} equals {value}", name=name, value=value)
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
    if turn.kind == "setting" and any(s.is_reading and s.name == turn.name for s in story.settings):
        return say(
            "It turns on one thing: were “{name}” read as “{new}” and not as “{old}”, this would not have happened.",
            **shown,
        )
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
