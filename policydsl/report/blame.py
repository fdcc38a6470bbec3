"""What proofs rest on, as data and as JSON. Pure."""

import json

from policydsl.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Rests:
    """A proved claim and the clauses behind its proof; see `analyses.blame.Blame`. `seal` is the smallest proof's."""

    policy: str
    claim: str
    sentence: str
    always: tuple[str, ...]
    here: tuple[str, ...]
    perhaps: tuple[str, ...]
    meant: tuple[str, ...]
    irrelevant: tuple[str, ...]
    seal: str


@dataclass(frozen=True, slots=True)
class BlameReport:
    """What proved claims rest on; which claims fall without a clause (policy, clause, claims); what is not proved.

    `unasked` are claims (policy, claim) that an interruption left out.
    """

    rests: tuple[Rests, ...]
    falls: tuple[tuple[str, str, tuple[str, ...]], ...]
    unproved: tuple[tuple[str, str], ...]
    unasked: tuple[tuple[str, str], ...] = ()


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
                "defines_what_it_names": r.meant,
                "irrelevant": r.irrelevant,
                "seal": r.seal,
            }
            for r in report.rests
        ],
        "clauses": [{"policy": p, "clause": c, "claims_that_fall": claims} for p, c, claims in report.falls],
        "not_proved": [{"policy": p, "claim": c} for p, c in report.unproved],
        "not_looked_at": [{"policy": p, "claim": c} for p, c in report.unasked],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
