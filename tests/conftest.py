"""What all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policydsl.analyses import workers


@pytest.fixture(autouse=True)
def _no_answers_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no answers between tests, nor in the cache folder of whoever runs them."""
    monkeypatch.setenv("POLICYDSL_CACHE", "off")


@pytest.fixture(autouse=True, scope="session")
def _one_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have workers forked on Linux, as in a process of the command: to spawn them costs more than most of their work.

    Threads there are: that of pytest-xdist waits for messages, those of a solver that has worked it ends at a fork.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "_THREADS", threads(tmp_path_factory.mktemp("threads"), 1))
        yield


@pytest.fixture
def spawned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have workers spawned, as where a process has threads, and on other systems."""
    monkeypatch.setattr(workers, "_THREADS", threads(tmp_path / "threads", 2))


def threads(folder: Path, number: int) -> Path:
    """Return `folder`, in which Linux would list so many threads."""
    for i in range(number):
        (folder / str(i)).mkdir(parents=True)
    return folder
