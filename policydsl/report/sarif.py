"""A report as SARIF 2.1.0 (OASIS), for code scanning: each problem with its clauses and its story. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

from policydsl.base.span import Span
from policydsl.report.diagnostics import harmless
from policydsl.report.language import Language, language
from policydsl.report.model import Clause, PolicyReport, Report
from policydsl.report.problems import Problem, interrupted, problems
from policydsl.report.prose import change_sentences, step_sentence
from policydsl.report.rules import Rule
from policydsl.report.told import Story
from policydsl.report.words import Words

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
Json: TypeAlias = dict[str, Any]


def render_sarif(report: Report, code: str = "en") -> str:
    """Return the problems of `report`; known findings and proofs are none. Fingerprints stay while lines move."""
    lang = language(code)
    found = list(problems(report, code))
    rules = list({p.rule.name: p.rule for p in found}.values())
    places = {c.number: c for policy in report.policies for c in policy.clauses}
    seen: Counter[str] = Counter()
    run = {
        "tool": {"driver": _driver(report, rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": lang.say("the folder in which policydsl was called")}}},
        "invocations": [_invocation(report, lang)],
        "results": [_result(p, [r.name for r in rules], places, seen) for p in found],
        "properties": {"policies": [_policy(p) for p in report.policies]},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _driver(report: Report, rules: Iterable[Rule]) -> Json:
    version = {"version": report.version} if report.version else {}
    return {"name": "policydsl", **version, "rules": [_rule(r) for r in rules]}


def _rule(rule: Rule) -> Json:
    help_ = rule.help or rule.title
    return {
        "id": rule.name,
        "shortDescription": {"text": _plain(rule.title)},
        "fullDescription": {"text": _plain(help_)},
        "helpUri": f"data:text/plain;charset=utf-8,{quote(harmless(f'{rule.name}: {rule.title}. {help_}'), safe='')}",
        "help": {"text": _plain(help_), "markdown": _plain(help_)},
    }


def _invocation(report: Report, lang: Language) -> Json:
    said = [lang.say("a bug in policydsl: {reason}", reason=b.reason) for b in report.bugs]
    said += [] if report.complete else [interrupted(report, lang)]
    notes = [{"level": "error", "message": {"text": _plain(text)}} for text in said]
    told = {"toolExecutionNotifications": notes} if notes else {}
    return {"executionSuccessful": report.complete and not report.bugs, **told}


def _policy(policy: PolicyReport) -> Json:
    good = sum(f.status == "as expected" for f in policy.claims)
    return {"title": harmless(policy.title), "claims": len(policy.claims), "asExpected": good}


def _result(problem: Problem, rules: Sequence[str], places: dict[str, Clause], seen: Counter[str]) -> Json:
    text = "\n".join(_plain(part) for part in (problem.title, *problem.details))
    words = problem.words
    related = [
        _location(
            c.span,
            words.language.say("clause {clause}: {about}", clause=c.number, about=words.text(c.summary, c.labels)),
        )
        for c in problem.clauses
    ]
    story = {} if problem.story is None else {"codeFlows": [_flow(problem.story, places, problem.words)]}
    return {
        "ruleId": problem.rule.name,
        "ruleIndex": rules.index(problem.rule.name),
        "level": problem.level,
        "message": {"text": text},
        "locations": [_location(problem.span)] if problem.span.file else [],
        **({"relatedLocations": [{"id": i, **r} for i, r in enumerate(related, start=1)]} if related else {}),
        **story,
        "partialFingerprints": {"policydslProblem/v1": _fingerprint(problem, seen)},
    }


def _fingerprint(problem: Problem, seen: Counter[str]) -> str:
    """Return what tells the problem from all others; of several that read alike, the place in their order does."""
    words = json.dumps([problem.rule.name, *problem.identity], ensure_ascii=True)
    seen[words] += 1
    return hashlib.sha256(f"{words}#{seen[words]}".encode()).hexdigest()


def _location(span: Span, said: str | None = None) -> Json:
    place: Json = {"artifactLocation": _artifact(span.file)}
    if span.line > 0:
        place["region"] = {
            "startLine": span.line,
            "startColumn": max(span.column, 1),
            "endLine": max(span.end_line, span.line),
            "endColumn": max(span.end_column, 1),
        }
    return {"physicalLocation": place, **({} if said is None else {"message": {"text": _plain(said)}})}


def _artifact(path: str) -> Json:
    """Return a URI: relative to where the tool was called, unless the path is absolute."""
    uri = quote(harmless(path).replace("\\", "/"))
    return {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": _ROOT}


def _flow(story: Story, places: dict[str, Clause], words: Words) -> Json:
    steps: list[Json] = []
    for step in story.steps:
        number = step.clause or next((c.clause for c in step.changes if c.clause), None)
        said = words.language.text((step_sentence(step, words), *change_sentences(step.changes, words)))
        known = places.get(number) if number else None
        location = {"message": {"text": _plain(said)}} if known is None else _location(known.span, said)
        steps.append({"location": location})
    start = words.language.say("from the start")
    return {"threadFlows": [{"locations": steps or [{"location": {"message": {"text": start}}}]}]}


def _plain(text: str) -> str:
    """Return `text` so that nothing in it is a link or a placeholder of SARIF's messages."""
    return harmless(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
