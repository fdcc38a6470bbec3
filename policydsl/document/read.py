"""Source documents as paragraphs: plain text, HTML, Word. Pure: the caller brings the bytes."""

import io
import re
from collections.abc import Iterator

from policydsl.base.records import dataclass

TEXT, HTML, WORD = frozenset({".txt", ".md", ""}), frozenset({".html", ".htm", ".xhtml"}), frozenset({".docx"})
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form h1 "
        "h2 h3 h4 h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead tr ul",
    )
)
_SILENT = ("script", "style", "template", "noscript", "head")
_ENDED = re.compile(r"[.!?:;。!?:;…][\"'”’)】]*$")
_MARKED = re.compile(r"\s*(?:[-*•·]\s|\(?\w{1,4}[.)、)]|\d+(?:\.\d+)+\s|第.{1,4}条|Article\s)")
_WRAP = 110
"""Lines of a text that is broken by hand are hardly longer."""


class UnreadableError(Exception):
    """The bytes are not what the name of the file says; the message says why."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, heading, list item or table cell; `line` is where it begins, or its number in files without lines.

    `heading` and `item` are known for HTML and Word only.
    """

    text: str
    line: int
    heading: bool = False
    item: bool = False


def read_document(data: bytes, ending: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a file with this `ending`.

    Raises:   `UnreadableError`.
    """
    if ending in WORD:
        return tuple(_word(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is not UTF-8 (byte {error.start + 1})") from error
    return tuple(_html(text) if ending in HTML else _text(text))


def _text(text: str) -> Iterator[Paragraph]:
    """Yield lines as paragraphs; the lines of a paragraph broken by hand are joined."""
    lines = [line.strip() for line in text.splitlines()]
    wrapped = max(map(len, lines), default=0) <= _WRAP and sum(map(len, lines)) > _WRAP * 2
    kept: list[str] = []
    start = 0
    for number, line in enumerate([*lines, ""], start=1):
        continues = wrapped and kept and line and not _ENDED.search(kept[-1]) and not _MARKED.match(line)
        if kept and not continues:
            yield Paragraph(" ".join(kept), start)
            kept = []
        if line:
            start = start if kept else number
            kept.append(line)


def _html(text: str) -> Iterator[Paragraph]:
    from selectolax.lexbor import LexborHTMLParser, LexborNode  # noqa: PLC0415  heavy, and for one kind of file

    tree = LexborHTMLParser(text)
    tree.strip_tags(list(_SILENT), recursive=True)
    number = 0

    def walk(node: LexborNode, mark: str) -> Iterator[tuple[str, str]]:
        """Yield (tag of the innermost block, text) in order, `mark` being the number of the list item."""
        inline: list[str] = []
        counter = int(node.attributes.get("start") or 1) if node.tag == "ol" else 0
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                inline.append(child.text(deep=False))
            elif child.tag == "br":
                if said := _joined(inline):
                    yield node.tag or "", mark + said
                    inline, mark = [], ""
            elif child.tag in _BLOCKS or any(n.tag in _BLOCKS for n in child.traverse(include_text=False)):
                if said := _joined(inline):
                    yield node.tag or "", mark + said
                    inline, mark = [], ""
                own = _item_mark(node, counter) if child.tag == "li" else mark
                counter += child.tag == "li"
                yield from walk(child, own)
                mark = ""
            else:
                inline.append(child.text(deep=True, separator=""))
        if said := _joined(inline):
            yield node.tag or "", mark + said

    if tree.body is None:
        return
    for tag, said in walk(tree.body, ""):
        if said.strip():
            number += 1
            yield Paragraph(said.strip(), number, re.fullmatch("h[1-6]", tag) is not None, tag == "li")


def _item_mark(parent: "object", counter: int) -> str:
    """Return how a browser numbers the item: `3. `, `c. `, `iii. `; a dash in lists without numbers."""
    tag, kind = getattr(parent, "tag", ""), getattr(parent, "attributes", {}).get("type") or "1"
    if tag != "ol":
        return "- "
    letter = chr(ord("a") + (counter - 1) % 26)
    roman = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
    shown = {"a": letter, "A": letter.upper(), "i": roman[(counter - 1) % 10], "I": roman[(counter - 1) % 10].upper()}
    return f"{shown.get(kind, counter)}. "


def _joined(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _word(data: bytes) -> Iterator[Paragraph]:
    """Yield paragraphs and cells with the numbers that Word shows before them."""
    from docx2python import docx2python  # noqa: PLC0415  see above
    from docx2python.iterators import iter_paragraphs  # noqa: PLC0415  see above

    try:
        with docx2python(_with_own_numbers(data)) as document:
            found = [" ".join(str(p).split()) for p in iter_paragraphs(document.body)]
    except Exception as error:  # a broken archive fails in many ways, none of them ours
        raise UnreadableError(f"it is no Word document: {error}") from error
    for number, text in enumerate((t for t in found if t), start=1):
        yield Paragraph(text.replace("-- ", "- ", 1) if text.startswith("-- ") else text, number)


def _with_own_numbers(data: bytes) -> io.BytesIO:
    """Return the document with the numbering of styles copied to the paragraphs that have these styles."""
    from copy import deepcopy  # noqa: PLC0415  see above

    from docx import Document  # noqa: PLC0415  see above

    document = Document(io.BytesIO(data))
    for paragraph in document.element.body.iter("{*}p"):
        properties = paragraph.get_or_add_pPr()
        style = document.styles.element.get_by_id(properties.style) if properties.style else None
        while properties.numPr is None and style is not None:
            found = style.pPr.numPr if style.pPr is not None else None
            if found is not None:
                copied = deepcopy(found)
                if copied.ilvl is None:
                    copied.get_or_add_ilvl().val = 0
                properties.insert_element_before(copied, "w:spacing", "w:ind", "w:jc", "w:rPr")
            based = style.basedOn_val
            style = document.styles.element.get_by_id(based) if based else None
    made = io.BytesIO()
    document.save(made)
    made.seek(0)
    return made
