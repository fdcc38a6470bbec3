"""No engine may use the global Z3 context."""

from typing import NoReturn

import pytest
import z3.z3


def _raise() -> NoReturn:
    raise AssertionError("the global Z3 context was used")


@pytest.fixture(autouse=True)
def no_global_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(z3.z3, "main_ctx", _raise)
