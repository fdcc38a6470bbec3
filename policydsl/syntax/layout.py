"""Mistakes of layout: lines that are indented wrongly, brackets that do not match."""

import re

from policydsl.base.diagnostic import Diagnostic, Note
from policydsl.syntax.expected import Mistake

_BRACKETS = re.compile(r'"(?:\\.|[^"\\\n])*"|--[^\n]*|[()\[\]{}]')
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def words_of(line: str) -> tuple[int, int]:
    """Return the columns where the words of `line` begin and end, its comment left out."""
    quoted = re.match(r'(?:"(?:\\.|[^"\\])*"|(?!--).)*', line)
    body = (quoted.group() if quoted else line).rstrip()
    return len(body) - len(body.lstrip(" ")) + 1, len(body) + 1


def _line_before(mistake: Mistake, line: int) -> int:
    """Return the number of the last line before `line` that has words."""
    lines = mistake.chunk.split("\n")
    numbers = (n for n in range(line - 1, 0, -1) if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("--"))
    return next(numbers, 1)


STARTS = "write it behind the type, on the line of the state: `state NAME: TYPE starts where ...`"


def indented(mistake: Mistake) -> Diagnostic:
    """Explain a line that is indented without reason."""
    start, end = words_of(mistake.source())
    if mistake.line == 1:
        message = "an item of a policy starts in the first column"
        return Diagnostic("E0102", mistake.span(start, end), message, hint="remove the spaces before it")
    above = _line_before(mistake, mistake.line)
    left, right = words_of(mistake.chunk.split("\n")[above - 1])
    note = Note(mistake.span(left, right, above), "the line above, which takes no block")
    hint = "line the two up; a line goes on in the next one only inside brackets"
    if mistake.source().lstrip().startswith("starts where"):
        hint = STARTS
    message = "this line is indented, but the line above opens no block"
    return Diagnostic("E0102", mistake.span(start, end), message, notes=(note,), hint=hint)


def missing_block(mistake: Mistake) -> Diagnostic:
    """Explain a line that nothing stands below, though something must."""
    line = mistake.line if mistake.kind == "line end" else _line_before(mistake, mistake.line)
    text = mistake.chunk.split("\n")[line - 1]
    start, end = words_of(text)
    message, hint = "an indented block is missing below this line", "indent what belongs to it by four spaces"
    return Diagnostic("E0102", mistake.span(start, end, line), message, hint=hint)


def bracket(mistake: Mistake) -> Diagnostic | None:
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
