"""Show what a learner's analyzer holds: tables and templates.

    python -I contents.py FOLDER FILE

imports FILE from FOLDER under its own name, and prints one JSON object on the
descriptor that was standard output at the start (what the module prints is
dropped): every mapping, sequence or Enum of entries with several parts, and
every text of a program, function or class that may be a code template,
whatever their names. They are looked for at module level, in classes and their
instances, and in what functions and methods without required arguments return.
What they mean is not decided here.
"""
import ast
import collections.abc
import enum
import functools
import inspect
import json
import os
import signal
import sys
import textwrap
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from imports import behind_library, module_of
from sources import FUNCTIONS, MOST, Source, gaps, gaps_of, returns

del sys.path[0], sys.modules["imports"], sys.modules["sources"]  # the learner may have modules of these names
IMPORT_SECONDS, CALL_SECONDS, ALL_SECONDS = 20.0, 2.0, 20.0
DEEPEST = 4
TEXT = 4_000  # characters of a part
SOURCE = 40_000  # characters of a template
SCALARS = (str, int, float, bool, type(None))
RUNS = ("run", "execute", "main", "__call__", "start", "demo", "example", "launch", "template", "apply", "process")


class TooLong(BaseException):
    pass


def limited(seconds, call):
    def late(*_):
        raise TooLong("not done after %g s" % seconds)

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def required(function):
    """The parameters without a default that a call has to fill; None where that is not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def is_code(text):
    """A text of several lines that is a program, or was meant as one."""
    if text.count("\n") < 2:
        return False
    try:
        tree = ast.parse(textwrap.dedent(text))
        return any(isinstance(n, (ast.Import, ast.ImportFrom) + FUNCTIONS) for n in tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = [l.strip() for l in text.splitlines()]
        return any(l.startswith(("import ", "from ")) for l in lines) and any(l.startswith(("def ", "async def ", "with ", "for ", "class ")) for l in lines)


def scalar(value):
    return isinstance(value, SCALARS) or isinstance(value, enum.Enum)


def texts(value):
    """The texts that a plain value stands for; an Enum's member has two."""
    if isinstance(value, enum.Enum):
        return [str(v)[:TEXT] for v in ([value.value] if isinstance(value.value, str) else []) + [value.name]]
    return [str(value)[:TEXT]]


def fields(value):
    """The named fields of a record; None where it is none."""
    if isinstance(value, collections.abc.Mapping):
        return [(key, item) for key, item in list(value.items())[:MOST]]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return list(zip(value._fields, value))
    if isinstance(value, (list, tuple)):
        return [("", item) for item in value[:MOST]]
    if isinstance(value, (type, enum.Enum)) or callable(value) and not hasattr(value, "__dict__"):
        return None
    names = list(getattr(value, "__dataclass_fields__", None) or getattr(value, "__slots__", None) or getattr(value, "__dict__", None) or ())
    return [(name, getattr(value, name, None)) for name in names[:MOST]] or None


def flat(value, depth=3):
    """The text of a part that is itself made of parts."""
    if scalar(value):
        return texts(value)[0]
    inner = fields(value) if depth else None
    if inner is None:
        return ""
    numbers = [item for _, item in inner]
    if len(inner) == 2 and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers) and not any(isinstance(k, str) and k and k.lower() not in ("low", "high", "lo", "hi", "min", "max", "least", "most") for k, _ in inner):
        return "%s-%s" % tuple(numbers)
    words = [(" ".join(texts(name)) + " " if scalar(name) and name != "" else "") + flat(item, depth - 1) for name, item in inner]
    return "; ".join(w for w in words if w.strip())[:TEXT]


def parts(value):
    """The parts of an entry: named or not, each with its text."""
    found = []
    for name, item in fields(value) or ():
        if callable(item) and not isinstance(item, enum.Enum):
            continue
        if isinstance(item, str) and is_code(item):
            continue
        part = {"name": texts(name)[0] if scalar(name) else "", "text": flat(item)}
        if isinstance(item, enum.Enum) and len(texts(item)) > 1:
            part["also"] = texts(item)[1]
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            part["number"] = True
        if part["text"].strip():
            found.append(part)
    return found


