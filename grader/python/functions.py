"""Read the functions that a challenge calls: where they are, how long, what in them explains a fail.

read(sources, findings, wanted) gives the list of functions {"name", "file",
"line", "lines"} and the findings, those of patterns.py and further ones, each
with "of": the wanted functions that its code is a part of.
"""
import ast
import re

from names import FUNCTIONS, Names

DEFINES = FUNCTIONS + (ast.ClassDef,)
FEW = 8  # requests under way: what the lesson's asyncio should reach at least


def read(sources, findings, wanted):
    definitions = []  # (file, node, names it uses)
    for file, (_, tree) in sources.items():
        for node in flat(tree.body):
            if isinstance(node, DEFINES):
                definitions.append((file, node, uses(node)))
    known = {node.name for _, node, _ in definitions}
    parts = {name: reach(name, definitions, known) for name in wanted}
    functions = []
    for name in wanted:
        for file, node, _ in definitions:
            if node.name == name:
                mine = [n for _, n, _ in definitions if n.name in parts[name]]
                functions.append({"name": name, "file": file, "line": node.lineno, "lines": sum(len(code_lines(n)) for n in mine), "own": len(code_lines(node))})
                findings.append({"id": "def:" + name, "file": file, "line": node.lineno, "text": "def " + name})
                break
    for file, (data, tree) in sources.items():
        lines = data.decode("utf-8", "replace").splitlines()
        for id, line in Reader(tree).read():
            findings.append({"id": id, "file": file, "line": line, "text": lines[line - 1].strip()[:120] if 0 < line <= len(lines) else ""})
    for f in findings:
        inside = [n.name for file, n, _ in definitions if file == f["file"] and first_line(n) <= f["line"] <= n.end_lineno]
        f["of"] = sorted(name for name in wanted if set(inside) & parts[name])
    unique = {(f["id"], f["file"], f["line"]): f for f in findings}
    return functions, sorted(unique.values(), key=lambda f: (f["file"], f["line"], f["id"]))


def flat(body):
    """The statements of a module, those behind if and try included."""
    for node in body:
        if isinstance(node, (ast.If, ast.Try)):
            for part in (node.body, node.orelse, getattr(node, "finalbody", []), [s for h in getattr(node, "handlers", []) for s in h.body]):
                yield from flat(part)
        else:
            yield node


def first_line(node):
    return min([node.lineno] + [d.lineno for d in node.decorator_list])


