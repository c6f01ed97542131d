"""Call a script's functions on a small size and see what they compute.

    python probe.py FOLDER FILE

with a JSON object on the command line's third place: {"size": 1000, "large": 2000000,
"alone": 500000, "accept": ["sum(i * i for i in range(n))", ...], "targets": ["task", ...],
"ways": {"threads": ["task", ...], ...}, "copy": FOLDER}. Only what
defines something is executed (imports, functions, classes, assignments), never
the script's own run; what it prints is dropped. Prints one JSON object.

The script's code runs in a process of its own, which is told, one after the
other, which function to call on which size, drawn at that moment, and gives
the numbers that came of it. Which functions there are, and whether the numbers
are right, this process says, which reads the source and executes none of it. It
sees, too, what a function that is right uses when it is called alone, in a copy of
the script whose own size is that of these calls.
"""
import ast
import inspect
import json
import os
import random
import signal
import sys
import time
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import usage

sys.path.remove(HERE)
SECONDS, WAITING = 1.0, 0.2  # for one call, and for one that only waits
MOST = 1 << 20  # characters of an answer
TINY = 10  # numbers
# How many events of the interpreter, such as an instruction, tell bytecode from a
# call into C code: more of them for more numbers, however the calls are cut; one
# for each number of a constant size. What surrounds the task needs some, too.
CUTS, CONSTANT, AROUND = 40, 1000, 100
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
BUSY = {"start", "fork", "system", "Popen", "Pool", "ThreadPool", "ProcessPoolExecutor", "ThreadPoolExecutor", "submit",
        "Thread", "Process", "input", "start_new_thread", "check_output", "check_call", "run_in_executor", "to_thread"}
SIZE_WORDS = ("n", "num", "count", "size", "limit", "upper", "stop", "end", "total", "upto", "hi", "max", "work", "length",
              "top", "numbers", "until", "bound", "amount", "k", "x", "how_many")
ZERO_WORDS = ("start", "lo", "begin", "first", "lower", "index", "idx", "i", "id", "slot", "worker", "rank", "offset", "tid",
              "pos", "position", "ident", "number")


CALLS = 4  # of each function alone
MOST_ALONE = 6  # functions that are called alone
MOST_LINES = 200  # functions of which the lines are told
LEAST_ALONE = 5000  # µs of CPU time of a call: a shorter one tells nothing


class TooLong(BaseException):
    pass


class Events(BaseException):
    """Counts what the interpreter does, and ends the call where that is enough."""

    def __init__(self):
        self.count = 0

    def trace(self, frame, event, arg):
        if frame.f_code.co_filename == __file__:  # the clock that looks after the call
            return None
        frame.f_trace_opcodes = True
        self.count += 1
        if self.count > 2 * CONSTANT:
            raise self
        return self.trace


class Sink:
    """Stands for a queue, a pipe, a list, a dict, a lock, and keeps the numbers it is given."""

    def __init__(self, got):
        self.__dict__["got"] = got

    def _take(self, *args, **kwargs):
        self.got.extend(args)
        self.got.extend(kwargs.values())
        return self

    put = put_nowait = append = send = add = update = set = extend = insert = __setitem__ = __call__ = _take

    def __setattr__(self, name, value):
        self.got.append(value)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False

    def __getitem__(self, key):
        return 0

    def __iadd__(self, other):
        self.got.append(other)
        return self


def numbers(value, depth=3):
    """The numbers in what a call gave. A learner's own kind of number is made a
    plain one, so that it cannot say of itself what it is equal to."""
    kind = type(value)
    if issubclass(kind, (int, float)) and kind is not bool:
        yield int.__add__(value, 0) if issubclass(kind, int) else float.__add__(value, 0.0)
    elif depth and isinstance(value, dict):
        for v in value.values():
            yield from numbers(v, depth - 1)
    elif depth and isinstance(value, (list, tuple)) and len(value) < 100:
        for v in value:
            yield from numbers(v, depth - 1)
    elif depth and hasattr(value, "__dict__") and not isinstance(value, (type, types.ModuleType, types.FunctionType, Sink)):
        yield from numbers(vars(value), depth - 1)


