"""`policydsl repair`: small edits with which a claim would hold."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, did_you_mean
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.records import dataclass
from policydsl.base.span import Span, whole_file
from policydsl.cli.chosen import load_given
from policydsl.cli.pages import ABOUT, FORMS, write_page
from policydsl.cli.progress import progress
from policydsl.cli.report import language_option, output_option, write_report
from policydsl.cli.shared import Seconds, jobs_option, show_diagnostics, tell_bugs, write_in_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from policydsl.analyses.judgement import Bug
    from policydsl.analyses.recall import Said
    from policydsl.analyses.repair import Means, Repair
    from policydsl.analyses.repair_case import Target
    from policydsl.analyses.subjects import Subject
    from policydsl.analyses.workers import Crew
    from policydsl.cli.diff_limit import Limit
    from policydsl.engines.verdict import Record
    from policydsl.front.load import Loaded
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.front.wordings import Base
    from policydsl.report.repair import Outcome, RepairReport


@click.command()
@click.argument("claim")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--most", default=3, show_default=True, metavar="N", type=click.IntRange(min=1),
              help="So many suggestions that cost nothing are enough.")  # fmt: skip
@click.option("--tries", default=60, show_default=True, metavar="N", type=click.IntRange(min=1),
              help="So many edits are put to the prover at most.")  # fmt: skip
@click.option("--budget", default=2.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each question.")  # fmt: skip
@click.option("--limit", default=120.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time of the processor for all of it, over all processes.")  # fmt: skip
@jobs_option
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMS), help=f"{ABOUT}.")
@language_option
@output_option
@click.option("--amendments", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write each suggestion to this folder, too, as CLAIM-1.amendment and so on.")  # fmt: skip
def repair(  # noqa: PLR0913, PLR0917  one parameter for each option
    claim: str, paths: tuple[Path, ...], most: int, tries: int, budget: float, limit: float, jobs: int,
    form: str, language: str, output: Path | None, amendments: Path | None,
) -> int:  # fmt: skip
    """Suggest small edits with which CLAIM would hold, and all else that is claimed stay as it is.

    CLAIM is a claim that fails or depends on readings; a table, for its gaps; or what `check` calls a question about
    the text itself. Bounds, ends of intervals, ranges, rows, conditions, limits, precedence, readings to be settled
    are tried, one at a time, then two together. An edit must stand the story that refutes the claim, replayed; then
    the claim is proved, and everything else judged again. Each suggestion is an amendment, with what it changes and
    what it costs; nothing is applied. PATHS are policies, claims or folders (default: specs and proofs). The exit code
    is 1 if no edit leaves the rest alone, 2 if none did when the time was up.

    \b
    policydsl repair hole specs/my.policy proofs/my.claims
    policydsl repair hole --amendments mends --language zh --format html -o hole.html
    """  # noqa: D301
    from policydsl.cli.diff_limit import Limit

    base, target = _chosen(claim, paths)
    with Limit(limit) as clock:
        report, bugs = _search(base, target, _How(most, tries, budget, jobs, clock), language)
    tell_bugs(bugs)
    code = _written(report, form, output)
    if code == Exit.GOOD and amendments is not None:
        code = _filed(report, amendments)
    return code or (Exit.BUG if bugs else exit_code(report))


def exit_code(report: "RepairReport") -> int:
    """Return the exit code: 0 where an edit leaves the rest alone or it holds, 2 where that is not known in time."""
    if report.outcome == "undecided":
        return Exit.UNDECIDED
    if any(r.free for r in report.repairs) or report.outcome == "holds":
        return Exit.GOOD
    if report.cut == "interrupted":
        return Exit.INTERRUPTED
    return Exit.UNEXPECTED if report.cut is None else Exit.UNDECIDED


@dataclass(frozen=True, slots=True)
class _How:
    """How many suggestions are enough, how many edits are proved, seconds a question, processes, and when to stop."""

    most: int
    tries: int
    seconds: float
    jobs: int
    clock: "Limit"


def _search(base: "Base", target: "Target", how: _How, code: str) -> "tuple[RepairReport, list[Bug]]":
    """Return what is found, and bugs met; an interruption ends the search, and loses nothing."""
    from policydsl.analyses.diff_ask import crew_of
    from policydsl.analyses.judgement import News
    from policydsl.analyses.repair import Nothing, Repair, amendment, compared, repairs
    from policydsl.cli.diff_limit import cut_by
    from policydsl.engines.verdict import Proved, Refuted, Vacuous
    from policydsl.report.heard import heard
    from policydsl.report.language import language
    from policydsl.report.repair import RepairReport, repair_line

    found: list[Repair] = []
    nothing: Nothing | None = None
    at, broken_off = (0, 0), True
    with crew_of(how.jobs, None, base.wordings(), how.clock.stop) as crew, progress() as tell:
        means = _means(base, target, how, crew)
        with contextlib.suppress(KeyboardInterrupt):
            for each in repairs(base, target, means):
                match each:
                    case News(answered=done, asked=every):
                        at = done + 1, every
                        tell(each)
                    case Repair():
                        found.append(each)
                    case Nothing():
                        nothing = each
            broken_off = how.clock.interrupted
        cut = "interrupted" if broken_off else cut_by(crew.cut) if not how.clock.stop(0.0) else "time"
        how.clock.release()
        shown = _best(found, how.most)
        with contextlib.suppress(KeyboardInterrupt):
            shown = [r if broken_off else compared(base, target, r, means.asker) for r in shown]
    lines = [repair_line(base.policy, r, amendment(base, target, r), code) for r in sorted(shown, key=lambda r: r.rank)]
    outcome: Outcome = "repairs" if found else "none"
    if nothing is not None:
        outcome = "holds" if isinstance(nothing.verdict, Proved | Refuted) else "undecided"
        outcome = "empty" if isinstance(nothing.verdict, Vacuous) else outcome
    own = heard(target.sentence, language(code)) if target.claim is None else target.claim.labels.get(code)
    sentence = own or target.sentence
    report = RepairReport(
        base.policy.header.title, target.name, sentence, outcome, tuple(lines), at[1], at[0], cut, target.possible, code
    )
    return report, means.pricing.judging.bugs


def _means(base: "Base", target: "Target", how: _How, crew: "Crew") -> "Means":
    """Return who is asked; what is stored of the claim answers first."""
    from policydsl.analyses.diff_ask import Asker
    from policydsl.analyses.diff_claims import Judging
    from policydsl.analyses.recall import Recall
    from policydsl.analyses.repair import Means
    from policydsl.analyses.repair_cost import Pricing
    from policydsl.engines.verdict import Budget

    stored, recall, budget = _certificates(base), Recall.bound_here({}), Budget(seconds=how.seconds)
    if (said := _said(base, target, stored)) is not None:
        recall.stored = {(target.question.key, recall.binder.bind(target.question)): said}
    asker = Asker(crew, budget, how.jobs, recall=recall)
    judging = Judging(budget, how.jobs, asker.bugs, crew=crew, stored=stored)
    pricing = Pricing(judging, asker, _golden(base.policy))
    return Means(asker, pricing, how.most, how.tries, lambda: bool(crew.cut or how.clock.stop(0.0)))


def _best(found: "Sequence[Repair]", most: int) -> "list[Repair]":
    """Return those to show: all that cost nothing, else the cheapest."""
    free = [r for r in found if r.cost.free]
    dear = sorted((r for r in found if not r.cost.free), key=lambda r: r.rank)
    return [*free, *dear[: max(0, most - len(free))]]


def _written(report: "RepairReport", form: str, output: Path | None) -> int:
    from policydsl.report.repair import repair_json, repair_page

    if form == "json":
        return write_report(repair_json(report), output)
    return write_page(repair_page(report), form, output)


def _filed(report: "RepairReport", folder: Path) -> int:
    """Write each suggestion to a file of its own; a file that is there already is not touched."""
    for number, line in enumerate(report.repairs, start=1):
        path = folder / f"{report.claim.replace(':', '-')}-{number}.amendment"
        if path.exists() and path.read_text(encoding="utf-8", errors="replace") != line.amendment:
            hint = "name another folder, or move the file away"
            failure: Diagnostic | None = Diagnostic("E0603", whole_file(path), f"`{path}` is there already", hint=hint)
        else:
            failure = write_in_folder(path, line.amendment)
        if failure is not None:
            show_diagnostics((failure,), {})
            return Exit.REJECTED
    return Exit.GOOD


# --- what is asked about -------------------------------------------------------------------------


def _chosen(claim: str, paths: Sequence[Path]) -> "tuple[Base, Target]":
    """Return the policy with its claims, and the claim called so."""
    from policydsl.analyses.repair_case import targets
    from policydsl.front.wordings import load_base
    from policydsl.syntax.source import read_source

    loaded = load_given(paths)
    known: dict[str, None] = {}
    for policy in loaded.policies:
        files = tuple(c.path for c in loaded.claims if c.policy is policy)
        base = load_base(policy.path, files, lambda name: read_source(Path(name)))
        if base is None:
            continue
        own = {t.name: t for t in targets(base)}
        for name in (claim, f"gap:{claim}"):
            if name in own:
                return base, own[name]
        known.update(dict.fromkeys(own))
    raise RejectedError(_unknown(claim, list(known), loaded), sources={"CLAIM": claim})


def _unknown(claim: str, known: Sequence[str], loaded: "Loaded") -> Diagnostic:
    hint = did_you_mean(claim, known, 0.5) or "`policydsl check` names what is claimed, and what the text owes"
    if not loaded.claims:
        hint = "no claims are in the files given: name the file of claims too"
    span = Span("CLAIM", 1, 1, 1, len(claim) + 1)
    return Diagnostic("E0605", span, f"there is no claim named `{claim}`", hint=hint)


def _golden(policy: "LoadedPolicy") -> dict[str, str]:
    """Return the golden histories beside `policy` that come out as they say, by file."""
    from policydsl.analyses.repair_cost import comes_out
    from policydsl.cli.histories import golden_files, read_document

    texts = ((str(p), read_document(p)[0]) for p in golden_files(policy.path))
    return {path: text for path, text in texts if text is not None and comes_out(policy, path, text)}


def _certificates(base: "Base") -> "Callable[[Subject], tuple[Record, ...]]":
    """Return what reads the stored answers to something about the policy, as far as they lie beside the claims."""
    from policydsl.cli.shelf import answers_to

    return answers_to({base.policy.path: Path(base.nodes[0].span.file).parent} if base.nodes else {})


def _said(base: "Base", target: "Target", stored: "Callable[[Subject], tuple[Record, ...]]") -> "Said | None":
    """Return what a certificate answers to `target`; it must be one for this very text."""
    from policydsl.analyses.diff_claims import subjects_of_old
    from policydsl.core.show import bind

    origin, key = "obligation" if target.claim is None else "claim", target.question.key
    every = subjects_of_old(base.wordings())
    records = next((stored(s) for s in every if s.origin == origin and s.question.key == key), ())
    binding = bind(target.question) if records else ""
    return next((r.said for r in records if r.binding == binding), None)
