"""Downloads and factorials, one after the other and in threads."""

import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List


def bits(n: int) -> int:
    return math.factorial(n).bit_length()


def download_one_by_one(get: Callable[[str], int], urls: List[str]) -> List[int]:
    return [get(url) for url in urls]


def download_in_threads(get: Callable[[str], int], urls: List[str]) -> List[int]:
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        return list(pool.map(get, urls))


def factorials_one_by_one(numbers: List[int]) -> List[int]:
    return [bits(n) for n in numbers]


def factorials_in_threads(numbers: List[int]) -> List[int]:
    with ThreadPoolExecutor(max_workers=len(numbers)) as pool:
        return list(pool.map(bits, numbers))


def gains(work: str) -> bool:
    """A download waits without the GIL; a factorial holds it to the end."""
    has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    return work == "downloads" or not has_gil


if __name__ == "__main__":
    for compute in (factorials_one_by_one, factorials_in_threads):
        start = time.perf_counter()
        compute([40_000] * 5)
        print(f"{compute.__name__}: {time.perf_counter() - start:.2f} s")
