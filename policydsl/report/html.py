"""A report as one HTML page that needs nothing else: no network, no script. The templates escape everything. Pure."""

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from policydsl.base.records import dataclass
from policydsl.front.loaded import TableText
from policydsl.report.diagnostics import render_diagnostic, source_texts
from policydsl.report.drawing import clause_picture, gaps_of, story_picture, stretch_words, table_picture
from policydsl.report.endings import ending
from policydsl.report.language import Language, language
from policydsl.report.model import Clause, Evidence, Finding, PolicyReport, Report, exit_code
from policydsl.report.shapes import Picture
from policydsl.report.sheet import environment, picture_style, style_hash, style_sheet
from policydsl.report.telling import Told, story_opening, story_steps
from policydsl.report.text import general_words, open_words, shortened, summary
from policydsl.report.told import Story
from policydsl.report.verdicts import (
    assumption_words,
    evidence_words,
    expected_words,
    option_words,
    reading_words,
    verdict_words,
)
from policydsl.report.words import Words, words_of


def render_html(report: Report, code: str = "en", *, for_print: bool = False) -> str:
    """Return `report` as a page in the language with this code; `for_print`, pictures bring their own style sheets."""
    lang = language(code)
    style = style_sheet()
    template = environment(for_print).get_template("report.html")
    return template.render(
        report=report,
        lang=lang,
        say=lang.say,
        count=lang.count,
        style=Markup(style),  # noqa: S704  our own file
        own_style=Markup(picture_style(style)) if for_print else None,  # noqa: S704  same
        policy_hash=style_hash(style),
        views=[View(f"p{i}", policy, words_of(policy, code)) for i, policy in enumerate(report.policies, start=1)],
        verdict=overall(report, lang),
        summary=summary(report, lang),
        open_words=open_words(report, lang),
        diagnostic=_diagnostics(report),
        exit_code=exit_code(report),
    )


def _diagnostics(report: Report) -> Callable[[object], str]:
    texts = source_texts(report)
    return lambda d: render_diagnostic(d, texts)  # type: ignore[arg-type]  # templates carry no types


# --- at a glance ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overall:
    """The verdict of a run in a line; `kind` is how it looks."""

    kind: str
    words: str


def overall(report: Report, lang: Language) -> Overall:
    """Return the verdict at a glance. What is not known is never good."""
    findings = report.findings
    wrong = sum(f.status == "not as expected" for f in findings)
    wrong += sum(bool(h.diagnostics) for p in report.policies for h in p.histories)
    undecided = sum(f.status == "undecided" for f in findings) + report.open
    if report.bugs:
        return Overall("bad", lang.say("policydsl itself failed: this is not the whole answer"))
    if any(d.is_error for d in report.diagnostics):
        return Overall("bad", lang.say("The input was rejected"))
    if wrong:
        return Overall("bad", lang.count("{n} thing is not as expected", "{n} things are not as expected", wrong))
    if undecided:
        return Overall("open", lang.count("{n} question is undecided", "{n} questions are undecided", undecided))
    if not report.complete:
        return Overall("open", lang.say("Interrupted: this is not the whole answer"))
    if not findings:
        return Overall("open", lang.say("Nothing was asked"))
    if report.only:
        return Overall("good", lang.say("What was asked is as expected; other questions were left out"))
    if report.without_claims:
        return Overall("good", lang.say("What was asked is as expected; not every policy was given claims"))
    return Overall("good", lang.say("Everything is as expected"))


def kind_of(finding: Finding) -> str:
    """Return how a finding looks: bad and open need attention, good, known and depends are as expected."""
    if finding.status != "as expected":
        return "bad" if finding.status == "not as expected" else "open"
    return {"holds": "good", "depends": "depends"}.get(finding.verdict, "known")


KINDS = ("bad", "open", "good", "known", "depends")


@dataclass(frozen=True, slots=True)
class Item:
    """A finding with its place in the page."""

    anchor: str
    finding: Finding
    kind: str


