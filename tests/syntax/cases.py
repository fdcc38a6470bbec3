"""The policies that the tests of this folder read, and strategies for damaged ones."""

from pathlib import Path

from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "syntax"
GOOD = tuple(sorted((CASES / "good").glob("*.policy")))
BAD = tuple(sorted((CASES / "bad").glob("*.policy")))
TRANSCRIBED = tuple(sorted(p for folder in ("specs", "proofs", "examples") for p in (ROOT / folder).rglob("*.policy")))

EVERY_CONSTRUCT = (CASES / "good" / "every_construct.policy").read_text(encoding="utf-8")

WORDS = (
    *("policy", "clause", "role", "enum", "state", "occurrence", "act", "define", "table", "on", "set", "when", "if"),
    *("then", "else", "not", "and", "or", "implies", "in", "is", "none", "old", "new", "min", "max", "otherwise"),
    *("guarantee", "always", "after", "count", "reading", "default", "label", "by", "days", "month", "year", "of"),
    *("x", "分数", "score", "3.2", "5", "50%", "1.5", "2024-02-29", "CNY", '"text"', '"', "'", "--", "-- note", "#"),
    *("(", ")", "[", "]", "{", "}", ":", ",", "=", "==", "<=", "..", "+", "-", "*", "/", ";", "，", "：", "“", "≤"),
    *("\n", "\n    ", "\n        ", "\n  ", "\n\n", " ", "\t", "\0", "\r\n", "\ufeff", "\u202e", "\u00a0"),
)
soup = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a valid text of which a stretch is deleted, doubled or replaced."""
    text = draw(st.sampled_from([EVERY_CONSTRUCT, *(p.read_text(encoding="utf-8") for p in GOOD)]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        patch = draw(st.one_of(st.just(""), st.just(text[start:end] * 2), st.sampled_from(WORDS), st.text(max_size=3)))
        text = text[:start] + patch + text[end:]
    return text
