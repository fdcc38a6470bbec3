"""Source documents at the command line: read, locked, and quoted in reports."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.span import whole_file
from policydsl.cli.shared import reason_of

if TYPE_CHECKING:
    from policydsl.document.align import Locked
    from policydsl.document.outline import Passage
    from policydsl.report.model import PolicyReport, Report

LOCK = ".lock"
HELP = (
    "The document that the policy transcribes (.txt, .html, .docx): its own sentences are quoted. With several "
    "policies, NAME=FILE, once for each. They stand in the report alone."
)


def quoted(report: "Report", documents: Sequence[str]) -> "tuple[Report, tuple[Diagnostic, ...]]":
    """Return `report` with the sentences of `documents`, each FILE or POLICY=FILE, and what is wrong with them."""
    if not documents:
        return report, ()
    from policydsl.document.quote import sentences
    from policydsl.report.quoted import with_quotes

    found: list[Diagnostic] = []
    quotes: dict[str, Mapping[str, str]] = {}
    for text in documents:
        policy, path = _meant(report, text, found)
        passages = None if policy is None else read_passages(path, found)
        if policy is None or passages is None:
            continue
        lock = read_lock_at(Path(policy.path).with_suffix(LOCK), found)
        quotes[policy.path] = sentences(passages, [c.number for c in policy.clauses], lock)
        if not quotes[policy.path]:
            message = f"no clause of `{policy.title}` stands for a sentence of `{path}`"
            hint = f"`policydsl trace {policy.path} --document {path}` lines them up"
            found.append(Diagnostic("E0630", whole_file(path), message, hint=hint))
    return with_quotes(report, quotes), tuple(found)


def unreadable(documents: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the files of `documents`: worth knowing before anything else is done."""
    found: list[Diagnostic] = []
    for text in documents:
        _, mark, file = text.partition("=")
        read_passages(Path(file if mark and not Path(text).exists() else text), found)
    return tuple(found)


def _meant(report: "Report", text: str, found: list[Diagnostic]) -> "tuple[PolicyReport | None, Path]":
    """Return the policy and the file that an option names."""
    name, mark, file = text.partition("=")
    named = [p for p in report.policies if name in {p.path, Path(p.path).stem, p.title}] if mark else []
    if len(named) == 1:
        return named[0], Path(file)
    if len(report.policies) == 1 and (not mark or Path(text).exists()):
        return report.policies[0], Path(text)
    known = ", ".join(f"`{Path(p.path).stem}`" for p in report.policies)
    message = f"`{text}` does not say of which policy it is the document"
    hint = f"write NAME=FILE; the policies are {known}" if known else "there is no policy in the report"
    found.append(Diagnostic("E0604", whole_file(text), message, hint=hint))
    return None, Path(text)


def read_passages(path: Path, found: list[Diagnostic]) -> "tuple[Passage, ...] | None":
    """Return the sentences of the document at `path`; None, with what is wrong in `found`, if it cannot be read."""
    from policydsl.document.outline import outline
    from policydsl.document.read import HTML, TEXT, WORD, UnreadableError, read_document

    where, ending = whole_file(path), path.suffix.lower()
    if ending not in TEXT | HTML | WORD:
        found.append(
            Diagnostic("E0630", where, f"`{path}` is no kind of document that can be read", hint=".txt, .html or .docx")
        )
        return None
    try:
        passages = outline(read_document(path.read_bytes(), ending))
    except OSError as error:
        found.append(Diagnostic("E0601", where, f"`{path}` cannot be read: {reason_of(error)}"))
    except ModuleNotFoundError as error:
        message = f"`{error.name}`, which reads documents of this kind, is not installed"
        found.append(Diagnostic("E0622", where, message, hint="pip install 'policydsl[trace]'"))
    except UnreadableError as error:
        found.append(Diagnostic("E0630", where, f"`{path}` cannot be understood: {error}"))
    else:
        if any(not passage.heading for passage in passages):
            return passages
        # of nothing, nothing would be left uncovered
        found.append(Diagnostic("E0630", where, f"`{path}` cannot be understood: there is no sentence in it"))
    return None


def read_lock_at(path: Path, found: list[Diagnostic]) -> "tuple[Locked, ...] | None":
    """Return the lock at `path`; None where there is none, or, with what is wrong in `found`, none that can be read."""
    from policydsl.document.lock import LockError, read_lock

    if not path.exists():
        return None
    where = whole_file(path)
    try:
        return read_lock(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, LockError) as error:
        found.append(
            Diagnostic("E0631", where, f"`{path}` cannot be used: {error}", hint="mend it, or remove it and `--write`")
        )
        return None
