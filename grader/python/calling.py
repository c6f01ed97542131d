"""Call what a learner's module holds, within limits, to see what it gives."""
import contextlib
import inspect
import os
import re
import signal

MEMORY = 256 << 20  # bytes that a call may take
RUNS = ("run", "execute", "main", "__call__", "start", "demo", "example", "launch", "template", "apply", "process")


class TooLong(BaseException):
    pass


@contextlib.contextmanager
def spared():
    """Keeps what a call takes of memory far below the sandbox's limit: it is only tried."""
    try:
        import resource

        with open("/proc/self/statm") as f:
            used = int(f.read().split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        most = used + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most if before[1] == resource.RLIM_INFINITY else min(most, before[1]), before[1]))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def limited(seconds, call):
    def late(*_):
        raise TooLong("not done after %g s" % seconds)

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def safely(look, otherwise=None):
    """Looks at something that may answer in any way when it is looked at."""
    try:
        return look()
    except Exception:
        return otherwise


def required(function):
    """The parameters without a default that a call has to fill; None where that is not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def counts(function):
    """Whether the parameter that a call has to fill is a number or a collection, and so neither workload nor strategy."""
    try:
        hint = next(p.annotation for p in inspect.signature(function).parameters.values() if p.default is p.empty)
    except (TypeError, ValueError, StopIteration):
        return True
    return re.match(r"(<class ')?(typing\.|collections\.abc\.|asyncio\.)?(int|float|bool|bytes|complex|list|dict|tuple|set|Sequence|Iterable|List|Dict|Tuple|Mapping|Callable|Queue)\b", hint if isinstance(hint, str) else str(hint)) is not None


def guesses(function):
    """What a call may be given where nothing but numbers is asked for: how many cores, above all."""
    given = {}
    try:
        for p in inspect.signature(function).parameters.values():
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                hint = p.annotation if isinstance(p.annotation, str) else getattr(p.annotation, "__name__", "")
                if hint not in ("int", "float", "bool") and not (p.annotation is p.empty and re.search("core|cpu|worker|proc", p.name, re.IGNORECASE)) or p.kind is p.POSITIONAL_ONLY:
                    return []
                given[p.name] = hint
    except (TypeError, ValueError):
        return []
    return [{n: {"float": 0.9, "bool": 0}.get(h, cores) for n, h in given.items()} for cores in dict.fromkeys((os.cpu_count() or 1, 4))] if given else []


def runner(cls, names=None):
    """The method that runs a template's class, among these names where any are given; None for none."""
    methods = [n for n in dir(cls) if not n.startswith("_") or n == "__call__"]
    for name in [n for n in RUNS if n in methods] + ([] if names else methods):
        raw = inspect.getattr_static(cls, name)
        if name == "__call__" and not any("__call__" in vars(c) for c in cls.__mro__[:-1]):
            continue
        needs = required(getattr(cls, name)) if inspect.isroutine(getattr(cls, name, None)) else None
        if needs is None:
            continue
        if len(needs) == (0 if isinstance(raw, (staticmethod, classmethod)) else 1):
            return name
    return None
