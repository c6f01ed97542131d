"""CPU-bound work in threads or processes, whichever this interpreter can use."""

import sys
from typing import Callable, List


def gil_enabled() -> bool:
    """Is the GIL of this interpreter on?"""
    raise NotImplementedError("1: ask sys, if it can be asked")


def choose() -> str:
    """"threads" or "processes", for CPU-bound work."""
    raise NotImplementedError("2: what does the GIL mean for threads?")


def run(task: Callable[[int], int], sizes: List[int], workers: int) -> List[int]:
    """task(size) for each size, in what choose() says."""
    raise NotImplementedError("3: the two executors have the same methods")
