"""What a text means, told twice: by its lowered system, and day by day by what the reference says."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from policydsl.core.expr import INT, TODAY, Use
from policydsl.core.system import PASSAGE, Step, System
from policydsl.front.load import load_files
from policydsl.semantics.evaluate import alone, evaluate
from policydsl.semantics.interpret import Rejected, State, initial_state, settle, step
from tests.front.living import EVENTS, START, Drawn, Life, RestlessError, Value, draw, write

_GAPS = (0, 0, 0, 1, 1, 2, 7, 28, 30, 31, 60, 365)


@pytest.mark.parametrize("seed", range(120))
def test_both_readings_of_a_text_live_alike(seed: int) -> None:
    dice = Random(seed)  # noqa: S311  no secret
    drawn = draw(dice)
    text = write(drawn)
    read = load_files(("drawn.policy",), lambda _: (text, ()))
    assert not [d.message for d in read.diagnostics if d.is_error], text
    for _ in range(4):
        start = START + timedelta(dice.choice((0, 0, 5, 30, 58, 400, 1154)))
        for mine, said, happened in _lived(read.policies[0].system, drawn, start, dice):
            assert mine == said, f"from {start}: {happened}\n{text}"


def _lived(
    system: System, drawn: Drawn, start: date, dice: Random
) -> Iterator[tuple[dict[str, Value], dict[str, Value], list[str]]]:
    """Yield what both say after each event, until the policy does not come to rest."""
    life, day, happened = Life(drawn, start), start, list[str]()
    state = initial_state(system, {}, start.toordinal(), {})
    assert not isinstance(state, Rejected)
    for _ in range(dice.randint(3, 14)):
        day += timedelta(dice.choice(_GAPS))
        event, amount = dice.choice((*EVENTS, PASSAGE)), dice.randint(-2, 3)
        happened.append(f"{day} {event} {amount}")
        try:
            life.go_on(day)
            if event != PASSAGE:
                life.happen(event, amount)
        except RestlessError:
            return
        after = _taken(system, state, event, day, amount)
        if after is None:
            return
        state = after
        yield _of_life(life), _of_state(system, drawn, state), happened


def _taken(system: System, state: State, event: str, day: date, amount: int) -> State | None:
    """Return the state after an event and all that is due around it; None if that does not come to rest."""
    settled = _settled(system, state, day)
    if settled is None or (event == PASSAGE and settled[TODAY] == day.toordinal()):
        return settled
    inputs = {} if event == PASSAGE else {f"{event}.a": amount}
    result = step(system, {}, settled, Step(event, day.toordinal(), inputs))
    assert not isinstance(result, Rejected)
    return _settled(system, result.state, day)


def _settled(system: System, state: State, day: date) -> State | None:
    for each in settle(system, {}, state, day.toordinal()):
        if isinstance(each, Rejected):
            return None
        state = each[1].state
    return state


def _of_life(life: Life) -> dict[str, Value]:
    counts: dict[str, Value] = {f"c{i}": life.count(i) for i in range(len(life.drawn.counts))}
    return {**life.state, **counts, "due": life.due}


def _of_state(system: System, drawn: Drawn, state: State) -> dict[str, Value]:
    said: dict[str, Value] = {name: int(state[name]) for name in ("x", "y")}
    said |= {name: date.fromordinal(int(state[name])) if state[f"{name}.set"] else None for name in ("d", "k")}
    env = alone(system, {}, state)
    said |= {f"c{i}": int(str(evaluate(Use(f"c{i}.so_far", INT), env))) for i in range(len(drawn.counts))}
    duty = next((f"s{i}" for i, s in enumerate(drawn.schedules) if s.kind == "duty"), None)
    opened = duty is not None and state[f"{duty}.open"]
    return {**said, "due": date.fromordinal(int(state[f"{duty}.due"])) if opened else None}
