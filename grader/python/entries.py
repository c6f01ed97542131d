"""Read what a value says as an entry of a table: its fields, and their texts."""
import ast
import collections.abc
import enum
import inspect
import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calling import required, safely
from sources import FUNCTIONS, MOST, returns

del sys.path[0]
TEXT = 4_000  # characters of a part
SCALARS = (str, int, float, bool, type(None))
# What the functions below know of the learner's source, set once it is read.
FOLDER, BUSY, RETURNS = [], [], []
COUNTS = ("core", "cpu", "worker", "process", "processe", "thread", "call", "request", "wait", "task", "concurrent_call")
TELLING = re.compile("speed|gain|factor|reason|why|rationale|explain|strateg|recommend|approach|estimat|expect|impact|overhead|scal", re.IGNORECASE)


def known(source):
    """Lets the functions that have no Reader know the learner's source."""
    FOLDER.append(source.folder)
    BUSY.append(source.busy)
    RETURNS.append(lambda name: returns(source, name))


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
        said = isinstance(value.value, str) and not is_code(value.value)  # a member may be a template
        return [str(v)[:TEXT] for v in ([value.value] if said else []) + [value.name]]
    return [str(value)[:TEXT]]


def of_learner(cls):
    """Whether a class is defined in the learner's folder."""
    file = getattr(sys.modules.get(getattr(cls, "__module__", None) or ""), "__file__", None) or ""
    return bool(FOLDER) and os.path.abspath(file).startswith(FOLDER[0] + os.sep)


def plain(name):
    """A field's name as it is meant: without a leading _, or the class that Python puts before two of them."""
    return re.sub(r"^_[A-Za-z]\w*?__(?=\w)", "", name).strip("_") if isinstance(name, str) else name


def class_fields(cls):
    """What the learner's classes say of all their instances."""
    found = {}
    for one in reversed(cls.__mro__):
        if of_learner(one):
            found.update((n, v) for n, v in vars(one).items() if not n.startswith("__"))
    return found


def getters(value, found):
    """What an object of the learner's tells when it is asked: properties, and methods without parameters where
    the attributes tell little."""
    told = []
    few = sum(isinstance(v, (str, int, float)) or isinstance(v, enum.Enum) for _, v in found) < 3
    for name, item in class_fields(type(value)).items():
        if BUSY and BUSY[0](name) or name.startswith("_abc"):
            continue
        try:
            if isinstance(item, property):
                told.append((name, getattr(value, name)))
            elif (few or TELLING.search(name)) and inspect.isfunction(item) and not inspect.iscoroutinefunction(item) and not name.startswith("_") and len(required(item) or ()) == 1 and RETURNS[0](name):
                answer = getattr(value, name)()
                if scalar(answer) or answer is not value and advises(answer):
                    told.append((re.sub(r"^(get|is|has)_?(?=[A-Za-z])", "", name), answer))
        except Exception:
            continue
    return told


def fields(value):
    """The named fields of a record; None where it is none."""
    if isinstance(value, collections.abc.Mapping):
        return [(key, item) for key, item in list(value.items())[:MOST]]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return list(zip(value._fields, value))
    if isinstance(value, (list, tuple)):
        return [("", item) for item in value[:MOST]]
    if inspect.isclass(value) and of_learner(value) and not issubclass(value, enum.Enum):
        return [(plain(n), v) for n, v in class_fields(value).items() if scalar(v) and not n.startswith("_abc")][:MOST] or None
    if isinstance(value, (type, enum.Enum)) or callable(value) and not hasattr(value, "__dict__"):
        return None
    names = list(getattr(value, "__dataclass_fields__", None) or ())
    if not names:
        for cls in type(value).__mro__:
            slots = vars(cls).get("__slots__", ())
            names += [n for n in ((slots,) if isinstance(slots, str) else slots) if n not in ("__dict__", "__weakref__")]
        names += [n for n in getattr(value, "__dict__", None) or () if n not in names]
    found = [(plain(name), getattr(value, name, getattr(value, "_%s%s" % (type(value).__name__, name), None))) for name in names[:MOST]]
    if of_learner(type(value)):
        known = {n for n, _ in found}
        found += [(plain(n), v) for n, v in class_fields(type(value)).items() if scalar(v) and plain(n) not in known and not n.startswith("_abc")]
        known = {n.lower().replace("_", "") for n, _ in found if isinstance(n, str)}  # getReasoning tells what _reasoning has
        found += [(n, v) for n, v in getters(value, found) if n.lower().replace("_", "") not in known]
    return found[:MOST] or None


def flat(value, depth=3):
    """The text of a part that is itself made of parts."""
    if scalar(value):
        return texts(value)[0]
    if of_learner(type(value)) and any("__str__" in vars(c) for c in type(value).__mro__[:-1]):
        return safely(lambda: str(value)[:TEXT], "")
    inner = fields(value) if depth else None
    if inner is None:
        return ""
    numbers = [item for _, item in inner]
    if len(inner) == 2 and all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers) and not any(isinstance(k, str) and k and k.lower() not in ("low", "high", "lo", "hi", "min", "max", "least", "most") for k, _ in inner):
        return "%s-%s" % tuple(numbers)
    counts = lambda name, item: isinstance(item, int) and not isinstance(item, bool) and isinstance(name, str) and name.lower().rstrip("s") in COUNTS
    inner.sort(key=lambda pair: counts(*pair))  # "3.5; 4 cores"
    words = ["%s %s" % (item, name.replace("_", " ")) if counts(name, item) else (" ".join(texts(name)) + " " if scalar(name) and name != "" else "") + flat(item, depth - 1) for name, item in inner]
    return "; ".join(w for w in words if w.strip())[:TEXT]


def advises(value):
    """Whether a part of an entry is a record of its own, with texts under several names."""
    if scalar(value) or isinstance(value, (list, set, frozenset)) or type(value) is tuple:
        return False
    said = [v for n, v in fields(value) or () if n and (isinstance(v, str) or isinstance(v, enum.Enum))]
    return len(said) >= 2 and any(isinstance(v, str) and len(v.split()) >= 3 for v in said)


def parts(value):
    """The parts of an entry: named or not, each with its text."""
    found = []
    for name, item in fields(value) or ():
        if item is not value and advises(item):
            found += parts(item)
            continue
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


def of_member(member):
    """What an Enum's __init__ gave its members."""
    return [(k, v) for k, v in vars(member).items() if not k.startswith("_")]
