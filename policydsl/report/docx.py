"""A report as a Word document that a lawyer can annotate: headings, tables, numbered steps. Pure."""

from policydsl.report.diagnostics import render_diagnostic, source_texts
from policydsl.report.html import View, overall
from policydsl.report.language import Language, language
from policydsl.report.model import Finding, Report
from policydsl.report.text import open_words, summary
from policydsl.report.told import Story
from policydsl.report.verdicts import history_words, place_words
from policydsl.report.word import COLOURS, WordFile
from policydsl.report.words import words_of


def render_docx(report: Report, code: str = "en") -> bytes:
    """Return `report` as a .docx file in the language with this code."""
    writer = _Writer(WordFile(), language(code), report)
    writer.front()
    for index, policy in enumerate(report.policies, start=1):
        writer.policy(View(f"p{index}", policy, words_of(policy, code)))
    return writer.file.saved(overall(report, language(code)).words)


class _Writer:
    """Writes a report from its first page on."""

    def __init__(self, file: WordFile, lang: Language, report: Report) -> None:
        self.file, self.lang, self.report = file, lang, report
        self.text, self.heading, self.table = file.text, file.heading, file.table

    def front(self) -> None:
        """Write the verdict and everything that limits it."""
        say, verdict = self.lang.say, overall(self.report, self.lang)
        self.heading(verdict.words, 0)
        self.text(summary(self.report, self.lang), colour=COLOURS[verdict.kind], bold=True)
        if not self.report.complete:
            self.text(open_words(self.report, self.lang), colour=COLOURS["bad"], bold=True)
        for bug in self.report.bugs:
            said = say("a bug in policydsl, while it worked on `{about}`: {reason}", about=bug.about, reason=bug.reason)
            self.text(said, colour=COLOURS["bad"], bold=True)
        texts = source_texts(self.report)
        for diagnostic in self.report.diagnostics:
            self.text(render_diagnostic(diagnostic, texts), colour=COLOURS["bad" if diagnostic.is_error else "open"])
        self.text(say("made by policydsl {version}", version=self.report.version))

    def policy(self, view: View) -> None:
        """Write one policy: what needs attention, all questions, each by itself, and what was left out."""
        say, policy = self.lang.say, view.policy
        self.heading(view.title, 1)
        source = " · ".join(p for p in (policy.document, policy.edition, policy.path) if p)
        self.text(source)
        heads = [say("question"), say("clauses"), say("what came out"), say("expected")]
        rows = [
            [view.sentence(i.finding), ", ".join(i.finding.cites), view.verdict(i.finding), view.expected(i.finding)]
            for i in view.by_need
        ]
        if rows:
            self.table(heads, rows)
        if view.general:
            self.text(view.general)
        for item in view.by_need:
            self.finding(view, item.finding, item.kind)
        for finding in policy.dead:
            self.text(say("warning: {sentence}", sentence=view.sentence(finding)), colour=COLOURS["open"])
        for history in (h for h in policy.histories if h.diagnostics):
            self.text(history_words(history, self.lang), colour=COLOURS["bad"], bold=True)
            for diagnostic in history.diagnostics:
                self.text(render_diagnostic(diagnostic, source_texts(self.report)))
        self.missing(view)

    def finding(self, view: View, finding: Finding, kind: str) -> None:
        """Write one finding."""
        say = self.lang.say
        self.heading(view.sentence(finding), 2)
        came, expected = view.verdict(finding), view.expected(finding)
        self.text(
            say("{came_out}; expected: {expected}", came_out=came, expected=expected), colour=COLOURS[kind], bold=True
        )
        self.text(place_words(finding, self.lang))
        if finding.unmodelled:
            self.text(view.assumes(finding), colour=COLOURS["open"])
        for clause in view.quotes(finding):
            self.text(f"{clause.number}: “{clause.quote}”", "Quote")
        for reading in finding.told_readings:
            self.text(view.reading(reading), bold=True)
            for option in reading.options:
                said = say(
                    "{option} ({about}): {came_out}",
                    option=view.words.value(reading.reading, option.option),
                    about=option.summary,
                    came_out=view.option(finding, option.verdict),
                )
                self.text(said, "List Bullet")
                if option.story is not None:
                    self.story(view, finding, option.story)
        if finding.story is not None and not finding.told_readings:
            self.story(view, finding, finding.story)

    def story(self, view: View, finding: Finding, story: Story) -> None:
        """Write a story: steps are numbered in words, so that an annotation can name them."""
        for paragraph in view.opening(story):
            self.text(paragraph)
        for step in view.steps(story):
            self.text(f"{step.label} {step.text}", "List Continue")
        for paragraph in view.ending(finding, story):
            self.text(paragraph, "Quote")

    def missing(self, view: View) -> None:
        """Write what was not formalised and how ambiguities were read."""
        say, policy = self.lang.say, view.policy
        self.heading(say("What was not formalised"), 2)
        if policy.unmodelled:
            rows = [[u.clause, u.summary, u.because] for u in policy.unmodelled]
            self.table([say("clauses"), say("summary"), say("reason")], rows)
        else:
            self.text(say("Every clause of the document is formalised."))
        for sentence in policy.unsure:
            self.text(
                say("not known whether this is so: {sentence}", sentence=view.words.text(sentence, {})),
                colour=COLOURS["open"],
            )
        if policy.readings:
            self.heading(say("Ambiguities"), 2)
            for reading in policy.readings:
                name = view.words.name(reading.name)
                self.text(f"{name} ({reading.clause}): {reading.question}", bold=True)
                for option, about in reading.options:
                    default = f" {say('(default)')}" if option == reading.default else ""
                    self.text(f"{view.words.value(reading.name, option)}{default}: {about}", "List Bullet")
