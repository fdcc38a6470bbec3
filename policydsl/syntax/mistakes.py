"""From the place where the parser stopped to a message that says what to write instead. Looks at the text alone."""

import re
import unicodedata

from policydsl.base.diagnostic import Diagnostic, did_you_mean
from policydsl.syntax.expected import Mistake, expectation, expected_words
from policydsl.syntax.layout import STARTS, bracket, indented, missing_block, words_of
from policydsl.syntax.lookalikes import OPERATORS, SYNONYMS, TYPOGRAPHIC

_WORD = re.compile(
    r'"(?:\\.|[^"\\])*"?'
    r"|[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"
    r"|[0-9]+(?:[.,][0-9]+)*"
    r"|[^\W\d]\w*(?:\.\w+)*"
    r"|[=<>!&|+\-*/^~]+|:=|\.\."
    r"|."
)
_OPERATOR_RUN = re.compile(r"[=<>!&|+\-*/^~]*$")
_GREGORIAN = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}")
_OF_EVENT = "a line of an event is changed with the whole event: `replace occurrence NAME` with all its lines"
_OF_RULE = "a line is added to a rule, or removed, with the whole rule: `replace on EVENT` with all its lines"
_EDITED = {**dict.fromkeys(("field", "choose", "where", "possible", "permitted"), _OF_EVENT), "set": _OF_RULE}
_INSIDE = "cases stand below `in define NAME`, rows below `in table NAME`"
_EDITED_LINE = re.compile(r" *(?:replace|with)\b *(\w*)")
_PREFIX = re.compile(r"(?<![\w.])(not|old|new) +$")
_PART = re.compile(r"(?<![\w.])(start|end|year|month|day|weekday) +$")
_NO_NAME = re.compile(r"(?<![\w.])(start|end|year|months?|days?|weekday|min|max|rows|old|new|permitted) *$")
_ROUNDED = re.compile(r"(?<![\w.])rounding +[a-z ]+$")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")


def describe(mistake: Mistake) -> Diagnostic:
    """Return the diagnostic for `mistake`: first what the text around it gives away, then what the grammar knows."""
    unmatched = bracket(mistake)
    if unmatched is not None:
        return unmatched
    match mistake.kind:
        case "dedent":
            indent = len(mistake.source()) - len(mistake.source().lstrip(" "))
            message = "this line is indented to a depth that no block above has"
            hint = "line it up with the lines above that it belongs to"
            return Diagnostic("E0102", mistake.span(1, indent + 1), message, hint=hint)
        case "indent":
            return indented(mistake)
        case "glued":
            return _glued(mistake)
        case "line end":
            return _line_end(mistake)
        case "word":
            return missing_block(mistake) if mistake.expected == {"_INDENT"} else _word(mistake)


def _line_end(mistake: Mistake) -> Diagnostic:
    if mistake.expected == {"_INDENT"}:
        return missing_block(mistake)
    _, end = words_of(mistake.source())
    message = f"the line ends too early; {expectation(mistake)}"
    hint = _word_as_name(mistake, mistake.source()[: end - 1]) or _whole_line(mistake)
    return Diagnostic("E0101", mistake.span(end, end + 1), message, hint=hint)


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
    message = f"`{text}` cannot stand here; {expectation(mistake)}"
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
    end = usual in {";", "."} and mistake.column + 1 >= words_of(mistake.source())[1]
    hint = "remove it: a line ends without a mark" if end else f"write {instead}, from the English keyboard"
    return Diagnostic("E0111", span, message, hint=hint)


def _replacement(mistake: Mistake, text: str) -> str | None:
    """Say what to write instead of `text`, if that is clear enough not to list what else could stand there."""
    if text[0] == "#" or text in {"//", "/*", ";;"}:
        return "a comment begins with `--`"
    if text in OPERATORS:
        return f"write `{OPERATORS[text]}`"
    if text == "starts":
        return STARTS
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
    return did_you_mean(text.lower(), expected_words(mistake), 0.7)


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
    if mistake.expected == {"NAME"} and text[0] == '"':
        return "a name stands without quotes"
    if mistake.expected == {"STRING"}:
        return 'a text stands in double quotes: `"..."`'
    if mistake.expected == {"MONTH"}:
        return "write the month first: `January 1`"
    if line[:at].strip() in {"replace", "with", "add", "remove"} and mistake.wants("occurrence"):
        if text[0] == '"':
            return "quote the words of the policy without quotation marks: `replace 30 days with 45 days`"
        if text[0] in "<>=!+-*/":
            return "quote what stands on both sides of it, too: `replace score >= 5 with score > 5`"
        return _EDITED.get(text, _INSIDE)
    part = _EDITED_LINE.match(line[:at])
    if part is not None and (part.group(1) in _EDITED or text in {"when", "otherwise", ",", ":"}):
        return _EDITED.get(part.group(1), _INSIDE)
    if re.match(r"in the (first|second) history", line[at:]):
        return "put brackets around it: `(x in the first history)`"
    if name := _word_as_name(mistake, line[:at]):
        return name
    whole = _unbracketed(text, line[:at])
    if whole is not None:
        return f"put brackets around {whole}"
    if mistake.wants("set") and re.match(r"[\w.]+(\[.*?\])? *=", line[at:]):
        return f"did you mean `set {text} = ...`?"
    if mistake.wants(":") and text[0].isalnum():
        return "is a `:` missing before it?"
    return _whole_line(mistake)


def _word_as_name(mistake: Mistake, before: str) -> str | None:
    """Say that a word at the end of the text `before` is no name, if only what the word begins could follow."""
    last = _NO_NAME.search(before)
    begins = any(mistake.wants(w) for w in ("of", "from", "(")) or mistake.expected == {"NAME"}
    return f"`{last.group(1)}` is a word of the language, and no name or value" if last and begins else None


def _unbracketed(text: str, before: str) -> str | None:
    """Say what of the text `before` the word `text` is one thing only in brackets."""
    if text in {"+", "-"} and _ROUNDED.search(before):
        return "the sum that is rounded"
    part, prefix = _PART.search(before), _PREFIX.search(before)
    if part is not None and text == "of":
        return f"`{part.group(1)} of ...`"
    return f"`{prefix.group(1)} ...`" if prefix is not None and text[0].isalnum() else None


def _between_digits(line: str, at: int) -> bool:
    return line[at - 1 : at].isdigit() and line[at + 1 : at + 2].isdigit()


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
