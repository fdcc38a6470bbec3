"""History files, read against a policy.

A document (YAML or JSON) has a `start`, `steps` and optionally parameters, readings, initial values and variants; a
stream (`.jsonl`) has one step a line, after an optional first line with the rest. Every mistake of a file is found in
one go. Whether a history is *possible* is not asked here: that needs the policy's meaning.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from policydsl.base.calendar import Day, show_day
from policydsl.base.diagnostic import Diagnostics, has_errors
from policydsl.base.span import Span, start_of
from policydsl.core.expr import Value
from policydsl.front.history import Entry, Expectation, History, Variant
from policydsl.front.history_parts import Reader, fields_of, items, pairs, text_of, unknown, value_of
from policydsl.front.history_steps import entry_of, expectations, ordered
from policydsl.front.history_targets import find_target
from policydsl.front.history_text import Fields, Scalar, Tree, read_tree
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy
from policydsl.front.types import BooleanType, DateType, Type

_TOP = ("policy", "about", "start", "parameters", "readings", "initial", "steps", "variants")
_VARIANT = ("about", "parameters", "readings", "expect")


def read_history(text: str, file: str, policy: LoadedPolicy) -> tuple[History | None, Diagnostics]:
    """Return the history that `text` writes, or all that is wrong with it. `file` ends in `.json` for JSON."""
    tree, unreadable = read_tree(text, file, is_json=file.endswith(".json"))
    if tree is None:
        return None, unreadable
    reader = Reader(policy, ZoneInfo(policy.header.time_zone), list(unreadable))
    history = _document(tree, file, reader)
    return (None if has_errors(reader.found) else history), tuple(reader.found)


def read_assignment(
    text: str, file: str, policy: LoadedPolicy, *, reading: bool
) -> tuple[dict[str, Value], Diagnostics]:
    """Return the parameter that `NAME=VALUE` sets. `file` is what spans call the place (`--param`)."""
    reader = Reader(policy, ZoneInfo("UTC"))
    name, sign, value = text.partition("=")
    span = Span(file, 1, 1, 1, len(text) + 1)
    if not sign:
        reader.wrong("E0501", span, f"`{text}` is not of the form NAME=VALUE")
        return {}, tuple(reader.found)
    key = Scalar(name.strip(), Span(file, 1, 1, 1, len(name) + 1))
    scalar = Scalar(value.strip(), Span(file, 1, len(name) + 2, 1, max(len(text) + 1, len(name) + 3)))
    return _parameters(Fields(((key, scalar),), span), reader, reading=reading), tuple(reader.found)


# --- streams -------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One line of a stream: its number, its text."""

    number: int
    text: str


def stream_head(
    lines: Iterator[Line], file: str, policy: LoadedPolicy
) -> tuple[History | None, list[Line], Diagnostics]:
    """Return the history that a stream's first line begins (no entries), and the lines read that are steps.

    A first line without a date is the head; without a head, the history starts on the day of its first step.
    """
    reader = Reader(policy, ZoneInfo(policy.header.time_zone))
    first = next(lines, None)
    if first is None:
        reader.wrong("E0501", start_of(file), "the history is empty")
        return None, [], tuple(reader.found)
    tree, unreadable = read_tree(first.text.rstrip("\r\n"), file, is_json=True, first_line=first.number)
    reader.found.extend(unreadable)
    if not isinstance(tree, Fields):
        if tree is not None:
            reader.wrong("E0501", tree.span, "each line is an object of names and values")
        return None, [], tuple(reader.found)
    if tree.get("date") is None and tree.get("at") is None:
        head = _document(tree, file, reader, stream=True)
        return (None if has_errors(reader.found) else head), [], tuple(reader.found)
    entry = entry_of(tree, reader)
    if entry is None or has_errors(reader.found):
        return None, [], tuple(reader.found)
    return History(file, None, entry.day, entry.span, {}, {}, (), ()), [first], ()


def stream_entries(
    lines: Iterable[Line], file: str, policy: LoadedPolicy, start: Day
) -> Iterator[tuple[Entry | None, Diagnostics]]:
    """Yield each line as an entry, or what is wrong with it; memory is that of one line."""
    zone, reached = ZoneInfo(policy.header.time_zone), start
    for line in lines:
        reader = Reader(policy, zone)
        tree, unreadable = read_tree(line.text.rstrip("\r\n"), file, is_json=True, first_line=line.number)
        reader.found.extend(unreadable)
        entry = None if tree is None else entry_of(tree, reader)
        if entry is not None:
            reached = ordered(entry, reached, reader)
        yield (None if has_errors(reader.found) else entry), tuple(reader.found)


# --- the document --------------------------------------------------------------------------------


