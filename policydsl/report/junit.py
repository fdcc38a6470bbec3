"""A report as JUnit XML: a suite for each policy, a test case for each claim, general question and history. Pure."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from policydsl.report.diagnostics import harmless, render_diagnostic
from policydsl.report.endings import ending
from policydsl.report.language import Language, language
from policydsl.report.model import Finding, HistoryResult, PolicyReport, Report
from policydsl.report.problems import interrupted
from policydsl.report.telling import story_paragraphs
from policydsl.report.verdicts import assumption_words, expected_words, verdict_words
from policydsl.report.words import Words, words_of


def render_junit(report: Report, code: str = "en") -> str:
    """Return `report` as the XML that CI servers read. Undecided is an error, never a success; no times are given."""
    root = ET.Element("testsuites", name="policydsl")
    for policy in report.policies:
        _suite(root, policy.title, list(_cases(policy, words_of(policy, code))))
    others = [_mistakes(report), _run(report, language(code))]
    _suite(root, "policydsl", [case for cases in others for case in cases])
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, name: str, cases: list[ET.Element]) -> None:
    if not cases:
        return
    counts = {word: str(sum(c.find(tag) is not None for c in cases)) for word, tag in _COUNTED}
    suite = ET.SubElement(root, "testsuite", {"name": _text(name), "tests": str(len(cases)), **counts})
    suite.set("time", "0")
    suite.extend(cases)


_COUNTED = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def _case(group: str, name: str, file: str, line: int) -> ET.Element:
    place = {"file": _text(file), "line": str(line)} if line else {"file": _text(file)}
    return ET.Element("testcase", {"classname": _text(group), "name": _text(name), "time": "0", **place})


def _cases(policy: PolicyReport, words: Words) -> Iterator[ET.Element]:
    for finding in (*policy.claims, *policy.obligations):
        yield _finding(policy, finding, words)
    for history in policy.histories:
        yield _history(policy, history)


def _finding(policy: PolicyReport, finding: Finding, words: Words) -> ET.Element:
    case = _case(f"{policy.path}.{finding.origin}s", finding.name, finding.file, finding.line)
    came, expected = verdict_words(finding, words), expected_words(finding, words)
    said = words.language.say("{came_out}; expected: {expected}", came_out=came, expected=expected)
    sentence = words.text(finding.sentence, finding.labels)
    body = "\n".join([sentence, *_body(policy, finding, words)])
    if finding.status == "not as expected":
        _problem(case, "failure", finding.verdict, said, body)
    elif finding.status == "undecided":
        _problem(case, "error", finding.verdict, said, body)
    else:
        ET.SubElement(case, "system-out").text = _text(f"{sentence}\n{said}")
    return case


def _body(policy: PolicyReport, finding: Finding, words: Words) -> Iterator[str]:
    if finding.cites:
        cited = ", ".join(finding.cites)
        yield words.language.count("clause {clauses}", "clauses {clauses}", len(finding.cites), clauses=cited)
    if finding.unmodelled:
        yield assumption_words(finding, words)
    if finding.story is not None:
        yield from story_paragraphs(finding.story, words, policy.clauses)
        yield from ending(finding, finding.story, words)


def _history(policy: PolicyReport, history: HistoryResult) -> ET.Element:
    line = history.diagnostics[0].span.line if history.diagnostics else 0
    case = _case(f"{policy.path}.histories", history.path, history.path, line)
    if history.diagnostics:
        body = "\n".join(render_diagnostic(d, {}) for d in history.diagnostics)
        kind = "error" if history.rejected else "failure"
        _problem(case, kind, history.diagnostics[0].code, history.diagnostics[0].message, body)
    return case


def _mistakes(report: Report) -> Iterator[ET.Element]:
    for diagnostic in report.diagnostics:
        case = _case("input", f"{diagnostic.code} {diagnostic.span}", diagnostic.span.file, diagnostic.span.line)
        if diagnostic.is_error:
            _problem(case, "error", diagnostic.code, diagnostic.message, render_diagnostic(diagnostic, {}))
        else:
            ET.SubElement(case, "system-out").text = _text(render_diagnostic(diagnostic, {}))
        yield case


def _run(report: Report, lang: Language) -> Iterator[ET.Element]:
    for bug in report.bugs:
        case = _case("policydsl", bug.about, "", 0)
        said = lang.say("a bug in policydsl: {reason}", reason=bug.reason)
        _problem(case, "error", "bug", said, lang.say("This says nothing about the policy."))
        yield case
    if not report.complete:
        case = _case("policydsl", "complete", "", 0)
        _problem(case, "error", "incomplete", interrupted(report, lang), "")
        yield case


def _problem(case: ET.Element, tag: str, kind: str, message: str, body: str) -> None:
    ET.SubElement(case, tag, {"type": kind, "message": _text(message)}).text = _text(body)


def _text(text: str) -> str:
    """Return `text` without characters that XML cannot carry."""
    return "\n".join(harmless(line) for line in text.split("\n"))
