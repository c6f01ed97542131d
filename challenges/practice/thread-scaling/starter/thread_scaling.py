"""The same CPU-bound work in 1, 2, 4 and 8 threads: see `gilcourse show thread-scaling`."""

import threading
import time


def benchmark(task, sizes, threads):
    """Run task(size) for each size in so many threads; the seconds that took."""
    # TODO: share the sizes out among the threads, start them all, join them
    # all, and return the seconds from the first start to the last join.
    raise NotImplementedError


def work(n):
    """Something CPU-bound to try it with."""
    return sum(i * i for i in range(n))


if __name__ == "__main__":
    for n in (1, 2, 4, 8):
        print(n, "threads:", benchmark(work, [200_000] * 8, n), "s")
