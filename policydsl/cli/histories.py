"""History files on disk: golden ones beside a policy, and streams of any length."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.records import dataclass
from policydsl.base.span import Span, whole_file

if TYPE_CHECKING:
    from policydsl.analyses.replay import Played
    from policydsl.engines.verdict import Refuted
    from policydsl.front.history import History
    from policydsl.front.history_read import Line
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.report.model import HistoryResult

DOCUMENTS = {".yaml", ".yml", ".json"}
STREAM = ".jsonl"
MAX_BYTES = 10_000_000
MAX_LINE = 1_000_000

NOT_AS_WRITTEN = frozenset({"E0507", "E0508", "E0509", "E0510"})
"""Codes that say something about the policy; all others say that the history itself is not one."""


@dataclass(slots=True)
class Golden:
    """What came of the golden histories of a policy: their texts, and the clauses they show to be alive."""

    results: list["HistoryResult"] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    alive: dict[str, "Refuted"] = field(default_factory=dict)


def play_golden(policy: "LoadedPolicy") -> Golden:
    """Return what comes of the histories in the folder `NAME.histories` beside the policy `NAME.policy`."""
    from policydsl.analyses.alive import shown_by

    made = Golden()
    played: list[Played] = []
    for result, _, each in _golden(policy, made.sources):
        made.results.append(result)
        played += [] if each is None else [each]
    made.alive = shown_by(policy, played)
    return made


def golden_texts(policy: "LoadedPolicy") -> dict[str, str] | None:
    """Return the texts of those histories by their paths; None where one cannot be read."""
    try:
        return {str(path): path.read_bytes().decode("utf-8-sig") for path in golden_files(policy.path)}
    except (OSError, UnicodeDecodeError):
        return None


def golden_histories(
    policy: "LoadedPolicy", sources: dict[str, str]
) -> Iterator[tuple["HistoryResult", "History | None"]]:
    """Yield those histories, each with what is wrong with it."""
    return ((result, history) for result, history, _ in _golden(policy, sources))


def _golden(
    policy: "LoadedPolicy", sources: dict[str, str]
) -> Iterator[tuple["HistoryResult", "History | None", "Played | None"]]:
    from policydsl.analyses.replay import play
    from policydsl.front.history_read import read_history
    from policydsl.report.model import HistoryResult

    for path in golden_files(policy.path):
        text, found = read_document(path)
        history = None
        if text is not None:
            sources[str(path)] = text
            history, found = read_history(text, str(path), policy)
        played = None if history is None else play(policy, history)
        found = (*found, *(() if played is None else played.found))
        rejected = any(d.code not in NOT_AS_WRITTEN for d in found)
        yield HistoryResult(str(path), history.about if history else None, found, rejected), history, played


def golden_files(policy: str) -> list[Path]:
    """Return the golden histories that lie beside the file `policy`."""
    folder = Path(policy).with_suffix(".histories")
    return sorted(p for p in folder.glob("*") if p.suffix in DOCUMENTS)


def histories_under(policy: "LoadedPolicy", paths: Iterable[str]) -> Iterator["History"]:
    """Yield the golden histories of the policies at `paths` that are histories under the wording `policy`."""
    from policydsl.front.history_read import read_history

    for path in dict.fromkeys(path for each in paths for path in golden_files(each)):
        text, _ = read_document(path)
        history = None if text is None else read_history(text, str(path), policy)[0]
        if history is not None:
            yield history


def alive_under(policies: "Sequence[LoadedPolicy]") -> "list[dict[str, Refuted]]":
    """Return for each of `policies`, by key, what the golden histories of all of them show to be alive under it."""
    from policydsl.analyses.alive import shown_by
    from policydsl.analyses.replay import play

    paths = [p.path for p in policies]
    return [shown_by(p, (play(p, history) for history in histories_under(p, paths))) for p in policies]


def read_document(path: Path) -> tuple[str | None, Diagnostics]:
    """Return the text of a history, or why there is none."""
    from policydsl.syntax.source import read_source

    try:
        large = path.is_file() and path.stat().st_size > MAX_BYTES
        if path.is_file() and not large:
            return path.read_bytes().decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        message = f"`{path}` is not UTF-8 (byte {error.start + 1})"
        return None, (Diagnostic("E0602", whole_file(path), message, hint="save it as UTF-8"),)
    except OSError:
        large = False
    if large:
        message = f"the history has more than {MAX_BYTES:,} bytes"
        hint = "write one JSON object a line into a `.jsonl` file: it may be of any length"
        return None, (Diagnostic("E0501", whole_file(path), message, hint=hint),)
    return read_source(path)


def stream_lines(path: Path) -> Iterator["Line | Diagnostic"]:
    """Yield the lines of a stream that are not blank, one at a time; ends with what cannot be read."""
    from policydsl.front.history_read import Line

    with path.open("rb") as stream:
        number = 0
        while data := stream.readline(MAX_LINE + 1):
            number += 1
            if len(data) > MAX_LINE:
                yield Diagnostic("E0501", _line(path, number), f"a line of more than {MAX_LINE:,} bytes")
                return
            try:
                text = data.decode()
            except UnicodeDecodeError:
                yield Diagnostic("E0602", _line(path, number), "this line is not UTF-8", hint="save the file as UTF-8")
                return
            if not text.isspace():
                yield Line(number, text.removeprefix("\ufeff") if number == 1 else text)


def _line(path: Path, number: int) -> Span:
    return Span(str(path), number, 1, number, 2)
