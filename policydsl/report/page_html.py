"""A page as HTML that needs nothing else: no network, no script. The template escapes everything. Pure."""

from typing import assert_never

from markupsafe import Markup

from policydsl.report.language import language
from policydsl.report.page import Block, Figure, Grid, Heading, Items, Line, Narrative, Page, Source
from policydsl.report.sheet import environment, style_hash, style_sheet


def render_page_html(page: Page) -> str:
    """Return `page` as HTML."""
    lang, style = language(page.code), style_sheet()
    return (
        environment(False)  # noqa: FBT003  for a screen
        .get_template("page.html")
        .render(
            page=page,
            lang=lang,
            say=lang.say,
            style=Markup(style),  # noqa: S704  our own file
            policy_hash=style_hash(style),
            kind_of=_kind,
        )
    )


def _kind(block: Block) -> str:
    """Return what the template calls a block."""
    match block:
        case Heading():
            return "heading"
        case Line():
            return "line"
        case Items():
            return "items"
        case Grid():
            return "grid"
        case Narrative():
            return "narrative"
        case Figure():
            return "figure"
        case Source():
            return "source"
        case _:
            assert_never(block)
