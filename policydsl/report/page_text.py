"""A page for a terminal. Pure."""

from io import StringIO
from typing import assert_never

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from policydsl.report.diagnostics import harmless
from policydsl.report.page import Block, Figure, Grid, Heading, Items, Line, Look, Narrative, Page, Source
from policydsl.report.terminal import terminal

_STYLES: dict[Look, str] = {
    "": "",
    "good": "green",
    "bad": "bold red",
    "open": "yellow",
    "known": "magenta",
    "depends": "cyan",
}


def render_page_text(page: Page, *, width: int = 100, colour: bool = False) -> str:
    """Return `page` as text of at most `width` columns."""
    out = StringIO()
    console = terminal(out, width=width, colour=colour)
    _say(console, page.title)
    if page.summary:
        _say(console, Line(page.summary))
    for block in page.blocks:
        _block(console, block)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _say(console: Console, line: Line, indent: int = 0) -> None:
    text = Text(harmless(line.text), style=_STYLES[line.look])
    console.print(Padding(text, (0, 0, 0, indent), expand=False))


def _block(console: Console, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            console.print()
            console.print(Padding(Text(harmless(text), style="bold"), (0, 0, 0, 2 * max(level - 2, 0)), expand=False))
        case Line():
            _say(console, block, 2)
        case Items(lines=lines):
            for line in lines:
                console.print(_item(line))
        case Grid():
            console.print(_grid(block))
        case Narrative(opening=opening, steps=steps, ending=ending):
            for said in (*opening, *(f"{t.label} {t.text}" for t in steps), *ending):
                _say(console, Line(said), 4)
        case Figure():
            pass
        case Source(text=text):
            # Printed as it is, never folded: it is there to be copied.
            console.print(Text("\n".join(map(harmless, text.split("\n")))), soft_wrap=True)
        case _:
            assert_never(block)


def _item(line: Line) -> Table:
    """Return a line with a mark before it, the rest of it below its beginning."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(width=4, justify="right")
    table.add_column(overflow="fold")
    table.add_row(Text("*"), Text(harmless(line.text), style=_STYLES[line.look]))
    return table


def _grid(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=True, header_style="dim", padding=(0, 1))
    for head in grid.heads:
        table.add_column(Text(harmless(head)), overflow="fold")
    for row in grid.rows:
        table.add_row(*(Text(harmless(cell.text), style=_STYLES[cell.look]) for cell in row))
    return table
