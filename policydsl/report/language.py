"""The languages of reports: messages from gettext catalogues, dates and numbers as their readers write them.

English is in the code, every other language in a catalogue: see `languages`.
"""

import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache, reduce
from gettext import GNUTranslations, NullTranslations

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from policydsl.base.records import dataclass
from policydsl.report.languages import ENGLISH, FOLDER

_LOCALES = {ENGLISH: "en_GB"}
"""Where the conventions of a language are those of a country; days go before months."""


def message(text: str) -> str:
    """Mark `text` as a message for the catalogues, to be said later."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """How to say things in one language; with `iso`, dates as ISO 8601 writes them."""

    code: str
    messages: NullTranslations
    iso: bool = False

    def say(self, message: str, **values: object) -> str:
        """Return the English `message` in this language, its placeholders filled in."""
        return self.messages.gettext(message).format_map(values)

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        """Return the form of a message that fits `number`, which it may call `{n}`."""
        return self.messages.ngettext(singular, plural, number).format_map({"n": self.number(number), **values})

    def date(self, text: str) -> str:
        """Return an ISO 8601 date in words."""
        return text if self.iso else _date(self.code, text)

    def number(self, number: int) -> str:
        """Return a whole number with the separators of this language."""
        return format_decimal(number, locale=_LOCALES.get(self.code, self.code))

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an exact amount of a currency (ISO 4217), every decimal kept."""
        locale = _LOCALES.get(self.code, self.code)
        return format_currency(amount, currency, locale=locale, decimal_quantization=False)

    def join(self, parts: list[str]) -> str:
        """Return `parts` as a list: one, two and three."""
        return format_list(parts, locale=_LOCALES.get(self.code, self.code)) if parts else ""

    def text(self, sentences: Iterable[str]) -> str:
        """Return `sentences` as a paragraph."""
        return reduce(lambda before, after: self.say("{before} {after}", before=before, after=after), sentences)

    def series(self, sentences: list[str]) -> str:
        """Return `sentences`, none of them ended, one after the other."""
        return self.say("; ").join(sentences)


@cache
def language(code: str) -> Language:
    """Return the language with this code, one of `languages.languages()`."""
    if code == ENGLISH:
        return Language(code, NullTranslations())

    compiled = io.BytesIO()
    with (FOLDER / f"{code}.po").open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=code))
    compiled.seek(0)
    return Language(code, GNUTranslations(compiled))


@cache
def _date(code: str, text: str) -> str:

    if not _ORDINARY.fullmatch(text):
        return text
    return format_date(date.fromisoformat(text), "long", locale=_LOCALES.get(code, code))


_ORDINARY = re.compile(r"(?!0000)\d{4}-\d\d-\d\d")
"""A date that needs no astronomer: the years 1 to 9999. Others are shown as they stand."""
