"""What a claim asks for and does not find, where optional dates are compared."""

import pytest

from policydsl.core.expr import TODAY
from policydsl.core.system import Step, Trace
from policydsl.front.load import load_files
from policydsl.report.asked import expected_in
from policydsl.report.story import end_of
from policydsl.report.told import Expected
from policydsl.semantics import evaluate, interpret

POLICY = """policy "Holds"
    histories from 2025-01-01

clause 1 "a breach holds the account for some days"
    state held: date or none = none
    occurrence breach
        field length: days in 0 .. 40 default 0
    define long on breach: boolean = length > 20
    on breach
        set held = today + length
"""


@pytest.mark.parametrize(
    ("asks", "expected"),
    [
        (
            "held = old held",
            [Expected("held", old=False, found="2025-01-31", relation="=", value="none", other="held", other_old=True)],
        ),
        (
            "held is none or held = old held",
            [
                Expected("held", old=True, found="none", relation="!=", value="none"),
                Expected(
                    "held", old=False, found="2025-01-31", relation="=", value="none", other="held", other_old=True
                ),
            ],
        ),
        (
            "held is not none implies held != today + 30 days",
            [Expected("held", old=False, found="2025-01-31", relation="!=", value="2025-01-31")],
        ),
        (
            "(held is none) = (today >= 2025-01-01)",
            [Expected("held", old=False, found="2025-01-31", relation="=", value="none")],
        ),
        (
            "(today < 2025-01-01) = (held is not none)",
            [Expected("held", old=False, found="2025-01-31", relation="=", value="none")],
        ),
        # what is said of an event has no value before it
        ("not long", [Expected("long", old=False, found="yes", relation="=", value="no")]),
    ],
)
def test_a_date_that_is_none(asks: str, expected: list[Expected]) -> None:
    claims = f'claims about "Holds"\n\nguarantee a "..."\n    cites 1\n    after breach: {asks}\n'
    texts = {"p.policy": POLICY, "p.claims": claims}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    (policy,), question = loaded.policies, loaded.claims[0].claims[0].question
    day = policy.header.histories_from
    initial = interpret.begin(policy.system, {}, day, {})
    assert not isinstance(initial, interpret.Rejected)
    trace = Trace({}, initial, (Step("breach", day, {"breach.length": 30}),))
    states = interpret.replay(policy.system, trace)
    assert not isinstance(states, interpret.Rejected)
    assert states[-1][TODAY] == day
    alone = evaluate.alone(policy.system, {}, states[-1])
    found = expected_in(policy, question.property, end_of(policy.system, trace, list(states)), alone)
    assert list(found) == expected
