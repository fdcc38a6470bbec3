"""What `show_expr` writes is read back as it was."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.core.read import ReadError, names_of, read_expr
from policydsl.core.show import show_expr
from policydsl.core.walk import expressions
from policydsl.front.load import load
from tests.semantics import strategies

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["creator_network", "xingtu"])
def test_all_expressions_of_a_real_policy(name: str) -> None:
    system = load([ROOT / f"specs/{name}.policy"]).policies[0].system
    names, read = names_of(system), 0
    for place, e in expressions(system):
        assert read_expr(show_expr(e), names) == e, place
        read += 1
    assert read > 50


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_random_systems(data: st.DataObject) -> None:
    system = data.draw(strategies.systems())
    names = names_of(system)
    for place, e in expressions(system):
        assert show_expr(read_expr(show_expr(e), names)) == show_expr(e), place


@pytest.mark.parametrize(
    "text",
    ["", "(", ")", "nobody", "(<= 1", "(<= 1 2) 3", "(not)", "(frob 1)", "(div 0 1)", "(* x 1)", "1/0", "$nothing",
     "(if 1 -> 2)", "(add-months sideways today 1)", "2024-02-30", "(" * 5000,
     "9" * 5000, "9" * 5000 + "/1", "1/" + "9" * 5000, "1/" + "0" * 5000 + "1", f"(* {'9' * 5000} 1)"],
)  # fmt: skip
def test_what_is_no_expression(text: str) -> None:
    system = load([ROOT / "docs/tour/observation.policy"]).policies[0].system
    with pytest.raises(ReadError):
        read_expr(text, names_of(system))
