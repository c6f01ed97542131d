"""The lesson's kinds of workload under each of its strategies.

What `gilcourse measure` runs: plain code, as a learner would write it.
"""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, Awaitable, Callable, List

Task = Callable[[int], int]
Fetch = Callable[[int], Awaitable[int]]
Process = Callable[[int], int]
Store = Callable[[int], Awaitable[int]]


# -- computing: CPU-bound and memory-bound ------------------------------------


def compute_threading(task: Task, sizes: List[int], workers: int) -> List[int]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))


def compute_multiprocessing(task: Task, sizes: List[int], workers: int) -> List[int]:
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))


async def compute_asyncio(task: Task, sizes: List[int], workers: int) -> List[int]:
    async def one(size: int) -> int:
        return task(size)  # nothing to wait for: the event loop computes

    return list(await asyncio.gather(*(one(size) for size in sizes)))


async def compute_hybrid(task: Task, sizes: List[int], workers: int) -> List[int]:
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(workers) as pool:
        return list(await asyncio.gather(*(loop.run_in_executor(pool, task, size) for size in sizes)))


# -- waiting: I/O-bound -------------------------------------------------------


class Waiting:
    """Waits for one item in a thread or process, with an event loop of its own."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch

    def __call__(self, item: int) -> int:
        return asyncio.run(wait(self.fetch, item))


async def wait(fetch: Fetch, item: int) -> int:
    return await fetch(item)


def wait_threading(fetch: Fetch, count: int, workers: int) -> List[int]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(Waiting(fetch), range(count)))


def wait_multiprocessing(fetch: Fetch, count: int, workers: int) -> List[int]:
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(Waiting(fetch), range(count)))


async def wait_asyncio(fetch: Fetch, count: int, workers: int) -> List[int]:
    return list(await asyncio.gather(*(fetch(i) for i in range(count))))


async def wait_hybrid(fetch: Fetch, count: int, workers: int) -> List[int]:
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(workers) as pool:

        async def one(i: int) -> int:
            return await loop.run_in_executor(pool, int, await fetch(i))

        return list(await asyncio.gather(*(one(i) for i in range(count))))


# -- both: fetch, process, store ----------------------------------------------


class Item:
    """Fetches, processes and stores one item in a thread or process."""

    def __init__(self, fetch: Fetch, process: Process, store: Store) -> None:
        self.fetch, self.process, self.store = fetch, process, store

    def __call__(self, item: int) -> int:
        return asyncio.run(self.all(item))

    async def all(self, item: int) -> int:
        return await self.store(self.process(await self.fetch(item)))


def both_threading(fetch: Fetch, process: Process, store: Store, items: List[int], workers: int) -> List[int]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(Item(fetch, process, store), items))


def both_multiprocessing(fetch: Fetch, process: Process, store: Store, items: List[int], workers: int) -> List[int]:
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(Item(fetch, process, store), items))


async def both_asyncio(fetch: Fetch, process: Process, store: Store, items: List[int], workers: int) -> List[int]:
    return list(await asyncio.gather(*(Item(fetch, process, store).all(item) for item in items)))


async def both_hybrid(fetch: Fetch, process: Process, store: Store, items: List[int], workers: int) -> List[Any]:
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(workers) as pool:

        async def one(item: int) -> int:
            return await store(await loop.run_in_executor(pool, process, await fetch(item)))

        return list(await asyncio.gather(*(one(item) for item in items)))
