"""What was claimed of the old wording, judged again under the new one: claims, obligations, dead clauses."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import field, replace
from typing import Literal, TypeAlias

from policydsl.analyses.diff_adapted import adapted
from policydsl.analyses.diff_names import Names, renamed, renamed_expr
from policydsl.analyses.dispatch import Aside
from policydsl.analyses.fates import SAME, Fate, FlawFate, fate_of
from policydsl.analyses.judge import Batch, begin
from policydsl.analyses.judgement import Bug, Decision, Judgement, News
from policydsl.analyses.recall import Recall, Said
from policydsl.analyses.subjects import Subject
from policydsl.analyses.tasks import Judge, Message
from policydsl.analyses.workers import Crew
from policydsl.base.diagnostic import Diagnostics
from policydsl.base.records import dataclass
from policydsl.core.show import Binder
from policydsl.core.system import Obligation, Property, Question, System
from policydsl.engines.verdict import Bounded, Budget, Record, Refuted, Unknown
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.front.rejudged import Rejudged
from policydsl.front.wordings import Wordings


@dataclass(frozen=True, slots=True)
class Again:
    """A claim and what becomes of it. `old` and `new` are what came out, None where nothing had to be asked."""

    claim: LoadedClaim
    fate: Fate
    old: Decision | None
    new: Decision | None
    why: Diagnostics = ()


@dataclass(frozen=True, slots=True)
class Flaw:
    """An obligation that is broken, or a clause that is dead, under the new wording (`new`) or no longer (`mended`).

    `kept` are obligations that are broken under both, of which the edit changes what they are about.
    """

    subject: Subject
    fate: FlawFate
    decision: Decision


# --- the work ------------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class Judging:
    """Where the work is done: how much it may cost, by how many, and what went wrong in policydsl itself.

    `stored` gives answers to something about the old wording and to its cases, the first of them to the whole of it.
    `back` leads from the new wording's names to the old one's; `said_before` keeps systems put in these. `alive` has
    questions about dead clauses answered by histories at hand. `tell` hears how far it has come.
    """

    budget: Budget
    jobs: int
    bugs: list[Bug]
    judge: Judge | None = None
    crew: Crew | None = None
    alive: Callable[[Judgement], Aside] | None = None
    back: Names = Names({})
    recall: Recall = field(default_factory=Recall)
    stored: Callable[[Subject], Sequence[Record]] = lambda _: ()
    said_before: dict[int, tuple[System, System]] = field(default_factory=dict)
    tell: Callable[[News], None] = lambda _: None


_Key: TypeAlias = tuple[str, str]
Owed: TypeAlias = dict[_Key, Subject]
"""What a wording owes by itself, by whether it is to be kept or to have effect, and its own key."""


@dataclass(frozen=True, slots=True)
class _Debt:
    """Something that a wording owes by itself, as it is under each wording; None under one that does not."""

    old: Subject | None
    new: Subject | None


@dataclass(eq=False, slots=True)
class Rejudging:
    """The work on what was claimed of the old wording, and on what both owe: `begin`, `hear`, then `fates`.

    Only what the edit can touch is asked, under both wordings, and all at once. `load` returns the `wordings` with what
    is claimed of them: at the first step, when others may have given workers something to do.
    """

    load: Callable[[], Wordings]
    judging: Judging
    claims: bool = True
    owed: bool = True
    judgement: Judgement = field(default_factory=lambda: Judgement(()))
    both: list[tuple[Rejudged, Subject, Subject]] = field(default_factory=list)
    debts: tuple[_Debt, ...] = ()
    before: dict[str, tuple[Subject, Subject]] = field(default_factory=dict)
    wordings: Wordings = field(init=False)

    def begin(self, crew: Crew) -> tuple[Callable[[Message], None], Iterator[object]]:
        """Return what is to hear all that `crew` says of this work, and the steps by which it is given the work.

        What is dear comes first; to see whether the edit touches it takes time as well.
        """
        judging = self.judging
        judging.recall.hint = _hint(self.before, judging)
        self.judgement = Judgement((), recall=judging.recall)
        return begin(self.judgement, judging.budget, crew, lambda news: judging.tell(news), self._batches(crew))  # noqa: PLW0108  it may change

    def _batches(self, crew: Crew) -> Iterator[Batch]:
        """Yield lemmas, then what is touched: claims about two histories one by one, then everything else."""
        wordings = self.wordings = self.load()
        judging, rest = self.judging, list[tuple[Subject | None, Subject | None]]()
        claims = [c for each in wordings.claims for c in (each.old, each.new) if c is not None]
        crew.know(c.question for c in claims)
        lemmas = [c.question for c in claims if c.kind == "lemma"]
        touched = (
            c.new.question
            for c in wordings.claims
            if c.new is not None and c.new.kind == "lemma" and _touched(c.old.question, c.new.question, judging)
        )
        yield Batch(lemmas=(*lemmas, *adapted(wordings.old.system, wordings.new.system, touched)))
        for c in sorted(wordings.claims if self.claims else (), key=lambda c: c.old.pair is None):
            if c.new is None or not _touched(c.old.question, c.new.question, judging):
                continue
            sides = ((wordings.old, _unexpected(c.old)), (wordings.new, _unexpected(c.new)))
            one, other = (Subject(p, "claim", x.question, claim=x, path=x.span.file) for p, x in sides)
            self.both.append((c, one, other))
            if c.old.pair is None:
                rest.append((one, other))
            else:
                yield self._batch([(one, other)])
        self.debts = _debts(wordings, judging) if self.owed else ()
        yield self._batch([*rest, *((d.old, d.new) for d in self.debts)])

    def _batch(self, both: Sequence[tuple[Subject | None, Subject | None]]) -> Batch:
        """Return the questions about `both` wordings, to be asked by what is known of the old one."""
        for one, other in both:
            if one is not None:
                self.before[(other or one).question.key] = one, other or one
        subjects = tuple(s for pair in both for s in pair if s is not None)
        dead = any(s.origin == "liveness" for s in subjects)
        asides = (self.judging.alive(self.judgement),) if dead and self.judging.alive is not None else ()
        return Batch(subjects, asides=asides)

    def fates(self) -> tuple[tuple[Again, ...], tuple[Flaw, ...]]:
        """Return what becomes of each claim, in their order, and the flaws that the edit makes or mends."""
        self.judging.bugs.extend(self.judgement.bugs)
        made = {id(d.subject): d for d in self.judgement.decisions()}
        names = self.judging.back.old()
        fates = {
            id(c): Again(c.old, fate_of(c.old, made[id(one)], made[id(other)], names), made[id(one)], made[id(other)])
            for c, one, other in self.both
        }
        again = [fates.get(id(c), _not_asked(c)) for c in self.wordings.claims] if self.claims else []
        return tuple(again), tuple(_flaws(self.debts, made))


def _unexpected(claim: LoadedClaim) -> LoadedClaim:
    """Return `claim`; a guarantee without what it is expected to depend on: it may be lost under any other reading."""
    return claim if claim.kind == "finding" else replace(claim, on_readings=())


def judge_again(
    wordings: Wordings, judging: Judging, *, claims: bool = True, owed: bool = True
) -> tuple[tuple[Again, ...], tuple[Flaw, ...]]:
    """Return what becomes of each claim, in their order, and the flaws that the edit makes or mends."""
    work = Rejudging(lambda: wordings, judging, claims, owed)
    with Crew(judging.jobs, judging.judge) if judging.crew is None else nullcontext(judging.crew) as crew:
        hear, steps = work.begin(crew)
        for _ in steps:
            for message in crew.messages(patient=False):
                hear(message)
        for message in crew.messages():
            hear(message)
    return work.fates()


def rejudge(wordings: Wordings, judging: Judging) -> tuple[Again, ...]:
    """Return what becomes of each claim, in their order."""
    return judge_again(wordings, judging, owed=False)[0]


def flaws(wordings: Wordings, judging: Judging) -> tuple[Flaw, ...]:
    """Return the conflicts, gaps, overlaps, undefined values and dead clauses that the edit makes or mends."""
    return judge_again(wordings, judging, claims=False)[1]


def _not_asked(pair: Rejudged) -> Again:
    """Return what becomes of a claim that means nothing any more, or that the edit does not touch."""
    return Again(pair.old, "meaningless" if pair.new is None else "untouched", None, None, pair.why)


def subjects_of_old(wordings: Wordings) -> tuple[Subject, ...]:
    """Return all that there is to decide of the old wording."""
    claims = (
        Subject(wordings.old, "claim", c.old.question, claim=c.old, path=c.old.span.file) for c in wordings.claims
    )
    return (*claims, *owed_by(wordings.old).values())


def _hint(before: Mapping[str, tuple[Subject, Subject]], judging: Judging) -> Callable[[Question], Said | None]:
    """Return what names the stored answer to a question, or to what was the same one under the old wording.

    `before` has what is asked under the old and under the new wording, by the keys of the questions under the new one.
    A proof that held before may well hold still: so whether an answer was stored for this very text is not looked at,
    except to tell those to cases apart.
    """
    binder = Binder()

    def hint(question: Question) -> Said | None:
        if question.key not in before:
            return None
        old, new = before[question.key]
        stored = judging.stored(old)
        own = old if question.property is old.question.property else new  # also where it is about a case
        more = question.system.assumptions[len(own.question.system.assumptions) :]
        if not more:
            return stored[0].said if stored else None
        if len(stored) < 2:  # noqa: PLR2004  there is none to a case
            return None
        system = old.question.system
        case = replace(old.question, system=replace(system, assumptions=(*system.assumptions, *more)))
        binding = binder.bind(case)
        return next((r.said for r in stored if r.binding == binding), None)

    return hint


def _touched(old: Question, new: Question, judging: Judging) -> bool:
    return not same_question(old, new, judging)


def same_question(old: Question, new: Question, judging: Judging) -> bool:
    """Return whether two questions are the same, but for names: all that they can see is."""
    return judging.recall.sight.hash(old) == judging.recall.sight.hash(_in_old_words(new, judging))


def _in_old_words(q: Question, judging: Judging) -> Question:
    if not judging.back.renames:
        return q
    if id(q.system) not in judging.said_before:
        judging.said_before[id(q.system)] = q.system, renamed(q.system, judging.back)
    p, trigger = q.property, None if q.trigger is None else renamed_expr(q.trigger, judging.back)
    said = Property(renamed_expr(p.state, judging.back), renamed_expr(p.step, judging.back))
    return replace(q, system=judging.said_before[id(q.system)][1], property=said, trigger=trigger)


# --- obligations and dead clauses ----------------------------------------------------------------


def _debts(wordings: Wordings, judging: Judging) -> tuple[_Debt, ...]:
    """Return what is owed under one wording alone, and what the edit can touch.

    What is only called otherwise, in a clause with another number or by names that were changed, is no other thing.
    """
    old = owed_by(wordings.old)
    new = counted_alike(old, owed_by(wordings.new), lambda q: _in_old_words(q, judging), judging.back)
    sight, gone = judging.recall.sight, dict[tuple[str, str], _Key]()
    for key in (k for k in old if k not in new):
        gone[key[0], sight.hash(old[key].question)] = key
    for key in [k for k in new if k not in old] if gone else ():
        same = gone.pop((key[0], sight.hash(_in_old_words(new[key].question, judging))), None)
        if same is not None:
            del old[same], new[key]
    common = [(old[k], s) for k, s in new.items() if k in old]
    touched = [(one, s) for one, s in common if not same_question(one.question, s.question, judging)]
    kept = {id(s) for _, s in touched}
    found = [_Debt(old.get(k), s) for k, s in new.items() if k not in old or id(s) in kept]
    return (*found, *(_Debt(s, None) for k, s in old.items() if k not in new))


def counted_alike(
    old: Owed, new: Owed, in_old_words: Callable[[Question], Question] = lambda q: q, back: Names = SAME
) -> Owed:
    """Return `new` by the keys of `old`: of rows, and rules on one event, that which says the same is the same one.

    They are counted in the order of the text, so that another number is no sign of another thing. `in_old_words` puts
    a question in the words of the old wording, to which `back` leads.
    """
    mine, theirs = _by_stem(old, SAME), _by_stem(new, back)
    called: dict[_Key, _Key] = {}
    for stem, keys in theirs.items():
        own = mine.get(stem, [])
        if max(len(own), len(keys)) > 1:
            said: dict[object, list[_Key]] = {}
            for key in own:
                said.setdefault(_says(key, old[key].question, SAME), []).append(key)
            for key in keys:
                if same := said.get(_says(key, in_old_words(new[key].question), back)):
                    called[key] = same.pop(0)
    taken = set(called.values())
    rest = {key: (key[0], f"{key[1]} now") if key in taken else key for key in new if key not in called}
    return {{**called, **rest}[key]: subject for key, subject in new.items()}


def _by_stem(owed: Owed, back: Names) -> dict[_Key, list[_Key]]:
    """Return the keys of `owed` by what they are but for their number; of tables, as `back` has these."""
    found: dict[_Key, list[_Key]] = {}
    for origin, key in owed:
        table = key.removeprefix("row:").rpartition(":")[0]
        stem = f"row:{back.new(table)}" if key.startswith("row:") else key.partition("#")[0]
        found.setdefault((origin, stem), []).append((origin, key))
    return found


def _says(key: _Key, question: Question, back: Names) -> object:
    """Return what the row, rule or value called `key` says, in the words of `question`, where `back` leads from it."""
    if not key[1].startswith("row:"):
        return question.property
    table, _, number = key[1].removeprefix("row:").rpartition(":")
    name = back.new(f"{table}.row{number}")
    return next(d.body for d in question.system.definitions if d.name == name)


def _flaws(debts: Iterable[_Debt], made: Mapping[int, Decision]) -> Iterator[Flaw]:
    """Yield the flaws under the new wording, then those that are gone with what was owed."""
    for debt in debts:
        was, d = (None if s is None else made[id(s)] for s in (debt.old, debt.new))
        bad, used_to_be = (False if each is None else _bad(each) for each in (d, was))
        if d is not None and (bad is None or (bad and used_to_be is None)):
            yield Flaw(d.subject, "undecided", d)
        elif d is not None and bad and not used_to_be:
            yield Flaw(d.subject, "new", d)
        elif (
            was is not None and not bad and (used_to_be or (used_to_be is None and was.subject.origin == "obligation"))
        ):
            yield Flaw(was.subject, "mended" if used_to_be else "perhaps mended", was)
        elif d is not None and bad and d.subject.origin == "obligation":
            yield Flaw(d.subject, "kept", d)


def owed_by(policy: LoadedPolicy) -> Owed:
    """Return what `policy` owes by itself, and what should have effect in it."""
    kinds: tuple[tuple[Literal["obligation", "liveness"], tuple[Obligation, ...]], ...] = (
        ("obligation", policy.system.obligations),
        ("liveness", policy.liveness),
    )
    return {
        (origin, _owed_as(o)): Subject(
            policy, origin, Question(o.key, policy.system, o.property, None), obligation=o, path=policy.path
        )
        for origin, owed in kinds
        for o in owed
    }


def _owed_as(owed: Obligation) -> str:
    """Return the key of `owed`; of two clauses that conflict, whichever stands first."""
    kind, _, rest = owed.key.partition(":")
    return ":".join((kind, rest.partition(":")[0], *sorted(owed.clauses))) if kind == "conflict" else owed.key


def _bad(decision: Decision) -> bool | None:
    """Return whether an obligation is broken or a clause dead; None where that is not known."""
    verdict = decision.verdict
    if isinstance(verdict, Bounded | Unknown) or verdict is None:
        return None
    return isinstance(verdict, Refuted) == (decision.subject.origin == "obligation")
