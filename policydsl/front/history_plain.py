"""Steps of long streams, read fast: what is plainly good goes straight to compiled policies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.expr import Value
from policydsl.core.system import Event
from policydsl.front.history_steps import STEP
from policydsl.front.history_values import Unfit, parse_value
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.types import DateType, Type


def plain_steps(
    given: Iterable[Mapping[str, object]], policy: LoadedPolicy
) -> Iterator[tuple[str, Day, dict[str, Value]] | None]:
    """Yield steps given as JSON objects in the form that compiled policies fold, fast.

    None stands for every object that is more or less than an event with a date and good values: `stream_entries`
    understands it, or says what is wrong.
    """
    kinds = {e.name: _Kind.of(e, policy) for e in policy.system.events}
    days: dict[str, Day | None] = {}
    for each in given:
        name, written = each.get("event"), each.get("date")
        if not isinstance(name, str) or not isinstance(written, str):
            yield None
            continue
        if written not in days:
            parsed = parse_value(written, DateType())
            days[written] = parsed if isinstance(parsed, int) else None
        kind, day = kinds.get(name), days[written]
        yield None if kind is None or day is None else kind.plain(each, day)


_READ = frozenset({"event", "date"})


@dataclass(slots=True)
class _Kind:
    """What one kind of event brings along, and the values already read."""

    name: str
    inputs: dict[str, tuple[str, Type]]
    defaults: dict[str, Value]
    needed: int
    read: dict[tuple[object, ...], tuple[str, Value]] = field(default_factory=dict)

    @staticmethod
    def of(event: Event, policy: LoadedPolicy) -> "_Kind":
        """Return the kind of `event`."""
        inputs: dict[str, tuple[str, Type]] = {}
        for own in event.inputs:
            symbol = policy.symbols.get(own.name)
            short = own.name.removeprefix(f"{event.name}.")
            if symbol is not None and symbol.type is not None and short not in STEP:
                inputs[short] = (own.name, symbol.type)
        defaults = {i.name: i.default for i in event.inputs if i.default is not None}
        return _Kind(event.name, inputs, defaults, len(event.inputs))

    def plain(self, given: Mapping[str, object], day: Day) -> tuple[str, Day, dict[str, Value]] | None:
        """Return the event with its inputs, None if `given` is not plain."""
        made = self.defaults.copy()
        read = self.read
        for name, raw in given.items():
            if name in _READ:
                continue
            # A text stands for itself; `1`, `1.0` and `true` are told apart by their class.
            key = (name, raw) if raw.__class__ is str else (name, raw.__class__, str(raw))
            if key not in read and not self._learn(key, name, raw):
                return None
            full, value = read[key]
            made[full] = value
        return (self.name, day, made) if len(made) == self.needed else None

    def _learn(self, key: tuple[object, ...], name: str, raw: object) -> bool:
        """Read a value for the first time; return whether it is good."""
        if name not in self.inputs or not isinstance(raw, str | int | float):
            return False
        written = ("yes" if raw else "no") if isinstance(raw, bool) else str(raw)
        value = parse_value(written, self.inputs[name][1])
        if value is None or isinstance(value, Unfit):
            return False
        if len(self.read) >= _REMEMBERED:
            self.read.clear()
        self.read[key] = (self.inputs[name][0], value)
        return True


_REMEMBERED = 100_000
"""So many different values are kept at most, so that memory does not grow with the history."""
