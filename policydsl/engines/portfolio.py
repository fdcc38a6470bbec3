"""All engines on all questions: the cheap ones first, and everything shared that can be."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal, TypeAlias, assert_never

import z3

from policydsl.core.expr import CLOCK, FALSE, TODAY, TRUE, Expr, Not
from policydsl.core.idle import without_idle
from policydsl.core.show import Binder
from policydsl.core.system import Property, Question, System, Trace
from policydsl.core.walk import definition_table, names, slice_system
from policydsl.engines import (
    bmc,
    certify,
    explore,
    horizon,
    houdini,
    kinduction,
    minimise,
    sample,
    simulate,
    spacer,
    templates,
)
from policydsl.engines.obligation import Proof, issue
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import (
    Bounded,
    Budget,
    Certificate,
    Manner,
    Progress,
    Proved,
    Refuted,
    SolverDisagreeError,
    Unknown,
    Vacuous,
    Verdict,
)
from policydsl.semantics.decode import trace_of
from policydsl.semantics.encode_calendar import AbstractCalendar
from policydsl.semantics.interpret import Rejected, replay

_SHALLOW, _NEAR, _MEDIUM, _FAIR, _DEEP, _DEEPER = 2, 4, 6, 8, 12, 16
_EXACT_LEVEL = 2
_PAIRS = 2

Help: TypeAlias = Literal["alone", "guesses", "lemmas", "all lemmas"]
"""What an induction may lean on: nothing; what the helpers guess, if that holds after two steps in a row for which it
holds; lemmas of the bench; or those of the question's own assumptions as well."""

Way: TypeAlias = tuple[int, int, Help]
"""How to try a proof: the level of the calendar, the window in steps, the help."""


def judge(  # noqa: PLR0913, PLR0917  what everyone calls
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner] = (),
    helpers: Sequence[Question] = (),
) -> Iterator[tuple[Question, Verdict]]:
    """Yield each of `questions` with its verdict, as they are decided: questions about one system share their work.

    `manners` says for each question how it is to be answered; without it, all are answered in full. `helpers` are
    other questions, not answered here: what they say of states is tried as lemmas.

    Gives:    a verdict for every question, whatever runs out.
    Sound:    a proof has passed `certify.recheck`, a counterexample `interpret.replay` on the question's own system.
              Where there is no history at all, every verdict is `Vacuous`.
    Complete: no; what is not decided within `budget` is `Bounded` or `Unknown`.
    Raises:   `SemanticsDisagreeError` or `SolverDisagreeError` for bugs in policydsl; nothing else but
              `KeyboardInterrupt`.
    """
    asked = list(zip(questions, manners or [Manner()] * len(questions), strict=True))
    for bench in _benches(system, asked, budget, on_progress):
        _enlist(bench, helpers)
        waiting = list(bench.inquiries)
        for turn in zip_longest(_ATTEMPTS, _SUSPECT_ATTEMPTS, fillvalue=_give_up):
            for inquiry in tuple(waiting):
                attempt = turn[inquiry.manner.suspect]
                with inquiry.meter:
                    verdict = attempt(bench, inquiry)
                if verdict is not None:
                    waiting.remove(inquiry)
                    yield inquiry.question, verdict


# --- what is shared ------------------------------------------------------------------------------


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
    """One system, all questions about it, and the unrollings and lemmas that serve them all.

    `starts` has, for assumptions beyond the system's, a history without steps: None where none was found.
    """

    system: System
    inquiries: tuple[Inquiry, ...]
    budget: Budget
    on_progress: Progress
    helpers: tuple[Question, ...] = ()
    proofs: dict[int, Unrolling] = field(default_factory=dict)
    stories: dict[int, Unrolling] = field(default_factory=dict)
    starts: dict[tuple[Expr, ...], Trace | None] = field(default_factory=dict)
    empty: dict[tuple[Expr, ...], Proof] = field(default_factory=dict)
    tables: dict[tuple[Expr, ...], templates.Table | None] = field(default_factory=dict)
    checks: z3.Context = field(default_factory=z3.Context)
    binder: Binder = field(default_factory=Binder)
    pools: dict[tuple[tuple[Expr, ...], int, Help], houdini.Pool] = field(default_factory=dict)

    def abstract(self, level: int) -> Unrolling:
        """Return the unrolling for proofs at `level` of the calendar abstraction."""
        if level not in self.proofs:
            self.proofs[level] = Unrolling(self.system, AbstractCalendar(level))
        return self.proofs[level]

    def exact(self, months: int) -> Unrolling:
        """Return the unrolling for counterexamples within `months` months."""
        if months not in self.stories:
            self.stories[months] = Unrolling(self.system, horizon.exact_calendar(self.system, months))
        return self.stories[months]


