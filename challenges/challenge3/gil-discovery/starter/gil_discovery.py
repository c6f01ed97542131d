"""Challenge 3: experience the GIL.

Run the same CPU-bound work one after the other, in threads, and in processes,
and measure what happens.
"""

import multiprocessing
import threading
import time

NUMBERS = 50_000_000
TASKS = 4


def task(n: int) -> int:
    """The sum of the squares of n numbers."""
    raise NotImplementedError("1: compute the sum of squares")


def sequential() -> None:
    raise NotImplementedError("2: run the task TASKS times, one after the other")


def threads() -> None:
    raise NotImplementedError("3: run it in TASKS threads, and wait for all of them")


def processes() -> None:
    raise NotImplementedError("4: run it in TASKS processes, and wait for all of them")


def main() -> None:
    start = time.perf_counter()
    sequential()
    print(f"Sequential: {time.perf_counter() - start:.2f} s")
    # 5: do the same for threads and processes. Measure the CPU time as well
    #    (which clock counts it?), and print how busy the cores were.


if __name__ == "__main__":
    main()
