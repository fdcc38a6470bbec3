"""`policydsl tables`: decision tables, box by box."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.exits import Exit
from policydsl.cli.chosen import load_given
from policydsl.cli.shared import Seconds

if TYPE_CHECKING:
    from policydsl.analyses.tables import TableReport
    from policydsl.engines.verdict import Verdict
    from policydsl.front.loaded import LoadedPolicy


@click.command()
@click.argument("policies", nargs=-1, type=click.Path(path_type=Path))
@click.option("--budget", default=10.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each question whether a history gets to a gap.")  # fmt: skip
def tables(policies: tuple[Path, ...], budget: float) -> int:
    """Look at every decision table of POLICIES (default: specs): gaps, overlaps, hidden rows, and the hit policy.

    Gaps and overlaps are exact, each with an example, and with the answer whether any history gets there. Exit code 1
    if a history gets to a gap in a table that says nothing for it, or to two rows where the table promises one.

    \b
    policydsl tables specs/my.policy
    """  # noqa: D301
    from policydsl.analyses.tables import table_reports
    from policydsl.report.tables import table_lines

    loaded = load_given(policies or (Path("specs"),))
    code: int = Exit.GOOD
    for policy in loaded.policies:
        found, unclear = table_reports(policy)
        verdicts = _verdicts(policy, found, budget)
        click.echo(f"{policy.header.title}  ({policy.path})" if found or unclear else f"{policy.path}: no tables")
        for table in found:
            for line in table_lines(policy, table, verdicts):
                click.echo(f"  {line}")
            code = max(code, _code(table, verdicts), key=(Exit.GOOD, Exit.UNDECIDED, Exit.UNEXPECTED).index)
        for name in unclear:
            click.echo(f"  {name}: its bounds are no constants, so its boxes cannot be drawn")
    return code


def _verdicts(policy: "LoadedPolicy", found: "tuple[TableReport, ...]", budget: float) -> "dict[str, Verdict]":
    from policydsl.analyses.judge import decide
    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import Subject
    from policydsl.engines.verdict import Budget

    questions = [spot.question for table in found for spot in table.spots]
    judgement = Judgement(tuple(Subject(policy, "liveness", q, path=policy.path) for q in questions))
    decide(judgement, Budget(seconds=budget), 1, lambda _: None)
    return {questions[i].key: verdict for i, verdict in judgement.verdicts.items()}


def _code(table: "TableReport", verdicts: "dict[str, Verdict]") -> int:
    from policydsl.engines.verdict import Proved, Refuted, Vacuous

    broken = [s for s in table.spots if (table.total if s.kind == "gap" else table.exact)]
    serious = [verdicts.get(s.question.key) for s in broken]
    if any(isinstance(v, Refuted) for v in serious):
        return Exit.UNEXPECTED
    return Exit.GOOD if all(isinstance(v, Proved | Vacuous) for v in serious) else Exit.UNDECIDED
