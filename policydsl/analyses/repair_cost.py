"""What an edit costs: what else becomes of what is claimed, and whether it mends by leaving nothing to mend."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import islice, product
from typing import Literal, TypeAlias

from policydsl.analyses.claim_parts import names_in, parts
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_claims import Again, Flaw, Judging, flaws, rejudge
from policydsl.analyses.edits import Edit
from policydsl.analyses.fates import word
from policydsl.analyses.readings import leaves_room
from policydsl.analyses.repair_case import Target, is_one_history
from policydsl.analyses.replay import check_history
from policydsl.analyses.retelling import refused, tell_anew
from policydsl.base.records import dataclass
from policydsl.core.expr import BoolSort, EnumSort, Value
from policydsl.core.system import Event, Input, Question, Step, System, Trace
from policydsl.engines.verdict import Manner, Proved, Refuted
from policydsl.front.claims import lower_claim
from policydsl.front.history_read import read_history
from policydsl.front.load_policy import Wording
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.wordings import Base, Wordings
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected, State
from policydsl.syntax import ast


@dataclass(frozen=True, slots=True)
class Cost:
    """What an edit does besides mending the claim, by the names of claims.

    `lost` are guarantees that hold no more; `worse` other claims with another verdict; `undecided` those, and what the
    policy owes by itself, of which that is not known; `mended` claims that hold now, too; `moot` those that ask about
    another option of a reading that it settles; `flaws` new conflicts, gaps and dead clauses; `histories` golden ones
    that come out otherwise. `stilled` is what the claim speaks of and what never changes any more; `ruled_out` are
    facts that cannot come to pass any more. Unless it is the `whole` of it, others were not looked at any more.
    """

    lost: tuple[str, ...]
    worse: tuple[str, ...]
    undecided: tuple[str, ...]
    mended: tuple[str, ...]
    moot: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    histories: tuple[str, ...]
    stilled: tuple[str, ...]
    ruled_out: tuple[str, ...]
    whole: bool

    @property
    def free(self) -> bool:
        """Whether nothing else that is claimed gets worse, and the claim is still about what it was about."""
        bad = self.lost, self.worse, self.undecided, self.flaws, self.stilled, self.ruled_out
        return self.whole and not any(bad)

    @property
    def rank(self) -> tuple[int, ...]:
        """By what costs are ordered, the lowest first: what is not decided may be lost, and is better than what is."""
        harm = self.stilled, self.ruled_out, (*self.lost, *self.undecided), self.lost, self.flaws, self.worse
        return (not self.free, not self.whole, *(len(each) for each in (*harm, self.histories)))


@dataclass(eq=False, slots=True)
class Pricing:
    """What costs are found out with. `histories` are golden ones, by file, that come out as they say.

    `known` are stories that have refuted a claim under one edit: they may do so under the next one.
    """

    judging: Judging
    asker: Asks
    histories: Mapping[str, str]
    known: dict[str, list[Trace]] = field(default_factory=dict)

    def loses(self, wordings: Wordings, settled: Mapping[str, str]) -> bool:
        """Return whether a guarantee is known to be lost: by a story that lost it under another edit."""
        kept = {c.old.name for c in wordings.claims if c.old.kind == "guarantee" and not _moot(c.old.question, settled)}
        return any(
            name in kept and (q := _question(wordings, name)) is not None and fails(q, traces, settled)
            for name, traces in self.known.items()
        )

    def of(self, wordings: Wordings, edits: Sequence[Edit], target: Target) -> Cost:
        """Return what `edits` cost, a few claims at a time: a guarantee that is lost says enough."""
        settled = settled_by(edits)
        every = [c.old for c in wordings.claims if c.old.kind != "lemma" and c.old.name != target.name]
        moot = tuple(c.name for c in every if _moot(c.question, settled))
        rest = [c for c in every if c.name not in moot]
        clauses = {e.clause for e in edits}
        rest.sort(key=lambda c: (c.name not in self.known, c.kind == "finding", clauses.isdisjoint(c.cites)))
        broken = tuple(p for p, text in self.histories.items() if not comes_out(wordings.new, p, text))
        fates: dict[str, Column] = {}
        for i in range(0, max(len(rest), 1), _TOGETHER):
            fates |= self._fates(wordings, {c.name for c in rest[i : i + _TOGETHER]}, target)
            if "lost" in fates.values() or sum(x == "worse" for x in fates.values()) > _BAD:
                break
        open_ = {name for name, fate in fates.items() if fate == "undecided"}
        if open_ and not {"lost", "worse"} & set(fates.values()):
            more = replace(self.judging.budget, seconds=self.judging.budget.seconds * _LONGER)
            fates |= self._fates(wordings, open_, target, replace(self.judging, budget=more))
        whole = all(c.name in fates for c in rest) and not self.late
        new = flaws(wordings, self.judging) if whole else ()
        fresh = tuple(f for f in new if f.fate == "new" and not (settled and f.subject.origin == "liveness"))
        unsure = tuple(
            f.subject.question.key for f in new if f.fate == "undecided" and f.subject.origin == "obligation"
        )
        lost, worse, undecided, mended = (
            tuple(name for name, fate in fates.items() if fate == column) for column in _COLUMNS
        )  # fmt: skip
        return Cost(lost, worse, (*undecided, *unsure), mended, moot, fresh, broken, (), (), whole)

    def _fates(
        self, wordings: Wordings, asked: set[str], target: Target, judging: Judging | None = None
    ) -> dict[str, "Column"]:
        """Return what becomes of the claims named in `asked`, and of the lemmas, which help."""
        pairs = [
            (c, n)
            for c, n in zip(wordings.claims, wordings.nodes, strict=True)
            if c.old.kind == "lemma" or c.old.name in asked
        ]
        part = replace(wordings, claims=tuple(c for c, _ in pairs), nodes=tuple(n for _, n in pairs))
        again = [a for a in rejudge(part, judging or self.judging) if a.claim.name != target.name]
        for a in again:
            old, new = a.old, None if a.new is None else a.new.verdict
            if a.fate == "lost" and old is not None and word(old) == "holds" and isinstance(new, Refuted):
                self.known.setdefault(a.claim.name, []).append(new.trace)
        late = self.late
        return {a.claim.name: _column(a, late=late) for a in again if a.claim.name in asked}

    @property
    def late(self) -> bool:
        """Whether the work was cut: what is undecided then may be so for want of time alone."""
        return self.judging.crew is not None and bool(self.judging.crew.cut)


def settled_by(edits: Sequence[Edit]) -> dict[str, str]:
    """Return the readings that `edits` settle, with the options that they are settled as."""
    return {e.was: e.now for e in edits if e.kind == "reading settled"}


def _moot(question: Question, settled: Mapping[str, str]) -> bool:
    return not all(leaves_room(question, reading, option) for reading, option in settled.items())


def _question(wordings: Wordings, name: str) -> Question | None:
    return next((c.new.question for c in wordings.claims if c.new and c.old.name == name), None)


def fails(question: Question | None, stories: Sequence[Trace], settled: Mapping[str, str]) -> bool:
    """Return whether one of `stories`, told anew under the edit, still refutes the claim: the interpreter says so.

    Readings that the edit settles are read so. What happens last may happen once or twice more: where so many times
    were too many, a bound that is moved by one only puts it off.
    """
    if question is None:
        return False
    for trace in stories:
        for more in range(_MORE + 1):
            longer = replace(trace, steps=(*trace.steps, *trace.steps[-1:] * more))
            told = tell_anew(question.system, {**trace.parameters, **settled}, longer)
            if told is None:
                break
            if interpret.violation(question.system, told, question.property) is not None:
                return True
    return False


_MORE = 2


Column: TypeAlias = Literal["lost", "worse", "undecided", "mended", "as it was"]
_COLUMNS: tuple[Column, ...] = ("lost", "worse", "undecided", "mended")
_LONGER = 4
"""What is left undecided, where nothing else speaks against an edit, gets so many times the time."""
_TOGETHER, _BAD = 8, 2
"""So many claims are judged at a time; so many may get worse before the rest is not worth the time."""


def _column(a: Again, *, late: bool) -> Column:
    match a.fate:
        case "untouched" | "kept":
            return "as it was"
        case "gained" | "mended":
            return "mended"
        case "undecided":
            before, now = (None if d is None else word(d) for d in (a.old, a.new))
            no_worse = before == "undecided" and now == "holds" and not late
            return "as it was" if no_worse else "undecided"
        case "lost":
            return "lost"
        case "meaningless" | "worse" | "other readings" | "empty":
            return "lost" if a.claim.kind != "finding" and a.fate == "meaningless" else "worse"


def comes_out(policy: LoadedPolicy, path: str, text: str) -> bool:
    """Return whether a golden history, the `text` of the file `path`, comes out as it says."""
    history, _ = read_history(text, path, policy)
    return history is not None and not check_history(policy, history)


# --- what is ruled out ---------------------------------------------------------------------------


def ruled_out(wordings: Wordings, stories: Sequence[Trace], settled: Mapping[str, str]) -> tuple[str, ...]:
    """Return the occurrences of `stories` that cannot take place any more, whatever is chosen. Acts are not facts.

    Facts happen whatever is written: an edit that mends a claim by ruling them out only takes for granted that they
    do not.
    """
    return tuple(dict.fromkeys(name for trace in stories for name in _ruled_out(wordings, trace, settled)))


def _ruled_out(wordings: Wordings, trace: Trace, settled: Mapping[str, str]) -> Iterator[str]:
    system = wordings.new.system
    if not is_one_history(system, trace):
        return
    parameters = {**trace.parameters, **settled}
    if parameters != trace.parameters:
        return  # under another reading it is another story
    found = refused(system, parameters, trace)
    if found is None:
        return
    step, state = found
    event = next((e for e in system.events if e.name == step.name), None)
    if event is not None and event.kind == "occurrence" and not _other_way(system, parameters, state, (step, event)):
        yield event.name


def _other_way(system: System, parameters: Mapping[str, Value], state: State, refused_: tuple[Step, Event]) -> bool:
    """Return whether the step can take place with other choices, the facts being the same."""
    step, event = refused_
    chosen = [i for i in event.inputs if i.by is not None]
    for values in islice(product(*(_choices(i, step.inputs.get(i.name)) for i in chosen)), _WAYS):
        inputs = {**step.inputs, **dict(zip((i.name for i in chosen), values, strict=True))}
        if not isinstance(interpret.step(system, parameters, state, replace(step, inputs=inputs)), Rejected):
            return True
    return False


_WAYS = 512


def _choices(one: Input, seen: Value | None) -> list[Value]:
    """Return some of the values that a choice may have: all of a few, else those about what was chosen."""
    match one.sort:
        case BoolSort():
            return [False, True]
        case EnumSort(values=values):
            return list(values)
        case _:
            near = [] if seen is None or isinstance(seen, str) else [seen + n for n in _NEAR]
            return [v for v in (one.default, *near, *_SOME) if v is not None]


_NEAR, _SOME = (-30, -7, -1, 0, 1, 7, 30), (0, 1, 2, 7, 30, 31, 90, 365)


# --- what is left to speak of --------------------------------------------------------------------


def idle(base: Base, wordings: Wordings, target: Target, asker: Asks) -> bool:
    """Return whether a condition that the claim starts from never holds any more: then it says nothing."""
    return bool(_gone(base, wordings, target, (asker, _beginnings)))


def stilled(base: Base, wordings: Wordings, target: Target, asker: Asks) -> tuple[str, ...]:
    """Return what the claim speaks of that can change under the old wording, and never does under the new one."""
    return tuple(_gone(base, wordings, target, (asker, _changes)))


_Forms: TypeAlias = Callable[[ast.Claim], Iterator[tuple[str, ast.Possible]]]


def _gone(base: Base, wordings: Wordings, target: Target, how: tuple[Asks, _Forms]) -> list[str]:
    """Return the names of the forms that are possible under the old wording and not under the new one."""
    asker, forms = how
    node = next((n for n in base.nodes if n.name.text == target.name), None)
    if node is None or wordings.scopes is None:
        return []
    both: list[tuple[str, Question, Question]] = []
    for name, form in forms(node):
        made = replace(node, form=form)
        before = lower_claim(made, Wording(base.policy, base.scope), [])
        now = lower_claim(made, Wording(wordings.new, wordings.scopes[1]), [])
        if before is not None and now is not None:
            both.append((name, before.question, now.question))
    manner = Manner("verdict", suspect=True)
    verdicts = asker.ask([now for *_, now in both], wanted=manner) if both else []
    lost = [(name, q) for (name, q, _), v in zip(both, verdicts, strict=True) if isinstance(v, Proved)]
    return [name for name, q in lost if isinstance(asker.ask([q], wanted=manner)[0], Refuted)]


def _beginnings(node: ast.Claim) -> Iterator[tuple[str, ast.Possible]]:
    """Yield what the claim starts from, as possibilities; not its trigger, as that is asked with the claim."""
    if isinstance(node.form, ast.Always | ast.After):
        trigger = node.form.trigger if isinstance(node.form, ast.After) else None
        known = () if trigger is None or trigger.when is None else (trigger.when,)
        for part in parts(node):
            given = tuple(e for e in part.given if e not in known)
            if given:
                both = given[0] if len(given) == 1 else ast.And(given[0].span, given)
                yield "", ast.Possible(node.span, trigger, both)


def _changes(node: ast.Claim) -> Iterator[tuple[str, ast.Possible]]:
    """Yield for each name of the claim that it can change."""
    if isinstance(node.form, ast.Always | ast.Never | ast.After | ast.Within):
        some = ast.Trigger(node.span, (), None)
        for text in sorted(set(names_in(node.form))):
            name = ast.Name(node.span, text)
            yield text, ast.Possible(node.span, some, ast.Compare(node.span, name, (("!=", ast.Old(node.span, name)),)))
