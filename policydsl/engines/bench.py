"""What questions about one system share: its unrollings, lemmas and histories without steps, built once for all."""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import Literal, TypeAlias

import z3

from policydsl.base.records import dataclass
from policydsl.core.cone import slice_system
from policydsl.core.expr import CLOCK, TODAY, Expr, Value
from policydsl.core.idle import without_idle
from policydsl.core.moves import Side
from policydsl.core.show import Binder
from policydsl.core.system import Property, Question, System, Trace
from policydsl.core.walk import default_value, definition_table, mentioned, names, uses
from policydsl.engines import cases, horizon, houdini, implied, sample, templates
from policydsl.engines.familiar import chosen_options
from policydsl.engines.obligation import Proof
from policydsl.engines.solve import Meter
from policydsl.engines.table import SET, Table, asked_parts, choose_probes, make_table
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget, Manner, Progress
from policydsl.semantics import terms
from policydsl.semantics.decode import trace_of
from policydsl.semantics.encode_calendar import AbstractCalendar, ExactCalendar
from policydsl.semantics.interpret import Rejected, initial_state, replay

Help: TypeAlias = Literal[
    "alone",
    "part",
    "asked",
    "copies",
    "twins",
    "simple",
    "own",
    "guesses",
    "lemmas",
    "all lemmas",
    "facts",
    "cases",
    "indexed",
]
"""What an induction may lean on: nothing; nothing, on what the question sees alone; what questions and helpers say of
states; that, as far as it is about the two copies of one variable or definition, and that numbers stay at least 0 and
dates past; all of that; that and what is plain of numbers and dates everywhere, for all or for the question's own
assumptions; what the helpers guess, if that holds after two steps in a row for which it holds; lemmas of the bench;
those of the question's own assumptions as well; which fact of what the question is about implies another; all lemmas
with what is so case by case; or lemmas of the bench with what facts of one index say of each other."""

PAIRS = 2
"""The steps over which guesses are tried."""

_MUCH = 0.75
"""Of the variables, what is left at most for a part to be worth an unrolling of its own."""

_SHALLOW = 4
_ANEW = "(anew)"
"""No name of a step or a variable."""

_PAIRED = tuple(f"{side.value}/" for side in Side)
"""How names begin that are of one of two histories."""


