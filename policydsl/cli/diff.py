"""`policydsl diff`: what an edit of the wording does, proved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, in_order
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.records import dataclass
from policydsl.cli.diff_limit import INTERRUPTED, TIME, Limit, cut_by
from policydsl.cli.diff_sides import claim_files, claims_before, read_renames, read_wording, sides_of
from policydsl.cli.progress import progress
from policydsl.cli.report import LanguageChoice, write_report
from policydsl.cli.shared import Seconds, colours, jobs_option, tell_bugs, width

if TYPE_CHECKING:
    from policydsl.analyses.diff_claims import Judging
    from policydsl.analyses.dispatch import Aside
    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import Subject
    from policydsl.cli.diff_folder import Folder, Head
    from policydsl.cli.diff_kept import KeptReport, Reading
    from policydsl.engines.verdict import Record, Refuted
    from policydsl.front.wordings import Wordings
    from policydsl.report.diff_model import DiffReport

REQUIREMENTS = ("equivalent", "no-guarantee-lost", "no-new-flaw", "nobody-worse-off", "nothing-punished")
FORMS = ("text", "html", "docx", "markdown", "json")


@click.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--git", "revisions", metavar="REV..REV", help="Compare these two revisions of the file OLD.")
@click.option("--rename", "renames", multiple=True, metavar="OLD=NEW",
              help="What a name of the old wording is called in the new one; may be given several times.")  # fmt: skip
@click.option("--renames", "mapping", type=click.Path(path_type=Path), metavar="FILE",
              help="A file with a line `old: new` for each such name.")  # fmt: skip
@click.option("--as-named", is_flag=True,
              help="Do not take for renamed what says word for word the same under another name.")  # fmt: skip
@click.option("--claims", "claims", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
              help="Claims to judge again (default: those in proofs about the policy).")  # fmt: skip
@click.option("--no-claims", is_flag=True, help="Compare the wordings alone.")
@click.option("--require", multiple=True, type=click.Choice(REQUIREMENTS),
              help="Exit with 1 unless this is so; may be given several times.")  # fmt: skip
@click.option("--budget", default=4.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each question; what is not decided then is reported as undecided.")  # fmt: skip
@click.option("--limit", default=120.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time of the processor for the whole comparison, over all processes; what is not decided then is "
              "reported as undecided.")  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Work everything out anew, and keep nothing for the next time.")
@click.option("--certificates", "kept", type=click.Path(path_type=Path), metavar="DIR",
              help="Store certificates of the comparison in this folder, and use those that are there and stand; "
              "`policydsl certify DIR` re-checks them.")  # fmt: skip
@jobs_option
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(FORMS),
              help="Text, one HTML page with pictures, a Word document, Markdown for a pull request, or JSON "
              "for programs (docs/schema/diff-1.json).")  # fmt: skip
@click.option("--language", default="en", show_default=True, type=LanguageChoice(),
              help="What it is written in (JSON: always English).")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the report to this file.")
@click.option("-v", "--verbose", is_flag=True, help="Every claim, also those that stay what they are.")
def diff(  # noqa: PLR0913, PLR0917  one parameter for each option
    old: str, new: str | None, revisions: str | None, renames: tuple[str, ...], mapping: Path | None,
    claims: tuple[Path, ...], require: tuple[str, ...], budget: float, limit: float, jobs: int,
    form: str, language: str, output: Path | None, kept: Path | None,
    *, as_named: bool, no_cache: bool, no_claims: bool, verbose: bool,
) -> int:  # fmt: skip
    """Compare two wordings of a policy: equivalent, stricter, more lenient or incomparable, proved for every history,
    or the shortest history that parts them, told under both.

    OLD and NEW are policies (.policy), as files or as git names them (REVISION:FILE); NEW may be an amendment
    (.amendment) of OLD.

    \b
    policydsl diff specs/my.policy specs/my.new.policy
    policydsl diff specs/my.policy specs/amendments/tighter.amendment
    policydsl diff --git HEAD~1..HEAD specs/my.policy --require no-guarantee-lost
    policydsl diff main:specs/my.policy specs/my.policy --format markdown
    policydsl diff specs/my.policy specs/amendments/tighter.amendment --certificates proofs/tighter
    """  # noqa: D205, D301
    from policydsl.cli.pages import write_page

    sides = sides_of(old, new, revisions)
    how = _How(
        sides, () if no_claims else tuple(claim_files(claims)),
        () if no_claims else tuple(claims_before(sides[0], claims)), renames, mapping, as_named,
        require, (budget, limit), jobs, "en" if form == "json" else language,
    )  # fmt: skip
    home = None if no_cache or kept is not None else _home(how)
    report, unkept = None if home is None else home.find(read_wording), 0
    if report is None:
        report, unkept = _made(how, kept, home, cache=not no_cache)
    if form in {"html", "docx"}:
        from policydsl.report.diff_page import diff_page

        code = write_page(diff_page(report), form, output)
    else:
        code = write_report(_rendered(report, form, output, verbose=verbose), output)
    from policydsl.report.diff_model import diff_exit_code

    tell_bugs(report.bugs, verbose=verbose)
    if report.cut is not None and (form != "text" or output is not None):
        click.echo(f"PARTIAL: {INTERRUPTED if report.cut == 'interrupted' else TIME}; the report says so", err=True)
    ended = diff_exit_code(report)
    return ended if ended == Exit.INTERRUPTED else unkept or code or ended


@dataclass(frozen=True, slots=True)
class _How:
    """What is asked: of which texts, with which claims, now and as they were, with which names, what is required,
    seconds a question and in all, processes, and in which language to answer.
    """  # noqa: D205

    sides: tuple[str, str]
    claims: tuple[str, ...]
    before: tuple[str, ...]
    renames: tuple[str, ...]
    mapping: Path | None
    as_named: bool
    require: tuple[str, ...]
    seconds: tuple[float, float]
    jobs: int
    code: str


def _home(how: _How) -> "KeptReport | None":
    """Return where the report is kept; None where nothing is to be kept."""
    from policydsl.cli.answers import cache_folder
    from policydsl.cli.diff_kept import KeptReport

    folder = cache_folder()
    return None if folder is None else KeptReport(folder, how)


def _made(how: _How, certificates: Path | None, home: "KeptReport | None", *, cache: bool) -> "tuple[DiffReport, int]":
    """Return the report, and an exit code: not 0 if certificates could not be stored."""
    from policydsl.cli.diff_folder import Folder, Head, open_folder, seen_from
    from policydsl.cli.diff_kept import Reading
    from policydsl.front.wordings import load_texts

    reading = Reading(read_wording)
    loaded = load_texts(*how.sides, reading)
    found, texts = list(loaded.diagnostics), dict(loaded.sources)
    told = _Told(reading, found, texts)
    names: dict[str, str] = {}
    if loaded.wordings is not None:
        names = read_renames(how.renames, how.mapping, loaded.wordings, found, texts)
    if loaded.wordings is None or any(d.is_error for d in found):
        raise RejectedError(*found, sources=texts)
    from policydsl.analyses.diff_renames import certain_renames

    taken = {} if how.as_named else certain_renames(loaded.wordings.old, loaded.wordings.new, names)
    if how.mapping is not None:
        reading(str(how.mapping))
    kept: tuple[Folder, Head] | None = None
    if certificates is not None:
        folder = open_folder(certificates, loaded.wordings.old.header.title)
        if not isinstance(folder, Folder):
            raise RejectedError(folder)
        one, other = (seen_from(certificates, side) for side in how.sides)
        kept = folder, Head(one, other, {**names, **taken})
    report, unkept, whole = _work(loaded.wordings, (names, taken), how, kept, told, cache=cache)
    if home is not None and whole:
        home.keep(report, reading)
    return report, unkept


@dataclass(frozen=True, slots=True)
class _Told:
    """What reads texts, what was found in them, and those that were read."""

    reading: "Reading"
    found: list[Diagnostic]
    texts: dict[str, str]


def _claimed(
    wordings: "Wordings", renames: Mapping[str, str], how: _How, told: _Told, judging: "Judging"
) -> "Wordings":
    """Return `wordings` with what is claimed of them, and have `judging` know answers stored to it."""
    from policydsl.front.wordings import with_claims

    loaded = with_claims(wordings, how.claims, told.reading, how.before, renames)
    told.found.extend(loaded.diagnostics)
    told.texts.update(loaded.sources)
    if loaded.wordings is None:
        raise RejectedError(*in_order(told.found), sources=told.texts)
    told.reading.look_into(loaded.wordings)
    judging.stored = _certificates(loaded.wordings)
    return loaded.wordings


def _work(  # noqa: PLR0913  what was loaded, and how to go about it
    wordings: "Wordings",
    names: tuple[Mapping[str, str], Mapping[str, str]],
    how: _How,
    kept: "tuple[Folder, Head] | None",
    told: "_Told",
    *,
    cache: bool,
) -> tuple["DiffReport", int, bool]:
    """Return the report, an exit code (not 0 if certificates could not be stored), and whether nothing went wrong.

    Claims are read once processes are at the first questions.
    """
    from policydsl.analyses.diff_ask import Asker, crew_of
    from policydsl.analyses.diff_claims import Judging, Rejudging
    from policydsl.analyses.diff_names import names_of
    from policydsl.analyses.diff_reworded import reworded
    from policydsl.analyses.diff_whole import examine
    from policydsl.analyses.recall import Recall
    from policydsl.cli.answers import answers_file, read_answers, write_answers
    from policydsl.cli.diff_folder import keep
    from policydsl.engines.verdict import Budget
    from policydsl.report.diff_build import build_diff, transition_of

    given, taken = names
    renames = {**given, **taken}
    budget, title = Budget(seconds=how.seconds[0]), wordings.old.header.title
    cached = answers_file(title) if cache else None
    known = read_answers(cached, title)
    recall = Recall.bound_here(known) if kept is None else Recall(known, kept[0].answers)
    with (
        Limit(how.seconds[1], beside=True) as limit,
        crew_of(how.jobs, stop=limit.stop) as crew,
        progress() as tell,
    ):
        asker = Asker(crew, budget, how.jobs, recall=recall, tell=tell, linked=True)
        if not renames:
            wordings = reworded(wordings, asker)
        judging = Judging(replace(budget, options=budget.seconds), how.jobs, asker.bugs, crew=crew,
                          alive=_alive(wordings), recall=recall,
                          back=names_of(wordings.old, wordings.new, renames).old())  # fmt: skip
        claims = Rejudging(partial(_claimed, wordings, renames, how, told, judging), judging)
        asker.elsewhere, asker.steps = claims.begin(crew)
        whole = examine(wordings, renames, asker, certified=kept is not None)
        judging.tell = tell
        asker.finish()
        again, broken = claims.fates()
        whole.made.wordings = claims.wordings
    if cached is not None and recall.fresh:
        write_answers(cached, title, recall.records(wordings.old.header.histories_from), recall.known)
    unkept = 0 if kept is None or asker.bugs else keep(*kept, wordings, tuple(asker.heard))
    report = build_diff(
        whole.made, claims=again, flaws=broken, transition=transition_of(whole.made, whole.switched, how.code),
        expected=whole.expected, required=how.require, taken=tuple(taken.items()), bugs=asker.bugs,
        diagnostics=in_order(told.found), sources=told.texts, code=how.code,
    )  # fmt: skip
    cut = cut_by(crew.cut)
    return replace(report, cut=cut), unkept, not (cut or report.bugs or crew.lost)


def _alive(wordings: "Wordings") -> "Callable[[Judgement], Aside]":
    """Return what has golden histories tell which clauses are not dead, as far as a wording admits these."""
    from policydsl.analyses.alive import recognise
    from policydsl.analyses.dispatch import Aside
    from policydsl.cli.histories import alive_under

    both = (wordings.old, wordings.new)

    def begun(judgement: "Judgement") -> Aside:
        def take(shown: "Sequence[Mapping[str, Refuted]]") -> None:
            for policy, alive in zip(both, shown, strict=True):
                recognise(judgement, policy, alive)

        return Aside(both, alive_under, take)

    return begun


def _certificates(wordings: "Wordings") -> "Callable[[Subject], tuple[Record, ...]]":
    """Return what reads the stored answers to something about the old wording, as far as they lie beside the claims."""
    from policydsl.cli.shelf import answers_to

    files = [c.old.span.file for c in wordings.claims]
    return answers_to({wordings.old.path: Path(files[0]).parent} if files else {})


def _rendered(report: "DiffReport", form: str, output: Path | None, *, verbose: bool) -> str:
    if form == "json":
        from policydsl.report.diff_json import render_diff_json

        return render_diff_json(report)
    if form == "markdown":
        from policydsl.report.diff_markdown import render_diff_markdown

        return render_diff_markdown(report)
    from policydsl.report.diff_text import render_diff_text

    return render_diff_text(report, width=width(), colour=colours() and output is None, verbose=verbose)
