"""`policydsl strength`: what claims and histories notice."""

import signal
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, did_you_mean
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.cli.chosen import load_given
from policydsl.cli.progress import progress
from policydsl.cli.shared import Seconds, bug_message, jobs_option, show_diagnostics, write_file

if TYPE_CHECKING:
    from policydsl.analyses.mutants import Mutant
    from policydsl.analyses.strength import Known, Limits, Outcome
    from policydsl.analyses.tasks import Failed
    from policydsl.front.excuses import Excuse
    from policydsl.front.load import Loaded
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.report.strength import Recorded

EXCUSES, RECORD = ".unnoticed.yaml", ".strength.jsonl"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--budget", default=3.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each claim under each change.")  # fmt: skip
@jobs_option
@click.option("--least", default=85, show_default=True, metavar="PERCENT", type=click.IntRange(0, 100),
              help="Exit with 1 if less is noticed.")  # fmt: skip
@click.option("--only", multiple=True, metavar="CLAUSE", help="Change this clause alone; may be given several times.")
@click.option("--quick", is_flag=True, help="Where a history notices a change, do not ask the claims too.")
@click.option("--write", is_flag=True, help="Keep what is found in NAME.strength.jsonl: the next run tries that first.")
@click.option("-v", "--verbose", is_flag=True, help="List every change with what noticed it.")
def strength(  # noqa: PLR0913  one parameter for each option
    paths: tuple[Path, ...], budget: float, jobs: int, least: int,
    *, only: tuple[str, ...], quick: bool, write: bool, verbose: bool,
) -> int:  # fmt: skip
    """Plant small changes in the wording of a policy and see whether its claims and golden histories notice.

    PATHS are policies and claims, or folders with them (default: specs and proofs). The changes: a bound moved by one,
    an end opened or closed, an exception dropped, months for 30 days, `and` for `or`. A change that no claim and no
    history notices is listed, unless it is proved to change nothing in any history. Why that is well, a file beside the
    policy may explain (specs/NAME.unnoticed.yaml); an explanation of what is noticed, or gone, is an error.

    \b
    policydsl strength specs/my.policy proofs/my.claims
    policydsl strength --only 5.2 -v
    """  # noqa: D301
    from policydsl.analyses.strength import Limits
    from policydsl.engines.verdict import Budget

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, what is found is kept
    loaded = load_given(paths)
    limits = Limits(Budget(seconds=budget), jobs)
    plans = [_Plan(policy, loaded, limits, quick) for policy in loaded.policies]
    wrong = [d for plan in plans for d in plan.read(only)]
    if not any(plan.mutants for plan in plans) and only and not wrong:
        wrong.append(_nowhere(only))
    if wrong:
        raise RejectedError(*wrong, sources={n: text for plan in plans for n, text in plan.sources.items()})
    codes: list[int] = [Exit.GOOD]
    for plan in plans:
        if plan.mutants or not only:
            codes.append(plan.run(least, write=write, verbose=verbose))
        if codes[-1] == Exit.INTERRUPTED:
            break
    return max(codes)


def _nowhere(only: Sequence[str]) -> Diagnostic:
    return Diagnostic("E0605", Span("--only", 0, 0, 0, 0), f"no clause {only[0]} has anything to change")