def definitions(body):
    for node in body:
        if isinstance(node, KEPT):
            yield node
        elif isinstance(node, ast.Try):
            yield node
        elif isinstance(node, ast.If) and "__name__" not in ast.dump(node.test):
            yield from definitions(node.body)
            yield from definitions(node.orelse)


def called(node):
    """The names that a function's own code uses, but for its own variables."""
    own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} | {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    return {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - own


def reach(name, uses):
    seen, todo = set(), [name]
    while todo:
        n = todo.pop()
        if n in seen:
            continue
        seen.add(n)
        todo.extend(uses.get(n, ()))
    return seen


def guess(function, size, got):
    """The argument lists to try."""
    try:
        params = list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return []
    args, sized, lists = [], False, []
    for p in params:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.kind == p.KEYWORD_ONLY and p.default is p.empty:
            return []
        name = p.name.lower().strip("_")
        words = name.split("_")
        note = p.annotation if isinstance(p.annotation, str) else getattr(p.annotation, "__name__", "")
        if any(w in ZERO_WORDS for w in words) and not any(w in SIZE_WORDS for w in words if w not in ("x", "k")):
            args.append(0)
        elif any(w.rstrip("s") in SIZE_WORDS or w in SIZE_WORDS for w in words) or note == "int":
            args.append(size)
            sized = True
        elif p.default is not p.empty:
            args.append(p.default)
        elif note in ("float", "str", "bool", "Callable"):
            return []
        else:
            args.append(Sink(got))
    lists.append(args)
    if not sized and any(isinstance(a, Sink) for a in args):
        first = next(i for i, a in enumerate(args) if isinstance(a, Sink))
        lists.append(args[:first] + [size] + args[first + 1:])
    return lists


def wanted():
    """For how many seconds this process has wanted a core so far."""
    try:
        with open("/proc/self/schedstat", "rb") as f:  # a text would be decoded by bytecode, which is counted
            cpu, queued, _ = f.read().split()
        return (int(cpu) + int(queued)) / 1e9
    except (OSError, ValueError):
        return time.monotonic()  # it is not told here


def attempt(call, got):
    began, used = time.monotonic(), wanted()

    def late(*_):
        traced = sys.gettrace()
        sys.settrace(None)  # what is done here is none of the call's
        took = time.monotonic() - began
        if took >= SECONDS or wanted() - used < took / 10:
            raise TooLong
        sys.settrace(traced)

    del got[:]
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, WAITING, WAITING)
    try:
        value = call()
    except (Exception, TooLong, Events, SystemExit):
        return None
    finally:
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
    if inspect.iscoroutine(value):
        value.close()
        return None
    found = [v for v in numbers([value, got])]
    return found or None


def execute(tree, folder, script):
    """Execute what defines something; the module, and what to tell of that."""
    sys.argv = [script]
    sys.path.insert(0, folder)
    del sys.modules["usage"]  # the script may have a module of that name
    module = types.ModuleType("submission")
    module.__file__ = os.path.join(folder, script)
    sys.modules["submission"] = module
    told = {}
    for node in definitions(tree.body):
        signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TooLong()))
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            exec(compile(ast.Module(body=[node], type_ignores=[]), script, "exec"), module.__dict__)
        except (Exception, TooLong, SystemExit) as e:
            told.setdefault("error", "%s: %s" % (type(e).__name__, e))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    told["startup_us"] = time.process_time_ns() // 1000
    enabled = getattr(sys, "_is_gil_enabled", None)
    told["gil"] = enabled() if enabled else sys.implementation.name == "cpython"
    return module, told


