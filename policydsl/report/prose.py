"""One step in plain words. What is said here is for the author of a policy: no word of the engines."""

from collections.abc import Iterator

from policydsl.report.model import Clause
from policydsl.report.told import Change, Given, StoryStep
from policydsl.report.words import NO, NONE, YES, Words

_MANY = 3
"""So many values of an event are listed in full; of more, only those that are not as the policy has them by default."""

_LONGEST_QUOTE = 400
"""Characters of the document in one step of a story."""


def step_sentence(step: StoryStep, words: Words) -> str:
    """Return what happens in a step, when, and by whom."""
    say, date = words.language.say, words.language.date(step.date)
    if step.kind == "passage":
        return say("{date}: nothing else has happened by this day.", date=date)
    return say("{date}: {what}{details}.", date=date, what=called(step, words), details=details(step.given, words))


def what_happens(step: StoryStep, words: Words, more: str = "") -> str:
    """Return what happens in a step, and by whom, without its date; `more` are details that others say of it."""
    if step.kind == "passage":
        return words.language.say("nothing else has happened by this day.")
    said = details(step.given, words) + more
    return words.language.say("{what}{details}.", what=called(step, words), details=said)


def called(step: StoryStep, words: Words) -> str:
    """Return what an event or schedule is called, with who brings it about and the clause it stands in."""
    say, what = words.language.say, words.name(step.name)
    if step.kind == "schedule":
        what = say("{name}, by the calendar", name=what)
    elif step.actor:
        what = say("{event} by {actor}", event=what, actor=words.name(step.actor))
    return say("{what} (clause {clause})", what=what, clause=step.clause) if step.clause else what


def details(given: tuple[Given, ...], words: Words) -> str:
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
    if f"{words.type_of(given.name)}.{given.value}" in words.names:
        return words.language.say("{name} “{value}”", name=name, value=value)
    return words.language.say("{name} {value}", name=name, value=value)


def change_sentences(
    changes: tuple[Change, ...], words: Words, clauses: tuple[Clause, ...] = (), quoted: set[str] | None = None
) -> Iterator[str]:
    """Yield what changed from what to what, one sentence for each clause that says so.

    `clauses` are those whose summaries are told, with the document's own sentence where it is at hand, but once:
    `quoted` are those whose sentence has been told, and takes in what is told now.
    """
    known = {c.number: c for c in clauses}
    told = set() if quoted is None else quoted
    by_clause: dict[str | None, list[str]] = {}
    duties, rest = _of_duties(changes, words)
    for clause, what in (*duties, *((c.clause, change_words(c, words)) for c in rest)):
        by_clause.setdefault(clause, []).append(what)
    for number, said in by_clause.items():
        what = words.language.series(said)
        if number is None:
            yield words.language.say("So {changes}.", changes=what)
        elif number in known:
            yield _by_clause(known[number], what, words, quote=number not in told)
            told.add(number)
        else:
            yield words.language.say("Clause {clause}: {changes}.", clause=number, changes=what)


def _of_duties(changes: tuple[Change, ...], words: Words) -> tuple[list[tuple[str | None, str]], list[Change]]:
    """Return the duties that arise, with their deadlines, or end, by clause; and the changes that are left."""
    say, said = words.language.say, list[tuple[str | None, str]]()
    due = {c.name: c for c in changes}
    taken: set[str] = set()
    for change in changes:
        duty = words.duty(change.name)
        if duty is None or duty[1] != "open":
            continue
        name = f"{change.name.removesuffix('open')}due"
        taken |= {change.name, name}
        if change.new == NO:
            said.append((change.clause, say("the duty “{duty}” ends", duty=duty[0])))
        elif name in due:
            day = words.value(name, due[name].new)
            said.append((change.clause, say("the duty “{duty}” arises, due by {date}", duty=duty[0], date=day)))
        else:
            said.append((change.clause, say("the duty “{duty}” arises", duty=duty[0])))
    return said, [c for c in changes if c.name not in taken]


def _by_clause(clause: Clause, what: str, words: Words, *, quote: bool) -> str:
    say, about = words.language.say, words.text(clause.summary, clause.labels)
    if clause.quote is None or not quote:
        return say("Clause {clause} (“{about}”): {changes}.", clause=clause.number, about=about, changes=what)
    return say(
        "Clause {clause} (“{about}”; in the words of the document: “{quote}”): {changes}.",
        clause=clause.number,
        about=about,
        quote=_cut(clause.quote),
        changes=what,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()} …"


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
