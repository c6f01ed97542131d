"""{{title}}: the reference solution, beside which submissions are run."""

from concurrent.futures import ProcessPoolExecutor


def run(task, sizes, workers):
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(task, sizes))
