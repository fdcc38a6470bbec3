"""What becomes of claims and flaws, in a word; which fates are bad, which good, and how soon a reader wants to know."""

from policydsl.analyses.fates import Fate, FlawFate
from policydsl.report.diff_model import ClaimLine
from policydsl.report.language import Language, message

_FATES: dict[Fate | FlawFate, str] = {
    "untouched": message("untouched"),
    "kept": message("kept"),
    "lost": message("lost"),
    "gained": message("gained"),
    "mended": message("mended"),
    "perhaps mended": message("perhaps mended"),
    "worse": message("worse"),
    "other readings": message("other readings"),
    "empty": message("about nothing any more"),
    "meaningless": message("meaningless"),
    "undecided": message("undecided"),
    "new": message("new"),
}

BAD: frozenset[Fate] = frozenset({"lost", "worse", "meaningless"})
GOOD: frozenset[Fate] = frozenset({"gained", "mended"})
QUIET: frozenset[Fate] = frozenset({"untouched", "kept"})


def fate_word(fate: Fate | FlawFate, lang: Language) -> str:
    """Return what becomes of a claim or a flaw, in a word."""
    return lang.say(_FATES[fate])


def place(fate: Fate) -> int:
    """Return how soon a reader wants to know of a fate: of losses first, of what stays as it was last."""
    return _ORDER.index(fate)


_ORDER: tuple[Fate, ...] = (
    "lost", "worse", "meaningless", "undecided", "other readings", "empty", "gained", "mended", "kept", "untouched",
)  # fmt: skip


def how_soon(line: ClaimLine) -> int:
    """Return the place of a claim among all."""
    return place(line.fate)
