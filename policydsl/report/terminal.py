"""The terminal that texts are written for."""

from io import StringIO

from rich.console import Console

_NARROWEST = 30


def terminal(out: StringIO, *, width: int, colour: bool) -> Console:
    """Return a terminal `width` columns wide, or a little more where that is too narrow for anything."""
    return Console(
        file=out,
        width=max(width, _NARROWEST),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
