"""Sums that never change in a sample: all of them, and no others."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from policydsl.engines.hull import kernel


@pytest.mark.parametrize("seed", range(20))
def test_as_many_sums_as_there_are_and_each_is_true(seed: int) -> None:
    dice = Random(seed)  # noqa: S311  no secret
    width, rank = dice.randrange(1, 6), dice.randrange(3)
    base = [Fraction(dice.randrange(-9, 9), dice.choice((1, 1, 2, 3))) for _ in range(width)]
    moves = [[dice.randrange(-4, 5) for _ in range(width)] for _ in range(rank)]
    points = [
        tuple(b + sum(k * move[i] for k, move in zip(times, moves, strict=True)) for i, b in enumerate(base))
        for times in product(range(3), repeat=rank)
    ]
    found = kernel(points, width)
    assert all(_weighed(row, (*p, Fraction(1))) == 0 for row in found for p in points)
    assert len(found) == width - _rank(moves)
    assert _rank(found) == len(found)


def _weighed(row: list[int], point: tuple[Fraction, ...]) -> Fraction:
    return sum((k * n for k, n in zip(row, point, strict=True)), start=Fraction(0))


def _rank(rows: list[list[int]]) -> int:
    left = [[Fraction(n) for n in row] for row in rows]
    rank = 0
    while left and left[0]:
        at = next((row for row in left if row[0]), None)
        if at is not None:
            rank += 1
            left.remove(at)
            left = [[b - a * row[0] / at[0] for a, b in zip(at, row, strict=True)] for row in left]
        left = [row[1:] for row in left]
    return rank
