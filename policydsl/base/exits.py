"""With which code a command ends."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policydsl.base.diagnostic import Diagnostic


class Exit(IntEnum):
    """What the shell, and a report, are told of all that came out.

    UNEXPECTED   something is not as it is expected or required to be
    UNDECIDED    nothing is known to be so, but not all is decided
    REJECTED     the input or an option is wrong, or the output cannot be written
    BUG          policydsl itself is wrong
    INTERRUPTED  by Ctrl-C
    GONE         the reader of the output went away
    """

    GOOD = 0
    UNEXPECTED = 1
    UNDECIDED = 2
    REJECTED = 3
    BUG = 4
    INTERRUPTED = 130
    GONE = 141


class RejectedError(Exception):
    """Something is wrong with what a command was given: it says the `diagnostics`, which `sources` show, and ends."""

    def __init__(self, *diagnostics: "Diagnostic", sources: Mapping[str, str] | None = None) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics, self.sources = diagnostics, sources or {}
