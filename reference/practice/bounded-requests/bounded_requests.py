"""Many requests, of which a limited number may be under way at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Awaitable, Callable, List


def fetch_in_threads(get: Callable[[str], int], urls: List[str], limit: int) -> List[int]:
    with ThreadPoolExecutor(max_workers=limit) as pool:
        return list(pool.map(get, urls))


async def fetch_in_tasks(fetch: Callable[[int], Awaitable[int]], count: int, limit: int) -> List[int]:
    gate = asyncio.Semaphore(limit)

    async def one(number: int) -> int:
        async with gate:
            return await fetch(number)

    return await asyncio.gather(*(one(number) for number in range(count)))
