"""A page for each policy, for lawyers who know the document: what was formalised, what was found, with the stories."""

from collections.abc import Iterator, Mapping, Sequence

from policydsl.report.language import language
from policydsl.report.markdown import esc, story_quoted
from policydsl.report.model import Finding, PolicyReport, Report
from policydsl.report.stories import file_of, untaken
from policydsl.report.text import general_words, open_words
from policydsl.report.verdicts import (
    assumption_words,
    expected_words,
    history_words,
    option_words,
    reading_words,
    verdict_words,
)
from policydsl.report.words import Words, words_of

NOTE = "<!-- made by `policydsl report RESULT --to pages`; edit the policy and its claims, not this page -->"
"""Stands at the top of each page."""


def render_pages(report: Report, code: str = "en") -> Mapping[str, str]:
    """Return the pages by file name, in Markdown. What was not decided is said first.

    Policies of two folders can be called alike: the second's page is `NAME~2.md`.
    """
    pages: dict[str, str] = {}
    for policy in report.policies:
        file = untaken(file_of(policy), ".md", pages)
        pages[file] = "\n\n".join(_page(report, policy, words_of(policy, code))) + "\n"
    return pages


def _page(report: Report, policy: PolicyReport, words: Words) -> Iterator[str]:
    yield f"# {esc(words.text(policy.title, policy.labels))}"
    yield NOTE
    if not report.complete:
        yield f"**{esc(open_words(report, language(words.language.code)))}**"
    yield from _head(policy, words)
    weaknesses = [f for f in policy.claims if _is_weak(f)]
    rest = [f for f in policy.claims if f not in weaknesses]
    open_ = [f for f in rest if f.status == "undecided"]
    kept = [f for f in rest if f not in open_]
    say = words.language.say
    for heading, findings in (
        (say("Findings: where the text does not do what one would expect"), weaknesses),
        (say("Not decided"), open_),
    ):
        if findings:
            yield _heading(heading)
            for finding in findings:
                yield from _told(policy, finding, words)
    if kept:
        yield _heading(say("What the text guarantees"))
        yield "\n".join(f"* {_sentence(f, words)}: {esc(verdict_words(f, words))}{_clauses(f, words)}" for f in kept)
    yield from _general(policy.obligations, policy.dead, words)
    yield from _readings(policy, words)
    yield from _clauses_table(policy, words)


def _heading(text: str) -> str:
    return f"## {esc(text)}"


def _is_weak(finding: Finding) -> bool:
    """Return whether a claim that somebody might rely on fails, depends on a reading or says nothing."""
    if finding.verdict in {"depends", "vacuous"}:
        return True
    return finding.verdict == "fails" and not finding.possible


def _head(policy: PolicyReport, words: Words) -> Iterator[str]:
    say, count = words.language.say, words.language.count
    effective = None if policy.effective is None else words.language.date(policy.effective)
    facts = [
        None if policy.document is None else say("document: {name}", name=policy.document),
        None if policy.edition is None else say("edition: {name}", name=policy.edition),
        None if effective is None else say("in force from {date}", date=effective),
    ]
    known = [fact for fact in facts if fact is not None] or [say("document: not named")]
    yield "\n".join(f"* {esc(fact)}" for fact in known)
    left = {u.clause for u in policy.unmodelled}
    formalised = sum(c.number not in left for c in policy.clauses)
    histories, good = len(policy.histories), sum(not h.diagnostics for h in policy.histories)
    counts = [
        count("{n} clause is formalised", "{n} clauses are formalised", formalised),
        count("{n} is not (with the reason below)", "{n} are not (with the reasons below)", len(left)),
        count("{n} ambiguity is kept open", "{n} ambiguities are kept open", len(policy.readings)),
        count("{n} claim was asked", "{n} claims were asked", len(policy.claims)),
        count("{good} of {n} history as written", "{good} of {n} histories as written", histories, good=good),
    ]
    yield esc(say("{facts}.", facts=words.language.series(counts)))
    for history in (h for h in policy.histories if h.diagnostics):
        said = "; ".join(d.message for d in history.diagnostics)
        yield f"**{esc(history_words(history, words.language))}**: {esc(said)}"


def _sentence(finding: Finding, words: Words) -> str:
    return esc(words.text(finding.sentence, finding.labels))


def _clauses(finding: Finding, words: Words) -> str:
    if not finding.cites:
        return ""
    cited = ", ".join(finding.cites)
    count = words.language.count
    return f" ({esc(count('clause {clauses}', 'clauses {clauses}', len(finding.cites), clauses=cited))})"


def _told(policy: PolicyReport, finding: Finding, words: Words) -> Iterator[str]:
    yield f"### {_sentence(finding, words)}"
    came, expected = verdict_words(finding, words), expected_words(finding, words)
    said = esc(came)
    if finding.status != "as expected":
        said = f"**{esc(words.language.say('{came_out}; expected: {expected}', came_out=came, expected=expected))}**"
    yield f"**{esc(finding.name)}**: {said}{_clauses(finding, words)}"
    if finding.unmodelled:
        yield f"_{esc(assumption_words(finding, words))}_"
    for reading in finding.told_readings:
        yield esc(reading_words(reading, words))
        yield "\n".join(f"* {esc(o.summary)}: {esc(option_words(finding, o.verdict, words))}" for o in reading.options)
    story = finding.story
    for reading in finding.readings:
        story = next((o.story for o in reading.options if o.story is not None), story)
    if story is not None:
        yield story_quoted(policy, finding, story, words)


def _general(obligations: Sequence[Finding], dead: Sequence[Finding], words: Words) -> Iterator[str]:
    say = words.language.say
    broken = [o for o in obligations if o.status != "as expected"]
    yield _heading(say("General questions about the text"))
    if obligations and not broken:
        yield esc(general_words(obligations, words.language))
    for finding in broken:
        yield f"* **{_sentence(finding, words)}: {esc(verdict_words(finding, words))}**"
    lines = (f"* {_sentence(f, words)}" for f in dead)
    yield "\n".join(lines) or esc(say("No clause is dead: each takes effect in some history."))


def _readings(policy: PolicyReport, words: Words) -> Iterator[str]:
    say = words.language.say
    if policy.readings:
        yield _heading(say("Ambiguities"))
        rows = [
            [r.clause, r.question, "; ".join(t if n != r.default else f"{t} {say('(default)')}" for n, t in r.options)]
            for r in policy.readings
        ]
        yield _table([say("clause"), say("question"), say("readings")], rows)


def _clauses_table(policy: PolicyReport, words: Words) -> Iterator[str]:
    say = words.language.say
    left = {u.clause for u in policy.unmodelled}
    formalised = [c for c in policy.clauses if c.number not in left]
    yield _heading(say("What was formalised"))
    heads = [say("clause"), say("in our words")]
    rows = [[c.number, words.text(c.summary, c.labels)] for c in formalised]
    if any(c.quote for c in formalised):
        heads.append(say("in the words of the document"))
        rows = [[*row, c.quote or ""] for row, c in zip(rows, formalised, strict=True)]
    yield _table(heads, rows)
    if policy.unmodelled:
        yield _heading(say("What was not formalised"))
        rows = [[u.clause, u.summary, u.because] for u in policy.unmodelled]
        yield _table([say("clause"), say("in our words"), say("reason")], rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = "|---" * len(heads)
    first, *rest = (f"| {' | '.join(map(esc, line))} |" for line in (heads, *rows))
    return "\n".join([first, f"{rule}|", *rest])
