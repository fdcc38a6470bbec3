"""What `check` has shown of stored answers and histories, kept for the next run over the very same (decision 14).

One file for each policy with the claims about it, in the user's cache folder. It is bound to their texts and to all
that showing takes, our code, Python and z3; each entry in it to the certificate's text, or to those of the histories.
Whatever differs, all of that is shown anew. It is believed as far as what was loaded is (decision 13).
"""

import contextlib
import hashlib
import os
import pickle
from collections.abc import Mapping
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.records import dataclass
from policydsl.base.sealed import code_hash, read_sealed, unpickled, write_sealed

if TYPE_CHECKING:
    from policydsl.analyses.subjects import Subject
    from policydsl.front.kept import Kept
    from policydsl.front.load import Loaded

_PACKAGE = Path(__file__).parents[1]
_ENDING = ".shown"
_MOST = 64
"""So many files are kept, those that were written last."""
_MOST_ENTRIES = 4000
"""In one file, those of the latest run first."""


@dataclass(slots=True)
class _File:
    """What is known of one policy: as earlier runs have it, and what this one has used or made, by what it is of.

    `packed` was made by other processes of this run.
    """

    path: Path
    key: bytes
    before: dict[bytes, bytes]
    texts: frozenset[str]
    used: dict[bytes, bytes] = field(default_factory=dict)
    made: dict[bytes, object] = field(default_factory=dict)
    packed: dict[bytes, bytes] = field(default_factory=dict)


def kept_here() -> "tuple[Kept | None, Confirmed | None]":
    """Return what earlier runs in this folder have loaded and shown; None where nothing is to be kept."""
    from policydsl.cli.answers import cache_folder
    from policydsl.front.kept import Kept

    folder, place = cache_folder(), str(Path.cwd())
    if folder is None:
        return None, None
    kept = Kept(folder, place)
    return kept, Confirmed(folder, place, kept)


class Confirmed:
    """What earlier runs have shown of the policies at hand, in `folder`, and what this one adds to it.

    `place` tells folders apart in which files have the same names.
    """

    def __init__(self, folder: Path, place: str, kept: "Kept") -> None:
        self._folder, self._place, self._kept, self._code = folder, place, kept, program()
        self._files: dict[str, _File] = {}

    def open(self, part: "Loaded") -> bool:
        """Read what is known of the policy in `part` if it follows from its texts alone; return whether anything is."""
        key = self._kept.key(part)
        if key is None or not self._code:
            return False
        (policy,) = part.policies
        if policy.path in self._files:
            return bool(self._files[policy.path].before)
        name = hashlib.sha256(f"{self._place}\0{policy.path}".encode()).hexdigest()
        path, bound = self._folder / (name[:24] + _ENDING), hashlib.sha256(self._code.encode() + key).digest()
        before: dict[bytes, bytes] = {}
        with contextlib.suppress(Exception):  # whatever is wrong with it, all can be shown anew
            body = read_sealed(path, bound)
            if body is not None:
                found = unpickled(body, frozenset(), frozenset())
                assert isinstance(found, dict)
                before = found
        self._files[policy.path] = _File(path, bound, before, frozenset(part.sources))
        return bool(before)

    def find(self, policy: str, of: bytes | None) -> object:
        """Return what was shown `of` something about the policy at the path `policy`; None where that is not known."""
        file = self._files.get(policy)
        if file is None or of is None or of not in file.before:
            return None
        with contextlib.suppress(Exception):
            found = shown_in(file.before[of])
            file.used[of] = file.before[of]
            return found
        return None

    def keep(self, policy: str, of: bytes | None, shown: object) -> None:
        """Remember what was `shown` `of` something in this run."""
        file = self._files.get(policy)
        if file is not None and of is not None and of not in file.used and of not in file.packed:
            file.made[of] = shown

    def keep_packed(self, policy: str, shown: Mapping[bytes, bytes]) -> None:
        """Remember what was `shown` in this run, packed already, by what it is of."""
        if policy in self._files:
            self._files[policy].packed.update(shown)

    def about(self, subject: "Subject", certificate: str) -> bytes | None:
        """Return what stands for the answer in `certificate` to `subject`; None where it is not kept."""
        file = self._files.get(subject.policy.path)
        if file is None or subject.path not in file.texts:
            return None
        return of_answer(subject, certificate)

    def write(self) -> None:
        """Write down what was shown in this run. What cannot be written is not kept."""
        if self._code != program():  # it was changed under this run
            return
        for file in self._files.values():
            if file.made or file.packed:
                with contextlib.suppress(OSError, pickle.PicklingError, RecursionError):
                    made = {of: pickle.dumps(shown, pickle.HIGHEST_PROTOCOL) for of, shown in file.made.items()}
                    entries = list({**made, **file.packed, **file.used, **file.before}.items())[:_MOST_ENTRIES]
                    body = pickle.dumps(dict(entries), pickle.HIGHEST_PROTOCOL)
                    write_sealed(file.path, file.key, body, _MOST)


def shown_in(body: bytes) -> object:
    """Return what was shown, of its pickled form. Raises as `unpickled` does."""
    return unpickled(body, _MODULES, _OTHERS)


def of_answer(subject: "Subject", certificate: str) -> bytes:
    """Return what stands for the answer in the file `certificate`, by its text, to `subject`."""
    return _of(("answer", subject.origin, subject.path, subject.question.key, certificate))


def of_histories(texts: Mapping[str, str]) -> bytes:
    """Return what stands for how the histories with `texts`, by their paths, come out."""
    return _of(("histories", *sorted(texts.items())))


def _of(said: tuple[object, ...]) -> bytes:
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).digest()


_MODULES = frozenset(
    f"policydsl.{name}"
    for name in (
        "analyses.again", "analyses.readings", "base.calendar", "base.diagnostic", "base.span", "cli.histories",
        "core.expr", "core.system", "engines.verdict", "report.model",
    )
)  # fmt: skip
_OTHERS = frozenset({("fractions", "Fraction"), ("builtins", "frozenset")})


def program() -> str:
    """Return the hash of what answers are shown with; empty where that is not to be seen.

    The solver's library is told by names, sizes and times of its files: it is large.
    """
    try:
        found = find_spec("z3")
        if found is None or found.origin is None or "Z3_LIBRARY_PATH" in os.environ:
            return ""
        folder = Path(found.origin).parent
        yaml = find_spec("yaml")
        assert yaml is not None
        assert yaml.origin is not None
        files = [*sorted(folder.glob("*.py")), *sorted((folder / "lib").glob("*"))]
        if not any("libz3" in f.name for f in files):
            return ""
        library = [(f.name, (s := f.stat()).st_size, s.st_mtime_ns) for f in files]
        return _of((code_hash([Path(yaml.origin), *sorted(_PACKAGE.rglob("*.py"))]), str(folder), *library)).hex()
    except (OSError, ImportError):
        return ""
