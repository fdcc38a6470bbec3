"""Words that an amendment quotes are replaced where they stand, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policydsl.analyses.edits import script
from policydsl.base.diagnostic import Diagnostic
from policydsl.front.amend import amend
from policydsl.syntax import ast
from policydsl.syntax.parse import parse

ROOT = Path(__file__).parents[2]
POLICY = """policy "Leave"
    histories from 2025-01-01
    month ends last day

role Clerk
role Reader

clause 1 "a loan is for 30 days, 7 days for films"
    state due: date or none = none
    state loans: count = 0
    occurrence borrow by Reader
        field film: boolean
        field copies: count in 1 .. 6
        where film implies copies = 1
    on borrow
        set due = if film then today + 7 days else today + 30 days
        set loans = loans + copies
        set due = today + 1 day when copies = 5 and not film and loans < 2
    schedule over: the day after due while due is not none
        set due = none

clause 2 "ten in a quarter at most, five of them films"
    count lately: borrow, this one included, within any 90 days up to 20
    define many: boolean = lately > 10 or loans > 5
    define level: count
        2 when lately >= 10 and loans >= 3
        1 when lately >= 5
        0 otherwise
    table band of loans: count, exactly one row
        [0, 3):  0
        [3, 10]: 1
        no row:  2
    act block by Clerk permitted when many
