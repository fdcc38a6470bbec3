"""A report as a Word document that a lawyer can annotate: headings, tables, numbered steps. Pure."""

import io
import zipfile
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from policydsl.report.diagnostics import harmless, render_diagnostic, source_texts
from policydsl.report.html import View, overall
from policydsl.report.language import Language, language
from policydsl.report.model import Finding, Report, Story
from policydsl.report.text import open_words, summary
from policydsl.report.verdicts import place_words
from policydsl.report.words import words_of

_COLOURS = {"good": "1C6A3C", "bad": "A2241C", "open": "7D5200", "known": "4B4A8F", "depends": "0B6273"}
_LONGEST = 2_000
"""Characters of one text: Word becomes slow with endless words."""
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Every document says that it was made then: the same report gives the same bytes."""


def render_docx(report: Report, code: str = "en") -> bytes:
    """Return `report` as a .docx file in the language with this code."""
    document = docx.Document()
    writer = _Writer(document, language(code), report)
    writer.front()
    for index, policy in enumerate(report.policies, start=1):
        writer.policy(View(f"p{index}", policy, words_of(policy, code)))
    properties = document.core_properties
    properties.title, properties.author, properties.comments = overall(report, language(code)).words, "policydsl", ""
    properties.created = properties.modified = _BEGINNING
    made = io.BytesIO()
    document.save(made)
    return _without_clock(made.getvalue())


def _without_clock(data: bytes) -> bytes:
    """Return the same archive with one date for all its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return made.getvalue()


def _plain(text: str) -> str:
    text = "\n".join(map(harmless, text.split("\n")))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class _Writer:
    """Writes a document from its first page on."""

    def __init__(self, document: Document, lang: Language, report: Report) -> None:
        self.document, self.lang, self.report = document, lang, report
        self._page()

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Calibri", Pt(10.5)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")

    def text(self, text: str, style: str | None = None, *, colour: str | None = None, bold: bool = False) -> None:
        """Write a paragraph."""
        run = self.document.add_paragraph(style=style).add_run(_plain(text))
        run.bold = bold or None
        if colour is not None:
            run.font.color.rgb = _rgb(colour)

    def heading(self, text: str, level: int) -> None:
        """Write a heading."""
        self.document.add_heading(_plain(text), level)

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        """Write a table whose first row is repeated on every page."""
        table = self.document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.paragraphs[0].add_run(_plain(head)).bold = True
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001  the library has no way
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = _plain(text)

    def front(self) -> None:
        """Write the verdict and everything that limits it."""
        say, verdict = self.lang.say, overall(self.report, self.lang)
        self.heading(verdict.words, 0)
        self.text(summary(self.report, self.lang), colour=_COLOURS[verdict.kind], bold=True)
        if not self.report.complete:
            self.text(open_words(self.report, self.lang), colour=_COLOURS["bad"], bold=True)
        for bug in self.report.bugs:
            said = say("a bug in policydsl, while it worked on `{about}`: {reason}", about=bug.about, reason=bug.reason)
            self.text(said, colour=_COLOURS["bad"], bold=True)
        texts = source_texts(self.report)
        for diagnostic in self.report.diagnostics:
            self.text(render_diagnostic(diagnostic, texts), colour=_COLOURS["bad" if diagnostic.is_error else "open"])
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
            self.text(say("warning: {sentence}", sentence=finding.sentence), colour=_COLOURS["open"])
        self.missing(view)

    def finding(self, view: View, finding: Finding, kind: str) -> None:
        """Write one finding."""
        say = self.lang.say
        self.heading(view.sentence(finding), 2)
        came, expected = view.verdict(finding), view.expected(finding)
        self.text(
            say("{came_out}; expected: {expected}", came_out=came, expected=expected), colour=_COLOURS[kind], bold=True
        )
        self.text(place_words(finding, self.lang))
        if finding.unmodelled:
            self.text(view.assumes(finding), colour=_COLOURS["open"])
        for clause in view.quotes(finding):
            self.text(f"{clause.number}: “{clause.quote}”", "Quote")
        for reading in finding.readings:
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
        if finding.story is not None and not finding.readings:
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
            self.text(say("not known whether this is so: {sentence}", sentence=sentence), colour=_COLOURS["open"])
        if policy.readings:
            self.heading(say("Ambiguities"), 2)
            for reading in policy.readings:
                name = view.words.name(reading.name)
                self.text(f"{name} ({reading.clause}): {reading.question}", bold=True)
                for option, about in reading.options:
                    default = f" {say('(default)')}" if option == reading.default else ""
                    self.text(f"{view.words.value(reading.name, option)}{default}: {about}", "List Bullet")


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour)
