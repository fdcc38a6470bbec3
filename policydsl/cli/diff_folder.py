"""The certificates of a comparison, in a folder of their own: what was compared, and a file for each question."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit
from policydsl.base.records import dataclass
from policydsl.base.span import whole_file
from policydsl.cli.shared import counted, show_diagnostics, write_file
from policydsl.cli.shelf import ENDING, HEAD, MISSING, file_name
from policydsl.cli.solvers import Checked, refused_by

if TYPE_CHECKING:
    from policydsl.analyses.diff_ask import Asker
    from policydsl.core.system import Question
    from policydsl.engines.verdict import Json, Record, Verdict
    from policydsl.front.wordings import Wordings

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Head:
    """What was compared: two wordings as `policydsl diff` names them, seen from the folder, under which names.

    `answered` are the questions that have a certificate, `left` those that have none, both by key.
    """

    old: str
    new: str
    renames: Mapping[str, str]
    answered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class Folder:
    """What lies in the folder: good answers by key and binding, and what is wrong with other files."""

    path: Path
    head: Head | None = None
    answers: dict[tuple[str, str], "Mapping[str, Json]"] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def file(self, key: str) -> Path:
        """Return where the answers to the question `key` are."""
        return self.path / (file_name(key) + ENDING)


def folders_in(paths: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the folders in `paths`, at any depth, with certificates of comparisons; and the paths with anything else.

    What holds nothing at all counts among the latter: it is for others to say so.
    """
    found: dict[Path, None] = {}
    others: list[Path] = []
    for path in paths:
        own = [head.parent for head in sorted(path.rglob(HEAD))] if path.is_dir() else []
        found.update(dict.fromkeys(own))
        if not own or any(p.suffix in {".policy", ".claims"} for p in path.rglob("*")):
            others.append(path)
    return tuple(found), tuple(others)


# --- reading and writing -------------------------------------------------------------------------


def open_folder(path: Path, title: str) -> "Folder | Diagnostic":
    """Return what lies in the folder `path`, which need not be there; what is wrong where it is another's."""
    from policydsl.engines.records import StoreError, read_records

    found = Folder(path)
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / HEAD).exists())):
        message = f"`{path}` is there already, and holds no certificates of a comparison"
        return Diagnostic("E0603", whole_file(path), message, hint="name a new folder")
    if not path.exists():
        return found
    found.head = read_head(path)
    for file in sorted(path.glob(f"*{ENDING}")):
        try:
            text = file.read_text(encoding="utf-8")
            key = str(json.loads(text.partition("\n")[0])["question"])
            records = read_records(text, title, key)
        except (OSError, UnicodeDecodeError):
            found.wrong[file.name] = "cannot be read"
        except (ValueError, KeyError, TypeError, RecursionError):
            found.wrong[file.name] = "was changed or cut off after it was written"
        except StoreError as error:
            found.wrong[file.name] = str(error)
        else:
            if found.file(key) != file:
                found.wrong[file.name] = "is about another question"
            else:
                found.answers |= {(key, r.binding): r.said for r in records}
    return found


def read_head(path: Path) -> Head | None:
    """Return what was compared in the folder `path`; None where that is not as it was written."""
    try:
        said = json.loads((path / HEAD).read_text(encoding="utf-8"))
        if said.pop("seal") != _seal(said) or said.pop("format") != _FORMAT:
            return None
        head = Head(**said)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return replace(head, answered=tuple(head.answered), left=tuple(head.left))


