"""What proofs rest on, as text and as JSON. Pure."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH = 100
_LABEL = 12


@dataclass(frozen=True, slots=True)
class Rests:
    """A proved claim and the clauses behind its proof; see `analyses.blame.Blame`. `seal` is the smallest proof's."""

    policy: str
    claim: str
    sentence: str
    always: tuple[str, ...]
    here: tuple[str, ...]
    perhaps: tuple[str, ...]
    irrelevant: tuple[str, ...]
    seal: str


@dataclass(frozen=True, slots=True)
class BlameReport:
    """What proved claims rest on; which claims fall without a clause (policy, clause, claims); what is not proved."""

    rests: tuple[Rests, ...]
    falls: tuple[tuple[str, str, tuple[str, ...]], ...]
    unproved: tuple[tuple[str, str], ...]


def blame_text(report: BlameReport) -> str:
    """Return the report to be read."""
    return "\n".join(_lines(report)) + "\n"


def blame_json(report: BlameReport) -> str:
    """Return the report for programs."""
    data = {
        "claims": [
            {
                "policy": r.policy,
                "claim": r.claim,
                "every_proof_needs": r.always,
                "this_proof_needs": r.here,
                "undecided": r.perhaps,
                "irrelevant": r.irrelevant,
                "seal": r.seal,
            }
            for r in report.rests
        ],
        "clauses": [{"policy": p, "clause": c, "claims_that_fall": claims} for p, c, claims in report.falls],
        "not_proved": [{"policy": p, "claim": c} for p, c in report.unproved],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _lines(report: BlameReport) -> Iterator[str]:
    for r in report.rests:
        yield f"{r.claim}: {r.sentence}"
        yield from _listed("needs", r.always, "no proof does without them")
        yield from _listed("uses", r.here, "another proof does without each of them")
        yield from _listed("uses", r.perhaps, "not decided whether another proof does without them")
        yield from _listed("irrelevant", r.irrelevant, "")
        if not r.always and not r.here and not r.perhaps:
            yield "  rests on no clause: it holds whatever they say of the steps that they speak of"
        yield f"  proved again with no more than what it needs and uses, re-checked; seal {r.seal[:16]}"
        yield ""
    if report.falls:
        yield "Without a clause, whatever it might say instead:"
        width = max(len(clause) for _, clause, _ in report.falls)
        for _, clause, claims in report.falls:
            yield from _wrapped(f"  {clause.ljust(width)}  ", ", ".join(claims), "")
        yield ""
    if report.unproved:
        yield from _wrapped("No proof to look into: ", ", ".join(claim for _, claim in report.unproved), "")


def _listed(label: str, clauses: Sequence[str], about: str) -> Iterator[str]:
    if clauses:
        yield from _wrapped(f"  {label.ljust(_LABEL)}", ", ".join(clauses), f" ({about})" if about else "")


def _wrapped(start: str, text: str, end: str) -> Iterator[str]:
    yield from textwrap.wrap(start + text + end, _WIDTH, subsequent_indent=" " * min(len(start), 16))
