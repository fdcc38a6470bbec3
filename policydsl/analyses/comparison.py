"""What is known of two wordings, and how verdicts on parts make one on the whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias, assert_never

from policydsl.analyses.diff_align import Aligned, Default
from policydsl.analyses.diff_lemmas import lemma_candidates
from policydsl.analyses.diff_outcomes import Outcome, Word
from policydsl.analyses.diff_product import Twin
from policydsl.analyses.readings import assuming, read_as
from policydsl.analyses.retelling import Looks
from policydsl.base.records import dataclass
from policydsl.core.expr import TRUE, Expr
from policydsl.core.system import Property, Question, System
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.front.loaded import Order
from policydsl.front.wordings import Wordings

Relation: TypeAlias = Literal[
    "equivalent",
    "stricter",
    "more lenient",
    "incomparable",
    "different",
    "undecided",
    "not stricter",
    "not more lenient",
    "stricter or incomparable",
    "more lenient or incomparable",
    "no history",
]
"""What the new wording is beside the old one: stricter is worse for the role in question, proved in every history.

`different` is said where nothing says what is better; `not stricter` where the other direction is not decided,
and `stricter or incomparable` where there is a history in one direction and the other is not decided;
`no history` where no history is one of both wordings, so that there is nothing to compare.
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out of an outcome: whether it is always the same, and by role whether never worse, never better.

    `order` says what is better for the role. Verdicts are about the product: `Refuted` has a history of it.
    """

    outcome: Outcome
    same: Verdict | None
    roles: tuple[tuple[Order, Verdict, Verdict], ...]

    @property
    def relation(self) -> Relation:
        """Whether both wordings always give the same; None as verdict means that they do by construction."""
        return _relation(self.same)

    def on(self, role: str | None, word: Word) -> list[tuple[Order | None, Verdict]]:
        """Return what came out for `role` (None: for nobody in particular), each with the order it was asked by."""
        if role is None:
            return [] if self.same is None else [(None, self.same)]
        return [(o, worse if word == "worse" else better) for o, worse, better in self.roles if o.role == role]


def _relation(same: Verdict | None) -> Relation:
    match same:
        case None | Proved():
            return "equivalent"
        case Vacuous():
            return "no history"
        case Refuted():
            return "different"
        case _:
            return "undecided"


@dataclass(frozen=True, slots=True)
class Context:
    """Some of the histories: those with these readings. `fixed` gives readings of the product their options."""

    called: str
    fixed: tuple[tuple[str, str], ...]
    assume: tuple[Expr, ...] = ()


EVERYWHERE = Context("every reading", ())


@dataclass(frozen=True, slots=True)
class Summary:
    """The wordings as a whole in some context: whether all is the same, and what they are for each role.

    `alike` says, where that was asked, whether what both owe is broken in the same histories (None: not decided).
    """

    context: Context
    same: Verdict | None
    roles: tuple[tuple[str, Relation], ...]
    alike: bool | None = True

    @property
    def relation(self) -> Relation:
        """What can be said without naming a role."""
        return _relation(self.same)


@dataclass(frozen=True, slots=True)
class Settled:
    """The new wording is the old one with `reading` read as `option`, and that is proved."""

    reading: str
    option: str


@dataclass(frozen=True, slots=True)
class Distinction:
    """A shortest history in which `outcome` parts the wordings. `for_role` and `direction` say what the new one is."""

    outcome: Outcome
    question: Question
    verdict: Refuted
    for_role: str | None
    direction: Literal["stricter", "more lenient", "different"]


@dataclass(eq=False, slots=True)
class Comparison:
    """All that is known of two wordings; `judged` in the order of the old text.

    `defaults` are those that the edit changes, and `at_defaults` compares the wordings each at its own. `elsewhere` has
    what both owe and perhaps break in other histories, where both give the same (`diff`). `asked` holds
    what is still to be asked of outcomes, `joined` that of several at once, `looks` what stories of these look at,
    `alike` where readings make them the same text, and `met` histories that refute what was asked of several outcomes
    at once: for `judge_anew` to forget, but for the last two.
    """

    wordings: Wordings
    aligned: Aligned
    twin: Twin
    lone: Twin
    outcomes: tuple[Outcome, ...] = ()
    judged: tuple[Judged, ...] = ()
    overall: Summary = field(default_factory=lambda: Summary(EVERYWHERE, None, ()))
    by_default: Summary | None = None
    by_reading: tuple[Summary, ...] = ()
    settled: tuple[Settled, ...] = ()
    distinctions: tuple[Distinction, ...] = ()
    defaults: tuple[Default, ...] = ()
    at_defaults: "Comparison | None" = None
    elsewhere: Mapping[str, bool] = field(default_factory=dict)
    asked: dict[tuple[str, str | None, Word], tuple[Property, ...]] = field(default_factory=dict)
    joined: dict[tuple[tuple[str, ...], str | None, Word], Question | None] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    alike: dict[tuple[object, ...], bool] = field(default_factory=dict)
    met: list[Refuted] = field(default_factory=list)

    @property
    def shown(self) -> "Comparison":
        """The comparison that shows a difference: that at the defaults where nothing else differs."""
        return self.at_defaults if self.at_defaults is not None and self.overall.relation == "equivalent" else self

    def judge_anew(self, judged: tuple[Judged, ...]) -> None:
        """Take `judged` for what came out."""
        self.judged, self.asked, self.joined, self.looks = judged, {}, {}, Looks()

    def twin_of(self, outcome: Outcome) -> Twin:
        """Return the product in which `outcome` is asked about."""
        return self.lone if outcome.kind == "choices" else self.twin


# --- what is asked -------------------------------------------------------------------------------


def question_of(made: Comparison, outcome: Outcome, claim: Property, key: str) -> Question:
    """Return `claim` about the product as a question."""
    return Question(f"{outcome.called}: {key}", made.twin_of(outcome).system, claim, None)


def within(system: System, context: Context) -> System:
    """Return `system` with the readings of `context` alone."""
    return assuming(system, (*read_as(system, context.fixed), *context.assume))


def helpers(made: Comparison, system: System) -> tuple[Question, ...]:
    """Return what may relate the two copies, as lemmas to be tried."""
    guesses = lemma_candidates(made.twin)
    return tuple(Question(f"lemma {n}", system, Property(e, TRUE), None) for n, e in guesses)


# --- verdicts put together -----------------------------------------------------------------------


OPEN: frozenset[Relation] = frozenset(
    {"undecided", "not stricter", "not more lenient", "stricter or incomparable", "more lenient or incomparable"}
)
"""What is said where something is not decided."""

Where: TypeAlias = Literal["never", "perhaps", "somewhere"]
_HOW_SURE: tuple[Where, ...] = ("never", "perhaps", "somewhere")
_RELATIONS: Mapping[tuple[Where, Where], Relation] = {
    ("never", "never"): "equivalent",
    ("never", "perhaps"): "not stricter",
    ("never", "somewhere"): "more lenient",
    ("perhaps", "never"): "not more lenient",
    ("perhaps", "perhaps"): "undecided",
    ("perhaps", "somewhere"): "more lenient or incomparable",
    ("somewhere", "never"): "stricter",
    ("somewhere", "perhaps"): "stricter or incomparable",
    ("somewhere", "somewhere"): "incomparable",
}
"""What the new wording is that is worse, and better, in no history, perhaps in some, in some."""


def relation_of(worse: Verdict, better: Verdict) -> Relation:
    """Return what the new wording is, given whether it is never worse and whether it is never better."""
    if isinstance(worse, Vacuous) and isinstance(better, Vacuous):
        return "no history"
    return _RELATIONS[_where(worse), _where(better)]


def _where(verdict: Verdict) -> Where:
    match verdict:
        case Proved() | Vacuous():
            return "never"
        case Refuted():
            return "somewhere"
        case Bounded() | Unknown():
            return "perhaps"
        case _:
            assert_never(verdict)


def joined(relations: Iterable[Relation]) -> Relation:
    """Return what wordings are that are `relations` in their parts."""
    known = set(relations)
    if known == {"no history"}:
        return "no history"
    found: list[tuple[Where, Where]] = [("never", "never"), *(w for w, r in _RELATIONS.items() if r in known)]
    worse, better = (max(each, key=_HOW_SURE.index) for each in zip(*found, strict=True))
    return _RELATIONS[worse, better]


def sum_up(judged: Sequence[Judged], context: Context) -> Summary:
    """Return what verdicts on the parts make of the whole."""
    roles: dict[str, list[Relation]] = {}
    for j in judged:
        for order, worse, better in j.roles:
            roles.setdefault(order.role, []).append(relation_of(worse, better))
    open_ = [j.same for j in judged if j.relation != "equivalent"]
    refuted = next((v for v in open_ if isinstance(v, Refuted)), None)
    same = refuted or next(iter(open_), None)
    return Summary(context, same, tuple((role, joined(found)) for role, found in roles.items()))
