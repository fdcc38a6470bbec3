"""`policydsl graph`: a picture of a policy."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit
from policydsl.base.span import NOWHERE
from policydsl.cli.chosen import load_one
from policydsl.cli.report import output_option, write_report
from policydsl.cli.shared import show_diagnostics

if TYPE_CHECKING:
    from policydsl.report.graph import Graph


@click.command()
@click.argument("policy", type=click.Path(path_type=Path))
@click.option("--to", "form", default="mermaid", show_default=True, type=click.Choice(["mermaid", "dot", "svg"]),
              help="Mermaid (GitHub draws it), the language of Graphviz, or a picture (needs Graphviz).")  # fmt: skip
@output_option
def graph(policy: Path, form: str, output: Path | None) -> int:
    """Draw a POLICY: who can do what, what the calendar does, and which states each of them changes.

    An arrow is labelled with the clauses that say so; a dashed one leads from a state to what depends on it.

    \b
    policydsl graph specs/my.policy
    policydsl graph specs/my.policy --to svg -o my.svg
    """  # noqa: D301
    from policydsl.report.graph import dot, graph_of, mermaid

    loaded = load_one(policy)
    if loaded is None:
        return Exit.REJECTED
    made = graph_of(loaded.policies[0])
    if form == "svg":
        drawn = _svg(made)
        if not isinstance(drawn, bytes):
            show_diagnostics((drawn,), {})
            return Exit.REJECTED
        return write_report(drawn, output)
    if form == "mermaid":
        return write_report(mermaid(made), output)
    try:
        return write_report(dot(made), output)
    except ModuleNotFoundError:
        show_diagnostics((_missing("`graphviz` for Python", "pip install 'policydsl[graph]'"),), {})
        return Exit.REJECTED


def _svg(graph: "Graph") -> bytes | Diagnostic:
    from policydsl.report.graph import dot

    try:
        import graphviz
    except ModuleNotFoundError:
        return _missing("`graphviz` for Python", "pip install 'policydsl[graph]'")
    try:
        return bytes(graphviz.Source(dot(graph)).pipe(format="svg", quiet=True))
    except graphviz.ExecutableNotFound:
        return _missing("the program `dot` of Graphviz", "install Graphviz, or draw what `--to dot` writes elsewhere")


def _missing(what: str, hint: str) -> Diagnostic:
    return Diagnostic("E0622", NOWHERE, f"{what} is not installed", hint=hint)
