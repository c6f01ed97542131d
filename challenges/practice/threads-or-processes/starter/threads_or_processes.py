"""The same CPU-bound task both ways: see `gilcourse show threads-or-processes`."""

import inspect
import resource
import time


def run_threads(task, sizes, workers):
    # TODO: [task(size) for size in sizes], in so many threads.
    raise NotImplementedError


def run_processes(task, sizes, workers):
    # TODO: the same in so many processes.
    raise NotImplementedError


def compare(task, sizes, workers):
    """Seconds and lines of the threads, seconds and lines of the processes,
    and the MiB that the largest process held."""
    # TODO
    raise NotImplementedError


def work(n):
    """Something CPU-bound to try it with."""
    return sum(i * i for i in range(n))


if __name__ == "__main__":
    print(compare(work, [500_000] * 8, 4))
