"""The lock beside a transcription: fingerprints of the document's sentences and the clauses that stand for them.

It never holds the document's words, so it can be published with the transcription.
"""

from collections.abc import Iterable

import yaml

from policydsl.document.align import Locked, Traced

_HEAD = """\
# The sentences of the document, by place (number/paragraph/sentence) and fingerprint, and the clauses that stand for
# them. `policydsl trace --write` writes this file. Where a sentence bears no number of its own, put the clauses that
# stand for it between its brackets by hand; a later edition finds the sentence again by its words.
"""


class LockError(Exception):
    """The text is no lock; the message says why."""


def write_lock(traced: Iterable[Traced]) -> str:
    """Return the lock of a document that is lined up so."""
    lines = [_HEAD + "sentences:"]
    for each in traced:
        heading = ", heading: yes" if each.passage.heading else ""
        clauses = ", ".join(each.clauses)
        lines.append(
            f"  - {{at: {each.passage.place}, words: {each.passage.fingerprint}{heading}, clauses: [{clauses}]}}"
        )
    return "\n".join(lines) + "\n"


def read_lock(text: str) -> tuple[Locked, ...]:
    """Return what `write_lock` wrote, with what was put in by hand.

    Raises:   `LockError`.
    """
    try:
        data = yaml.load(text, yaml.BaseLoader)  # noqa: S506  it makes nothing but strings, lists and maps
        return tuple(
            Locked(str(e["at"]), str(e["words"]), tuple(map(str, e["clauses"] or ())), e.get("heading") == "yes")
            for e in data["sentences"]
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LockError(f"it is no list of sentences with `at`, `words` and `clauses`: {error}") from error
