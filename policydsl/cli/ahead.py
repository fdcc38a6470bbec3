"""What a first run has to read and to show, policy by policy: a process does all there is to one, from its texts on.

The run itself then goes on as over what an earlier one has kept: nothing is read or shown twice, and whatever a process
could not do, or not for good, is done by the run.
"""

import gc
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from policydsl.base.records import dataclass

if TYPE_CHECKING:
    from policydsl.cli.confirmed import Confirmed
    from policydsl.front.kept import Kept
    from policydsl.front.load import Loaded

Texts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Order:
    """A policy with the claims about it: their texts by file name, and what these come to if that is known."""

    texts: Texts
    part: "Loaded | None"


@dataclass(frozen=True, slots=True)
class Done:
    """What was loaded, `packed` (nothing where it was known), and what was shown of it, by what it is of."""

    body: bytes
    shown: dict[bytes, bytes]


@dataclass(slots=True)
class Ahead:
    """What was done ahead of a run: what texts come to, and what was shown of each policy, by its path.

    `packed` has what was shown as it is written down.
    """

    parts: dict[frozenset[tuple[str, str | None]], "Loaded"] = field(default_factory=dict)
    shown: dict[str, dict[bytes, object]] = field(default_factory=dict)
    packed: dict[str, dict[bytes, bytes]] = field(default_factory=dict)

    def recall(self, texts: Texts) -> "Loaded | None":
        """Return what files with `texts` come to; None where that is not known."""
        return self.parts.get(frozenset(texts.items()))

    def find(self, policy: str, of: bytes) -> object:
        """Return what was shown `of` something about the policy at the path `policy`; None where nothing was."""
        return self.shown.get(policy, {}).get(of)


def work_ahead(groups: Sequence[Texts], jobs: int, kept: "Kept | None", confirmed: "Confirmed | None") -> Ahead:
    """Have processes do what no earlier run has done for `groups` of files, if there is work for all of `jobs`."""
    made = Ahead()
    orders: list[Order] = []
    for texts in groups:
        part = None if kept is None else kept.recall(texts)
        if part is not None:
            made.parts[frozenset(texts.items())] = part
            if confirmed is not None and confirmed.open(part):
                continue
        if None not in texts.values():
            orders.append(Order(texts, part))
    if 1 < jobs <= len(orders):
        _have_done(made, orders, jobs, kept)
    return made


def _have_done(made: Ahead, orders: Sequence[Order], jobs: int, kept: "Kept | None") -> None:
    from policydsl.analyses.tasks import Errand, Ran
    from policydsl.analyses.workers import Crew
    from policydsl.cli.confirmed import shown_in
    from policydsl.front.kept import unpacked

    _prepare()
    orders = sorted(orders, key=_size, reverse=True)  # no process then is long at the last one alone
    with Crew(jobs) as crew:
        for i, order in enumerate(orders):
            crew.submit(Errand(i, do, order))
        crew.start()
        from policydsl.report import build, text  # noqa: F401  while the processes are at it

        for message in crew.messages():
            if not isinstance(message, Ran) or not isinstance(message.result, Done):
                continue
            order, done = orders[message.errand.number], message.result
            part = order.part
            if part is None:
                part = made.parts[frozenset(order.texts.items())] = unpacked(done.body, order.texts)
                if kept is not None:
                    kept.keep(part, done.body)
            (policy,) = part.policies
            made.packed[policy.path] = done.shown
            made.shown[policy.path] = {of: shown_in(body) for of, body in done.shown.items()}


def _size(order: Order) -> int:
    return sum(len(text or "") for text in order.texts.values())


def _prepare() -> None:
    """Load here, once, what all processes that are forked will need."""
    from policydsl.analyses import ahead  # noqa: F401
    from policydsl.cli import confirmed, histories, shelf  # noqa: F401
    from policydsl.engines import store  # noqa: F401  loads the solver
    from policydsl.front import kept, reader  # noqa: F401
    from policydsl.syntax.parse import get_ready

    get_ready()


def do(order: Order) -> Done | None:
    """Load what there is to `order`, play its golden histories and show its stored answers again.

    None if it does not stand alone, or something is wrong with it.
    """
    from policydsl.front.kept import packed, stands_alone
    from policydsl.front.load import joined, load_parts

    part = order.part
    if part is None:
        part = joined(load_parts(tuple(order.texts), lambda name: (order.texts.get(name), ())))
        if not stands_alone(part):
            return None
    gc.freeze()
    body = packed(part) if order.part is None else b""
    return Done(body, {of: pickle.dumps(shown, pickle.HIGHEST_PROTOCOL) for of, shown in _shown(part).items()})


def _shown(part: "Loaded") -> dict[bytes, object]:
    """Return what histories and certificates show of `part`."""
    from policydsl.analyses.ahead import show_stored
    from policydsl.analyses.subjects import subjects_of
    from policydsl.cli.confirmed import of_answer, of_histories
    from policydsl.cli.histories import play_golden
    from policydsl.cli.shelf import places, read_shelf

    (policy,) = part.policies
    found: dict[bytes, object] = {}
    golden = play_golden(policy)
    if len(golden.sources) == len(golden.results):  # all of them could be read
        found[of_histories(golden.sources)] = golden
    subjects = subjects_of(part.policies, part.claims)
    shelf = read_shelf(subjects, places(part, subjects), {})
    alive = {i for i, s in enumerate(subjects) if s.origin == "liveness" and s.question.key in golden.alive}
    for i, shown in show_stored(subjects, {i: records for i, records in shelf.kept.items() if i not in alive}):
        found[of_answer(subjects[i], shelf.texts[i])] = shown
    return found
