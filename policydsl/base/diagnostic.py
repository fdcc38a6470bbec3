"""What a pass has to say about the user's text: data until rendered."""

import difflib
from collections.abc import Iterable
from typing import Literal

from policydsl.base.records import dataclass
from policydsl.base.span import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that explains a diagnostic."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One complete finding about a source text.

    `code` is registered in `policydsl.base.codes`; `message` is lower case, without a full stop,
    the user's words in backticks; `hint` says what to write instead; `clause` is the document's
    own number where the place lies within a clause.
    """

    code: str
    span: Span
    message: str
    clause: str | None = None
    notes: tuple[Note, ...] = ()
    hint: str | None = None
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        """Whether the text is rejected because of it."""
        return self.severity == "error"


Diagnostics = tuple[Diagnostic, ...]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether any of `diagnostics` rejects the text."""
    return any(d.is_error for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> Diagnostics:
    """Return `diagnostics` without repetitions, sorted by place, then code: same input, same bytes out."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.message)))


def did_you_mean(name: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """Return a hint at the closest of `known` to `name`, if any is at least `alike` (as `difflib` measures it)."""
    close = difflib.get_close_matches(name, list(known), 1, alike)
    return f"did you mean `{close[0]}`?" if close else None
