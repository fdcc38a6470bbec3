"""Where commands are run."""

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import FIXTURES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a policy, claims about it and golden histories."""
    shutil.copytree(FIXTURES, tmp_path / "work")
    return tmp_path / "work"
