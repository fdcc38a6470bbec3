"""`policydsl replay` and `policydsl graph`, as whole commands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import graphviz
import pytest
from lxml import etree

from policydsl.analyses.golden import ImpossibleError, golden
from policydsl.analyses.replay import check_history
from policydsl.front.history_read import read_history
from policydsl.front.history_values import parse_value, write_value
from policydsl.front.load import Loaded, load, load_files
from policydsl.front.types import DateType, MoneyType, NumberType, PercentType, Type
from policydsl.report.graph import dot, graph_of, mermaid
from policydsl.report.json import read_json
from policydsl.report.record import trace_of
from policydsl.report.stories import stories
from tests.cli.commands import FIXTURES, ROOT, run
from tests.report.samples import HOSTILE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("replay") / "work"
    shutil.copytree(FIXTURES, made)
    assert run(made, "check", "--format", "json", "--output", "result.json").returncode == 0
    return made


# --- replay --------------------------------------------------------------------------------------


def test_a_story_becomes_a_golden_history_that_passes(folder: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    shutil.copytree(folder, work)
    done = run(work, "replay", "result.json", "floor", "ends", "-o", "specs/score.histories")
    assert done.returncode == 0, done.stderr
    made = (work / "specs/score.histories/floor.yaml").read_text(encoding="utf-8")
    assert made.startswith("about: The score can be as low as one likes (floor)\nstart: 2024-01-01\n")
    assert "event: violation" in made
    checked = run(work, "check")
    assert checked.returncode == 0
    assert "3 of 3 histories as written" in checked.stdout
    again = run(work, "replay", "result.json", "floor", "-o", "specs/score.histories")
    assert again.returncode == 3
    assert "is there already" in again.stderr
    assert run(work, "replay", "result.json", "floor", "-o", "specs/score.histories", "--force").returncode == 0


def test_every_story_of_a_result_replays(folder: Path) -> None:
    read, _ = read_json((folder / "result.json").read_text(encoding="utf-8"), "result.json")
    assert read is not None
    (policy,) = load([folder / "specs"]).policies
    told = list(stories(read.policies[0]))
    assert {name for name, _, _ in told} >= {"floor", "ends", "long_watch.watch.in_days"}
    for name, finding, story in told:
        assert story.record is not None
        trace = trace_of(policy, story.record, finding.name)
        assert trace is not None
        text = golden(policy, trace, name, [f.name for f in story.facts])
        history, wrong = read_history(text, "made.yaml", policy)
        assert wrong == ()
        assert history is not None
        assert check_history(policy, history) == ()
        assert "expect" in text


WATCHED = """
finding over "A watch is over within sixty days"
    within 60 days of violation: watched_until is none or watched_until < today
    expect fails
