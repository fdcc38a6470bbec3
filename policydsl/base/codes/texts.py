"""What is found in a text before anyone asks what it means: its characters, its size, its grammar."""

from policydsl.base.codes.code import Code

TEXTS = (
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
)
