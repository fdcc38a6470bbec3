"""In which of the clauses that an edit changes a history parts the wordings. Pure."""

from collections.abc import Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff_names import Names
from policydsl.analyses.diff_outcomes import Outcome
from policydsl.analyses.diff_replay import Lived, Result, Retold, apart
from policydsl.analyses.diff_switch import NOW
from policydsl.analyses.fates import SAME
from policydsl.core.expr import FALSE, EnumSort, Use, Value
from policydsl.core.moves import without_side
from policydsl.core.system import Definition, Event, Schedule, System
from policydsl.core.walk import definition_table, names, uses
from policydsl.semantics import evaluate
from policydsl.semantics.evaluate import Env
from policydsl.semantics.interpret import Stepped
from policydsl.syntax import ast


def parting(made: Comparison, retold: Retold, clauses: Sequence[str]) -> tuple[str, ...]:
    """Return those of `clauses`, which the edit changes, in which the history of `retold` parts the wordings.

    Only those count that say something on which the outcome depends, under either wording; of these, if all that
    comes out differently in the step of parting is said in some of them, those alone. A clause that only says the same
    in other words is left out, as long as another one says something else.
    """
    outcome = retold.distinction.outcome
    if outcome.kind == "choices" and (listing := frozenset(_listing(made, retold)) & frozenset(clauses)):
        return tuple(c for c in clauses if c in listing)
    reworded = frozenset(_only_reworded(made))
    listed = tuple(c for c in clauses if c not in reworded) or tuple(clauses)
    own = frozenset(outcome.clauses if outcome.kind == "choices" else ())  # what is said of an event stands in its own
    about = own | _about(made, retold.bearing)
    near = tuple(c for c in listed if c in about) or listed
    there = frozenset(_there(made, retold)) & about
    return tuple(c for c in near if c in there) if there and there <= frozenset(near) else near


def _listing(made: Comparison, retold: Retold) -> Iterator[str]:
    """Yield the clauses that list the facts and choices of the last step which only one wording knows."""
    for life, called in ((retold.old, SAME), (retold.new, made.aligned.names.old())):
        step = life.steps[-1]
        for i in (i for e in life.policy.system.events if step is not None and e.name == step.name for i in e.inputs):
            if step is not None and isinstance(i.sort, EnumSort):
                sort = EnumSort(called.new(i.sort.name), ())
                if called.value(i.sort, step.inputs[i.name]) in made.aligned.only(sort):
                    yield life.policy.symbols[i.sort.name].clause


def _about(made: Comparison, names: Container[str]) -> frozenset[str]:
    """Return the clauses that say something of `names`, under either wording."""
    system = made.twin.system
    parts = (system.definitions, system.parameters, system.events, system.variables, system.schedules)
    cases = {c.clause for u in system.updates if u.variable in names for c in u.cases}
    return frozenset(cases | {part.clause for each in parts for part in each if part.name in names})


# --- the step of parting -------------------------------------------------------------------------


def _there(made: Comparison, retold: Retold) -> Iterator[str]:
    """Yield the clauses whose changed words come out differently in the step in which the histories part.

    Before that step both are in one state, so that what differs in it comes of words that do. If they are so after it
    as well, or what the outcome reads says something else of one state then, only what it reads counts.
    """
    at, lives = retold.parted, (retold.old, retold.new)
    if not retold.old.steps:
        yield from _defined(made, [_alone(x, 0) for x in lives], _read(made, retold.distinction.outcome))
        yield from _begun(made, frozenset(apart(made, retold, 0)))
        return
    before, results = [_amid(x, at) for x in lives], [x.results[at] for x in lives]
    if not all(isinstance(r, Stepped) for r in results):
        yield from _defined(made, before)
        yield from _happening(made, {s.name for x in lives if (s := x.steps[at]) is not None})
    elif own := tuple(_of_one_state(made, retold, at + 1)):
        yield from own
    elif differ := frozenset(apart(made, retold, at + 1)):
        gave = [_gave(r, names) for r, names in zip(results, (SAME, made.aligned.names.old()), strict=True)]
        yield from _defined(made, before, _looked_at(made, differ, gave))
        yield from _assigned(made, differ, gave)
    else:
        read = _read(made, retold.distinction.outcome)
        yield from _defined(made, before, read)
        yield from _defined(made, [_alone(x, at + 1) for x in lives], read)


def _of_one_state(made: Comparison, retold: Retold, i: int) -> Iterator[str]:
    """Yield the clauses of what the outcome reads, if that is not the same of the old wording's own state number `i`.

    Where the new words ask for more than the old wording knows, nothing is yielded.
    """
    outcome, life, table = retold.distinction.outcome, retold.old, definition_table(made.aligned.new)
    if outcome.on or outcome.kind == "choices":
        return
    known = {*life.parameters, *life.states[i]}
    views = _alone(life, i), evaluate.alone(made.aligned.new, life.parameters, life.states[i])
    asked = {n for n in _read(made, outcome) if n in table and names(table[n].body, table) <= known}
    tops = asked & ({f"{outcome.name}.permitted"} if outcome.kind == "permission" else {*outcome.names})
    if any(_value(views[0], n, table[n]) != _value(views[1], n, table[n]) for n in tops):
        aligned = replace(made.aligned, names=SAME)
        yield from _defined(replace(made, aligned=aligned), views, asked)


