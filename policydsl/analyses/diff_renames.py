"""What the new wording calls otherwise: as told, checked, and as it shows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from policydsl.analyses.diff_align import align
from policydsl.analyses.diff_names import Names, names_of, renamed, sorts_of
from policydsl.base.diagnostic import did_you_mean
from policydsl.core.expr import EnumLit
from policydsl.core.system import System
from policydsl.core.walk import expressions, nodes
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.scope import a_kind


def certain_renames(old: LoadedPolicy, new: LoadedPolicy, given: Mapping[str, str]) -> dict[str, str]:
    """Return what is certainly but called otherwise in `new`: it says word for word the same, these names aside.

    `given` are the renames that are known already; a guess that does not fit exactly is not made.
    """
    found: dict[str, str] = {}
    while True:
        known = {**given, **found}
        aligned = align(old, new, known)
        guesses = dict(r.rename for r in aligned.remarks if r.rename is not None)
        guesses |= _value_guesses(old, new, names_of(old, new, known))
        guesses = {a: b for a, b in guesses.items() if list(guesses.values()).count(b) == 1}
        strayed = {a for a, b in guesses.items() if _strays(a, b, {**known, **guesses})}
        guesses = {a: b for a, b in guesses.items() if a not in strayed}
        if not guesses or next(wrong_renames(old, new, {**known, **guesses}), None) is not None:
            return found
        second = renamed(new.system, names_of(old, new, {**known, **guesses}).old())
        fits = {a: b for a, b in guesses.items() if _parts_of(old.system, a) == _parts_of(second, a)}
        if not fits:
            return found
        found |= fits


def _value_guesses(old: LoadedPolicy, new: LoadedPolicy, names: Names) -> dict[str, str]:
    """Return the values that take the place of another in enumerations that are the same but for them."""
    theirs = {s.name: s for s in sorts_of(renamed(new.system, names.old()))}
    found: dict[str, str] = {}
    for sort in sorts_of(old.system):
        its = theirs.get(sort.name)
        if its is not None and len(its.values) == len(sort.values):
            pairs = [(a, b) for a, b in zip(sort.values, its.values, strict=True) if a != b]
            if all(a not in its.values and b not in sort.values for a, b in pairs):
                found |= {f"{sort.name}.{a}": f"{names.new(sort.name)}.{b}" for a, b in pairs}
    return found


def _parts_of(system: System, name: str) -> list[object]:
    """Return what `system` says of the declared `name`, clauses aside.

    Of an enumeration that is its values, of a value where it stands and what speaks of it, of a role what it does and
    decides, of a step all that it changes.
    """

    def own(called: str) -> bool:
        return called == name or (called.startswith(name) and called[len(name)] in ".[")

    enum, _, value = name.partition(".")
    found: list[object] = [s.values.index(value) for s in sorts_of(system) if s.name == enum and value in s.values]
    if found:
        found += [e for _, e in expressions(system) for n in nodes(e) if isinstance(n, EnumLit)
                  and (n.sort.name, n.value) == (enum, value)]  # fmt: skip
    found += [s.values for s in sorts_of(system) if s.name == name]
    found += [e.name for e in system.events if e.actor == name]
    found += [i.name for e in system.events for i in e.inputs if i.by == name]
    found += [replace(p, clause="") for p in system.parameters if own(p.name)]
    found += [replace(v, clause="") for v in system.variables if own(v.name)]
    found += [replace(d, clause="") for d in system.definitions if own(d.name)]
    found += [replace(e, clause="", inputs=tuple(replace(i, clause="") for i in e.inputs))
              for e in system.events if own(e.name)]  # fmt: skip
    found += [replace(i, clause="") for e in system.events for i in e.inputs if own(i.name)]
    found += [replace(s, clause="") for s in system.schedules if own(s.name)]
    found += [(u.variable, replace(c, clause="")) for u in system.updates for c in u.cases if name in (c.steps or ())]
    found += [(u.variable, *(replace(c, clause="") for c in u.cases)) for u in system.updates if own(u.variable)]
    return found


def wrong_renames(old: LoadedPolicy, new: LoadedPolicy, renames: Mapping[str, str]) -> Iterator[tuple[str, bool, str]]:
    """Yield what is wrong with `renames`: the old name, whether its new one is meant, and why; none if sound."""
    for one, other in renames.items():
        mine, its = old.symbols.get(one), new.symbols.get(other)
        if mine is None:
            yield one, False, f"the old wording has no `{one}`{_meant(one, old.symbols)}"
        elif its is None:
            yield one, True, f"the new wording has no `{other}`{_meant(other, new.symbols)}"
        elif mine.kind != its.kind:
            said = f"`{one}` is {a_kind(mine.kind)}, `{other}` {a_kind(its.kind)}"
            yield one, False, f"{said}: only what is of one kind can be mapped"
        elif one in new.symbols and one != other and one not in renames.values():
            yield one, False, f"`{one}` is still a name of the new wording"
        elif home := _strays(one, other, renames):
            yield one, True, f"`{one}` stands in what is called `{home}` in the new wording; `{other}` does not"
        elif list(renames.values()).count(other) > 1:
            yield one, True, f"`{other}` is named twice"


def _strays(one: str, other: str, renames: Mapping[str, str]) -> str:
    """Return where the new name of `one`, a part or value, should stand, if `other` does not; else nothing."""
    head, dot, _ = one.partition(".")
    home = renames.get(head, head)
    return home if dot and other.partition(".")[0] != home else ""


def _meant(name: str, known: Iterable[str]) -> str:
    hint = did_you_mean(name, known)
    return f"; {hint}" if hint else ""
