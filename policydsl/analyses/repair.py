"""Small edits with which a refuted claim holds, and all else that is claimed stays: offered, never applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from policydsl.analyses.claim_parts import Speaker
from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_claims import Again, Flaw, Judging, flaws, rejudge, word
from policydsl.analyses.edits import Edit, as_amendment, script
from policydsl.analyses.judge import News
from policydsl.analyses.readings import tell_anew, visible_readings
from policydsl.analyses.repair_case import Case, Moment
from policydsl.analyses.repair_edits import candidates
from policydsl.analyses.replay import check_history
from policydsl.core.expr import TODAY
from policydsl.core.system import Question, System, Trace
from policydsl.core.walk import slice_system
from policydsl.engines.verdict import Manner, Proved, Refuted, Verdict
from policydsl.front.history_read import read_history
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.front.wordings import Base, Wordings, reworded
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected
from policydsl.syntax import ast


@dataclass(frozen=True, slots=True)
class Cost:
    """What an edit does besides mending the claim, by the names of claims.

    `lost` are guarantees that hold no more; `worse` other claims with another verdict; `undecided` those of which
    that is not known; `mended` claims that hold now, too; `flaws` new conflicts, gaps and dead clauses; `histories`
    golden ones that come out otherwise. Unless it is the `whole` of it, others were not looked at any more.
    """

    lost: tuple[str, ...]
    worse: tuple[str, ...]
    undecided: tuple[str, ...]
    mended: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    histories: tuple[str, ...]
    whole: bool

    @property
    def free(self) -> bool:
        """Whether nothing else that is claimed gets worse."""
        return not (self.lost or self.worse or self.undecided or self.flaws)


@dataclass(frozen=True, slots=True)
class Repair:
    """An edit with which the claim holds, proved: as an amendment, with what it does to the rest."""

    edit: Edit
    amendment: str
    comparison: Comparison
    cost: Cost

    @property
    def rank(self) -> tuple[int, ...]:
        """By what repairs are ordered, the cheapest first."""
        c, changed = self.cost, sum(j.relation != "equivalent" for j in self.comparison.judged)
        return (
            not c.free,
            len(c.lost),
            len(c.flaws),
            len(c.worse),
            len(c.undecided),
            len(c.histories),
            changed,
            self.edit.size,
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What is to hold: a claim, or (`owed`, by its key) something that the policy owes by itself."""

    name: str
    question: Question
    cites: tuple[str, ...]
    claim: LoadedClaim | None = None

    @property
    def sentence(self) -> str:
        """What it says."""
        return self.name if self.claim is None else self.claim.sentence

    def under(self, wordings: Wordings) -> Question | None:
        """Return the question as it is under the new wording; None if that no longer has it."""
        if self.claim is not None:
            return next((c.new.question for c in wordings.claims if c.new and c.old.name == self.name), None)
        return next((t.question for t in owed(wordings.new) if t.name == self.name), None)


def owed(policy: LoadedPolicy) -> tuple[Target, ...]:
    """Return what the policy owes by itself: rows for everything, no conflicts, nothing undefined."""
    system = policy.system
    return tuple(
        Target(o.key, Question(o.key, system, o.property, None), tuple(c for c in o.clauses if c))
        for o in system.obligations
    )


def targets(base: Base) -> tuple[Target, ...]:
    """Return everything that may be in want of a mend."""
    return (*(Target(c.name, c.question, c.cites, c) for c in base.claims), *owed(base.policy))


