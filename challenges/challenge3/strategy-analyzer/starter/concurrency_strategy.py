"""Challenge 3: recommend a concurrency strategy for a workload, and say why."""

from typing import Dict, NamedTuple


class Advice(NamedTuple):
    strategy: str  # threading, multiprocessing, asyncio or hybrid
    reasoning: str  # who holds the GIL meanwhile, and what keeps it from being faster still?
    expected_speedup: str  # how much faster, and on how many cores, or for how many waits?


# 1: Fill in what you found out in the parts before, then add the other four
#    workloads: I/O-heavy, hybrid, GPU-bound, memory-bound.
MATRIX: Dict[str, Advice] = {
    "CPU-heavy": Advice("?", "?", "?"),
}

# 2: One program for each strategy: threading, multiprocessing, asyncio, hybrid.
#    Try each of them by itself.
TEMPLATES: Dict[str, str] = {
    "threading": "",
}


def main() -> None:
    print("=== Workload Analysis ===")
    for workload, advice in MATRIX.items():
        print(f"{workload}:")
        print(f"Recommended: {advice.strategy}")
        # 3: print the reasoning and the expected speedup, too


if __name__ == "__main__":
    main()
