"""All that is stored about a policy, shown again by one worker, which has nothing else of others in mind meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from policydsl.analyses import pairs
from policydsl.analyses.again import Shown, show_all
from policydsl.analyses.readings import fix
from policydsl.analyses.retelling import Looks
from policydsl.analyses.subjects import Subject, readings_of
from policydsl.engines.records import StoreError
from policydsl.engines.verdict import Record, SemanticsDisagreeError

_AT_ONCE = 8
"""So many answers have their proofs put together."""


def show_stored(subjects: Sequence[Subject], stored: Mapping[int, Sequence[Record]]) -> Iterator[tuple[int, Shown]]:
    """Yield what the answers `stored` for `subjects` show, by their places.

    What cannot be shown is left out: whoever asks for it comes upon the reason.
    """
    from policydsl.engines.store import Desk, show_again, show_together  # noqa: PLC0415  loads the solver

    desk, looks = Desk(), Looks()
    systems: dict[int, int] = {}
    for i in stored:
        systems.setdefault(id(subjects[i].question.system), len(systems))
    order = sorted(stored, key=lambda i: systems[id(subjects[i].question.system)])
    for first in range(0, len(order), _AT_ONCE):
        group = order[first : first + _AT_ONCE]
        show_together(((subjects[i].question, stored[i]) for i in group), desk)
        for i in group:
            subject = subjects[i]
            about = None if subject.origin == "liveness" else readings_of(subject)
            try:
                show = partial(show_again, desk=desk)
                shown = show_all(subject.question, about, stored[i], desk.binder.bind, show, looks)
                pairs.check_stories(subject.claim, subject.question, shown.verdict)
                for same, verdict in shown.answered:
                    pairs.check_stories(subject.claim, fix(subject.question, same[0]), verdict)
            except (StoreError, SemanticsDisagreeError):
                continue
            yield i, shown