def _seal(said: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write_folder(
    folder: Folder, head: Head, title: str, answers: Sequence[tuple["Question", "Record | None"]]
) -> Diagnostic | None:
    """Store `answers`, each file at once or not at all, and remove what nothing asks for; return what is wrong."""
    from policydsl.cli.shared import cannot_write
    from policydsl.engines.records import write_records

    by_key: dict[str, dict[str, Record]] = {}
    left: dict[str, None] = {}
    for question, record in answers:
        if record is None:
            left[question.key] = None
        else:
            by_key.setdefault(question.key, {})[record.binding] = record
    head = replace(head, answered=tuple(sorted(by_key)), left=tuple(sorted(left)))
    said: dict[str, object] = {
        "format": _FORMAT, "old": head.old, "new": head.new, "renames": dict(sorted(head.renames.items())),
        "answered": list(head.answered), "left": list(head.left),
    }  # fmt: skip
    texts = {folder.file(key): write_records(title, key, own.values()) for key, own in by_key.items()}
    texts[folder.path / HEAD] = json.dumps({**said, "seal": _seal(said)}, ensure_ascii=False, indent=1) + "\n"
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        for path, text in sorted(texts.items()):
            failure = write_file(path, text)
            if failure is not None:
                return failure
        for path in sorted(folder.path.glob(f"*{ENDING}")):
            if path not in texts:
                path.unlink()
    except OSError as error:
        return cannot_write(Path(str(error.filename or folder.path)), error)
    return None


def seen_from(folder: Path, name: str) -> str:
    """Return `name`, a file or `REVISION:FILE`, as it is called from `folder`."""
    revision, colon, file = name.partition(":")
    if not colon or Path(name).exists():
        return Path(os.path.relpath(name, folder)).as_posix()
    return f"{revision}:{Path(os.path.relpath(file, folder)).as_posix()}"


def called_here(folder: Path, name: str) -> str:
    """Return what `seen_from` has made of a name as it is called from the working folder."""
    revision, colon, file = name.partition(":")
    if not colon or (folder / name).exists():
        return os.path.normpath(folder / name)
    return f"{revision}:{os.path.normpath(folder / file)}"


def keep(folder: Folder, head: Head, wordings: "Wordings", asked: Sequence[tuple["Question", "Verdict"]]) -> int:
    """Store what a comparison has answered, say so, and return the exit code: not 0 if that fails."""
    from policydsl.analyses.recall import records_of

    records = list(records_of(asked, wordings.old.header.histories_from))
    answers = [(question, record) for (question, _), record in zip(asked, records, strict=True)]
    failure = write_folder(folder, head, wordings.old.header.title, answers)
    if failure is not None:
        show_diagnostics((failure,), {})
        return Exit.REJECTED
    used = sum(r is not None and (q.key, r.binding) in folder.answers for q, r in answers)
    left = [q.key for q, r in answers if r is None]
    click.echo(f"{folder.path}: {len(asked) - len(left)} answers certified, {used} of them from certificates", err=True)
    _name_undecided(folder, left)
    return Exit.GOOD


def _name_undecided(folder: Folder, keys: Sequence[str]) -> None:
    """Say which questions are undecided, a few by name."""
    for key in sorted(keys)[:_NAMED]:
        click.echo(f"{folder.path}: `{key}` is undecided: there is no certificate", err=True)
    if len(keys) > _NAMED:
        click.echo(f"{folder.path}: {len(keys) - _NAMED} more are undecided", err=True)


_NAMED = 5


# --- checking ------------------------------------------------------------------------------------


def check_folder(path: Path, solvers: Sequence[str], jobs: int) -> int:
    """Show again all that was certified about two wordings; say what does not stand, and return the exit code."""
    from policydsl.cli.diff_sides import read_wording
    from policydsl.front.wordings import load_wordings

    head = read_head(path)
    if head is None:
        _complain(path / HEAD, "was changed or cut off after it was written")
        return Exit.UNEXPECTED
    loaded = load_wordings(called_here(path, head.old), called_here(path, head.new), (), read_wording)
    if loaded.wordings is None:
        show_diagnostics(loaded.diagnostics, loaded.sources)
        return Exit.REJECTED
    folder = open_folder(path, loaded.wordings.old.header.title)
    assert isinstance(folder, Folder)
    asker, bugs = _ask_again(folder, head, loaded.wordings, jobs)
    if bugs:
        for reason in bugs:
            click.echo(f"policydsl has a bug: {reason}", err=True)
        return Exit.BUG
    return _verdict(folder, head, asker, solvers)


def _ask_again(folder: Folder, head: Head, wordings: "Wordings", jobs: int) -> tuple["Asker", list[str]]:
    """Ask all that a comparison asks, with no other answers than those in `folder`; return who was asked, and bugs."""
    from policydsl.analyses.diff_ask import Asker, crew_of
    from policydsl.analyses.diff_replay import retell_both
    from policydsl.analyses.diff_reworded import reworded
    from policydsl.analyses.diff_whole import examine
    from policydsl.analyses.recall import Recall
    from policydsl.cli.certify import no_search
    from policydsl.engines.verdict import Budget, SemanticsDisagreeError

    with crew_of(jobs, no_search) as crew:
        asker = Asker(crew, Budget(seconds=60.0), jobs, recall=Recall(stored=folder.answers))
        told = wordings if head.renames else reworded(wordings, asker)
        whole = examine(told, head.renames, asker, certified=True)
    bugs = [b.reason for b in asker.bugs]
    try:
        for distinction in whole.made.distinctions:
            retell_both(whole.made, distinction)
        for switched in whole.switched:
            if switched.distinction is not None:
                retell_both(switched.comparison, switched.distinction)
    except SemanticsDisagreeError as error:
        bugs.append(str(error))
    return asker, bugs


def _verdict(folder: Folder, head: Head, asker: "Asker", solvers: Sequence[str]) -> int:
    """Say what stands and what does not; return the exit code."""
    from policydsl.engines.verdict import Bounded, Refuted, Unknown

    wrong = {folder.path / name: reason for name, reason in folder.wrong.items()}
    keys = {q.key for q, _ in asker.recall.answered}
    wrong |= {folder.file(k): MISSING for k in head.answered if not folder.file(k).exists()}
    known = {folder.file(k) for k in keys}
    for file in sorted(folder.path.glob(f"*{ENDING}")):
        if file not in known:
            wrong.setdefault(file, "belongs to no question")
    left: list[str] = []
    good: list[tuple[Question, Verdict]] = []
    wanting = bool(wrong)  # what hangs on an answer that is not there is asked instead: nobody need hear of all that
    for question, verdict in asker.recall.answered:
        if not isinstance(verdict, Unknown | Bounded):
            good.append((question, verdict))
        elif question.key in head.left and question.key not in asker.unfit:
            left.append(question.key)
        elif not wanting or question.key in head.answered:
            reason = asker.unfit.get(question.key, "is about other wordings, or there is none for what is asked now")
            wrong.setdefault(folder.file(question.key), reason)
    for file, reason in sorted(wrong.items()):
        _complain(file, reason)
    proofs = list(_proofs(folder, good))
    refused, code = refused_by(solvers, proofs)
    show_diagnostics(tuple(refused), {}) if refused else None
    if code is not None:
        return code
    stories = sum(isinstance(v, Refuted) for _, v in good)
    click.echo(
        f"{folder.path}: {counted(len(proofs), 'proof', 'proofs')} about two wordings, re-checked by "
        f"{' and '.join(solvers)}, each in a process of its own; {counted(stories, 'story', 'stories')}, replayed"
    )
    _name_undecided(folder, left)
    return Exit.UNEXPECTED if wrong or refused else Exit.UNDECIDED if left else Exit.GOOD


def _proofs(folder: Folder, answers: Sequence[tuple["Question", "Verdict"]]) -> Iterator[Checked]:
    from policydsl.engines.store import Desk, whole_proof
    from policydsl.engines.verdict import Proved, Vacuous

    desk = Desk()
    for question, verdict in answers:
        if isinstance(verdict, Proved | Vacuous):
            yield Checked(question.key, whole_proof(question, verdict, desk), folder.file(question.key))


def _complain(file: Path, reason: str) -> None:
    hint = "if the change is meant: `policydsl diff OLD NEW --certificates DIR` writes it anew"
    show_diagnostics((Diagnostic("E0610", whole_file(file), f"this certificate {reason}", hint=hint),), {})
