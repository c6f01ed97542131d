"""Recognise how a script starts its workers, waits for them and measures.

find(sources) gives a list of findings {"id", "file", "line", "text"}. An id
is PATTERN or KIND.PATTERN, where KIND is threads, processes, or workers for
code that serves both. A finding explains what was observed; it is never the
evidence itself.
"""
import ast
import re

import mistakes
import usage
from names import COMPREHENSIONS, FUNCTIONS, LOOPS, PROCESSES, THREADS, Names

DUMMY = {"multiprocessing.dummy.Pool", "multiprocessing.dummy.Process", "multiprocessing.pool.ThreadPool"}
POOLS = ("Pool", "ThreadPool", "ThreadPoolExecutor", "ProcessPoolExecutor")
CLOCKS = {"time", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "time_ns", "default_timer", "process_time"}
CPU = {"process_time", "process_time_ns", "thread_time", "thread_time_ns", "getrusage", "times", "cpu_percent", "cpu_times",
       "clock_getcpuclockid", "cpu_times_percent", "clock"}
CPU_TEXT = ("/proc/", "CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID", "mpstat", "psutil")
UNITS = {0, 1, 10, 60, 100, 1000, 3600, 1e4, 1e6, 1e9, 1e-3, 1e-6, 1e-9}


def find(sources):
    found, idle = [], usage.idle([tree for _, tree in sources.values()])
    beside = {part for name in sources for part in name.replace(".py", "").split("/")}
    for name, (data, tree) in sources.items():
        lines = data.decode("utf-8", "replace").splitlines()
        reader = Reader(tree, idle, beside)
        reader.read()
        for id, line in reader.found:
            text = lines[line - 1].strip()[:120] if 0 < line <= len(lines) else ""
            found.append({"id": id, "file": name, "line": line, "text": text})
    unique = {(f["id"], f["file"], f["line"]): f for f in found}
    return sorted(unique.values(), key=lambda f: (f["file"], f["line"], f["id"]))