@dataclass(eq=False, slots=True)
class Inquiry:
    """A question under way: what it may still spend, what was tried.

    `clear` says for each horizon (in months) within how many steps no violation was found; `stopped` that a limit
    cut some search off; `met` is a violation that is not known to be the shortest. `fixed` are the assumptions that the
    question has beyond those of its bench (readings, mostly).
    """

    question: Question
    manner: Manner
    fixed: tuple[Expr, ...]
    meter: Meter
    clear: dict[int, int] = field(default_factory=dict)
    stopped: bool = False
    met: Trace | None = None
    tried: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Bench:
    """A system, sliced to what `questions` about it see, and the unrollings and lemmas that serve them all.

    `base` is the system as it was asked about. `parts` has that of each property in which stories are looked for;
    `stories` their unrollings, by calendar and names. `starts` has, for assumptions beyond the slice's, a history
    without steps: None where none was found. `helpers` are other questions whose properties may help as lemmas.
    `ctx` is the context of its unrollings, `told` has the violations of each property that were found so far, `learned`
    the lemmas that were made for one question.
    """

    base: System
    system: System
    questions: tuple[Question, ...]
    helpers: tuple[Question, ...]
    budget: Budget
    on_progress: Progress
    binder: Binder
    proofs: dict[int, Unrolling] = field(default_factory=dict)
    stories: dict[tuple[ExactCalendar, frozenset[str]], Unrolling] = field(default_factory=dict)
    parts: dict[Property, System] = field(default_factory=dict)
    starts: dict[tuple[Expr, ...], Trace | None] = field(default_factory=dict)
    empty: dict[tuple[Expr, ...], Proof] = field(default_factory=dict)
    tables: dict[tuple[tuple[Expr, ...], bool], Table] = field(default_factory=dict)
    ctx: z3.Context = field(default_factory=terms.new_context)
    pools: dict[object, houdini.Pool] = field(default_factory=dict)
    walks: sample.Walks | None = None
    told: dict[Property, list[Trace]] = field(default_factory=dict)
    learned: list[Expr] = field(default_factory=list)
    _checks: z3.Context | None = None

    @property
    def checks(self) -> z3.Context:
        """The context of re-checks, which serves nothing else; made for the first."""
        self._checks = self._checks or terms.new_context()
        return self._checks

    @property
    def paired(self) -> bool:
        """Whether it is about two histories at once."""
        return any(v.name.startswith(_PAIRED) for v in self.system.variables)

    def abstract(self, level: int) -> Unrolling:
        """Return the unrolling for proofs at `level` of the calendar abstraction."""
        if level not in self.proofs:
            self.proofs[level] = Unrolling(self.system, AbstractCalendar(level), self.ctx)
        return self.proofs[level]

    def exact(self, months: int, claim: Property | None = None, *, shallow: bool = False) -> Unrolling:
        """Return the unrolling for counterexamples within `months` months; to `claim`, of its part of the system.

        What looks as far ahead shares one: all dates that are looked at must lie in its calendar, whoever does. Once
        that has been searched far, even first steps are hard in it: then there is another one for what is `shallow`.
        """
        part = self.system if claim is None else self._part(claim)
        steps = [*(e.name for e in part.events), *(s.name for s in part.schedules)]
        asked = () if claim is None else (claim.state, claim.step)
        calendar = horizon.exact_calendar(self.system, months, asked)
        key = calendar, frozenset([*steps, *(v.name for v in part.variables)])
        if shallow and key in self.stories and self.stories[key].depth > _SHALLOW:
            key = calendar, key[1] | {_ANEW}
        if key not in self.stories:
            self.stories[key] = Unrolling(part, calendar, self.ctx)
        return self.stories[key]

    def _part(self, claim: Property) -> System:
        """Return the system without the steps that are idle for `claim`, where that leaves out much.

        A history of the system that violates `claim` is there too, and no longer. To find out is dear, and seldom
        leaves out much of two histories, or where nothing is scheduled.
        """
        if claim not in self.parts:
            whole = self.system
            part = whole if self.paired or not whole.schedules else without_idle(whole, claim)
            if len(part.variables) > _MUCH * len(whole.variables):
                part = whole
            kept = {e.name for e in part.events}
            events = tuple(e for e in whole.events if e.name in kept)  # with all inputs: claims share what is built
            self.parts[claim] = replace(part, events=events, definitions=whole.definitions)
        return self.parts[claim]

    def under(self, fixed: tuple[Expr, ...]) -> System:
        """Return the bench's system with further assumptions."""
        return replace(self.system, assumptions=(*self.system.assumptions, *fixed)) if fixed else self.system

    def serves(self, question: Question) -> bool:
        """Return whether all that `question` sees is here, and all that is assumed here is assumed by it."""
        if not alike(self.base, question.system) or not {*self.system.assumptions}.issubset(
            question.system.assumptions
        ):
            return False
        known = {TODAY, CLOCK, *(p.name for p in self.system.parameters), *(v.name for v in self.system.variables)}
        known |= {each.name for event in self.system.events for each in event.inputs}
        table, defined = definition_table(self.base), {d.name for d in self.system.definitions}
        said = (*seen_by(question), *question.system.assumptions)
        return uses(said, table) <= defined and all(names(e, table) <= known for e in said)


@dataclass(eq=False, slots=True)
class Benches:
    """What is kept from one round of questions to the next, and the hashes of their systems."""

    kept: list[Bench] = field(default_factory=list)
    binder: Binder = field(default_factory=Binder)


Asked: TypeAlias = tuple[Question, Manner]


