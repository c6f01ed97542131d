"""Describe this interpreter and read a script with its own ast.

    python -I survey.py FOLDER FILE LESSON_SIZE FUNCTIONS

prints one JSON object: the interpreter, the files that FILE needs from its
FOLDER, the places where the lesson's size is written, the patterns that were
found (see patterns.py), and, where the JSON list FUNCTIONS names any, those
functions (see functions.py). Runs no line of the script.
"""
import ast
import json
import os
import sys
import sysconfig
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MOST = 1 << 20  # bytes of a source file
sys.path.insert(0, HERE)


def describe():
    """The interpreter, and what one turn of the lesson's loop costs here."""
    include = sysconfig.get_paths().get("include") or ""
    headers = include if os.path.exists(os.path.join(include, "Python.h")) else ""
    enabled = getattr(sys, "_is_gil_enabled", None)
    turns, spent = 150_000, []
    for _ in range(5):
        start = time.process_time_ns()
        sum(i * i for i in range(turns))
        spent.append(time.process_time_ns() - start)
    return {
        "path": sys.executable,
        "version": "%d.%d.%d" % sys.version_info[:3],
        "implementation": {"cpython": "CPython", "pypy": "PyPy"}.get(sys.implementation.name, sys.implementation.name),
        "gil": enabled() if enabled else sys.implementation.name == "cpython",
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "headers": headers,
        "prefix": sys.prefix,
        "base": sys.base_prefix if sys.base_prefix != sys.prefix else "",
        "loop_ns": sorted(spent)[2] / turns,
    }


def within(folder, name):
    """Whether this is a file that no link leads out of the folder to."""
    path = os.path.realpath(os.path.join(folder, name))
    return path.startswith(os.path.join(os.path.realpath(folder), "")) and os.path.isfile(path)


def load(folder, name):
    """The file's text and tree, or a Place that says why there is none."""
    path = os.path.join(folder, name)
    try:
        with open(path, "rb") as f:
            data = f.read(MOST + 1)
        if len(data) > MOST:
            raise ValueError("it has more than %d bytes" % MOST)
        return data, ast.parse(data, filename=name), None
    except SyntaxError as e:
        place = undecodable(data)
        if place:
            return None, None, {"file": name, "line": place[0], "text": "SyntaxError: " + place[1]}
        text = "%s: %s" % (type(e).__name__, e.msg)
        return None, None, {"file": name, "line": e.lineno or 0, "text": text}
    except (ValueError, RecursionError, MemoryError) as e:
        return None, None, {"file": name, "line": 0, "text": "cannot be parsed: %s" % e}


def undecodable(data):
    """The line of the first byte that is no UTF-8, and what to do; None where that is not what is wrong."""
    for mark, name in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16")):
        if data.startswith(mark):
            return 1, "the file is %s; save it as UTF-8" % name
    import re  # only here: most sources are read without
    if any(re.match(rb"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+", line) for line in data.split(b"\n")[:2]):  # PEP 263
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as e:
        try:
            data.decode("cp1252")
            looks = " (it looks like Windows-1252): save it as UTF-8, or declare `# -*- coding: cp1252 -*-` in the first line"
        except UnicodeDecodeError:
            looks = ": save it as UTF-8"
        return data.count(b"\n", 0, e.start) + 1, "the file is not UTF-8" + looks
    return None


def old(folder, name):
    """The finding that a file is written for Python 2, where it is."""
    import mistakes

    with open(os.path.join(folder, name), "rb") as f:
        return mistakes.old_python(name, f.read(MOST))


def siblings(folder, tree):
    """The files beside the script that it imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names.add(base)
            names.update((base + "." if base else "") + a.name for a in node.names)
    found = []
    for name in sorted(names):
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            stem = "/".join(parts[:depth])
            for candidate in (stem + ".py", stem + "/__init__.py"):
                if within(folder, candidate):
                    found.append(candidate)
    return found


def c_code(folder, functions):
    """The findings of the C files in the folder and in those below it."""
    found, budget = [], 200
    for base, folders, files in os.walk(folder):
        deep = os.path.relpath(base, folder).count(os.sep)
        folders[:] = sorted(f for f in folders if not f.startswith((".", "_")) and f not in ("venv", "node_modules", "site-packages") and deep < 3)
        for name in sorted(files):
            if name.endswith(".c") and budget > 0:
                budget -= 1
                path = os.path.join(base, name)
                if not within(folder, path):
                    continue
                try:
                    with open(path, encoding="utf-8", errors="replace") as f:
                        text = f.read(1 << 20)
                except OSError:
                    continue
                found += functions.c_findings(os.path.relpath(path, folder).replace(os.sep, "/"), text)
    return found


def paths():
    """The folders that the interpreter and what is installed for it lie in."""
    found = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, os.path.realpath(sys.executable)}
    found.update([sysconfig.get_path("include"), sysconfig.get_config_var("LIBDIR")])
    return sorted(p for p in found.union(sys.path) if p and os.path.isabs(p))


def main():
    folder, script, lesson, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4])
    import functions
    import libraries
    import patterns
    import sizes

    out = {"python": describe(), "paths": paths(), "files": [], "source": {}}
    if sys.version_info < (3, 8):
        print(json.dumps(out))
        return
    todo, sources = [script], {}
    while todo:
        name = todo.pop(0)
        if name in sources:
            continue
        data, tree, error = load(folder, name)
        if error:
            out["source"]["error"] = error
            out["source"]["findings"] = old(folder, name)
            break
        sources[name] = (data, tree)
        todo.extend(siblings(folder, tree))
    out["files"] = sorted(sources) or [script]
    if "error" not in out["source"]:
        out["libraries"] = libraries.find(sources)
        found = []
        for name, (data, tree) in sources.items() if lesson else ():
            found.extend(sizes.find(name, tree, lesson))
        out["source"]["sizes"] = found
        try:
            found = patterns.find(sources)
            if wanted:
                found += c_code(folder, functions)
                out["source"]["functions"], found = functions.read(sources, found, wanted)
            out["source"]["findings"] = found
        except RecursionError:
            out["source"]["error"] = {"file": script, "line": 0, "text": "is nested too deeply to be read"}
    print(json.dumps(out))


main()
