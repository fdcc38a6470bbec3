"""The report of a comparison, kept for the next run that asks the very same (decision 15).

A file for each question, in the user's cache folder. It is bound to how the question was put, to our code, Python, the
libraries and z3; and, within, to the text of every file that was read for it and to all that lies in the folders of
golden histories and of certificates. Whatever differs, the comparison is made anew. It is believed as far as what was
loaded is (decision 13).
"""

import contextlib
import hashlib
import pickle
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from policydsl.base.diagnostic import Diagnostics
from policydsl.base.sealed import code_hash, read_sealed, unpickled, write_sealed

if TYPE_CHECKING:
    from policydsl.front.load import Read
    from policydsl.front.wordings import Wordings
    from policydsl.report.diff_model import DiffReport

_Seen: TypeAlias = tuple[dict[str, str], dict[str, str], bytes]
"""The hashes of texts, by name, and of what is in folders, by path; and the report."""

_ENDING = ".compared"
_MOST = 64
"""So many reports are kept, those that were written last."""


class Reading:
    """Reads texts by `read`, and remembers what it has seen: texts, and what lies in folders."""

    def __init__(self, read: "Read") -> None:
        self._read = read
        self._texts: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def __call__(self, name: str) -> tuple[str | None, Diagnostics]:
        """Return the text called `name`, or what is wrong with it."""
        found = self._read(name)
        told = _hash(found)
        self._texts[name] = told if self._texts.get(name, told) == told else ""  # it changes while it is read
        return found

    def look_into(self, wordings: "Wordings") -> None:
        """Remember what lies in the folders that a comparison of `wordings` reads."""
        self._folders = {str(folder): _content(folder) for folder in _folders(wordings)}

    def seen(self) -> tuple[dict[str, str], dict[str, str]] | None:
        """Return the hashes of texts, by name, and of what is in folders, by path; None if one changes meanwhile."""
        still = all(told and _content(Path(path)) == told for path, told in self._folders.items())
        return (self._texts, self._folders) if still and all(self._texts.values()) else None


class KeptReport:
    """The report on one question in `folder`, if it is there; `asked` is all that the question is about but texts."""

    def __init__(self, folder: Path, asked: object) -> None:
        said = repr((str(Path.cwd()), asked)).encode("utf-8", "surrogatepass")
        self._code = _program()
        self._path = folder / (hashlib.sha256(said).hexdigest()[:24] + _ENDING)
        self._key = hashlib.sha256(self._code.encode() + said).digest()

    def find(self, read: "Read") -> "DiffReport | None":
        """Return the report if all that it came of is as it was: `read` reads it again."""
        from policydsl.report.diff_model import DiffReport

        with contextlib.suppress(Exception):  # whatever is wrong with it, the comparison can be made
            body = read_sealed(self._path, self._key) if self._code else None
            if body is not None:
                texts, folders, whole = cast("_Seen", unpickled(body, frozenset(), frozenset()))
                if all(_hash(read(name)) == told for name, told in texts.items()) and all(
                    _content(Path(path)) == told for path, told in folders.items()
                ):
                    found = unpickled(whole, _MODULES, frozenset())
                    assert isinstance(found, DiffReport)
                    return found
        return None

    def keep(self, report: "DiffReport", reading: Reading) -> None:
        """Keep the `report`, which came of `reading`. What cannot be written is not kept."""
        with contextlib.suppress(OSError, pickle.PicklingError, RecursionError):
            seen = reading.seen()
            if seen is not None and self._code and self._code == _program():  # else it was changed under this run
                whole = pickle.dumps(report, pickle.HIGHEST_PROTOCOL)
                write_sealed(self._path, self._key, pickle.dumps((*seen, whole), pickle.HIGHEST_PROTOCOL), _MOST)


_MODULES = frozenset(
    f"policydsl.{name}"
    for name in ("base.diagnostic", "base.span", "report.diff_model", "report.model", "report.shapes")
)


def _program() -> str:
    """Return the hash of what a comparison is made and told with; empty where that is not to be seen."""
    from policydsl.cli.confirmed import program
    from policydsl.front import kept
    from policydsl.report.languages import FOLDER

    try:
        dates = find_spec("babel")
        words = [*sorted(FOLDER.glob("*.po")), *([Path(dates.origin)] if dates and dates.origin else [])]
        told = (program(), kept.program(), code_hash(words))
    except (OSError, ImportError):
        return ""
    return " ".join(told) if all(told) else ""


def _folders(wordings: "Wordings") -> Iterator[Path]:
    """Yield the folders of golden histories and of certificates that a comparison of `wordings` may look into."""
    from policydsl.cli.shelf import FOLDER

    paths = (wordings.old.path, wordings.new.path)
    claims = [Path(c.old.span.file) for c in wordings.claims]
    yield from (Path(path).with_suffix(".histories") for path in paths)
    yield from dict.fromkeys(path.parent / FOLDER / path.stem for path in claims)
    home = claims[0].parent if claims else Path(wordings.old.path).parent
    yield home / FOLDER / Path(wordings.old.path).stem


def _content(folder: Path) -> str:
    """Return the hash of all files in `folder`, with their names; empty where one cannot be read."""
    try:
        files = sorted(p for p in folder.rglob("*") if p.suffix in _READ and p.is_file())
        return _hash([(str(path.relative_to(folder)), path.read_bytes()) for path in files])
    except OSError:
        return ""


_READ = {".jsonl", ".json", ".yaml", ".yml"}


def _hash(said: object) -> str:
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()
