"""Random policies, and a second reading of them: lived day by day, by what docs/language.md says, from no lowered text.

Nothing here looks at the tool: a policy is drawn as data, written as a text, and lived from the data.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

EVENTS = ("e", "f", "g")
START = date(2025, 1, 1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = {1: "January", 2: "February", 3: "March", 12: "December"}
_DATES = {
    "none": "none",
    "today": "today",
    "soon": "today + 3 days",
    "past": "today - 4 days",
    "month": "today + 1 month",
    "d": "d",
    "k": "k",
}

Value = int | date | None
Action = tuple[str, str]
"""A state, and what it is set to: a number in words of the language, or one of `_DATES`."""


@dataclass(frozen=True)
class Schedule:
    """What the calendar causes.

    `kind` is year, month, week, on, after or duty; `day` the day of the year's `month`, of the month (0: the last),
    or of the week; `of` the date that is waited for; `least` what `x` is at least while it may fire.
    """

    kind: str
    day: int
    month: int
    of: str
    least: int | None
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Count:
    """Of `events` when `x` is at least `least`; `window` is year, month, days, months, all or an event."""

    events: tuple[str, ...]
    least: int | None
    included: bool
    window: str
    length: int
    cap: int
    adding: bool


@dataclass(frozen=True)
class Rule:
    """On `event`, when the count number `count` is at least `least`."""

    event: str
    count: int | None
    least: int
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Duty:
    """Arises on an event, by so many days or months, discharged on another."""

    arises: str
    discharged: str
    length: int
    unit: str


@dataclass(frozen=True)
class Drawn:
    """A policy."""

    month_ends: str
    inclusive: bool
    schedules: tuple[Schedule, ...]
    counts: tuple[Count, ...]
    rules: tuple[Rule, ...]
    duty: Duty


# --- drawn ---------------------------------------------------------------------------------------


def draw(dice: Random) -> Drawn:
    """Return a policy."""
    counts = tuple(_count(dice) for _ in range(dice.randint(1, 3)))
    kinds = [dice.choice(("year", "month", "week", "on", "after", "after")) for _ in range(dice.randint(1, 3))]
    kinds += ["duty"] * dice.randint(0, 1)
    dice.shuffle(kinds)
    unit = dice.choice(("days", "months"))
    length = dice.choice((0, 1, 2, 40) if unit == "days" else (1, 2))
    duty = Duty(dice.choice(EVENTS), dice.choice(EVENTS), length, unit)
    return Drawn(
        dice.choice(("last day", "first of next month", "overflow")),
        dice.random() < 0.5,
        tuple(_schedule(kind, dice) for kind in kinds),
        counts,
        tuple(_rule(event, counts, dice) for event in EVENTS if dice.random() < 0.9),
        duty,
    )


def _schedule(kind: str, dice: Random) -> Schedule:
    day = {"year": dice.choice((1, 28, 29)), "month": dice.choice((0, 1, 15, 29, 31))}.get(kind, dice.randrange(7))
    least = dice.choice((None, None, 0, 1, 3)) if kind != "duty" else None
    return Schedule(kind, day, dice.choice(tuple(_MONTHS)), dice.choice("dk"), least, _actions(dice))


def _count(dice: Random) -> Count:
    window = dice.choice(("year", "month", "days", "months", "all", *EVENTS[:2]))
    length = dice.choice((1, 3, 30, 90) if window == "days" else (1, 2, 12))
    events = tuple(dice.sample(EVENTS, dice.randint(1, 2)))
    adding = dice.random() < 0.3
    return Count(events, dice.choice((None, None, 1)), dice.random() < 0.5, window, length, dice.randint(1, 3), adding)


def _rule(event: str, counts: Sequence[Count], dice: Random) -> Rule:
    number = dice.randrange(len(counts)) if dice.random() < 0.4 else None
    return Rule(event, number, 1, _actions(dice))


def _actions(dice: Random) -> tuple[Action, ...]:
    drawn = (
        ("x", dice.choice(("x + 1", "y", "2", "x + y", "new y + 1", "score / 2", "min(x, y)", "0 - x")), 0.7),
        ("y", dice.choice(("y + 1", "x", "0", "1")), 0.5),
        ("d", dice.choice(tuple(_DATES)), 0.6),
        ("k", dice.choice(tuple(_DATES)), 0.4),
    )
    return tuple((name, value) for name, value, often in drawn if dice.random() < often) or (("x", "x + 1"),)


# --- written -------------------------------------------------------------------------------------


def write(drawn: Drawn) -> str:
    """Return the policy's text."""
    ends = "inclusive" if drawn.inclusive else "exclusive"
    lines = [
        'policy "Drawn"',
        f"    histories from {START}",
        f"    month ends {drawn.month_ends}",
        f"    ends {ends}",
        "",
    ]
    lines += ["role A", "", 'clause 1 "all of it"', "    state x: integer = 0", "    state y: integer = 1"]
    lines += ["    state d: date or none", "    state k: date or none"]
    lines += ["    define score: integer", "        x + y when x > 2", "        3 * y - 1 otherwise"]
    for event in EVENTS:
        lines += [f"    occurrence {event} by A", "        field a: integer"]
    for i, s in enumerate(drawn.schedules):
        lines += _written_schedule(f"s{i}", s, drawn.duty)
    for i, c in enumerate(drawn.counts):
        lines.append(_written_count(f"c{i}", c))
    for r in drawn.rules:
        when = "" if r.count is None else f" when c{r.count} >= {r.least}"
        lines += [f"    on {r.event}{when}", *_written(r.actions, "        ")]
    return "\n".join(lines) + "\n"


