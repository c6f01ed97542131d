"""Five workloads: what they are bound by, and what suits them."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Callable, List

WORKLOADS = {
    # Waits for the network with the GIL let go; the parsing is short.
    "web-scraping": ("io", "threading"),
    # Bytecode holds the GIL all the time: only other interpreters help.
    "matrix-multiplication": ("cpu", "multiprocessing"),
    # Waits in read(), with the GIL let go.
    "file-io": ("io", "threading"),
    # Waits for the network: one thread can do that for all of them.
    "api-calls": ("io", "asyncio"),
    # Computes; zlib would let the GIL go, and processes help in any case.
    "compression": ("cpu", "multiprocessing"),
}


def classify(workload: str) -> str:
    return WORKLOADS[workload][0]


def recommend(workload: str) -> str:
    return WORKLOADS[workload][1]


def run(workload: str, step: Callable[[int], int], sizes: List[int], workers: int) -> List[int]:
    # A step blocks, so an event loop would have to hand it to threads, too.
    kind = ProcessPoolExecutor if recommend(workload) == "multiprocessing" else ThreadPoolExecutor
    with kind(max_workers=workers) as pool:
        return list(pool.map(step, sizes))
