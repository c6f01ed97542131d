"""Find where a script writes the lesson's size, however it is written."""
import ast
import operator

OPS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv, ast.Pow: operator.pow, ast.LShift: operator.lshift,
}
BOUND = 1e12  # no part of the expression may be larger


class Unknown(Exception):
    """The expression is not a constant."""


def fold(node, names):
    """The value of a constant expression, with names as constants."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return node.value
        if isinstance(node.value, str) and node.value.replace("_", "").isdigit() and len(node.value) < 20:
            return node.value
    elif isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    elif isinstance(node, ast.BinOp) and type(node.op) in OPS:
        left, right = fold(node.left, names), fold(node.right, names)
        if isinstance(left, str) or isinstance(right, str):
            if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str) and len(left + right) < 20:
                return left + right
            if isinstance(node.op, ast.Mult) and isinstance(left, str) and isinstance(right, int) and 0 < right * len(left) < 20:
                return left * right
            raise Unknown
        if isinstance(node.op, (ast.Pow, ast.LShift)) and not 0 <= right <= 64:
            raise Unknown
        try:
            value = OPS[type(node.op)](left, right)
        except (ArithmeticError, TypeError, ValueError):
            raise Unknown
        if isinstance(value, complex) or abs(value) > BOUND:
            raise Unknown
        return value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "float", "round"):
        if len(node.args) == 1 and not node.keywords:
            value = fold(node.args[0], names)
            try:
                return {"int": int, "float": float, "round": round}[node.func.id](value)
            except (ArithmeticError, ValueError, TypeError):
                raise Unknown
    raise Unknown


def constants(tree):
    """Names that are bound once, to a constant, anywhere in the file."""
    bound, values = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            bound[node.id] = bound.get(node.id, 0) + 1
        elif isinstance(node, ast.arg):
            bound[node.arg] = bound.get(node.arg, 0) + 1
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            values[node.target.id] = node.value
    names = {}
    for _ in range(3):  # names of names of names
        for name, value in values.items():
            if bound.get(name) == 1 and name not in names:
                try:
                    names[name] = fold(value, names)
                except Unknown:
                    pass
    return names


def mentions(node, names):
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


def find(file, tree, lesson):
    """The outermost expressions worth the lesson's size, or one off it."""
    names = constants(tree)
    sized = {n for n, v in names.items() if not isinstance(v, str) and abs(v - lesson) <= 1}
    sized |= {n for n, v in names.items() if isinstance(v, str) and int(v) == lesson}
    found = []

    def visit(node):
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    visit(part)
            return
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name):
            try:
                value = fold(node, names)
                if isinstance(value, str):
                    add = 0 if int(value) == lesson else None
                else:
                    add = {0: 0, 1: 1, -1: -1}.get(value - lesson)
                if add is not None and not mentions(node, sized):
                    kind = type(value).__name__
                    found.append({"file": file, "line": node.lineno, "col": node.col_offset, "end_line": node.end_lineno,
                                  "end_col": node.end_col_offset, "add": add, "kind": kind})
                    return
            except Unknown:
                pass
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return found
