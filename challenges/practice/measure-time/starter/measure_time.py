"""Wall time and CPU time: see `gilcourse show measure-time`."""

import time


def cpu_bound_task(n):
    """The sum of the squares of 0 to n-1."""
    # TODO
    raise NotImplementedError


def io_bound_task(seconds):
    """Waits."""
    # TODO
    raise NotImplementedError


def measure_time(function, argument):
    """Calls function(argument); (wall-clock seconds, CPU seconds)."""
    # TODO
    raise NotImplementedError


if __name__ == "__main__":
    print("CPU-bound:", measure_time(cpu_bound_task, 10_000_000))
    print("I/O-bound:", measure_time(io_bound_task, 2.0))
