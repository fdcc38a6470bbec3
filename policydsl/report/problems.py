"""What in a report needs somebody's attention, one by one: for programs that mark places in files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from policydsl.base.codes import CODES
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.span import Span
from policydsl.report.endings import ending
from policydsl.report.language import language
from policydsl.report.model import Clause, Finding, PolicyReport, Report, Story
from policydsl.report.telling import story_paragraphs
from policydsl.report.verdicts import assumption_words, expected_words, verdict_words
from policydsl.report.words import Words, words_of

_PLAIN = Words(language("en"), {})
Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of problem: what it means and what to do about it."""

    name: str
    title: str
    help: str


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


_RULES = (
    Rule(
        "claim-fails",
        "a claim that is expected to hold fails",
        "Some history that the policy allows contradicts the claim; the shortest found is told. Mend the wording, or, "
        "if this is a known weakness of the text, keep the claim as a finding with `expect fails`.",
    ),
    Rule(
        "claim-holds",
        "a claim that is expected to fail holds",
        "The claim is proved for every history, although a weakness was on record. If the text was mended, make the "
        "claim a guarantee; else look whether the transcription has lost something.",
    ),
    Rule(
        "claim-depends",
        "a claim depends on how an ambiguous wording is read",
        "The claim is proved under some readings and fails under others. Settle the wording, restrict the claim with "
        "`under`, or record it with `expect depends on reading`.",
    ),
    Rule(
        "claim-vacuous",
        "a claim says nothing",
        "What the claim starts from can never happen, so it holds for want of cases. Look for a condition that "
        "contradicts the policy.",
    ),
    Rule(
        "claim-undecided",
        "a claim is not decided",
        "Within the time given it was neither proved nor refuted; nothing may be concluded from that. Give more time "
        "with `--budget`, or add a lemma that says why it should hold.",
    ),
    Rule(
        "text-conflict",
        "two clauses give one thing two values",
        "Some history makes two clauses set the same state differently in one step. Declare one an exception to the "
        "other, or say which goes first.",
    ),
    Rule(
        "text-undefined",
        "the text asks for a value that does not exist",
        "Some history reads a date that is not set, leaves a declared range, or fits no row of a table. Guard the "
        "condition or complete the table.",
    ),
    Rule(
        "text-restless",
        "a schedule fires without end on one day",
        "Some history makes the calendar fire the same schedule again and again. Let the schedule switch off what it "
        "waits for.",
    ),
    Rule(
        "dead-clause",
        "a clause never takes effect",
        "No history, under any reading and parameter, lets this clause do anything. It may be hidden by another clause "
        "or need something that cannot happen.",
    ),
    Rule(
        "incomplete",
        "the check was interrupted",
        "Some questions were not reached; what is reported is not the whole answer. Check again.",
    ),
    Rule(
        "bug",
        "a bug in policydsl",
        "The tool failed while it worked on this question. That says nothing about the policy. Please report it.",
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _RULES})
"""What can be wrong besides the mistakes that `base.codes` lists."""
_OBLIGATIONS = {"conflict": "text-conflict", "definedness": "text-undefined", "rest": "text-restless"}


def problems(report: Report, code: str) -> Iterator[Problem]:
    """Yield everything in `report` that is not as it should be: mistakes in the input first, then policy by policy.

    What is told of a finding is in the language with this `code`.
    """
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
        yield Problem(RULES["bug"], "error", _nowhere(report), f"a bug in policydsl: {bug.reason}", (), ("", bug.about))
    if not report.complete:
        said = f"interrupted: {report.open} questions not reached"
        yield Problem(RULES["incomplete"], "error", _nowhere(report), said, (), ())


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
    return Problem(rule, level, finding.span, title, details, identity, cited, finding.story, words)


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
