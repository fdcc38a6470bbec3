"""A place where the parser stopped, and what could have stood there, in words."""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from policydsl.base.records import dataclass
from policydsl.base.span import Span


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where reading `chunk` (an item, `offset` lines below the top of `file`) stopped, and what could have stood there.

    `line` and `column` count from 1 within the chunk; `expected` holds names of terminals, `keywords` the words
    that some of them stand for. The kinds: a word that does not fit, a line that ends too early, a line that is
    indented without reason, a line indented to no open depth, two words without a space between them.
    """

    chunk: str
    file: str
    offset: int
    kind: Literal["word", "line end", "indent", "dedent", "glued"]
    line: int
    column: int
    expected: frozenset[str]
    keywords: Mapping[str, str]

    def source(self) -> str:
        """Return the line it is about."""
        return self.chunk.split("\n")[self.line - 1]

    def span(self, start: int, end: int, line: int | None = None) -> Span:
        """Return the stretch from column `start` to just before `end` of a line of the chunk."""
        number = (self.line if line is None else line) + self.offset
        return Span(self.file, number, start, number, max(end, start + 1))

    def wants(self, word: str) -> bool:
        """Whether the keyword or symbol `word` could stand here."""
        return any(self.keywords.get(t) == word for t in self.expected)


_WORDS = {
    "NAME": "a name",
    "STRING": "a text in double quotes",
    "CLAUSE": "a clause number",
    "INT": "a number",
    "DECIMAL": "a number",
    "DATE": "a date such as 2026-01-31",
    "_NL": "the end of the line",
    "_INDENT": "an indented block",
    "_DEDENT": "the end of the block",
    "CURRENCY": "a currency such as CNY",
    "MONTH": "a month such as January",
    "WEEKDAY": "a weekday such as Monday",
    "TIMEZONE": "a time zone such as Asia/Shanghai",
    "CLAIM_KIND": "`guarantee`, `finding` or `lemma`",
    "ORDER": "a comparison such as `<=`",
    "SIGN": "`+` or `-`",
    "PART": "`year of`, `month of`, `day of` or `weekday of`",
    "PERIOD": "`month` or `year`",
    "DAYS": "`days`",
    "WEEKS": "`weeks`",
    "MONTHS": "`months`",
    "YEARS": "`years`",
    "POINTS": "`points`",
    "ENDS": "`inclusive` or `exclusive`",
    "CALENDAR_UNIT": "`year` or `month`",
    "ROLLING_UNIT": "`days` or `months`",
    "IN_HISTORY": "`in the first history` or `in the second history`",
    "SAME": "`the same in both histories`",
    "EVERYTHING_SAME": "`everything is the same in both histories`",
    "ON_ONE_DAY": "`on one day`",
    "_ANOTHER": "`,`",
}
_SHOWN = 8
"""How many of the things that could stand at a place a message lists."""

_VALUE = frozenset(
    ("NAME", "INT", "DECIMAL", "DATE", "PART", "DAYS", "SIGN", "(", "yes", "no", "none", "old", "new", "min", "max")
) | {"start", "end", "rows", "months", "permitted", "EVERYTHING_SAME", "SAME"}
_OPERATOR = frozenset(
    [
        "ORDER",
        "=",
        "!=",
        "SIGN",
        "and",
        "or",
        "implies",
        "is",
        "in",
        "not",
        "includes",
        "*",
        "/",
        "rounding",
        "IN_HISTORY",
    ]
)
_UNIT = frozenset(["DAYS", "WEEKS", "MONTHS", "YEARS", "POINTS", "CURRENCY", "business", "%"])


def expectation(mistake: Mistake) -> str:
    """Return what could stand where reading stopped, in words."""
    words = _in_words(mistake.expected - {"_DEDENT"}, mistake.keywords)
    if not words:
        return "nothing more is expected"
    shown = words[:_SHOWN] + (["others"] if len(words) > _SHOWN else [])
    return "expected " + (", ".join(shown[:-1]) + " or " + shown[-1] if len(shown) > 1 else shown[0])


def _in_words(expected: Iterable[str], keywords: Mapping[str, str]) -> list[str]:
    """Return what the terminals stand for; large families under one name, words before symbols."""
    rest = set(expected)
    words: set[str] = set()
    for family, name in ((_VALUE, "a value"), (_OPERATOR, "an operator"), (_UNIT, "a unit such as `days` or `CNY`")):
        members = {t for t in rest if keywords.get(t, t) in family}
        if len(members) > 4:  # noqa: PLR2004  fewer are clearer one by one
            words.add(name)
            rest -= members
    words |= {f"`{keywords[t]}`" if t in keywords else _WORDS.get(t, t) for t in rest}
    return sorted(words, key=lambda w: (w.startswith("`"), w))


def expected_words(mistake: Mistake) -> list[str]:
    """Return the expected words in a fixed order, those of terminals with several words included."""
    words = {mistake.keywords[t] for t in mistake.expected if t in mistake.keywords}
    several = (_WORDS[t] for t in mistake.expected if t in _WORDS)
    words |= {word for text in several for word in re.findall(r"`([a-z]+)(?: of)?`", text)}
    return sorted(w for w in words if w[0].isalpha())
