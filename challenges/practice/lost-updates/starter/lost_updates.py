"""The reference-count race rebuilt, then mended with locks.

counter.read() and counter.write(value) are two steps: another thread may come
in between. An account has balance, lock and number.
"""

import threading
import time


def count_with_race(counter, times: int, workers: int) -> int:
    """`workers` threads, each adds one `times` times, without a lock."""
    raise NotImplementedError("1: read, let another thread run, write")


def count_with_lock(counter, times: int, workers: int) -> int:
    """The same, and no update is lost."""
    raise NotImplementedError("2: where does the lock begin, where does it end?")


def transfer(source, target, amount: int) -> None:
    """Move an amount between two accounts, each with a lock of its own."""
    raise NotImplementedError("3: which of the two locks comes first?")