def seat(
    benches: Benches, asked: Sequence[Asked], helpers: Sequence[Question], budget: Budget, on_progress: Progress
) -> Iterator[tuple[Bench, tuple[Inquiry, ...]]]:
    """Yield the questions by bench: those whose systems differ in assumptions only share one.

    One of `benches` is used again if it serves; new ones are added.
    """
    groups: list[list[Asked]] = []
    for each in asked:
        group = next((group for group in groups if alike(group[0][0].system, each[0].system)), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    for members in groups:
        bench = next((b for b in reversed(benches.kept) if all(b.serves(q) for q, _ in members)), None)
        if bench is None:
            bench = _new_bench([q for q, _ in members], helpers, benches.binder, budget, on_progress)
            benches.kept.append(bench)
        bench.budget = replace(budget, horizons=horizon.far_enough(bench.system, budget.horizons))
        bench.on_progress = on_progress
        yield bench, tuple(_inquiry(bench, question, manner) for question, manner in members)


def alike(a: System, b: System) -> bool:
    """Return whether two systems differ in assumptions and obligations only."""
    return a is b or a.rules() == b.rules()


def seen_by(question: Question) -> list[Expr]:
    """Return what `question` asks about."""
    p = question.property
    return [e for e in (p.state, p.step, question.trigger) if e is not None]


def _inquiry(bench: Bench, question: Question, manner: Manner) -> Inquiry:
    fixed = tuple(e for e in question.system.assumptions if e not in bench.system.assumptions)
    budget = bench.budget
    return Inquiry(question, manner, fixed, Meter(budget, budget.seconds), {budget.horizons[0]: manner.clear})


def _new_bench(
    questions: Sequence[Question], helpers: Sequence[Question], binder: Binder, budget: Budget, on_progress: Progress
) -> Bench:
    """Return the bench of `questions`, with those of `helpers` that speak of nothing but what its slice has."""
    base = questions[0].system
    others = [frozenset(q.system.assumptions) for q in questions[1:]]
    shared = tuple(e for e in base.assumptions if all(e in assumed for assumed in others))
    whole = replace(base, assumptions=shared)
    exprs = [e for q in questions for e in seen_by(q)]
    part, table = slice_system(whole, exprs), definition_table(base)
    known = {TODAY, CLOCK, *(p.name for p in base.parameters), *(v.name for v in part.variables)}
    fitting = tuple(q for q in helpers if alike(q.system, base) and names(q.property.state, table) <= known)
    if fitting:
        part = slice_system(whole, [*exprs, *(q.property.state for q in fitting)])
    return Bench(base, part, tuple(questions), fitting, budget, on_progress, binder)


# --- where histories start -----------------------------------------------------------------------


def find_start(bench: Bench, inquiry: Inquiry) -> Trace | None:
    """Return an initial state of the question's histories, checked by the interpreter; None if none was found."""
    fixed = inquiry.fixed
    if bench.starts.get(fixed) is None and fixed not in bench.empty:
        asked = (_asked_start(bench, inquiry, months) for months in bench.budget.horizons)
        bench.starts[fixed] = _plain_start(bench, fixed) or next((t for t in asked if t is not None), None)
    return bench.starts.get(fixed)


def _plain_start(bench: Bench, fixed: tuple[Expr, ...]) -> Trace | None:
    """Return the plainest initial state on the policy's first day, if there is one: all defaults but for `fixed`."""
    system, day = bench.under(fixed), horizon.first_day(bench.system)
    given: dict[str, Value | None] = {p.name: p.default for p in system.parameters}
    given = {p.name: default_value(p.sort, day) if given[p.name] is None else given[p.name] for p in system.parameters}
    given |= chosen_options(fixed, given)
    chosen = {v.name: default_value(v.sort, day) for v in system.variables if v.initial is None}
    parameters = {name: value for name, value in given.items() if value is not None}
    free = {name: value for name, value in chosen.items() if value is not None}
    state = initial_state(system, parameters, day, free)
    return None if isinstance(state, Rejected) else Trace(parameters, state, ())


def _asked_start(bench: Bench, inquiry: Inquiry, months: int) -> Trace | None:
    """Return an initial state that the solver finds."""
    unrolling = bench.exact(months)
    if unrolling.ask([unrolling.starting, *fix(unrolling, inquiry)], inquiry.meter) != "sat":
        return None
    trace = trace_of(unrolling.encoding, unrolling.solver.model(), 0)
    return None if isinstance(replay(unrolling.system, trace), Rejected) else trace


def fix(unrolling: Unrolling, inquiry: Inquiry) -> list[z3.BoolRef]:
    """Return literals for what the question assumes beyond its bench."""
    return [unrolling.holds(e, 0) for e in inquiry.fixed]


# --- lemmas --------------------------------------------------------------------------------------


def find_pool(bench: Bench, inquiry: Inquiry, level: int, wanted: Help) -> houdini.Pool | None:
    """Return the candidates for lemmas about all histories of the question, shared with all questions they serve."""
    if wanted in {"alone", "part"}:
        return None
    own = inquiry.manner.wanted != "story"  # an option of a reading: what all have in common was too little
    fixed = inquiry.fixed if wanted in {"all lemmas", "cases", "guesses", "own"} or (own and wanted == "twins") else ()
    about = _about(bench, inquiry) if wanted == "facts" else (frozenset[str](), frozenset[str]())
    key = (fixed, level, wanted, about)
    if key not in bench.pools:
        table = None if wanted == "asked" else _table(bench, inquiry, fixed, steady=wanted == "cases")
        if wanted != "asked" and table is None:
            return None
        unrolling = bench.abstract(level)
        if table is None:
            guesses = asked_parts(_said(bench, fixed), bench.system)
        elif wanted == "facts":
            guesses = implied.implications_of(table, *about)
        else:
            guesses = _candidates(bench, table, wanted)
        window = PAIRS if wanted == "guesses" else 1
        fixing = [unrolling.holds(e, 0) for e in fixed]
        bench.pools[key] = houdini.Pool(unrolling, guesses, fixing, window, bench.walks)
    return bench.pools[key]


def _candidates(bench: Bench, table: Table, wanted: Help) -> tuple[Expr, ...]:
    match wanted:
        case "copies":
            return tuple(e for e in _candidates(bench, table, "twins") if len(_copied(e)) <= 1)
        case "twins":
            return (*table.asked_and_true, *templates.plain_bounds(table))
        case "simple" | "own":
            return templates.simple(table)
        case "guesses":
            helpful = {q.property.state for q in bench.helpers}
            return tuple(e for e in table.asked_and_true if e in helpful)
        case "indexed":
            return (*templates.candidates(table, dear=False), *implied.implications_by_index(table))
        case "cases":
            return (*templates.candidates(table, dear=True), *cases.candidates(table))
        case _:
            return templates.candidates(table, dear=wanted == "all lemmas")


def _about(bench: Bench, inquiry: Inquiry) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables that the question is about, also by way of definitions, and those of the events it names."""
    table = definition_table(bench.system)
    seen = frozenset[str]().union(*(names(e, table) for e in seen_by(inquiry.question)))
    guards = (e.guard for e in bench.system.events if any(i.name in seen for i in e.inputs))
    named = seen.union(*(names(g, table) for g in guards))
    variables = frozenset(v.name for v in bench.system.variables)
    return seen & variables, named & variables


def _copied(e: Expr) -> frozenset[str]:
    """Return what `e` is about, whichever history's it is: variables, dates with whether they are set, definitions."""
    said = frozenset[str]().union(*mentioned(e)) - {TODAY}
    return frozenset(name.rpartition("/")[2].removesuffix(SET) for name in said)


def _said(bench: Bench, fixed: tuple[Expr, ...]) -> list[tuple[Property, tuple[Expr, ...]]]:
    """Return what questions and helpers say, each with what it assumes beyond `fixed`."""
    known = bench.under(fixed).assumptions
    said = (*bench.questions, *bench.helpers)
    return [(q.property, tuple(e for e in q.system.assumptions if e not in known)) for q in said]


def _table(bench: Bench, inquiry: Inquiry, fixed: tuple[Expr, ...], *, steady: bool) -> Table | None:
    """Return a sample of the histories under `fixed`; None if it is not known where they start."""
    if (fixed, steady) not in bench.tables:
        start = bench.starts.get(fixed) or bench.starts.get(inquiry.fixed)
        if start is None:
            return None
        system = bench.under(fixed)
        probes = choose_probes(system, _said(bench, fixed))
        about = [q.property.step for q in bench.questions]
        bench.walks = bench.walks or sample.Walks(bench.system)
        drawn = sample.draw(system, start, probes.listed(), bench.walks.folder, steady=steady)
        bench.tables[fixed, steady] = make_table(system, drawn, probes, about)
    return bench.tables[fixed, steady]
