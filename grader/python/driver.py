"""Import a learner's module and call its functions as the grader orders.

    python -I driver.py

Standard input holds the orders, a JSON object: {"address": "host:port",
"token": ..., "folder": ..., "module": ..., "seconds": ...}, the longest that
the import may take, and "gil": true or false where
the interpreter is to say so. Each message to the grader goes
over a connection of its own and is answered by the next order, so that
nothing which the learner's code prints, forks or closes can get in between.
"""
import os
import sys

if __name__ == "__main__":  # not in a child that multiprocessing starts afresh
    import _socket
    import asyncio
    import enum
    import inspect
    import json
    import operator
    import signal
    import threading
    import time
    import traceback

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from imports import behind_library, module_of

    del sys.path[0], sys.modules["imports"]  # the learner may have a module of that name

GIL = getattr(sys, "_is_gil_enabled", None)

def stand_in(folder):
    """Let the module be imported where its C code could not be built: what
    calls that code then fails, and the rest can still be judged."""
    import ctypes
    import importlib.abc
    import importlib.machinery
    import re
    import types

    class Absent:
        def __init__(self, name):
            self.__dict__["_absent"] = name

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return Absent(self._absent)

        def __setattr__(self, name, value):
            pass

        def __call__(self, *args, **kwargs):
            raise OSError("%s could not be built" % self._absent)

    def loading(library):
        def load(name=None, *args, **kwargs):
            try:
                return library(name, *args, **kwargs)
            except OSError:
                if os.path.exists(str(name)):
                    raise
                return Absent(os.path.basename(str(name)))

        return load

    for kind in ("CDLL", "PyDLL"):
        setattr(ctypes, kind, loading(getattr(ctypes, kind)))
    ctypes.cdll = ctypes.LibraryLoader(ctypes.CDLL)

    modules = set()
    for base, _, files in os.walk(folder):
        for name in files:
            if name.endswith(".c"):
                with open(os.path.join(base, name), encoding="utf-8", errors="replace") as f:
                    modules.update(re.findall(r"PyInit_(\w+)", f.read(1 << 20)))

    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path=None, target=None):
            if name.rpartition(".")[2] in modules:
                return importlib.machinery.ModuleSpec(name, self)

        def create_module(self, spec):
            module = types.ModuleType(spec.name)
            module.__getattr__ = lambda attribute: Absent(spec.name)
            return module

        def exec_module(self, module):
            pass

    sys.meta_path.append(Finder())  # after those that look for real ones


if os.environ.get("GILCOURSE_UNBUILT"):  # in every process that imports this file
    stand_in(os.environ["GILCOURSE_UNBUILT"])


def say_of_gil(on):
    """Have the interpreter say so of its GIL, to whoever asks, here and in what
    is forked. Nothing else in the process tells."""
    import sysconfig

    sys._is_gil_enabled = lambda: on
    sysconfig.get_config_vars()["Py_GIL_DISABLED"] = int(not on)


HERE = os.path.dirname(os.path.abspath(__file__))
MOST = 200_000  # elements of a result that are sent
TEXT = 6_000  # characters of a traceback that are sent
FIGURES = 100  # numbers in what is no list of whole ones that are sent


class Channel:
    """The way to the grader."""

    def __init__(self, address, token):
        host, port = address.rsplit(":", 1)
        self.address, self.token, self.pid = (host, int(port)), token, os.getpid()
        # What is needed is kept here: the learner's code may change modules.
        self.socket, self.getpid, self.exit = _socket.socket, os.getpid, os._exit
        self.dumps, self.loads = json.dumps, json.loads

    def ask(self, message):
        """Send a message, give the next order."""
        if self.getpid() != self.pid:
            self.exit(70)  # a fork that came back from the learner's function
        line = self.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        line.connect(self.address)
        line.sendall(self.token.encode() + b"\n" + self.dumps(message).encode() + b"\n")
        parts = []
        while True:
            part = line.recv(1 << 16)
            if not part:
                break
            parts.append(part)
        line.close()
        return self.loads(b"".join(parts))


def place(error, folder):
    """The learner's line in a traceback, the innermost; None for none."""
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if os.path.dirname(os.path.abspath(name)).startswith(folder):
            found = {"file": os.path.relpath(name, folder).replace(os.sep, "/"), "line": line}
    if isinstance(error, SyntaxError) and error.filename and os.path.abspath(error.filename).startswith(folder):
        found = {"file": os.path.relpath(error.filename, folder).replace(os.sep, "/"), "line": error.lineno or 0}
    return found


def stands(folder):
    """The learner's lines at which the threads stand, the innermost of each."""
    found = []
    for frame in sys._current_frames().values():
        while frame and not os.path.dirname(os.path.abspath(frame.f_code.co_filename)).startswith(folder):
            frame = frame.f_back
        if frame:
            file = os.path.relpath(frame.f_code.co_filename, folder).replace(os.sep, "/")
            found.append({"file": file, "line": frame.f_lineno or 0})
    return found


