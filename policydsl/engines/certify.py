"""Checks certificates. Shares no code with the engines: it reads SMT-LIB 2 text and nothing else.

What a certificate's queries say, for a window of k steps (k = 1 is plain induction):

* `initiation`   no history of fewer than k steps violates the invariant;
* `consecution`  after k states in a row that satisfy it, the next state and step satisfy it too;
* `goal`         a state and a step that satisfy it satisfy the property asked about.

That the texts say so is the business of `obligation`, which writes them from the system and never from what an
engine believes to have proved. That they are unsatisfiable is checked here.
"""

import hashlib
import json
import re
import sys
from dataclasses import replace
from typing import Literal, TypeAlias

import z3

from policydsl.base.records import dataclass
from policydsl.engines.verdict import Certificate, Query

NAMES = ("initiation", "consecution", "goal")

_COMMANDS = frozenset({"set-logic", "declare-fun", "assert", "check-sat"})
"""All that a query may say: no options, no definitions, no stack, nothing that is not SMT-LIB 2."""

_MARK = re.compile(r';[^\n]*|\|[^|]*\||"(?:[^"]|"")*"|[()]')
_WORD = re.compile(r'[^\s()|";]+|\|[^|]*\|')


@dataclass(frozen=True, slots=True)
class Stands:
    """Every query is unsatisfiable."""


@dataclass(frozen=True, slots=True)
class Fails:
    """The certificate is not a proof: a query can be satisfied, is missing, or was changed after it was sealed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """A solver gave up on a query."""

    reason: str


Recheck: TypeAlias = Stands | Fails | Undecided


def seal(certificate: Certificate) -> str:
    """Return the hash over everything that `certificate` says, its own `seal` aside."""
    c = certificate
    parts = (c.binding, c.method, str(c.k), str(c.level), repr(c.parts), repr(c.lemmas), *c.invariant)
    texts = (part for query in c.queries for part in (query.name, query.text))
    return hashlib.sha256("\0".join((*parts, *texts)).encode()).hexdigest()


def without_texts(certificate: Certificate) -> Certificate:
    """Return `certificate` sealed over what it says, its texts aside: these follow from the rest and the question."""
    bare = replace(certificate, queries=())
    return replace(bare, seal=seal(bare))


def recheck(certificate: Certificate, ctx: z3.Context | None = None, *, rlimit: int = 50_000_000) -> Recheck:
    """Return whether `certificate` is a proof, by a fresh solver for each of its texts.

    `ctx` is a context that serves nothing but checks like this one; without it, a new one is made. `rlimit` bounds each
    query, in Z3 resource units.
    """
    if tuple(query.name for query in certificate.queries) != NAMES:
        return Fails("its queries are not: " + ", ".join(NAMES))
    if seal(certificate) != certificate.seal:
        return Fails("it was changed after it was sealed")
    own = ctx or z3.Context()
    for query in certificate.queries:
        answer = _refute(query, own, rlimit)
        if not isinstance(answer, Stands):
            return answer
    return Stands()


def _refute(query: Query, ctx: z3.Context, rlimit: int) -> Recheck:
    foreign = sorted(set(commands(query.text)) - _COMMANDS)
    if foreign:
        return Fails(f"query `{query.name}` uses `{foreign[0]}`")
    solver = z3.SimpleSolver(ctx=ctx)
    solver.set("rlimit", rlimit)
    try:
        solver.from_string(query.text)
    except z3.Z3Exception as error:
        return Fails(f"query `{query.name}` is not SMT-LIB 2: {error}")
    answer = solver.check()
    if answer == z3.unsat:
        return Stands()
    if answer == z3.sat:
        return Fails(f"query `{query.name}` can be satisfied")
    reason = solver.reason_unknown()
    if "interrupted" in reason:
        raise KeyboardInterrupt
    return Undecided(f"query `{query.name}`: {reason}")


# --- by another solver, in a process of its own -------------------------------------------------

Solver: TypeAlias = Literal["z3", "cvc5"]

_UNITS = 20_000_000
"""cvc5's own resource units for each query, a minute or two: the same on a busy machine. The dearest proof of the
corpus takes a twentieth."""


def refute(text: str, solver: Solver) -> Recheck:
    """Return whether `solver` finds the SMT-LIB 2 script `text` unsatisfiable. Raises `ImportError` without cvc5."""
    if solver == "z3":
        return _refute(Query("query", text), z3.Context(), 50_000_000)
    import cvc5  # noqa: PLC0415  an extra, and slow to load

    foreign = sorted(set(commands(text)) - _COMMANDS)
    if foreign:
        return Fails(f"query `query` uses `{foreign[0]}`")
    manager = cvc5.TermManager()
    own = cvc5.Solver(manager)
    own.setOption("rlimit-per", str(_UNITS))
    own.setOption("decision", "internal")  # by default the corpus takes twice as long, one proof seven times (measured)
    symbols = cvc5.SymbolManager(manager)
    parser = cvc5.InputParser(own, symbols)
    said: list[str] = []
    try:
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
        while not (command := parser.nextCommand()).isNull():
            said.append(str(command.invoke(own, symbols)).strip())
    except RuntimeError as error:
        return Fails(f"cvc5: {error}")
    match [word for word in said if word]:
        case ["unsat"]:
            return Stands()
        case ["sat"]:
            return Fails("cvc5 satisfies it")
        case other:
            return Undecided(f"cvc5 says: {' '.join(other)}")


def main(solver: Solver) -> None:
    """Read a JSON list of SMT-LIB 2 scripts; write one of what `solver` says of each: "" if it is unsatisfiable.

    This is what a checking process of its own runs.
    """
    found = [refute(text, solver) for text in json.load(sys.stdin)]
    json.dump(["" if isinstance(each, Stands) else each.reason for each in found], sys.stdout)


def commands(text: str) -> list[str]:
    """Return the name of each command of an SMT-LIB 2 script; whatever stands outside parentheses counts as one."""
    depth, names, start = 0, list[str](), 0
    for mark in _MARK.finditer(text):
        found = mark.group()
        if depth == 0:
            names += _WORD.findall(text, start, mark.start())
            names += [found] if found[0] in '|")' else []
        if found == "(":
            word = _WORD.match(text, mark.end())
            names += [word.group() if word else ""] if depth == 0 else []
            depth += 1
        elif found == ")":
            depth -= 1
        start = mark.end()
    return names + (_WORD.findall(text, start) if depth == 0 else [])
