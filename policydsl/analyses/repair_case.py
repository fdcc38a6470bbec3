"""What there is to mend: the text, the claim, and the story that refutes it."""

from collections.abc import Iterator
from dataclasses import dataclass

from policydsl.analyses.claim_parts import Part, Speaker, parts
from policydsl.analyses.edits import Edit, EditKind, Script
from policydsl.core.system import Step
from policydsl.front.loaded import LoadedPolicy
from policydsl.semantics.interpret import State, Stepped
from policydsl.syntax import ast


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the story: the state before it, and what it did."""

    step: Step
    before: State
    result: Stepped


@dataclass(frozen=True, slots=True)
class Case:
    """What there is to mend: the text, the claim as written (None: it is owed), the story, the clauses that bear on it.

    `clauses` come in the order in which they are worth looking at, the first `near` of them being those cited;
    `readings` are those that the claim sees.
    """

    script: Script
    policy: LoadedPolicy
    claim: ast.Claim | None
    speaker: Speaker
    moments: tuple[Moment, ...]
    clauses: tuple[str, ...]
    near: int
    readings: tuple[str, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the claim asks for, one by one."""
        return () if self.claim is None else tuple(parts(self.claim))

    def one(self, kind: EditKind, node: ast.Node, text: str) -> Iterator[Edit]:
        """Yield the edit that puts `text` in place of `node`."""
        start, end = self.script.stretch(node.span)
        made = self.script.spliced(kind, [(start, end, text)])
        if made is not None:
            yield made

    def members(self, enumeration: str | None) -> tuple[str, ...]:
        """Return the values of an enumeration, if it is a small one."""
        every = (s.name.rpartition(".") for s in self.policy.symbols.values() if s.kind == "value")
        values = tuple(value for home, _, value in every if home == enumeration)
        return values if len(values) <= _FEW else ()


_FEW = 8