def answer(module, name, size, counted=False, which=None):
    """What a function or method gives for each list of arguments that may fit;
    where the events are counted, their number and what it gave, if it was let end."""
    got = []
    try:
        owner, _, member = name.rpartition(".")
        function = method(getattr(module, owner), member, size) if owner else getattr(module, name)
        if function is None or not callable(function):
            return []
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        lists = guess(function, size, got)
    except (Exception, SystemExit):
        return []
    if which is not None:
        lists = lists[which:which + 1]
    if not counted:
        return [(attempt(lambda: function(*args), got) or [])[:100] for args in lists]
    told = []
    for args in lists:
        events = Events()

        def call():
            sys.settrace(events.trace)
            return function(*args)

        values = attempt(call, got)
        told.append([events.count] + (values or [])[:1])
    return told


def serve(requests, answers, tree, folder, script):
    """Be the process in which the script's code runs."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    module, told = execute(tree, folder, script)
    for line in requests:
        order = json.loads(line)
        told["values"] = answer(module, order["function"], order["size"], order["counted"], order["which"]) if order["function"] else []
        told["nonce"] = order["nonce"]
        answers.write(json.dumps(told) + "\n")
        answers.flush()


class Callee:
    """The process in which the script's code runs, seen from this one."""

    def __init__(self, *program):
        down, up = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(down[1])
                os.close(up[0])
                serve(os.fdopen(down[0]), os.fdopen(up[1], "w"), *program)
            finally:
                os._exit(0)
        os.close(down[0])
        os.close(up[1])
        self.orders, self.answers = os.fdopen(down[1], "w"), os.fdopen(up[0], errors="replace")

    def ask(self, function, size, counted=False, which=None):
        """The next answer; it is no use where it was there before the question."""
        nonce = random.SystemRandom().randrange(1 << 62)
        try:
            self.orders.write(json.dumps({"function": function, "size": size, "nonce": nonce, "counted": counted, "which": which}) + "\n")
            self.orders.flush()
            told = json.loads(self.answers.readline(MOST))
            if told["nonce"] != nonce:
                raise ValueError
            told["values"] = [[v for v in values if type(v) in (int, float)] for values in told["values"]]
            return told
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            sys.exit("the process in which the functions are called has ended, or does not answer as it should")

    def used(self):
        """The CPU time of its main thread so far, in µs, and how often it slept; None where nobody tells."""
        try:
            with open("/proc/%d/schedstat" % self.pid) as f:
                cpu = int(f.read().split()[0]) // 1000
            with open("/proc/%d/status" % self.pid) as f:
                sleeps = next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))
            return cpu, sleeps
        except (OSError, ValueError, IndexError, StopIteration):
            return None

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def bytecode(callee, name, large, which):
    """Whether a function executes bytecode for each few of its numbers; None where
    that is not clear."""
    few, many = (callee.ask(name, n, counted=True)["values"][which:which + 1] for n in (TINY, large))
    if not few or not many:
        return None
    (few, *at_few), (many, *at_many) = few[0], many[0]
    if many - few > CUTS or few >= CONSTANT:
        return True
    if not at_few or not at_many and 2 * many < few:
        return None  # it did not end
    # Where it was not let end, it spent its time in C code.
    return False if few <= AROUND or at_few != at_many else None


def alone(folder, script, trials, size):
    """Note what each function uses when it is called alone, in several calls, which
    are made in turn, so that they meet the same machine. The first calls are slower."""
    if not trials:
        return
    callee = Callee(parse(folder, script), folder, script)
    for trial, which in trials:
        callee.ask(trial["function"], size // 4 or 1, which=which)
    for _ in range(CALLS if len(trials) > 1 else 1):  # one alone has nothing to be compared with
        for trial, which in trials:
            before = callee.used()
            values = callee.ask(trial["function"], size, which=which)["values"]
            after = callee.used()
            cpu = after[0] - before[0] if before and after else 0
            if cpu < LEAST_ALONE or not values or not values[0]:
                continue
            sleeps = max(0, after[1] - before[1] - 2)  # it waited for the order, and for the next
            trial.setdefault("alone_us", []).append(cpu)
            trial["sleeps"] = min(sleeps, trial.get("sleeps", sleeps))
    callee.end()


def lines(tree, names):
    """The first and last lines of all functions and classes with these names."""
    found = [(n.lineno, n.end_lineno) for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and n.name in names]
    found += [(n.lineno, n.end_lineno) for n in ast.walk(tree) if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id in names for t in n.targets)]
    return [{"from": a, "to": b} for a, b in sorted(set(found))][:MOST_LINES]


