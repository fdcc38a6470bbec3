"""How far a command has come, on the terminal."""

from typing import TYPE_CHECKING

from policydsl.cli.shared import colours

if TYPE_CHECKING:
    from collections.abc import Callable

    from policydsl.analyses.judgement import News


class progress:  # noqa: N801  used like a function
    """Progress on the terminal while the `with` block runs; nothing where standard error is no terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    def __enter__(self) -> "Callable[[News], None]":
        self._bar = None
        if self._quiet or not colours(err=True):
            return lambda _: None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        # No thread of its own: workers are forked while it is shown.
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
        return self._tell

    def _tell(self, news: "News") -> None:
        assert self._bar is not None
        about = f"{news.about}: {news.attempt}" if news.attempt else news.about
        self._bar.update(self._task, total=news.asked, completed=news.answered, description=about)
        self._bar.refresh()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