def explain(error, folder):
    """The traceback as Python would print it, without this file's part."""
    told = traceback.TracebackException.from_exception(error)
    todo, seen = [told], set()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        kept = [f for f in one.stack if f.filename != __file__ and "importlib" not in f.filename]
        one.stack[:] = kept
        todo += [one.__cause__, one.__context__] + list(getattr(one, "exceptions", None) or [])
    return {"says": "".join(told.format()).replace(folder + os.sep, "")[-TEXT:], "place": place(error, folder)}


def thrown(error, depth=8):
    """The exceptions of a group one by one."""
    inner = getattr(error, "exceptions", None)
    if isinstance(inner, (list, tuple)) and inner and depth:
        return [t for e in inner[:50] for t in thrown(e, depth - 1)]
    try:
        message = str(error)
    except Exception:
        message = ""
    return [{"type": type(error).__name__, "message": message[:1000]}]


def whole(value):
    if isinstance(value, float):
        raise TypeError
    return operator.index(value)


def figures(value, depth=4):
    """The numbers in a value, in order: of lists, of a dict's values, of an
    object's fields. Texts are left out: they are labels."""
    if isinstance(value, (int, float)):
        yield float(value)
    elif isinstance(value, (list, tuple, dict)) and depth:
        for e in list(value.values() if isinstance(value, dict) else value)[:FIGURES + 1]:
            yield from figures(e, depth - 1)
    elif hasattr(value, "__dict__") and not callable(value) and depth:
        yield from figures(vars(value), depth - 1)
    elif not isinstance(value, str):
        raise TypeError


def figures_of(value):
    """The figures of a value; none where it holds too many, or none that are finite."""
    try:
        found = list(figures(value))
        return found if len(found) <= FIGURES and all(abs(f) < 1e300 for f in found) else []
    except Exception:
        return []


def result(value):
    """What was returned, as whole numbers, its type, and what is odd about it;
    where they are not whole, its figures."""
    out = {"type": type(value).__name__}
    word = getattr(value, "value", None) if isinstance(value, enum.Enum) else value
    if isinstance(value, enum.Enum) and not isinstance(word, str):
        word = value.name
    if isinstance(word, str):
        out["text"] = str(word)[:200]
    for kind in (list, tuple):  # not as the learner's own subclass would have it
        if issubclass(type(value), kind):
            elements = list(kind.__iter__(value))
            break
    else:
        elements = [value]
    if len(elements) > MOST:
        out["odd"] = "a list of %d elements" % len(elements)
        return out
    numbers = []
    for e in elements:
        try:
            numbers.append(int(whole(e)))  # True, before Python 3.10, too
            if abs(numbers[-1]) >= 1 << 63:
                raise TypeError
        except TypeError:
            out["figures"] = figures_of(value)
            try:
                out["odd"] = repr(e)[:200]
            except Exception:
                out["odd"] = "an object of type " + type(e).__name__
            return out
    out["result"] = numbers
    return out


def loop(task, sizes):
    """The grader's own way: one after the other."""
    return [task(size) for size in sizes]


def crew(work, threads):
    """Call work(k) in so many threads at once; raises what the first of them raised."""
    errors = []

    def one(k):
        try:
            work(k)
        except BaseException as e:
            errors.append(e)

    all_threads = [threading.Thread(target=one, args=(k,)) for k in range(threads)]
    for t in all_threads:
        t.start()
    for t in all_threads:
        t.join()
    if errors:
        raise errors[0]


def sharing(threads):
    """The grader's own way in threads: each takes its share of the sizes."""

    def share(task, sizes):
        results = [None] * len(sizes)

        def work(k):
            for i in range(k, len(sizes), threads):
                results[i] = task(sizes[i])

        crew(work, threads)
        return results

    return share


def transferring(transfer, bank, threads, times):
    """Call transfer(source, target, amount) in threads that begin each time
    together; gives what the accounts hold then."""
    start = threading.Barrier(threads)

    def work(k):
        try:
            for turn in range(times):
                start.wait()
                transfer(*bank.order(k, turn))
        except threading.BrokenBarrierError:
            pass  # another one has failed
        except BaseException:
            start.abort()
            raise

    crew(work, threads)
    return bank.balances()


