"""Random edits in which names are others as well: claims ask of them what they ask of the edit alone."""

import re

import pytest

from policydsl.analyses.diff_claims import Judging, same_question
from policydsl.analyses.diff_names import names_of
from policydsl.engines.verdict import Budget
from policydsl.front.wordings import Wordings
from tests.analyses.comparing import loaded, renamed
from tests.analyses.random_wordings import pair
from tests.analyses.test_diff_random_edits import CLAIMS

MORE = """guarantee every "every"
    cites 1
    for every z: K
    after e when k = z: s[z] <= 2
guarantee under "under"
    cites 1
    under e.k is a and way is one
    after e: x <= old x + n or kind is a
guarantee paid "paid"
    cites 1
    within 2 days of e when k is b: flag or s[b] = 0
"""
OTHERWISE = (
    {"x": "y", "y": "x"},
    {"K.a": "K.b", "K.b": "K.a"},
    {"e": "ev", "e.n": "ev.mm", "e.k": "ev.kk"},
    {"way": "mode", "flag": "odd", "odd": "flag"},
    {"cn": "cnt", "t": "tab", "d": "dd", "p": "q", "price": "cost", "K": "Kind"},
    {"f": "ff", "due_one": "due_uno", "kind": "x", "x": "kind", "A": "B", "B": "A"},
)


def called(text: str, renames: dict[str, str]) -> str:
    """Return `text` with its words outside quotation marks as `renames` have them."""
    short = {old.rpartition(".")[2]: new.rpartition(".")[2] for old, new in renames.items()}
    parts = re.split(r'("[^"]*")', text)
    return "".join(p if p.startswith('"') else re.sub(r"[A-Za-z_]+", lambda w: short.get(w[0], w[0]), p) for p in parts)


def both(seed: int, renames: dict[str, str]) -> Wordings | None:
    old, new = pair(seed)
    found = loaded(old, called(new, renames), CLAIMS + MORE)
    return None if any(d.is_error for d in found.diagnostics) else found.wordings


@pytest.mark.parametrize("seed", range(12))
def test_a_claim_asks_the_same_under_other_names(seed: int) -> None:
    renames = OTHERWISE[seed % len(OTHERWISE)]
    plain, otherwise = both(seed, {}), both(seed, renames)
    assert (plain is None) == (otherwise is None)
    if plain is None or otherwise is None:
        return
    known = {a: b for a, b in renames.items() if a in plain.old.symbols and b in otherwise.new.symbols}
    judging = Judging(Budget(), 1, [], back=names_of(otherwise.old, otherwise.new, known).old())
    for one, other in zip(plain.claims, renamed(otherwise, CLAIMS + MORE, known).claims, strict=True):
        assert (one.new is None) == (other.new is None), (one.old.name, other.why)
        if one.new is not None and other.new is not None:
            assert same_question(one.new.question, other.new.question, judging), one.old.name
