"""Many requests, of which a limited number may be under way at once.

get(url) blocks until the answer is there, and returns it; so does
await fetch(number) for an event loop.
"""

from typing import Awaitable, Callable, List


def fetch_in_threads(get: Callable[[str], int], urls: List[str], limit: int) -> List[int]:
    """What get returns for each URL; at most limit threads wait at once."""
    raise NotImplementedError("1: what holds back the thread after the last that may?")


async def fetch_in_tasks(fetch: Callable[[int], Awaitable[int]], count: int, limit: int) -> List[int]:
    """What fetch returns for 0 to count - 1; at most limit tasks wait at once."""
    raise NotImplementedError("2: what holds back the task after the last that may?")
