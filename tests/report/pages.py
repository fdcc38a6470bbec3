"""Pages made by hand: readings and proofs, with names that mean harm."""

from dataclasses import replace

from policydsl.analyses.edits import EditKind
from policydsl.report.ambiguity import FORMAT, ClaimReadings, PolicyReadings, ReadingMatters, ReadingsReport, TwoOptions
from policydsl.report.blame import BlameReport, Rests
from policydsl.report.blame_page import blame_page
from policydsl.report.diff_model import (
    ClaimLine,
    DefaultLine,
    DiffReport,
    ExpectLine,
    FlawLine,
    OptionPlace,
    OutcomeLine,
    ReadingLine,
    RoleLine,
    Shown,
    SideBySide,
    SideStep,
    Transition,
    TransitionLine,
)
from policydsl.report.model import BugNote
from policydsl.report.page import Line, Page
from policydsl.report.readings_page import readings_page
from policydsl.report.repair import Cut, EditLine, RepairLine, RepairReport, repair_page
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
    one = Rests(policy.path, word, word, ("1",), (word,), (word,), (word,), ("2",), "aa")
    none = Rests(policy.path, word, word, (), (), (), (), (), "bb")
    made = BlameReport((one, none), ((policy.path, "1", (word,)),), ((policy.path, word),))
    return blame_page(made, {policy.path: policy.clauses}, code, "1.2.3")


def diff(word: str = "score", code: str = "en") -> DiffReport:
    """Return a comparison in which everything happens that can."""
    steps = (SideStep("2024-02-29", word, word, word, parts=True),)
    also = (Shown(None, "different", word, word, word), Shown(word, "more lenient", word, word, word))
    story = SideBySide(word, "stricter", word, word, "2024-01-31", steps, 0, ("1", "2"), word, word, also)
    bare = SideBySide(None, "different", word, "", "2024-01-31", (), 0, (), word, word)
    claims = [
        *(
            ClaimLine(word, "guarantee", word, fate, "holds", "fails", word, (word,))
            for fate in ("lost", "meaningless")
        ),
        ClaimLine(word, "finding", word, "kept", "vacuous", "vacuous", "", ()),
        ClaimLine(word, "finding", word, "other readings", f"depends on reading {word}", "undecided", "", ()),
        ClaimLine(
            word,
            "finding",
            word,
            "worse",
            f"depends on reading {word}",
            f"depends on reading {word}",
            "",
            (word,),
            (OptionPlace(word, word, others_at_default=True),),
            (OptionPlace(word, word, others_at_default=False),),
        ),
    ]
    switch = Transition(
        word,
        (
            TransitionLine(word, "equivalent", None, "never", None, None),
            TransitionLine(word, "undecided", None, "undecided", None, None),
            TransitionLine(word, "stricter", story, "can be", 1, None),
        ),
        (word,),
    )
    return DiffReport(
        title=word, old="a/a.policy", new="a/b.policy", amendment=word, because=word, sentence=word,
        relation="different", clauses=("1",), roles=(RoleLine(word, "stricter", "undecided"),),
        outcomes=(OutcomeLine(word, ("1",), "different", ()),
                  OutcomeLine(word, ("1",), "different", ((word, "not stricter"),))),
        equal=2,
        readings=(ReadingLine(word, word, "different", ((word, "more lenient"),)),
                  ReadingLine(word, f"{word}2", "equivalent", ())),
        settled=((word, word),), defaults=(DefaultLine(word, True, word, word),), taken=((word, word),),  # noqa: FBT003
        remarks=(word,), notes=(word,), suggestions=(), stories=(story, bare, story), claims=tuple(claims),
        flaws=(FlawLine(word, ("1",), "new", (word,)),), transition=switch,
        expected=(ExpectLine(word, False, word),), required=(ExpectLine(word, None, word),),  # noqa: FBT003
        diagnostics=(), bugs=(BugNote(word, word, word),), language=code,
    )  # fmt: skip


def repair(word: str = "score", code: str = "en") -> Page:
    """Return the page of a repair of every kind, each at every cost."""
    kinds: tuple[EditKind, ...] = (
        "reading settled",
        "bound",
        "range",
        "row",
        "limit",
        "value",
        "member",
        "condition",
        "restraint",
        "case",
        "precedence",
        "rule",
        "left out",
    )
    one = (word,)
    lines = tuple(
        RepairLine((EditLine(kind, "1", word, word),), word, False, False, "different", ((word, "stricter"),),  # noqa: FBT003
                   ((word, "different"),), one, one, one, one, one, one, one, one, one)
        for kind in kinds
    )  # fmt: skip
    two = EditLine("row", "1", "", word), EditLine("member", "2", "", word)
    free = RepairLine(two, word, free=True, whole=True, relation="equivalent")
    short = RepairLine(two[1:], word, free=False, whole=False, relation=None)
    cuts: tuple[tuple[Cut, bool], ...] = (("interrupted", False), ("time", True))
    made = (
        RepairReport(word, word, word, "repairs", (free, short, *lines), 5, 3, cut, possible, code)
        for cut, possible in cuts
    )
    pages = [repair_page(report) for report in made]
    held = (
        repair_page(RepairReport(word, word, word, said, (), 0, 0, None, False, code))  # noqa: FBT003
        for said in ("holds", "undecided")
    )
    more = tuple(Line(page.summary) for page in held)
    return replace(pages[0], blocks=(*pages[0].blocks, *pages[1].blocks, *more))
