"""Whether readings matter: told apart by the shortest histories, or proved never to be."""

from dataclasses import replace

import pytest

from policydsl.analyses import ambiguity
from policydsl.analyses.ambiguity import Difference, differences
from policydsl.core.expr import FALSE
from policydsl.core.moves import Side
from policydsl.core.product import project
from policydsl.engines.verdict import Budget, Proved, Refuted, SemanticsDisagreeError, Verdict
from policydsl.front.load import load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.story_pair import rows_of
from policydsl.report.told import Abreast
from policydsl.semantics import interpret

POLICY = """policy "Score"
    histories from 2025-01-01

role Host
enum Kind: small, large

clause 1 "x"
    state score: points = 100
    state seen: boolean = no
    reading costs "how much?"
        five "5" default
        ten  "10"
        also "5 again"
    reading twice "is the second one free?"
        no_more "no" default
        free    "yes"
    occurrence breach by Host
        field kind: Kind
        where large_ones is ignored implies kind is small
    on breach
        set seen = yes
        set score = score - (if costs is ten then 10 points else 5 points) when not seen or twice is no_more
    reading large_ones "are large ones recorded?"
        recorded "yes" default
        ignored  "no"
    reading never "what if the score rises above 100?"
        cut   "it is cut" default
        stays "it stays"
    on breach when score > 100 and never is cut
        set seen = no
    reading shown "which score is shown?"
        the_new_one "the new one" default
        the_old_one "the old one"
    define display on breach: points = if shown is the_new_one then new score else score
"""


def policy(text: str = POLICY) -> LoadedPolicy:
    loaded = load_files({"s.policy": text}, lambda _: (text, ()))
    assert not [d for d in loaded.diagnostics if d.is_error], loaded.diagnostics
    return loaded.policies[0]


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, ...], Difference]:
    return {(d.reading, *d.options): d for d in differences(policy(), Budget(), 1)}


def steps(verdict: Verdict) -> int:
    assert isinstance(verdict, Refuted)
    return len(verdict.trace.steps)


def test_every_two_options_are_compared(found: dict[tuple[str, ...], Difference]) -> None:
    assert {key: (type(d.verdict), d.names, d.refused) for key, d in found.items()} == {
        ("costs", "five", "ten"): (Refuted, ("score",), None),
        ("costs", "five", "also"): (Proved, (), None),
        ("costs", "ten", "also"): (Refuted, ("score",), None),
        ("twice", "no_more", "free"): (Refuted, ("score",), None),
        ("large_ones", "recorded", "ignored"): (Refuted, (), Side.SECOND),
        ("never", "cut", "stays"): (Proved, (), None),
        ("shown", "the_new_one", "the_old_one"): (Refuted, ("display",), None),
    }


def test_the_histories_are_shortest_and_alike_but_for_the_reading(found: dict[tuple[str, ...], Difference]) -> None:
    assert steps(found["costs", "five", "ten"].verdict) == 1
    second = found["twice", "no_more", "free"]
    assert steps(second.verdict) == 2
    assert isinstance(second.verdict, Refuted)
    one, other = (project(second.pair, second.verdict.trace, side) for side in Side)
    assert one.steps == other.steps
    assert {name for name in one.parameters if one.parameters[name] != other.parameters[name]} == {"twice"}


def test_a_step_that_one_history_refuses_is_its_last(found: dict[tuple[str, ...], Difference]) -> None:
    refused = found["large_ones", "recorded", "ignored"]
    assert isinstance(refused.verdict, Refuted)
    system = policy().system
    for side in Side:
        states = interpret.replay(system, project(refused.pair, refused.verdict.trace, side))
        assert isinstance(states, interpret.Rejected) == (side is Side.SECOND)
    rows = list(rows_of(refused.pair, refused.verdict.trace, Side.SECOND))
    assert rows[-1] == Abreast(len(rows) - 1, None)


def test_a_story_that_does_not_replay_is_a_bug(found: dict[tuple[str, ...], Difference]) -> None:
    told = found["twice", "no_more", "free"]
    assert isinstance(told.verdict, Refuted)
    system = told.pair.first
    frozen = replace(system, events=tuple(replace(e, guard=FALSE) for e in system.events))
    wrong = replace(told.pair, first=frozen)
    with pytest.raises(SemanticsDisagreeError):
        ambiguity.check(wrong, told.question, told.verdict.trace)


ALL_ROWS = """policy "Rows"
    histories from 2025-01-01

enum Band: a, b

clause 1 "x"
    state score: points = 0
    reading how "from which on?"
        one "one" default
        two "two"
    occurrence e
    on e
        set score = score + 1
    define seen: points = if how is one then score else score + 1
    table band of seen: Band, all rows
        any:  a
        >= 3: b
"""


def test_all_rows_of_a_table_count() -> None:
    (found,) = differences(policy(ALL_ROWS), Budget(seconds=20), 1)
    assert (type(found.verdict), found.names) == (Refuted, ("band",))