def _benches(
    system: System, asked: Sequence[tuple[Question, Manner]], budget: Budget, on_progress: Progress
) -> Iterator[Bench]:
    """Yield the questions by system: those whose systems differ in assumptions only share a bench."""
    groups: list[tuple[System, list[tuple[Question, Manner]]]] = [(system, [])]
    for question, manner in asked:
        alike = next((group for group in groups if _alike(group[0], question.system)), None)
        if alike is None:
            groups.append((question.system, [(question, manner)]))
        else:
            alike[1].append((question, manner))
    for base, members in groups:
        if members:
            yield _bench(base, members, budget, on_progress)


def _alike(a: System, b: System) -> bool:
    """Return whether two systems differ in assumptions and obligations only."""
    return a is b or replace(a, assumptions=(), obligations=()) == replace(b, assumptions=(), obligations=())


def _bench(base: System, asked: Sequence[tuple[Question, Manner]], budget: Budget, on_progress: Progress) -> Bench:
    first = asked[0][0].system.assumptions
    shared = tuple(e for e in first if all(e in q.system.assumptions for q, _ in asked))
    inquiries = tuple(
        Inquiry(
            q,
            m,
            tuple(e for e in q.system.assumptions if e not in shared),
            Meter(budget, budget.seconds),
            {budget.horizons[0]: m.clear},
        )
        for q, m in asked
    )
    exprs = [e for q, _ in asked for e in _exprs(q)]
    part = slice_system(replace(base, assumptions=shared, obligations=()), exprs)
    return Bench(part, inquiries, budget, on_progress)


def _enlist(bench: Bench, helpers: Iterable[Question]) -> None:
    """Keep those of `helpers` that speak of nothing but what the bench's slice has; with their definitions."""
    base = bench.inquiries[0].question.system
    table = definition_table(base)
    known = {TODAY, CLOCK, *(p.name for p in base.parameters), *(v.name for v in bench.system.variables)}
    bench.helpers = tuple(q for q in helpers if _alike(q.system, base) and names(q.property.state, table) <= known)
    if bench.helpers:
        exprs = [e for i in bench.inquiries for e in _exprs(i.question)]
        exprs += [q.property.state for q in bench.helpers]
        whole = replace(base, assumptions=bench.system.assumptions, obligations=())
        bench.system = slice_system(whole, exprs)


def _exprs(question: Question) -> list[Expr]:
    p = question.property
    return [e for e in (p.state, p.step, question.trigger) if e is not None]


# --- lemmas --------------------------------------------------------------------------------------


def _pool(bench: Bench, inquiry: Inquiry, level: int, wanted: Help) -> houdini.Pool | None:
    """Return the candidates for lemmas about all histories of the question, shared with all questions they serve."""
    if wanted == "alone":
        return None
    fixed = inquiry.fixed if wanted == "all lemmas" else ()
    key = (fixed, level, wanted)
    if key not in bench.pools:
        table = _table(bench, inquiry, fixed)
        if table is None:
            return None
        unrolling = bench.abstract(level)
        guesses, window = templates.candidates(table, dear=wanted == "all lemmas"), 1
        if wanted == "guesses":
            helpful = {q.property.state for q in bench.helpers}
            guesses, window = tuple(e for e in guesses if e in helpful), _PAIRS
        bench.pools[key] = houdini.Pool(unrolling, guesses, [unrolling.holds(e, 0) for e in fixed], window)
    return bench.pools[key]


def _table(bench: Bench, inquiry: Inquiry, fixed: tuple[Expr, ...]) -> templates.Table | None:
    """Return a sample of the histories under `fixed`; None if it is not known where they start."""
    if fixed not in bench.tables:
        start = bench.starts.get(fixed) or bench.starts.get(inquiry.fixed)
        if start is None:
            return None
        system = replace(bench.system, assumptions=(*bench.system.assumptions, *fixed))
        said = [i.question for i in bench.inquiries] + [*bench.helpers]
        parts = [(q.property, tuple(e for e in q.system.assumptions if e not in system.assumptions)) for q in said]
        probes = templates.choose_probes(system, parts)
        about = [i.question.property.step for i in bench.inquiries]
        drawn = sample.draw(system, start, probes.listed())
        bench.tables[fixed] = templates.make_table(system, drawn, probes, about)
    return bench.tables[fixed]


# --- attempts, in the order in which they are made -----------------------------------------------


