"""The same CPU-bound task in threads and in processes, side by side."""

import inspect
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Callable, List, NamedTuple

Task = Callable[[int], int]
Run = Callable[[Task, List[int], int], List[int]]


class Comparison(NamedTuple):
    threads_seconds: float
    threads_lines: int
    processes_seconds: float
    processes_lines: int
    process_mib: float


def run_threads(task: Task, sizes: List[int], workers: int) -> List[int]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))


def run_processes(task: Task, sizes: List[int], workers: int) -> List[int]:
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))


def seconds(run: Run, task: Task, sizes: List[int], workers: int) -> float:
    start = time.perf_counter()
    run(task, sizes, workers)
    return time.perf_counter() - start


def lines(function: Run) -> int:
    return len(inspect.getsource(function).splitlines())


def largest_child() -> float:
    """The most memory that a child which has ended held, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 2**20


def compare(task: Task, sizes: List[int], workers: int) -> Comparison:
    threads = seconds(run_threads, task, sizes, workers)
    processes = seconds(run_processes, task, sizes, workers)
    return Comparison(threads, lines(run_threads), processes, lines(run_processes), largest_child())


def squares(n: int) -> int:
    return sum(i * i for i in range(n))


if __name__ == "__main__":
    print(compare(squares, [500_000] * 8, 4))
