"""How loading grows with the length of a policy: 200, 2,000 and 20,000 lines, medians, and time per line.

python benchmarks/loading.py [REPETITIONS]
"""

import statistics
import sys
import time

from policydsl.front.load import load_files

CLAUSE = """clause {n} "a clause like many others"
    state score_{n}: points = 100
    occurrence violation_{n}
        field grade: count in 0 .. 5
    count recent_{n}: violation_{n}, this one included, in each calendar year
    define deduction_{n} on violation_{n}: points
        5  when recent_{n} <= 2 and grade < 4
        10 otherwise
    on violation_{n} when score_{n} > 3
        set score_{n} = score_{n} - deduction_{n}

"""


def policy(lines: int) -> str:
    """Return a policy of about so many lines."""
    return 'policy "Long"\n\n' + "".join(CLAUSE.format(n=n) for n in range(lines // 11))


def seconds(text: str) -> float:
    """Return how long parsing, elaborating and lowering `text` takes."""
    start = time.perf_counter()
    loaded = load_files(["long.policy"], lambda _: (text, ()))
    assert loaded.policies, loaded.diagnostics[:3]
    return time.perf_counter() - start


def main() -> None:
    """Print a table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    seconds(policy(20))  # builds the parser
    sizes = (200, 2_000, 20_000)
    texts = {n: policy(n) for n in sizes}
    times: dict[int, list[float]] = {n: [] for n in sizes}
    for _ in range(repetitions):
        for n in sizes:
            times[n].append(seconds(texts[n]))
    print(f"{'lines':>8} {'median s':>10} {'µs a line':>10}")
    for n in sizes:
        median = statistics.median(times[n])
        print(f"{n:>8} {median:>10.3f} {median / n * 1e6:>10.1f}")


if __name__ == "__main__":
    main()
