"""Show what the source of a learner's analyzer tells by itself: its annotations.

    python -I sources.py FOLDER FILE

prints one JSON object: the functions of FILE in FOLDER that lack annotations,
how many functions and annotations there are, and the lines of FILE that are
spoken of. Runs no line of the script. contents.py asks here what the source says of what it has found.
"""
import ast
import json
import os
import sys
import textwrap

MOST = 60  # of each thing that is told
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# A function that calls one of these does the work, and is not called to see
# what it returns.
BUSY = {"Thread", "Process", "Pool", "ThreadPool", "ThreadPoolExecutor", "ProcessPoolExecutor", "start_new_thread", "fork", "system",
        "Popen", "check_output", "check_call", "sleep", "input", "gather", "create_task", "TaskGroup", "run_in_executor", "to_thread",
        "urlopen", "start", "submit", "asyncio.run", "subprocess.run"}


class Source:
    """The learner's files, as text and tree."""

    def __init__(self, folder, script):
        self.folder, self.script = folder, script
        self.trees, self.calls, self.loads, self.starts = {}, {}, {}, {}
        self.entries = None  # the lines of entries by their parts, once they are asked for
        with open(os.path.join(folder, script), "rb") as f:
            data = f.read()
        self.add(script, data)
        self.lines = data.decode("utf-8", "replace").splitlines()

    def add(self, file, data):
        tree = ast.parse(data, filename=file)
        self.trees[file] = tree
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                self.starts[min([node.lineno] + [d.lineno for d in node.decorator_list])] = node.lineno
                self.calls.setdefault(node.name, set()).update(called(node))
            elif isinstance(node, ast.ClassDef):  # to call a class is to make an instance
                made = [f for f in node.body if isinstance(f, FUNCTIONS) and f.name in ("__init__", "__post_init__", "__new__")]
                self.calls.setdefault(node.name, set()).update(*map(called, made))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self.loads[node.id] = self.loads.get(node.id, 0) + 1
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                self.loads[node.attr] = self.loads.get(node.attr, 0) + 1

    def texts(self, numbers):
        """Those lines of the script, by their numbers, trimmed."""
        return {str(n): self.lines[n - 1].strip()[:120] for n in numbers if 0 < n <= len(self.lines)}

    def busy(self, name):
        """Whether a function starts or waits for something, by itself or through what it calls."""
        seen, todo = set(), [name]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                used = self.calls.get(one, set())
                if used & BUSY:
                    return True
                todo.extend(used & set(self.calls))
        return False

    def literals(self):
        """Tables and programs that are written out within functions and behind `if __name__ == ...`, each with
        the names under which it stands there, and what is assigned to names before."""
        for tree in self.trees.values():
            for node in tree.body:
                for f in [n for n in ast.walk(node) if isinstance(n, FUNCTIONS)] + ([node] if isinstance(node, ast.If) and "__name__" in ast.dump(node.test) else []):
                    assigned = [(n.targets[0].id if isinstance(n, ast.Assign) else n.target.id, n.value) for n in f.body
                                if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name) or isinstance(n, ast.AnnAssign) and n.value and isinstance(n.target, ast.Name)]
                    for names, literal in literals_of(f, getattr(f, "name", "__main__")):
                        yield names, literal, [(name, value) for name, value in assigned if value.lineno < literal.lineno]

    def compared(self, name):
        """The texts that a function compares something with: what it may be called with."""
        found = []
        for tree in self.trees.values():
            for f in ast.walk(tree):
                if isinstance(f, FUNCTIONS) and f.name == name:
                    for n in ast.walk(f):
                        of = [n.value] if type(n).__name__ == "MatchValue" else n.comparators if isinstance(n, ast.Compare) else []
                        for c in of:
                            found += [e.value for e in ([c] + list(getattr(c, "elts", ()))) if isinstance(e, ast.Constant) and isinstance(e.value, str) and e.value not in found]
        return found

    def line_of(self, text):
        """The line on which a literal text's first line stands, 0 for none."""
        wanted = textwrap.dedent(text).strip()
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= len(wanted) and textwrap.dedent(node.value).strip() == wanted:
                    return node.lineno + (tree is self.trees[self.script] and self.lines[node.lineno - 1].endswith("\\"))
        return 0

    def line_of_entry(self, text):
        """The line on which the tuple, call or dict begins that has this text as a part, 0 for none."""
        if self.entries is None:
            self.entries = {}
            for node in ast.walk(self.trees[self.script]) if self.script in self.trees else ():
                parts = {ast.Call: lambda n: n.args + [k.value for k in n.keywords], ast.Tuple: lambda n: n.elts, ast.List: lambda n: n.elts, ast.Dict: lambda n: n.values}.get(type(node))
                for part in parts(node) if parts else ():
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        self.entries.setdefault(part.value, node.lineno)
        return self.entries.get(text, 0)

    def line_of_name(self, name):
        """The line on which a name is defined or first assigned, 0 for none."""
        for tree in self.trees.values():
            for node in ast.walk(tree):
                if isinstance(node, FUNCTIONS + (ast.ClassDef,)) and node.name == name:
                    return node.lineno
                targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
                for t in targets:
                    if isinstance(t, ast.Name) and t.id == name or isinstance(t, ast.Attribute) and t.attr == name:
                        return node.lineno
        return 0


