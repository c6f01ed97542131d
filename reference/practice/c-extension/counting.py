"""The same C code in threads, with the GIL held and with the GIL released."""

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List

import primecount


def in_threads(count: Callable[[int], int], limits: List[int], workers: int) -> List[int]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(count, limits))


def count_held(limits: List[int], workers: int) -> List[int]:
    """Threads in name only: each one waits until the C code gives the GIL back."""
    return in_threads(primecount.held, limits, workers)


def count_released(limits: List[int], workers: int) -> List[int]:
    """In parallel: nobody needs the GIL while the C code counts."""
    return in_threads(primecount.released, limits, workers)