def parse(folder, script):
    with open(os.path.join(folder, script), "rb") as f:
        return ast.parse(f.read(), filename=script)


def functions(tree):
    """The names and lines of what can be called, and the names that each uses."""
    found, uses = [], {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            uses.setdefault(node.name, set()).update(called(node))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Lambda):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                uses[target.id] = called(node.value)
                found.append((target.id, node))
        elif isinstance(node, ast.ClassDef):
            for sub in node.body:
                if isinstance(sub, ast.FunctionDef) and sub.name not in ("__init__", "main"):
                    found.append((node.name + "." + sub.name, sub))
    return found, uses


def main():
    folder, script, order = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    size = order["size"]
    tree = parse(folder, script)
    found, uses = functions(tree)
    busy = {n for n in uses if BUSY & uses[n]}
    targets = set()
    for t in order["targets"]:
        targets |= reach(t, uses)
    ways = {way: set().union(*(reach(n, uses) for n in names)) for way, names in (order["ways"] or {}).items()}
    idle, tried = usage.idle([tree]), []
    callee = Callee(tree, folder, script)
    told = callee.ask("", 0)
    out = {"called": [], "gil": told["gil"], "startup_us": told["startup_us"]}
    if "error" in told:
        out["error"] = str(told["error"])
    for name, node in found:
        simple = name.split(".")[-1]
        if reach(simple, uses) & busy or BUSY & uses.get(simple, set()) or simple in idle:
            continue
        drawn = size + random.SystemRandom().randrange(size)
        wanted = [eval(e, {"n": n}) for e in order["accept"] for n in (drawn, size)]  # a constant is the small size
        for which, values in enumerate(callee.ask(name, drawn)["values"]):
            if not values:
                continue
            # A whole number is right to the last one: at these sizes 1 is missed by no more than 1e-9 of all.
            right = any(v == w or isinstance(v, float) and abs(v - w) <= 1e-12 * abs(w) for v in values for w in wanted)
            target = simple in targets or name in targets
            if not right and not (target and any(isinstance(v, int) and v > size for v in values)):
                continue  # a timer, a counter: not the task
            trial = {"function": name, "line": node.lineno, "accepted": right, "size": drawn, "target": target, "want": str(wanted[0])[:80],
                     "got": ", ".join(str(v)[:80] for v in values[:3])[:80]}
            if right:
                trial["bytecode"] = bytecode(callee, name, order["large"], which)
                trial["ways"] = sorted(way for way, names in ways.items() if simple in names)
                tried.append((trial, which))
            out["called"].append(trial)
            if right:
                break
    callee.end()
    right = {t["function"].split(".")[-1] for t in out["called"] if t["accepted"]}
    out["work"] = lines(tree, set().union(targets, *(reach(n, uses) for n in right))) if right else []
    alone(order["copy"], script, [t for t in tried if t[0]["ways"]][:MOST_ALONE], order["alone"])
    print(json.dumps(out))


def method(cls, name, size):
    """A method that can be called with the rest of its arguments."""
    raw = inspect.getattr_static(cls, name)
    if isinstance(raw, (staticmethod, classmethod)):
        return getattr(cls, name)
    got = []
    lists = guess(cls, size, got)
    for args in lists or [[]]:
        try:
            instance = cls(*args)
        except Exception:
            continue
        bound = getattr(instance, name)

        def call(*rest, bound=bound, instance=instance, got=got):
            value = bound(*rest)
            if value is not None:
                return value
            kept = {k: v for k, v in vars(instance).items() if v is not size}
            return [kept, got]

        call.__signature__ = inspect.signature(bound)
        return call
    return None


main()
