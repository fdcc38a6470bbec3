"""Proofs put to solvers, each in a process of its own that shares no code with the engines."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit
from policydsl.base.records import dataclass
from policydsl.base.span import Span, whole_file
from policydsl.cli.shared import show_diagnostics

if TYPE_CHECKING:
    from policydsl.engines.verdict import Certificate

_SECONDS = 1800

_CHILD = """
import sys
sys.path.append(sys.argv[2])
from policydsl.engines.certify import main
main(sys.argv[1])
"""
"""What a checking process runs, with `-P`: modules that lie in the working folder are not imported, since that may be
a repository from a stranger."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A proof to be checked: the key of its question, its certificate with all texts, and the file it comes from."""

    key: str
    certificate: "Certificate"
    file: Path


def solvers_called(name: str) -> tuple[str, ...]:
    """Return the solvers that the option `--solver` names."""
    return ("z3", "cvc5") if name == "both" else (name,)


def refused_by(solvers: Sequence[str], proofs: Sequence[Checked]) -> tuple[list[Diagnostic], int | None]:
    """Return what `solvers`, in processes of their own, say against `proofs`, and an exit code if one cannot run."""
    asked = [(p, q.name, q.text) for p in proofs for q in p.certificate.queries]
    texts = list(dict.fromkeys(text for *_, text in asked))  # what proofs share is asked once
    answers = _ask(solvers, texts)
    said: list[Diagnostic] = []
    for solver, found in zip(solvers, answers, strict=True):
        if isinstance(found, str):
            span = Span("--solver", 0, 0, 0, 0)
            hint = "pip install 'policydsl[cvc5]', or `--solver z3`"
            show_diagnostics((Diagnostic("E0611", span, f"{solver} cannot be run: {found}", hint=hint),), {})
            return said, Exit.REJECTED
        against = dict(zip(texts, found, strict=True))
        for proof, query, text in asked:
            if reason := against[text]:
                message = f"{solver} does not confirm `{query}` of `{proof.key}`: {reason}"
                said.append(Diagnostic("E0610", whole_file(proof.file), message))
    return said, None


def _ask(solvers: Sequence[str], texts: Sequence[str]) -> list[list[str] | str]:
    """Return what each of `solvers`, in a new process, says against each of `texts`; a text if it cannot be run."""
    home = str(Path(__file__).parents[2])
    started = [
        subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-P", "-c", _CHILD, solver, home],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )
        for solver in solvers
    ]  # fmt: skip
    asked = json.dumps(texts)
    with ThreadPoolExecutor(len(started)) as pool:
        try:
            return list(pool.map(lambda process: _hear(process, asked, len(texts)), started))
        except BaseException:
            for process in started:
                process.kill()
            raise


def _hear(process: "subprocess.Popen[str]", asked: str, count: int) -> list[str] | str:
    """Return the `count` answers of a checking process to what is `asked`; a text if it gives none."""
    try:
        said, errors = process.communicate(asked, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"it did not answer within {_SECONDS} seconds"
    if process.returncode != 0:
        last = (errors.strip().splitlines() or ["it ended unexpectedly"])[-1]
        return f"{last} (exit code {process.returncode})"
    try:
        found = json.loads(said)
    except ValueError:
        return "it gives no answer that can be read"
    if not isinstance(found, list) or len(found) != count:
        return "it does not answer what it was asked"
    return [str(each) for each in found]
