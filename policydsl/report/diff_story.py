"""A history told under two wordings at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from policydsl.analyses.comparison import Comparison, Distinction
from policydsl.analyses.diff_outcomes import Outcome, Word, asked
from policydsl.analyses.diff_parting import parting
from policydsl.analyses.diff_replay import Lived, Retold
from policydsl.analyses.diff_switch import DAY, FIRST_DAY, LAST_DAY, NOW, THEN
from policydsl.base.calendar import show_day
from policydsl.core.conditions import conjuncts
from policydsl.core.cone import slice_system
from policydsl.core.expr import DATE, TODAY, TRUE, View
from policydsl.core.moves import without_side
from policydsl.core.system import PASSAGE, Event, Property, System, Trace
from policydsl.core.walk import definition_table, expressions, names
from policydsl.front.loaded import LoadedPolicy, visible_state
from policydsl.front.types import show_value
from policydsl.report.diff_model import SideBySide, SideStep
from policydsl.report.drawing import story_picture
from policydsl.report.language import Language, message
from policydsl.report.prose import change_sentences, details, what_happens
from policydsl.report.shapes import Picture
from policydsl.report.story import opening, tell_step
from policydsl.report.told import Fact, Story, StoryStep
from policydsl.report.values import ROWS_SUFFIX, input_of, observed, value_in
from policydsl.report.words import Words
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.evaluate import Env
from policydsl.semantics.interpret import Rejected, Stepped

Sides: TypeAlias = tuple[Words, Words]
"""What the old and the new wording call their things."""


def tell_both(made: Comparison, retold: Retold, clauses: Sequence[str], words: Sides) -> SideBySide:
    """Return the history of `retold`, step by step under both wordings. `clauses` are those that the edit changes."""
    distinction = retold.distinction
    outcome = distinction.outcome
    first = retold.old.states[0]
    name = _shown_by(made, distinction)
    return SideBySide(
        distinction.for_role and words[0].name(distinction.for_role),
        distinction.direction,
        outcome_words(outcome, words[0], name),
        _setting(made, retold, words),
        show_day(int(first[TODAY])),
        tuple(_step(made, retold, i, words) for i in range(len(retold.old.results))),
        retold.parted,
        parting(made, retold, clauses),
        *_values(made, outcome, name, retold, words),
        shortest=distinction.verdict.shortest,
        picture=_picture(retold, outcome, words),
    )


def _picture(retold: Retold, outcome: Outcome, words: Sides) -> Picture | None:
    """Return the history under both wordings, one over the other, with what the outcome is about."""
    stories = [_whole(lived, outcome.name) for lived in (retold.old, retold.new)]
    return story_picture(retold.old.policy.tables, stories, words[0])


def _whole(lived: Lived, name: str) -> Story:
    """Return a history as one wording lives it: what it takes in, and how `name` stands in the end."""
    told = tuple(
        tell_step(lived.policy, lived.policy.system, step, lived.states[i], result)
        for i, (step, result) in enumerate(zip(lived.steps, lived.results, strict=True))
        if step is not None and isinstance(result, Stepped)
    )
    shown = {n: show_value(v, type_) for n, (type_, v) in visible_state(lived.policy, lived.states[-1]).items()}
    names = [n for n in shown if n.partition("[")[0] == name] or list(shown)
    facts = tuple(Fact(n, shown[n], None) for n in names)
    return Story(show_day(int(lived.states[0][TODAY])), (), (), told, facts)


def _shown_by(made: Comparison, distinction: Distinction) -> str:
    """Return by which name, with its index if it has one, an outcome shows what it is told for: another may be better.

    That is looked for in the product: there both are at hand.
    """
    outcome, trace, where = distinction.outcome, distinction.verdict.trace, made.twin_of(distinction.outcome)
    if len(outcome.names) < 2:  # noqa: PLR2004  there is no other
        return outcome.names[0] if outcome.names else outcome.name
    word = _WORDS[distinction.direction]
    orders = [None] if word == "same" else [o for o in outcome.orders if o.role == distinction.for_role]
    for alone in outcome.singly():
        if any(_fails_in_the_end(where.system, trace, asked(alone, o, word, where)) for o in orders):
            return alone.names[0]
    raise AssertionError("no index of an outcome shows what it is told for")


_WORDS: Mapping[str, Word] = {"stricter": "worse", "more lenient": "better", "different": "same"}


def _fails_in_the_end(system: System, trace: Trace, claim: Property) -> bool:
    states = interpret.replay(system, trace)
    assert not isinstance(states, Rejected)
    rests = evaluate.holds(claim.state, evaluate.alone(system, trace.parameters, states[-1]))
    return not rests or interpret.violation(system, trace, replace(claim, state=TRUE)) == len(trace.steps)


def outcome_words(outcome: Outcome, words: Words, name: str = "") -> str:
    """Return what an outcome is called; with `name`, one of its names."""
    name = words.name(name or outcome.name)
    match outcome.kind:
        case "permission" if outcome.act:
            return words.language.say("permitted: {act}", act=name)
        case "permission":
            return words.language.say("possible: {event}", event=name)
        case "choices":
            return words.language.say("facts and choices of {event}", event=name)
        case _:
            return name


def _setting(made: Comparison, retold: Retold, words: Sides) -> str:
    """Return what bears on the outcome: parameters and readings that are not at their defaults, and open starts."""
    say = words[0].language.say
    said: dict[str, bool] = {}  # of one wording alone: told after what is so of both, for it goes by `before` or `now`
    where = made.twin_of(retold.distinction.outcome)
    p = retold.distinction.question.property
    part = slice_system(where.system, (p.state, p.step))
    table = {d.name: d for d in part.definitions}
    seen = {n for e in (p.state, p.step, *(e for _, e in expressions(part))) for n in names(e, table)}
    seen = {without_side(n) for n in seen}
    ahead, told = made.aligned.names, set[str]()
    sides = ((retold.old, retold.new, words[0], ahead), (retold.new, retold.old, words[1], ahead.old()))
    for lived, other, own, there in sides:
        for q in lived.policy.system.parameters:
            value, called = lived.parameters[q.name], there.new(q.name)
            bears = (q.name if lived is retold.old else called) in seen
            if q.name in told or not bears or (q.default is not None and value == q.default):
                continue
            shown = input_of(lived.policy, q.name, value, q.sort)
            declared = q.name.removesuffix(NOW)
            name = own.name(declared)
            value_ = own.language.date(shown) if q.sort == DATE else own.value(declared, shown)
            if q.name == DAY:
                what = say("the day of the switch is {day}", day=value_)
            elif q.is_reading:
                what = say("“{name}” is read as “{value}”", name=name, value=value_)
            else:
                what = say("{name} is {value}", name=name, value=value_)
            alone = other.parameters.get(called) != there.value(q.sort, value)
            if alone:
                what = say("before: {what}", what=what) if lived is retold.old else say("now: {what}", what=what)
            elif lived is retold.old:
                told.add(called)
            said[what] = alone
        for name, shown in opening(lived.policy, lived.states[0]):
            called = there.new(name)
            if (name if lived is retold.old else called) in seen and called not in told:
                what = say("{name} starts as {value}", name=own.name(name), value=own.value(name, shown))
                alone = dict(opening(other.policy, other.states[0])).get(called) is None
                if alone:
                    what = say("before: {what}", what=what) if lived is retold.old else say("now: {what}", what=what)
                told.add(name)
                said[what] = alone
    return words[0].language.join(sorted(said, key=said.__getitem__))


def _telling(made: Comparison, retold: Retold, i: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return, by each wording's names, facts and choices of a step that are told even where they are as by default.

    The wordings have other defaults, or one does not admit the step for what these are.
    """
    ahead = made.aligned.names
    back, events = ahead.old(), [_event(lived, i) for lived in (retold.old, retold.new)]
    mine, theirs = ({} if e is None else {x.name: x for x in e.inputs} for e in events)
    found = {
        name
        for name, x in mine.items()
        if (there := theirs.get(ahead.new(name))) is not None
        and (None if x.default is None else ahead.value(x.sort, x.default)) != there.default
    }
    found |= _refused_for(retold.old, i)
    found |= {back.new(name) for name in _refused_for(retold.new, i)}
    return frozenset(found), frozenset(map(ahead.new, found))


