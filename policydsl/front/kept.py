"""What was loaded from texts, written down, so that the same texts need not be read again by the same program.

A file holds the hash of all that its content follows from (the texts, the code and the libraries that loading takes)
and the hash of itself: one that does not fit is passed over. It can name no classes but those of which loaded policies
are made, so reading it runs nobody's code. For the rest it is believed as Python's compiled files are: those that
somebody else could have written are passed over, too (decision 13).
"""

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from policydsl.core.show import Binder
from policydsl.front.load import Loaded
from policydsl.syntax.grammar_file import grammar_path

_PACKAGE = Path(__file__).parents[1]
_HASH = 32
"""Bytes."""
_MOST = 64
"""So many files are kept, those that were written last."""
_ENDING = ".loaded"


class Kept:
    """What is kept in `folder`; `place` tells folders apart in which files have the same names."""

    def __init__(self, folder: Path, place: str) -> None:
        self._folder, self._place, self._code = folder, place, _code()

    def recall(self, texts: Mapping[str, str | None]) -> Loaded | None:
        """Return what was loaded from the files with `texts`; None where that is not known."""
        with contextlib.suppress(Exception):  # whatever is wrong with it, the texts can be read
            path = self._path(texts)
            if not (_is_own(self._folder) and _is_own(path)):
                return None
            data = path.read_bytes()
            body = data[2 * _HASH :]
            if data[: 2 * _HASH] == self._key(texts) + hashlib.sha256(body).digest():
                found = _Unpack(io.BytesIO(body)).load()
                assert isinstance(found, Loaded)
                return replace(found, sources={name: text or "" for name, text in texts.items()})
        return None

    def order(self, part: Loaded) -> "Order | None":
        """Return what has `part` written down, if it is a policy with claims about it, and nothing is wrong there."""
        files = {p.path for p in part.policies} | {c.path for c in part.claims}
        about = all(c.policy is p for c in part.claims for p in part.policies)
        if len(part.policies) != 1 or not about or files != set(part.sources) or part.bound or not self._code:
            return None
        if any(d.is_error for d in part.diagnostics):
            return None
        return Order(part, self._path(part.sources), self._key(part.sources))

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
    """Write down what was loaded, with the hashes of its systems. What cannot be written is not kept."""
    binder = Binder()
    for claims in order.part.claims:
        for claim in claims.claims:
            binder.bind_system(claim.question.system)
    for policy in order.part.policies:
        binder.bind_system(policy.system)
    whole = replace(order.part, sources={}, bound=tuple(binder.known()))
    with contextlib.suppress(OSError, pickle.PicklingError):
        body = pickle.dumps(whole, pickle.HIGHEST_PROTOCOL)
        order.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(order.path, order.key + hashlib.sha256(body).digest() + body)
        files = sorted(order.path.parent.glob("*" + _ENDING), key=lambda p: p.stat().st_mtime)
        for old in files[:-_MOST]:
            old.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    """Write the file at once or not at all: other processes may read or write it at the same time."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _is_own(path: Path) -> bool:
    """Return whether nobody but the user who runs this, or the system's, can have written what is at `path`."""
    if sys.platform == "win32":
        return path.exists()  # the folder is the user's own, and so says the system
    found = path.stat()
    return found.st_uid in {os.getuid(), 0} and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


class _Unpack(pickle.Unpickler):
    """Reads what policies are made of, and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        """Return the class `name` of `module`. Raises `UnpicklingError` for all that no loaded policy is made of."""
        of_policies = module in _MODULES and name[:1].isupper()
        found = super().find_class(module, name) if of_policies or (module, name) in _OTHERS else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


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


def _code() -> str:
    """Return the hash of what loading is done with; empty where that is not to be seen."""
    made = hashlib.sha256(sys.version.encode())
    try:
        files = [grammar_path(), _PACKAGE / "__init__.py"]
        files += [f for name in _LOADING for f in sorted((_PACKAGE / name).rglob("*.py"))]
        files += [Path(spec.origin).with_name(name) for name, spec in _libraries() if spec is not None and spec.origin]
        for file in files:
            made.update(hashlib.sha256(file.read_bytes()).digest())
    except (OSError, ImportError):
        return ""
    return made.hexdigest()
