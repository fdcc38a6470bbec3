"""What a person would wish of a story is granted as far as it goes together."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import z3

from policydsl.core.expr import BOOL, Var
from policydsl.engines.minimise import Granter
from policydsl.engines.solve import Answer
from policydsl.engines.wishes import Wish

if TYPE_CHECKING:
    from policydsl.engines.unroll import Unrolling


class Scripted(Granter):
    """Grants all but the wishes `never`; blames all that was asked for with one, as a solver may."""

    def __init__(self, never: Iterable[str]) -> None:
        self.never, self.granted, self.blamed = set(never), list[str](), list[z3.BoolRef]()
        self.context, self._refused = z3.Context(), set[int]()
        self.unrolling = cast("Unrolling", SimpleNamespace(solver=SimpleNamespace(unsat_core=lambda: self.blamed)))

    def keep(self, wish: Wish) -> bool:
        """Grant nothing unasked."""
        del wish
        return False

    def _literal(self, wish: Wish) -> z3.BoolRef:
        assert isinstance(wish.expr, Var)
        return z3.Bool(wish.expr.name, self.context)

    def _ask(self, literals: list[z3.BoolRef]) -> Answer:
        if self.never.isdisjoint(map(str, literals)):
            self.granted += map(str, literals)
            return "sat"
        self.blamed = list(literals)
        return "unsat"


def test_a_wish_that_yielded_to_one_that_cannot_be_granted_is_granted_after_all() -> None:
    """Who yields is the last that is blamed: it may have nothing to do with it, even the second time."""
    for never in (("b",), ("a",), ("a", "b"), ("b", "d"), ("a", "c", "e")):
        granter = Scripted(never)
        granter.grant([Wish(Var(name, BOOL), 0) for name in "abcde"])
        assert sorted(granter.granted) == sorted(set("abcde") - set(never))
