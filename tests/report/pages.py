"""Pages made by hand: readings and proofs, with names that mean harm."""

from policydsl.report.ambiguity import FORMAT, ClaimReadings, PolicyReadings, ReadingMatters, ReadingsReport, TwoOptions
from policydsl.report.blame import BlameReport, Rests
from policydsl.report.blame_page import blame_page
from policydsl.report.page import Page
from policydsl.report.readings_page import readings_page
from tests.report.samples import report


def readings(word: str = "score", code: str = "en") -> Page:
    """Return the page of a policy in which everything about readings happens."""
    policy = report(word).policies[0]
    story = next(f.story for f in policy.claims if f.story is not None)
    pairs = (
        TwoOptions("a", word, "differs", (word,), None, story, None),
        TwoOptions("a", word, "never", (), None, None, None),
        TwoOptions("a", word, "undecided", (), None, None, word),
    )
    matters = ReadingMatters(word, word, word, (("a", word), (word, word)), "a", pairs, (word,))
    made = PolicyReadings(policy.path, word, (matters,), (ClaimReadings(word, "holds", (word,)),))
    return readings_page(ReadingsReport(FORMAT, "1.2.3", (made,)), [policy], code)


def blame(word: str = "score", code: str = "en") -> Page:
    """Return the page of two proofs and a claim without one."""
    policy = report(word).policies[0]
    one = Rests(policy.path, word, word, ("1",), (word,), (word,), ("2",), "aa")
    none = Rests(policy.path, word, word, (), (), (), (), "bb")
    made = BlameReport((one, none), ((policy.path, "1", (word,)),), ((policy.path, word),))
    return blame_page(made, {policy.path: policy.clauses}, code, "1.2.3")
