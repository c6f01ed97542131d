"""Run one template of a learner's analyzer, and note what goes on inside.

    python -I perform.py ORDERS

ORDERS is a JSON file: {"folder": ..., "script": ..., "report": ..., and either
"program": a file that holds the template's source, or "steps": the way from
the module to a function, class or object, as contents.py found it}. A source
is run as a script, everything else is called, coroutines to their end.

What no one sees from outside, how many waits an event loop has under way, is
written to the file "report" whenever it changes: {"called": true once it has
begun, "waits": most at once, "threads": most alive at once beside the main one,
"left": daemon threads that it left behind when it was done, "crew", "pooled",
"handed": most threads of its own, tasks of thread pools and tasks of child
processes that had been started and not yet been waited for, "items": tasks that
child processes did, missing where it starts none in a way that is known here}. A
demonstration's tasks may be over before a second one begins: whether they were
there at once is then told by who waited for what, and not by any clock.

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
import textwrap
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from imports import behind_library, module_of

del sys.path[0], sys.modules["imports"]  # the learner may have a module of that name
ENOUGH = 64  # waits: more need not be counted
LINGER = 0.08  # seconds that a child process stays after its work, so that it is seen from outside


class Witness:
    """Counts what this process has under way; children that are forked write nothing."""

    def __init__(self, report):
        self.report, self.pid, self.lock = report, os.getpid(), threading.Lock()
        self.seen = {"called": False, "waits": 0, "threads": 0, "left": 0, "crew": 0, "pooled": 0, "handed": 0}
        self.handed_out = set()  # futures of executors
        self.started = []  # processes of its own
        self.mine = {"crew": set(), "pooled": set(), "handed": set()}  # started and not yet waited for
        self.pieces = {}  # of a pool's result, how many tasks it stands for
        self.watch_loops()
        self.watch_threads()
        self.watch_futures()
        try:
            self.watch_processes()
            self.watch_pools()
        except ImportError:
            pass  # a Python without processes

    def note(self, **seen):
        if os.getpid() != self.pid:
            return
        with self.lock:
            for name, value in seen.items():
                self.seen[name] = max(self.seen.get(name, 0), value)
            with open(self.report + ".new", "w") as f:
                json.dump(self.seen, f)
            os.replace(self.report + ".new", self.report)

    def begun(self, kind, what, most=ENOUGH, pieces=1):
        """Notes something that was started, of which no more than so many can be at work at once."""
        if os.getpid() == self.pid:
            self.mine[kind].add(what)
            self.pieces[what] = pieces
            self.note(**{kind: min(most, sum(self.pieces.get(w, 1) for w in list(self.mine[kind])))})

    def asked(self, what):
        """Something is waited for: what is started from now on follows it."""
        for started in self.mine.values():
            started.discard(what)

    def did(self, n=1):
        """Child processes did so many tasks more."""
        if os.getpid() == self.pid:
            self.note(items=self.seen.get("items", 0) + n)

    def done(self):
        for process in self.started:
            if process.exitcode in (0, None):
                self.did()
        self.note(left=sum(t.daemon for t in threading.enumerate() if t is not threading.main_thread()))

    def watch_threads(self):
        start, join = threading.Thread.start, threading.Thread.join

        def counted(thread, *args, **kwargs):
            mine = own(thread, threading.Thread)  # once it runs it forgets what
            start(thread, *args, **kwargs)
            if mine:
                self.begun("crew", thread)
            self.note(threads=threading.active_count() - 1)

        def joined(thread, *args, **kwargs):
            self.asked(thread)
            return join(thread, *args, **kwargs)

        threading.Thread.start, threading.Thread.join = counted, joined

    def watch_futures(self):
        from concurrent.futures import Future, ThreadPoolExecutor

        result, submit = Future.result, ThreadPoolExecutor.submit

        def awaited(future, *args, **kwargs):
            self.asked(future)
            return result(future, *args, **kwargs)

        def submitted(pool, *args, **kwargs):
            future = submit(pool, *args, **kwargs)
            self.begun("pooled", future, pool._max_workers)
            return future

        Future.result, ThreadPoolExecutor.submit = awaited, submitted

    def watch_processes(self):
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing.process import BaseProcess

        start, join, submit, work = BaseProcess.start, BaseProcess.join, ProcessPoolExecutor.submit, BaseProcess._bootstrap

        def worked(process, *args, **kwargs):  # in the child, where it was forked
            code = work(process, *args, **kwargs)
            time.sleep(LINGER)
            return code

        BaseProcess._bootstrap = worked

        def counted(process):
            mine = own(process, BaseProcess)
            start(process)
            self.did(0)
            if mine:
                self.started.append(process)
                self.begun("handed", process)

        def joined(process, *args, **kwargs):
            self.asked(process)
            return join(process, *args, **kwargs)

        def submitted(pool, *args, **kwargs):
            future = submit(pool, *args, **kwargs)
            future.add_done_callback(lambda f: f.cancelled() or f.exception() or self.did())
            self.begun("handed", future, pool._max_workers)
            return future

        BaseProcess.start, BaseProcess.join, ProcessPoolExecutor.submit = counted, joined, submitted

    def watch_pools(self):
        from multiprocessing import pool

        init, get = pool.ApplyResult.__init__, pool.ApplyResult.get
        end = pool.Pool.terminate

        def ended(of):
            if not isinstance(of, pool.ThreadPool) and os.getpid() == self.pid:
                time.sleep(LINGER)
            end(of)

        pool.Pool.terminate = ended
        chunks = pool.MapResult.__init__

        def awaited(result, *args, **kwargs):
            self.asked(result)
            return get(result, *args, **kwargs)

        def begun(result, of, pieces):
            if isinstance(of, pool.Pool) and not isinstance(of, pool.ThreadPool):
                self.begun("handed", result, of._processes, pieces)

        def applied(result, of, *args, **kwargs):
            init(result, of, *args, **kwargs)
            begun(result, of, 1)

        def mapped(result, of, *args, **kwargs):
            chunks(result, of, *args, **kwargs)
            begun(result, of, result._number_left)

        pool.ApplyResult.__init__, pool.ApplyResult.get, pool.MapResult.__init__ = applied, awaited, mapped
        iterate = pool.IMapIterator.__init__

        def iterated(result, of, *args, **kwargs):
            iterate(result, of, *args, **kwargs)
            begun(result, of, ENOUGH)

        pool.IMapIterator.__init__ = iterated
        for cls in (pool.ApplyResult, pool.MapResult, pool.IMapIterator, pool.IMapUnorderedIterator):
            self.watch_answers(cls, pool.ThreadPool)

    def watch_answers(self, cls, threads):
        put = cls._set

        def answered(result, i, answer):
            of = getattr(result, "_pool", None)
            put(result, i, answer)
            if of is not None and not isinstance(of, threads) and answer[0]:
                self.did()

        cls._set = answered

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


def own(worker, base):
    """Whether a thread or process does something, and something of the template's: pools have helpers of theirs."""
    if type(worker).run is not base.run:
        does = type(worker)
    else:
        does = getattr(worker, "_target", None)
    if does is None:
        return type(worker).run is not base.run
    return not (getattr(does, "__module__", None) or "").startswith(("concurrent.futures", "multiprocessing", "asyncio"))


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
    module = value
    for step in steps:
        if "attr" in step:
            value = getattr(value, step["attr"])
        elif "key" in step:
            value = list(value.values())[step["key"]]
        elif "item" in step:
            value = list(value)[step["item"]]
        elif "text" in step:
            value = value(step["text"])
        elif "from" in step:
            value = value(follow(module, step["from"]))
        else:
            value = value(**step.get("with", {}))
    return value


def run_text(text, folder):
    """Runs a template that a function gives as a text, if it is a program."""
    try:
        text = textwrap.dedent(text)
        compile(text, "template.py", "exec")
    except (SyntaxError, ValueError):
        return
    import runpy

    program = os.path.join(folder, "template.py")
    with open(program, "w", encoding="utf-8") as f:
        f.write(text)
    runpy.run_path(program, run_name="__main__")


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
    if callable(value) and not inspect.isclass(value):  # a factory
        value = value()
    if inspect.isawaitable(value):
        asyncio.run(wait(value))
    elif isinstance(value, str) and value.count("\n") > 1:
        run_text(value, os.path.dirname(orders["report"]))
    witness.done()


if __name__ == "__main__":
    main()
