"""The parser's tables, kept beside Python's own compiled files: making them takes longer than reading a policy.

What is kept is as good as what is made: a file holds the hash of all that the tables follow from, and of itself. One
that does not fit, is cut off, or cannot be written is passed over. It is trusted as the `.pyc` files in the same folder
are: whoever can write there can change the program.
"""

import contextlib
import hashlib
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import lark
from lark import Lark

_HASH = 32
"""Bytes."""


def kept_parser(grammar: str, build: Callable[[], Lark], folder: Path | None = None) -> Lark:
    """Return what `build` makes of `grammar`, from a file if one holds it; else `build` it, and keep it if that can be.

    Python's own switch (`-B`, PYTHONDONTWRITEBYTECODE) keeps this from writing too.
    """
    cache = folder or Path(__file__).parent / "__pycache__"
    path = cache / f"policydsl.{sys.implementation.cache_tag}.tables"
    with contextlib.suppress(Exception):  # whatever is wrong with it, it can be made again
        key = _key(grammar)
        data = path.read_bytes()
        body = data[2 * _HASH :]
        if data[: 2 * _HASH] == key + hashlib.sha256(body).digest():
            return Lark.load(io.BytesIO(body))
    parser = build()
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError, pickle.PicklingError):
            _keep(parser, path, _key(grammar))
    return parser


def _key(grammar: str) -> bytes:
    """Return the hash of what tables follow from: the grammar, how they are made (beside here), Lark, and Python."""
    maker = Path(__file__).with_name("parse.py").read_text(encoding="utf-8")
    return hashlib.sha256(repr((grammar, maker, lark.__version__, sys.version)).encode()).digest()


def _keep(parser: Lark, path: Path, key: bytes) -> None:
    """Write the tables at once or not at all: other processes may read or write them at the same time."""
    buffer = io.BytesIO()
    parser.save(buffer)
    body = buffer.getvalue()
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(key + hashlib.sha256(body).digest() + body)
        Path(name).chmod(0o644)  # as the files beside it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
