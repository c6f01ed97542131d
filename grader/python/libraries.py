"""Find the names under which a script loads shared libraries.

find(sources) gives paths relative to the script's folder, with slashes, for
what is a library by its name: CDLL(HERE / "native" / "x.so"). Nothing is run;
a name that cannot be told is left out.
"""
import ast
import platform
import posixpath
import re
import sys
import sysconfig

from names import FUNCTIONS, Names

TOP = "/\0"  # the script's folder
UNKNOWN = "\1"
LIBRARY = re.compile(r"^[\w./+ -]+\.(so|dylib|pyd|dll)$")
SYSTEM = re.compile(r"^(lib(c|m|dl|rt|pthread|gomp|System)|msvcrt|kernel32|ucrtbase|user32)\.")
# What loads a library, and which argument names it.
LOADERS = {"CDLL": 0, "PyDLL": 0, "WinDLL": 0, "OleDLL": 0, "LoadLibrary": 0, "dlopen": 0,
           "spec_from_file_location": 1, "ExtensionFileLoader": 1}
KEYWORDS = ("name", "path", "location")
MOST = 32  # values of an expression
LONGEST = 1000  # characters of a value
STEPS = 20_000  # of evaluation, a file


def find(sources):
    found = set()
    for name, (_, tree) in sources.items():
        try:
            found |= Reader(name, tree).read()
        except RecursionError:
            continue
    return sorted(found)


