"""The registry of diagnostic codes: what each means to the author of a policy, with an example.

A code never changes its meaning; one that is no longer used keeps its number. In the examples, a text in round
brackets describes what cannot be shown in a few lines.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: `explanation` is for a lawyer, `wrong` and `right` are short examples."""

    code: str
    title: str
    explanation: str
    wrong: str
    right: str


_ALL = (
    # --- characters and size of a text ---
    Code(
        "E0001",
        "the file is too large",
        "A single file is read only up to a fixed size, so that a broken or hostile file cannot stall the tool. "
        "No policy document comes near it. Split the text into several files and join them with `import`.",
        "(a file of 10 MB)",
        'import "definitions.policy"',
    ),
    Code(
        "E0002",
        "the file begins with a byte order mark",
        "Some editors put an invisible mark at the very beginning of a file. It says nothing here and can disturb "
        "other programs. Save the file as UTF-8 without BOM, or let `policydsl fmt` remove the mark.",
        "\ufeffrole Creator",
        "role Creator",
    ),
    Code(
        "E0003",
        "a tab",
        "How far a line is indented says to which block it belongs, and a tab is shown with a different width by "
        "every program. Indent with four spaces. `policydsl fmt` replaces tabs.",
        'policy "Score"\n\tissuer Platform',
        'policy "Score"\n    issuer Platform',
    ),
    Code(
        "E0004",
        "a carriage return at the end of a line",
        "Files from some editors end their lines with two characters instead of one. Only the line feed is used "
        "here, so that the same text is always the same bytes. `policydsl fmt` repairs the whole file.",
        'policy "Score"\r\n    language en',
        'policy "Score"\n    language en',
    ),
    Code(
        "E0005",
        "an invisible character",
        "Some characters cannot be seen but change the order in which a line is shown, or make two names differ "
        "that look the same. What a reader sees must be what the tool reads, so they are refused everywhere, also "
        "in comments and quoted texts. Delete the character.",
        "role Crea\u200btor",
        "role Creator",
    ),
    Code(
        "E0006",
        "a character that has no place in a text",
        "Control characters, no-break spaces and the like come in by copying from other programs. They would be "
        "read as part of the text without being seen. Delete them; `policydsl fmt` replaces no-break spaces by "
        "ordinary ones.",
        "role\u00a0Creator",
        "role Creator",
    ),
    Code(
        "E0007",
        "a line is too long",
        "A line is read only up to a fixed length. Inside brackets a line may be broken and go on in the next "
        "one. A long sentence in quotes should be summarised.",
        "(a line of 3,000 characters)",
        "    define total: points = min(\n        score,\n        100\n    )",
    ),
    Code(
        "E0008",
        "nested too deeply",
        "Brackets within brackets, or blocks within blocks, beyond a fixed depth. No reader could follow them. "
        "Give a part of the expression a name with `define`, and use that name.",
        "    define a: points = ((((((((((((((((((((((5))))))))))))))))))))))",
        "    define a: points = 5",
    ),
    Code(
        "E0009",
        "a letter stored in an unusual way",
        "Letters with accents can be stored in two ways that look the same on the screen. Two names written in "
        "different ways would be two different names. Type the letter again, or let `policydsl fmt` store it in "
        "the usual way (Unicode form NFC).",
        "role Cre\u0301ator",
        "role Créator",
    ),
    # --- syntax ---
    Code(
        "E0101",
        "something cannot stand here",
        "The tool reads a file word by word, and the word that is underlined does not fit what came before it. "
        "Often a word is misspelt, a colon or a quote is missing, or a line ends too early. The message lists "
        "what could stand there; the hint says what was probably meant.",
        'policy "Score"\n\nclause 1 "the score"\n    state score points = 100',
        'policy "Score"\n\nclause 1 "the score"\n    state score: points = 100',
    ),
    Code(
        "E0102",
        "wrong indentation",
        "What belongs to a line stands below it, indented by four spaces, as in an outline. Here a line is "
        "indented although the line above takes nothing below it, or nothing stands below a line that needs it, "
        "or a line fits none of the depths above. Outside of brackets a sentence cannot go on in the next line.",
        'clause 1 "the score"\n    on breach\n    set score = 5',
        'clause 1 "the score"\n    on breach\n        set score = 5',
    ),
    Code(
        "E0103",
        "a text has no closing quote",
        "A quoted text begins and ends with a straight double quote on the same line. Here the second quote is "
        'missing, or one of them was typed as a different character. A quote within the text is written `\\"`.',
        'policy "Score',
        'policy "Score"',
    ),
    Code(
        "E0104",
        "brackets do not match",
        "Every bracket that is opened is closed again, in the reverse order. Round and square brackets may be "
        "mixed only in an interval such as `(70, 80]`. The place that is underlined is the bracket without a "
        "partner.",
        'clause 1 "the score"\n    define a: points = min(score, 5',
        'clause 1 "the score"\n    define a: points = min(score, 5)',
    ),
    Code(
        "E0105",
        "no such day in the calendar",
        "The month has no such day in any year, or there is no such date. The calendar used is the Gregorian one. "
        "A rule for the end of each month is written `each month on the last day`.",
        'clause 1 "the score"\n    schedule s: each year on February 30\n        set score = 100',
        'clause 1 "the score"\n    schedule s: each year on February 28\n        set score = 100',
    ),
    Code(
        "E0106",
        "a number is too long",
        "A number of more than 18 digits is beyond any quantity that a document names and is probably a slip of "
        "the keyboard. Check it against the document.",
        'clause 1 "x"\n    assume n < 12345678901234567890',
        'clause 1 "x"\n    assume n < 1234567890',
    ),
    Code(
        "E0107",
        "a backslash that means nothing",
        'In a quoted text a backslash announces a special character: `\\"` a quote, `\\\\` a backslash, `\\n` a '
        "new line, `\\t` a tab, `\\u4e00` a character by its number. Any other letter behind it is an error. For "
        "a plain backslash write two.",
        'policy "A\\B"',
        'policy "A\\\\B"',
    ),
    Code(
        "E0108",
        "said twice",
        "A line that can be given only once is given twice in the same block. Which of the two should count "
        "cannot be known. Keep one of them.",
        'policy "Score"\n    language en\n    language zh',
        'policy "Score"\n    language en',
    ),
    Code(
        "E0109",
        "a condition that does not go with this kind of event",
        "An occurrence is a fact: it is *possible* or not. An act is something a role does: it is *permitted* or "
        "not, and an act without permission is a breach of the clause. The two words are not interchangeable.",
        'clause 1 "x"\n    occurrence breach\n        permitted when yes',
        'clause 1 "x"\n    occurrence breach\n        possible when yes',
    ),
    Code(
        "E0110",
        "a claim that does not say what is claimed",
        "A claim has a name, a sentence for people, and one line that says the same to the tool: `always`, "
        "`never`, `possible`, `after`, `within`, `table` or `between`. That line is missing.",
        'guarantee ceiling "the score never exceeds 100"\n    cites 5',
        'guarantee ceiling "the score never exceeds 100"\n    cites 5\n    always score <= 100',
    ),
    Code(
        "E0111",
        "a character of another keyboard",
        "Outside of quotes only the plain characters of an English keyboard are used for punctuation: `,` and not "
        '`，`, `"` and not `“`, `<=` and not `≤`. Names, comments and quoted texts may be in any script. The hint '
        "names the character to type.",
        "clause 1 “the score”",
        'clause 1 "the score"',
    ),
    Code(
        "E0112",
        "too many mistakes",
        "After a hundred mistakes the rest of the file is not read, because one early slip can cause many "
        "messages. Correct the first ones and run the tool again.",
        "(a file of another kind, named on the command line by accident)",
        "(the policy that was meant)",
    ),
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
        "a value that two enumerations share",
        "Two enumerations have a value of this name, and the place does not tell which is meant. Write the "
        "enumeration before it, with a dot.",
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
    # --- histories ---
    Code(
        "E0501",
        "the history cannot be read",
        "A history says which policy it is about, when it starts, and what happens: a list of steps, each with "
        "its date, in the form that the reference describes. This file is not of that form. The message says what "
        "was found instead.",
        "policy: Score\nsteps: breach",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach}",
    ),
    Code(
        "E0502",
        "a step out of order",
        "Days never go back: each step of a history is on the day of the one before it or later. Sort the steps, "
        "or correct the date.",
        "policy: Score\n"
        "start: 2024-01-01\n"
        "steps:\n"
        "  - {date: 2024-03-02, event: breach}\n"
        "  - {date: 2024-03-01, event: breach}",
        "policy: Score\n"
        "start: 2024-01-01\n"
        "steps:\n"
        "  - {date: 2024-03-01, event: breach}\n"
        "  - {date: 2024-03-02, event: breach}",
    ),
    Code(
        "E0503",
        "unknown event or field",
        "The history names an event that the policy does not declare, or gives an event a fact or choice that it "
        "does not have. What a schedule does is inserted by the calendar and is not written down. The hint names "
        "a similar name.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, conducts: spam}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, conduct: spam}",
    ),
    Code(
        "E0504",
        "a value that does not fit",
        "The value of a fact, a choice or a parameter is not of its kind, or lies outside its range. The "
        "declaration in the policy says what fits.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, length: 400}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, length: 30}",
    ),
    Code(
        "E0505",
        "an act that is not permitted",
        "At this step the policy does not permit the act. The message names the clause whose condition fails. If "
        "that is what really happened, it is a breach of the clause; say with `refused: true` that this is "
        "expected.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: terminate}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: terminate, refused: true}",
    ),
    Code(
        "E0506",
        "an occurrence that is not possible now",
        "The policy states when this occurrence can happen, and at this step the condition fails. Either the "
        "history is wrong, or the condition in the policy is too narrow. If that is what the history is meant to "
        "show, say so with `refused: true`.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: appeal}",
        "policy: Score\n"
        "start: 2024-01-01\n"
        "steps:\n"
        "  - {date: 2024-03-01, event: breach}\n"
        "  - {date: 2024-03-02, event: appeal}",
    ),
    Code(
        "E0507",
        "two rules conflict",
        "In this step two rules give one state two different new values, and neither clause is declared an "
        "exception to the other. What should happen is not decided by the text as transcribed. Add `exception "
        "to`, or report the conflict as a finding.",
        'clause 1 "x"\n    on breach\n        set score = 0\nclause 2 "y"\n    on breach\n        set score = 5',
        'clause 1 "x"\n'
        "    on breach\n"
        "        set score = 0\n"
        'clause 2 "y"\n'
        "    exception to 1\n"
        "    on breach\n"
        "        set score = 5",
    ),
    Code(
        "E0508",
        "a value that is not defined",
        "In this step a value is needed that the policy does not define: a table without a fitting row, or with "
        "two where exactly one is required; a date that is not set; a month end that is refused. Say in the "
        "policy what holds then, for instance with `no row`, or correct the history.",
        'clause 1 "x"\n    table t of score: points, exactly one row\n        [0, 50]: 5',
        'clause 1 "x"\n    table t of score: points, exactly one row\n        [0, 50]: 5\n        no row: 0',
    ),
    Code(
        "E0509",
        "an expectation that is not met",
        "A golden history says what must hold after a step, and something else holds. Either the policy was "
        "changed on purpose, then correct the history by hand; or it was not, then the change has an effect that "
        "nobody intended.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, expect: {score: 90}}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, expect: {score: 95}}",
    ),
    Code(
        "E0510",
        "a schedule that never rests",
        "A schedule would fire again and again on the same day without end, because it does not change what makes "
        "it due. Let it move or clear the day it waits for.",
        'clause 1 "x"\n    schedule s: on due_day\n        set due_day = due_day',
        'clause 1 "x"\n    schedule s: on due_day\n        set due_day = none',
    ),
    Code(
        "E0511",
        "a missing value",
        "An event needs a fact or choice that has no default, or the policy leaves a parameter or a starting "
        "value open. A history is about one case: give the value.",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach}",
        "policy: Score\nstart: 2024-01-01\nsteps:\n  - {date: 2024-03-01, event: breach, conduct: spam}",
    ),
    # --- files and options ---
    Code(
        "E0601",
        "the file cannot be read",
        "There is no such file, it is a folder, or you may not read it. Check the spelling and the folder from "
        "which the command was called.",
        "policydsl check scores.polcy",
        "policydsl check scores.policy",
    ),
    Code(
        "E0602",
        "the file is not UTF-8",
        "Texts are stored as UTF-8, so that every script reads the same everywhere. This file is stored in "
        "another way, such as GBK or Windows-1252. Open it in an editor and save it as UTF-8.",
        "(a file saved as GBK)",
        "(the same file saved as UTF-8)",
    ),
    Code(
        "E0603",
        "a file cannot be written",
        "The file or folder does not exist, is protected, or the disk is full. Nothing was changed. Name another "
        "place for the output.",
        "policydsl report --output /no/such/folder",
        "policydsl report --output reports",
    ),
    Code(
        "E0604",
        "no policies found",
        "None of the files or folders named holds a policy. Policies are files whose name ends in `.policy` and "
        'that begin with `policy "title"`.',
        "policydsl check empty-folder",
        "policydsl check specs",
    ),
    Code(
        "E0605",
        "an option refers to something unknown",
        "The claim, parameter or reading that an option of the command names does not exist in the policies read. "
        "The hint names a similar one.",
        "policydsl check specs --claim cieling",
        "policydsl check specs --claim ceiling",
    ),
    Code(
        "E0606",
        "two different documents",
        "`policydsl diff` compares two wordings of one document. These two have different titles and hardly a clause "
        "or name in common. Compare two versions of the same file, or a policy and an amendment of it.",
        "policydsl diff specs/score.policy specs/cards.policy",
        "policydsl diff specs/score.policy specs/score.new.policy",
    ),
    Code(
        "E0607",
        "a mapping that does not fit",
        "A mapping says which name of the old wording is which name of the new one. Both must be declared, be of the "
        "same kind, and be named once only. The hint shows a name that is close.",
        "policydsl diff OLD NEW --rename score=helth",
        "policydsl diff OLD NEW --rename score=health",
    ),
    Code(
        "E0608",
        "a revision that git does not give",
        "A wording was named as `REVISION:FILE`, as git spells it, but git has no such revision, the file is not in "
        "it, or this is no git repository. Try `git show REVISION:FILE`.",
        "policydsl diff HEAD~100:specs/score.policy specs/score.policy",
        "policydsl diff HEAD~1:specs/score.policy specs/score.policy",
    ),
    Code(
        "E0610",
        "a stored certificate does not stand",
        "A file under `certificates` is missing, was changed or cut off since it was written, is about an earlier text "
        "of the policy or the claim, or does not show what it says. No verdict was ever taken from it. Look at the "
        "change, and if it is meant, let `policydsl certify --write` search and write it anew.",
        "(the policy was edited after its claims were certified)",
        "policydsl certify --write",
    ),
    Code(
        "E0611",
        "a second checker is not installed",
        "Certificates are re-checked by two programs that have no code in common: one comes with policydsl, the other, "
        "cvc5, is an extra. Install it, or ask for the first one alone.",
        "policydsl certify",
        "pip install 'policydsl[cvc5]', or: policydsl certify --solver z3",
    ),
    Code(
        "E0620",
        "a saved result cannot be used",
        "The file is not a result that `policydsl check --format json` has written, it was changed or cut off since, "
        "or another version of policydsl wrote it. Check again and save a new one.",
        "policydsl report notes.json",
        "policydsl report result.json",
    ),
    Code(
        "E0621",
        "a story does not happen under the policy as it is now",
        "The result was saved before the policy was changed: the story has a step that is no longer possible, or names "
        "and values that are gone. That may be just what the change was for. Check again and use the new result.",
        "policydsl replay old.json floor",
        "policydsl replay result.json floor",
    ),
    Code(
        "E0622",
        "a program that is needed is not installed",
        "Pictures are drawn by Graphviz, and HTML and Word documents are read by libraries that not all need. What "
        "is missing on this machine is named with the command that installs it.",
        "policydsl graph specs/my.policy --to svg",
        "policydsl graph specs/my.policy --to dot",
    ),
    Code(
        "E0630",
        "the document cannot be read",
        "Source documents are read as plain text (.txt, .md), HTML (.html) or Word (.docx). This file is of another "
        "kind, or is damaged. Save it as one of these.",
        "policydsl trace specs/my.policy --document my.pdf",
        "policydsl trace specs/my.policy --document my.docx",
    ),
    Code(
        "E0631",
        "the lock beside a policy cannot be used",
        "The file `NAME.lock` lists the sentences of the document with the clauses that stand for them. It was "
        "changed in a way that cannot be understood. Mend the line, or remove the file and write it anew.",
        "sentences: none",
        "sentences: []",
    ),
    Code(
        "E0640",
        "a form of report needs a library that is not installed",
        "Word and PDF are made by libraries that not everybody needs. The hint says how to install them.",
        "policydsl report result.json --to docx",
        "pip install 'policydsl[word]'",
    ),
    Code(
        "E0650",
        "an explanation that explains nothing",
        "The file `NAME.unnoticed.yaml` beside a policy says why it is well that nothing notices a small change of its "
        "wording. Each entry lists changes, as `policydsl strength` writes them, and a reason. A change that is not "
        "there any more, or that something notices by now, needs none: remove it.",
        "- changes: ['4: terminate is permitted when score < [90 -> 89]']",
        "- changes: ['4: permitted when score < [90 -> 89]']\n  because: scores are tens",
    ),
    # --- amendments ---
    Code(
        "E0701",
        "an amendment that finds nothing to amend",
        "An amendment quotes what it replaces or removes. The policy does not say that: the clause, line, row or case "
        "is not there, or is worded differently by now. Look at what the policy says and quote that.",
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
        "of the changes would be lost without a word. Keep one of them, or put both into one.",
        'replace clause 5 "five points"\n\nreplace clause 5 "six points"',
        'replace clause 5 "six points"',
    ),
)

CODES = MappingProxyType({code.code: code for code in _ALL})
"""Every code by its name, in order."""