def _event(lived: Lived, i: int) -> Event | None:
    step = lived.steps[i]
    return None if step is None else next((e for e in lived.policy.system.events if e.name == step.name), None)


def _refused_for(lived: Lived, i: int) -> frozenset[str]:
    """Return what those conditions of an event look at that do not hold where a wording does not admit it."""
    step, result, event = lived.steps[i], lived.results[i], _event(lived, i)
    if step is None or event is None or not isinstance(result, Rejected):
        return frozenset()
    if result.reason != "guard":
        return frozenset({result.about})
    system = lived.policy.system
    env = evaluate.between(system, lived.parameters, lived.states[i], step, lived.states[i])
    table = definition_table(system)
    failing = [e for e in conjuncts(event.guard) if not evaluate.holds(e, env)]
    return frozenset().union(*(names(e, table) for e in failing))


def _step(made: Comparison, retold: Retold, i: int, words: Sides) -> SideStep:
    lives = (retold.old, retold.new)
    day = max(step.day for lived in lives if (step := lived.steps[i]) is not None)
    answers = [_answer(lived, i, own) for lived, own in zip(lives, words, strict=True)]
    told = _told(retold.new, i, frozenset())
    if told is not None and _do_different_things(made, retold, i):
        answers[1] = and_then(_sentence(told, words[1]), answers[1], words[1].language)
    if i == retold.parted and answers[0] == answers[1]:
        tallied = zip(lives, words, _tallies(made, retold, i, words), strict=True)
        answers = [_answer(lived, i, own, tallies) for lived, own, tallies in tallied]
    new = words[0].language.say("the same") if answers[0] == answers[1] else answers[1]
    return SideStep(show_day(day), _what(made, retold, i, words), answers[0], new, i == retold.parted)