def _written(actions: Sequence[Action], margin: str) -> list[str]:
    return [f"{margin}set {name} = {_DATES[value] if name in 'dk' else value}" for name, value in actions]


def _written_schedule(name: str, s: Schedule, duty: Duty) -> list[str]:
    if s.kind == "duty":
        lines = [f"    duty {name} of A", f"        arises on {duty.arises}"]
        lines += [f"        by today + {duty.length} {duty.unit}", f"        discharged on {duty.discharged}"]
        return [*lines, "        if missed", *_written(s.actions, "            ")]
    when = {
        "year": f"each year on {_MONTHS[s.month]} {s.day}",
        "month": f"each month on day {s.day}" if s.day else "each month on the last day",
        "week": f"each {_WEEKDAYS[s.day % 7]}",
        "on": f"on {s.of}",
        "after": f"the day after {s.of}",
    }[s.kind]
    held = "" if s.least is None else f" while x >= {s.least}"
    return [f"    schedule {name}: {when}{held}", *_written(s.actions, "        ")]


def _written_count(name: str, c: Count) -> str:
    window = {
        "year": "in each calendar year",
        "month": "in each calendar month",
        "all": "in all",
        "days": f"within any {c.length} days up to {c.cap}",
        "months": f"within any {c.length} months up to {c.cap}",
    }.get(c.window, f"since {c.window}")
    adding, when = " adding a" * c.adding, "" if c.least is None else f" when x >= {c.least}"
    included = "this one included" if c.included else "this one not included"
    return f"    count {name}: {' or '.join(c.events)}{adding}{when}, {included}, {window}"


# --- lived ---------------------------------------------------------------------------------------

_RESTLESS = 400
"""After so many firings on one day a policy does not come to rest."""


class RestlessError(Exception):
    """Schedules fire on one day without end."""