"""


def test_a_day_on_which_the_claim_alone_looks_is_a_day_that_is_reached(folder: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    shutil.copytree(folder, work)
    with (work / "proofs/score.claims").open("a", encoding="utf-8") as claims:
        claims.write(WATCHED)
    assert run(work, "check", "--only", "over", "--format", "json", "--output", "over.json").returncode == 0
    assert '"over.' in (work / "over.json").read_text(encoding="utf-8")  # a step of the claim's own
    done = run(work, "replay", "over.json", "over", "-o", "specs/score.histories")
    assert done.returncode == 0, done.stderr
    text = (work / "specs/score.histories/over.yaml").read_text(encoding="utf-8")
    assert "over." not in text
    assert "- {date: 2024-03-01}" in text
    assert run(work, "check", "--only", "over").returncode == 0
    assert "2 of 2 histories as written" in run(work, "check").stdout


def test_a_story_without_output_is_printed(folder: Path) -> None:
    done = run(folder, "replay", "result.json", "floor")
    assert done.returncode == 0
    assert "steps:\n  - {date: 2024-01-01, event: violation" in done.stdout
    assert run(folder, "replay", "result.json").returncode == 3


def test_bad_input_is_said_to_be_so(folder: Path, tmp_path: Path) -> None:
    assert "did you mean `floor`?" in run(folder, "replay", "result.json", "flor").stderr
    work = tmp_path / "work"
    shutil.copytree(folder, work)
    path = work / "specs/score.policy"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("permitted when score < 90", "permitted when score < 10"), encoding="utf-8")
    done = run(work, "replay", "result.json", "ends", "-o", "made")
    assert done.returncode == 3
    assert "E0621" in done.stderr
    assert "`terminate` on 2024-01-01 is not possible" in done.stderr
    assert not (work / "made").exists()
    path.unlink()
    assert run(work, "replay", "result.json", "ends").returncode == 3


def test_an_impossible_step_is_never_written(folder: Path) -> None:
    (policy,) = load([folder / "specs"]).policies
    read, _ = read_json((folder / "result.json").read_text(encoding="utf-8"), "result.json")
    assert read is not None
    story = next(s for name, _, s in stories(read.policies[0]) if name == "ends")
    assert story.record is not None
    trace = trace_of(policy, story.record, "ends")
    assert trace is not None
    with pytest.raises(ImpossibleError):
        golden(policy, type(trace)(trace.parameters, trace.initial, trace.steps[-1:]), "cut", [])


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("-12", NumberType("days")),
        ("3", NumberType("count")),
        ("12.5%", PercentType()),
        ("99.50 CNY", MoneyType("CNY")),
        ("2024-02-29", DateType()),
        ("none", DateType(optional=True)),
    ],
)
def test_what_is_written_is_read_back(text: str, type_: Type) -> None:
    value = parse_value(text, type_)
    assert isinstance(value, int | type(None)) or value.denominator  # type: ignore[union-attr]  # no Unfit
    assert parse_value(write_value(value, type_), type_) == value  # type: ignore[arg-type]  # it was read: no Unfit


# --- graph ---------------------------------------------------------------------------------------


def loaded(text: str) -> Loaded:
    made = load_files(["p.policy"], lambda _: (text, ()))
    assert made.diagnostics == ()
    return made


def test_a_policy_is_drawn(folder: Path) -> None:
    done = run(folder, "graph", "specs/score.policy")
    assert done.returncode == 0
    assert done.stdout.startswith("flowchart LR\n")
    (policy,) = load([folder / "specs"]).policies
    graph = graph_of(policy)
    edges = {(e.source, e.target, e.clauses, e.reads) for e in graph.edges}
    assert ("User", "violation", ("2",), False) in edges
    assert ("violation", "score", ("2",), False) in edges
    assert ("violation", "watched_until", ("3",), False) in edges
    assert ("new_year", "score", ("1",), False) in edges
    assert ("score", "terminate", (), True) in edges
    assert done.stdout == mermaid(graph)
    assert run(folder, "graph", "specs/score.policy", "--to", "dot").stdout == dot(graph)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_a_picture(folder: Path) -> None:
    done = run(folder, "graph", "specs/score.policy", "--to", "svg", "-o", "score.svg")
    assert done.returncode == 0, done.stderr
    root = etree.parse(str(folder / "score.svg")).getroot()
    assert "violation" in "".join(str(t) for t in root.itertext())


def test_a_picture_without_graphviz(folder: Path) -> None:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": "/nowhere"}
    command = [sys.executable, "-m", "policydsl", "graph", "specs/score.policy", "--to", "svg"]
    done = subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True)
    assert done.returncode == 3
    assert "E0622" in done.stderr


def test_a_graph_needs_one_policy(folder: Path) -> None:
    (folder / "empty").mkdir()
    done = run(folder, "graph", "empty")
    assert done.returncode == 3
    assert "E0604" in done.stderr


@pytest.mark.parametrize("word", [w for w in HOSTILE if "\n" not in w and w.isprintable()])
def test_names_in_graphs_are_harmless(word: str) -> None:
    label = re.sub(r'["\\]', "", word)[:1500]
    made = loaded(
        f'policy "P"\n\nclause 1 "c"\n    state s: boolean = no label en "{label}"\n'
        "    occurrence e\n    on e\n        set s = yes\n"
    )
    graph = graph_of(made.policies[0])
    line = mermaid(graph).splitlines()[1]
    assert re.fullmatch(r'    n0\[\("(?:[\w .,()/\'-]|#\d+;|<br/>)*"\)\]', line)
    assert "label=<" not in dot(graph)
    if shutil.which("dot"):
        root = etree.fromstring(graphviz.Source(dot(graph)).pipe(format="svg", quiet=True))
        assert not root.findall(".//{*}script")
        assert not root.findall(".//{*}a")
