"""`policydsl run --no-account`: only where a history ends, fast and in constant memory."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.calendar import show_day
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.span import Span
from policydsl.cli.histories import MAX_BYTES
from policydsl.core.expr import Value
from policydsl.front.history import Entry, History
from policydsl.front.history_plain import plain_steps
from policydsl.front.history_read import Line, read_history, stream_entries, stream_head
from policydsl.front.loaded import LoadedPolicy
from policydsl.semantics.compile import Happening, compile_system
from policydsl.semantics.interpret import Rejected, State

if TYPE_CHECKING:
    from policydsl.cli.run import Case

_STREAM = ".jsonl"


def fold(case: "Case", form: str) -> None:
    """Write the state in which the history ends; mistakes are collected in `case`."""
    from policydsl.analyses.replay import begin, settled_parameters
    from policydsl.report.account import account_json, account_words, ending, ending_lines

    source = _Source(case)
    head = source.open()
    if head is None or case.found:
        return
    state, wrong = begin(case.policy, head, case.given)
    case.found.extend(wrong)
    if state is None:
        return
    started = time.perf_counter()
    state = _fold_all(case, source, settled_parameters(case.policy, head, case.given), state)
    seconds = max(time.perf_counter() - started, 1e-9)
    end = ending(case.policy, state)
    if form == "json":
        for piece in account_json(case.policy, str(case.path), (), case.found, lambda: end):
            click.echo(piece, nl=False)
    else:
        click.echo(ending_lines(end, account_words(case.policy, case.language)), nl=False)
    click.echo(f"{source.count:,} steps read, {source.count / seconds:,.0f} a second", err=True)


def _fold_all(case: "Case", source: "_Source", parameters: Mapping[str, Value], state: State) -> State:
    """Return the state after everything in `source`: plain stretches compiled, all else by the interpreter."""
    from policydsl.analyses.replay import Happened, replay

    folder = compile_system(case.policy.system)
    while not case.found:
        result = folder.fold(parameters, state, source.plain())
        if isinstance(result, Rejected):
            source.blame(result)
            return state
        state = result
        if source.entry is None:
            break
        entry = replace(source.entry, expect=()) if case.given else source.entry
        for each in replay(case.policy, parameters, state, (entry,), None):
            if isinstance(each, Diagnostic):
                case.found.append(each)
            elif isinstance(each, Happened):
                state = each.result.state
    if case.until is not None and not case.found:
        for each in replay(case.policy, parameters, state, (), case.until):
            state = each.result.state if isinstance(each, Happened) else state
    return state


class _Source:
    """The steps of a history, handed out in plain stretches; `entry` is what ended the last one, None at the end."""

    def __init__(self, case: "Case") -> None:
        self._case = case
        self._line: Line | None = None
        self._items: Iterator[Entry | Happening] = iter(())
        self._day = 0
        self.count = 0
        self.entry: Entry | None = None

    def open(self) -> History | None:
        """Return the history without its entries; None if it cannot be read."""
        case = self._case
        if case.path.suffix != _STREAM or not case.path.is_file():
            return self._open_document()
        lines = case.lines()
        head, pending, wrong = stream_head(lines, str(case.path), case.policy)
        case.found.extend(wrong)
        if head is not None:
            self._day = head.start
            self._items = self._read(chain(pending, lines))
        return head

    def _open_document(self) -> History | None:
        case = self._case
        quick = quick_document(case.path, case.policy)
        if quick is not None:
            history, steps = quick
            self._items = iter(steps)
            return history
        opened = case.open()
        if opened is None:
            return None
        history, entries = opened
        self._items = (_plain(e) for e in entries)
        return history

    def _read(self, lines: Iterable[Line]) -> Iterator[Entry | Happening]:
        """Yield the lines of a stream, the plain ones fast."""
        case = self._case
        for made in plain_steps(self._objects(lines), case.policy):
            if made is not None:
                yield made
                continue
            assert self._line is not None
            for entry, wrong in stream_entries((self._line,), str(case.path), case.policy, self._day):
                case.found.extend(wrong)
                if entry is None or wrong:
                    case.remember(self._line)
                    return
                yield _plain(entry)

    def _objects(self, lines: Iterable[Line]) -> Iterator[Mapping[str, object]]:
        for self._line in lines:
            try:
                made = json.loads(self._line.text)
            except (ValueError, RecursionError):
                made = None
            yield made if isinstance(made, dict) else {}

    def plain(self) -> Iterator[Happening]:
        """Yield steps up to the next that is more than an event with its inputs."""
        self.entry = None
        until = self._case.until
        for item in self._items:
            day = item.day if isinstance(item, Entry) else item[1]
            if until is not None and day > until:
                return
            self.count += 1
            self._day = day
            if isinstance(item, Entry):
                self.entry = item
                return
            yield item

    def blame(self, rejected: Rejected) -> None:
        """Report the step handed out last, which was refused."""
        case = self._case
        if self._line is not None:
            case.remember(self._line)
        at = Span(str(case.path), self._line.number if self._line else 0, 1, self._line.number if self._line else 0, 2)
        event = next((e for e in case.policy.system.events if e.name == rejected.about), None)
        on = f"on {show_day(self._day)}" + ("" if self._line else f" (step {self.count})")
        match rejected.reason:
            case "past":
                code, message = "E0502", f"a step {on}, before the day that the history has already reached"
            case "rest":
                code, message = "E0510", f"`{rejected.about}` fires again and again on one day, {on}"
            case _ if event is not None and event.kind == "act":
                code, message = "E0505", f"`{rejected.about}` is not permitted {on}"
            case _:
                code, message = "E0506", f"`{rejected.about}` is not possible {on}"
        case.found.append(Diagnostic(code, at, message, rejected.clause))


def _plain(entry: Entry) -> Entry | Happening:
    """Return an entry that is nothing but an event in the form that is folded."""
    if entry.event is None or entry.refused or entry.expect:
        return entry
    return entry.event, entry.day, entry.inputs


def quick_document(path: Path, policy: LoadedPolicy) -> tuple[History, Sequence[Happening]] | None:
    """Return a JSON document whose steps are all plain; None where the careful way must be taken."""
    if path.suffix != ".json" or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or "start" not in data or not isinstance(data.get("steps"), list):
        return None
    steps = [s for s in data["steps"] if isinstance(s, dict)]
    made = list(plain_steps(steps, policy))
    history, _ = read_history(json.dumps({**data, "steps": [], "variants": []}), str(path), policy)
    if history is None or len(steps) < len(data["steps"]):
        return None
    plain = [m for m in made if m is not None]
    return (history, plain) if len(plain) == len(made) else None