class Reader(Names):
    def __init__(self, tree, idle=(), beside=()):
        super().__init__(tree)
        self.found, self.idle, self.beside = [], idle, beside
        self.squares = set()  # names of the functions that square

    def add(self, id, node, kind=None):
        self.found.append(((kind + "." if kind else "") + id, getattr(node, "lineno", 0)))

    def read(self):
        self.makers = [(n, k) for n in self.nodes for k in [self.kind_of_call(n)] if k]
        self.targets()
        self.parts()
        self.starting()
        self.waiting()
        self.pools()
        self.task()
        self.measuring()
        self.clocks()
        mistakes.find(self)

    def targets(self):
        """The functions handed to workers, as findings target:NAME, after their kind where that is known."""
        self.target_names, handed_names, kinds = set(), [], {}
        for node in self.nodes:
            if not isinstance(node, ast.Call):
                continue
            handed = [k.value for k in node.keywords if k.arg in ("target", "func", "function")]
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("submit", "map", "starmap", "apply", "apply_async", "imap", "imap_unordered",
                                                                          "map_async", "starmap_async", "to_thread") and node.args:
                handed.append(node.args[0])
            if isinstance(node.func, ast.Attribute) and node.func.attr == "run_in_executor" and len(node.args) > 1:
                handed.append(node.args[1])
            handed_names += [h for h in handed if isinstance(h, ast.Name)]
            kind = self.kind_of_call(node) or isinstance(node.func, ast.Attribute) and self.receiver(node) or self.kind_beside(node, handed)
            for h in handed:
                for sub in ast.walk(h):
                    name = sub.id if isinstance(sub, ast.Name) else sub.attr if isinstance(sub, ast.Attribute) else None
                    if name in self.functions:
                        self.target_names.add(name)
                        kinds.setdefault(name, set()).add(kind)
        self.target_names |= self.passed_on(handed_names)
        for name, node in self.classes.items():
            if name in self.kinds:
                self.target_names.update(n.name for n in node.body if isinstance(n, FUNCTIONS) and n.name == "run")
        for name in sorted(self.target_names):
            self.add("target:" + name, self.functions[name])
            for kind in sorted(kinds.get(name, set()) & {"threads", "processes"}):
                self.add("target:" + name, self.functions[name], kind)

    def kind_beside(self, call, handed):
        """The kind of the class of workers that a call of a function of this file is given beside a function."""
        _, values = self.passed(call)
        found = {k for v in values.values() for k in [self.kind_given(v)] if k}
        if len(found) == 1:
            handed += [v for v in values.values() if isinstance(v, ast.Name) and v.id in self.functions and v not in handed]
            return found.pop()
        return None

    def passed_on(self, handed):
        """The functions that are handed to a function of this file, which hands them to workers under its parameter's name."""
        found = set()
        for name in handed:
            owner = self.function_of(name)
            parameters = [a.arg for a in owner.args.args] if isinstance(owner, FUNCTIONS) else []
            if name.id not in parameters:
                continue
            for call in self.nodes:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == owner.name:
                    given = dict(zip(parameters, call.args), **{k.arg: k.value for k in call.keywords if k.arg})
                    value = given.get(name.id)
                    if isinstance(value, ast.Name) and value.id in self.functions:
                        found.add(value.id)
        return found

    def parts(self):
        kinds = {k for _, k in self.makers}
        passed = {d for n in self.nodes if isinstance(n, (ast.Name, ast.Attribute)) for d in [self.dotted(n)] if d}
        for kind, known in (("threads", THREADS), ("processes", PROCESSES)):
            makers = [n for n, k in self.makers if k == kind]
            for m in makers:
                self.add("here", m, kind)
            if not makers and not passed & known and not any(k == kind for k in self.kinds.values()):
                self.add("missing", None, kind)
        for node in self.nodes:
            if isinstance(node, FUNCTIONS) and any(w in node.name.lower() for w in ("sequen", "serial", "single", "baseline")):
                self.add("here", node, "sequential")
                self.add("target:" + node.name, node, "sequential")
            if isinstance(node, ast.AsyncFunctionDef):
                self.add("asyncio-used", node)
        processes = [n for n, k in self.makers if k == "processes"]
        singles = [n for n in processes if (self.dotted(n.func) or "").split(".")[-1] not in POOLS]
        if len(processes) == 1 and singles and not self.in_loop(singles[0]):
            self.add("one-worker", singles[0], "processes")
        for n, k in self.makers:
            dotted = self.dotted(n.func)
            if dotted in DUMMY:
                self.add("dummy-pool", n, "processes")
            elif k == "threads" and isinstance(n.func, (ast.Name, ast.Attribute)):
                written = n.func.id if isinstance(n.func, ast.Name) else n.func.attr
                if "process" in written.lower():
                    self.add("threads-by-another-name", n, "processes")
        named = sorted((n for n in self.nodes if isinstance(n, (ast.Name, ast.Attribute)) and self.dotted(n) in PROCESSES), key=lambda n: n.lineno)
        if (processes or named) and not self.guarded():
            self.add("no-main-guard", (processes or named)[0])

    def guarded(self):
        return any(isinstance(n, ast.If) and "__main__" in ast.dump(n.test) for n in self.tree.body)

    def guards(self, node):
        """Whether the node stands under `if __name__ == "__main__":`."""
        while node in self.parent:
            node = self.parent[node]
            if isinstance(node, ast.If) and "__main__" in ast.dump(node.test):
                return True
        return False

    def starting(self):
        for node in self.nodes:
            if not isinstance(node, ast.Call):
                continue
            kind = self.kind_of_call(node)
            for k in node.keywords:
                if k.arg == "target" and kind and self.runs_now(k.value):
                    self.add("target-called", node if not hasattr(k.value, "lineno") else k.value, kind)
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("submit", "apply_async", "map") and node.args and self.runs_now(node.args[0]):
                kind = self.receiver(node)
                if kind:
                    self.add("target-called", node, kind)
        for node in self.methods("run"):
            kind = self.receiver(node)
            if kind and not (isinstance(node.func.value, ast.Call) and isinstance(node.func.value.func, ast.Name) and node.func.value.func.id == "super"):
                self.add("run-not-start", node, kind)
        started = [self.receiver(n) for n in self.methods("start")]
        for node, kind in self.makers:
            last = (self.dotted(node.func) or "").split(".")[-1]
            if kind in ("threads", "processes") and (last in ("Thread", "Process") or isinstance(node.func, ast.Name) and node.func.id in self.kinds):
                if kind not in started and "workers" not in started and None not in started:
                    self.add("no-start", node, kind)
        for node in self.nodes:
            if isinstance(node, ast.keyword) and node.arg == "daemon" and self.value(node.value) is True:
                self.add("daemon", node.value, self.kind_of_call(self.parent[node]) or "workers")

    def runs_now(self, node):
        """Whether the expression is a call of a function of this file that gives no function back, of one that is
        passed in, or of a sleep."""
        if not isinstance(node, ast.Call) or self.dotted(node.func) == "time.sleep":
            return isinstance(node, ast.Call)
        around = self.function_of(node)
        if isinstance(node.func, ast.Name) and isinstance(around, FUNCTIONS) and any(a.arg == node.func.id for a in around.args.args):
            return True
        if not isinstance(node.func, ast.Name) or node.func.id not in self.functions:
            return False
        for sub in ast.walk(self.functions[node.func.id]):
            if isinstance(sub, ast.Return) and isinstance(sub.value, (ast.Lambda, ast.Name)):
                inner = sub.value
                if isinstance(inner, ast.Lambda) or inner.id in self.functions:
                    return False
        return True

    def waiting(self):
        starts = self.methods("start")
        joins = self.joins()
        for start in starts:
            self.joined_in_loop(start, starts, joins)
        for function in list(self.functions.values()) + [self.tree]:
            self.clock_before_join(function, starts, joins)
        joined = {self.receiver(j) for j in joins}
        uncalled = self.uncalled_joins()
        for start in starts:
            kind = self.receiver(start)
            if kind in ("threads", "processes", "workers") and kind not in joined and None not in joined and "workers" not in joined:
                self.add("no-join", uncalled.get(kind, start), kind)
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                self.result_at_once(node)

    def joins(self):
        """Gives the joins of workers: not those of texts and paths."""
        joins = self.methods("join")
        return [j for j in joins if not (isinstance(j.func.value, ast.Constant) or len(j.args) == 1 and not isinstance(j.args[0], ast.Constant) and self.receiver(j) is None
                                          or (self.dotted(j.func) or "").startswith("os.path"))]

    def uncalled_joins(self):
        """Gives, by kind, a `worker.join` that stands without parentheses and calls nothing."""
        alone = [n for n in self.nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Attribute) and n.value.attr == "join"]
        return {self.kind_of_value(n.value.value, scope=self.function_of(n)): n for n in alone}

    def joined_in_loop(self, start, starts, joins):
        """Finds a join before all are started."""
        same = lambda a, b: ast.dump(a.func.value) == ast.dump(b.func.value)
        kind = self.receiver(start)
        for join in joins:
            if not same(start, join) or self.function_of(start) is not self.function_of(join):
                continue
            loop = self.in_loop(start)
            kind = kind or self.receiver(join) or "workers"
            if loop is not None and self.in_loop(join) is loop:
                self.add("join-in-start-loop", join, kind)
            elif loop is None and join.lineno >= start.lineno:
                name = getattr(self.function_of(start), "name", None)
                later = [s for s in starts if s.lineno > join.lineno and self.function_of(s) is self.function_of(start)
                         and self.receiver(s) == kind and not same(s, start) and self.in_loop(s) is None]
                again = [c for c in self.nodes if isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id == name and self.in_loop(c)]
                single = isinstance(start.func.value, ast.Name)
                if single and (later and kind in ("threads", "processes") or again):
                    self.add("join-in-start-loop", join, kind)

    def clock_before_join(self, function, starts, joins):
        """Finds a measurement that ends before the join."""
        mine = lambda n: self.function_of(n) is function
        began = [s for s in starts if mine(s)]
        ended = [j for j in joins if mine(j)]
        reads = [n for n in self.nodes if isinstance(n, ast.Call) and mine(n) and self.ends_measuring(n)]
        for join in ended:
            before = [s for s in began if s.lineno < join.lineno]
            if not before:
                continue
            early = [r for r in reads if before[-1].lineno < r.lineno < join.lineno]
            later = [r for r in reads if r.lineno > join.lineno and not any(join.lineno < s.lineno < r.lineno for s in began)]
            if early and not later:
                self.add("clock-before-join", early[0], self.receiver(join) or self.receiver(before[-1]) or "workers")

    def result_at_once(self, node):
        """Finds submit(...).result(), apply_async(...).get(), apply(...), and a pool that is not waited for."""
        if node.func.attr in ("result", "get"):
            value = node.func.value
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in ("submit", "apply_async"):
                self.add("result-at-once", node, self.receiver(value) or "workers")
            elif isinstance(value, ast.Name) and self.in_loop(node) is not None:
                for other in self.nodes:
                    if isinstance(other, ast.Assign) and isinstance(other.value, ast.Call) and isinstance(other.value.func, ast.Attribute) \
                            and other.value.func.attr in ("submit", "apply_async") and self.in_loop(other) is self.in_loop(node) \
                            and any(isinstance(t, ast.Name) and t.id == value.id for t in other.targets):
                        self.add("result-at-once", node, self.receiver(other.value) or "workers")
        elif node.func.attr == "apply":
            kind = self.receiver(node)
            if kind:
                self.add("result-at-once", node, kind)
        elif node.func.attr == "shutdown" and any(k.arg == "wait" and self.value(k.value) is False for k in node.keywords):
            self.add("no-join", node, self.receiver(node) or "workers")

    def ends_measuring(self, call):
        """Whether the call takes the second time of a measurement: clock() - start, or watch.stop()."""
        last = (self.dotted(call.func) or "").split(".")[-1]
        if last in CLOCKS:
            above = self.parent.get(call)
            return isinstance(above, ast.BinOp) and isinstance(above.op, ast.Sub) and above.left is call
        return isinstance(call.func, ast.Attribute) and call.func.attr in ("stop", "lap") and not self.receiver(call)

    def pools_passed_in(self):
        """Finds `with make(4) as pool:`, where make is a parameter and a class of pools is handed over somewhere."""
        handed = {"ThreadPoolExecutor", "ProcessPoolExecutor", "Pool", "ThreadPool"} & {
            (self.dotted(n) or "").split(".")[-1] for n in self.nodes if isinstance(n, (ast.Name, ast.Attribute))
            and not (isinstance(self.parent.get(n), ast.Call) and self.parent[n].func is n)}
        for node in self.nodes:
            call = node.context_expr if isinstance(node, ast.withitem) else None
            scope = self.function_of(node) if isinstance(call, ast.Call) else None
            if handed and isinstance(scope, FUNCTIONS) and isinstance(call.func, ast.Name) and any(a.arg == call.func.id for a in scope.args.args):
                self.add("pool", call, "workers")
                if any(type(self.value(a)) is int and self.value(a) >= 4 for a in call.args[:1] + [k.value for k in call.keywords]):
                    self.add("wide-pool", call, "workers")

    def pools(self):
        self.pools_passed_in()
        for node, kind in self.makers:
            last = (self.dotted(node.func) or "").split(".")[-1]
            if last in POOLS or kind == "workers" and not any(k.arg == "target" for k in node.keywords):
                self.add("pool", node, kind)
            if last in POOLS or kind == "workers":
                first = node.args[:1] + [k.value for k in node.keywords if k.arg in ("max_workers", "processes")]
                if any(self.value(a) == 1 for a in first):
                    self.add("pool-of-one", node, kind)
                if any(type(self.value(a)) is int and self.value(a) >= 4 for a in first) or not first and last == "ThreadPoolExecutor":
                    self.add("wide-pool", node, kind)
                if not node.args and not any(k.arg in ("max_workers", "processes") for k in node.keywords):
                    self.add("default-size", node, kind)
        for node in self.nodes:  # the whole task under a lock
            if not isinstance(node, ast.With):
                continue
            for item in node.items:
                text = ast.dump(item.context_expr).lower()
                if ("lock" in text or "semaphore" in text or "mutex" in text) and (self.works(node.body) or self.passes_on(node)):
                    kinds = {k for _, k in self.makers}
                    self.add("lock-held", item.context_expr, "workers" if len(kinds) != 1 else kinds.pop())
        for node in self.methods("acquire"):
            function = self.function_of(node)
            if isinstance(function, FUNCTIONS) and function.name in self.target_names and self.works(function.body):
                self.add("lock-held", node, "workers")
        for node, kind in self.makers:  # a thread that starts a process
            for k in node.keywords:
                if kind == "threads" and k.arg == "target" and isinstance(k.value, ast.Name):
                    self.follow(k.value.id, set())
            if kind == "threads" and isinstance(node.func, ast.Name) and node.func.id in self.classes:
                for sub in ast.walk(self.classes[node.func.id]):
                    if self.kind_of_call(sub) == "processes":
                        self.add("fork-in-thread", sub, "threads")
        for node in self.methods("submit") + self.methods("map"):
            if self.receiver(node) == "threads" and node.args and isinstance(node.args[0], ast.Name):
                self.follow(node.args[0].id, set())

    def passes_on(self, node):
        """Whether a worker gives what it was given to another function, under this `with`, and returns what that gives."""
        function = self.function_of(node)
        if not isinstance(function, FUNCTIONS) or function.name not in self.target_names:
            return False
        given = {a.arg for a in function.args.args}
        return any(isinstance(n, ast.Return) and isinstance(n.value, ast.Call) and any(isinstance(a, ast.Name) and a.id in given for a in n.value.args)
                   for statement in node.body for n in ast.walk(statement))

    def follow(self, name, seen):
        if name in seen or name not in self.functions:
            return
        seen.add(name)
        for sub in ast.walk(self.functions[name]):
            if self.kind_of_call(sub) == "processes":
                self.add("fork-in-thread", sub, "threads")
            elif isinstance(sub, ast.Call) and isinstance(sub.func, ast.Name):
                self.follow(sub.func.id, seen)

    def works(self, body):
        """Whether these statements compute: they loop, or call a function of this file that does."""
        for statement in body:
            for sub in ast.walk(statement):
                if isinstance(sub, LOOPS + COMPREHENSIONS):
                    return True
                if isinstance(sub, ast.Call) and isinstance(sub.func, ast.Name) and sub.func.id in self.functions:
                    if any(isinstance(s, LOOPS + COMPREHENSIONS) for s in ast.walk(self.functions[sub.func.id])):
                        return True
        return False

    def task(self):
        self.squared()
        for function in self.functions.values():
            self.shortcuts(function)
        for function in self.functions.values():
            self.clocked(function)
        self.sleeps()
        self.divided()

    def squared(self):
        """Finds squares, and the task called directly, not handed over."""
        for node in self.nodes:
            if self.is_square(node) and getattr(self.function_of(node), "name", None) not in self.idle:
                self.add("squares", node)
                self.squares.add(getattr(self.function_of(node), "name", None))
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.squares:
                name = getattr(self.function_of(node), "name", None)
                if name not in self.target_names and name not in self.squares:
                    self.add("here", node, "sequential")

    def is_square(self, node):
        if isinstance(node, ast.BinOp):
            constant = isinstance(node.left, ast.Constant)
            return not constant and (isinstance(node.op, ast.Mult) and ast.dump(node.left) == ast.dump(node.right)
                                     or isinstance(node.op, ast.Pow) and self.value(node.right) == 2)
        if not isinstance(node, ast.Call):
            return False
        name = (self.dotted(node.func) or "").split(".")[-1]
        same = lambda i: ast.dump(node.args[i]) == ast.dump(node.args[i + 1])
        return (name in ("pow", "power") and len(node.args) == 2 and self.value(node.args[1]) == 2
                or name in ("sumprod", "mul", "dot", "vdot", "inner") and len(node.args) == 2 and same(0)
                or name == "map" and len(node.args) == 3 and same(1))

    def shortcuts(self, function):
        """Finds what spares a function its work: a formula, a cache."""
        loops = [n for n in ast.walk(function) if isinstance(n, LOOPS + COMPREHENSIONS)]
        calls = {(self.dotted(n.func) or "").split(".")[-1] for n in ast.walk(function) if isinstance(n, ast.Call)}
        divided = [n for n in ast.walk(function) if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.FloorDiv, ast.Div)) and self.value(n.right) == 6]
        if divided and not loops and not calls & {"sum", "map", "reduce"}:
            self.add("closed-form", divided[0])
        for d in function.decorator_list:
            name = (self.dotted(d.func if isinstance(d, ast.Call) else d) or "").split(".")[-1]
            if name in ("lru_cache", "cache", "memoize", "memoized", "cached"):
                self.add("cached-task", d)
        for test in ast.walk(function):  # if n in cache: return cache[n]
            if isinstance(test, ast.If) and isinstance(test.test, ast.Compare) and len(test.test.ops) == 1 and isinstance(test.test.ops[0], (ast.In, ast.NotIn)):
                store = ast.dump(test.test.comparators[0])
                if any(isinstance(s, ast.Subscript) and ast.dump(s.value) == store for s in ast.walk(function)) and self.works(function.body):
                    self.add("cached-task", test)
        for call in ast.walk(function):  # cache.get(n), then cache[n] = ...
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "setdefault") and isinstance(call.func.value, ast.Name):
                low = call.func.value.id.lower()
                if any(w in low for w in ("cache", "memo", "known", "seen", "store", "done")):
                    self.add("cached-task", call)

    def clocked(self, function):
        """Finds a loop that a clock ends."""
        calls = {(self.dotted(n.func) or "").split(".")[-1] for n in ast.walk(function) if isinstance(n, ast.Call)}
        if calls & {"sleep", "wait", "join"}:
            return
        for loop in ast.walk(function):
            tests = []
            if isinstance(loop, ast.While):
                tests.append(loop.test)
            if isinstance(loop, LOOPS):
                tests += [n.test for n in ast.walk(loop) if isinstance(n, ast.If) and any(isinstance(s, (ast.Break, ast.Return)) for s in n.body)]
            for test in tests:
                if any(isinstance(n, ast.Call) and (self.dotted(n.func) or "").split(".")[-1] in CLOCKS | CPU for n in ast.walk(test)):
                    self.add("clocked-task", test)

    def sleeps(self):
        """Finds what waits instead of working, and what never ends."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and (self.dotted(node.func) or "") in ("time.sleep", "asyncio.sleep"):
                loop = self.in_loop(node)
                polling = isinstance(loop, ast.While)
                if not polling and not self.beside_work(node) and self.value(node.args[0] if node.args else None) != 0:
                    self.add("sleep", node)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "wait" and node.args and self.in_loop(node) is None:
                function = self.function_of(node)
                if isinstance(function, FUNCTIONS) and function.name in self.target_names and not self.works(function.body):
                    self.add("sleep", node)
            if isinstance(node, ast.While) and self.value(node.test) in (True, 1):
                ends = [n for n in ast.walk(node) if isinstance(n, (ast.Break, ast.Return, ast.Raise))]
                if not ends:
                    self.add("endless-loop", node)

    def beside_work(self, node):
        """Whether the node stands in one of the functions handed to workers, and another one of them computes."""
        inside = getattr(self.function_of(node), "name", None)
        return inside in self.target_names and any(self.works(self.functions[t].body) for t in self.target_names - {inside})

    def divided(self):
        """Finds a size that is divided among the workers."""
        for node in self.nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
                names = {n.id.lower() for n in ast.walk(node.left) if isinstance(n, ast.Name)}
                by = {n.id.lower() for n in ast.walk(node.right) if isinstance(n, ast.Name)}
                if names and (self.value(node.right) == 4 or any(w in b for b in by for w in ("worker", "thread", "proc", "task", "core", "part", "chunk", "count", "n_"))):
                    kinds = {k for n, k in self.makers if self.function_of(n) is self.function_of(node)}
                    self.add("divided-size", node, kinds.pop() if len(kinds) == 1 else None)

    def measuring(self):
        for node in self.nodes:
            if isinstance(node, (ast.Attribute, ast.Name)):
                last = (self.dotted(node) or "").split(".")[-1]
                attr = node.attr if isinstance(node, ast.Attribute) else last
                if (attr in CPU or last in CPU) and (isinstance(node, ast.Attribute) or node.id in self.names):
                    self.add("cpu-measured", node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and any(t in node.value for t in CPU_TEXT):
                self.add("cpu-measured", node)
            if isinstance(node, ast.Attribute) and node.attr in ("CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID"):
                self.add("cpu-measured", node)
            if isinstance(node, ast.Attribute) and node.attr == "getloadavg":
                self.add("load-average", node)
            if isinstance(node, ast.Attribute) and node.attr in ("sched_setaffinity", "cpu_affinity") and isinstance(self.parent.get(node), ast.Call):
                self.add("affinity", node)
        if not any(id == "cpu-measured" for id, _ in self.found):
            self.add("cpu-missing", None)

    def clocks(self):
        # The names of what is the difference of two readings of a clock.
        self.measured = {t.id.lower() for n in self.nodes if isinstance(n, ast.Assign) and isinstance(n.value, ast.BinOp) and isinstance(n.value.op, ast.Sub)
                         and isinstance(n.value.left, ast.Call) and self.ends_measuring(n.value.left) for t in n.targets if isinstance(t, ast.Name)}
        for node in self.nodes:
            self.patched_clock(node)
            self.scaled_figure(node)
        for node in self.nodes:
            self.constant_figure(node)

    def patched_clock(self, node):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else []
        for t in targets:
            if isinstance(t, ast.Attribute) and t.attr in CLOCKS and self.dotted(t.value) in ("time", "timeit"):
                self.add("patched-clock", t)
            elif isinstance(t, ast.Name) and t.id in CLOCKS and not (isinstance(node.value, (ast.Attribute, ast.Name))):
                if isinstance(node.value, (ast.Lambda, ast.Call, ast.BinOp)) and not self.plain(node.value):
                    self.add("patched-clock", t)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
            if self.dotted(node.args[0]) in ("time", "timeit"):
                self.add("patched-clock", node)
        if isinstance(node, FUNCTIONS + (ast.Lambda,)):
            returned = [node.body] if isinstance(node, ast.Lambda) else [r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value is not None]
            for r in returned:
                if self.scaled(r):
                    self.add("patched-clock", r)

    def scaled_figure(self, node):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, (ast.Mult, ast.Div, ast.Add)):
            sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.target, node.value]
            factor = [v for s in sides for v in [self.value(s)] if isinstance(v, (int, float)) and not isinstance(v, bool)]
            names = {n.id.lower() if isinstance(n, ast.Name) else n.attr.lower() for s in sides for n in ast.walk(s) if isinstance(n, (ast.Name, ast.Attribute))}
            timed = any(w in n for n in names for w in ("speed", "elapsed", "_time", "seconds", "duration", "wall", "took")) or names & self.measured
            if factor and factor[0] not in UNITS and abs(factor[0]) > 1e-6 and timed and not isinstance(factor[0], complex):
                self.add("scaled-figure", node)

    def constant_figure(self, node):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id.lower() for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            timed = any(w in n for n in names for w in ("time", "elapsed", "second", "speed", "wall", "util", "cpu", "took", "result", "duration"))
            if timed and any(isinstance(n, ast.Constant) and isinstance(n.value, float) and n.value not in UNITS and n.value > 0.05 for n in ast.walk(node.value)):
                if not any(isinstance(n, ast.Call) for n in ast.walk(node.value)):
                    self.add("constant-figure", node)
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            last = (self.dotted(node.func) or "").split(".")[-1]
            if last in ("print", "write", "info", "warning", "debug", "log"):
                for sub in ast.walk(node):
                    if isinstance(sub, ast.Constant) and isinstance(sub.value, str) and figure(sub.value) or \
                            isinstance(sub, ast.FormattedValue) and isinstance(sub.value, ast.Constant) and isinstance(sub.value.value, float):
                        self.add("constant-figure", sub if hasattr(sub, "lineno") else node)

    def plain(self, node):
        return not any(isinstance(n, ast.BinOp) for n in ast.walk(node))

    def scaled(self, node):
        """Whether the expression is one reading of a clock, changed by a factor that is no unit."""
        if not isinstance(node, ast.BinOp):
            return False
        clocks = [n for n in ast.walk(node) if isinstance(n, ast.Call) and (self.dotted(n.func) or "").split(".")[-1].lstrip("_") in CLOCKS
                  or isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and any(w in n.func.id.lower() for w in ("real", "orig", "true_"))]
        factors = [v for n in ast.walk(node) for v in [self.value(n)] if isinstance(v, (int, float)) and not isinstance(v, bool)]
        return len(clocks) >= 1 and any(f not in UNITS for f in factors)


def figure(text):
    """Whether a printed text holds a time or a speedup that nobody measured."""
    return re.search(r"\d+\.\d+\s*(s\b|sec|ms\b|x\b|%)", text) is not None
