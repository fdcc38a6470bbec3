"""Lemmas on demand: of many candidates, those that a proof needs, shown to be inductive together.

Houdini finds the largest inductive set of candidates. Here the same is done for one goal at a time, backwards: assume
all candidates; if the goal follows, show the few that it rests on in the same way, all at once, and so on. A candidate
that does not follow from all others is dropped for good, with whatever else the same model breaks, and the goal is
tried again. So are those that fail a few random steps on from the state that the model began with: it satisfies every
candidate, so what is inductive holds wherever histories go from it. To try that is much cheaper than to ask.

Source: C. Flanagan, K. R. M. Leino, "Houdini, an Annotation Assistant for ESC/Java", FME 2001.
"""

from collections.abc import Iterable, Iterator, Sequence

import z3

from policydsl.core.expr import Equal, Expr, Less, Or
from policydsl.engines.sample import Walks
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.semantics.decode import parameters_of, state_of, step_of

_FEW = 40
"""So many candidates are asked about as soon as tried."""


class Pool:
    """The candidates of one unrolling, under the assumptions `fixed`, that are not dropped yet: `kept`.

    `rests_on` has, for each that was shown to follow from `window` states in a row, what from; `walks` are of the same
    system.
    """

    def __init__(
        self,
        unrolling: Unrolling,
        candidates: Iterable[Expr],
        fixed: Sequence[z3.BoolRef],
        window: int = 1,
        walks: Walks | None = None,
    ) -> None:
        self.unrolling, self.window, self._walks = unrolling, window, walks
        self.fixed = tuple(fixed)
        self.kept = list(dict.fromkeys(candidates))
        self.rests_on: dict[Expr, frozenset[Expr]] = {}
        self._stronger = {e: tuple(_stronger(e)) for e in self.kept}
        self._begun = 0
        self._counted = -1  # so many were kept when what follows was found: they only ever become fewer
        self._telling: list[Expr] = []
        self._assumed: dict[int, dict[int, tuple[z3.BoolRef, Expr]]] = {}  # by frame

    def begin(self, meter: Meter) -> bool:
        """Drop what fails in one of the first `window` states. False if the budget ran out; then begin again."""
        while self._begun < self.window and self.kept:
            i, start = self._begun, [self.unrolling.starting, *self.fixed]
            someone_fails = self.unrolling.any_of(self.unrolling.fails(e, i) for e in self.telling)
            answer = self.unrolling.ask([*start, self.unrolling.reach(i), someone_fails], meter)
            if answer == "unknown":
                return False
            if answer == "sat":
                self._drop(i)
            else:
                self._begun += 1
        return True

    @property
    def telling(self) -> list[Expr]:
        """The candidates that are left, without those that others entail as they stand."""
        if self._counted != len(self.kept):
            kept = set(self.kept)
            self._telling = [e for e in self.kept if kept.isdisjoint(self._stronger[e])]
            self._counted, self._assumed = len(self.kept), {}
        return self._telling

    def assumed(self, frames: range) -> dict[int, tuple[z3.BoolRef, Expr]]:
        """Return what is assumed of states `frames`: the literal of each telling candidate, by its identity."""
        telling = self.telling
        for i in frames:
            if i not in self._assumed:
                literals = ((self.unrolling.holds(e, i), e) for e in telling)
                self._assumed[i] = {literal.get_id(): (literal, e) for literal, e in literals}
        return {name: each for i in frames for name, each in self._assumed[i].items()}

    def close(self, needed: Iterable[Expr], meter: Meter) -> tuple[Expr, ...] | None:
        """Return what `needed` rests on, itself included, inductive by itself; in the order of the candidates.

        None if one had to be dropped, or the budget ran out. What was asked for together with it is asked again first,
        until none of that needs to go: else the same questions would come up for each.
        """
        support: set[Expr] = set()
        waiting = frozenset(needed)
        while waiting:
            before = len(self.kept)
            rests_on = self._rests_on(waiting, meter)
            if rests_on is None:
                while rests_on is None and len(self.kept) < before:
                    before, waiting = len(self.kept), waiting.intersection(self.kept)
                    rests_on = self._rests_on(waiting, meter)
                return None
            support |= waiting
            waiting = rests_on - support
        return tuple(e for e in self.kept if e in support)

    def _rests_on(self, lemmas: frozenset[Expr], meter: Meter) -> frozenset[Expr] | None:
        """Return from what all of `lemmas` follow after every step from where all candidates hold; drop some if not."""
        kept = frozenset(self.kept)
        known = {e: rests for e in lemmas if (rests := self.rests_on.get(e)) is not None and rests <= kept}
        if len(known) < len(lemmas):
            asked = lemmas - known.keys()
            found = self._ask(asked, meter)
            if found is None:
                return None
            known |= dict.fromkeys(asked, found)
            self.rests_on |= known
        return frozenset().union(*known.values())

    def _ask(self, lemmas: frozenset[Expr], meter: Meter) -> frozenset[Expr] | None:
        """Return from what `lemmas` follow, as the solver says; drop some if they do not."""
        unrolling, k = self.unrolling, self.window
        assumed = self.assumed(range(k))
        literals = [literal for literal, _ in assumed.values()]
        someone_fails = unrolling.any_of(unrolling.fails(e, k) for e in self.kept if e in lemmas)
        answer = unrolling.ask([someone_fails, unrolling.reach(k), *self.fixed, *literals], meter)
        if answer == "unsat":
            core = (literal.get_id() for literal in unrolling.solver.unsat_core())
            return frozenset(assumed[i][1] for i in core if i in assumed)
        if answer == "sat":
            self._drop(k)
        return None

    def _drop(self, i: int) -> None:
        """Drop what fails in state `i` of the solver's model, or on walks from the state before."""
        unrolling, model = self.unrolling, self.unrolling.solver.model()
        left = [e for e in self.kept if unrolling.true_in(model, unrolling.term(e, i))]
        if self._walks is not None and i == 1 and len(left) > _FEW:
            encoding = unrolling.encoding
            lost = self._walks.lost(
                self.kept, parameters_of(encoding, model), state_of(encoding, model, 0), step_of(encoding, model, 0)
            )
            left = [e for e in left if e not in lost]
        self.kept = left


def _stronger(e: Expr) -> Iterator[Expr]:
    """Yield expressions that plainly entail `e`: for an order, the equality."""
    match e:
        case Less(left=a, right=b, strict=False):
            yield from (Equal(a, b), Equal(b, a))
        case Or(args=(*others, Less() as last)):
            yield from (Or((*others, each)) for each in _stronger(last))
        case _:
            return