def and_then(happens: str, answer: str, lang: Language) -> str:
    """Return what happens, a sentence, and what comes of it, which need not be one: `nothing changes`."""
    if answer.endswith((".", "。")):
        return lang.text((happens, answer))
    return lang.series([happens.rstrip(".。"), answer])


def _what(made: Comparison, retold: Retold, i: int, words: Sides) -> str:
    """Return what happens in a step, as one wording tells it, and what it comes with by the other alone."""
    mine, telling = _teller(retold, i), _telling(made, retold, i)
    told, more = (_told(lived, i, given) for lived, given in zip((retold.old, retold.new), telling, strict=True))
    names_, event = made.aligned.names, _event(retold.old, i)
    if mine:
        told, more, names_, event = more, told, names_.old(), _event(retold.new, i)
    assert told is not None
    known = None if event is None else {names_.new(x.name) for x in event.inputs}
    own = () if known is None or more is None else tuple(g for g in more.given if g.name not in known)
    news = tuple(g for g in own if not g.is_default)
    return _sentence(told, words[mine], details(news, words[1 - mine]))


def _sentence(told: StoryStep, words: Words, more: str = "") -> str:
    """Return what happens in a step, with `more` that the other wording has of it."""
    return words.language.say(_DAYS[told.name]) if told.name in _DAYS else what_happens(told, words, more)


def _teller(retold: Retold, i: int) -> int:
    """Return which wording tells a step: the old one, unless nothing happens there or the new one alone admits it."""
    one, other = retold.old.steps[i], retold.new.steps[i]
    if one is None or other is None:
        return int(one is None)
    refused = isinstance(retold.old.results[i], Rejected) and isinstance(retold.new.results[i], Stepped)
    return int(refused or one.name == PASSAGE)


def _do_different_things(made: Comparison, retold: Retold, i: int) -> bool:
    """Return whether something else happens in a step under each wording: another schedule is due on that day."""
    names = [s.name.removesuffix(NOW).removesuffix(THEN) for x in (retold.old, retold.new) if (s := x.steps[i])]
    return PASSAGE not in names and len(names) > 1 and made.aligned.names.new(names[0]) != names[1]


