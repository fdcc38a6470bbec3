"""What an engine answers, the evidence it carries, and how much it may spend. Plain data: no solver objects."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

from policydsl.base.packing import packed_by_fields
from policydsl.base.records import dataclass
from policydsl.core.expr import Expr
from policydsl.core.system import Question, Trace

# --- evidence ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """One SMT-LIB 2 script that must be unsatisfiable."""

    name: str
    text: str


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Certificate:
    """Why a property holds in every history.

    `binding`    SHA-256 over the hash of the asked system and the property: what the proof is about.
    `method`     how it was found, in words; `k` is the length of the induction's window, in steps.
    `invariant`  what is inductive, as readable text, one conjunct an entry; the property itself comes first.
    `lemmas`     the conjuncts besides the property, as core expressions, from which `obligation.issue` writes the
                 same queries again.
    `level`      of the calendar abstraction under which the queries are written.
    `parts`      the parts of a step that the queries speak of, as `Encoding.parts` names them; None: all.
    `queries`    by name, as `certify.NAMES` lists them. All of them unsatisfiable: that is the proof.
    `seal`       SHA-256 over all of the above as written: texts do not change unnoticed.
    """

    binding: str
    method: str
    k: int
    invariant: tuple[str, ...]
    lemmas: tuple[Expr, ...]
    level: int
    parts: tuple[str, ...] | None
    queries: tuple[Query, ...]
    seal: str


Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Record:
    """A stored answer as it was written, to be believed only once it is shown again: `engines.store` says how.

    `binding` tells what question it answers, as a certificate's does.
    """

    binding: str
    said: Mapping[str, Json]


# --- verdicts ------------------------------------------------------------------------------------


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Proved:
    """It holds in every history. `witness` is a history in which the question's trigger happens in the last step."""

    certificate: Certificate
    witness: Trace | None = None


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Refuted:
    """It fails: first in `trace`'s state or step number `at`, 0 for the initial state.

    No history of at most `clear` steps fails, within the dates that were covered; -1 if nothing is known of that.
    """

    trace: Trace
    at: int
    clear: int

    @property
    def shortest(self) -> bool:
        """Whether no shorter history fails, within the dates that were covered."""
        return self.clear >= self.at - 1


@dataclass(frozen=True, slots=True)
class Bounded:
    """No violation within `depth` steps, in the dates that `reason` names; nothing is said beyond."""

    depth: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Undecided. `tried` lists the attempts in order."""

    reason: str
    tried: tuple[str, ...]


Lacks: TypeAlias = Literal["trigger", "existence"]
LACKS: tuple[Lacks, ...] = get_args(Lacks)
"""What there is none of where a claim is about nothing: a step with its trigger, or any history at all."""


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Vacuous:
    """It holds, but only because its trigger never happens, or because there is no history at all.

    That is what the certificate proves: that no step ever has the trigger, or that no state is an initial one.
    """

    certificate: Certificate
    lacks: Lacks


Verdict: TypeAlias = Proved | Refuted | Bounded | Unknown | Vacuous


# --- budgets -------------------------------------------------------------------------------------


_A_SECOND = 7_000_000
"""About so many Z3 resource units take a second."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one question may cost.

    `seconds`    of the processor, over everything done for the question (the emergency brake).
    `rlimit`     Z3 resource units a query: the same on every machine, so this is what should run out first.
    `effort`     Z3 resource units over all queries of the question; None: only time limits their sum.
    `max_depth`  steps that the search for counterexamples covers.
    `max_k`      longest window of k-induction, in steps.
    `memory`     MiB of address space that a worker may take, None for no limit but the machine's.
    `horizons`   months, from the policy's first possible day, that counterexamples are looked for in, in turn.
    `options`    seconds for all options of readings together that a task asks about, None for as many as they get each.
    """

    seconds: float = 10.0
    rlimit: int = 20_000_000
    max_depth: int = 24
    max_k: int = 4
    horizons: tuple[int, ...] = (24, 60, 240)
    memory: int | None = None
    effort: int | None = None
    options: float | None = None

    def share(self, parts: int) -> "Budget":
        """Return one of `parts` equal shares of what a question, and each query of it, may cost."""
        effort = None if self.effort is None else max(1, self.effort // parts)
        return replace(self, seconds=self.seconds / parts, rlimit=self.rlimit // parts, effort=effort)

    def quarter(self) -> int:
        """Return how many units, or about, are a quarter of what a question may cost."""
        return (int(self.seconds * _A_SECOND) if self.effort is None else self.effort) // 4


@dataclass(frozen=True, slots=True)
class Manner:
    """How a question is to be answered; whatever it says, every verdict is checked alike.

    `wanted`     "story": a counterexample is made small and believable; "retelling": it is made plain without a
                 solver; "verdict": it is shortest and replayed, and that is all.
    `suspect`    the question is likely to fail: counterexamples are looked for before proofs.
    `clear`      within so many steps it is already known not to fail, on the dates of the first horizon at least: where
                 the same was asked of more histories. -1: nothing is known.
    """

    wanted: Literal["story", "retelling", "verdict"] = "story"
    suspect: bool = False
    clear: int = -1


Progress: TypeAlias = Callable[[Question, str], None]
"""Told of each attempt as it starts, in words."""


# --- bugs in policydsl ---------------------------------------------------------------------------


class SemanticsDisagreeError(Exception):
    """The two readings of the core disagree about a trace: a bug in policydsl, never a finding about a policy."""


class SolverDisagreeError(Exception):
    """A proof does not survive its re-check: a bug in an engine or a solver, never a finding about a policy."""
