"""Recognise mistakes of those who meet threads and processes for the first time.

Each function here takes a patterns.Reader and adds its findings to it. None is
evidence: honest code may do most of these things where it does no harm.
"""
import ast
import importlib.util
import re

from names import COMPREHENSIONS, FUNCTIONS, LOOPS

CHANGES = ("append", "extend", "insert", "add", "update", "setdefault")
LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore")
WAITS = ("shutdown", "result", "exception", "wait", "as_completed", "gather", "wrap_future", "close")
LIBRARY = re.compile(r"\.(so|dylib|dll)(\.\d+)*$")
WALL = {"time", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "time_ns", "default_timer"}
CHILDREN = ("RUSAGE_CHILDREN", "children_user", "children_system", "cutime", "cstime", "psutil", "/proc/")
OLD = re.compile(r"^\s*(print\s+[^\s(=,.\[].*|exec\s+[\"'].*|except\s+[\w.]+\s*,\s*\w+\s*:.*|raise\s+\w+\s*,.*)$|\bxrange\s*\(|<>")


def find(reader):
    for mistake in (changed_copies, late_bindings, own_locks, powers, bare_libraries, own_clocks, whole_clocks, uncounted_children, clocks_not_reset,
                    late_locks, ready_answers, early_arguments, gil_questions, small_pools, questions, repeated_start_methods, missing_modules,
                    untupled_arguments, dropped_tasks):
        mistake(reader)


def last(reader, node):
    return (reader.dotted(node) or "").split(".")[-1]


def calls(reader, *names):
    return [n for n in reader.nodes if isinstance(n, ast.Call) and last(reader, n.func) in names]


# -- what a process changes -------------------------------------------------

def handed(reader):
    """(kind, maker, function or lambda, the expressions that become its arguments), for all that is handed to a worker."""
    for node, kind in reader.makers:
        given = {k.arg: k.value for k in node.keywords}
        args = given.get("args")
        yield kind, node, given.get("target"), args.elts if isinstance(args, (ast.Tuple, ast.List)) else []
    for name in ("submit", "apply_async"):
        for node in reader.methods(name):
            kind = reader.receiver(node)
            if node.args and kind:
                yield kind, node, node.args[0], node.args[1:]


def body(reader, function):
    """The function's own node: a lambda, or a function of this file; None for others."""
    if isinstance(function, ast.Name):
        return reader.functions.get(function.id)
    return function if isinstance(function, ast.Lambda) else None


def changed_copies(reader):
    """Finds a list, dict or number of the parent that a function changes which runs in a process."""
    for kind, _, function, given in handed(reader):
        node = body(reader, function)
        if kind != "processes" or node is None:
            continue
        a = node.args
        parameters = [p.arg for p in getattr(a, "posonlyargs", []) + a.args]
        passed = dict(zip(parameters, given))
        for change, name in changes(node):
            owner = passed.get(name, None) if name in parameters else ast.Name(id=name)
            if isinstance(owner, ast.Name) and plain(reader, owner.id, node):
                reader.add("changes-its-copy", change, "processes")


def changes(function):
    """(node, name) for each change of a list, dict or number that has a name."""
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    shared = {name for n in ast.walk(function) if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names}
    own = stored - shared
    for n in ast.walk(function):
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in CHANGES:
            owner = n.func.value
        elif isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store):
            owner = n.value
        elif isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name) and n.target.id in shared:
            owner = n.target
        else:
            continue
        if isinstance(owner, ast.Name) and owner.id not in own:
            yield n, owner.id


def plain(reader, name, function):
    """Whether the name stands, outside of the function, for an ordinary list, dict, set or number: no manager's, no queue."""
    inside = set(ast.walk(function))
    values = [n.value for n in reader.nodes if isinstance(n, ast.Assign) and n not in inside and any(isinstance(t, ast.Name) and t.id == name for t in n.targets)]
    return bool(values) and all(ordinary(v) for v in values)


def ordinary(value):
    if isinstance(value, ast.BinOp):
        return ordinary(value.left) or ordinary(value.right)
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("list", "dict", "set", "defaultdict", "Counter")
    return isinstance(value, (ast.List, ast.Dict, ast.Set, ast.Constant) + COMPREHENSIONS)


