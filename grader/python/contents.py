"""Show what a learner's analyzer holds: tables and templates.

    python -I contents.py FOLDER FILE SECONDS

imports FILE from FOLDER under its own name, which may take so many seconds, and prints one JSON object on the
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
import itertools
import json
import os
import re
import sys
import textwrap
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calling import RUNS, TooLong, counts, guesses, limited, required, runner, safely, spared
from entries import SCALARS, TELLING, advises, class_fields, fields, flat, getters, is_code, known, of_member, parts, scalar, texts
from imports import behind_library, module_of
from sources import MOST, Source, gaps, gaps_of, returns

del sys.path[0]
for own in ("calling", "entries", "imports", "sources"):
    del sys.modules[own]  # the learner may have modules of these names
CALL_SECONDS, ALL_SECONDS = 2.0, 20.0
DEEPEST = 4
SOURCE = 40_000  # characters of a template
MOST_DOMAINS = 16  # lists of values with which a function is tried
ENOUGH = 5  # different answers: as many as there are workloads
SHOWS = re.compile("template|example|demo|pattern|snippet|code|source|run|exec", re.IGNORECASE)  # methods that may be templates
TITLES = ("title", "label", "name", "titel", "display", "display_name", "headline", "workload", "example", "description", "nom", "nombre")
# The names under which a function is asked where nothing says what it takes.
ASKED = (("CPU-heavy", "I/O-heavy", "hybrid", "GPU-bound", "memory-bound"), ("cpu_heavy", "io_heavy", "hybrid", "gpu_bound", "memory_bound"),
         ("cpu-bound", "io-bound", "hybrid", "gpu-bound", "memory-bound"), ("cpu_bound", "io_bound", "hybrid", "gpu_bound", "memory_bound"),
         ("CPU", "IO", "HYBRID", "GPU", "MEMORY"), ("cpu", "io", "hybrid", "gpu", "memory"), ("threading", "multiprocessing", "asyncio", "hybrid"))


class Reader:
    def __init__(self, source, module):
        self.source, self.module = source, module
        self.tables, self.snippets, self.labels, self.seen = [], [], [], {}
        self.domains = []  # lists of values that a function may take: (value, how to come to it)
        self.asking = []  # functions that take one
        self.singles = {}  # records that stand alone, by the names of what they stand in

    def own(self, value):
        """Whether a function or class is the learner's."""
        module = sys.modules.get(getattr(value, "__module__", None) or "")
        file = getattr(module, "__file__", None) or ""
        return os.path.abspath(file).startswith(self.source.folder + os.sep)

    def read(self):
        for name, value in list(vars(self.module).items()):
            if not name.startswith("__") and not inspect.ismodule(value):
                safely(lambda: self.visit(value, [name], [{"attr": name}], 0))
        for look in (self.subclasses, self.together, self.inside, self.ask):
            safely(look)

    def subclasses(self):
        """Classes of a common kind, each of which describes one thing."""
        for name, cls in list(vars(self.module).items()):
            if not inspect.isclass(cls) or not self.own(cls) or issubclass(cls, enum.Enum):
                continue
            rows, todo = [], list(cls.__subclasses__())
            while todo:
                one = todo.pop(0)
                todo += one.__subclasses__()
                if not self.own(one):
                    continue
                value = self.attempt(one) if required(one) == [] and not inspect.isabstract(one) and not self.source.busy(one.__name__) else None
                rows.append({"keys": [one.__name__], "parts": parts(one if value is None else value)})
            if len(rows) >= 3:
                self.table(rows, [name])

    def inside(self):
        """Literal tables and programs that stand within functions, or behind `if __name__ == ...`."""
        known = {s["source"] for s in self.snippets if "source" in s}
        for names, node, before in self.source.literals():
            if isinstance(node, ast.Constant):
                text = textwrap.dedent(node.value)
                if is_code(text) and text[:SOURCE] not in known:
                    self.snippet("source", text, names, [{"attr": names[0]}], source=text)
                continue
            try:
                value = limited(CALL_SECONDS, lambda: self.value_of(node, before))
            except (Exception, TooLong, SystemExit):
                continue
            before = len(self.tables)
            if isinstance(value, (collections.abc.Mapping, list, tuple)):
                self.visit_items(value, names, [{"attr": names[0]}], DEEPEST)
            for t in self.tables[before:]:
                t["line"] = node.lineno

    def value_of(self, node, before):
        """What an expression within a function gives, after the assignments that stand before it."""
        known = dict(vars(self.module))
        for name, value in before:
            if not any(self.source.busy(called) for n in ast.walk(value) if isinstance(n, ast.Call) for called in [getattr(n.func, "id", getattr(n.func, "attr", ""))]):
                known[name] = safely(lambda: eval(compile(ast.Expression(value), self.source.script, "eval"), known))
        return eval(compile(ast.Expression(node), self.source.script, "eval"), known)

    def ask(self):
        """Asks functions that take one thing, of each thing that they may take: of those that give most different
        answers."""
        for function, names, steps in self.asking[:MOST]:
            best, most = [], 2
            for domain in safely(lambda: self.takes(function, getattr(function, "__name__", names[-1])), [])[:MOST_DOMAINS]:
                answers, failed = [], 0
                for value, way in domain[:MOST]:
                    answer = self.attempt(lambda: function(value))
                    failed = failed + 1 if answer is None else 0
                    if failed >= 3 and not answers:
                        break
                    if answer is not None:
                        answers.append((value, way, answer))
                different = len({safely(lambda: flat(a) or id(a), id(a)) for _, _, a in answers})
                if different > most:
                    best, most = answers, different
                if most >= ENOUGH:
                    break
            if best:
                safely(lambda: self.answered(best, names, steps))

    def takes(self, function, name):
        """The lists of values that a function may take, the likeliest first."""
        try:
            hint = list(inspect.signature(function).parameters.values())
            hint = next(p.annotation for p in hint if p.default is p.empty)
            hint = vars(self.module).get(hint, hint) if isinstance(hint, str) else hint
        except (TypeError, ValueError, StopIteration):
            hint = None
        if inspect.isclass(hint) and self.own(hint):
            try:
                fitting = [d for d in self.domains if isinstance(d[0][0], hint)]
            except TypeError:  # a TypedDict
                fitting = []
            if fitting or issubclass(hint, enum.Enum):
                return fitting
        literal = [(v, {"text": v}) for v in getattr(hint, "__args__", ()) if isinstance(v, str)]
        named = [(v, {"text": v}) for v in self.source.compared(name)]
        return [d for d in [literal] if len(d) >= 3] + self.domains + [d for d in [named] if len(d) >= 3] + [[(v, {"text": v}) for v in names] for names in ASKED]

    def answered(self, answers, names, steps):
        """Takes up what a function answered."""
        rows, labels = [], []
        for value, way, answer in answers:
            said = texts(value) if scalar(value) else [flat(value)]
            if isinstance(answer, str) and is_code(answer):
                self.snippet("source", answer, names + said, steps, source=answer)
            elif scalar(answer):
                labels.append({"keys": said, "parts": [{"text": texts(answer)[0]}]})
            elif inspect.isroutine(answer) or inspect.isclass(answer) or hasattr(answer, "__dict__") and runner(type(answer), RUNS):
                self.visit(answer, names + said, steps + [dict(way, call=True)], 1)
            if not scalar(answer):
                rows.append({"keys": said, "parts": parts(answer)})
        if len(rows) >= 3 and len({json.dumps(r["parts"]) for r in rows}) >= 3:
            self.table(rows, names)
        if len(labels) >= 3 and len({l["parts"][0]["text"] for l in labels}) >= 3:
            self.labels += labels

    def domain(self, values):
        if len(values) >= 3 and len(self.domains) < MOST:
            self.domains.append(values)

    def visit(self, value, names, steps, depth):
        """Looks at a value that stands under these names, innermost last, and is reached by these steps."""
        if depth > DEEPEST or len(self.tables) + len(self.snippets) > 4 * MOST:
            return
        if isinstance(value, str):
            if is_code(value):
                self.snippet("source", value, names, steps, source=value)
            elif value.lstrip()[:1] in ("{", "["):
                self.visit_json(value, names, steps, depth)
            return
        if scalar(value) or isinstance(value, (bytes, bytearray, range)) or inspect.ismodule(value):
            return
        if inspect.isclass(value):
            if self.own(value) and self.first(value):
                self.visit_class(value, names, steps, depth)
            elif self.own(value) and not issubclass(value, enum.Enum):  # under a further name
                self.snippet("class", value, names, steps, needs=required(value) or [])
            return
        if inspect.isroutine(value) or isinstance(value, (staticmethod, classmethod, functools.partial)):
            self.visit_function(value, names, steps, depth)
            return
        if isinstance(value, (collections.abc.Mapping, list, tuple, set, frozenset)):
            if depth == 0 and hasattr(value, "_fields") and advises(value):
                self.single(names, value)
            if self.first(value):
                self.visit_items(value, names, steps, depth)
        elif hasattr(value, "__dict__") and self.own(type(value)):
            if depth == 0 and advises(value):
                self.single(names, value)
            if depth <= 2 and self.first(value):
                self.visit_instance(value, names, steps, depth)
            if runner(type(value), RUNS):
                self.snippet("object", value, names, steps)

    def single(self, names, value):
        """Notes a record that stands alone: under a name of its own, or as a function's answer."""
        self.singles.setdefault(tuple(names[:-1]), []).append({"keys": [names[-1]], "parts": parts(value)})

    def together(self):
        """Records that stand alone beside each other are the rows of a table."""
        for names, rows in self.singles.items():
            if len(rows) >= 3:
                self.table(rows, list(names) or [rows[0]["keys"][0]])

    def first(self, value):
        """Whether a value is met for the first time: names at module level come first."""
        known = id(value) in self.seen
        self.seen[id(value)] = value  # kept, so that no other value gets its id
        return not known

    def visit_json(self, text, names, steps, depth):
        try:
            value = json.loads(text)
        except ValueError:
            return
        if isinstance(value, (dict, list)) and self.first(value):
            self.visit_items(value, names, steps, depth)

    def visit_enum(self, cls, names, steps, depth):
        members = list(cls)[:MOST]
        self.domain([(m, {"from": steps + [{"attr": m.name}]}) for m in members])
        rows = []
        for m in members:
            of = list(dict(of_member(m)).items()) or fields(m.value) or ([("", m.value)] if isinstance(m.value, str) else [])
            known = {n for n, _ in of}
            of += [(n, v) for n, v in getters(m, of) if n not in known and n not in ("name", "value")]
            rows.append({"keys": [m.name], "parts": parts(dict(of)) if all(n for n, _ in of) and of else parts([v for _, v in of])})
            if not isinstance(m.value, SCALARS) or isinstance(m.value, str):
                self.visit(m.value, names + [m.name], steps + [{"attr": m.name}, {"attr": "value"}], depth + 1)
            for name, value in [(n, v) for n, v in of if isinstance(v, str) and is_code(v)]:
                self.snippet("source", value, names + [m.name, str(name)], steps, source=value)
        self.table(rows, names)
        for name, item in class_fields(cls).items():
            if inspect.isfunction(item) and not name.startswith("_") and len(required(item) or ()) == 1 and not inspect.iscoroutinefunction(item):
                if not self.source.busy(name) and returns(self.source, name):
                    answers = [(m, {}, self.attempt(getattr(m, name))) for m in members]
                    self.answered([a for a in answers if a[2] is not None], names + [name], steps)
                else:  # the members are its templates
                    for m in members:
                        self.snippet("function", getattr(m, name), names + [m.name, name], steps + [{"attr": m.name}, {"attr": name}])

    def visit_class(self, cls, names, steps, depth):
        if issubclass(cls, enum.Enum):
            self.visit_enum(cls, names, steps, depth)
            return
        self.snippet("class", cls, names, steps, needs=required(cls) or [])
        for name, value in list(vars(cls).items()):
            if name.startswith("__"):
                continue
            if isinstance(value, (staticmethod, classmethod)):
                self.visit(getattr(cls, name), names + [name], steps + [{"attr": name}], depth + 1)
            elif not inspect.isroutine(value) and not isinstance(value, property):
                self.visit(value, names + [name], steps + [{"attr": name}], depth + 1)
        for given in [{}] if required(cls) == [] else guesses(cls):
            if self.source.busy(cls.__name__) or inspect.isabstract(cls):
                break
            instance = self.attempt(lambda: cls(**given))
            if instance is not None:
                self.visit_instance(instance, names, steps + [{"call": True, "with": given} if given else {"call": True}], depth)

    def visit_instance(self, instance, names, steps, depth):
        for name, value in list(getattr(instance, "__dict__", {}).items()):
            self.visit(value, names + [name.strip("_")], steps + [{"attr": name}], depth + 1)
        met, advice = set(), advises(instance)
        for cls in type(instance).__mro__[:-1]:
            for name, value in list(vars(cls).items()):
                if name.startswith("__") or name in met or not self.own(cls):
                    continue
                met.add(name)  # a class below has its own
                if advice and inspect.isfunction(value) and name not in RUNS and not SHOWS.search(name):
                    continue  # what an entry tells of itself
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
        calm = not self.source.busy(name) and not inspect.iscoroutinefunction(function)
        if len(needs) == 1 and depth <= 2 and calm and returns(self.source, name) and not counts(function):
            self.asking.append((function, names, steps))
        if not needs and depth <= 2 and calm and inspect.isgeneratorfunction(inner):
            value = self.attempt(lambda: list(itertools.islice(function(), MOST)))
            if value and not all(scalar(v) for v in value):
                self.visit(value, names, steps + [{"call": True}], depth + 1)
            return
        for given in guesses(function) if needs and depth <= 2 and calm and returns(self.source, name) else []:
            value = self.attempt(lambda: function(**given))
            if value is not None and not scalar(value):
                self.visit(value, names, steps + [{"call": True, "with": given}], depth + 1)
        if not needs and depth <= 2 and calm and returns(self.source, name):
            value = self.attempt(function)
            if value is not None and advises(value):
                self.single(names, value)
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
        if mapping:
            self.domain([(key, {"text": key}) for key, _ in items if isinstance(key, str) and not isinstance(key, enum.Enum)])
        elif all(isinstance(item, str) for _, item in items):
            self.domain([(item, {"text": item}) for _, item in items])
        elif depth <= 1 and all(self.own(type(item)) and not inspect.isclass(item) for _, item in items):
            self.domain([(item, {"from": steps + [{"item": i}]}) for i, (_, item) in enumerate(items)])
        for key, item in items[:MOST]:
            if mapping and scalar(key) and isinstance(item, str) and 0 < len(item) < 100 and not is_code(item) and not any("key" in s or "item" in s for s in steps):
                self.labels.append({"keys": texts(key), "parts": [{"text": item}]})
            if scalar(item) or inspect.isroutine(item) or inspect.isclass(item) and not fields(item) or isinstance(item, functools.partial):
                rows.append({"keys": [], "parts": []})
            else:
                if not mapping and isinstance(item, (tuple, list)) and len(item) == 2 and scalar(item[0]) and len(parts(item[1])) > 1:
                    keys, item = texts(item[0]), item[1]  # a pair of key and entry
                else:
                    keys = texts(key) if mapping and scalar(key) else [flat(key)] if mapping else []
                rows.append({"keys": [k for k in keys if k], "parts": parts(item)})
        self.table(rows, names)
        makers = [(key, item) for key, item in items if mapping and inspect.isroutine(item) and self.own(item) and required(item) == []]
        if len(makers) >= 3 and not any(self.source.busy(m.__name__) for _, m in makers):
            self.table([{"keys": texts(key) if scalar(key) else [], "parts": parts(self.attempt(m))} for key, m in makers], names)
        # A frame: under each column's name what stands in its rows.
        columns = [list(item) for key, item in items if type(item) in (list, tuple) and isinstance(key, str) and (TELLING.search(key) or key.lower() in TITLES)] if mapping else []
        columns = [list(item) for _, item in items] if len(columns) >= 3 and all(type(item) in (list, tuple) for _, item in items) else []
        if len(columns) >= 3 and len({len(c) for c in columns}) == 1 and all(scalar(v) for c in columns for v in c):
            self.table([{"keys": [], "parts": parts(dict(zip([key for key, _ in items], row)))} for row in zip(*columns)], names)
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
            with spared():
                return limited(CALL_SECONDS, call)
        except (Exception, TooLong, SystemExit):
            return None

    def table(self, rows, names):
        for r in rows:
            titles = [{"text": p["text"]} for p in r["parts"] if p["name"].lower() in TITLES and len(p["text"]) < 200]
            if titles and r["keys"]:
                self.labels.append({"keys": r["keys"], "parts": titles})
        full = [r for r in rows if len(r["parts"]) >= 2]
        if 3 <= len(full) and 2 * len(full) >= len(rows) and len(self.tables) < MOST:
            for r in full:
                line = self.source.line_of_entry(max((p["text"] for p in r["parts"]), key=len))
                if line:
                    r["line"] = line
            self.tables.append({"name": ".".join(names[:3]), "line": self.source.line_of_name(names[-1]) or self.source.line_of_name(names[0]), "used": self.used(names), "rows": rows})

    def used(self, names):
        """Whether anything reads the table, to its name."""
        return self.source.loads.get(names[-1], 0) > 0 or len(names) > 1 and self.source.loads.get(names[-1].lstrip("_"), 0) > 0

    def snippet(self, kind, value, names, steps, source="", needs=()):
        if sum(bool(s["needs"]) == bool(needs) for s in self.snippets) >= MOST:
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


def load(folder, script, seconds):
    module, out = module_of(folder, script), {}
    try:
        limited(seconds, lambda: module.__spec__.loader.exec_module(module))
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
    folder, script, seconds = os.path.abspath(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    channel = os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    source = Source(folder, script)
    known(source)
    behind_library(folder)
    sys.argv = [os.path.join(folder, script)]
    module, problem = load(folder, script, seconds)
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
    told = reader.tables + reader.snippets + [r for t in reader.tables for r in t["rows"] if "line" in r] + [g for s in reader.snippets for g in s["gaps"] if s["kind"] != "source"]
    told += [{"line": s["line"] + g["line"] - 1} for s in reader.snippets if s.get("literal") for g in s["gaps"]]
    out = dict(problem, tables=reader.tables, snippets=reader.snippets, labels=reader.labels[:4 * MOST], lines=source.texts(t["line"] for t in told), gil=enabled() if enabled else sys.implementation.name == "cpython")
    json.dump(out, channel)
    channel.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
