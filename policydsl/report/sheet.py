"""What all our HTML pages share: the templates, the one style sheet, and how text is put in. Everything is escaped."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from policydsl.report.diagnostics import bounded, harmless, in_code

_FOLDER = Path(__file__).parent / "templates"


def style_sheet() -> str:
    """Return the style sheet."""
    return (_FOLDER / "report.css").read_text(encoding="utf-8")


def style_hash(style: str) -> str:
    """Return what a content security policy calls the one style sheet that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"


def picture_style(style: str) -> str:
    """Return the rules for pictures with the colours of print: not every printer applies those of the page."""
    printed = style[style.index("@media print") :]
    colours = dict(re.findall(r"(--[\w-]+): ([^;]+);", printed[: printed.index("}")]))
    rules = re.findall(r"\.picture (\.?[\w-][^{}]*\{[^}]*\})", style)
    return re.sub(r"var\((--[\w-]+)\)", lambda m: colours[m[1]], "\n".join(rules))


@cache
def environment(for_print: bool) -> Environment:  # noqa: FBT001  a key of the cache
    """Return the templates, for screens or for paper."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printed if for_print else _shown,
        keep_trailing_newline=True,
    )
    made.filters["coded"] = partial(_coded, _printed if for_print else _shown)
    return made


def _shown(value: object) -> object:
    """Return what is put into the page for `value`: invisible characters are shown, our own markup passes."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(harmless, value.split("\n")))
    return value


def _printed(value: object) -> object:
    """Return what is put on paper: long words may break anywhere, as a browser has it by its style sheet."""
    shown = _shown(value)
    if not isinstance(shown, str) or isinstance(shown, Markup) or len(shown) < _LONG_WORD:
        return shown
    return re.sub(rf"\S{{{_LONG_WORD}}}", lambda m: f"{m[0]}\u200b", bounded(shown))


_LONG_WORD = 40


def _coded(shown: Callable[[object], object], text: str) -> Markup:
    """Return `text` escaped, with what stands in backticks as code."""
    code, plain = Markup("<code>{}</code>"), Markup("{}")
    return Markup().join((code if is_code else plain).format(shown(p)) for p, is_code in in_code(text))
