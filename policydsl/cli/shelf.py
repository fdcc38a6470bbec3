"""Where certificates lie: in a folder `certificates` beside the claims, a file for each question."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import Subject
    from policydsl.engines.verdict import Record
    from policydsl.front.load import Loaded
    from policydsl.report.model import Certificates

FOLDER, ENDING, MISSING = "certificates", ".jsonl", "is missing"
HEAD = "comparison.json"
"""What tells that the certificates in a folder are those of a comparison, and of what."""
_LONGEST = 120


@dataclass(slots=True)
class Shelf:
    """What lies there: by subject the answers in its file and the text of it, or what is wrong with it."""

    kept: dict[int, tuple["Record", ...]] = field(default_factory=dict)
    wrong: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Shelf", first: int) -> None:
        """Add what `other` has, whose subjects come from the place `first` on."""
        self.kept |= {first + i: records for i, records in other.kept.items()}
        self.texts |= {first + i: text for i, text in other.texts.items()}
        self.wrong |= {first + i: reason for i, reason in other.wrong.items()}


def places(loaded: "Loaded", subjects: Sequence["Subject"]) -> list[Path]:
    """Return the file of each of `subjects`, all different.

    Claims lie in a folder named after their file, what the policy owes by itself in one named after the policy, beside
    the first claims about it.
    """
    homes: dict[str, Path] = {}
    for file in loaded.claims:
        homes.setdefault(file.policy.path, Path(file.path).parent)
    return places_by(homes, subjects)


def places_by(homes: Mapping[str, Path], subjects: Sequence["Subject"]) -> list[Path]:
    """Return the same where `homes` names the folder of the first claims about each policy, by its path."""
    found: list[Path] = []
    for s in subjects:
        if s.origin == "claim":
            folder = Path(s.path).parent / FOLDER / Path(s.path).stem
        else:
            home = homes.get(s.policy.path, Path(s.policy.path).parent)
            folder = home / FOLDER / Path(s.policy.path).stem / s.origin
        found.append(folder / (file_name(s.question.key) + ENDING))
    return found


def file_name(key: str) -> str:
    """Return `key` with what file systems do not like written as its number; a long one is cut and told by its hash."""
    name = re.sub(r"[^\w.\-]|^\.", lambda found: f"%{ord(found.group()):02X}", key)
    if len(name.encode()) <= _LONGEST:
        return name
    short = name.encode()[: _LONGEST - 20].decode(errors="ignore")
    return f"{short}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def read_shelf(subjects: Sequence["Subject"], files: Sequence[Path], wanted: Mapping[int, bool]) -> Shelf:
    """Return what the files say of those subjects that are `wanted`."""
    from policydsl.engines.records import StoreError, read_records

    shelf = Shelf()
    for i, (subject, path) in enumerate(zip(subjects, files, strict=True)):
        if not wanted.get(i, True):
            continue
        try:
            text = _text(path)
            found = read_records(text, subject.policy.header.title, subject.question.key)
        except FileNotFoundError:
            shelf.wrong[i] = MISSING
        except (OSError, UnicodeDecodeError):
            shelf.wrong[i] = "cannot be read"
        except StoreError as error:
            shelf.wrong[i] = str(error)
        else:
            shelf.kept[i], shelf.texts[i] = found, text
    return shelf


def answers_to(homes: Mapping[str, Path]) -> "Callable[[Subject], tuple[Record, ...]]":
    """Return what reads the answers to a subject, the first of them to the whole of it; none where it cannot be read.

    `homes` names the folder of the first claims about each policy, by its path.
    """

    def read(subject: "Subject") -> "tuple[Record, ...]":
        return read_shelf([subject], places_by(homes, [subject]), {}).kept.get(0, ())

    return read


def _text(path: Path) -> str:
    """Return the text of a file. Raises OSError for a folder, a device without end or a link in a circle, too."""
    if os.path.lexists(path) and not path.is_file():
        raise OSError
    return path.read_text(encoding="utf-8")


def tally(judgement: "Judgement", shelf: Shelf) -> "Certificates":
    """Return how far the certificates on `shelf` have served `judgement`."""
    from policydsl.report.model import Certificates

    elsewhere = judgement.searched | {i for i, shown in judgement.shown.items() if shown.made_here}
    answered = [s for i, s in enumerate(judgement.subjects) if i in shelf.kept and i not in elsewhere]
    told = sum(s.origin != "liveness" for s in answered)  # that a clause is alive is not counted among the answers
    there = {*shelf.kept, *(i for i, reason in shelf.wrong.items() if reason != MISSING)}
    return Certificates(told, len(there & elsewhere))


def strangers(files: Sequence[Path]) -> Iterator[Path]:
    """Yield the files in the same folders that belong to no question, in order."""
    known = {os.path.realpath(f) for f in files}
    folders = {f.parent for f in files} | {f.parent.parent for f in files if f.parent.parent.parent.name == FOLDER}
    for folder in sorted(folders):
        for path in sorted(folder.glob(f"**/*{ENDING}")) if folder.is_dir() else ():
            if os.path.realpath(path) not in known and not (path.parent / HEAD).exists():
                yield path