def ready_answers(reader):
    """Finds a list to which workers append, each when it is ready, and which is returned as it is."""
    returned = {n.value.id: reader.function_of(n) for n in reader.nodes if isinstance(n, ast.Return) and isinstance(n.value, ast.Name)}
    for _, _, function, given in handed(reader):
        node = body(reader, function)
        if node is None:
            continue
        passed = dict(zip([p.arg for p in node.args.args], given))
        for change, name in changes(node):
            owner = passed.get(name, ast.Name(id=name))
            if isinstance(change, ast.Call) and change.func.attr == "append" and isinstance(owner, ast.Name) and returned.get(owner.id) not in (None, node):
                reader.add("unordered", change)


def early_arguments(reader):
    """Finds an argument of a worker that is computed here and now: args=(f(x),)."""
    for kind, _, _, given in handed(reader):
        for value in given:
            function = reader.functions.get(getattr(getattr(value, "func", None), "id", None))
            if function is not None and reader.runs_now(value) and (reader.works(function.body) or computes(reader, function)):
                reader.add("argument-computed", value, kind)


def computes(reader, function):
    """Whether the function calls one that is known to compute for long."""
    return any(isinstance(n, ast.Call) and last(reader, n.func) in ("factorial", "sum", "pow", "sorted") for n in ast.walk(function))


# -- what a lock does not cover ---------------------------------------------

def late_locks(reader):
    """Finds a value that is read before the lock is taken under which what follows from it is written."""
    for node in reader.nodes:
        if not isinstance(node, ast.With) or not any("lock" in ast.dump(i.context_expr).lower() for i in node.items):
            continue
        scope = reader.function_of(node)
        read = {}  # a name -> where an object's value, or what follows from it, was put into it
        before = [n for n in reader.nodes if isinstance(n, ast.Assign) and reader.function_of(n) is scope and n.lineno < node.lineno and not within(reader, n, node)]
        for assign in sorted(before, key=lambda n: n.lineno):
            owners = {n.value.id for n in ast.walk(assign.value) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)}
            for target in assign.targets:
                if isinstance(target, ast.Name):
                    read[target.id] = (owners, assign)
        inside = [n for statement in node.body for n in ast.walk(statement)]
        for n in inside:
            if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Attribute):
                owner, values = n.targets[0].value, [n.value]
            elif isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute):
                owner, values = n.func.value, n.args
            else:
                continue
            names = {m.id for v in values for m in ast.walk(v) if isinstance(m, ast.Name)}
            for owners, assign in [read[m] for m in sorted(names & set(read))]:
                if isinstance(owner, ast.Name) and owner.id in owners:
                    reader.add("read-before-lock", assign)


def within(reader, node, outer):
    while node in reader.parent:
        node = reader.parent[node]
        if node is outer:
            return True
    return False


# -- what is asked of the interpreter ----------------------------------------

def gil_questions(reader):
    """Finds `sys._is_gil_enabled` without the call, and the version in its place."""
    named = [n for n in reader.nodes if isinstance(n, ast.Attribute) and n.attr == "_is_gil_enabled"]
    if not any(isinstance(reader.parent.get(n), ast.Call) and reader.parent[n].func is n for n in named):
        named += [n for n in calls(reader, "getattr") if len(n.args) > 1 and reader.value(n.args[1]) == "_is_gil_enabled"]
    for n in named:
        above = reader.parent.get(n)
        if isinstance(above, (ast.Return, ast.If, ast.IfExp, ast.BoolOp, ast.UnaryOp)) or isinstance(above, ast.Call) and isinstance(above.func, ast.Name) and above.func.id == "bool":
            reader.add("question-not-called", n)
    asked = named or any(isinstance(n, ast.Constant) and n.value in ("_is_gil_enabled", "Py_GIL_DISABLED") for n in reader.nodes)
    for n in reader.nodes:
        if not asked and isinstance(n, ast.Compare) and any(isinstance(m, ast.Attribute) and m.attr in ("version_info", "hexversion", "version") for m in ast.walk(n)):
            reader.add("version-for-gil", n)


# -- what a loop leaves behind ----------------------------------------------

def untupled_arguments(reader):
    """Finds `args=(x)`, which hands over x itself and no tuple, or may."""
    for node, _ in reader.makers:
        for k in node.keywords:
            if k.arg == "args" and isinstance(k.value, (ast.Name, ast.Constant, ast.BinOp, ast.Attribute, ast.Subscript, ast.UnaryOp, ast.JoinedStr)):
                reader.add("args-no-tuple", k.value)


