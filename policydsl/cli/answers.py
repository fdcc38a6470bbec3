"""Answers kept between runs of `diff`, in the user's cache folder: one file for each policy, shown again when used."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl import __version__
from policydsl.cli.shared import write_file

if TYPE_CHECKING:
    from policydsl.engines.verdict import Json, Record

VARIABLE = "POLICYDSL_CACHE"
_MOST = 4000
"""So many answers are kept for a policy, the latest first."""


def cache_folder() -> Path | None:
    """Return where to keep what other runs may use; None where nothing is to be kept."""
    told = os.environ.get(VARIABLE)
    if told:
        return None if told == "off" else Path(told)
    from platformdirs import user_cache_path

    return user_cache_path("policydsl", appauthor=False)


def answers_file(title: str) -> Path | None:
    """Return where the answers about the policy `title` are; None where nothing is to be kept."""
    folder = cache_folder()
    return None if folder is None else folder / f"{hashlib.sha256(title.encode()).hexdigest()[:24]}.jsonl"


def read_answers(path: Path | None, title: str) -> "Mapping[str, Mapping[str, Json]]":
    """Return what is kept, by what it can depend on; nothing where the file is not there or not as it was written."""
    from policydsl.engines.records import StoreError, read_records

    try:
        text = "" if path is None else path.read_text(encoding="utf-8")
        return {r.binding: r.said for r in read_records(text, title, _key())}
    except (OSError, UnicodeDecodeError, StoreError):
        return {}


def write_answers(
    path: Path | None, title: str, records: "Iterable[Record]", before: "Mapping[str, Mapping[str, Json]]"
) -> None:
    """Keep `records`, and of those from `before` as many as there is room for. What cannot be written is not kept."""
    from policydsl.engines.records import write_records
    from policydsl.engines.verdict import Record

    if path is None:
        return
    latest = {r.binding: r for r in records}
    latest |= {key: Record(key, said) for key, said in before.items() if key not in latest}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    write_file(path, write_records(title, _key(), list(latest.values())[:_MOST]))


def _key() -> str:
    return f"diff of policydsl {__version__}"
