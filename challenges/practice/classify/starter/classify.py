"""Five workloads: what they are bound by, and what suits them."""

from typing import Callable, List


def classify(workload: str) -> str:
    """"cpu" or "io"."""
    raise NotImplementedError("1: does it compute, or wait?")


def recommend(workload: str) -> str:
    """"threading", "multiprocessing" or "asyncio"."""
    raise NotImplementedError("2: who holds the GIL meanwhile?")


def run(workload: str, step: Callable[[int], int], sizes: List[int], workers: int) -> List[int]:
    """step(size) for each size, as recommended."""
    raise NotImplementedError("3: an executor for each recommendation")