def dropped_tasks(reader):
    """Finds tasks handed to an executor that nothing waits for, and a clock that is read before a `with` waits for them."""
    for node in reader.methods("submit"):
        pool = node.func.value
        function = reader.function_of(node) or reader.tree
        if not isinstance(pool, ast.Name) or not isinstance(reader.parent.get(node), ast.Expr):
            continue
        inside = list(ast.walk(function))
        closed = any(isinstance(i, ast.withitem) and any(isinstance(n, ast.Name) and n.id == pool.id for n in ast.walk(i)) for i in inside)
        if not closed and not awaited(reader, inside):
            reader.add("no-join", node, reader.receiver(node) or "workers")
    for block in reader.nodes:
        kinds = [k for i in getattr(block, "items", []) for k in [reader.kind_of_call(i.context_expr)] if k] if isinstance(block, ast.With) else []
        inside = [n for part in block.body for n in ast.walk(part)] if kinds else []
        handed_out = [n for n in inside if isinstance(n, ast.Call) and last(reader, n.func) == "submit"]
        reads = [n for n in inside if isinstance(n, ast.Call) and reader.ends_measuring(n)]
        if handed_out and reads and reads[0].lineno > handed_out[-1].lineno and not awaited(reader, inside):
            reader.add("clock-before-join", reads[0], kinds[0])


def awaited(reader, nodes):
    """Whether something among the nodes waits for tasks of an executor."""
    return any(isinstance(n, ast.Call) and last(reader, n.func) in WAITS for n in nodes)


def late_bindings(reader):
    """Finds a lambda or nested function, made in a loop for later, that reads the loop's name when it runs."""
    for node in reader.nodes:
        if not isinstance(node, (ast.Lambda,) + FUNCTIONS):
            continue
        above, names = reader.parent.get(node), set()
        while above is not None and not isinstance(above, (ast.Lambda, ast.ClassDef, ast.Module) + FUNCTIONS):
            if isinstance(above, ast.For):
                names |= {n.id for n in ast.walk(above.target) if isinstance(n, ast.Name)}
            elif isinstance(above, COMPREHENSIONS):
                names |= {n.id for g in above.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
            above = reader.parent.get(above)
        a = node.args
        own = {p.arg for p in getattr(a, "posonlyargs", []) + a.args + a.kwonlyargs}
        parts = [node.body] if isinstance(node, ast.Lambda) else node.body
        inside = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)]
        stored = {n.id for n in inside if isinstance(n.ctx, ast.Store)}
        late = [n for n in inside if n.id in names - own - stored]
        if late and (isinstance(node, FUNCTIONS) or kept(reader, node)):
            reader.add("late-binding", late[0])


def kept(reader, node):
    """Whether a lambda is for later: handed to a worker, or put into a list."""
    above = reader.parent.get(node)
    if isinstance(above, ast.keyword):
        return above.arg == "target"
    if isinstance(above, ast.Call):
        return node in above.args and (reader.kind_of_call(above) is not None or last(reader, above.func) in ("append", "submit", "apply_async", "to_thread", "run_in_executor", "put"))
    return isinstance(above, (ast.ListComp, ast.List, ast.Dict))


def own_locks(reader):
    """Finds a lock that each worker makes for itself: in what it runs, or in a `with`."""
    for node in calls(reader, *LOCKS):
        if (reader.dotted(node.func) or "").startswith("asyncio"):
            continue
        function = reader.function_of(node)
        above = reader.parent.get(node)
        inside = isinstance(function, FUNCTIONS) and function.name in reader.target_names
        for_each = isinstance(above, (ast.Tuple, ast.List)) and isinstance(reader.parent.get(above), ast.keyword) and reader.in_loop(node) is not None
        if inside or isinstance(above, ast.withitem) or for_each:
            reader.add("lock-of-its-own", node)


# -- what is written in place of another ------------------------------------

def powers(reader):
    """Finds x ^ 2, which is no power."""
    for node in reader.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor) and reader.value(node.right) in (2, 3) and not isinstance(node.left, ast.Constant):
            reader.add("xor-for-power", node)


def bare_libraries(reader):
    """Finds a library's name without a folder, which is looked for in the system's folders."""
    for node in calls(reader, "CDLL", "PyDLL", "LoadLibrary"):
        name = reader.value(node.args[0]) if node.args else None
        if isinstance(name, str) and LIBRARY.search(name) and "/" not in name and "\\" not in name:
            reader.add("library-without-folder", node)


# -- what is measured -------------------------------------------------------

