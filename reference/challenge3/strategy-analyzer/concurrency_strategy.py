"""Challenge 3: recommend a concurrency strategy for a workload, and say why."""

import asyncio
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Callable, Dict, List, NamedTuple


class Advice(NamedTuple):
    strategy: str
    reasoning: str
    expected_speedup: str


MATRIX: Dict[str, Advice] = {
    "CPU-bound (50M calculation)": Advice(
        "Multiprocessing (ProcessPoolExecutor)",
        "The GIL lets one thread at a time run bytecode, so threads only take turns. Each process "
        "has a GIL of its own; what it costs is its start-up, its memory and the pickling of data.",
        "3.5x on 4 cores",
    ),
    "I/O-bound (5 API calls, 1s each)": Advice(
        "Asyncio (TaskGroup/gather)",
        "A wait needs no GIL, so all waits overlap in one thread. A task costs a few microseconds, "
        "which scales to thousands of connections.",
        "5x (5 concurrent calls)",
    ),
    "Hybrid (fetch + process + store)": Advice(
        "Asyncio + ProcessPoolExecutor",
        "The event loop overlaps fetching and storing; processing would hold the GIL and block it, "
        "so that goes to processes. Communication with them, and the slowest stage, are the limit.",
        "3x on 4 cores (limited by the slowest stage)",
    ),
    "GPU-bound (model inference)": Advice(
        "Threading (ThreadPoolExecutor)",
        "The library releases the GIL while the device computes, so a thread can prepare the next "
        "batch meanwhile. There is one device to share: more threads do not make it faster.",
        "1.5x (2 batches in flight)",
    ),
    "Memory-bound (large arrays)": Advice(
        "Threading (ThreadPoolExecutor)",
        "Bulk operations in C release the GIL, and threads share the arrays, where processes would "
        "have to copy them. All cores wait for the same memory bus, so it scales badly.",
        "1.5x on 4 cores",
    ),
}


# -- one template for each strategy -------------------------------------------


def sum_of_squares(n: int) -> int:
    """CPU-bound: holds the GIL all the time."""
    return sum(i * i for i in range(n))


def threading_template(waits: int = 4) -> None:
    """Blocking calls, each in a thread: the GIL is released while they wait."""
    threads: List[threading.Thread] = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(waits)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def multiprocessing_template(tasks: int = 4, size: int = 400_000) -> List[int]:
    """Calculations, shared out among processes: each has a GIL of its own."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(sum_of_squares, [size] * tasks))


async def asyncio_template(calls: int = 5) -> List[int]:
    """Waits that overlap in one thread."""

    async def call(i: int) -> int:
        await asyncio.sleep(0.2)  # a request, say
        return i

    return list(await asyncio.gather(*(call(i) for i in range(calls))))


async def hybrid_template(items: int = 4, size: int = 300_000) -> List[int]:
    """Waits in the event loop, calculations in processes."""
    loop = asyncio.get_running_loop()

    async def pipeline(pool: ProcessPoolExecutor, i: int) -> int:
        await asyncio.sleep(0.1)  # fetch
        result = await loop.run_in_executor(pool, sum_of_squares, size + i)
        await asyncio.sleep(0.1)  # store
        return result

    with ProcessPoolExecutor() as pool:
        return list(await asyncio.gather(*(pipeline(pool, i) for i in range(items))))


TEMPLATES: Dict[str, Callable[[], object]] = {
    "threading": threading_template,
    "multiprocessing": multiprocessing_template,
    "asyncio": asyncio_template,
    "hybrid": hybrid_template,
}


def main() -> None:
    print("=== Workload Analysis ===")
    for workload, advice in MATRIX.items():
        print(f"{workload}:")
        print(f"Recommended: {advice.strategy}")
        print(f"Reasoning: {advice.reasoning}")
        print(f"Expected speedup: {advice.expected_speedup}")
        print()


if __name__ == "__main__":
    main()
