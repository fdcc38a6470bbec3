"""Counterexamples too deep for a solver: random histories, then everything left out that the violation can do without.

Nothing here is a proof, and nothing found here is known to be shortest. What is found is a history all the same: the
interpreter plays it from the start.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.core.expr import BOOL, TODAY, TRUE, And, At, Not, Or, Value, Var, View
from policydsl.core.system import PASSAGE, Case, Property, Step, System, Trace, Update, Variable
from policydsl.engines.dice import Custom, Habits, Pool, Repetition, begin
from policydsl.engines.solve import Meter
from policydsl.semantics.compile import Happening, Values, compile_system
from policydsl.semantics.evaluate import between
from policydsl.semantics.interpret import Rejected, State, admit, kept, settle, step

_HISTORIES = 300
_HAPPENINGS = 60
_LONG_HISTORIES = 6
_TRIES = 3
_EVERY = 0, 1, 31
"""So many days after itself an event follows."""

_MOST_STEPS = 400
"""A history that goes on for longer is no story."""

_BROKEN = "broken!"


_History: TypeAlias = tuple[Mapping[str, Value], State, Custom, int]
"""Parameters and a state to begin with, what decides what happens next, and how often something may."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What a history is made of, scheduled steps aside: these come by themselves."""

    parameters: Mapping[str, Value]
    initial: State
    happenings: tuple[Happening, ...]


def find(system: System, claim: Property, start: Trace, meter: Meter) -> Trace | None:
    """Return a history of `system` in whose last step `claim` is first violated; None if none was met.

    `start` is a history without steps. The same for the same arguments, unless `meter` runs out.
    """
    dice, pool = Random(0), Pool(system)  # noqa: S311  any sequence serves; always the same one

    def histories() -> Iterator[_History]:
        for n in range(_HISTORIES + _LONG_HISTORIES):
            parameters, state = (start.parameters, start.initial) if n == 0 else begin(system, start, pool, dice)
            yield parameters, state, Habits(system, pool, dice), _HAPPENINGS if n < _HISTORIES else _MOST_STEPS

    return _first(system, claim, histories(), meter)


def find_repeated(system: System, claim: Property, start: Trace, meter: Meter) -> Trace | None:
    """Return what `find` does, of the histories that begin like `start` and in which one event follows upon itself."""
    customs = (Repetition(event, gap) for event in system.events for gap in _EVERY)
    return _first(system, claim, ((start.parameters, start.initial, each, _HAPPENINGS) for each in customs), meter)


def _first(system: System, claim: Property, histories: Iterable[_History], meter: Meter) -> Trace | None:
    """Return the first of `histories` that violates `claim`, shortened."""
    for plot in _plots(system, claim, histories, meter):
        trace = play(system, claim, plot)
        if trace is not None and len(trace.steps) <= _MOST_STEPS:
            return shorten(system, claim, plot, trace, meter)
    return None


def _plots(system: System, claim: Property, histories: Iterable[_History], meter: Meter) -> Iterator[Plot]:
    """Yield those of `histories` that seem to violate `claim`, by compiled code."""
    folder = compile_system(_watched(system, claim))
    for parameters, state, custom, length in histories:
        if meter.spent:
            return
        given = tuple(parameters[p.name] for p in system.parameters)
        values: Values = (state[TODAY], *(state[v.name] for v in system.variables), False)
        taken: list[Happening] = []
        for _ in range(length):
            for _ in range(_TRIES):
                happening = custom.happening(int(values[0]))
                _, refused, values = folder.run(given, values, iter((happening,)))
                if refused is None:
                    taken.append(happening)
                if refused is None or values[-1]:
                    break
            if values[-1]:
                yield Plot(parameters, state, (*taken, (PASSAGE, int(values[0]) + 1, {})))
                break


def _watched(system: System, claim: Property) -> System:
    """Return `system` with a variable that is true once `claim` was violated."""
    fine = At(View.AFTER, And((claim.step, claim.state)))
    variable = Variable(_BROKEN, BOOL, None, "", hidden=True)
    update = Update(_BROKEN, (Case(None, TRUE, Or((Var(_BROKEN, BOOL), Not(fine))), ""),))
    return replace(system, variables=(*system.variables, variable), updates=(*system.updates, update), obligations=())