def _alone(life: Lived, i: int) -> Env:
    return evaluate.alone(life.policy.system, life.parameters, life.states[i])


def _amid(life: Lived, at: int) -> Env:
    """Return the view of a step from the state before it."""
    step = life.steps[at]
    if step is None:
        return _alone(life, at)
    return evaluate.between(life.policy.system, life.parameters, life.states[at], step, life.states[at + 1])


def _read(made: Comparison, outcome: Outcome) -> frozenset[str]:
    """Return the definitions, by the old wording's names, that `outcome` reads, also through others."""
    table = definition_table(made.twin.system)
    found = uses((e for pair in outcome.compared for v in pair for e in (v.value, v.present)), table)
    return frozenset(without_side(n) for n in found)


def _defined(made: Comparison, views: Sequence[Env], read: Container[str] | None = None) -> Iterator[str]:
    """Yield the clauses of definitions, of those that are `read` if given, that have other words and another value."""
    renames, (one, other) = made.aligned.names, views
    theirs = {d.name: d for d in made.aligned.new.definitions}
    for d in made.aligned.old.definitions:
        said, called = theirs.get(d.name + NOW) or theirs.get(d.name, d), renames.new(d.name)
        if said.body == d.body or (read is not None and d.name not in read):
            continue
        was, now = _value(one, d.name, d), _value(other, called, said)
        if was is not None and now is not None and renames.value(d.sort, was) != now:
            yield from (d.clause, said.clause)


def _value(env: Env, name: str, said: Definition) -> Value | None:
    """Return what `name` is; None where it is not defined. An act that there is not is not permitted."""
    if name in env.definitions:
        return evaluate.evaluate(Use(name, said.sort), env)
    return False if said.body == FALSE else None


def _happening(made: Comparison, happened: AbstractSet[str]) -> Iterator[str]:
    """Yield the clauses of the events and schedules that `happened` under one wording, if their words differ."""
    both = [_steps(s) for s in (made.aligned.old, made.aligned.new)]
    for name in happened:
        found = {x for side in both if (x := side.get(name)) is not None}
        if len(found) > 1 or any(name not in side for side in both):
            yield from {x.clause for x in found}


def _steps(system: System) -> dict[str, Event | Schedule]:
    return {**{e.name: e for e in system.events}, **{s.name: s for s in system.schedules}}


def _begun(made: Comparison, apart: AbstractSet[str]) -> Iterator[str]:
    """Yield the clauses that give the variables `apart` their first values."""
    yield from (v.clause for s in (made.aligned.old, made.aligned.new) for v in s.variables if v.name in apart)


def _gave(result: Result, names: Names) -> Mapping[str, str]:
    """Return the clauses that gave variables their values in a step, by what `names` make of these."""
    return {names.new(c.variable): c.clause for c in result.changes} if isinstance(result, Stepped) else {}


def _looked_at(made: Comparison, apart: AbstractSet[str], gave: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """Return the definitions that bear, under either wording, on what gave the variables `apart` their values."""
    found: set[str] = set()
    for system, by in zip((made.aligned.old, made.aligned.new), gave, strict=True):
        for u in (u for u in system.updates if u.variable in apart):
            last = max((i for i, c in enumerate(u.cases) if c.clause == by.get(u.variable)), default=len(u.cases))
            said = (e for c in u.cases[: last + 1] for e in (c.guard, c.value))
            found |= {name.removesuffix(NOW) for name in uses(said, definition_table(system))}
    return frozenset(found)


def _assigned(made: Comparison, apart: AbstractSet[str], gave: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield the clauses that have given the variables `apart` their values in other words.

    What is remembered, as for a count, may have been given earlier than it told.
    """
    mine, theirs = ({u.variable: u.cases for u in s.updates} for s in (made.aligned.old, made.aligned.new))
    remembered = {v.name for v in made.aligned.old.variables if v.hidden}
    for name in apart:
        one, other = mine.get(name, ()), theirs.get(name, ())
        differ = {c.clause for c in one if c not in other} | {c.clause for c in other if c not in one}
        yield from differ if name in remembered else differ & {by[name] for by in gave if name in by}


# --- mere rewording ------------------------------------------------------------------------------


def _only_reworded(made: Comparison) -> Iterator[str]:
    """Yield the clauses in which nothing but definitions and tables differs, and those say the same, proved."""
    old, new = ({c.number.number: c.items for c in tree.items if isinstance(c, ast.Clause)}
                for tree in (made.wordings.old_tree, made.wordings.new_tree))  # fmt: skip
    for number in old.keys() & new.keys():
        changed = [i for one, other in ((old, new), (new, old)) for i in one[number] if i not in other[number]]
        if changed and all(
            isinstance(i, ast.Define | ast.Table) and _says_the_same(made, i.name.text) for i in changed
        ):
            yield number


def _says_the_same(made: Comparison, name: str) -> bool:
    """Return whether what is defined as `name` is one text in both wordings, the new one put in the old one's words."""
    one, other = (
        {d.name: d.body for d in system.definitions if d.name == name or d.name.startswith(f"{name}.")}
        for system in (made.aligned.old, made.aligned.new)
    )
    return bool(one) and one == other
