"""CPU-bound and I/O-bound work, by the clock and by the CPU."""

import time
from typing import Any, Callable, Tuple


def cpu_bound_task(n: int) -> int:
    """The sum of the squares of 0 to n-1."""
    return sum(i * i for i in range(n))


def io_bound_task(seconds: float) -> None:
    """Waits, as for a network: the GIL is released meanwhile."""
    time.sleep(seconds)


def measure_time(function: Callable[[Any], Any], argument: Any) -> Tuple[float, float]:
    """Wall-clock and CPU seconds of function(argument)."""
    wall, cpu = time.perf_counter(), time.process_time()
    function(argument)
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    for name, function, argument in (("CPU-bound", cpu_bound_task, 10_000_000), ("I/O-bound", io_bound_task, 2.0)):
        wall, cpu = measure_time(function, argument)
        print(f"{name}: {wall:.2f} s by the clock, {cpu:.2f} s of CPU time")
