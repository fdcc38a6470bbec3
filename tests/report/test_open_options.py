"""An option of a reading that is left undecided never looks decided: not on the first screen, not to a program."""

import json
from dataclasses import replace

import pytest

from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Decision, Judgement
from policydsl.analyses.readings import Split
from policydsl.analyses.subjects import subjects_of
from policydsl.engines.verdict import Bounded, Budget, Unknown, Verdict
from policydsl.front.load import Loaded, load_files
from policydsl.report.build import build_report
from policydsl.report.json import render_json
from policydsl.report.markdown import render_markdown
from policydsl.report.model import Report, exit_code
from policydsl.report.text import render_text

POLICY = """
policy "Strikes"
    histories from 2024-01-01
role User
clause 1 "strikes"
    state strikes: count = 0
    state noted: boolean = no
    reading counted "does a first strike count?"
        all_of_them "yes" default
        from_second "no"
        from_third  "only the third"
    reading written "is it noted?"
        noted_down "yes" default
        kept_quiet "no"
    occurrence strike by User
    on strike
        set strikes = strikes + 1 when counted is all_of_them
        set noted = yes when written is noted_down
"""
CLAIMS = """
claims about "Strikes"
finding clean "Whether nothing ever counts"
    cites 1
    always strikes = 0
    expect {expected}
"""
LEFT_OPEN: list[Verdict] = [Bounded(3, "planted"), Unknown("planted", ())]


def decided(expected: str) -> tuple[Loaded, Decision]:
    texts = {"s.policy": POLICY.strip() + "\n", "s.claims": CLAIMS.format(expected=expected).strip() + "\n"}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    made = Judgement(tuple(s for s in subjects_of(loaded.policies, loaded.claims) if s.origin == "claim"))
    decide(made, Budget(), 1, lambda _: None)
    (decision,) = made.decisions()
    return loaded, decision


def left_open(decision: Decision, options: set[str], verdict: Verdict) -> Decision:
    """Return `decision` as if `options` of the reading `counted` had been left undecided."""
    splits = tuple(
        Split(s.reading, s.others_at_default, tuple((o, verdict if o in options else v) for o, v in s.options))
        for s in decision.splits
        if s.reading == "counted"
    )
    return replace(decision, splits=splits)


def told(loaded: Loaded, decision: Decision) -> Report:
    return build_report(loaded.policies, [decision], {}, (), loaded.sources)


@pytest.mark.parametrize("verdict", LEFT_OPEN)
@pytest.mark.parametrize("expected", ["fails", "depends on reading counted"])
def test_what_may_depend_on_an_open_option_is_undecided(expected: str, verdict: Verdict) -> None:
    loaded, decision = decided(expected)
    report = told(loaded, left_open(decision, {"from_second", "from_third"}, verdict))
    text = " ".join(render_text(report, width=400).split())
    assert "fails after 1 step; UNDECIDED where “counted” is read as from second and from third" in text
    assert exit_code(report) == 2
    (found,) = json.loads(render_json(report))["policies"][0]["claims"]
    assert found["status"] == "undecided"
    (reading,) = found["readings"]
    assert [o["verdict"] in {"bounded", "undecided"} for o in reading["options"]] == [False, True, True]
    assert "UNDECIDED" in render_markdown(report)


@pytest.mark.parametrize("verdict", LEFT_OPEN)
def test_one_open_option_of_a_reading_that_matters_is_told(verdict: Verdict) -> None:
    loaded, decision = decided("depends on reading counted")
    report = told(loaded, left_open(decision, {"from_third"}, verdict))
    text = " ".join(render_text(report, width=400).split())
    assert "depends on how this is read: counted; UNDECIDED where “counted” is read as from third" in text
    assert exit_code(report) == 0


def test_readings_of_which_nothing_is_known_are_told_in_one_breath() -> None:
    loaded, decision = decided("fails")
    open_: Verdict = LEFT_OPEN[1]
    splits = tuple(
        Split(s.reading, s.others_at_default, tuple((o, open_) for o, _ in s.options)) for s in decision.splits
    )
    report = told(loaded, replace(decision, splits=splits))
    text = " ".join(render_text(report, width=400).split())
    assert "fails after 1 step; UNDECIDED whether it depends on counted; expected" in text
    assert "UNDECIDED where" not in text
    assert "reading counted:" not in text
    assert "strike by User" in text
    assert exit_code(report) == 2


@pytest.mark.parametrize("expected", ["holds", "depends on reading written"])
def test_what_comes_out_otherwise_whatever_the_open_option_says_is_not_as_expected(expected: str) -> None:
    loaded, decision = decided(expected)
    assert exit_code(told(loaded, left_open(decision, {"from_second", "from_third"}, LEFT_OPEN[0]))) == 1


def test_where_all_is_decided_nothing_is_said() -> None:
    loaded, decision = decided("depends on reading counted")
    report = told(loaded, decision)
    assert "UNDECIDED" not in render_text(report, width=400)
    assert exit_code(report) == 0
