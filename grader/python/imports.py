"""Import a learner's file as the learner's own program would."""
import importlib.util
import os
import sys


def behind_library(*folders):
    """Have modules looked for in these folders after the standard library, which
    they must not shadow, and before what is installed."""
    at = next((i for i, p in enumerate(sys.path) if "site-packages" in p or "dist-packages" in p), len(sys.path))
    sys.path[at:at] = folders


def module_of(folder, script):
    """The module that a file is to become when its __spec__.loader executes it:
    under its own name, even beside a library of that name."""
    name = os.path.splitext(script)[0]
    spec = importlib.util.spec_from_file_location(name, os.path.join(folder, script))
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    return module
