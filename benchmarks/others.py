"""Time to verdict, side by side: policydsl, z3's Spacer on hand-written Horn clauses, and pySMT by k-induction.

python benchmarks/others.py [REPETITIONS]

The systems are classic tasks from tests/collection, written by hand a second time as plain transition systems, as
somebody would who gives them to Spacer or pySMT directly (dates and everything else that policies have are left out).
CPU seconds in one process, start-up and loading apart, medians of the repetitions. A wrong verdict stops the run.

ESBMC is not compared: no package index has it, so nobody could run the comparison again; the table says so.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import z3

from policydsl.engines.portfolio import judge
from policydsl.engines.verdict import Budget, Manner, Proved, Refuted
from policydsl.front.load import load
from policydsl.semantics import terms

COLLECTION = Path(__file__).parent.parent / "tests" / "collection"
SECONDS = 10
_MOST_K, _DEEPEST = 4, 60


@dataclass(frozen=True)
class Task:
    """A claim of a policy, and the same by hand: variables, initial states, steps over x and x', what is claimed."""

    policy: str
    claim: str
    known: str
    variables: str
    initial: str
    steps: tuple[str, ...]
    good: str


_COHERENCE = (
    "(and (>= i 1) (= s' (+ s m 1)) (= i' (- i 1)) (= m' 0))",
    "(and (>= i 1) (= m' 1) (= s' 0) (= i' (- (+ i s m) 1)))",
)
_TICKETS = (
    "(and (= a (- 1)) (= a' n) (= n' (+ n 1)) (= b' b) (= s' s))",
    "(and (= b (- 1)) (= b' n) (= n' (+ n 1)) (= a' a) (= s' s))",
    "(and (= a s) (= a' (- 1)) (= s' (+ s 1)) (= b' b) (= n' n))",
    "(and (= b s) (= b' (- 1)) (= s' (+ s 1)) (= a' a) (= n' n))",
)
_STRIDES = ("(and (= x' (+ x 3)) (= y' (+ y 1)))", "(and (> y 0) (= x' (- x 3)) (= y' (- y 1)))")
_HALF = "(and (< x 100) (= x' (+ x 1)) (= y' (ite (>= x 50) (+ y 1) y)))"
_MOVE = "(and (>= d' 1) (<= d' 3) (<= d' l) (= l' (- l d')) (= r' (+ r d')))"
_SUBTRACT = ("(and (> x y) (= x' (- x y)) (= y' y))", "(and (> y x) (= y' (- y x)) (= x' x))")
_SUM = "(and (= a' b) (= b' (+ a b)))"
_PARITY = ("(= x' (+ x 4))", "(= x' (- x 6))")

TASKS = (
    Task("up_counter", "stops", "holds", "x", "(= x 0)", ("(and (< x 10) (= x' (+ x 1)))",), "(<= x 10)"),
    Task("up_counter", "goes_so_far", "fails", "x", "(= x 0)", ("(and (< x 10) (= x' (+ x 1)))",), "(< x 10)"),
    Task("parity", "even", "holds", "x", "(= x 0)", _PARITY, "(not (= x 7))"),
    Task("parity", "reaches", "fails", "x", "(= x 0)", _PARITY, "(not (= x 2))"),
    Task("fibonacci", "ordered", "holds", "a b", "(and (= a 1) (= b 1))", (_SUM,), "(>= b a)"),
    Task("fibonacci", "thirteen", "fails", "a b", "(and (= a 1) (= b 1))", (_SUM,),
         "(not (= b 21))"),
    Task("doubling", "double", "holds", "i s", "(and (= i 0) (= s 0))", ("(and (= i' (+ i 1)) (= s' (+ s 2)))",),
         "(= s (* 2 i))"),
    Task("doubling", "never_odd", "holds", "i s", "(and (= i 0) (= s 0))", ("(and (= i' (+ i 1)) (= s' (+ s 2)))",),
         "(not (= s 9))"),
    Task("half", "hundred", "holds", "x y", "(and (= x 0) (= y 50))", (_HALF,), "(=> (= x 100) (= y 100))"),
    Task("half", "early", "fails", "x y", "(and (= x 0) (= y 50))", (_HALF,), "(not (= y 51))"),
    Task("transfer", "constant", "holds", "l r d", "(and (= l 20) (= r 0))", (_MOVE,), "(= (+ l r) 20)"),
    Task("transfer", "empties", "fails", "l r d", "(and (= l 20) (= r 0))", (_MOVE,), "(not (= l 0))"),
    Task("subtraction", "positive", "holds", "x y", "(and (= x 48) (= y 36))", _SUBTRACT, "(and (>= x 1) (>= y 1))"),
    Task("subtraction", "twelve", "holds", "x y", "(and (= x 48) (= y 36))", _SUBTRACT, "(=> (= x y) (= x 12))"),
    Task("strides", "line", "holds", "x y", "(and (= x 1) (= y 0))", _STRIDES, "(= x (+ 1 (* 3 y)))"),
    Task("strides", "never_nine", "holds", "x y", "(and (= x 1) (= y 0))", _STRIDES, "(not (= x 9))"),
    Task("coherence", "one_writer", "holds", "i s m", "(and (= i 4) (= s 0) (= m 0))", _COHERENCE, "(<= m 1)"),
    Task("coherence", "all_share", "fails", "i s m", "(and (= i 4) (= s 0) (= m 0))", _COHERENCE, "(not (= s 4))"),
    Task("ticket_lock", "exclusive", "holds", "a b n s", "(and (= a (- 1)) (= b (- 1)) (= n 0) (= s 0))", _TICKETS,
         "(not (and (= a s) (= b s)))"),
    Task("ticket_lock", "ordered", "holds", "a b n s", "(and (= a (- 1)) (= b (- 1)) (= n 0) (= s 0))", _TICKETS,
         "(<= s n)"),
)  # fmt: skip

