"""What golden histories and claims exercise: rules, rows, events, schedules, duties, readings; and what is left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policydsl.analyses.golden import golden
from policydsl.analyses.readings import assuming, read_as
from policydsl.analyses.replay import Happened, begin, replay, settled_parameters
from policydsl.base.records import dataclass
from policydsl.core.cone import slice_system
from policydsl.core.expr import Value
from policydsl.core.system import Obligation, Question
from policydsl.engines.portfolio import judge
from policydsl.engines.verdict import Budget, Manner, Proved, Refuted, Vacuous
from policydsl.front.history import History
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.semantics import evaluate, interpret


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can happen: `key` as in the questions whether it ever does, or `reading:NAME:OPTION`."""

    key: str
    clause: str
    what: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """All items of a policy, by which histories each is exercised, and by which claims its clause is cited."""

    items: tuple[Item, ...]
    by_histories: Mapping[str, tuple[str, ...]]
    by_claims: Mapping[str, tuple[str, ...]]

    @property
    def left(self) -> tuple[Item, ...]:
        """The items that no history exercises."""
        return tuple(i for i in self.items if not self.by_histories.get(i.key))


@dataclass(frozen=True, slots=True)
class Generated:
    """A history for `item`; None with the reason where there is none."""

    item: Item
    text: str | None
    reason: str


def coverage(policy: LoadedPolicy, histories: Sequence[History], claims: Iterable[LoadedClaim]) -> Coverage:
    """Return what is exercised. A variant of a history counts like the history itself."""
    items = tuple(_items(policy))
    found: dict[str, dict[str, None]] = {i.key: {} for i in items}
    for history in histories:
        for parameters in ({}, *(v.parameters for v in history.variants)):
            for key in _exercised(policy, history, parameters):
                found[key][history.path] = None
    cited: dict[str, list[str]] = {}
    for claim in claims:
        for clause in claim.cites:
            cited.setdefault(clause, []).append(claim.name)
    by_claims = {i.key: tuple(cited.get(i.clause, ())) for i in items}
    return Coverage(items, {key: tuple(paths) for key, paths in found.items()}, by_claims)


def _items(policy: LoadedPolicy) -> Iterator[Item]:
    for asked in policy.liveness:
        yield Item(asked.key, next((c for c in asked.clauses if c), ""), _alive(asked.sentence))
    for reading in policy.readings:
        for option, _ in reading.options:
            yield Item(f"reading:{reading.name}:{option}", reading.clause, f"`{reading.name}` read as `{option}`")


def _alive(sentence: str) -> str:
    """Return what would happen, from the sentence that it never does."""
    for old, new in ((" never ", " "), (" can never be ", " is "), (" can never ", " ")):
        if old in sentence:
            return sentence.replace(old, new, 1)
    return sentence


def _exercised(policy: LoadedPolicy, history: History, parameters: Mapping[str, Value]) -> Iterator[str]:
    given = settled_parameters(policy, history, parameters)
    state, _ = begin(policy, history, parameters)
    if state is None:
        return
    for reading in policy.readings:
        yield f"reading:{reading.name}:{given[reading.name]}"
    open_ = list(policy.liveness)
    for moment in replay(policy, given, state, history.entries, None):
        if isinstance(moment, Happened):
            env = evaluate.between(policy.system, given, moment.before, moment.step, moment.result.state)
            met = [o for o in open_ if not interpret.kept(policy.system, given, o.property, env, moment.result.state)]
            yield from (o.key for o in met)
            open_ = [o for o in open_ if o not in met]


# --- histories for the rest ----------------------------------------------------------------------


def generate(policy: LoadedPolicy, items: Sequence[Item], budget: Budget) -> Iterator[Generated]:
    """Yield a shortest history for each of `items`, with everything that changes as what is expected."""
    for item in items:
        question = _question(policy, item)
        if question is None:
            yield Generated(item, None, "nothing can happen at all")
            continue
        manners = (Manner("story", suspect=True),)
        ((_, verdict),) = judge(question.system, (question,), budget, lambda *_: None, manners)
        match verdict:
            case Refuted(trace=trace):
                yield Generated(item, golden(policy, trace, f"Shortest: {item.what} ({item.key})"), "")
            case Proved() | Vacuous():
                yield Generated(item, None, "no history ever does that")
            case _:
                yield Generated(item, None, "none was found in the time given")


def _question(policy: LoadedPolicy, item: Item) -> Question | None:
    """Return the question whose refutation is a history that exercises `item`."""
    if not item.key.startswith("reading:"):
        asked = next(o for o in policy.liveness if o.key == item.key)
        return Question(item.key, policy.system, asked.property, None)
    _, name, option = item.key.split(":")
    fixed = assuming(policy.system, read_as(policy.system, [(name, option)]))
    near = sorted(policy.liveness, key=lambda o: item.clause not in o.clauses)
    asked_ = next((o for o in near if _sees(policy, o, name)), None) or next(iter(near), None)
    return None if asked_ is None else Question(item.key, fixed, asked_.property, None)


def _sees(policy: LoadedPolicy, asked: Obligation, reading: str) -> bool:
    part = slice_system(policy.system, (asked.property.state, asked.property.step))
    return any(p.name == reading for p in part.parameters)
