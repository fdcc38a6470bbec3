"""Our dataclasses do what Python's do."""

import copy
import dataclasses
import pickle
import re
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

import pytest

import policydsl
from policydsl.base import records


def _made(dataclass: Callable[..., Callable[[type], type]]) -> tuple[type, type, type]:
    @dataclass(frozen=True, slots=True)
    class Nothing:
        """Has no fields."""

    @dataclass(frozen=True, slots=True)
    class Base:
        place: int = field(compare=False, repr=False)

    @dataclass(frozen=True, slots=True)
    class Pair(Base):
        left: str
        right: list[int] = field(default_factory=list, hash=False)

    return Nothing, Base, Pair


@pytest.mark.parametrize("dataclass", [dataclasses.dataclass, records.dataclass])
def test_compared_hashed_and_shown_as_python_has_it(dataclass: Callable[..., Callable[[type], type]]) -> None:
    nothing, base, pair = _made(dataclass)
    assert nothing() == nothing() != base(1)
    assert hash(nothing()) == hash(())
    assert repr(nothing()).endswith("Nothing()")
    one, same, other = pair(1, "a", [2]), pair(5, "a", right=[2]), pair(1, "a", [3])
    assert one == same != other
    assert hash(one) == hash(same) == hash(other) == hash(("a",))
    assert base(1) == base(2) != one
    assert one.__eq__(3) is NotImplemented
    assert repr(one).endswith(".Pair(left='a', right=[2])")
    assert dataclasses.replace(one, right=[3]) == other
    assert [f.name for f in dataclasses.fields(pair)] == ["place", "left", "right"]
    assert pair(1, "a").right == []
    assert not hasattr(one, "__dict__")
    assert one.__match_args__ == ("place", "left", "right")


@records.dataclass(frozen=True, slots=True)
class Own:
    """Says by itself how it is compared, hashed and shown."""

    value: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return "own"


@records.dataclass(frozen=True, slots=True, order=True)
class Ordered:
    """Is put in order by its value."""

    value: int


def test_what_a_class_says_itself_stays() -> None:
    assert Own(1) == Own(2)
    assert hash(Own(1)) == 7
    assert repr(Own(1)) == "own"


def test_other_kinds_are_pythons_own() -> None:
    assert Ordered(1) < Ordered(2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Ordered(1).value = 2  # type: ignore[misc]  # that is what is tried


def test_they_can_be_copied_and_sent() -> None:
    sent = pickle.dumps(Own(3))
    assert copy.copy(Own(3)).value == 3
    assert Own.__module__.encode() in sent


def test_all_modules_take_them() -> None:
    """One that took Python's would be right, and slower to start."""
    files = sorted(Path(policydsl.__file__).parent.rglob("*.py"))
    own = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    assert [f.name for f in files if own.search(f.read_text(encoding="utf-8"))] == []
