"""Challenge 3: ways around the GIL, and what each of them costs."""

import asyncio
import ctypes
import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from multiprocessing import Process
from pathlib import Path
from typing import Any, Awaitable, Callable, List

Task = Callable[[int], int]

# ctypes.CDLL lets the GIL go while the C function runs; PyDLL would keep it.
primes = ctypes.CDLL(str(Path(__file__).with_name("libprimes.so")))
primes.count_primes.argtypes = [ctypes.c_long]
primes.count_primes.restype = ctypes.c_long


def run_threads(task: Task, sizes: List[int], workers: int) -> List[int]:
    """The baseline: CPU-bound threads take turns on the GIL."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))


def run_multiprocessing(task: Task, sizes: List[int], workers: int) -> List[int]:
    """An interpreter and a GIL for each worker."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))


def run_batched(task: Task, sizes: List[int], workers: int, batch: int) -> List[int]:
    """A message costs more than a tiny task, so each carries a batch of them."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes, chunksize=batch))


async def run_asyncio(fetch: Callable[[int], Awaitable[Any]], count: int) -> List[Any]:
    """All the waiting at once, in one thread; at most 16 requests under way."""
    gate = asyncio.Semaphore(16)

    async def one(i: int) -> Any:
        async with gate:
            return await fetch(i)

    return list(await asyncio.gather(*(one(i) for i in range(count))))


def run_c_extension(sizes: List[int], workers: int) -> List[int]:
    """Threads of one process, in parallel, since C code holds no GIL."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(primes.count_primes, sizes))


async def run_hybrid(
    fetch: Callable[[int], Awaitable[Any]],
    process: Callable[[Any], Any],
    store: Callable[[Any], Awaitable[Any]],
    items: List[int],
    workers: int,
) -> List[Any]:
    """The event loop waits, the processes compute, and no stage for another."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(16)
    with ProcessPoolExecutor(workers) as pool:

        async def one(item: int) -> Any:
            async with gate:
                data = await fetch(item)
            result = await loop.run_in_executor(pool, process, data)
            async with gate:
                return await store(result)

        return list(await asyncio.gather(*(one(item) for item in items)))


def nothing() -> None:
    """What the process does whose start is measured."""


@lru_cache(maxsize=1)
def startup() -> float:
    """Seconds to start and end one process here."""
    start = time.perf_counter()
    process = Process(target=nothing)
    process.start()
    process.join()
    return time.perf_counter() - start


def worth_it(task_seconds: float, count: int, workers: int) -> bool:
    """Compare a plain loop with processes on the cores that are usable here."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    sequential = task_seconds * count
    side_by_side = min(workers, usable, count)
    parallel = sequential / side_by_side + workers * startup() + count * 50e-6
    return parallel < sequential
