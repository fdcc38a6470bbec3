"""What all tests share."""

import pytest


@pytest.fixture(autouse=True)
def _no_answers_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no answers between tests, nor in the cache folder of whoever runs them."""
    monkeypatch.setenv("POLICYDSL_CACHE", "off")
