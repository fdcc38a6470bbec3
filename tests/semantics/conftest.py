"""No test here may touch z3's global context: two threads that did would corrupt each other."""

import pytest
import z3


@pytest.fixture(autouse=True)
def no_global_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make z3's global context raise."""

    def refuse() -> z3.Context:
        raise AssertionError("the global z3 context was used")

    monkeypatch.setattr(z3.z3, "main_ctx", refuse)
