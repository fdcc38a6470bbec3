"""From the place where the parser stopped to a message that says what to write instead. Looks at the text alone."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from policydsl.base.diagnostic import Diagnostic, Note
from policydsl.base.span import Span
from policydsl.syntax.lookalikes import OPERATORS, SYNONYMS, TYPOGRAPHIC


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

_WORD = re.compile(
    r'"(?:\\.|[^"\\])*"?'
    r"|[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"
    r"|[0-9]+(?:[.,][0-9]+)*"
    r"|[^\W\d]\w*(?:\.\w+)*"
    r"|[=<>!&|+\-*/^~]+|:=|\.\."
    r"|."
)
_OPERATOR_RUN = re.compile(r"[=<>!&|+\-*/^~]*$")
_BRACKETS = re.compile(r'"(?:\\.|[^"\\\n])*"|--[^\n]*|[()\[\]{}]')
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_GREGORIAN = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}")
_PREFIX = re.compile(r"(?<![\w.])(not|old|new) +$")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")


def describe(mistake: Mistake) -> Diagnostic:
    """Return the diagnostic for `mistake`: first what the text around it gives away, then what the grammar knows."""
    bracket = _bracket(mistake)
    if bracket is not None:
        return bracket
    match mistake.kind:
        case "dedent":
            indent = len(mistake.source()) - len(mistake.source().lstrip(" "))
            message = "this line is indented to a depth that no block above has"
            hint = "line it up with the lines above that it belongs to"
            return Diagnostic("E0102", mistake.span(1, indent + 1), message, hint=hint)
        case "indent":
            return _indented(mistake)
        case "glued":
            return _glued(mistake)
        case "line end":
            return _line_end(mistake)
        case "word":
            return _missing_block(mistake) if mistake.expected == {"_INDENT"} else _word(mistake)


# --- layout --------------------------------------------------------------------------------------


def _words_of(line: str) -> tuple[int, int]:
    """Return the columns where the words of `line` begin and end, its comment left out."""
    quoted = re.match(r'(?:"(?:\\.|[^"\\])*"|(?!--).)*', line)
    body = (quoted.group() if quoted else line).rstrip()
    return len(body) - len(body.lstrip(" ")) + 1, len(body) + 1


def _line_before(mistake: Mistake, line: int) -> int:
    """Return the number of the last line before `line` that has words."""
    lines = mistake.chunk.split("\n")
    numbers = (n for n in range(line - 1, 0, -1) if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("--"))
    return next(numbers, 1)


def _indented(mistake: Mistake) -> Diagnostic:
    start, end = _words_of(mistake.source())
    if mistake.line == 1:
        message = "an item of a policy starts in the first column"
        return Diagnostic("E0102", mistake.span(start, end), message, hint="remove the spaces before it")
    above = _line_before(mistake, mistake.line)
    left, right = _words_of(mistake.chunk.split("\n")[above - 1])
    note = Note(mistake.span(left, right, above), "the line above, which takes no block")
    hint = "line the two up; a line goes on in the next one only inside brackets"
    message = "this line is indented, but the line above opens no block"
    return Diagnostic("E0102", mistake.span(start, end), message, notes=(note,), hint=hint)


def _missing_block(mistake: Mistake) -> Diagnostic:
    line = mistake.line if mistake.kind == "line end" else _line_before(mistake, mistake.line)
    text = mistake.chunk.split("\n")[line - 1]
    start, end = _words_of(text)
    message, hint = "an indented block is missing below this line", "indent what belongs to it by four spaces"
    return Diagnostic("E0102", mistake.span(start, end, line), message, hint=hint)


def _line_end(mistake: Mistake) -> Diagnostic:
    if mistake.expected == {"_INDENT"}:
        return _missing_block(mistake)
    _, end = _words_of(mistake.source())
    message = f"the line ends too early; {_expectation(mistake)}"
    return Diagnostic("E0101", mistake.span(end, end + 1), message, hint=_whole_line(mistake))


def _glued(mistake: Mistake) -> Diagnostic:
    line, at = mistake.source(), mistake.column - 1
    start = re.search(r"\w*$", line[:at])
    first = start.group() if start else ""
    rest = re.match(r"[\w.]+", line[at:])
    second = rest.group() if rest else ""
    span = mistake.span(at + 1 - len(first), at + 1 + len(second))
    meant = f"{first} {second}" if len(second) > 2 else first  # noqa: PLR2004  an ending, as in `expects`
    hint = f"did you mean `{meant}`?"
    return Diagnostic("E0101", span, f"`{first}{second}` cannot stand here", hint=hint)


# --- brackets ------------------------------------------------------------------------------------


def _bracket(mistake: Mistake) -> Diagnostic | None:
    """Explain the mistake by brackets that do not match, if they do not. An interval may mix `(` and `]`."""
    stop = _index(mistake)
    stack: list[int] = []
    for match in _BRACKETS.finditer(mistake.chunk):
        symbol, at = match.group(), match.start()
        if symbol in "([{":
            stack.append(at)
        elif symbol in ")]}":
            if stack and (symbol == "}") == (mistake.chunk[stack[-1]] == "{"):
                stack.pop()
            elif at == stop:
                return _not_opened(mistake, stack)
    line_start = mistake.chunk.rfind("\n", 0, stop) + 1 if mistake.kind == "word" else stop
    earlier = [at for at in stack if at < line_start]
    if not earlier:
        return None
    symbol = mistake.chunk[earlier[-1]]
    line = mistake.chunk.count("\n", 0, earlier[-1]) + 1
    column = earlier[-1] - mistake.chunk.rfind("\n", 0, earlier[-1])
    span = mistake.span(column, column + 1, line)
    return Diagnostic("E0104", span, f"this `{symbol}` is never closed", hint=f"add `{_CLOSING[symbol]}`")


def _index(mistake: Mistake) -> int:
    """Return the index of the mistake in its chunk."""
    return sum(len(line) + 1 for line in mistake.chunk.split("\n")[: mistake.line - 1]) + mistake.column - 1


def _not_opened(mistake: Mistake, stack: list[int]) -> Diagnostic:
    at = mistake.column
    symbol = mistake.source()[at - 1]
    if not stack:
        message = f"this `{symbol}` closes a bracket that was never opened"
        return Diagnostic("E0104", mistake.span(at, at + 1), message, hint="remove it, or add the bracket that opens")
    opening = mistake.chunk[stack[-1]]
    message = f"`{symbol}` cannot close the bracket `{opening}`"
    return Diagnostic("E0104", mistake.span(at, at + 1), message, hint=f"write `{_CLOSING[opening]}`")


# --- words ---------------------------------------------------------------------------------------


def _word(mistake: Mistake) -> Diagnostic:
    line, at = mistake.source(), mistake.column - 1
    if at >= len(line):
        return _line_end(mistake)
    found = _WORD.match(line, at)
    text = found.group() if found else line[at]
    ascii_form = _ascii(text[0])
    if ascii_form is not None:
        return _foreign(mistake, text[0], ascii_form)
    if text[0] == '"' and not _closed(text):
        span = mistake.span(at + 1, len(line.rstrip()) + 1)
        return Diagnostic("E0103", span, "this text has no closing quote", hint='end it with `"` on the same line')
    run = _OPERATOR_RUN.search(line[:at])
    if run and text[0] in "=<>!&|+-*/^~" and run.group() + text in OPERATORS:
        at, text = at - len(run.group()), run.group() + text
    if text == "=" and line[:at].endswith(":"):
        at, text = at - 1, ":="
    date = next((m for m in _GREGORIAN.finditer(line) if m.start() <= at < m.end()), None)
    if date is not None:
        at, text = date.start(), date.group()
    span = mistake.span(at + 1, at + 1 + len(text))
    meant = _replacement(mistake, text)
    if meant is not None:
        return Diagnostic("E0101", span, f"`{text}` cannot stand here", hint=meant)
    message = f"`{text}` cannot stand here; {_expectation(mistake)}"
    return Diagnostic("E0101", span, message, hint=_advice(mistake, text, line, at))


def _closed(text: str) -> bool:
    return re.fullmatch(r'"(?:\\.|[^"\\])*"', text) is not None


def _ascii(character: str) -> str | None:
    """Return what to type instead of `character`, if it comes from another keyboard."""
    if character.isascii():
        return None
    if character in TYPOGRAPHIC:
        return TYPOGRAPHIC[character]
    usual = unicodedata.normalize("NFKC", character)
    return usual if len(usual) == 1 and usual.isascii() and not usual.isalpha() else None


def _foreign(mistake: Mistake, character: str, usual: str) -> Diagnostic:
    span = mistake.span(mistake.column, mistake.column + 1)
    name = unicodedata.name(character, "character").lower()
    instead = "an ordinary space" if usual == " " else f"`{usual}`"
    message = f"`{character}` ({name}) cannot stand outside of quotes"
    end = usual in {";", "."} and mistake.column + 1 >= _words_of(mistake.source())[1]
    hint = "remove it: a line ends without a mark" if end else f"write {instead}, from the English keyboard"
    return Diagnostic("E0111", span, message, hint=hint)


def _replacement(mistake: Mistake, text: str) -> str | None:
    """Say what to write instead of `text`, if that is clear enough not to list what else could stand there."""
    if text[0] == "#" or text in {"//", "/*", ";;"}:
        return "a comment begins with `--`"
    if text in OPERATORS:
        return f"write `{OPERATORS[text]}`"
    if text in {"+=", "-="}:
        return f"write the whole sum: `set x = x {text[0]} ...`"
    if text[0] in "$€£¥￥":
        return "write the currency behind the amount: `5 CNY`"
    if text == ";":
        return "a line ends without a mark"
    if text == "'":
        return 'a text stands in double quotes: `"..."`'
    if _GREGORIAN.fullmatch(text):
        return "write a date as year-month-day: 2026-01-31"
    for meant in SYNONYMS.get(text.lower(), ()):
        if mistake.wants(meant) or mistake.wants(meant.split(" ")[0]):
            return f"write `{meant}`"
    close = difflib.get_close_matches(text.lower(), _expected_words(mistake), 1, 0.7)
    return f"did you mean `{close[0]}`?" if close else None


def _advice(mistake: Mistake, text: str, line: str, at: int) -> str | None:
    """Say what else may help about `text` at the index `at` of `line`."""
    if text == "," and _THOUSANDS.search(line) and _between_digits(line, at):
        return "write a number without separators: 1000000"
    if text == "," and _between_digits(line, at):
        return "write a decimal point: 1.50"
    if text == ":" and "_NL" in mistake.expected:
        return "a line that opens a block ends without `:`"
    if text == ".." and mistake.wants(":"):
        return "write an interval: `[70, 80]`"
    if text == "implies" or (text in {"*", "/"} and re.search(r"[*/]", line[:at])):
        return "use brackets to say what belongs together"
    if mistake.expected == {"CLAUSE"}:
        return "write the number of the clause without quotes"
    if mistake.expected == {"STRING"}:
        return 'a text stands in double quotes: `"..."`'
    if mistake.expected == {"MONTH"}:
        return "write the month first: `January 1`"
    prefix = _PREFIX.search(line[:at])
    if prefix is not None and text[0].isalnum():
        return f"put brackets around `{prefix.group(1)} ...`"
    if mistake.wants("set") and re.match(r"[\w.]+(\[.*?\])? *=", line[at:]):
        return f"did you mean `set {text} = ...`?"
    if mistake.wants(":") and text[0].isalnum():
        return "is a `:` missing before it?"
    return _whole_line(mistake)


def _between_digits(line: str, at: int) -> bool:
    return line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit()


def _expected_words(mistake: Mistake) -> list[str]:
    """Return the expected words in a fixed order, those of terminals with several words included."""
    words = {mistake.keywords[t] for t in mistake.expected if t in mistake.keywords}
    several = (_WORDS[t] for t in mistake.expected if t in _WORDS)
    words |= {word for text in several for word in re.findall(r"`([a-z]+)(?: of)?`", text)}
    return sorted(w for w in words if w[0].isalpha())


def _whole_line(mistake: Mistake) -> str | None:
    """Say what is odd about the line as a whole."""
    line = mistake.source()
    if len(re.findall(r'(?<!\\)"', line)) % 2:
        return "the line has an odd number of quotes: one is missing"
    if mistake.wants("otherwise") and mistake.kind == "line end":
        return "a single value stands on the line of `define`, behind `=`"
    if mistake.wants("up"):
        return "say how many are told apart at most: `up to 3`"
    return None


# --- what could stand here -----------------------------------------------------------------------


def _expectation(mistake: Mistake) -> str:
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
