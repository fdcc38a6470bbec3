"""`policydsl run`: one history, step by step."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, in_order
from policydsl.base.exits import Exit
from policydsl.base.span import Span
from policydsl.cli.chosen import load_one
from policydsl.cli.report import LanguageChoice
from policydsl.cli.shared import show_diagnostics

if TYPE_CHECKING:
    from policydsl.analyses.replay import Moment
    from policydsl.core.expr import Value
    from policydsl.front.history import Entry, History
    from policydsl.front.history_read import Line
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.report.account import Ending, RefusedStep
    from policydsl.report.told import StoryStep
    from policydsl.report.words import Words
    from policydsl.semantics.interpret import State


@click.command()
@click.argument("policy", type=click.Path(path_type=Path))
@click.argument("history", type=click.Path(path_type=Path))
@click.option("--until", metavar="DATE", help="Stop after this day, and let the calendar go on to it.")
@click.option("--reading", "readings", multiple=True, metavar="NAME=VALUE", help="Read an ambiguous wording this way.")
@click.option("--param", "parameters", multiple=True, metavar="NAME=VALUE", help="Give a parameter a value.")
@click.option("--quiet", "--no-account", "quiet", is_flag=True,
              help="Only the final state: fast, for histories of any length (.jsonl).")  # fmt: skip
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(["text", "json"]),
              help="Text to read, or JSON for programs (docs/schema/account-1.json).")  # fmt: skip
@click.option("--language", default="en", show_default=True, type=LanguageChoice(), help="What the text is written in.")
def run(  # noqa: PLR0913  one parameter for each option
    policy: Path, history: Path, until: str | None, readings: tuple[str, ...], parameters: tuple[str, ...],
    *, quiet: bool, form: str, language: str,
) -> int:  # fmt: skip
    """Tell what happens in a HISTORY under a POLICY: each step, who did it, what changed, and which clause says so.

    HISTORY is a YAML or JSON document with a start and a list of steps, or a stream (.jsonl) with one step a line.
    Steps that the calendar causes are inserted. What is not permitted is refused, with the clause, and changes nothing.

    \b
    policydsl run specs/my.policy history.yaml
    policydsl run specs/my.policy history.yaml --until 2024-12-31 --reading which_month=thirty_days
    policydsl run specs/my.policy events.jsonl --no-account
    """  # noqa: D301
    loaded = load_one(policy)
    case = Case(loaded.policies[0], history, dict(loaded.sources), language)
    case.set_options(until, readings, parameters)
    if not case.found:
        if quiet:
            from policydsl.cli.fold import fold

            fold(case, form)
        else:
            _account(case, form)
    show_diagnostics(in_order(case.found), case.sources)
    return exit_of(case.found)


def exit_of(found: Iterable[Diagnostic]) -> int:
    """Return the exit code for what was found in a history."""
    from policydsl.cli.histories import NOT_AS_WRITTEN

    codes = {d.code for d in found if d.is_error}
    if codes - NOT_AS_WRITTEN:
        return Exit.REJECTED
    return Exit.UNEXPECTED if codes else Exit.GOOD


class Case:
    """A policy, the file of a history, the options, and what is wrong so far."""

    def __init__(self, policy: "LoadedPolicy", path: Path, sources: dict[str, str], language: str) -> None:
        self.policy = policy
        self.path = path
        self.language = language
        self.sources = sources
        self.found: list[Diagnostic] = []
        self.given: dict[str, Value] = {}
        self.until: int | None = None

    def set_options(self, until: str | None, readings: Iterable[str], parameters: Iterable[str]) -> None:
        """Read what the options say."""
        from policydsl.base.calendar import parse_day
        from policydsl.front.history_read import read_assignment

        for option, texts in (("--reading", readings), ("--param", parameters)):
            for i, text in enumerate(texts, start=1):
                name = option if i == 1 else f"{option} ({i})"
                self.sources[name] = text
                given, wrong = read_assignment(text, name, self.policy, reading=option == "--reading")
                self.given |= given
                self.found.extend(wrong)
        if until is not None:
            self.until = parse_day(until)
            if self.until is None:
                self.sources["--until"] = until
                span = Span("--until", 1, 1, 1, len(until) + 1)
                message = f"`{until}` is not a date that exists"
                self.found.append(Diagnostic("E0504", span, message, hint="write for example 2023-01-31"))

    def open(self) -> "tuple[History, Iterator[Entry]] | None":
        """Return the history and its entries, which may come in one by one; None if it cannot be read."""
        from policydsl.cli.histories import STREAM, read_document
        from policydsl.front.history_read import read_history

        if self.path.suffix == STREAM and self.path.is_file():
            return self._open_stream()
        text, wrong = read_document(self.path)
        self.found.extend(wrong)
        if text is None:
            return None
        self.sources[str(self.path)] = text
        history, wrong = read_history(text, str(self.path), self.policy)
        self.found.extend(wrong)
        return None if history is None else (history, iter(history.entries))

    def _open_stream(self) -> "tuple[History, Iterator[Entry]] | None":
        from itertools import chain

        from policydsl.front.history_read import stream_entries, stream_head

        lines = self.lines()
        head, pending, wrong = stream_head(lines, str(self.path), self.policy)
        self.found.extend(wrong)
        if head is None:
            return None
        read = stream_entries(chain(pending, lines), str(self.path), self.policy, head.start)
        return head, self._good(read)

    def lines(self) -> "Iterator[Line]":
        """Yield the lines of a stream, until one cannot be read."""
        from policydsl.cli.histories import stream_lines

        for line in stream_lines(self.path):
            if isinstance(line, Diagnostic):
                self.found.append(line)
                return
            self._last = line
            yield line

    def remember(self, line: "Line") -> None:
        """Keep the text of `line` for the messages about it; a stream as a whole is never kept."""
        self.sources[str(self.path)] = "\n" * (line.number - 1) + line.text.rstrip("\r\n")

    def _good(self, read: "Iterator[tuple[Entry | None, tuple[Diagnostic, ...]]]") -> "Iterator[Entry]":
        for entry, wrong in read:
            self.found.extend(wrong)
            if wrong:
                self.remember(self._last)
            if entry is None:
                return
            yield entry


def _account(case: Case, form: str) -> None:
    """Write the account as it comes, and collect what is wrong."""
    from dataclasses import replace

    from policydsl.analyses.replay import begin, replay, settled_parameters
    from policydsl.report import account

    opened = case.open()
    if opened is None or case.found:
        return
    history, entries = opened
    state, wrong = begin(case.policy, history, case.given)
    case.found.extend(wrong)
    if state is None:
        return
    if case.given:
        entries = (replace(e, expect=()) for e in entries)  # they were written for other values
        click.echo("what the history expects is not compared: the options give other values", err=True)
    if history.variants:
        click.echo("the variants are not played: `policydsl check` compares what they expect", err=True)
    teller = _Teller(case, state)
    parameters = settled_parameters(case.policy, history, case.given)
    moments = replay(case.policy, parameters, state, entries, case.until)
    if form == "json":
        steps = teller.steps(moments)
        pieces = account.account_json(case.policy, str(case.path), steps, case.found, teller.ending)
    else:
        words = account.account_words(case.policy, case.language)
        first = account.heading(case.policy, str(case.path), history.about, history.start, words)
        pieces = teller.text(moments, first, words)
    for piece in pieces:
        click.echo(piece, nl=False)


_MOST_FOUND = 50
"""After so many mistakes a history is not read on."""


class _Teller:
    """Goes through a replay once: what is told is handed on, what is wrong collected, the state kept."""

    def __init__(self, case: Case, state: "State") -> None:
        self._case, self._state = case, state

    def ending(self) -> "Ending":
        """Return where the history has come to."""
        from policydsl.report.account import ending

        return ending(self._case.policy, self._state)

    def steps(self, moments: "Iterable[Moment | Diagnostic]") -> "Iterator[StoryStep | RefusedStep]":
        """Yield each step, told."""
        from policydsl.analyses.replay import Happened
        from policydsl.report.account import tell_moment

        for moment in moments:
            if isinstance(moment, Diagnostic):
                self._case.found.append(moment)
                if len(self._case.found) >= _MOST_FOUND:
                    return
                continue
            if isinstance(moment, Happened):
                self._state = moment.result.state
            yield tell_moment(self._case.policy, moment)

    def text(self, moments: "Iterable[Moment | Diagnostic]", heading: str, words: "Words") -> Iterator[str]:
        """Yield the account as text, as it comes."""
        from policydsl.report.account import ending_lines, step_lines

        yield heading
        for step in self.steps(moments):
            yield step_lines(step, words)
        yield ending_lines(self.ending(), words)
