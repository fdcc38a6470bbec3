"""`policydsl certify`: stored certificates, checked without believing anything they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit, RejectedError
from policydsl.base.records import dataclass
from policydsl.base.span import whole_file
from policydsl.cli.chosen import default_paths, load_given
from policydsl.cli.diff_folder import check_folder, folders_in
from policydsl.cli.progress import progress
from policydsl.cli.shared import Seconds, cannot_write, counted, jobs_option, show_diagnostics, write_file
from policydsl.cli.solvers import Checked, refused_by, solvers_called

if TYPE_CHECKING:
    from policydsl.analyses.judgement import Judgement
    from policydsl.analyses.subjects import Subject
    from policydsl.core.system import Question, System
    from policydsl.engines.verdict import Certificate, Verdict
    from policydsl.front.load import Loaded

_GRAVITY = (Exit.GOOD, Exit.UNDECIDED, Exit.UNEXPECTED, Exit.REJECTED, Exit.BUG)
"""The exit codes that say something about certificates, the worst last."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Decide everything anew, and store what comes out.")
@click.option("--solver", default="both", show_default=True, type=click.Choice(["both", "z3", "cvc5"]),
              help="Who re-checks the proofs.")  # fmt: skip
@click.option("--export", type=click.Path(path_type=Path), metavar="DIR",
              help="Write the proofs as SMT-LIB 2 files for any solver, with a README and a script.")  # fmt: skip
@click.option("--budget", default=10.0, show_default=True, metavar="SECONDS", type=Seconds(),
              help="Time for each claim, with --write.")  # fmt: skip
@jobs_option
def certify(  # noqa: PLR0913  one parameter for each option
    paths: tuple[Path, ...], *, write: bool, solver: str, export: Path | None, budget: float, jobs: int
) -> int:
    """Check the stored certificates, or store them.

    PATHS are as for `policydsl check`. Certificates lie in a folder `certificates` beside the claims, a file for each
    question. Every proof is written anew from the policy with what the file says it rests on, and checked by z3 and by
    cvc5, each in a process of its own; every story is replayed. A file that is missing, stale, cut off or changed is an
    error. A folder that `policydsl diff --certificates` has written is checked likewise: all that was said of two
    wordings.

    \b
    policydsl certify
    policydsl certify --write
    policydsl certify --export bundle
    """  # noqa: D301
    solvers = solvers_called(solver)
    compared, others = folders_in(default_paths(paths))
    if not others and (write or export is not None):
        raise click.UsageError("what `diff --certificates` has written is only checked: no --write, no --export")
    code: int = Exit.GOOD
    if others:
        code = _Run(jobs, budget).go(others, solvers, export, write=write)
    for folder in compared if code in {Exit.GOOD, Exit.UNEXPECTED, Exit.UNDECIDED} else ():
        code = max(code, check_folder(folder, solvers, jobs), key=_GRAVITY.index)
    return code


@dataclass(frozen=True, slots=True)
class _Proof:
    """A certificate, the question it is about, and the file that it comes from."""

    subject: "Subject"
    question: "Question"
    certificate: "Certificate"
    file: Path