"""
HEAD = 'amendment "Longer" of "Leave"\n\n'


def amended(change: str, policy: str = POLICY) -> tuple[ast.File | None, list[Diagnostic]]:
    found: list[Diagnostic] = []
    trees = [parse(text, name) for text, name in ((policy, "a.policy"), (HEAD + change, "b.amendment"))]
    assert not any(d for _, d in trees), trees[1][1]
    return amend(trees[0][0], trees[1][0], found), found


def spliced(old: str, new: str, policy: str = POLICY) -> ast.File:
    assert policy.count(old) == 1
    return parse(policy.replace(old, new), "a.policy")[0]


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ("in clause 1\n    replace 30 days with 45 days\n", "+ 30 days", "+ 45 days"),
        ("in clause 1\n    replace 30 days with 2 months\n", "+ 30 days", "+ 2 months"),
        ("in clause 1\n    replace copies = 5 with copies = 4\n", "copies = 5", "copies = 4"),
        ("in clause 1\n    replace copies = 1\n    with copies <= 2\n", "copies = 1", "copies <= 2"),
        (
            "in clause 1\n    replace set loans = loans + copies\n    with set loans = loans + 1 when copies > 0\n",
            "set loans = loans + copies",
            "set loans = loans + 1 when copies > 0",
        ),
        (
            "in clause 1\n    replace if film then today + 7 days else today + 30 days with today + 30 days\n",
            "if film then today + 7 days else today + 30 days",
            "today + 30 days",
        ),
        (
            "in clause 1\n    replace not film and loans < 2 with not film and loans < 3\n",
            "not film and loans < 2",
            "not film and loans < 3",
        ),
        (
            "in clause 1\n    replace copies = 5 and not film with not film and copies >= 4\n",
            "copies = 5 and not film",
            "not film and copies >= 4",
        ),
        ("in clause 2\n    replace 90 days with 3 months\n", "90 days", "3 months"),
        ("in clause 2\n    replace lately > 10 with lately >= 10\n", "lately > 10", "lately >= 10"),
        (
            "in clause 2\n    replace lately > 10 or loans > 5 with lately > 10 and loans > 5\n",
            "> 10 or",
            "> 10 and",
        ),
        ("in clause 2\n    in define level\n        replace 10 with 12\n", ">= 10", ">= 12"),
        ("in clause 2\n    in define level\n        replace lately >= 5 with lately > 5\n", ">= 5", "> 5"),
    ],
)  # fmt: skip
def test_words_are_replaced_where_they_stand(change: str, old: str, new: str) -> None:
    made, found = amended(change)
    assert (made, found) == (spliced(old, new), [])


def test_two_values_change_places() -> None:
    made, found = amended("in clause 1\n    replace 30 days with 7 days\n    replace 7 days with 30 days\n")
    assert not found
    assert made == spliced("today + 7 days else today + 30 days", "today + 30 days else today + 7 days")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("in clause 1\n    replace 31 days with 45 days\n", "E0701", "clause 1 does not say this"),
        ("in clause 2\n    replace 5 with 6\n", "E0701", "clause 2 says this 2 times: which of them is meant?"),
        ("in clause 2\n    in define level\n        replace 3 days with 6\n", "E0701", "`level` does not say this"),
        ("in clause 1\n    replace film with not film\n", "E0701", "a name alone says too little to be found"),
        ("in clause 1\n    replace 30 days with 30 days\n", "E0703", "this replaces a wording by itself"),
        ("in clause 2\n    replace 90 days with 2\n", "E0701", "a rolling window has a length in days or months"),
        ("in clause 1\n    replace copies = 5 and not film with film\n", "E0701", "clause 1 does not say this"),
        ("in clause 1\n    replace 6 with loans + 1\n", "E0301", "a constant is needed here"),
        ("in clause 1\n    replace 6 with loans\n", "E0301", "a constant is needed here"),
        ("in clause 2\n    replace 90 days with 0 days\n", "E0701", "a rolling window has a length in days or months"),
    ],
)
def test_mistakes(change: str, code: str, said: str) -> None:
    made, found = amended(change)
    assert made is None
    assert [(d.code, d.message) for d in found] == [(code, said)]


def test_what_is_shown_of_what_is_there() -> None:
    _, (found,) = amended("in clause 2\n    replace 5 with 6\n")
    assert [(n.span.line, n.message) for n in found.notes] == [(24, "here"), (27, "and here")]
    _, (found,) = amended("in clause 2\n    replace lately > 11 with lately > 10\n")
    assert [n.span.line for n in found.notes] == [24, 26, 27]
    assert found.hint == "is the amendment applied already?"


def quotable(tree: ast.File, text: str) -> Iterator[tuple[str, ast.Node, str, str]]:
    """Yield each number, duration, comparison, sum and alternative that a clause of `tree` says once, and another."""
    said = script(tree, text)
    for clause in tree.items:
        if isinstance(clause, ast.Clause):
            inside = [n for n in ast.nodes(clause) if not isinstance(n, ast.Name)]
            for node in inside:
                if inside.count(node) > 1:
                    continue
                match node:
                    case ast.Integer(value=value) | ast.Duration(amount=value):
                        old = said.cut(node)
                        yield clause.number.number, node, old, old.replace(str(value), str(value + 1), 1)
                    case ast.Compare() | ast.Sum() | ast.Or() | ast.And() | ast.IsNone() | ast.In():
                        yield clause.number.number, node, said.cut(node), "(not something_else)"
                    case _:
                        pass


def test_every_wording_that_is_there_once_can_be_quoted() -> None:
    for path in (ROOT / "specs" / "creator_network.policy", ROOT / "specs" / "minis.policy"):
        text = path.read_text(encoding="utf-8")
        tree, _ = parse(text, "a.policy")
        title = next(i.title.value for i in tree.items if isinstance(i, ast.Policy))
        said, tried = script(tree, text), 0
        for number, node, old, new in list(quotable(tree, text))[::7]:
            start, end = said.stretch(node.span)
            wanted, wrong = parse(text[:start] + new + text[end:], "a.policy")
            change, _ = parse(f'amendment "x" of "{title}"\n\nin clause {number}\n    replace {old} with {new}\n', "b")
            found: list[Diagnostic] = []
            made = amend(tree, change, found)
            assert not wrong, (old, new)
            assert (found, made == wanted) == ([], True), (number, old, new)
            tried += 1
        assert tried > 5
