"""So much for each: amounts of money for a number of things or of days, exact in both readings of the core."""

import pytest

from policydsl.engines.verdict import Proved, Refuted
from policydsl.front.load import load_files
from tests.engines.asking import answers

POLICY = """policy "Late fees"
    histories from 2024-01-01

clause 1 "0.35 EUR for each day late and 12.50 EUR for each item"
    state fees: money EUR = 0 EUR
    occurrence give_back
        field late: days in 0 .. 400 default 0
        field items: count in 0 .. 9 default 1
    on give_back
        set fees = fees + 0.35 EUR * late + items * 12.50 EUR
"""
CLAIMS = """claims about "Late fees"

guarantee exact "Twenty days late with three items"
    cites 1
    after give_back when late = 20 days and items = 3: fees = old fees + 44.50 EUR

guarantee longer "A longer delay is never cheaper"
    cites 1
    between a history and the same history with other late of one give_back when (
        late in the first history <= late in the second history): (
        fees in the first history <= fees in the second history)

finding dear "More than 140 euros for being late alone"
    cites 1
    after give_back when items = 0 and old fees = 0 EUR: fees < 140 EUR
"""


def test_amounts_for_each() -> None:
    texts = {"p.policy": POLICY, "p.claims": CLAIMS}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    assert not loaded.diagnostics
    found = answers([c.question for c in loaded.claims[0].claims])
    assert isinstance(found["exact"], Proved)
    assert isinstance(found["longer"], Proved)
    assert isinstance(found["dear"], Refuted)
    assert found["dear"].trace.steps[-1].inputs["give_back.late"] == 400


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0.35 EUR * late * items", "E0303"),
        ("fees * items", "E0303"),
        ("2 days * late", "E0301"),
        ("5% * late", "E0301"),
    ],
)
def test_what_is_no_amount_for_each(value: str, code: str) -> None:
    text = POLICY.replace("0.35 EUR * late", value)
    loaded = load_files({"p.policy": text}, lambda name: ({"p.policy": text}[name], ()))
    assert [d.code for d in loaded.diagnostics] == [code]


@pytest.mark.parametrize("share", ["3 * 5%", "5% * 3", "2 * 5% + 10% / 2"])
def test_a_share_is_multiplied_from_either_side(share: str) -> None:
    text = f'policy "Shares"\n\nclause 1 "x"\n    define share: percent = {share}\n    state s: percent = 15%\n'
    claims = 'claims about "Shares"\n\nguarantee same "x"\n    cites 1\n    always share = s\n'
    texts = {"p.policy": text, "p.claims": claims}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    assert not [d for d in loaded.diagnostics if d.is_error], loaded.diagnostics
    assert isinstance(answers([loaded.claims[0].claims[0].question])["same"], Proved)
