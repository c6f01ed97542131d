"""Challenge 3: recommend a concurrency strategy for a workload, and say why."""

from typing import Dict, NamedTuple


class Advice(NamedTuple):
    strategy: str
    reasoning: str
    expected_speedup: str


# Five workloads: CPU-heavy, I/O-heavy, hybrid, GPU-bound, memory-bound.
MATRIX: Dict[str, Advice] = {
    "CPU-heavy": Advice("?", "?", "?"),
}

# One program for each strategy: threading, multiprocessing, asyncio, hybrid.
TEMPLATES: Dict[str, str] = {
    "threading": "",
}


def main() -> None:
    print("=== Workload Analysis ===")
    for workload, advice in MATRIX.items():
        print(f"{workload}:")
        print(f"Recommended: {advice.strategy}")
        # the reasoning, the expected speedup


if __name__ == "__main__":
    main()
