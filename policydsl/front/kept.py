"""What was loaded from texts, written down, so that the same texts need not be read again by the same program.

A file holds the hash of all that its content follows from (the texts, the code and the libraries that loading takes)
and the hash of itself: one that does not fit is passed over. It can name no classes but those of which loaded policies
are made, so reading it runs nobody's code. For the rest it is believed as Python's compiled files are: those that
somebody else could have written are passed over, too (decision 13).
"""

import contextlib
import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from policydsl.base.records import dataclass
from policydsl.base.sealed import code_hash, read_sealed, unpickled, write_sealed
from policydsl.front.load import Loaded
from policydsl.syntax.grammar_file import grammar_path

_PACKAGE = Path(__file__).parents[1]
_MOST = 64
"""So many files are kept, those that were written last."""
_ENDING = ".loaded"


class Kept:
    """What is kept in `folder`; `place` tells folders apart in which files have the same names."""

    def __init__(self, folder: Path, place: str) -> None:
        self._folder, self._place, self._code = folder, place, program()
        self._there: set[bytes] = set()

    def recall(self, texts: Mapping[str, str | None]) -> Loaded | None:
        """Return what was loaded from the files with `texts`; None where that is not known."""
        with contextlib.suppress(Exception):  # whatever is wrong with it, the texts can be read
            key = self._key(texts)
            body = read_sealed(self._path(texts), key)
            if body is not None:
                found = unpacked(body, texts)
                self._there.add(key)
                return found
        return None

    def order(self, part: Loaded) -> "Order | None":
        """Return what has `part` written down; None where it is already, or may not be."""
        key = self.key(part)
        return None if key is None or key in self._there else Order(part, self._path(part.sources), key)

    def keep(self, part: Loaded, body: bytes) -> None:
        """Write down `part`, which is `packed` in `body`, unless it may not be."""
        order = self.order(part)
        if order is not None:
            self._there.add(order.key)
            _write(order, body)

    def key(self, part: Loaded) -> bytes | None:
        """Return the hash of all that `part` follows from: its texts and our code.

        None if it is anything but a policy with claims about it, if something is wrong there, or it has imports.
        """
        return self._key(part.sources) if self._code and stands_alone(part) else None

    def _path(self, texts: Mapping[str, object]) -> Path:
        name = hashlib.sha256("\0".join((self._place, *sorted(texts))).encode()).hexdigest()
        return self._folder / (name[:24] + _ENDING)

    def _key(self, texts: Mapping[str, str | None]) -> bytes:
        return hashlib.sha256(repr((self._code, sorted(texts.items()))).encode()).digest()


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be written down: what was loaded, in which file, and the hash of what it follows from."""

    part: Loaded
    path: Path
    key: bytes


def write(order: Order) -> None:
    """Write down what was loaded. What cannot be written is not kept."""
    with contextlib.suppress(pickle.PicklingError):
        _write(order, packed(order.part))


def _write(order: Order, body: bytes) -> None:
    with contextlib.suppress(OSError):
        write_sealed(order.path, order.key, body, _MOST)


def stands_alone(part: Loaded) -> bool:
    """Return whether `part` is a policy with claims about it that are in order, and follows from their texts alone."""
    files = {p.path for p in part.policies} | {c.path for c in part.claims}
    about = all(c.policy is p for c in part.claims for p in part.policies)
    alone = len(part.policies) == 1 and about and files == set(part.sources)
    return alone and not any(d.is_error for d in part.diagnostics)


def packed(part: Loaded) -> bytes:
    """Return what was loaded, its texts aside, as bytes."""
    return pickle.dumps(replace(part, sources={}), pickle.HIGHEST_PROTOCOL)


def unpacked(body: bytes, texts: Mapping[str, str | None]) -> Loaded:
    """Return what `packed` was given, which was loaded from `texts`. Raises as `unpickled` does."""
    found = unpickled(body, _MODULES, _OTHERS)
    assert isinstance(found, Loaded)
    return replace(found, sources={name: text or "" for name, text in texts.items()})


_MODULES = frozenset(
    f"policydsl.{name}"
    for name in (
        "base.calendar", "base.diagnostic", "base.span", "core.expr", "core.moves", "core.system", "front.influence",
        "front.load", "front.loaded", "front.types",
    )
)  # fmt: skip
_OTHERS = frozenset({("fractions", "Fraction"), ("builtins", "frozenset")})


_LOADING = ("base", "syntax", "core", "front")


def _libraries() -> list[tuple[str, ModuleSpec | None]]:
    """Return the libraries that bear on what is loaded, each with the file that says its version. None is loaded."""
    return [("__init__.py", find_spec("lark")), ("version.py", find_spec("holidays"))]


def program() -> str:
    """Return the hash of what loading is done with; empty where that is not to be seen."""
    try:
        files = [grammar_path(), _PACKAGE / "__init__.py"]
        files += [f for name in _LOADING for f in sorted((_PACKAGE / name).rglob("*.py"))]
        files += [Path(spec.origin).with_name(name) for name, spec in _libraries() if spec is not None and spec.origin]
        return code_hash(files)
    except (OSError, ImportError):
        return ""
