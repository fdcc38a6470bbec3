"""The outline of a document: paragraphs under the numbers that the document gives them, split into sentences."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

from policydsl.base.records import dataclass
from policydsl.document.read import Paragraph

Path = tuple[str, ...]
"""The numbers down to a paragraph, each a number or a letter: `("3", "2", "1", "a")`."""

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九十")}
_STYLES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("article", r"\s*(?:Article|Section|Clause|Rule)\s+(?P<n>\d+)\b[\s.:–—-]*"),
        ("article", r"\s*第(?P<n>[一二三四五六七八九十\d]{1,4})[条章节]\s*"),
        (
            "appendix",
            r"\s*(?:Appendix|Annex|Schedule|附件|附录)\s*(?P<n>[IVX]+|\d+|[A-Z]|[一二三四五六七八九十]+)\b[\s.::–—-]*",
        ),
        ("§", r"\s*§\s*(?P<n>\d+)\s*"),
        ("1.1", r"\s*(?P<n>\d{1,3}(?:\.\d{1,3})+)\.?(?=[\s\W]|[^\W\d_])\s*"),
        ("1.", r"\s*(?P<n>\d{1,3})\.(?!\d)\s*"),
        ("1、", r"\s*(?P<n>\d{1,3})、\s*"),
        ("1)", r"\s*(?P<n>\d{1,3})[))]\s*"),
        ("一、", r"\s*(?P<n>[一二三四五六七八九十]{1,3})、\s*"),
        ("(一)", r"\s*[((](?P<n>[一二三四五六七八九十]{1,3})[))]\s*"),
        ("(1)", r"\s*[((](?P<n>\d{1,3})[))]\s*"),
        ("(a)", r"\s*[((](?P<n>[a-z]{1,4})[))]\s*"),
        ("a)", r"\s*(?P<n>[a-z])[)).]\s+"),
        ("A.", r"\s*(?P<n>[A-Z])\.\s+"),
        ("-", r"\s*(?P<n>[-•·*–])\s+"),
    )
)
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_HEADING = 80
_SHORT = "".join(
    f"(?<!{word}[.])" for word in (r"e\.g", r"i\.e", "etc", "No", "Pte", "Ltd", "Inc", "Co", "Art", "Mr", "Dr")
)
_CUT = re.compile(
    rf"(?<=[。!?;!?;])(?=\S)|(?<=[.!?])(?<!\b[A-Z][.]){_SHORT}[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9\u4e00-\u9fff])"
)
_SENTENCE = re.compile(r"[.!?:;。!?:;…][\"'”’))】]*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the document: `number` is the path it stands under, `place` a name for it that a person can use.

    `heading` says that it states nothing by itself; `loose`, that it comes behind a numbered sentence without a number
    of its own, and may belong to anything. `fingerprint` is a hash of its words alone.
    """

    place: str
    number: Path
    line: int
    text: str
    heading: bool
    loose: bool
    fingerprint: str


def outline(paragraphs: Iterable[Paragraph]) -> tuple[Passage, ...]:
    """Return the sentences of a document in its order, each under its number."""
    stack: list[tuple[str, Path]] = []
    counts: dict[Path, int] = {}
    made: list[Passage] = []
    titled = False
    for paragraph in paragraphs:
        style, number, rest = _marker(paragraph.text, stack)
        numbered = style is not None and style != "-"
        if style is not None and numbered:
            _enter(stack, style, number)
        path = stack[-1][1] if stack else ()
        counts[path] = counts.get(path, 0) + 1
        heading = _is_heading(paragraph, style, rest, path)
        titled = heading if numbered else titled
        for index, sentence in enumerate(_sentences(rest or paragraph.text), start=1):
            place = _place(path, counts[path], index)
            loose = not numbered and not titled
            made.append(Passage(place, path, paragraph.line, sentence, heading, loose, fingerprint(sentence)))
    return tuple(made)


def fingerprint(text: str) -> str:
    """Return a hash of the words of `text`: spaces, width of characters and case do not count."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode()).hexdigest()[:20]


def number_of(name: str) -> Path:
    """Return the path that the number of a clause means: `5.3.1-a`, `3A.4` and `3.2.1(a)`; none if it has no number."""
    base = name.partition("-")[0]
    if re.match(r"[A-Za-z]{2}", base):
        return ()
    parts = re.findall(r"\d+|[A-Za-z]+", base)
    return tuple(p.lower() for p in parts) if re.match(r"\d", base) else ()


# --- numbers -------------------------------------------------------------------------------------


def _marker(text: str, stack: list[tuple[str, Path]]) -> tuple[str | None, str, str]:
    """Return the style of the number that `text` begins with, the number, and what is left."""
    for style, pattern in _STYLES:
        found = pattern.match(text)
        if found is None:
            continue
        rest = text[found.end() :].strip()
        number = found.group("n")
        if style == "(a)":
            return _letters(number, stack), number, rest
        return style, number, rest
    return None, "", text.strip()


def _letters(number: str, stack: list[tuple[str, Path]]) -> str:
    """Tell (i) the letter from (i) the number: it is the letter where (h) went before."""
    before = next((path[-1] for style, path in reversed(stack) if style == "(a)"), "")
    follows = len(number) == 1 and before and ord(number) == ord(before[-1]) + 1
    in_romans = bool(stack) and stack[-1][0] == "(i)"
    roman = _ROMAN.fullmatch(number) is not None
    return "(i)" if roman and (in_romans or not follows) else "(a)"


def _enter(stack: list[tuple[str, Path]], style: str, number: str) -> None:
    """Move to `number`: beside its like, else one level down."""
    if style == "1.1":
        parts = tuple(number.split("."))
        while stack and not (stack[-1][0] in {"1.1", "1."} and stack[-1][1] == parts[: len(stack[-1][1])] != parts):
            stack.pop()
        stack.append((style, parts))
        return
    styles = [s for s, _ in stack]
    if style in {"article", "appendix", "§"}:
        stack.clear()
    elif style in styles:
        del stack[styles.index(style) :]
    elif style == "1." and "1.1" in styles:
        del stack[styles.index("1.1") :]
    above = stack[-1][1] if stack else ()
    part = _part(number, style)
    stack.append((style, (*above, f"app{part}") if style == "appendix" else (*above, part)))


def _part(number: str, style: str) -> str:
    """Return one part of a path: Chinese numerals as digits, letters small."""
    if number and number[0] in _DIGITS:
        tens, ten, ones = number.rpartition("十")
        value = (10 * (_DIGITS[tens] if tens else 1) if ten else 0) + (_DIGITS[ones] if ones else 0)
        return str(value)
    roman = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
    return roman.get(number, number.lower()) if style == "appendix" else number.lower()


# --- paragraphs ----------------------------------------------------------------------------------


def _is_heading(paragraph: Paragraph, style: str | None, rest: str, path: Path) -> bool:
    """Return whether a paragraph only names what follows: short, no end of a sentence, no colon, no item of a list."""
    if paragraph.heading or not rest:
        return True
    listed = paragraph.item or style in {"-", "(a)", "(i)", "(1)", "a)", "1)"}
    listed = listed or (style is not None and path[0].startswith("app") and len(path) > 1)
    worded = any(c.isalpha() for c in rest) and not any(c in ":：" for c in rest)
    return not listed and worded and len(rest) <= _HEADING and not _SENTENCE.search(rest)


def _sentences(text: str) -> Iterator[str]:
    for part in _CUT.split(text):
        if part.strip():
            yield part.strip()


def _place(path: Path, paragraph: int, sentence: int) -> str:
    return f"{'.'.join(path) or '0'}/{paragraph}/{sentence}"
