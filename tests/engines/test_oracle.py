"""Small random finite systems, against counting out all their states with the interpreter."""

from itertools import product
from random import Random

import pytest

from policydsl.core.expr import (
    BOOL,
    INT,
    TODAY,
    TRUE,
    Add,
    And,
    At,
    BoolLit,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    Remainder,
    Value,
    Var,
    View,
)
from policydsl.core.system import (
    Case,
    Event,
    Input,
    Parameter,
    Property,
    Question,
    Step,
    System,
    Trace,
    Update,
    Variable,
)
from policydsl.engines import bmc, explore, spacer
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget, Proved, Refuted
from policydsl.semantics.encode_calendar import ExactCalendar
from policydsl.semantics.evaluate import alone, between, holds
from policydsl.semantics.interpret import Rejected, State, initial_state, step, violation
from tests.engines.asking import answer

COLOUR = EnumSort("Colour", ("red", "green", "blue"))
MODULUS = 4
TODAY_NUMBER = 738_000


def random_number(rng: Random, names: list[str], depth: int) -> Expr:
    if depth == 0 or rng.random() < 0.4:
        return Var(rng.choice(names), INT) if names and rng.random() < 0.7 else IntLit(rng.randrange(MODULUS))
    if rng.random() < 0.7:
        return Add(tuple(random_number(rng, names, depth - 1) for _ in range(2)))
    parts = (random_number(rng, names, depth - 1) for _ in range(2))
    return Ite(random_truth(rng, names, depth - 1), *parts)


def random_truth(rng: Random, names: list[str], depth: int) -> Expr:
    kind = rng.randrange(7 if depth else 4)
    match kind:
        case 0:
            return Var("flag", BOOL)
        case 1:
            return Equal(Var("colour", COLOUR), EnumLit(COLOUR, rng.choice(COLOUR.values)))
        case 2 | 3:
            left, right = random_number(rng, names, 0), random_number(rng, names, 0)
            return Less(left, right, strict=rng.random() < 0.5)
        case 4:
            return Not(random_truth(rng, names, depth - 1))
        case 5:
            return And(tuple(random_truth(rng, names, depth - 1) for _ in range(2)))
        case _:
            return Or(tuple(random_truth(rng, names, depth - 1) for _ in range(2)))


def random_system(rng: Random) -> System:
    names = ["a", "b"]
    inside = [*names, "p"]
    events = tuple(
        Event(name, "occurrence", None, (Input(f"{name}.x", BOOL, None, None, "1"),), guard, "1")
        for name, guard in (
            ("one", random_truth(rng, inside, 2)),
            ("two", TRUE),
            ("three", random_truth(rng, names, 1)),
        )
    )
    every = [*(frozenset({e.name}) for e in events), None]

    def case(value: Expr) -> Case:
        steps = rng.choice(every)
        chosen = None if steps is None else Var(f"{min(steps)}.x", BOOL)
        guard = random_truth(rng, inside, 1)
        return Case(steps, guard if chosen is None or rng.random() < 0.5 else And((guard, chosen)), value, "1")

    def numbers() -> tuple[Case, ...]:
        return tuple(case(Remainder(random_number(rng, inside, 2), MODULUS)) for _ in range(rng.randrange(1, 3)))

    updates = (
        *(Update(name, numbers()) for name in names),
        Update("flag", (case(random_truth(rng, names, 2)),)),
        Update("colour", tuple(case(EnumLit(COLOUR, value)) for value in rng.sample(COLOUR.values, 2))),
    )
    variables = (
        *(Variable(name, INT, IntLit(rng.randrange(MODULUS)), "1") for name in names),
        Variable("flag", BOOL, BoolLit(value=False), "1"),
        Variable("colour", COLOUR, EnumLit(COLOUR, "red"), "1"),
    )
    between = And((Less(IntLit(0), Var("p", INT), strict=False), Less(Var("p", INT), IntLit(2), strict=False)))
    parameter = Parameter("p", INT, None, is_reading=False, clause="1")
    starts = (Equal(Var("a", INT), Var("a", INT)),)
    return System("random", (parameter,), (between,), variables, starts, (), events, (), updates, ())


