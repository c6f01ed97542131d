"""Five network requests, one after the other and in threads.

get(url) downloads: it blocks until the answer is there, and returns it.
"""

from typing import Callable, List

Get = Callable[[str], int]


def fetch_one_by_one(get: Get, urls: List[str]) -> List[int]:
    """What get returns for each URL, one request after the other."""
    raise NotImplementedError("1: a plain loop")


def fetch_in_threads(get: Get, urls: List[str]) -> List[int]:
    """The same, with a thread for each URL."""
    raise NotImplementedError("2: start all threads, then wait for all of them")


def compare(get: Get, urls: List[str]) -> List[int]:
    """How many milliseconds each of the two ways takes."""
    raise NotImplementedError("3: time.perf_counter() before and after")