class View:
    """One policy as the template asks for it."""

    def __init__(self, anchor: str, policy: PolicyReport, words: Words) -> None:
        self.anchor, self.policy, self.words = anchor, policy, words
        shown = [*policy.claims, *(o for o in policy.obligations if o.status != "as expected")]
        self.items = [Item(f"{anchor}-{i}", f, kind_of(f)) for i, f in enumerate(shown, start=1)]
        self.claims = [i for i in self.items if i.finding.origin == "claim"]

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.words.text(self.policy.title, self.policy.labels)

    @property
    def by_need(self) -> list[Item]:
        """The findings, what needs attention first."""
        return sorted(self.items, key=lambda i: {"bad": 0, "open": 1}.get(i.kind, 2))

    @property
    def attention(self) -> list[Item]:
        """The findings that need attention."""
        return [i for i in self.by_need if i.kind in {"bad", "open"}]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many findings of each kind."""
        return [(kind, n) for kind in KINDS if (n := sum(i.kind == kind for i in self.items))]

    @property
    def general(self) -> str:
        """What was proved of the text as such; nothing for nothing."""
        return general_words(self.policy.obligations, self.words.language)

    @property
    def tainted(self) -> list[Item]:
        """The findings that assume clauses as not modelled."""
        return [i for i in self.items if i.finding.unmodelled]

    def sentence(self, finding: Finding) -> str:
        """Return what is claimed."""
        return self.words.text(finding.sentence, finding.labels)

    def verdict(self, finding: Finding) -> str:
        """Return what came out."""
        return verdict_words(finding, self.words)

    def expected(self, finding: Finding) -> str:
        """Return what its author expects."""
        return expected_words(finding, self.words)

    def roles(self, finding: Finding) -> str:
        """Return whose interest it protects."""
        return self.words.language.join([self.words.name(role) for role in finding.protects])

    def quotes(self, finding: Finding) -> list[Clause]:
        """Return the cited clauses of which the document's own words are at hand."""
        return [c for c in self.policy.clauses if c.number in finding.cites and c.quote]

    def assumes(self, finding: Finding) -> str:
        """Return which clauses are taken as not modelled."""
        return assumption_words(finding, self.words)

    def option(self, finding: Finding, verdict: str) -> str:
        """Return what came out under an option."""
        return option_words(finding, verdict, self.words)  # type: ignore[arg-type]  # templates carry no types

    def reading(self, reading: object) -> str:
        """Return what is ambiguous."""
        return reading_words(reading, self.words)  # type: ignore[arg-type]  # same

    def opening(self, story: Story) -> tuple[str, ...]:
        """Return what is given, and how things stand in the beginning."""
        return story_opening(story, self.words)

    def steps(self, story: Story) -> tuple[Told, ...]:
        """Return the steps."""
        return story_steps(story, self.words, self.policy.clauses)

    def ending(self, finding: Finding, story: Story) -> list[str]:
        """Return how the story ends."""
        return list(ending(finding, story, self.words))

    def picture(self, story: Story) -> Picture | None:
        """Return the picture of a story, or of the two that a claim compares over each other."""
        stories = (story,) if story.beside is None else (story, story.beside)
        return story_picture(self.policy.tables, stories, self.words)

    def table(self, table: TableText) -> Picture | None:
        """Return a table as a picture."""
        return table_picture(table, self.words)

    def gaps(self, table: TableText) -> list[str]:
        """Return the stretches that no row of a table over one number covers."""
        if len(table.inputs) != 1 or not table.rows or not all(r.cells[0].stretch for r in table.rows):
            return []
        return [stretch_words(gap) for gap in gaps_of([r.cells[0] for r in table.rows])]

    @property
    def map(self) -> Picture:
        """The map of clauses."""
        claims = [i.finding for i in self.claims]
        return clause_picture(self.policy, claims, [i.kind for i in self.claims], self.words)

    @property
    def by_clause(self) -> Iterator[tuple[Clause, str, list[Item], int]]:
        """Each formalised clause, its summary, the claims that cite it, how many answers can depend on it."""
        missing = {u.clause for u in self.policy.unmodelled}
        for clause in self.policy.clauses:
            if clause.number not in missing:
                cited = [i for i in self.claims if clause.number in i.finding.cites]
                resting = sum(clause.number in i.finding.rests_on for i in self.claims)
                yield clause, self.words.text(clause.summary, clause.labels), cited, resting

    @property
    def split(self) -> list[tuple[Item, dict[str, Sequence[object]]]]:
        """The claims that depend on readings, with the options of each."""
        return [(i, {r.reading: r.options for r in i.finding.readings}) for i in self.items if i.finding.readings]

    @property
    def used_readings(self) -> list[str]:
        """The readings that some claim depends on."""
        used = {r.reading for i in self.items for r in i.finding.readings}
        return [r.name for r in self.policy.readings if r.name in used]

    def proof(self, evidence: Evidence) -> str:
        """Return how a proof was found, and its seal."""
        return evidence_words(evidence, self.words.language)

    def evidence(self, line: str) -> str:
        """Return a line of a proof, not endlessly long."""
        return shortened(line, self.words.language)
