"""What golden histories already show: a clause that takes effect in one of them is not dead; no solver need say so."""

from collections.abc import Iterable, Mapping

from policydsl.analyses.judgement import Judgement
from policydsl.analyses.replay import Played
from policydsl.core.system import Trace
from policydsl.engines.verdict import Refuted
from policydsl.front.loaded import LoadedPolicy
from policydsl.semantics import evaluate, interpret


def recognise(judgement: Judgement, policy: LoadedPolicy, shown: Mapping[str, Refuted]) -> None:
    """Give the liveness questions about `policy` in `judgement` the verdicts that are `shown`, by key."""
    for i, s in enumerate(judgement.subjects):
        if s.origin == "liveness" and s.policy is policy and s.question.key in shown:
            judgement.verdicts[i] = shown[s.question.key]


def shown_by(policy: LoadedPolicy, histories: Iterable[Played]) -> dict[str, Refuted]:
    """Return, by key, the beginning of a history in whose last step what is asked about takes effect: the first."""
    found: dict[str, Refuted] = {}
    for played in histories:
        asked = [o for o in policy.liveness if o.key not in found]
        steps = tuple(each.step for each in played.took_place)
        for at, each in enumerate(played.took_place, start=1):
            env = evaluate.between(policy.system, played.parameters, each.before, each.step, each.result.state)
            for o in [o for o in asked if o.key not in found]:
                if not interpret.kept(policy.system, played.parameters, o.property, env, each.result.state):
                    assert played.start is not None
                    found[o.key] = Refuted(Trace(played.parameters, played.start, steps[:at]), at, clear=-1)
    return found
