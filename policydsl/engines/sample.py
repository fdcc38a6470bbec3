"""Random histories, run by compiled code: what is false in one of them need not be put to a solver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from policydsl.core.expr import TODAY, Expr, Value
from policydsl.core.system import System, Trace
from policydsl.engines.dice import Habits, Pool, begin
from policydsl.semantics.compile import Values, compile_look, compile_system

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


def draw(system: System, start: Trace, probes: Sequence[Expr]) -> Sample:
    """Return states that random histories of `system` reach, each once; the same for the same arguments, always.

    `start` is a history without steps, the first guess for parameters and initial values. `probes` are expressions
    about a state on its own, whose values are wanted too.
    """
    dice = Random(0)  # noqa: S311  any sequence serves; always the same one
    folder, pool = compile_system(replace(system, obligations=())), Pool(system)
    rows: dict[tuple[Values, Values], None] = {}
    for n in range(_HISTORIES):
        parameters, state = (
            (dict(start.parameters), dict(start.initial)) if n == 0 else begin(system, start, pool, dice)
        )
        habits = Habits(system, pool, dice)
        given = tuple(parameters[p.name] for p in system.parameters)
        values: Values = (state[TODAY], *(state[v.name] for v in system.variables))
        rows[given, values] = None
        for _ in range(_STEPS):
            for _ in range(_TRIES):
                _, refused, values = folder.run(given, values, iter((habits.happening(int(values[0])),)))
                rows[given, values] = None
                if refused is None:
                    break
        if len(rows) >= _MOST_ROWS:
            break
    names = [*(p.name for p in system.parameters), TODAY, *(v.name for v in system.variables)]
    columns = zip(*((*given, *values) for given, values in rows), strict=True)
    look = compile_look(system, probes)
    probed = zip(*(look(given, values) for given, values in rows), strict=True)
    return Sample(dict(zip(names, columns, strict=True)), tuple(probed), len(rows))
