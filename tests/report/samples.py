"""Reports made by hand, with everything in them that can go wrong, and with names that mean harm."""

from dataclasses import replace

from policydsl.base.diagnostic import Diagnostic, Note
from policydsl.base.span import Span
from policydsl.front.loaded import ReadingInfo
from policydsl.report.model import (
    BugNote,
    Clause,
    Evidence,
    Finding,
    HistoryResult,
    OptionVerdict,
    PolicyReport,
    ReadingVerdict,
    Report,
    Unmodelled,
)
from policydsl.report.told import Change, Fact, Given, Move, Record, Setting, Story, StoryStep

HOSTILE = (
    "<script>alert('x')</script>",
    "\"quotes\" & 'more' ]]> --> <!-- %0A::error::x",
    "line\nbreak\r::error file=/etc/passwd::owned",
    "\u202eright to left\u2066 and \x00\x07\x1b[31m",
    "@everyone see #1 at https://evil.example www.evil.example [click](javascript:alert(1)) ![x](http://evil.example)",
    "| a | b |\n|---|---|",
    "../../../etc/passwd",
    "emoji 👩‍👩‍👧‍👦 and 违规",
    "x" * 10_000,
    "${jndi:ldap://x} {{7*7}} $(rm -rf) `rm` =1+1",
    "lone surrogate \ud800",
    "# heading",
)


def report(word: str = "score") -> Report:
    """Return a report in which every name and text is `word` or holds it."""
    story = Story(
        "2024-01-01",
        (Setting(word, word, is_reading=True, is_default=False),),
        ((word, word),),
        (
            StoryStep(
                "2024-01-31",
                "act",
                word,
                word,
                "1",
                (Given(word, word, word, is_default=False),),
                (Change(word, "5", word, "1"),),
            ),
            StoryStep("2024-02-01", "passage", "", None, None, (), ()),
        ),
        (Fact(word, word, "5"),),
        Record(
            "2024-01-01",
            (("limit", 2**60),),
            (("reading", word),),
            ((word, True), ("until", None), ("points", 5)),
            (word,),
            (
                Move("2024-01-31", "act", word, ((word, word), ("n", -3)), ((word, False), ("until", "2024-02-28"))),
                Move("2024-02-01", "passage", "passage", (), ()),
            ),
        ),
    )
    base = Finding(
        name=word,
        origin="claim",
        kind="guarantee",
        sentence=word,
        cites=("1", word),
        protects=(word,),
        span=Span("proofs/p.claims", 3, 1, 5, 2),
        asks=word,
        possible=False,
        expected="holds",
        verdict="holds",
        status="as expected",
        evidence=Evidence("induction", (word,), "aa", "bb"),
        example=story,
        unmodelled=("9",),
    )
    fails = replace(base, verdict="fails", status="not as expected", story=story, steps=2, evidence=None)
    options = (OptionVerdict("a", word, "holds", None), OptionVerdict(word, word, "fails", story))
    depends = replace(
        fails, verdict="depends", readings=(ReadingVerdict(word, word, others_at_default=True, options=options),)
    )
    undecided = replace(base, verdict="undecided", status="undecided", reason=word, tried=(word,), evidence=None)
    vacuous = replace(base, verdict="vacuous", status="not as expected", example=None)
    obligation = replace(fails, origin="obligation", kind="conflict", span=Span("specs/p.policy", 7, 1, 9, 2))
    dead = replace(base, origin="dead clause", kind="definedness", example=None)
    wrong = Diagnostic(
        "E0509", Span("specs/p.histories/a.yaml", 4, 3, 4, 9), word, "1", (Note(Span("f", 1, 1, 1, 2), word),), word
    )
    warning = Diagnostic("W0401", Span("specs/p.policy", 2, 1, 2, 5), word, severity="warning")
    policy = PolicyReport(
        "specs/p.policy",
        word,
        word,
        None,
        "2024-01-01",
        (ReadingInfo(word, word, (("a", word), (word, word)), "a", "1"),),
        (Unmodelled("9", word, word),),
        (base, fails, depends, undecided, vacuous),
        (obligation,),
        (dead,),
        (word,),
        (
            HistoryResult("specs/p.histories/a.yaml", word, (wrong,), rejected=False),
            HistoryResult("b.yaml", None, (), rejected=False),
        ),
        (
            Clause("1", word, Span("specs/p.policy", 7, 1, 9, 2)),
            Clause(word, word, Span("specs/p.policy", 10, 1, 11, 2)),
        ),
    )
    bugs = (BugNote(word, word),)
    return Report((policy,), (warning, replace(wrong, code="E0301")), bugs, complete=False, open=2, version="1.2.3")


def good() -> Report:
    """Return a report in which everything is as expected."""
    made = report()
    policy = made.policies[0]
    kept = replace(policy, claims=policy.claims[:1], obligations=(), dead=(), unsure=(), histories=policy.histories[1:])
    return replace(made, policies=(kept,), diagnostics=(), bugs=(), complete=True, open=0)