_MESI = (
    "(and (>= i 1) (= i' (- i 1)) (= s' (+ s e m 1)) (= e' 0) (= m' 0))",
    "(and (>= e 1) (= e' (- e 1)) (= m' (+ m 1)) (= i' i) (= s' s))",
    "(and (>= i 1) (= i' (- (+ i e s m) 1)) (= e' 1) (= s' 0) (= m' 0))",
    "(and (>= s 1) (= i' (- (+ i e s m) 1)) (= e' 1) (= s' 0) (= m' 0))",
)
_CACHES = "(and (>= i 1) (= s 0) (= e 0) (= m 0))"
_COLOURS = (
    "(and (> r 0) (> g 0) (= r' (- r 1)) (= g' (- g 1)) (= b' (+ b 2)))",
    "(and (> r 0) (> b 0) (= r' (- r 1)) (= b' (- b 1)) (= g' (+ g 2)))",
    "(and (> g 0) (> b 0) (= g' (- g 1)) (= b' (- b 1)) (= r' (+ r 2)))",
)
_NET = (
    "(and (>= i 1) (>= k 1) (= i' (- i 1)) (= k' (- k 1)) (= c' (+ c 1)))",
    "(and (>= c 1) (= c' (- c 1)) (= k' (+ k 1)) (= i' (+ i 1)))",
    "(and (= i' (+ i 1)) (= k' k) (= c' c))",
)
_DOWN = "(and (> x 0) (= x' (- x 1)) (= y' (+ y 1)) (= n' n))"

MORE = (
    Task("mesi", "one_m", "holds", "i s e m", _CACHES, _MESI, "(<= m 1)"),
    Task("mesi", "excl", "holds", "i s e m", _CACHES, _MESI, "(not (and (>= s 1) (>= (+ e m) 1)))"),
    Task("mesi", "bad", "fails", "i s e m", _CACHES, _MESI, "(= m 0)"),
    Task("chameleons", "never_one", "holds", "r g b", "(and (= r 13) (= g 15) (= b 17))", _COLOURS,
         "(not (or (= r 45) (= g 45) (= b 45)))"),
    Task("petri_net", "mutex", "holds", "i c k", "(and (= i 3) (= c 0) (= k 1))", _NET, "(<= c 1)"),
    Task("up_and_down", "sum", "holds", "n x y", "(and (>= n 0) (= x n) (= y 0))", (_DOWN,), "(= (+ x y) n)"),
    Task("up_and_down", "bad", "fails", "n x y", "(and (>= n 0) (= x n) (= y 0))", (_DOWN,),
         "(or (> x 0) (not (= y n)) (< n 3))"),
)  # fmt: skip

Verdict = bool | None


def ours(task: Task) -> Callable[[], Verdict]:
    """Return the question to the portfolio, loaded."""
    loaded = load([COLLECTION / f"{task.policy}.policy", COLLECTION / f"{task.policy}.claims"])
    claim = next(c for c in loaded.claims[0].claims if c.name == task.claim)
    manner = Manner("verdict", suspect=claim.expect != "holds")

    def run() -> Verdict:
        budget = Budget(seconds=SECONDS)
        ((_, verdict),) = judge(claim.question.system, [claim.question], budget, lambda *_: None, [manner])
        return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None

    return run


