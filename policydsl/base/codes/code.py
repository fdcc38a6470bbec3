"""What there is to know about a diagnostic code."""

from policydsl.base.records import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: `explanation` is for a lawyer, `wrong` and `right` are short examples."""

    code: str
    title: str
    explanation: str
    wrong: str
    right: str
