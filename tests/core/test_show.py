"""The text of a system: complete, stable, and different where systems differ."""

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from policydsl.base.calendar import Rounding
from policydsl.core.expr import DATE, INT, TODAY, AddMonths, Equal, Expr, IntLit, Ite, Less, Not, RatLit, Scale, Var
from policydsl.core.show import show_expr, show_system, system_hash
from tests.core.neighbours import neighbours
from tests.semantics.checks import OPERATORS, RICH

N = Var("n", INT)


@pytest.mark.parametrize(
    ("e", "text"),
    [
        (Less(N, IntLit(-1), strict=False), "(<= n -1)"),
        (Ite(Equal(N, N), N, Ite(Not(Equal(N, N)), N, IntLit(2))), "(if (= n n) -> n; (not (= n n)) -> n; else 2)"),
        (AddMonths(Var(TODAY, DATE), N, Rounding.LAST_DAY), "(add-months last_day today n)"),
        (Scale(Fraction(1, 2), RatLit(Fraction(3))), "(* 1/2 3/1)"),
    ],
)
def test_expression_reads_so(e: Expr, text: str) -> None:
    assert show_expr(e) == text


def test_different_operators_read_differently() -> None:
    assert len({show_expr(e) for e in OPERATORS}) == len(OPERATORS)


def test_text_has_every_part() -> None:
    text = show_system(RICH)
    for part in (
        "parameter limit: int default 2  [0]",
        "assume (< 0 limit)",
        "state colour: Colour{red, green, blue}  [1]",
        "define many: bool = (<= limit n)  [2]",
        "occurrence hit by someone  [3]",
        "  input hit.paint: Colour{red, green, blue}, choice by someone  [3]",
        "schedule alarm  [5]",
        "  on alarm, late when true: (not true)  [8.1]",
        "owe definedness 'o'",
    ):
        assert part in text.splitlines() or part in text


def test_what_differs_in_one_place_reads_differently() -> None:
    others = list(neighbours(RICH))
    assert len(others) > 150
    for other in others:
        assert show_system(other) != show_system(RICH), other
    for e in OPERATORS:
        assert show_expr(e) not in {show_expr(other) for other in neighbours(e)}


def test_hash_notices_every_field() -> None:
    others = (
        replace(RICH, name="other"),
        replace(RICH, parameters=()),
        replace(RICH, assumptions=()),
        replace(RICH, variables=()),
        replace(RICH, starts=()),
        replace(RICH, definitions=()),
        replace(RICH, events=()),
        replace(RICH, schedules=()),
        replace(RICH, updates=()),
        replace(RICH, obligations=()),
    )
    assert len({system_hash(system) for system in (RICH, *others)}) == len(others) + 1


def test_hash_is_the_same_in_another_process() -> None:
    code = (
        "from tests.semantics.checks import RICH; from policydsl.core.show import system_hash; print(system_hash(RICH))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == system_hash(RICH)
