"""C code in threads, with and without the GIL: see `gilcourse show c-extension`."""

from concurrent.futures import ThreadPoolExecutor

import primecount


def count_held(limits, workers):
    # TODO: call primecount.held for each limit, in so many threads.
    raise NotImplementedError


def count_released(limits, workers):
    # TODO: call primecount.released for each limit, in so many threads.
    raise NotImplementedError
