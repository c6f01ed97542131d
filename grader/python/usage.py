"""Tell functions that a script uses from those that are merely there."""
import ast

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def mentioned(trees):
    """The names, attributes and texts in the sources, but for those of a
    function in the function itself."""
    names, todo = set(), [(tree, ()) for tree in trees]
    while todo:
        node, inside = todo.pop()
        if isinstance(node, DEFINITIONS):
            inside += (node.name,)
        name = None
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.Attribute):
            name = node.attr
        elif isinstance(node, ast.alias):
            name = node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
        if name and name not in inside:
            names.add(name)
        todo.extend((child, inside) for child in ast.iter_child_nodes(node))
    return names


def idle(trees):
    """The names of functions and methods that nothing uses: nobody mentions or
    decorates them, and no other class can know them, as Thread.start knows run."""
    names, found = mentioned(trees), set()
    for tree in trees:
        known = {id(f) for c in ast.walk(tree) if isinstance(c, ast.ClassDef) and c.bases for f in c.body}
        for node in ast.walk(tree):
            if isinstance(node, DEFINITIONS) and not node.name.startswith("__") and not node.decorator_list and id(node) not in known:
                if node.name not in names:
                    found.add(node.name)
    return found