def play(system: System, claim: Property, plot: Plot) -> Trace | None:
    """Return the history that `plot` makes, up to its first violation of `claim`; None without one.

    What is refused is left out; the calendar's own steps are put in.
    """
    state, steps = plot.initial, list[Step]()
    for happening in plot.happenings:
        for each in _moves(system, plot.parameters, state, happening):
            result = step(system, plot.parameters, state, each)
            if isinstance(result, Rejected):
                return None
            steps.append(each)
            env = between(system, plot.parameters, state, each, result.state)
            if not kept(system, plot.parameters, claim, env, result.state):
                return Trace(plot.parameters, plot.initial, tuple(steps))
            state = result.state
    return None


def _moves(system: System, parameters: Mapping[str, Value], state: State, happening: Happening) -> Iterator[Step]:
    """Yield the scheduled steps before `happening`, then its own, if it is admitted."""
    for fired in settle(system, parameters, state, happening[1]):
        if isinstance(fired, Rejected):
            return
        yield fired[0]
        state = fired[1].state
    own = Step(*happening)
    if admit(system, parameters, state, own) is None:
        yield own


# --- shorter ------------------------------------------------------------------------------------------


def shorten(system: System, claim: Property, plot: Plot, trace: Trace, meter: Meter) -> Trace:
    """Return a history like `trace`, which `plot` makes, without what the violation can do without.

    Delta debugging (Zeller and Hildebrandt 2002): halves, quarters, ... of the happenings are left out as long as the
    violation stays and the history gets no longer; then inputs are made their defaults, and dates brought forward.
    """
    size = len(plot.happenings)
    while size and not meter.spent:
        smaller = _first_shorter(system, claim, _without(plot, size), trace)
        if smaller is None:
            size //= 2
        else:
            plot, trace = smaller
            size = min(size, len(plot.happenings))
    for each in (_plainer, _sooner):
        for i in range(len(plot.happenings)):
            if meter.spent:
                return trace
            better = _first_shorter(system, claim, each(system, plot, i), trace, equal=True)
            plot, trace = better or (plot, trace)
    return trace


def _first_shorter(
    system: System, claim: Property, plots: Iterator[Plot], trace: Trace, *, equal: bool = False
) -> tuple[Plot, Trace] | None:
    """Return the first of `plots` that makes a shorter violation than `trace` (or, with `equal`, no longer one)."""
    for plot in plots:
        found = play(system, claim, plot)
        if found is not None and len(found.steps) < len(trace.steps) + equal:
            return plot, found
    return None


def _without(plot: Plot, size: int) -> Iterator[Plot]:
    """Yield `plot` without `size` happenings in a row, from the end."""
    all_of_them: Sequence[Happening] = plot.happenings
    for i in range(len(all_of_them) - size, -size, -size):
        yield replace(plot, happenings=(*all_of_them[: max(i, 0)], *all_of_them[i + size :]))


def _plainer(system: System, plot: Plot, i: int) -> Iterator[Plot]:
    """Yield `plot` with the defaults for inputs of happening `i`: for all, then for one after another."""
    name, day, inputs = plot.happenings[i]
    declared = [each for event in system.events if event.name == name for each in event.inputs]
    plain = {d.name: d.default for d in declared if d.default is not None and d.default != inputs[d.name]}
    for change in [plain, *({n: v} for n, v in plain.items())] if plain else []:
        yield _with(plot, i, (name, day, {**inputs, **change}))


def _sooner(system: System, plot: Plot, i: int) -> Iterator[Plot]:
    """Yield `plot` with happening `i`, and all later ones, as much earlier as can be, then less."""
    del system
    name, day, _ = plot.happenings[i]
    before = int(plot.initial[TODAY]) if i == 0 else plot.happenings[i - 1][1]
    spare = day - before - (name == PASSAGE)
    while spare > 0:
        moved = tuple((n, d - spare, given) for n, d, given in plot.happenings[i:])
        yield replace(plot, happenings=(*plot.happenings[:i], *moved))
        spare //= 2


def _with(plot: Plot, i: int, happening: Happening) -> Plot:
    return replace(plot, happenings=(*plot.happenings[:i], happening, *plot.happenings[i + 1 :]))