def _told(lived: Lived, i: int, telling: frozenset[str]) -> StoryStep | None:
    """Return a step; what is `telling` of it is told in any case."""
    step, result = lived.steps[i], lived.results[i]
    if step is None:
        return None
    done = result if isinstance(result, Stepped) else Stepped(lived.states[i], ())
    told = tell_step(lived.policy, lived.policy.system, step, lived.states[i], done)
    given = tuple(replace(g, is_default=g.is_default and g.name not in telling) for g in told.given)
    return replace(told, name=told.name.removesuffix(NOW).removesuffix(THEN), given=given)


_DAYS = {
    FIRST_DAY: message("the new wording is in force from this day on."),
    LAST_DAY: message("this is the last day of the old wording."),
}


def _tallies(made: Comparison, retold: Retold, i: int, words: Sides) -> tuple[list[str], list[str]]:
    """Return what each wording has counted otherwise than the other by the end of a step: no change tells that."""
    found: tuple[list[str], list[str]] = [], []
    for symbol in retold.old.policy.symbols.values():
        if symbol.kind != "count":
            continue
        called = symbol.name, made.aligned.names.new(symbol.name)
        tallies = [_tally(lived, i, n) for lived, n in zip((retold.old, retold.new), called, strict=True)]
        if None not in tallies and tallies[0] != tallies[1]:
            for said, own, name, tally in zip(found, words, called, tallies, strict=True):
                said.append(
                    own.language.say("{name} is {value}", name=own.name(name), value=own.value(name, tally or ""))
                )
    return found


def _tally(lived: Lived, i: int, name: str) -> str | None:
    return observed(lived.policy, name, evaluate.alone(lived.policy.system, lived.parameters, lived.states[i + 1]))


def _answer(lived: Lived, i: int, words: Words, tallies: Sequence[str] = ()) -> str:
    """Return what a wording makes of a step; `tallies` are what it has counted then."""
    say, step, result = words.language.say, lived.steps[i], lived.results[i]
    if step is None or result is None:
        return say("nothing happens")
    if isinstance(result, Rejected):
        return (
            say("clause {clause} does not admit this", clause=result.clause) if result.clause else say("not admitted")
        )
    told = tell_step(lived.policy, lived.policy.system, step, lived.states[i], result)
    said = list(change_sentences(told.changes, words))
    if tallies and not said:
        return words.language.series(list(tallies))
    if tallies:
        said.append(say("So {changes}.", changes=words.language.series(list(tallies))))
    return words.language.text(said) if said else say("nothing changes")


# --- the end -------------------------------------------------------------------------------------


def _values(made: Comparison, outcome: Outcome, name: str, retold: Retold, words: Sides) -> tuple[str, str]:
    """Return what the outcome called `name` is in the end, under each wording."""
    if outcome.kind == "choices":
        say = words[0].language.say
        shown = [
            say("not admitted") if isinstance(x.results[-1], Rejected) else say("admitted")
            for x in (retold.old, retold.new)
        ]
        return shown[0], shown[1]
    mine, theirs = name, made.aligned.names.new(name)
    if outcome.kind == "permission":
        mine, theirs = f"{mine}.permitted", f"{theirs}.permitted"
    return _value(retold.old, mine, outcome, words[0]), _value(retold.new, theirs, outcome, words[1])


def _value(lived: Lived, name: str, outcome: Outcome, words: Words) -> str:
    system = lived.policy.system
    step = lived.steps[-1] if lived.steps else None
    if outcome.on and step is not None:
        env = evaluate.between(system, lived.parameters, lived.states[-2], step, lived.states[-1])
        env = replace(env, view=View.BEFORE)
    else:
        env = evaluate.alone(system, lived.parameters, lived.states[-1])
    if outcome.kind == "permission" and name not in env.definitions:
        return words.language.say("no")  # an act that this wording does not have
    shown = observed(lived.policy, name, env) or ""
    if any(o.key == f"gap:{name}" for o in lived.policy.system.obligations) and _fits_none(lived.policy, name, env):
        return words.language.say("nothing, as no row fits")
    return words.typed("boolean", shown) if outcome.kind == "permission" else words.value(name, shown)


def _fits_none(policy: LoadedPolicy, table: str, env: Env) -> bool:
    """Return whether no row of `table` fits: the value that it has all the same is not one that the text gives."""
    rows = value_in(policy, f"{table}{ROWS_SUFFIX}", env)
    return rows is not None and rows[1] == "0"