def _existence(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Look for a history without steps; if there is none, show that, and the question is about nothing."""
    fixed = inquiry.fixed
    if bench.starts.get(fixed) is None and fixed not in bench.empty:
        bench.starts[fixed] = next(
            (t for months in bench.budget.horizons if (t := _start(bench, inquiry, months))), None
        )
    if bench.starts.get(fixed) is not None:
        return None
    question = replace(inquiry.question, property=Property(FALSE, TRUE), trigger=None)
    if fixed not in bench.empty:
        ways: tuple[Way, ...] = tuple((level, 1, "alone") for level in range(_EXACT_LEVEL + 1))
        proof = _find_proof(bench, inquiry, question.property, ways)
        if proof is None:
            return None
        bench.empty[fixed] = proof
    certificate = _certify(bench, question, bench.empty[fixed])
    return certificate if isinstance(certificate, Unknown) else Vacuous(certificate)


def _start(bench: Bench, inquiry: Inquiry, months: int) -> Trace | None:
    """Return an initial state of the question's histories, checked by the interpreter."""
    unrolling = bench.exact(months)
    if unrolling.ask([unrolling.starting, *_fix(unrolling, inquiry)], inquiry.meter) != "sat":
        return None
    trace = trace_of(unrolling.encoding, unrolling.solver.model(), 0)
    return None if isinstance(replay(unrolling.system, trace), Rejected) else trace


def _induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try plain induction without any help."""
    return _prove(bench, inquiry, ((0, 1, "alone"),))


def _shortly_helped_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try plain induction with lemmas."""
    return _prove(bench, inquiry, ((0, 1, "lemmas"),))


def _helped_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try induction with lemmas, over a second step, and with the months of the year."""
    return _prove(bench, inquiry, ((0, 1, "lemmas"), (0, 2, "lemmas"), (1, 1, "lemmas")))


def _paired_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try over two steps, with what the helpers guess: of two histories, that a difference is gone again."""
    return _prove(bench, inquiry, ((0, _PAIRS, "guesses"),)) if bench.helpers else None


def _strong_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with all lemmas there are."""
    return _prove(bench, inquiry, ((0, 1, "all lemmas"), (0, 2, "all lemmas"), (1, 1, "all lemmas")))


def _exploration(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Count out all states, if they are few."""
    if inquiry.meter.spent:
        return None
    question = inquiry.question
    p = question.property
    _tell(bench, inquiry, "all states, one by one")
    found = explore.explore(slice_system(question.system, (p.state, p.step)), p)
    match found:
        case explore.Everything(invariant=invariant):
            return _accept(bench, inquiry, Proof(1, (invariant,), 0))
        case explore.Violation(trace=trace):
            return Refuted(minimise.whole(question, trace), len(trace.steps), len(trace.steps) - 1)
        case None:
            return None
        case _:
            assert_never(found)


def _property_directed(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with lemmas made for this very question."""
    question = inquiry.question
    system = replace(bench.system, assumptions=(*bench.system.assumptions, *inquiry.fixed))
    for level in range(_EXACT_LEVEL):
        if inquiry.meter.spent or inquiry.met or (level > 0 and not bench.abstract(0).dated):
            return None
        _tell(bench, inquiry, f"property-directed reachability, calendar {level}")
        found = spacer.search(system, question.property, level, bench.budget.rlimit, inquiry.meter)
        if isinstance(found, spacer.Invariant):
            unrolling, fixed = bench.abstract(level), _fix(bench.abstract(level), inquiry)
            pool = houdini.Pool(unrolling, found.conjuncts, fixed)
            proof = kinduction.prove(unrolling, question.property, fixed, pool, k=1, meter=inquiry.meter)
            if proof is not None:
                return _accept(bench, inquiry, proof)
    return None


def _long_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try longer windows."""
    ways: list[Way] = [(level, k, "all lemmas") for k in range(2, bench.budget.max_k + 1) for level in (0, 1)]
    return _prove(bench, inquiry, [way for way in ways if way != (0, 2, "all lemmas")])


def _exact_induction(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try with the leap rule, which is exact and dear."""
    return _prove(bench, inquiry, ((_EXACT_LEVEL, 1, "all lemmas"), (_EXACT_LEVEL, 2, "all lemmas")))


def _searching(depth: int) -> "Attempt":
    def search(bench: Bench, inquiry: Inquiry) -> Verdict | None:
        return _refute(bench, inquiry, depth, bench.budget.horizons[0])

    return search


def _search_past_idle(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Look for a story among the steps that the question can see, where the calendar fills histories with others."""
    question, meter, months = inquiry.question, inquiry.meter, bench.budget.horizons[0]
    part = without_idle(question.system, question.property)
    if meter.spent or len(part.schedules) == len(question.system.schedules):
        return None
    _tell(bench, inquiry, f"histories of up to {_DEEP} steps within {months} months, idle steps left out")
    unrolling = Unrolling(part, horizon.exact_calendar(part, months))
    found = bmc.search(unrolling, question.property, (), done=-1, depth=_DEEP, meter=meter)
    if isinstance(found, bmc.Clear):
        return None
    trace = minimise.tell(unrolling, question, (), found, polish=inquiry.manner.wanted == "story", meter=meter)
    return Refuted(trace, len(trace.steps), found.depth - 1)


def _simulate(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try random histories. What they meet makes proofs pointless; if it is deep, the search for the shortest too."""
    start = bench.starts.get(inquiry.fixed)
    if start is None or inquiry.meter.spent:
        return None
    _tell(bench, inquiry, "random histories")
    question = inquiry.question
    system = replace(bench.system, assumptions=(*bench.system.assumptions, *inquiry.fixed))
    trace = simulate.find(system, question.property, start, inquiry.meter)
    if trace is not None:
        inquiry.met = minimise.whole(question, trace)
    return None if trace is None or len(trace.steps) <= _DEEPER else _as_met(bench, inquiry)


def _as_met(bench: Bench, inquiry: Inquiry) -> Refuted | None:
    """Return the violation that random histories met, and how far it is known that none is shorter."""
    met, clear = inquiry.met, inquiry.clear.get(bench.budget.horizons[0], -1)
    return None if met is None else Refuted(met, len(met.steps), clear)


def _full_search(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    return _refute(bench, inquiry, bench.budget.max_depth, bench.budget.horizons[0])


def _far_search(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try further years, if years matter, less deep: there are many more dates to choose from."""
    nearest, *further = bench.budget.horizons
    for months in further:
        if not bench.exact(nearest).dated:
            return None
        found = _refute(bench, inquiry, _DEEP, months)
        if found is not None:
            return found
    return None


def _give_up(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Say how far it is known."""
    if inquiry.met is not None:
        return _as_met(bench, inquiry)
    reason = "the budget ran out" if inquiry.meter.spent or inquiry.stopped else "no proof was found"
    clear = {months: depth for months, depth in inquiry.clear.items() if depth >= 0}
    if not clear:
        return Unknown(reason, tuple(dict.fromkeys(inquiry.tried)))
    covered = [f"{depth} steps in {_show_dates(bench, months)}" for months, depth in clear.items()]
    return Bounded(max(clear.values()), f"{reason}; covered: {', '.join(covered)}")


def _show_dates(bench: Bench, months: int) -> str:
    return horizon.show_horizon(bench.system, months) if bench.exact(months).dated else "any dates"


Attempt: TypeAlias = Callable[[Bench, Inquiry], Verdict | None]

_ATTEMPTS: tuple[Attempt, ...] = (
    _existence,
    _induction,
    _searching(_SHALLOW),
    _helped_induction,
    _searching(_MEDIUM),
    _exploration,
    _paired_induction,
    _strong_induction,
    _search_past_idle,
    _searching(_DEEP),
    _simulate,
    _property_directed,
    _searching(_DEEPER),
    _long_induction,
    _exact_induction,
    _full_search,
    _far_search,
    _give_up,
)
"""Where it is likely to hold."""

_SUSPECT_ATTEMPTS: tuple[Attempt, ...] = (
    _existence,
    _searching(_NEAR),
    _induction,
    _searching(_FAIR),
    _exploration,
    _shortly_helped_induction,
    _search_past_idle,
    _searching(_DEEP),
    _helped_induction,
    _simulate,
    _searching(_DEEPER),
    _strong_induction,
    _property_directed,
    _long_induction,
    _exact_induction,
    _full_search,
    _far_search,
    _give_up,
)
"""Where it is likely to fail."""


# --- proofs --------------------------------------------------------------------------------------


def _prove(bench: Bench, inquiry: Inquiry, ways: Iterable[Way]) -> Verdict | None:
    """Try each of `ways`."""
    proof = _find_proof(bench, inquiry, inquiry.question.property, ways)
    return None if proof is None else _accept(bench, inquiry, proof)


def _accept(bench: Bench, inquiry: Inquiry, proof: Proof) -> Verdict:
    """Return the verdict that follows from `proof`, once it is re-checked."""
    question = inquiry.question
    certificate = _certify(bench, question, proof)
    if isinstance(certificate, Unknown):
        return certificate
    verdict: Verdict = Proved(certificate)
    if question.trigger is not None:
        verdict = _judge_trigger(bench, inquiry, certificate, question.trigger)
    if isinstance(verdict, Proved) and verdict.witness is None and bench.starts.get(inquiry.fixed) is None:
        return Unknown("it is not known whether there is any history", (*inquiry.tried, certificate.method))
    return verdict


def _find_proof(bench: Bench, inquiry: Inquiry, claim: Property, ways: Iterable[Way]) -> Proof | None:
    for level, k, wanted in ways:
        if inquiry.meter.spent or inquiry.met is not None:
            return None
        unrolling = bench.abstract(level)
        if k > bench.budget.max_k or (level > 0 and not bench.abstract(0).dated):
            continue
        _tell(bench, inquiry, f"induction over {k} steps, calendar {level}, {wanted}")
        pool = _pool(bench, inquiry, level, wanted)
        proof = kinduction.prove(unrolling, claim, _fix(unrolling, inquiry), pool, k=k, meter=inquiry.meter)
        if proof is not None:
            return proof
    return None


def _certify(bench: Bench, question: Question, proof: Proof) -> Certificate | Unknown:
    """Return the certificate of `proof` once it is re-checked. This is the only way out for a proof."""
    certificate = issue(question, proof, bench.binder)
    answer = certify.recheck(certificate, bench.checks)
    if proof.parts is not None and not isinstance(answer, certify.Stands):
        return _certify(
            bench, question, replace(proof, parts=None)
        )  # the search may have known more than the parts say
    match answer:
        case certify.Stands():
            return certificate
        case certify.Undecided(reason=reason):
            return Unknown(f"a proof was found, but its re-check gave up: {reason}", (certificate.method,))
        case certify.Fails(reason=reason):
            raise SolverDisagreeError(f"{question.key}: {reason}")
        case _:
            assert_never(answer)


def _judge_trigger(bench: Bench, inquiry: Inquiry, certificate: Certificate, trigger: Expr) -> Verdict:
    """Return whether the proved question is about anything: whether its trigger can ever come."""
    never = Property(TRUE, Not(trigger))
    about = replace(inquiry.question, property=never, trigger=None)
    asked = Inquiry(about, Manner(wanted="verdict"), inquiry.fixed, inquiry.meter)
    nearest = bench.budget.horizons[0]
    searches = (_SHALLOW, _FAIR, _DEEP)
    ways: tuple[tuple[Way, ...], ...] = (
        ((0, 1, "alone"),),
        ((0, 1, "lemmas"),),
        ((0, 2, "lemmas"), (1, 1, "lemmas"), (0, 1, "all lemmas")),
    )
    for depth, next_ways in zip(searches, ways, strict=True):
        found = _refute(bench, asked, depth, nearest)
        if isinstance(found, Refuted):
            return Proved(certificate, found.trace)
        proof = _find_proof(bench, asked, never, next_ways)
        impossible = None if proof is None else _certify(bench, about, proof)
        if isinstance(impossible, Certificate):
            return Vacuous(impossible)
    return Proved(certificate)


# --- counterexamples -----------------------------------------------------------------------------


def _refute(bench: Bench, inquiry: Inquiry, depth: int, months: int) -> Refuted | None:
    """Look for a counterexample of at most `depth` steps within `months` months."""
    done, meter, depth = inquiry.clear.get(months, -1), inquiry.meter, min(depth, bench.budget.max_depth)
    if done >= depth or meter.spent:
        return None
    unrolling, claim = bench.exact(months), inquiry.question.property
    _tell(bench, inquiry, f"histories of up to {depth} steps within {months} months")
    fixed = _fix(unrolling, inquiry)
    found = bmc.search(unrolling, claim, fixed, done=done, depth=depth, meter=meter)
    match found:
        case bmc.Clear(depth=clear, stopped=stopped):
            inquiry.clear[months] = clear
            inquiry.stopped = inquiry.stopped or stopped is not None
            return None
        case bmc.Found():
            polish = inquiry.manner.wanted == "story"
            trace = minimise.tell(unrolling, inquiry.question, fixed, found, polish=polish, meter=meter)
            return Refuted(trace, found.depth, found.depth - 1)
        case _:
            assert_never(found)


# --- parts ---------------------------------------------------------------------------------------


def _fix(unrolling: Unrolling, inquiry: Inquiry) -> list[z3.BoolRef]:
    """Return literals for what the question assumes beyond its bench."""
    return [unrolling.holds(e, 0) for e in inquiry.fixed]


def _tell(bench: Bench, inquiry: Inquiry, attempt: str) -> None:
    inquiry.tried.append(attempt)
    bench.on_progress(inquiry.question, attempt)
