"""One step of a history: its day, its event with all inputs, and what is expected after it."""

from datetime import datetime

from policydsl.base.calendar import Day, show_day
from policydsl.base.span import Span
from policydsl.core.expr import Value
from policydsl.core.system import Event
from policydsl.front.history import Entry, Expectation
from policydsl.front.history_parts import Reader, fields_of, pairs, text_of, unknown, value_of
from policydsl.front.history_targets import close_to, find_target
from policydsl.front.history_text import Fields, Scalar, Tree
from policydsl.front.types import BooleanType, DateType

STEP = ("date", "at", "event", "by", "note", "refused", "expect")


def entry_of(tree: Tree, reader: Reader) -> Entry | None:
    """Return the step that `tree` writes; None where its day or event cannot be told."""
    fields = fields_of(tree, reader, None, "a step", "{date: 2023-01-31, event: NAME}")
    if fields is None:
        return None
    day = _day(fields, reader)
    named = fields.get("event")
    inputs: dict[str, Value] = {}
    known = True
    if named is not None:
        event = next((e for e in reader.policy.system.events if e.name == text_of(named, reader)), None)
        known = event is not None
        if event is None:
            _unknown_event(named, reader)
        else:
            inputs = _inputs(fields, event, named.span, reader)
    else:
        for key, _ in fields.entries:
            if key.text not in STEP:
                message = f"`{key.text}` belongs to no event: this step only says that a day is reached"
                reader.wrong("E0503", key.span, message, "name the event: `event: ...`")
    refused = fields.get("refused")
    says = False if refused is None else value_of(refused, BooleanType(), reader)
    expect = expectations(fields.get("expect"), reader)
    if day is None or not known:
        return None
    span = named.span if named is not None else day[1]
    event_name = text_of(named, reader) if named is not None else None
    return Entry(day[0], event_name, inputs, bool(says), expect, text_of(fields.get("note"), reader), span)


def _unknown_event(named: Tree, reader: Reader) -> None:
    if not isinstance(named, Scalar):
        return
    symbol = reader.policy.symbols.get(named.text)
    if symbol is not None and symbol.kind == "schedule":
        message = f"`{named.text}` happens by itself when it is due"
        reader.wrong("E0503", named.span, message, "leave it out: the calendar inserts it")
        return
    unknown(named, "event", [e.name for e in reader.policy.system.events], reader)


def ordered(entry: Entry, reached: Day | None, reader: Reader) -> Day:
    """Return the day reached with `entry`, which must not lie before the day reached so far."""
    if reached is not None and entry.day < reached:
        message = f"this step is on {show_day(entry.day)}, but the history has already reached {show_day(reached)}"
        reader.wrong("E0502", entry.span, message, "write the steps in the order of their dates")
        return reached
    return entry.day


def _day(fields: Fields, reader: Reader) -> tuple[Day, Span] | None:
    """Return the civil day of a step, in the policy's time zone, and where it is written."""
    date, moment = fields.get("date"), fields.get("at")
    if (date is None) == (moment is None):
        hint = "write `date: 2023-01-31`, or `at: 2023-01-31T16:30Z`"
        reader.wrong("E0501", fields.span, "a step needs either a `date` or a moment `at`", hint)
        return None
    if date is not None:
        day = value_of(date, DateType(), reader)
        return (day, date.span) if isinstance(day, int) else None
    if not isinstance(moment, Scalar):
        return None
    try:
        at = datetime.fromisoformat(moment.text)
        at = at.replace(tzinfo=reader.zone) if at.tzinfo is None else at.astimezone(reader.zone)
    except (ValueError, OverflowError):
        wanted = "a moment such as 2023-01-31T16:30Z or 2023-01-31T16:30+08:00"
        reader.wrong("E0504", moment.span, f"`{moment.text}` does not fit: {wanted} is needed here")
        return None
    return at.date().toordinal(), moment.span


def _inputs(fields: Fields, event: Event, span: Span, reader: Reader) -> dict[str, Value]:
    """Return a value for each input of `event`: the one given, else the declared default."""
    short = {i.name.removeprefix(f"{event.name}."): i for i in event.inputs}
    full = {i.name: i for i in event.inputs}
    given: dict[str, Value] = {}
    for key, value in fields.entries:
        own = full.get(key.text) or (short.get(key.text) if key.text not in STEP else None)
        if own is not None:
            symbol = reader.policy.symbols.get(own.name)
            made = None if symbol is None or symbol.type is None else value_of(value, symbol.type, reader)
            given[own.name] = False if made is None else made
        elif key.text == "by":
            _by(value, event, reader)
        elif key.text not in STEP:
            unknown(key, f"field of `{event.name}`", short, reader)
    for name, own in full.items():
        if name in given:
            continue
        if own.default is None:
            short_name = name.removeprefix(f"{event.name}.")
            chosen = f", which {own.by} chooses," if own.by else ""
            reader.wrong("E0511", span, f"`{short_name}`{chosen} has no default: `{event.name}` needs a value for it",
                         f"write `{short_name}: ...`", own.clause)  # fmt: skip
        else:
            given[name] = own.default
    return given


def _by(tree: Tree, event: Event, reader: Reader) -> None:
    if isinstance(tree, Scalar) and tree.text != event.actor:
        reader.wrong("E0503", tree.span, f"`{event.name}` is by {event.actor or 'nobody in particular'}",
                     None, event.clause)  # fmt: skip


def expectations(tree: Tree | None, reader: Reader) -> tuple[Expectation, ...]:
    """Return what `tree` says must be so after a step."""
    found: list[Expectation] = []
    for key, value in pairs(tree, reader, "what is expected"):
        target = find_target(key.text, reader.policy)
        if target is None:
            close = close_to(key.text, reader.policy)
            message = f"nothing named `{key.text}` can be expected of this policy"
            reader.wrong("E0503", key.span, message, f"did you mean `{close}`?" if close else None)
            continue
        before = len(reader.found)
        wanted = value_of(value, target.type, reader)
        if len(reader.found) == before:
            found.append(Expectation(target, wanted, value.span))
    return tuple(found)
