"""What stands behind `possible when` and `permitted when`: on the line of the event or below it, without its facts."""

import pytest

from policydsl.front.load import load_files

POLICY = """policy "Deposit"
    histories from 2024-01-01

role Landlord

clause 1 "deductions"
    state left: count = 3
    HEAD
        field amount: count default 1
        LINE
    on deduct
        set left = left - amount
"""


def load_with(head: str, line: str) -> tuple[list[str | None], str]:
    """Return the hints of what is wrong, and the condition of the event."""
    text = POLICY.replace("HEAD", head).replace("        LINE\n", line)
    loaded = load_files({"p.policy": text}, lambda name: ({"p.policy": text}[name], ()))
    return [d.hint for d in loaded.diagnostics], str([e.guard for p in loaded.policies for e in p.system.events])


@pytest.mark.parametrize(("kind", "word"), [("occurrence", "possible"), ("act", "permitted")])
def test_on_the_line_or_below(kind: str, word: str) -> None:
    wrong, guard = load_with(f"{kind} deduct by Landlord {word} when left > 0", "")
    assert not wrong
    assert (wrong, guard) == load_with(f"{kind} deduct by Landlord", f"        {word} when left > 0\n")


@pytest.mark.parametrize(("kind", "word"), [("occurrence", "possible"), ("act", "permitted")])
def test_it_cannot_look_at_the_facts(kind: str, word: str) -> None:
    wrong, _ = load_with(f"{kind} deduct by Landlord {word} when amount <= left", "")
    assert len(wrong) == 1
    assert wrong[0] is not None
    assert "is a line `where ...`" in wrong[0]
    assert load_with(f"{kind} deduct by Landlord", "        where amount <= left\n")[0] == []
