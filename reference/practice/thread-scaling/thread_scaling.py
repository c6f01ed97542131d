"""The same CPU-bound work in 1, 2, 4 and 8 threads."""

import threading
import time
from typing import Callable, List


def benchmark(task: Callable[[int], int], sizes: List[int], threads: int) -> float:
    """The seconds that all tasks took in so many threads."""

    def work(mine: List[int]) -> None:
        for size in mine:
            task(size)

    workers = [threading.Thread(target=work, args=(sizes[i::threads],)) for i in range(threads)]
    start = time.perf_counter()
    for w in workers:
        w.start()
    for w in workers:
        w.join()  # under the GIL they took turns: no sooner than one after the other
    return time.perf_counter() - start


def squares(n: int) -> int:
    return sum(i * i for i in range(n))


if __name__ == "__main__":
    for n in (1, 2, 4, 8):
        print(f"{n} threads: {benchmark(squares, [500_000] * 8, n):.2f} s")
