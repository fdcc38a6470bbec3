"""Asking Z3: one place for limits, interruptions and the context."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TypeAlias

import z3

from policydsl.base.records import dataclass
from policydsl.engines.verdict import Budget
from policydsl.semantics import terms

Answer: TypeAlias = terms.Answer

z3.set_param("lp.dio", False)  # noqa: FBT003  as z3 has it
"""Once the newer arithmetic looks for a solution in whole numbers, it may be at it for minutes, deaf to all limits; a
choice that z3 offers for all of a process only. Without, it branches and cuts, which is counted."""

PATIENCE = 10
"""So many seconds by the clock may pass for one of the processor: a machine may have ten things to do for each core."""

EXTRA = 0.1
"""This part of a budget is for what must be known of a proof that was found in the last moment."""
_BRAKE = 60.0
"""So many seconds are more than any number of units takes."""
_TICK = 0.1


@dataclass(slots=True)
class Meter:
    """What one question may still spend: `with meter:` lets it run, in turns with those of other questions.

    What is counted is time of the processor, so that a busy machine decides what an idle one does. It is read here and
    nowhere else below the command, and only ever cuts work off. Where the budget limits the effort, the work of the
    solver is counted too, in units that are the same on every machine. `most` are those that a query may take now,
    where it is to have fewer than the budget gives it.
    """

    budget: Budget
    seconds: float
    running_since: float | None = None
    units: int = 0
    most: int | None = None

    def __enter__(self) -> Self:
        self.running_since = time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.seconds, self.running_since = self.left, None

    @property
    def left(self) -> float:
        """Seconds left, negative when overdrawn."""
        running = 0.0 if self.running_since is None else time.process_time() - self.running_since
        return self.seconds - running

    @property
    def spent(self) -> bool:
        """Whether the time is up, or the effort made."""
        return self.left <= 0 or self.rlimit <= 0

    @property
    def rlimit(self) -> int:
        """Z3 resource units that the next query may take."""
        budget = self.budget
        most = budget.rlimit if self.most is None else min(budget.rlimit, self.most)
        return most if budget.effort is None else min(most, budget.effort - self.units)

    def extend(self) -> None:
        """Have at least the extra part of the budget left."""
        budget = self.budget
        self.seconds += max(0.0, EXTRA * budget.seconds - self.left)
        if budget.effort is not None:
            self.units = min(self.units, budget.effort - int(EXTRA * budget.effort))

    @contextlib.contextmanager
    def stopping(self, ctx: z3.Context, part: float) -> Iterator[threading.Event]:
        """Interrupt what z3 does in `ctx` meanwhile once it has taken this part of the time left, or `_BRAKE`.

        It says whether that was done: an interruption then is not the user's.

        For what does not count all its work: it might run on for good, and of a busy machine the clock tells little.
        """
        end = time.process_time() + min(self.left * part, _BRAKE)
        done, stopped = threading.Event(), threading.Event()

        def watch() -> None:
            while not done.wait(_TICK):
                if time.process_time() > end:
                    stopped.set()
                    ctx.interrupt()

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield stopped
        finally:
            done.set()
            watcher.join()

    @contextlib.contextmanager
    def at_most(self, units: int | None) -> Iterator[None]:
        """Let no query take more than so many units meanwhile; None for as many as the budget gives it."""
        before, self.most = self.most, units
        try:
            yield
        finally:
            self.most = before

    @contextlib.contextmanager
    def counting(self, statistics: Callable[[], z3.Statistics]) -> Iterator[None]:
        """Count the units that are used meanwhile in the context that `statistics` tells of, if they are limited."""
        if self.budget.effort is None:
            yield
            return
        before = _units(statistics())
        try:
            yield
        finally:
            self.units += _units(statistics()) - before


def _units(found: z3.Statistics) -> int:
    """Return the resource units used so far in a context; 0 before its first query."""
    return next((int(found.get_key_value(key)) for key in found.keys() if key == "rlimit count"), 0)  # noqa: SIM118  no dict


def new_solver(ctx: z3.Context, *, bounded: bool) -> z3.Solver:
    """Return a solver for the short, linear, incremental queries that are asked here.

    Over the corpus, z3's core solver with its older simplex takes a sixth less time than the solver it picks for linear
    integer arithmetic. But where nothing bounds the dates, that simplex may run on for good, deaf to limits and
    interrupts: so it is for the calendars of counterexamples alone, which are `bounded`. The newer one takes a third
    less work for proofs where it does not look for equalities or cut by Hermite normal forms.
    """
    solver = z3.SimpleSolver(ctx=ctx)
    solver.set("smt.arith.solver", 2 if bounded else 6)
    if not bounded:
        solver.set("smt.arith.propagate_eqs", False)  # noqa: FBT003  as z3 has it
        solver.set("smt.arith.enable_hnf", False)  # noqa: FBT003  z3 takes no names here
    return solver


def ask(solver: z3.Solver, assumptions: Iterable[z3.BoolRef], meter: Meter) -> Answer:
    """Return whether the solver's assertions can be satisfied under `assumptions`, within the budget.

    Raises `KeyboardInterrupt` if the user interrupted: Z3 catches the signal and answers "unknown".
    """
    if meter.spent:
        return "unknown"
    solver.set("timeout", max(1, int(meter.left * 1000 * PATIENCE)))
    solver.set("rlimit", meter.rlimit)
    with meter.counting(solver.statistics):
        answer = terms.check(solver, assumptions)
    if answer != "unknown":
        return answer
    if "interrupted" in solver.reason_unknown():
        raise KeyboardInterrupt
    return "unknown"


def conj(parts: Iterable[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    """Return the conjunction. Z3's own would use the global context for none."""
    listed = list(parts)
    if not listed:
        return terms.BoolVal(True, ctx)  # noqa: FBT003  the literal itself
    return listed[0] if len(listed) == 1 else terms.And(*listed)


def disj(parts: Iterable[z3.BoolRef], ctx: z3.Context) -> z3.BoolRef:
    """Return the disjunction."""
    listed = list(parts)
    if not listed:
        return terms.BoolVal(False, ctx)  # noqa: FBT003  the literal itself
    return listed[0] if len(listed) == 1 else terms.Or(*listed)