def uses(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def reach(name, definitions, known):
    """A function's name and those of all that it uses."""
    seen, todo = set(), [name]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            for _, node, used in definitions:
                if node.name == one:
                    todo.extend(used & known)
    return seen


def code_lines(node):
    """The lines that hold code: no comments, no blank lines, no docstring."""
    lines = set()
    for n in ast.walk(node):
        docs = n.body[0] if isinstance(n, DEFINES) and n.body and isinstance(n.body[0], ast.Expr) and isinstance(getattr(n.body[0], "value", None), ast.Constant) else None
        if docs is not None:
            docs.value.lineno = docs.lineno = 0
    for n in ast.walk(node):
        if getattr(n, "lineno", 0):
            lines.add(n.lineno)
    return lines


class Reader(Names):
    def read(self):
        self.found = []
        for node in self.nodes:
            if isinstance(node, ast.Call):
                self.call(node)
            elif isinstance(node, ast.Await):
                self.awaiting(node)
            elif isinstance(node, ast.ExceptHandler):
                self.handler(node)
        return self.found

    def add(self, id, node):
        self.found.append((id, node.lineno))

    def in_coroutine(self, node):
        return isinstance(self.function_of(node), ast.AsyncFunctionDef)

    def parameters(self, node):
        """The parameters of the functions around a node."""
        names = set()
        while True:
            node = self.function_of(node)
            if node is self.tree:
                return names
            a = node.args
            names |= {p.arg for p in a.args + a.kwonlyargs + getattr(a, "posonlyargs", [])}

    def call(self, node):
        dotted = self.dotted(node.func) or ""
        last = dotted.split(".")[-1]
        value = lambda name: next((self.value(k.value) for k in node.keywords if k.arg == name), None)
        if last == "PyDLL" or ".pydll." in dotted:
            self.add("gil-kept", node)
        if last in ("Semaphore", "BoundedSemaphore") and dotted.startswith("asyncio"):
            n = self.value(node.args[0]) if node.args else value("value") if node.keywords else 1
            if isinstance(n, int) and n < FEW:
                self.add("semaphore-small", node)
        if dotted == "asyncio.run" and node.args and isinstance(node.args[0], ast.Call) and isinstance(node.args[0].func, ast.Name) \
                and node.args[0].func.id in self.parameters(node) or last == "new_event_loop":
            self.add("loop-for-each", node)
        if dotted == "time.sleep" and self.in_coroutine(node):
            self.add("blocking-sleep", node)
        if isinstance(node.func, ast.Attribute) and self.in_coroutine(node) and not isinstance(self.parent.get(node), ast.Await):
            if last in ("result", "apply", "map", "starmap") and (last == "result" and not node.args or self.receiver(node) == "processes"):
                self.add("blocking-wait", node)
        if isinstance(node.func, ast.Name) and node.func.id in self.parameters(node) and self.in_coroutine(node) \
                and not isinstance(self.parent.get(node), ast.Await) and "process" in node.func.id:
            self.add("computes-in-coroutine", node)
        if dotted == "asyncio.to_thread":
            self.add("computes-in-threads", node)
        if last == "run_in_executor" and node.args:
            if self.value(node.args[0]) is None and isinstance(node.args[0], ast.Constant) or self.kind_of_value(node.args[0], scope=self.function_of(node)) == "threads":
                self.add("computes-in-threads", node)
        if last in ("as_completed", "imap_unordered"):
            self.add("unordered", node)
        if value("return_exceptions") is True:
            self.add("exceptions-returned", node)
        if isinstance(node.func, ast.Attribute) and last in ("map", "imap", "imap_unordered", "starmap"):
            size = next((k.value for k in node.keywords if k.arg == "chunksize"), node.args[2] if last != "starmap" and len(node.args) > 2 else None)
            if self.receiver(node) == "processes" or value("chunksize") is not None:
                if size is None or self.value(size) == 1:
                    self.add("one-task-a-message", node)
            if isinstance(size, ast.Call) and isinstance(size.func, ast.Name) and size.func.id == "len":
                self.add("all-in-one-message", node)

    def awaiting(self, node):
        """await f(i) in a for loop: the next one begins when this one has ended."""
        if not isinstance(node.value, (ast.Call, ast.Name)):
            return
        loop = self.in_loop(node)
        if loop is None or isinstance(loop, ast.While):
            return
        if isinstance(node.value, ast.Call):
            f = node.value.func
            if not (isinstance(f, ast.Name) and (f.id in self.parameters(node) or f.id in self.functions)):
                return
        elif not any(isinstance(n, ast.Assign) and self.in_loop(n) is loop and any(isinstance(t, ast.Name) and t.id == node.value.id for t in n.targets)
                     for n in self.nodes):
            return  # awaits what was begun before the loop
        self.add("awaits-in-loop", node)

    def handler(self, node):
        """except that neither raises nor keeps what it caught."""
        names = {n.id for n in ast.walk(ast.Module(body=node.body, type_ignores=[])) if isinstance(n, ast.Name)}
        broad = node.type is None or (self.dotted(node.type) or "") in ("Exception", "BaseException", "ValueError")
        raises = any(isinstance(n, ast.Raise) for n in ast.walk(node))
        prints = any(isinstance(n, ast.Call) and (self.dotted(n.func) or "").split(".")[-1] in ("print", "print_exc", "exception", "error", "warning") for n in ast.walk(node))
        if broad and not raises and (node.name is None or node.name not in names or prints):
            self.add("swallowed", node)


def c_findings(name, text):
    """What C code shows of how it treats the GIL."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
    at = lambda m: code.count("\n", 0, m.start()) + 1
    found = []
    if re.search(r"#\s*include\s*[<\"]Python\.h", code) and not re.search(r"Py_BEGIN_ALLOW_THREADS|PyEval_SaveThread|Py_MOD_GIL_NOT_USED", code):
        first = re.search(r"PyObject\s*\*[^;{]*\([^;{]*\)\s*\{", code)
        if first:
            found.append(("gil-kept", at(first)))
    for m in re.finditer(r"pthread_mutex_lock|mtx_lock|omp critical", code):
        found.append(("lock-in-c", at(m)))
        break
    for m in re.finditer(r"PyGILState_Ensure\s*\(|Py_BLOCK_THREADS", code):
        found.append(("gil-taken-back", at(m)))
        break
    # Python's own tables (PyMethodDef, ...) are static, and nobody writes into them.
    for m in re.finditer(r"\bstatic\s+(?!(?:inline|const|(?:struct\s+)?Py\w+)\b)(?:\w+\s+)+\**\w+\s*\[", code):
        found.append(("shared-in-c", at(m)))
        break
    lines = text.splitlines()
    return [{"id": id, "file": name, "line": line, "text": lines[line - 1].strip()[:120]} for id, line in found]
