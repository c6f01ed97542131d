"""{{title}}."""


def run(task, sizes, workers):
    """Give task(size) for each size, computed in `workers` processes."""
    raise NotImplementedError
