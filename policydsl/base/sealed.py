"""Files in which one run leaves something for the next: passed over unless they are whole, and nobody else's.

A file holds the hash of all that its content follows from (the key), the hash of its content, and the content.
"""

import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

_HASH = 32
"""Bytes."""


def read_sealed(path: Path, key: bytes) -> bytes | None:
    """Return what `write_sealed` wrote; None where it follows from something else, or others could have written it.

    Raises `OSError` where the file cannot be read.
    """
    if not (_is_own(path.parent) and _is_own(path)):
        return None
    data = path.read_bytes()
    body = data[2 * _HASH :]
    return body if data[: 2 * _HASH] == key + hashlib.sha256(body).digest() else None


def write_sealed(path: Path, key: bytes, body: bytes, most: int) -> None:
    """Write the file, at once or not at all: other processes may read or write it at the same time.

    Of files with its ending, `most` stay in its folder, those that were written last. Raises `OSError`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(key + hashlib.sha256(body).digest() + body)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    files = sorted(path.parent.glob("*" + path.suffix), key=lambda p: p.stat().st_mtime)
    for old in files[:-most]:
        old.unlink(missing_ok=True)


def _is_own(path: Path) -> bool:
    """Return whether nobody but the user who runs this, or the system's, can have written what is at `path`."""
    if sys.platform == "win32":
        return path.exists()  # the folder is the user's own, and so says the system
    found = path.stat()
    return found.st_uid in {os.getuid(), 0} and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def unpickled(body: bytes, modules: frozenset[str], others: frozenset[tuple[str, str]]) -> object:
    """Return what `body` holds: objects of classes of `modules`, or of `others`, and nothing else: so it runs no code.

    Raises `pickle.UnpicklingError`, and whatever else comes of bytes that were no pickle.
    """
    return _Unpack(body, modules, others).load()


class _Unpack(pickle.Unpickler):
    def __init__(self, body: bytes, modules: frozenset[str], others: frozenset[tuple[str, str]]) -> None:
        super().__init__(io.BytesIO(body))
        self._modules, self._others = modules, others

    def find_class(self, module: str, name: str) -> object:
        """Return the class `name` of `module`. Raises `UnpicklingError` for all that is not to be there."""
        if (module, name) == ("builtins", "getattr"):
            return _member
        expected = (module in self._modules and name[:1].isupper()) or (module, name) in self._others
        found = super().find_class(module, name) if expected else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _member(of: object, name: str) -> Enum:
    """Return the member `name` of the enumeration `of`: Python 3.11.2 pickles one as this attribute of its class.

    Raises `UnpicklingError` for all other attributes.
    """
    if not (isinstance(of, type) and issubclass(of, Enum) and name in of.__members__):
        raise pickle.UnpicklingError(f"{of}.{name}")
    return of.__members__[name]


def code_hash(files: Iterable[Path]) -> str:
    """Return the hash of this Python, of how it was started, and of what is in `files`. Raises `OSError`."""
    made = hashlib.sha256(f"{sys.version} {sys.flags.optimize}".encode())
    for file in files:
        made.update(hashlib.sha256(file.read_bytes()).digest())
    return made.hexdigest()
