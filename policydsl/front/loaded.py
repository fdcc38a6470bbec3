"""What loading a text gives: a policy or a set of claims, with all that reports need to speak of it."""

import re
from collections.abc import Mapping
from typing import Literal

from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core.expr import INT, Equal, Expr, IntLit, Not, Or, Value, Var
from policydsl.core.moves import Pair
from policydsl.core.system import Obligation, Question, System
from policydsl.front.influence import Influence
from policydsl.front.types import DateType, Type

SymbolKind = Literal[
    "role", "enumeration", "value", "subset", "parameter", "reading", "state", "occurrence", "act", "field", "choice",
    "count", "definition", "table", "schedule", "duty",
]  # fmt: skip

SET_SUFFIX = ".set"
"""An optional date `x` is two variables of the core: `x`, and the Boolean `x.set`."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared name.

    `type` is None where it makes no sense (roles, events); `index` lists the index values, those of the enumeration
    `index_of` if they have one; `on` the steps on which a
    definition or table is defined, none if it is on every state; `owed_by` the role of a duty.

    A field's full name is `event.field`, an indexed state's variables are `name[value]`.
    """

    name: str
    kind: SymbolKind
    type: Type | None
    clause: str
    span: Span
    labels: Mapping[str, str]
    index: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    index_of: str = ""
    owed_by: str = ""


@dataclass(frozen=True, slots=True)
class ClauseInfo:
    """A clause of the document: formalised, or not and why (`because`), and the names that it would affect."""

    number: str
    summary: str
    span: Span
    labels: Mapping[str, str]
    because: str | None = None
    affects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingInfo:
    """An ambiguity: the question, and its options as (name, summary)."""

    name: str
    question: str
    options: tuple[tuple[str, str], ...]
    default: str
    clause: str


@dataclass(frozen=True, slots=True)
class Header:
    """What the policy says of its document. `histories_from` is the first day on which a history may start."""

    title: str
    labels: Mapping[str, str]
    issuer: str | None
    document: str | None
    edition: str | None
    effective: Day | None
    histories_from: Day
    time_zone: str
    language: str


Way = Literal[
    "higher", "lower", "earlier", "later", "yes", "no", "permitted", "not permitted", "wider", "narrower", "ranking"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """Which values of the state, count, definition or table `name` are better for `role`.

    `permitted` and `wider` speak of the event `name`: whether it is permitted, and the facts and choices it may have.
    `values` are those of a ranking, best first; `none` says what no date counts as, for dates that may be none.
    """

    role: str
    name: str
    way: Way
    values: tuple[str, ...]
    none: Literal["best", "worst"] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row asks of one input, as written; `low` and `high` where it is a stretch between plain whole numbers."""

    text: str
    low: int | None = None
    high: int | None = None
    low_closed: bool = False
    high_closed: bool = False
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a decision table."""

    cells: tuple[Cell, ...]
    value: str


@dataclass(frozen=True, slots=True)
class TableText:
    """A decision table as written: its inputs, its rows, and the value where no row fits."""

    name: str
    clause: str
    hit: str
    inputs: tuple[str, ...]
    rows: tuple[Row, ...]
    no_row: str | None


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy, ready for both readings. `system.obligations` are the questions it owes by itself.

    The properties of `liveness` say that a rule, row, event or schedule never takes effect: proved is the bad answer.
    `tables` are as written; `orders` say what is better for whom. `conditions` are what the text assumes of parameters
    and says of the start, each with the clauses that say so; `exceptions` the definitions that clauses beside their own
    define in some cases, each with the clause of each case, in the order in which the first that fits counts.
    """

    path: str
    header: Header
    clauses: tuple[ClauseInfo, ...]
    symbols: Mapping[str, Symbol]
    readings: tuple[ReadingInfo, ...]
    system: System
    influence: Influence
    liveness: tuple[Obligation, ...]
    tables: tuple[TableText, ...] = ()
    orders: tuple[Order, ...] = ()
    conditions: tuple[tuple[Expr, frozenset[str]], ...] = ()
    exceptions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def gives_all(self, name: str) -> bool:
        """Return whether `name` is a table of which all rows that fit count: it has no one value."""
        return any(t.name == name and t.hit == "all rows" for t in self.tables)


@dataclass(frozen=True, slots=True)
class Phases:
    """How far the difference between two histories has come: the variable that says so, and its last value.

    `same_first` says that the histories are the same before it begins; `apart` that nothing relates them on the way,
    only before it and at last. `since` is the variable with the day on which it began, if there is one.
    """

    variable: str
    last: int
    since: str | None
    same_first: bool
    apart: bool

    def at(self, phase: int, e: Expr) -> Expr:
        """Return that `e` holds in `phase`."""
        return Or((Not(Equal(Var(self.variable, INT), IntLit(phase))), e))


Expected = Literal["holds", "fails", "depends"]


@dataclass(frozen=True, slots=True)
class LoadedClaim:
    """A claim as a question. With `possible`, the question's property says that it is *not* possible.

    `form` is the word the claim starts with; `on_readings` are those the author expects it to depend on;
    `unmodelled` are the clauses not formalised that affect something the claim speaks of. With `pair`, the claim is
    about two histories, and the question about their product; `phases` and what is known once it has `begun` tell what
    may relate the two.
    """

    name: str
    kind: Literal["guarantee", "finding", "lemma"]
    sentence: str
    labels: Mapping[str, str]
    cites: tuple[str, ...]
    protects: tuple[str, ...]
    span: Span
    form: str
    possible: bool
    expect: Expected
    on_readings: tuple[str, ...]
    question: Question
    unmodelled: tuple[str, ...]
    pair: Pair | None = None
    phases: Phases | None = None
    begun: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedClaims:
    """A claims file and the policy it is about."""

    path: str
    policy: LoadedPolicy
    claims: tuple[LoadedClaim, ...]


def set_name(variable: str) -> str:
    """Return the Boolean variable that says whether an optional date is set; a duty's day is, while it is open."""
    return f"{variable.removesuffix('.due')}.open" if variable.endswith(".due") else variable + SET_SUFFIX


DAY_DONE = "day.done"
"""The variable with the place, in the text, of the schedule that fired last on the day reached."""


def window_end(variable: str) -> str:
    """Return the variable that says when what `variable` holds of a rolling count leaves its window; "" if none."""
    slot = re.fullmatch(r"(.+)\.(?:until|amount)(\d+)", variable)
    return "" if slot is None else f"{slot[1]}.until{slot[2]}"


def last_firing(schedule: str) -> str:
    """Return the variable with the day for which a schedule that waits for a date fired last."""
    return f"{schedule}.last"


def visible_state(policy: LoadedPolicy, state: Mapping[str, Value]) -> dict[str, tuple[Type, Value | None]]:
    """Return the state as its reader knows it: declared names (indexed ones as `name[value]`), none for unset dates.

    Counters are left out: they are bookkeeping that definitions speak for.
    """
    shown: dict[str, tuple[Type, Value | None]] = {}
    for symbol in policy.symbols.values():
        if symbol.kind != "state" or symbol.type is None:
            continue
        for name in [f"{symbol.name}[{i}]" for i in symbol.index] or [symbol.name]:
            if name not in state:
                continue
            unset = isinstance(symbol.type, DateType) and symbol.type.optional and not state[set_name(name)]
            shown[name] = (symbol.type, None if unset else state[name])
    return shown
