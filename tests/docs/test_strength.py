"""What is recorded of small changes in the five documents: up to date, enough noticed, the rest explained."""

from functools import partial
from pathlib import Path

import pytest

from policydsl.analyses.edits import script
from policydsl.analyses.mutants import Mutant, mutants
from policydsl.analyses.replay import check_history
from policydsl.front.excuses import read_excuses
from policydsl.front.history_read import read_history
from policydsl.front.load import load, load_files
from policydsl.report.strength import Count, Recorded, count, read_record
from policydsl.syntax.parse import parse

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "specs").glob("*.policy"))
LEAST = 85
EVERY = 12
ANEW = "the policy was changed: `policydsl strength --write` finds out anew what is noticed"


def planted(policy: Path) -> tuple[Mutant, ...]:
    text = policy.read_text(encoding="utf-8")
    tree, _ = parse(text, str(policy))
    assert tree is not None
    return mutants(script(tree, text))


def read(text: str, _: str) -> tuple[str, tuple[()]]:
    return text, ()


def kept(policy: Path) -> tuple[Recorded, ...]:
    return read_record(policy.with_suffix(".strength.jsonl").read_text(encoding="utf-8"))


def excuses(policy: Path) -> dict[str, str]:
    path = policy.with_suffix(".unnoticed.yaml")
    if not path.exists():
        return {}
    found, wrong = read_excuses(path.read_text(encoding="utf-8"), str(path))
    assert wrong == ()
    return {e.change: e.because for e in found}


def counted(policy: Path) -> Count:
    return count(kept(policy), excuses(policy))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: p.stem)
def test_enough_changes_are_noticed_and_the_rest_is_explained(policy: Path) -> None:
    record = kept(policy)
    assert [r.change for r in record] == [m.name for m in planted(policy)], ANEW
    assert counted(policy).percent >= LEAST
    assert {r.change for r in record if r.fate == "unnoticed"} == excuses(policy).keys()
    assert all(bool(r.history or r.claim) == (r.fate == "noticed") for r in record)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: p.stem)
def test_some_changes_are_noticed_again(policy: Path) -> None:
    """Every twelfth change that a history is said to notice."""
    record = {r.change: r for r in kept(policy) if r.history}
    for mutant in [m for m in planted(policy) if m.name in record][::EVERY]:
        (changed,) = load_files([str(policy)], partial(read, mutant.text)).policies
        path = policy.with_suffix(".histories") / record[mutant.name].history
        history, _ = read_history(path.read_text(encoding="utf-8"), str(path), changed)
        assert history is None or check_history(changed, history), mutant.name


def test_who_is_said_to_notice_is_there() -> None:
    loaded = load([ROOT / "specs", ROOT / "proofs"])
    for policy in loaded.policies:
        names = {c.question.key for file in loaded.claims if file.policy is policy for c in file.claims}
        for each in kept(Path(policy.path)):
            owed = ":" in each.claim  # what the policy owes: under the changed wording, perhaps, alone
            assert not each.claim or owed or each.claim in names, (each.claim, ANEW)


def test_the_documentation_says_what_is_recorded() -> None:
    text = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    for policy in POLICIES:
        c = counted(policy)
        row = (policy.stem, c.noticed + c.unnoticed, f"{c.noticed} ({c.percent} %)", c.by_claims, c.unnoticed)
        assert f"| {' | '.join(map(str, row))} | {c.nothing} |" in text, row
    counts = [counted(policy) for policy in POLICIES]
    noticed, rest = sum(c.noticed for c in counts), sum(c.unnoticed for c in counts)
    assert f" {noticed} of {noticed + rest} " in (ROOT / "README.md").read_text(encoding="utf-8")
