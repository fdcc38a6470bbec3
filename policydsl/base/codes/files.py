"""What is found in files of other kinds, and in the options of commands."""

from policydsl.base.codes.code import Code

FILES = (
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
        "it, it is a folder or a link that leads nowhere, or this is no git repository. Try `git show REVISION:FILE`.",
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
)
