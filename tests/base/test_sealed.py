"""What is kept for the next run is read back without running any code."""

import pickle
from typing import Any

import pytest

from policydsl.base.sealed import unpickled
from policydsl.core.expr import IntLit, View

MODULES = frozenset({"policydsl.core.expr"})


class Attribute:
    """Is pickled as an attribute: so Python 3.11.2 does with members of enumerations."""

    def __init__(self, *of: object) -> None:
        self.of = of

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, self.of


def test_members_of_enumerations_are_read_however_they_are_written() -> None:
    for view in View:
        assert unpickled(pickle.dumps(view), MODULES, frozenset()) is view
        assert unpickled(pickle.dumps(Attribute(View, view.name)), MODULES, frozenset()) is view


@pytest.mark.parametrize(
    "of", [(View, "mro"), (View, "__members__"), (IntLit, "__init__"), (IntLit(1), "value"), ("", "join")]
)
def test_no_other_attribute_is(of: tuple[object, str]) -> None:
    with pytest.raises(pickle.UnpicklingError):
        unpickled(pickle.dumps(Attribute(*of)), MODULES, frozenset())
