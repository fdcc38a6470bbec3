"""Certificates for people without policydsl: SMT-LIB 2 files, a README in plain words, a script."""

import hashlib
from collections.abc import Mapping, Sequence

from policydsl.base.records import dataclass
from policydsl.engines.verdict import Certificate


@dataclass(frozen=True, slots=True)
class Exported:
    """A proof: of which policy, the folder of its files, what it says in words, what is assumed beyond the policy."""

    title: str
    folder: str
    sentence: str
    under: tuple[str, ...]
    certificate: Certificate


_README = """# Proofs about written policies

Each folder holds the proof of one statement about every possible history of a policy, histories of any length. Nothing
of policydsl is needed to check it: any solver that reads SMT-LIB 2 will do.

    sh check.sh                  # with z3
    sh check.sh cvc5             # with cvc5, or any other command that takes a file

A proof has three questions. Each file asks whether there is any way for something to go wrong, and the answer must be
`unsat`: there is none.

* `initiation.smt2`: can a history begin in a state in which the invariant fails?
* `consecution.smt2`: can a step lead from states in which the invariant holds to one in which it fails?
* `goal.smt2`: can the invariant hold and the statement fail?

If all three answers are `unsat`, the invariant holds at the beginning and after every step, so the statement holds in
every history.

The first lines of each file say in words what it is about. `x@0` is the value of `x` before a step and `x@1` after it;
`step@0` is the number of the event that takes place; dates are numbers of days, and what is true of months is stated
where it is used. A question may say less of a step than the policy does: then it allows more, and `unsat` says more.

What these files cannot tell is whether they say what the policy says. policydsl writes them from the policy and tests
that translation against its interpreter. `MANIFEST.tsv` lists each file with the expected answer and its SHA-256.
"""

_SCRIPT = """#!/bin/sh
# sh check.sh [COMMAND [OPTIONS]]: asks the solver (by default z3) each question; MANIFEST.tsv has the answers.
cd "$(dirname "$0")" || exit 2
[ $# -gt 0 ] || set -- z3
asked=0 wrong=0
tab=$(printf '\\t')
while IFS="$tab" read -r file expected _; do
  answer=$("$@" "$file" 2>&1 </dev/null | tail -n 1)
  asked=$((asked + 1))
  if [ "$answer" != "$expected" ]; then
    wrong=$((wrong + 1))
    echo "$file: $answer, expected $expected"
  fi
done < MANIFEST.tsv
echo "$asked questions, $wrong not as expected"
[ "$asked" -gt 0 ] && [ "$wrong" -eq 0 ]
"""


def bundle(proofs: Sequence[Exported]) -> Mapping[str, str]:
    """Return the files of the bundle by their names."""
    files: dict[str, str] = {}
    taken: dict[str, int] = {}
    for proof in proofs:
        taken[proof.folder] = taken.get(proof.folder, 0) + 1
        count = taken[proof.folder]
        folder = proof.folder if count == 1 else f"{proof.folder}~{count}"
        for query in proof.certificate.queries:
            files[f"proofs/{folder}/{query.name}.smt2"] = _text(proof, query.name, query.text)
    manifest = "".join(f"{name}\tunsat\t{hashlib.sha256(text.encode()).hexdigest()}\n" for name, text in files.items())
    return {"README.md": _README, "check.sh": _SCRIPT, "MANIFEST.tsv": manifest, **files}


def _text(proof: Exported, name: str, text: str) -> str:
    """Return a query with what it is about."""
    logic, _, rest = text.partition("\n")
    about = [f"{proof.title}: {proof.sentence}", *(f"under: {e}" for e in proof.under)]
    about += [f"{name} of a proof by {proof.certificate.method}; the invariant:", *proof.certificate.invariant]
    comments = "".join(f"; {' '.join(line.split())}\n" for line in about)
    return f"{comments}{logic}\n(set-info :status unsat)\n{rest}"
