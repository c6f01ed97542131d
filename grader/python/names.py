"""What the names of a script stand for: modules, constants, kinds of workers.

A kind is threads or processes, or workers for a class that was passed in.
"""
import ast

THREADS = {
    "threading.Thread", "threading.Timer", "concurrent.futures.ThreadPoolExecutor", "concurrent.futures.thread.ThreadPoolExecutor",
    "multiprocessing.pool.ThreadPool", "multiprocessing.dummy.Pool", "multiprocessing.dummy.Process", "_thread.start_new_thread",
    "asyncio.to_thread",
}
PROCESSES = {
    "multiprocessing.Process", "multiprocessing.context.Process", "multiprocessing.process.BaseProcess", "multiprocessing.Pool",
    "multiprocessing.pool.Pool", "concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor",
    "os.fork", "os.posix_spawn", "subprocess.Popen", "subprocess.run", "subprocess.call", "subprocess.check_output", "subprocess.check_call",
}
LOOPS = (ast.For, ast.While, ast.AsyncFor)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Names:
    """A parsed file, with its imports and bindings resolved."""

    def __init__(self, tree):
        self.tree = tree
        self.parent = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parent[child] = node
        self.nodes = list(ast.walk(tree))
        self.functions = {n.name: n for n in self.nodes if isinstance(n, FUNCTIONS)}
        self.classes = {n.name: n for n in self.nodes if isinstance(n, ast.ClassDef)}
        self.names = self.imports()
        self.values = self.constants()
        self.kinds = {c: k for c, n in self.classes.items() for k in [self.kind_of_class(n)] if k}
        self.kinds_given = self.passed_in()
        self.bound = self.bindings()

    def imports(self):
        names = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for a in node.names:
                    names[a.asname or a.name.split(".")[0]] = a.name if a.asname else a.name.split(".")[0]
            elif isinstance(node, ast.ImportFrom) and node.module:
                for a in node.names:
                    names[a.asname or a.name] = node.module + "." + a.name
        for _ in range(2):
            for node in self.nodes:
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    value = node.value
                    if isinstance(value, ast.Call) and isinstance(value.func, (ast.Name, ast.Attribute)):
                        dotted = self.dotted(value.func, names)
                        if dotted == "multiprocessing.get_context":
                            names.setdefault(node.targets[0].id, "multiprocessing")
                    elif isinstance(value, (ast.Name, ast.Attribute)):
                        dotted = self.dotted(value, names)
                        if dotted in THREADS | PROCESSES or dotted in ("threading", "multiprocessing", "multiprocessing.dummy"):
                            names[node.targets[0].id] = dotted
        return names

    def dotted(self, node, names=None):
        """The full dotted name of an expression, through imports; None where it has none."""
        names = self.names if names is None else names
        if isinstance(node, ast.Name):
            return names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value, names)
            return base + "." + node.attr if base else None
        if isinstance(node, ast.Call) and self.dotted(node.func, names) == "multiprocessing.get_context":
            return "multiprocessing"
        return None

    def constants(self):
        values = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                target, value = node.targets[0], node.value
                pairs = zip(target.elts, value.elts) if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [(target, value)]
                values.update((t.id, v.value) for t, v in pairs if isinstance(t, ast.Name) and isinstance(v, ast.Constant))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant) and isinstance(node.target, ast.Name):
                values[node.target.id] = node.value.value
        return values

    def value(self, node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.values.get(node.id)
        return None

    # -- kinds of workers ----------------------------------------------

    def kind_of_class(self, node):
        for base in node.bases:
            dotted = self.dotted(base)
            if dotted in THREADS:
                return "threads"
            if dotted in PROCESSES or (dotted or "").endswith(".Process"):
                return "processes"
        return None

    def kind_of_call(self, node):
        """threads or processes, where the call makes such a worker or pool."""
        if not isinstance(node, ast.Call):
            return None
        dotted = self.dotted(node.func)
        if dotted in THREADS:
            return "threads"
        if dotted in PROCESSES:
            return "processes"
        if isinstance(node.func, ast.Name) and node.func.id in self.kinds:
            return self.kinds[node.func.id]
        last = (dotted or "").split(".")[-1]
        if isinstance(node.func, ast.Attribute):
            if last in ("Process", "Pool") and not (dotted or "").startswith("multiprocessing.dummy"):
                return "processes"  # context.Process, self.ctx.Pool
            if last in ("Thread", "ThreadPool"):
                return "threads"
        if isinstance(node.func, ast.Name) and self.kinds_given:
            kind = self.kinds_given.get((self.owner(node.func), node.func.id))
            if kind:
                return kind
        if isinstance(node.func, ast.Name) and node.func.id not in self.functions:
            low = node.func.id.lower()
            if node.func.id not in self.names and any(k.arg == "target" for k in node.keywords) or low in ("executor_cls", "pool_cls", "worker_cls", "executor_class", "worker_class"):
                return "workers"  # a class that was passed in
        return None

    def kind_given(self, node):
        """The kind of a class of workers that is passed on, not called."""
        if isinstance(node, ast.Call) and self.dotted(node.func) in ("functools.partial", "partial") and node.args:
            node = node.args[0]
        if isinstance(node, ast.Name) and node.id in self.kinds:
            return self.kinds[node.id]
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return None
        dotted = self.dotted(node)
        return "threads" if dotted in THREADS else "processes" if dotted in PROCESSES else None

    def passed(self, call):
        """What a call of a function of this file gives to each parameter, by its name."""
        function = self.functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if function is None:
            return None, {}
        named = [a.arg for a in function.args.args]
        return function, dict(zip(named, call.args), **{k.arg: k.value for k in call.keywords if k.arg})

    def passed_in(self):
        """(function's name, parameter) -> kind, of classes of workers that are passed in; workers where they are of both kinds."""
        given = {}
        for node in self.nodes:
            if isinstance(node, ast.Call):
                function, values = self.passed(node)
                for name, value in values.items():
                    kind = self.kind_given(value)
                    if kind:
                        given.setdefault((function.name, name), set()).add(kind)
        return {key: kinds.pop() if len(kinds) == 1 else "workers" for key, kinds in given.items()}

    def owner(self, name):
        """The name of the function around that has this name as a parameter; None for none."""
        scope = self.function_of(name)
        while scope is not self.tree:
            if isinstance(scope, FUNCTIONS) and any(a.arg == name.id for a in scope.args.args):
                return scope.name
            scope = self.function_of(scope)
        return None

    def function_of(self, node):
        while node in self.parent:
            node = self.parent[node]
            if isinstance(node, FUNCTIONS + (ast.Lambda,)):
                return node
        return self.tree

    def bindings(self):
        """(function, name) -> kind, for names bound to workers or lists of them."""
        bound = {}

        def bind(target, kind, scope):
            if isinstance(target, ast.Name):
                bound.setdefault((scope, target.id), kind)
            elif isinstance(target, ast.Attribute):
                bound.setdefault((self.tree, ast.dump(target)), kind)
            elif isinstance(target, (ast.Tuple, ast.List)):
                for e in target.elts:
                    bind(e, kind, scope)

        for _ in range(3):
            for node in self.nodes:
                scope = self.function_of(node)
                if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                    kind = self.kind_of_value(node.value, bound, scope)
                    if kind:
                        for t in node.targets if isinstance(node, ast.Assign) else [node.target]:
                            bind(t, kind, scope)
                elif isinstance(node, (ast.With, ast.AsyncWith)):
                    for item in node.items:
                        kind = self.kind_of_value(item.context_expr, bound, scope)
                        if kind and item.optional_vars is not None:
                            bind(item.optional_vars, kind, scope)
                elif isinstance(node, (ast.For, ast.comprehension)):
                    kind = self.kind_of_value(node.iter, bound, scope)
                    if kind:
                        bind(node.target, kind, scope)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "add") and node.args:
                    kind = self.kind_of_value(node.args[0], bound, scope)
                    if kind:
                        bind(node.func.value, kind, scope)
        return bound

    def kind_of_value(self, node, bound=None, scope=None):
        bound = self.bound if bound is None else bound
        if isinstance(node, ast.Call):
            kind = self.kind_of_call(node)
            if kind:
                return kind
            if isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple", "enumerate", "zip", "reversed", "sorted"):
                for a in node.args:
                    kind = self.kind_of_value(a, bound, scope)
                    if kind:
                        return kind
            if isinstance(node.func, ast.Name) and node.func.id in self.functions:  # a factory
                for sub in ast.walk(self.functions[node.func.id]):
                    if isinstance(sub, ast.Return) and sub.value is not None:
                        kind = self.kind_of_call(sub.value)
                        if kind:
                            return kind
            return None
        if isinstance(node, COMPREHENSIONS) and not isinstance(node, ast.DictComp):
            return self.kind_of_value(node.elt, bound, scope)
        if isinstance(node, (ast.List, ast.Tuple)):
            for e in node.elts:
                kind = self.kind_of_value(e, bound, scope)
                if kind:
                    return kind
            return None
        if isinstance(node, ast.IfExp):
            return self.kind_of_value(node.body, bound, scope)
        if isinstance(node, ast.Subscript):
            return self.kind_of_value(node.value, bound, scope)
        if isinstance(node, ast.Starred):
            return self.kind_of_value(node.value, bound, scope)
        if isinstance(node, ast.Name):
            while True:
                if (scope, node.id) in bound:
                    return bound[(scope, node.id)]
                if scope is self.tree or scope is None:
                    return None
                scope = self.function_of(scope)
        if isinstance(node, ast.Attribute):
            return bound.get((self.tree, ast.dump(node)))
        return None

    def receiver(self, call):
        """The kind of the object whose method is called."""
        return self.kind_of_value(call.func.value, scope=self.function_of(call))

    def methods(self, name):
        return [n for n in self.nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == name]

    def in_loop(self, node):
        """The innermost loop around the node, inside its function."""
        stop = self.function_of(node)
        while node in self.parent and node is not stop:
            node = self.parent[node]
            if isinstance(node, LOOPS + COMPREHENSIONS):
                return node
        return None