class Reader:
    def __init__(self, source, module):
        self.source, self.module = source, module
        self.tables, self.snippets, self.seen = [], [], {}

    def own(self, value):
        """Whether a function or class is the learner's."""
        module = sys.modules.get(getattr(value, "__module__", None) or "")
        file = getattr(module, "__file__", None) or ""
        return os.path.abspath(file).startswith(self.source.folder + os.sep)

    def read(self):
        for name, value in list(vars(self.module).items()):
            if not name.startswith("__") and not inspect.ismodule(value):
                self.visit(value, [name], [{"attr": name}], 0)

    def visit(self, value, names, steps, depth):
        """Looks at a value that stands under these names, innermost last, and is reached by these steps."""
        if depth > DEEPEST or len(self.tables) + len(self.snippets) > 4 * MOST:
            return
        if isinstance(value, str):
            if is_code(value):
                self.snippet("source", value, names, steps, source=value)
            return
        if scalar(value) or isinstance(value, (bytes, bytearray, range)) or inspect.ismodule(value):
            return
        if inspect.isclass(value):
            if self.own(value) and self.first(value):
                self.visit_class(value, names, steps, depth)
            return
        if inspect.isroutine(value) or isinstance(value, (staticmethod, classmethod, functools.partial)):
            self.visit_function(value, names, steps, depth)
            return
        if isinstance(value, (collections.abc.Mapping, list, tuple, set, frozenset)):
            if self.first(value):
                self.visit_items(value, names, steps, depth)
        elif hasattr(value, "__dict__") and self.own(type(value)):
            if depth == 0 and self.first(value):
                self.visit_instance(value, names, steps, depth)
            if runner(type(value), RUNS):
                self.snippet("object", value, names, steps)

    def first(self, value):
        """Whether a value is met for the first time: names at module level come first."""
        known = id(value) in self.seen
        self.seen[id(value)] = value  # kept, so that no other value gets its id
        return not known

    def visit_class(self, cls, names, steps, depth):
        if issubclass(cls, enum.Enum):
            self.table([{"keys": [m.name], "parts": parts(dict(of_member(m)) or m.value)} for m in list(cls)[:MOST]], names)
            return
        self.snippet("class", cls, names, steps, needs=required(cls) or [])
        for name, value in list(vars(cls).items()):
            if name.startswith("__"):
                continue
            if isinstance(value, (staticmethod, classmethod)):
                self.visit(getattr(cls, name), names + [name], steps + [{"attr": name}], depth + 1)
            elif not inspect.isroutine(value) and not isinstance(value, property):
                self.visit(value, names + [name], steps + [{"attr": name}], depth + 1)
        if required(cls) == [] and not self.source.busy(cls.__name__) and not inspect.isabstract(cls):
            instance = self.attempt(cls)
            if instance is not None:
                self.visit_instance(instance, names, steps + [{"call": True}], depth)

    def visit_instance(self, instance, names, steps, depth):
        for name, value in list(getattr(instance, "__dict__", {}).items()):
            self.visit(value, names + [name.strip("_")], steps + [{"attr": name}], depth + 1)
        for cls in type(instance).__mro__[:-1]:
            for name, value in list(vars(cls).items()):
                if name.startswith("__") or not self.own(cls):
                    continue
                if isinstance(value, property) and not self.source.busy(name):
                    self.visit(self.attempt(lambda: getattr(instance, name)), names + [name], steps + [{"attr": name}], depth + 1)
                elif inspect.isfunction(value):
                    self.visit(getattr(instance, name), names + [name], steps + [{"attr": name}], depth + 1)

    def visit_function(self, function, names, steps, depth):
        inner = getattr(function, "func", function)  # of a partial
        if not self.own(inner):
            return
        name = getattr(inner, "__name__", names[-1])
        needs = required(function)
        if needs is None:
            return
        if not needs and depth <= 2 and not self.source.busy(name) and not inspect.iscoroutinefunction(function) and returns(self.source, name):
            value = self.attempt(function)
            if isinstance(value, str) and is_code(value):
                self.snippet("source", value, names, steps + [{"call": True}], source=value)
                return
            if value is not None and not scalar(value):
                self.visit(value, names, steps + [{"call": True}], depth + 1)
                return
        self.snippet("function", function, names, steps, needs=needs)

    def visit_items(self, value, names, steps, depth):
        mapping = isinstance(value, collections.abc.Mapping)
        items = list(value.items()) if mapping else [(None, item) for item in value]
        if len(items) > 4 * MOST:
            return
        rows = []
        for key, item in items[:MOST]:
            if scalar(item) or inspect.isroutine(item) or inspect.isclass(item) or isinstance(item, functools.partial):
                rows.append({"keys": [], "parts": []})
            else:
                if not mapping and isinstance(item, (tuple, list)) and len(item) == 2 and scalar(item[0]) and len(parts(item[1])) > 1:
                    keys, item = texts(item[0]), item[1]  # a pair of key and entry
                else:
                    keys = texts(key) if mapping and scalar(key) else [flat(key)] if mapping else []
                rows.append({"keys": [k for k in keys if k], "parts": parts(item)})
        self.table(rows, names)
        labels = [t for key, item in items for t in ([] if mapping else texts(item) if scalar(item) and not isinstance(item, (int, float)) and not (isinstance(item, str) and is_code(item)) else [])]
        for i, (key, item) in enumerate(items):
            step = {"key" if mapping else "item": i}
            inner = names + (texts(key) if mapping and scalar(key) else labels[:4])
            if mapping and not (isinstance(key, str) and key in ("code", "template", "source", "example")):
                self.visit(item, inner, steps + [step], depth + 1)
                continue
            beside = [t for k, v in items if v is not item and scalar(v) and not isinstance(v, (int, float)) for t in texts(v) if len(t) < 60] if mapping else []
            self.visit(item, inner + beside, steps + [step], depth + 1)
        for i, (key, item) in enumerate(items):  # records: a template beside its strategy's name
            if scalar(item) or isinstance(item, (collections.abc.Mapping, list, set, frozenset)) or inspect.isclass(item) or inspect.isroutine(item):
                continue
            record = [(n, v) for n, v in fields(item) or () if isinstance(n, str) and n]
            beside = [t for _, v in record if scalar(v) and not isinstance(v, (int, float)) for t in texts(v) if len(t) < 60]
            for n, v in record:
                if isinstance(v, str) and is_code(v) or inspect.isroutine(v) or inspect.isclass(v):
                    step = {"key" if mapping else "item": i}
                    outer = names + (texts(key) if mapping and scalar(key) else [])
                    self.visit(v, outer + beside + [n], steps + [step, {"attr": n}], depth + 2)

    def attempt(self, call):
        try:
            return limited(CALL_SECONDS, call)
        except (Exception, TooLong, SystemExit):
            return None

    def table(self, rows, names):
        full = [r for r in rows if len(r["parts"]) >= 2]
        if 3 <= len(full) and 2 * len(full) >= len(rows) and len(self.tables) < MOST:
            self.tables.append({"name": ".".join(names[:3]), "line": self.source.line_of_name(names[-1]) or self.source.line_of_name(names[0]), "used": self.used(names), "rows": rows})

    def used(self, names):
        """Whether anything reads the table, to its name."""
        return self.source.loads.get(names[-1], 0) > 0 or len(names) > 1 and self.source.loads.get(names[-1].lstrip("_"), 0) > 0

    def snippet(self, kind, value, names, steps, source="", needs=()):
        if len(self.snippets) >= MOST:
            return
        out = {"names": [n[:200] for n in names], "kind": kind, "steps": steps, "needs": list(needs or ())[:8]}
        if kind == "source":
            source = textwrap.dedent(source)
            out.update(source=source[:SOURCE], line=self.source.line_of(source) or self.source.line_of_name(names[0]))
            out["literal"] = self.source.line_of(source) > 0
            out["gaps"] = gaps(source)
        else:
            owner = type(value) if kind == "object" else value
            name = getattr(getattr(owner, "func", owner), "__name__", names[-1])
            code = getattr(inspect.unwrap(value), "__code__", None) if kind == "function" else None
            out["line"] = self.source.starts.get(code.co_firstlineno, code.co_firstlineno) if code else self.source.line_of_name(name)
            out["gaps"] = gaps_of(self.source, name)
            if kind != "function":
                out["runs"] = runner(owner) or ""
                if not out["runs"] and not out["needs"]:
                    return
        self.snippets.append(out)


