"""The reference-count race rebuilt, then mended with locks."""

import threading
import time


def run(work, workers: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def count_with_race(counter, times: int, workers: int) -> int:
    def work() -> None:
        for _ in range(times):
            value = counter.read()
            time.sleep(0.0001)
            counter.write(value + 1)

    run(work, workers)
    return counter.read()


def count_with_lock(counter, times: int, workers: int) -> int:
    lock = threading.Lock()

    def work() -> None:
        for _ in range(times):
            with lock:
                value = counter.read()
                time.sleep(0.0001)
                counter.write(value + 1)

    run(work, workers)
    return counter.read()


def transfer(source, target, amount: int) -> None:
    first, second = sorted((source, target), key=lambda account: account.number)
    with first.lock, second.lock:
        source.balance -= amount
        target.balance += amount
