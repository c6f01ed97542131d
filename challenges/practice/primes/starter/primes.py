"""Primes in two threads against one: see `gilcourse show primes`."""

import threading
import time


def count_primes(limit):
    """The number of primes below limit."""
    # TODO
    raise NotImplementedError


def count_one_by_one(limits):
    return [count_primes(limit) for limit in limits]


def count_in_two_threads(limits):
    # TODO: the same list, counted by two threads.
    raise NotImplementedError


def compare(limits):
    """Seconds: (one by one, in two threads)."""
    # TODO
    raise NotImplementedError


if __name__ == "__main__":
    print(compare([50_000] * 4))