def spacer(task: Task) -> Callable[[], Verdict]:
    """Return the query of hand-written Horn clauses."""
    names = task.variables.split()
    now, then = " ".join(names), " ".join(f"{n}'" for n in names)
    bound = "".join(f"({n} Int) ({n}' Int) " for n in names)
    rules = [f"(=> {task.initial} (inv {now}))"]
    rules += [f"(=> (and (inv {now}) {step}) (inv {then}))" for step in task.steps]
    rules += [f"(=> (and (inv {now}) (not {task.good})) false)"]
    lines = [f"(declare-fun inv ({' '.join('Int' for _ in names)}) Bool)"]
    lines += [f"(assert (forall ({bound}) {rule}))" for rule in rules]
    text = "\n".join(lines).replace("'", "!")

    def run() -> Verdict:
        ctx = terms.new_context()
        solver = z3.Tactic("horn", ctx=ctx).solver()
        solver.set("timeout", SECONDS * 1000)
        solver.from_string(text)
        return {"sat": True, "unsat": False}.get(str(solver.check()))

    return run


def pysmt(task: Task) -> Callable[[], Verdict]:
    """Return k-induction and bounded search, as one writes them with pySMT."""
    from pysmt.environment import Environment  # noqa: PLC0415  only installed for tests
    from pysmt.smtlib.parser import SmtLibParser  # noqa: PLC0415  same

    names = task.variables.split()
    env = Environment()
    declared = "".join(f"(declare-fun {n} () Int) (declare-fun {n}! () Int) " for n in names)
    parts = [task.initial, f"(or {' '.join(task.steps)} false)", task.good]
    body = "".join(f"(assert {part})" for part in parts).replace("'", "!")
    script = SmtLibParser(env).get_script(StringIO(declared + body))
    initial, step, good = (command.args[0] for command in script.filter_by_command_name("assert"))
    manager, integer = env.formula_manager, env.type_manager.INT()

    def at(formula: object, i: int) -> object:
        moved = {manager.Symbol(n, integer): manager.Symbol(f"{n}@{i}", integer) for n in names}
        moved |= {manager.Symbol(f"{n}!", integer): manager.Symbol(f"{n}@{i + 1}", integer) for n in names}
        return env.substituter.substitute(formula, moved)

    def run() -> Verdict:
        until = time.process_time() + SECONDS
        with env.factory.Solver(name="z3") as base, env.factory.Solver(name="z3") as window:
            base.add_assertion(at(initial, 0))
            for k in range(_DEEPEST):
                if time.process_time() > until:
                    return None
                if base.solve([manager.Not(at(good, k))]):
                    return False
                window.add_assertion(at(good, k))
                window.add_assertion(at(step, k))
                if k < _MOST_K and not window.solve([manager.Not(at(good, k + 1))]):
                    return True
                base.add_assertion(at(step, k))
        return None

    return run


def median(run: Callable[[], Verdict], repetitions: int) -> tuple[Verdict, float]:
    """Return the verdict and the median of the CPU seconds."""
    taken, verdict = list[float](), None
    for _ in range(repetitions):
        started = time.process_time()
        verdict = run()
        taken.append(time.process_time() - started)
        if verdict is None:
            break
    return verdict, statistics.median(taken)


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    tools: dict[str, Callable[[Task], Callable[[], Verdict]]] = {"policydsl": ours, "spacer": spacer, "pySMT": pysmt}
    solved, total, common = dict.fromkeys(tools, 0), dict.fromkeys(tools, 0.0), 0
    ratios: list[float | None] = []
    print(f"{'task':28}" + "".join(f"{name:>12}" for name in tools))
    for task in (*TASKS, *MORE):
        row: dict[str, tuple[Verdict, float]] = {}
        for name, tool in tools.items():
            row[name] = median(tool(task), repetitions)
            if row[name][0] not in {None, task.known == "holds"}:
                raise SystemExit(f"{name} is wrong about {task.policy}.{task.claim}")
            solved[name] += row[name][0] is not None
        (mine, own), (its, theirs) = row["policydsl"], row["spacer"]
        ratios.append(own / theirs if mine is not None and its is not None else None)
        everyone = all(verdict is not None for verdict, _ in row.values())
        common += everyone
        for name, (_, seconds) in row.items():
            total[name] += seconds if everyone else 0
        shown = "".join(f"{t:>12.3f}" if v is not None else f"{'-':>12}" for v, t in row.values())
        print(f"{task.policy + '.' + task.claim:28}{shown}")
    print(f"{'solved of ' + str(len(TASKS) + len(MORE)):28}" + "".join(f"{n:>12}" for n in solved.values()))
    print(f"{f'seconds, {common} in common':28}" + "".join(f"{t:>12.3f}" for t in total.values()))
    both = [ratio for ratio in ratios if ratio is not None]
    print(f"policydsl takes {total['policydsl'] / total['spacer']:.2f} times as long as Spacer over those in common; "
          f"median over the {len(both)} that both solve: {statistics.median(both):.2f} times")  # fmt: skip
    print("ESBMC: skipped, it is in no package index")


if __name__ == "__main__":
    main()
