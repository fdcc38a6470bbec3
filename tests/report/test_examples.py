"""The example reports are what the renderers give for their stored results."""

import pytest

from tests.report.examples import EXAMPLES, rendered

LARGEST = 5_000_000


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_up_to_date(name: str) -> None:
    for path, made in rendered(name):
        assert path.read_bytes() == made, f"{path.name}: run `python -m tests.report.examples`"
        assert len(made) < LARGEST
