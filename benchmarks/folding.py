"""How fast a long stream of events is folded without an account, on the larger of the two transcribed policies.

python benchmarks/folding.py [EVENTS]
"""

import itertools
import statistics
import sys
import time
from pathlib import Path

from policydsl.base import calendar
from policydsl.front.load import load
from policydsl.semantics.compile import compile_system
from policydsl.semantics.interpret import Rejected, initial_state

SPECS = Path(__file__).parent.parent / "specs"


def main() -> None:
    """Print events a second, the median of five runs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    policy = next(p for p in load([SPECS]).policies if "creator_network" in p.path)
    system = policy.system
    parameters = {p.name: p.default for p in system.parameters if p.default is not None}
    first = calendar.from_civil(2026, 1, 1)
    state = initial_state(system, parameters, first, {})
    assert not isinstance(state, Rejected), state
    event = next(e for e in system.events if e.name == "target")
    inputs = {i.name: i.default for i in event.inputs if i.default is not None}
    folder = compile_system(system)
    rates = []
    for _ in range(5):
        events = ((event.name, first + n // 50, inputs) for n in itertools.islice(itertools.count(), count))
        start = time.perf_counter()
        end = folder.fold(parameters, state, events)
        rates.append(count / (time.perf_counter() - start))
        assert not isinstance(end, Rejected), end
    print(f"{statistics.median(rates):,.0f} events a second ({len(system.variables)} variables)")


if __name__ == "__main__":
    main()
