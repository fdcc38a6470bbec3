"""Attempts at a proof, each with more help: none, few lemmas, many, the months, cases, longer windows.

What an attempt finds is a claim like any other: `answers.accept` has it shown anew before anybody sees it.
"""

from policydsl.core.moves import PHASE
from policydsl.engines import houdini, kinduction, spacer
from policydsl.engines.answers import Way, accept, note, prove
from policydsl.engines.bench import PAIRS, Bench, Inquiry, fix
from policydsl.engines.verdict import Verdict

EXACT_LEVEL = 2
"""The level of the abstract calendar that has the leap rule, and so is exact."""

_MANY_MONTHS = 60


def induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try plain induction without any help; of two histories, with what is likely of the two sides, and little else."""
    likely = bench.paired and not inquiry.manner.suspect
    return prove(bench, inquiry, ((0, 1, "twins" if likely else "alone"),))


def shortly_helped_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try plain induction with lemmas."""
    return prove(bench, inquiry, ((0, 1, "lemmas"),))


def simply_helped_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try plain induction with few lemmas: of one history, with what authors say of it, by itself, first of all."""
    said: tuple[Way, ...] = () if bench.paired else ((0, 1, "asked"),)
    return prove(bench, inquiry, (*said, (0, 1, "simple")))


def simply_paired_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with what relates the two copies of one variable: much of what is asked of wordings needs no more."""
    if not bench.helpers or not bench.paired or inquiry.manner.wanted != "verdict":
        return None
    return prove(bench, inquiry, ((0, 1, "copies"),))


def early_helped_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try that first of two histories whose story nobody reads: much of what is asked of wordings holds."""
    if not bench.helpers or inquiry.manner.wanted != "verdict":
        return None
    found = prove(bench, inquiry, ((0, 1, "twins"), (0, 1, "lemmas")))
    return found or early_paired_induction(bench, inquiry)


def indexed_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try what facts of one index say of each other: two histories may be alike as what parts them leaves marks."""
    indexed = any("[" in v.name for v in bench.system.variables)
    if not indexed or not bench.helpers or inquiry.manner.wanted != "verdict":
        return None
    return prove(bench, inquiry, ((0, 1, "indexed"),))


def later_paired_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try pairs of steps where a claim has failed: under an option of a reading it mostly fails as well, and soon."""
    return None if inquiry.manner.wanted == "verdict" else early_paired_induction(bench, inquiry)


def helped_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try induction with lemmas over a second step, and with the months; before so many are searched, the leap rule."""
    exact: tuple[Way, ...] = ((EXACT_LEVEL, 1, "part"),) if bench.budget.horizons[0] > _MANY_MONTHS else ()
    bare: tuple[Way, ...] = () if bench.paired else ((1, 1, "alone"),)
    return prove(bench, inquiry, ((0, 2, "lemmas"), *bare, (1, 1, "lemmas"), *exact))


def early_paired_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try that first of two histories that come to differ, and may be alike again, in steps of their own."""
    apart = any(v.name == PHASE for v in bench.system.variables)
    return paired_induction(bench, inquiry) if apart else None


def paired_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try over two steps, with what the helpers guess: of two histories, that a difference is gone again."""
    return prove(bench, inquiry, ((0, PAIRS, "guesses"),)) if bench.helpers else None


def own_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try few lemmas under the question's own assumptions, and for an option of a reading all of these.

    What all questions have in common was too little, and is so over two steps.
    """
    if not inquiry.fixed:
        return None
    own: tuple[Way, ...] = ((0, 1, "own"),)
    return prove(bench, inquiry, (*own, (0, 1, "all lemmas")) if _of_an_option(inquiry) else own)


def _of_an_option(inquiry: Inquiry) -> bool:
    return bool(inquiry.fixed) and inquiry.manner.wanted != "story"


def strong_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with all lemmas there are, and with facts of just what the question is about."""
    first: tuple[Way, ...] = () if _of_an_option(inquiry) else ((0, 1, "all lemmas"),)
    ways: tuple[Way, ...] = ((0, 1, "facts"), (EXACT_LEVEL, 1, "part"), (0, 2, "all lemmas"), (1, 1, "all lemmas"))
    return prove(bench, inquiry, (*first, *ways))


def by_cases(bench: Bench, inquiry: Inquiry, *, paired: bool = False) -> Verdict | None:
    """Try what is so case by case: of one history before long searches, of two when all else failed."""
    return prove(bench, inquiry, ((0, 1, "cases"),)) if bench.paired == paired else None


def property_directed(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with lemmas made for this very question."""
    question = inquiry.question
    system = bench.under(inquiry.fixed)
    for level in range(EXACT_LEVEL):
        if inquiry.meter.spent or inquiry.met or (level > 0 and not bench.abstract(0).dated):
            return None
        note(bench, inquiry, f"property-directed reachability, calendar {level}")
        found = spacer.search(system, question.property, level, inquiry.meter)
        if isinstance(found, spacer.Invariant):
            unrolling, fixed = bench.abstract(level), fix(bench.abstract(level), inquiry)
            pool = houdini.Pool(unrolling, found.conjuncts, fixed)
            proof = kinduction.prove(unrolling, question.property, fixed, pool, k=1, meter=inquiry.meter)
            verdict = None if proof is None else accept(bench, inquiry, proof)
            if verdict is not None:
                bench.learned += found.conjuncts
                return verdict
    return None


def taught_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with the lemmas that were made for other questions: with the months they may say more than they did there."""
    for level in range(EXACT_LEVEL + 1 if bench.learned else 0):
        if inquiry.meter.spent or inquiry.met or (level > 0 and not bench.abstract(0).dated):
            return None
        note(bench, inquiry, f"lemmas of other questions, calendar {level}")
        unrolling, fixed = bench.abstract(level), fix(bench.abstract(level), inquiry)
        pool = houdini.Pool(unrolling, bench.learned, fixed)
        proof = kinduction.prove(unrolling, inquiry.question.property, fixed, pool, k=1, meter=inquiry.meter)
        verdict = None if proof is None else accept(bench, inquiry, proof)
        if verdict is not None:
            return verdict
    return None


def long_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try longer windows."""
    ways: list[Way] = [(level, k, "all lemmas") for k in range(2, bench.budget.max_k + 1) for level in (0, 1)]
    return prove(bench, inquiry, [way for way in ways if way != (0, 2, "all lemmas")])


def exact_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with the leap rule, which is exact and dear."""
    return prove(bench, inquiry, ((EXACT_LEVEL, 1, "all lemmas"), (EXACT_LEVEL, 2, "all lemmas")))
