"""What in a report needs somebody's attention, one by one: for programs that mark places in files."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from policydsl.base.codes import CODES
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.report.endings import ending
from policydsl.report.language import Language, language
from policydsl.report.model import Clause, Finding, PolicyReport, Report
from policydsl.report.rules import RULES, Rule, said_in
from policydsl.report.telling import story_paragraphs
from policydsl.report.told import Story
from policydsl.report.verdicts import assumption_words, expected_words, verdict_words
from policydsl.report.words import Words, words_of

_PLAIN = Words(language("en"), {})
Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `identity` stays the same while lines move; `details` are whole paragraphs; `clauses` concern it.

    `words` are those to tell its story in.
    """

    rule: Rule
    level: Level
    span: Span
    title: str
    details: tuple[str, ...]
    identity: tuple[str, ...]
    clauses: tuple[Clause, ...] = ()
    story: Story | None = None
    words: Words = _PLAIN


_OBLIGATIONS = {"conflict": "text-conflict", "definedness": "text-undefined", "rest": "text-restless"}


def problems(report: Report, code: str) -> Iterator[Problem]:
    """Yield everything in `report` that is not as it should be: mistakes in the input first, then policy by policy.

    What is told of a finding is in the language with this `code`.
    """
    lang = language(code)
    for diagnostic in report.diagnostics:
        yield _mistake(diagnostic, "")
    for policy in report.policies:
        for finding in (*policy.claims, *policy.obligations):
            if finding.status != "as expected":
                yield _finding(policy, finding, code)
        for finding in policy.dead:
            yield _problem(policy, finding, RULES["dead-clause"], code)
        for history in policy.histories:
            for diagnostic in history.diagnostics:
                yield _mistake(diagnostic, policy.title)
    for bug in report.bugs:
        rule, said = said_in(RULES["bug"], lang), lang.say("a bug in policydsl: {reason}", reason=bug.reason)
        yield Problem(rule, "error", _nowhere(report), said, (), ("", bug.about))
    if not report.complete:
        rule = said_in(RULES["incomplete"], lang)
        yield Problem(rule, "error", _nowhere(report), interrupted(report, lang), (), ())


def interrupted(report: Report, lang: Language) -> str:
    """Return how many questions a run has not reached."""
    return lang.count("interrupted: {n} question not reached", "interrupted: {n} questions not reached", report.open)


def _nowhere(report: Report) -> Span:
    return Span(report.policies[0].path if report.policies else "", 0, 0, 0, 0)


def _mistake(diagnostic: Diagnostic, title: str) -> Problem:
    code = CODES.get(diagnostic.code)
    rule = Rule(diagnostic.code, code.title, code.explanation) if code else Rule(diagnostic.code, diagnostic.code, "")
    details = tuple(f"{n.span}: {n.message}" if n.span.file else n.message for n in diagnostic.notes)
    details += (diagnostic.hint,) if diagnostic.hint else ()
    identity = (title, diagnostic.span.file, diagnostic.message)
    return Problem(rule, diagnostic.severity, diagnostic.span, diagnostic.message, details, identity)


def _finding(policy: PolicyReport, finding: Finding, code: str) -> Problem:
    if finding.status == "undecided":
        return _problem(policy, finding, RULES["claim-undecided"], code)
    if finding.origin == "obligation":
        return _problem(policy, finding, RULES[_OBLIGATIONS.get(finding.kind, "text-undefined")], code)
    return _problem(policy, finding, RULES[f"claim-{finding.verdict}"], code)


def _problem(policy: PolicyReport, finding: Finding, rule: Rule, code: str) -> Problem:
    cited = tuple(c for c in policy.clauses if c.number in finding.cites)
    identity = (policy.title, finding.origin, finding.name)
    words = words_of(policy, code)
    sentence = words.text(finding.sentence, finding.labels)
    title = f"{finding.name}: {sentence}" if finding.origin == "claim" else sentence
    level: Level = "error" if finding.status == "not as expected" and finding.origin != "dead clause" else "warning"
    details = tuple(about(policy, finding, words))
    return Problem(
        said_in(rule, words.language), level, finding.span, title, details, identity, cited, finding.story, words
    )


def about(policy: PolicyReport, finding: Finding, words: Words) -> Iterator[str]:
    """Yield what there is to say about `finding`, paragraph by paragraph."""
    if finding.origin != "dead clause":
        came, expected = verdict_words(finding, words), expected_words(finding, words)
        yield words.language.say("{came_out}; expected: {expected}", came_out=came, expected=expected)
    if finding.unmodelled:
        yield assumption_words(finding, words)
    if finding.story is not None:
        yield from story_paragraphs(finding.story, words, policy.clauses)
        yield from ending(finding, finding.story, words)
