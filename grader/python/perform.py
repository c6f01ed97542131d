"""Run one template of a learner's analyzer, and note what goes on inside.

    python -I perform.py ORDERS

ORDERS is a JSON file: {"folder": ..., "script": ..., "report": ..., and either
"program": a file that holds the template's source, or "steps": the way from
the module to a function, class or object, as contents.py found it}. A source
is run as a script, everything else is called, coroutines to their end.

What no one sees from outside, how many waits an event loop has under way, is
written to the file "report" whenever it changes: {"called": true once it has
begun, "waits": most at once, "threads": most alive at once beside the main one,
"left": daemon threads that it left behind when it was done}.

A template can forge that. It runs in the same process, and whatever this module
can write, it can write: a walk through gc finds the witness, and the file is the
learner's own. No outside look can replace it: waits are entries in the loop's
heap, and the kernel sees one thread asleep in epoll_wait, with one timeout, be it
for one wait or for a thousand. (A probe of the memory from outside would read what
ctypes can write.) What bounds the damage is what the grader has from elsewhere:
whether the template ran to its end is its exit; threads, processes, and where the
computing was done, are the scheduler's; placeholders are read from the source. So a
forger gains that two waits overlapped in a template that does all else, and that
"threads", if the scheduler saw none, is left open instead of failed.
"""
import asyncio
import inspect
import json
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from imports import behind_library, module_of

del sys.path[0], sys.modules["imports"]  # the learner may have a module of that name
ENOUGH = 64  # waits: more need not be counted


class Witness:
    """Counts what this process has under way; children that are forked write nothing."""

    def __init__(self, report):
        self.report, self.pid, self.lock = report, os.getpid(), threading.Lock()
        self.seen = {"called": False, "waits": 0, "threads": 0, "left": 0}
        self.handed_out = set()  # futures of executors
        self.watch_loops()
        self.watch_threads()

    def note(self, **seen):
        if os.getpid() != self.pid:
            return
        with self.lock:
            for name, value in seen.items():
                self.seen[name] = max(self.seen[name], value)
            with open(self.report + ".new", "w") as f:
                json.dump(self.seen, f)
            os.replace(self.report + ".new", self.report)

    def done(self):
        self.note(left=sum(t.daemon for t in threading.enumerate() if t is not threading.main_thread()))

    def watch_threads(self):
        start = threading.Thread.start

        def counted(thread, *args, **kwargs):
            start(thread, *args, **kwargs)
            self.note(threads=threading.active_count() - 1)

        threading.Thread.start = counted

    def watch_loops(self):
        from asyncio import base_events

        once, hand_out = base_events.BaseEventLoop._run_once, base_events.BaseEventLoop.run_in_executor

        def looked_at(loop):
            if not loop._ready and self.seen["waits"] < ENOUGH:  # it is about to wait
                n = len(self.handed_out) + sum(waits(task) for task in asyncio.all_tasks(loop) if task._fut_waiter not in self.handed_out)
                if n > self.seen["waits"]:
                    self.note(waits=n)
            return once(loop)

        def handed_out(loop, *args):
            future = hand_out(loop, *args)
            self.handed_out.add(future)
            future.add_done_callback(self.handed_out.discard)
            return future

        base_events.BaseEventLoop._run_once = looked_at
        base_events.BaseEventLoop.run_in_executor = handed_out


HERE = os.path.dirname(asyncio.__file__)
# Modules of asyncio in which one task waits for another one, not for the world.
AMONG_TASKS = {os.path.join(HERE, name + ".py") for name in ("tasks", "taskgroups", "locks", "queues", "timeouts", "runners", "base_events")}


def waits(task):
    """Whether a task waits for time or I/O, rather than for other tasks."""
    inner = task.get_coro()
    frame = None
    while inner is not None:
        frame = getattr(inner, "cr_frame", None) or getattr(inner, "gi_frame", None) or getattr(inner, "ag_frame", None)
        following = getattr(inner, "cr_await", None) or getattr(inner, "gi_yieldfrom", None) or getattr(inner, "ag_await", None)
        if following is None or isinstance(following, asyncio.Future):
            break
        if not (inspect.iscoroutine(following) or inspect.isgenerator(following) or inspect.isasyncgen(following)):
            break  # a future's iterator
        inner = following
    waiter = getattr(task, "_fut_waiter", None)
    if frame is None or waiter is None or isinstance(waiter, asyncio.Task) or type(waiter).__name__ == "_GatheringFuture":
        return False
    code = frame.f_code
    return code.co_name == "sleep" or os.path.abspath(code.co_filename) not in AMONG_TASKS


def load(folder, script):
    module = module_of(folder, script)
    try:
        module.__spec__.loader.exec_module(module)
    except SystemExit:
        pass
    return module


def follow(value, steps):
    for step in steps:
        if "attr" in step:
            value = getattr(value, step["attr"])
        elif "key" in step:
            value = list(value.values())[step["key"]]
        elif "item" in step:
            value = list(value)[step["item"]]
        else:
            value = value()
    return value


async def wait(awaitable):
    return await awaitable


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        orders = json.load(f)
    folder = os.path.abspath(orders["folder"])
    behind_library(folder)
    sys.argv = [os.path.join(folder, orders["script"])]
    if "program" in orders:
        import runpy

        sys.argv = [orders["program"]]
        witness = Witness(orders["report"])
        witness.note(called=True)
        runpy.run_path(orders["program"], run_name="__main__")
        witness.done()
        return
    target = follow(load(folder, orders["script"]), orders["steps"])
    if inspect.isclass(target):
        target = target()
    if orders.get("runs"):
        target = getattr(target, orders["runs"])
    witness = Witness(orders["report"])
    witness.note(called=True)
    value = target()
    if inspect.isawaitable(value):
        asyncio.run(wait(value))
    witness.done()


if __name__ == "__main__":
    main()
