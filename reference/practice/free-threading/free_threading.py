"""CPU-bound work in threads or processes, whichever this interpreter can use."""

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Callable, List


def gil_enabled() -> bool:
    ask = getattr(sys, "_is_gil_enabled", None)
    return ask() if ask else True


def choose() -> str:
    return "processes" if gil_enabled() else "threads"


def run(task: Callable[[int], int], sizes: List[int], workers: int) -> List[int]:
    pools = {"processes": ProcessPoolExecutor, "threads": ThreadPoolExecutor}
    with pools[choose()](max_workers=workers) as pool:
        return list(pool.map(task, sizes))
