"""Two threads of prime counting against one: the GIL lets them take turns."""

import threading
import time
from typing import Callable, List, Tuple


def count_primes(limit: int) -> int:
    """The number of primes below limit, by trial division."""
    count = 0
    for n in range(2, limit):
        d = 2
        while d * d <= n and n % d:
            d += 1
        count += d * d > n
    return count


def count_one_by_one(limits: List[int]) -> List[int]:
    return [count_primes(limit) for limit in limits]


def count_in_two_threads(limits: List[int]) -> List[int]:
    counts = [0] * len(limits)

    def work(mine: range) -> None:
        for i in mine:
            counts[i] = count_primes(limits[i])

    threads = [threading.Thread(target=work, args=(range(k, len(limits), 2),)) for k in (0, 1)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return counts


def timed(count: Callable[[List[int]], List[int]], limits: List[int]) -> float:
    start = time.perf_counter()
    count(limits)
    return time.perf_counter() - start


def compare(limits: List[int]) -> Tuple[float, float]:
    """Seconds: one by one, in two threads."""
    return timed(count_one_by_one, limits), timed(count_in_two_threads, limits)


if __name__ == "__main__":
    alone, threads = compare([100_000] * 4)
    print(f"one by one {alone:.2f} s, two threads {threads:.2f} s: {alone / threads:.2f}x")
