"""How long a comparison may take as a whole, and what an interruption does to it."""

import signal
import time
from types import FrameType, TracebackType
from typing import Literal, Self

TIME, INTERRUPTED = "the time for the whole comparison is up", "interrupted"
_COMPARISON = 2 / 3
"""This part of the time at most goes to the wordings themselves: the rest is for what is claimed of them."""


class Limit:
    """Says when to stop: after so many `seconds` of the processor, by whatever process, or at the first interruption.

    Use as a context manager. A second interruption is `KeyboardInterrupt`, as ever.
    """

    def __init__(self, seconds: float, *, beside: bool = False) -> None:
        self.seconds, self.share, self.beside = seconds, _COMPARISON, beside
        self.interrupted = False
        self._begun = time.process_time()

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def release(self) -> None:
        """Give what is left of the time to what comes."""
        self.share = 1.0

    def stop(self, spent: float, ahead: object = "ahead") -> str | None:
        """Return why to stop, where workers have `spent` so many seconds of the processor.

        What goes on `beside` a comparison, and is not `ahead` as `Crew` has it, may use what that leaves.
        """
        if self.interrupted:
            return INTERRUPTED
        over = spent + time.process_time() - self._begun > self.seconds * (
            self.share if ahead or not self.beside else 1.0
        )
        return TIME if over else None


def cut_by(reasons: dict[str, None]) -> Literal["time", "interrupted"] | None:
    """Return what cut a comparison short, for the report."""
    return "interrupted" if INTERRUPTED in reasons else "time" if TIME in reasons else None
