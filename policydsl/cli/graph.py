"""`policydsl graph`: a picture of a policy."""

from pathlib import Path

import click

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import RejectedError
from policydsl.base.span import NOWHERE
from policydsl.cli.chosen import load_one
from policydsl.cli.report import output_option, write_report


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

    made = graph_of(load_one(policy).policies[0])
    if form == "mermaid":
        return write_report(mermaid(made), output)
    try:
        drawn = dot(made)
    except ModuleNotFoundError:
        raise _missing("`graphviz` for Python", "pip install 'policydsl[graph]'") from None
    return write_report(_svg(drawn) if form == "svg" else drawn, output)


def _svg(drawn: str) -> bytes:
    import graphviz

    try:
        return bytes(graphviz.Source(drawn).pipe(format="svg", quiet=True))
    except graphviz.ExecutableNotFound:
        hint = "install Graphviz, or draw what `--to dot` writes elsewhere"
        raise _missing("the program `dot` of Graphviz", hint) from None


def _missing(what: str, hint: str) -> RejectedError:
    return RejectedError(Diagnostic("E0622", NOWHERE, f"{what} is not installed", hint=hint))
