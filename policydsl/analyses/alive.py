"""What golden histories already show: a clause that takes effect in one of them is not dead; no solver need say so."""

from collections.abc import Iterable

from policydsl.analyses.judge import Judgement
from policydsl.analyses.replay import Happened, begin, replay, settled_parameters
from policydsl.core.system import Obligation, Step, Trace
from policydsl.engines.verdict import Refuted
from policydsl.front.history import History
from policydsl.front.loaded import LoadedPolicy
from policydsl.semantics import interpret


def recognise(judgement: Judgement, histories: Iterable[tuple[LoadedPolicy, History]]) -> None:
    """Give the liveness questions of `judgement` that some history answers their verdict."""
    open_ = {
        (id(s.policy), s.obligation.key): i
        for i, s in enumerate(judgement.subjects)
        if s.origin == "liveness" and s.obligation is not None
    }
    for policy, history in histories:
        asked = [o for o in policy.liveness if (id(policy), o.key) in open_]
        for key, verdict in _shown(policy, history, asked).items():
            judgement.verdicts[open_.pop((id(policy), key))] = verdict


def _shown(policy: LoadedPolicy, history: History, asked: list[Obligation]) -> dict[str, Refuted]:
    """Return, by key, the beginning of `history` in whose last step what is asked about takes effect."""
    system, parameters = policy.system, settled_parameters(policy, history, {})
    state, _ = begin(policy, history, {})
    found: dict[str, Refuted] = {}
    steps: list[Step] = []
    if state is None:
        return found
    for moment in replay(policy, parameters, state, history.entries, None):
        if not isinstance(moment, Happened):
            continue
        steps.append(moment.step)
        env = interpret.between(system, parameters, moment.before, moment.step, moment.result.state)
        for o in [o for o in asked if o.key not in found]:
            if not interpret.kept(system, parameters, o.property, env, moment.result.state):
                found[o.key] = Refuted(Trace(parameters, state, tuple(steps)), len(steps), clear=-1)
    return found
