"""The files of stored answers: one for a question and its cases, a line for each answer, sealed. No solver here."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from policydsl.engines.verdict import Json, Record

FORMAT = 1

NEAR = "near"
"""Where a record says so, its answer is one to a question that was much the same; no file has such a one."""


class StoreError(Exception):
    """A stored answer cannot be used; the message says why, in words that fit behind `it`."""


def write_records(title: str, key: str, records: Iterable[Record]) -> str:
    """Return the text of a file with `records`, the answers to question `key` of policy `title` and its cases."""
    body = "".join(_line({"binding": r.binding, **r.said}) for r in records)
    head: dict[str, Json] = {"format": FORMAT, "policy": title, "question": key, "seal": _seal(title, key, body)}
    return _line(head) + body


def read_records(text: str, title: str, key: str) -> tuple[Record, ...]:
    """Return what `write_records` wrote. Raises `StoreError` if that is not what it is."""
    first, _, body = text.partition("\n")
    head = _object(first)
    if head.get("format") != FORMAT:
        raise StoreError("was written by another version of policydsl")
    if head.get("policy") != title or head.get("question") != key:
        raise StoreError("is about another question")
    if not text.endswith("\n") or head.get("seal") != _seal(title, key, body):
        raise StoreError("was changed or cut off after it was written")
    found: list[Record] = []
    for line in body.splitlines():
        said = _object(line)
        binding = said.pop("binding", None)
        if not isinstance(binding, str):
            raise StoreError("has an answer that is not bound to a question")
        found.append(Record(binding, said))
    return tuple(found)


def _seal(title: str, key: str, body: str) -> str:
    return hashlib.sha256(f"{title}\0{key}\0{body}".encode()).hexdigest()


def _line(said: Mapping[str, Json]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def _object(line: str) -> dict[str, Json]:
    try:
        found = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise StoreError("was changed or cut off after it was written") from error
    if not isinstance(found, dict):
        raise StoreError("was changed or cut off after it was written")
    return found


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return `pairs` as an object. Raises ValueError where a key is said twice: which of them counts is not said."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found
