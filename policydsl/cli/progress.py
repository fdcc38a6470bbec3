"""How far a command has come, on the terminal."""

import contextlib
from typing import TYPE_CHECKING

from policydsl.cli.shared import colours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policydsl.analyses.judgement import News


@contextlib.contextmanager
def progress(*, quiet: bool = False, timed: bool = False) -> "Iterator[Callable[[News], None]]":
    """Show how far it has come while the `with` block runs; nothing where standard error is no terminal.

    If `timed`, with the time that is left: of much the same things one after the other.
    """
    if quiet or not colours(err=True):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    left = [TimeRemainingColumn()] if timed else []
    columns = (BarColumn(), MofNCompleteColumn(), *left, TextColumn("{task.description}"))
    # No thread of its own: workers are forked while it is shown.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=None)

        def tell(news: "News") -> None:
            about = f"{news.about}: {news.attempt}" if news.attempt else news.about
            bar.update(task, total=news.asked, completed=news.answered, description=about)
            bar.refresh()

        yield tell
