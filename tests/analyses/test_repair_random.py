"""Random policies and claims: every repair is made by hand in the text, and lived through in all short histories."""

from collections.abc import Iterator
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.analyses.edits import Edit
from policydsl.analyses.retelling import tell_anew
from policydsl.base.calendar import from_civil
from policydsl.core.expr import TODAY
from policydsl.core.system import Property, Step, System, Trace
from policydsl.engines.verdict import Manner, Proved, Vacuous
from policydsl.front.wordings import reworded
from policydsl.semantics import interpret
from tests.analyses.comparing import Here, wordings
from tests.analyses.repairing import base_of, search, sound
from tests.analyses.test_diff_random import PARTS, TEXT

CLAIMS = {
    "floor": "always score >= {n}",
    "fall": "after e: score >= old score - {n}",
    "flagged": "always flag implies score <= {n}",
    "late": "after f: old score < {n}",
    "often": "after e when old flag: score = old score",
    "kept": "after reset: flag = old flag",
}
FIRST = from_civil(2024, 1, 30)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    policy = TEXT.format(**{name: draw(st.sampled_from(options)) for name, options in PARTS.items()})
    names = draw(st.lists(st.sampled_from(sorted(CLAIMS)), min_size=2, max_size=3, unique=True))
    said = [f'finding {n} "x"\n    cites 1, 2\n    {CLAIMS[n].format(n=draw(st.integers(0, 2)))}\n' for n in names]
    return policy, 'claims about "Random"\n\n' + "\n".join(said), names


def by_hand(text: str, edits: tuple[Edit, ...]) -> str | None:
    """Return `text` with `edits` made as an editor would; None where one of them adds a line."""
    changes = [c for e in edits for c in e.changes]
    if not all(e.changes for e in edits):
        return None
    for start, end, now in sorted(changes, reverse=True):
        text = text[:start] + now + text[end:]
    return text


def short(system: System) -> Iterator[Trace]:
    """Yield the histories of up to three steps on two days, what the calendar causes not counted."""
    start = interpret.initial_state(system, {}, FIRST, {})
    assert not isinstance(start, interpret.Rejected)
    known = {e.name for e in system.events}
    steps = [("e", {"e.k": 0}), ("e", {"e.k": 1}), ("e", {"e.k": 2}), ("f", {}), ("g", {})]
    for length in (1, 2, 3):
        for chosen in product([s for s in steps if s[0] in known], repeat=length):
            for later in range(length + 1):
                days = [int(start[TODAY]) + 2 * (i >= later) for i in range(length)]
                told = Trace({}, start, tuple(Step(n, d, i) for (n, i), d in zip(chosen, days, strict=True)))
                made = tell_anew(system, {}, told)
                if made is not None:
                    yield made


def holds(system: System, claim: Property) -> bool:
    return all(interpret.violation(system, trace, claim) is None for trace in short(system))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(cases())
def test_a_repair_does_what_it_says(case: tuple[str, str, list[str]]) -> None:
    policy, claims, names = case
    base = base_of(policy, claims)
    for repair, offered in search(base, names[0], most=1, tries=4):
        sound(base, names[0], offered)
        made = reworded(base, offered)
        assert made is not None
        hand = by_hand(policy, repair.edits)
        if hand is not None:
            assert wordings(policy, hand).new.system == made.new.system
        bad = {*repair.cost.lost, *repair.cost.worse, *repair.cost.undecided}
        for pair in made.claims:
            (before,) = Here(2.0).ask([pair.old.question], wanted=Manner("verdict"))
            kept = repair.cost.whole and pair.old.name not in bad and isinstance(before, Proved | Vacuous)
            if pair.old.name in {names[0], *repair.cost.mended} or kept:
                assert pair.new is not None
                assert holds(made.new.system, pair.new.question.property), (offered, pair.old.name)