class Driver:
    def __init__(self, channel, folder, module):
        self.channel, self.folder, self.name = channel, folder, module
        self.now, self.cpu = time.monotonic_ns, time.process_time_ns
        self.alarm, self.timer = signal.signal, getattr(signal, "setitimer", None)

    def ready(self, seconds):
        """Import the module, for so long at most; what it is like."""
        import gilcourse_workload  # before the learner's module can put anything in its place

        self.workload = dict(vars(gilcourse_workload))
        try:
            import gilcourse_callables  # the author's own

            self.workload = dict(vars(gilcourse_callables), **self.workload)
        except ModuleNotFoundError as e:
            if e.name != "gilcourse_callables":
                raise
        began = self.now()
        self.watch({"state": "unready", "order": 0}, seconds)
        try:
            self.module = self.load()
        except BaseException as e:  # sys.exit at import is one
            return dict(explain(e, self.folder), state="unready", thrown=thrown(e))
        finally:
            self.watch({}, 0)
        return {
            "state": "ready",
            "pid": os.getpid(),
            "gil": GIL() if GIL else sys.implementation.name == "cpython",
            "import_ns": self.now() - began,
            "turn_ns": self.pace(),
        }

    def load(self):
        """Import the learner's file, even beside a library of its name."""
        module = module_of(self.folder, self.name + ".py")
        module.__spec__.loader.exec_module(module)
        return module

    def pace(self):
        """The CPU time of one turn of the task's loop, in ns: the median, since
        a virtual machine's CPU clock may jump."""
        turns, spent = 20_000, []
        for _ in range(7):
            start = self.cpu()
            self.workload["task"](turns)
            spent.append(self.cpu() - start)
        return sorted(spent)[3] / turns

    def call(self, order):
        """Make one call."""
        out = {"state": "done", "order": order["order"]}
        if order["function"]:
            function = getattr(self.module, order["function"], None)
            if not callable(function):
                known = [n for n in vars(self.module) if callable(getattr(self.module, n)) and not n.startswith("_")]
                return dict(out, ended="undefined", says=" ".join(sorted(known))[:TEXT])
        else:
            function = sharing(order["threads"]) if order["threads"] else loop
        arguments, exhibit = self.arguments(order)
        try:
            inspect.signature(function).bind(*arguments)
        except TypeError as e:
            code, at = getattr(function, "__code__", None), None
            if code and os.path.abspath(code.co_filename).startswith(self.folder):
                at = {"file": os.path.relpath(code.co_filename, self.folder).replace(os.sep, "/"), "line": code.co_firstlineno}
            return dict(out, ended="signature", says=str(e), place=at)
        except ValueError:
            pass  # it has no signature to be seen
        if order["function"] and order["threads"]:
            function, arguments = transferring, [function, exhibit, order["threads"], order["times"]]
        self.watch(out, order["seconds"])
        spent, out["begin"] = self.cpu(), self.now()
        try:
            value = function(*arguments)
            if inspect.isawaitable(value):
                value = asyncio.run(value) if inspect.iscoroutine(value) else asyncio.run(wait(value))
            error = None
        except BaseException as e:
            error = e
        out["end"], out["cpu_ns"] = self.now(), self.cpu() - spent
        self.watch(out, 0)
        if exhibit is not None:
            out["seen"] = exhibit.seen()
        if error is None:
            return dict(out, ended="returned", **result(value))
        ended = "exited" if isinstance(error, SystemExit) else "raised"
        return dict(out, ended=ended, thrown=thrown(error), **explain(error, self.folder))

    def arguments(self, order):
        """What is passed, and the object among it that logs what is done with
        it; a bank is asked for the accounts of each transfer."""
        values, exhibit = [], None
        for a in order["arguments"]:
            if a.get("object") == "counter":
                exhibit = self.workload["Counter"]()
                values.append(exhibit)
            elif "object" in a:
                exhibit = exhibit or self.workload["Bank"](order["threads"])
                values.append(a["object"])
            else:
                values.append(self.workload[a["callable"]] if "callable" in a else a["value"])
        return values, exhibit

    def watch(self, out, seconds):
        """Have it said after so many seconds where each thread stands; not any
        more where they are 0. A timer's signal reaches the main thread even where
        it waits for a lock, and is no thread that would be seen."""
        if not hasattr(signal, "setitimer"):
            return

        def hung(*_):
            self.channel.ask(dict(out, ended="hung", end=self.now(), stands=stands(self.folder)))
            self.channel.exit(70)

        self.alarm(signal.SIGALRM, hung if seconds else signal.SIG_DFL)
        self.timer(signal.ITIMER_REAL, seconds)

    def run(self, seconds):
        message = self.ready(seconds)
        while True:
            order = self.channel.ask(message)
            if order["do"] == "call":
                message = self.call(order)
            elif order["do"] == "rest":
                begin = self.now()
                time.sleep(order["seconds"])
                message = {"state": "done", "order": order["order"], "begin": begin, "end": self.now(), "ended": "returned"}
            else:
                return


async def wait(awaitable):
    return await awaitable


def main():
    orders = json.load(sys.stdin)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    if "gil" in orders:
        say_of_gil(orders.pop("gil"))
    folder = os.path.abspath(orders["folder"])
    behind_library(os.path.join(HERE, "workload"), folder)  # nor must the workload be shadowed
    sys.argv = [os.path.join(folder, orders["module"] + ".py")]
    driver = Driver(Channel(orders["address"], orders["token"]), folder, orders["module"])
    driver.run(orders["seconds"])


if __name__ == "__main__":
    main()
