"""What is found in amendments."""

from policydsl.base.codes.code import Code

AMENDMENTS = (
    Code(
        "E0701",
        "an amendment that finds nothing to amend",
        "An amendment quotes what it replaces or removes. The policy does not say that: the clause, line, row or case "
        "is not there, or is worded differently by now. Look at what the policy says and quote that. "
        "Words of a line are replaced only if the clause says them exactly once; else quote more of the line.",
        "in clause 1\n    in table band\n        replace (0, 40]: low\n        with [0, 40]: low",
        "in clause 1\n    in table band\n        replace (0, 50]: low\n        with [0, 50]: low",
    ),
    Code(
        "E0702",
        "an amendment of another policy",
        "The title behind `of` is not the title of the policy that the amendment was given with. Name the policy that "
        "it amends, or correct the title.",
        'amendment "Tighter" of "Scores"',
        'amendment "Tighter" of "Health score"',
    ),
    Code(
        "E0703",
        "an amendment that is in the text already",
        "What the amendment asks for, the policy says already. Most often the amendment has been applied before; an "
        "amendment applies once. Remove it, or give the text from before.",
        "in clause 1\n    add exception to 2",
        "in clause 1\n    add exception to 3",
    ),
    Code(
        "E0704",
        "an amendment older than its document",
        "The day from which the amendment takes effect lies before the day from which the document itself does. "
        "There is no wording in force yet that it could change. Correct one of the two dates.",
        'amendment "Tighter" of "Scores"\n    effective 2021-01-01',
        'amendment "Tighter" of "Scores"\n    effective 2026-01-01',
    ),
    Code(
        "E0705",
        "an amendment that undoes itself",
        "A clause is replaced as a whole and changed otherwise too, or replaced, added or removed twice, so that one "
        "of the changes would be lost without a word; so are lines of the header that stand there twice. Or a reading "
        "is settled in two ways, so that no history is left. Keep one of them, or put both into one.",
        'replace clause 5 "five points"\n\nreplace clause 5 "six points"',
        'replace clause 5 "six points"',
    ),
)
