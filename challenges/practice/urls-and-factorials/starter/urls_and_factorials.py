"""Downloads and factorials, one after the other and in threads."""

import math
from typing import Callable, List


def download_one_by_one(get: Callable[[str], int], urls: List[str]) -> List[int]:
    raise NotImplementedError("1: a plain loop")


def download_in_threads(get: Callable[[str], int], urls: List[str]) -> List[int]:
    raise NotImplementedError("2: a thread for each URL")


def factorials_one_by_one(numbers: List[int]) -> List[int]:
    """How many bits the factorial of each number has."""
    raise NotImplementedError("3: math.factorial(n).bit_length()")


def factorials_in_threads(numbers: List[int]) -> List[int]:
    raise NotImplementedError("4: a thread for each number")


def gains(work: str) -> bool:
    """Do threads make "downloads", or "factorials", faster?"""
    raise NotImplementedError("5: measure, then answer")


if __name__ == "__main__":
    print("time both ways of the factorials here")
