"""What is found when names are looked up and values are given their types."""

from policydsl.base.codes.code import Code

MEANING = (
    # --- names and files ---
    Code(
        "E0201",
        "unknown name",
        "The name is declared nowhere in this policy, in the files it imports, or at this place. Often it is "
        "misspelt; the hint names a similar one. Every name is declared once: with `state`, `define`, "
        "`parameter`, `occurrence` and so on.",
        'clause 1 "x"\n    state balance: points = 0\n    assume balence >= 0',
        'clause 1 "x"\n    state balance: points = 0\n    assume balance >= 0',
    ),
    Code(
        "E0202",
        "a name declared twice",
        "Two declarations give the same name to different things, so that a sentence with the name could mean "
        "either. The note shows the first one. Rename one of them.",
        "role Creator\nrole Creator",
        "role Creator\nrole Client",
    ),
    Code(
        "E0203",
        "a reserved word used as a name",
        "Words of the language, such as `day`, `count` or `today`, have a fixed meaning and cannot name anything "
        "else. Choose a longer name.",
        'clause 1 "x"\n    state today: date = 2024-01-01',
        'clause 1 "x"\n    state start_day: date = 2024-01-01',
    ),
    Code(
        "E0204",
        "a circle of definitions",
        "A definition needs, directly or through others, its own value; or the new value of one state needs that "
        "of another and the other way round. Such a circle has no meaning. The notes list its members; break it "
        "at one of them.",
        'clause 1 "x"\n    define a: points = b + 1\n    define b: points = a + 1',
        'clause 1 "x"\n    define a: points = b + 1\n    define b: points = 1',
    ),
    Code(
        "E0205",
        "a different kind of thing is needed here",
        "The name is known, but names something else: a role where an event is needed, an event where a value is "
        "needed. The note shows where it is declared.",
        'clause 1 "x"\n    on Creator\n        set score = 0',
        'clause 1 "x"\n    on breach\n        set score = 0',
    ),
    Code(
        "E0206",
        "a clause number used twice",
        "Two clauses have the same number, so a report could not say which one it means. If one number of the "
        "document holds several rules, add a letter: `3.1-a`, `3.1-b`.",
        'clause 3.1 "one rule"\nclause 3.1 "another rule"',
        'clause 3.1-a "one rule"\nclause 3.1-b "another rule"',
    ),
    Code(
        "E0207",
        "an unknown clause is cited",
        "No clause of the policy has this number. A clause that is left out on purpose is declared with `not "
        "formalised` and can then be cited.",
        'clause 2 "x"\n    exception to 9.9',
        'clause 1 "y"\nclause 2 "x"\n    exception to 1',
    ),
    Code(
        "E0208",
        "a name that could mean two things",
        "Two enumerations have a value of this name, or what comes with the event at hand is called like a state or a "
        "value of its own enumeration, and the place does not tell which is meant. Write the enumeration or the "
        "event before it, with a dot.",
        'clause 1 "x"\n    define a: boolean = none_given in {open}',
        'clause 1 "x"\n    define a: boolean = none_given in {Case.open}',
    ),
    Code(
        "E0209",
        "a file cannot be imported",
        "The file named in an `import` is missing, lies outside the folder of the policy, imports itself in a "
        "circle, or holds more than shared definitions. Only roles, enumerations and subsets are shared. There is "
        "no way to import from elsewhere.",
        'import "../../elsewhere/roles.policy"',
        'import "shared/roles.policy"',
    ),
    Code(
        "E0210",
        "a file needs exactly one heading",
        'A policy begins with one `policy "title"`, a file of claims with one `claims about "title"`. Here it '
        "is missing or given twice. The title ties claims and histories to their policy.",
        "role Creator",
        'policy "Score"\n\nrole Creator',
    ),
    Code(
        "E0211",
        "no policy with that title",
        "The file speaks about a policy whose title is not among the policies read. Titles are compared letter by "
        "letter. Check the spelling, and whether the policy's file is in the folder that was named.",
        'claims about "Scores"',
        'claims about "Score"',
    ),
    Code(
        "E0212",
        "a fact of an event used where the event is not at hand",
        "Facts and choices come with one event and are gone afterwards. They can be used in what happens on that "
        "event, not in a general definition. Keep the value in a state if it is needed later, or add `on` to the "
        "definition.",
        'clause 1 "x"\n    define long: boolean = length > 30 days',
        'clause 1 "x"\n    define long on breach: boolean = length > 30 days',
    ),
    Code(
        "E0213",
        "`old` or `new` where nothing happens",
        "`old` and `new` tell the values before and after a step apart. This place speaks of a single moment, so "
        "there is no before and after. Leave the word out, or claim something `after` an event.",
        'guarantee a "x"\n    always old score <= 100',
        'guarantee a "x"\n    after any step: old score <= 100',
    ),
    # --- meaning ---
    Code(
        "E0301",
        "these do not go together",
        "Two values of different kinds meet: points and days, a date and a number, two currencies. Numbers wear "
        "their unit and never change it silently. Compare or add only what is measured alike.",
        'clause 1 "x"\n    assume 5 points > 3 days',
        'clause 1 "x"\n    assume 5 points > 3 points',
    ),
    Code(
        "E0302",
        "a date that may be missing",
        "The date may be `none`, and the sentence does not say what holds then. Ask first whether it is there: "
        "`observed_until is not none and today <= observed_until`. Otherwise the tool would have to guess.",
        'clause 1 "x"\n    define late: boolean = today > deadline',
        'clause 1 "x"\n    define late: boolean = deadline is not none and today > deadline',
    ),
    Code(
        "E0303",
        "a product of two unknowns",
        "Two quantities that both vary are multiplied, or one is divided by another. Such formulas cannot be "
        "decided in general. One factor must be a number or a parameter with a fixed value; a table often says "
        "the same.",
        'clause 1 "x"\n    define total: points = score * violations',
        'clause 1 "x"\n    define total: points = 5 * violations',
    ),
    Code(
        "E0304",
        "a range without anything in it",
        "The lower end of a range or interval is above its upper end, or the two ends leave nothing between them. "
        "Nothing could ever lie in it. Exchange the two ends, or include one of them with `[` or `]`.",
        'clause 1 "x"\n    assume score in [80, 70]',
        'clause 1 "x"\n    assume score in [70, 80]',
    ),
    Code(
        "E0305",
        "a date that does not exist",
        "The calendar has no such day, for instance 30 February, or 29 February outside of a leap year. Dates are "
        "written year-month-day.",
        'policy "Score"\n    effective 2023-02-29',
        'policy "Score"\n    effective 2023-02-28',
    ),
    Code(
        "E0306",
        "a number outside its range",
        "The value, or the index in square brackets, lies outside the range that the declaration allows; or a "
        "number is divided by zero. Correct the value or widen the range.",
        'clause 1 "x"\n    parameter length: days in 1 .. 30 default 31 days',
        'clause 1 "x"\n    parameter length: days in 1 .. 31 default 31 days',
    ),
    Code(
        "E0307",
        "a row with the wrong number of columns",
        "Each row of a table has one cell for each thing the table looks at, in the same order. Write `any` in a "
        "column that does not matter.",
        'clause 1 "x"\n    table t of score, card: points, exactly one row\n        [0, 50]: 5',
        'clause 1 "x"\n    table t of score, card: points, exactly one row\n        [0, 50], any: 5',
    ),
    Code(
        "E0308",
        "no `otherwise`",
        "The cases of a definition end with `otherwise`, so that it has a value whatever happens. Without it "
        "there could be situations of which the text says nothing.",
        'clause 1 "x"\n    define d: points\n        5 when score > 3',
        'clause 1 "x"\n    define d: points\n        5 when score > 3\n        0 otherwise',
    ),
    Code(
        "E0309",
        "a case that is never reached",
        "The first case that fits counts, and `otherwise` always fits, so what stands below it has no effect. Put "
        "`otherwise` last.",
        'clause 1 "x"\n    define d: points\n        0 otherwise\n        5 when score > 3',
        'clause 1 "x"\n    define d: points\n        5 when score > 3\n        0 otherwise',
    ),
    Code(
        "E0310",
        "what is the same day of a shorter month?",
        "One month after 31 January could be the last day of February, or the first of March. The policy says "
        "which, once for all with `month ends` in its heading, or at the place with `rounding`. Where no months "
        "are added there is nothing to round.",
        'policy "Score"\n\nclause 1 "x"\n    define d: date = today + 1 month',
        'policy "Score"\n    month ends last day\n\nclause 1 "x"\n    define d: date = today + 1 month',
    ),
    Code(
        "E0311",
        "a reading needs two options and one default",
        "A reading lists the ways in which an unclear sentence can be understood. There are at least two of them, "
        "and exactly one is marked `default`: the one that histories are run with when nothing else is said.",
        'clause 1 "x"\n    reading r "which?"\n        one "this" default',
        'clause 1 "x"\n    reading r "which?"\n        one "this" default\n        two "that"',
    ),
    Code(
        "E0312",
        "an index that is too large",
        "A state may be kept for each number of a range or each value of an enumeration, and a rolling window may "
        "tell events apart, but only up to a fixed number. Use a smaller range, or count instead of listing.",
        'clause 1 "x"\n    state slot[1 .. 100000]: boolean = no',
        'clause 1 "x"\n    state slot[1 .. 12]: boolean = no',
    ),
    Code(
        "E0313",
        "a duty without a beginning or a deadline",
        "A duty says when it `arises` and `by` which day it is due. Without the first it never begins; without "
        "the second it can never be missed.",
        'clause 1 "x"\n    duty fix of Creator\n        arises on breach',
        'clause 1 "x"\n    duty fix of Creator\n        arises on breach\n        by today + 30 days',
    ),
    Code(
        "E0314",
        "a schedule that looks at what it may not",
        "The day of a schedule is computed from what is known before that day comes: states and parameters. It "
        "cannot depend on `today`, nor on the facts of an event; nor can its condition, not even by way of a "
        "definition or a count over some days. Keep what it needs in a state when the event happens.",
        'clause 1 "x"\n    schedule s: on today + 30 days\n        set score = 100',
        'clause 1 "x"\n    schedule s: on due_day\n        set score = 100',
    ),
    Code(
        "E0315",
        "exceptions in a circle",
        "A clause is an exception to itself, directly or through others. Then none of them goes first. Remove one "
        "of the exceptions.",
        'clause 1 "x"\n    exception to 1',
        'clause 1 "x"\nclause 2 "y"\n    exception to 1',
    ),
    Code(
        "E0316",
        "only a state can be set",
        "`set` changes a state. Definitions, parameters, counts and the facts of an event follow from other "
        "things and cannot be set.",
        'clause 1 "x"\n    parameter limit: points\n    on breach\n        set limit = 5',
        'clause 1 "x"\n    state limit: points = 0\n    on breach\n        set limit = 5',
    ),
    Code(
        "E0317",
        "which of the two histories is meant",
        "A claim `between` two histories says of everything that may differ in which of them it is meant: write `in "
        "the first history` or `in the second history` behind it. Anywhere else there is only one history.",
        'finding a "x"\n    between a history and the same history with one more breach: score <= 100',
        'finding a "x"\n    between a history and the same history with one more breach: '
        "score in the second history <= 100",
    ),
    Code(
        "E0319",
        "a state that does not say how it starts",
        "Every state has a value from the first day on. Write it behind `=`. If the document leaves it open, say "
        "with `starts where` what is known about it; proofs then hold for every such value.",
        'clause 1 "x"\n    state score: points',
        'clause 1 "x"\n    state score: points = 100',
    ),
    Code(
        "E0320",
        "unknown time zone",
        "Time zones are named as in the public time zone database, by continent and city. The zone decides on "
        "which day a moment falls.",
        'policy "Score"\n    time zone Peking',
        'policy "Score"\n    time zone Asia/Shanghai',
    ),
    Code(
        "E0321",
        "a count compared with more than it tells apart",
        "A count within a rolling window tells apart only as many events as `up to` says. Beyond that number a "
        "comparison would always have the same answer. Raise the number behind `up to`, or lower the one it is "
        "compared with.",
        'clause 1 "x"\n    count v: breach, this one included, within any 90 days up to 3\n'
        "    define many: boolean = v >= 5",
        'clause 1 "x"\n    count v: breach, this one included, within any 90 days up to 5\n'
        "    define many: boolean = v >= 5",
    ),
    Code(
        "E0323",
        "two histories that cannot be compared so",
        "Two histories are compared on the same days, or a fixed number of days apart. Months are no fixed number of "
        "days: two days that follow each other may be the same day a month later. What histories may start out with "
        "differently are parameters, readings, facts and choices of events, and state that the policy leaves open.",
        'finding a "x"\n    between a history and the same history later by 1 month: '
        "score in the second history = score in the first history",
        'finding a "x"\n    between a history and the same history later by 31 days: '
        "score in the second history = score in the first history",
    ),
    Code(
        "E0324",
        "an order that does not fit",
        "What is `higher` or `lower` is a number, what is `earlier` or `later` a date, what is `yes` or `no` a truth "
        "value; the values of an enumeration are ranked, every one of them, with `then`. Only so can two wordings be "
        "compared: a value left out of a ranking would be neither better nor worse.",
        "better for Network\n    later score",
        "better for Network\n    higher score",
    ),
    Code(
        "E0326",
        "no business days are known there",
        "Public holidays are known of countries by their two letters, as in ISO 3166, and of parts of countries where "
        "holidays differ. Without such a line, Monday to Friday are business days.",
        'policy "Score"\n    business days of XX',
        'policy "Score"\n    business days of DE-BY',
    ),
    # --- warnings ---
    Code(
        "W0401",
        "declared but never used",
        "Nothing refers to this name. Perhaps a sentence of the document was forgotten, or the name is misspelt "
        "elsewhere. Remove it if it is not needed.",
        'policy "Score"\n\nrole Creator\nrole Auditor',
        'policy "Score"\n\nrole Creator',
    ),
    Code(
        "W0402",
        "a clause without effect",
        "The clause holds nothing, so no claim or history can depend on it. Say with `not formalised ... because "
        "...` that it was left out on purpose, and why.",
        'clause 1 "be fair"',
        'not formalised 1 "be fair" because "no test is given"',
    ),
)
