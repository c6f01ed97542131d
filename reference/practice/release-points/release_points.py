"""Where is the GIL let go?"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List

# C code that computes on bytes of its own, and whatever waits, lets the GIL go;
# what runs bytecode or touches Python objects holds it.
RELEASES = {
    "time-sleep": True,
    "tight-loop": False,
    "hashlib-sha256": True,
    "zlib-compress": True,
    "file-read": True,
    "socket-recv": True,
    "json-dumps": False,
    "sorted": False,
}


def sleep_in_threads(seconds: float, workers: int) -> None:
    threads = [threading.Thread(target=time.sleep, args=(seconds,)) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def loop_in_threads(task: Callable[[int], int], sizes: List[int], workers: int) -> List[int]:
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(task, sizes))


def releases_gil(name: str) -> bool:
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return True  # there is none to be held
    return RELEASES[name]