@dataclass(slots=True)
class _Run:
    jobs: int
    budget: float
    loaded: "Loaded | None" = None
    subjects: tuple["Subject", ...] = ()
    files: list[Path] = field(default_factory=list)
    shown: dict[int, bool] = field(default_factory=dict)
    proofs: list[_Proof] = field(default_factory=list)

    def go(self, paths: Sequence[Path], solvers: Sequence[str], export: Path | None, *, write: bool) -> int:
        """Store if that is wanted, check, export; return the exit code."""
        self.load(paths)
        code = self.write() if write else None
        if code is None:
            code = self.check(solvers)
        if export is not None and code == Exit.GOOD:
            code = self.export(export)
        elif export is not None:
            click.echo(f"nothing was written to {export}: only proofs that all stand are exported", err=True)
        return code

    def load(self, paths: Sequence[Path]) -> None:
        """Load what there is to certify."""
        from policydsl.analyses.subjects import subjects_of
        from policydsl.cli.shelf import places

        self.loaded = loaded = load_given(paths)
        self.subjects = subjects_of(loaded.policies, loaded.claims)
        self.files = places(loaded, self.subjects)

    def judgement(self) -> "Judgement":
        """Return a judgement in which golden histories have answered what they show; the rest needs certificates."""
        from policydsl.analyses.alive import recognise
        from policydsl.analyses.judgement import Judgement
        from policydsl.analyses.subjects import lemmas_of
        from policydsl.cli.histories import play_golden

        assert self.loaded is not None
        made = Judgement(self.subjects, lemmas_of(self.loaded.claims))
        for policy in self.loaded.policies:
            recognise(made, policy, play_golden(policy).alive)
        self.shown = {i: i not in made.verdicts for i in range(len(self.subjects))}
        return made

    # --- storing ---------------------------------------------------------------------------------

    def write(self) -> int | None:
        """Decide everything and store it; return an exit code if that fails."""
        from policydsl.analyses.judge import decide
        from policydsl.engines.verdict import Budget

        made = self.judgement()
        try:
            with progress() as tell:
                decide(made, Budget(seconds=self.budget), self.jobs, tell)
        except KeyboardInterrupt:
            click.echo("interrupted: no certificate was written, those there are as they were", err=True)
            return Exit.INTERRUPTED
        for bug in made.bugs:
            click.echo(f"policydsl has a bug: {bug.reason}", err=True)
        if made.bugs:
            return Exit.BUG
        texts, open_ = _texts(made)
        code = self._store_all(texts)
        if code is not None:
            return code
        click.echo(f"{counted(len(texts), 'certificate', 'certificates')} written")
        for key in open_:
            click.echo(f"{key}: undecided, or it can be shown by a new search only: no certificate", err=True)
        return Exit.UNDECIDED if open_ else None

    def _store_all(self, texts: Mapping[int, str]) -> int | None:
        """Write the files, each at once or not at all, and remove those that nothing asks for; return an exit code."""
        from policydsl.cli.shelf import strangers

        written = 0
        try:
            for i, text in sorted(texts.items()):
                failure = _store(self.files[i], text)
                if failure is not None:
                    hint = f"{written} of {len(texts)} certificates were written before, the others are as they were"
                    raise RejectedError(replace(failure, hint=hint))
                written += 1
            for path in strangers([f for i, f in enumerate(self.files) if i in texts]):
                path.unlink()
                click.echo(f"{path}: removed, nothing asks for it any more")
        except OSError as error:
            raise RejectedError(cannot_write(Path(str(error.filename)), error)) from None
        except KeyboardInterrupt:
            click.echo(f"interrupted: {written} of {len(texts)} certificates written, each of them whole", err=True)
            return Exit.INTERRUPTED
        return None

    # --- checking --------------------------------------------------------------------------------

    def check(self, solvers: Sequence[str]) -> int:
        """Check everything that is stored; return the exit code."""
        from policydsl.analyses.judge import decide
        from policydsl.cli.shelf import read_shelf, strangers
        from policydsl.engines.verdict import Budget, Unknown

        made = self.judgement()
        shelf = read_shelf(self.subjects, self.files, self.shown)
        made.kept = shelf.kept
        decide(made, Budget(seconds=self.budget), self.jobs, lambda _: None, no_search)
        wrong = dict(shelf.wrong)
        for i, _, verdict in made.answers:
            if isinstance(verdict, Unknown):
                wrong.setdefault(i, made.unfit.get(i, "is about another version of the policy or the claim"))
        hint = "if the change is meant: `policydsl certify --write`"
        said = [
            Diagnostic("E0610", whole_file(self.files[i]), f"this certificate {reason}", hint=hint)
            for i, reason in sorted(wrong.items())
        ]
        asked = [f for i, f in enumerate(self.files) if self.shown[i]]
        said += [
            Diagnostic("E0610", whole_file(path), "this certificate belongs to no question", hint=hint)
            for path in strangers(asked)
        ]
        self.proofs = _proofs(made, self.files)
        refused, code = refused_by(solvers, [Checked(p.question.key, p.certificate, p.file) for p in self.proofs])
        said += refused
        show_diagnostics(tuple(said), {}) if said else None
        if code is None:
            stories = sum(hasattr(verdict, "trace") for _, _, verdict in made.answers)
            proofs, told = counted(len(self.proofs), "proof", "proofs"), counted(stories, "story", "stories")
            click.echo(
                f"{len(asked) - len(wrong)} of {len(asked)} certificates stand: {proofs}, re-checked by "
                f"{' and '.join(solvers)}, each in a process of its own; {told}, replayed. That no story is shorter "
                "than those said to be shortest is not checked here: `policydsl check --fresh` searches."
            )
        return code if code is not None else Exit.UNEXPECTED if said else Exit.GOOD

    # --- for others ------------------------------------------------------------------------------

    def export(self, folder: Path) -> int:
        """Write the bundle; return the exit code."""
        from policydsl.report.bundle import Exported, bundle

        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = f"`{folder}` is there already, and not empty"
            raise RejectedError(Diagnostic("E0603", whole_file(folder), message, hint="name a new folder"))
        given = [
            Exported(
                p.subject.policy.header.title,
                f"{Path(p.subject.policy.path).stem}/{p.file.stem}",
                p.subject.claim.sentence if p.subject.claim is not None else p.subject.question.key,
                _under(p.question, p.subject.policy.system),
                p.certificate,
            )
            for p in self.proofs
        ]
        for name, text in bundle(given).items():
            failure = _store(folder / name, text)
            if failure is not None:
                raise RejectedError(failure)
        (folder / "check.sh").chmod(0o755)
        click.echo(f"{counted(len(given), 'proof', 'proofs')} written to {folder}; its README says how to check them")
        return Exit.GOOD


