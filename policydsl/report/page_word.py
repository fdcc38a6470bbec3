"""A page as a Word document that a lawyer can annotate. Pure."""

from typing import assert_never

from policydsl.report.language import language
from policydsl.report.page import Block, Figure, Grid, Heading, Items, Line, Narrative, Page, Source
from policydsl.report.word import COLOURS, WordFile


def render_page_word(page: Page) -> bytes:
    """Return `page` as a .docx file."""
    file = WordFile()
    file.heading(page.title.text, 0)
    if page.summary:
        file.text(page.summary, colour=COLOURS.get(page.title.look), bold=True)
    for block in page.blocks:
        _block(file, block)
    if page.version:
        file.text(language(page.code).say("made by policydsl {version}", version=page.version))
    return file.saved(page.title.text)


def _block(file: WordFile, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            file.heading(text, level)
        case Line(text=text, look=look):
            file.text(text, colour=COLOURS.get(look), bold=bool(look))
        case Items(lines=lines):
            for line in lines:
                file.text(line.text, "List Bullet", colour=COLOURS.get(line.look))
        case Grid(heads=heads, rows=rows):
            file.table(list(heads), [[cell.text for cell in row] for row in rows])
        case Source(text=text):
            for row in text.split("\n"):
                file.source(row)
        case Narrative(opening=opening, steps=steps, ending=ending):
            for said in opening:
                file.text(said)
            for step in steps:
                file.text(f"{step.label} {step.text}", "List Continue")
            for said in ending:
                file.text(said, "Quote")
        case Figure():
            pass
        case _:
            assert_never(block)