def of_member(member):
    """What an Enum's __init__ gave its members."""
    return [(k, v) for k, v in vars(member).items() if not k.startswith("_")]


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


def load(folder, script):
    module, out = module_of(folder, script), {}
    try:
        limited(IMPORT_SECONDS, lambda: module.__spec__.loader.exec_module(module))
    except SystemExit:
        pass  # what stands before it is there
    except (Exception, TooLong) as e:
        line = 0
        for frame, number in traceback.walk_tb(e.__traceback__):
            if os.path.basename(frame.f_code.co_filename) == script:
                line = number
        out = {"error": ("%s: %s" % (type(e).__name__, e))[:500], "line": line}
    return module, out


def main():
    folder, script = os.path.abspath(sys.argv[1]), sys.argv[2]
    channel = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    source = Source(folder, script)
    behind_library(folder)
    sys.argv = [os.path.join(folder, script)]
    module, problem = load(folder, script)
    for other in list(sys.modules.values()):
        file = getattr(other, "__file__", None) or ""
        if other is not module and os.path.abspath(file).startswith(folder + os.sep) and file.endswith(".py"):
            with open(file, "rb") as f:
                source.add(os.path.relpath(file, folder).replace(os.sep, "/"), f.read())
    reader = Reader(source, module)
    try:
        limited(ALL_SECONDS, reader.read)
    except TooLong:
        problem.setdefault("error", "looking through the module took too long")
    enabled = getattr(sys, "_is_gil_enabled", None)
    told = reader.tables + reader.snippets + [g for s in reader.snippets for g in s["gaps"] if s["kind"] != "source"]
    told += [{"line": s["line"] + g["line"] - 1} for s in reader.snippets if s.get("literal") for g in s["gaps"]]
    out = dict(problem, tables=reader.tables, snippets=reader.snippets, lines=source.texts(t["line"] for t in told), gil=enabled() if enabled else sys.implementation.name == "cpython")
    json.dump(out, channel)
    channel.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
