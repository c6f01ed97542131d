"""The GIL, discovered: the same four tasks one after the other, in four
threads, and in four processes."""

import multiprocessing
import os
import resource
import threading
import time
from typing import Callable, NamedTuple

NUMBERS = 50_000_000
TASKS = 4


class Measured(NamedTuple):
    wall: float  # seconds
    cpu: float  # seconds, child processes included

    @property
    def utilization(self) -> float:
        """Percent of one core: 100 is one core busy all the time."""
        return 100 * self.cpu / self.wall


def sum_of_squares(n: int) -> int:
    return sum(i * i for i in range(n))


def sequential() -> None:
    for _ in range(TASKS):
        sum_of_squares(NUMBERS)


def threads() -> None:
    workers = [threading.Thread(target=sum_of_squares, args=(NUMBERS,)) for _ in range(TASKS)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()


def processes() -> None:
    workers = [multiprocessing.Process(target=sum_of_squares, args=(NUMBERS,)) for _ in range(TASKS)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()


def cpu_seconds() -> float:
    """CPU time of this process, its threads, and the children it has joined."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def measure(phase: Callable[[], None]) -> Measured:
    wall, cpu = time.perf_counter(), cpu_seconds()
    phase()
    return Measured(time.perf_counter() - wall, cpu_seconds() - cpu)


def main() -> None:
    print(f"{TASKS} tasks, each the sum of squares of {NUMBERS:,} numbers, on {os.cpu_count()} cores")
    one = measure(sequential)
    for name, phase in ("Sequential", None), ("Threads", threads), ("Processes", processes):
        m = measure(phase) if phase else one
        print(f"{name:<11} {m.wall:8.3f} s   speedup {one.wall / m.wall:5.2f}x   CPU utilization {m.utilization:6.1f} % of one core")
    print("Threads take turns on the GIL; each process has a GIL of its own.")


if __name__ == "__main__":
    main()
