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
        x = (x * x + add) % MODULUS
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
