"""Where is the GIL let go?"""

from typing import Callable, List


def sleep_in_threads(seconds: float, workers: int) -> None:
    """`workers` threads that sleep, all at the same time."""
    raise NotImplementedError("1: threading.Thread(target=time.sleep, ...)")


def loop_in_threads(task: Callable[[int], int], sizes: List[int], workers: int) -> List[int]:
    """task(size) for each size, in threads."""
    raise NotImplementedError("2: like the first, but each has a result")


def releases_gil(name: str) -> bool:
    """Can other threads run while one is in this call?"""
    raise NotImplementedError("3: try each of them in four threads")