def literals_of(function, name):
    for n in ast.walk(function):
        inner = None
        if isinstance(n, (ast.Assign, ast.AnnAssign)):
            target = n.targets[0] if isinstance(n, ast.Assign) else n.target
            inner, called = n.value, getattr(target, "id", getattr(target, "attr", ""))
        elif isinstance(n, ast.For):
            inner, called = n.iter, ""
        elif isinstance(n, ast.keyword):
            inner, called = n.value, n.arg or ""
        elif isinstance(n, ast.Call) and n.args:  # write_text(...), show({...})
            for a in n.args:
                if isinstance(a, (ast.Dict, ast.List, ast.Constant)):
                    yield from literal(a, [name] + [k.value for k in n.args if isinstance(k, ast.Constant) and isinstance(k.value, str) and len(k.value) < 60])
        if inner is not None:
            yield from literal(inner, [name] + ([called] if called else []))


def literal(node, names):
    if isinstance(node, (ast.Dict, ast.List, ast.Tuple)):
        if len(getattr(node, "keys", None) or getattr(node, "elts", ())) >= 3:
            yield names, node
        for key, value in zip(node.keys, node.values) if isinstance(node, ast.Dict) else ():
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.count("\n") > 1:
                yield names + ([str(key.value)] if isinstance(key, ast.Constant) else [getattr(key, "attr", "")]), value
    elif isinstance(node, ast.Call) and node.args and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("dedent", "strip", "lstrip", "cleandoc"):
        yield from literal(node.args[0], names)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # {...}.items()
        yield from literal(node.func.value, names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count("\n") > 1:
        yield names, node


def called(node):
    names = set()
    for n in ast.walk(node):
        if isinstance(n, ast.Call):
            f = n.func
            if isinstance(f, ast.Name):
                names.add(f.id)
            elif isinstance(f, ast.Attribute):
                names.add(f.attr)
                if isinstance(f.value, ast.Name):
                    names.add(f.value.id + "." + f.attr)
    return names


def returns(source, name):
    """Whether some function of this name returns a value."""
    for tree in source.trees.values():
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS) and node.name == name and any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node)):
                return True
    return False


