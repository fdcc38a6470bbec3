"""The document's own sentences, clause by clause."""

from collections.abc import Mapping, Sequence

from policydsl.document.align import Locked, trace
from policydsl.document.outline import Passage


def sentences(passages: Sequence[Passage], clauses: Sequence[str], lock: Sequence[Locked] | None) -> Mapping[str, str]:
    """Return, for each of `clauses` that stands for any, the sentences of the document, in its order.

    They go together as `align.trace` says; headings are left out where there is more.
    """
    found: dict[str, list[Passage]] = {}
    for traced in trace(passages, clauses, lock).traced:
        for clause in traced.clauses:
            found.setdefault(clause, []).append(traced.passage)
    plain = {clause: [p for p in own if not p.heading] or own for clause, own in found.items()}
    return {clause: " ".join(p.text for p in own) for clause, own in plain.items()}