@dataclass(frozen=True, slots=True)
class Means:
    """Who is asked, and how far: so many repairs that cost nothing are enough, so many edits are put to the prover.

    `histories` are golden ones, texts by file name, that come out as they say.
    """

    asker: Asks
    judging: Judging
    most: int
    tries: int
    histories: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to mend, or nothing to go by: what is known of it is `verdict`."""

    verdict: Verdict


Found: TypeAlias = Repair | Nothing | News


def repairs(base: Base, target: Target, means: Means) -> Iterator[Found]:
    """Yield repairs of `target` as they are found, and between them how far the search has come.

    Gives:    edits with which it is proved. Each is an amendment that has been read back and made; what it costs has
              been judged as everything is.
    Complete: no; only single small edits of the clauses that bear on the claim are tried.
    """
    verdict = _at_first(target.question, means.asker)
    possible = target.claim is not None and target.claim.possible
    if not isinstance(verdict, Proved if possible else Refuted):
        yield Nothing(verdict)
        return
    stories = [verdict.trace] if isinstance(verdict, Refuted) else []
    edits = candidates(case_of(base, target, stories))
    seen, tried, found = [base.policy.system], 0, 0
    for number, edit in enumerate(edits):
        if found >= means.most or tried >= means.tries:
            return
        yield News(number, len(edits), edit.clause, edit.now or edit.was)
        amendment = as_amendment(edit, f"Mends {target.name}", base.policy.header.title, target.sentence)
        wordings = reworded(base, amendment, target.name)
        if wordings is None or wordings.new.system in seen:
            continue
        settled = {edit.was: edit.now} if edit.kind == "reading settled" else {}
        if _fails(target.under(wordings), stories, settled):
            continue
        seen.append(wordings.new.system)
        tried += 1
        if not _holds(target, wordings, stories, means.asker):
            continue
        repair = _costed(base, edit, target, means)
        found += repair.cost.free
        yield repair


def _at_first(question: Question, asker: Asks) -> Verdict:
    """Return what is known of `question` under the wording at hand: all else builds on it, so it may take longer."""
    whole, asker.budget = asker.budget, replace(asker.budget, seconds=asker.budget.seconds * _FIRST)
    (verdict,) = asker.ask([question], wanted=Manner("verdict"))
    asker.budget = whole
    return verdict


_FIRST = 10


def _holds(target: Target, wordings: Wordings, stories: list[Trace], asker: Asks) -> bool:
    """Return whether it is proved, or shown, now; a story that refutes it joins those that later edits must stand."""
    question = target.under(wordings)
    if question is None:
        return target.claim is None  # the policy owes it no longer; a claim without a meaning is none
    (verdict,) = asker.ask([question], wanted=Manner("verdict"))
    if target.claim is not None and target.claim.possible:
        return isinstance(verdict, Refuted)
    if isinstance(verdict, Refuted):
        stories.append(verdict.trace)
    return isinstance(verdict, Proved)


def _fails(question: Question | None, stories: Sequence[Trace], settled: Mapping[str, str]) -> bool:
    """Return whether one of `stories`, told anew under the edit, still refutes the claim: the interpreter says so.

    Readings that the edit settles are read so.
    """
    if question is None:
        return False
    system = replace(question.system, obligations=())
    for trace in stories:
        told = tell_anew(system, {**trace.parameters, **settled}, trace)
        if told is not None and interpret.violation(system, told, question.property) is not None:
            return True
    return False


# --- what there is to go by ----------------------------------------------------------------------


def case_of(base: Base, target: Target, stories: Sequence[Trace]) -> Case:
    """Return what the search for edits goes by."""
    question, policy = target.question, base.policy
    p = question.property
    exprs = [p.state, p.step, *([question.trigger] if question.trigger is not None else [])]
    moments = tuple(m for trace in stories for m in _moments(policy.system, trace))
    seen = slice_system(replace(question.system, obligations=()), exprs)
    clauses = dict.fromkeys((*target.cites, *(c.clause for m in moments for c in m.result.changes), *_clauses(seen)))
    known = {c.number for c in policy.clauses if c.because is None}
    readings = visible_readings(question, policy.system, policy.influence)
    node = None
    if target.claim is not None:
        node = next(n for n in base.nodes if n.name.text == target.name)
    where = base.policy.path if node is None else node.span.file
    own = script(base.tree, base.sources[base.tree.path])
    speaker = Speaker(own if node is None else script(ast.File(where, ()), base.sources[where]), policy.symbols)
    return Case(
        own, policy, node, speaker, moments, tuple(c for c in clauses if c in known), len(target.cites),
        tuple(r.name for r in readings),
    )  # fmt: skip


def _clauses(system: System) -> Iterator[str]:
    yield from (c.clause for u in system.updates for c in u.cases)
    yield from (d.clause for d in system.definitions)
    yield from (e.clause for e in system.events)
    yield from (s.clause for s in system.schedules)
    yield from (p.clause for p in system.parameters)


def _moments(system: System, trace: Trace) -> Iterator[Moment]:
    """Yield the steps of `trace`; none where it is a story of two histories."""
    bare = replace(system, obligations=())
    told = tell_anew(bare, trace.parameters, trace)
    if told is None or {v.name for v in system.variables} != set(trace.initial) - {TODAY}:
        return
    state = told.initial
    for step in told.steps:
        result = interpret.step(bare, told.parameters, state, step)
        assert not isinstance(result, Rejected)
        yield Moment(step, state, result)
        state = result.state


# --- what it costs -------------------------------------------------------------------------------


def _costed(base: Base, edit: Edit, target: Target, means: Means) -> Repair:
    title, of = f"Mends {target.name}", base.policy.header.title
    wordings = reworded(base, as_amendment(edit, title, of, target.sentence))
    assert wordings is not None
    cost = _cost(wordings, edit.clause, target, means)
    made = compare(wordings, {}, means.asker, readings=False)
    expects = [f"{x} for {role}" for role, x in made.overall.roles if x in {"stricter", "more lenient", "incomparable"}]
    return Repair(edit, as_amendment(edit, title, of, target.sentence, expects), made, cost)


def _cost(wordings: Wordings, clause: str, target: Target, means: Means) -> Cost:
    """Return what else becomes of what is claimed, a few claims at a time: a guarantee that is lost says enough."""
    rest = [c.old for c in wordings.claims if c.old.kind != "lemma" and c.old.name != target.name]
    rest.sort(key=lambda c: (c.kind == "finding", clause not in c.cites))
    broken = tuple(p for p, text in means.histories.items() if not comes_out(wordings.new, p, text))
    fates: dict[str, Column] = {}
    for i in range(0, max(len(rest), 1), _TOGETHER):
        fates |= _fates(wordings, {c.name for c in rest[i : i + _TOGETHER]}, target, means.judging)
        if "lost" in fates.values() or sum(x == "worse" for x in fates.values()) > _BAD:
            break
    open_ = {name for name, fate in fates.items() if fate == "undecided"}
    if open_ and not {"lost", "worse"} & set(fates.values()):
        more = replace(means.judging.budget, seconds=means.judging.budget.seconds * _LONGER)
        fates |= _fates(wordings, open_, target, replace(means.judging, budget=more))
    whole = all(c.name in fates for c in rest)
    new = flaws(wordings, means.judging) if whole else ()
    fresh = tuple(f for f in new if f.fate == "new" and f.subject.question.key != target.name)
    lost, worse, undecided, mended = (
        tuple(name for name, fate in fates.items() if fate == column) for column in _COLUMNS
    )  # fmt: skip
    return Cost(lost, worse, undecided, mended, fresh, broken, whole)


def _fates(wordings: Wordings, asked: set[str], target: Target, judging: Judging) -> dict[str, "Column"]:
    """Return what becomes of the claims named in `asked`, and of the lemmas, which help."""
    pairs = [
        (c, n)
        for c, n in zip(wordings.claims, wordings.nodes, strict=True)
        if c.old.kind == "lemma" or c.old.name in asked
    ]
    part = replace(wordings, claims=tuple(c for c, _ in pairs), nodes=tuple(n for _, n in pairs))
    return {a.claim.name: _column(a) for a in rejudge(part, judging) if a.claim.name != target.name}


Column: TypeAlias = Literal["lost", "worse", "undecided", "mended", "as it was"]
_COLUMNS: tuple[Column, ...] = ("lost", "worse", "undecided", "mended")
_LONGER = 4
"""What is left undecided, where nothing else speaks against an edit, gets so many times the time."""
_TOGETHER, _BAD = 8, 2
"""So many claims are judged at a time; so many may get worse before the rest is not worth the time."""


def _column(a: Again) -> Column:
    now = None if a.new is None else word(a.new)
    match a.fate:
        case "untouched" | "kept":
            return "as it was"
        case "gained" | "mended":
            return "worse" if now == "vacuous" else "mended"
        case "undecided":
            return "as it was" if a.old is not None and word(a.old) == "undecided" else "undecided"
        case "lost":
            return "lost"
        case "meaningless" | "worse" | "other readings":
            return "lost" if a.claim.kind != "finding" and a.fate == "meaningless" else "worse"


def comes_out(policy: LoadedPolicy, path: str, text: str) -> bool:
    """Return whether a golden history, the `text` of the file `path`, comes out as it says."""
    history, _ = read_history(text, path, policy)
    return history is not None and not check_history(policy, history)
