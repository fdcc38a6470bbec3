"""What is claimed of a policy, under two wordings of it."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import field

from policydsl.base.diagnostic import Diagnostic, Diagnostics, Note
from policydsl.base.records import dataclass
from policydsl.front.claims import lower_claim
from policydsl.front.load_policy import Texts, Wording
from policydsl.front.loaded import LoadedClaim
from policydsl.front.reread import read_again, unknown_beside, without
from policydsl.front.scope import Meant
from policydsl.syntax import ast


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A claim under the two wordings. `new` is None where the new wording leaves it no meaning; `why` says so.

    `meant` is what its names mean under the old one.
    """

    old: LoadedClaim
    new: LoadedClaim | None
    why: Diagnostics
    meant: Meant = field(default_factory=dict, repr=False, compare=False)


def claims_of(
    files: Sequence[str],
    old: Wording,
    new: Wording,
    texts: Texts,
    renames: Mapping[str, str] | None = None,
) -> tuple[tuple[Rejudged, ...], tuple[ast.Claim, ...], tuple[str, ...]]:
    """Return the claims about the policy, and as they are written; a file about another one is passed over.

    Named last are those that have a meaning under `new` alone.
    """
    titles = {old.policy.header.title, new.policy.header.title}
    made: dict[str, Rejudged] = {}
    nodes: dict[str, ast.Claim] = {}
    fresh: list[str] = []
    for name in files:
        if _of_another(texts.read(name)[0] or "", titles):
            continue
        tree = texts.tree(name)
        about = [i.title.value for i in tree.items if isinstance(i, ast.ClaimsAbout)] if tree is not None else []
        if tree is None or not about or about[0] not in titles:
            continue
        for node in tree.items:
            if not isinstance(node, ast.Claim):
                continue
            meant: Meant = {}
            wrong: list[Diagnostic] = []
            later = unknown_beside(node, old) - unknown_beside(node, new)
            claim = lower_claim(without(node, later), old.noting(meant), wrong)
            if claim is None and old.policy is not new.policy and lower_claim(node, new, []) is not None:
                fresh.append(node.name.text)
                continue
            texts.found.extend(wrong)
            if claim is None:
                continue
            if claim.name in made:
                note = Note(made[claim.name].old.span, "the first time")
                message = f"`{claim.name}` is claimed twice"
                texts.found.append(Diagnostic("E0202", claim.span, message, notes=(note,)))
            why: list[Diagnostic] = []
            again = read_again(node, meant, new, why, renames)
            made[claim.name], nodes[claim.name] = Rejudged(claim, again, tuple(why), meant), node
    return tuple(made.values()), tuple(nodes.values()), tuple(fresh)


def _of_another(text: str, titles: Container[str]) -> bool:
    """Return whether `text` plainly makes claims about something else: what else is in it is not looked at then."""
    told = _ABOUT.findall(text)
    return bool(told) and all(title not in titles and "\\" not in title for title in told)


_ABOUT = re.compile(r'^claims about "([^"\n]*)"', re.MULTILINE)