class Reader(Names):
    def __init__(self, file, tree):
        super().__init__(tree)
        self.file = posixpath.join(TOP, file)
        self.steps = 0
        self.open = set()  # names and functions that are being evaluated
        self.given = {}  # name -> the expressions that it stands for
        self.bind()

    def read(self):
        loads, unclear = [], False
        for node in self.nodes:
            names = self.loaded(node)
            loads += names
            unclear = unclear or names == [UNKNOWN]
        found = self.paths(loads)
        if unclear or not found:
            found |= self.paths(v for v in self.scan(self.tree) if " " not in v)
        return found

    def paths(self, values):
        """The values that are paths in the working copy, relative to it."""
        found = set()
        folder = posixpath.dirname(self.file)
        for value in values:
            start = value.rfind(UNKNOWN)
            if start >= 0:
                if not value.startswith(UNKNOWN + "/", start):
                    continue
                value = value[start + 2:]
            for base in (folder, TOP):  # the working folder is the top
                path = posixpath.normpath(posixpath.join(base, value))
                if path.startswith(TOP + "/") and LIBRARY.match(path[3:]) and not SYSTEM.match(posixpath.basename(path)):
                    found.add(path[3:])
        return found

    def loaded(self, node):
        """What a call loads; nothing for other nodes."""
        if not isinstance(node, ast.Call):
            return []
        last = (self.dotted(node.func) or getattr(node.func, "attr", "")).split(".")[-1]
        if last == "load_library" and len(node.args) > 1:  # numpy.ctypeslib
            return [self.join([f, n if LIBRARY.match(n) else n + ".so"]) for n in self.eval(node.args[0]) for f in self.eval(node.args[1])]
        if last not in LOADERS:
            return []
        at = node.args[LOADERS[last]:LOADERS[last] + 1] or [k.value for k in node.keywords if k.arg in KEYWORDS]
        if not at or isinstance(at[0], ast.Constant) and at[0].value is None:  # the program itself
            return []
        return sorted(self.eval(at[0]))

    def scan(self, node):
        """The outermost expressions that are libraries by their name."""
        if isinstance(node, ast.expr):
            values = [v for v in self.eval(node) if v.endswith((".so", ".dylib", ".pyd", ".dll"))]
            if values:
                return values
        return [v for child in ast.iter_child_nodes(node) for v in self.scan(child)]

    # -- what names stand for ------------------------------------------

    def bind(self):
        def give(target, value):
            name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else None
            if name:
                self.given.setdefault(name, []).append(value)

        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for t in node.targets:
                    give(t, node.value)
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                give(node.target, node.value)
            elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
                for value in list(self.given.get(getattr(node.target, "id", None), [])):
                    give(node.target, ast.BinOp(left=value, op=ast.Add(), right=node.value))
            elif isinstance(node, (ast.For, ast.comprehension)):
                for e in getattr(self.only(node.iter), "elts", []):
                    give(node.target, e)
            elif isinstance(node, FUNCTIONS):
                args = node.args.args
                for a, default in zip(args[len(args) - len(node.args.defaults):], node.args.defaults):
                    self.given.setdefault(a.arg, []).append(default)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.functions:
                for a, value in zip(self.functions[node.func.id].args.args, node.args):
                    self.given.setdefault(a.arg, []).append(value)
                for k in node.keywords:
                    if k.arg:
                        self.given.setdefault(k.arg, []).append(k.value)

    def only(self, node):
        """What a name stands for, where that is one expression."""
        given = self.given.get(node.id, []) if isinstance(node, ast.Name) else []
        return given[0] if len(given) == 1 else node

    def named(self, name):
        if name == "__file__":
            return {self.file}
        return self.once(name, self.given.get(name, []))

    def once(self, key, nodes):
        """The values of all the nodes, not of themselves again."""
        if key in self.open:
            return set()
        self.open.add(key)
        values = set()
        for node in nodes:
            values |= self.eval(node)
        self.open.discard(key)
        return values

    # -- what expressions give -----------------------------------------

    def eval(self, node):
        """The strings and paths that an expression may give; UNKNOWN for what cannot be told."""
        self.steps += 1
        if self.steps > STEPS:
            return {UNKNOWN}
        method = getattr(self, "eval_" + type(node).__name__, None)
        values = {v for v in (method(node) if method else ()) if len(v) <= LONGEST}
        return set(sorted(values)[:MOST]) or {UNKNOWN}

    def eval_Constant(self, node):
        if isinstance(node.value, bytes):
            return {node.value.decode("utf-8", "replace")}
        return {str(node.value)} if isinstance(node.value, (str, int)) else ()

    def eval_Name(self, node):
        return self.named(node.id)

    def eval_IfExp(self, node):
        return self.eval(node.body) | self.eval(node.orelse)

    def eval_BoolOp(self, node):
        return set().union(*map(self.eval, node.values))

    def eval_NamedExpr(self, node):
        return self.eval(node.value)

    def eval_GeneratorExp(self, node):
        return self.eval(node.elt)

    def eval_FormattedValue(self, node):
        return self.eval(node.value) if node.format_spec is None else ()

    def eval_JoinedStr(self, node):
        return self.concat([self.eval(v) for v in node.values])

    def eval_BinOp(self, node):
        if isinstance(node.op, ast.Add):
            return self.concat([self.eval(node.left), self.eval(node.right)])
        if isinstance(node.op, ast.Div):
            return {self.join(parts) for parts in self.product([self.eval(node.left), self.eval(node.right)])}
        if isinstance(node.op, ast.Mod):
            args = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self.fill(self.eval(node.left), "%s", args)
        return ()

    def eval_Subscript(self, node):
        value = self.only(node.value)
        if isinstance(value, ast.Dict):
            return set().union(*map(self.eval, value.values))
        if isinstance(value, (ast.List, ast.Tuple)):
            return set().union(*map(self.eval, value.elts))
        if isinstance(value, ast.Attribute) and value.attr == "parents" and isinstance(self.index(node), int):
            values = self.eval(value.value)
            for _ in range(min(self.index(node) + 1, 20)):
                values = {self.parent_of(v) for v in values}
            return values
        if isinstance(value, ast.Call):
            last = (self.dotted(value.func) or "").split(".")[-1]
            if last in ("splitext", "split") and value.args and self.index(node) in (0, 1):
                return {getattr(posixpath, last)(v)[self.index(node)] for v in self.eval(value.args[0]) if v != UNKNOWN}
        return ()

    def index(self, node):
        at = node.slice.value if type(node.slice).__name__ == "Index" else node.slice  # before 3.9
        return at.value if isinstance(at, ast.Constant) else None

    def eval_Attribute(self, node):
        dotted = self.dotted(node)
        if dotted == "sys.platform":
            return {sys.platform}
        if dotted in ("os.sep", "os.path.sep"):
            return {"/"}
        if dotted in ("os.curdir", "os.pardir"):
            return {"." if dotted == "os.curdir" else ".."}
        if node.attr in ("parent", "stem", "name", "suffix") and node.attr not in self.given:
            base = self.eval(node.value)
            if node.attr == "parent":
                return {self.parent_of(v) for v in base}
            known = [posixpath.basename(v) for v in base if UNKNOWN not in v]
            return {v if node.attr == "name" else posixpath.splitext(v)[node.attr == "suffix"] for v in known}
        return self.named(node.attr)

    def eval_Call(self, node):
        dotted = self.dotted(node.func) or ""
        last = node.func.attr if isinstance(node.func, ast.Attribute) else dotted.split(".")[-1]
        args = [a for a in node.args if not isinstance(a, ast.Starred)]
        if last in ("getcwd", "cwd"):
            return {TOP}
        if dotted == "platform.system":
            return {platform.system()}
        if last == "get_config_var" and args:
            return {str(sysconfig.get_config_var(n) or UNKNOWN) for n in self.eval(args[0])}
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            returns = [n.value for n in ast.walk(self.functions[node.func.id]) if isinstance(n, ast.Return) and n.value]
            return self.once(self.functions[node.func.id], returns)
        if dotted in ("os.path.join", "posixpath.join", "ntpath.join") or last in ("Path", "PurePath", "PosixPath", "PurePosixPath") and args:
            return {self.join(parts) for parts in self.product(map(self.eval, args))}
        if last in ("str", "fspath", "abspath", "realpath", "normpath", "expanduser", "repr", "fsencode", "c_char_p", "next") and args:
            return self.eval(args[0])
        if last in ("dirname", "basename") and args:
            return {self.parent_of(v) if last == "dirname" else posixpath.basename(v) for v in self.eval(args[0])}
        if isinstance(node.func, ast.Attribute):
            return self.method(node.func.value, last, args, node.keywords)
        return ()

    def method(self, on, name, args, keywords):
        if name in ("resolve", "absolute", "as_posix", "expanduser", "encode", "strip", "__str__", "__fspath__"):
            return self.eval(on)
        if name == "joinpath":
            return {self.join(parts) for parts in self.product([self.eval(on)] + [self.eval(a) for a in args])}
        if name in ("with_name", "with_suffix", "with_stem", "removesuffix") and args:
            return {self.renamed(v, name, a) for v in self.eval(on) for a in self.eval(args[0])}
        if name == "format" and not any(k.arg is None for k in keywords):
            values = self.fill(self.eval(on), "{}", args)
            for at, a in enumerate(args):
                values = self.fill(values, "{%d}" % at, [a])
            for k in keywords:
                values = self.fill(values, "{%s}" % k.arg, [k.value])
            return {v for v in values if "{" not in v}
        if name == "replace" and len(args) == 2:
            rows = self.product([self.eval(on), self.eval(args[0]), self.eval(args[1])])
            return {v.replace(a, b, 10) for v, a, b in rows if a and UNKNOWN not in v}
        if name == "join" and len(args) == 1 and isinstance(args[0], (ast.List, ast.Tuple)):
            return {sep.join(parts) for sep in self.eval(on) for parts in self.product(map(self.eval, args[0].elts))}
        if name == "get" and args:
            table = self.only(on)
            if isinstance(table, ast.Dict):
                return set().union(*map(self.eval, table.values + args[1:]))
            return set().union(*map(self.eval, args[1:]))  # os.environ.get("LIB", "x.so")
        if name == "getenv" and len(args) > 1:
            return self.eval(args[1])
        return ()

    # -- strings and paths ---------------------------------------------

    def product(self, sets):
        rows = [[]]
        for values in sets:
            rows = [r + [v] for r in rows for v in sorted(values)][:MOST]
        return rows

    def concat(self, sets):
        return {"".join(parts) for parts in self.product(sets)}

    def join(self, parts):
        return posixpath.join(*parts)

    def parent_of(self, path):
        return UNKNOWN if path == UNKNOWN else posixpath.dirname(path)

    def renamed(self, path, how, text):
        folder, base = posixpath.split(path)
        if how == "with_name":
            return self.join([UNKNOWN if path == UNKNOWN else folder, text])
        if how == "removesuffix":
            return path[:-len(text)] if text and path.endswith(text) else path
        stem, suffix = posixpath.splitext(base)
        return self.join([folder, stem + text if how == "with_suffix" else text + suffix])

    def fill(self, templates, mark, args):
        """Templates in which each mark is replaced by the value of the next argument."""
        values = set(templates)
        for a in args:
            values = {t.replace(mark, v, 1) if mark in t else t for t in values for v in self.eval(a)}
            values = {v for v in values if len(v) <= LONGEST}
        return values
