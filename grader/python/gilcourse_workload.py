"""What the grader hands to a learner's functions.

Imported by name in every process that a call starts, so that the callables
can be pickled under fork, spawn and forkserver. The results are known to the
grader: package workload computes the same in Go.
"""
import os

MODULUS = 2**31 - 1
CLIENT = "%d.%d.%d"  # process, thread, event loop


def chain(x, add, turns):
    x %= MODULUS
    for _ in range(turns):
        x = (x * x + add) % MODULUS  # another formula is drawn for each check
    return x


def task(size):
    """CPU-bound: takes `size` turns of a loop."""
    return chain(size, size, size)


def wait(seconds):
    """I/O-bound in the simplest form: waits, and computes nothing meanwhile."""
    import time

    time.sleep(seconds)


BLOCK = 1 << 23  # bytes, beyond most caches
COPY = 20_000  # turns of task take about as long as one copy of the block


def scan(size):
    """Memory-bound: copies a block again and again, and hardly looks at it."""
    data = size.to_bytes(4, "little") * (BLOCK // 4)
    copy = bytearray(BLOCK)
    total = 0
    for turn in range(1 + size // COPY):
        copy[:] = data  # in place: getting memory anew would cost more than filling it
        total += copy[turn % 4] * (turn + 1)
    return total


def failing_task(size):
    """Like task, but one of the sizes is refused, in the end."""
    result = task(size)
    if size % 2:
        raise ValueError("no task of size %d can be done" % size)
    return result


def process(data):
    """CPU-bound: the fetched data say how many turns."""
    token = data & 0xFFFFFFFF
    return chain(token, token + 1, data >> 32)


def failing_process(data):
    """Like process, but one of the items is refused, in the end."""
    result = process(data)
    if data % 2:
        raise ValueError("data %d cannot be processed" % data)
    return result


async def fetch(item):
    """Ask the server for an item. Waits without blocking."""
    return await ask("GET", "/fetch/%d" % item, b"")


async def store(result):
    """Have the server store a result; gives its receipt. Waits without blocking."""
    import json

    return await ask("POST", "/store", json.dumps(result).encode())


async def ask(method, path, body):
    import asyncio  # here, since processes that only compute need none of it
    import json
    import threading

    host, port = os.environ["GILCOURSE_SERVER"].rsplit(":", 1)
    loop = asyncio.get_running_loop()
    client = CLIENT % (os.getpid(), threading.get_native_id(), id(loop))
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        head = "%s %s HTTP/1.1\r\nHost: %s\r\nX-Client: %s\r\nContent-Length: %d\r\n\r\n" % (method, path, host, client, len(body))
        writer.write(head.encode() + body)
        await writer.drain()
        status = (await reader.readline()).split()
        length = 0
        while True:
            line = await reader.readline()
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
            if not line.strip():
                break
        answer = json.loads(await reader.readexactly(length))
    finally:
        if writer.can_write_eof():  # a child that was forked meanwhile holds the connection, too
            writer.write_eof()
        writer.close()
    if len(status) < 2 or status[1] != b"200":
        raise ConnectionError("the server refuses %s: %s" % (path, answer))
    return answer


def get(url):
    """Download what is at a URL of the grader's server. Blocks until it is there."""
    import json
    import socket
    import threading

    address, _, path = url.partition("://")[2].partition("/")
    host, port = address.rsplit(":", 1)
    client = CLIENT % (os.getpid(), threading.get_native_id(), 0)
    with socket.create_connection((host, int(port))) as line:
        line.sendall(("GET /%s HTTP/1.1\r\nHost: %s\r\nX-Client: %s\r\n\r\n" % (path, host, client)).encode())
        with line.makefile("rb") as answer:
            status, length = answer.readline().split(), 0
            for head in iter(answer.readline, b"\r\n"):
                name, _, value = head.partition(b":")
                if name.strip().lower() == b"content-length":
                    length = int(value)
            body = json.loads(answer.read(length).decode())
    if len(status) < 2 or status[1] != b"200":
        raise ConnectionError("the server refuses %s: %s" % (url, body))
    return body


# Steps of the standard library. Each does for a size about as much as takes as
# long as so many turns of task, in calls of some ms.
STEP = 50_000  # turns of task


def steps(size):
    return range(1 + size // STEP)


def add_up(size):
    """A tight loop in Python."""
    for _ in steps(size):
        total = 0
        for i in range(STEP):
            total += i * i % 7
    return size


def sort(size):
    for _ in steps(size):
        sorted(((i * 7919) % 65_537 for i in range(STEP // 4)))
    return size


def to_json(size):
    import json

    data = [[i, str(i), i / 7] for i in range(STEP // 30)]
    for _ in steps(size):
        json.dumps(data)
    return size


def sha256(size):
    import hashlib

    data = bytes(1 << 21)
    for _ in steps(size):
        hashlib.sha256(data).digest()
    return size


def compress(size):
    import zlib

    data = bytes(range(256)) * (1 << 9) + os.urandom(1 << 16)
    for _ in steps(size):
        zlib.compress(data)
    return size


def read_file(size):
    """Reads a file that the system has in memory: the reading takes CPU time."""
    import tempfile

    block = bytearray(1 << 23)
    with tempfile.TemporaryFile(buffering=0) as f:
        f.write(block)
        for _ in steps(size):
            f.seek(0)
            f.readinto(block)
    return size


def multiply(size):
    """Multiplies matrices in Python."""
    n = 22
    a = [[(i * j) % 10 for j in range(n)] for i in range(n)]
    for _ in steps(size):
        columns = list(zip(*a))
        for _ in range(3):
            [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]
    return size


TURN = 1e-7  # seconds that a turn of task takes, about


def sleep(size):
    import time

    time.sleep(size * TURN)
    return size


def receive(size):
    """Waits for a message in a socket that nobody sends in time."""
    import socket

    one, other = socket.socketpair()
    with one, other:
        one.settimeout(size * TURN)
        try:
            one.recv(1)
        except socket.timeout:
            pass
    return size


def read_slowly(size):
    """Reads a file whose next block is there only after a while, as on a disk
    that has to be waited for."""
    import threading
    import time

    into, out = os.pipe()

    def fill():
        time.sleep(size * TURN)
        os.write(out, bytes(1 << 12))
        os.close(out)

    filling = threading.Thread(target=fill)
    filling.start()
    with open(into, "rb") as f:
        f.read()
    filling.join()
    return size


def call_api(size):
    """Asks the grader's server, which takes its time."""
    get("http://%s/fetch/%d" % (os.environ["GILCOURSE_SERVER"], size))
    return size


def scrape(size):
    """Downloads a page from the grader's server, and looks for the links in it."""
    import re

    call_api(size)
    page = "".join('<p>%d <a href="/page/%d">next</a></p>' % (i, i * size) for i in range(500))
    re.findall(r'href="([^"]*)"', page)
    return size


class Log:
    """What is done with an object that the grader passes in. A lock keeps the
    log itself right, whatever the threads do with the object."""

    def __init__(self):
        import threading

        self.mutex, self.me = threading.Lock(), threading.get_native_id  # no later thread has it, too
        self.version, self.read = 0, {}  # how often it was written; the version that each thread has read
        self.updates = self.lost = self.unlocked = 0
        self.users = set()

    def reads(self):
        with self.mutex:
            self.read[self.me()] = self.version

    def writes(self, locked=True):
        with self.mutex:
            me = self.me()
            self.lost += self.read.get(me, -1) != self.version
            self.version += 1
            self.read[me] = self.version
            self.updates += 1
            self.unlocked += not locked
            self.users.add(me)


class Counter:
    """A number that is read and written, as a reference count is. There is no
    lock in it."""

    def __init__(self):
        self._value, self._log = 0, Log()

    def read(self):
        self._log.reads()
        return self._value

    def write(self, value):
        self._log.writes()
        self._value = value

    def seen(self):
        return {"value": self._value, "updates": self._log.updates, "lost": self._log.lost, "users": len(self._log.users)}


PAUSE = 0.002  # seconds: other threads run meanwhile, as they do at times by themselves


class Lock:
    """A lock like threading.Lock, which lets other threads run once it is
    held, and once it is free again."""

    def __init__(self, bank):
        import threading
        import time

        self._lock, self._bank, self._me, self._sleep = threading.Lock(), bank, threading.get_native_id, time.sleep
        self.owner = None

    def acquire(self, blocking=True, timeout=-1):
        got = self._lock.acquire(blocking, timeout)
        if got:
            self.owner = self._me()
            self._bank.taken(1)
            self._sleep(PAUSE)
        return got

    def release(self):
        self.owner = None
        self._bank.taken(-1)
        self._lock.release()
        self._sleep(PAUSE / 4)

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *_):
        self.release()


class Account:
    """An account with a number of its own, a lock of its own, and a balance."""

    def __init__(self, bank, number, balance):
        import time

        self.number, self.lock = number, Lock(bank)
        self._balance, self._log, self._sleep = balance, Log(), time.sleep

    @property
    def balance(self):
        self._log.reads()
        value = self._balance
        self._sleep(PAUSE / 4)
        return value

    @balance.setter
    def balance(self, value):
        self._log.writes(self.lock.owner == self._log.me())
        self._balance = value


class Bank:
    """As many accounts as there are threads that move amounts between them.
    Package workload knows the amounts, too."""

    def __init__(self, threads):
        import threading
        import time

        self.mutex, self.now, self.most, self.sleep = threading.Lock(), 0, 0, time.sleep
        # The numbers are in no order that the transfers follow.
        self.accounts = [Account(self, (k * 7 + 3) % 101, 1000 + k) for k in range(threads)]

    def taken(self, n):
        with self.mutex:
            self.now += n
            self.most = max(self.most, self.now)

    def order(self, k, turn):
        """The transfer of thread k: in a ring, or to and fro between two; at
        times one of the two is in the middle of it when the other begins."""
        n = len(self.accounts)
        if turn % 4 == 2:
            self.sleep(k % 2 * 2.25 * PAUSE)
        to = (k + 1) % n if turn % 2 else min(k ^ 1, n - 1)
        if to == k:
            to = 0
        return self.accounts[k], self.accounts[to], 1 + (7 * k + 3 * turn) % 9

    def balances(self):
        return [a._balance for a in self.accounts]

    def seen(self):
        logs = [a._log for a in self.accounts]
        return {
            "updates": sum(log.updates for log in logs), "lost": sum(log.lost for log in logs), "unlocked": sum(log.unlocked for log in logs),
            "users": len(set().union(*(log.users for log in logs))), "held": self.most,
        }