def own_clocks(reader):
    """Finds a time that is taken with the clock of this process's CPU time, where the same function reads no other clock."""
    for node in calls(reader, "process_time", "process_time_ns", "thread_time", "thread_time_ns"):
        above = reader.parent.get(node)
        scope = reader.function_of(node)
        others = [n for n in calls(reader, *WALL) if reader.function_of(n) is scope]
        if not others and isinstance(above, ast.BinOp) and isinstance(above.op, ast.Sub) and above.left is node:
            reader.add("cpu-clock-for-time", node)


def whole_clocks(reader):
    """Finds a clock of CPU time that is read once, so that all since the process began is in it."""
    for node in calls(reader, "process_time", "thread_time"):
        scope = reader.function_of(node)
        alone = [n for n in calls(reader, "process_time", "thread_time") if reader.function_of(n) is scope] == [node]
        if alone and isinstance(scope, FUNCTIONS) and scope.name not in reader.target_names and isinstance(reader.parent.get(node), (ast.Assign, ast.Tuple)):
            reader.add("cpu-not-subtracted", node)


def uncounted_children(reader):
    """Finds CPU time of this process alone, where nothing counts that of its children."""
    if any(id == "cpu-clock-for-time" for id, _ in reader.found):
        return  # it is taken for the time that passes
    words = {n.attr for n in reader.nodes if isinstance(n, ast.Attribute)} | {n.id for n in reader.nodes if isinstance(n, ast.Name)}
    words |= {n.value for n in reader.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)} | set(reader.names.values())
    if any(c in w for c in CHILDREN for w in words) or calls(reader, "times", "cpu_percent", "cpu_times", "wait4"):
        return
    for node in calls(reader, "process_time", "process_time_ns", "getrusage", "clock"):
        function = reader.function_of(node)
        if not (isinstance(function, FUNCTIONS) and function.name in reader.target_names):  # a worker may tell its own
            reader.add("children-not-counted", node)


def clocks_not_reset(reader):
    """Finds a second time that counts from the start of the first."""
    for scope in [reader.tree] + list(reader.functions.values()):
        mine = [n for n in reader.nodes if reader.function_of(n) is scope]
        starts = {}
        for n in mine:
            if isinstance(n, ast.Assign) and isinstance(n.value, ast.Call) and last(reader, n.value.func) in WALL:
                for t in n.targets:
                    if isinstance(t, ast.Name):
                        starts.setdefault(t.id, []).append(n)
        for name, set_at in starts.items():
            taken = [n for n in mine if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub) and isinstance(n.right, ast.Name) and n.right.id == name
                     and isinstance(n.left, ast.Call) and last(reader, n.left.func) in WALL]
            if len(set_at) == 1 and len(taken) > 1 and reader.in_loop(set_at[0]) is None:
                reader.add("clock-not-reset", sorted(taken, key=lambda n: n.lineno)[1])


# -- what cannot work here --------------------------------------------------

def small_pools(reader):
    """Finds a pool of two to seven workers, as a number."""
    for node, kind in reader.makers:
        sizes = node.args[:1] + [k.value for k in node.keywords if k.arg in ("max_workers", "processes")]
        if last(reader, node.func) in ("Pool", "ThreadPool", "ThreadPoolExecutor", "ProcessPoolExecutor") \
                and any(type(reader.value(s)) is int and 1 < reader.value(s) < 8 for s in sizes):
            reader.add("small-pool", node, kind)


def questions(reader):
    """Finds input(), which nobody answers."""
    for node in reader.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "input" and "input" not in reader.functions:
            reader.add("asks", node)


def repeated_start_methods(reader):
    """Finds a start method that is set more than once: twice, in a loop, or where each child sets it again."""
    found = [n for n in calls(reader, "set_start_method") if not any(k.arg == "force" for k in n.keywords) and len(n.args) < 2]
    for i, node in enumerate(found):
        if i > 0 or reader.in_loop(node) is not None or reader.function_of(node) is reader.tree and not reader.guards(node):
            reader.add("start-method-again", node)


def missing_modules(reader):
    """Finds imports of what is not there for this interpreter, but for those that a try is prepared for."""
    for node in reader.nodes:
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or isinstance(reader.parent.get(node), ast.Try):
            continue
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if node.module and not node.level else []
        for name in names:
            if name.split(".")[0] not in reader.beside and not there(name.split(".")[0]):
                reader.add("missing-module", node)


def there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return True


def old_python(name, data):
    """What shows that a source which cannot be parsed is written for Python 2."""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if OLD.search(line):
            return [{"id": "python-2", "file": name, "line": number, "text": line.strip()[:120]}]
    return []
