"""Amendments: what of the wording changes, and what the author expects of it."""

from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.syntax.ast.declarations import Enumeration, Role, Subset
from policydsl.syntax.ast.definitions import DefineCase, Row
from policydsl.syntax.ast.expressions import DateLiteral, Expr
from policydsl.syntax.ast.node import ClauseRef, Labels, Name, Node, Text
from policydsl.syntax.ast.policy import Better, Clause, ClauseItem, NotFormalised
from policydsl.syntax.ast.rules import Action

Effect = Literal["equivalent", "stricter", "more lenient", "incomparable", "different"]


@dataclass(frozen=True, slots=True)
class ExpectEffect(Node):
    """What the author expects of an amendment: for `roles`, of `outcomes` (none: of all), where `under` holds."""

    effect: Effect
    roles: tuple[Name, ...]
    outcomes: tuple[Name, ...]
    under: Expr | None


@dataclass(frozen=True, slots=True)
class Amendment(Node):
    """The head of an amendment: its title, the title of the policy `of` which it changes the wording."""

    title: Text
    of: Text
    labels: Labels
    effective: DateLiteral | None
    because: Text | None
    expects: tuple[ExpectEffect, ...]


@dataclass(frozen=True, slots=True)
class PartEdit(Node):
    """`old` becomes `new`; without `old` it is added, without `new` removed."""

    old: "ClauseItem | Row | DefineCase | None"
    new: "ClauseItem | Row | DefineCase | None"


@dataclass(frozen=True, slots=True)
class WordsEdit(Node):
    """The one expression or action `old`, wherever in a clause it stands, becomes `new`, of the same kind."""

    old: Expr | Action
    new: Expr | Action


@dataclass(frozen=True, slots=True)
class AmendedPart(Node):
    """Rows of the table, or cases of the definition, called `name`."""

    kind: Literal["table", "define"]
    name: Name
    edits: tuple[PartEdit | WordsEdit, ...]


@dataclass(frozen=True, slots=True)
class AmendedClause(Node):
    number: ClauseRef
    summary: Text | None
    edits: tuple[PartEdit | WordsEdit | AmendedPart, ...]


@dataclass(frozen=True, slots=True)
class ReplacedClause(Node):
    clause: "Clause | NotFormalised"


@dataclass(frozen=True, slots=True)
class AddedItem(Node):
    item: "Clause | NotFormalised | Role | Enumeration | Subset | Better"


@dataclass(frozen=True, slots=True)
class RemovedClause(Node):
    number: ClauseRef


@dataclass(frozen=True, slots=True)
class AmendedHeader(Node):
    """Lines of the header, by the name of their field in `Policy`."""

    lines: tuple[tuple[str, object], ...]


Change: TypeAlias = ReplacedClause | AddedItem | RemovedClause | AmendedClause | AmendedHeader
