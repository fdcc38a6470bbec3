"""`policydsl check`: every claim about every policy, decided."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, in_order
from policydsl.base.exits import Exit, RejectedError
from policydsl.cli.ahead import Ahead, work_ahead
from policydsl.cli.chosen import choose, default_paths, no_policies
from policydsl.cli.documents import HELP, quoted, unreadable
from policydsl.cli.progress import progress
from policydsl.cli.report import FormatChoice, LanguageChoice, write_folder, write_in_form, write_report
from policydsl.cli.shared import Seconds, colours, jobs_option, show_diagnostics, tell_bugs, width

if TYPE_CHECKING:
    from policydsl.analyses.again import Shown
    from policydsl.analyses.dispatch import Aside
    from policydsl.analyses.judge import Batch
    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import Subject
    from policydsl.cli.confirmed import Confirmed
    from policydsl.cli.histories import Golden
    from policydsl.cli.shelf import Shelf
    from policydsl.engines.verdict import Budget
    from policydsl.front.load import Loaded
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.report.model import HistoryResult, Report

_BRAKE = 3600.0
"""Seconds of the processor for a claim whose effort is limited: so many that time decides nothing."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="CLAIM", help="Check this claim alone; may be given several times.")
@click.option("--budget", default=10.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each claim; what is not decided then is reported as undecided.")  # fmt: skip
@click.option("--effort", default=None, metavar="N", type=click.IntRange(min=1),
              help="Work of the solver for each claim, in its resource units, instead of --budget: the same verdicts "
              "however busy or fast the machine is. Ten seconds are some tens of millions.")  # fmt: skip
@jobs_option
@click.option("--format", "form", default="text", show_default=True, type=FormatChoice(), help=FormatChoice.about())
@click.option("--language", default="en", show_default=True, type=LanguageChoice(),
              help="What the report is written in.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the report to this file (traces: folder).")
@click.option("--memory", default=None, metavar="MB", type=click.IntRange(min=256),
              help="Most memory for each process; a claim that needs more is reported as undecided.")  # fmt: skip
@click.option("--fresh", is_flag=True,
              help="Search for every answer, and read every text: use neither certificates (policydsl certify) nor "
              "what earlier runs have kept.")  # fmt: skip
@click.option("--report", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write the report into this folder too, in every form.")  # fmt: skip
@click.option("--witnesses", default=1, show_default=True, metavar="N", type=click.IntRange(1, 20),
              help="Up to so many stories of each claim that fails, different in what happens.")  # fmt: skip
@click.option("--document", "documents", multiple=True, metavar="[NAME=]FILE", help=HELP)
@click.option("-q", "--quiet", is_flag=True, help="Only the last line, and no progress.")
@click.option("-v", "--verbose", is_flag=True, help="All stories, the evidence for proofs, what is not formalised.")
def check(  # noqa: PLR0913, PLR0917  one parameter for each option
    paths: tuple[Path, ...], only: tuple[str, ...], budget: float, jobs: int, form: str, language: str,
    output: Path | None, folder: Path | None, witnesses: int, documents: tuple[str, ...],
    *, effort: int | None, memory: int | None, fresh: bool, quiet: bool, verbose: bool,
) -> int:  # fmt: skip
    """Decide every claim: proved for every history, or a story in which it fails, the shortest in the dates searched.

    PATHS are policies (.policy), claims (.claims) or folders with them; by default specs and proofs. Golden
    histories beside a policy (specs/NAME.histories/ beside specs/NAME.policy) must come out as they say.

    \b
    policydsl check
    policydsl check specs/my.policy proofs/my.claims
    policydsl check --only ceiling -v
    policydsl check --format json --output result.json
    """  # noqa: D301
    from policydsl.engines.verdict import Budget

    wrong = unreadable(documents)
    if wrong:
        raise RejectedError(*wrong)
    run = _Run(fresh=fresh, quiet=quiet, as_text=form == "text")
    limits = Budget(seconds=budget if effort is None else _BRAKE, memory=memory, effort=effort)
    try:
        run.work(paths, only, limits, jobs)
        run.add_witnesses(witnesses, limits)
    except KeyboardInterrupt:
        run.interrupted = True
        run.count_rest(paths)
    report, wrong = quoted(run.report(brief=form == "text" and not verbose and folder is None), documents)
    show_diagnostics(wrong, {})
    if form == "text":
        code = write_report(_text(report, language, quiet=quiet, verbose=verbose, plain=output is not None), output)
    else:
        code = write_in_form(report, form, language, output)
    if folder is not None:
        code = write_folder(report, language, folder) or code
    from policydsl.report.model import exit_code

    code = code or (Exit.REJECTED if wrong else exit_code(report))
    if run.interrupted and (form != "text" or output is not None):
        click.echo("PARTIAL: interrupted; the report says so", err=True)
    tell_bugs(report.bugs, verbose=verbose)
    run.keep(searched=effort is None and limits.seconds >= Budget().seconds)
    return Exit.INTERRUPTED if run.interrupted else code


def _text(report: "Report", code: str, *, quiet: bool, verbose: bool, plain: bool) -> str:
    from policydsl.report.language import language
    from policydsl.report.text import render_text, summary

    if quiet:
        return summary(report, language(code)) + "\n"
    return render_text(report, code, width=width(), colour=colours() and not plain, verbose=verbose)


class _Run:
    """One run, as far as it has come: good to report on at any moment."""

    def __init__(self, *, fresh: bool = False, quiet: bool = False, as_text: bool = True) -> None:
        self.fresh = fresh
        self.quiet = quiet
        self.as_text = as_text
        self.interrupted = False
        self.only = False
        self.whole = False
        self.measured = False
        self.loaded: Loaded | None = None
        self.judgement: Judgement | None = None
        self.shelf: Shelf | None = None
        self.confirmed: Confirmed | None = None
        self.ahead = Ahead()
        self.histories: dict[str, list[HistoryResult]] = {}
        self.extra: list[Diagnostic] = []
        self.sources: dict[str, str] = {}

    def work(self, paths: Sequence[Path], only: Sequence[str], budget: "Budget", jobs: int) -> None:
        """Load, and decide everything: of what is loaded, while the rest is."""
        from policydsl.analyses.judge import decide
        from policydsl.analyses.judgement import Judgement
        from policydsl.cli.shelf import Shelf

        self.only, self.measured = bool(only), budget.effort is not None
        self.judgement = Judgement((), near=not self.measured)  # of what that takes, not all is counted
        self.shelf = None if self.fresh else Shelf()
        given, ahead = default_paths(paths), 1 if budget.memory else jobs  # those limits are for tasks
        with progress(quiet=self.quiet) as tell:
            decide(
                self.judgement, budget, jobs, tell, more=self._chosen(given, only) if only else self._all(given, ahead)
            )

    def _chosen(self, given: Sequence[Path], only: Sequence[str]) -> Iterator["Batch"]:
        """Load all there is; yield the claims called as in `only`."""
        from policydsl.analyses.dispatch import Aside
        from policydsl.analyses.subjects import subjects_of
        from policydsl.cli.confirmed import kept_here
        from policydsl.front.kept import write
        from policydsl.front.load import joined, loading

        kept, self.confirmed = (None, None) if self.fresh else kept_here()
        parts = list(loading(given, None if kept is None else kept.recall))
        orders = [] if kept is None else [order for part in parts if (order := kept.order(part)) is not None]
        if self.confirmed is not None:
            for part in parts:
                self.confirmed.open(part)
        self._know(given, joined(parts))
        assert self.loaded is not None
        subjects, wrong = choose(subjects_of(self.loaded.policies, self.loaded.claims), only, self.sources)
        self.extra += wrong
        yield replace(self._batch(self.loaded, subjects), asides=tuple(Aside(order, write) for order in orders))
        yield from self._prepared()

    def _prepared(self) -> Iterator["Batch"]:
        """Load what reports take, while workers are at what they were given."""
        from policydsl.analyses.judge import Batch

        yield Batch()
        from policydsl.report import build  # noqa: F401

        if self.as_text:
            from policydsl.report import text  # noqa: F401

    def _all(self, given: Sequence[Path], jobs: int) -> Iterator["Batch"]:
        """Load policy by policy; yield all there is to decide about each, and in between nothing.

        What `jobs` processes are better at is done ahead.
        """
        from policydsl.analyses.dispatch import Aside
        from policydsl.analyses.judge import Batch
        from policydsl.analyses.subjects import claims_in, subjects_of
        from policydsl.cli.confirmed import kept_here
        from policydsl.front.kept import write
        from policydsl.front.load import groups_at, joined, loading

        parts: list[Loaded] = []
        kept, self.confirmed = (None, None) if self.fresh else kept_here()
        if not self.fresh:
            self.ahead = work_ahead(groups_at(given), jobs, kept, self.confirmed)
        for part in loading(given, self.ahead.recall):
            gc.freeze()  # what is loaded lasts: nobody is to look through it for garbage
            parts.append(part)
            if not part.policies and not part.claims:
                yield Batch()
                continue
            self._know(given, joined(parts))
            for policy in part.policies:
                if self.confirmed is not None:
                    self.confirmed.open(part)
                    self.confirmed.keep_packed(policy.path, self.ahead.packed.get(policy.path, {}))
                batch = self._batch(part, subjects_of((policy,), part.claims))
                asides = [self._histories(policy)]
                if kept is not None and (order := kept.order(part)) is not None:
                    asides.append(Aside(order, write))
                yield replace(batch, asides=tuple(asides))
            late = [s for file in part.claims if file.policy not in part.policies for s in claims_in(file)]
            if late:
                yield self._batch(part, late)
        self._know(given, joined(parts))
        self.whole = True
        yield from self._prepared()

    def _know(self, given: Sequence[Path], loaded: "Loaded") -> None:
        self.loaded = loaded
        self.sources.update(loaded.sources)
        self.extra = [] if loaded.policies or loaded.diagnostics else [no_policies(given)]

    def _batch(self, loaded: "Loaded", subjects: Sequence["Subject"]) -> "Batch":
        """Return what there is to decide, with the answers that are stored.

        Where one is of no use, its question is decided as if there were none.
        """
        from policydsl.analyses.judge import Batch
        from policydsl.analyses.subjects import lemmas_of
        from policydsl.cli.shelf import places, read_shelf

        assert self.judgement is not None
        made = Batch(tuple(subjects), lemmas_of(loaded.claims))
        if self.shelf is None:
            return made
        found = read_shelf(subjects, places(loaded, subjects), {})
        self.shelf.add(found, len(self.judgement.subjects))
        return replace(made, kept=found.kept, confirmed=self._shown_before(subjects, found.texts))

    def _shown_before(self, subjects: Sequence["Subject"], texts: Mapping[int, str]) -> "dict[int, Shown]":
        """Return what has been shown of `subjects`, or found, with certificates of the same `texts` at hand.

        Where the effort is limited, nothing that earlier runs have found: other machines have not that to go by.
        """
        from policydsl.analyses.again import Shown
        from policydsl.cli.confirmed import of_answer

        found: dict[int, Shown] = {}
        for i, subject in enumerate(subjects):
            shown = self._find(subject.policy, of_answer(subject, texts.get(i, "")))
            if isinstance(shown, Shown) and not (self.measured and shown.made_here):
                found[i] = shown
        return found

    def _find(self, policy: "LoadedPolicy", of: bytes) -> object:
        """Return what was shown `of` something about `policy`, ahead of this run or by earlier ones."""
        found = self.ahead.find(policy.path, of)
        return found if found is not None or self.confirmed is None else self.confirmed.find(policy.path, of)

    def keep(self, *, searched: bool) -> None:
        """Write down for the next run what this one has shown, if all went well; what it has `searched` for if wanted.

        With more time than it had, another run might tell plainer stories.
        """
        if self.confirmed is None or self.shelf is None or self.judgement is None:
            return
        if self.judgement.complete and not self.judgement.bugs and not self.interrupted:
            for i, subject in enumerate(self.judgement.subjects):
                here = i in self.judgement.searched
                shown = self.judgement.found(i) if here else self.judgement.shown.get(i)
                if shown is not None and (searched or not here):
                    of = self.confirmed.about(subject, self.shelf.texts.get(i, ""))
                    self.confirmed.keep(subject.policy.path, of, shown)
            self.confirmed.write()

    def add_witnesses(self, most: int, budget: "Budget") -> None:
        """Add other stories to those of the claims that fail, up to `most` in all."""
        from policydsl.analyses.judge import find_others

        if most > 1 and self.judgement is not None:
            with progress(quiet=self.quiet) as tell:
                find_others(self.judgement, most - 1, budget, tell)

    def count_rest(self, paths: Sequence[Path]) -> None:
        """Load what an interruption has kept from being loaded: it is to be said how much was not reached."""
        from policydsl.analyses.subjects import subjects_of
        from policydsl.front.load import load

        if self.only or self.whole or self.judgement is None:
            return
        given = default_paths(paths)
        loaded, known = load(given), {s.policy.path: s.policy for s in self.judgement.subjects}
        self.judgement.subjects += subjects_of([p for p in loaded.policies if p.path not in known], loaded.claims)
        self._know(given, replace(loaded, policies=tuple(known.get(p.path, p) for p in loaded.policies)))

    def _histories(self, policy: "LoadedPolicy") -> "Aside":
        """Return what has the golden histories of `policy` played, or tells how they went before."""
        from policydsl.analyses.dispatch import Aside
        from policydsl.cli.confirmed import of_histories
        from policydsl.cli.histories import Golden, golden_texts, play_golden

        texts = None if self.fresh else golden_texts(policy)
        known = None if texts is None else self._find(policy, of_histories(texts))
        take = partial(self._take_histories, policy)
        return Aside(policy, play_golden, take, known if isinstance(known, Golden) else None)

    def _take_histories(self, policy: "LoadedPolicy", golden: "Golden") -> None:
        from policydsl.analyses.alive import recognise
        from policydsl.cli.confirmed import of_histories

        if self.confirmed is not None and len(golden.sources) == len(golden.results):  # all of them could be read
            self.confirmed.keep(policy.path, of_histories(golden.sources), golden)
        assert self.judgement is not None
        self.sources.update(golden.sources)
        self.histories[policy.path] = golden.results
        recognise(self.judgement, policy, golden.alive)

    def report(self, *, brief: bool) -> "Report":
        """Return the report on what is known; `brief` if nobody will read the stories that are expected."""
        from policydsl.cli.shelf import tally
        from policydsl.report.build import build_report, with_bugs

        policies = self.loaded.policies if self.loaded else ()
        if self.only and self.judgement is not None:
            asked = {s.policy.path for s in self.judgement.subjects}
            policies = tuple(p for p in policies if p.path in asked)
        found = in_order((*(self.loaded.diagnostics if self.loaded else ()), *self.extra))
        decisions = self.judgement.decisions() if self.judgement else ()
        report = build_report(policies, decisions, self.histories, found, self.sources, brief=brief)
        if self.judgement is not None:
            report = with_bugs(report, self.judgement.bugs)
        if self.judgement is not None and self.shelf is not None:
            report = replace(report, certificates=tally(self.judgement, self.shelf))
        return replace(report, complete=report.complete and not self.interrupted, only=self.only)
