"""Stories in plain words. What is said here is for the author of a policy: no word of the engines."""

from collections.abc import Iterator
from typing import assert_never

from policydsl.report.model import Change, Clause, Given, Story, StoryStep
from policydsl.report.words import NO, NONE, YES, Words

_MANY = 3
"""So many values of an event are listed in full; of more, only those that are not as the policy has them by default."""


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
