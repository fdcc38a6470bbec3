"""All that a text may hold."""

from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.syntax.ast.amendments import Amendment, Change
from policydsl.syntax.ast.claims import Claim, ClaimsAbout
from policydsl.syntax.ast.declarations import Enumeration, Role, Subset
from policydsl.syntax.ast.policy import Better, Clause, Import, NotFormalised, Policy

Item: TypeAlias = (
    Policy
    | Import
    | Role
    | Enumeration
    | Subset
    | NotFormalised
    | Clause
    | Better
    | ClaimsAbout
    | Claim
    | Amendment
    | Change
)


@dataclass(frozen=True, slots=True)
class File:
    """All items of a text that could be read."""

    path: str
    items: tuple[Item, ...]
