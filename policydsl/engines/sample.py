"""Random histories, run by compiled code: what is false in one of them need not be put to a solver."""

from collections.abc import Mapping, Sequence
from random import Random

from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, Expr, Value
from policydsl.core.system import Step, System, Trace
from policydsl.engines.dice import Habits, Pool, begin
from policydsl.semantics.compile import Folder, Look, Values, compile_look, compile_system
from policydsl.semantics.interpret import State

_HISTORIES = 60
_STEPS, _MOST_STEPS = 24, 100
_MOST_ROWS = 700
_MOST_OF_ONE = 20
_TRIES = 3
_WALKS, _PACES = 24, 4


@dataclass(frozen=True, slots=True)
class Sample:
    """States that histories reach, one a row: a column of values for each name (`today` too) and for each probe."""

    columns: Mapping[str, tuple[Value, ...]]
    probes: tuple[tuple[Value, ...], ...]
    rows: int


def draw(
    system: System, start: Trace, probes: Sequence[Expr], folder: Folder | None = None, *, steady: bool = False
) -> Sample:
    """Return states that random histories of `system` reach, each once; the same for the same arguments, always.

    `start` is a history without steps, the first guess for parameters and initial values. `probes` are expressions
    about a state on its own, whose values are wanted too. `folder` is what `compiled` makes of the system, if there is
    one already. If `steady`, histories leave no event out, and go on where little is possible: as programs do, which
    come to their last lines in no other way; of each, states far apart are taken, for there to be many histories.
    """
    steps, tries = (_MOST_STEPS, _TRIES + 3 * len(system.events)) if steady else (_STEPS, _TRIES)
    dice = Random(0)  # noqa: S311  any sequence serves; always the same one
    folder, pool = folder or compiled(system), Pool(system)
    rows: dict[tuple[Values, Values], None] = {}
    for n in range(_HISTORIES):
        parameters, state = (
            (dict(start.parameters), dict(start.initial)) if n == 0 else begin(system, start, pool, dice)
        )
        habits = Habits(system, pool, dice, steady=steady)
        given = tuple(parameters[p.name] for p in system.parameters)
        values: Values = (state[TODAY], *(state[v.name] for v in system.variables))
        seen = {(given, values): None}
        for _ in range(steps):
            for _ in range(tries):
                _, refused, values = folder.run(given, values, iter((habits.happening(int(values[0])),)))
                seen[given, values] = None
                if refused is None:
                    break
        rows.update(dict.fromkeys(list(seen)[:: 1 + len(seen) // _MOST_OF_ONE] if steady else seen))
        if len(rows) >= _MOST_ROWS:
            break
    names = [*(p.name for p in system.parameters), TODAY, *(v.name for v in system.variables)]
    columns = zip(*((*given, *values) for given, values in rows), strict=True)
    look = compile_look(system, probes)
    probed = zip(*(look(given, values) for given, values in rows), strict=True)
    return Sample(dict(zip(names, columns, strict=True)), tuple(probed), len(rows))


def compiled(system: System) -> Folder:
    """Return `system` as compiled code: the same for systems that differ in assumptions and obligations alone."""
    return compile_system(system.rules())


class Walks:
    """A few random steps of `system` from states that need not be reachable; always the same for the same calls."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.folder, self._pool = compiled(system), Pool(system)
        self._dice = Random(0)  # noqa: S311  no secret: the same walks in every run
        self._exprs: list[Expr] = []
        self._look: Look | None = None

    def lost(self, exprs: Sequence[Expr], parameters: Mapping[str, Value], state: State, step: Step) -> set[Expr]:
        """Return those of `exprs`, all about states, that fail on a walk from `state`; none if one fails there already.

        Walks begin with `step`, with some other inputs: what it breaks of one thing, its like breaks of another.

        A state from a solver's model may be such by a calendar that never was.
        """
        given = tuple(parameters[p.name] for p in self._system.parameters)
        start: Values = (state[TODAY], *(state[v.name] for v in self._system.variables))
        look, left = self._looking(exprs), set(exprs)
        if not all(value for e, value in zip(self._exprs, look(given, start), strict=True) if e in left):
            return set()
        for _ in range(_WALKS):
            habits, values = Habits(self._system, self._pool, self._dice), start
            for pace in range(_PACES):
                before = values
                happening = habits.like(step) if pace == 0 else habits.happening(int(before[0]))
                _, _, values = self.folder.run(given, before, iter((happening,)))
                if values == before:
                    continue
                left.difference_update(e for e, v in zip(self._exprs, look(given, values), strict=True) if not v)
        return {e for e in exprs if e not in left}

    def _looking(self, exprs: Sequence[Expr]) -> Look:
        """Return what tells the values of `exprs`, and perhaps of others: it is made anew only for half as many."""
        if self._look is None or 2 * len(exprs) < len(self._exprs) or not set(self._exprs).issuperset(exprs):
            self._exprs, self._look = list(exprs), compile_look(self._system, exprs)
        return self._look
