"""Policies as text, for tests of the engines."""

from textwrap import dedent

from policydsl.core.system import Question
from policydsl.front.load import load_files
from policydsl.front.loaded import LoadedClaim, LoadedPolicy


def loaded(policy: str, claims: str) -> tuple[LoadedPolicy, dict[str, LoadedClaim]]:
    """Return the policy and the claims that the two texts say, by name."""
    texts = {"a.policy": dedent(policy), "a.claims": dedent(claims)}
    found = load_files(tuple(texts), lambda name: (texts[name], ()))
    assert not found.diagnostics, [d.message for d in found.diagnostics]
    return found.policies[0], {c.name: c for each in found.claims for c in each.claims}


def questions(policy: str, claims: str) -> dict[str, Question]:
    """Return what the claims ask, by name."""
    return {name: claim.question for name, claim in loaded(policy, claims)[1].items()}