def gaps(source):
    """What a program leaves to be filled in: names that nothing defines, bodies of `...`."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return undefined(tree, tree) + empty(tree)


def gaps_of(source, name):
    """The same for a function or class of the file, with what it calls."""
    found, todo, seen = [], [name], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for tree in source.trees.values():
            for node in tree.body:
                if isinstance(node, FUNCTIONS + (ast.ClassDef,)) and node.name == one:
                    found += undefined(node, tree) + empty(node)
                    todo += [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return found


def undefined(node, tree):
    """The names in node that neither the tree nor Python defines."""
    import builtins

    known = set(dir(builtins)) | {"__file__", "__name__", "__doc__", "__spec__", "__package__", "__class__", "__annotations__"}
    for n in ast.walk(tree):
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load):
            known.add(n.id)
        elif isinstance(n, FUNCTIONS + (ast.ClassDef,)):
            known.add(n.name)
        elif isinstance(n, ast.arg):
            known.add(n.arg)
        elif isinstance(n, (ast.Import, ast.ImportFrom)):
            for a in n.names:
                if a.name == "*":
                    return []
                known.add((a.asname or a.name).split(".")[0])
        elif isinstance(n, ast.ExceptHandler) and n.name:
            known.add(n.name)
        elif isinstance(n, (ast.Global, ast.Nonlocal)):
            known.update(n.names)
        elif type(n).__name__ in ("MatchAs", "MatchStar", "TypeVar") and n.name:
            known.add(n.name)
        elif type(n).__name__ == "MatchMapping" and n.rest:
            known.add(n.rest)
        elif type(n).__name__ == "TypeAlias":
            known.add(n.name.id)
    return [{"line": n.lineno, "name": n.id} for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id not in known][:8]


def empty(node):
    """The functions that do nothing yet."""
    found = []
    abstract = {id(f) for c in ast.walk(node) if isinstance(c, ast.ClassDef) and any(w in ast.dump(b) for b in c.bases + c.keywords for w in ("Protocol", "ABC")) for f in c.body}
    for f in ast.walk(node):
        if not isinstance(f, FUNCTIONS) or id(f) in abstract or any(w in ast.dump(d) for d in f.decorator_list for w in ("abstract", "overload")):
            continue
        body = [s for s in f.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str))]
        blank = lambda s: isinstance(s, ast.Pass) or isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and s.value.value is Ellipsis \
            or isinstance(s, ast.Raise) and "NotImplemented" in ast.dump(s)
        if all(blank(s) for s in body) and not (f.name.startswith("__") and f.name.endswith("__")):
            found.append({"line": (body or [f])[0].lineno, "name": f.name, "empty": True})
    return found[:8]


def bare(source):
    """The functions without annotations: what each of them lacks; how many there are; how many annotations."""
    found, count, notes = [], 0, 0
    for file, tree in source.trees.items():
        methods = {id(f): c for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for f in c.body}
        notes += sum(isinstance(n, ast.AnnAssign) for n in ast.walk(tree))
        for f in ast.walk(tree):
            if not isinstance(f, FUNCTIONS):
                continue
            count += 1
            a = f.args
            positional = getattr(a, "posonlyargs", []) + a.args
            static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in f.decorator_list)
            if id(f) in methods and not static and positional:
                positional = positional[1:]
            every = positional + a.kwonlyargs + [p for p in (a.vararg, a.kwarg) if p]
            lacks = [p.arg for p in every if p.annotation is None]
            notes += len(every) - len(lacks) + (f.returns is not None)
            # PEP 484 lets __init__ go without where a parameter is annotated.
            if f.returns is None and not (f.name in ("__init__", "__new__", "__init_subclass__") and any(p.annotation for p in every)):
                lacks.append("return")
            if lacks:
                found.append({"function": f.name, "file": file, "line": f.lineno, "lacks": lacks[:12]})
    return {"bare": sorted(found, key=lambda b: (b["file"], b["line"]))[:MOST], "functions": count, "annotations": notes}


def main():
    source = Source(os.path.abspath(sys.argv[1]), sys.argv[2])
    out = bare(source)
    json.dump(dict(out, lines=source.texts(b["line"] for b in out["bare"])), sys.stdout)


if __name__ == "__main__":
    main()
