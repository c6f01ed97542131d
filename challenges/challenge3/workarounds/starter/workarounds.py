"""Challenge 3: work around the GIL.

The caller passes the workload in: task(size) and process(data) are CPU-bound,
fetch(i) and store(result) are coroutine functions that wait for a server.
"""

from typing import Any, Awaitable, Callable, List

Task = Callable[[int], int]


def run_threads(task: Task, sizes: List[int], workers: int) -> List[int]:
    """task(size) for each size, in threads: the baseline."""
    raise NotImplementedError("1: use threads")


def run_multiprocessing(task: Task, sizes: List[int], workers: int) -> List[int]:
    """task(size) for each size, in processes."""
    raise NotImplementedError("2: use processes")


def run_batched(task: Task, sizes: List[int], workers: int, batch: int) -> List[int]:
    """task(size) for thousands of tiny sizes, `batch` of them in a message."""
    raise NotImplementedError("3: hand out several tasks at a time")


async def run_asyncio(fetch: Callable[[int], Awaitable[Any]], count: int) -> List[Any]:
    """fetch(i) for i in 0..count-1, concurrently."""
    raise NotImplementedError("4: gather, or a TaskGroup")


def run_c_extension(sizes: List[int], workers: int) -> List[int]:
    """The number of primes below each size, by C code called from threads."""
    raise NotImplementedError("5: write primes.c and load it with ctypes.CDLL")


async def run_hybrid(
    fetch: Callable[[int], Awaitable[Any]],
    process: Callable[[Any], Any],
    store: Callable[[Any], Awaitable[Any]],
    items: List[int],
    workers: int,
) -> List[Any]:
    """Fetch, process and store each item; the stages overlap."""
    raise NotImplementedError("6: asyncio for the waiting, processes for the computing")


def worth_it(task_seconds: float, count: int, workers: int) -> bool:
    """Is multiprocessing faster than a plain loop for these tasks?"""
    raise NotImplementedError("7: what does it cost to start a process?")