@dataclass(slots=True)
class _Plan:
    """A policy to be tried, and what is found, as far as it has come."""

    policy: "LoadedPolicy"
    loaded: "Loaded"
    limits: "Limits"
    quick: bool
    names: tuple[str, ...] = ()
    mutants: tuple["Mutant", ...] = ()
    excuses: dict[str, "Excuse"] = field(default_factory=dict)
    record: dict[str, "Recorded"] = field(default_factory=dict)
    histories: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    tested: dict[str, "Outcome"] = field(default_factory=dict)
    failed: dict[str, "Failed"] = field(default_factory=dict)
    said: int = 0

    def read(self, only: Sequence[str]) -> list[Diagnostic]:
        """Read what lies beside the policy; return what is wrong with it."""
        from policydsl.analyses.edits import script
        from policydsl.analyses.mutants import mutants
        from policydsl.cli.histories import golden_histories
        from policydsl.front.excuses import read_excuses
        from policydsl.report.strength import read_record
        from policydsl.syntax.parse import parse

        path = Path(self.policy.path)
        tree, _ = parse(self.loaded.sources[self.policy.path], self.policy.path)
        assert tree is not None
        found = mutants(script(tree, self.loaded.sources[self.policy.path]))
        self.names = tuple(m.name for m in found)
        self.mutants = tuple(m for m in found if not only or m.clause in only)
        wrong = [d for result, _ in golden_histories(self.policy, self.histories) for d in result.diagnostics]
        self.sources = {**self.loaded.sources, **self.histories}
        if (text := _text(path.with_suffix(RECORD))) is not None:
            self.record = {r.change: r for r in read_record(text)}
        if (text := _text(path.with_suffix(EXCUSES))) is not None:
            name = str(path.with_suffix(EXCUSES))
            self.sources[name] = text
            excuses, complaints = read_excuses(text, name)
            self.excuses = {e.change: e for e in excuses}
            wrong += [*complaints, *_aimless(excuses, self.names)]
        return wrong

    def run(self, least: int, *, write: bool, verbose: bool) -> int:
        """Try everything, say what came of it, and return the exit code."""
        from policydsl.report.strength import count, recorded, summary

        click.echo(f"{self.policy.header.title}  ({self.policy.path})")
        interrupted = not self._try(write=write, verbose=verbose)
        for mutant in self.mutants[self.said :]:
            self._say(mutant, verbose=verbose)
        found = [recorded(self.tested[m.name]) for m in self.mutants if m.name in self.tested]
        counted = count(found, {e.change: e.because for e in self.excuses.values()})
        click.echo(f"  {summary(counted, quick=self.quick)}")
        if interrupted:
            click.echo(f"  PARTIAL: interrupted after {len(found)} of {len(self.mutants)} changes")
        wrong = [*self._idle(), *(self._save() if write else ())]
        show_diagnostics(tuple(wrong), self.sources) if wrong else None
        for failed in {f.reason: f for f in self.failed.values() if f.bug is not None}.values():
            click.echo(bug_message(failed.reason), err=True)
        if interrupted:
            return Exit.INTERRUPTED
        if any(d.code == "E0603" for d in wrong):
            return Exit.REJECTED
        if any(f.bug is not None for f in self.failed.values()):
            return Exit.BUG
        return Exit.UNEXPECTED if wrong or counted.percent < least else Exit.GOOD

    def _say(self, mutant: "Mutant", *, verbose: bool) -> None:
        """Write what became of `mutant`, if that is known and of interest."""
        from policydsl.report.strength import line

        tested, excuse = self.tested.get(mutant.name), self.excuses.get(mutant.name)
        if tested is not None and (verbose or (tested.fate == "unnoticed" and excuse is None)):
            click.echo(f"  {line(tested, excuse.because if excuse else None)}")

    def _try(self, *, write: bool, verbose: bool) -> bool:
        """Fill `tested`, and say what is known in the order of the text; return whether it came to its end.

        What no earlier run has tried comes first, and with `write` each outcome is kept as it comes: so runs that are
        broken off, however they end, come to the end together.
        """
        from policydsl.analyses.judgement import News
        from policydsl.analyses.strength import Hint, Outcome, strength
        from policydsl.analyses.tasks import Failed

        hints = {
            r.change: Hint(str(Path(self.policy.path).with_suffix(".histories") / r.history), r.claim)
            for r in self.record.values()
        }
        try:
            with progress(timed=True) as tell:
                known = self._known()
                order = sorted(self.mutants, key=lambda m: m.name in self.record)
                for mutant, found in strength(known, order, hints, self.limits, claims=not self.quick):
                    if isinstance(found, Failed):
                        self.failed[mutant.name] = found
                        self.tested[mutant.name] = Outcome(mutant, "unnoticed", open=(found.reason,))
                    else:
                        self.tested[mutant.name] = found
                    tell(News(len(self.tested), len(self.mutants), mutant.name, ""))
                    if write:
                        self._save()  # whether that could be done is said in the end
                    while self.said < len(self.mutants) and self.mutants[self.said].name in self.tested:
                        self._say(self.mutants[self.said], verbose=verbose)
                        self.said += 1
        except KeyboardInterrupt:
            return False
        return True

    def _known(self) -> "Known":
        from dataclasses import replace

        from policydsl.analyses.strength import know
        from policydsl.cli.shelf import answers_to

        claims = tuple(c for c in self.loaded.claims if c.policy is self.policy)
        stored = answers_to({self.policy.path: Path(claims[0].path).parent} if claims else {})
        return know(self.policy, replace(self.loaded, claims=claims), self.histories, stored, self.limits)

    def _idle(self) -> list[Diagnostic]:
        """Return complaints about explanations of changes that are noticed, or change nothing."""
        found = []
        for change, excuse in self.excuses.items():
            tested = self.tested.get(change)
            if tested is not None and tested.fate != "unnoticed":
                now = {"noticed": "is noticed", "changes nothing": "is proved to change nothing"}
                message = f"this change {now.get(tested.fate, 'makes a text that is no policy')}: it needs no reason"
                found.append(Diagnostic("E0650", excuse.span, message, hint="remove it"))
        return found

    def _save(self) -> list[Diagnostic]:
        from policydsl.report.strength import recorded, write_record

        kept = {**self.record, **{name: recorded(t) for name, t in self.tested.items()}}
        text = write_record(self.policy.header.title, [kept[n] for n in self.names if n in kept])
        failure = write_file(Path(self.policy.path).with_suffix(RECORD), text)
        return [failure] if failure else []


def _aimless(excuses: Sequence["Excuse"], names: Sequence[str]) -> list[Diagnostic]:
    """Return complaints about explanations of changes that there are not."""
    found = []
    for excuse in excuses:
        if excuse.change not in names:
            hint = did_you_mean(excuse.change, names) or "remove it"
            found.append(Diagnostic("E0650", excuse.span, "there is no such change any more", hint=hint))
    return found


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