def random_property(rng: Random) -> Property:
    names = ["a", "b"]
    if rng.random() < 0.5:
        a, b = (Equal(Var(name, INT), IntLit(rng.randrange(MODULUS))) for name in names)
        colour = Equal(Var("colour", COLOUR), EnumLit(COLOUR, rng.choice(COLOUR.values)))
        return Property(Not(And((a, b, colour))), TRUE)
    if rng.random() < 0.4:
        return Property(Or((random_truth(rng, names, 2), random_truth(rng, names, 1))), TRUE)
    then = Or((random_truth(rng, names, 1), At(View.BEFORE, random_truth(rng, names, 1))))
    return Property(TRUE, Or((Not(Happens(rng.choice(("one", "two", "three")))), then)))


def least_depth(system: System, claim: Property) -> int | None:
    """Return the length of the shortest history that violates `claim`, by breadth first: no date matters here."""
    depths = [depth for p in range(3) if (depth := _least_depth(system, claim, {"p": p})) is not None]
    return min(depths, default=None)


def _least_depth(system: System, claim: Property, parameters: dict[str, Value]) -> int | None:
    first = initial_state(system, parameters, TODAY_NUMBER, {})
    assert not isinstance(first, Rejected)
    if violation(system, Trace(parameters, first, ()), claim) == 0:
        return 0
    layer, seen, depth = [first], {key(first)}, 0
    while layer:
        depth += 1
        after: list[State] = []
        for state, each in product(layer, _steps()):
            result = step(system, parameters, state, each)
            if isinstance(result, Rejected):
                continue
            if not _holds(system, parameters, claim, (state, each, result.state)):
                return depth
            back = {**result.state, TODAY: TODAY_NUMBER}
            if key(back) not in seen:
                seen.add(key(back))
                after.append(back)
        layer = after
    return None


def _steps() -> list[Step]:
    events = [Step(name, TODAY_NUMBER, {f"{name}.x": x}) for name in ("one", "two", "three") for x in (False, True)]
    return [*events, Step("passage", TODAY_NUMBER + 1, {})]


def _holds(system: System, parameters: dict[str, Value], claim: Property, move: tuple[State, Step, State]) -> bool:
    """Return whether `claim` holds of a step and of the state that it leads to."""
    before, each, after = move
    env = between(system, parameters, before, each, after)
    in_step = holds(At(View.AFTER, claim.step), env)
    return in_step and holds(claim.state, alone(system, parameters, after))


def key(state: State) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted(state.items()))


@pytest.mark.parametrize("seed", range(100))
def test_against_all_states(seed: int) -> None:
    rng = Random(seed)  # noqa: S311  a test's own dice
    system, claim = random_system(rng), random_property(rng)
    expected = least_depth(system, claim)
    verdict = answer(Question(str(seed), system, claim, None), Budget(seconds=30, max_depth=16))
    if isinstance(verdict, Refuted):
        assert verdict.at == expected
    elif isinstance(verdict, Proved):
        assert expected is None
    else:
        pytest.fail(f"undecided: {verdict}")


@pytest.mark.parametrize("seed", range(100, 130))
def test_counting_out_and_bounded_search_and_spacer_agree_with_it(seed: int) -> None:
    """Each engine by itself: disagreement between any two is disagreement with the oracle."""
    rng = Random(seed)  # noqa: S311  a test's own dice
    system, claim = random_system(rng), random_property(rng)
    expected = least_depth(system, claim)
    counted = explore.explore(system, claim)
    assert isinstance(counted, explore.Everything if expected is None else explore.Violation)
    if isinstance(counted, explore.Violation):
        assert len(counted.trace.steps) == expected
    with Meter(Budget(rlimit=3_000_000), 30.0) as meter:
        said = spacer.search(system, claim, 0, meter)
    with Meter(Budget(), 30.0) as meter:
        searched = bmc.search(Unrolling(system, ExactCalendar(24_000, 24)), claim, (), done=-1, depth=5, meter=meter)
    assert isinstance(said, spacer.Unsure | (spacer.Invariant if expected is None else spacer.Reachable))
    if isinstance(searched, bmc.Found):
        assert searched.depth == expected
    else:
        assert expected is None or expected > searched.depth
