"""Objects packed by their fields come out as they went in, also where one class is within another."""

import copy
import pickle
from dataclasses import dataclass

from policydsl.base.packing import packed_by_fields
from policydsl.base.span import Span
from policydsl.core.expr import INT, And, IntLit, Less, Not, Var
from policydsl.core.system import Step, Trace
from policydsl.engines.verdict import Refuted


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Lone:
    """A class with one field, whose value is a tuple."""

    only: tuple[int, ...]


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Two:
    """A class with another in it."""

    first: Lone
    second: int = 0


LESS = Less(Var("x", INT), IntLit(3), strict=True)


def test_what_is_packed_comes_out_as_it_was() -> None:
    trace = Trace({"limit": 1}, {"today": 7}, (Step("go", 8, {"card": "red"}),))
    for each in (
        Two(Lone((1, 2)), 3),
        Span("a.policy", 1, 2, 3, 4),
        And((Not(LESS), LESS)),
        Refuted(trace, 1, clear=0),
    ):
        again = pickle.loads(pickle.dumps(each, pickle.HIGHEST_PROTOCOL))  # noqa: S301  the test's own
        assert again == each
        assert type(again) is type(each)
        assert repr(again) == repr(each)
        assert copy.copy(each) == each


def test_what_is_one_object_stays_one() -> None:
    again = pickle.loads(pickle.dumps(And((LESS, Not(LESS))), pickle.HIGHEST_PROTOCOL))  # noqa: S301  what was just pickled here
    assert again.args[1].arg is again.args[0]
    assert not hasattr(again.args[0], "text")  # what is remembered is not packed
