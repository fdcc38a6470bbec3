"""What there is to decide about what was loaded: the subjects, in the order of the documents."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from policydsl.analyses.cases import Readings
from policydsl.base.records import dataclass
from policydsl.core.system import Obligation, Question
from policydsl.engines.verdict import Manner
from policydsl.front.loaded import LoadedClaim, LoadedClaims, LoadedPolicy

Origin: TypeAlias = Literal["claim", "obligation", "liveness"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to decide: a claim, an obligation of the policy, or (`liveness`) whether a clause is dead."""

    policy: LoadedPolicy
    origin: Origin
    question: Question
    claim: LoadedClaim | None = None
    obligation: Obligation | None = None
    path: str = ""


def subjects_of(policies: Sequence[LoadedPolicy], claims: Sequence[LoadedClaims]) -> tuple[Subject, ...]:
    """Return everything there is to decide, in document order: obligations, liveness, claims, policy by policy."""
    found: list[Subject] = []
    for policy in policies:
        system = policy.system
        kinds: tuple[tuple[Origin, tuple[Obligation, ...]], ...]
        kinds = (("obligation", system.obligations), ("liveness", policy.liveness))
        for origin, owed in kinds:
            for o in owed:
                question = Question(o.key, system, o.property, None)
                found.append(Subject(policy, origin, question, obligation=o, path=policy.path))
        found += [s for file in claims if file.policy is policy for s in claims_in(file)]
    return tuple(found)


def claims_in(file: LoadedClaims) -> tuple[Subject, ...]:
    """Return the claims in `file`."""
    return tuple(Subject(file.policy, "claim", c.question, claim=c, path=file.path) for c in file.claims)


def lemmas_of(claims: Sequence[LoadedClaims]) -> tuple[Question, ...]:
    """Return the claims that are there to help others."""
    return tuple(c.question for file in claims for c in file.claims if c.kind == "lemma")


def manner_of(subject: Subject) -> Manner:
    """Return how to ask: nobody reads the story of a clause that is alive; what is expected to fail is tried first."""
    if subject.origin == "liveness":
        return Manner("verdict", suspect=True)
    claim = subject.claim
    return Manner(suspect=claim is not None and (claim.expect != "holds") != claim.possible)


def readings_of(subject: Subject) -> Readings:
    """Return what bears on the readings of `subject`."""
    claim, policy = subject.claim, subject.policy
    expected = frozenset(claim.on_readings) if claim is not None and claim.expect == "depends" else frozenset[str]()
    return Readings(policy.system, policy.influence, expected)
