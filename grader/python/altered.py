"""Run a learner's analyzer with its reasons altered, and tell which alterations are printed.

    python -I altered.py FOLDER FILE REASONS

REASONS is a JSON list of texts, the reasons of the tables that contents.py found.
In every literal text of FILE that holds words of a reason one word is put in, a
different one for each place. FILE is run so as a program, from FOLDER, to its end.
What its tables hold then, and what it printed, tell what comes from where: a
reason that is printed from the table carries the table's word, one that is
written out a second time carries another.

Prints one JSON object: {"rows": for each table's name the words of its rows,
"printed": those that were printed}. A program that does not end well says nothing.
"""
import ast
import json
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contents
from imports import behind_library

del sys.path[0], sys.modules["contents"], sys.modules["imports"]  # the learner may have modules of these names
SAME = 4  # words in a row that make a text a part of a reason
MARK = re.compile("qz[a-z]+zq", re.IGNORECASE)
MOST_PRINTED = 1 << 22


def words(text):
    return [(m.group().lower(), m.end()) for m in re.finditer(r"\w+", text)]


def runs(text):
    """The runs of words by which parts of a text are known."""
    found = [w for w, _ in words(text)]
    n = min(SAME, len(found))
    return {tuple(found[i:i + n]) for i in range(len(found) - n + 1)} if n >= 2 else set()


class Marker(ast.NodeTransformer):
    def __init__(self, reasons):
        self.known = set().union(*map(runs, reasons)) if reasons else set()
        self.count = 0

    def visit_Expr(self, node):  # a docstring is no text that is used
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Constant(self, node):
        if not isinstance(node.value, str):
            return node
        text, found, at, out = node.value, words(node.value), 0, ""
        skip = 0
        for i, (_, end) in enumerate(found):
            here = [w for w, _ in found[i:i + SAME]]
            if i >= skip and tuple(here) in self.known:
                out, at = out + text[at:end] + " " + self.word(), end
                skip = i + 1
                while skip < len(found) and tuple(w for w, _ in found[skip - 1:skip - 1 + SAME]) in self.known:
                    skip += 1  # the rest of the same reason
                skip += SAME - 1
        return ast.copy_location(ast.Constant(out + text[at:]), node)

    def word(self):
        self.count += 1
        return "qz%szq" % "".join(chr(97 + int(d)) for d in str(self.count))


def main():
    folder, script, reasons = os.path.abspath(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
    source = contents.Source(folder, script)
    contents.known(source)
    channel = os.fdopen(os.dup(1), "w")
    behind_library(folder)
    path = os.path.join(folder, script)
    sys.argv = [path]
    with open(path, "rb") as f:
        tree = ast.fix_missing_locations(Marker(reasons).visit(ast.parse(f.read(), path)))
    module = type(sys)("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    with tempfile.TemporaryFile() as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
        try:
            exec(compile(tree, path, "exec"), vars(module))
        except SystemExit as e:
            if e.code not in (None, 0):
                os._exit(1)
        sys.stdout.flush()
        sys.stderr.flush()
        printed.seek(0)
        text = printed.read(MOST_PRINTED).decode("utf-8", "replace")
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    reader = contents.Reader(source, module)
    try:
        contents.limited(contents.ALL_SECONDS, reader.read)
    except contents.TooLong:
        pass
    of = lambda text: [m.lower() for m in MARK.findall(text)]
    rows = {t["name"]: [of(json.dumps(r)) for r in t["rows"]] for t in reader.tables}
    json.dump({"rows": rows, "printed": sorted(set(of(text)))}, channel)
    channel.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
