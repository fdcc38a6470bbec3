"""How names and values of a policy are called in a language: by their labels, else as declared without underscores."""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal, InvalidOperation

from policydsl.base.records import dataclass
from policydsl.report.heard import heard
from policydsl.report.language import Language, language
from policydsl.report.model import Name, PolicyReport

YES, NO, NONE = "yes", "no", "none"
_PERMITTED, ROWS = "permitted ", "rows of "


def plain(name: str) -> str:
    """Return a declared name as it is read: `pass_`, where `pass` may not stand, as pass."""
    return name.replace("_", " ").strip()


@dataclass(frozen=True, slots=True)
class Words:
    """A language, and what one policy calls its things."""

    language: Language
    names: Mapping[str, Name]
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each table is about."""

    def name(self, name: str) -> str:
        """Return what `name` is called.

        It is a declared name, `event.field`, `state[index]`, `permitted ACT` or `rows of TABLE`.
        """
        if name.startswith(_PERMITTED) and name not in self.names:
            return self.language.say("permission for {act}", act=self.name(name.removeprefix(_PERMITTED)))
        if name.startswith(ROWS) and name not in self.names:
            return self.language.say("rows that fit in {table}", table=self.name(name.removeprefix(ROWS)))
        bare, bracket, index = name.partition("[")
        duty = self.duty(bare)
        if duty is not None:
            return self._of_duty(*duty)
        known = self.names.get(bare)
        called = None if known is None else self._label(known.labels)
        if called is None:
            own = bare.rpartition(".")[2] if known is not None and known.kind in {"field", "choice"} else bare
            called = plain(own.replace(".", " "))
        return f"{called} [{self._indexed(index.removesuffix(']'))}]" if bracket else called

    def _indexed(self, value: str) -> str:
        """Return what a value of whichever enumeration has it is called, unless two call it otherwise."""
        called = {self._label(n.labels) for name, n in self.names.items() if name.endswith(f".{value}")}
        return (called.pop() if len(called) == 1 else None) or plain(value)

    def duty(self, name: str) -> tuple[str, str] | None:
        """Return what the duty is called that `name` says something of, and what: `open`, `due` or `missed`."""
        base, dot, part = name.rpartition(".")
        known = self.names.get(base)
        return (self.name(base), part) if dot and known is not None and known.kind == "duty" else None

    def _of_duty(self, duty: str, part: str) -> str:
        say = self.language.say
        match part:
            case "open":
                return say("duty “{duty}” open", duty=duty)
            case "due":
                return say("deadline of the duty “{duty}”", duty=duty)
            case _:
                return say("deadline of the duty “{duty}” missed", duty=duty)

    def value(self, name: str, text: str) -> str:
        """Return what the value `text` of `name` is called."""
        return self.typed(self.type_of(name), text)

    def type_of(self, name: str) -> str | None:
        """Return the type of `name` as the language writes it, None where it is not known."""
        if name.startswith(_PERMITTED):
            return "boolean"
        known = self.names.get(name.partition("[")[0])
        return None if known is None else known.type

    def typed(self, type_: str | None, text: str) -> str:
        """Return what the value `text` of a type is called; what a table includes, several values, as a list."""
        if ", " in text:
            return self.language.join([self.typed(type_, each) for each in text.split(", ")])
        match type_:
            case None:
                return text
            case "boolean":
                return {YES: self.language.say("yes"), NO: self.language.say("no")}.get(text, text)
            case "date" | "date or none":
                return self.language.say("none") if text == NONE else self.language.date(text)
            case "integer" | "count" | "points" | "days" | "business days" | "months":
                return self._number(text)
            case "percent":
                return text
            case _ if type_.startswith("money "):
                return self._money(text)
            case _:
                return self._member(type_, text)

    def _member(self, type_: str, text: str) -> str:
        known = self.names.get(f"{type_}.{text}")
        return (None if known is None else self._label(known.labels)) or plain(text)

    def labelled(self, reading: str, option: str) -> tuple[str, str]:
        """Return what a reading and its option are called: by their labels, else as declared."""
        known = (self.names.get(reading), self.names.get(f"{reading}.{option}"))
        one, other = (None if n is None else self._label(n.labels) for n in known)
        return one or reading, other or option

    def text(self, original: str, labels: Mapping[str, str]) -> str:
        """Return what the author wrote in this language, else `original`; what no author wrote, translated."""
        return labels.get(self.language.code) or heard(original, self.language)

    def _label(self, labels: Mapping[str, str]) -> str | None:
        return labels.get(self.language.code) or labels.get("en")

    def _number(self, text: str) -> str:
        digits, _, unit = text.partition(" ")
        try:
            number = int(digits)
        except ValueError:
            return text
        count = self.language.count
        match unit:
            case "point" | "points":
                return count("{n} point", "{n} points", number)
            case "day" | "days":
                return count("{n} day", "{n} days", number)
            case "business day" | "business days":
                return count("{n} business day", "{n} business days", number)
            case "month" | "months":
                return count("{n} month", "{n} months", number)
            case _:
                return self.language.number(number)

    def _money(self, text: str) -> str:
        amount, _, currency = text.rpartition(" ")
        try:
            return self.language.money(Decimal(amount), currency)
        except InvalidOperation:
            return text  # a fraction that no decimal writes


def words_of(policy: PolicyReport, code: str) -> Words:
    """Return the words of `policy` in the language with this code."""
    return Words(language(code), {n.name: n for n in policy.names}, {t.name: t.inputs for t in policy.tables})