def _document(tree: Tree, file: str, reader: Reader, *, stream: bool = False) -> History | None:
    fields = fields_of(tree, reader, _TOP[:-2] if stream else _TOP, "a history", "start: 2023-01-31")
    if fields is None:
        return None
    _about_policy(fields.get("policy"), reader)
    start = _start(fields, reader)
    given = _parameters(fields.get("parameters"), reader, reading=False)
    given |= _parameters(fields.get("readings"), reader, reading=True)
    initial = _initial(fields.get("initial"), reader)
    entries: list[Entry] = []
    reached = start[0] if start else None
    for item in items(fields.get("steps"), reader, "steps"):
        entry = entry_of(item, reader)
        if entry is not None:
            reached = ordered(entry, reached, reader)
            entries.append(entry)
    if start is None and entries:
        start = entries[0].day, entries[0].span
    if start is None:
        if not has_errors(reader.found):  # else there may be one, in what could not be read
            reader.wrong("E0501", fields.span, "a history needs a start", "write `start: 2023-01-01` above its steps")
        return None
    _not_too_early(start, reader)
    variants = tuple(_variant(v, len(entries), reader) for v in items(fields.get("variants"), reader, "variants"))
    about = text_of(fields.get("about"), reader)
    return History(file, about, *start, given, initial, tuple(entries), tuple(v for v in variants if v is not None))


def _about_policy(title: Tree | None, reader: Reader) -> None:
    own = reader.policy.header.title
    if isinstance(title, Scalar) and title.text != own:
        reader.wrong("E0501", title.span, f"this history is about `{title.text}`, but the policy is `{own}`")


def _start(fields: Fields, reader: Reader) -> tuple[Day, Span] | None:
    given = fields.get("start")
    if given is None:
        return None
    day = value_of(given, DateType(), reader)
    return (day, given.span) if isinstance(day, int) else None


def _not_too_early(start: tuple[Day, Span], reader: Reader) -> None:
    first = reader.policy.header.histories_from
    if start[0] < first:
        message = f"the history starts on {show_day(start[0])}, but this policy's histories start on {show_day(first)}"
        reader.wrong("E0504", start[1], message, "start later, or change `histories from` in the policy's header")


def _parameters(tree: Tree | None, reader: Reader, *, reading: bool) -> dict[str, Value]:
    """Return values for parameters (with `reading`, for readings)."""
    what = "reading" if reading else "parameter"
    known = {p.name: p for p in reader.policy.system.parameters if p.is_reading == reading}
    given: dict[str, Value] = {}
    for key, value in pairs(tree, reader, f"{what}s"):
        if key.text not in known:
            unknown(key, what, known, reader)
            continue
        symbol = reader.policy.symbols.get(key.text)
        if symbol is None or symbol.type is None:
            continue
        made = value_of(value, symbol.type, reader)
        if made is not None:
            given[key.text] = made
    return given


def _initial(tree: Tree | None, reader: Reader) -> dict[str, Value]:
    """Return values for the variables that start anywhere; the others have a value of their own."""
    free = {v.name for v in reader.policy.system.variables if v.initial is None}
    given: dict[str, Value] = {}
    for key, value in pairs(tree, reader, "initial values"):
        target = find_target(key.text, reader.policy)
        if target is None or key.text not in {v.name for v in reader.policy.system.variables}:
            unknown(key, "state", [v.name for v in reader.policy.system.variables if not v.hidden], reader)
        elif key.text not in free:
            reader.wrong("E0503", key.span, f"`{key.text}` starts at the value that the policy gives it")
        else:
            given |= _assigned(key.text, target.type, value, reader)
    for name in sorted(n for n in free - given.keys() if not n.endswith(SET_SUFFIX)):
        span = tree.span if tree is not None else None
        if span is not None and tree is not None:
            reader.wrong("E0511", span, f"`{name}` needs an initial value here: the policy gives it none",
                         f"write `{name}: ...` beside the others")  # fmt: skip
    return given


def _assigned(name: str, type_: Type, tree: Tree, reader: Reader) -> dict[str, Value]:
    """Return the core's variables for the value of `name`: two for an optional date."""
    before = len(reader.found)
    value = value_of(tree, type_, reader)
    if len(reader.found) > before:
        return {}
    if not (isinstance(type_, DateType) and type_.optional):
        return {} if value is None else {name: value}
    return {name: reader.policy.header.histories_from if value is None else value, name + SET_SUFFIX: value is not None}


def _variant(tree: Tree, count: int, reader: Reader) -> Variant | None:
    fields = fields_of(tree, reader, _VARIANT, "a variant", "parameters: {NAME: VALUE}")
    if fields is None:
        return None
    given = _parameters(fields.get("parameters"), reader, reading=False)
    given |= _parameters(fields.get("readings"), reader, reading=True)
    listed = items(fields.get("expect"), reader, "expect")
    if listed and len(listed) != count:
        message = f"`expect` lists {len(listed)} of the {count} steps"
        reader.wrong("E0501", fields.span, message, "write one entry for each step, `null` where nothing is expected")
    told = tuple(_told(each, reader) for each in listed) if listed else ((None, ()),) * count
    expect, refused = tuple(e for _, e in told), tuple(r for r, _ in told)
    return Variant(text_of(fields.get("about"), reader), given, expect, refused, fields.span)


def _told(tree: Tree, reader: Reader) -> tuple[bool | None, tuple[Expectation, ...]]:
    """Return whether a step is refused in a variant, if that is said, and what is expected after it."""
    if not isinstance(tree, Fields) or find_target("refused", reader.policy) is not None:
        return None, expectations(tree, reader)
    said = tree.get("refused")
    refused = None if said is None else value_of(said, BooleanType(), reader)
    rest = Fields(tuple(entry for entry in tree.entries if entry[0].text != "refused"), tree.span)
    return None if refused is None else bool(refused), expectations(rest, reader)
