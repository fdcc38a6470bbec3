"""What the floors below say in English, of what a text owes by itself and of proofs, in the reader's language. Pure."""

import re
from functools import cache

from policydsl.report.language import Language, message


def heard(text: str, lang: Language) -> str:
    """Return an English sentence of the floors below in the language `lang`; any other text as it is."""
    for template, pattern in _patterns():
        if (found := pattern.fullmatch(text)) is not None:
            parts = found.groupdict()
            return lang.say(template, **{n: heard(p, lang) if n == "said" else p for n, p in parts.items()})
    return text


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((t, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(t)))) for t in _TEMPLATES)


_TEMPLATES = (
    message("`{name}` can never take place"),
    message("`{name}` can never be permitted"),
    message("`{name}` stays within its range"),
    message("the duty `{name}` can never be missed"),
    message("the schedule `{name}` never fires"),
    message("the schedule `{name}` comes to rest on each day"),
    message("the rules of clause {one} never give `{name}` two values at once"),
    message("the rules of clauses {one} and {other} never give `{name}` two values at once"),
    message("no two rows of the table `{name}` fit at once"),
    message("some row of the table `{name}` always fits"),
    message("row {n} of the table `{name}` never applies"),
    message("the rule on {steps} in clause {clause} never applies"),
    message("what {said} computes is always defined"),
    message("the rule on {steps} in clause {clause}"),
    message("an assumption"),
    message("a `where` of `{name}`"),
    message("the condition of `{name}`"),
    message("the count `{name}`"),
    message("the discharge of `{name}`"),
    message("the duty `{name}`"),
    message("the range of `{name}`"),
    message("the schedule `{name}`"),
    message("the start of `{name}`"),
    message("the table `{name}`"),
    message("what `{name}` does"),
    message("{said} with {n} lemma"),
    message("{said} with {n} lemmas"),
    message("induction"),
    message("induction over windows of {k} steps"),
)
"""As `front` and `engines` write them; of two that fit, the first. `said` is another of them, other parts are names."""
