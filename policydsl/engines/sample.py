"""Random histories, run by compiled code: what is false in one of them need not be put to a solver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from policydsl.core.expr import (
    TODAY,
    TRUE,
    At,
    Expr,
    Sort,
    Value,
    View,
)
from policydsl.core.system import Case, System, Trace, Update, Variable
from policydsl.engines.dice import Habits, Pool, begin
from policydsl.semantics.compile import compile_system
from policydsl.semantics.interpret import alone, evaluate

_HISTORIES = 60
_STEPS = 24
_MOST_ROWS = 700
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """States that histories reach, one a row: a column of values for each name (`today` too) and for each probe."""

    columns: Mapping[str, tuple[Value, ...]]
    probes: tuple[tuple[Value, ...], ...]
    rows: int


def draw(system: System, start: Trace, probes: Sequence[tuple[Expr, Sort]]) -> Sample:
    """Return states that random histories of `system` reach, each once; the same for the same arguments, always.

    `start` is a history without steps, the first guess for parameters and initial values. `probes` are expressions
    about a state on its own, whose values are wanted too.
    """
    dice = Random(0)  # noqa: S311  any sequence serves; always the same one
    folder, pool = compile_system(_with_probes(system, probes)), Pool(system)
    rows: dict[tuple[Value, ...], None] = {}
    for n in range(_HISTORIES):
        parameters, state = (
            (dict(start.parameters), dict(start.initial)) if n == 0 else begin(system, start, pool, dice)
        )
        habits = Habits(system, pool, dice)
        given = tuple(parameters[p.name] for p in system.parameters)
        first = alone(system, parameters, state)
        values = (state[TODAY], *(state[v.name] for v in system.variables), *(evaluate(e, first) for e, _ in probes))
        rows[(*given, *values)] = None
        for _ in range(_STEPS):
            for _ in range(_TRIES):
                _, refused, values = folder.run(given, values, iter((habits.happening(int(values[0])),)))
                rows[(*given, *values)] = None
                if refused is None:
                    break
        if len(rows) >= _MOST_ROWS:
            break
    names = [*(p.name for p in system.parameters), TODAY, *(v.name for v in system.variables)]
    columns = list(zip(*rows, strict=True))
    return Sample(dict(zip(names, columns, strict=False)), tuple(columns[len(names) :]), len(rows))


def _with_probes(system: System, probes: Sequence[tuple[Expr, Sort]]) -> System:
    """Return `system` with a variable for each probe, which has its value after every step."""
    variables = tuple(Variable(f"probe!{i}", sort, None, "", hidden=True) for i, (_, sort) in enumerate(probes))
    updates = tuple(Update(f"probe!{i}", (Case(None, TRUE, At(View.AFTER, e), ""),)) for i, (e, _) in enumerate(probes))
    return replace(
        system, variables=(*system.variables, *variables), updates=(*system.updates, *updates), obligations=()
    )
