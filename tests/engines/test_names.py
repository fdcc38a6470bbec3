"""No name in a policy is taken for one of ours: two things with one name would make wrong proofs."""

import pytest

from policydsl.engines.encodings import as_chc, as_smt2
from policydsl.engines.verdict import Proved, Refuted
from tests.engines.asking import answers
from tests.engines.reading import questions
from tests.engines.test_encodings import z3_says

POLICY = """
    policy "Names"

    clause 1 "counts"
        parameter {other}: integer in 1 .. 2 default 1
        state {name}: integer = 0
        state n: integer = 0
        occurrence go
        occurrence stay
        on go
            set {name} = {name} + 1
        on stay
            set n = n + {other}
    """
CLAIMS = """
    claims about "Names"

    guarantee rises "It holds"
        cites 1
        always {name} >= 0

    guarantee late "It fails after 3 steps"
        cites 1
        always {name} <= 2

    guarantee both "It fails after 3 steps"
        cites 1
        always {name} <= 1 or n < 1
    """
NAMES = ("step", "lit", "reached", "bad", "dates", "inv", "state", "select", "div", "mod", "assert", "true", "Int")


@pytest.mark.parametrize("name", NAMES)
def test_a_state_may_have_any_name(name: str) -> None:
    asked = questions(POLICY.format(name=name, other="p"), CLAIMS.format(name=name))
    found = answers(list(asked.values()))
    assert isinstance(found["rises"], Proved)
    for key in ("late", "both"):
        verdict = found[key]
        assert isinstance(verdict, Refuted)
        assert verdict.at == 3


def test_what_is_exported_does_not_mix_them_up_either() -> None:
    question = questions(POLICY.format(name="step", other="p"), CLAIMS.format(name="step"))["late"]
    assert z3_says(as_smt2(question, steps=2, months=1)) == "unsat"
    assert z3_says(as_smt2(question, steps=3, months=1)) == "sat"
    assert z3_says(as_chc(question, level=0), horn=True) == "unsat"


SHADOWS = """
    policy "Names"

    clause 1 "whether a word counts"
        parameter {name}: boolean default no
        state taken: boolean = no
        occurrence go
        on go
            set taken = {name}
    """
WORDS = ("kept", *NAMES)


@pytest.mark.parametrize("name", WORDS)
def test_a_parameter_may_have_any_name(name: str) -> None:
    claims = f"""
    claims about "Names"

    guarantee only "It holds"
        cites 1
        always taken implies {name}

    guarantee one "It fails after a step"
        cites 1
        never taken
    """
    asked = questions(SHADOWS.format(name=name), claims)
    found = answers(list(asked.values()))
    assert (type(found["only"]), type(found["one"])) == (Proved, Refuted)
    for key, answer in (("only", "unsat"), ("one", "sat")):
        assert z3_says(as_smt2(asked[key], steps=2, months=1)) == answer
        assert z3_says(as_chc(asked[key], level=0), horn=True) == {"unsat": "sat", "sat": "unsat"}[answer]
