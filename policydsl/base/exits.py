"""With which code a command ends."""

from enum import IntEnum


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
