"""Five network requests, one after the other and in threads."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List

Get = Callable[[str], int]


def fetch_one_by_one(get: Get, urls: List[str]) -> List[int]:
    return [get(url) for url in urls]


def fetch_in_threads(get: Get, urls: List[str]) -> List[int]:
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        return list(pool.map(get, urls))


def compare(get: Get, urls: List[str]) -> List[int]:
    times = []
    for fetch in (fetch_one_by_one, fetch_in_threads):
        start = time.perf_counter()
        fetch(get, urls)
        times.append(round(1000 * (time.perf_counter() - start)))
    return times