@dataclass
class Life:
    """A history of a policy so far."""

    drawn: Drawn
    today: date
    state: dict[str, Value] = field(default_factory=lambda: {"x": 0, "y": 1, "d": None, "k": None})
    counted: dict[int, list[tuple[date, int]]] = field(default_factory=dict)
    fired: dict[int, date] = field(default_factory=dict)
    due: date | None = None

    def go_on(self, day: date) -> None:
        """Let the days up to `day` come, one by one."""
        while self.today < day:
            self.today += timedelta(1)
            self.settle(begins=True)

    def happen(self, event: str, amount: int) -> None:
        """Let `event` happen today."""
        old = dict(self.state)
        before = [self.count(i) for i in range(len(self.drawn.counts))]
        for i, c in enumerate(self.drawn.counts):
            known = [] if c.window == event else self.counted.get(i, [])
            counts = event in c.events and (c.least is None or _number(old["x"]) >= c.least)
            self.counted[i] = [*known, (self.today, amount if c.adding else 1)] if counts else known
        for r in self.drawn.rules:
            if r.event == event and (r.count is None or self._told(r.count, event, before) >= r.least):
                self._act(r.actions, old)
        duty, was = self.drawn.duty, self.due
        if was is not None and event == duty.discharged:
            self.due = None
        if was is None and event == duty.arises and any(s.kind == "duty" for s in self.drawn.schedules):
            later = timedelta(duty.length)
            self.due = self.today + later if duty.unit == "days" else self._months_later(self.today, duty.length)
        self.settle(begins=False)

    def settle(self, *, begins: bool) -> None:
        """Let fire what is due now; the day's own schedules, each once and in order, only where the day `begins`."""
        last, firings = (-1 if begins else len(self.drawn.schedules)), 0
        while True:
            ready = (i for i, s in enumerate(self.drawn.schedules) if self._is_due(i, s, after=i > last))
            first = next(ready, None)
            if first is None:
                return
            firings, last = firings + 1, max(last, first)
            if firings > _RESTLESS:
                raise RestlessError
            self._fire(first, self.drawn.schedules[first])

    def count(self, number: int) -> int:
        """Return the value of a count today."""
        c, known = self.drawn.counts[number], self.counted.get(number, [])
        today = self.today
        match c.window:
            case "year":
                known = [each for each in known if each[0].year == today.year]
            case "month":
                known = [each for each in known if (each[0].year, each[0].month) == (today.year, today.month)]
            case "days":
                known = [each for each in known[-c.cap :] if (today - each[0]).days < c.length]
            case "months":
                if self.drawn.month_ends == "overflow":
                    known = sorted(known, key=lambda each: self._months_later(each[0], c.length))
                known = [each for each in known[-c.cap :] if today < self._months_later(each[0], c.length)]
            case _:
                pass
        return sum(amount for _, amount in known)

    def _told(self, number: int, event: str, before: Sequence[int]) -> int:
        c = self.drawn.counts[number]
        anew = c.window == event and event not in c.events  # it finds what was counted till then
        return self.count(number) if c.included and not anew else before[number]

    def _is_due(self, number: int, s: Schedule, *, after: bool) -> bool:
        if s.least is not None and _number(self.state["x"]) < s.least:
            return False
        today, date_ = self.today, self.state[s.of]
        match s.kind:
            case "duty":
                return self.due is not None and self.due + timedelta(int(self.drawn.inclusive)) <= today
            case "on" | "after":
                awaited = date_ + timedelta(int(s.kind == "after")) if isinstance(date_, date) else None
                return awaited is not None and awaited <= today and self.fired.get(number) != awaited
            case "week":
                return after and today.weekday() == s.day % 7
            case _:
                own = min(s.day or 31, monthrange(today.year, today.month)[1])
                return after and today.day == own and (s.kind == "month" or today.month == s.month)

    def _fire(self, number: int, s: Schedule) -> None:
        old = dict(self.state)
        if s.kind == "duty":
            self.due = None
        elif s.kind in {"on", "after"}:
            date_ = old[s.of]
            assert isinstance(date_, date)
            self.fired[number] = date_ + timedelta(int(s.kind == "after"))
        self._act(s.actions, old)

    def _act(self, actions: Sequence[Action], old: Mapping[str, Value]) -> None:
        for name, value in sorted(actions, key=lambda each: each[1] == "new y + 1"):
            self.state[name] = self._dated(value, old) if name in "dk" else self._worth(value, old)

    def _dated(self, value: str, old: Mapping[str, Value]) -> Value:
        match value:
            case "none":
                return None
            case "d" | "k":
                return old[value]
            case "month":
                return self._months_later(self.today, 1)
            case _:
                return self.today + timedelta({"today": 0, "soon": 3, "past": -4}[value])

    def _worth(self, value: str, old: Mapping[str, Value]) -> int:
        x, y = _number(old["x"]), _number(old["y"])
        worth = {"x + 1": x + 1, "x": x, "y": y, "y + 1": y + 1, "0": 0, "1": 1, "2": 2, "x + y": x + y}
        worth |= {"min(x, y)": min(x, y), "0 - x": -x, "new y + 1": _number(self.state["y"]) + 1}
        return {**worth, "score / 2": (x + y if x > 2 else 3 * y - 1) // 2}[value]

    def _months_later(self, day: date, months: int) -> date:
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        length = monthrange(year, month + 1)[1]
        if day.day <= length:
            return date(year, month + 1, day.day)
        over = {"last day": 0, "first of next month": 1, "overflow": day.day - length}[self.drawn.month_ends]
        return date(year, month + 1, length) + timedelta(over)


def _number(value: Value) -> int:
    assert isinstance(value, int)
    return value
