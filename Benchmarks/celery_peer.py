"""Celery beside us, on the same Redis: `celery_peer.py URL COUNT`; prints one JSON object of rates.

The application of its own worker as well (`celery -A celery_peer worker`), which it starts, prefork with two children.
"""

import json
import os
import signal
import subprocess
import sys
import time

import redis
from celery import Celery

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


def enqueue(task, count):
    start = time.monotonic()
    for number in range(count):
        task.delay(number)
    return count / (time.monotonic() - start)


def drained(server):
    return server.llen("peer") == 0 and server.hlen("unacked") == 0


def drain(server, task, count, pool, width):
    """The rate at which one worker empties a full queue, from the first task that left it to the last acknowledgement."""
    enqueue(task, count)
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_peer", "worker", "-P", pool, "-c", str(width), "-Q", "peer"]
        + ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        env={**os.environ, "CELERY_PEER_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while server.llen("peer") == count:
            time.sleep(0.001)
        start = time.monotonic()
        while not drained(server):
            time.sleep(0.002)
        return count / (time.monotonic() - start)
    finally:
        worker.terminate()
        worker.wait()


def main():
    # Who starts us may hold signals back, and a worker that inherits that never hears that it should end.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    count = int(sys.argv[2])
    server = redis.Redis.from_url(url)
    server.flushdb()
    nothing.delay(0)
    server.flushdb()
    figures = {"enqueue": enqueue(nothing, count)}
    server.flushdb()
    figures["drain"] = drain(server, nothing, count, "prefork", 2)
    server.flushdb()
    figures["drain_ignored"] = drain(server, silent, count, "prefork", 2)
    server.flushdb()
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