# --- parts ---------------------------------------------------------------------------------------


def no_search(system: "System", questions: Sequence["Question"], *_: object) -> Iterator[tuple["Question", "Verdict"]]:
    """Answer nothing: certificates are to do."""
    from policydsl.engines.verdict import Unknown

    del system
    yield from ((question, Unknown("not searched", ())) for question in questions)


def _texts(made: "Judgement") -> tuple[dict[int, str], list[str]]:
    """Return the text of each file, by subject, and the questions that have none."""
    from policydsl.analyses.recall import recorded
    from policydsl.engines.records import write_records
    from policydsl.engines.store import Desk

    desk, texts, open_ = Desk(), dict[int, str](), list[str]()
    traces = {
        p: [t for i, _, v in made.answers if made.subjects[i].policy.path == p and (t := getattr(v, "trace", None))]
        for p in {s.policy.path for s in made.subjects}
    }
    for i, subject in enumerate(made.subjects):
        answers = [(q, v) for k, q, v in made.answers if k == i]
        records = [recorded(q, v, traces[subject.policy.path], desk) for q, v in answers]
        good = {r.binding: r for r in records if r is not None}
        if None in records:
            open_.append(subject.question.key)
        if good:
            texts[i] = write_records(subject.policy.header.title, subject.question.key, good.values())
    return texts, open_


def _store(path: Path, text: str) -> Diagnostic | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return None
    except OSError as error:
        return cannot_write(path, error)
    except UnicodeDecodeError:
        pass  # whatever lies there, it is no certificate
    return write_file(path, text)


def _proofs(made: "Judgement", files: Sequence[Path]) -> list[_Proof]:
    """Return the certificates behind the answers, with all their texts, in the order of the subjects."""
    from policydsl.engines.store import Desk, whole_proof
    from policydsl.engines.verdict import Proved, Vacuous

    desk, found = Desk(), list[_Proof]()
    for i, question, verdict in sorted(made.answers, key=lambda each: each[0]):
        if isinstance(verdict, Proved | Vacuous):
            found.append(_Proof(made.subjects[i], question, whole_proof(question, verdict, desk), files[i]))
    return found


def _under(question: "Question", system: "System") -> tuple[str, ...]:
    """Return what is assumed in `question` beyond its policy, as text."""
    from policydsl.core.show import show_expr

    return tuple(show_expr(e) for e in question.system.assumptions if e not in system.assumptions)
