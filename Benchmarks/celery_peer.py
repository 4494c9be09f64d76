"""Celery beside us, on the same Redis: `celery_peer.py URL COUNT enqueue|drain|canvas …`; prints one JSON object of rates.

The application of its own worker as well (`celery -A celery_peer worker`), which it starts, prefork with two children.
"""

import json
import os
import signal
import subprocess
import sys
import time

import redis
from celery import Celery, chain, chord

url = os.environ.get("CELERY_PEER_URL") or sys.argv[1]
app = Celery("celery_peer", broker=url, backend=url)
app.conf.update(
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=64,
    task_default_queue="peer",
    worker_hijack_root_logger=False,
)


@app.task(name="peer.nothing")
def nothing(number):
    return number


@app.task(name="peer.silent", ignore_result=True)
def silent(number):
    return number


@app.task(name="peer.total")
def total(numbers):
    return sum(numbers)


def enqueue(task, count):
    start = time.monotonic()
    for number in range(count):
        task.delay(number)
    return count / (time.monotonic() - start)


def drained(server):
    return server.llen("peer") == 0 and server.hlen("unacked") == 0


def drain(server, task, count):
    """The rate at which one worker empties a full queue."""
    enqueue(task, count)
    return count / worked_off(server, lambda: drained(server))


def chords(server, count, parts):
    """The rate at which one worker works off chords that wait, each of so many parts."""
    ids = [chord(nothing.s(number) for number in range(parts))(total.s()).id for _ in range(count)]
    return count / worked_off(server, lambda: recorded(server, ids))


def chain_steps(server, count, steps):
    """The same of chains; counted by their steps."""
    ids = [chain(nothing.s(number), *[nothing.s()] * (steps - 1))().id for number in range(count)]
    return count * steps / worked_off(server, lambda: recorded(server, ids))


def recorded(server, ids):
    return server.exists(*(f"celery-task-meta-{id}" for id in ids)) == len(ids)


def worked_off(server, is_done):
    """The seconds that a worker takes, prefork with two children, from the first task that left the queue on."""
    waiting = server.llen("peer")
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_peer", "worker", "-P", "prefork", "-c", "2", "-Q", "peer"]
        + ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        env={**os.environ, "CELERY_PEER_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while server.llen("peer") == waiting:
            time.sleep(0.001)
        start = time.monotonic()
        while not is_done():
            time.sleep(0.002)
        return time.monotonic() - start
    finally:
        worker.terminate()
        worker.wait()


def main():
    # Who starts us may hold signals back, and a worker that inherits that never hears that it should end.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    count, parts = int(sys.argv[2]), sys.argv[3:]
    server = redis.Redis.from_url(url)
    server.flushdb()
    nothing.delay(0)
    figures = {}

    def measure(name, rate, *arguments):
        server.flushdb()
        figures[name] = rate(*arguments)

    if "enqueue" in parts:
        measure("enqueue", enqueue, nothing, count)
    if "drain" in parts:
        measure("drain", drain, server, nothing, count)
        measure("drain_ignored", drain, server, silent, count)
    if "canvas" in parts:
        measure("chords", chords, server, count // 100, 100)
        measure("chain_steps", chain_steps, server, count // 10, 10)
    server.flushdb()
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
